//! Times.
//!
//! In: a field. Out: [`Micros`]. Must not know: what happened then.

use super::float::float;
use super::number::{digits, six_decimals};

/// Microseconds since 1970-01-01 UTC. Integers, so that sums and order are exact.
pub type Micros = i64;

/// A number from here on is no number of seconds but of a smaller unit.
const SMALLER_UNIT: f64 = 1e11;

/// The first second that is no longer taken for a time: in November 2286. A clock that was
/// negative and became 2^64 − x is behind it.
const MAX_SECONDS: i64 = 10_000_000_000;

/// A time: epoch seconds, milliseconds, microseconds or nanoseconds (told apart by their size),
/// or ISO 8601 (`2026-10-22T08:30:00.5Z`, with an offset or without one, which means UTC).
pub(crate) fn time(text: &[u8]) -> Option<Micros> {
    if let Some(micros) = plain_seconds(text) {
        return Some(micros);
    }
    if text.len() > 10 && text.get(4) == Some(&b'-') {
        return iso(text);
    }
    let seconds = epoch_seconds(float(std::str::from_utf8(text).ok()?)?)?;
    // The bound keeps the product below 2^53 · 2, where rounding is about a microsecond.
    (seconds < MAX_SECONDS as f64).then(|| (seconds * 1e6).round() as Micros)
}

/// Seconds since 1970 out of seconds, milli-, micro- or nanoseconds, told apart by their size.
#[must_use]
pub fn epoch_seconds(number: f64) -> Option<f64> {
    if !(number.is_finite() && number >= 0.0) {
        return None;
    }
    let mut seconds = number;
    for _ in 0..3 {
        if seconds < SMALLER_UNIT {
            break;
        }
        seconds /= 1000.0;
    }
    Some(seconds)
}

/// The way Zeek writes it, `1693879261.970166`: exact, and without floating point.
fn plain_seconds(text: &[u8]) -> Option<Micros> {
    if let Some(micros) = six_decimals(text) {
        return Some(micros as Micros);
    }
    let dot = memchr::memchr(b'.', text).unwrap_or(text.len());
    let (whole, fraction) = text.split_at(dot);
    if whole.is_empty() || whole.len() > 10 {
        return None;
    }
    let mut micros = digits(whole)? * 1_000_000;
    if let Some((_, fraction)) = fraction.split_first() {
        let shown = &fraction[..fraction.len().min(6)];
        if !fraction.iter().all(u8::is_ascii_digit) {
            return None;
        }
        micros += digits(shown)? * 10_i64.pow(6 - u32::try_from(shown.len()).ok()?);
        micros += Micros::from(fraction.get(6).is_some_and(|&digit| digit >= b'5'));
    }
    Some(micros)
}

fn iso(text: &[u8]) -> Option<Micros> {
    let number = |from: usize, to: usize| text.get(from..to).and_then(digits);
    let (year, month, day) = (number(0, 4)?, number(5, 7)?, number(8, 10)?);
    let separators = [text[7], *text.get(10)?, *text.get(13)?, *text.get(16)?];
    if !matches!(separators, [b'-', b'T' | b't' | b' ', b':', b':']) {
        return None;
    }
    let (hour, minute, second) = (number(11, 13)?, number(14, 16)?, number(17, 19)?);
    if !(1..=12).contains(&month)
        || !(1..=31).contains(&day)
        || hour > 24
        || minute > 59
        || second > 60
    {
        return None;
    }
    let mut rest = &text[19..];
    let mut micros = 0;
    if let Some(fraction) = rest.strip_prefix(b".") {
        let length = fraction
            .iter()
            .take_while(|byte| byte.is_ascii_digit())
            .count();
        let shown = length.min(6);
        micros = digits(&fraction[..shown])? * 10_i64.pow(6 - u32::try_from(shown).ok()?);
        rest = &fraction[length..];
    }
    let offset = match rest {
        b"" | b"Z" | b"z" => 0,
        [sign @ (b'+' | b'-'), clock @ ..] => {
            let (hours, minutes) = match clock {
                [a, b, b':', c, d] | [a, b, c, d] => (digits(&[*a, *b])?, digits(&[*c, *d])?),
                [a, b] => (digits(&[*a, *b])?, 0),
                _ => return None,
            };
            (hours * 60 + minutes) * if *sign == b'-' { -60 } else { 60 }
        }
        _ => return None,
    };
    let seconds =
        days_since_1970(year, month, day) * 86_400 + hour * 3600 + minute * 60 + second - offset;
    (0..MAX_SECONDS)
        .contains(&seconds)
        .then_some(seconds * 1_000_000 + micros)
}

/// Days from 1970-01-01 in the proleptic Gregorian calendar (Howard Hinnant's `days_from_civil`).
fn days_since_1970(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year - era * 400;
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146_097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719_468
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_in_every_unit_are_the_same_moment() {
        let moment = 1_693_879_261_970_166;
        for text in [
            "1693879261.970166",
            "1693879261970.166",
            "1693879261970166",
            "1693879261970166000",
            "2023-09-05T02:01:01.970166Z",
            "2023-09-05T02:01:01.970166",
            "2023-09-05T04:31:01.970166+02:30",
            "2023-09-05T01:01:01.970166-0100",
        ] {
            let read = time(text.as_bytes()).unwrap();
            // Nanoseconds have 19 digits, a double keeps 16 of them.
            assert!((read - moment).abs() <= 1, "{text}: {read}");
        }
        assert_eq!(time(b"29.557741"), Some(29_557_741));
        assert_eq!(time(b"1.7e9"), Some(1_700_000_000_000_000));
    }

    #[test]
    fn what_is_no_time_is_none() {
        for text in [
            "",
            "-",
            "XXXXXXXXXX.XXXXXX",
            "-5",
            "NaN",
            "inf",
            "1e400",
            "2023-13-05T02:01:01Z",
            "12.5x",
            "2023-09-05",
        ] {
            assert_eq!(time(text.as_bytes()), None, "{text}");
        }
        assert_eq!(time(b"184467440737095516150000000"), None);
    }
}
