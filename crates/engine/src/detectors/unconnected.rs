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
//! connections in that log, its look-ups among them, begin before the channel does and end after it (by a tenth of its time, an hour at most,
//! it may miss). For a client: the share of its
//! peers that were in no answer, said only where each of its channels' samples is complete. [`super::beacon`] judges a fixed
//! address by it.
//!
//! **Raises** an alert (medium, with the verdict on the channel) where a client asked for a hundred names of a domain, each
//! about once, as at most two other clients do, was given addresses for half of them, and connected to none; and
//! where at least five of its other domains are known, to half of which it did connect, or two, to all of which: then the sensor
//! sees its connections. The same where, whatever the names are, it was given a hundred addresses that lie all over (the 32 of the sample in 24 networks
//! of 16 bits, or 32 of IPv6). The same of more clients *together*: a hundred names of a domain, four in five of them asked by one
//! client alone, by half of all clients or fewer, of whom none connected to any. Reversed addresses, verdicts in 127.0.0.0/8 and resolvers are left out. *Defence: one machine
//! (or a few that share the work) asks for a hundred new names of a domain that nobody else knows, and wants none of the addresses.*
//!
//! **Set off falsely** by prefetching, by the other version of the Internet Protocol, by answers cached before
//! the log begins, by sensors that see only a part of the connections: but for the rule it is context. The rule is set off by whoever
//! tries which names a domain has.
//!
//! **Example** 40 addresses answered under tunnel.example, a connection to none of them.

use super::leak::FEW_OTHERS;
use super::roles::Roles;
use super::{Scene, rule};
use crate::Analysis;
use crate::analysis::{Ends, Seen};
use crate::channels::flow::FlowClass;
use crate::channels::{Interval, dns::DnsChannel};
use crate::models::BANDS;
use crate::report::Proof;
use rustc_hash::{FxHashMap, FxHashSet};
use std::cell::OnceCell;

/// The classes that connect to what was looked up.
const CONNECTING: [FlowClass; 3] = [FlowClass::Other, FlowClass::EncryptedDns, FlowClass::Icmp];
/// A channel's sample of addresses is complete below this.
const SAMPLE: usize = 32;
/// Fewer addresses say nothing.
const ADDRESSES: u64 = 3;
/// Names of a domain, from which on it is an alert that none of their addresses is connected to.
pub const NAMES: u64 = 100;
/// Other domains of the client that must be known, with connections to half of them, or to all of a few: then the
/// sensor sees its connections.
const OTHER_DOMAINS: usize = 5;
const FEW_DOMAINS: usize = 2;
/// Of the names of a domain that clients ask for together, the share that one client alone asks for: four in five.
const OWN: (u64, u64) = (4, 5);
/// Networks that a sample of 32 addresses lies in, where they are data.
const NETWORKS: usize = 24;
const HOUR: i64 = 3_600_000_000;

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

fn contacts(scene: &Scene<'_>, wanted: impl Fn(u32) -> bool) -> Contacts {
    let mut peers = FxHashSet::default();
    let mut intervals: FxHashMap<u32, Interval> = FxHashMap::default();
    for class in CONNECTING {
        let of_wanted = scene.flows(class).iter();
        for ends in of_wanted.filter(|ends| wanted(ends.client_id)) {
            peers.insert((ends.client_id, Analysis::address_hash(ends.other)));
            let interval = intervals.entry(ends.client_id).or_default();
            interval.merge(ends.channel.interval);
        }
    }
    // Where the sensor sees a client's connections, it sees them whenever it sees its look-ups: a machine that
    // nobody sits at connects to nothing, and asks all the same if something in it does.
    for ends in scene.flows(FlowClass::Dns) {
        if let Some(interval) = intervals.get_mut(&ends.client_id) {
            interval.merge(ends.channel.interval);
        }
    }
    Contacts { peers, intervals }
}

/// Of each DNS channel, by its number: what became of its addresses. `None` where none was answered,
/// or `conn.log` does not cover the time.
#[must_use]
pub fn never_connected(scene: &Scene<'_>) -> Vec<Option<Connected>> {
    never_connected_of(scene, |_| true)
}

