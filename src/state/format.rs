//! Numbers, sizes, durations and times as text.
//!
//! In: numbers. Out: short texts, the same on every machine (UTC, no locale).
//! Must not know: where they stand.

/// A whole number with its thousands apart: `1,234,567`.
#[must_use]
pub fn count(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// A count with its noun: `1 record`, `2 records`.
#[must_use]
pub fn counted(number: u64, noun: &str) -> String {
    let plural = if number == 1 { "" } else { "s" };
    format!("{} {noun}{plural}", count(number))
}

/// A size in decimal units, as file managers show it: `12.3 MB`.
#[must_use]
pub fn bytes(bytes: u64) -> String {
    const UNITS: [&str; 5] = ["kB", "MB", "GB", "TB", "PB"];
    if bytes < 1000 {
        return counted(bytes, "byte");
    }
    let mut value = bytes as f64;
    let mut unit = "bytes";
    for next in UNITS {
        // 999.95 would round to 1000.0.
        if value < 999.95 {
            break;
        }
        value /= 1000.0;
        unit = next;
    }
    format!("{value:.1} {unit}")
}

/// A duration in its two largest units: `2 h 5 min`.
#[must_use]
pub fn duration(seconds: f64) -> String {
    if !seconds.is_finite() || seconds < 0.0 {
        return "unknown".to_owned();
    }
    if seconds < 1.0 {
        return format!("{:.0} ms", seconds * 1000.0);
    }
    if seconds < 10.0 {
        let text = format!("{seconds:.1}");
        return format!("{} s", text.strip_suffix(".0").unwrap_or(&text));
    }
    let whole = seconds.round() as u64;
    let (days, hours, minutes, rest) = (
        whole / 86_400,
        whole / 3600 % 24,
        whole / 60 % 60,
        whole % 60,
    );
    match (days, hours, minutes) {
        (0, 0, 0) => format!("{rest} s"),
        (0, 0, _) => pair(minutes, "min", rest, "s"),
        (0, _, _) => pair(hours, "h", minutes, "min"),
        _ => pair(days, "d", hours, "h"),
    }
}

fn pair(large: u64, large_unit: &str, small: u64, small_unit: &str) -> String {
    if small == 0 {
        format!("{large} {large_unit}")
    } else {
        format!("{large} {large_unit} {small} {small_unit}")
    }
}

/// A rate: how many per second; `None` before there is anything to measure.
#[must_use]
pub fn rate(done: u64, elapsed_ms: f64) -> Option<f64> {
    (done > 0 && elapsed_ms > 0.0).then(|| done as f64 * 1000.0 / elapsed_ms)
}

/// The time left in seconds, from the average so far; `None` while an average says little.
#[must_use]
pub fn time_left(done: u64, total: u64, elapsed_ms: f64) -> Option<f64> {
    const TELLING_MS: f64 = 300.0;
    let rate = rate(done, elapsed_ms).filter(|_| elapsed_ms >= TELLING_MS)?;
    Some(total.saturating_sub(done) as f64 / rate)
}

/// A moment in UTC, to the second: `2026-03-01T12:00:00Z`.
#[must_use]
pub fn iso(seconds: f64) -> String {
    // Years 0 to 9999: beyond, the text would no longer be ISO 8601.
    const RANGE: std::ops::Range<f64> = -62_167_219_200.0..253_402_300_800.0;
    if !RANGE.contains(&seconds) {
        return format!("{seconds} s since 1970");
    }
    let whole = seconds.floor() as i64;
    let (year, month, day) = date(whole.div_euclid(86_400));
    let second = whole.rem_euclid(86_400);
    format!(
        "{year:04}-{month:02}-{day:02}T{:02}:{:02}:{:02}Z",
        second / 3600,
        second / 60 % 60,
        second % 60
    )
}

/// [`iso`] with a space in place of the `T`: easier to read in a line of text.
#[must_use]
pub fn moment(seconds: f64) -> String {
    iso(seconds).replacen('T', " ", 1)
}

/// A moment in UTC to the millisecond, for telling records of one second apart.
#[must_use]
pub fn moment_exact(seconds: f64) -> String {
    // Rounded first, so that 0.9996 s becomes the next second and not a thousandth too many.
    let milliseconds = (seconds * 1000.0).round();
    let text = moment((milliseconds / 1000.0).floor());
    match text.strip_suffix('Z') {
        Some(whole) => format!("{whole}.{:03.0}Z", milliseconds.rem_euclid(1000.0)),
        None => text,
    }
}

/// The date of a day counted from 1970-01-01: Howard Hinnant's `civil_from_days`.
fn date(days: i64) -> (i64, i64, i64) {
    let shifted = days + 719_468;
    let era = shifted.div_euclid(146_097);
    let day_of_era = shifted.rem_euclid(146_097);
    let year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_index = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_index + 2) / 5 + 1;
    let month = if month_index < 10 {
        month_index + 3
    } else {
        month_index - 9
    };
    (year_of_era + era * 400 + i64::from(month <= 2), month, day)
}

/// A measured value, three digits that count: `0.042`, `3.1`, `1,234`.
#[must_use]
pub fn value(value: f64) -> String {
    if !value.is_finite() {
        return "–".to_owned();
    }
    let size = value.abs();
    if size >= 1000.0 {
        let sign = if value < 0.0 { "−" } else { "" };
        return format!("{sign}{}", count(size.round() as u64));
    }
    let digits = match size {
        _ if size == 0.0 || size >= 100.0 => 0,
        _ if size >= 10.0 => 1,
        _ if size >= 1.0 => 2,
        _ => 3,
    };
    let text = format!("{value:.digits$}");
    let text = if text.contains('.') {
        text.trim_end_matches('0').trim_end_matches('.').to_owned()
    } else {
        text
    };
    match text.as_str() {
        "-0" => "0".to_owned(),
        "0" if size > 0.0 => format!("{value:.1e}"),
        _ => text.replacen('-', "−", 1),
    }
}

