//! Reads TypeScript as far as the tests need: where strings and comments end, and what the statements of a file are.

/// The statements of a file on its outermost level, without comments, blanks squeezed, and with each string's text
/// replaced by `"…"`.
///
/// # Panics
/// Where a string, a comment or a bracket has no end.
pub fn statements(text: &str) -> Vec<String> {
    let mut statements = vec![String::new()];
    let mut open: Vec<char> = Vec::new();
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        let statement = statements.last_mut().expect("one at least");
        match c {
            '"' => {
                loop {
                    match chars.next().expect("the end of a string") {
                        '"' => break,
                        '\\' => drop(chars.next().expect("what is escaped")),
                        '\n' | '\r' | '\u{2028}' | '\u{2029}' => panic!("a line that ends in a string"),
                        _ => {}
                    }
                }
                statement.push_str("\"…\"");
            }
            '`' if statement.ends_with("form: globalThis.String.raw") => {
                // The form of a schema, in which nothing is left that could end it or be evaluated.
                let form: String = chars.by_ref().take_while(|c| *c != '`').collect();
                assert!(form.is_ascii() && !form.contains('$'), "{form}");
                statement.push_str("\"…\"");
            }
            '\'' | '`' => panic!("a quote that is never written: {statement}"),
            '/' if chars.peek() == Some(&'/') => while chars.next_if(|c| *c != '\n').is_some() {},
            '/' if chars.peek() == Some(&'*') => {
                chars.next();
                while !(chars.next().expect("the end of a comment") == '*' && chars.peek() == Some(&'/')) {}
                chars.next();
            }
            '(' | '[' | '{' => {
                open.push(c);
                statement.push(c);
            }
            ')' | ']' | '}' => {
                let pair = [open.pop().expect("the bracket that is closed"), c].iter().collect::<String>();
                assert!(["()", "[]", "{}"].contains(&pair.as_str()), "{pair}");
                statement.push(c);
                if c == '}' && open.is_empty() && is_block(statement) {
                    statements.push(String::new());
                }
            }
            ';' if open.is_empty() => statements.push(String::new()),
            c if c.is_whitespace() => {
                if !statement.is_empty() && !statement.ends_with(' ') {
                    statement.push(' ');
                }
            }
            c => statement.push(c),
        }
    }
    assert!(open.is_empty(), "{open:?} is still open");
    let last = statements.pop();
    assert_eq!(last.as_deref().map(str::trim), Some(""), "a statement without an end");
    statements
}

/// What ends with its bracket, and not with a semicolon.
fn is_block(statement: &str) -> bool {
    ["export interface ", "export class ", "export function "].iter().any(|head| statement.starts_with(head))
}

/// What a file declares, such as `interface Order` and `const Order$`, in order.
///
/// # Panics
/// Where a statement is no declaration.
pub fn declared(text: &str) -> Vec<String> {
    let mut statements = statements(text).into_iter();
    assert_eq!(statements.next().as_deref(), Some("import * as $ from \"…\""));
    statements
        .map(|statement| {
            let rest = statement.strip_prefix("export ").unwrap_or(&statement);
            let mut words = rest.split(' ');
            let (kind, name) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
            assert!(["const", "type", "interface", "class", "function"].contains(&kind), "{statement}");
            let name = name.split([':', '(']).next().unwrap_or_default();
            format!("{kind} {name}")
        })
        .collect()
}
