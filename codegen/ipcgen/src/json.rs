//! A tree of values that keeps the order of its keys: printed as JSON for programs, or indented for people.

/// A value.
#[derive(Clone, Debug, PartialEq)]
pub enum Json {
    /// `null`
    Null,
    /// `true` or `false`
    Bool(bool),
    /// A whole number
    Int(i128),
    /// Any other finite number
    Float(f64),
    /// Text
    Text(String),
    /// A list
    List(Vec<Json>),
    /// Keys and values in their order
    Object(Vec<(&'static str, Json)>),
    /// Texts under keys that are not known beforehand
    Map(Vec<(String, String)>),
}

impl Json {
    pub fn text(text: impl Into<String>) -> Self {
        Self::Text(text.into())
    }

    pub fn number(number: impl Into<i128>) -> Self {
        Self::Int(number.into())
    }

    pub fn list(items: impl IntoIterator<Item = Self>) -> Self {
        Self::List(items.into_iter().collect())
    }

    /// Text, or `null`.
    pub fn option(text: Option<&str>) -> Self {
        text.map_or(Self::Null, Self::text)
    }

    /// As JSON, indented, with a line end.
    pub fn to_json(&self) -> String {
        let mut out = String::new();
        self.write_json(&mut out, 0);
        out.push('\n');
        out
    }

    fn write_json(&self, out: &mut String, indent: usize) {
        match self {
            Self::Null => out.push_str("null"),
            Self::Bool(value) => out.push_str(if *value { "true" } else { "false" }),
            Self::Int(value) => out.push_str(&value.to_string()),
            Self::Float(value) => out.push_str(&serde_json::Value::from(*value).to_string()),
            Self::Text(text) => out.push_str(&serde_json::Value::from(text.as_str()).to_string()),
            Self::List(items) => {
                block(out, indent, ['[', ']'], items, |out, item| {
                    item.write_json(out, indent + 2);
                });
            }
            Self::Map(entries) => block(out, indent, ['{', '}'], entries, |out, (key, value)| {
                for part in [&serde_json::Value::from(key.as_str()).to_string(), ": "] {
                    out.push_str(part);
                }
                out.push_str(&serde_json::Value::from(value.as_str()).to_string());
            }),
            Self::Object(fields) => block(out, indent, ['{', '}'], fields, |out, (key, value)| {
                out.push('"');
                out.push_str(key);
                out.push_str("\": ");
                value.write_json(out, indent + 2);
            }),
        }
    }

    /// For people: a key a line, what is below it indented, without what is empty.
    pub fn to_outline(&self) -> String {
        let mut out = String::new();
        self.write_outline(&mut out, 0);
        out
    }

    fn write_outline(&self, out: &mut String, indent: usize) {
        match self {
            Self::Object(fields) => {
                for (key, value) in fields.iter().filter(|(_, value)| !value.is_nothing()) {
                    pad(out, indent);
                    out.push_str(key);
                    out.push(':');
                    value.write_outline_value(out, indent);
                }
            }
            Self::List(items) => {
                for item in items {
                    pad(out, indent);
                    out.push('-');
                    match item {
                        Self::Object(_) => {
                            let mut inner = String::new();
                            item.write_outline(&mut inner, indent + 2);
                            // The first key stands behind the dash.
                            out.push(' ');
                            out.push_str(inner.trim_start());
                        }
                        _ => item.write_outline_value(out, indent),
                    }
                }
            }
            _ => {}
        }
    }

    fn write_outline_value(&self, out: &mut String, indent: usize) {
        match self {
            Self::Object(_) | Self::List(_) => {
                out.push('\n');
                self.write_outline(out, indent + 2);
            }
            Self::Text(text) => {
                out.push(' ');
                // Control characters of a schema do not reach a terminal.
                out.extend(text.chars().flat_map(
                    |c| {
                        if c.is_control() { c.escape_default().collect() } else { vec![c] }
                    },
                ));
                out.push('\n');
            }
            other => {
                out.push(' ');
                other.write_json(out, 0);
                out.push('\n');
            }
        }
    }

    fn is_nothing(&self) -> bool {
        match self {
            Self::Null | Self::Bool(false) => true,
            Self::List(items) => items.is_empty(),
            Self::Object(fields) => fields.is_empty(),
            _ => false,
        }
    }
}

fn block<T>(
    out: &mut String,
    indent: usize,
    [open, close]: [char; 2],
    items: &[T],
    mut write: impl FnMut(&mut String, &T),
) {
    out.push(open);
    for (at, item) in items.iter().enumerate() {
        out.push_str(if at == 0 { "\n" } else { ",\n" });
        pad(out, indent + 2);
        write(out, item);
    }
    if !items.is_empty() {
        out.push('\n');
        pad(out, indent);
    }
    out.push(close);
}

fn pad(out: &mut String, indent: usize) {
    out.extend(std::iter::repeat_n(' ', indent));
}

#[cfg(test)]
mod tests {
    use super::Json;

    fn example() -> Json {
        Json::Object(vec![
            ("name", Json::text("a \"quoted\"\u{1b} name")),
            ("none", Json::Null),
            ("empty", Json::list([])),
            (
                "items",
                Json::list([Json::number(1), Json::Object(vec![("x", Json::Float(1.0)), ("y", Json::Bool(true))])]),
            ),
        ])
    }

    #[test]
    fn json_reads_back() {
        let read: serde_json::Value = serde_json::from_str(&example().to_json()).expect("JSON");
        assert_eq!(read["name"], "a \"quoted\"\u{1b} name");
        assert_eq!(read["items"][1]["y"], true);
        assert!(read["empty"].as_array().is_some_and(Vec::is_empty));
    }

    #[test]
    fn an_outline_leaves_out_what_is_empty() {
        let expected = "name: a \"quoted\"\\u{1b} name\nitems:\n  - 1\n  - x: 1.0\n    y: true\n";
        assert_eq!(example().to_outline(), expected);
    }
}
