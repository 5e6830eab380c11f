//! Single values of a log: times, numbers, booleans, lists, escapes.
//!
//! In: the bytes of one field. Out: a typed value, or `None` where the bytes are not one.
//! Must not know: which log or column a value stands in.

use crate::cut::{each_place, has};
use crate::plain;
use std::borrow::Cow;

/// Microseconds since 1970-01-01 UTC. Integers, so that sums and order are exact.
pub type Micros = i64;

/// A number from here on is no number of seconds but of a smaller unit.
const SMALLER_UNIT: f64 = 1e11;

/// The first second that is no longer taken for a time: in November 2286. A clock that was
/// negative and became 2^64 − x is behind it.
const MAX_SECONDS: i64 = 10_000_000_000;

/// A transport protocol as Zeek names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum Proto {
    /// `tcp`
    Tcp,
    /// `udp`
    Udp,
    /// `icmp`
    Icmp,
    /// Anything else, or unset.
    #[default]
    Other,
}

impl Proto {
    #[inline]
    pub(crate) fn parse(text: &[u8]) -> Self {
        match text {
            b"tcp" | b"TCP" => Self::Tcp,
            b"udp" | b"UDP" => Self::Udp,
            b"icmp" | b"ICMP" => Self::Icmp,
            _ => Self::Other,
        }
    }

    /// Zeek's name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Tcp => "tcp",
            Self::Udp => "udp",
            Self::Icmp => "icmp",
            Self::Other => "other",
        }
    }
}

