//! The labelled logs: which folder is which tool or network, and how they become examples.
//!
//! In: the corpora's folder, the lab. Out: [`Corpus`]. Must not know: estimators.

use crate::tunnels::{DnsRow, FlowRow, Tunnel};
use crate::{Dataset, Example};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use wakeful_engine::channels::flow::FlowClass;
use wakeful_engine::detectors::dns_tunnel;
use wakeful_engine::evaluation;
use wakeful_engine::names::facts;
use wakeful_engine::{Analysis, features};
use wakeful_lab::rng::{Rng, hash};
use wakeful_lab::scenario::{Injection, Scenario, Target};
use wakeful_lab::zeek::{Format, conn_log, dns_log};
use wakeful_logs::{At, ConnRecord, DnsRecord, Reader, Sink};

/// Suffixes of the captured tunnels, as the corpora's labels name them.
pub(crate) const SUFFIXES: &[&str] = &[
    ".example.attack",
    ".ggy666.tk",
    ".hidemyself.org",
    ".dns2tcp.hsc.fr",
    ".biillpi.com",
];

/// Folders with tunnels: folder, network, licence, what it is.
pub(crate) const TUNNEL_FOLDERS: &[(&str, &str, &str, &str)] = &[
    (
        "malicious/korving",
        "korving",
        "MIT",
        "iodine, dnscat2 and dns2tcp through four resolvers, in every record type; a scripted lab.",
    ),
    (
        "malicious/ggyggy",
        "ggyggy",
        "none stated",
        "iodine, dnscat2 and dns2tcp through a home router.",
    ),
    (
        "malicious/netrack_dns2tcp",
        "netrack",
        "Apache-2.0 (origin)",
        "dns2tcp in TXT records.",
    ),
    (
        "malicious/dmachard",
        "dmachard",
        "none stated",
        "iodine, dnscat2 and dns2tcp, a dozen queries each.",
    ),
];

/// Folders without tunnels: each is one network.
pub(crate) const BENIGN_FOLDERS: &[(&str, &str, &str)] = &[
    (
        "benign/brobeat_sample2012",
        "Apache-2.0",
        "A few connections of 2012.",
    ),
    (
        "benign/ggyggy_top1m_crawl",
        "none stated",
        "One client that looks up a million popular names in a row.",
    ),
    (
        "benign/ndpi_apps",
        "LGPL-3.0",
        "Captures of apps on phones and desktops.",
    ),
    (
        "benign/rita_missing_host",
        "GPL-3.0",
        "Three days of a server on the internet, four fifths reverse look-ups.",
    ),
    (
        "benign/rita_proxy",
        "GPL-3.0",
        "A small network with multicast DNS.",
    ),
    (
        "benign/rita_proxy_rolling",
        "GPL-3.0",
        "Two hours of an office behind a proxy.",
    ),
    ("benign/zat_bro2013", "MIT", "Browsing in 2013."),
    ("benign/zat_json2019", "MIT", "A Windows domain in 2019."),
    (
        "benign/zed-sample-data_wrccdc2018",
        "CC-BY-SA",
        "A competition's network of 2018, attackers in it, no tunnel.",
    ),
    (
        "mixed/bromalware_http_malware",
        "none stated",
        "Malware over HTTP, no tunnel.",
    ),
    (
        "mixed/c2detect_ctu_irc_botnet",
        "none stated",
        "A bot over IRC in 2011, no tunnel.",
    ),
    ("mixed/slips_test10", "GPL-2.0", "A campus, no tunnel."),
    (
        "mixed/slips_test18_ctu_sme11",
        "GPL-2.0",
        "A small office with a scan, no tunnel.",
    ),
    (
        "mixed/slips_test9",
        "GPL-2.0",
        "Malware and ordinary traffic, no tunnel.",
    ),
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

/// Tools of the lab that only `conn.log` shows.
const LAB_FLOWS: &[(&str, &[&str])] = &[(
    "iodine raw",
    &[
        "iodine-raw:duration=5m",
        "iodine-raw:duration=40m,rate=1",
        "iodine-raw:duration=2h,rate=0.2",
        "iodine-raw:duration=15m,rate=10",
    ],
)];

/// People's machines in each office of the lab. Small offices, in which nobody else asks for what a client
/// asks for, are judged on ([`crate::crowd`]) and not fitted on: with them the look-ups of a scanner stand
/// where short tunnels do, and dns2tcp is lost.
const LAB_CLIENTS: u32 = 60;
/// How many offices.
const LAB_OFFICES: u64 = 4;

/// Benign rows of a network, at most.
const BENIGN_ROWS: usize = 2500;

/// Everything that the models are fitted and judged on.
#[derive(Debug, Clone)]
pub struct Corpus {
    /// DNS channels.
    pub dns_channels: Dataset,
    /// Flow channels, of flows of DNS.
    pub flow_channels: Dataset,
    /// Rows of `dns.log`.
    pub dns_rows: Dataset,
    /// Rows of `conn.log`, of any flows.
    pub flow_rows: Dataset,
    /// Clients and days of each benign network.
    pub networks: BTreeMap<String, Network>,
    /// What was read, for the report.
    pub parts: Vec<evaluation::Corpus>,
    /// FNV-1a over the bytes of all files read, in order.
    pub hash: u64,
    /// All channels of benign networks, also those with too little to be judged.
    pub benign_channels: usize,
}

/// How much traffic a benign network is.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Network {
    /// Clients that asked anything.
    pub clients: usize,
    /// From the first to the last record.
    pub days: f64,
    /// Registered domains that were asked for.
    pub domains: usize,
    /// Peers of flows of DNS.
    pub peers: usize,
}

