//! The labelled logs: which folder is which tool or network, and how they become examples.
//!
//! In: the corpora's folder, the lab. Out: [`Example`]s. Must not know: estimators.

use crate::Example;
use crate::tunnels::{DnsRow, FlowRow, Tunnel};
use std::path::{Path, PathBuf};
use wakeful_engine::channels::flow::FlowClass;
use wakeful_engine::detectors::{dns_tunnel, flow_tunnel};
use wakeful_engine::{Analysis, features};
use wakeful_lab::scenario::{Injection, Scenario, Target};
use wakeful_lab::zeek::{Format, conn_log, dns_log};
use wakeful_logs::{At, ConnRecord, DnsRecord, Reader, Sink};

/// Suffixes of the captured tunnels, as the corpora's labels name them.
const SUFFIXES: &[&str] = &[
    ".example.attack",
    ".ggy666.tk",
    ".hidemyself.org",
    ".dns2tcp.hsc.fr",
    ".biillpi.com",
];

/// Folders of the corpora with tunnels: folder, network.
const TUNNEL_FOLDERS: &[(&str, &str)] = &[
    ("malicious/korving", "korving"),
    ("malicious/ggyggy", "ggyggy"),
    ("malicious/netrack_dns2tcp", "netrack"),
    ("malicious/dmachard", "dmachard"),
];

/// Folders without tunnels: each is one network.
const BENIGN_FOLDERS: &[&str] = &[
    "benign/brobeat_sample2012",
    "benign/ggyggy_top1m_crawl",
    "benign/ndpi_apps",
    "benign/rita_missing_host",
    "benign/rita_proxy",
    "benign/rita_proxy_rolling",
    "benign/zat_bro2013",
    "benign/zat_json2019",
    "benign/zed-sample-data_wrccdc2018",
    "mixed/bromalware_http_malware",
    "mixed/c2detect_ctu_irc_botnet",
    "mixed/slips_test10",
    "mixed/slips_test18_ctu_sme11",
    "mixed/slips_test9",
];

/// Tools of the lab that no capture has, with parameters; each makes the tunnel another way.
const LAB_TUNNELS: &[(&str, &[&str])] = &[
    (
        "exfiltrator",
        &["exfiltrator:rate=1", "exfiltrator:rate=0.2,chunk=30"],
    ),
    ("beacon", &["beacon:rate=0.05", "beacon:rate=0.3", "beacon"]),
    ("sliver", &["sliver:rate=0.1", "sliver:rate=1"]),
    ("ozyman", &["ozyman:rate=1", "ozyman:rate=0.2"]),
];

/// Tools of the lab that are only judged, never fitted or calibrated on: their names look like
/// anyone's, and fitting on them costs more of the other tools than it finds of them.
pub const JUDGED_ONLY: &[(&str, &[&str])] = &[
    (
        "slow",
        &["slow", "slow:chunk=12", "slow:chunk=20,encoding=base32"],
    ),
    ("words", &["words", "words:rate=0.3"]),
];

/// Everything that the models are fitted and judged on.
#[derive(Debug, Clone, Default)]
pub struct Corpus {
    /// DNS channels, for `dns-channel/1`.
    pub dns: Vec<Example>,
    /// Flow channels, for `flow-channel/1`.
    pub flow: Vec<Example>,
    /// FNV-1a over the bytes of all files read, in order.
    pub hash: u64,
    /// All channels of benign networks, also those with too little to be judged.
    pub benign_channels: usize,
}

