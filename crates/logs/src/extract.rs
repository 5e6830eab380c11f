//! Reads single lines again out of a packed input.
//!
//! In: where the lines lie in the unpacked bytes, then the packed bytes from the start.
//! Out: the lines. A gzip stream has no other way in than its beginning.

use crate::inflate::{Broken, Inflate};
use serde::{Deserialize, Serialize};

/// Unpacks a gzip stream as the reader does: the places of records count its bytes.
pub struct Unpack {
    inflate: Inflate,
    bytes: u64,
}

impl Default for Unpack {
    fn default() -> Self {
        Self {
            inflate: Inflate::new(),
            bytes: 0,
        }
    }
}

impl Unpack {
    /// Hands out what the next packed bytes hold, in pieces.
    pub fn feed(&mut self, packed: &[u8], out: impl FnMut(&[u8])) {
        self.bytes += packed.len() as u64;
        self.inflate.feed(packed, out);
    }

    /// How it ended.
    #[must_use]
    pub fn finish(self) -> Unpacked {
        Unpacked {
            bytes: self.bytes,
            broken: self.inflate.finish().err(),
        }
    }
}

/// What a reader of unpacked text ([`crate::Reader::unpacked`]) must know of the packed input.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unpacked {
    /// Packed bytes.
    pub(crate) bytes: u64,
    pub(crate) broken: Option<Broken>,
}

/// Picks ranges of bytes out of a gzip stream.
pub struct Extract {
    inflate: Inflate,
    picker: Picker,
}

struct Picker {
    /// Sorted by offset; the position in `found` last.
    wanted: Vec<(u64, u64, usize)>,
    found: Vec<Vec<u8>>,
    at: u64,
}

impl Extract {
    /// `wanted`: offset and length of each line in the unpacked bytes.
    #[must_use]
    pub fn new(wanted: &[(u64, u32)]) -> Self {
        let mut sorted: Vec<_> = wanted
            .iter()
            .enumerate()
            .map(|(position, &(offset, length))| (offset, offset + u64::from(length), position))
            .collect();
        sorted.sort_unstable();
        Self {
            inflate: Inflate::new(),
            picker: Picker {
                wanted: sorted,
                found: vec![Vec::new(); wanted.len()],
                at: 0,
            },
        }
    }

    /// Takes the next packed bytes.
    pub fn feed(&mut self, packed: &[u8]) {
        if !self.done() {
            self.inflate
                .feed(packed, |unpacked| self.picker.take(unpacked));
        }
    }

    /// Whether everything wanted was met; the rest of the input need not be read.
    #[must_use]
    pub fn done(&self) -> bool {
        self.picker
            .wanted
            .iter()
            .all(|&(_, end, _)| end <= self.picker.at)
    }

    /// The lines in the order asked for; `None` where the input ended before.
    #[must_use]
    pub fn finish(self) -> Vec<Option<Vec<u8>>> {
        // A stream that is broken behind the last wanted byte does not matter here; one that is
        // broken before shows as a line that is not all there.
        let mut lines: Vec<_> = self.picker.found.into_iter().map(Some).collect();
        for (start, end, position) in self.picker.wanted {
            if lines[position]
                .as_ref()
                .is_some_and(|line| line.len() as u64 != end - start)
            {
                lines[position] = None;
            }
        }
        lines
    }
}

impl Picker {
    fn take(&mut self, unpacked: &[u8]) {
        let (first, last) = (self.at, self.at + unpacked.len() as u64);
        for &(start, end, position) in &self.wanted {
            let (from, to) = (start.max(first), end.min(last));
            if from < to {
                let range = (from - first) as usize..(to - first) as usize;
                self.found[position].extend_from_slice(&unpacked[range]);
            }
        }
        self.at = last;
    }
}
