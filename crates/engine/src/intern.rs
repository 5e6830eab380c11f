//! Byte strings to small numbers and back.
//!
//! In: bytes. Out: the same number for the same bytes. Must not know: what they mean.
//! All strings lie in one buffer: nothing is allocated a string.

use crate::hash::{mixed, same};
use crate::saved::Wrong;
use hashbrown::HashTable;
use serde::{Deserialize, Serialize};

/// A table of distinct byte strings; the numbers count up from 0.
#[derive(Debug, Clone, Default)]
pub(crate) struct Interner {
    bytes: Vec<u8>,
    /// Where each string ends.
    ends: Vec<usize>,
    /// The first half of each string's hash, and its number: what is not sought is told without a look at
    /// its bytes, and the table grows without one.
    table: HashTable<(u32, u32)>,
}

/// An [`Interner`] as it is written down: all strings in one, and the length of each.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Strings<'a> {
    bytes: &'a [u8],
    lengths: Vec<u32>,
}

impl Strings<'_> {
    /// The strings, in the order of their numbers.
    pub(crate) fn each(&self) -> Result<impl Iterator<Item = &[u8]>, Wrong> {
        let all = self
            .lengths
            .iter()
            .try_fold(0_usize, |sum, &length| sum.checked_add(length as usize));
        Wrong("the lengths of strings").unless(all == Some(self.bytes.len()))?;
        let mut rest = self.bytes;
        Ok(self.lengths.iter().map(move |&length| {
            let (text, behind) = rest.split_at(length as usize);
            rest = behind;
            text
        }))
    }
}

/// What is kept of a hash, and the hash that the table goes by.
fn half(text: &[u8]) -> u32 {
    (mixed(text) >> 32) as u32
}

/// Spread over 64 bits, of which a table takes the first and the last.
fn spread(half: u32) -> u64 {
    u64::from(half) << 32 | u64::from(half)
}

impl Interner {
    /// The number of `text`, and whether it is new.
    pub(crate) fn intern(&mut self, text: &[u8]) -> (u32, bool) {
        let half = half(text);
        if let Some(id) = self.at(half, text) {
            return (id, false);
        }
        let id = self.ends.len() as u32;
        self.bytes.extend_from_slice(text);
        self.ends.push(self.bytes.len());
        self.table
            .insert_unique(spread(half), (half, id), |&(half, _)| spread(half));
        (id, true)
    }

    /// The number of `text`, if it has one.
    pub(crate) fn find(&self, text: &[u8]) -> Option<u32> {
        self.at(half(text), text)
    }

    #[inline(always)]
    fn at(&self, half: u32, text: &[u8]) -> Option<u32> {
        let found = |&(of, id): &(u32, u32)| of == half && same(self.get(id), text);
        self.table.find(spread(half), found).map(|&(_, id)| id)
    }

    /// Bytes of its tables.
    pub(crate) fn bytes(&self) -> usize {
        self.bytes.capacity()
            + self.ends.capacity() * size_of::<usize>()
            + self.table.capacity() * 8 / 7 * (size_of::<(u32, u32)>() + 1)
    }

    /// The number of `text`, which may well be `guess`: rows repeat the row before them, and to compare
    /// is cheaper than to look up. Any number will do as a guess.
    pub(crate) fn intern_guessed(&mut self, text: &[u8], guess: u32) -> (u32, bool) {
        if (guess as usize) < self.len() && same(self.get(guess), text) {
            return (guess, false);
        }
        self.intern(text)
    }

    /// Keeps some of the strings, and numbers them anew in their order. In place: memory is short where this is asked
    /// for.
    pub(crate) fn retain(&mut self, keeps: impl Fn(u32) -> bool) {
        // Its room is given back before it is taken again.
        self.table = HashTable::new();
        let (mut from, mut end, mut kept) = (0, 0, 0);
        for id in 0..self.ends.len() {
            let text = from..self.ends[id];
            from = text.end;
            if keeps(id as u32) {
                let length = text.len();
                self.bytes.copy_within(text, end);
                end += length;
                self.ends[kept] = end;
                kept += 1;
            }
        }
        self.bytes.truncate(end);
        self.ends.truncate(kept);
        self.bytes.shrink_to(end + end / 8);
        self.ends.shrink_to(kept + kept / 8);
        self.table = HashTable::with_capacity(kept);
        for id in 0..kept as u32 {
            let half = half(slice(&self.bytes, &self.ends, id));
            self.table
                .insert_unique(spread(half), (half, id), |&(half, _)| spread(half));
        }
    }

    pub(crate) fn save(&self) -> Strings<'_> {
        let lengths = (0..self.len() as u32)
            .map(|id| self.get(id).len() as u32)
            .collect();
        Strings {
            bytes: &self.bytes,
            lengths,
        }
    }

    pub(crate) fn restore(saved: &Strings<'_>) -> Result<Self, Wrong> {
        let strings = saved.lengths.len();
        let mut all = Self {
            bytes: Vec::with_capacity(saved.bytes.len()),
            ends: Vec::with_capacity(strings),
            table: HashTable::with_capacity(strings),
        };
        for text in saved.each()? {
            let (_, new) = all.intern(text);
            Wrong("a string that is there twice").unless(new)?;
        }
        Ok(all)
    }

    #[inline(always)]
    pub(crate) fn get(&self, id: u32) -> &[u8] {
        slice(&self.bytes, &self.ends, id)
    }

    pub(crate) fn len(&self) -> usize {
        self.ends.len()
    }
}

#[inline(always)]
fn slice<'a>(bytes: &'a [u8], ends: &[usize], id: u32) -> &'a [u8] {
    let id = id as usize;
    let start = if id == 0 { 0 } else { ends[id - 1] };
    &bytes[start..ends[id]]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn those_that_are_kept_are_numbered_as_if_there_were_no_others() {
        let text = |n: u32| (n * n).to_string();
        let (mut all, mut kept) = (Interner::default(), Interner::default());
        for n in 0..3000 {
            all.intern(text(n).as_bytes());
            if n % 7 < 3 {
                kept.intern(text(n).as_bytes());
            }
        }
        all.retain(|id| id % 7 < 3);
        assert_eq!(all.len(), kept.len());
        for n in 0..3000 {
            let text = text(n);
            assert_eq!(all.find(text.as_bytes()), kept.find(text.as_bytes()));
        }
        assert_eq!(all.intern(b"another"), kept.intern(b"another"));
        all.retain(|_| false);
        assert_eq!((all.len(), all.find(b"0")), (0, None));
        assert_eq!(all.intern(b"0"), (0, true));
    }

    #[test]
    fn a_guess_changes_no_number() {
        let (mut plain, mut guessed) = (Interner::default(), Interner::default());
        for n in 0..5000_u32 {
            let text = (n * n % 701 / 2).to_string();
            let expected = plain.intern(text.as_bytes());
            assert_eq!(guessed.intern_guessed(text.as_bytes(), n % 11), expected);
        }
        assert_eq!(guessed.intern_guessed(b"0", u32::MAX), (0, false));
    }
}