/// A push with its sign: `+1.2`, `−0.4`.
#[must_use]
pub fn push(push: f64) -> String {
    if push < 0.0 {
        format!("−{:.2}", -push)
    } else {
        format!("+{push:.2}")
    }
}

/// A score from 0 to 1 as hundredths: `87`. 100 is kept for certainty.
#[must_use]
pub fn score(score: f64) -> String {
    let hundredths = (score * 100.0).floor().clamp(0.0, 100.0);
    format!("{hundredths:.0}")
}

/// A share as a percentage: `97.3 %`. 0 and 100 are kept for none and all.
#[must_use]
pub fn percent(share: f64) -> String {
    if !share.is_finite() {
        return "–".to_owned();
    }
    let percent = share * 100.0;
    match format!("{percent:.1}").as_str() {
        "100.0" if share < 1.0 => ">99.9 %".to_owned(),
        "0.0" if share > 0.0 => "<0.1 %".to_owned(),
        "100.0" => "100 %".to_owned(),
        "0.0" | "-0.0" => "0 %".to_owned(),
        text => format!("{} %", text.replacen('-', "−", 1)),
    }
}

/// An area under a ROC curve: `0.9982`. 1 is kept for no mistake at all.
#[must_use]
pub fn auc(area: f64) -> String {
    if !area.is_finite() {
        return "–".to_owned();
    }
    match format!("{area:.4}").as_str() {
        "1.0000" if area < 1.0 => ">0.9999".to_owned(),
        "1.0000" => "1".to_owned(),
        text => text.to_owned(),
    }
}

/// The same words with a capital at their beginning.
#[must_use]
pub fn capital(words: &str) -> String {
    let mut characters = words.chars();
    characters.next().map_or_else(String::new, |first| {
        first.to_uppercase().chain(characters).collect()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_and_sizes() {
        assert_eq!(count(0), "0");
        assert_eq!(count(999), "999");
        assert_eq!(count(1_234_567), "1,234,567");
        assert_eq!(counted(1, "row"), "1 row");
        assert_eq!(bytes(1), "1 byte");
        assert_eq!(bytes(999), "999 bytes");
        assert_eq!(bytes(1000), "1.0 kB");
        assert_eq!(bytes(999_960), "1.0 MB");
        assert_eq!(bytes(12_345_678), "12.3 MB");
    }

    #[test]
    fn only_all_is_all() {
        assert_eq!(percent(0.9732), "97.3 %");
        assert_eq!(percent(1.0), "100 %");
        assert_eq!(percent(0.9999), ">99.9 %");
        assert_eq!(percent(0.0), "0 %");
        assert_eq!(percent(0.0001), "<0.1 %");
        assert_eq!(auc(0.99824), "0.9982");
        assert_eq!(auc(0.99999), ">0.9999");
        assert_eq!(auc(1.0), "1");
        assert_eq!(auc(f64::NAN), "–");
    }

    #[test]
    fn durations() {
        assert_eq!(duration(0.25), "250 ms");
        assert_eq!(duration(4.24), "4.2 s");
        assert_eq!(duration(4.0), "4 s");
        assert_eq!(duration(59.0), "59 s");
        assert_eq!(duration(60.0), "1 min");
        assert_eq!(duration(7500.0), "2 h 5 min");
        assert_eq!(duration(200_000.0), "2 d 7 h");
        assert_eq!(duration(f64::NAN), "unknown");
    }

    #[test]
    fn moments_are_utc() {
        assert_eq!(iso(0.0), "1970-01-01T00:00:00Z");
        assert_eq!(iso(951_782_400.5), "2000-02-29T00:00:00Z");
        assert_eq!(iso(1_772_366_399.9), "2026-03-01T11:59:59Z");
        assert_eq!(iso(-1.0), "1969-12-31T23:59:59Z");
        assert_eq!(moment(0.0), "1970-01-01 00:00:00Z");
        assert_eq!(moment_exact(1.5), "1970-01-01 00:00:01.500Z");
        assert_eq!(moment_exact(0.9996), "1970-01-01 00:00:01.000Z");
        assert_eq!(moment_exact(-0.25), "1969-12-31 23:59:59.750Z");
        assert!(iso(f64::NAN).contains("since 1970"));
        assert!(iso(1e300).ends_with("since 1970"));
    }

    #[test]
    fn rates_need_something_done() {
        assert_eq!(rate(0, 100.0), None);
        assert_eq!(rate(500, 250.0), Some(2000.0));
        assert_eq!(time_left(500, 1500, 500.0), Some(1.0));
        assert_eq!(time_left(0, 1500, 500.0), None);
        assert_eq!(time_left(1, 1500, 1.0), None);
        assert_eq!(time_left(1600, 1500, 500.0), Some(0.0));
    }

    #[test]
    fn values_keep_three_digits() {
        assert_eq!(value(0.0), "0");
        assert_eq!(value(0.0421), "0.042");
        assert_eq!(value(3.10), "3.1");
        assert_eq!(value(42.34), "42.3");
        assert_eq!(value(100.0), "100");
        assert_eq!(value(12_345.6), "12,346");
        assert_eq!(value(-2.5), "−2.5");
        assert_eq!(value(0.000_04), "4.0e-5");
        assert_eq!(value(f64::INFINITY), "–");
        assert_eq!(push(1.234), "+1.23");
        assert_eq!(push(-0.5), "−0.50");
        assert_eq!(score(0.999), "99");
        assert_eq!(score(1.0), "100");
    }
}
