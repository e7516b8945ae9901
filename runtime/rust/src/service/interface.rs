//! What services say on the wire, made of their descriptors and of the shapes of their types.

use std::collections::{HashMap, VecDeque};

use procwire_idl::evolution::{
    Callback, Event, Fallback, Field, Form, Interface, Kind, Method, Named, Payload, Type, Variant,
};
use procwire_idl::model::{self, Constraints, IntType, Length, Range, Retry, Value};
use procwire_idl::shape::{
    BoundShape, ConstrainedShape, EnumShape, FieldShape, NewtypeShape, PresenceShape, RangeShape, RecordShape,
    RepresentationShape, Shape, ShapeFn, VariantDataShape, VariantShape,
};

use super::{EventDescriptor, MethodDescriptor, Response, ServiceDescriptor, Wanted};

/// How deep types without a name lie in each other, as readers of the interchange form take it. A type that was described
/// by hand may go round without a name.
const DEEPEST: usize = 64;

/// The interface of these services, and of the callbacks that go with them.
pub(crate) fn interface<'w>(
    services: impl IntoIterator<Item = &'static ServiceDescriptor>,
    callbacks: impl IntoIterator<Item = &'w Wanted>,
) -> Interface {
    let mut builder = Builder::default();
    let mut interface = Interface::default();
    for service in services {
        interface.methods.extend(service.methods.iter().map(|method| builder.method(service, method)));
        interface.events.extend(service.events.iter().map(|event| builder.event(service, event)));
        interface.reserved.extend(texts(service.reserved));
    }
    for wanted in callbacks {
        let method = builder.method(wanted.service, wanted.method());
        interface.callbacks.push(Callback { method, required: wanted.required });
    }
    interface.types = builder.finish();
    interface
}

/// The types of an interface, each once: a named type is known by the address of its shape.
#[derive(Default)]
struct Builder {
    known: HashMap<usize, usize>,
    names: Vec<&'static str>,
    /// Those whose inside is still to be described, in the order of their numbers.
    waiting: VecDeque<Declared>,
    kinds: Vec<Kind>,
}

