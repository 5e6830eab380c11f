//! What look-ups add to findings: reasons, a rank, rows for an export.
//!
//! In: findings, answers with their dates, the time. Out: pure values; the report is never changed.
//! Must not know: how anything is looked up.

use std::rc::Rc;

use serde::Serialize;
use wakeful_engine::report::{Finding, Reason, Report};
use wakeful_lookup::memory::Memory;
use wakeful_lookup::wire::Message;
use wakeful_lookup::{Entry, Record, Service, Subject};

use super::format::{count, duration, iso};

/// The seed's number of days under which a domain is newly registered.
pub const YOUNG_DAYS: u32 = 100;

/// What a newly registered domain counts for: as much as 20 of 100 engines.
pub const YOUNG_WEIGHT: f64 = 0.2;

/// What the page knows of look-ups.
#[derive(Debug, Clone, PartialEq)]
pub struct Lookups {
    /// Whether the look-up tab is open.
    pub open: bool,
    /// How often a tab has asked for the list: one that is loaded anew asks again.
    pub hellos: u32,
    /// How far it is: answered, of so many, whether it goes on.
    pub progress: Option<(u32, u32, bool)>,
    /// All answers.
    pub memory: Rc<Memory>,
    /// Days under which a domain is newly registered.
    pub young_days: u32,
}

impl Default for Lookups {
    fn default() -> Self {
        Self {
            open: false,
            hellos: 0,
            progress: None,
            memory: Rc::default(),
            young_days: YOUNG_DAYS,
        }
    }
}

/// What happened to look-ups.
#[derive(Debug, Clone, PartialEq)]
pub enum Happened {
    /// The tab said something.
    Heard(Message),
    /// The user set the days under which a domain is newly registered.
    YoungDays(u32),
}

impl Lookups {
    /// The next state.
    pub fn hear(&mut self, happened: Happened) {
        match happened {
            Happened::YoungDays(days) => self.young_days = days.clamp(1, 3650),
            Happened::Heard(Message::Hello) => {
                self.open = true;
                self.hellos += 1;
            }
            Happened::Heard(Message::Bye) => {
                self.open = false;
                self.progress = None;
            }
            Happened::Heard(Message::Answer(entry)) => {
                self.open = true;
                Rc::make_mut(&mut self.memory).put(*entry);
            }
            Happened::Heard(Message::Progress {
                done,
                total,
                running,
            }) => {
                self.open = true;
                self.progress = Some((done, total, running));
            }
            // The page's own kind of message.
            Happened::Heard(Message::List { .. }) => {}
        }
    }

    /// The entries about a finding.
    #[must_use]
    pub fn of(&self, finding: &Finding) -> Vec<&Entry> {
        let Some(subject) = subject(finding) else {
            return Vec::new();
        };
        Service::ALL
            .into_iter()
            .filter_map(|service| self.memory.get(service, &subject))
            .collect()
    }
}

/// What of a finding may be looked up: its registered domain, or its peer if it is a public address.
#[must_use]
pub fn subject(finding: &Finding) -> Option<Subject> {
    match (&finding.domain, &finding.peer) {
        (Some(domain), _) => Subject::domain(domain),
        (None, Some(peer)) => Subject::address(peer),
        (None, None) => None,
    }
}

/// The subjects of findings in their order, each once.
#[must_use]
pub fn subjects(findings: &[Finding]) -> Vec<Subject> {
    let mut seen = std::collections::BTreeSet::new();
    findings
        .iter()
        .filter(|finding| finding.severity.is_alert())
        .filter_map(subject)
        .filter(|subject| seen.insert(subject.clone()))
        .collect()
}

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
    let mut rest = 1.0 - finding.score;
    let mut reasons = Vec::new();
    for entry in lookups.of(finding) {
        let reason = match &entry.outcome {
            Ok(Record::Reputation(reputation)) => Some(reason(
                "positives_over_total",
                reputation.share(),
                reputation.share(),
                format!(
                    "{} of {} engines of VirusTotal detect it (asked {}).",
                    reputation.positives(),
                    reputation.total(),
                    iso(entry.at)
                ),
            )),
            Ok(Record::Registration(registration)) => registration.age(entry.at).map(|age| {
                let young = age < f64::from(lookups.young_days);
                let weight = if young { YOUNG_WEIGHT } else { 0.0 };
                let text = format!(
                    "The domain was {}registered {} before it was asked ({}).",
                    if young { "newly " } else { "" },
                    duration((age * 86_400.0).floor()),
                    iso(entry.at)
                );
                reason("domain_age", age, weight, text)
            }),
            Err(_) => None,
        };
        if let Some((reason, weight)) = reason {
            rest *= 1.0 - weight;
            reasons.push(reason);
        }
    }
    Sharpened {
        score: (1.0 - rest).clamp(0.0, 1.0),
        reasons,
    }
}

