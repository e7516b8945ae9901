//! Models out of bytes: each byte is a choice, and when they are used up the simplest choice is taken.

use procwire_idl::model::{
    Const, Constraints, Declaration, DeclarationKind, Docs, Enum, Event, Ext, Extras, Field, IntType, Item, Length,
    Method, Model, Names, Package, PackageId, Parameters, Presence, Range, Record, Representation, Response, Retry,
    Service, Type, TypeId, TypeKind, UserAnnotation, UserArgument, Value, Variant, VariantData, WireCase, mark_cycles,
};
use procwire_idl::source::Span;

/// A model that every check accepts.
pub fn model(choices: &[u8]) -> Model {
    let mut maker = Maker { choices: choices.iter(), kinds: Vec::new(), in_type: false };
    maker.model()
}

/// What later types may do with an earlier one.
#[derive(Clone, Copy, PartialEq)]
enum Kind {
    /// A record or a tagged enum.
    Container,
    /// An enum without data that is a string or a number; its first variant.
    Scalar,
    /// An error, which can be thrown.
    Error,
    /// A newtype of something that is neither nil nor a scalar.
    Newtype,
    /// An extension, which has no literal and is no key.
    Ext,
}

struct Maker<'c> {
    choices: std::slice::Iter<'c, u8>,
    kinds: Vec<Kind>,
    /// A type is being made, which may contain itself.
    in_type: bool,
}

