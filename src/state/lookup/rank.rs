//! A finding's score in the light of look-ups, and the order that follows.
//!
//! In: findings, answers with their dates. Out: scores, reasons, a [`Ranking`]; the report is never
//! changed.
//! Must not know: how anything is looked up, how a list is filtered.

use wakeful_engine::order as sort;
use wakeful_engine::report::{Finding, Reason};
use wakeful_lookup::{Entry, Record, Service};

use super::Lookups;
use crate::state::format::{duration, iso};

/// What a newly registered domain counts for: as much as 20 of 100 engines.
pub const YOUNG_WEIGHT: f64 = 0.2;

/// A finding in the light of look-ups.
#[derive(Debug, Clone, PartialEq)]
pub struct Sharpened {
    /// The rank's score: `1 - (1 - score)(1 - positives / total)(1 - young)`, where `young` is
    /// [`YOUNG_WEIGHT`] for a newly registered domain and 0 otherwise. It is never below the
    /// finding's own: that nobody has reported a domain is no sign that it is harmless. It is a rule
    /// that was set, not a model that was trained.
    pub score: f64,
    /// What was learnt, as reasons. A push is in units of `-ln(1 - score)`, on which the three
    /// factors add up.
    pub reasons: Vec<Reason>,
}

/// Sharpens a finding.
#[must_use]
pub fn sharpen(finding: &Finding, lookups: &Lookups) -> Sharpened {
    let entries = lookups.of(finding);
    let reasons: Vec<Reason> = detections(&entries)
        .into_iter()
        .chain(age(&entries, lookups.young_days))
        .collect();
    // Exactly the finding's own score where nothing pushes: a digit lost would be a rise.
    let pushed: f64 = reasons.iter().map(|reason| reason.push).sum();
    let score = if pushed > 0.0 {
        (1.0 - (1.0 - finding.score) * (-pushed).exp()).clamp(finding.score, 1.0)
    } else {
        finding.score
    };
    Sharpened { score, reasons }
}

/// Positives over total.
fn detections(entries: &[&Entry]) -> Option<Reason> {
    entries.iter().find_map(|entry| match &entry.outcome {
        Ok(Record::Reputation(found)) => Some(Reason {
            feature: "positives_over_total".to_owned(),
            value: found.share(),
            usual: 0.0,
            push: push(found.share()),
            text: format!(
                "{} of {} engines of VirusTotal detect it (asked {}).",
                found.positives(),
                found.total(),
                iso(entry.at)
            ),
        }),
        _ => None,
    })
}

/// Days since the registration, as the registry has it; where it gives no date (DENIC never does),
/// as VirusTotal has it.
fn age(entries: &[&Entry], young_days: u32) -> Option<Reason> {
    let by = |service: Service| {
        entries
            .iter()
            .filter(move |entry| entry.service == service)
            .find_map(|entry| {
                let (days, source) = match entry.outcome.as_ref().ok()? {
                    Record::Registration(found) => (found.age(entry.at)?, ""),
                    Record::Reputation(found) => (found.age(entry.at)?, " by VirusTotal"),
                };
                Some((days, source, entry.at))
            })
    };
    let (days, source, asked) = by(Service::Registration).or_else(|| by(Service::Reputation))?;
    let is_young = days < f64::from(young_days);
    Some(Reason {
        feature: "domain_age".to_owned(),
        value: days,
        usual: f64::from(young_days),
        push: if is_young { push(YOUNG_WEIGHT) } else { 0.0 },
        text: format!(
            "The domain was {}registered {} before it was asked{source} ({}).",
            if is_young { "newly " } else { "" },
            duration((days * 86_400.0).floor()),
            iso(asked)
        ),
    })
}

/// A weight as a push. One of 1 would be a push without end.
fn push(weight: f64) -> f64 {
    -(1.0 - weight.clamp(0.0, 0.999)).ln()
}

/// The findings in the light of look-ups. The default is the order of the report.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Ranking {
    /// Places in the report, the highest score first; empty where nothing was answered.
    order: Vec<usize>,
    /// By place in the report: the rank from 0, the finding's own score and the sharpened one.
    by_place: Vec<(usize, f64, f64)>,
}

impl Ranking {
    /// The ranking that answers give. Findings of one score keep their order.
    #[must_use]
    pub fn new(findings: &[Finding], lookups: &Lookups) -> Self {
        if lookups.memory.is_empty() {
            return Self::default();
        }
        let mut by_place: Vec<(usize, f64, f64)> = findings
            .iter()
            .map(|finding| (0, finding.score, sharpen(finding, lookups).score))
            .collect();
        let mut order: Vec<usize> = (0..findings.len()).collect();
        sort::by(&mut order, |&a, &b| by_place[b].2.total_cmp(&by_place[a].2));
        for (rank, &at) in order.iter().enumerate() {
            by_place[at].0 = rank;
        }
        Self { order, by_place }
    }

    /// The places of so many findings, in order.
    #[must_use]
    pub fn order(&self, count: usize) -> Vec<usize> {
        if self.order.len() == count {
            self.order.clone()
        } else {
            (0..count).collect()
        }
    }

    /// The rank of a place, from 1.
    #[must_use]
    pub fn rank(&self, at: usize) -> usize {
        self.by_place.get(at).map_or(at, |(rank, ..)| *rank) + 1
    }

    /// What a place's score became, where look-ups raised it.
    #[must_use]
    pub fn raised(&self, at: usize) -> Option<f64> {
        self.by_place
            .get(at)
            .filter(|(_, own, sharpened)| sharpened > own)
            .map(|(_, _, sharpened)| *sharpened)
    }

    /// The score that a finding at a place is ranked by.
    #[must_use]
    pub fn score(&self, at: usize, finding: &Finding) -> f64 {
        self.raised(at).unwrap_or(finding.score)
    }
}

