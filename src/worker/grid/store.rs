//! The unpacked bytes of an input, from any place on.
//!
//! In: a source. Out: any stretch of its unpacked bytes. Must not know: what they are.
//!
//! A plain file is read where it is wanted. A gzip stream has no other way in than its beginning, so
//! what it holds is packed again, in blocks of 256 kB that are unpacked one by one.

use std::cell::RefCell;

use lz4_flex::block::{compress, decompress};

use super::super::source::Bytes;

/// Unpacked bytes a block.
const BLOCK: usize = 256 << 10;

/// Where the bytes come from.
pub enum Store {
    /// A file, or bytes in memory.
    Plain(Bytes),
    /// Blocks.
    Blocks(Blocks),
}

impl Store {
    /// Several stretches at once, by offset and length; each as far as it is there.
    pub async fn read(&self, ranges: &[(u64, u32)]) -> Result<Vec<Vec<u8>>, String> {
        match self {
            Self::Plain(Bytes::File(file)) => file.parts(ranges).await,
            Self::Plain(Bytes::Held(bytes)) => Ok(ranges
                .iter()
                .map(|&(offset, len)| {
                    let start = (offset as usize).min(bytes.len());
                    let end = start.saturating_add(len as usize).min(bytes.len());
                    bytes[start..end].to_vec()
                })
                .collect()),
            Self::Blocks(blocks) => Ok(ranges
                .iter()
                .map(|&(offset, len)| blocks.read(offset, len))
                .collect()),
        }
    }

    /// Bytes of memory that it takes.
    pub fn bytes(&self) -> u64 {
        match self {
            Self::Plain(_) => 0,
            Self::Blocks(blocks) => blocks.size,
        }
    }
}

/// Bytes in packed blocks.
#[derive(Default)]
pub struct Blocks {
    packed: Vec<Box<[u8]>>,
    /// The block that is not full.
    open: Vec<u8>,
    /// Packed bytes.
    size: u64,
    /// The block that was unpacked last.
    last: RefCell<(usize, Vec<u8>)>,
}

impl Blocks {
    /// Packed bytes so far.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// Unpacked bytes so far.
    pub fn end(&self) -> u64 {
        (self.packed.len() * BLOCK + self.open.len()) as u64
    }

    /// Adds bytes.
    pub fn push(&mut self, mut bytes: &[u8]) {
        while !bytes.is_empty() {
            let taken = bytes.len().min(BLOCK - self.open.len());
            self.open.extend_from_slice(&bytes[..taken]);
            bytes = &bytes[taken..];
            if self.open.len() == BLOCK {
                let block = pack(&self.open);
                self.size += block.len() as u64;
                self.packed.push(block);
                self.open.clear();
            }
        }
    }

    fn read(&self, offset: u64, len: u32) -> Vec<u8> {
        let mut out = Vec::with_capacity(len as usize);
        let mut at = offset as usize;
        let end = at + len as usize;
        while at < end {
            let (block, from) = (at / BLOCK, at % BLOCK);
            let wanted = (end - at).min(BLOCK - from);
            let taken = self.with_block(block, |bytes| {
                let part = bytes
                    .get(from..bytes.len().min(from + wanted))
                    .unwrap_or_default();
                out.extend_from_slice(part);
                part.len()
            });
            if taken < wanted {
                break;
            }
            at += taken;
        }
        out
    }

    fn with_block<T>(&self, block: usize, take: impl FnOnce(&[u8]) -> T) -> T {
        let Some(packed) = self.packed.get(block) else {
            let open: &[u8] = if block == self.packed.len() {
                &self.open
            } else {
                &[]
            };
            return take(open);
        };
        let mut last = self.last.borrow_mut();
        if last.1.is_empty() || last.0 != block {
            *last = (block, unpack(packed));
        }
        take(&last.1)
    }
}

fn pack(bytes: &[u8]) -> Box<[u8]> {
    compress(bytes).into_boxed_slice()
}

/// What [`pack`] packed, which is never damaged: it never left the memory.
fn unpack(packed: &[u8]) -> Vec<u8> {
    decompress(packed, BLOCK).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_stretch_is_the_stretch_of_the_bytes() {
        let bytes: Vec<u8> = (0..3 * BLOCK as u32 + 1000)
            .map(|at| (at.wrapping_mul(2_654_435_761) >> 24) as u8)
            .collect();
        let mut blocks = Blocks::default();
        for chunk in bytes.chunks(70_001) {
            blocks.push(chunk);
        }
        assert_eq!(blocks.end(), bytes.len() as u64);
        for (offset, len) in [
            (0, 10),
            (BLOCK - 5, 10),
            (BLOCK * 3 - 1, 500),
            (100, 2 * BLOCK),
            (0, 1),
        ] {
            assert_eq!(
                blocks.read(offset as u64, len as u32),
                &bytes[offset..offset + len],
                "{offset} {len}"
            );
        }
        let end = bytes.len();
        assert_eq!(blocks.read(end as u64 - 3, 10), &bytes[end - 3..]);
        assert!(blocks.read(end as u64 + 5, 10).is_empty());
        assert!(blocks.read(100 * BLOCK as u64, 10).is_empty());
    }

    #[test]
    fn text_takes_less_than_it_is() {
        let mut blocks = Blocks::default();
        blocks.push(
            "a line of a log\t10.0.0.5\tquery\n"
                .repeat(50_000)
                .as_bytes(),
        );
        assert!(blocks.size() * 10 < blocks.end(), "{}", blocks.size());
    }
}
