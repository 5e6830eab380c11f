//! Small tables: counts of numbers, and samples by hash that no order changes.
//!
//! In: numbers. Out: sorted counts ([`Counts`]), or the entries with the lowest hashes
//! ([`Lowest`]). Must not know: what the numbers stand for.

use crate::saved;
use serde::{Deserialize, Serialize};
use smallvec::SmallVec;

/// How often each number came, sorted by number. For few distinct numbers: one alone, which most have, is
/// kept without memory of its own.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counts(#[serde(with = "saved::small")] SmallVec<[(u32, u64); 1]>);

impl Counts {
    /// Adds to a number's count.
    pub fn add(&mut self, number: u32, count: u64) {
        match self.0.binary_search_by_key(&number, |&(known, _)| known) {
            Ok(at) => self.0[at].1 += count,
            Err(at) => self.0.insert(at, (number, count)),
        }
    }

    /// Adds another's counts; its numbers are renamed by `rename`.
    pub fn merge(&mut self, other: &Self, rename: impl Fn(u32) -> u32) {
        for &(number, count) in &other.0 {
            self.add(rename(number), count);
        }
    }

    /// Whether counts that anybody could have written are sorted, of numbers below `numbers`, and at most
    /// `most` in all.
    pub(crate) fn are_sound(&self, numbers: usize, most: u64) -> bool {
        saved::are_counts(&self.0, most)
            && self
                .0
                .last()
                .is_none_or(|&(number, _)| (number as usize) < numbers)
    }

    /// Numbers and counts, sorted by number.
    #[must_use]
    pub fn all(&self) -> &[(u32, u64)] {
        &self.0
    }

    /// The count of one number.
    #[must_use]
    pub fn of(&self, number: u32) -> u64 {
        self.0
            .binary_search_by_key(&number, |&(known, _)| known)
            .map_or(0, |at| self.0[at].1)
    }

    /// The sum of all counts.
    #[must_use]
    pub fn total(&self) -> u64 {
        self.0.iter().map(|(_, count)| count).sum()
    }
}

/// The `K` entries with the lowest hashes, each with a mark that follows from it: exact while there are no
/// more, and beyond that a uniform sample of the distinct entries (a k-minimum-values sketch, Bar-Yossef
/// et al. 2002). Whatever the order, the same entries are kept.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Lowest<const K: usize, M = ()> {
    /// Hash and mark, sorted by hash.
    kept: Vec<(u64, M)>,
    /// Whether there were more than are kept.
    more: bool,
    /// No hash above it changes what is kept, so that most entries are told without a look at the others;
    /// the highest of all where that is not known.
    #[serde(skip, default = "highest")]
    bound: u64,
}

fn highest() -> u64 {
    u64::MAX
}

impl<const K: usize, M> Default for Lowest<K, M> {
    fn default() -> Self {
        Self {
            kept: Vec::new(),
            more: false,
            bound: highest(),
        }
    }
}

impl<const K: usize, M: PartialEq> PartialEq for Lowest<K, M> {
    fn eq(&self, other: &Self) -> bool {
        (&self.kept, self.more) == (&other.kept, other.more)
    }
}

impl<const K: usize, M: Eq> Eq for Lowest<K, M> {}

impl<const K: usize, M: Copy> Lowest<K, M> {
    /// Adds an entry by its hash. `mark` must follow from the entry.
    pub fn add(&mut self, hash: u64, mark: M) {
        self.add_within(K, hash, mark);
    }

    /// Keeps only the lowest `most`, and gives back the room of the others.
    pub(crate) fn cut(&mut self, most: usize) {
        if self.kept.len() > most {
            self.kept.truncate(most);
            self.more = true;
        }
        self.kept.shrink_to_fit();
        self.bind(most);
    }

    /// Bytes of its table.
    pub(crate) fn bytes(&self) -> usize {
        self.kept.capacity() * size_of::<(u64, M)>()
    }

    fn bind(&mut self, most: usize) {
        self.bound = match self.kept.last() {
            Some(&(last, _)) if self.kept.len() >= most.min(K) => last,
            _ => highest(),
        };
    }

    /// [`Lowest::add`], of which no more than `most` are kept.
    pub(crate) fn add_within(&mut self, most: usize, hash: u64, mark: M) {
        if hash > self.bound {
            self.more = true;
            return;
        }
        if let Err(at) = self.kept.binary_search_by_key(&hash, |entry| entry.0) {
            if self.kept.len() >= most.min(K) {
                self.more = true;
                if at == self.kept.len() {
                    return self.bind(most);
                }
                // Before, so that the table never grows for one more than it keeps.
                self.kept.pop();
            }
            self.kept.insert(at, (hash, mark));
            self.bind(most);
        }
    }

