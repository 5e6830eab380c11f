//! # Answered and never connected
//!
//! **Sees** whether a client ever connected to the addresses that it was given for a domain, and whether it
//! connects to addresses that no answer gave it.
//!
//! **Matters** because a name is asked for in order to connect; a tunnel asks for the answer's own
//! sake. The reverse, a connection without a question, is how a program with a fixed address
//! speaks. RITA raises a tunnel's rank by the first. ATT&CK T1071.004.
//!
//! **Formula** Of a channel's sample of addresses in answers (32 by hash, [`crate::channels::counts::Lowest`]):
//! the share to which the client has no connection in `conn.log`. Said only where the client's
//! connections in that log begin before the channel does and end after it. For a client: the share of its
//! peers that were in no answer, said only where each of its channels' samples is complete.
//!
//! **Set off falsely** by prefetching, by the other version of the Internet Protocol, by answers cached before
//! the log begins, by sensors that see only a part of the connections: it is context, and no finding.
//!
//! **Example** 40 addresses answered under tunnel.example, a connection to none of them.

use super::{Scene, rule};
use crate::Analysis;
use crate::analysis::Seen;
use crate::channels::flow::FlowClass;
use crate::channels::{Interval, dns::DnsChannel};
use rustc_hash::{FxHashMap, FxHashSet};

/// The classes that connect to what was looked up.
const CONNECTING: [FlowClass; 3] = [FlowClass::Other, FlowClass::EncryptedDns, FlowClass::Icmp];
/// A channel's sample of addresses is complete below this.
const SAMPLE: usize = 32;
/// Fewer addresses say nothing.
const ADDRESSES: u64 = 3;

/// The name of its page.
pub(super) const KIND: &str = "unconnected";
/// Its title: that of its page.
pub(super) const TITLE: &str = "Answered and never connected";

/// Why it cannot run, where it cannot: it holds the two logs against each other.
#[must_use]
pub fn missing(seen: &Seen) -> Option<String> {
    rule::dns_missing(seen)
        .or_else(|| (seen.answers == 0).then(|| "No row of dns.log has answers.".to_owned()))
        .or_else(|| rule::ends_missing(seen))
}

/// What it has to do without.
#[must_use]
pub fn without(seen: &Seen) -> Option<String> {
    (seen.dns_ts == 0 || seen.conn_ts == 0).then(|| {
        "A log has no times (ts): only connections without a question are told of.".to_owned()
    })
}

/// What became of the addresses that a channel was given.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Connected {
    /// Addresses in answers that were looked at, at most 32.
    pub addresses: u64,
    /// Those that the client connected to.
    pub connected: u64,
}

impl Connected {
    /// Share of the addresses that the client never connected to.
    #[must_use]
    pub fn never(self) -> f64 {
        1.0 - self.connected as f64 / (self.addresses.max(1)) as f64
    }

    /// A sentence, where it says something.
    #[must_use]
    pub fn note(self) -> Option<String> {
        (self.addresses >= ADDRESSES && self.connected == 0).then(|| {
            format!(
                "The client was given {} for the domain and connected to none of them.",
                match self.addresses {
                    32 => "at least 32 addresses".to_owned(),
                    few => format!("{few} addresses"),
                }
            )
        })
    }
}

/// What connections a client has.
struct Contacts {
    peers: FxHashSet<(u32, u64)>,
    intervals: FxHashMap<u32, Interval>,
}

fn contacts(scene: &Scene<'_>) -> Contacts {
    let mut peers = FxHashSet::default();
    let mut intervals: FxHashMap<u32, Interval> = FxHashMap::default();
    for class in CONNECTING {
        for ends in scene.flows(class) {
            peers.insert((ends.client_id, Analysis::address_hash(ends.other)));
            let interval = intervals.entry(ends.client_id).or_default();
            interval.merge(ends.channel.interval);
        }
    }
    Contacts { peers, intervals }
}

/// Of each DNS channel, by its number: what became of its addresses. `None` where none was answered,
/// or `conn.log` does not cover the time.
#[must_use]
pub fn never_connected(scene: &Scene<'_>) -> Vec<Option<Connected>> {
    let contacts = contacts(scene);
    let of = |client: u32, channel: &DnsChannel| {
        let kept = channel.addresses.kept();
        let known = contacts.intervals.get(&client)?;
        if kept.is_empty() || !covers(*known, channel.interval) {
            return None;
        }
        let connected = kept
            .iter()
            .filter(|(hash, _, _)| contacts.peers.contains(&(client, *hash)))
            .count();
        Some(Connected {
            addresses: kept.len() as u64,
            connected: connected as u64,
        })
    };
    scene
        .dns
        .iter()
        .map(|ends| of(ends.client_id, ends.channel))
        .collect()
}

fn covers(known: Interval, interval: Interval) -> bool {
    let (Some(from), Some(to)) = (known.first, known.last) else {
        return false;
    };
    interval.first.is_some_and(|first| from <= first)
        && interval.last.is_some_and(|last| last <= to)
}

