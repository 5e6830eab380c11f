//! What a user decided of findings: benign, malicious, a note, a domain that is allowed.
//!
//! In: [`Change`]s. Out: [`Marks`], with undo and redo; a text to keep them by.
//! Must not know: where they are kept. Marks change what is shown, never what was read.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use wakeful_engine::allow::{AllowList, Allowed};
use wakeful_engine::detectors::leak;
use wakeful_engine::report::Finding;

/// How many steps can be undone.
const DEPTH: usize = 200;
/// The version of the kept form.
const VERSION: u32 = 1;

/// What a finding was judged to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// Seen, and harmless.
    Benign,
    /// Seen, and not.
    Malicious,
}

impl Verdict {
    /// The word for it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Benign => "benign",
            Self::Malicious => "malicious",
        }
    }
}

/// What was decided of one finding.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mark {
    /// The verdict, if there is one.
    pub verdict: Option<Verdict>,
    /// The user's own words.
    pub note: String,
}

/// All that was decided.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Marks {
    /// By the finding's id.
    findings: BTreeMap<String, Mark>,
    /// Domains (and all names below them) that raise nothing, each with a reason: the shipped list with
    /// the user's changes.
    allow: AllowList,
}

impl Marks {
    /// Whether nothing was decided.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.findings.is_empty() && self.allow.changes() == 0
    }

    /// How many findings are marked, and how many entries of the allow list are the user's doing.
    #[must_use]
    pub fn counts(&self) -> (usize, usize) {
        (self.findings.len(), self.allow.changes())
    }

    /// What was decided of a finding.
    #[must_use]
    pub fn of(&self, finding: &Finding) -> Option<&Mark> {
        self.findings.get(&finding.id)
    }

    /// The allow list.
    #[must_use]
    pub fn allow(&self) -> &AllowList {
        &self.allow
    }

    /// The entry that sets a finding aside. One that shipped says nothing of a finding that a rule
    /// proves: what a known tool writes is no service's look-up, whatever the domain.
    #[must_use]
    pub fn allows(&self, finding: &Finding) -> Option<&Allowed> {
        let entry = self.allow.allowed(finding.domain.as_ref()?)?;
        let is_fingerprinted = finding.proofs.iter().any(|proof| proof.rule != leak::RULE);
        (self.allow.is_own(entry) || !is_fingerprinted).then_some(entry)
    }

    /// Whether a finding needs no more attention: marked benign, or of an allowed domain. One
    /// marked malicious does, whatever is allowed.
    #[must_use]
    pub fn is_handled(&self, finding: &Finding) -> bool {
        match self.of(finding).and_then(|mark| mark.verdict) {
            Some(Verdict::Benign) => true,
            Some(Verdict::Malicious) => false,
            None => self.allows(finding).is_some(),
        }
    }

    fn edit(&mut self, id: String, edit: impl FnOnce(&mut Mark)) {
        let mut mark = self.findings.remove(&id).unwrap_or_default();
        edit(&mut mark);
        if mark != Mark::default() {
            self.findings.insert(id, mark);
        }
    }
}

/// What a user decides.
#[derive(Debug, Clone, PartialEq)]
pub enum Change {
    /// A verdict on a finding, by its id; the same one again takes it back.
    Verdict(String, Verdict),
    /// A note on a finding; an empty one takes it away.
    Note(String, String),
    /// A domain raises nothing any more, for a reason.
    Allow(String, String),
    /// It does again.
    Disallow(String),
    /// Nothing is decided any more.
    Forget,
    /// The step before is taken back.
    Undo,
    /// It is done again.
    Redo,
    /// Whether marks are kept for the next visit.
    Keep(bool),
}

/// Marks with their history.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Desk {
    /// As they are.
    pub now: Marks,
    /// Whether they are kept for the next visit.
    pub keep: bool,
    past: Vec<Marks>,
    future: Vec<Marks>,
}

impl Desk {
    /// A desk with marks that were kept; `None` starts empty and keeps nothing.
    #[must_use]
    pub fn kept(marks: Option<Marks>) -> Self {
        Self {
            keep: marks.is_some(),
            now: marks.unwrap_or_default(),
            ..Self::default()
        }
    }

    /// Whether there is a step to take back.
    #[must_use]
    pub fn can_undo(&self) -> bool {
        !self.past.is_empty()
    }

    /// Whether there is a step to do again.
    #[must_use]
    pub fn can_redo(&self) -> bool {
        !self.future.is_empty()
    }

    /// After a change; a sentence where there is something to say of it.
    pub fn change(&mut self, change: Change) -> Option<String> {
        let before = self.now.clone();
        let said = match change {
            Change::Verdict(id, verdict) => {
                self.now.edit(id, |mark| {
                    mark.verdict = (mark.verdict != Some(verdict)).then_some(verdict);
                });
                None
            }
            Change::Note(id, note) => {
                self.now.edit(id, |mark| mark.note = note);
                None
            }
            Change::Allow(domain, why) => Some(match self.now.allow.add(&domain, "", &why) {
                Ok(()) => format!("{domain} and the names below it are set aside."),
                Err(sentence) => sentence,
            }),
            Change::Disallow(domain) => Some(match self.now.allow.remove(&domain) {
                Ok(()) => format!("{domain} is shown again."),
                Err(sentence) => sentence,
            }),
            Change::Forget => {
                self.now = Marks::default();
                Some("All marks are gone.".to_owned())
            }
            Change::Undo => return self.travel(true),
            Change::Redo => return self.travel(false),
            Change::Keep(keep) => {
                self.keep = keep;
                return None;
            }
        };
        if self.now != before {
            self.future.clear();
            self.past.push(before);
            if self.past.len() > DEPTH {
                self.past.remove(0);
            }
        }
        said
    }

