//! The form for programs, and the programs that read it.

mod program;

use std::fs;
use std::path::{Path, PathBuf};

use procwire_idl::model::{
    DeclarationKind, Enum, Field, Model, Presence, Record, Representation, Type, TypeKind, VariantData,
};
use serde_json::Value;

use program::{folder, ipcgen};

fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// Holds JSON against a type of a schema, in the form that is for people; says where it does not fit.
struct Reader<'a> {
    model: &'a Model,
}

impl Reader<'_> {
    fn named(&self, name: &str) -> &DeclarationKind {
        let found = self.model.types.iter().find(|declaration| declaration.name == name);
        &found.unwrap_or_else(|| panic!("there is no type {name}")).kind
    }

    fn ty(&self, ty: &Type, value: &Value, path: &str) -> Result<(), String> {
        let fits = match &ty.kind {
            TypeKind::Bool => value.is_boolean(),
            TypeKind::String => value.is_string(),
            TypeKind::Int(int) => {
                let number = value.as_i64().map(i128::from).or(value.as_u64().map(i128::from));
                number.is_some_and(|number| int.range().0 <= number && number <= int.range().1)
            }
            TypeKind::F64 => value.is_number(),
            TypeKind::List(inner) => {
                let items = value.as_array().ok_or_else(|| format!("{path}: expected a list, got {value}"))?;
                return items
                    .iter()
                    .enumerate()
                    .try_for_each(|(at, item)| self.ty(inner, item, &format!("{path}[{at}]")));
            }
            TypeKind::Map(_, inner) => {
                let entries = value.as_object().ok_or_else(|| format!("{path}: expected an object, got {value}"))?;
                return entries.iter().try_for_each(|(key, item)| self.ty(inner, item, &format!("{path}{{{key}}}")));
            }
            TypeKind::Named(id) => return self.declared(&self.model.declaration(*id).kind, value, path),
            other => return Err(format!("{path}: {other:?} is not in the form")),
        };
        if fits { Ok(()) } else { Err(format!("{path}: expected {}, got {value}", self.model.type_text(ty))) }
    }

    fn declared(&self, kind: &DeclarationKind, value: &Value, path: &str) -> Result<(), String> {
        match kind {
            DeclarationKind::Record(Record { fields, .. }) => self.fields(fields, value, path, &[]),
            DeclarationKind::Enum(declared) => self.variants(declared, value, path),
            DeclarationKind::Newtype(target) | DeclarationKind::Alias(target) => self.ty(target, value, path),
            _ => Err(format!("{path}: neither a record nor an enum")),
        }
    }

    fn fields(&self, fields: &[Field], value: &Value, path: &str, also: &[&str]) -> Result<(), String> {
        let entries = value.as_object().ok_or_else(|| format!("{path}: expected an object, got {value}"))?;
        for (key, entry) in entries.iter().filter(|(key, _)| !also.contains(&key.as_str())) {
            let path = format!("{path}.{key}");
            let field = fields.iter().find(|field| field.wire == *key);
            self.ty(&field.ok_or_else(|| format!("{path}: not in the form"))?.ty, entry, &path)?;
        }
        let missing =
            fields.iter().find(|field| field.presence == Presence::Required && !entries.contains_key(&field.wire));
        missing.map_or(Ok(()), |field| Err(format!("{path}.{}: missing", field.wire)))
    }

    fn variants(&self, declared: &Enum, value: &Value, path: &str) -> Result<(), String> {
        let name = match &declared.representation {
            Representation::Name => value.as_str(),
            Representation::Tagged { tag } => value.get(tag).and_then(Value::as_str),
            other => return Err(format!("{path}: {other:?} is not in the form")),
        };
        let variant = declared.variants.iter().find(|variant| Some(variant.wire.as_str()) == name);
        match &variant.ok_or_else(|| format!("{path}: no variant: {value}"))?.data {
            VariantData::Unit => Ok(()),
            VariantData::Tuple(types) => self.ty(&types[0], &value["value"], &format!("{path}.value")),
            VariantData::Struct(fields) => self.fields(fields, value, path, &["type"]),
        }
    }
}

fn form() -> Model {
    let schema = procwire_codegen::load(Path::new(env!("CARGO_MANIFEST_DIR")).join("forms/model.ipc"));
    schema.expect("the form").model.expect("a form without mistakes")
}

/// The schemas of the repository.
fn schemas() -> Vec<PathBuf> {
    let mut found = vec![
        repository().join("runtime/vectors/values/types.ipc"),
        Path::new(env!("CARGO_MANIFEST_DIR")).join("forms/model.ipc"),
    ];
    for case in fs::read_dir(repository().join("codegen/tests/golden")).expect("golden cases") {
        let path = case.expect("a case").path().join("schema.ipc");
        if path.is_file() {
            found.push(path);
        }
    }
    found
}