/// The same of the channels of some clients, by their numbers; `None` of all others.
pub(super) fn never_connected_of(
    scene: &Scene<'_>,
    wanted: impl Fn(u32) -> bool,
) -> Vec<Option<Connected>> {
    let contacts = contacts(scene, wanted);
    let of = |client: u32, channel: &DnsChannel| {
        let kept = channel.addresses.kept();
        let known = contacts.intervals.get(&client)?;
        if kept.is_empty() || !covers(*known, channel.interval) {
            return None;
        }
        let connected = kept
            .iter()
            .filter(|(hash, _)| contacts.peers.contains(&(client, *hash)))
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
    let margin = (interval.lasted() / 10).min(HOUR);
    interval
        .first
        .is_some_and(|first| from <= first.saturating_add(margin))
        && interval
            .last
            .is_some_and(|last| last.saturating_sub(margin) <= to)
}

/// How often clients connect to addresses, and get something back: looked up when it is first asked for.
pub struct Meetings<'s, 'a> {
    scene: &'s Scene<'a>,
    /// Rows by client and the address's hash.
    times: OnceCell<FxHashMap<(u32, u64), u64>>,
}

impl<'s, 'a> Meetings<'s, 'a> {
    /// Of the connections of a log.
    #[must_use]
    pub fn new(scene: &'s Scene<'a>) -> Self {
        let times = OnceCell::new();
        Self { scene, times }
    }

    /// Of a channel's sample of addresses how many the client connects to, and how often.
    #[must_use]
    pub fn of(&self, ends: &Ends<'_, DnsChannel>) -> (u64, u64) {
        let times = self.times.get_or_init(|| {
            let mut times: FxHashMap<_, u64> = FxHashMap::default();
            for ends in CONNECTING.iter().flat_map(|&of| self.scene.flows(of)) {
                let answered = ends
                    .channel
                    .with_payload
                    .min(ends.channel.records - ends.channel.one_sided);
                *times
                    .entry((ends.client_id, Analysis::address_hash(ends.other)))
                    .or_default() += answered;
            }
            times
        });
        let kept = ends.channel.addresses.kept().iter();
        let met = kept.filter_map(|&(hash, _)| times.get(&(ends.client_id, hash)));
        met.filter(|&&times| times > 0)
            .fold((0, 0), |(met, sum), times| (met + 1, sum + times))
    }
}

/// What became of the addresses of every channel of those clients that have one worth a look.
pub(super) struct Unmet {
    of: Vec<Option<Connected>>,
    /// Channels of domains that clients ask for together, none of whom connected.
    together: FxHashMap<u32, Together>,
}

/// What clients asked for together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Together {
    clients: usize,
    names: u64,
}

