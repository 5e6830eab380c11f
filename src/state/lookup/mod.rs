//! What the page knows of look-ups: the names on offer, the answers, how far the tab is.
//!
//! In: findings, answers with their dates. Out: pure values; the report is never changed.
//! Must not know: how anything is looked up.

pub mod export;
pub mod rank;
pub mod words;

use std::collections::BTreeMap;
use std::rc::Rc;

use wakeful_engine::report::Finding;
use wakeful_lookup::memory::Memory;
use wakeful_lookup::wire::Message;
use wakeful_lookup::{Entry, Service, Subject};

use super::format::count;

/// The seed's number of days under which a domain is newly registered.
pub const YOUNG_DAYS: u32 = 100;

/// How far a tab is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// Answered.
    pub done: u32,
    /// Of so many.
    pub total: u32,
    /// Whether it goes on by itself.
    pub running: bool,
}

/// What the page knows of look-ups.
#[derive(Debug, Clone, PartialEq)]
pub struct Lookups {
    /// The look-up tabs that are open, by what they call themselves, each with how far it is.
    pub tabs: BTreeMap<String, Option<Progress>>,
    /// How often a tab has asked for the list: one that is loaded anew asks again.
    pub hellos: u32,
    /// What the user chose out of findings, one by one, in the order of choosing.
    pub chosen: Vec<Subject>,
    /// All answers.
    pub memory: Rc<Memory>,
    /// Days under which a domain is newly registered.
    pub young_days: u32,
}

