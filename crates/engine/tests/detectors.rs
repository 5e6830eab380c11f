//! What single detectors say, before findings are weighed and folded.
//!
//! `expect.json` of a folder in `tests/cases` has `shows`: the detectors that the case is about, each
//! with the kind of the case.
//! - `positive`: what it is there to find.
//! - `negative`: a look-alike, which raises no alert.
//! - `edge`: just at a threshold on either side, or a shape that few logs have.
//!
//! Of a detector that makes findings, the case's `findings` of its kind are all that it finds, with
//! exactly the severity that it gives; of a tool's rule, `proofs` (`fingerprints.rs`) are all that match;
//! of a detector that makes no findings of its own, `said` has all that it says, a line each.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;

use common::{files, line, logs};
use serde_json::Value;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use wakeful_engine::Analysis;
use wakeful_engine::analysis::Ends;
use wakeful_engine::channels::flow::FlowClass;
use wakeful_engine::channels::trace::Trace;
use wakeful_engine::detectors::baseline::Baselines;
use wakeful_engine::detectors::roles::Roles;
use wakeful_engine::detectors::{
    Detection, Scene, answer_meter, beacon, behaviour, dga, dns_beacon, dns_tunnel, encrypted_dns,
    fast_flux, fingerprints, flow_tunnel, foreign_resolver, heavy_dns, icmp_tunnel, leak,
    log_notes, long_connection, many_domains, new_domains, not_dns, pages, rhythm, shown,
    unconnected, upload,
};
use wakeful_engine::report::{Behaviour, Finding, Severity};
use wakeful_logs::Reader;

/// Where alerts begin.
const ALERT: f64 = wakeful_engine::models::BANDS[2];

type Detector = fn(&Scene<'_>, &Roles<'_>) -> Vec<Detection>;

/// Detectors that make findings of their own.
const DETECTORS: [(&str, Detector); 14] = [
    (dns_tunnel::KIND, |scene, roles| {
        dns_tunnel::detect(scene, roles, dns_tunnel::model())
    }),
    (flow_tunnel::KIND, |scene, _| {
        flow_tunnel::detect(scene.analysis, flow_tunnel::model())
    }),
    (beacon::KIND, |scene, _| beacon::detect(scene)),
    (long_connection::KIND, |scene, _| beacon::detect(scene)),
    (upload::KIND, |scene, _| beacon::detect(scene)),
    (icmp_tunnel::KIND, |scene, _| icmp_tunnel::detect(scene)),
    (not_dns::KIND, |scene, _| not_dns::detect(scene)),
    (encrypted_dns::KIND, encrypted_dns::detect),
    (fast_flux::KIND, |scene, _| fast_flux::detect(scene)),
    (foreign_resolver::KIND, foreign_resolver::detect),
    (heavy_dns::KIND, heavy_dns::detect),
    (dga::KIND, dga::detect),
    (many_domains::KIND, many_domains::detect),
    (dns_beacon::KIND, dns_beacon::detect),
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
        // Those of a beacon are found together with long connections and uploads.
        .filter(|finding| finding.kind == detector)
        .collect();
    found.sort_by(|a, b| (&a.client, &a.domain, &a.peer).cmp(&(&b.client, &b.domain, &b.peer)));
    found
}

/// What a detector without findings of its own says of a log, a line each.
type Witness = fn(&Scene<'_>, &Roles<'_>) -> Vec<String>;

/// Detectors that make no findings of their own.
const WITNESSES: [(&str, Witness); 9] = [
    ("baseline", baselines),
    ("new-domains", new_domains),
    (leak::RULE, |scene, _| leaks(scene)),
    (answer_meter::KIND, answered),
    ("rhythm", |scene, _| rhythms(scene)),
    ("behaviour", |scene, _| behaviours(scene)),
    ("unconnected", |scene, _| unconnected(scene)),
    ("log-notes", |scene, roles| {
        let notes = log_notes::notes(scene, roles).into_iter();
        notes.map(|note| note.kind).collect()
    }),
    ("payload", |scene, _| payloads(scene)),
];

/// Hosts that are compared with their own, and what mail servers ask when messages come.
fn baselines(scene: &Scene<'_>, roles: &Roles<'_>) -> Vec<String> {
    let baselines = Baselines::new(scene, roles, dns_tunnel::model());
    let mut said: Vec<String> = scene
        .dns
        .iter()
        .filter_map(|ends| {
            let of = baselines.of(ends.client_id)?;
            let whose = match of.own {
                true => format!("its own {} domains", of.domains),
                false => format!("{} domains of hosts like it", of.domains),
            };
            Some(format!("{}: {}, {whose}", shown(ends.client), of.role))
        })
        .collect();
    said.sort();
    said.dedup();
    // A sender's own domain is part of the message; what is not, and in step, is a reputation service.
    let services = scene.dns.iter().filter(|ends| {
        let asks_of_senders = ends.channel.asked_for(&[16]) > 0 || ends.other.ends_with(b".arpa");
        !asks_of_senders && baselines.in_step(ends)
    });
    said.extend(services.map(|ends| format!("{}: in step", between(ends))));
    said
}