impl Unmet {
    /// Looks up what the rule needs.
    pub(super) fn new<'s, 'a: 's>(
        scene: &Scene<'a>,
        roles: &Roles<'_>,
        candidates: impl Iterator<Item = &'s Ends<'a, DnsChannel>>,
    ) -> Self {
        let mut askers: FxHashSet<u32> = candidates
            .filter(|ends| is_striking(ends))
            .map(|ends| ends.client_id)
            .collect();
        let shared: Vec<(Vec<u32>, Together)> = roles
            .domains()
            .filter_map(|channels| together(scene, roles, channels))
            .collect();
        let channels = shared.iter().flat_map(|(channels, _)| channels);
        askers.extend(channels.map(|&id| scene.dns[id as usize].client_id));
        let of = if askers.is_empty() {
            Vec::new()
        } else {
            never_connected_of(scene, |client| askers.contains(&client))
        };
        let is_met = |&id: &u32| of[id as usize].is_none_or(|of: Connected| of.connected > 0);
        let unmet = shared
            .into_iter()
            .filter(|(channels, _)| !channels.iter().any(is_met));
        let together = unmet
            .flat_map(|(channels, together)| channels.into_iter().map(move |id| (id, together)))
            .collect();
        Self { of, together }
    }

    fn of(&self, channel: u32) -> Option<Connected> {
        self.of.get(channel as usize).copied().flatten()
    }

    /// The rule's proof that a channel's names are asked for the answers' own sake.
    pub(super) fn proof(&self, scene: &Scene<'_>, ends: &Ends<'_, DnsChannel>) -> Option<Proof> {
        let of = self.of(ends.id).filter(|of| of.connected == 0)?;
        let together = self.together.get(&ends.id);
        if together.is_none() && !is_striking(ends) {
            return None;
        }
        let others = scene
            .dns
            .iter()
            .filter(|other| other.client_id == ends.client_id && other.id != ends.id)
            .filter_map(|other| self.of(other.id));
        let (mut known, mut met) = (0, 0);
        for other in others {
            known += 1;
            met += usize::from(other.connected > 0);
        }
        let sees_all = known >= FEW_DOMAINS && met == known;
        let sees_most = known >= OTHER_DOMAINS && 2 * met >= known;
        if !sees_all && !sees_most {
            return None;
        }
        let names = ends.channel.distinct_names();
        let given = match of.addresses {
            1 => "one address".to_owned(),
            32 => "at least 32 addresses".to_owned(),
            few => format!("{few} addresses"),
        };
        let shared = together.map_or(String::new(), |all| {
            format!(
                " {} clients together asked for {} names of it, nearly each for its own, and none connected.",
                all.clients, all.names
            )
        });
        let scattered = if gives_data(ends) {
            " They lie in networks all over, as data does that is written as addresses."
        } else {
            ""
        };
        Some(Proof {
            rule: KIND.to_owned(),
            at_least: BANDS[2],
            text: format!(
                "The client asked for {names} names, was given {given}, and connected to none; of {known} other domains it connected to {met}.{shared}{scattered}"
            ),
            evidence: Vec::new(),
            matched: names,
            of: names,
        })
    }
}

/// Whether a channel has many names, each asked for about once, that hardly anybody else asks for, and addresses
/// in the answers.
fn is_striking(ends: &Ends<'_, DnsChannel>) -> bool {
    let channel = ends.channel;
    let names = channel.distinct_names();
    gives_data(ends)
        || names >= NAMES
            && 2 * channel.records <= 5 * names
            && 2 * channel.with_answers >= channel.answered
            && ends.other_clients <= FEW_OTHERS
            && !channel.addresses.kept().is_empty()
}

/// Whether a channel was given a hundred addresses in networks all over, by a domain that hardly anybody else asks for: what
/// data looks like that is written as addresses.
pub(super) fn gives_data(ends: &Ends<'_, DnsChannel>) -> bool {
    let addresses = &ends.channel.addresses;
    let kept = addresses.kept();
    if kept.len() < SAMPLE || ends.other_clients > FEW_OTHERS || addresses.distinct() < NAMES as f64
    {
        return false;
    }
    let networks: FxHashSet<u32> = kept.iter().map(|&(_, network)| network).collect();
    networks.len() >= NETWORKS
}

/// The channels of a domain, by number, whose clients share a hundred names, each client with its own; none where
/// few enough ask that each is judged by itself. What hosts ask for others is left out.
fn together(
    scene: &Scene<'_>,
    roles: &Roles<'_>,
    channels: &[u32],
) -> Option<(Vec<u32>, Together)> {
    if channels.len() <= FEW_OTHERS as usize + 1 || 2 * channels.len() as u64 > roles.clients() {
        return None;
    }
    let of = |id: &u32| &scene.dns[*id as usize];
    let is_own = |id: &&u32| !roles.is_resolver(of(id).client_id);
    let channels: Vec<u32> = channels.iter().filter(is_own).copied().collect();
    let sum = |of_one: fn(&DnsChannel) -> u64| -> u64 {
        channels.iter().map(|id| of_one(of(id).channel)).sum()
    };
    let asked = sum(|channel| channel.names.count);
    let is_striking = asked >= NAMES
        && 2 * sum(|channel| channel.records) <= 5 * asked
        && 2 * sum(|channel| channel.with_answers) >= sum(|channel| channel.answered)
        && channels
            .iter()
            .all(|id| !of(id).channel.addresses.kept().is_empty());
    if !is_striking {
        return None;
    }
    let ends: Vec<&Ends<'_, DnsChannel>> = channels.iter().map(of).collect();
    let (names, own) = super::together::distinct(scene, &ends);
    let (distinct, own) = (names.len() as u64, own as u64);
    let clients = channels.len();
    let is_shared_out = distinct >= NAMES && OWN.1 * own >= OWN.0 * distinct;
    is_shared_out.then_some((
        channels,
        Together {
            clients,
            names: distinct,
        },
    ))
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
    never_asked_of(scene, |_| true)
}

