//! `ipcgen export` on crates as people write them.

use std::path::Path;
use std::process::{Command, Output};

fn ipcgen(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_ipcgen")).args(arguments).env("NO_COLOR", "1").output().expect("ipcgen runs")
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).expect("ipcgen writes UTF-8")
}

fn write(folder: &Path, name: &str, text: &str) {
    let path = folder.join(name);
    std::fs::create_dir_all(path.parent().expect("a folder")).expect("created");
    std::fs::write(path, text).expect("written");
}

/// The crate of these files, exported: the exit status, the schema, and what was complained about.
fn export(files: &[(&str, &str)], arguments: &[&str]) -> (Option<i32>, String, String) {
    let folder = tempfile::tempdir().expect("a folder");
    for (name, text) in files {
        write(folder.path(), name, text);
    }
    let path = folder.path().display().to_string();
    let mut all = vec!["export", path.as_str()];
    all.extend(arguments);
    let output = ipcgen(&all);
    let complaint = text(&output.stderr).replace(&path, "crate");
    (output.status.code(), text(&output.stdout), complaint)
}

const SERVICE: &str = r#"
    use procwire::{Context, Error, Message, Stream};

    mod types;
    #[cfg(test)]
    mod tests;

    const UNRELATED: fn() = || {};

    /// Sells.
    #[procwire::service(name = "Shop")]
    pub trait Store {
        /// Buys one.
        async fn buy(&self, item: types::Item, #[procwire(default = types::MOST)] count: u32, cx: &Context) -> procwire::Result<(), types::Refused>;
        fn list(&self) -> impl Stream<Item = Result<Box<types::Item>, Error>> + Send;
    }

    /// Not for the wire.
    pub struct Inner<T>(T);
"#;
const TYPES: &str = r#"
    pub mod deep;

    use procwire::Message;

    pub const MOST: u32 = 9;
    pub type Local<T> = Vec<T>;

    #[derive(Clone, procwire::Message)]
    pub struct Item {
        #[procwire(wire = "itemName")]
        pub name: String,
        pub tags: std::collections::HashMap<String, deep::Tag>,
    }

    #[derive(Debug, Message)]
    #[procwire(error)]
    pub enum Refused { Empty, SoldOut(Item) }
"#;

#[test]
fn a_crate_of_several_modules_becomes_one_schema() {
    let files = [
        ("src/lib.rs", SERVICE),
        ("src/types.rs", TYPES),
        ("src/types/deep.rs", "#[derive(procwire::Message)] pub struct Tag(pub Vec<u8>);"),
    ];
    let (status, schema, complaint) = export(&files, &["--package", "acme.shop"]);
    assert_eq!(status, Some(0), "{complaint}");
    let expected = "ipc 1;
package acme.shop;

/// Sells.
@rust(name = \"Store\")
service Shop {
  /// Buys one.
  buy(item: Item, count: u32 = MOST) throws Refused;
  list() -> stream Item;
}

const MOST: u32 = 9;

record Item {
  @wire(\"itemName\")
  name: string,
  tags: map<string, Tag>,
}

strict error Refused {
  Empty,
  SoldOut(Item),
}

newtype Tag = list<u8>;
";
    assert_eq!(schema, expected);
}

const ITEM: &str = "#[derive(procwire::Message)] pub struct Item(pub u8);";

#[test]
fn the_package_is_named_after_the_crate() {
    let manifest = "[package]\nname = \"order-desk\"\nversion.workspace = true\n";
    let files = [("Cargo.toml", manifest), ("src/lib.rs", ITEM)];
    let (status, schema, complaint) = export(&files, &[]);
    assert_eq!(status, Some(0), "{complaint}");
    assert_eq!(schema, "ipc 1;\npackage order_desk;\n\nnewtype Item = u8;\n");
    let (status, schema, complaint) = export(&files, &["--package", "acme.desk"]);
    assert_eq!(status, Some(0), "{complaint}");
    assert!(schema.starts_with("ipc 1;\npackage acme.desk;\n"), "{schema}");
}

#[test]
fn the_package_of_one_file_is_named_after_it() {
    let folder = tempfile::tempdir().expect("a folder");
    let manifest = "[package]\nname = \"desk\"\n";
    write(folder.path(), "Cargo.toml", manifest);
    for (file, package) in [
        ("src/order-entry.rs", "order_entry"),
        ("src/quotes/mod.rs", "quotes"),
        ("src/lib.rs", "desk"),
        ("Cargo.toml", "desk"),
    ] {
        if file != "Cargo.toml" {
            write(folder.path(), file, ITEM);
        }
        let output = ipcgen(&["export", &folder.path().join(file).display().to_string()]);
        let (schema, complaint) = (text(&output.stdout), text(&output.stderr));
        assert!(schema.starts_with(&format!("ipc 1;\npackage {package};\n")), "{file}: {schema}{complaint}");
    }
}

#[test]
fn where_the_package_has_no_name_one_is_asked_for() {
    let lib = ("src/lib.rs", ITEM);
    for (files, why) in [
        (vec![lib], "Cargo.toml"),
        (vec![lib, ("Cargo.toml", "[workspace]\n")], "it has no `name` in `[package]`"),
        (vec![lib, ("Cargo.toml", "[package\n")], "Cargo.toml"),
        (vec![lib, ("Cargo.toml", "[package]\nname = \"9lives\"\n")], "`9lives` is no name for a package"),
    ] {
        let (status, schema, complaint) = export(&files, &[]);
        assert_eq!((status, schema.as_str()), (Some(2), ""), "{complaint}");
        assert!(complaint.contains(why) && complaint.contains("pass one as `--package NAME`"), "{complaint}");
    }
}

#[test]
fn docs_and_reserved_names_are_kept() {
    let types = r#"//! What is sold.
//!
//! And for how much.

        #[derive(procwire::Message)]
        pub enum Kind { #[procwire(reserved = ["size"])] Box { width: u8 }, Bag }

        #[procwire::service(reserved = ["find"])]
        pub trait Store {
            #[procwire(reserved = ["gift", "paid"])]
            async fn buy(&self, kind: Kind) -> procwire::Result<()>;
            #[procwire(reserved = ["host"])]
            async fn ping(&self) -> procwire::Result<()>;
            #[procwire(event, reserved = ["by"])]
            fn sold(#[procwire(wire = "itemcount")] item_count: u8);
        }
    "#;
    let files = [("src/lib.rs", "//! A crate with more than a schema.\nmod types;\n"), ("src/types.rs", types)];
    let (status, schema, complaint) = export(&files, &["--package", "shop"]);
    assert_eq!(status, Some(0), "{complaint}");
    let expected = "//! What is sold.
//!
//! And for how much.
ipc 1;
package shop;

strict enum Kind {
  Box {
    width: u8,
    reserved \"size\",
  },
  Bag,
}

service Store {
  buy(kind: Kind, reserved \"gift\" | \"paid\");
  ping(reserved \"host\");
  event sold(
    @wire(\"itemcount\")
    item_count: u8,
    reserved \"by\",
  );
  reserved \"find\";
}
";
    assert_eq!(schema, expected);
}

const REFINED: &str = r#"
    #[derive(procwire::Message)]
    #[procwire(sensitive)]
    pub struct Symbol(#[procwire(len = 1..=12, pattern = r"^\w+$")] pub String);

    #[derive(procwire::Message)]
    #[procwire(ext = 16, target = "String", write, ts = "decimal.js#Decimal", py = "decimal.Decimal")]
    pub struct Price(#[procwire(len = ..=40)] pub rust_decimal::Decimal);

    pub type Tags = Vec<String>;

    #[derive(procwire::Message)]
    #[procwire(error)]
    pub enum Busy { #[procwire(retry)] Now, #[procwire(retry = "250ms")] Soon }
    #[derive(procwire::Message)]
    #[procwire(error)]
    pub enum Gone { Missing }
    #[derive(procwire::Message)]
    #[procwire(throws)]
    pub enum DeskPlaceError { Busy(Busy), Gone(Gone) }

    #[derive(procwire::Message)]
    pub struct Order {
        #[procwire(optional, range = 1..)]
        pub qty: Option<u64>,
        #[procwire(range = 0.0..1.0, default = 0.5)]
        pub share: f64,
        #[procwire(len = ..=9, item(len = ..=64))]
        pub tags: Tags,
        #[procwire(key(len = 1..), value(at1(range = "1ms"..="5s")))]
        pub waits: BTreeMap<String, (u8, Duration)>,
        #[procwire(text)]
        pub at: Option<procwire::Timestamp>,
        #[procwire(name = "type", py_name = "kind", x::shown("as \"kind\"", level = -3))]
        pub order_type: Symbol,
    }

    #[procwire::service(prefix = "desk/")]
    pub trait Desk {
        #[procwire(timeout = "5s", idempotent, answer(len = ..=3))]
        async fn place(&self, order: Order, #[procwire(sensitive)] pin: String) -> Result<String, procwire::Error<DeskPlaceError>>;
        #[procwire(event, since = "1.4")]
        fn moved(#[procwire(bare, range = -1..=1)] by: i8);
    }

    #[procwire::service(callbacks = "host")]
    pub trait HostCallbacks {
        #[procwire(wire = "host.Ask")]
        async fn ask(&self, price: Price) -> Result<(), procwire::Error>;
    }
"#;

#[test]
fn what_stands_about_types_and_methods_becomes_annotations() {
    let (status, schema, complaint) = export(&[("src/lib.rs", REFINED)], &["--package", "desk"]);
    assert_eq!(status, Some(0), "{complaint}");
    for part in [
        "@sensitive\nnewtype Symbol = string @len(1..=12) @pattern(\"^\\\\w+$\");",
        "ext Price = 16 as string @len(..=40) @ext(write) {\n  rust: \"rust_decimal::Decimal\";\n  ts: \"decimal.js#Decimal\";\n  py: \"decimal.Decimal\";\n}",
        "  @retry\n  Now,\n  @retry(after = 250ms)\n  Soon,",
        "  qty?: u64 @range(1..),",
        "  share: f64 @range(0.0..1.0) = 0.5,",
        "  tags: list<string @len(..=64)> @len(..=9),",
        "  waits: map<string @len(1..), (u8, duration @range(1ms..=5s))>,",
        "  at: timestamp @precise @text?,",
        "  @rust(name = \"order_type\")\n  @py(name = \"kind\")\n  @x.shown(\"as \\\"kind\\\"\", level = -3)\n  type: Symbol,",
        "@prefix(\"desk/\")\nservice Desk {",
        "  @timeout(5s)\n  @idempotent\n  place(",
        " -> string @len(..=3) throws Busy | Gone;",
        "    @sensitive\n    pin: string,",
        "  @since(\"1.4\")\n  event moved(i8 @range(-1..=1));",
        "callbacks host {",
    ] {
        assert!(schema.contains(part), "{part}\n---\n{schema}");
    }
    assert!(!schema.contains("DeskPlaceError"), "{schema}");
    let (_, loaded) = procwire_idl::compile_text("exported.ipc", &schema);
    assert!(loaded.model.is_some(), "{:?}\n{schema}", loaded.diagnostics);
}

#[test]
fn what_has_no_form_in_a_schema_is_shown_with_its_place() {
    let source = "#[derive(procwire::Message)]
pub struct Item {
    pub size: usize,
    #[procwire(default = compute())]
    pub count: u32,
    pub other: Elsewhere,
}

#[procwire::service]
pub trait Store {
    fn buy(&self) -> u32;
}
";
    let (status, schema, complaint) = export(&[("src/main.rs", source)], &[]);
    assert_eq!((status, schema.as_str()), (Some(1), ""), "{complaint}");
    for place in [
        "main.rs:11:22: method `buy`",
        "main.rs:3:15: this type",
        "main.rs:4:26: this value",
        "main.rs:6:16: this type",
    ] {
        assert!(complaint.contains(place), "{complaint}");
    }
}

#[test]
fn rust_that_does_not_parse_is_shown_with_its_place() {
    let files = [("src/lib.rs", "mod types;"), ("src/types.rs", "pub struct {\n")];
    let (status, _, complaint) = export(&files, &[]);
    assert_eq!(status, Some(1), "{complaint}");
    assert!(complaint.contains("src/types.rs:1:"), "{complaint}");
}

#[test]
fn two_types_of_one_name_are_an_error() {
    let source = "mod a { #[derive(procwire::Message)] pub struct Item {} } mod b { #[derive(procwire::Message)] pub struct Item {} }";
    let (status, _, complaint) = export(&[("src/lib.rs", source)], &[]);
    assert_eq!(status, Some(1), "{complaint}");
    assert!(complaint.contains("`Item` is declared in two modules"), "{complaint}");
}

#[test]
fn what_only_rust_lets_pass_is_told_by_the_schema() {
    let source = "#[derive(procwire::Message)] pub struct Node(pub Option<Box<Node>>);";
    let (status, schema, complaint) = export(&[("src/lib.rs", source)], &["--package", "nodes"]);
    assert_eq!((status, schema.as_str()), (Some(1), ""), "{complaint}");
    assert!(complaint.contains("infinite-type"), "{complaint}");
}

#[test]
fn a_path_without_a_crate_is_wrong_use() {
    let (status, _, complaint) = export(&[], &[]);
    assert_eq!(status, Some(2), "{complaint}");
    assert!(complaint.contains("neither `src/lib.rs` nor `src/main.rs`"), "{complaint}");
    let (status, _, complaint) = export(&[("src/lib.rs", "mod gone;")], &[]);
    assert_eq!(status, Some(2), "{complaint}");
    assert!(complaint.contains("src/gone.rs"), "{complaint}");
}
