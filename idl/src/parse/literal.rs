//! Literals: what strings and numbers mean.

use std::borrow::Cow;

use super::scan::{is_forbidden, name_of};
use crate::ast::Number;
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::source::Span;

/// Durations are whole microseconds up to 2^53 - 1, so that JavaScript holds each exactly.
const LONGEST_DURATION: u64 = (1 << 53) - 1;

/// The value of a string literal, quotes and escapes resolved.
pub(super) fn string<'a>(literal: &'a str, span: Span, diagnostics: &mut Diagnostics) -> Cow<'a, str> {
    let inside = &literal[1..literal.len() - 1];
    if !inside.contains('\\') {
        return Cow::Borrowed(inside);
    }
    let mut value = String::with_capacity(inside.len());
    let mut rest = inside;
    while let Some(at) = rest.find('\\') {
        value.push_str(&rest[..at]);
        let escape = &rest[at..];
        let length = escape_length(escape);
        let start = span.start + super::offset(literal.len() - 1 - escape.len());
        let place = Span { start, end: start + super::offset(length), ..span };
        match unescape(&escape[..length]) {
            Ok(character) => value.push(character),
            Err((code, message)) => diagnostics.push(Diagnostic::error(code, place, message)),
        }
        rest = &escape[length..];
    }
    value.push_str(rest);
    Cow::Owned(value)
}

fn escape_length(escape: &str) -> usize {
    let braces = escape.strip_prefix("\\u{").and_then(|digits| digits.find('}'));
    match braces {
        Some(end) => "\\u{".len() + end + 1,
        None => escape.chars().take(2).map(char::len_utf8).sum(),
    }
}

fn unescape(escape: &str) -> Result<char, (Code, String)> {
    match escape {
        "\\n" => return Ok('\n'),
        "\\t" => return Ok('\t'),
        "\\\"" => return Ok('"'),
        "\\\\" => return Ok('\\'),
        _ => {}
    }
    let Some(digits) = escape.strip_prefix("\\u{").and_then(|rest| rest.strip_suffix('}')) else {
        let message = format!(
            "`{}` is no escape; `\\n`, `\\t`, `\\\"`, `\\\\` and `\\u{{..}}` are",
            escape.escape_debug().to_string().replace("\\\\", "\\")
        );
        return Err((Code::InvalidLiteral, message));
    };
    let is_short_hex = (1..=6).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    let character = u32::from_str_radix(digits, 16).ok().filter(|_| is_short_hex).and_then(char::from_u32);
    match character {
        Some(character) if is_forbidden(character) => {
            let message = format!("{} may not stand in a string, also not by escape", name_of(character));
            Err((Code::ForbiddenCharacter, message))
        }
        Some(character) => Ok(character),
        None => Err((
            Code::InvalidLiteral,
            "an escape holds the hexadecimal number of a Unicode character, 1 to 6 digits".to_owned(),
        )),
    }
}

/// The value of a raw string literal.
pub(super) fn raw_string(literal: &str) -> &str {
    let hashes = literal.bytes().skip(1).take_while(|byte| *byte == b'#').count();
    &literal[hashes + 2..literal.len() - hashes - 1]
}

/// The value of a number or duration.
pub(super) fn number(literal: &str, span: Span, diagnostics: &mut Diagnostics) -> Option<Number> {
    match value(literal) {
        Ok(number) => Some(number),
        Err(message) => {
            diagnostics.push(Diagnostic::error(Code::InvalidLiteral, span, message));
            None
        }
    }
}

