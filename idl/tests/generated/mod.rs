//! Models out of bytes: each byte is a choice, and when they are used up the simplest choice is taken.

use procwire_idl::model::{
    Const, Declaration, DeclarationKind, Docs, Enum, Event, Extras, Field, IntType, Item, Method, Model, Package,
    PackageId, Parameters, Presence, Record, Representation, Response, Service, Type, TypeId, TypeKind, Value, Variant,
    VariantData, mark_cycles,
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

    fn wire(&mut self, name: &str) -> String {
        if self.flag() { format!("$/{name} \"wire\"") } else { name.to_owned() }
    }

    fn model(&mut self) -> Model {
        let mut package = Package { name: vec!["made".into(), "up".into()], docs: self.docs(), ..Package::default() };
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
        Const {
            name: format!("CONST_{number}"),
            docs: self.docs(),
            deprecated: self.deprecated(),
            extras: Extras::default(),
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
        let (kind, made) = match self.choose(6) {
            0 | 1 => (Kind::Container, DeclarationKind::Record(self.record())),
            2 => (Kind::Container, DeclarationKind::Enum(self.with_data(Representation::External))),
            3 => (Kind::Scalar, DeclarationKind::Enum(self.without_data())),
            4 => {
                let form = Representation::Tagged { tag: "type".into() };
                (Kind::Error, DeclarationKind::Error(self.with_data(form)))
            }
            _ => (Kind::Newtype, DeclarationKind::Newtype(ty(TypeKind::List(Box::new(self.element(2)))))),
        };
        self.kinds.push(kind);
        Declaration {
            name: format!("Type{number}"),
            package: PackageId(0),
            docs: self.docs(),
            deprecated: self.deprecated(),
            extras: Extras::default(),
            span: Span::default(),
            cycle: None,
            kind: made,
        }
    }

    fn record(&mut self) -> Record {
        let reserved = if self.flag() { vec!["gone".into(), "old one".into()] } else { Vec::new() };
        Record { strict: self.flag(), fields: self.fields(5), reserved }
    }

    fn with_data(&mut self, representation: Representation) -> Enum {
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
            self.variant(number, None, data)
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
            name,
            docs: self.docs(),
            deprecated: self.deprecated(),
            extras: Extras::default(),
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
                    name,
                    ty,
                    presence,
                    docs: self.docs(),
                    deprecated: self.deprecated(),
                    extras: Extras::default(),
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
                .pick(&[Kind::Container, Kind::Scalar, Kind::Error, Kind::Newtype])
                .map_or(TypeKind::Bool, TypeKind::Named),
            11 | 12 => TypeKind::List(Box::new(if depth == 0 { ty(TypeKind::Unit) } else { self.element(depth - 1) })),
            13 => TypeKind::List(Box::new(ty(TypeKind::Nullable(Box::new(self.element(depth - 1)))))),
            14 => TypeKind::Map(Box::new(self.key()), Box::new(self.element(depth - 1))),
            15 => TypeKind::Tuple((0..=self.choose(3)).map(|_| self.element(depth - 1)).collect()),
            _ => TypeKind::List(Box::new(self.itself())),
        };
        let is_wide = matches!(kind, TypeKind::Int(IntType::U64 | IntType::I64));
        Type { ts_number: is_wide && self.flag(), ..ty(kind) }
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
        Service {
            name: format!("Service{number}"),
            docs: self.docs(),
            deprecated: self.deprecated(),
            extras: Extras::default(),
            prefix: None,
            span: Span::default(),
            methods: (0..self.choose(5)).map(|number| self.method(number)).collect(),
            events: (0..self.choose(3)).map(|number| self.event(number)).collect(),
            reserved: self.reserved(),
        }
    }

    fn method(&mut self, number: usize) -> Method {
        let name = format!("method_{number}");
        let response = [Response::Result, Response::Stream, Response::Ack, Response::None][self.choose(4)];
        let raw = self.flag();
        let bytes = || ty(TypeKind::Bytes);
        let answers = response != Response::None && (response == Response::Stream || !self.flag());
        let parameters = if raw { Parameters::Bare(bytes()) } else { self.parameters() };
        Method {
            wire: self.wire(&name),
            name,
            docs: self.docs(),
            deprecated: self.deprecated(),
            extras: Extras::default(),
            span: Span::default(),
            reserved: self.reserved_of(&parameters),
            parameters,
            answer: answers.then(|| if raw { bytes() } else { self.nullable() }),
            throws: if response == Response::None {
                Vec::new()
            } else {
                self.pick(&[Kind::Error]).into_iter().collect()
            },
            timeout: None,
            idempotent: false,
            since: None,
            response,
            raw,
        }
    }

    fn event(&mut self, number: usize) -> Event {
        let name = format!("event_{number}");
        let raw = self.flag();
        let parameters = if raw { Parameters::Bare(ty(TypeKind::Bytes)) } else { self.parameters() };
        Event {
            wire: self.wire(&name),
            name,
            docs: self.docs(),
            deprecated: self.deprecated(),
            extras: Extras::default(),
            since: None,
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