#[test]
fn json_is_what_its_own_schema_says() {
    let form = form();
    let reader = Reader { model: &form };
    let schemas = schemas();
    assert!(schemas.len() > 10, "{schemas:?}");
    for schema in schemas {
        let out = tempfile::tempdir().expect("a folder");
        let arguments = ["build".as_ref(), schema.as_os_str(), "--lang".as_ref(), "json".as_ref()];
        let run = ipcgen(out.path(), arguments.into_iter().chain(["--out".as_ref(), out.path().as_os_str()]));
        assert_eq!(run.status, Some(0), "{}: {}", schema.display(), run.err);
        let path = run.err.lines().find_map(|line| line.strip_prefix("wrote ")).expect("a file");
        let text = fs::read_to_string(path).expect("the file");
        let value: Value = serde_json::from_str(&text).expect("JSON");
        reader
            .declared(reader.named("Schema"), &value, "$")
            .unwrap_or_else(|wrong| panic!("{}: {wrong}", schema.display()));
    }
}

const SCHEMA: &str = "//! A shop.\nipc 1;\npackage acme.shop;\n\n/// Sells.\n@x.owner(\"till\")\nservice Shop {\n  /// Buys.\n  \
                      buy(item: string, count?: u32) -> u64 throws Refused;\n  event sold(item: string);\n}\n\nerror Refused { SoldOut }\n";

fn markdown() -> String {
    format!("python3 {}", repository().join("examples/plugin/markdown.py").display())
}

#[test]
fn a_plugin_answers_files() {
    let folder = folder(SCHEMA);
    let run = ipcgen(folder.path(), ["build", "trading.ipc", "--plugin", &markdown(), "--out", "docs"]);
    assert_eq!(run.status, Some(0), "{}", run.err);
    let page = fs::read_to_string(folder.path().join("docs/acme/shop.md")).expect("the page");
    assert!(page.starts_with("# acme.shop\n\nA shop.\n\n## Shop\n\nSells.\n\nOwned by till.\n"), "{page}");
    assert!(page.contains("| `buy(item: string, count?: u32) -> u64 throws Refused` | Buys. |\n"), "{page}");
    let check = ipcgen(folder.path(), ["build", "trading.ipc", "--plugin", &markdown(), "--out", "docs", "--check"]);
    assert_eq!(check.status, Some(0), "{}", check.err);
}

#[test]
fn a_plugin_may_find_problems() {
    let folder = folder(SCHEMA.replace("@x.owner(\"till\")\n", ""));
    let command = markdown();
    let arguments = ["build", "trading.ipc", "--plugin", &command, "--option", "owners=required", "--out", "docs"];
    let run = ipcgen(folder.path(), arguments);
    assert_eq!(run.status, Some(1), "{}", run.err);
    assert!(run.err.contains("error: trading.ipc:6:9: `Shop` has no owner"), "{}", run.err);
    let json = ipcgen(folder.path(), arguments.into_iter().chain(["--json"])).json();
    assert!(json["plugin"][0].as_str().is_some_and(|text| text.contains("has no owner")), "{json}");
    assert!(!folder.path().join("docs").exists());
}

#[test]
fn a_plugin_that_does_not_work_is_told() {
    let folder = folder(SCHEMA);
    for (script, said) in [
        ("import sys; sys.exit(3)", "failed (exit status: 3)"),
        ("print('no')", "does not answer"),
        ("print('{\"files\": [{\"path\": \"../out.txt\", \"text\": \"\"}]}')", "leads out of the output folder"),
        ("print('{\"files\": [{\"path\": \"/etc/out\", \"text\": \"\"}]}')", "leads out of the output folder"),
        (
            "print('{\"files\": [{\"path\": \"a\", \"text\": \"\"}, {\"path\": \"a\", \"text\": \"\"}]}')",
            "two files of this name",
        ),
    ] {
        fs::write(folder.path().join("plugin.py"), script).expect("a script");
        let run = ipcgen(folder.path(), ["build", "trading.ipc", "--plugin", "python3 plugin.py", "--out", "docs"]);
        assert_eq!(run.status, Some(2), "{script}: {}", run.err);
        assert!(run.err.contains(said), "{script}: {}", run.err);
    }
    let run = ipcgen(folder.path(), ["build", "trading.ipc", "--plugin", "no-such-program", "--out", "docs"]);
    assert!(run.err.contains("`no-such-program` does not start"), "{}", run.err);
}
