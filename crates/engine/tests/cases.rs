//! Every folder in `tests/cases` states what a scan of its logs finds, and what it does not.
//!
//! `expect.json`: `about`, and `findings`: each with kind, client, domain or peer, and the severity
//! that it reaches at least. They stand first, in any order, or are folded into one that does; no other
//! *client* raises an alert.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;

use common::{alerts, line, logs, scan};
use std::path::Path;
use wakeful_engine::report::{Finding, Severity};

/// Whether a stated finding is one of those that were folded into another, at the stated severity.
fn is_folded_into(stated: &serde_json::Value, found: &Finding, severity: Severity) -> bool {
    let stated_client = stated["client"].as_str().unwrap_or_default();
    // Of several clients' findings that became one, each is told with its client in front.
    let of_client = |text: &str| text.starts_with(&format!("{stated_client}: "));
    found.related.iter().any(|related| {
        (found.client == stated["client"] || of_client(&related.text))
            && related.kind == stated["kind"]
            && related.domain.as_deref() == stated["domain"].as_str()
            && related.peer.as_deref() == stated["peer"].as_str()
            && wakeful_engine::detectors::severity(related.score) >= Some(severity)
    })
}

#[test]
fn every_case_finds_what_it_states_and_raises_no_other_alert() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/cases");
    for case in wakeful_testkit::cases(&folder) {
        let name = case.file_name().unwrap().to_string_lossy().into_owned();
        let expect: serde_json::Value =
            serde_json::from_slice(&std::fs::read(case.join("expect.json")).unwrap()).unwrap();
        let report = scan(&logs(&case));
        let expected = expect["findings"].as_array().unwrap();
        for finding in expected {
            let severity: Severity = serde_json::from_value(finding["severity"].clone()).unwrap();
            let first = &report.findings[..expected.len().min(report.findings.len())];
            if first
                .iter()
                .any(|found| is_folded_into(finding, found, severity))
            {
                continue;
            }
            let found = first.iter().find(|found| {
                found.kind == finding["kind"]
                    && found.client == finding["client"]
                    && found.domain.as_deref() == finding["domain"].as_str()
                    && found.peer.as_deref() == finding["peer"].as_str()
            });
            let found = found.unwrap_or_else(|| {
                panic!(
                    "{name}: {finding} is not among the first: {:?}",
                    report.findings.iter().map(line).collect::<Vec<_>>()
                )
            });
            assert!(found.severity >= severity, "{name}: {}", line(found));
            assert!(!found.reasons.is_empty(), "{name}: no reasons");
            assert!(
                found
                    .reasons
                    .windows(2)
                    .all(|pair| pair[0].push >= pair[1].push),
                "{name}: reasons are not sorted"
            );
        }
        for alert in alerts(&report) {
            let expected = expected
                .iter()
                .any(|finding| finding["client"] == alert.client);
            assert!(expected, "{name}: {}", line(alert));
        }
    }
}