impl Maker<'_> {
    fn choose(&mut self, count: usize) -> usize {
        self.choices.next().map_or(0, |choice| usize::from(*choice) % count)
    }

    fn flag(&mut self) -> bool {
        self.choose(4) == 3
    }

    fn text(&mut self) -> String {
        const TEXTS: [&str; 7] =
            ["x", "", "say \"no\"", "a\\b", "line\nline\ttab", "*/ \"\"\" // ü \u{2028}", "'; DROP"];
        TEXTS[self.choose(TEXTS.len())].to_owned()
    }

    fn docs(&mut self) -> Docs {
        const LINES: [&str; 5] = ["Some words.", "", "*/ and \"\"\" and \\", "   indented", "/ slash"];
        let count = self.choose(3);
        Docs { lines: (0..count).map(|_| LINES[self.choose(LINES.len())].to_owned()).collect() }
    }

    fn deprecated(&mut self) -> Option<String> {
        self.flag().then(|| self.text())
    }

    /// What annotations add; a name is of its own, so that none is taken.
    fn extras(&mut self, name: &str) -> Extras {
        let mut own = |language: &str| self.flag().then(|| format!("{language}_{name}"));
        let names = Names { rust: own("Rust"), ts: own("Ts"), py: own("Py") };
        Extras { sensitive: false, names, user: self.user() }
    }

    fn user(&mut self) -> Vec<UserAnnotation> {
        let count = if self.flag() { 2 } else { 0 };
        (0..count)
            .map(|_| {
                let name = ["owner", "a.b"][self.choose(2)].to_owned();
                let arguments = (0..self.choose(3)).map(|_| self.user_argument()).collect();
                UserAnnotation { name, arguments }
            })
            .collect()
    }

    fn user_argument(&mut self) -> UserArgument {
        let value = match self.choose(5) {
            0 => Value::String(self.text()),
            1 => Value::Int(-7),
            2 => Value::Bool(true),
            3 => Value::Float(1.5),
            _ => Value::Duration(250_000),
        };
        UserArgument { name: self.flag().then(|| "key".to_owned()), value }
    }

    fn sensitive(&mut self, name: &str) -> Extras {
        Extras { sensitive: self.flag(), ..self.extras(name) }
    }

    fn since(&mut self) -> Option<String> {
        self.flag().then(|| ["1.4", "a \"b\""][self.choose(2)].to_owned())
    }

    fn wire(&mut self, name: &str) -> String {
        if self.flag() { format!("$/{name} \"wire\"") } else { name.to_owned() }
    }

    fn model(&mut self) -> Model {
        let mut package = Package {
            name: vec!["made".into(), "up".into()],
            docs: self.docs(),
            wire_case: [WireCase::AsWritten, WireCase::Camel, WireCase::Snake][self.choose(3)],
            extras: Extras { user: self.user(), ..Extras::default() },
            ..Package::default()
        };
        let mut model = Model::default();
        for number in 0..self.choose(4) {
            package.declarations.push(Item::Const(number));
            package.consts.push(self.constant(number));
        }
        for number in 0..self.choose(8) {
            package.declarations.push(Item::Type(TypeId(u32::try_from(number).unwrap_or(0))));
            self.in_type = true;
            let declaration = self.declaration(number);
            self.in_type = false;
            model.types.push(declaration);
        }
        for number in 0..self.choose(3) {
            package.declarations.push(Item::Service(number));
            package.services.push(self.service(number));
        }
        model.packages.push(package);
        model.root = PackageId(0);
        mark_cycles(&mut model);
        model
    }

    fn constant(&mut self, number: usize) -> Const {
        let (kind, value) = match self.scalar() {
            (TypeKind::List(_), _) => (TypeKind::Bool, Value::Bool(true)),
            scalar => scalar,
        };
        let name = format!("CONST_{number}");
        Const {
            docs: self.docs(),
            deprecated: self.deprecated(),
            extras: self.extras(&name),
            name,
            span: Span::default(),
            ty: ty(kind),
            value,
        }
    }

    /// A type with a literal, and a value of it.
    fn scalar(&mut self) -> (TypeKind, Value) {
        match self.choose(7) {
            0 => (TypeKind::Bool, Value::Bool(self.flag())),
            1 => (TypeKind::String, Value::String(self.text())),
            2 => {
                let int = IntType::ALL[self.choose(8)];
                let (least, most) = int.range();
                (TypeKind::Int(int), Value::Int([0, least, most, 7][self.choose(4)]))
            }
            3 => (TypeKind::F32, Value::Float([0.5, -1.0, 1e30, 3.0][self.choose(4)])),
            4 => (TypeKind::F64, Value::Float([0.1, f64::MIN, f64::MAX, -0.0][self.choose(4)])),
            5 => (TypeKind::Duration, Value::Duration([0, 250_000, (1 << 53) - 1][self.choose(3)])),
            _ => (TypeKind::List(Box::new(ty(TypeKind::Any))), Value::EmptyList),
        }
    }

    fn declaration(&mut self, number: usize) -> Declaration {
        let (kind, made) = match self.choose(7) {
            0 | 1 => (Kind::Container, DeclarationKind::Record(self.record())),
            2 => (Kind::Container, DeclarationKind::Enum(self.with_data(Representation::External))),
            3 => (Kind::Scalar, DeclarationKind::Enum(self.without_data())),
            4 => {
                let form = Representation::Tagged { tag: "type".into() };
                (Kind::Error, DeclarationKind::Error(self.with_data(form)))
            }
            5 => (Kind::Ext, DeclarationKind::Ext(self.ext(number))),
            _ => (Kind::Newtype, DeclarationKind::Newtype(ty(TypeKind::List(Box::new(self.element(2)))))),
        };
        self.kinds.push(kind);
        let name = format!("Type{number}");
        Declaration {
            package: PackageId(0),
            docs: self.docs(),
            deprecated: self.deprecated(),
            extras: if kind == Kind::Newtype { self.sensitive(&name) } else { self.extras(&name) },
            name,
            span: Span::default(),
            cycle: None,
            kind: made,
        }
    }

    fn ext(&mut self, number: usize) -> Ext {
        // Another extension stands on no cycle; what is behind one is a built-in type.
        let kind = [TypeKind::String, TypeKind::Bytes, TypeKind::F64, TypeKind::Duration][self.choose(4)].clone();
        Ext {
            code: 16 + u8::try_from(number).unwrap_or(0),
            target: self.refined(kind),
            write: self.flag(),
            rust: self.flag().then(|| "a::b::C<d::E, u8>".to_owned()),
            ts: self.flag().then(|| "./some/file.js#Name".to_owned()),
            py: self.flag().then(|| "a.b.C".to_owned()),
        }
    }

    fn record(&mut self) -> Record {
        let reserved = if self.flag() { vec!["gone".into(), "old one".into()] } else { Vec::new() };
        Record { strict: self.flag(), fields: self.fields(5), reserved }
    }

    fn with_data(&mut self, representation: Representation) -> Enum {
        let is_error = representation != Representation::External;
        let representation = match (self.choose(3), representation) {
            (0, Representation::External) => Representation::Tagged { tag: "type".into() },
            (1, Representation::External) => Representation::Tagged { tag: "kind of".into() },
            (_, given) => given,
        };
        let count = 1 + self.choose(4);
        let variants = (0..count).map(|number| {
            // At least one variant carries data, so that the form does not follow from there being none.
            let data = match if number == 0 { 1 } else { self.choose(3) } {
                0 => VariantData::Unit,
                1 => VariantData::Tuple((0..=self.choose(3)).map(|_| self.element(2)).collect()),
                _ => VariantData::Struct(self.fields(3)),
            };
            let mut variant = self.variant(number, None, data);
            if representation == (Representation::Tagged { tag: "type".into() }) && is_error && self.flag() {
                variant.retry = Some(Retry { after: self.flag().then_some(250_001) });
            }
            variant
        });
        let variants = variants.collect();
        Enum { strict: self.flag(), representation, variants, reserved: Vec::new() }
    }

    fn without_data(&mut self) -> Enum {
        let int = self.flag().then(|| IntType::ALL[self.choose(8)]);
        let count = 1 + self.choose(4);
        let variants = (0..count).map(|number| {
            self.variant(number, int.map(|_| 3 + i128::try_from(number).unwrap_or(0)), VariantData::Unit)
        });
        let variants = variants.collect();
        let reserved = match int {
            Some(_) if self.flag() => vec!["1".into(), "gone".into()],
            _ => Vec::new(),
        };
        let representation = int.map_or(Representation::Name, Representation::Number);
        Enum { strict: self.flag(), representation, variants, reserved }
    }

    fn variant(&mut self, number: usize, value: Option<i128>, data: VariantData) -> Variant {
        let name = format!("Variant{number}");
        let reserved = if matches!(data, VariantData::Struct(_)) { self.reserved() } else { Vec::new() };
        Variant {
            wire: self.wire(&name),
            docs: self.docs(),
            deprecated: self.deprecated(),
            extras: self.extras(&name),
            name,
            retry: None,
            span: Span::default(),
            number: value,
            data,
            reserved,
        }
    }

    /// Names that nothing has.
    fn reserved(&mut self) -> Vec<String> {
        if self.flag() { vec!["gone".into(), "12".into()] } else { Vec::new() }
    }

    fn fields(&mut self, most: usize) -> Vec<Field> {
        (0..self.choose(most + 1))
            .map(|number| {
                let name = format!("field_{number}");
                let (ty, presence) = match self.choose(4) {
                    0 => (self.nullable(), Presence::Required),
                    1 => (self.element(3), Presence::Optional),
                    2 => {
                        let (kind, value) = self.scalar();
                        (ty(kind), Presence::Default(value))
                    }
                    _ => self.of_enum(),
                };
                Field {
                    wire: self.wire(&name),
                    ty,
                    presence,
                    docs: self.docs(),
                    deprecated: self.deprecated(),
                    extras: self.sensitive(&name),
                    name,
                    span: Span::default(),
                }
            })
            .collect()
    }

    /// A field whose default is a variant, if there is an enum for it.
    fn of_enum(&mut self) -> (Type, Presence) {
        match self.pick(&[Kind::Scalar]) {
            Some(id) => {
                let default = Value::Variant { ty: id, variant: "Variant0".into() };
                (ty(TypeKind::Named(id)), Presence::Default(default))
            }
            None => (ty(TypeKind::Uuid), Presence::Required),
        }
    }

    /// An earlier type of one of the kinds.
    fn pick(&mut self, kinds: &[Kind]) -> Option<TypeId> {
        let ids: Vec<usize> = (0..self.kinds.len()).filter(|id| kinds.contains(&self.kinds[*id])).collect();
        let at = self.choose(ids.len().max(1));
        ids.get(at).and_then(|id| u32::try_from(*id).ok()).map(TypeId)
    }

    fn nullable(&mut self) -> Type {
        let inner = self.element(3);
        if self.flag() && inner.kind != TypeKind::Unit { ty(TypeKind::Nullable(Box::new(inner))) } else { inner }
    }

    fn key(&mut self) -> Type {
        let kind = match self.choose(4) {
            0 => TypeKind::String,
            1 => TypeKind::Int(IntType::ALL[self.choose(8)]),
            2 => TypeKind::Bool,
            _ => self.pick(&[Kind::Scalar]).map_or(TypeKind::String, TypeKind::Named),
        };
        ty(kind)
    }

    /// A type that is not nil, with some types inside.
    fn element(&mut self, depth: usize) -> Type {
        let kind = match self.choose(if depth == 0 { 12 } else { 17 }) {
            0 => TypeKind::String,
            1 => TypeKind::Bool,
            2 => TypeKind::Int(IntType::ALL[self.choose(8)]),
            3 => TypeKind::F32,
            4 => TypeKind::F64,
            5 => TypeKind::Bytes,
            6 => TypeKind::Timestamp,
            7 => TypeKind::Duration,
            8 => TypeKind::Uuid,
            9 => TypeKind::Any,
            10 => self
                .pick(&[Kind::Container, Kind::Scalar, Kind::Error, Kind::Newtype, Kind::Ext])
                .map_or(TypeKind::Bool, TypeKind::Named),
            11 | 12 => TypeKind::List(Box::new(if depth == 0 { ty(TypeKind::Unit) } else { self.element(depth - 1) })),
            13 => TypeKind::List(Box::new(ty(TypeKind::Nullable(Box::new(self.element(depth - 1)))))),
            14 => TypeKind::Map(Box::new(self.key()), Box::new(self.element(depth - 1))),
            15 => TypeKind::Tuple((0..=self.choose(3)).map(|_| self.element(depth - 1)).collect()),
            _ => TypeKind::List(Box::new(self.itself())),
        };
        self.refined(kind)
    }

    /// A type with choices and constraints that it can have.
    fn refined(&mut self, kind: TypeKind) -> Type {
        let is_wide = matches!(kind, TypeKind::Int(IntType::U64 | IntType::I64));
        let is_timestamp = kind == TypeKind::Timestamp;
        let has_text = is_timestamp || kind == TypeKind::Uuid;
        let mut constraints = Constraints::default();
        if self.flag() {
            match &kind {
                TypeKind::String | TypeKind::Bytes | TypeKind::List(_) | TypeKind::Map(..) => {
                    constraints.len = Some(self.length());
                }
                TypeKind::Int(int) => {
                    let (least, most) = int.range();
                    constraints.range =
                        Some(self.range(&[Value::Int(least), Value::Int(1), Value::Int(5), Value::Int(most)], false));
                }
                TypeKind::F32 | TypeKind::F64 => {
                    let ends = [-1.5, 0.0, 0.25, 1e30].map(Value::Float);
                    let excluded = self.flag();
                    constraints.range = Some(self.range(&ends, excluded));
                }
                TypeKind::Duration => {
                    let ends = [0, 1, 250_000, 3_600_000_000].map(Value::Duration);
                    constraints.range = Some(self.range(&ends, false));
                }
                _ => {}
            }
        }
        if kind == TypeKind::String && self.flag() {
            let patterns = ["^[A-Z.]+$", "a\"b\\\\", "(?:\\d{2,}|\u{e9})?"];
            constraints.pattern = Some(patterns[self.choose(3)].to_owned());
        }
        Type {
            ts_number: is_wide && self.flag(),
            precise: is_timestamp && self.flag(),
            text: has_text && self.flag(),
            constraints: (constraints != Constraints::default()).then(|| Box::new(constraints)),
            ..ty(kind)
        }
    }

    fn length(&mut self) -> Length {
        let (min, max) = [(3, Some(3)), (0, Some(64)), (1, None), (1, Some(65_536)), (0, Some(0))][self.choose(5)];
        Length { min, max }
    }

    /// A range between two of some values in order; one that is excluded is not the first.
    fn range(&mut self, ends: &[Value], excluded: bool) -> Range {
        let at = self.choose(ends.len() - 1);
        let max = ends[at + 1].clone();
        match self.choose(3) {
            0 => Range { min: Some(ends[at].clone()), max: Some(max), exclusive: excluded },
            1 => Range { min: None, max: Some(max), exclusive: excluded },
            _ => Range { min: Some(ends[at].clone()), max: None, exclusive: false },
        }
    }

    /// The type that is being made; services have none.
    fn itself(&self) -> Type {
        let id = TypeId(u32::try_from(self.kinds.len()).unwrap_or(0));
        ty(if self.in_type { TypeKind::Named(id) } else { TypeKind::Bool })
    }

    fn parameters(&mut self) -> Parameters {
        match self.choose(3) {
            0 => Parameters::None,
            1 => Parameters::Bare(self.nullable()),
            _ => {
                let fields = self.fields(4);
                if fields.is_empty() { Parameters::None } else { Parameters::Named(fields) }
            }
        }
    }

    /// Names that no parameter has; a bare one reserves none.
    fn reserved_of(&mut self, parameters: &Parameters) -> Vec<String> {
        if matches!(parameters, Parameters::Named(_) | Parameters::None) { self.reserved() } else { Vec::new() }
    }

    fn service(&mut self, number: usize) -> Service {
        let name = format!("Service{number}");
        let prefix = self.flag().then(|| "a.\"b\"/".to_owned());
        let before = prefix.as_deref().unwrap_or_default();
        Service {
            docs: self.docs(),
            deprecated: self.deprecated(),
            extras: self.extras(&name),
            name,
            span: Span::default(),
            methods: (0..self.choose(5)).map(|number| self.method(number, before)).collect(),
            events: (0..self.choose(3)).map(|number| self.event(number, before)).collect(),
            prefix: prefix.clone(),
            reserved: self.reserved(),
        }
    }

    fn method(&mut self, number: usize, prefix: &str) -> Method {
        let name = format!("method_{number}");
        let response = [Response::Result, Response::Stream, Response::Ack, Response::None][self.choose(4)];
        let raw = self.flag();
        let bytes = || ty(TypeKind::Bytes);
        let answers = response != Response::None && (response == Response::Stream || !self.flag());
        let parameters = if raw { Parameters::Bare(bytes()) } else { self.parameters() };
        let is_answered = response != Response::None;
        Method {
            wire: format!("{prefix}{}", self.wire(&name)),
            docs: self.docs(),
            deprecated: self.deprecated(),
            extras: self.extras(&name),
            name,
            span: Span::default(),
            reserved: self.reserved_of(&parameters),
            parameters,
            answer: answers.then(|| if raw { bytes() } else { self.nullable() }),
            throws: if response == Response::None {
                Vec::new()
            } else {
                self.pick(&[Kind::Error]).into_iter().collect()
            },
            timeout: (is_answered && self.flag()).then_some(5_001_000),
            idempotent: is_answered && self.flag(),
            since: self.since(),
            response,
            raw,
        }
    }

    fn event(&mut self, number: usize, prefix: &str) -> Event {
        let name = format!("event_{number}");
        let raw = self.flag();
        let parameters = if raw { Parameters::Bare(ty(TypeKind::Bytes)) } else { self.parameters() };
        Event {
            wire: format!("{prefix}{}", self.wire(&name)),
            docs: self.docs(),
            deprecated: self.deprecated(),
            extras: self.extras(&name),
            name,
            since: self.since(),
            span: Span::default(),
            reserved: self.reserved_of(&parameters),
            parameters,
            raw,
        }
    }
}

fn ty(kind: TypeKind) -> Type {
    Type::new(kind, Span::default())
}
