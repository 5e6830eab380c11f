//! Records of all inputs to the aggregates of every channel.
//!
//! In: records, in any order. Out: channels; partial analyses merge. Must not know: bytes of
//! files, models.

mod answers;
mod asked;
mod economy;
mod minutes;
mod row;
mod saved;
mod seen;
mod thrift;
mod uids;

use crate::blocks::Blocks;
use crate::channels::Interval;
use crate::channels::dns::{DnsChannel, NameSums, RowFacts};
use crate::channels::flow::{FlowChannel, FlowClass};
use crate::channels::keep::Keep;
use crate::hash::mixed;
use crate::intern::Interner;
use crate::names::{NameFacts, facts};
use answers::answers;
pub(crate) use answers::{Answers, Element, Networks, read};
use asked::{Added, Asked};
use economy::Room;
use minutes::Minutes;
pub(crate) use row::DnsRow;
use rustc_hash::FxHashMap;
pub(crate) use saved::SavedAnalysis;
pub use seen::Seen;
use thrift::Thrift;
use uids::{UidFlow, Uids};
use wakeful_logs::{At, ConnRecord, DnsRecord, Micros, Sink};

/// Where a record lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Place {
    /// The input: the n-th that was opened.
    pub input: usize,
    /// The piece of the input, where it was read in pieces, counted from 1; otherwise 0. Offset and header
    /// count within it.
    pub piece: u32,
    /// Its line's first byte in the unpacked input.
    pub offset: u64,
    /// The line's length in bytes.
    pub len: u32,
    /// Whether the input is packed: `offset` counts unpacked bytes.
    pub packed: bool,
    /// The header above the line, as a position in the input's headers; `None` for JSON.
    pub header: Option<u32>,
}

/// All that is kept of the records.
#[derive(Debug, Clone, Default)]
pub struct Analysis {
    hosts: Interner,
    names: Interner,
    name_facts: Vec<Name>,
    domains: Interner,
    histories: Interner,
    dns: Channels<(u32, u32), DnsChannel>,
    asked: Asked,
    flows: Channels<(u32, u32, FlowClass), FlowChannel>,
    uids: Uids,
    minutes: Minutes,
    interval: Interval,
    seen: Seen,
    recent: Recent,
    thrift: Thrift,
}

/// What the row of `dns.log` before had: rows come in pairs (A and AAAA) and in runs, and what is the
/// same again need not be looked up. Nothing in a report depends on it.
#[derive(Debug, Clone, Default)]
struct Recent {
    name: u32,
    client: u32,
    server: u32,
    /// Client and domain, with the number of their channel.
    channel: Option<((u32, u32), u32)>,
    /// A channel and a name that is kept of it, with a time when it was asked for.
    pair: Option<((u32, u32), Micros)>,
}

#[derive(Debug, Clone, Copy)]
struct Name {
    domain: u32,
    hash: u64,
    facts: NameFacts,
}

/// A name that a channel asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AskedName<'a> {
    /// The channel: its place in [`Analysis::dns_channels`].
    pub channel: u32,
    /// When first; none where no row of it has a time.
    pub first: Option<Micros>,
    /// The name, decoded.
    pub name: &'a [u8],
    /// What it says.
    pub facts: &'a NameFacts,
}

/// A flow that a `uid` names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UidHit {
    /// The flow channel: its [`Ends::id`].
    pub channel: u32,
    /// Payload bytes from the client.
    pub orig_bytes: u64,
    /// Payload bytes from the peer.
    pub resp_bytes: u64,
}

/// Channels by key, in the order in which they were met.
#[derive(Debug, Clone)]
struct Channels<K, C> {
    index: FxHashMap<K, u32>,
    all: Blocks<(K, C)>,
    /// By the number of the domain or peer, how many channels it has.
    crowds: Vec<u32>,
}

impl<K, C> Default for Channels<K, C> {
    fn default() -> Self {
        Self {
            index: FxHashMap::default(),
            all: Blocks::default(),
            crowds: Vec::new(),
        }
    }
}

/// A channel's ends, as numbers.
trait Key: Copy + Eq + std::hash::Hash {
    /// The domain or the peer.
    fn other(self) -> u32;
}

impl Key for (u32, u32) {
    fn other(self) -> u32 {
        self.1
    }
}

impl Key for (u32, u32, FlowClass) {
    fn other(self) -> u32 {
        self.1
    }
}

