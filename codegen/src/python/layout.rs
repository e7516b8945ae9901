//! Line breaks as `ruff format` puts them, so that generated text is formatted when it is printed.

/// The width that generated text is formatted for.
pub(super) const WIDTH: usize = 120;
const STEP: usize = 4;

/// A piece of source that can be broken.
#[derive(Clone, Debug)]
pub(super) enum Text {
    /// On one line always.
    Flat(String),
    /// Items in brackets: on one line, on one line of their own, or on one each.
    Group {
        /// What stands up to and with the opening bracket.
        open: String,
        /// The items.
        items: Vec<Text>,
        /// The closing bracket and what follows it.
        close: String,
        /// Where commas stand once it is broken.
        comma: Comma,
    },
    /// Alternatives with `|` between them.
    Union(Vec<Text>),
    /// A name with its type and its value.
    Assignment {
        /// The name and the colon.
        before: String,
        /// The type.
        annotation: Box<Text>,
        /// The value.
        value: Box<Text>,
    },
}

/// Commas behind items.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Comma {
    /// None behind the last.
    Between,
    /// One behind the last of several lines.
    Last,
    /// The same; broken, there is a line for each item.
    Each,
}

impl Text {
    /// A call: `open` is everything before the opening parenthesis.
    pub(super) fn call(open: &str, items: impl IntoIterator<Item = Text>) -> Self {
        let items = items.into_iter().collect();
        Self::Group { open: format!("{open}("), items, close: ")".into(), comma: Comma::Last }
    }

    /// A tuple, or with braces a map: `open` ends with the opening bracket.
    pub(super) fn collection(open: &str, items: impl IntoIterator<Item = Text>) -> Self {
        let items: Vec<Text> = items.into_iter().collect();
        let is_tuple = open.ends_with('(');
        let close = if is_tuple { ")" } else { "}" };
        match &items[..] {
            // The comma makes the tuple, and would make ruff open the brackets where it is not needed.
            [only] if is_tuple => Self::Flat(format!("{open}{},{close}", only.flat())),
            _ => Self::Group { open: open.to_owned(), items, close: close.to_owned(), comma: Comma::Each },
        }
    }

    /// A subscript, such as `list[T]`.
    pub(super) fn subscript(open: &str, items: impl IntoIterator<Item = Text>) -> Self {
        let items: Vec<Text> = items.into_iter().collect();
        // One item with a comma would be a tuple.
        let comma = if items.len() > 1 { Comma::Last } else { Comma::Between };
        Self::Group { open: format!("{open}["), items, close: "]".into(), comma }
    }

    /// The same with text behind it.
    pub(super) fn then(self, behind: &str) -> Self {
        match self {
            Self::Flat(text) => Self::Flat(text + behind),
            Self::Group { open, items, close, comma } => Self::Group { open, items, close: close + behind, comma },
            Self::Union(mut items) => {
                if let Some(last) = items.pop() {
                    items.push(last.then(behind));
                }
                Self::Union(items)
            }
            Self::Assignment { .. } => Self::Flat(self.flat() + behind),
        }
    }

    /// The same with text before it.
    pub(super) fn after(self, before: &str) -> Self {
        match self {
            Self::Flat(text) => Self::Flat(format!("{before}{text}")),
            Self::Group { open, items, close, comma } => {
                Self::Group { open: format!("{before}{open}"), items, close, comma }
            }
            Self::Union(mut items) => {
                if let Some(first) = items.first_mut() {
                    *first = first.clone().after(before);
                }
                Self::Union(items)
            }
            Self::Assignment { .. } => Self::Flat(format!("{before}{}", self.flat())),
        }
    }

    /// On one line.
    pub(super) fn flat(&self) -> String {
        match self {
            Self::Flat(text) => text.clone(),
            Self::Group { open, items, close, .. } => format!("{open}{}{close}", join(items, ", ")),
            Self::Union(items) => join(items, " | "),
            Self::Assignment { before, annotation, value } => {
                format!("{before}{} = {}", annotation.flat(), value.flat())
            }
        }
    }

    /// Broken where it is too long for a line that is indented by `indent`, and on which the text begins.
    pub(super) fn print(&self, indent: usize) -> String {
        let mut out = String::new();
        self.write(&mut out, indent, 0);
        out
    }