fn value(literal: &str) -> Result<Number, String> {
    let too_large = || format!("`{literal}` is out of range of every number type");
    let negative = literal.starts_with('-');
    let digits = literal.trim_start_matches(['-', '+']).replace('_', "");
    if let Some(hex) = digits.strip_prefix("0x").or_else(|| digits.strip_prefix("0X")) {
        if hex.is_empty() || !hex.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Err(format!("`{literal}` is no hexadecimal number"));
        }
        let value = i128::from_str_radix(hex, 16).map_err(|_| too_large())?;
        return Ok(Number::Int(if negative { -value } else { value }));
    }
    if digits.bytes().all(|byte| byte.is_ascii_digit()) {
        let value: i128 = digits.parse().map_err(|_| too_large())?;
        return Ok(Number::Int(if negative { -value } else { value }));
    }
    let unit_at = digits.find(|c: char| c.is_ascii_alphabetic());
    if let Some((amount, unit)) = unit_at.map(|at| digits.split_at(at))
        && let Some(unit) = microseconds(unit)
    {
        return duration(literal, amount, unit, negative);
    }
    if let Some((amount, unit)) = unit_at.map(|at| digits.split_at(at))
        && let Some(unit) = bytes(unit)
    {
        return size(literal, amount, unit, negative);
    }
    if !is_decimal(&digits) {
        return Err(format!(
            "`{literal}` is neither a number, nor a duration such as `250ms`, nor a size such as `64KiB`"
        ));
    }
    if let Some(value) = whole(&digits) {
        return Ok(Number::Int(if negative { -value } else { value }));
    }
    let value: f64 = digits.parse().map_err(|_| too_large())?;
    if value.is_infinite() {
        return Err(too_large());
    }
    Ok(Number::Float(if negative { -value } else { value }))
}

fn microseconds(unit: &str) -> Option<u64> {
    Some(match unit {
        "us" => 1,
        "ms" => 1_000,
        "s" => 1_000_000,
        "m" => 60_000_000,
        "h" => 3_600_000_000,
        _ => return None,
    })
}

fn bytes(unit: &str) -> Option<u64> {
    Some(match unit {
        "KiB" => 1 << 10,
        "MiB" => 1 << 20,
        "GiB" => 1 << 30,
        _ => return None,
    })
}

fn size(literal: &str, amount: &str, unit: u64, negative: bool) -> Result<Number, String> {
    let amount = amount.parse::<u64>().ok().filter(|_| !negative);
    let size = amount.and_then(|amount| amount.checked_mul(unit));
    size.map(Number::Size).ok_or_else(|| format!("`{literal}` is no size: it takes a whole number up to 2^64 bytes"))
}

fn duration(literal: &str, amount: &str, unit: u64, negative: bool) -> Result<Number, String> {
    let (whole, fraction) = amount.split_once('.').unwrap_or((amount, ""));
    let fraction = fraction.trim_end_matches('0');
    let scale = u32::try_from(fraction.len()).ok().and_then(|digits| 10_u128.checked_pow(digits));
    let parts = (format!("{whole}{fraction}").parse::<u128>().ok()).zip(scale);
    let exact = parts.and_then(|(value, scale)| Some((value.checked_mul(unit.into())?, scale)));
    match exact {
        _ if negative => Err(format!("`{literal}` is negative, and a duration is not")),
        Some((value, scale)) if value % scale != 0 => Err(format!("`{literal}` is no whole number of microseconds")),
        Some((value, scale)) if value / scale <= LONGEST_DURATION.into() => {
            Ok(Number::Duration(u64::try_from(value / scale).unwrap_or(LONGEST_DURATION)))
        }
        _ => Err(format!("`{literal}` is longer than 2^53 - 1 microseconds")),
    }
}

/// Digits, a fraction, an exponent.
fn is_decimal(text: &str) -> bool {
    let is_digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let (mantissa, exponent) = match text.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, Some(exponent)),
        None => (text, None),
    };
    let (integer, fraction) = match mantissa.split_once('.') {
        Some((integer, fraction)) => (integer, Some(fraction)),
        None => (mantissa, None),
    };
    is_digits(integer)
        && fraction.is_none_or(is_digits)
        && exponent.is_none_or(|exponent| is_digits(exponent.strip_prefix(['-', '+']).unwrap_or(exponent)))
}

/// The value of `1e6`: digits and an exponent that is not negative.
fn whole(text: &str) -> Option<i128> {
    let (mantissa, exponent) = text.split_once(['e', 'E'])?;
    let mantissa: i128 = mantissa.parse().ok()?;
    let exponent: u32 = exponent.strip_prefix('+').unwrap_or(exponent).parse().ok()?;
    mantissa.checked_mul(10_i128.checked_pow(exponent)?)
}
