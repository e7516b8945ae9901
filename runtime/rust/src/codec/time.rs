//! Points in time and durations.
//!
//! The wire has seconds and nanoseconds since 1970 (extension -1, in three widths); a float of milliseconds
//! (extension 2) and RFC 3339 text are read too.

mod text;

use std::fmt;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use procwire_idl::shape::Shape;

use super::error::{DecodeError, EncodeError, Reason};
use super::limits::{DURATION_MAX, TIMESTAMP_MAX, TIMESTAMP_MIN};
use super::message::Message;
use super::reader::Reader;
use super::refine::AsText;
use super::writer::Writer;

const NANOS: u32 = 1_000_000_000;

/// A point in time to the nanosecond, as the wire has it: everything that MsgPack's timestamp can say.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp {
    seconds: i64,
    nanos: u32,
}

impl Timestamp {
    /// The point `nanos` nanoseconds after `seconds` seconds since 1970-01-01T00:00:00Z.
    ///
    /// None when `nanos` is a second or more.
    #[must_use]
    pub const fn new(seconds: i64, nanos: u32) -> Option<Self> {
        if nanos < NANOS { Some(Self { seconds, nanos }) } else { None }
    }

    /// Whole seconds since 1970, rounded down.
    #[must_use]
    pub const fn seconds(self) -> i64 {
        self.seconds
    }

    /// Nanoseconds after [`Timestamp::seconds`], below a thousand million.
    #[must_use]
    pub const fn nanos(self) -> u32 {
        self.nanos
    }

    /// The point that an extension of code -1 names.
    pub(super) fn from_ext(data: &[u8]) -> Option<Self> {
        match *data {
            [a, b, c, d] => Some(Self { seconds: u32::from_be_bytes([a, b, c, d]).into(), nanos: 0 }),
            [_, _, _, _, _, _, _, _] => {
                let both = u64::from_be_bytes(data.try_into().ok()?);
                Self::new(i64::try_from(both & 0x3_ffff_ffff).ok()?, u32::try_from(both >> 34).ok()?)
            }
            [a, b, c, d, ref seconds @ ..] => {
                Self::new(i64::from_be_bytes(seconds.try_into().ok()?), u32::from_be_bytes([a, b, c, d]))
            }
            _ => None,
        }
    }

    /// The point that an extension of code 2 names.
    pub(super) fn from_ext_millis(data: &[u8]) -> Option<Self> {
        Self::from_millis(f64::from_be_bytes(data.try_into().ok()?))
    }

    /// The point `millis` milliseconds after 1970, rounded to microseconds.
    #[allow(clippy::cast_possible_truncation, reason = "checked against what a timestamp can hold")]
    #[allow(clippy::cast_sign_loss, reason = "a fraction is not negative")]
    fn from_millis(millis: f64) -> Option<Self> {
        // About 292 million years; what a timestamp may be is checked by its type.
        const FAR: f64 = 9.2e18;
        if !millis.is_finite() || millis.abs() > FAR {
            return None;
        }
        // The fraction is exact before it is rounded, whatever the size of the whole.
        let whole = millis.floor();
        let micros = whole as i128 * 1000 + ((millis - whole) * 1000.0).round() as i128;
        let seconds = i64::try_from(micros.div_euclid(1_000_000)).ok()?;
        Self::new(seconds, u32::try_from(micros.rem_euclid(1_000_000)).ok()? * 1000)
    }

    fn read(r: &mut Reader<'_>) -> Result<Self, DecodeError> {
        if r.is_str() {
            let text = r.str()?;
            return text::parse(text).ok_or_else(|| {
                DecodeError::new(Reason::Value, "expected a timestamp such as 2026-11-21T15:00:00Z, got another text")
            });
        }
        let before = r.place();
        let timestamp = match r.ext() {
            Ok((-1, data)) => Self::from_ext(data),
            Ok((2, data)) => Self::from_ext_millis(data),
            Ok(_) => {
                r.go_to(before);
                return Err(r.unexpected("timestamp"));
            }
            Err(error) if error.reason() == Reason::Type => return Err(r.unexpected("timestamp")),
            Err(error) => return Err(error),
        };
        timestamp.ok_or_else(|| DecodeError::new(Reason::Value, "an extension that names no point in time"))
    }

    fn write(self, w: &mut Writer) {
        match (u32::try_from(self.seconds), u64::try_from(self.seconds)) {
            (Ok(seconds), _) if self.nanos == 0 => w.ext(-1, &seconds.to_be_bytes()),
            (_, Ok(seconds)) if seconds >> 34 == 0 => w.ext(-1, &(u64::from(self.nanos) << 34 | seconds).to_be_bytes()),
            _ => {
                let mut data = [0; 12];
                data[..4].copy_from_slice(&self.nanos.to_be_bytes());
                data[4..].copy_from_slice(&self.seconds.to_be_bytes());
                w.ext(-1, &data);
            }
        }
    }
}

