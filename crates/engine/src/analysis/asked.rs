//! Which channel asked for which name, and when first.
//!
//! In: pairs of a channel and a name. Out: whether a pair is new; all pairs. Must not know: what a
//! name says.
//!
//! Exact up to [`Asked::EXACT`] distinct names a channel. A channel with more keeps those names alone
//! whose hash ends in enough zero bits to be fewer: a uniform sample of its distinct names, which
//! follows from the set of names and from no order. A channel's level says how many zero bits: its
//! distinct names number 2^level times the kept ones, with a relative standard error below
//! 1 / √(half of [`Asked::EXACT`]), 0.14 %.

use rustc_hash::FxHashMap;
use wakeful_logs::Micros;

#[derive(Debug, Clone, Default)]
pub(crate) struct Asked {
    /// Channel and name in one number, with the earliest time (the latest possible where there is none).
    first: FxHashMap<u64, Micros>,
    /// Channels that keep a sample: level, by channel.
    levels: FxHashMap<u32, u32>,
    /// Another number than [`Asked::EXACT`].
    exact: Option<u64>,
}

/// What became of a pair.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Added {
    /// It was there.
    Known,
    /// It is new.
    New,
    /// It is not of the channel's sample.
    Passed,
}

impl Asked {
    /// Distinct names a channel that are all kept.
    pub(crate) const EXACT: u64 = 1 << 20;

    #[cfg(test)]
    pub(crate) fn with_exact(exact: u64) -> Self {
        Self {
            exact: Some(exact),
            ..Self::default()
        }
    }

    #[cfg(test)]
    pub(crate) fn keeping(mut self, exact: u64) -> Self {
        self.set_exact(exact);
        self
    }

    /// Distinct names a channel that are all kept from here on.
    pub(crate) fn set_exact(&mut self, exact: u64) {
        self.exact = Some(exact);
    }

    /// Raises the level of each of these channels until it keeps at most [`Asked::exact`] names: as
    /// [`Asked::thin`] does for one, in two passes over all pairs.
    pub(crate) fn thin_all(&mut self, channels: &[u32], hash: impl Fn(u32) -> u64) {
        // How many of a channel's names have a hash that ends in so many zero bits.
        let mut zeros: FxHashMap<u32, [u64; 64]> =
            channels.iter().map(|&channel| (channel, [0; 64])).collect();
        for (channel, name, _) in self.pairs() {
            if let Some(counts) = zeros.get_mut(&channel) {
                counts[hash(name).trailing_zeros().min(63) as usize] += 1;
            }
        }
        for channel in channels {
            let counts = zeros.get(channel).copied().unwrap_or([0; 64]);
            let kept = |level: usize| counts[level..].iter().sum::<u64>();
            let level = (0..63).find(|&level| kept(level) <= self.exact());
            let level = level.unwrap_or(63) as u32;
            if level > self.level(*channel) {
                self.levels.insert(*channel, level);
            }
        }
        let levels = &self.levels;
        self.first.retain(|&pair, _| {
            let (channel, name) = of(pair);
            !zeros.contains_key(&channel)
                || sampled(hash(name), levels.get(&channel).copied().unwrap_or(0))
        });
        self.first.shrink_to_fit();
    }

    /// Gives channels and names other numbers; leaves out channels that have none.
    pub(crate) fn rename(
        &mut self,
        channel: impl Fn(u32) -> Option<u32>,
        name: impl Fn(u32) -> u32,
    ) {
        // By a list, so that the table before is given back when the next one takes its room.
        let before = std::mem::take(&mut self.first);
        let mut renamed = Vec::with_capacity(before.len());
        renamed.extend(before.into_iter().filter_map(|(key, time)| {
            let (by, asked) = of(key);
            Some((pair(channel(by)?, name(asked)), time))
        }));
        self.first = renamed.into_iter().collect();
        let levels = std::mem::take(&mut self.levels).into_iter();
        self.levels = levels
            .filter_map(|(by, level)| Some((channel(by)?, level)))
            .collect();
    }

    /// Whether a channel keeps a name of this hash, if it asks for it.
    pub(crate) fn keeps(&self, channel: u32, hash: u64) -> bool {
        sampled(hash, self.level(channel))
    }

    /// Bytes of its tables.
    pub(crate) fn bytes(&self) -> usize {
        self.first.capacity() * 8 / 7 * (size_of::<(u64, Micros)>() + 1)
    }

    pub(crate) fn exact(&self) -> u64 {
        self.exact.unwrap_or(Self::EXACT)
    }

    /// Adds a pair. `hash` gives the name's hash, by its bytes, so that it is the same in every table.
    pub(crate) fn add(
        &mut self,
        channel: u32,
        name: u32,
        hash: impl FnOnce() -> u64,
        time: Option<Micros>,
    ) -> Added {
        if !self.levels.is_empty() && !sampled(hash(), self.level(channel)) {
            return Added::Passed;
        }
        let time = time.unwrap_or(Micros::MAX);
        match self.first.entry(pair(channel, name)) {
            std::collections::hash_map::Entry::Occupied(mut entry) => {
                if time < *entry.get() {
                    entry.insert(time);
                }
                Added::Known
            }
            std::collections::hash_map::Entry::Vacant(entry) => {
                entry.insert(time);
                Added::New
            }
        }
    }

