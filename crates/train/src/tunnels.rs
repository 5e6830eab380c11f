//! A captured tunnel to examples: windows of it, under made-up domains.
//!
//! In: the rows of one tunnel. Out: [`Example`]s. Must not know: estimators.
//!
//! A capture has one client, one suffix and one length. A model could learn any of them, so each
//! example is a window of the rows (from a few to all), with its times stretched, under a domain
//! that is made up for it. A tunnel has a domain of its own, so its channel is the same whether
//! its rows are mixed into a benign log or stand alone.

use crate::Example;
use std::collections::{BTreeMap, BTreeSet};
use wakeful_engine::analysis::AskedName;
use wakeful_engine::channels::dns::{DnsChannel, RowFacts};
use wakeful_engine::channels::flow::FlowChannel;
use wakeful_engine::detectors::{dns_tunnel, flow_tunnel, leak};
use wakeful_engine::features;
use wakeful_engine::names::{NameFacts, facts};
use wakeful_lab::rng::{Rng, hash};
use wakeful_logs::{ConnRecord, DnsRecord, ListStats, Micros, Proto};

/// How many rows a window has; a capture gives those that it is long enough for, and all of it.
const WINDOWS: &[usize] = &[8, 20, 60, 200, 800, 3000];
/// Single rows of a capture, at most.
const ROWS: usize = 150;
/// Windows of a size, at most, from different places in the capture.
const PER_SIZE: usize = 3;
/// How much slower the same rows may come.
const STRETCHES: &[i64] = &[1, 8, 64];
/// How many other clients of a network have the same operator.
const OTHERS: &[u32] = &[0, 0, 0, 0, 0, 0, 1, 1, 2, 4];
/// What an operator puts between the data and the registered domain.
const PREFIXES: &[&str] = &["", "", "t.", "ns1.", "dns.cdn."];
const DOMAINS: &[&str] = &[
    "vexolira.com",
    "tamoru.net",
    "k-lund.org",
    "brisotel.xyz",
    "quanema.io",
    "ofelda.co.uk",
];

/// One tunnel's rows: either of `dns.log` or of `conn.log`. Also the flows of a benign channel, which
/// are cut into the same windows: a model must not learn how many flows a window has.
#[derive(Debug, Clone, PartialEq)]
pub struct Tunnel {
    /// The tool; nothing for a benign channel.
    pub tool: Option<String>,
    /// Whether the real tool was captured.
    pub captured: bool,
    /// Where it was captured.
    pub network: String,
    /// Which capture.
    pub name: String,
    /// Rows under the tunnel's suffix, of one client.
    pub dns: Vec<DnsRow>,
    /// Flows between one client and one peer.
    pub flows: Vec<FlowRow>,
}

/// What is kept of a query under the tunnel's suffix.
#[derive(Debug, Clone, PartialEq)]
pub struct DnsRow {
    /// When.
    pub ts: Micros,
    /// The name without its suffix and without the dot before it.
    pub payload: Vec<u8>,
    /// The record type.
    pub qtype: Option<u16>,
    /// The response code.
    pub rcode: Option<u16>,
    /// Sizes of the answers.
    pub answers: ListStats,
}

/// What is kept of a flow.
#[derive(Debug, Clone, PartialEq)]
pub struct FlowRow {
    ts: Option<Micros>,
    proto: Proto,
    duration: Option<f64>,
    orig_bytes: Option<u64>,
    resp_bytes: Option<u64>,
    orig_pkts: Option<u64>,
    resp_pkts: Option<u64>,
    ipv6: bool,
    history: Vec<u8>,
}

impl FlowRow {
    /// Of a row of `conn.log`.
    #[must_use]
    pub fn of(record: &ConnRecord<'_>) -> Self {
        Self {
            ts: record.ts,
            proto: record.proto,
            duration: record.duration,
            orig_bytes: record.orig_bytes,
            resp_bytes: record.resp_bytes,
            orig_pkts: record.orig_pkts,
            resp_pkts: record.resp_pkts,
            ipv6: record.resp_host.is_some_and(|host| host.contains(&b':')),
            history: record.history.unwrap_or_default().to_vec(),
        }
    }
}

impl FlowRow {
    /// As a record again, between addresses that say nothing.
    fn record(&self) -> ConnRecord<'static> {
        ConnRecord {
            ts: self.ts,
            proto: self.proto,
            duration: self.duration,
            orig_bytes: self.orig_bytes,
            resp_bytes: self.resp_bytes,
            orig_pkts: self.orig_pkts,
            resp_pkts: self.resp_pkts,
            resp_host: Some(if self.ipv6 { b"::" } else { b"0.0.0.0" }),
            ..ConnRecord::default()
        }
    }
}

/// A domain with or without something before it, and the dot before both.
fn made_up_suffix(rng: &mut Rng) -> String {
    format!(
        ".{}{}",
        PREFIXES[rng.below(PREFIXES.len())],
        DOMAINS[rng.below(DOMAINS.len())]
    )
}

impl Tunnel {
    /// The windows of `count` rows: size and start.
    fn windows(&self, count: usize) -> Vec<(usize, usize)> {
        let mut windows = Vec::new();
        for &size in WINDOWS.iter().filter(|&&size| size < count) {
            let places = PER_SIZE.min(count / size);
            windows.extend((0..places).map(|place| ((count - size) * place / places.max(1), size)));
        }
        windows.push((0, count));
        windows
    }