/// A time: epoch seconds, milliseconds, microseconds or nanoseconds (told apart by their size),
/// or ISO 8601 (`2026-10-22T08:30:00.5Z`, with an offset or without one, which means UTC).
pub(crate) fn time(text: &[u8]) -> Option<Micros> {
    if let Some(micros) = plain_seconds(text) {
        return Some(micros);
    }
    if text.len() > 10 && text.get(4) == Some(&b'-') {
        return iso(text);
    }
    let number = std::str::from_utf8(text).ok()?.parse::<f64>().ok()?;
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
    // The bound keeps the product below 2^53 · 2, where rounding is about a microsecond.
    (seconds < MAX_SECONDS as f64).then(|| (seconds * 1e6).round() as Micros)
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

/// One to ten digits, a point and six digits, as Zeek writes times and durations, in millionths.
#[inline]
fn six_decimals(text: &[u8]) -> Option<u64> {
    let (before, last) = text.split_last_chunk::<8>()?;
    if before.len() > 9 || last[1] != b'.' {
        return None;
    }
    // The digit before the point and the point are taken out of the eight bytes.
    let fraction = eight_digits(u64::from_le_bytes(*last) & !0xffff | 0x3030)?;
    let (first, rest) = match before.split_first_chunk() {
        Some((first, rest)) => (eight_digits(u64::from_le_bytes(*first))?, rest),
        None => (0, before),
    };
    let mut whole = first;
    for &byte in rest {
        whole = whole * 10 + digit(byte)?;
    }
    whole = whole * 10 + digit(last[0])?;
    Some(whole * 1_000_000 + fraction)
}

/// The number of eight digits, the first of them in the lowest byte: pairs are added up, pairs of pairs,
/// and both halves, in a multiplication each.
#[inline]
fn eight_digits(word: u64) -> Option<u64> {
    const ALL: u64 = 0x0101_0101_0101_0101;
    let digits = word ^ (ALL * 0x30);
    // The top bit of a byte is set where it is more than nine; a carry comes only from such a byte.
    if (digits.wrapping_add(ALL * 0x76) | digits) & (ALL * 0x80) != 0 {
        return None;
    }
    let pairs = (digits.wrapping_mul(10) + (digits >> 8)) & 0x00ff_00ff_00ff_00ff;
    let fours = (pairs.wrapping_mul(100) + (pairs >> 16)) & 0x0000_ffff_0000_ffff;
    Some(fours.wrapping_mul(10_000).wrapping_add(fours >> 32) & 0xffff_ffff)
}

#[inline]
fn digit(byte: u8) -> Option<u64> {
    let digit = byte.wrapping_sub(b'0');
    (digit <= 9).then_some(u64::from(digit))
}

/// Digits alone, at most 18 of them.
fn digits(text: &[u8]) -> Option<i64> {
    let mut sum = 0;
    for &byte in text {
        let digit = byte.wrapping_sub(b'0');
        if digit > 9 {
            return None;
        }
        sum = sum * 10 + i64::from(digit);
    }
    Some(sum)
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

/// A count: a whole number from 0 to 2^64 − 1 (`242`, and `242.0` as some JSON writers have it).
#[inline]
pub(crate) fn count(text: &[u8]) -> Option<u64> {
    match text {
        [] => None,
        [byte] => digit(*byte),
        text => long_count(text),
    }
}

fn long_count(text: &[u8]) -> Option<u64> {
    if text.len() <= 18
        && let Some(number) = digits(text)
    {
        return u64::try_from(number).ok();
    }
    let text = std::str::from_utf8(text).ok()?;
    if let Ok(number) = text.parse::<u64>() {
        return Some(number);
    }
    let number = text.parse::<f64>().ok()?;
    (number.fract() == 0.0 && (0.0..9.0e15).contains(&number)).then_some(number as u64)
}

/// A count up to 65535.
#[inline]
pub(crate) fn number(text: &[u8]) -> Option<u16> {
    if let [byte] = text {
        return digit(*byte).map(|digit| digit as u16);
    }
    if (1..=5).contains(&text.len())
        && let Some(number) = text
            .iter()
            .try_fold(0, |sum, &byte| Some(sum * 10 + digit(byte)?))
    {
        return u16::try_from(number).ok();
    }
    count(text).and_then(|number| u16::try_from(number).ok())
}

/// Seconds of a duration: finite and not negative.
pub fn seconds(text: &[u8]) -> Option<f64> {
    if let Some(number) = plain_decimal(text) {
        return Some(number);
    }
    let number = std::str::from_utf8(text).ok()?.parse::<f64>().ok()?;
    (number.is_finite() && number >= 0.0).then_some(number)
}

/// The whole seconds of a duration, as [`seconds`] reads it; at most `u32::MAX`.
pub fn whole_seconds(text: &[u8]) -> Option<u32> {
    // As Zeek writes times to live.
    if let Some((whole, b".000000")) = text.split_last_chunk()
        && (1..=9).contains(&whole.len())
    {
        return digits(whole).map(|whole| whole as u32);
    }
    seconds(text).map(|seconds| seconds as u32)
}

/// Digits, or digits, a point and digits, at most 15 in all: both the digits as a whole number and the
/// power of ten by which they are divided are exact as doubles, so that one division rounds as reading
/// the text does (Clinger 1990, the fast case).
fn plain_decimal(text: &[u8]) -> Option<f64> {
    const POWERS: [f64; 16] = [
        1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
    ];
    if let Some(millionths) = six_decimals(text)
        && millionths < 1_000_000_000_000_000
    {
        return Some(millionths as f64 / 1e6);
    }
    if text.len() > 16 {
        return None;
    }
    let (whole, sum) = leading_digits(text, 0);
    let (behind, sum) = match text.get(whole) {
        None => (0, sum),
        Some(b'.') => leading_digits(&text[whole + 1..], sum),
        Some(_) => return None,
    };
    let point = usize::from(behind > 0);
    if whole == 0 || whole + behind > 15 || whole + point + behind != text.len() {
        return None;
    }
    Some(sum as f64 / POWERS[behind])
}

/// How many digits `text` begins with, and the number that `sum` and they make.
fn leading_digits(text: &[u8], mut sum: u64) -> (usize, u64) {
    for (at, &byte) in text.iter().enumerate() {
        let digit = byte.wrapping_sub(b'0');
        if digit > 9 {
            return (at, sum);
        }
        sum = sum * 10 + u64::from(digit);
    }
    (text.len(), sum)
}

/// `T`/`F` as in TSV, `true`/`false` as in JSON.
pub(crate) fn boolean(text: &[u8]) -> Option<bool> {
    match text {
        b"T" => Some(true),
        b"F" => Some(false),
        b"true" => Some(true),
        b"false" => Some(false),
        _ => None,
    }
}

/// Appends `text` to `out` with each `\xHH` as the byte that it stands for. Zeek writes the
/// backslash itself as `\x5c` or `\\`.
pub(crate) fn unescape(text: &[u8], out: &mut Vec<u8>) {
    let mut rest = text;
    while let Some(at) = memchr::memchr(b'\\', rest) {
        out.extend_from_slice(&rest[..at]);
        rest = &rest[at..];
        let (byte, length) = escape(rest);
        out.push(byte);
        rest = &rest[length..];
    }
    out.extend_from_slice(rest);
}

/// The byte at the start of `text`, which begins with a backslash, and how long it is written.
fn escape(text: &[u8]) -> (u8, usize) {
    match text {
        [_, b'x', high, low, ..] => match (hex(*high), hex(*low)) {
            (Some(high), Some(low)) => (high * 16 + low, 4),
            _ => (b'\\', 1),
        },
        [_, b'\\', ..] => (b'\\', 2),
        _ => (b'\\', 1),
    }
}

fn hex(digit: u8) -> Option<u8> {
    char::from(digit).to_digit(16).map(|value| value as u8)
}

/// How many bytes `text` has once its escapes are decoded.
fn unescaped_len(text: &[u8]) -> usize {
    let mut length = text.len();
    let mut rest = text;
    while let Some(at) = memchr::memchr(b'\\', rest) {
        let (_, written) = escape(&rest[at..]);
        length -= written - 1;
        rest = &rest[at + written..];
    }
    length
}

/// A vector or set as it stands in the log; its elements are found when asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum List<'a> {
    /// Unset.
    #[default]
    Unset,
    /// Elements between separators, escaped.
    Tsv {
        /// The field.
        text: &'a [u8],
        /// `#set_separator`
        separator: u8,
    },
    /// A JSON array, as text.
    Json(&'a [u8]),
}

/// Sizes of a list's elements, once decoded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ListStats {
    /// How many elements.
    pub count: u32,
    /// Bytes of all elements.
    pub bytes: u32,
    /// Bytes of the longest.
    pub longest: u32,
}

/// More elements than this are counted and not looked at: a record of a hostile server must not
/// cost more than a line.
const MAX_ELEMENTS: u32 = 100_000;

impl<'a> List<'a> {
    /// Whether the field is unset (an empty list is not).
    #[must_use]
    pub fn is_unset(&self) -> bool {
        matches!(self, Self::Unset)
    }

    /// Calls `each` with every element, decoded, and gives their number and sizes. Allocates only for
    /// elements with escapes, and for JSON.
    pub fn each(&self, mut each: impl FnMut(&[u8])) -> ListStats {
        let mut stats = ListStats::default();
        match *self {
            Self::Unset | Self::Tsv { text: b"", .. } => {}
            Self::Tsv { text, separator } => {
                let escaped = has(b'\\', text);
                let mut decoded = Vec::new();
                let mut start = 0;
                let mut element = |end: usize| {
                    let element = &text[start..end];
                    start = end + 1;
                    if stats.count >= MAX_ELEMENTS {
                        stats.add(unescaped_len(element));
                    } else if escaped {
                        decoded.clear();
                        unescape(element, &mut decoded);
                        stats.add(decoded.len());
                        each(&decoded);
                    } else {
                        stats.add(element.len());
                        each(element);
                    }
                };
                each_place(separator, text, &mut element);
                element(text.len());
            }
            Self::Json(text) if is_plain_list(text) => {
                plain::elements(text, |element| {
                    if element != b"null" {
                        let element = plain::inside(element);
                        stats.add(element.len());
                        each(element);
                    }
                });
            }
            Self::Json(text) => {
                for element in json_elements(text) {
                    stats.add(element.len());
                    each(&element);
                }
            }
        }
        stats
    }

    /// Number and sizes of the elements, without decoding them.
    #[must_use]
    pub fn stats(&self) -> ListStats {
        let mut stats = ListStats::default();
        match *self {
            Self::Unset | Self::Tsv { text: b"", .. } => {}
            Self::Tsv { text, separator } => {
                let escaped = has(b'\\', text);
                let mut start = 0;
                let mut element = |end: usize| {
                    stats.add(if escaped {
                        unescaped_len(&text[start..end])
                    } else {
                        end - start
                    });
                    start = end + 1;
                };
                each_place(separator, text, &mut element);
                element(text.len());
            }
            Self::Json(_) => return self.each(|_| ()),
        }
        stats
    }
}

impl ListStats {
    fn add(&mut self, length: usize) {
        let length = u32::try_from(length).unwrap_or(u32::MAX);
        self.count += 1;
        self.bytes = self.bytes.saturating_add(length);
        self.longest = self.longest.max(length);
    }
}

/// Whether a JSON array is plain, and of no more elements than are looked at.
fn is_plain_list(text: &[u8]) -> bool {
    plain::count(text).is_some_and(|count| count <= MAX_ELEMENTS as usize)
}

/// The elements of a JSON array: strings decoded, anything else as it is written.
fn json_elements(text: &[u8]) -> Vec<Cow<'_, [u8]>> {
    let Ok(elements) = serde_json::from_slice::<Vec<&serde_json::value::RawValue>>(text) else {
        return Vec::new();
    };
    elements
        .into_iter()
        .take(MAX_ELEMENTS as usize)
        .filter(|element| element.get() != "null")
        .map(|element| json_string(element.get()))
        .collect()
}

