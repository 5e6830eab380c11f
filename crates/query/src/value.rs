//! Values as they are written in a filter and in a log: numbers with units, times, networks.
//!
//! In: text. Out: values, or nothing where it is none. Must not know: fields.

use std::net::IpAddr;
use wakeful_logs::{epoch_seconds, float};

/// A number with its unit, in the unit's base: bytes, seconds, a share.
pub(crate) fn number(text: &str) -> Option<f64> {
    let digits = text
        .find(|character: char| character.is_ascii_alphabetic() || character == '%')
        .unwrap_or(text.len());
    let (mut digits, mut unit) = text.split_at(digits);
    // 1e6 and 2.5E-3: the letter is no unit.
    if unit.starts_with(['e', 'E']) && float(text).is_some() {
        (digits, unit) = (text, "");
    }
    let factor = match unit {
        "" | "B" | "s" | "sec" => 1.0,
        "%" => 0.01,
        "k" | "K" | "kB" | "KB" => 1e3,
        "M" | "MB" => 1e6,
        "G" | "GB" => 1e9,
        "KiB" => 1024.0,
        "MiB" => 1_048_576.0,
        "GiB" => 1_073_741_824.0,
        "us" | "µs" => 1e-6,
        "ms" => 1e-3,
        "m" | "min" => 60.0,
        "h" => 3600.0,
        "d" => 86_400.0,
        _ => return None,
    };
    let number = float(digits)?;
    number.is_finite().then_some(number * factor)
}

/// A time as a filter writes it: from its first moment to the first that is no longer meant, seconds
/// since 1970. `2024-03-12` is a day, `2024-03-12T09:30` a minute, `1710201600` a second.
pub(crate) fn time(text: &str) -> Option<(f64, f64)> {
    if let Some(seconds) = float(text) {
        let seconds = epoch_seconds(seconds)?;
        let width = if text.contains('.') { 1e-6 } else { 1.0 };
        return Some((seconds, seconds + width));
    }
    iso(text)
}

/// A time of a log, seconds since 1970.
pub(crate) fn logged_time(text: &str) -> Option<f64> {
    match float(text) {
        Some(seconds) => epoch_seconds(seconds),
        None => iso(text).map(|(from, _)| from),
    }
}

fn iso(text: &str) -> Option<(f64, f64)> {
    let part = |range: std::ops::Range<usize>| -> Option<i64> {
        let part = text.get(range)?;
        part.bytes()
            .all(|byte| byte.is_ascii_digit())
            .then(|| part.parse().ok())?
    };
    let sign = |at: usize, signs: &[u8]| {
        text.as_bytes()
            .get(at)
            .is_some_and(|byte| signs.contains(byte))
    };
    if !(sign(4, b"-") && sign(7, b"-")) {
        return None;
    }
    let (year, month, day) = (part(0..4)?, part(5..7)?, part(8..10)?);
    if !(1..=12).contains(&month) || !(1..=31).contains(&day) {
        return None;
    }
    let midnight = days(year, month, day) as f64 * 86_400.0;
    if text.len() == 10 {
        return Some((midnight, midnight + 86_400.0));
    }
    if !sign(10, b"Tt ") {
        return None;
    }
    let hour = part(11..13)?;
    let (minute, seconds, width, rest) = match sign(13, b":") {
        false => (0, 0.0, 3600.0, 13),
        true => {
            let minute = part(14..16)?;
            match sign(16, b":") {
                false => (minute, 0.0, 60.0, 16),
                true => {
                    let end = text[17..]
                        .find(|character: char| !(character.is_ascii_digit() || character == '.'))
                        .map_or(text.len(), |end| 17 + end);
                    let seconds = float(&text[17..end])?;
                    let width = if text[17..end].contains('.') {
                        1e-6
                    } else {
                        1.0
                    };
                    (minute, seconds, width, end)
                }
            }
        }
    };
    if hour > 23 || minute > 59 || seconds >= 61.0 {
        return None;
    }
    let offset = offset(&text[rest..])?;
    let from = midnight + (hour * 3600 + minute * 60) as f64 + seconds - offset;
    Some((from, from + width))
}

/// What stands behind a time: `Z`, `+02:00`, `-0500`, or nothing, which means UTC. Seconds.
fn offset(text: &str) -> Option<f64> {
    let (sign, rest) = match text.as_bytes() {
        [] | [b'Z' | b'z'] => return Some(0.0),
        [b'+', ..] => (1.0, &text[1..]),
        [b'-', ..] => (-1.0, &text[1..]),
        _ => return None,
    };
    let digits = rest.replace(':', "");
    let number: u32 = (digits.len() == 4).then(|| digits.parse().ok())??;
    Some(sign * f64::from(number / 100 * 3600 + number % 100 * 60))
}