    /// Adds an entry that is not kept with the mark that `mark` makes of it, or leaves it out where that
    /// makes none. For marks that cost more than looking up.
    pub fn add_marked(&mut self, most: usize, hash: u64, mark: impl FnOnce() -> Option<M>) {
        if (self.more && hash > self.bound)
            || self
                .kept
                .binary_search_by_key(&hash, |entry| entry.0)
                .is_ok()
        {
            return;
        }
        if let Some(mark) = mark() {
            self.add_within(most, hash, mark);
        }
    }

    /// Adds another's entries.
    pub fn merge(&mut self, other: &Self) {
        self.more |= other.more;
        for &(hash, mark) in &other.kept {
            self.add(hash, mark);
        }
    }

    /// Whether entries that anybody could have written are sorted, and no more than are kept.
    pub(crate) fn is_sound(&self) -> bool {
        self.kept.is_sorted_by(|a, b| a.0 < b.0)
            && self.kept.len() <= K
            && (!self.more || !self.kept.is_empty())
    }

    /// Hash and mark of the kept entries, sorted by hash.
    #[must_use]
    pub fn kept(&self) -> &[(u64, M)] {
        &self.kept
    }

    /// Every entry with a hash up to this is kept.
    #[must_use]
    pub fn known_to(&self) -> u64 {
        match self.kept.last() {
            Some(&(highest, _)) if self.more => highest,
            _ => u64::MAX,
        }
    }

    /// Distinct entries: exact up to `K` (or as many as were kept), beyond that (K − 1) / the highest kept
    /// hash as a share of all hashes, with a standard error of 1 / √(K − 2).
    #[must_use]
    pub fn distinct(&self) -> f64 {
        match self.kept.last() {
            Some(&(highest, _)) if self.more => {
                (self.kept.len() as f64 - 1.0) / ((highest as f64 + 1.0) / 2_f64.powi(64))
            }
            _ => self.kept.len() as f64,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Any 64-bit mixer will do.
    fn mixed(x: u64) -> u64 {
        let x = (x ^ (x >> 31)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        (x ^ (x >> 29)).wrapping_mul(0xbf58_476d_1ce4_e5b9)
    }

    #[test]
    fn the_lowest_are_kept_in_any_order() {
        let (mut up, mut down, mut merged) = (
            Lowest::<16, u32>::default(),
            Lowest::<16, u32>::default(),
            Lowest::<16, u32>::default(),
        );
        let mut half = Lowest::<16, u32>::default();
        for x in 0..1000_u64 {
            for _ in 0..=x % 3 {
                up.add(mixed(x), x as u32);
                down.add(mixed(999 - x), (999 - x) as u32);
                if x % 2 == 0 { &mut merged } else { &mut half }.add(mixed(x), x as u32);
            }
        }
        assert_eq!(up, down);
        merged.merge(&half);
        assert_eq!(merged, up);
        let mut all: Vec<(u64, u32)> = (0..1000_u64).map(|x| (mixed(x), x as u32)).collect();
        all.sort_unstable();
        assert_eq!(up.kept(), &all[..16]);
    }

    #[test]
    fn more_than_are_kept_are_noticed_and_the_last_of_a_full_table_is_none() {
        let mut lowest = Lowest::<4>::default();
        (1..=4).for_each(|x| lowest.add(10 * x, ()));
        lowest.add(40, ());
        assert_eq!(lowest.distinct(), 4.0);
        assert!(!lowest.more);
        let mut above = lowest.clone();
        above.add(41, ());
        assert!(above.more);
        let mut below = lowest.clone();
        below.add(5, ());
        assert!(below.more);
        assert_eq!(below.kept(), [(5, ()), (10, ()), (20, ()), (30, ())]);
        lowest.cut(2);
        lowest.add_within(2, 21, ());
        assert_eq!(lowest.kept(), [(10, ()), (20, ())]);
        lowest.add_within(2, 1, ());
        assert_eq!(lowest.kept(), [(1, ()), (10, ())]);
    }

    #[test]
    fn a_mark_that_is_made_when_needed_is_the_same_mark() {
        let (mut at_once, mut needed) =
            (Lowest::<16, u32>::default(), Lowest::<16, u32>::default());
        let mark = |x: u64| (!x.is_multiple_of(5)).then_some(x as u32);
        for x in (0..600).map(|x| x * x % 97) {
            if let Some(mark) = mark(x) {
                at_once.add(mixed(x), mark);
            }
            needed.add_marked(16, mixed(x), || mark(x));
        }
        assert_eq!(at_once, needed);
    }

    #[test]
    fn distinct_entries_are_exact_while_few_and_estimated_when_many() {
        let mut lowest = Lowest::<256>::default();
        (0..200).for_each(|x| lowest.add(mixed(x), ()));
        assert_eq!(lowest.distinct(), 200.0);
        (0..50_000).for_each(|x| lowest.add(mixed(x), ()));
        let error = lowest.distinct() / 50_000.0 - 1.0;
        assert!(error.abs() < 0.25, "{error}");
    }
}
