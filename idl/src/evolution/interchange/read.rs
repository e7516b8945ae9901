//! A tree as an interface, or where it is none.

use super::{CHAIN, FormError, MEMBERS, NESTING, PARTS, TEXT, TYPES};
use crate::evolution::node::Node;
use crate::evolution::{
    Callback, Event, Fallback, Field, Form, Interface, Kind, Method, Named, Payload, Type, Variant,
};
use crate::model::{Constraints, IntType, Length, Range, Response, Retry, Value};

type Read<T> = Result<T, FormError>;

impl TryFrom<&Node> for Interface {
    type Error = FormError;

    fn try_from(node: &Node) -> Read<Self> {
        let form = At { node, path: String::new() };
        form.map()?;
        if form.need("ipc")?.int()? != 1 {
            return form.need("ipc")?.refuse("expected 1");
        }
        let types = form.items("types")?;
        if types.len() > TYPES {
            return form.need("types")?.refuse(format!("expected at most {TYPES} types"));
        }
        let mut reader = Reader { types: types.len(), members: 0, parts: 0 };
        let interface = Self {
            package: form.get("package").map_or(Ok(String::new()), |package| package.text())?,
            types: types.iter().map(|named| reader.named(named)).collect::<Read<_>>()?,
            methods: form.items("methods")?.iter().map(|method| reader.method(method)).collect::<Read<_>>()?,
            events: form.items("events")?.iter().map(|event| reader.event(event)).collect::<Read<_>>()?,
            callbacks: form
                .items("callbacks")?
                .iter()
                .map(|callback| reader.callback(callback))
                .collect::<Read<_>>()?,
            reserved: form.texts("reserved")?,
        };
        chains(&interface)?;
        throws(&interface)?;
        Ok(interface)
    }
}

/// A node and where it is.
struct At<'n> {
    node: &'n Node,
    path: String,
}

impl<'n> At<'n> {
    fn refuse<T>(&self, message: impl Into<String>) -> Read<T> {
        Err(FormError { path: self.path.clone(), message: message.into() })
    }

    fn map(&self) -> Read<&'n [(String, Node)]> {
        match self.node {
            Node::Map(entries) => Ok(entries),
            _ => self.refuse("expected a map"),
        }
    }

    fn inside(&self, key: &str, node: &'n Node) -> Self {
        let path = if self.path.is_empty() { key.to_owned() } else { format!("{}.{key}", self.path) };
        Self { node, path }
    }

    fn get(&self, key: &str) -> Option<Self> {
        self.node.get(key).map(|node| self.inside(key, node))
    }

    fn need(&self, key: &str) -> Read<Self> {
        match self.get(key) {
            Some(found) => Ok(found),
            None => self.refuse(format!("`{key}` is missing")),
        }
    }

    fn list(&self) -> Read<Vec<Self>> {
        let Node::List(items) = self.node else {
            return self.refuse("expected a list");
        };
        let items = items.iter().enumerate();
        Ok(items.map(|(at, node)| At { node, path: format!("{}[{at}]", self.path) }).collect())
    }

    /// The list of a key; none where it is left out.
    fn items(&self, key: &str) -> Read<Vec<Self>> {
        self.get(key).map_or(Ok(Vec::new()), |list| list.list())
    }

    fn text(&self) -> Read<String> {
        match self.node {
            Node::Text(text) if text.len() <= TEXT => Ok(text.clone()),
            Node::Text(_) => self.refuse(format!("expected at most {TEXT} bytes")),
            _ => self.refuse("expected a text"),
        }
    }

    fn texts(&self, key: &str) -> Read<Vec<String>> {
        self.items(key)?.iter().map(Self::text).collect()
    }

    /// A whole number between those of an `i64` and a `u64`, or its digits.
    fn int(&self) -> Read<i128> {
        let int = match self.node {
            Node::Int(int) => Some(i128::from(*int)),
            Node::Text(text) if is_digits(text.strip_prefix('-').unwrap_or(text)) => text.parse().ok(),
            _ => None,
        };
        match int {
            Some(int) if (i128::from(i64::MIN)..=i128::from(u64::MAX)).contains(&int) => Ok(int),
            _ => self.refuse("expected a whole number of 64 bits"),
        }
    }

    fn natural(&self) -> Read<u64> {
        u64::try_from(self.int()?).or_else(|_| self.refuse("expected a whole number that is not negative"))
    }

    /// Whether a key is true; false where it is left out.
    fn flag(&self, key: &str) -> Read<bool> {
        match self.get(key) {
            None => Ok(false),
            Some(At { node: Node::Bool(value), .. }) => Ok(*value),
            Some(other) => other.refuse("expected true or false"),
        }
    }
}

