//! Records of all inputs to the aggregates of every channel.
//!
//! In: records, in any order. Out: channels; partial analyses merge. Must not know: bytes of
//! files, models.

mod answers;
mod asked;
mod economy;
mod merge;
mod minutes;
mod row;
mod saved;
mod seen;
mod table;
mod text;
mod thrift;
mod uids;
mod views;

use crate::blocks::Blocks;
use crate::channels::Interval;
use crate::channels::dns::{DnsChannel, NameSums, RowFacts};
use crate::channels::flow::{FlowChannel, FlowClass};
use crate::hash::mixed;
use crate::intern::Interner;
use crate::names::{NameFacts, facts};
use answers::answers;
#[cfg(test)]
pub(crate) use answers::read;
pub(crate) use answers::{Answers, Asked, Element, Is, elements, least, network, written};
use asked::Added;
use economy::Room;
use minutes::Minutes;
pub(crate) use row::{ConnTexts, DnsRow};
pub(crate) use saved::SavedAnalysis;
pub use seen::Seen;
use std::borrow::Cow;
use table::{Channels, Key};
pub(crate) use text::{Age, Note, Text};
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
    name_facts: Blocks<Name>,
    domains: Interner,
    histories: Interner,
    dns: Channels<(u32, u32), DnsChannel>,
    asked: asked::Asked,
    flows: Channels<(u32, u32, FlowClass), FlowChannel>,
    uids: Uids,
    minutes: Minutes,
    interval: Interval,
    seen: Seen,
    recent: Recent,
    age: Age,
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
        if record.on_link || query.bytes.is_empty() {
            return;
        }
        if self.thrift.level() > 0 {
            match self.room(query.bytes, client.bytes, record.qtype) {
                Room::Here => {}
                Room::Nameless { channel, below } => {
                    return self.add_row(channel, record, below, place);
                }
                Room::Nothing => return,
                Room::None => return self.thrift.leave_out(1),
            }
        }
        let name_id = query.id(self.age, |query| {
            let (id, new) = self.names.intern_guessed(query, self.recent.name);
            if new {
                self.add_name(query);
            }
            id
        });
        self.recent.name = name_id;
        let name = self.name_facts[name_id as usize];
        if !name.facts.class.is_channel(record.qtype) {
            return;
        }
        let client = client.id(self.age, |client| {
            self.hosts.intern_guessed(client, self.recent.client).0
        });
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
        let hash = || mixed(query.bytes);
        let added = self.asked.add(channel, name_id, hash, record.ts);
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
            let server = server.id(self.age, |server| {
                self.hosts.intern_guessed(server, self.recent.server).0
            });
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
            asked,
            name_facts,
            names,
            ..
        } = self;
        let kept = asked.thin(channel, level, |name| mixed(names.get(name)));
        let mut sums = NameSums::default();
        for name in kept {
            sums.add(&name_facts[name as usize].facts);
        }
        let all = &mut self.dns.all[channel as usize].1;
        all.names = sums;
        all.level = asked.level(channel);
    }

    /// Once a distinct name. Names differ in case where a log keeps it; domains do not.
    fn add_name(&mut self, query: &[u8]) {
        let (domain, facts) = facts_and_domain(query);
        let (domain, _) = self.domains.intern(&domain);
        self.name_facts.push(Name { domain, facts });
    }

    /// Adds a row of `conn.log`.
    pub fn conn(&mut self, record: &ConnRecord<'_>, place: Option<Place>) {
        self.conn_row(record, ConnTexts::of(record), place);
    }

    /// [`Analysis::conn`], of a row whose texts may have come before.
    pub(crate) fn conn_row(
        &mut self,
        record: &ConnRecord<'_>,
        texts: ConnTexts<'_>,
        place: Option<Place>,
    ) {
        self.interval.add(record.ts);
        self.minutes.add(record.ts, 1);
        self.seen.conn(record);
        if self.thrift.row() {
            self.economise();
        }
        let (Some(client), Some(peer)) = (texts.client, texts.peer) else {
            return;
        };
        let class = FlowClass::of(record);
        if self.thrift.level() > 0 && !self.has_room_for_flow(client.bytes, peer.bytes, class) {
            return self.thrift.leave_out(1);
        }
        let keep = self.thrift.keep();
        let client = client.id(self.age, |client| self.hosts.intern(client).0);
        let peer = peer.id(self.age, |peer| self.hosts.intern(peer).0);
        let history = texts
            .history
            .map(|history| history.id(self.age, |history| self.histories.intern(history).0));
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
}

/// What a name says, and its registered domain.
fn facts_and_domain(query: &[u8]) -> (Cow<'_, [u8]>, NameFacts) {
    let (range, facts) = facts(query);
    let domain = match &query[range] {
        // The root: a name without a registered domain is under no other.
        [] => Cow::Borrowed(&b"."[..]),
        mixed if mixed.iter().any(u8::is_ascii_uppercase) => Cow::Owned(mixed.to_ascii_lowercase()),
        domain => Cow::Borrowed(domain),
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