/// Days from 1970-01-01 to a date of the Gregorian calendar: Howard Hinnant's `days_from_civil`.
fn days(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146_097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719_468
}

/// An address and how many of its first bits count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Network {
    bits: u128,
    mask: u128,
}

impl Network {
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let (address, length) = match text.split_once('/') {
            Some((address, length)) => (address, Some(length.parse::<u32>().ok()?)),
            None => (text, None),
        };
        let address: IpAddr = address.parse().ok()?;
        let widest = if address.is_ipv4() { 32 } else { 128 };
        let length = length.unwrap_or(widest);
        if length > widest {
            return None;
        }
        let free = widest - length;
        let mask = u128::MAX.checked_shl(free).unwrap_or(0);
        Some(Self {
            bits: bits(address) & mask,
            mask,
        })
    }

    pub(crate) fn holds(self, address: IpAddr) -> bool {
        bits(address) & self.mask == self.bits
    }
}

/// IPv4 addresses as they are mapped into IPv6, so that the two never meet by chance.
fn bits(address: IpAddr) -> u128 {
    match address {
        IpAddr::V4(v4) => u128::from(v4.to_ipv6_mapped()),
        IpAddr::V6(v6) => u128::from(v6),
    }
}

/// A value as a filter writes it: bare where it can stand alone.
pub(crate) fn quoted(text: &str) -> String {
    let bare = !text.is_empty()
        && text.bytes().all(crate::lex::in_word)
        && text.bytes().any(|byte| byte.is_ascii_alphanumeric())
        && !text.contains(['*', '?'])
        && !["and", "or", "not", "has", "in"].contains(&text.to_ascii_lowercase().as_str());
    if bare {
        text.to_owned()
    } else {
        format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_units() {
        let read = [
            "60", "1.5kB", "2h", "30min", "250ms", "40%", "1e3", "-4", "1MiB",
        ]
        .map(number);
        assert_eq!(
            read.map(Option::unwrap),
            [
                60.0,
                1500.0,
                7200.0,
                1800.0,
                0.25,
                0.4,
                1000.0,
                -4.0,
                1_048_576.0
            ]
        );
        assert_eq!([number("abc"), number("5 parsecs"), number("")], [None; 3]);
    }

    #[test]
    fn a_time_is_as_wide_as_it_is_written() {
        assert_eq!(time("2024-03-12"), Some((1_710_201_600.0, 1_710_288_000.0)));
        assert_eq!(
            time("2024-03-12T01:30"),
            Some((1_710_207_000.0, 1_710_207_060.0))
        );
        assert_eq!(
            time("2024-03-12 01:30:05+01:00"),
            Some((1_710_203_405.0, 1_710_203_406.0))
        );
        assert_eq!(time("1710201600"), Some((1_710_201_600.0, 1_710_201_601.0)));
        assert_eq!(logged_time("1710201600123.5"), Some(1_710_201_600.123_5));
        for bad in ["2024-13-01", "2024-03-12T25:00", "yesterday", "2024-3-1"] {
            assert_eq!(time(bad), None, "{bad}");
        }
        assert_eq!(days(1970, 1, 1), 0);
        assert_eq!(days(2000, 3, 1), 11_017);
    }

    #[test]
    fn networks_hold_their_addresses() {
        let holds = |network: &str, address: &str| {
            Network::parse(network)
                .unwrap()
                .holds(address.parse().unwrap())
        };
        assert!(holds("10.0.0.0/8", "10.255.1.2"));
        assert!(!holds("10.0.0.0/8", "11.0.0.1"));
        assert!(holds("0.0.0.0/0", "1.2.3.4"));
        assert!(!holds("0.0.0.0/0", "2001:db8::1"));
        assert!(holds("2001:db8::/32", "2001:db8:5::1"));
        assert!(holds("10.0.0.5", "10.0.0.5"));
        assert_eq!(Network::parse("10.0.0.0/33"), None);
    }

    #[test]
    fn a_value_is_quoted_only_where_it_must_be() {
        assert_eq!(quoted("10.0.0.5"), "10.0.0.5");
        assert_eq!(quoted("a b"), "\"a b\"");
        assert_eq!(quoted("\\x07\""), "\"\\\\x07\\\"\"");
        assert_eq!(quoted("not"), "\"not\"");
        assert_eq!(quoted("*"), "\"*\"");
    }
}
