//! Passing over a value that nobody asked for, under the same rules as one that is read.

use super::{DecodeError, Reader, Reason, Result, check_key, malformed};

impl Reader<'_> {
    /// Passes over the next value, whatever it is.
    ///
    /// Recursion ends at the depth limit, which [`Reader::array`] and [`Reader::map`] keep.
    pub fn skip(&mut self) -> Result<()> {
        let fixed = match self.peek()? {
            0x00..=0x7f | 0xe0..=0xff | 0xc0 | 0xc2 | 0xc3 => 1,
            0xcc | 0xd0 => 2,
            0xcd | 0xd1 => 3,
            0xca | 0xce | 0xd2 => 5,
            0xcb | 0xcf | 0xd3 => 9,
            0xa0..=0xbf | 0xd9..=0xdb => return self.str().map(drop),
            0xc4..=0xc6 => return self.bin().map(drop),
            0xc7..=0xc9 | 0xd4..=0xd8 => return self.ext().map(drop),
            0x90..=0x9f | 0xdc | 0xdd => {
                for _ in 0..self.array()? {
                    self.skip()?;
                }
                self.leave();
                return Ok(());
            }
            0x80..=0x8f | 0xde | 0xdf => {
                for _ in 0..self.map()? {
                    if self.is_str() {
                        check_key(self.str()?.as_bytes())?;
                    } else {
                        self.skip()?;
                    }
                    self.skip()?;
                }
                self.leave();
                return Ok(());
            }
            0xc1 => return Err(malformed()),
        };
        self.take(fixed).map(drop)
    }

    /// Goes to the value of the entry `key` among the next `pairs` entries of a map; others are passed over.
    pub fn find_entry(&mut self, key: &str, pairs: usize) -> Result<()> {
        for _ in 0..pairs {
            if self.is_str() {
                let found = self.str_bytes("string")?;
                if found == key.as_bytes() {
                    return Ok(());
                }
            } else {
                self.skip()?;
            }
            self.skip()?;
        }
        Err(DecodeError::new(Reason::MissingField, "required field is missing").in_field(key.to_owned()))
    }
}
