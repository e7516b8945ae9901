//! A schema as it looks on the wire.

use std::collections::HashSet;

use crate::model::{
    self, CallbackId, Constraints, DeclarationKind, IntType, Model, PackageId, Parameters, Presence, Representation,
    Response, Retry, ServiceId, TypeKind, VariantData,
};

/// What two programs say to each other.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Interface {
    /// The package that declares it, for messages; empty where there is none.
    pub package: String,
    /// The declared types; [`Type::Named`] indexes them.
    pub types: Vec<Named>,
    /// The methods of all services.
    pub methods: Vec<Method>,
    /// The events of all services.
    pub events: Vec<Event>,
    /// What the parent answers for the child.
    pub callbacks: Vec<Callback>,
    /// Names of methods and events that may not be used again.
    pub reserved: Vec<String>,
}

/// A declared type.
#[derive(Clone, Debug, PartialEq)]
pub struct Named {
    /// Its name, for messages.
    pub name: String,
    /// What it is.
    pub kind: Kind,
}

/// What a declared type is.
#[derive(Clone, Debug, PartialEq)]
pub enum Kind {
    /// A map with these entries.
    Record {
        /// Other entries are refused.
        strict: bool,
        /// The entries.
        fields: Vec<Field>,
        /// Names that may not be used again.
        reserved: Vec<String>,
    },
    /// One of several variants.
    Enum {
        /// Other variants are refused.
        strict: bool,
        /// How a value looks.
        form: Form,
        /// The variants.
        variants: Vec<Variant>,
        /// Names that may not be used again.
        reserved: Vec<String>,
    },
    /// On the wire as another type.
    Transparent(Type),
    /// Read as another type, and as an extension of it.
    Ext {
        /// The extension's code.
        code: u8,
        /// The extension is what is written.
        write: bool,
        /// What it holds.
        target: Type,
    },
}

/// An entry of a map.
#[derive(Clone, Debug, PartialEq)]
pub struct Field {
    /// Its key.
    pub name: String,
    /// Its type; of `f?: T` it is T.
    pub ty: Type,
    /// A writer may leave it out.
    pub may_be_left_out: bool,
    /// What a reader takes where it is absent; `None` where there is no default.
    pub default: Option<Fallback>,
}

/// What a reader takes for a field that is absent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fallback {
    /// A value as a schema writes it.
    Value(String),
    /// One that only the program knows.
    Unknown,
}

impl Field {
    /// Whether a reader refuses a map without this entry.
    #[must_use]
    pub fn is_needed(&self) -> bool {
        !self.may_be_left_out && self.default.is_none() && !matches!(self.ty, Type::Nullable(_))
    }
}

/// How a value of an enum looks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Form {
    /// A string.
    Name,
    /// An integer of this type.
    Number(IntType),
    /// A map in which this key names the variant.
    Tagged(String),
    /// A string, or a map whose one key names the variant.
    External,
}

/// A variant.
#[derive(Clone, Debug, PartialEq)]
pub struct Variant {
    /// Its name on the wire.
    pub name: String,
    /// Its number, where the form is one.
    pub number: Option<i128>,
    /// What it carries.
    pub data: Payload,
    /// Names of its fields that may not be used again.
    pub reserved: Vec<String>,
    /// Of an error's variant: whether it is worth another try.
    pub retry: Option<Retry>,
}

/// What a variant, a request or an event carries.
#[derive(Clone, Debug, PartialEq)]
pub enum Payload {
    /// A map with these entries; none where there is nothing to say.
    Fields(Vec<Field>),
    /// Values without names; of a request one, which is the payload.
    Values(Vec<Type>),
}

/// A type at one place.
#[derive(Clone, Debug, PartialEq)]
pub enum Type {
    /// `bool`
    Bool,
    /// `string`
    String,
    /// `u8` to `i64`
    Int(IntType),
    /// `f32` (true) or `f64`
    Float(bool),
    /// `bytes`
    Bytes,
    /// `timestamp`, with nanoseconds (true) or what each language has
    Timestamp(bool),
    /// `duration`
    Duration,
    /// `uuid`
    Uuid,
    /// `any`
    Any,
    /// Nil.
    Unit,
    /// A type that only its program knows; it agrees with every type.
    Unknown,
    /// `list<T>`
    List(Box<Type>),
    /// `(A, B)`
    Tuple(Vec<Type>),
    /// `map<K, V>`
    Map(Box<Type>, Box<Type>),
    /// `T?`
    Nullable(Box<Type>),
    /// An entry of [`Interface::types`].
    Named(usize),
    /// A type whose values satisfy more.
    Constrained(Box<Type>, Box<Constraints>),
}

