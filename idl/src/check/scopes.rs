//! Names inside of one thing: fields of a record, variants of an enum, members of a service.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap, HashSet};

use super::given::{Language, is_given};
use crate::case;
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::model::{DeclarationKind, Enum, Field, Names, Package, Parameters, Representation, Service, VariantData};
use crate::resolve::{Places, Resolved};
use crate::source::Span;

/// What the members of a scope are called, and how.
struct Kind {
    noun: &'static str,
    duplicate: Code,
    /// How generated code changes the names.
    convert: fn(&str) -> String,
    /// The members are entries of a map.
    has_keys: bool,
}

const FIELD: Kind = Kind { noun: "field", duplicate: Code::DuplicateField, convert: case::snake, has_keys: true };
const PARAMETER: Kind =
    Kind { noun: "parameter", duplicate: Code::DuplicateField, convert: case::snake, has_keys: true };
const VARIANT: Kind =
    Kind { noun: "variant", duplicate: Code::DuplicateVariant, convert: case::upper_camel, has_keys: false };
const MEMBER: Kind =
    Kind { noun: "method or event", duplicate: Code::DuplicateMethod, convert: case::snake, has_keys: false };
const CALLBACK: Kind =
    Kind { noun: "callback", duplicate: Code::DuplicateMethod, convert: case::snake, has_keys: false };
const CONST: Kind =
    Kind { noun: "constant", duplicate: Code::DuplicateName, convert: case::screaming, has_keys: false };

/// A member: name, name on the wire, place of the name, names in languages.
type Member<'m> = (&'m str, &'m str, Span, &'m Names);

/// Checks every scope.
pub(super) fn check(resolved: &Resolved, diagnostics: &mut Diagnostics) {
    let mut scopes = Scopes { places: &resolved.places, diagnostics };
    for declaration in &resolved.model.types {
        match &declaration.kind {
            DeclarationKind::Record(record) => scopes.fields(&record.fields, &FIELD),
            DeclarationKind::Enum(declared) | DeclarationKind::Error(declared) => {
                scopes.variants(declared);
            }
            DeclarationKind::Newtype(_) | DeclarationKind::Alias(_) | DeclarationKind::Ext(_) => {}
        }
    }
    for package in &resolved.model.packages {
        scopes.consts(package);
        for service in &package.services {
            scopes.service(service);
        }
        scopes.callbacks(package);
    }
}

struct Scopes<'r, 'd> {
    places: &'r Places,
    diagnostics: &'d mut Diagnostics,
}

impl Scopes<'_, '_> {
    fn fields(&mut self, fields: &[Field], kind: &Kind) {
        let members =
            || fields.iter().map(|field| (field.name.as_str(), field.wire.as_str(), field.span, &field.extras.names));
        self.names(members(), kind);
        self.wire_names(members(), kind);
    }

    fn parameters(&mut self, parameters: &Parameters) {
        if let Parameters::Named(fields) = parameters {
            self.fields(fields, &PARAMETER);
        }
    }

    fn consts(&mut self, package: &Package) {
        // Two of one name were told when the names were resolved.
        let mut seen: HashSet<&str> = HashSet::new();
        let consts = package.consts.iter().filter(|constant| seen.insert(&constant.name));
        self.names(consts.map(|constant| (constant.name.as_str(), "", constant.span, &constant.extras.names)), &CONST);
    }

    fn variants(&mut self, declared: &Enum) {
        let members = || {
            let variants = declared.variants.iter();
            variants.map(|variant| (variant.name.as_str(), variant.wire.as_str(), variant.span, &variant.extras.names))
        };
        self.names(members(), &VARIANT);
        self.wire_names(members(), &VARIANT);
        self.numbers(declared);
        for variant in &declared.variants {
            if let VariantData::Struct(fields) = &variant.data {
                self.fields(fields, &FIELD);
            }
            if let Representation::Tagged { tag } = &declared.representation {
                self.beside_tag(&variant.data, variant.span, tag);
            }
        }
    }

    fn service(&mut self, service: &Service) {
        let methods = || {
            let methods = service.methods.iter();
            methods.map(|method| (method.name.as_str(), method.wire.as_str(), method.span, &method.extras.names))
        };
        let events = || {
            let events = service.events.iter();
            events.map(|event| (event.name.as_str(), event.wire.as_str(), event.span, &event.extras.names))
        };
        // Both become functions of one trait, and on the wire each kind has its own names.
        self.names(methods().chain(events()), &MEMBER);
        self.wire_names(methods(), &MEMBER);
        self.wire_names(events(), &MEMBER);
        for method in &service.methods {
            self.parameters(&method.parameters);
        }
        for event in &service.events {
            self.parameters(&event.parameters);
        }
    }

    fn callbacks(&mut self, package: &Package) {
        let mut namespaces: BTreeMap<&str, Vec<Member<'_>>> = BTreeMap::new();
        let mut paths = Vec::new();
        for block in &package.callbacks {
            let members = namespaces.entry(&block.name).or_default();
            for method in &block.methods {
                members.push((&method.name, "", method.span, &method.extras.names));
                paths.push((
                    format!("{}.{}", block.name, method.name),
                    method.wire.as_str(),
                    method.span,
                    &method.extras.names,
                ));
                self.parameters(&method.parameters);
            }
        }
        for members in namespaces.values() {
            self.names(members.iter().copied(), &CALLBACK);
        }
        self.wire_names(paths.iter().map(|(path, wire, span, names)| (path.as_str(), *wire, *span, *names)), &CALLBACK);
    }