fn reason(feature: &str, value: f64, weight: f64, text: String) -> (Reason, f64) {
    // A weight of 1 would be a push without end.
    let weight = weight.clamp(0.0, 0.999);
    let usual = if feature == "domain_age" {
        f64::from(YOUNG_DAYS)
    } else {
        0.0
    };
    let reason = Reason {
        feature: feature.to_owned(),
        value,
        usual,
        push: -(1.0 - weight).ln(),
        text,
    };
    (reason, weight)
}

/// The order of findings in the light of look-ups: places in `findings`, the highest
/// [`Sharpened::score`] first. Without answers it is the order that they have.
#[must_use]
pub fn order(findings: &[Finding], lookups: &Lookups) -> Vec<usize> {
    let mut ranked: Vec<(usize, f64)> = findings
        .iter()
        .map(|finding| sharpen(finding, lookups).score)
        .enumerate()
        .collect();
    ranked.sort_by(|a, b| b.1.total_cmp(&a.1));
    ranked.into_iter().map(|(at, _)| at).collect()
}

/// The names of the fields of [`row`], for the head of a table.
pub const COLUMNS: [&str; 16] = [
    "lookup_subject",
    "vt_asked_at",
    "vt_outcome",
    "vt_positives",
    "vt_total",
    "vt_categories",
    "vt_last_analysis",
    "registration_asked_at",
    "registration_outcome",
    "registered_at",
    "domain_age_days",
    "newly_registered",
    "registrar",
    "domain_status",
    "name_servers",
    "rank_score",
];

/// What look-ups say of a finding, a text for each of [`COLUMNS`]; empty where nothing was asked.
#[must_use]
pub fn row(finding: &Finding, lookups: &Lookups) -> [String; 16] {
    let mut row: [String; 16] = Default::default();
    if let Some(subject) = subject(finding) {
        row[0] = subject.to_string();
    }
    for entry in lookups.of(finding) {
        let asked = if entry.service == Service::Reputation {
            1
        } else {
            7
        };
        row[asked] = iso(entry.at);
        row[asked + 1] = match &entry.outcome {
            Ok(_) => "ok".to_owned(),
            Err(problem) => problem.name().to_owned(),
        };
        match &entry.outcome {
            Ok(Record::Reputation(reputation)) => {
                row[3] = reputation.positives().to_string();
                row[4] = reputation.total().to_string();
                row[5] = reputation.categories.join("; ");
                row[6] = reputation.analysed.map(iso).unwrap_or_default();
            }
            Ok(Record::Registration(registration)) => {
                row[9] = registration.registered.map(iso).unwrap_or_default();
                if let Some(age) = registration.age(entry.at) {
                    row[10] = format!("{age:.0}");
                    row[11] = (age < f64::from(lookups.young_days)).to_string();
                }
                row[12] = registration.registrar.clone().unwrap_or_default();
                row[13] = registration.status.join("; ");
                row[14] = registration.name_servers.join("; ");
            }
            Err(_) => {}
        }
    }
    row[15] = format!("{:.4}", sharpen(finding, lookups).score);
    row
}

/// A report with what was looked up, as JSON: the report's own fields, and `lookups` beside them.
///
/// # Errors
/// Where a value cannot be written as JSON.
pub fn report_json(report: &Report, lookups: &Lookups) -> serde_json::Result<String> {
    #[derive(Serialize)]
    struct With<'a> {
        #[serde(flatten)]
        report: &'a Report,
        lookups: Vec<&'a Entry>,
    }
    if lookups.memory.is_empty() {
        return serde_json::to_string_pretty(report);
    }
    serde_json::to_string_pretty(&With {
        report,
        lookups: lookups.memory.entries().collect(),
    })
}

