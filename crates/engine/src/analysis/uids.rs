//! Which flow a `uid` names.
//!
//! In: hashes of `uid`s with their flows. Out: the flow of a hash, where it is kept. Must not know:
//! what flows there.
//!
//! All of them up to [`Uids::EXACT`]; of more, those whose hash begins with enough zero bits: they
//! have the lowest hashes, as a channel's own sample of `uid`s has
//! ([`crate::channels::counts::Lowest`]), so the two samples meet.

use crate::saved::Wrong;
use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};

/// A flow as its `uid` finds it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct UidFlow {
    /// Payload bytes from the client.
    pub(crate) orig_bytes: u64,
    /// Payload bytes from the peer.
    pub(crate) resp_bytes: u64,
    /// The flow channel.
    pub(crate) channel: u32,
}

#[derive(Debug, Clone, Default)]
pub(crate) struct Uids {
    level: u32,
    flows: FxHashMap<u64, UidFlow>,
}

/// [`Uids`] as they are written down, sorted by hash.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct SavedUids {
    level: u32,
    flows: Vec<(u64, UidFlow)>,
}

impl Uids {
    pub(crate) const EXACT: usize = 1 << 16;

    pub(crate) fn save(&self) -> SavedUids {
        let mut flows: Vec<_> = self
            .flows
            .iter()
            .map(|(&hash, &flow)| (hash, flow))
            .collect();
        flows.sort_unstable_by_key(|&(hash, _)| hash);
        SavedUids {
            level: self.level,
            flows,
        }
    }

    /// With `channels` flow channels.
    pub(crate) fn restore(saved: SavedUids, channels: usize) -> Result<Self, Wrong> {
        Wrong("the flows by uid").unless(
            saved.level <= 63
                && saved.flows.len() <= Self::EXACT
                && saved.flows.is_sorted_by(|a, b| a.0 < b.0)
                && saved.flows.iter().all(|(hash, flow)| {
                    hash.leading_zeros() >= saved.level && (flow.channel as usize) < channels
                }),
        )?;
        Ok(Self {
            level: saved.level,
            flows: saved.flows.into_iter().collect(),
        })
    }

    /// Adds a flow. `ends` gives what a channel is besides its number, which depends on the order of
    /// reading.
    pub(crate) fn add<K: Ord>(&mut self, hash: u64, flow: UidFlow, ends: impl Fn(u32) -> K) {
        if hash.leading_zeros() < self.level {
            return;
        }
        // A `uid` that comes twice (a log read twice) keeps the smaller: the same in any order.
        self.flows
            .entry(hash)
            .and_modify(|known| {
                let bytes = |flow: &UidFlow| (flow.orig_bytes, flow.resp_bytes);
                let order = bytes(&flow).cmp(&bytes(known));
                if order
                    .then_with(|| ends(flow.channel).cmp(&ends(known.channel)))
                    .is_lt()
                {
                    *known = flow;
                }
            })
            .or_insert(flow);
        while self.flows.len() > Self::EXACT && self.level < 63 {
            self.level += 1;
            let level = self.level;
            self.flows.retain(|hash, _| hash.leading_zeros() >= level);
        }
    }

    #[allow(clippy::iter_over_hash_type)]
    pub(crate) fn merge<K: Ord>(
        &mut self,
        other: &Self,
        rename: impl Fn(u32) -> u32,
        ends: impl Fn(u32) -> K,
    ) {
        if other.level > self.level {
            self.level = other.level;
            let level = self.level;
            self.flows.retain(|hash, _| hash.leading_zeros() >= level);
        }
        // A table is filled: its order does not show.
        for (&hash, &flow) in &other.flows {
            self.add(
                hash,
                UidFlow {
                    channel: rename(flow.channel),
                    ..flow
                },
                &ends,
            );
        }
    }

    /// Gives channels other numbers; leaves out flows of those that have none.
    pub(crate) fn rename(&mut self, channel: impl Fn(u32) -> Option<u32>) {
        self.flows.retain(|_, flow| match channel(flow.channel) {
            Some(channel) => {
                flow.channel = channel;
                true
            }
            None => false,
        });
    }

    pub(crate) fn get(&self, hash: u64) -> Option<UidFlow> {
        self.flows.get(&hash).copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hash::mixed;

    #[test]
    fn what_is_kept_follows_from_the_set() {
        let flow = |n: u64| UidFlow {
            channel: n as u32 % 5,
            orig_bytes: n,
            resp_bytes: 0,
        };
        let uid = |n: u64| mixed(format!("C{n:017x}").as_bytes());
        let (mut up, mut down) = (Uids::default(), Uids::default());
        let mut halves = [Uids::default(), Uids::default()];
        for n in 0..200_000 {
            up.add(uid(n), flow(n), |channel| channel);
            halves[(n % 2) as usize].add(uid(n), flow(n), |channel| channel);
        }
        for n in (0..200_000).rev() {
            down.add(uid(n), flow(n), |channel| channel);
        }
        let [mut merged, other] = halves;
        merged.merge(&other, |channel| channel, |channel| channel);
        assert!(up.flows.len() > Uids::EXACT / 3);
        assert_eq!(up.flows, down.flows);
        assert_eq!(up.flows, merged.flows);
    }
    #[test]
    fn of_flows_that_carry_alike_the_ends_decide_and_not_the_numbers() {
        let flow = |channel| UidFlow {
            channel,
            orig_bytes: 1,
            resp_bytes: 2,
        };
        let ends = ["10.0.0.9", "10.0.0.1"];
        for order in [[0, 1], [1, 0]] {
            let mut uids = Uids::default();
            for channel in order {
                uids.add(7, flow(channel), |channel| ends[channel as usize]);
            }
            assert_eq!(uids.get(7), Some(flow(1)));
        }
    }
}
