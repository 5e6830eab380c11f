//! Dates as registries write them.
//!
//! In: text. Out: seconds since 1970 (UTC). Must not know: what the date is of.

/// A date of RDAP (RFC 3339) or of whois: `2024-05-01T12:00:00Z`, with a fraction or an offset,
/// `2024-05-01 12:00:00`, `2024-05-01`, `2024.05.01`, `2024/05/01`, `20240501`, `01.05.2024`,
/// `01-May-2024`. A date without a time is its first second. `None` for anything else.
#[must_use]
pub fn parse(text: &str) -> Option<f64> {
    let text = text.trim();
    let (day, rest) = split_day(text)?;
    let (year, month, date) = ymd(day)?;
    let days = days_from_civil(year, month, date)?;
    Some(days as f64 * 86_400.0 + clock(rest)?)
}

/// Days from one moment to a later one; 0 where a clock is wrong and it is not later.
pub(crate) fn age(since: Option<f64>, now: f64) -> Option<f64> {
    since.map(|since| ((now - since) / 86_400.0).max(0.0))
}

fn split_day(text: &str) -> Option<(&str, &str)> {
    let end = text.find(['T', 't', ' ']).unwrap_or(text.len());
    // `01 May 2024` has blanks inside the day.
    let spaced = text
        .split(' ')
        .nth(1)
        .is_some_and(|part| month_named(part).is_some());
    if spaced {
        let end = text
            .match_indices(' ')
            .nth(2)
            .map_or(text.len(), |(at, _)| at);
        return Some((text.get(..end)?, text.get(end..)?));
    }
    Some((text.get(..end)?, text.get(end..)?))
}

fn ymd(day: &str) -> Option<(i64, i64, i64)> {
    if day.len() == 8 && day.bytes().all(|byte| byte.is_ascii_digit()) {
        return Some((
            day[..4].parse().ok()?,
            day[4..6].parse().ok()?,
            day[6..].parse().ok()?,
        ));
    }
    let parts: Vec<&str> = day
        .split(['-', '.', '/', ' '])
        .filter(|part| !part.is_empty())
        .collect();
    let [first, second, third] = parts.as_slice() else {
        return None;
    };
    let month = second.parse().ok().or_else(|| month_named(second))?;
    match (first.len(), third.len()) {
        (4, 1..=2) => Some((first.parse().ok()?, month, third.parse().ok()?)),
        (1..=2, 4) => Some((third.parse().ok()?, month, first.parse().ok()?)),
        _ => None,
    }
}

fn month_named(text: &str) -> Option<i64> {
    const MONTHS: &str = "janfebmaraprmayjunjulaugsepoctnovdec";
    let head = text.get(..3)?.to_ascii_lowercase();
    let at = MONTHS.find(&head).filter(|at| at % 3 == 0)?;
    i64::try_from(at / 3 + 1).ok()
}

/// Seconds of the day in UTC; zero without a clock.
fn clock(text: &str) -> Option<f64> {
    let text = text.trim_start_matches(['T', 't', ' ']).trim();
    if text.is_empty() {
        return Some(0.0);
    }
    let end = text
        .find(|c: char| !(c.is_ascii_digit() || c == ':' || c == '.'))
        .unwrap_or(text.len());
    let mut parts = text[..end].split(':');
    let hour: f64 = parts.next()?.parse().ok()?;
    let minute: f64 = parts.next()?.parse().ok()?;
    let second: f64 = parts.next().unwrap_or("0").parse().ok()?;
    if hour > 24.0 || minute > 59.0 || second >= 61.0 {
        return None;
    }
    Some(hour * 3600.0 + minute * 60.0 + second - offset(text[end..].trim())?)
}

/// Seconds east of UTC.
fn offset(zone: &str) -> Option<f64> {
    let sign = match zone.as_bytes().first() {
        Some(b'+') => 1.0,
        Some(b'-') => -1.0,
        // `Z`, `UTC`, `(GMT+0:00)`, or nothing: registries write UTC unless they say otherwise.
        _ => return Some(0.0),
    };
    let digits: String = zone[1..]
        .chars()
        .filter(char::is_ascii_digit)
        .take(4)
        .collect();
    let hours: f64 = digits.get(..2)?.parse().ok()?;
    let minutes: f64 = digits.get(2..4).unwrap_or("0").parse().ok()?;
    Some(sign * (hours * 3600.0 + minutes * 60.0))
}

/// Days since 1970-01-01 (Howard Hinnant's `days_from_civil`); `None` for no such day.
fn days_from_civil(year: i64, month: i64, day: i64) -> Option<i64> {
    if !(1000..=9999).contains(&year) || !(1..=12).contains(&month) || !(1..=31).contains(&day) {
        return None;
    }
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    Some(era * 146_097 + day_of_era - 719_468)
}

#[cfg(test)]
mod tests {
    use super::parse;

    #[test]
    fn the_forms_of_registries() {
        for (text, seconds) in [
            ("1970-01-01T00:00:00Z", 0.0),
            ("2000-02-29T00:00:00Z", 951_782_400.0),
            ("2000-02-29T02:00:00.25+02:00", 951_782_400.25),
            ("2000-02-28T19:00:00-0500", 951_782_400.0),
            ("2000-02-29 00:00:00", 951_782_400.0),
            ("2000-02-29", 951_782_400.0),
            ("2000.02.29", 951_782_400.0),
            ("2000/02/29", 951_782_400.0),
            ("20000229", 951_782_400.0),
            ("29.02.2000", 951_782_400.0),
            ("29-Feb-2000", 951_782_400.0),
            ("29 February 2000", 951_782_400.0),
        ] {
            assert_eq!(parse(text), Some(seconds), "{text}");
        }
    }

    #[test]
    fn what_is_no_date_is_none() {
        for text in [
            "",
            "never",
            "2000-13-01",
            "2000-00-10",
            "10-10-10",
            "T",
            "2000-02-29T99:00:00Z",
            "2000-02-29T12:00:00+",
            "日本",
            "20000231x",
            "99999999999999999999-01-01",
        ] {
            assert_eq!(parse(text), None, "{text}");
        }
    }
}