/// Domains that are new and rare, the first first.
fn new_domains(scene: &Scene<'_>, roles: &Roles<'_>) -> Vec<String> {
    let s = |count: u64, one: &str, many: &str| match count {
        1 => format!("1 {one}"),
        count => format!("{count} {many}"),
    };
    let list = new_domains::list(scene, roles, &[]);
    let of = list.domains.iter().map(|it| {
        let clients = s(it.clients, "client", "clients");
        let queries = s(it.queries, "query", "queries");
        format!("{}: {clients}, {queries}", it.domain)
    });
    of.collect()
}

/// Channels that are above the leak meter's policy, with the bytes of their largest day.
fn leaks(scene: &Scene<'_>) -> Vec<String> {
    let above = scene.dns.iter().filter_map(|ends| {
        leak::proof(scene, ends)?;
        let leak = scene.leak(ends.id);
        let day = leak.days.iter().map(|day| day.names).fold(0.0, f64::max);
        Some(format!("{}: {:.1} kB", between(ends), day / 1e3))
    });
    above.collect()
}

/// Channels that were given more than the answer meter lets pass.
fn answered(scene: &Scene<'_>, roles: &Roles<'_>) -> Vec<String> {
    let baselines = Baselines::new(scene, roles, dns_tunnel::model());
    let meetings = unconnected::Meetings::new(scene);
    let above = scene.dns.iter().filter_map(|ends| {
        answer_meter::proof(scene, roles, &baselines, &meetings, ends)?;
        let bytes = answer_meter::measure(ends.channel);
        Some(format!("{}: {:.0} kB", between(ends), bytes / 1e3))
    });
    above.collect()
}

/// Channels that keep a period of 0.7 and more, with the interval.
fn rhythms(scene: &Scene<'_>) -> Vec<String> {
    let said = |between: String, trace: &Trace| {
        let rhythm = rhythm::measure(trace);
        let period = rhythm::score(&rhythm, "period");
        let interval = rhythm.interval.filter(|_| period >= 0.7)?;
        Some(format!("{between}: every {interval:.0} s"))
    };
    let dns = scene.dns.iter();
    let dns = dns.filter_map(|ends| said(between(ends), &ends.channel.trace));
    let flows = scene.flows(FlowClass::Other).iter();
    dns.chain(flows.filter_map(|ends| said(between(ends), &ends.channel.trace)))
        .collect()
}

/// Channels whose sequence is their own, with the step that says most.
fn behaviours(scene: &Scene<'_>) -> Vec<String> {
    let said = |between: String, found: Behaviour| {
        let step = found.surprising.first().filter(|_| found.bits > 0.0)?;
        Some(format!("{between}: {} | {}", step.from, step.to))
    };
    let population = behaviour::dns_population(scene);
    let dns = scene.dns.iter().filter_map(|ends| {
        said(
            between(ends),
            behaviour::measure_dns(ends.channel, &population),
        )
    });
    let class = FlowClass::Other;
    let population = behaviour::flow_population(scene.analysis, class);
    let flows = scene.flows(class).iter().filter_map(|ends| {
        let found = behaviour::measure_flow(scene.analysis, ends.channel, &population);
        said(between(ends), found)
    });
    dns.chain(flows).collect()
}

/// Both directions: answers without a connection, connections without an answer.
fn unconnected(scene: &Scene<'_>) -> Vec<String> {
    let connected = unconnected::never_connected(scene);
    let channels = scene.dns.iter().zip(connected).filter_map(|(ends, of)| {
        let note = of?.note()?;
        Some(format!("{}: {note}", between(ends)))
    });
    let clients = unconnected::never_asked(scene)
        .into_iter()
        .filter_map(|of| {
            let client = shown(scene.analysis.host(of.client));
            Some(format!("{client}: {}", of.note()?))
        });
    channels.chain(clients).collect()
}

/// Channels whose names carry bytes: the alphabet and what the bytes are.
fn payloads(scene: &Scene<'_>) -> Vec<String> {
    let carried = scene.dns.iter().filter_map(|ends| {
        let payload = wakeful_engine::payload::reconstruct(scene.names(ends.id))?;
        let what = payload.format.as_deref().unwrap_or("no known format");
        (payload.codec != "none").then(|| format!("{}: {}, {what}", between(ends), payload.codec))
    });
    carried.collect()
}

fn between<C>(ends: &Ends<'_, C>) -> String {
    format!("{} {}", shown(ends.client), shown(ends.other))
}

/// What a case states.
struct Case {
    name: String,
    logs: Vec<PathBuf>,
    expect: Value,
}