/// A JSON value's text: of a string what is between the quotes, decoded.
pub(crate) fn json_string(text: &str) -> Cow<'_, [u8]> {
    match text
        .strip_prefix('"')
        .and_then(|text| text.strip_suffix('"'))
    {
        None => Cow::Borrowed(text.as_bytes()),
        Some(inner) if !inner.contains('\\') => Cow::Borrowed(inner.as_bytes()),
        Some(inner) => match serde_json::from_str::<String>(text) {
            Ok(decoded) => Cow::Owned(decoded.into_bytes()),
            // A lone surrogate: valid as JSON's grammar has it, and no text.
            Err(_) => Cow::Borrowed(inner.as_bytes()),
        },
    }
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

    #[test]
    fn counts_are_whole_and_not_negative() {
        assert_eq!(count(b"18446744073709551615"), Some(u64::MAX));
        assert_eq!(count(b"242.0"), Some(242));
        for text in [
            "",
            "-1",
            "1.5",
            "NaN",
            "18446744073709551616000",
            "0x10",
            "1,000",
        ] {
            assert_eq!(count(text.as_bytes()), None, "{text}");
        }
        for text in ["-0.1", "NaN", "inf", "x"] {
            assert_eq!(seconds(text.as_bytes()), None, "{text}");
        }
    }

    #[test]
    fn short_decimals_are_read_as_the_library_reads_them() {
        let mut state = 11_u64;
        for _ in 0..100_000 {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1);
            let digits = (state >> 33) % 10_u64.pow((state >> 20) as u32 % 10);
            let text = format!(
                "{digits}.{:0width$}",
                (state >> 10) % 1_000_000,
                width = (state as usize >> 5) % 7
            );
            assert_eq!(seconds(text.as_bytes()), text.parse().ok(), "{text}");
        }
        for text in [
            "0",
            "300.000000",
            "999999999999999",
            "9007199254740993",
            "0.000000000000001",
            "123456789.123456789",
            "5.",
            ".5",
            "1e3",
            "+1",
            "00012.50",
        ] {
            assert_eq!(seconds(text.as_bytes()), text.parse().ok(), "{text}");
        }
        for text in ["1..2", ".", "1.2.3", "-0.5"] {
            assert_eq!(seconds(text.as_bytes()), None, "{text}");
        }
    }

    /// What numbers are made of, in any mixture.
    fn mixtures() -> impl Iterator<Item = String> {
        let mut state = 17_u64;
        let mut next = move |bound: u64| {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1);
            (state >> 33) % bound
        };
        (0..200_000).map(move |_| {
            let length = next(19);
            let spoiled = next(4) == 0;
            let point = next(20);
            (0..length)
                .map(|at| match next(16) {
                    0 if spoiled => char::from(b"/:.-+eETF \x7f\x0a"[next(12) as usize]),
                    _ if at == point => '.',
                    other => char::from(b'0' + (other % 10) as u8),
                })
                .collect()
        })
    }

    #[test]
    fn numbers_are_read_as_digit_by_digit() {
        for text in mixtures() {
            let library: Option<f64> = text.parse().ok().filter(|number: &f64| {
                number.is_finite() && number.is_sign_positive() || *number == 0.0
            });
            assert_eq!(seconds(text.as_bytes()), library, "{text}");
            assert_eq!(
                whole_seconds(text.as_bytes()),
                library.map(|number| number as u32),
                "{text}"
            );
            let whole = library.filter(|number| number.fract() == 0.0);
            let exact = text.parse().ok();
            let rounded = whole.filter(|&number| number < 9.0e15);
            assert_eq!(
                count(text.as_bytes()),
                exact.or(rounded.map(|number| number as u64)),
                "{text}"
            );
            let whole = whole.filter(|&number| number < 65_536.0);
            assert_eq!(
                number(text.as_bytes()),
                whole.map(|number| number as u16),
                "{text}"
            );
            let plain = text
                .split_once('.')
                .filter(|(whole, part)| {
                    (1..=10).contains(&whole.len())
                        && part.len() == 6
                        && [whole, part].map(|part| part.bytes().all(|b| b.is_ascii_digit()))
                            == [true; 2]
                })
                .and_then(|(whole, part)| format!("{whole}{part}").parse().ok());
            assert_eq!(six_decimals(text.as_bytes()), plain, "{text}");
            if let Some(micros) = plain {
                assert_eq!(time(text.as_bytes()), Some(micros as Micros), "{text}");
            }
        }
    }

    #[test]
    fn escapes_decode_once_and_lengths_agree() {
        for (text, bytes) in [
            (r"a\xffb", &b"a\xffb"[..]),
            (r"\x5cx41", br"\x41"),
            (r"\\x41", br"\x41"),
            (r"\xg1\", br"\xg1\"),
            (r"\x4", br"\x4"),
        ] {
            let mut out = Vec::new();
            unescape(text.as_bytes(), &mut out);
            assert_eq!(out, bytes, "{text}");
            assert_eq!(unescaped_len(text.as_bytes()), bytes.len(), "{text}");
        }
    }

    #[test]
    fn lists_of_both_formats_have_the_same_elements() {
        let tsv = List::Tsv {
            text: br"TXT 3 a\x2cb,10.0.0.1",
            separator: b',',
        };
        let json = List::Json(br#"["TXT 3 a,b", "10.0.0.1"]"#);
        let elements = |list: &List<'_>| {
            let mut all = Vec::new();
            let stats = list.each(|element| all.push(element.to_vec()));
            assert_eq!(stats, list.stats());
            all
        };
        assert_eq!(elements(&tsv), elements(&json));
        assert_eq!(elements(&tsv).len(), 2);
        assert_eq!(tsv.stats(), json.stats());
        assert_eq!(
            tsv.stats(),
            ListStats {
                count: 2,
                bytes: 17,
                longest: 9
            }
        );
        assert_eq!(List::Unset.stats(), ListStats::default());
        for text in [
            "[]",
            "[ ]",
            r#"["a", null, "", 3.5, true]"#,
            r#"["a"] x"#,
            r#"["a",]"#,
            r#"["a\u0041","b"]"#,
            r#"["a",["b"]]"#,
            r#""a""#,
            "",
        ] {
            let list = List::Json(text.as_bytes());
            let naive: Vec<Vec<u8>> = serde_json::from_str::<Vec<serde_json::Value>>(text)
                .unwrap_or_default()
                .iter()
                .filter(|element| !element.is_null())
                .map(|element| match element.as_str() {
                    Some(text) => text.as_bytes().to_vec(),
                    None => element.to_string().into_bytes(),
                })
                .collect();
            assert_eq!(elements(&list).len(), naive.len(), "{text}");
            if !text.contains("[\"b") {
                assert_eq!(elements(&list), naive, "{text}");
            }
        }
    }
}
