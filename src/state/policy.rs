//! What a setting costs: alerts a day for a bound on the score, channels a day for one on bytes.
//!
//! In: a report. Out: counts and rates on these very logs.
//! Must not know: how a setting is chosen.

use wakeful_engine::order;
use wakeful_engine::report::{LeakBudget, Report};

use super::format::value;

/// Seconds of a day.
const DAY: f64 = 86_400.0;
/// Steps of the score's histogram: four hundredths each.
pub const STEPS: usize = 25;

/// The days that the records cover; at least 1, so that an hour of logs is not multiplied.
#[must_use]
pub fn days(report: &Report) -> f64 {
    let span = report.span.first.zip(report.span.last);
    let own = span.map_or(0.0, |(first, last)| (last - first) / DAY);
    report.leaks.days.max(own).max(1.0)
}

/// How many findings have a score of at least so many hundredths.
#[must_use]
pub fn alerts(report: &Report, min: u32) -> usize {
    let least = f64::from(min) / 100.0;
    report
        .findings
        .iter()
        .filter(|finding| finding.score >= least)
        .count()
}

/// How many clients have such a finding.
#[must_use]
pub fn clients(report: &Report, min: u32) -> usize {
    let least = f64::from(min) / 100.0;
    let above = report.findings.iter().filter(|one| one.score >= least);
    let mut clients: Vec<&str> = above.map(|one| one.client.as_str()).collect();
    order::natural(&mut clients);
    clients.dedup();
    clients.len()
}

/// A number a day, in words: `3 a day`, `less than one in 10 days`.
#[must_use]
pub fn a_day(number: usize, days: f64) -> String {
    let rate = number as f64 / days;
    if number == 0 {
        "none a day".to_owned()
    } else if rate >= 0.095 {
        format!("{} a day", value((rate * 10.0).round() / 10.0))
    } else {
        "less than one in 10 days".to_owned()
    }
}

/// How many findings lie in each step of the score, the lowest first.
#[must_use]
pub fn histogram(report: &Report) -> [u64; STEPS] {
    let mut steps = [0; STEPS];
    for finding in &report.findings {
        let step = (finding.score * STEPS as f64).floor().max(0.0) as usize;
        steps[step.min(STEPS - 1)] += 1;
    }
    steps
}

/// How many channels and days a bound of so many bytes a day would have raised; `None` beyond
/// what the report lists (it has the 1,000 largest).
#[must_use]
pub fn raised(leaks: &LeakBudget, bytes: u64) -> Option<usize> {
    let raised = leaks.bounds.partition_point(|&bound| bound > bytes);
    let all_listed = leaks.bounds.len() as u64 >= leaks.channel_days;
    (raised < leaks.bounds.len() || all_listed).then_some(raised)
}

/// The bounds that the slider stops at, bytes a day: 1, 2 and 5 of each power of ten.
pub const BOUNDS: [u64; 16] = [
    0,
    100,
    200,
    500,
    1_000,
    2_000,
    4_000,
    10_000,
    20_000,
    50_000,
    100_000,
    200_000,
    500_000,
    1_000_000,
    10_000_000,
    100_000_000,
];

#[cfg(test)]
mod tests {
    use wakeful_engine::report::{Finding, Span};

    use super::*;

    fn report(scores: &[f64], days: f64) -> Report {
        Report {
            findings: scores
                .iter()
                .map(|&score| Finding {
                    score,
                    ..Finding::default()
                })
                .collect(),
            span: Span {
                first: Some(0.0),
                last: Some(days * DAY),
            },
            ..Report::default()
        }
    }

    #[test]
    fn a_bound_counts_what_is_at_or_above_it() {
        let report = report(&[0.95, 0.6, 0.59, 0.2], 2.0);
        assert_eq!(alerts(&report, 60), 2);
        assert_eq!(alerts(&report, 0), 4);
        assert_eq!(days(&report), 2.0);
        assert_eq!(a_day(alerts(&report, 20), 2.0), "2 a day");
        assert_eq!(a_day(1, 30.0), "less than one in 10 days");
        assert_eq!(a_day(0, 1.0), "none a day");
    }

    #[test]
    fn a_client_counts_once() {
        let mut report = report(&[0.95, 0.6, 0.59], 1.0);
        for (finding, client) in report.findings.iter_mut().zip(["b", "a", "b"]) {
            finding.client = client.to_owned();
        }
        assert_eq!((clients(&report, 0), clients(&report, 70)), (2, 1));
    }

    #[test]
    fn an_hour_of_logs_counts_as_a_day() {
        assert_eq!(days(&report(&[], 0.04)), 1.0);
    }

    #[test]
    fn a_score_of_one_lies_in_the_last_step() {
        let steps = histogram(&report(&[1.0, 0.999, 0.0], 1.0));
        assert_eq!((steps[STEPS - 1], steps[0]), (2, 1));
    }

    #[test]
    fn beyond_what_is_listed_nothing_is_claimed() {
        let mut leaks = LeakBudget {
            days: 1.0,
            bounds: vec![5000, 4000, 100],
            channel_days: 3,
            ..LeakBudget::default()
        };
        assert_eq!(raised(&leaks, 4000), Some(1), "above, not at");
        assert_eq!(raised(&leaks, 0), Some(3));
        leaks.channel_days = 9;
        assert_eq!(raised(&leaks, 0), None);
        assert_eq!(raised(&leaks, 200), Some(2));
    }
}
