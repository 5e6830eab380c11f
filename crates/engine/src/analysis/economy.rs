//! An analysis held to a budget of memory.
//!
//! In: rows that may open a channel or bring a name, a level of [`super::thrift`]. Out: whether there is
//! room for them; an analysis of which no more is kept than the level says. Must not know: why memory is
//! short.

use super::{Analysis, Channels, Key, Recent, facts_and_domain};
use crate::blocks::Blocks;
use crate::channels::dns::{DnsChannel, NameSums};
use crate::channels::flow::{FlowChannel, FlowClass};
use crate::hash::mixed;
use crate::intern::Interner;
use crate::order;
use std::cmp::Reverse;

const GONE: u32 = u32::MAX;

impl Analysis {
    /// Bytes of all that is held, about: capacities of tables, without what the allocator adds.
    #[must_use]
    pub fn held(&self) -> u64 {
        let channels: usize = self
            .dns
            .all
            .iter()
            .map(|(_, channel)| channel.bytes())
            .sum();
        let flows: usize = self.flows.all.iter().map(|(_, flow)| flow.bytes()).sum();
        let texts: usize = [&self.hosts, &self.names, &self.domains, &self.histories]
            .map(Interner::bytes)
            .iter()
            .sum();
        let names = self.name_facts.bytes();
        let tables = self.dns.bytes() + self.flows.bytes() + self.asked.bytes();
        (channels + flows + texts + names + tables) as u64
    }

    /// Keeps less, where the budget is used up.
    pub(super) fn economise(&mut self) {
        while self.thrift.row() {
            let held = self.held();
            if self.thrift.rises(held) {
                self.cut();
            } else {
                break;
            }
        }
    }

    /// Brings everything down to what the level keeps.
    pub(super) fn cut(&mut self) {
        self.recent = Recent::default();
        self.age.advance();
        let keep = self.thrift.keep();
        self.dns
            .all
            .iter_mut()
            .for_each(|(_, channel)| channel.cut(keep));
        self.flows
            .all
            .iter_mut()
            .for_each(|(_, flow)| flow.cut(keep));
        self.asked.set_exact(keep.names);
        self.thin_all();
        if keep.crowd < u32::MAX {
            self.disperse(keep.crowd);
        }
        self.forget_names();
    }

    /// Samples of the names of channels that have more than are kept, and sums over them.
    fn thin_all(&mut self) {
        let Self {
            asked,
            name_facts,
            names,
            dns,
            ..
        } = self;
        let channels: Vec<u32> = (0..)
            .zip(dns.all.iter())
            .filter(|(_, (_, channel))| channel.names.count > asked.exact())
            .map(|(id, _)| id)
            .collect();
        if channels.is_empty() {
            return;
        }
        asked.thin_all(&channels, |name| mixed(names.get(name)));
        for &channel in &channels {
            let (_, of) = &mut dns.all[channel as usize];
            of.names = NameSums::default();
            of.level = asked.level(channel);
        }
        for (channel, name, _) in asked.pairs() {
            if channels.binary_search(&channel).is_ok() {
                let (_, of) = &mut dns.all[channel as usize];
                of.names.add(&name_facts[name as usize].facts);
            }
        }
    }

    /// Leaves out names that no channel keeps, but for the first of each domain: domains are numbered in the
    /// order of names.
    fn forget_names(&mut self) {
        let mut wanted = vec![GONE; self.names.len()];
        for (_, name, _) in self.asked.pairs() {
            wanted[name as usize] = 0;
        }
        let mut domains = 0;
        for (new, name) in wanted.iter_mut().zip(self.name_facts.iter()) {
            if name.domain == domains {
                domains += 1;
                *new = 0;
            }
        }
        let kept = wanted.iter_mut().filter(|new| **new != GONE);
        (0..).zip(kept).for_each(|(number, new)| *new = number);
        self.names.retain(|name| wanted[name as usize] != GONE);
        let facts = std::mem::take(&mut self.name_facts).into_values();
        let facts = facts.zip(&wanted).filter(|(_, new)| **new != GONE);
        self.name_facts = facts.map(|(known, _)| known).collect();
        self.asked.rename(Some, |name| wanted[name as usize]);
    }

