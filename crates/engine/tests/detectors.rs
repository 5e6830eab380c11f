//! What single detectors find, before findings are weighed and folded.
//!
//! A folder in `tests/cases` whose `expect.json` names a `detector` states all that this detector
//! finds in its logs: kind, client, domain or peer, and the severity.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;

use common::{files, line, logs};
use std::path::{Path, PathBuf};
use wakeful_engine::Analysis;
use wakeful_engine::detectors::roles::Roles;
use wakeful_engine::detectors::{
    Detection, Scene, beacon, dga, dns_tunnel, encrypted_dns, fast_flux, flow_tunnel,
    foreign_resolver, heavy_dns, icmp_tunnel, log_notes, not_dns,
};
use wakeful_engine::report::Finding;
use wakeful_logs::Reader;

type Detector = fn(&Scene<'_>, &Roles<'_>) -> Vec<Detection>;

/// Detectors that make findings of their own.
const DETECTORS: [(&str, Detector); 10] = [
    (dns_tunnel::KIND, |scene, _| {
        dns_tunnel::detect(scene, dns_tunnel::model())
    }),
    (flow_tunnel::KIND, |scene, _| {
        flow_tunnel::detect(scene.analysis, flow_tunnel::model())
    }),
    (beacon::KIND, |scene, _| beacon::detect(scene)),
    (icmp_tunnel::KIND, |scene, _| icmp_tunnel::detect(scene)),
    (not_dns::KIND, |scene, _| not_dns::detect(scene)),
    (encrypted_dns::KIND, |scene, _| encrypted_dns::detect(scene)),
    (fast_flux::KIND, |scene, _| fast_flux::detect(scene)),
    (foreign_resolver::KIND, foreign_resolver::detect),
    (heavy_dns::KIND, heavy_dns::detect),
    (dga::KIND, dga::detect),
];

fn read(paths: &[PathBuf]) -> Analysis {
    let mut all = Analysis::new();
    for path in paths {
        let mut reader = Reader::new();
        reader.feed(&std::fs::read(path).unwrap(), &mut all);
        reader.finish(&mut all);
    }
    all
}

/// What a detector finds, sorted.
fn found(detector: &str, analysis: &Analysis) -> Vec<Finding> {
    let scene = Scene::new(analysis);
    let roles = Roles::new(&scene);
    let (_, detect) = DETECTORS
        .iter()
        .find(|(name, _)| *name == detector)
        .unwrap_or_else(|| panic!("there is no detector {detector}"));
    let mut found: Vec<Finding> = detect(&scene, &roles)
        .into_iter()
        .map(|detection| detection.finding)
        .collect();
    found.sort_by(|a, b| (&a.client, &a.domain, &a.peer).cmp(&(&b.client, &b.domain, &b.peer)));
    found
}

#[test]
fn every_case_of_a_detector_states_all_that_it_finds() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/cases");
    let mut seen = Vec::new();
    for case in wakeful_testkit::cases(&folder) {
        let name = case.file_name().unwrap().to_string_lossy().into_owned();
        let expect: serde_json::Value =
            serde_json::from_slice(&std::fs::read(case.join("expect.json")).unwrap()).unwrap();
        let Some(detector) = expect["detector"].as_str() else {
            continue;
        };
        seen.push(detector.to_owned());
        let found = found(detector, &read(&logs(&case)));
        let lines: Vec<String> = found.iter().map(line).collect();
        let expected = expect["findings"].as_array().unwrap();
        assert_eq!(found.len(), expected.len(), "{name}: {lines:?}");
        for finding in expected {
            let one = found.iter().find(|found| {
                found.client == finding["client"]
                    && found.domain.as_deref() == finding["domain"].as_str()
                    && found.peer.as_deref() == finding["peer"].as_str()
            });
            let one = one.unwrap_or_else(|| panic!("{name}: no {finding} in {lines:?}"));
            assert_eq!(one.kind, detector);
            assert_eq!(
                one.severity.name(),
                finding["severity"],
                "{name}: {lines:?}"
            );
            assert!(one.sentence.ends_with('.') && !one.reasons.is_empty());
            assert!(
                one.reasons
                    .windows(2)
                    .all(|pair| pair[0].push >= pair[1].push),
                "{name}: reasons are not sorted"
            );
        }
    }
    for (detector, _) in DETECTORS {
        let cases = seen.iter().filter(|seen| *seen == detector).count();
        assert!(
            cases >= 2,
            "{detector} has {cases} cases, and needs a look-alike"
        );
    }
}

/// The folders with logs below a folder, each with what lies in it alone.
fn folders(path: &Path) -> Vec<(PathBuf, Vec<PathBuf>)> {
    let mut all: Vec<(PathBuf, Vec<PathBuf>)> = Vec::new();
    for file in files(path) {
        if !logs(&file).is_empty() {
            let folder = file.parent().unwrap().to_path_buf();
            match all.last_mut() {
                Some((last, files)) if *last == folder => files.push(file),
                _ => all.push((folder, vec![file])),
            }
        }
    }
    all
}

/// What is an alert in a real network without a tunnel, and why it stands.
const DEFENDED: &[(&str, &str)] = &[];

#[test]
fn real_networks_without_a_tunnel_raise_no_alert_that_is_not_defended() {
    let Some(data) = wakeful_testkit::real_data() else {
        return;
    };
    for group in ["benign", "mixed", "malicious"] {
        for (folder, files) in folders(&data.join(group)) {
            let analysis = read(&files);
            let name = folder.strip_prefix(&data).unwrap().display().to_string();
            for (detector, _) in DETECTORS {
                for finding in found(detector, &analysis) {
                    println!("{name}: {} | {}", line(&finding), finding.sentence);
                    let is_defended = DEFENDED
                        .iter()
                        .any(|&(folder, kind)| folder == name && kind == finding.kind);
                    assert!(
                        group == "malicious" || !finding.severity.is_alert() || is_defended,
                        "{name}: {}",
                        line(&finding)
                    );
                }
            }
            let scene = Scene::new(&analysis);
            for note in log_notes::notes(&scene, &Roles::new(&scene)) {
                println!("{name}: note {} | {}", note.kind, note.text);
                assert!(note.text.ends_with('.'));
            }
        }
    }
}