impl<K: Key, C: Default> Channels<K, C> {
    fn at(&mut self, key: K) -> (u32, &mut C) {
        let id = *self.index.entry(key).or_insert_with(|| {
            let other = key.other() as usize;
            if self.crowds.len() <= other {
                self.crowds.resize(other + 1, 0);
            }
            self.crowds[other] += 1;
            self.all.push((key, C::default()));
            self.all.len() as u32 - 1
        });
        (id, &mut self.all[id as usize].1)
    }

    /// Another's clients of domains or peers, also of those that it no longer follows: of two numbers of
    /// clients that may be the same ones, the larger is known for sure.
    fn meet(&mut self, crowds: &[u32], rename: &[u32]) {
        for (&met, &other) in crowds.iter().zip(rename) {
            if let Some(mine) = self.crowds.get_mut(other as usize) {
                *mine = met.max(*mine);
            }
        }
    }

    /// Whether one more channel of a domain or peer may be followed; one that was not met has no number.
    fn takes(&self, keep: Keep, other: Option<u32>) -> bool {
        let crowd = other.and_then(|other| self.crowds.get(other as usize));
        keep.new && crowd.copied().unwrap_or(0) < keep.crowd
    }

    /// Bytes of the tables, without what channels own elsewhere.
    fn bytes(&self) -> usize {
        self.all.bytes()
            + self.crowds.capacity() * size_of::<u32>()
            + self.index.capacity() * 8 / 7 * (size_of::<(K, u32)>() + 1)
    }
}

impl<C> Channels<(u32, u32, FlowClass), C> {
    /// A channel's ends and class by themselves: they order channels alike in every analysis.
    fn ends<'a>(&self, channel: u32, hosts: &'a Interner) -> (&'a [u8], &'a [u8], FlowClass) {
        let (client, peer, class) = self.all[channel as usize].0;
        (hosts.get(client), hosts.get(peer), class)
    }
}

/// A channel with the names of its two ends.
#[derive(Debug, Clone, Copy)]
pub struct Ends<'a, C> {
    /// The channel's number.
    pub id: u32,
    /// The client's number.
    pub client_id: u32,
    /// The client's address.
    pub client: &'a [u8],
    /// The registered domain's or the peer's number.
    pub other_id: u32,
    /// The registered domain, or the peer's address.
    pub other: &'a [u8],
    /// What is kept of the channel.
    pub channel: &'a C,
    /// How many other clients have a channel with the same domain or peer.
    pub other_clients: u32,
}

impl Analysis {
    /// Nothing seen so far.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Holds the analysis to so many bytes: beyond them less is kept of every channel, and the report says
    /// what. What judging takes by itself comes on top.
    pub fn set_budget(&mut self, bytes: u64) {
        self.thrift.set_budget(bytes);
    }

    /// Adds a row of `dns.log`.
    pub fn dns(&mut self, record: &DnsRecord<'_>, place: Option<Place>) {
        self.dns_row(&DnsRow::of(record), place);
    }

    /// [`Analysis::dns`], of a row that may have been read elsewhere.
    pub(crate) fn dns_row(&mut self, record: &DnsRow<'_>, place: Option<Place>) {
        self.interval.add(record.ts);
        self.minutes.add(record.ts, 0);
        self.seen.dns(record);
        if self.thrift.row() {
            self.economise();
        }
        let (Some(query), Some(client)) = (record.query, record.client) else {
            return;
        };
        if record.on_link || query.is_empty() {
            return;
        }
        if self.thrift.level() > 0 {
            match self.room(query, client, record.qtype) {
                Room::Here => {}
                Room::Nameless { channel, below } => {
                    return self.add_row(channel, record, below, place);
                }
                Room::Nothing => return,
                Room::None => return self.thrift.leave_out(1),
            }
        }
        let (name_id, new) = self.names.intern_guessed(query, self.recent.name);
        if new {
            self.add_name(query);
        }
        self.recent.name = name_id;
        let name = self.name_facts[name_id as usize];
        if !name.facts.class.is_channel(record.qtype) {
            return;
        }
        let (client, _) = self.hosts.intern_guessed(client, self.recent.client);
        self.recent.client = client;
        let ends = (client, name.domain);
        let channel = match self.recent.channel {
            Some((same, id)) if same == ends => id,
            _ => self.dns.at(ends).0,
        };
        self.recent.channel = Some((ends, channel));
        self.add_row(channel, record, name.facts.below, place);
        let time = record.ts.unwrap_or(Micros::MAX);
        let pair = (channel, name_id);
        if matches!(self.recent.pair, Some((same, before)) if same == pair && before <= time) {
            // It is kept, and with an earlier time.
            return;
        }
        let key = asked::Key {
            name: name_id,
            hash: name.hash,
        };
        let added = self.asked.add(channel, key, record.ts);
        self.recent.pair = (added != Added::Passed).then_some((pair, time));
        if added == Added::New {
            let names = &mut self.dns.all[channel as usize].1.names;
            names.add(&name.facts);
            if names.count > self.asked.exact() {
                self.thin(channel, 0);
            }
        }
    }

