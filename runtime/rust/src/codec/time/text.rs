//! RFC 3339: `2026-11-21T15:00:00.5Z`, with an offset in the place of `Z` too.

use super::Timestamp;

/// The point in time that a text names.
pub(super) fn parse(text: &str) -> Option<Timestamp> {
    let bytes = text.as_bytes();
    let (date, rest) = bytes.split_at_checked(10)?;
    let [_, _, _, _, b'-', _, _, b'-', _, _] = date else {
        return None;
    };
    let [b'T' | b't' | b' ', clock @ ..] = rest else {
        return None;
    };
    let (clock, rest) = clock.split_at_checked(8)?;
    let [_, _, b':', _, _, b':', _, _] = clock else {
        return None;
    };
    let (nanos, zone) = fraction(rest)?;
    let (year, month, day) = (number(&date[..4])?, number(&date[5..7])?, number(&date[8..])?);
    let (hour, minute, second) = (number(&clock[..2])?, number(&clock[3..5])?, number(&clock[6..])?);
    if !(1..=12).contains(&month) || !(1..=days_in(year, month)).contains(&day) {
        return None;
    }
    // A leap second is no point of the wire's time.
    if hour > 23 || minute > 59 || second > 59 {
        return None;
    }
    let seconds = days_from_1970(year, month, day) * 86_400 + hour * 3600 + minute * 60 + second;
    Timestamp::new(seconds - offset(zone)?, nanos)
}

fn number(digits: &[u8]) -> Option<i64> {
    digits.iter().try_fold(0, |number, digit| digit.is_ascii_digit().then(|| number * 10 + i64::from(digit - b'0')))
}

/// The fraction of a second, and what follows it. Digits past the ninth say nothing.
fn fraction(text: &[u8]) -> Option<(u32, &[u8])> {
    let [b'.', digits @ ..] = text else {
        return Some((0, text));
    };
    let length = digits.iter().take_while(|digit| digit.is_ascii_digit()).count();
    if length == 0 {
        return None;
    }
    let nanos = (0..9).fold(0, |nanos, at| nanos * 10 + if at < length { u32::from(digits[at] - b'0') } else { 0 });
    Some((nanos, &digits[length..]))
}

/// Seconds that a zone is ahead.
fn offset(zone: &[u8]) -> Option<i64> {
    match zone {
        [b'Z' | b'z'] => Some(0),
        [sign @ (b'+' | b'-'), hours @ .., b':', a, b] if hours.len() == 2 => {
            let (hours, minutes) = (number(hours)?, number(&[*a, *b])?);
            let ahead = hours * 3600 + minutes * 60;
            (hours < 24 && minutes < 60).then_some(if *sign == b'-' { -ahead } else { ahead })
        }
        _ => None,
    }
}

fn days_in(year: i64, month: i64) -> i64 {
    match month {
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// Days of the proleptic Gregorian calendar.
fn days_from_1970(year: i64, month: i64, day: i64) -> i64 {
    // Years begin in March here, so that the leap day is the last day of a year.
    let (year, month) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    let era = year.div_euclid(400);
    let of_era = year.rem_euclid(400);
    let of_year = (153 * month + 2) / 5 + day - 1;
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468
}

/// The text of a point in time in the years 1 to 9999: in UTC, with a fraction where there is one.
pub(super) fn format(timestamp: Timestamp) -> String {
    let (days, of_day) = (timestamp.seconds().div_euclid(86_400), timestamp.seconds().rem_euclid(86_400));
    let (year, month, day) = date(days);
    let (hour, minute, second) = (of_day / 3600, of_day / 60 % 60, of_day % 60);
    let mut text = format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}");
    if timestamp.nanos() > 0 {
        text.push_str(format!(".{:09}", timestamp.nanos()).trim_end_matches('0'));
    }
    text.push('Z');
    text
}

/// The date so many days after 1970-01-01; the inverse of [`days_from_1970`].
fn date(days: i64) -> (i64, i64, i64) {
    let days = days + 719_468;
    let era = days.div_euclid(146_097);
    let of_era = days.rem_euclid(146_097);
    let year = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let month = (5 * of_year + 2) / 153;
    let day = of_year - (153 * month + 2) / 5 + 1;
    let month = if month < 10 { month + 3 } else { month - 9 };
    (era * 400 + year + i64::from(month <= 2), month, day)
}

#[cfg(test)]
mod tests {
    use super::{format, parse};
    use crate::codec::limits::{TIMESTAMP_MAX, TIMESTAMP_MIN};
    use crate::codec::time::Timestamp;

    #[test]
    fn every_day_is_written_as_it_is_read() {
        // A day and a second, so that all of the clock comes up as well.
        for seconds in (TIMESTAMP_MIN..=TIMESTAMP_MAX).step_by(86_401).chain([TIMESTAMP_MIN, -1, 0, TIMESTAMP_MAX]) {
            let timestamp = Timestamp::new(seconds, 0).expect("no nanoseconds");
            let text = format(timestamp);
            assert_eq!(parse(&text), Some(timestamp), "{text}");
        }
    }

    #[test]
    fn a_fraction_has_the_digits_it_needs() {
        let written = |nanos| format(Timestamp::new(1_700_000_000, nanos).expect("below a second"));
        assert_eq!(written(0), "2023-11-14T22:13:20Z");
        assert_eq!(written(500_000_000), "2023-11-14T22:13:20.5Z");
        assert_eq!(written(1), "2023-11-14T22:13:20.000000001Z");
    }
}
