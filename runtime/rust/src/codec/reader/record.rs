//! What records and enums ask of a reader: keys, tags, and what to do with those that nobody knows.

use super::{DecodeError, Reader, Reason, Result, check_key, utf8};

/// What stands for the key of a record that is no text. It is known by its address, since a payload may hold the same
/// byte; as it is no UTF-8, it is no field's name either.
static NO_TEXT: [u8; 1] = [0xff];

fn is_no_text(key: &[u8]) -> bool {
    std::ptr::eq(key.as_ptr(), NO_TEXT.as_ptr())
}

/// What [`Reader::tag`] found.
#[derive(Debug)]
pub struct Tag<'a> {
    /// The variant's name, which may not be UTF-8.
    pub name: &'a [u8],
    /// Entries that are still to be read.
    pub pairs: usize,
    /// The tag itself is among them.
    pub pending: bool,
}

impl<'a> Reader<'a> {
    /// The key of a record's field, to be compared with the names that the record knows.
    ///
    /// What it gives for a key that is no text is no field's name.
    #[inline]
    pub fn key(&mut self) -> Result<&'a [u8]> {
        if let [marker @ 0xa0..=0xbf, rest @ ..] = self.rest
            && let Some((text, rest)) = rest.split_at_checked(usize::from(marker & 0x1f))
        {
            self.rest = rest;
            self.cost += text.len() as u64;
            return Ok(text);
        }
        self.key_other()
    }

    #[inline(never)]
    fn key_other(&mut self) -> Result<&'a [u8]> {
        if self.is_str() {
            return self.str_bytes_long("string");
        }
        self.skip()?;
        Ok(&NO_TEXT)
    }

    /// Passes over the value of a key that the record does not know.
    #[inline(never)]
    pub fn skip_unknown(&mut self, key: &'a [u8]) -> Result<()> {
        check_key(key)?;
        if !is_no_text(key) {
            utf8(key)?;
        }
        self.skip().map_err(|error| error.in_field(String::from_utf8_lossy(key).into_owned()))
    }

    /// Refuses a key that a strict record does not know.
    #[cold]
    #[inline(never)]
    pub fn refuse_unknown(&mut self, key: &'a [u8]) -> Result<()> {
        self.skip_unknown(key)?;
        if is_no_text(key) {
            return Err(DecodeError::new(Reason::UnknownField, "unknown field: its key is no text"));
        }
        let key: String = utf8(key)?.chars().take(64).collect();
        Err(DecodeError::showing(Reason::UnknownField, "unknown field ", format_args!("{key:?}"), ""))
    }

    /// The name of a variant that is told by a text.
    pub fn variant(&mut self, expected: &'static str) -> Result<&'a [u8]> {
        self.str_bytes(expected)
    }

    /// The header and the tag of an enum's map. One level deeper until [`Reader::leave`].
    pub fn tag(&mut self, tag: &'static str) -> Result<Tag<'a>> {
        let pairs = self.map()?;
        let first = self.place();
        if pairs > 0 && self.key()? == tag.as_bytes() {
            let name = self.variant("string").map_err(|error| error.in_field(tag))?;
            return Ok(Tag { name, pairs: pairs - 1, pending: false });
        }
        // The variant's fields cannot be read before it is known which they are.
        self.go_to(first);
        self.find_entry(tag, pairs)?;
        let name = self.variant("string").map_err(|error| error.in_field(tag))?;
        self.go_to(first);
        Ok(Tag { name, pairs, pending: true })
    }

    /// Passes over the tag among a variant's fields, where it did not come first.
    #[inline(never)]
    pub fn pass_tag(&mut self, pending: &mut bool, tag: &'static str) -> Result<()> {
        if !std::mem::take(pending) {
            return Err(DecodeError::new(Reason::Duplicate, "field appears twice").in_field(tag));
        }
        self.skip()
    }

    /// The header and the name of an enum that is a map of one entry. One level deeper until [`Reader::leave`].
    pub fn external(&mut self) -> Result<&'a [u8]> {
        let pairs = self.map()?;
        if pairs != 1 {
            return Err(DecodeError::new(
                Reason::Type,
                format!("expected a variant's name or a map of one entry, got a map of {pairs}"),
            ));
        }
        self.variant("the name of a variant")
    }
}
