//! Which findings the list shows.
//!
//! In: the findings, a text, severities. Out: positions in the ranked list, in rank order.
//! Must not know: how a list looks.

use wakeful_engine::report::{Finding, Severity};

/// The filter above the list.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filter {
    /// Words that must all occur in a finding, whatever their case.
    pub text: String,
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

    /// Whether anything may be left out.
    #[must_use]
    pub fn is_active(&self) -> bool {
        !self.text.trim().is_empty() || self.hidden.contains(&true)
    }

    /// The positions of the findings to show.
    #[must_use]
    pub fn apply(&self, findings: &[Finding]) -> Vec<usize> {
        let text = self.text.to_lowercase();
        let words: Vec<&str> = text.split_whitespace().collect();
        (0..findings.len())
            .filter(|&at| self.shows(findings[at].severity) && has_all(&findings[at], &words))
            .collect()
    }
}

fn has_all(finding: &Finding, words: &[&str]) -> bool {
    words.iter().all(|word| {
        [
            Some(&finding.client),
            finding.domain.as_ref(),
            finding.peer.as_ref(),
            Some(&finding.kind),
            Some(&finding.id),
        ]
        .into_iter()
        .flatten()
        .chain(&finding.attack)
        .any(|value| value.to_lowercase().contains(word))
            || finding.severity.name().contains(word)
    })
}
