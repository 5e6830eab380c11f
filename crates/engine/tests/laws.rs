//! The report depends on the records alone: not on chunks, order, or how the work was split.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;

use common::{logs, scan, session};
use std::path::{Path, PathBuf};
use wakeful_engine::Session;
use wakeful_engine::report::Report;

fn case_logs() -> Vec<PathBuf> {
    logs(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/cases"))
}

fn sample(name: &str) -> Vec<(String, Vec<u8>)> {
    wakeful_lab::sample_logs(name).unwrap()
}

fn scan_bytes(inputs: &[(String, Vec<u8>)], chunk: usize) -> Report {
    let mut session = Session::new();
    for (name, bytes) in inputs {
        session.open(name);
        bytes.chunks(chunk).for_each(|chunk| session.feed(chunk));
        session.close();
    }
    session.report()
}

#[test]
fn any_chunking_gives_the_same_report() {
    let inputs: Vec<_> = case_logs()
        .iter()
        .map(|path| (path.display().to_string(), std::fs::read(path).unwrap()))
        .collect();
    let whole = scan_bytes(&inputs, usize::MAX);
    assert!(!whole.findings.is_empty());
    for chunk in [1, 7, 4096] {
        assert_eq!(scan_bytes(&inputs, chunk), whole, "chunks of {chunk}");
    }
}

#[test]
fn any_order_of_the_inputs_gives_the_same_report() {
    let paths = case_logs();
    let forward = scan(&paths);
    assert_eq!(scan(paths.iter().rev()), forward);
    let (left, right) = paths.split_at(paths.len() / 2);
    assert_eq!(scan(right.iter().chain(left)), forward);
}

#[test]
fn merged_scans_are_one_scan() {
    let paths = case_logs();
    let whole = scan(&paths);
    for cut in 1..paths.len() {
        let mut first = session(&paths[..cut]);
        first.merge(session(&paths[cut..]));
        assert_eq!(first.report(), whole, "cut at {cut}");
    }
}

/// Cuts a log in two at a line, each half under the log's own header.
fn halves(bytes: &[u8]) -> [Vec<u8>; 2] {
    let mut header = Vec::new();
    let mut rows = Vec::new();
    for line in bytes.split_inclusive(|&byte| byte == b'\n') {
        if line.starts_with(b"#") {
            header.extend_from_slice(line);
        } else {
            rows.push(line);
        }
    }
    let half = rows.len() / 2;
    [&rows[..half], &rows[half..]].map(|rows| [header.clone(), rows.concat()].concat())
}

#[test]
fn a_log_read_in_slices_gives_the_findings_of_one_pass() {
    for name in ["quiet-day", "three-tunnels"] {
        let inputs = sample(name);
        let whole = scan_bytes(&inputs, usize::MAX);
        let mut merged = Session::new();
        for (name, bytes) in &inputs {
            for half in halves(bytes) {
                let mut session = Session::new();
                session.open(name);
                session.feed(&half);
                session.close();
                merged.merge(session);
            }
        }
        let merged = merged.report();
        assert_eq!(merged.findings, whole.findings, "{name}");
        assert_eq!(
            (merged.span, merged.counts),
            (whole.span, whole.counts),
            "{name}"
        );
    }
}

#[test]
fn a_report_written_as_json_and_read_again_is_the_same() {
    let report = scan_bytes(&sample("three-tunnels"), usize::MAX);
    let json = serde_json::to_string(&report).unwrap();
    let again: Report = serde_json::from_str(&json).unwrap();
    assert_eq!(serde_json::to_string(&again).unwrap(), json);
    assert_eq!(again.findings.len(), report.findings.len());
}

#[test]
fn the_samples_show_what_they_promise() {
    let alerts = |name| {
        scan_bytes(&sample(name), usize::MAX)
            .findings
            .into_iter()
            .filter(|finding| finding.severity.is_alert())
            .collect::<Vec<_>>()
    };
    assert_eq!(
        alerts("quiet-day")
            .iter()
            .map(common::line)
            .collect::<Vec<_>>(),
        Vec::<String>::new()
    );
    assert_eq!(
        alerts("low-and-slow")
            .first()
            .map(|finding| finding.kind.clone())
            .as_deref(),
        Some("dns-tunnel")
    );
    let three = alerts("three-tunnels");
    let truth = wakeful_lab::samples::sample_scenario("three-tunnels")
        .unwrap()
        .run()
        .truth;
    for tunnel in truth {
        let wakeful_lab::scenario::Target::Domain(domain) = tunnel.target else {
            panic!("a sample's tunnel has a domain");
        };
        let rank = three
            .iter()
            .position(|finding| finding.domain.as_ref() == Some(&domain));
        assert!(
            rank.is_some_and(|rank| rank < 3),
            "{domain}: {:?}",
            three.iter().map(common::line).collect::<Vec<_>>()
        );
    }
}

#[test]
fn a_findings_records_are_found_again_in_the_input() {
    let inputs = sample("three-tunnels");
    let mut session = Session::new();
    for (name, bytes) in &inputs {
        session.open(name);
        session.feed(bytes);
        session.close();
    }
    let report = session.report();
    assert!(report.findings.len() >= 3);
    for finding in &report.findings {
        let places = session.places(&finding.id);
        assert!(!places.is_empty(), "{}", finding.id);
        for place in places {
            let start = place.offset as usize;
            let line = &inputs[place.input].1[start..start + place.len as usize];
            let fields = session.fields(&place, line);
            let of = |name: &str| {
                fields
                    .iter()
                    .find(|(field, _)| field == name)
                    .map(|(_, text)| text.clone())
            };
            assert_eq!(of("id.orig_h").as_ref(), Some(&finding.client));
            if let Some(domain) = &finding.domain {
                assert!(of("query").unwrap().ends_with(domain.as_str()));
            }
        }
    }
}

#[test]
fn no_number_in_a_report_is_anything_but_finite() {
    for name in ["three-tunnels", "low-and-slow"] {
        for finding in scan_bytes(&sample(name), usize::MAX).findings {
            assert!((0.0..=1.0).contains(&finding.score));
            for reason in &finding.reasons {
                assert!(
                    reason.value.is_finite() && reason.usual.is_finite() && reason.push.is_finite(),
                    "{reason:?}"
                );
            }
        }
    }
}