/// A client's peers, and how many of them were in an answer to it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Unasked {
    /// The client's number.
    pub client: u32,
    /// Peers outside of the site.
    pub peers: u64,
    /// Of those, peers that no answer named.
    pub unasked: u64,
}

impl Unasked {
    /// A sentence, where some peer was in no answer.
    #[must_use]
    pub fn note(self) -> Option<String> {
        let noun = match self.peers {
            1 => "outside address",
            _ => "outside addresses",
        };
        let were = match self.unasked {
            0 => return None,
            1 => "was",
            _ => "were",
        };
        Some(format!(
            "Of the {} {noun} that the client connected to, {} {were} in no answer in these logs.",
            self.peers, self.unasked
        ))
    }
}

/// Of each client that asks for names and connects: how many of its peers no answer named; by number.
/// Clients of which not every answer is known are left out.
#[must_use]
pub fn never_asked(scene: &Scene<'_>) -> Vec<Unasked> {
    let mut complete: FxHashMap<u32, bool> = FxHashMap::default();
    let mut answered: FxHashSet<(u32, u64)> = FxHashSet::default();
    for ends in &scene.dns {
        let kept = ends.channel.addresses.kept();
        *complete.entry(ends.client_id).or_insert(true) &= kept.len() < SAMPLE;
        answered.extend(kept.iter().map(|&(hash, _, _)| (ends.client_id, hash)));
    }
    let mut peers: Vec<(u32, u64)> = scene
        .flows(FlowClass::Other)
        .iter()
        .filter(|ends| {
            rule::is_outside(ends.other) == Some(true)
                && complete.get(&ends.client_id) == Some(&true)
        })
        .map(|ends| (ends.client_id, Analysis::address_hash(ends.other)))
        .collect();
    peers.sort_unstable();
    peers
        .chunk_by(|a, b| a.0 == b.0)
        .map(|of| Unasked {
            client: of[0].0,
            peers: of.len() as u64,
            unasked: of.iter().filter(|peer| !answered.contains(peer)).count() as u64,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::super::testing::{Logs, NOON, host};
    use super::*;
    use wakeful_logs::ConnRecord;

    fn connect(logs: &mut Logs, second: i64, peer: &str) {
        logs.flow(&ConnRecord {
            ts: Some(NOON + second * 1_000_000),
            orig_host: Some(b"10.0.0.5"),
            resp_host: Some(peer.as_bytes()),
            resp_port: Some(443),
            ..ConnRecord::default()
        });
    }

    fn logs() -> Logs {
        let mut logs = Logs::default();
        connect(&mut logs, 0, "203.0.113.1");
        let client = "10.0.0.5";
        logs.asked(
            5,
            client,
            "10.0.0.1",
            "www.example.com",
            1,
            0,
            "203.0.113.1,203.0.113.2",
        );
        let answers = "198.51.100.1,198.51.100.2,198.51.100.3";
        logs.asked(6, client, "10.0.0.1", "a.tunnel.example", 1, 0, answers);
        logs
    }

    #[test]
    fn addresses_are_held_against_connections_where_the_log_covers_them() {
        let mut logs = logs();
        let before = never_connected(&Scene::new(&logs.analysis));
        assert_eq!(
            before,
            [None, None],
            "the connections end before the questions"
        );
        connect(&mut logs, 60, "192.0.2.7");
        let scene = Scene::new(&logs.analysis);
        let shares = never_connected(&scene);
        let of = |domain: &[u8]| {
            let ends = scene.dns.iter().find(|ends| ends.other == domain).unwrap();
            shares[ends.id as usize].unwrap()
        };
        assert_eq!(of(b"example.com").never(), 0.5);
        assert_eq!(of(b"tunnel.example").never(), 1.0);
        assert!(of(b"example.com").note().is_none());
        assert!(
            of(b"tunnel.example")
                .note()
                .unwrap()
                .contains("given 3 addresses")
        );
    }

    #[test]
    fn peers_that_no_answer_named_are_counted() {
        let mut logs = logs();
        connect(&mut logs, 60, "192.0.2.7");
        connect(&mut logs, 61, "10.0.0.77");
        let scene = Scene::new(&logs.analysis);
        let client = host(&scene, "10.0.0.5");
        let unasked = never_asked(&scene);
        assert_eq!(
            unasked,
            [Unasked {
                client,
                peers: 2,
                unasked: 1
            }]
        );
        let note = unasked[0].note().unwrap();
        assert!(note.starts_with("Of the 2 outside addresses") && note.contains(", 1 was in no"));
    }

    #[test]
    fn a_log_alone_says_nothing() {
        let mut logs = Logs::default();
        logs.asked(
            0,
            "10.0.0.5",
            "10.0.0.1",
            "www.example.com",
            1,
            0,
            "203.0.113.1",
        );
        let scene = Scene::new(&logs.analysis);
        assert_eq!(never_connected(&scene), [None]);
        assert!(never_asked(&scene).is_empty());
    }
}
