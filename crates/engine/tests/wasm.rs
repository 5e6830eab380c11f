//! In wasm the engine finds what it finds natively.
//!
//! `golden/samples.txt` is written natively (`UPDATE=1 cargo test -p wakeful-engine --test wasm`)
//! and compared there to the letter; in wasm scores may differ in the last digits, where the
//! platform's logarithm does.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::fmt::Write;
use wakeful_engine::Session;

/// A finding a line: sample, id, severity, client, domain or peer, score.
fn findings() -> String {
    let mut out = String::new();
    for sample in wakeful_lab::samples() {
        let mut session = Session::new();
        for (name, bytes) in wakeful_lab::sample_logs(sample.name).unwrap() {
            session.open(&name);
            bytes.chunks(1 << 16).for_each(|chunk| session.feed(chunk));
        }
        for finding in session.report().findings {
            let other = finding.domain.or(finding.peer).unwrap();
            writeln!(
                out,
                "{} {} {} {} {other} {:.6}",
                sample.name,
                finding.id,
                finding.severity.name(),
                finding.client,
                finding.score
            )
            .unwrap();
        }
    }
    out
}

#[cfg(not(target_arch = "wasm32"))]
#[test]
fn the_samples_findings_are_as_written_down() {
    let golden = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/samples.txt");
    wakeful_testkit::golden(&golden, &findings());
}

#[cfg(target_arch = "wasm32")]
#[wasm_bindgen_test::wasm_bindgen_test]
fn the_samples_findings_are_those_of_the_native_engine() {
    let parts = |line: &str| {
        let (rest, score) = line.rsplit_once(' ').unwrap();
        (rest.to_owned(), score.parse::<f64>().unwrap())
    };
    let actual = findings();
    let expected = include_str!("golden/samples.txt");
    assert_eq!(actual.lines().count(), expected.lines().count());
    for (actual, expected) in actual.lines().map(parts).zip(expected.lines().map(parts)) {
        assert_eq!(actual.0, expected.0);
        assert!(
            (actual.1 - expected.1).abs() < 2e-6,
            "{} {} {}",
            actual.0,
            actual.1,
            expected.1
        );
    }
}
