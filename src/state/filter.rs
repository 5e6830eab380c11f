//! Which findings the list shows.
//!
//! In: a text, severities, findings with their words. Out: whether a finding is shown.
//! Must not know: how a list looks.

use wakeful_engine::report::{Finding, Severity};

use super::address::{Pairs, put, value};
use super::values::Values;
use super::verdict::{kind, target};

/// The filter above the list.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filter {
    /// Words that must all occur in a finding, whatever their case.
    pub text: String,
    /// The values of the log that are in the text, by a click: with any it stays out of the address.
    pub from_log: Values,
    /// Severities switched off.
    hidden: [bool; Severity::WORST_FIRST.len()],
}

impl Filter {
    /// Whether findings of a severity are shown.
    #[must_use]
    pub fn shows(&self, severity: Severity) -> bool {
        !self.hidden[severity as usize]
    }

    /// Switches a severity on or off.
    pub fn toggle(&mut self, severity: Severity) {
        let hidden = &mut self.hidden[severity as usize];
        *hidden = !*hidden;
    }

    /// Shows one severity alone.
    pub fn only(&mut self, severity: Severity) {
        self.hidden = [true; Severity::WORST_FIRST.len()];
        self.hidden[severity as usize] = false;
    }

    /// The text of another filter in place of its own; the severities stay.
    pub fn take_text(&mut self, other: Self) {
        self.text = other.text;
        self.from_log = other.from_log;
    }

    /// Whether anything may be left out.
    #[must_use]
    pub fn is_active(&self) -> bool {
        !self.text.trim().is_empty() || self.hidden.contains(&true)
    }

    /// The words that must all occur.
    #[must_use]
    pub fn words(&self) -> Vec<String> {
        self.text
            .to_lowercase()
            .split_whitespace()
            .map(str::to_owned)
            .collect()
    }

    pub(super) fn write(&self, pairs: &mut Pairs) {
        if !self.text.is_empty() && self.from_log.is_empty() {
            put(pairs, "q", &self.text);
        }
        let hidden: Vec<&str> = Severity::WORST_FIRST
            .into_iter()
            .filter(|severity| !self.shows(*severity))
            .map(Severity::name)
            .collect();
        if !hidden.is_empty() {
            put(pairs, "hide", hidden.join(","));
        }
    }

    pub(super) fn read(pairs: &Pairs) -> Self {
        let mut filter = Self {
            text: value(pairs, "q").unwrap_or_default().to_owned(),
            ..Self::default()
        };
        for name in value(pairs, "hide").unwrap_or_default().split(',') {
            for severity in Severity::WORST_FIRST {
                if severity.name() == name {
                    filter.hidden[severity as usize] = true;
                }
            }
        }
        filter
    }
}

/// What the words of a filter are looked for in: a finding's own, in lower case, made once.
#[must_use]
pub fn haystack(finding: &Finding) -> Box<str> {
    let mut all = [
        &finding.client,
        target(finding),
        &finding.kind,
        kind(finding),
        &finding.id,
        finding.severity.name(),
    ]
    .join("\n");
    for technique in &finding.attack {
        all.push('\n');
        all.push_str(technique);
    }
    for proof in &finding.proofs {
        all.push('\n');
        all.push_str(&proof.rule);
    }
    all.to_lowercase().into_boxed_str()
}