    /// Adds a row to a channel; its name has so many bytes below its registered domain.
    fn add_row(&mut self, channel: u32, record: &DnsRow<'_>, below: u16, place: Option<Place>) {
        let server = record.server.map(|server| {
            let (server, _) = self.hosts.intern_guessed(server, self.recent.server);
            self.recent.server = server;
            server
        });
        let keep = self.thrift.keep();
        let (_, channel) = &mut self.dns.all[channel as usize];
        let row = RowFacts {
            answers: answers(keep, channel, record.answers),
            below,
            server,
            uid: record.uid,
        };
        channel.add_within(keep, (record.ts, record.qtype, record.rcode), row);
        if let Some(place) = place {
            channel.places.add(keep.places, place);
        }
    }

    /// Keeps a sample of a channel's names, and sums over it.
    fn thin(&mut self, channel: u32, level: u32) {
        self.recent.pair = None;
        let Self {
            asked, name_facts, ..
        } = self;
        let kept = asked.thin(channel, level, |name| name_facts[name as usize].hash);
        let mut names = NameSums::default();
        for name in kept {
            names.add(&name_facts[name as usize].facts);
        }
        let all = &mut self.dns.all[channel as usize].1;
        all.names = names;
        all.level = asked.level(channel);
    }

    /// Once a distinct name. Names differ in case where a log keeps it; domains do not.
    fn add_name(&mut self, query: &[u8]) {
        let (domain, facts) = facts_and_domain(query);
        let (domain, _) = self.domains.intern(&domain);
        self.name_facts.push(Name {
            domain,
            hash: mixed(query),
            facts,
        });
    }

    /// Adds a row of `conn.log`.
    pub fn conn(&mut self, record: &ConnRecord<'_>, place: Option<Place>) {
        self.interval.add(record.ts);
        self.minutes.add(record.ts, 1);
        self.seen.conn(record);
        if self.thrift.row() {
            self.economise();
        }
        let (Some(client), Some(peer)) = (record.orig_host, record.resp_host) else {
            return;
        };
        let class = FlowClass::of(record);
        if self.thrift.level() > 0 && !self.has_room_for_flow(client, peer, class) {
            return self.thrift.leave_out(1);
        }
        let keep = self.thrift.keep();
        let (client, _) = self.hosts.intern(client);
        let (peer, _) = self.hosts.intern(peer);
        let history = record
            .history
            .map(|history| self.histories.intern(history).0);
        // Only flows of DNS are joined with `dns.log`.
        let uid = match class {
            FlowClass::Dns => record.uid.map(mixed),
            _ => None,
        };
        let (id, channel) = self.flows.at((client, peer, class));
        channel.add_within(keep, record, history, uid);
        if let Some(place) = place {
            channel.places.add(keep.places, place);
        }
        if let Some(uid) = uid {
            let flow = UidFlow {
                channel: id,
                orig_bytes: record.orig_bytes.unwrap_or(0),
                resp_bytes: record.resp_bytes.unwrap_or(0),
            };
            let Self {
                uids, flows, hosts, ..
            } = self;
            uids.add(uid, flow, |channel| flows.ends(channel, hosts));
        }
    }

    /// Takes the place of this one, of which nothing is kept but the budget.
    pub(crate) fn become_that(&mut self, other: Self) {
        let thrift = std::mem::take(&mut self.thrift);
        *self = other;
        self.thrift.take_budget(&thrift);
        self.economise();
    }

