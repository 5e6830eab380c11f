//! Numbers: counts, and durations in seconds.
//!
//! In: a field. Out: the number that the library reads, faster. Must not know: what is counted.

use super::float::float;

/// One to ten digits, a point and six digits, as Zeek writes times and durations, in millionths.
#[inline]
pub(super) fn six_decimals(text: &[u8]) -> Option<u64> {
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
pub(super) fn digits(text: &[u8]) -> Option<i64> {
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
    let number = float(text)?;
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
    let number = float(std::str::from_utf8(text).ok()?)?;
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
pub(super) fn plain_decimal(text: &[u8]) -> Option<f64> {
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::{Micros, time};

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
}