    /// Names that are the same, as written or after case conversion.
    fn names<'m>(&mut self, members: impl Iterator<Item = Member<'m>>, kind: &Kind) {
        let mut as_written: HashMap<&str, Span> = HashMap::new();
        let mut converted: [HashMap<Cow<'m, str>, Member<'m>>; 3] = Default::default();
        for member in members {
            let (name, wire, span, names) = member;
            if let Some(first) = as_written.get(name) {
                let message = format!("the {} `{name}` is declared twice", kind.noun);
                self.diagnostics.push(
                    Diagnostic::error(kind.duplicate, span, message)
                        .label("declared again here")
                        .secondary(*first, "first declared here"),
                );
                continue;
            }
            as_written.insert(name, span);
            let usual = (kind.convert)(name);
            if usual.is_empty() {
                let message = format!("`{name}` has no letter, and a name needs one");
                self.diagnostics.push(Diagnostic::error(Code::NameCollision, span, message));
                continue;
            }
            let keys = Language::ALL.map(|language| match language.given(names) {
                Some(given) => Cow::Borrowed(given),
                // Fields in TypeScript are called as on the wire.
                None if language == Language::TypeScript && kind.has_keys => Cow::Borrowed(wire),
                None => Cow::Owned(usual.clone()),
            });
            let met = Language::ALL.iter().zip(&keys).zip(&converted).find_map(|((language, key), taken)| {
                let (other, _, first, others) = taken.get(key)?;
                let is_told =
                    language == &Language::TypeScript && kind.has_keys && !is_given(names) && !is_given(others);
                (!is_told).then_some((*language, key, *other, *first, *others))
            });
            if let Some((language, key, other, first, others)) = met {
                let code = if is_given(names) || is_given(others) { language.code() } else { "generated code" };
                let message = format!("`{name}` and `{other}` are both `{key}` in {code}");
                self.diagnostics.push(
                    Diagnostic::error(Code::NameCollision, span, message)
                        .secondary(first, format!("`{other}` is declared here")),
                );
                continue;
            }
            for (key, taken) in keys.into_iter().zip(&mut converted) {
                taken.insert(key, member);
            }
        }
    }

    /// Names on the wire that are the same, or that are not to be had.
    fn wire_names<'m>(&mut self, members: impl Iterator<Item = Member<'m>>, kind: &Kind) {
        let mut seen: HashMap<&str, Member<'m>> = HashMap::new();
        for member in members {
            let (name, wire, span, _) = member;
            let place = self.places.wire(span);
            if let Some(reason) = reserved(wire) {
                let message = format!("{reason}, so `{name}` needs another name on the wire");
                let diagnostic = Diagnostic::error(Code::ReservedWireName, place, message);
                self.diagnostics.push(diagnostic.note("`@wire(\"name\")` sets it"));
                continue;
            }
            match seen.get(wire) {
                // The same name twice was told already.
                Some((other, ..)) if *other == name => {}
                Some((other, _, first, _)) => {
                    let message = format!("`{name}` and `{other}` are both `{wire}` on the wire");
                    self.diagnostics.push(
                        Diagnostic::error(Code::DuplicateWireName, place, message)
                            .secondary(self.places.wire(*first), format!("the {} `{other}` has it", kind.noun)),
                    );
                }
                None => {
                    seen.insert(wire, member);
                }
            }
        }
    }

    fn numbers(&mut self, declared: &Enum) {
        let mut seen: HashMap<i128, (&str, Span)> = HashMap::new();
        for variant in &declared.variants {
            let Some(number) = variant.number else {
                continue;
            };
            if let Some((other, first)) = seen.get(&number) {
                let message = format!("`{}` and `{other}` have the same number {number}", variant.name);
                self.diagnostics.push(
                    Diagnostic::error(Code::DuplicateVariant, variant.span, message)
                        .secondary(*first, "it is given here first"),
                );
            } else {
                seen.insert(number, (&variant.name, variant.span));
            }
        }
    }

    /// The data of a variant stands in one map with the tag.
    fn beside_tag(&mut self, data: &VariantData, span: Span, tag: &str) {
        match data {
            VariantData::Tuple(_) if tag == "value" => {
                let message = "the data of this variant stands under `value`, and that is the tag";
                self.diagnostics
                    .push(Diagnostic::error(Code::TagCollision, span, message).note("choose another `@tag`"));
            }
            VariantData::Struct(fields) => {
                for field in fields.iter().filter(|field| field.wire == tag) {
                    let message = format!("`{}` stands beside the tag, which is `{tag}` too", field.name);
                    self.diagnostics.push(
                        Diagnostic::error(Code::TagCollision, self.places.wire(field.span), message)
                            .note("rename the field, give it another `@wire`, or choose another `@tag` for the enum"),
                    );
                }
            }
            VariantData::Unit | VariantData::Tuple(_) => {}
        }
    }
}

/// Why a name on the wire is not to be had.
fn reserved(wire: &str) -> Option<String> {
    match wire {
        "" => Some("a name on the wire cannot be empty".to_owned()),
        "__proto__" => Some("`__proto__` is no key of its own in JavaScript".to_owned()),
        "$schema" | "$health" => Some(format!("`{wire}` is the runtime's own")),
        _ if wire.starts_with("$ipc") => Some("names that begin with `$ipc` are the runtime's own".to_owned()),
        _ => None,
    }
}