    /// Of every domain and peer with more clients than that, keeps the channels that say most.
    fn disperse(&mut self, crowd: u32) {
        let hosts = &self.hosts;
        let said = |((client, _), channel): &((u32, u32), DnsChannel)| {
            let said = (channel.names.count << channel.level, channel.records);
            (Reverse(said), hosts.get(*client).to_vec())
        };
        let (channels, rows) = self.dns.disperse(crowd, said, |channel| channel.records);
        self.thrift.leave_out(rows);
        let renamed = |channel: u32| channels.get(channel as usize).copied().flatten();
        self.asked.rename(renamed, |name| name);

        let said = |((client, _, class), flow): &((u32, u32, FlowClass), FlowChannel)| {
            let said = (flow.orig_bytes, flow.records);
            (Reverse(said), hosts.get(*client).to_vec(), *class)
        };
        let (flows, rows) = self.flows.disperse(crowd, said, |flow| flow.records);
        self.thrift.leave_out(rows);
        self.uids
            .rename(|flow| flows.get(flow as usize).copied().flatten());
    }

    /// What room there is for a row of `dns.log`.
    pub(super) fn room(&self, query: &[u8], client: &[u8], qtype: Option<u16>) -> Room {
        let keep = self.thrift.keep();
        let (known, class, domain, below) = match self.names.find(query) {
            Some(id) => {
                let name = &self.name_facts[id as usize];
                (true, name.facts.class, Some(name.domain), name.facts.below)
            }
            None => {
                let (domain, facts) = facts_and_domain(query);
                let domain = self.domains.find(&domain);
                (false, facts.class, domain, facts.below)
            }
        };
        if !class.is_channel(qtype) {
            return Room::Nothing;
        }
        let ends = domain.and_then(|domain| Some((self.hosts.find(client)?, domain)));
        match ends.and_then(|ends| self.dns.index.get(&ends)) {
            Some(&channel) if known || self.asked.keeps(channel, mixed(query)) => Room::Here,
            Some(&channel) => Room::Nameless { channel, below },
            None if self.dns.takes(keep, domain) => Room::Here,
            None => Room::None,
        }
    }

    /// Whether a flow can be followed.
    pub(super) fn has_room_for_flow(&self, client: &[u8], peer: &[u8], class: FlowClass) -> bool {
        let peer = self.hosts.find(peer);
        let ends = peer.and_then(|peer| Some((self.hosts.find(client)?, peer, class)));
        ends.is_some_and(|ends| self.flows.index.contains_key(&ends))
            || self.flows.takes(self.thrift.keep(), peer)
    }
}

impl<K: Key, C> Channels<K, C> {
    /// Of every domain and peer with more channels than `crowd`, keeps those that come first by `rank`.
    /// Gives for each channel its new number, if it has one, and how many rows (by `rows`) the others had.
    fn disperse<O: Ord>(
        &mut self,
        crowd: u32,
        rank: impl Fn(&(K, C)) -> O,
        rows: impl Fn(&C) -> u64,
    ) -> (Vec<Option<u32>>, u64) {
        let mut crowded: Vec<(u32, u32)> = (0..)
            .zip(self.all.iter())
            .map(|(id, (key, _))| (key.other(), id))
            .filter(|&(other, _)| self.crowds[other as usize] > crowd)
            .collect();
        crowded.sort_unstable();
        let mut kept = vec![true; self.all.len()];
        for of_one in crowded.chunk_by(|a, b| a.0 == b.0) {
            let ranked = of_one
                .iter()
                .map(|&(_, id)| (rank(&self.all[id as usize]), id));
            let mut ranked: Vec<(O, u32)> = ranked.collect();
            order::natural(&mut ranked);
            for (_, id) in ranked.into_iter().skip(crowd as usize) {
                kept[id as usize] = false;
            }
        }
        let mut left_out = 0;
        let mut all = Blocks::default();
        let mut renamed = Vec::with_capacity(kept.len());
        let values = std::mem::take(&mut self.all).into_values();
        for ((key, channel), kept) in values.zip(kept) {
            if kept {
                renamed.push(Some(all.len() as u32));
                all.push((key, channel));
            } else {
                renamed.push(None);
                left_out += rows(&channel);
            }
        }
        let ids = (0..).zip(all.iter()).map(|(id, (key, _))| (*key, id));
        self.index = ids.collect();
        self.all = all;
        (renamed, left_out)
    }
}

/// What room there is for a row of `dns.log`.
pub(super) enum Room {
    /// Enough.
    Here,
    /// Its channel is followed, and its name is not of the channel's sample: it has so many bytes below its
    /// registered domain.
    Nameless { channel: u32, below: u16 },
    /// Its name is of no channel: it is of no use.
    Nothing,
    /// None: it is left out.
    None,
}