#[cfg(test)]
mod tests {
    use super::super::Happened;
    use super::super::tests::{detected, finding, lookups, registered};
    use super::*;
    use wakeful_lookup::virustotal::Reputation;
    use wakeful_lookup::{Problem, Record};

    #[test]
    fn positives_over_total_and_youth_raise_the_rank_and_say_why() {
        let lookups = lookups(&[("evil.com", detected(10)), ("evil.com", registered(20.0))]);
        let sharpened = sharpen(&finding("evil.com", 0.5), &lookups);
        assert!((sharpened.score - (1.0 - 0.5 * 0.9 * 0.8)).abs() < 1e-12);
        assert_eq!(sharpened.reasons.len(), 2);
        assert!(sharpened.reasons[0].text.starts_with("10 of 100 engines"));
        assert!(sharpened.reasons[1].text.contains("newly registered 20 d"));
        let pushes: f64 = sharpened.reasons.iter().map(|reason| reason.push).sum();
        let gained = -(1.0 - sharpened.score).ln() + (1.0_f64 - 0.5).ln();
        assert!(
            (pushes - gained).abs() < 1e-12,
            "pushes add up to what was gained"
        );
    }

    #[test]
    fn nothing_lowers_a_score_and_failures_change_nothing() {
        for outcome in [
            detected(0),
            registered(5000.0),
            Err(Problem::NotRegistered),
            Err(Problem::Slow),
        ] {
            let lookups = lookups(&[("evil.com", outcome)]);
            let score = sharpen(&finding("evil.com", 0.7), &lookups).score;
            assert!((score - 0.7).abs() < 1e-12);
        }
    }

    #[test]
    fn the_days_are_adjustable() {
        let mut lookups = lookups(&[("evil.com", registered(99.0))]);
        assert!(sharpen(&finding("evil.com", 0.0), &lookups).score > 0.0);
        lookups.hear(Happened::YoungDays(30));
        assert!(sharpen(&finding("evil.com", 0.0), &lookups).score == 0.0);
        lookups.hear(Happened::YoungDays(0));
        assert_eq!(lookups.young_days, 1);
    }

    #[test]
    fn the_order_is_kept_without_answers_and_changed_by_them() {
        let findings = [
            finding("a.com", 0.9),
            finding("b.com", 0.9),
            finding("c.com", 0.8),
        ];
        let plain = Ranking::new(&findings, &Lookups::default());
        assert_eq!(plain, Ranking::default());
        assert_eq!(plain.order(3), [0, 1, 2]);
        assert_eq!((plain.rank(2), plain.raised(2)), (3, None));
        let ranking = Ranking::new(&findings, &lookups(&[("c.com", detected(60))]));
        assert_eq!(ranking.order(3), [2, 0, 1]);
        assert_eq!((ranking.rank(2), ranking.rank(0)), (1, 2));
        assert!((ranking.raised(2).unwrap() - 0.92).abs() < 1e-12);
        assert_eq!(ranking.raised(0), None);
        assert!((ranking.score(0, &findings[0]) - 0.9).abs() < 1e-12);
        let young = Ranking::new(&findings, &lookups(&[("b.com", registered(1.0))]));
        assert_eq!(young.order(3), [1, 0, 2]);
        let nothing = Ranking::new(&findings, &lookups(&[("b.com", Err(Problem::Slow))]));
        assert_eq!(nothing.order(3), [0, 1, 2]);
    }

    #[test]
    fn the_ranking_agrees_with_its_naive_twin() {
        let findings: Vec<Finding> = (0..60)
            .map(|n| finding(&format!("d{n}.com"), 0.9 - f64::from(n / 3) / 40.0))
            .collect();
        let names: Vec<String> = (0..60).map(|n| format!("d{n}.com")).collect();
        let answers: Vec<(&str, _)> = names
            .iter()
            .enumerate()
            .filter(|(n, _)| n % 4 == 0)
            .map(|(n, name)| (name.as_str(), detected(n as u32)))
            .collect();
        let lookups = lookups(&answers);
        let ranking = Ranking::new(&findings, &lookups);
        // The twin: of what is left, the first of the highest.
        let mut left: Vec<usize> = (0..60).collect();
        let mut twin = Vec::new();
        while !left.is_empty() {
            let score = |at: usize| sharpen(&findings[at], &lookups).score;
            let best = (0..left.len())
                .reduce(|a, b| {
                    if score(left[b]) > score(left[a]) {
                        b
                    } else {
                        a
                    }
                })
                .unwrap();
            twin.push(left.remove(best));
        }
        assert_eq!(ranking.order(60), twin);
        for (rank, at) in twin.into_iter().enumerate() {
            assert_eq!(ranking.rank(at), rank + 1);
        }
    }

    #[test]
    fn virustotals_date_counts_where_the_registry_gives_none() {
        let dated = Ok(Record::Reputation(Reputation {
            harmless: 90,
            created: Some(190.0 * 86_400.0),
            ..Reputation::default()
        }));
        let undated = Ok(Record::Registration(Default::default()));
        let young = lookups(&[("evil.de", dated.clone()), ("evil.de", undated)]);
        let sharpened = sharpen(&finding("evil.de", 0.5), &young);
        assert!((sharpened.score - 0.6).abs() < 1e-12);
        assert!(sharpened.reasons[1].text.contains("newly registered 10 d"));
        assert!(sharpened.reasons[1].text.contains("by VirusTotal"));
        // The registry's own date comes first.
        let old = lookups(&[("evil.de", dated), ("evil.de", registered(5000.0))]);
        let sharpened = sharpen(&finding("evil.de", 0.5), &old);
        assert!((sharpened.score - 0.5).abs() < 1e-12);
    }
}
