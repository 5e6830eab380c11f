//! What a user decided of findings: benign, malicious, a note, a domain that is allowed.
//!
//! In: [`Change`]s. Out: [`Marks`], with undo and redo; a text to keep them by.
//! Must not know: where they are kept. Marks change what is shown, never what was read.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use wakeful_engine::allow::{AllowList, Allowed};
use wakeful_engine::detectors::dns_tunnel;
use wakeful_engine::report::Finding;

/// How many steps can be undone.
const DEPTH: usize = 200;
/// The version of the kept form.
const VERSION: u32 = 2;

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
        let is_fingerprinted = finding.proofs.iter().any(dns_tunnel::names_a_tool);
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

    /// These, with those of others: what they decided of a finding counts, and what they allowed or did not.
    fn with(mut self, others: Self) -> Self {
        self.findings.extend(others.findings);
        for entry in others.allow.entries() {
            if others.allow.is_own(entry) {
                // What was on a list once fits on another.
                let _ = self
                    .allow
                    .add(&entry.suffix, &entry.category, &entry.reason);
            }
        }
        for suffix in others.allow.removed() {
            let _ = self.allow.remove(suffix);
        }
        self
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
    /// Those of a saved report are added.
    Take(Box<Marks>),
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
    /// A sentence, where marks are kept that this page cannot read: they stay where they are until the
    /// user lets them go.
    pub unread: Option<String>,
    past: Vec<Marks>,
    future: Vec<Marks>,
}

impl Desk {
    /// A desk with the marks of a kept text, and a sentence where there is something to say of it;
    /// `None` starts empty and keeps nothing.
    #[must_use]
    pub fn kept(text: Option<&str>) -> (Self, Option<String>) {
        match text.map(read) {
            None => (Self::default(), None),
            Some(Ok((marks, left))) => {
                let desk = Self {
                    keep: true,
                    now: marks,
                    ..Self::default()
                };
                let said = (!left.is_empty()).then(|| {
                    format!(
                        "Many parties share these domains, so they are no longer on your allow \
                         list: {}. Allow the names below them that you know.",
                        left.join(", ")
                    )
                });
                (desk, said)
            }
            Some(Err(sentence)) => {
                let desk = Self {
                    unread: Some(sentence.clone()),
                    ..Self::default()
                };
                (desk, Some(sentence))
            }
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
            Change::Take(marks) => {
                self.now = self.now.clone().with(*marks);
                Some("The marks of the saved report were added; undo takes them away.".to_owned())
            }
            Change::Forget => {
                self.now = Marks::default();
                self.unread = None;
                Some("All marks are gone.".to_owned())
            }
            Change::Undo => return self.travel(true),
            Change::Redo => return self.travel(false),
            Change::Keep(keep) => {
                self.keep = keep && self.unread.is_none();
                return self.unread.clone().filter(|_| keep);
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

/// Version 1: its first form had allowed domains with their reasons, before there was a list that
/// ships; its last one is that of version 2.
#[derive(Deserialize)]
struct Marks1 {
    findings: BTreeMap<String, Mark>,
    #[serde(default)]
    allowed: BTreeMap<String, String>,
    #[serde(default)]
    allow: AllowList,
}

impl Marks1 {
    /// As they are kept now, and the domains that no entry can be made of any more.
    fn lift(self) -> (Marks, Vec<String>) {
        let mut marks = Marks {
            findings: self.findings,
            allow: self.allow,
        };
        let mut left = Vec::new();
        for (domain, why) in self.allowed {
            if marks.allow.add(&domain, "", &why).is_err() {
                left.push(domain);
            }
        }
        (marks, left)
    }
}

/// The marks of a kept text, and the allowed domains in it that are no longer taken.
///
/// # Errors
/// A sentence where it is damaged or of a later version.
pub fn read(text: &str) -> Result<(Marks, Vec<String>), String> {
    #[derive(Deserialize)]
    struct Any<'a> {
        version: u32,
        #[serde(borrow)]
        marks: &'a RawValue,
    }
    let unread = |why: String| {
        format!(
            "This browser keeps marks that the page cannot read ({why}). They stay there, and new \
             ones are not kept, until you choose “Forget all marks” in the settings."
        )
    };
    let damaged = |error: serde_json::Error| unread(format!("damaged: {error}"));
    let kept: Any<'_> = serde_json::from_str(text).map_err(damaged)?;
    match kept.version {
        1 => serde_json::from_str(kept.marks.get())
            .map(Marks1::lift)
            .map_err(damaged),
        VERSION => serde_json::from_str(kept.marks.get())
            .map(|marks| (marks, Vec::new()))
            .map_err(damaged),
        version => Err(unread(format!("version {version}, of a newer Wakeful"))),
    }
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
        assert_eq!(read(&text), Ok((desk.now.clone(), Vec::new())));
        let (back, said) = Desk::kept(Some(&text));
        assert_eq!((back.keep, back.now, said), (true, desk.now, None));
        assert_eq!(Desk::kept(None), (Desk::default(), None));
    }

    #[test]
    fn marks_of_version_1_are_lifted_in_both_of_its_forms() {
        let marked = r#""findings": {"1": {"verdict": "benign", "note": "printer"}}"#;
        let first = format!(
            r#"{{"version": 1, "marks": {{{marked}, "allowed": {{"a.example": "cdn", "b.example": ""}}}}}}"#
        );
        let mut desk = Desk::default();
        desk.change(Change::Verdict("1".into(), Verdict::Benign));
        desk.change(Change::Note("1".into(), "printer".into()));
        desk.change(Change::Allow("a.example".into(), "cdn".into()));
        desk.change(Change::Allow("b.example".into(), String::new()));
        assert_eq!(read(&first), Ok((desk.now.clone(), Vec::new())));
        let last = write(&desk.now)
            .unwrap()
            .replace("\"version\": 2", "\"version\": 1");
        assert_eq!(read(&last), Ok((desk.now, Vec::new())));
        // What anybody can have a name under was taken then and is not now: that is said.
        let shared = first.replace("b.example", "cloudfront.net");
        let (desk, said) = Desk::kept(Some(&shared));
        assert!(desk.keep && desk.now.counts() == (1, 1));
        assert!(said.unwrap().contains("cloudfront.net"));
    }

    #[test]
    fn marks_that_cannot_be_read_are_said_and_nothing_is_kept_in_their_place() {
        let later = write(&Marks::default())
            .unwrap()
            .replace("\"version\": 2", "\"version\": 3");
        for text in ["", "{}", r#"{"version": 2, "marks": {}}"#, &later] {
            let (mut desk, said) = Desk::kept(Some(text));
            assert!(
                said.is_some() && desk.unread == said && !desk.keep,
                "{text}"
            );
            assert_eq!(desk.change(Change::Keep(true)), said);
            assert!(!desk.keep && desk.unread.is_some());
            desk.change(Change::Verdict("1".into(), Verdict::Benign));
            desk.change(Change::Undo);
            assert!(desk.unread.is_some());
            // Only who says so loses them.
            desk.change(Change::Forget);
            desk.change(Change::Keep(true));
            assert!(desk.keep && desk.unread.is_none());
        }
    }
}