/// Reads the corpora and runs the lab.
///
/// # Errors
/// A sentence naming the file or folder that could not be read.
pub fn read(data: &Path) -> Result<Corpus, String> {
    let mut corpus = Corpus {
        dns_channels: Dataset::new("dns", "channel", &features::dns::LIST),
        flow_channels: Dataset::new("flow", "channel", &features::flow::LIST),
        dns_rows: Dataset::new("dns", "row", &features::dns_row::LIST),
        flow_rows: Dataset::new("flow", "row", &features::flow_row::LIST),
        networks: BTreeMap::new(),
        parts: Vec::new(),
        hash: 0xcbf2_9ce4_8422_2325,
        benign_channels: 0,
    };
    for (folder, licence, about) in BENIGN_FOLDERS {
        let network = folder.rsplit('/').next().unwrap_or(folder);
        let mut seen = Benign::default();
        for path in logs(&data.join(folder))? {
            read_into(&path, &mut corpus.hash, &mut seen)?;
        }
        corpus.part(network, licence, about, seen.dns.len(), seen.flows.len());
        corpus.add_benign(network, seen);
    }
    for number in 1..=LAB_OFFICES {
        let scenario = Scenario {
            seed: 900 + number,
            days: 1.0,
            clients: LAB_CLIENTS,
            start: 1_700_000_000.0,
            injections: Vec::new(),
        };
        let logs = scenario.run();
        let mut seen = Benign::default();
        for bytes in [
            dns_log(&logs.dns, Format::Tsv),
            conn_log(&logs.conn, Format::Tsv),
        ] {
            read_bytes(&bytes, &mut seen);
        }
        let name = format!("lab-{number}");
        corpus.part(
            &name,
            "the project's own",
            &format!("A made-up office, {LAB_CLIENTS} of whose machines are people's, one day."),
            seen.dns.len(),
            seen.flows.len(),
        );
        corpus.add_benign(&name, seen);
    }
    let mut tunnels = Vec::new();
    for (folder, network, licence, about) in TUNNEL_FOLDERS {
        let before = tunnels.len();
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
            tunnels.extend(rows.tunnels(tool, network, true, &name));
        }
        let read: &[Tunnel] = &tunnels[before..];
        let (dns, flows) = (
            read.iter().map(|tunnel| tunnel.dns.len()).sum(),
            read.iter().map(|tunnel| tunnel.flows.len()).sum(),
        );
        corpus.part(network, licence, about, dns, flows);
    }
    for (tool, ways) in LAB_TUNNELS.iter().chain(JUDGED_ONLY) {
        for (number, way) in ways.iter().enumerate() {
            tunnels.extend(lab_tunnel(tool, way, 70 + number as u64, 1.0)?);
        }
    }
    for (tool, ways) in LAB_FLOWS {
        for (number, way) in ways.iter().enumerate() {
            tunnels.extend(lab_flows(tool, way, 170 + number as u64)?);
        }
    }
    for tunnel in &tunnels {
        corpus.dns_channels.examples.extend(tunnel.dns_examples());
        corpus.flow_channels.examples.extend(tunnel.flow_examples());
        corpus.dns_rows.examples.extend(tunnel.dns_row_examples());
        corpus.flow_rows.examples.extend(tunnel.flow_row_examples());
    }
    Ok(corpus)
}

