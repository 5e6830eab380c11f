//! Findings as JSON: a list as the report has them, each with the user's mark.
//!
//! In: findings, marks. Out: one object with a version.
//! Must not know: what reads it.

use serde::Serialize;
use wakeful_engine::report::Finding;

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
}

/// The findings in order.
pub fn write(findings: &[&Finding], marks: &Marks) -> Result<String, String> {
    let export = Export {
        export_version: VERSION,
        wakeful: env!("CARGO_PKG_VERSION"),
        findings: findings
            .iter()
            .map(|finding| Marked {
                finding,
                mark: marks.of(finding),
            })
            .collect(),
    };
    serde_json::to_string_pretty(&export)
        .map_err(|error| format!("The findings could not be written as JSON ({error})."))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::state::export::example;

    #[test]
    fn a_finding_comes_back_as_it_was() {
        let finding = example();
        let text = write(&[&finding], &Marks::default()).unwrap();
        let value: serde_json::Value = serde_json::from_str(&text).unwrap();
        let back: Finding = serde_json::from_value(value["findings"][0].clone()).unwrap();
        assert_eq!(back, finding);
    }
}