impl Case {
    fn all() -> Vec<Self> {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/cases");
        let case = |path: PathBuf| Self {
            name: path.file_name().unwrap().to_string_lossy().into_owned(),
            logs: logs(&path),
            expect: serde_json::from_slice(&std::fs::read(path.join("expect.json")).unwrap())
                .unwrap(),
        };
        wakeful_testkit::cases(&folder)
            .into_iter()
            .map(case)
            .collect()
    }

    /// Detectors and kinds.
    fn shows(&self) -> Vec<(&str, &str)> {
        let shows = self.expect["shows"].as_object();
        let pairs = shows.into_iter().flatten();
        pairs
            .map(|(detector, kind)| (detector.as_str(), kind.as_str().unwrap()))
            .collect()
    }

    fn list(&self, key: &Value) -> Vec<Value> {
        key.as_array()
            .unwrap_or_else(|| panic!("{}: a list is missing in expect.json", self.name))
            .clone()
    }

    /// What the case states of a detector, after it was held against what the detector says.
    fn held(&self, detector: &str) -> Vec<Value> {
        if fingerprints::tools().any(|tool| tool == detector) {
            return self.list(&self.expect["proofs"]);
        }
        let analysis = read(&self.logs);
        if let Some((_, say)) = WITNESSES.iter().find(|(name, _)| *name == detector) {
            let stated = self.list(&self.expect["said"][detector]);
            let scene = Scene::new(&analysis);
            let mut said = say(&scene, &Roles::new(&scene));
            said.sort();
            assert_eq!(
                serde_json::json!(said),
                serde_json::json!(stated),
                "{}",
                self.name
            );
            return stated;
        }
        let mut stated = self.list(&self.expect["findings"]);
        stated.retain(|finding| finding["kind"] == detector);
        self.hold_findings(&found(detector, &analysis), &stated);
        stated
    }

    fn hold_findings(&self, found: &[Finding], stated: &[Value]) {
        let name = &self.name;
        let lines: Vec<String> = found.iter().map(line).collect();
        assert_eq!(found.len(), stated.len(), "{name}: {lines:?}");
        for finding in stated {
            let one = found.iter().find(|found| {
                found.client == finding["client"]
                    && found.domain.as_deref() == finding["domain"].as_str()
                    && found.peer.as_deref() == finding["peer"].as_str()
            });
            let one = one.unwrap_or_else(|| panic!("{name}: no {finding} in {lines:?}"));
            assert_eq!(finding["kind"], one.kind.as_str());
            assert_eq!(
                one.severity.name(),
                finding["severity"],
                "{name}: {lines:?}"
            );
            assert!(one.sentence.ends_with('.') && !one.reasons.is_empty());
            let is_proved = one.proofs.iter().any(|proof| proof.at_least >= ALERT);
            assert!(
                !one.severity.is_alert() || is_proved || !one.counterfactuals.is_empty(),
                "{name}: neither what proves it nor what would make it none: {lines:?}"
            );
            assert!(
                one.counterfactuals
                    .iter()
                    .all(|other| other.score < ALERT && other.text.ends_with('.'))
            );
            assert!(
                one.reasons
                    .windows(2)
                    .all(|pair| pair[0].push >= pair[1].push),
                "{name}: reasons are not sorted"
            );
        }
    }
}

#[test]
fn every_case_states_all_that_its_detectors_say() {
    for case in Case::all() {
        let name = &case.name;
        assert!(
            !case.shows().is_empty(),
            "{name}: no detector in expect.json"
        );
        for (detector, kind) in case.shows() {
            let stated = case.held(detector);
            let is_alert = |stated: &Value| {
                let severity = stated["severity"].clone();
                serde_json::from_value::<Severity>(severity).map_or(true, |known| known.is_alert())
            };
            match kind {
                "positive" => assert!(!stated.is_empty(), "{name}: {detector} says nothing"),
                "negative" => assert!(!stated.iter().any(is_alert), "{name}: {stated:?}"),
                "edge" => {}
                kind => panic!("{name}: {kind} is no kind of case"),
            }
        }
    }
}

#[test]
fn every_detector_has_a_positive_a_negative_and_an_edge_case() {
    let cases = Case::all();
    let shown: BTreeSet<(&str, &str)> = cases.iter().flat_map(Case::shows).collect();
    let detectors: BTreeSet<&str> = pages()
        .iter()
        .map(|page| page.name)
        // The page of the tools' rules, which have cases each.
        .filter(|name| *name != fingerprints::KIND)
        .chain(fingerprints::tools())
        .chain(DETECTORS.map(|(name, _)| name))
        .chain(WITNESSES.map(|(name, _)| name))
        .collect();
    for detector in detectors {
        for kind in ["positive", "negative", "edge"] {
            assert!(
                shown.contains(&(detector, kind)),
                "{detector} has no {kind} case"
            );
        }
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