/// Reads the corpora and runs the lab.
///
/// # Errors
/// A sentence naming the file or folder that could not be read.
pub fn read(data: &Path) -> Result<Corpus, String> {
    let mut corpus = Corpus {
        hash: 0xcbf2_9ce4_8422_2325,
        ..Corpus::default()
    };
    for folder in BENIGN_FOLDERS {
        let network = folder.rsplit('/').next().unwrap_or(folder);
        let mut analysis = Analysis::new();
        for path in logs(&data.join(folder))? {
            read_into(&path, &mut corpus.hash, &mut ToAnalysis(&mut analysis))?;
        }
        corpus.add_benign(network, &analysis);
    }
    for seed in 1..=4 {
        let logs = Scenario {
            seed: 900 + seed,
            days: 1.0,
            clients: 60,
            start: 1_700_000_000.0,
            injections: Vec::new(),
        }
        .run();
        let mut analysis = Analysis::new();
        for bytes in [
            dns_log(&logs.dns, Format::Tsv),
            conn_log(&logs.conn, Format::Tsv),
        ] {
            read_bytes(&bytes, &mut ToAnalysis(&mut analysis));
        }
        corpus.add_benign(&format!("lab-{seed}"), &analysis);
    }
    let mut tunnels = Vec::new();
    for (folder, network) in TUNNEL_FOLDERS {
        for path in logs(&data.join(folder))? {
            let tool = tool(&path)
                .ok_or_else(|| format!("{}: no tool's name in the path", path.display()))?;
            let mut rows = ToTunnel::new(SUFFIXES);
            read_into(&path, &mut corpus.hash, &mut rows)?;
            let name = path
                .strip_prefix(data)
                .unwrap_or(&path)
                .display()
                .to_string();
            tunnels.extend(rows.tunnels(tool, network, &name));
        }
    }
    for (tool, ways) in LAB_TUNNELS.iter().chain(JUDGED_ONLY) {
        for (number, way) in ways.iter().enumerate() {
            tunnels.extend(lab_tunnel(tool, way, 70 + number as u64)?);
        }
    }
    for tunnel in &tunnels {
        corpus.dns.extend(tunnel.dns_examples());
        corpus.flow.extend(tunnel.flow_examples());
    }
    Ok(corpus)
}

impl Corpus {
    fn add_benign(&mut self, network: &str, analysis: &Analysis) {
        let name = |client: &[u8], other: &[u8]| {
            format!(
                "{} {}",
                String::from_utf8_lossy(client),
                String::from_utf8_lossy(other)
            )
        };
        let mut dns = Vec::new();
        for ends in analysis.dns_channels() {
            self.benign_channels += 1;
            if dns_tunnel::is_candidate(ends.channel) {
                dns.push(Example {
                    tool: None,
                    network: network.to_owned(),
                    name: name(ends.client, ends.other),
                    vector: features::dns::vector(ends.channel, ends.other_clients).to_vec(),
                });
            }
        }
        let mut flow: Vec<Example> = analysis
            .flow_channels(FlowClass::Dns)
            .filter(|ends| flow_tunnel::is_candidate(ends.channel))
            .map(|ends| Example {
                tool: None,
                network: network.to_owned(),
                name: name(ends.client, ends.other),
                vector: features::flow::vector(ends.channel).to_vec(),
            })
            .collect();
        for list in [&mut dns, &mut flow] {
            list.sort_by(|a, b| a.name.cmp(&b.name));
        }
        self.dns.extend(dns);
        self.flow.extend(flow);
    }
}

/// A tunnel of the lab, alone in its logs.
fn lab_tunnel(tool: &str, way: &str, seed: u64) -> Result<Vec<Tunnel>, String> {
    let injection = Injection::parse(way)?;
    let logs = Scenario {
        seed,
        days: 1.0,
        clients: 2,
        start: 1_700_000_000.0,
        injections: vec![injection],
    }
    .run();
    let mut suffixes = Vec::new();
    for truth in &logs.truth {
        if let Target::Domain(domain) = &truth.target {
            suffixes.push(format!(".{domain}"));
        }
    }
    let suffixes: Vec<&str> = suffixes.iter().map(String::as_str).collect();
    let mut rows = ToTunnel::new(&suffixes);
    read_bytes(&dns_log(&logs.dns, Format::Tsv), &mut rows);
    Ok(rows.tunnels(tool, "lab", way))
}

/// The tool that a capture's path names.
fn tool(path: &Path) -> Option<&'static str> {
    let text = path.to_string_lossy();
    if text.contains("netrack_dns2tcp")
        || text.contains("dns2tcp_")
        || text.contains("dns2tcp-")
        || text.contains("derived_dns2tcp")
    {
        Some("dns2tcp")
    } else if text.contains("dnscat") {
        Some("dnscat2")
    } else if text.contains("iodine") {
        Some("iodine")
    } else {
        None
    }
}

