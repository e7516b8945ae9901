//! Case conversion, as the generated code does it: words end where an underscore stands, where a capital follows a
//! small letter, and before the last capital of a run that a small letter follows (`HTTPServer` is two words).

/// The words of an ASCII name in small letters.
pub(crate) fn words(name: &str) -> Vec<String> {
    let bytes = name.as_bytes();
    let mut words = Vec::new();
    let mut word = String::new();
    for (at, &byte) in bytes.iter().enumerate() {
        if byte == b'_' {
            if !word.is_empty() {
                words.push(std::mem::take(&mut word));
            }
            continue;
        }
        let before = at.checked_sub(1).map(|before| bytes[before]);
        let after = bytes.get(at + 1).copied();
        let begins = byte.is_ascii_uppercase()
            && match before {
                Some(before) if before.is_ascii_uppercase() => after.is_some_and(|after| after.is_ascii_lowercase()),
                Some(before) => is_small(bytes, at, before),
                None => false,
            };
        if begins && !word.is_empty() {
            words.push(std::mem::take(&mut word));
        }
        word.push(char::from(byte.to_ascii_lowercase()));
    }
    if !word.is_empty() {
        words.push(word);
    }
    words
}

/// Whether what stands before a capital is small; a digit is what the letter before it is.
fn is_small(bytes: &[u8], at: usize, before: u8) -> bool {
    if !before.is_ascii_digit() {
        return before.is_ascii_lowercase();
    }
    bytes[..at].iter().rev().find(|byte| !byte.is_ascii_digit()).is_some_and(u8::is_ascii_lowercase)
}

/// `fooBar` as `foo_bar`.
pub(crate) fn snake(name: &str) -> String {
    words(name).join("_")
}

/// `fooBar` as `FOO_BAR`.
#[cfg(feature = "parse")]
pub(crate) fn screaming(name: &str) -> String {
    snake(name).to_ascii_uppercase()
}

/// `foo_bar` as `fooBar`.
pub(crate) fn lower_camel(name: &str) -> String {
    let camel = upper_camel(name);
    let mut letters = camel.chars();
    let first = letters.next().map(|first| first.to_ascii_lowercase());
    first.into_iter().chain(letters).collect()
}

/// `foo_bar` as `FooBar`.
pub(crate) fn upper_camel(name: &str) -> String {
    let mut camel = String::with_capacity(name.len());
    for word in words(name) {
        let mut letters = word.chars();
        camel.extend(letters.next().map(|first| first.to_ascii_uppercase()));
        camel.push_str(letters.as_str());
    }
    camel
}

#[cfg(test)]
mod tests {
    use super::{lower_camel, snake, upper_camel};

    #[test]
    fn words_end_where_the_generated_code_ends_them() {
        for (name, expected) in [
            ("fooBar", "foo_bar"),
            ("HTTPServer", "http_server"),
            ("foo__bar_", "foo_bar"),
            ("u8Value", "u8_value"),
            ("ABC", "abc"),
            ("A1B", "a1b"),
        ] {
            assert_eq!(snake(name), expected, "{name}");
        }
        assert_eq!(upper_camel("max_http_size"), "MaxHttpSize");
        assert_eq!(upper_camel("a_1"), "A1");
        assert_eq!(lower_camel("client_ref"), "clientRef");
        assert_eq!(lower_camel("HTTPPort"), "httpPort");
    }
}
