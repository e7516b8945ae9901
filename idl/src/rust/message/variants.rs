//! Enums: their representation and their variants.

use std::collections::HashMap;

use syn::{DataEnum, DeriveInput, Expr, ExprLit, ExprUnary, Fields, Ident, Lit, LitInt, LitStr, UnOp};

use super::{Element, Enum, Representation, Reserved, Variant, VariantData, field};
use crate::model::Retry;
use crate::rust::extras::Extras;
use crate::rust::mistakes::Mistakes;
use crate::rust::options::Options;
use crate::rust::refinement::{self, Refinement, duration_option};
use crate::rust::service::{notes, plain, wire_name};

pub(super) const OPTIONS: &[&str] =
    &["error", "external", "name", "py_name", "repr", "reserved", "tag", "tagged", "ts_name"];
const INTEGERS: [(&str, i128, i128); 8] = [
    ("u8", 0, u8::MAX as i128),
    ("u16", 0, u16::MAX as i128),
    ("u32", 0, u32::MAX as i128),
    ("u64", 0, u64::MAX as i128),
    ("i8", i8::MIN as i128, i8::MAX as i128),
    ("i16", i16::MIN as i128, i16::MAX as i128),
    ("i32", i32::MIN as i128, i32::MAX as i128),
    ("i64", i64::MIN as i128, i64::MAX as i128),
];

const VARIANT: &[&str] = &["name", "py_name", "reserved", "retry", "ts_name", "unknown", "wire"];

/// A `repr` with its range.
type Integer = (Ident, i128, i128);

pub(super) fn read(item: &DeriveInput, data: &DataEnum, mistakes: &mut Mistakes) -> Enum {
    let options = Options::read(&item.attrs, OPTIONS, "an enum", mistakes);
    let integer = options.text("repr", mistakes).and_then(|name| integer_type(&name, mistakes));
    let error = options.flag("error", mistakes).is_some();
    let reserved = super::reserved(&options, integer.is_some(), mistakes);
    let has_data = data.variants.iter().any(|variant| !is_unknown(variant) && !matches!(variant.fields, Fields::Unit));
    let representation = representation(&options, integer.as_ref(), error, has_data, mistakes);
    let tag = match &representation {
        Representation::Tagged(tag) => Some(tag.as_str()),
        _ => None,
    };

    let mut unknown = None;
    let mut variants: Vec<Variant> = Vec::new();
    for variant in &data.variants {
        if is_unknown(variant) {
            if let Some(message) = wrong_unknown(variant, unknown.as_ref(), mistakes) {
                mistakes.push(&variant.ident, message);
            }
            unknown = Some(variant.ident.clone());
            continue;
        }
        let next = variants.last().and_then(|last| last.number).map_or(0, |last| last + 1);
        let number = number(variant, integer.as_ref(), next, mistakes);
        variants.extend(read_variant(variant, number, tag, error, mistakes));
    }
    if data.variants.is_empty() {
        mistakes.push(&item.ident, "an enum without variants has no value that could travel");
    }
    check_names(&variants, &reserved, mistakes);
    Enum { error, representation, variants, unknown, reserved }
}

fn integer_type(name: &LitStr, mistakes: &mut Mistakes) -> Option<Integer> {
    let text = name.value();
    let Some((word, min, max)) = INTEGERS.iter().find(|(word, ..)| *word == text) else {
        mistakes.push(name, "`repr` is one of u8, u16, u32, u64, i8, i16, i32, i64");
        return None;
    };
    Some((Ident::new(word, name.span()), *min, *max))
}

fn representation(
    options: &Options,
    integer: Option<&Integer>,
    error: bool,
    has_data: bool,
    mistakes: &mut Mistakes,
) -> Representation {
    let tag = options.text("tag", mistakes);
    let external = options.flag("external", mistakes);
    let tagged = options.flag("tagged", mistakes);
    let repr = integer.map(|(word, ..)| word.clone());
    let tag_word = tag.as_ref().map(|tag| Ident::new("tag", tag.span()));
    let chosen: Vec<&Ident> = [&repr, &external, &tag_word].into_iter().flatten().collect();
    if let [first, second, ..] = chosen[..] {
        let message = "`repr`, `external` and `tag` exclude each other: an enum has one form on the wire";
        mistakes.push(second, message);
        mistakes.push(first, "here is the other one");
    } else if let (true, Some(word)) = (error, chosen.first()) {
        let message = "an error is always a map with the key `type`, so that a variant with data can be added later";
        mistakes.push(word, message);
    } else if let (Some(tagged), Some(word)) = (&tagged, repr.as_ref().or(external.as_ref())) {
        mistakes.push(tagged, format!("`tagged` makes the enum a map, `{word}` does not"));
    }
    if let (Some(word), true) = (&repr, has_data) {
        mistakes.push(word, "an enum with data cannot be a number");
    }
    if let Some(tag) = tag {
        return Representation::Tagged(wire_name(&tag, mistakes));
    }
    match (repr, external) {
        (Some(repr), _) => Representation::Number(repr),
        (_, Some(_)) => Representation::External,
        _ if error || has_data || tagged.is_some() => Representation::Tagged("type".to_owned()),
        _ => Representation::Name,
    }
}