/// A method.
#[derive(Clone, Debug, PartialEq)]
pub struct Method {
    /// The service that declares it, for messages.
    pub service: String,
    /// Its name on the wire.
    pub name: String,
    /// How it answers.
    pub response: Response,
    /// What it takes.
    pub request: Payload,
    /// What it answers; nil where it answers nothing.
    pub answer: Type,
    /// Its declared errors, entries of [`Interface::types`].
    pub throws: Vec<usize>,
    /// Names of its parameters that may not be used again.
    pub reserved: Vec<String>,
    /// Its deadline in microseconds.
    pub timeout: Option<u64>,
    /// It may be sent again.
    pub idempotent: bool,
    /// A peer without it is fine.
    pub since: bool,
    /// The payloads are bytes without `MsgPack` around them.
    pub raw: bool,
}

/// An event.
#[derive(Clone, Debug, PartialEq)]
pub struct Event {
    /// The service that declares it, for messages.
    pub service: String,
    /// Its name on the wire.
    pub name: String,
    /// What it carries.
    pub payload: Payload,
    /// Names of its parameters that may not be used again.
    pub reserved: Vec<String>,
    /// A peer without it is fine.
    pub since: bool,
    /// The payload is bytes without `MsgPack` around them.
    pub raw: bool,
}

/// A method that the child calls.
#[derive(Clone, Debug, PartialEq)]
pub struct Callback {
    /// What it takes and answers; its name is the whole path, and its service the namespace.
    pub method: Method,
    /// A module of the schema does not start without it.
    pub required: bool,
}

impl From<&Model> for Interface {
    fn from(model: &Model) -> Self {
        let services = || model.packages.iter().flat_map(|package| &package.services);
        let mut interface = Self::of(services());
        interface.package = model.root().dotted_name();
        interface.types = model.types.iter().map(named_type).collect();
        interface.callbacks = callbacks(model);
        interface
    }
}

impl Interface {
    /// What a package offers and needs: its services, its callbacks, and what its modules provide and name, with the
    /// types that these reach, in declared order.
    #[must_use]
    pub fn of_package(model: &Model, package: PackageId) -> Self {
        let declared = &model.packages[package.0 as usize];
        let provided = || declared.modules.iter().flat_map(|module| &module.provides);
        let own = (0..declared.services.len()).map(|service| ServiceId { package, service });
        let foreign = provided().copied().filter(|id| id.package != package);
        let mut ids: Vec<ServiceId> = own.chain(foreign).collect();
        let mut seen = HashSet::new();
        ids.retain(|id| seen.insert(*id));
        let mut interface =
            Self::of(ids.into_iter().map(|id| &model.packages[id.package.0 as usize].services[id.service]));
        interface.package = declared.dotted_name();
        let required: HashSet<CallbackId> =
            declared.modules.iter().flat_map(|module| module.requires.iter().copied()).collect();
        let own = declared.callbacks.iter().enumerate().flat_map(|(block, callbacks)| {
            (0..callbacks.methods.len()).map(move |method| CallbackId { package, block, method })
        });
        let named = declared.modules.iter().flat_map(|module| module.requires.iter().chain(&module.optional).copied());
        let mut seen = HashSet::new();
        for id in own.chain(named).filter(|id| seen.insert(*id)) {
            let block = &model.packages[id.package.0 as usize].callbacks[id.block];
            let method = method(&block.name, &block.methods[id.method]);
            interface.callbacks.push(Callback { method, required: required.contains(&id) });
        }
        interface.with_types(|id| named_type(&model.types[id]))
    }

    fn of<'m>(services: impl Iterator<Item = &'m model::Service>) -> Self {
        let mut interface = Self::default();
        for service in services {
            interface.methods.extend(service.methods.iter().map(|declared| method(&service.name, declared)));
            interface.events.extend(service.events.iter().map(|event| Event {
                service: service.name.clone(),
                name: event.wire.clone(),
                payload: payload(&event.parameters),
                reserved: event.reserved.clone(),
                since: event.since.is_some(),
                raw: event.raw,
            }));
            interface.reserved.extend(service.reserved.iter().cloned());
        }
        interface
    }
}

fn named_type(declaration: &model::Declaration) -> Named {
    Named { name: declaration.name.clone(), kind: kind(&declaration.kind) }
}

