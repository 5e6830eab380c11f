//! Findings as JSON: a list as the report has them, each with the user's mark and what was looked up.
//!
//! In: findings, marks, answers of look-ups. Out: one object with a version.
//! Must not know: what reads it.

use serde::Serialize;
use wakeful_engine::report::Finding;

use wakeful_lookup::Entry;

use super::super::lookup::{Lookups, rank};
use super::super::marks::{Mark, Marks};

/// The version of the form; fields may be added within one.
const VERSION: u32 = 1;

#[derive(Serialize)]
struct Export<'a> {
    export_version: u32,
    wakeful: &'static str,
    findings: Vec<Marked<'a>>,
}

#[derive(Serialize)]
struct Marked<'a> {
    #[serde(flatten)]
    finding: &'a Finding,
    #[serde(skip_serializing_if = "Option::is_none")]
    mark: Option<&'a Mark>,
    /// Answers about its domain or peer, each with its date and the host that gave it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    lookups: Vec<&'a Entry>,
    /// What it is ranked by in their light.
    #[serde(skip_serializing_if = "Option::is_none")]
    rank_score: Option<f64>,
}

/// One finding, as in the list.
pub fn one(finding: &Finding, marks: &Marks, lookups: &Lookups) -> Result<String, String> {
    text(&Marked::new(finding, marks, lookups))
}

impl<'a> Marked<'a> {
    fn new(finding: &'a Finding, marks: &'a Marks, lookups: &'a Lookups) -> Self {
        let entries = lookups.of(finding);
        Self {
            finding,
            mark: marks.of(finding),
            rank_score: (!entries.is_empty()).then(|| rank::sharpen(finding, lookups).score),
            lookups: entries,
        }
    }
}

fn text<T: Serialize>(value: &T) -> Result<String, String> {
    serde_json::to_string_pretty(value)
        .map_err(|error| format!("The findings could not be written as JSON ({error})."))
}

/// The findings in order.
pub fn write(findings: &[&Finding], marks: &Marks, lookups: &Lookups) -> Result<String, String> {
    let export = Export {
        export_version: VERSION,
        wakeful: env!("CARGO_PKG_VERSION"),
        findings: findings
            .iter()
            .map(|finding| Marked::new(finding, marks, lookups))
            .collect(),
    };
    text(&export)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::state::export::example;
    use crate::state::lookup::tests::{detected, lookups};

    #[test]
    fn a_finding_comes_back_as_it_was() {
        let finding = example();
        let text = write(&[&finding], &Marks::default(), &Lookups::default()).unwrap();
        assert!(!text.contains("lookups") && !text.contains("rank_score"));
        let value: serde_json::Value = serde_json::from_str(&text).unwrap();
        let back: Finding = serde_json::from_value(value["findings"][0].clone()).unwrap();
        assert_eq!(back, finding);
    }

    #[test]
    fn answers_stand_beside_it_with_their_dates() {
        let mut finding = example();
        finding.domain = Some("evil.com".into());
        let lookups = lookups(&[("evil.com", detected(10))]);
        let text = one(&finding, &Marks::default(), &lookups).unwrap();
        let value: serde_json::Value = serde_json::from_str(&text).unwrap();
        assert_eq!(value["lookups"][0]["at"], 200.0 * 86_400.0);
        assert_eq!(
            value["lookups"][0]["outcome"]["Ok"]["reputation"]["malicious"],
            10
        );
        assert!((value["rank_score"].as_f64().unwrap() - 0.8866).abs() < 1e-9);
    }
}
