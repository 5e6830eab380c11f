//! Fingerprints: each tool by its own rule, early; nothing in traffic without tunnels.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;

use std::path::Path;
use wakeful_engine::Analysis;
use wakeful_engine::detectors::{Scene, fingerprints};
use wakeful_engine::report::Proof;
use wakeful_lab::scenario::{Injection, Scenario};
use wakeful_lab::zeek::{Format, conn_log, dns_log};
use wakeful_logs::Reader;

fn analysis<'a>(files: impl IntoIterator<Item = &'a [u8]>) -> Analysis {
    let mut all = Analysis::new();
    for file in files {
        let mut reader = Reader::new();
        reader.feed(file, &mut all);
        reader.finish(&mut all);
    }
    all
}

fn of_folder(folder: &Path) -> Analysis {
    let files: Vec<Vec<u8>> = common::logs(folder)
        .iter()
        .map(|path| std::fs::read(path).unwrap())
        .collect();
    analysis(files.iter().map(Vec::as_slice))
}

/// Domain, rule and how many of its first names a channel needs; each channel's strongest proof.
fn found(analysis: &Analysis) -> Vec<(String, Proof, usize)> {
    let scene = Scene::new(analysis);
    let mut found = Vec::new();
    for ends in &scene.dns {
        let names = scene.names(ends.id);
        let Some(proof) = fingerprints::proofs(ends.channel, names).into_iter().next() else {
            continue;
        };
        let early = (1..=names.len())
            .find(|&count| {
                fingerprints::proofs(ends.channel, &names[..count])
                    .iter()
                    .any(|early| early.rule == proof.rule && early.at_least >= proof.at_least)
            })
            .unwrap();
        found.push((
            String::from_utf8_lossy(ends.other).into_owned(),
            proof,
            early,
        ));
    }
    found.sort_by(|a, b| (&a.0, &a.1.rule, a.2).cmp(&(&b.0, &b.1.rule, b.2)));
    found
}

fn lab(seed: u64, injections: &[&str]) -> Analysis {
    let scenario = Scenario {
        seed,
        days: 0.5,
        clients: 8,
        start: 1_710_201_600.0,
        injections: injections
            .iter()
            .map(|text| Injection::parse(text).unwrap())
            .collect(),
    };
    let logs = scenario.run();
    let (dns, conn) = (
        dns_log(&logs.dns, Format::Tsv),
        conn_log(&logs.conn, Format::Tsv),
    );
    analysis([dns.as_slice(), conn.as_slice()])
}

#[test]
fn tools_of_the_lab_are_known_by_their_names() {
    for (tool, rule, least, within) in [
        ("iodine", "iodine", 0.9, 50),
        ("dnscat2", "dnscat2", 0.9, 50),
        ("dns2tcp", "dns2tcp", 0.9, 50),
        ("ozyman", "ozymandns", 0.9, 50),
        ("exfiltrator", "dnsexfiltrator", 0.9, 50),
        ("beacon:duty=0.3", "cobalt-strike", 0.9, 50),
    ] {
        for seed in 1..=3 {
            let found = found(&lab(seed, &[tool]));
            assert_eq!(found.len(), 1, "{tool} {seed}: {found:?}");
            let (_, proof, early) = &found[0];
            assert_eq!(proof.rule, rule, "{tool} {seed}");
            assert!(proof.at_least >= least, "{tool} {seed}: {proof:?}");
            assert!(*early <= within, "{tool} {seed}: after {early} names");
            assert!(proof.evidence.len() <= 8 && proof.matched <= proof.of);
        }
    }
}

#[test]
fn offices_without_tunnels_match_nothing() {
    for seed in 1..=5 {
        assert_eq!(found(&lab(seed, &[])), [], "{seed}");
    }
}

#[test]
fn captured_tools_are_known_by_their_names() {
    let Some(data) = wakeful_testkit::real_data() else {
        return;
    };
    for group in ["korving", "ggyggy", "dmachard", "netrack_dns2tcp"] {
        for entry in std::fs::read_dir(data.join("malicious").join(group)).unwrap() {
            let folder = entry.unwrap().path();
            if !folder.is_dir() || common::logs(&folder).is_empty() {
                continue;
            }
            let name = folder.display().to_string();
            let found = found(&of_folder(&folder));
            for (domain, proof, early) in &found {
                println!(
                    "{name}\t{domain}\t{}\t{}\t{}/{}\t{early}",
                    proof.rule, proof.at_least, proof.matched, proof.of
                );
            }
            let tools: Vec<&str> = ["iodine", "dnscat", "dns2tcp"]
                .into_iter()
                .filter(|tool| {
                    name.contains(tool) || name.contains("netrack") && *tool == "dns2tcp"
                })
                .collect();
            let right = |proof: &Proof| tools.iter().any(|tool| proof.rule.starts_with(tool));
            // A capture of two tools at once has them in one channel.
            let mixed = name.contains("dmachard");
            assert!(
                found
                    .iter()
                    .any(|found| right(&found.1) && found.1.at_least >= 0.9),
                "{name}: {found:?}"
            );
            assert!(
                mixed || found.iter().all(|found| right(&found.1)),
                "{name}: {found:?}"
            );
        }
    }
}

#[test]
fn real_traffic_without_tunnels_matches_nothing() {
    let Some(data) = wakeful_testkit::real_data() else {
        return;
    };
    for group in ["benign", "mixed"] {
        for entry in std::fs::read_dir(data.join(group)).unwrap() {
            let folder = entry.unwrap().path();
            if !folder.is_dir() || common::logs(&folder).is_empty() {
                continue;
            }
            let found = found(&of_folder(&folder));
            assert_eq!(found, [], "{}", folder.display());
        }
    }
}

/// `expect.json` of a case of fingerprints has `proofs`: for each channel that matches, domain, rule and bound.
#[test]
fn cases_match_the_rules_that_they_state() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/cases");
    let mut cases = 0;
    for case in wakeful_testkit::cases(&folder) {
        let text = std::fs::read(case.join("expect.json")).unwrap();
        let expect: serde_json::Value = serde_json::from_slice(&text).unwrap();
        let Some(stated) = expect["proofs"].as_array() else {
            continue;
        };
        cases += 1;
        let found: Vec<serde_json::Value> = found(&of_folder(&case))
            .into_iter()
            .map(|(domain, proof, _)| {
                serde_json::json!({
                    "domain": domain, "rule": proof.rule, "at_least": proof.at_least
                })
            })
            .collect();
        assert_eq!(&found, stated, "{}", case.display());
    }
    assert!(cases >= 5, "only {cases} cases state what they match");
}