    /// Examples of DNS channels.
    #[must_use]
    pub fn dns_examples(&self) -> Vec<Example> {
        let mut rng = Rng::new(hash(&self.name)).fork("dns");
        let mut examples = Vec::new();
        for (start, size) in self.windows(self.dns.len()) {
            let rows = &self.dns[start..start + size];
            for &stretch in STRETCHES {
                let suffix = made_up_suffix(&mut rng);
                let channel = dns_channel(rows, &suffix, stretch);
                let others = OTHERS[rng.below(OTHERS.len())];
                if dns_tunnel::is_candidate(&channel) {
                    let vector = features::dns::vector(&channel, others);
                    examples.push(Example {
                        pcr: Some(features::dns::producer_consumer_ratio(&channel)),
                        ..self.example(start, size, stretch, vector.to_vec())
                    });
                }
            }
        }
        examples
    }

    /// Examples of flow channels.
    #[must_use]
    pub fn flow_examples(&self) -> Vec<Example> {
        let mut examples = Vec::new();
        if self.flows.is_empty() {
            return examples;
        }
        for (start, size) in self.windows(self.flows.len()) {
            let mut channel = FlowChannel::default();
            for row in &self.flows[start..start + size] {
                channel.add(&row.record(), None, None);
            }
            if flow_tunnel::is_candidate(&channel) {
                examples.push(self.example(
                    start,
                    size,
                    1,
                    features::flow::vector(&channel).to_vec(),
                ));
            }
        }
        examples
    }

    /// Examples of single rows of `dns.log`: at most [`ROWS`], drawn from all of the capture.
    #[must_use]
    pub fn dns_row_examples(&self) -> Vec<Example> {
        let mut rng = Rng::new(hash(&self.name)).fork("dns rows");
        let mut rows: Vec<&DnsRow> = self.dns.iter().collect();
        rng.shuffle(&mut rows);
        rows.into_iter()
            .take(ROWS)
            .map(|row| {
                let name = [row.payload.as_slice(), made_up_suffix(&mut rng).as_bytes()].concat();
                let facts = facts(&name).1;
                let vector = features::dns_row::vector(&facts, row.qtype, row.rcode, row.answers);
                self.row_example(vector.to_vec(), &row.payload)
            })
            .collect()
    }

    /// Examples of single rows of `conn.log`: at most [`ROWS`].
    #[must_use]
    pub fn flow_row_examples(&self) -> Vec<Example> {
        let mut rng = Rng::new(hash(&self.name)).fork("flow rows");
        let mut rows: Vec<&FlowRow> = self.flows.iter().collect();
        rng.shuffle(&mut rows);
        rows.into_iter()
            .take(ROWS)
            .map(|row| {
                self.row_example(
                    features::flow_row::vector(&row.record()).to_vec(),
                    &row.history,
                )
            })
            .collect()
    }

    /// The suffix that the whole tunnel is put under.
    fn suffix(&self) -> String {
        made_up_suffix(&mut Rng::new(hash(&self.name)).fork("whole"))
    }

    /// The channel of all rows of `dns.log`, at their own pace, under a made-up domain.
    #[must_use]
    pub fn whole(&self) -> DnsChannel {
        dns_channel(&self.dns, &self.suffix(), 1)
    }

    /// The most bytes that a day's names of [`Self::whole`] could have carried.
    #[must_use]
    pub fn most_a_day(&self, whole: &DnsChannel) -> f64 {
        let suffix = self.suffix();
        let mut first: BTreeMap<Vec<u8>, (Micros, NameFacts)> = BTreeMap::new();
        for row in &self.dns {
            let name = [row.payload.as_slice(), suffix.as_bytes()].concat();
            let said = facts(&name).1;
            let (time, _) = first.entry(name).or_insert((row.ts, said));
            *time = row.ts.min(*time);
        }
        let mut asked: Vec<AskedName<'_>> = first
            .iter()
            .map(|(name, (time, facts))| AskedName {
                channel: 0,
                first: Some(*time),
                name,
                facts,
            })
            .collect();
        asked.sort_by_key(|asked| (asked.first, asked.name));
        let days = leak::measure(whole, &asked).days;
        days.iter().map(|day| day.names).fold(0.0, f64::max)
    }

    fn row_example(&self, vector: Vec<f64>, text: &[u8]) -> Example {
        Example {
            text: text.to_vec(),
            ..self.example(0, 1, 1, vector)
        }
    }

    fn example(&self, start: usize, size: usize, stretch: i64, vector: Vec<f64>) -> Example {
        Example {
            text: Vec::new(),
            tool: self.tool.clone(),
            captured: self.captured,
            network: self.network.clone(),
            name: format!("{} rows {start}+{size} x{stretch}", self.name),
            vector,
            pcr: None,
        }
    }
}

/// The channel that the rows make under a suffix.
fn dns_channel(rows: &[DnsRow], suffix: &str, stretch: i64) -> DnsChannel {
    let mut channel = DnsChannel::default();
    let mut names = BTreeSet::new();
    let begin = rows.iter().map(|row| row.ts).min().unwrap_or(0);
    for row in rows {
        let record = DnsRecord {
            ts: Some(begin + (row.ts - begin) * stretch),
            qtype: row.qtype,
            rcode: row.rcode,
            ..DnsRecord::default()
        };
        let name = [row.payload.as_slice(), suffix.as_bytes()].concat();
        let facts = facts(&name).1;
        let facts_of_row = RowFacts {
            answers: row.answers,
            below: facts.below,
            ..RowFacts::default()
        };
        channel.add(&record, facts_of_row);
        if names.insert(name) {
            channel.names.add(&facts);
        }
    }
    channel
}
