//! Which flow a `uid` names.
//!
//! In: hashes of `uid`s with their flows. Out: the flow of a hash, where it is kept. Must not know:
//! what flows there.
//!
//! All of them up to [`Uids::EXACT`]; of more, those whose hash begins with enough zero bits: they
//! have the lowest hashes, as a channel's own sample of `uid`s has
//! ([`crate::channels::counts::Lowest`]), so the two samples meet.

use rustc_hash::FxHashMap;

/// A flow as its `uid` finds it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
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

impl Uids {
    pub(crate) const EXACT: usize = 1 << 16;

    pub(crate) fn add(&mut self, hash: u64, flow: UidFlow) {
        if hash.leading_zeros() < self.level {
            return;
        }
        // A `uid` that comes twice (a log read twice) keeps the smaller: the same in any order.
        self.flows
            .entry(hash)
            .and_modify(|known| *known = flow.min(*known))
            .or_insert(flow);
        while self.flows.len() > Self::EXACT && self.level < 63 {
            self.level += 1;
            let level = self.level;
            self.flows.retain(|hash, _| hash.leading_zeros() >= level);
        }
    }

    #[allow(clippy::iter_over_hash_type)]
    pub(crate) fn merge(&mut self, other: &Self, rename: &[u32]) {
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
                    channel: rename[flow.channel as usize],
                    ..flow
                },
            );
        }
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
            up.add(uid(n), flow(n));
            halves[(n % 2) as usize].add(uid(n), flow(n));
        }
        for n in (0..200_000).rev() {
            down.add(uid(n), flow(n));
        }
        let [mut merged, other] = halves;
        merged.merge(&other, &[0, 1, 2, 3, 4]);
        assert!(up.flows.len() > Uids::EXACT / 3);
        assert_eq!(up.flows, down.flows);
        assert_eq!(up.flows, merged.flows);
    }
}