fn method(service: &str, declared: &model::Method) -> Method {
    Method {
        service: service.to_owned(),
        name: declared.wire.clone(),
        response: declared.response,
        request: payload(&declared.parameters),
        answer: declared.answer.as_ref().map_or(Type::Unit, ty),
        throws: declared.throws.iter().map(|id| id.0 as usize).collect(),
        reserved: declared.reserved.clone(),
        timeout: declared.timeout,
        idempotent: declared.idempotent,
        since: declared.since.is_some(),
        raw: declared.raw,
    }
}

fn callbacks(model: &Model) -> Vec<Callback> {
    let required: HashSet<CallbackId> = model
        .packages
        .iter()
        .flat_map(|package| package.modules.iter().flat_map(|module| module.requires.iter().copied()))
        .collect();
    let mut found = Vec::new();
    for (package, declared) in (0..).map(PackageId).zip(&model.packages) {
        for (block, callbacks) in declared.callbacks.iter().enumerate() {
            found.extend(callbacks.methods.iter().enumerate().map(|(at, declared)| Callback {
                method: method(&callbacks.name, declared),
                required: required.contains(&CallbackId { package, block, method: at }),
            }));
        }
    }
    found
}

fn kind(kind: &DeclarationKind) -> Kind {
    match kind {
        DeclarationKind::Record(record) => {
            Kind::Record { strict: record.strict, fields: fields(&record.fields), reserved: record.reserved.clone() }
        }
        DeclarationKind::Enum(declared) | DeclarationKind::Error(declared) => Kind::Enum {
            strict: declared.strict,
            form: match &declared.representation {
                Representation::Name => Form::Name,
                Representation::Number(int) => Form::Number(*int),
                Representation::Tagged { tag } => Form::Tagged(tag.clone()),
                Representation::External => Form::External,
            },
            variants: declared.variants.iter().map(variant).collect(),
            reserved: declared.reserved.clone(),
        },
        DeclarationKind::Newtype(target) | DeclarationKind::Alias(target) => Kind::Transparent(ty(target)),
        DeclarationKind::Ext(ext) => Kind::Ext { code: ext.code, write: ext.write, target: ty(&ext.target) },
    }
}

fn variant(variant: &model::Variant) -> Variant {
    let data = match &variant.data {
        VariantData::Unit => Payload::Fields(Vec::new()),
        VariantData::Tuple(types) => Payload::Values(types.iter().map(ty).collect()),
        VariantData::Struct(declared) => Payload::Fields(fields(declared)),
    };
    Variant {
        name: variant.wire.clone(),
        number: variant.number,
        data,
        reserved: variant.reserved.clone(),
        retry: variant.retry,
    }
}

fn payload(parameters: &Parameters) -> Payload {
    match parameters {
        Parameters::None => Payload::Fields(Vec::new()),
        Parameters::Bare(bare) => Payload::Values(vec![ty(bare)]),
        Parameters::Named(declared) => Payload::Fields(fields(declared)),
    }
}

fn fields(declared: &[model::Field]) -> Vec<Field> {
    let field = |field: &model::Field| Field {
        name: field.wire.clone(),
        ty: ty(&field.ty),
        may_be_left_out: field.presence == Presence::Optional,
        default: match &field.presence {
            Presence::Default(value) => Some(Fallback::Value(value.to_string())),
            Presence::Required | Presence::Optional => None,
        },
    };
    declared.iter().map(field).collect()
}

fn ty(declared: &model::Type) -> Type {
    let plain = match &declared.kind {
        TypeKind::Bool => Type::Bool,
        TypeKind::String => Type::String,
        TypeKind::Int(int) => Type::Int(*int),
        TypeKind::F32 => Type::Float(true),
        TypeKind::F64 => Type::Float(false),
        TypeKind::Bytes => Type::Bytes,
        TypeKind::Timestamp => Type::Timestamp(declared.precise),
        TypeKind::Duration => Type::Duration,
        TypeKind::Uuid => Type::Uuid,
        TypeKind::Any => Type::Any,
        TypeKind::Unit => Type::Unit,
        TypeKind::List(inner) => Type::List(Box::new(ty(inner))),
        TypeKind::Tuple(elements) => Type::Tuple(elements.iter().map(ty).collect()),
        TypeKind::Map(key, value) => Type::Map(Box::new(ty(key)), Box::new(ty(value))),
        TypeKind::Nullable(inner) => Type::Nullable(Box::new(ty(inner))),
        TypeKind::Named(id) => Type::Named(id.0 as usize),
    };
    match &declared.constraints {
        Some(constraints) => Type::Constrained(Box::new(plain), constraints.clone()),
        None => plain,
    }
}
