//! From a path to a model: the only place that reads a schema from disk.

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use procwire_idl::diagnostic::Diagnostics;
use procwire_idl::limits;
use procwire_idl::model::Model;
use procwire_idl::source::SourceMap;
use procwire_idl::{Library, Trees};

use crate::{Error, root, rust};

/// A schema that was read, with all that is to be said about it.
#[derive(Clone, Debug)]
pub struct Schema {
    /// The texts, under the paths as they were given.
    pub sources: SourceMap,
    /// What the schema says; `None` where it has an error.
    pub model: Option<Model>,
    /// Errors and warnings, in the order of the source.
    pub diagnostics: Diagnostics,
    /// The files that were read or looked for: a change of one of them may change all else.
    pub files: Vec<PathBuf>,
}

/// Reads a schema from disk, with all that it imports: from the folder that the nearest `ipc.toml` calls `root`, or else
/// the schema's own. Errors are those of the file system; what is wrong in the schema is in its diagnostics.
pub fn load(path: impl AsRef<Path>) -> Result<Schema, Error> {
    from_disk(path.as_ref(), load_with)
}

/// The same for a schema that is loaded again and again: files that are what they were are not parsed again.
pub fn load_again(path: impl AsRef<Path>, trees: &mut Trees<'_>) -> Result<Schema, Error> {
    from_disk(path.as_ref(), |name, path, text, root| {
        let mut sources = SourceMap::new();
        let file = sources.add(name, text);
        let loaded = procwire_idl::load_again(&mut sources, file, path, root, trees);
        Schema { sources, model: loaded.model, diagnostics: loaded.diagnostics, files: Vec::new() }
    })
}

fn from_disk(path: &Path, load: impl FnOnce(&str, &str, &str, &mut dyn Library) -> Schema) -> Result<Schema, Error> {
    let text = read(path)?;
    let (mut root, below) = root::of(path)?;
    let mut schema = load(&path.display().to_string(), &below, &text, &mut root);
    schema.files = vec![path.to_owned()];
    schema.files.append(&mut root.files);
    Ok(schema)
}

/// A schema whose imports come from elsewhere than a folder. `name` is what messages call it, and `path` where it lies
/// below the root, with `/` between the parts.
pub fn load_with(name: &str, path: &str, text: &str, library: &mut dyn Library) -> Schema {
    let mut sources = SourceMap::new();
    let root = sources.add(name, text);
    let loaded = procwire_idl::load(&mut sources, root, path, library);
    Schema { sources, model: loaded.model, diagnostics: loaded.diagnostics, files: Vec::new() }
}

impl Schema {
    /// A schema that is no file, and so imports nothing; `name` stands for one in messages.
    #[must_use]
    pub fn of_text(name: &str, text: &str) -> Self {
        let (sources, loaded) = procwire_idl::compile_text(name, text);
        Self { sources, model: loaded.model, diagnostics: loaded.diagnostics, files: Vec::new() }
    }
}

/// The text of a schema. Of a file that is larger than a schema may be, no more is read than it takes to say so.
pub fn read(path: impl AsRef<Path>) -> Result<String, Error> {
    let path = path.as_ref();
    text(path).map_err(|error| Error::read(path, error))
}

pub(crate) fn text(path: &Path) -> Result<String, String> {
    let file = File::open(path).map_err(|error| error.to_string())?;
    let mut bytes = Vec::new();
    let limit = limits::FILE_SIZE + 1;
    file.take(limit as u64).read_to_end(&mut bytes).map_err(|error| error.to_string())?;
    if bytes.len() == limit {
        return Ok(String::from_utf8_lossy(&bytes).into_owned());
    }
    String::from_utf8(bytes).map_err(|error| {
        let valid = error.utf8_error().valid_up_to();
        let line = String::from_utf8_lossy(&error.as_bytes()[..valid]).matches('\n').count() + 1;
        format!("line {line} is not UTF-8 (byte {valid} of the file); a schema is UTF-8 text")
    })
}

/// The Rust that a schema means, for whoever puts it in place.
#[derive(Clone, Debug)]
pub struct RustSource {
    /// The declarations.
    pub text: String,
    /// The files that were read; a change of one of them changes the text.
    pub files: Vec<PathBuf>,
}

/// Compiles a schema to the Rust text that `include_ipc!` puts in place.
pub fn rust_source(path: impl AsRef<Path>) -> Result<RustSource, Error> {
    let schema = load(path)?;
    let (_, text) = root_file(&schema)?;
    Ok(RustSource { text, files: schema.files })
}

/// The module's name and the text of the root package.
pub(crate) fn root_file(schema: &Schema) -> Result<(Option<String>, String), Error> {
    let wrong = |diagnostics: &Diagnostics| Error::schema(schema.sources.clone(), diagnostics.clone());
    let Some(model) = &schema.model else {
        return Err(wrong(&schema.diagnostics));
    };
    let package = model.root();
    let source = schema.sources.get(package.file).map_or("", |file| file.name());
    let text = rust::file(model, crate::file_name(source)).map_err(|diagnostics| wrong(&diagnostics))?;
    Ok((rust::module(package), text))
}