/// What the page says of the tab in a line.
#[must_use]
pub fn standing(lookups: &Lookups) -> String {
    match lookups.progress {
        _ if !lookups.open => "The look-up tab is closed. Nothing is asked.".to_owned(),
        None => "The look-up tab is open. Nothing is asked before you agree there.".to_owned(),
        Some((done, total, true)) => format!(
            "Looking up: {} of {} answered.",
            count(u64::from(done)),
            count(u64::from(total))
        ),
        Some((done, total, false)) => format!(
            "{} of {} answered. Nothing is being asked now.",
            count(u64::from(done)),
            count(u64::from(total))
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use wakeful_engine::report::Severity;
    use wakeful_lookup::Problem;
    use wakeful_lookup::rdap::Registration;
    use wakeful_lookup::virustotal::Reputation;

    fn finding(domain: &str, score: f64) -> Finding {
        Finding {
            id: domain.into(),
            domain: Some(domain.into()),
            score,
            ..Finding::default()
        }
    }

    fn lookups(entries: &[(&str, Result<Record, Problem>)]) -> Lookups {
        let mut lookups = Lookups::default();
        for (name, outcome) in entries {
            let service = match outcome {
                Ok(Record::Reputation(_)) => Service::Reputation,
                _ => Service::Registration,
            };
            lookups.hear(Happened::Heard(Message::Answer(Box::new(Entry {
                service,
                subject: Subject::domain(name).unwrap(),
                at: 200.0 * 86_400.0,
                host: "x".into(),
                outcome: outcome.clone(),
            }))));
        }
        lookups
    }

    fn detected(malicious: u32) -> Result<Record, Problem> {
        Ok(Record::Reputation(Reputation {
            malicious,
            harmless: 100 - malicious,
            ..Reputation::default()
        }))
    }

    fn registered(days_before: f64) -> Result<Record, Problem> {
        Ok(Record::Registration(Registration {
            registered: Some((200.0 - days_before) * 86_400.0),
            registrar: Some("R".into()),
            ..Registration::default()
        }))
    }

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
        assert_eq!(order(&findings, &Lookups::default()), [0, 1, 2]);
        assert_eq!(
            order(&findings, &lookups(&[("c.com", detected(60))])),
            [2, 0, 1]
        );
        assert_eq!(
            order(&findings, &lookups(&[("b.com", registered(1.0))])),
            [1, 0, 2]
        );
    }

    #[test]
    fn subjects_are_registered_domains_and_public_addresses_each_once() {
        let mut findings = vec![
            finding("evil.com", 0.9),
            finding("evil.com", 0.8),
            finding("x.local", 0.7),
        ];
        for peer in ["8.8.8.8", "10.0.0.1"] {
            findings.push(Finding {
                peer: Some(peer.into()),
                ..Finding::default()
            });
        }
        // Below an alert nothing is offered: quotas are small, and what is not needed is not told.
        findings.push(finding("quiet.com", 0.5));
        for (at, finding) in findings.iter_mut().enumerate() {
            finding.severity = if at < 5 {
                Severity::High
            } else {
                Severity::Low
            };
        }
        let names: Vec<String> = subjects(&findings)
            .iter()
            .map(ToString::to_string)
            .collect();
        assert_eq!(names, ["evil.com", "8.8.8.8"]);
    }

    #[test]
    fn an_export_has_the_dates_and_a_text_for_every_column() {
        let lookups = lookups(&[("evil.com", detected(10)), ("evil.com", registered(20.0))]);
        let row = row(&finding("evil.com", 0.5), &lookups);
        let cell = |name: &str| {
            let at = COLUMNS.iter().position(|column| *column == name).unwrap();
            row[at].as_str()
        };
        assert_eq!(cell("vt_asked_at"), iso(200.0 * 86_400.0));
        assert_eq!((cell("vt_positives"), cell("vt_total")), ("10", "100"));
        assert_eq!(
            (cell("domain_age_days"), cell("newly_registered")),
            ("20", "true")
        );
        assert_eq!(cell("rank_score"), "0.6400");
        let json = report_json(&Report::default(), &lookups).unwrap();
        let value: serde_json::Value = serde_json::from_str(&json).unwrap();
        assert_eq!(value["lookups"].as_array().unwrap().len(), 2);
        assert!(value["lookups"][0]["at"].is_number() && value["findings"].is_array());
        let plain = report_json(&Report::default(), &Lookups::default()).unwrap();
        assert!(!plain.contains("lookups"));
    }

    #[test]
    fn the_tab_opens_goes_on_and_closes() {
        let mut lookups = Lookups::default();
        assert!(standing(&lookups).contains("closed"));
        lookups.hear(Happened::Heard(Message::Hello));
        assert!(standing(&lookups).contains("before you agree"));
        lookups.hear(Happened::Heard(Message::Progress {
            done: 1,
            total: 4,
            running: true,
        }));
        assert_eq!(standing(&lookups), "Looking up: 1 of 4 answered.");
        lookups.hear(Happened::Heard(Message::Bye));
        assert!(standing(&lookups).contains("closed"));
    }
}