/// A type with a name.
enum Declared {
    Record(&'static RecordShape),
    Enum(&'static EnumShape),
    Newtype(&'static NewtypeShape),
}

impl Builder {
    /// Describes what was only named so far.
    fn finish(mut self) -> Vec<Named> {
        while let Some(declared) = self.waiting.pop_front() {
            let kind = match declared {
                Declared::Record(record) => Kind::Record {
                    strict: record.strict,
                    fields: self.fields(record.fields),
                    reserved: texts(record.reserved).collect(),
                },
                Declared::Enum(declared) => self.variants(declared),
                Declared::Newtype(newtype) => {
                    let of = self.ty(newtype.of, 0);
                    match newtype.ext {
                        Some(ext) => Kind::Ext { code: ext.code, write: ext.write, target: of },
                        None => Kind::Transparent(of),
                    }
                }
            };
            self.kinds.push(kind);
        }
        let named = self.names.into_iter().zip(self.kinds);
        named.map(|(name, kind)| Named { name: name.to_owned(), kind }).collect()
    }

    fn method(&mut self, service: &ServiceDescriptor, method: &MethodDescriptor) -> Method {
        let throws = method.throws.map_or(Some(Vec::new()), |throws| self.errors(throws));
        Method {
            service: service.name.to_owned(),
            name: method.name.to_owned(),
            response: response(method.response),
            request: self.payload(method.request),
            answer: if throws.is_some() { self.ty(method.answer, 0) } else { Type::Unknown },
            throws: throws.unwrap_or_default(),
            reserved: texts(method.reserved).collect(),
            timeout: method.timeout.map(|timeout| u64::try_from(timeout.as_micros()).unwrap_or(u64::MAX)),
            idempotent: method.idempotent,
            since: method.since.is_some(),
            raw: method.raw,
        }
    }

    fn event(&mut self, service: &ServiceDescriptor, event: &EventDescriptor) -> Event {
        Event {
            service: service.name.to_owned(),
            name: event.name.to_owned(),
            payload: self.payload(event.payload),
            reserved: texts(event.reserved).collect(),
            since: event.since.is_some(),
            raw: event.raw,
        }
    }

    /// Named parameters are a record without a name.
    fn payload(&mut self, shape: ShapeFn) -> Payload {
        match shape() {
            Shape::Record(record) if record.name.is_empty() => Payload::Fields(self.fields(record.fields)),
            _ => Payload::Values(vec![self.ty(shape, 0)]),
        }
    }

    /// One error, or several as a tuple. Nothing where somebody described one by hand, as what no schema can say.
    fn errors(&mut self, shape: ShapeFn) -> Option<Vec<usize>> {
        match shape() {
            Shape::Tuple(errors) => errors.iter().map(|error| self.error(*error)).collect(),
            _ => Some(vec![self.error(shape)?]),
        }
    }

    fn error(&mut self, shape: ShapeFn) -> Option<usize> {
        let Shape::Enum(_) = shape() else { return None };
        match self.ty(shape, 0) {
            Type::Named(id) => Some(id),
            _ => None,
        }
    }

    fn ty(&mut self, shape: ShapeFn, depth: usize) -> Type {
        let depth = depth + 1;
        if depth > DEEPEST {
            return Type::Unknown;
        }
        let int = Type::Int;
        match shape() {
            Shape::Bool => Type::Bool,
            Shape::String => Type::String,
            Shape::U8 => int(IntType::U8),
            Shape::U16 => int(IntType::U16),
            Shape::U32 => int(IntType::U32),
            Shape::U64 => int(IntType::U64),
            Shape::I8 => int(IntType::I8),
            Shape::I16 => int(IntType::I16),
            Shape::I32 => int(IntType::I32),
            Shape::I64 => int(IntType::I64),
            Shape::F32 => Type::Float(true),
            Shape::F64 => Type::Float(false),
            Shape::Bytes => Type::Bytes,
            Shape::Timestamp => Type::Timestamp(false),
            Shape::TimestampPrecise => Type::Timestamp(true),
            Shape::Duration => Type::Duration,
            Shape::Uuid => Type::Uuid,
            Shape::Any => Type::Any,
            Shape::Unit => Type::Unit,
            Shape::List(inner) => Type::List(Box::new(self.ty(*inner, depth))),
            Shape::Tuple(elements) => Type::Tuple(elements.iter().map(|element| self.ty(*element, depth)).collect()),
            Shape::Map(key, value) => Type::Map(Box::new(self.ty(*key, depth)), Box::new(self.ty(*value, depth))),
            Shape::Nullable(inner) => Type::Nullable(Box::new(self.ty(*inner, depth))),
            Shape::Record(record) => self.named(record, record.name, Declared::Record(record)),
            Shape::Enum(declared) => self.named(declared, declared.name, Declared::Enum(declared)),
            Shape::Newtype(newtype) => self.named(newtype, newtype.name, Declared::Newtype(newtype)),
            Shape::Constrained(constrained) => {
                let ty = self.ty(constrained.of, depth);
                let constraints = constraints(constrained, matches!(ty, Type::Float(_)));
                Type::Constrained(Box::new(ty), Box::new(constraints))
            }
            // A shape that this version does not know is another's.
            _ => Type::Unknown,
        }
    }

    fn named<T>(&mut self, shape: &'static T, name: &'static str, declared: Declared) -> Type {
        let address = std::ptr::from_ref(shape).addr();
        if let Some(id) = self.known.get(&address) {
            return Type::Named(*id);
        }
        let id = self.names.len();
        self.names.push(name);
        self.waiting.push_back(declared);
        self.known.insert(address, id);
        Type::Named(id)
    }

    fn fields(&mut self, fields: &[FieldShape]) -> Vec<Field> {
        let field = |field: &FieldShape| Field {
            name: field.wire.to_owned(),
            ty: self.ty(field.shape, 0),
            may_be_left_out: field.presence == PresenceShape::Optional,
            default: (field.presence == PresenceShape::Default).then_some(Fallback::Unknown),
        };
        fields.iter().map(field).collect()
    }

    fn variants(&mut self, declared: &EnumShape) -> Kind {
        Kind::Enum {
            strict: declared.strict,
            form: match declared.representation {
                RepresentationShape::Name => Form::Name,
                RepresentationShape::Number(integer) => Form::Number(int_type(integer)),
                RepresentationShape::Tagged(tag) => Form::Tagged(tag.to_owned()),
                RepresentationShape::External => Form::External,
            },
            variants: declared.variants.iter().map(|variant| self.variant(variant)).collect(),
            reserved: texts(declared.reserved).collect(),
        }
    }

    fn variant(&mut self, variant: &VariantShape) -> Variant {
        Variant {
            name: variant.wire.to_owned(),
            number: variant.number,
            data: match variant.data {
                VariantDataShape::Unit => Payload::Fields(Vec::new()),
                VariantDataShape::Tuple(types) => Payload::Values(types.iter().map(|ty| self.ty(*ty, 0)).collect()),
                VariantDataShape::Struct(fields) => Payload::Fields(self.fields(fields)),
            },
            reserved: texts(variant.reserved).collect(),
            retry: variant.retry.map(|after| Retry { after }),
        }
    }
}

fn texts(names: &'static [&'static str]) -> impl Iterator<Item = String> {
    names.iter().map(|name| (*name).to_owned())
}

fn response(response: Response) -> model::Response {
    match response {
        Response::Result => model::Response::Result,
        Response::Stream => model::Response::Stream,
        Response::Ack => model::Response::Ack,
        Response::None => model::Response::None,
    }
}

/// The derive takes no other types as a `repr`.
fn int_type(shape: &Shape) -> IntType {
    match shape {
        Shape::U8 => IntType::U8,
        Shape::U16 => IntType::U16,
        Shape::U32 => IntType::U32,
        Shape::I8 => IntType::I8,
        Shape::I16 => IntType::I16,
        Shape::I32 => IntType::I32,
        Shape::I64 => IntType::I64,
        _ => IntType::U64,
    }
}

/// A bound of a float is a float, as a schema has it, however a program wrote it.
#[expect(clippy::cast_precision_loss, reason = "a bound beyond 2^53 is a float's own neighbour then")]
fn constraints(shape: &ConstrainedShape, of_float: bool) -> Constraints {
    let bound = |bound: BoundShape| match bound {
        BoundShape::Int(number) if of_float => Value::Float(number as f64),
        BoundShape::Int(number) => Value::Int(number),
        BoundShape::Float(number) => Value::Float(number),
        BoundShape::Duration(micros) => Value::Duration(micros),
    };
    let range =
        |range: RangeShape| Range { min: range.min.map(bound), max: range.max.map(bound), exclusive: range.exclusive };
    Constraints {
        len: shape.length.map(|(min, max)| Length { min, max }),
        range: shape.range.map(range),
        pattern: shape.pattern.map(ToOwned::to_owned),
    }
}