/// All logs below a folder, sorted.
fn logs(folder: &Path) -> Result<Vec<PathBuf>, String> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        let entries =
            std::fs::read_dir(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
        for entry in entries {
            let path = entry
                .map_err(|error| format!("{}: {error}", folder.display()))?
                .path();
            let name = path
                .file_name()
                .unwrap_or_default()
                .to_string_lossy()
                .into_owned();
            if path.is_dir() {
                folders.push(path);
            } else if (name.starts_with("dns.") || name.starts_with("conn."))
                && name.contains(".log")
            {
                found.push(path);
            }
        }
    }
    found.sort();
    if found.is_empty() {
        return Err(format!(
            "{}: no dns.log or conn.log below",
            folder.display()
        ));
    }
    Ok(found)
}

fn read_into(path: &Path, hash: &mut u64, sink: &mut impl Sink) -> Result<(), String> {
    let bytes = std::fs::read(path).map_err(|error| format!("{}: {error}", path.display()))?;
    for &byte in &bytes {
        *hash = (*hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3);
    }
    read_bytes(&bytes, sink);
    Ok(())
}

fn read_bytes(bytes: &[u8], sink: &mut impl Sink) {
    let mut reader = Reader::new();
    reader.feed(bytes, sink);
    reader.finish(sink);
}

struct ToAnalysis<'a>(&'a mut Analysis);

impl Sink for ToAnalysis<'_> {
    fn dns(&mut self, record: &DnsRecord<'_>, _at: At) {
        self.0.dns(record, None);
    }

    fn conn(&mut self, record: &ConnRecord<'_>, _at: At) {
        self.0.conn(record, None);
    }
}

/// Picks a tunnel's rows out of its capture: queries under a labelled suffix, flows of DNS.
struct ToTunnel<'a> {
    suffixes: &'a [&'a str],
    dns: std::collections::BTreeMap<Vec<u8>, Vec<DnsRow>>,
    flows: std::collections::BTreeMap<(Vec<u8>, Vec<u8>), Vec<FlowRow>>,
}

impl<'a> ToTunnel<'a> {
    fn new(suffixes: &'a [&'a str]) -> Self {
        Self {
            suffixes,
            dns: std::collections::BTreeMap::new(),
            flows: std::collections::BTreeMap::new(),
        }
    }

    /// A tunnel for each client (a resolver on the way is one too), and for each pair of flows.
    fn tunnels(self, tool: &str, network: &str, name: &str) -> Vec<Tunnel> {
        let tunnel = |dns, flows| Tunnel {
            tool: tool.to_owned(),
            network: network.to_owned(),
            name: name.to_owned(),
            dns,
            flows,
        };
        let dns = self.dns.into_values().map(|rows| tunnel(rows, Vec::new()));
        let flows = self
            .flows
            .into_values()
            .map(|rows| tunnel(Vec::new(), rows));
        dns.chain(flows).collect()
    }
}

impl Sink for ToTunnel<'_> {
    fn dns(&mut self, record: &DnsRecord<'_>, _at: At) {
        let (Some(query), Some(client)) = (record.query, record.client) else {
            return;
        };
        let payload = self
            .suffixes
            .iter()
            .find_map(|suffix| query.strip_suffix(suffix.as_bytes()));
        if let Some(payload) = payload {
            self.dns.entry(client.to_vec()).or_default().push(DnsRow {
                ts: record.ts.unwrap_or(0),
                payload: payload.to_vec(),
                qtype: record.qtype,
                rcode: record.rcode,
                answers: record.answers.stats(),
            });
        }
    }

    fn conn(&mut self, record: &ConnRecord<'_>, _at: At) {
        let (Some(client), Some(peer)) = (record.orig_host, record.resp_host) else {
            return;
        };
        if FlowClass::of(record) == FlowClass::Dns {
            let rows = self
                .flows
                .entry((client.to_vec(), peer.to_vec()))
                .or_default();
            rows.push(FlowRow::of(record));
        }
    }
}
