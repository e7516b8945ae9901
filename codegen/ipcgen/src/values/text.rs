//! Times and identifiers as texts.

use procwire::Timestamp;

const DAY: i64 = 24 * 60 * 60;

/// RFC 3339, with as much of a fraction as there is. Years of more than four digits have a sign, as in ISO 8601.
pub fn timestamp(at: Timestamp) -> String {
    let (days, seconds) = (at.seconds().div_euclid(DAY), at.seconds().rem_euclid(DAY));
    let (year, month, day) = date(days);
    let year = if (0..10_000).contains(&year) { format!("{year:04}") } else { format!("{year:+}") };
    let (hour, minute, second) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    let fraction = match format!("{:09}", at.nanos()).trim_end_matches('0') {
        "" => String::new(),
        digits => format!(".{digits}"),
    };
    format!("{year}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}{fraction}Z")
}

/// Days since 1970 as a date of the Gregorian calendar; eras of 400 years begin in March.
fn date(days: i64) -> (i64, i64, i64) {
    let days = days + 719_468;
    let (era, day) = (days.div_euclid(146_097), days.rem_euclid(146_097));
    let year = (day - day / 1460 + day / 36_524 - day / 146_096) / 365;
    let day = day - (365 * year + year / 4 - year / 100);
    let month = (5 * day + 2) / 153;
    let (day, month) = (day - (153 * month + 2) / 5 + 1, if month < 10 { month + 3 } else { month - 9 });
    (year + era * 400 + i64::from(month <= 2), month, day)
}

/// Microseconds as a schema writes them, in the largest unit that leaves no rest.
pub fn duration(micros: u64) -> String {
    let units = [(3_600_000_000, "h"), (60_000_000, "m"), (1_000_000, "s"), (1000, "ms"), (1, "us")];
    let fits = units.iter().find(|(unit, _)| micros > 0 && micros.is_multiple_of(*unit));
    fits.map_or_else(|| "0s".to_owned(), |(unit, name)| format!("{}{name}", micros / unit))
}

/// Microseconds of a text such as `5s` or `1.5h`.
pub fn micros(text: &str) -> Option<u64> {
    let end = text.find(|c: char| c.is_ascii_alphabetic())?;
    let (number, unit) = text.split_at(end);
    let unit: u64 = match unit {
        "us" => 1,
        "ms" => 1000,
        "s" => 1_000_000,
        "m" => 60_000_000,
        "h" => 3_600_000_000,
        _ => return None,
    };
    let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
    let is_number = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || !is_number(whole) || !is_number(fraction) || (fraction.is_empty() && number.contains('.')) {
        return None;
    }
    let mut sum = whole.parse::<u64>().ok()?.checked_mul(unit)?;
    let mut part = unit;
    for digit in fraction.bytes() {
        // What is finer than a microsecond is not lost in silence.
        let share = part.checked_mul(u64::from(digit - b'0'))?;
        if share % 10 != 0 || (part == 0 && digit != b'0') {
            return None;
        }
        sum = sum.checked_add(share / 10)?;
        part = if part.is_multiple_of(10) { part / 10 } else { 0 };
    }
    Some(sum)
}

pub fn uuid(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(36);
    for (at, byte) in bytes.iter().enumerate() {
        if matches!(at, 4 | 6 | 8 | 10) {
            text.push('-');
        }
        for digit in [byte >> 4, byte & 15] {
            text.extend(char::from_digit(digit.into(), 16));
        }
    }
    text
}

/// The bytes of 36 letters, or of 32.
pub fn uuid_bytes(text: &str) -> Option<Vec<u8>> {
    let digits: Vec<u8> = match text.len() {
        32 => text.bytes().collect(),
        36 => {
            let dashes = [8, 13, 18, 23];
            if !dashes.iter().all(|at| text.as_bytes()[*at] == b'-') {
                return None;
            }
            text.bytes().enumerate().filter(|(at, _)| !dashes.contains(at)).map(|(_, byte)| byte).collect()
        }
        _ => return None,
    };
    let value = |byte: &u8| char::from(*byte).to_digit(16);
    let pairs = digits.chunks(2).map(|pair| u8::try_from(value(&pair[0])? << 4 | value(&pair[1])?).ok());
    pairs.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_written_as_they_are_read() {
        for (seconds, nanos, text) in [
            (0, 0, "1970-01-01T00:00:00Z"),
            (-1, 500_000_000, "1969-12-31T23:59:59.5Z"),
            (951_782_400, 0, "2000-02-29T00:00:00Z"),
            (253_402_300_799, 999_999_999, "9999-12-31T23:59:59.999999999Z"),
            (-62_135_596_800, 0, "0001-01-01T00:00:00Z"),
        ] {
            assert_eq!(timestamp(Timestamp::new(seconds, nanos).expect("a time")), text);
        }
    }

    #[test]
    fn durations_lose_nothing() {
        for (text, expected) in [("5s", 5_000_000), ("1.5h", 5_400_000_000), ("20ms", 20_000), ("7us", 7), ("0s", 0)] {
            assert_eq!(micros(text), Some(expected), "{text}");
        }
        for wrong in ["", "5", "s", "1.5us", "-1s", "1 s", "1.s", "5S", "99999999999999999h"] {
            assert_eq!(micros(wrong), None, "{wrong}");
        }
        for (value, text) in
            [(0, "0s"), (90_000_000, "90s"), (120_000_000, "2m"), (1500, "1500us"), (7_200_000_000, "2h")]
        {
            assert_eq!(duration(value), text);
            assert_eq!(micros(text), Some(value));
        }
    }

    #[test]
    fn a_uuid_has_its_letters() {
        let text = "0190f1e2-7b3c-7d4e-8f5a-6b7c8d9e0f1a";
        let bytes = uuid_bytes(text).expect("a uuid");
        assert_eq!(uuid(&bytes), text);
        assert_eq!(uuid_bytes(&text.replace('-', "")), Some(bytes));
        for wrong in ["", "0190f1e2", "0190f1e2-7b3c-7d4e-8f5a-6b7c8d9e0f1g", "0190f1e2x7b3c-7d4e-8f5a-6b7c8d9e0f1a"] {
            assert_eq!(uuid_bytes(wrong), None, "{wrong}");
        }
    }
}
