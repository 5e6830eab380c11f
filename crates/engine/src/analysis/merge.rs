//! One analysis of the parts of a log, by whomever they were read.
//!
//! In: another analysis, and how its inputs are called here. Out: the analysis of both, as if all records had come to one.
//! Must not know: how the other got here.

use super::asked::Added;
use super::{Analysis, Name};
use crate::hash::mixed;

impl Analysis {
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
                mine.merge_rows(theirs, &input, &|server| hosts[server as usize]);
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
            let facts = self.name_facts[name as usize].facts;
            let hash = || mixed(self.names.get(name));
            if self.asked.add(channel, name, hash, time) == Added::New {
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
}
