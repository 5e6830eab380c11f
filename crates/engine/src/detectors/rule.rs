//! What detectors by rule share: scores between cuts, reasons, sizes in words.
//!
//! In: numbers, addresses, columns. Out: scores on the bands, reasons, text. Must not know: which detector asks.

use super::{Detection, Found, severity};
use crate::analysis::Seen;
use crate::models::BANDS;
use crate::order;
use crate::report::{Counterfactual, Reason};

/// Why what is told by `dns.log` cannot be told.
pub(super) fn dns_missing(seen: &Seen) -> Option<String> {
    (seen.dns == 0).then(|| "No dns.log was read.".to_owned())
}

/// Why what is told by who connects to whom cannot be told.
pub(super) fn ends_missing(seen: &Seen) -> Option<String> {
    let what = match seen {
        seen if seen.conn == 0 => "No conn.log was read.",
        seen if seen.ends == 0 => "No row of conn.log has both ends (id.orig_h and id.resp_h).",
        _ => return None,
    };
    Some(what.to_owned())
}

/// Why what is told by the payload of flows cannot be told.
pub(super) fn flows_missing(seen: &Seen) -> Option<String> {
    ends_missing(seen).or_else(|| {
        let what = match seen {
            seen if seen.bytes == 0 => "conn.log has no payload bytes (orig_bytes, resp_bytes).",
            seen if seen.packets == 0 => "conn.log has no packet counts (orig_pkts, resp_pkts).",
            _ => return None,
        };
        Some(what.to_owned())
    })
}

/// Whether an address is of the public Internet: neither private, nor of the link, nor to many. Of what is
/// no address (a pseudonym in its place) nobody knows.
pub(super) fn is_outside(address: &[u8]) -> Option<bool> {
    let address = std::str::from_utf8(address).ok()?;
    Some(match address.parse::<std::net::IpAddr>().ok()? {
        std::net::IpAddr::V4(ip) => {
            !(ip.is_private()
                || ip.is_loopback()
                || ip.is_link_local()
                || ip.is_multicast()
                || ip.is_broadcast()
                || ip.is_unspecified())
        }
        std::net::IpAddr::V6(ip) => {
            !(ip.is_loopback()
                || ip.is_multicast()
                || ip.is_unspecified()
                || ip.is_unique_local()
                || ip.is_unicast_link_local())
        }
    })
}

/// A score of a rule: `low` at `from`, `high` at `to`, linear in the logarithm between, and neither less
/// nor more beyond.
pub(super) fn ramp(value: f64, (from, low): (f64, f64), (to, high): (f64, f64)) -> f64 {
    if value <= from {
        return low;
    }
    let share = (value / from).ln() / (to / from).ln();
    low + (high - low) * share.min(1.0)
}

/// A reason of a rule: its push is its part of the score.
pub(super) fn reason(feature: &str, value: f64, usual: f64, push: f64, text: String) -> Reason {
    Reason {
        feature: feature.to_owned(),
        value,
        usual,
        push,
        text,
    }
}

/// Where a rule's alerts begin.
pub(super) const ALERT: f64 = BANDS[2];

/// What would make an alert none: a feature were `needed` instead of `value`, for which the rule was asked again and
/// gave `score`. Nothing where it would be an alert all the same.
pub(super) fn otherwise(
    feature: &str,
    (value, needed): (f64, f64),
    score: f64,
    condition: &str,
) -> Option<Counterfactual> {
    (score < ALERT).then(|| Counterfactual {
        feature: feature.to_owned(),
        value,
        needed,
        score,
        text: format!("It would be no alert if {condition}, all else being as it is."),
    })
}

/// A detection of a rule, where its score is worth a line; its reasons are sorted by push.
pub(super) fn found(
    found: &Found<'_>,
    score: f64,
    sentence: String,
    mut reasons: Vec<Reason>,
) -> Option<Detection> {
    let severity = severity(score)?;
    order::by(&mut reasons, |a, b| {
        b.push
            .total_cmp(&a.push)
            .then_with(|| a.feature.cmp(&b.feature))
    });
    let mut detection = found.detection(severity, score, reasons);
    detection.finding.sentence = sentence;
    Some(detection)
}

/// Bytes in words: `812 bytes`, `4.7 kB`, `12 MB`.
pub(super) fn bytes(count: f64) -> String {
    for (unit, size) in [("GB", 1e9), ("MB", 1e6), ("kB", 1e3)] {
        if count >= size {
            let count = count / size;
            let digits = usize::from(count < 10.0);
            return format!("{count:.digits$} {unit}");
        }
    }
    format!("{count:.0} bytes")
}

/// A count with its noun: `1 row`, `12 rows`.
pub(super) fn counted(count: u64, noun: &str) -> String {
    let s = if count == 1 { "" } else { "s" };
    format!("{count} {noun}{s}")
}

/// A time in words: `40 s`, `12 minutes`, `3.5 hours`, `2 days`.
pub(super) fn time(seconds: f64) -> String {
    let round = |count: f64, noun: &str| {
        let digits = usize::from(count < 10.0 && (count * 10.0).round() % 10.0 != 0.0);
        format!("{count:.digits$} {noun}")
    };
    match seconds {
        s if s < 120.0 => format!("{s:.0} s"),
        s if s < 7200.0 => round(s / 60.0, "minutes"),
        s if s < 172_800.0 => round(s / 3600.0, "hours"),
        s => round(s / 86_400.0, "days"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ramp_meets_its_ends_and_rises_between() {
        let score = |value| ramp(value, (10.0, 0.6), (1000.0, 0.8));
        assert_eq!((score(1.0), score(10.0)), (0.6, 0.6));
        assert!((score(100.0) - 0.7).abs() < 1e-12);
        assert_eq!((score(1000.0), score(1e9)), (0.8, 0.8));
    }

    #[test]
    fn sizes_and_times_are_words() {
        assert_eq!(bytes(812.0), "812 bytes");
        assert_eq!(bytes(4_700.0), "4.7 kB");
        assert_eq!(bytes(12_400_000.0), "12 MB");
        assert_eq!(
            (time(40.0), time(720.0)),
            ("40 s".into(), "12 minutes".into())
        );
        assert_eq!(
            (time(12_600.0), time(172_800.0)),
            ("3.5 hours".into(), "2 days".into())
        );
        assert_eq!(
            (counted(1, "row"), counted(2, "row")),
            ("1 row".into(), "2 rows".into())
        );
    }
}