fn is_digits(text: &str) -> bool {
    (1..=20).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit())
}

struct Reader {
    types: usize,
    members: usize,
    parts: usize,
}

impl Reader {
    fn part(&mut self, at: &At) -> Read<()> {
        self.parts += 1;
        if self.parts > PARTS {
            at.refuse(format!("expected at most {PARTS} fields, variants and types"))
        } else {
            Ok(())
        }
    }

    fn member(&mut self, at: &At) -> Read<()> {
        self.members += 1;
        if self.members > MEMBERS {
            return at.refuse(format!("expected at most {MEMBERS} methods, events and callbacks"));
        }
        at.map().map(|_| ())
    }

    fn named(&mut self, at: &At) -> Read<Named> {
        at.map()?;
        let name = at.need("name")?.text()?;
        let (strict, reserved) = (at.flag("strict")?, at.texts("reserved")?);
        let kind = if let Some(record) = at.get("record") {
            Kind::Record { strict, fields: self.fields(&record)?, reserved }
        } else if let Some(variants) = at.get("enum") {
            let form = form(&at.need("form")?)?;
            let variants = variants.list()?;
            let is_number = matches!(form, Form::Number(_));
            let variants = variants.iter().map(|variant| self.variant(variant, is_number)).collect::<Read<_>>()?;
            Kind::Enum { strict, form, variants, reserved }
        } else if let Some(target) = at.get("is") {
            let target = self.ty(&target, 0)?;
            match at.get("ext") {
                None => Kind::Transparent(target),
                Some(code) => match u8::try_from(code.int()?) {
                    Ok(known @ ..=127) => Kind::Ext { code: known, write: at.flag("write")?, target },
                    _ => return code.refuse("expected a code from 0 to 127"),
                },
            }
        } else {
            return at.refuse("expected `record`, `enum` or `is`");
        };
        Ok(Named { name, kind })
    }

    fn fields(&mut self, at: &At) -> Read<Vec<Field>> {
        at.list()?.iter().map(|field| self.field(field)).collect()
    }

    fn field(&mut self, at: &At) -> Read<Field> {
        self.part(at)?;
        at.map()?;
        let default = match at.get("default") {
            None => None,
            Some(default) => match default.node {
                Node::Bool(false) => None,
                Node::Bool(true) => Some(Fallback::Unknown),
                Node::Text(_) => Some(Fallback::Value(default.text()?)),
                _ => return default.refuse("expected a text or true"),
            },
        };
        Ok(Field {
            name: at.need("name")?.text()?,
            ty: self.ty(&at.need("type")?, 0)?,
            may_be_left_out: at.flag("optional")?,
            default,
        })
    }

    fn variant(&mut self, at: &At, is_number: bool) -> Read<Variant> {
        self.part(at)?;
        at.map()?;
        let name = at.need("name")?.text()?;
        let number = match at.get("number") {
            Some(number) => Some(number.int()?),
            None if is_number => return at.refuse("`number` is missing"),
            None => None,
        };
        let retry = match at.get("retry") {
            None | Some(At { node: Node::Bool(false), .. }) => None,
            Some(At { node: Node::Bool(true), .. }) => Some(Retry { after: None }),
            Some(after) => Some(Retry { after: Some(after.natural()?) }),
        };
        Ok(Variant { name, number, data: self.payload(at)?, reserved: at.texts("reserved")?, retry })
    }

    /// What stands under `fields` or `values`; no fields where neither does.
    fn payload(&mut self, at: &At) -> Read<Payload> {
        at.map()?;
        if let Some(fields) = at.get("fields") {
            return Ok(Payload::Fields(self.fields(&fields)?));
        }
        match at.get("values") {
            Some(values) => Ok(Payload::Values(self.all(&values, 0)?)),
            None => Ok(Payload::Fields(Vec::new())),
        }
    }

    fn parameters(&mut self, at: Option<At>) -> Read<Payload> {
        at.map_or(Ok(Payload::Fields(Vec::new())), |at| self.payload(&at))
    }

