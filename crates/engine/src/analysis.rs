//! Records of all inputs to the aggregates of every channel.
//!
//! In: records, in any order. Out: channels; partial analyses merge. Must not know: bytes of
//! files, models.

use crate::channels::Interval;
use crate::channels::dns::DnsChannel;
use crate::channels::flow::{FlowChannel, FlowClass};
use crate::intern::Interner;
use crate::names::{NameClass, NameFacts, facts};
use rustc_hash::{FxHashMap, FxHashSet};
use wakeful_logs::{ConnRecord, DnsRecord};

/// Where a record lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Place {
    /// The input: the n-th that was opened.
    pub input: usize,
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
    dns: Channels<(u32, u32), DnsChannel>,
    /// Names that a channel has: channel and name in one number.
    asked: FxHashSet<u64>,
    flows: Channels<(u32, u32, FlowClass), FlowChannel>,
    interval: Interval,
}

#[derive(Debug, Clone, Copy)]
struct Name {
    domain: u32,
    facts: NameFacts,
}

/// Channels by key, in the order in which they were met.
#[derive(Debug, Clone)]
struct Channels<K, C> {
    index: FxHashMap<K, u32>,
    all: Vec<(K, C)>,
}

impl<K, C> Default for Channels<K, C> {
    fn default() -> Self {
        Self {
            index: FxHashMap::default(),
            all: Vec::new(),
        }
    }
}

impl<K: Copy + Eq + std::hash::Hash, C: Default> Channels<K, C> {
    fn at(&mut self, key: K) -> (u32, &mut C) {
        let id = *self.index.entry(key).or_insert_with(|| {
            self.all.push((key, C::default()));
            self.all.len() as u32 - 1
        });
        (id, &mut self.all[id as usize].1)
    }
}

/// A channel with the names of its two ends.
#[derive(Debug, Clone, Copy)]
pub struct Ends<'a, C> {
    /// The client's address.
    pub client: &'a [u8],
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

    /// Adds a row of `dns.log`.
    pub fn dns(&mut self, record: &DnsRecord<'_>, place: Option<Place>) {
        self.interval.add(record.ts);
        let (Some(query), Some(client)) = (record.query, record.client) else {
            return;
        };
        // Multicast DNS, LLMNR and NetBIOS stay on the link: no one outside hears them.
        if matches!(record.server_port, Some(5353 | 5355 | 137)) || query.is_empty() {
            return;
        }
        let (name_id, new) = self.names.intern(query);
        if new {
            self.add_name(query);
        }
        let name = self.name_facts[name_id as usize];
        if name.facts.class != NameClass::Ordinary {
            return;
        }
        let (client, _) = self.hosts.intern(client);
        let (channel_id, channel) = self.dns.at((client, name.domain));
        channel.add(record, record.answers.stats());
        if self
            .asked
            .insert(u64::from(channel_id) << 32 | u64::from(name_id))
        {
            channel.names.add(&name.facts);
        }
        if let Some(place) = place {
            channel.places.add(place);
        }
    }

    /// Once a distinct name. Names differ in case where a log keeps it; domains do not.
    fn add_name(&mut self, query: &[u8]) {
        let (range, facts) = facts(query);
        let domain = if range.is_empty() {
            // The root: a name without a registered domain is under no other.
            b".".to_vec()
        } else {
            query[range].to_ascii_lowercase()
        };
        let (domain, _) = self.domains.intern(&domain);
        self.name_facts.push(Name { domain, facts });
    }

    /// Adds a row of `conn.log`.
    pub fn conn(&mut self, record: &ConnRecord<'_>, place: Option<Place>) {
        self.interval.add(record.ts);
        let (Some(client), Some(peer)) = (record.orig_host, record.resp_host) else {
            return;
        };
        let (client, _) = self.hosts.intern(client);
        let (peer, _) = self.hosts.intern(peer);
        let (_, channel) = self.flows.at((client, peer, FlowClass::of(record)));
        channel.add(record);
        if let Some(place) = place {
            channel.places.add(place);
        }
    }

    /// Adds what another analysis has seen, as if its records had come here. Its inputs are
    /// counted on from `inputs_before`.
    pub fn merge(&mut self, other: &Self, inputs_before: usize) {
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
                mine.merge_rows(theirs, inputs_before);
                id
            })
            .collect();
        // Sums of integers: the order of a set does not show in them.
        #[allow(clippy::iter_over_hash_type)]
        for &pair in &other.asked {
            let channel = channels[(pair >> 32) as usize];
            let name = names[(pair & u64::from(u32::MAX)) as usize];
            if self
                .asked
                .insert(u64::from(channel) << 32 | u64::from(name))
            {
                self.dns.all[channel as usize]
                    .1
                    .names
                    .add(&self.name_facts[name as usize].facts);
            }
        }
        for &((client, peer, class), ref theirs) in &other.flows.all {
            let (_, mine) = self
                .flows
                .at((hosts[client as usize], hosts[peer as usize], class));
            mine.merge(theirs, inputs_before);
        }
        self.interval.merge(other.interval);
    }

    /// First and last record.
    #[must_use]
    pub fn interval(&self) -> Interval {
        self.interval
    }

    /// All DNS channels, in no order that means anything.
    pub fn dns_channels(&self) -> impl Iterator<Item = Ends<'_, DnsChannel>> {
        let clients = counted(
            self.dns.all.iter().map(|((_, domain), _)| *domain),
            self.domains.len(),
        );
        self.dns
            .all
            .iter()
            .map(move |((client, domain), channel)| Ends {
                client: self.hosts.get(*client),
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
                .filter(move |((_, _, of), _)| *of == class)
        };
        let clients = counted(of_class().map(|((_, peer, _), _)| *peer), self.hosts.len());
        of_class().map(move |((client, peer, _), channel)| Ends {
            client: self.hosts.get(*client),
            other: self.hosts.get(*peer),
            channel,
            other_clients: clients[*peer as usize] - 1,
        })
    }
}

/// How often each number below `count` occurs.
fn counted(numbers: impl Iterator<Item = u32>, count: usize) -> Vec<u32> {
    let mut counts = vec![0; count];
    numbers.for_each(|number| counts[number as usize] += 1);
    counts
}
