//! Channels by who talks to whom, and how many have the same other side.
//!
//! In: keys of two ends, as numbers. Out: a channel's number, and the channel. Must not know: what is kept of a channel.

use crate::blocks::Blocks;
use crate::channels::flow::FlowClass;
use crate::channels::keep::Keep;
use crate::intern::Interner;
use rustc_hash::FxHashMap;

/// Channels by key, in the order in which they were met.
#[derive(Debug, Clone)]
pub(super) struct Channels<K, C> {
    pub(super) index: FxHashMap<K, u32>,
    pub(super) all: Blocks<(K, C)>,
    /// By the number of the domain or peer, how many channels it has.
    pub(super) crowds: Vec<u32>,
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
pub(super) trait Key: Copy + Eq + std::hash::Hash {
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
    pub(super) fn at(&mut self, key: K) -> (u32, &mut C) {
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
    pub(super) fn meet(&mut self, crowds: &[u32], rename: &[u32]) {
        for (&met, &other) in crowds.iter().zip(rename) {
            if let Some(mine) = self.crowds.get_mut(other as usize) {
                *mine = met.max(*mine);
            }
        }
    }

    /// Whether one more channel of a domain or peer may be followed; one that was not met has no number.
    pub(super) fn takes(&self, keep: Keep, other: Option<u32>) -> bool {
        let crowd = other.and_then(|other| self.crowds.get(other as usize));
        keep.new && crowd.copied().unwrap_or(0) < keep.crowd
    }

    /// Bytes of the tables, without what channels own elsewhere.
    pub(super) fn bytes(&self) -> usize {
        self.all.bytes()
            + self.crowds.capacity() * size_of::<u32>()
            + self.index.capacity() * 8 / 7 * (size_of::<(K, u32)>() + 1)
    }
}

impl<C> Channels<(u32, u32, FlowClass), C> {
    /// A channel's ends and class by themselves: they order channels alike in every analysis.
    pub(super) fn ends<'a>(
        &self,
        channel: u32,
        hosts: &'a Interner,
    ) -> (&'a [u8], &'a [u8], FlowClass) {
        let (client, peer, class) = self.all[channel as usize].0;
        (hosts.get(client), hosts.get(peer), class)
    }
}