    fn travel(&mut self, back: bool) -> Option<String> {
        let (from, to) = if back {
            (&mut self.past, &mut self.future)
        } else {
            (&mut self.future, &mut self.past)
        };
        let Some(marks) = from.pop() else {
            let what = if back { "undo" } else { "redo" };
            return Some(format!("There is nothing to {what}."));
        };
        to.push(std::mem::replace(&mut self.now, marks));
        Some(if back { "Undone." } else { "Done again." }.to_owned())
    }
}

#[derive(Serialize, Deserialize)]
struct Kept {
    version: u32,
    marks: Marks,
}

/// The text to keep marks by.
///
/// # Errors
/// A sentence where they cannot be written.
pub fn write(marks: &Marks) -> Result<String, String> {
    let kept = Kept {
        version: VERSION,
        marks: marks.clone(),
    };
    serde_json::to_string_pretty(&kept)
        .map_err(|error| format!("The marks were not kept ({error})."))
}

/// The marks of a kept text; `None` where it is damaged or of another version.
#[must_use]
pub fn read(text: &str) -> Option<Marks> {
    let kept: Kept = serde_json::from_str(text).ok()?;
    (kept.version == VERSION).then_some(kept.marks)
}

#[cfg(test)]
mod tests {
    use super::*;
    use wakeful_engine::report::Proof;

    fn finding(id: &str, domain: &str) -> Finding {
        Finding {
            id: id.into(),
            domain: Some(domain.into()),
            ..Finding::default()
        }
    }

    #[test]
    fn a_domain_is_allowed_by_whole_labels() {
        let mut desk = Desk::default();
        desk.change(Change::Allow(" Example.COM. ".into(), "ours".into()));
        let allows = |domain: &str| desk.now.allows(&finding("1", domain)).cloned();
        let entry = allows("a.b.example.com").unwrap();
        assert_eq!((&*entry.suffix, &*entry.reason), ("example.com", "ours"));
        assert_eq!(allows("badexample.com"), None);
        assert_eq!(allows("com"), None);
        assert!(desk.now.is_handled(&finding("1", "example.com")));
        assert!(
            desk.change(Change::Allow(" . ".into(), String::new()))
                .is_some()
        );
        assert_eq!(desk.now.counts(), (0, 1));
    }

    #[test]
    fn a_shipped_entry_sets_aside_what_no_rule_proves_and_can_be_taken_out() {
        let shipped = wakeful_engine::allow::shipped().next().unwrap();
        let mut desk = Desk::default();
        let mut found = finding("1", &shipped.suffix);
        assert!(desk.now.is_handled(&found));
        found.proofs.push(Proof {
            rule: "iodine".into(),
            at_least: 0.9,
            text: String::new(),
            evidence: Vec::new(),
            matched: 4,
            of: 4,
        });
        assert!(!desk.now.is_handled(&found));
        found.proofs.clear();
        desk.change(Change::Disallow(shipped.suffix.to_string()));
        assert!(!desk.now.is_handled(&found));
        assert_eq!(desk.now.counts(), (0, 1));
        desk.change(Change::Allow(shipped.suffix.to_string(), String::new()));
        assert!(desk.now.is_handled(&found));
    }

    #[test]
    fn malicious_outweighs_an_allowed_domain() {
        let mut desk = Desk::default();
        desk.change(Change::Allow("example.com".into(), String::new()));
        desk.change(Change::Verdict("1".into(), Verdict::Malicious));
        assert!(!desk.now.is_handled(&finding("1", "example.com")));
        assert!(desk.now.is_handled(&finding("2", "example.com")));
    }

    #[test]
    fn every_step_is_undone_and_done_again() {
        let mut desk = Desk::default();
        let steps = [
            Change::Verdict("1".into(), Verdict::Benign),
            Change::Note("1".into(), "printer".into()),
            Change::Verdict("1".into(), Verdict::Benign),
            Change::Allow("a.example".into(), String::new()),
            Change::Disallow("a.example".into()),
            Change::Forget,
        ];
        let mut seen = vec![desk.now.clone()];
        for step in steps {
            desk.change(step);
            seen.push(desk.now.clone());
        }
        assert!(desk.now.is_empty());
        for marks in seen.iter().rev().skip(1) {
            desk.change(Change::Undo);
            assert_eq!(&desk.now, marks);
        }
        assert!(!desk.can_undo());
        for marks in &seen[1..] {
            desk.change(Change::Redo);
            assert_eq!(&desk.now, marks);
        }
        assert!(!desk.can_redo());
        assert!(desk.change(Change::Redo).unwrap().contains("nothing"));
    }

    #[test]
    fn a_new_step_cuts_off_what_was_undone() {
        let mut desk = Desk::default();
        desk.change(Change::Verdict("1".into(), Verdict::Benign));
        desk.change(Change::Undo);
        desk.change(Change::Verdict("2".into(), Verdict::Benign));
        assert!(!desk.can_redo());
        // What changes nothing is no step.
        desk.change(Change::Disallow("never.example".into()));
        desk.change(Change::Undo);
        assert!(desk.now.is_empty());
    }

    #[test]
    fn kept_marks_come_back() {
        let mut desk = Desk::default();
        desk.change(Change::Verdict("1".into(), Verdict::Malicious));
        desk.change(Change::Allow("a.example".into(), "cdn".into()));
        let text = write(&desk.now).unwrap();
        assert_eq!(read(&text), Some(desk.now));
        assert_eq!(read("{}"), None);
        assert_eq!(
            read(&text.replace("\"version\": 1", "\"version\": 2")),
            None
        );
    }
}
