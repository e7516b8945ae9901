//! How each language spells a type, as far as it takes to tell whether two are the same to a program.

use super::source::Language;
use crate::model::{DeclarationKind, IntType, Model, Type, TypeKind};

/// A type in the three languages.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Spelling {
    rust: String,
    typescript: String,
    python: String,
}

impl Spelling {
    fn new(rust: &str, typescript: &str, python: &str) -> Self {
        Self { rust: rust.to_owned(), typescript: typescript.to_owned(), python: python.to_owned() }
    }

    pub(super) fn of(&self, language: Language) -> &str {
        match language {
            Language::Rust => &self.rust,
            Language::TypeScript => &self.typescript,
            Language::Python => &self.python,
        }
    }

    /// The type of a field that may be absent.
    pub(super) fn optional(&self) -> Self {
        Self {
            rust: format!("Option<{}>", self.rust),
            typescript: format!("{} | undefined", self.typescript),
            python: format!("{} | None", self.python),
        }
    }
}

pub(super) fn spelling(model: &Model, ty: &Type) -> Spelling {
    match &ty.kind {
        TypeKind::Bool => Spelling::new("bool", "boolean", "bool"),
        TypeKind::String => Spelling::new("String", "string", "str"),
        TypeKind::Int(int) => {
            let is_wide = matches!(int, IntType::U64 | IntType::I64) && !ty.ts_number;
            Spelling::new(int.name(), if is_wide { "bigint" } else { "number" }, "int")
        }
        TypeKind::F32 => Spelling::new("f32", "number", "float"),
        TypeKind::F64 => Spelling::new("f64", "number", "float"),
        TypeKind::Bytes => Spelling::new("Bytes", "Uint8Array", "bytes"),
        TypeKind::Timestamp if ty.precise => Spelling::new("procwire::Timestamp", "Timestamp", "procwire.Timestamp"),
        TypeKind::Timestamp => Spelling::new("SystemTime", "Date", "datetime"),
        TypeKind::Duration => Spelling::new("Duration", "number (ms)", "timedelta"),
        TypeKind::Uuid => Spelling::new("Uuid", "UUID", "UUID"),
        TypeKind::Any => Spelling::new("Value", "unknown", "Any"),
        TypeKind::Unit => Spelling::new("()", "void", "None"),
        TypeKind::List(inner) => {
            let inner = spelling(model, inner);
            Spelling {
                rust: format!("Vec<{}>", inner.rust),
                typescript: format!("readonly {}[]", inner.typescript),
                python: format!("list[{}]", inner.python),
            }
        }
        TypeKind::Map(key, value) => {
            let (key, value) = (spelling(model, key), spelling(model, value));
            Spelling {
                rust: format!("BTreeMap<{}, {}>", key.rust, value.rust),
                typescript: format!("map of {} to {}", key.typescript, value.typescript),
                python: format!("dict[{}, {}]", key.python, value.python),
            }
        }
        TypeKind::Tuple(elements) => {
            let elements: Vec<Spelling> = elements.iter().map(|element| spelling(model, element)).collect();
            let join = |language| elements.iter().map(|element| element.of(language)).collect::<Vec<_>>().join(", ");
            Spelling {
                rust: format!("({},)", join(Language::Rust)),
                typescript: format!("readonly [{}]", join(Language::TypeScript)),
                python: format!("tuple[{}]", join(Language::Python)),
            }
        }
        TypeKind::Nullable(inner) => {
            let inner = spelling(model, inner);
            Spelling {
                rust: format!("Option<{}>", inner.rust),
                typescript: format!("{} | null", inner.typescript),
                python: format!("{} | None", inner.python),
            }
        }
        TypeKind::Named(id) => {
            let declaration = model.declaration(*id);
            let name = &declaration.name;
            match &declaration.kind {
                DeclarationKind::Alias(target) => spelling(model, target),
                // TypeScript and Python take the base type for a newtype, and a newtype is one of its base.
                DeclarationKind::Newtype(target) => Spelling { rust: name.clone(), ..spelling(model, target) },
                DeclarationKind::Ext(ext) => {
                    let target = spelling(model, &ext.target);
                    Spelling {
                        rust: ext.rust.clone().unwrap_or(target.rust),
                        typescript: ext.ts.clone().unwrap_or(target.typescript),
                        python: ext.py.clone().unwrap_or(target.python),
                    }
                }
                DeclarationKind::Record(_) | DeclarationKind::Enum(_) | DeclarationKind::Error(_) => {
                    Spelling::new(name, name, name)
                }
            }
        }
    }
}
