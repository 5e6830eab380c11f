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