impl fmt::Display for Timestamp {
    /// Seconds since 1970, with the fraction where there is one.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let nanos = i128::from(self.seconds) * i128::from(NANOS) + i128::from(self.nanos);
        let (sign, nanos) = (if nanos < 0 { "-" } else { "" }, nanos.unsigned_abs());
        let (seconds, fraction) = (nanos / u128::from(NANOS), nanos % u128::from(NANOS));
        write!(f, "{sign}{seconds}")?;
        if fraction > 0 {
            write!(f, ".{fraction:09}")?;
        }
        Ok(())
    }
}

impl From<SystemTime> for Timestamp {
    /// The same point; one past what 64 bits of seconds hold becomes the nearest that they do.
    fn from(time: SystemTime) -> Self {
        match time.duration_since(UNIX_EPOCH) {
            Ok(after) => {
                Self { seconds: i64::try_from(after.as_secs()).unwrap_or(i64::MAX), nanos: after.subsec_nanos() }
            }
            Err(before) => {
                let before = before.duration();
                let seconds = i64::try_from(before.as_secs()).map_or(i64::MIN, |seconds| -seconds);
                match before.subsec_nanos() {
                    0 => Self { seconds, nanos: 0 },
                    nanos => Self { seconds: seconds.saturating_sub(1), nanos: NANOS - nanos },
                }
            }
        }
    }
}

impl TryFrom<Timestamp> for SystemTime {
    type Error = EncodeError;

    /// The same point, or the last one before it that the platform's clock can say.
    fn try_from(timestamp: Timestamp) -> Result<Self, EncodeError> {
        let whole = Duration::from_secs(timestamp.seconds.unsigned_abs());
        let second = if timestamp.seconds < 0 { UNIX_EPOCH.checked_sub(whole) } else { UNIX_EPOCH.checked_add(whole) };
        second
            .and_then(|second| second.checked_add(Duration::from_nanos(timestamp.nanos.into())))
            .ok_or_else(|| EncodeError::new(format_args!("{timestamp} is past what this system's clock can say")))
    }
}

impl Message for Timestamp {
    fn encode(&self, w: &mut Writer) {
        self.write(w);
    }

    fn decode(r: &mut Reader<'_>) -> Result<Self, DecodeError> {
        Self::read(r)
    }

    fn shape() -> &'static Shape {
        &Shape::TimestampPrecise
    }
}

impl Message for SystemTime {
    fn encode(&self, w: &mut Writer) {
        let timestamp = Timestamp::from(*self);
        if (TIMESTAMP_MIN..=TIMESTAMP_MAX).contains(&timestamp.seconds) {
            timestamp.write(w);
        } else {
            w.fail(EncodeError::new(format_args!(
                "a timestamp lies between the years 1 and 9999, not {timestamp} seconds from 1970"
            )));
        }
    }

    fn decode(r: &mut Reader<'_>) -> Result<Self, DecodeError> {
        let timestamp = Timestamp::read(r)?;
        if !(TIMESTAMP_MIN..=TIMESTAMP_MAX).contains(&timestamp.seconds) {
            let rule = "a timestamp lies between the years 1 and 9999, not ";
            return Err(DecodeError::showing(Reason::Range, rule, timestamp, " seconds from 1970"));
        }
        Self::try_from(timestamp).map_err(|error| DecodeError::showing(Reason::Range, "", error, ""))
    }

    fn shape() -> &'static Shape {
        &Shape::Timestamp
    }
}

impl AsText for Timestamp {
    fn encode_text(&self, w: &mut Writer) {
        if (TIMESTAMP_MIN..=TIMESTAMP_MAX).contains(&self.seconds) {
            w.str(&text::format(*self));
        } else {
            w.fail(EncodeError::new(format_args!(
                "a timestamp that is written as text lies between the years 1 and 9999, not {self} seconds from 1970"
            )));
        }
    }
}

impl AsText for SystemTime {
    fn encode_text(&self, w: &mut Writer) {
        Timestamp::from(*self).encode_text(w);
    }
}

impl Message for Duration {
    /// Whole microseconds; what is finer is dropped.
    fn encode(&self, w: &mut Writer) {
        match u64::try_from(self.as_micros()) {
            Ok(micros) if micros <= DURATION_MAX => w.uint(micros),
            _ => w.fail(EncodeError::new(format_args!(
                "a duration of {} seconds is longer than the wire allows ({DURATION_MAX} microseconds)",
                self.as_secs()
            ))),
        }
    }

    fn decode(r: &mut Reader<'_>) -> Result<Self, DecodeError> {
        r.unsigned(DURATION_MAX, "duration").map(Self::from_micros)
    }

    fn shape() -> &'static Shape {
        &Shape::Duration
    }
}