    /// Adds what another analysis has seen, as if its records had come here. Its inputs are renamed by
    /// `input`.
    pub fn merge(&mut self, other: &Self, input: impl Fn(u32) -> u32) {
        let hosts: Vec<u32> = (0..other.hosts.len() as u32)
            .map(|id| self.hosts.intern(other.hosts.get(id)).0)
            .collect();
        let domains: Vec<u32> = (0..other.domains.len() as u32)
            .map(|id| self.domains.intern(other.domains.get(id)).0)
            .collect();
        let names: Vec<u32> = (0..other.names.len() as u32)
            .map(|id| {
                let (mine, new) = self.names.intern(other.names.get(id));
                if new {
                    let name = other.name_facts[id as usize];
                    self.name_facts.push(Name {
                        domain: domains[name.domain as usize],
                        ..name
                    });
                }
                mine
            })
            .collect();
        let channels: Vec<u32> = other
            .dns
            .all
            .iter()
            .map(|&((client, domain), ref theirs)| {
                let (id, mine) = self
                    .dns
                    .at((hosts[client as usize], domains[domain as usize]));
                mine.merge_rows(theirs, &input, |server| hosts[server as usize]);
                id
            })
            .collect();
        self.dns.meet(&other.dns.crowds, &domains);
        self.merge_asked(other, &channels, &names);
        let histories: Vec<u32> = (0..other.histories.len() as u32)
            .map(|id| self.histories.intern(other.histories.get(id)).0)
            .collect();
        let flows: Vec<u32> = other
            .flows
            .all
            .iter()
            .map(|&((client, peer, class), ref theirs)| {
                let (id, mine) =
                    self.flows
                        .at((hosts[client as usize], hosts[peer as usize], class));
                mine.merge(theirs, &input, &|history| histories[history as usize]);
                id
            })
            .collect();
        self.flows.meet(&other.flows.crowds, &hosts);
        let Self {
            uids, flows: mine, ..
        } = self;
        uids.merge(
            &other.uids,
            |channel| flows[channel as usize],
            |channel| mine.ends(channel, &self.hosts),
        );
        self.minutes.merge(&other.minutes);
        self.seen.merge(&other.seen);
        self.interval.merge(other.interval);
        if self.thrift.merge(&other.thrift) {
            self.cut();
        }
        self.economise();
    }

    /// Adds another's pairs of channel and name, by this one's numbers.
    fn merge_asked(&mut self, other: &Self, channels: &[u32], names: &[u32]) {
        for (channel, level) in other.asked.levels() {
            let mine = channels[channel as usize];
            if level > self.asked.level(mine) {
                self.thin(mine, level);
            }
        }
        let mut touched = Vec::new();
        // Sums of integers: the order of a table does not show in them.
        for (channel, name, time) in other.asked.pairs() {
            let channel = channels[channel as usize];
            let name = names[name as usize];
            let Name { hash, facts, .. } = self.name_facts[name as usize];
            if self.asked.add(channel, asked::Key { name, hash }, time) == Added::New {
                let sums = &mut self.dns.all[channel as usize].1.names;
                sums.add(&facts);
                if sums.count > self.asked.exact() {
                    touched.push(channel);
                }
            }
        }
        touched.sort_unstable();
        touched.dedup();
        touched
            .into_iter()
            .for_each(|channel| self.thin(channel, 0));
    }

    /// What was not kept for want of memory, in a sentence.
    #[must_use]
    pub fn left_out(&self) -> Option<String> {
        self.thrift.sentence()
    }

    /// First and last record.
    #[must_use]
    pub fn interval(&self) -> Interval {
        self.interval
    }

    /// How many rows had what.
    #[must_use]
    pub fn seen(&self) -> &Seen {
        &self.seen
    }

    /// Seconds a step, and for each step with records: where it begins (seconds since 1970), records of
    /// `dns.log` and of `conn.log`.
    #[must_use]
    pub fn over_time(&self) -> (f64, Vec<(f64, [u64; 2])>) {
        self.minutes.steps()
    }

    /// An address by its number.
    #[must_use]
    pub fn host(&self, id: u32) -> &[u8] {
        self.hosts.get(id)
    }

    /// The hash of an address, as [`DnsChannel::addresses`] has it.
    #[must_use]
    pub fn address_hash(address: &[u8]) -> u64 {
        mixed(address)
    }

    /// A connection's history by its number.
    #[must_use]
    pub fn history(&self, id: u32) -> &[u8] {
        self.histories.get(id)
    }

    /// The flow of a `uid` by its hash, where it is kept.
    #[must_use]
    pub fn flow_of(&self, uid: u64) -> Option<UidHit> {
        self.uids.get(uid).map(|flow| UidHit {
            channel: flow.channel,
            orig_bytes: flow.orig_bytes,
            resp_bytes: flow.resp_bytes,
        })
    }

    /// Distinct names, over all channels.
    #[must_use]
    pub fn name_count(&self) -> u64 {
        self.names.len() as u64
    }

    /// A registered domain's number, if a name under it was asked for.
    #[must_use]
    pub(crate) fn domain_number(&self, domain: &[u8]) -> Option<u32> {
        self.domains.find(domain)
    }

