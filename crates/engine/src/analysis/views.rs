//! What is read out of an analysis: counts, names, channels with their ends.
//!
//! In: an [`Analysis`]. Out: views of it. Must not know: what is made of them.

use super::{Analysis, AskedName, Ends, Seen, UidHit};
use crate::channels::Interval;
use crate::channels::dns::DnsChannel;
use crate::channels::flow::{FlowChannel, FlowClass};
use crate::hash::mixed;
use wakeful_logs::Micros;

impl Analysis {
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

    /// The same; of a log of less than twenty minutes, a second a step.
    #[must_use]
    pub fn finest_over_time(&self) -> (f64, Vec<(f64, [u64; 2])>) {
        self.minutes.finest()
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

/// How often each number below `count` occurs.
fn counted(numbers: impl Iterator<Item = u32>, count: usize) -> Vec<u32> {
    let mut counts = vec![0; count];
    numbers.for_each(|number| counts[number as usize] += 1);
    counts
}
