//! Numbers with a fraction, read as the language's library reads them.
//!
//! In: text. Out: the nearest number. Must not know: what it counts.
//!
//! The library's `parse::<f64>` stands on a table of 10 kB that nothing packs. `serde_json`, which reads logs in JSON,
//! finds the nearest number too, by tables of 2 kB: so all numbers go its way, and the page is smaller by one.

use std::borrow::Cow;

use super::number::plain_decimal;

/// The number that a text says, as `text.parse::<f64>()` would give it; `None` where it is none.
#[must_use]
pub fn float(text: &str) -> Option<f64> {
    if let Some(number) = plain_decimal(text.as_bytes()) {
        return Some(number);
    }
    let (negative, digits) = match text.as_bytes().first()? {
        b'-' => (true, &text[1..]),
        b'+' => (false, &text[1..]),
        _ => (false, text),
    };
    let size = if digits.as_bytes().first()?.is_ascii_alphabetic() {
        of_word(digits)?
    } else {
        let written = in_json(digits)?;
        // The text is a number: what is refused is too large to be told from infinity.
        serde_json::from_str(&written).unwrap_or(f64::INFINITY)
    };
    Some(if negative { -size } else { size })
}

fn of_word(word: &str) -> Option<f64> {
    let is = |other: &str| word.eq_ignore_ascii_case(other);
    match () {
        () if is("inf") || is("infinity") => Some(f64::INFINITY),
        () if is("nan") => Some(f64::NAN),
        () => None,
    }
}

/// Digits, a point, an exponent as JSON wants them: a digit on both sides of the point, and no zeros in front.
fn in_json(text: &str) -> Option<Cow<'_, str>> {
    let (digits, exponent) = match text.find(['e', 'E']) {
        Some(at) => (&text[..at], Some(&text[at + 1..])),
        None => (text, None),
    };
    let (whole, part) = digits
        .split_once('.')
        .map_or((digits, None), |(whole, part)| (whole, Some(part)));
    let all_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let power = exponent.map(|power| power.strip_prefix(['+', '-']).unwrap_or(power));
    let has_digits = !whole.is_empty() || part.is_some_and(|part| !part.is_empty());
    let is_number = has_digits
        && all_digits(whole)
        && part.is_none_or(all_digits)
        && power.is_none_or(|power| !power.is_empty() && all_digits(power));
    if !is_number {
        return None;
    }
    let leads = whole.starts_with('0') && whole.len() > 1;
    if !whole.is_empty() && !leads && part.is_none_or(|part| !part.is_empty()) {
        return Some(Cow::Borrowed(text));
    }
    let whole = whole.trim_start_matches('0');
    let or_zero = |digits: &str| if digits.is_empty() { "0" } else { digits }.to_owned();
    let mut written = or_zero(whole) + "." + &or_zero(part.unwrap_or_default());
    if let Some(exponent) = exponent {
        written = written + "e" + exponent;
    }
    Some(Cow::Owned(written))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn same(text: &str) {
        let (ours, library) = (float(text), text.parse::<f64>().ok());
        let bits = |number: Option<f64>| {
            number.map(|number| if number.is_nan() { 0 } else { number.to_bits() })
        };
        assert_eq!(
            bits(ours),
            bits(library),
            "{text:?}: {ours:?}, not {library:?}"
        );
    }

    #[test]
    fn every_form_is_read_as_the_library_reads_it() {
        let signs = ["", "-", "+", "--", " "];
        let wholes = [
            "",
            "0",
            "00",
            "007",
            "1",
            "12345678901234567890",
            "9007199254740993",
            "1_0",
            "x",
        ];
        let parts = [
            "",
            ".",
            ".0",
            ".5",
            ".000123",
            ".26579904556274414",
            ".5 ",
            ".-1",
            "..1",
        ];
        let powers = [
            "",
            "e",
            "e0",
            "E5",
            "e+05",
            "e-7",
            "e308",
            "e400",
            "e-400",
            "e-324",
            "e99999999999",
            "e-99999999999",
            "e1.5",
        ];
        for sign in signs {
            for whole in wholes {
                for part in parts {
                    for power in powers {
                        same(&format!("{sign}{whole}{part}{power}"));
                    }
                }
            }
            for word in ["inf", "Infinity", "NaN", "infinit", "n", "e5", "true"] {
                same(&format!("{sign}{word}"));
            }
        }
    }

    #[test]
    fn the_nearest_number_is_found_of_many_digits() {
        let mut state = 0x9e37_79b9_7f4a_7c15_u64;
        for _ in 0..20_000 {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            let number = f64::from_bits(state);
            if number.is_finite() {
                same(&format!("{number}"));
                same(&format!("{number:e}"));
                same(&format!("{number:.25e}"));
            }
            // Half way between two, and beside it.
            let whole = (state >> 11) | 1;
            same(&format!("{}.5", whole));
            same(&format!("{}.50000000000000000000000000000000000001", whole));
        }
        same("2.2250738585072011e-308");
        same("1.7976931348623157e308");
        same("1.7976931348623159e308");
        same("4.9406564584124654e-324");
        same("2.4703282292062327e-324");
    }
}