impl Default for Lookups {
    fn default() -> Self {
        Self {
            tabs: BTreeMap::new(),
            hellos: 0,
            chosen: Vec::new(),
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
    /// The user chose one, or took it back.
    Chosen(Subject, bool),
}

impl Happened {
    /// Whether it may change the order of findings.
    #[must_use]
    pub fn ranks(&self) -> bool {
        matches!(self, Self::YoungDays(_) | Self::Heard(Message::Answer(_)))
    }
}

impl Lookups {
    /// The next state.
    pub fn hear(&mut self, happened: Happened) {
        match happened {
            Happened::YoungDays(days) => self.young_days = days.clamp(1, 3650),
            Happened::Chosen(subject, is_chosen) => {
                self.chosen.retain(|other| *other != subject);
                if is_chosen {
                    self.chosen.push(subject);
                }
            }
            Happened::Heard(Message::Hello { tab }) => {
                self.tabs.insert(tab, None);
                self.hellos += 1;
            }
            Happened::Heard(Message::Bye { tab }) => {
                self.tabs.remove(&tab);
            }
            Happened::Heard(Message::Answer(entry)) => Rc::make_mut(&mut self.memory).put(*entry),
            Happened::Heard(Message::Progress {
                tab,
                done,
                total,
                running,
            }) => {
                let progress = Progress {
                    done,
                    total,
                    running,
                };
                self.tabs.insert(tab, Some(progress));
            }
            // The page's own kind of message.
            Happened::Heard(Message::List { .. }) => {}
        }
    }

    /// Takes answers that were kept with a report.
    pub fn take(&mut self, entries: Vec<Entry>) {
        let memory = Rc::make_mut(&mut self.memory);
        for entry in entries {
            memory.put(entry);
        }
    }

    /// Whether a look-up tab is open.
    #[must_use]
    pub fn is_open(&self) -> bool {
        !self.tabs.is_empty()
    }

    /// How far all open tabs are together; `None` before one was agreed to.
    #[must_use]
    pub fn progress(&self) -> Option<Progress> {
        self.tabs
            .values()
            .flatten()
            .copied()
            .reduce(|all, one| Progress {
                done: all.done + one.done,
                total: all.total + one.total,
                running: all.running || one.running,
            })
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

/// Whether any of the findings can be looked up.
#[must_use]
pub fn any_subject(findings: &[Finding]) -> bool {
    findings.iter().any(|finding| subject(finding).is_some())
}

/// The subjects of alerts in their order, each once: what the look-up tab offers by itself. Quotas
/// are small, and what is not needed is not told; anything else can be chosen one by one.
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

/// What the page says of its tabs in a line.
#[must_use]
pub fn standing(lookups: &Lookups) -> String {
    let open = match lookups.tabs.len() {
        0 => return "The look-up tab is closed. Nothing is asked.".to_owned(),
        1 => "The look-up tab is open.".to_owned(),
        tabs => format!("{tabs} look-up tabs are open."),
    };
    match lookups.progress() {
        None => format!("{open} Nothing is asked before you agree there."),
        Some(Progress {
            done,
            total,
            running: true,
        }) => format!(
            "{open} Looking up: {} of {} answered.",
            count(u64::from(done)),
            count(u64::from(total))
        ),
        Some(Progress {
            done,
            total,
            running: false,
        }) => format!(
            "{open} {} of {} answered. Nothing is being asked now.",
            count(u64::from(done)),
            count(u64::from(total))
        ),
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use wakeful_engine::report::Severity;
    use wakeful_lookup::rdap::Registration;
    use wakeful_lookup::virustotal::Reputation;
    use wakeful_lookup::{Problem, Record};

    pub fn finding(domain: &str, score: f64) -> Finding {
        Finding {
            id: domain.into(),
            domain: Some(domain.into()),
            score,
            ..Finding::default()
        }
    }

    pub fn lookups(entries: &[(&str, Result<Record, Problem>)]) -> Lookups {
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

    pub fn detected(malicious: u32) -> Result<Record, Problem> {
        Ok(Record::Reputation(Reputation {
            malicious,
            harmless: 100 - malicious,
            ..Reputation::default()
        }))
    }

    pub fn registered(days_before: f64) -> Result<Record, Problem> {
        Ok(Record::Registration(Registration {
            registered: Some((200.0 - days_before) * 86_400.0),
            registrar: Some("R".into()),
            ..Registration::default()
        }))
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
    fn the_tab_opens_goes_on_and_closes() {
        let mut lookups = Lookups::default();
        assert!(standing(&lookups).contains("closed"));
        let hear = |lookups: &mut Lookups, message| lookups.hear(Happened::Heard(message));
        let hello = |tab: &str| Message::Hello { tab: tab.into() };
        let bye = |tab: &str| Message::Bye { tab: tab.into() };
        let progress = |tab: &str, done, running| Message::Progress {
            tab: tab.into(),
            done,
            total: 4,
            running,
        };
        hear(&mut lookups, hello("a"));
        assert!(standing(&lookups).contains("before you agree"));
        hear(&mut lookups, progress("a", 1, true));
        assert_eq!(
            standing(&lookups),
            "The look-up tab is open. Looking up: 1 of 4 answered."
        );
        // A second one comes and goes: the first still asks.
        hear(&mut lookups, hello("b"));
        hear(&mut lookups, progress("b", 2, false));
        assert_eq!(
            standing(&lookups),
            "2 look-up tabs are open. Looking up: 3 of 8 answered."
        );
        hear(&mut lookups, bye("b"));
        assert_eq!(
            standing(&lookups),
            "The look-up tab is open. Looking up: 1 of 4 answered."
        );
        hear(&mut lookups, bye("a"));
        assert!(standing(&lookups).contains("closed"));
    }

    #[test]
    fn any_finding_can_be_chosen_and_taken_back() {
        let mut lookups = Lookups::default();
        let [a, b] = ["a.com", "b.com"].map(|name| Subject::domain(name).unwrap());
        for subject in [&a, &b, &a] {
            lookups.hear(Happened::Chosen(subject.clone(), true));
        }
        assert_eq!(lookups.chosen, [b.clone(), a.clone()], "each once");
        lookups.hear(Happened::Chosen(b, false));
        assert_eq!(lookups.chosen, [a]);
    }
}