impl Corpus {
    fn part(&mut self, name: &str, licence: &str, about: &str, dns_rows: usize, flow_rows: usize) {
        self.parts.push(evaluation::Corpus {
            name: name.to_owned(),
            about: about.to_owned(),
            licence: licence.to_owned(),
            dns_rows: dns_rows as u64,
            flow_rows: flow_rows as u64,
        });
    }

    fn add_benign(&mut self, network: &str, seen: Benign) {
        let example = |name: String, vector: Vec<f64>, text: Vec<u8>| Example {
            tool: None,
            captured: true,
            network: network.to_owned(),
            name,
            vector,
            pcr: None,
            text,
        };
        let name = |client: &[u8], other: &[u8]| {
            format!(
                "{} {}",
                String::from_utf8_lossy(client),
                String::from_utf8_lossy(other)
            )
        };
        let analysis = &seen.analysis;
        let mut clients = BTreeSet::new();
        let mut domains = BTreeSet::new();
        let mut dns = Vec::new();
        for ends in analysis.dns_channels() {
            self.benign_channels += 1;
            clients.insert(ends.client);
            domains.insert(ends.other);
            // Also what the verdict never alerts on by score: such look-ups are the hardest there are,
            // and without them the model takes a browser's probes for a tunnel.
            if dns_tunnel::is_candidate(ends.channel) {
                let vector = features::dns::vector(ends.channel, ends.other_clients);
                let name = name(ends.client, ends.other);
                dns.push(Example {
                    pcr: Some(features::dns::producer_consumer_ratio(ends.channel)),
                    ..example(name, vector.to_vec(), Vec::new())
                });
            }
        }
        dns.sort_by(|a, b| a.name.cmp(&b.name));
        self.dns_channels.examples.extend(dns);
        let peers: BTreeSet<Vec<u8>> = seen.channels.keys().map(|(_, peer)| peer.clone()).collect();
        for ((client, peer), flows) in seen.channels {
            let channel = Tunnel {
                tool: None,
                captured: true,
                network: network.to_owned(),
                name: format!("{network} {}", name(&client, &peer)),
                dns: Vec::new(),
                flows,
            };
            self.flow_channels.examples.extend(channel.flow_examples());
        }

        let interval = analysis.interval();
        let days = interval
            .first
            .zip(interval.last)
            .map_or(0.0, |(first, last)| (last - first) as f64 / 86_400e6);
        self.networks.insert(
            network.to_owned(),
            Network {
                clients: clients.len(),
                days,
                domains: domains.len(),
                peers: peers.len(),
            },
        );

        let mut rng = Rng::new(hash(network));
        for (rows, dataset) in [
            (seen.dns, &mut self.dns_rows),
            (seen.flows, &mut self.flow_rows),
        ] {
            let mut rows = rows;
            rng.shuffle(&mut rows);
            rows.truncate(BENIGN_ROWS);
            dataset.examples.extend(
                rows.into_iter()
                    .enumerate()
                    .map(|(at, (vector, text))| example(format!("{network} {at}"), vector, text)),
            );
        }
    }
}

