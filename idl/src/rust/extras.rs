//! What a declaration or a member says beside its own matter: names in the schema and in other languages, and what
//! users annotate.

use syn::Meta;

use super::mistakes::Mistakes;
use super::options::Options;
use super::service::schema_name;

/// The options of these.
pub const OPTIONS: &[&str] = &["name", "py_name", "ts_name"];

/// Names, and annotations of users.
#[derive(Clone, Default)]
pub struct Extras {
    /// The name in the schema, where the one in Rust was chosen by `@rust(name = "..")`.
    pub name: Option<String>,
    /// `@ts(name = "..")`
    pub ts: Option<String>,
    /// `@py(name = "..")`
    pub py: Option<String>,
    /// `x::role("admin")`, as they stand.
    pub user: Vec<Meta>,
}

impl Extras {
    /// Reads them among the options of an item.
    pub fn read(options: &Options, mistakes: &mut Mistakes) -> Self {
        let mut name = |key| options.text(key, mistakes).map(|text| schema_name(&text, mistakes));
        Self { name: name("name"), ts: name("ts_name"), py: name("py_name"), user: options.user().to_vec() }
    }
}