/// Whether the variant is the one for unknown ones. Malformed options are told by who reads them all.
fn is_unknown(variant: &syn::Variant) -> bool {
    Options::read(&variant.attrs, VARIANT, "a variant", &mut Mistakes::new())
        .flag("unknown", &mut Mistakes::new())
        .is_some()
}

fn wrong_unknown(variant: &syn::Variant, other: Option<&Ident>, mistakes: &mut Mistakes) -> Option<String> {
    let options = Options::read(&variant.attrs, &["unknown"], "the variant for unknown ones", mistakes);
    options.flag("unknown", mistakes);
    if let Some(other) = other {
        return Some(format!("`{other}` already keeps unknown variants"));
    }
    match &variant.fields {
        Fields::Unnamed(fields) if fields.unnamed.len() == 1 => None,
        _ => Some(format!("it keeps what came: write `{}(::procwire::UnknownVariant)`", variant.ident)),
    }
}

fn read_variant(
    variant: &syn::Variant,
    number: Option<i128>,
    tag: Option<&str>,
    error: bool,
    mistakes: &mut Mistakes,
) -> Option<Variant> {
    let options = Options::read(&variant.attrs, VARIANT, "a variant", mistakes);
    let extras = Extras::read(&options, mistakes);
    let wire = match options.text("wire", mistakes) {
        Some(name) => wire_name(&name, mistakes),
        None => extras.name.clone().unwrap_or_else(|| plain(&variant.ident)),
    };
    let retry = retry(&options, error, mistakes);
    let reserved = super::reserved(&options, false, mistakes);
    if let (false, Some((key, _))) = (matches!(variant.fields, Fields::Named(_)), options.value("reserved", mistakes)) {
        mistakes.push(key, "`reserved` names fields, and only a variant with braces has those");
    }
    let data = match &variant.fields {
        Fields::Unit => VariantData::Unit,
        Fields::Named(fields) => {
            let fields = field::read_all(&fields.named, mistakes);
            field::check_names(&fields, &reserved, tag, mistakes);
            VariantData::Struct(fields)
        }
        Fields::Unnamed(fields) if fields.unnamed.is_empty() => {
            mistakes.push(&variant.ident, "a variant without data has no parentheses");
            return None;
        }
        Fields::Unnamed(fields) => {
            let elements = fields.unnamed.iter().map(|field| {
                let options = Options::read(&field.attrs, refinement::OPTIONS, "a variant's value", mistakes);
                field::check_owned(&field.ty, mistakes);
                Element { ty: field.ty.clone(), refinement: Refinement::read(&options, mistakes) }
            });
            VariantData::Tuple(elements.collect())
        }
    };
    let (ident, notes) = (variant.ident.clone(), notes(&variant.attrs));
    Some(Variant { ident, wire, notes, number, retry, data, reserved, extras })
}

/// `retry`, or `retry = "250ms"`.
fn retry(options: &Options, error: bool, mistakes: &mut Mistakes) -> Option<Retry> {
    let (key, after) = options.optional_text("retry", mistakes)?;
    if !error {
        mistakes.push(&key, "`retry` says of an error that another try is worth it, and this enum is none");
    }
    Some(Retry { after: after.and_then(|_| duration_option(options, "retry", mistakes)) })
}

/// The variant's number: written, or one more than the last.
fn number(variant: &syn::Variant, repr: Option<&Integer>, next: i128, mistakes: &mut Mistakes) -> Option<i128> {
    let (name, min, max) = repr?;
    let number = match &variant.discriminant {
        None => next,
        Some((_, expr)) => {
            let literal = integer(expr).map(|(number, _)| number);
            if literal.is_none() {
                mistakes.push(expr, "a variant's number is written as a literal");
            }
            literal?
        }
    };
    if !(*min..=*max).contains(&number) {
        mistakes.push(&variant.ident, format!("{number} is out of range for {name}"));
    }
    Some(number)
}

/// The value of an integer literal, with or without a sign.
pub(super) fn integer(expr: &Expr) -> Option<(i128, LitInt)> {
    match expr {
        Expr::Lit(ExprLit { lit: Lit::Int(literal), .. }) => Some((literal.base10_parse().ok()?, literal.clone())),
        Expr::Unary(ExprUnary { op: UnOp::Neg(_), expr, .. }) => {
            let (number, literal) = integer(expr)?;
            Some((-number, literal))
        }
        _ => None,
    }
}

fn check_names(variants: &[Variant], reserved: &[Reserved], mistakes: &mut Mistakes) {
    let mut names: HashMap<&str, &Ident> = HashMap::new();
    let mut numbers: HashMap<i128, &Ident> = HashMap::new();
    for Variant { ident, wire, number, .. } in variants {
        if let Some(first) = names.insert(wire, ident) {
            let message = format!("variant `{ident}` has the same name on the wire as `{first}`: `{wire}`");
            mistakes.push(ident, message);
        }
        if let Some(number) = number
            && let Some(first) = numbers.insert(*number, ident)
        {
            mistakes.push(ident, format!("variant `{ident}` has the same number as `{first}`: {number}"));
        }
        super::check_reserved(ident, wire, reserved, mistakes);
        let taken = |reserved: &Reserved| matches!(reserved, Reserved::Number(taken, _) if Some(*taken) == *number);
        if reserved.iter().any(taken) {
            mistakes.push(ident, format!("the number of `{ident}` is reserved"));
        }
    }
}