/// The same of some clients, by their numbers.
pub(super) fn never_asked_of(scene: &Scene<'_>, wanted: impl Fn(u32) -> bool) -> Vec<Unasked> {
    let mut complete: FxHashMap<u32, bool> = FxHashMap::default();
    let mut answered: FxHashSet<(u32, u64)> = FxHashSet::default();
    for ends in scene.dns.iter().filter(|ends| wanted(ends.client_id)) {
        let kept = ends.channel.addresses.kept();
        *complete.entry(ends.client_id).or_insert(true) &= kept.len() < SAMPLE;
        answered.extend(kept.iter().map(|&(hash, _)| (ends.client_id, hash)));
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

/// Outside peers of a client that say whether its connections follow from its questions: so many at least, four in five of
/// which were given.
const GIVEN_PEERS: usize = 2;

/// Of some pairs of a client's number and a peer, those that stand in no answer of these logs: every answer to the client that
/// could be of that address is known, nobody else was given it either, the client asked for names before its last connection
/// there, and most of its other outside peers were given to somebody.
pub(super) fn in_no_answer(
    scene: &Scene<'_>,
    wanted: &[(u32, &[u8], Interval)],
) -> FxHashSet<(u32, u64)> {
    let mut peers: FxHashMap<u32, FxHashSet<u64>> = FxHashMap::default();
    for (client, ..) in wanted {
        peers.entry(*client).or_default();
    }
    if peers.is_empty() {
        return FxHashSet::default();
    }
    let mut given: FxHashMap<u64, bool> = FxHashMap::default();
    for ends in scene.flows(FlowClass::Other) {
        if let Some(peers) = peers.get_mut(&ends.client_id)
            && ends.channel.with_payload > 0
            && rule::is_outside(ends.other) == Some(true)
        {
            let hash = Analysis::address_hash(ends.other);
            peers.insert(hash);
            given.insert(hash, false);
        }
    }
    // Up to which hash each client's answers are known, and when it began to ask.
    let mut known: FxHashMap<u32, (u64, Interval)> = FxHashMap::default();
    for ends in &scene.dns {
        let addresses = &ends.channel.addresses;
        for (hash, _) in addresses.kept() {
            given.entry(*hash).and_modify(|given| *given = true);
        }
        if peers.contains_key(&ends.client_id) {
            let (to, asked) = known
                .entry(ends.client_id)
                .or_insert((u64::MAX, Interval::default()));
            *to = addresses.known_to().min(*to);
            asked.merge(ends.channel.interval);
        }
    }
    let is_given = |hash: &u64| given.get(hash) == Some(&true);
    wanted
        .iter()
        .map(|&(client, peer, interval)| (client, Analysis::address_hash(peer), interval))
        .filter(|(client, hash, interval)| {
            let of = &peers[client];
            let named = of.iter().filter(|hash| is_given(hash)).count();
            // Without the peer itself.
            !is_given(hash)
                && named >= GIVEN_PEERS
                && 5 * named + 4 >= 4 * of.len()
                && known.get(client).is_some_and(|(to, asked)| {
                    hash <= to && asked.first.is_some_and(|asked| Some(asked) < interval.last)
                })
        })
        .map(|(client, hash, _)| (client, hash))
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
