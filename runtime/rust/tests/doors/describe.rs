//! A descriptor as text, to compare what cannot be compared: shapes are functions, and may go round in circles.

use std::fmt::Write;

use procwire::stub_v1::{
    ConstrainedShape, FieldShape, RepresentationShape, ServiceDescriptor, Shape, ShapeFn, VariantDataShape,
};

pub fn service(service: &ServiceDescriptor) -> String {
    let mut text = Text::default();
    text.put(format_args!("service {}\n", service.name));
    for method in service.methods {
        text.put(format_args!("{} {:?} raw={}\n", method.name, method.response, method.raw));
        text.shape(method.request);
        text.shape(method.answer);
        if let Some(throws) = method.throws {
            text.shape(throws);
        }
    }
    for event in service.events {
        text.put(format_args!("event {} raw={}\n", event.name, event.raw));
        text.shape(event.payload);
    }
    text.out
}

#[derive(Default)]
struct Text {
    out: String,
    /// Types that were described; they are named from then on.
    known: Vec<&'static str>,
    depth: usize,
}

impl Text {
    fn put(&mut self, arguments: std::fmt::Arguments<'_>) {
        self.out.extend(std::iter::repeat_n("  ", self.depth));
        self.out.write_fmt(arguments).expect("a String takes everything");
    }

    fn shape(&mut self, shape: ShapeFn) {
        self.depth += 1;
        match shape() {
            Shape::List(inner) => {
                self.put(format_args!("list\n"));
                self.shape(*inner);
            }
            Shape::Nullable(inner) => {
                self.put(format_args!("nullable\n"));
                self.shape(*inner);
            }
            Shape::Tuple(inner) => {
                self.put(format_args!("tuple\n"));
                inner.iter().for_each(|inner| self.shape(*inner));
            }
            Shape::Map(key, value) => {
                self.put(format_args!("map\n"));
                self.shape(*key);
                self.shape(*value);
            }
            Shape::Newtype(newtype) => {
                if self.named("newtype", newtype.name) {
                    self.put(format_args!("{:?}\n", newtype.ext));
                    self.shape(newtype.of);
                }
            }
            Shape::Constrained(constrained) => {
                let ConstrainedShape { of, length, range, pattern } = constrained;
                self.put(format_args!("constrained {length:?} {range:?} {pattern:?}\n"));
                self.shape(*of);
            }
            Shape::Record(record) => {
                if self.named("record", record.name) {
                    self.put(format_args!("strict={}\n", record.strict));
                    self.fields(record.fields);
                }
            }
            Shape::Enum(item) => {
                if self.named("enum", item.name) {
                    match item.representation {
                        RepresentationShape::Number(integer) => self.put(format_args!("number {integer:?}\n")),
                        other => self.put(format_args!("{other:?}\n")),
                    }
                    self.put(format_args!("strict={} error={}\n", item.strict, item.error));
                    for variant in item.variants {
                        self.put(format_args!("{} {:?}\n", variant.wire, variant.number));
                        match variant.data {
                            VariantDataShape::Unit => {}
                            VariantDataShape::Tuple(inner) => inner.iter().for_each(|inner| self.shape(*inner)),
                            VariantDataShape::Struct(fields) => self.fields(fields),
                        }
                    }
                }
            }
            scalar => self.put(format_args!("{scalar:?}\n")),
        }
        self.depth -= 1;
    }

    fn fields(&mut self, fields: &[FieldShape]) {
        for field in fields {
            self.put(format_args!("{} {:?}\n", field.wire, field.presence));
            self.shape(field.shape);
        }
    }

    /// Names a type; whether it is to be described too. Parameters have no name.
    fn named(&mut self, kind: &str, name: &'static str) -> bool {
        self.put(format_args!("{kind} {name}\n"));
        let new = name.is_empty() || !self.known.contains(&name);
        self.known.push(name);
        new
    }
}