    /// All names that channels asked for (of a channel with very many, its sample): by channel, then by
    /// the time that they were first asked for, then by name.
    #[must_use]
    pub fn asked_names(&self) -> Vec<AskedName<'_>> {
        // Each channel's names are put side by side by counting; only they are sorted.
        let mut ends = vec![0; self.dns.all.len()];
        let mut pairs = 0;
        for (channel, _, _) in self.asked.pairs() {
            ends[channel as usize] += 1;
            pairs += 1;
        }
        let mut sum = 0;
        for end in &mut ends {
            sum += std::mem::replace(end, sum);
        }
        let mut asked = vec![(Micros::MAX, 0); pairs];
        for (channel, name, first) in self.asked.pairs() {
            let end = &mut ends[channel as usize];
            asked[*end] = (first.unwrap_or(Micros::MAX), name);
            *end += 1;
        }
        let mut names = Vec::with_capacity(pairs);
        let mut start = 0;
        for (channel, end) in ends.into_iter().enumerate() {
            self.in_order(channel as u32, &mut asked[start..end], &mut names);
            start = end;
        }
        names
    }

    /// Those of one channel.
    #[must_use]
    pub fn names_of(&self, channel: u32) -> Vec<AskedName<'_>> {
        let mut asked: Vec<(Micros, u32)> = self
            .asked
            .pairs()
            .filter(|&(of, _, _)| of == channel)
            .map(|(_, name, first)| (first.unwrap_or(Micros::MAX), name))
            .collect();
        let mut names = Vec::with_capacity(asked.len());
        self.in_order(channel, &mut asked, &mut names);
        names
    }

    /// A channel's names in the order of first asking, behind others; one without a time comes last.
    fn in_order<'a>(
        &'a self,
        channel: u32,
        asked: &mut [(Micros, u32)],
        names: &mut Vec<AskedName<'a>>,
    ) {
        asked.sort_unstable_by(|a, b| {
            let name = |of: u32| self.names.get(of);
            a.0.cmp(&b.0).then_with(|| name(a.1).cmp(name(b.1)))
        });
        names.extend(asked.iter().map(|&(first, name)| AskedName {
            channel,
            first: (first != Micros::MAX).then_some(first),
            name: self.names.get(name),
            facts: &self.name_facts[name as usize].facts,
        }));
    }

    /// How many DNS channels there are.
    #[must_use]
    pub fn dns_channel_count(&self) -> usize {
        self.dns.all.len()
    }

    /// All DNS channels, in no order that means anything.
    pub fn dns_channels(&self) -> impl Iterator<Item = Ends<'_, DnsChannel>> {
        // All that were met, also where not all are followed.
        let clients = &self.dns.crowds;
        self.dns
            .all
            .iter()
            .zip(0..)
            .map(move |(((client, domain), channel), id)| Ends {
                id,
                client_id: *client,
                client: self.hosts.get(*client),
                other_id: *domain,
                other: self.domains.get(*domain),
                channel,
                other_clients: clients[*domain as usize] - 1,
            })
    }

    /// All flow channels of a class, in no order that means anything.
    pub fn flow_channels(&self, class: FlowClass) -> impl Iterator<Item = Ends<'_, FlowChannel>> {
        let of_class = move || {
            self.flows
                .all
                .iter()
                .zip(0..)
                .filter(move |(((_, _, of), _), _)| *of == class)
        };
        let peers = of_class().map(|(((_, peer, _), _), _)| *peer);
        let clients = counted(peers, self.hosts.len());
        of_class().map(move |(((client, peer, _), channel), id)| Ends {
            id,
            client_id: *client,
            client: self.hosts.get(*client),
            other_id: *peer,
            other: self.hosts.get(*peer),
            channel,
            other_clients: clients[*peer as usize] - 1,
        })
    }
}

/// What a name says, and its registered domain.
fn facts_and_domain(query: &[u8]) -> (Vec<u8>, NameFacts) {
    let (range, facts) = facts(query);
    let domain = if range.is_empty() {
        // The root: a name without a registered domain is under no other.
        b".".to_vec()
    } else {
        query[range].to_ascii_lowercase()
    };
    (domain, facts)
}

/// Records alone: where they lie is not kept.
impl Sink for Analysis {
    fn dns(&mut self, record: &DnsRecord<'_>, _at: At) {
        self.dns(record, None);
    }

    fn conn(&mut self, record: &ConnRecord<'_>, _at: At) {
        self.conn(record, None);
    }
}

/// How often each number below `count` occurs.
fn counted(numbers: impl Iterator<Item = u32>, count: usize) -> Vec<u32> {
    let mut counts = vec![0; count];
    numbers.for_each(|number| counts[number as usize] += 1);
    counts
}