    fn method(&mut self, at: &At) -> Read<Method> {
        self.member(at)?;
        let response = at.need("response")?;
        let throws = at.items("throws")?;
        Ok(Method {
            service: at.need("service")?.text()?,
            name: at.need("name")?.text()?,
            response: match response.text()?.as_str() {
                "result" => Response::Result,
                "stream" => Response::Stream,
                "ack" => Response::Ack,
                "none" => Response::None,
                _ => return response.refuse("expected result, stream, ack or none"),
            },
            request: self.parameters(at.get("request"))?,
            answer: at.get("answer").map_or(Ok(Type::Unit), |answer| self.ty(&answer, 0))?,
            throws: throws.iter().map(|id| self.index(id)).collect::<Read<_>>()?,
            reserved: at.texts("reserved")?,
            timeout: at.get("timeout").map(|timeout| timeout.natural()).transpose()?,
            idempotent: at.flag("idempotent")?,
            since: at.flag("since")?,
            raw: at.flag("raw")?,
        })
    }

    fn event(&mut self, at: &At) -> Read<Event> {
        self.member(at)?;
        Ok(Event {
            service: at.need("service")?.text()?,
            name: at.need("name")?.text()?,
            payload: self.parameters(at.get("payload"))?,
            reserved: at.texts("reserved")?,
            since: at.flag("since")?,
            raw: at.flag("raw")?,
        })
    }

    fn callback(&mut self, at: &At) -> Read<Callback> {
        Ok(Callback { method: self.method(at)?, required: at.flag("required")? })
    }

    fn index(&self, at: &At) -> Read<usize> {
        let index = at.int()?;
        match usize::try_from(index) {
            Ok(known) if known < self.types => Ok(known),
            _ => at.refuse(format!("there is no type {index}")),
        }
    }

    fn all(&mut self, at: &At, depth: usize) -> Read<Vec<Type>> {
        at.list()?.iter().map(|ty| self.ty(ty, depth)).collect()
    }

    fn ty(&mut self, at: &At, depth: usize) -> Read<Type> {
        self.part(at)?;
        if depth > NESTING {
            return at.refuse(format!("expected a type that nests at most {NESTING} deep"));
        }
        match at.node {
            Node::Int(_) => self.index(at).map(Type::Named),
            Node::Text(text) => match plain(text) {
                Some(plain) => Ok(plain),
                None if is_digits(text) => self.index(at).map(Type::Named),
                None => at.refuse("expected the name of a type"),
            },
            Node::Map(_) => self.composite(at, depth + 1),
            _ => at.refuse("expected a type"),
        }
    }

    fn composite(&mut self, at: &At, depth: usize) -> Read<Type> {
        if let Some(inner) = at.get("list") {
            return Ok(Type::List(Box::new(self.ty(&inner, depth)?)));
        }
        if let Some(elements) = at.get("tuple") {
            return Ok(Type::Tuple(self.all(&elements, depth)?));
        }
        if let Some(inner) = at.get("nullable") {
            return Ok(Type::Nullable(Box::new(self.ty(&inner, depth)?)));
        }
        if let Some(both) = at.get("map") {
            let Ok([key, value]) = <[Type; 2]>::try_from(self.all(&both, depth)?) else {
                return both.refuse("expected two types");
            };
            return Ok(Type::Map(Box::new(key), Box::new(value)));
        }
        if let Some(inner) = at.get("of") {
            let inner = self.ty(&inner, depth)?;
            return Ok(Type::Constrained(Box::new(inner), Box::new(constraints(at)?)));
        }
        at.refuse("expected list, tuple, map, nullable or of")
    }
}

fn form(at: &At) -> Read<Form> {
    if let Some(tag) = at.get("tag") {
        return Ok(Form::Tagged(tag.text()?));
    }
    match at.node {
        Node::Text(text) if text == "name" => Ok(Form::Name),
        Node::Text(text) if text == "external" => Ok(Form::External),
        Node::Text(text) => match IntType::from_name(text) {
            Some(int) => Ok(Form::Number(int)),
            None => at.refuse("expected name, external, an integer type or a tag"),
        },
        _ => at.refuse("expected name, external, an integer type or a tag"),
    }
}