/// A tunnel of the lab, alone in its logs.
///
/// # Errors
/// Where `way` is not a tunnel of the lab.
pub fn lab_tunnel(tool: &str, way: &str, seed: u64, days: f64) -> Result<Vec<Tunnel>, String> {
    let injection = Injection::parse(way)?;
    let logs = Scenario {
        seed,
        days,
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
    Ok(rows.tunnels(tool, "lab", false, way))
}

/// The flows of a tunnel of the lab to its peer.
fn lab_flows(tool: &str, way: &str, seed: u64) -> Result<Vec<Tunnel>, String> {
    let scenario = Scenario {
        seed,
        days: 0.25,
        clients: 2,
        start: 1_700_000_000.0,
        injections: vec![Injection::parse(way)?],
    };
    let logs = scenario.run();
    let mut peers = BTreeSet::new();
    for truth in &logs.truth {
        if let Target::Peer(peer) = &truth.target {
            peers.insert(peer.to_string().into_bytes());
        }
    }
    let mut rows = ToTunnel::new(&[]);
    read_bytes(&conn_log(&logs.conn, Format::Tsv), &mut rows);
    rows.flows.retain(|(_, peer), _| peers.contains(peer));
    Ok(rows.tunnels(tool, "lab", false, way))
}

/// The tool that a capture's path names.
pub(crate) fn tool(path: &Path) -> Option<&'static str> {
    let text = path.to_string_lossy();
    if ["netrack_dns2tcp", "dns2tcp_", "dns2tcp-", "derived_dns2tcp"]
        .iter()
        .any(|part| text.contains(part))
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
pub(crate) fn logs(folder: &Path) -> Result<Vec<PathBuf>, String> {
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

pub(crate) fn read_bytes(bytes: &[u8], sink: &mut impl Sink) {
    let mut reader = Reader::new();
    reader.feed(bytes, sink);
    reader.finish(sink);
}

/// A benign network: its channels, and the vectors of its rows.
#[derive(Default)]
struct Benign {
    analysis: Analysis,
    dns: Vec<(Vec<f64>, Vec<u8>)>,
    flows: Vec<(Vec<f64>, Vec<u8>)>,
    /// Flows of DNS, by client and peer.
    channels: BTreeMap<(Vec<u8>, Vec<u8>), Vec<FlowRow>>,
}

impl Sink for Benign {
    fn dns(&mut self, record: &DnsRecord<'_>, _at: At) {
        self.analysis.dns(record, None);
        if let Some(query) = record.query {
            let (domain, facts) = facts(query);
            let vector = features::dns_row::vector(
                &facts,
                record.qtype,
                record.rcode,
                record.answers.stats(),
            );
            let below = &query[..domain.start.saturating_sub(1)];
            self.dns.push((vector.to_vec(), below.to_vec()));
        }
    }

    fn conn(&mut self, record: &ConnRecord<'_>, _at: At) {
        self.analysis.conn(record, None);
        if let (Some(client), Some(peer), FlowClass::Dns) =
            (record.orig_host, record.resp_host, FlowClass::of(record))
        {
            let key = (client.to_vec(), peer.to_vec());
            self.channels
                .entry(key)
                .or_default()
                .push(FlowRow::of(record));
        }
        let history = record.history.unwrap_or_default().to_vec();
        self.flows
            .push((features::flow_row::vector(record).to_vec(), history));
    }
}

/// Picks a tunnel's rows out of its capture: queries under a labelled suffix, flows of DNS.
struct ToTunnel<'a> {
    suffixes: &'a [&'a str],
    dns: BTreeMap<Vec<u8>, Vec<DnsRow>>,
    flows: BTreeMap<(Vec<u8>, Vec<u8>), Vec<FlowRow>>,
}

impl<'a> ToTunnel<'a> {
    fn new(suffixes: &'a [&'a str]) -> Self {
        Self {
            suffixes,
            dns: BTreeMap::new(),
            flows: BTreeMap::new(),
        }
    }

    /// A tunnel for each client (a resolver on the way is one too), and for each pair of flows.
    fn tunnels(self, tool: &str, network: &str, captured: bool, name: &str) -> Vec<Tunnel> {
        let tunnel = |dns, flows| Tunnel {
            tool: Some(tool.to_owned()),
            captured,
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