    /// How many zero bits a name's hash must end in to be kept for a channel.
    pub(crate) fn level(&self, channel: u32) -> u32 {
        self.levels.get(&channel).copied().unwrap_or(0)
    }

    /// Raises a channel's level until at most [`Asked::exact`] of its names are kept; gives the
    /// kept ones.
    pub(crate) fn thin(&mut self, channel: u32, to: u32, hash: impl Fn(u32) -> u64) -> Vec<u32> {
        let mut level = self.level(channel).max(to);
        let mut names: Vec<u32> = self
            .pairs()
            .filter(|&(of, _, _)| of == channel)
            .map(|(_, name, _)| name)
            .collect();
        loop {
            names.retain(|&name| sampled(hash(name), level));
            if names.len() as u64 <= self.exact() || level >= 63 {
                break;
            }
            level += 1;
        }
        if level > 0 {
            self.levels.insert(channel, level);
        }
        self.first
            .retain(|&pair, _| of(pair).0 != channel || sampled(hash(of(pair).1), level));
        names
    }

    /// All pairs with the first time, in no order.
    #[allow(clippy::iter_over_hash_type)]
    pub(crate) fn pairs(&self) -> impl Iterator<Item = (u32, u32, Option<Micros>)> {
        self.first.iter().map(|(&pair, &time)| {
            let (channel, name) = of(pair);
            (channel, name, (time != Micros::MAX).then_some(time))
        })
    }

    /// Of each of `channels` channels its names, sorted by number, with the first time.
    pub(crate) fn by_channel(&self, channels: usize) -> Vec<Vec<(u32, Option<Micros>)>> {
        let mut all = vec![Vec::new(); channels];
        for (channel, name, time) in self.pairs() {
            all[channel as usize].push((name, time));
        }
        all.iter_mut()
            .for_each(|names| names.sort_unstable_by_key(|&(name, _)| name));
        all
    }

    /// Makes room for so many pairs more.
    pub(crate) fn reserve(&mut self, pairs: usize) {
        self.first.reserve(pairs);
    }

    /// Sets the level of a channel that has no names yet.
    pub(crate) fn set_level(&mut self, channel: u32, level: u32) {
        self.levels.insert(channel, level);
    }

    pub(crate) fn levels(&self) -> Vec<(u32, u32)> {
        let mut levels: Vec<_> = self
            .levels
            .iter()
            .map(|(&of, &level)| (of, level))
            .collect();
        levels.sort_unstable();
        levels
    }
}

fn pair(channel: u32, name: u32) -> u64 {
    u64::from(channel) << 32 | u64::from(name)
}

fn of(pair: u64) -> (u32, u32) {
    ((pair >> 32) as u32, (pair & u64::from(u32::MAX)) as u32)
}

pub(super) fn sampled(hash: u64, level: u32) -> bool {
    hash.trailing_zeros() >= level
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hash(name: u32) -> u64 {
        let x = (u64::from(name) + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        (x ^ (x >> 29))
            .wrapping_mul(0xbf58_476d_1ce4_e5b9)
            .rotate_left(21)
    }

    fn filled(names: impl Iterator<Item = u32>) -> (Asked, u64) {
        let mut asked = Asked::with_exact(1000);
        let mut kept = 0;
        for name in names {
            if asked.add(7, name, || hash(name), Some(i64::from(name))) == Added::New {
                kept += 1;
            }
            if kept > asked.exact() {
                kept = asked.thin(7, 0, hash).len() as u64;
            }
        }
        (asked, kept)
    }

    #[test]
    fn a_sample_follows_from_the_set_of_names() {
        let sorted = |asked: &Asked| {
            let mut pairs: Vec<_> = asked.pairs().collect();
            pairs.sort_unstable();
            pairs
        };
        let (up, kept) = filled(0..50_000);
        let (down, same) = filled((0..50_000).rev());
        assert_eq!(kept, same);
        assert_eq!(sorted(&up), sorted(&down));
        assert_eq!(up.level(7), down.level(7));
        let estimate = (kept << up.level(7)) as f64;
        assert!((estimate / 50_000.0 - 1.0).abs() < 0.15, "{estimate}");
    }

    #[test]
    fn the_earliest_time_is_kept() {
        let mut asked = Asked::default();
        let mut add = |time| asked.add(0, 1, || 8, time);
        assert_eq!(add(None), Added::New);
        assert_eq!([9, 5, 7].map(|time| add(Some(time))), [Added::Known; 3]);
        assert_eq!(asked.pairs().collect::<Vec<_>>(), vec![(0, 1, Some(5))]);
    }
}
