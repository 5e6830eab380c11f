//! On real logs: the tunnel first in every capture of one, no alert in traffic without.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;

use common::{alerts, line, logs, scan};
use std::path::Path;
use wakeful_engine::report::Severity;

/// The captures' domains: the registered part of the suffixes in the corpora's labels.
const DOMAINS: &[&str] = &[
    "example.attack",
    "ggy666.tk",
    "hidemyself.org",
    "hsc.fr",
    "biillpi.com",
];

fn folders(data: &Path, names: &[&str]) -> Vec<std::path::PathBuf> {
    names
        .iter()
        .flat_map(|name| std::fs::read_dir(data.join(name)).unwrap())
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.is_dir() && !logs(path).is_empty())
        .collect()
}

#[test]
fn every_captured_tunnel_is_the_first_finding_and_critical() {
    let Some(data) = wakeful_testkit::real_data() else {
        return;
    };
    let folders = folders(
        &data,
        &[
            "malicious/korving",
            "malicious/ggyggy",
            "malicious/dmachard",
            "malicious/netrack_dns2tcp",
        ],
    );
    assert!(folders.len() >= 45, "only {} captures", folders.len());
    for folder in folders {
        let report = scan(&logs(&folder));
        let first = report
            .findings
            .first()
            .unwrap_or_else(|| panic!("{}: nothing found", folder.display()));
        let is_tunnel = first
            .domain
            .as_deref()
            .is_some_and(|domain| DOMAINS.contains(&domain));
        assert!(
            is_tunnel && first.severity == Severity::Critical,
            "{}: {}",
            folder.display(),
            line(first)
        );
    }
}

#[test]
fn a_tunnel_in_a_real_networks_log_is_the_first_finding() {
    let Some(data) = wakeful_testkit::real_data() else {
        return;
    };
    for tunnel in [
        "malicious/dmachard/derived_iodine",
        "malicious/dmachard/derived_dnscat2",
        "malicious/korving/dns2tcp_c2_bind9_key_no",
    ] {
        for network in [
            "benign/rita_proxy_rolling",
            "benign/zed-sample-data_wrccdc2018",
        ] {
            let mut paths = logs(&data.join(network));
            paths.extend(logs(&data.join(tunnel)));
            let report = scan(&paths);
            let first = report.findings.first().expect("a finding");
            assert!(
                first
                    .domain
                    .as_deref()
                    .is_some_and(|domain| DOMAINS.contains(&domain)),
                "{tunnel} in {network}: {}",
                line(first)
            );
        }
    }
}

#[test]
fn real_traffic_without_a_tunnel_raises_no_alert() {
    let Some(data) = wakeful_testkit::real_data() else {
        return;
    };
    let folders = folders(&data, &["benign", "mixed"]);
    assert!(folders.len() >= 13, "only {} networks", folders.len());
    for folder in folders {
        let report = scan(&logs(&folder));
        let alerts: Vec<String> = alerts(&report).into_iter().map(line).collect();
        assert!(alerts.is_empty(), "{}: {alerts:?}", folder.display());
    }
}
