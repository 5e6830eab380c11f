//! Byte strings to small numbers and back.
//!
//! In: bytes. Out: the same number for the same bytes. Must not know: what they mean.
//! All strings lie in one buffer: nothing is allocated a string.

use hashbrown::HashTable;
use rustc_hash::FxHasher;
use std::hash::Hasher;

/// A table of distinct byte strings; the numbers count up from 0.
#[derive(Debug, Clone, Default)]
pub(crate) struct Interner {
    bytes: Vec<u8>,
    /// Where each string ends.
    ends: Vec<usize>,
    table: HashTable<u32>,
}

fn hash(text: &[u8]) -> u64 {
    let mut hasher = FxHasher::default();
    hasher.write(text);
    hasher.finish()
}

impl Interner {
    /// The number of `text`, and whether it is new.
    pub(crate) fn intern(&mut self, text: &[u8]) -> (u32, bool) {
        let Self { bytes, ends, table } = self;
        let hashed = hash(text);
        if let Some(&id) = table.find(hashed, |&id| slice(bytes, ends, id) == text) {
            return (id, false);
        }
        let id = ends.len() as u32;
        bytes.extend_from_slice(text);
        ends.push(bytes.len());
        table.insert_unique(hashed, id, |&id| hash(slice(bytes, ends, id)));
        (id, true)
    }

    /// The number of `text`, which may well be `guess`: rows repeat the row before them, and to compare
    /// is cheaper than to look up. Any number will do as a guess.
    pub(crate) fn intern_guessed(&mut self, text: &[u8], guess: u32) -> (u32, bool) {
        if (guess as usize) < self.len() && self.get(guess) == text {
            return (guess, false);
        }
        self.intern(text)
    }

    pub(crate) fn get(&self, id: u32) -> &[u8] {
        slice(&self.bytes, &self.ends, id)
    }

    pub(crate) fn len(&self) -> usize {
        self.ends.len()
    }
}

fn slice<'a>(bytes: &'a [u8], ends: &[usize], id: u32) -> &'a [u8] {
    let id = id as usize;
    let start = if id == 0 { 0 } else { ends[id - 1] };
    &bytes[start..ends[id]]
}

#[cfg(test)]
mod tests {
    use super::*;

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