    fn write(&self, out: &mut String, indent: usize, trailing: usize) {
        let flat = self.flat();
        if fits(&flat, indent, trailing) {
            out.push_str(&flat);
            return;
        }
        match self {
            Self::Flat(text) => out.push_str(text),
            Self::Union(items) => write_union(out, items, indent),
            Self::Assignment { before, annotation, value } => {
                write_assignment(out, before, annotation, value, indent);
            }
            Self::Group { open, items, close, .. } if items.is_empty() => {
                out.push_str(open);
                out.push_str(close);
            }
            Self::Group { .. } => self.write_broken(out, indent),
        }
    }

    /// Broken, whether it is too long or not.
    fn write_broken(&self, out: &mut String, indent: usize) {
        let Self::Group { open, items, close, comma } = self else {
            out.push_str(&self.flat());
            return;
        };
        let inner = indent + STEP;
        out.push_str(open);
        new_line(out, inner);
        let line = join(items, ", ");
        if *comma != Comma::Each && fits(&line, inner, 0) {
            out.push_str(&line);
        } else if let [item] = &items[..]
            && *comma == Comma::Between
        {
            item.write(out, inner, 0);
        } else {
            for (at, item) in items.iter().enumerate() {
                if at > 0 {
                    new_line(out, inner);
                }
                let has_comma = *comma != Comma::Between || at + 1 < items.len();
                item.write(out, inner, usize::from(has_comma));
                if has_comma {
                    out.push(',');
                }
            }
        }
        new_line(out, indent);
        out.push_str(close);
    }
}

impl From<String> for Text {
    fn from(text: String) -> Self {
        Self::Flat(text)
    }
}

impl From<&str> for Text {
    fn from(text: &str) -> Self {
        Self::Flat(text.to_owned())
    }
}

/// The value is broken rather than the type; where the type alone is too long for its line, both are.
fn write_assignment(out: &mut String, before: &str, annotation: &Text, value: &Text, indent: usize) {
    let head = format!("{before}{} = ", annotation.flat());
    let inner = indent + STEP;
    if let Text::Group { open, .. } = value
        && fits(&format!("{head}{open}"), indent, 0)
    {
        value.clone().after(&head).write(out, indent, 0);
        return;
    }
    let can_break = matches!(value, Text::Group { .. } | Text::Union(_));
    if can_break && fits(&format!("{head}("), indent, 0) {
        out.push_str(&head);
        write_parenthesized(out, value, inner);
        return;
    }
    out.push_str(before);
    if matches!(annotation, Text::Union(_)) {
        write_parenthesized(out, annotation, inner);
    } else {
        annotation.write_broken(out, indent);
    }
    out.push_str(" = ");
    value.write(out, indent, 2);
}

fn write_parenthesized(out: &mut String, text: &Text, inner: usize) {
    out.push('(');
    new_line(out, inner);
    text.write(out, inner, 0);
    new_line(out, inner - STEP);
    out.push(')');
}

fn write_union(out: &mut String, items: &[Text], indent: usize) {
    for (at, item) in items.iter().enumerate() {
        if at > 0 {
            new_line(out, indent);
            out.push_str("| ");
        }
        item.write(out, indent, 0);
    }
}

fn fits(text: &str, indent: usize, trailing: usize) -> bool {
    indent + text.chars().map(columns).sum::<usize>() + trailing <= WIDTH
}

/// How many columns a character takes: those of East Asia and most pictures take two.
fn columns(c: char) -> usize {
    match u32::from(c) {
        0x300..=0x36f => 0,
        0x1100..=0x115f
        | 0x2e80..=0x303e
        | 0x3041..=0xa4cf
        | 0xac00..=0xd7a3
        | 0xf900..=0xfaff
        | 0xfe30..=0xfe6f
        | 0xff00..=0xff60
        | 0xffe0..=0xffe6
        | 0x1f300..=0x1f64f
        | 0x1f680..=0x1f6ff
        | 0x1f900..=0x1f9ff
        | 0x20000..=0x3fffd => 2,
        _ => 1,
    }
}

fn join(items: &[Text], between: &str) -> String {
    items.iter().map(Text::flat).collect::<Vec<_>>().join(between)
}

fn new_line(out: &mut String, indent: usize) {
    out.push('\n');
    out.extend(std::iter::repeat_n(' ', indent));
}