fn plain(name: &str) -> Option<Type> {
    Some(match name {
        "bool" => Type::Bool,
        "string" => Type::String,
        "f32" => Type::Float(true),
        "f64" => Type::Float(false),
        "bytes" => Type::Bytes,
        "timestamp" => Type::Timestamp(false),
        "timestamp_precise" => Type::Timestamp(true),
        "duration" => Type::Duration,
        "uuid" => Type::Uuid,
        "any" => Type::Any,
        "unit" => Type::Unit,
        "unknown" => Type::Unknown,
        name => return IntType::from_name(name).map(Type::Int),
    })
}

fn constraints(at: &At) -> Read<Constraints> {
    let mut constraints = Constraints::default();
    if let Some(length) = at.get("len") {
        let both = length.list()?;
        let [least, most] = &both[..] else {
            return length.refuse("expected two numbers, or null as the second");
        };
        let most = if *most.node == Node::Null { None } else { Some(most.natural()?) };
        constraints.len = Some(Length { min: least.natural()?, max: most });
    }
    if let Some(range) = at.get("range") {
        let both = range.list()?;
        let [least, most] = &both[..] else {
            return range.refuse("expected two bounds");
        };
        constraints.range = Some(Range { min: bound(least)?, max: bound(most)?, exclusive: at.flag("below")? });
    }
    constraints.pattern = at.get("pattern").map(|pattern| pattern.text()).transpose()?;
    Ok(constraints)
}

/// A bound as a schema writes it, or null.
fn bound(at: &At) -> Read<Option<Value>> {
    if *at.node == Node::Null {
        return Ok(None);
    }
    let text = at.text()?;
    match number(&text) {
        Some(value) => Ok(Some(value)),
        None => at.refuse("expected a whole number, a float or a duration"),
    }
}

fn number(text: &str) -> Option<Value> {
    let digits = text.strip_prefix('-').unwrap_or(text);
    if is_digits(digits) {
        return text.parse().ok().map(Value::Int);
    }
    let unit = text.trim_start_matches(|c: char| c.is_ascii_digit());
    let scale = match unit {
        "h" => Some(3_600_000_000),
        "m" => Some(60_000_000),
        "s" => Some(1_000_000),
        "ms" => Some(1_000),
        "us" => Some(1_u64),
        _ => None,
    };
    if let Some(scale) = scale {
        let count = &text[..text.len() - unit.len()];
        let count: u64 = if is_digits(count) { count.parse().ok()? } else { return None };
        return count.checked_mul(scale).map(Value::Duration);
    }
    let (mantissa, exponent) = digits.split_once('e').map_or((digits, None), |(left, right)| (left, Some(right)));
    let (whole, fraction) = mantissa.split_once('.').map_or((mantissa, None), |(left, right)| (left, Some(right)));
    let exponent = exponent.map(|text| text.strip_prefix('-').unwrap_or(text));
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let is_float = is_number(whole) && fraction.is_none_or(is_number) && exponent.is_none_or(is_number);
    if !is_float || fraction.is_none() && exponent.is_none() {
        return None;
    }
    text.parse().ok().filter(|value: &f64| value.is_finite()).map(Value::Float)
}

/// Refuses types that are only another name for themselves, at any length.
fn chains(interface: &Interface) -> Read<()> {
    for at in 0..interface.types.len() {
        let (mut next, mut length) = (Some(at), 0);
        while let Some(id) = next {
            if length > CHAIN {
                let message = format!("expected at most {CHAIN} types that stand for each other");
                return Err(FormError { path: format!("types[{at}].is"), message });
            }
            length += 1;
            next = target(&interface.types[id].kind);
        }
    }
    Ok(())
}

fn target(kind: &Kind) -> Option<usize> {
    let (Kind::Transparent(ty) | Kind::Ext { target: ty, .. }) = kind else {
        return None;
    };
    let mut ty = ty;
    while let Type::Constrained(inner, _) = ty {
        ty = inner;
    }
    if let Type::Named(id) = ty { Some(*id) } else { None }
}

fn throws(interface: &Interface) -> Read<()> {
    let methods = interface.methods.iter().enumerate().map(|(at, method)| ("methods", at, method));
    let callbacks = interface.callbacks.iter().enumerate();
    let callbacks = callbacks.map(|(at, callback)| ("callbacks", at, &callback.method));
    for (list, at, method) in methods.chain(callbacks) {
        for (index, id) in method.throws.iter().enumerate() {
            if !matches!(interface.types[*id].kind, Kind::Enum { .. }) {
                let path = format!("{list}[{at}].throws[{index}]");
                return Err(FormError { path, message: "expected an enum".to_owned() });
            }
        }
    }
    Ok(())
}
