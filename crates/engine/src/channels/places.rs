//! Where a channel's first records lie.
//!
//! In: places, in the order of reading or of pieces that merge. Out: the first of them, sorted. Must not know: how a
//! place is read again.

use crate::Place;
use crate::saved::Wrong;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Where a channel's first records lie.
#[derive(Debug, Clone, Default)]
pub struct Places {
    /// Where the first of them lies; most lie there.
    source: Source,
    /// Offset and length of those that lie there ([`word`]), in the order in which they came.
    words: Vec<u64>,
    /// All others. None, as a rule, and then no more than a word here.
    #[allow(clippy::box_collection)]
    others: Option<Box<Vec<Kept>>>,
}

/// An input, the piece of it, and one more than the header's position in it (0 for none).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Source {
    input: u32,
    piece: u32,
    header: u32,
}

/// A [`Place`] as it is written down. A channel does not know whether its inputs are packed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
struct Kept {
    input: u32,
    piece: u32,
    offset: u64,
    len: u32,
    /// One more than the header's position; 0 for none.
    header: u32,
}

impl Kept {
    fn source(self) -> Source {
        Source {
            input: self.input,
            piece: self.piece,
            header: self.header,
        }
    }
}

/// Bits of a line's length in a word; the others have its offset.
const LEN_BITS: u32 = 20;

/// Offset and length in one number, where both fit: lines below a megabyte, in the first 17 terabytes.
fn word(offset: u64, len: u32) -> Option<u64> {
    (offset < 1 << (u64::BITS - LEN_BITS) && len < 1 << LEN_BITS)
        .then_some(offset << LEN_BITS | u64::from(len))
}

impl Places {
    /// How many records of a channel can be shown.
    pub const KEPT: usize = 24;

    /// Adds a place, where fewer than `most` are kept.
    pub(crate) fn add(&mut self, most: usize, place: Place) {
        // Inputs and their pieces are read in order, so the first places are the smallest.
        if self.len() < most {
            self.put(Kept {
                input: u32::try_from(place.input).unwrap_or(u32::MAX),
                piece: place.piece,
                offset: place.offset,
                len: place.len,
                header: place.header.map_or(0, |header| header + 1),
            });
        }
    }

    fn len(&self) -> usize {
        self.words.len() + self.others.as_ref().map_or(0, |others| others.len())
    }

    fn put(&mut self, kept: Kept) {
        if self.words.is_empty() && self.others.is_none() {
            self.source = kept.source();
        }
        match word(kept.offset, kept.len) {
            Some(word) if kept.source() == self.source => {
                let held = self.words.len();
                if held == self.words.capacity() {
                    // Doubled as ever, but no further than what is kept.
                    let room = Self::KEPT.saturating_sub(held).max(1);
                    self.words.reserve_exact(held.max(3).min(room));
                }
                self.words.push(word);
            }
            _ => self.others.get_or_insert_default().push(kept),
        }
    }

    /// Sorted.
    fn kept(&self) -> Vec<Kept> {
        let Source {
            input,
            piece,
            header,
        } = self.source;
        let mut all = Vec::with_capacity(self.len());
        all.extend(self.words.iter().map(|word| Kept {
            input,
            piece,
            offset: word >> LEN_BITS,
            len: (word & ((1 << LEN_BITS) - 1)) as u32,
            header,
        }));
        all.extend(self.others.iter().flat_map(|others| others.iter()));
        if !all.is_sorted() {
            all.sort_unstable();
        }
        all
    }

    /// The first `most` of these.
    fn of(all: &[Kept], most: usize) -> Self {
        let mut places = Self::default();
        all.iter().take(most).for_each(|&kept| places.put(kept));
        places
    }

    /// Keeps only the first `most`, and gives back the room of the others.
    pub(crate) fn cut(&mut self, most: usize) {
        if self.others.is_some() {
            *self = Self::of(&self.kept(), most);
        }
        self.words.truncate(most);
        self.words.shrink_to_fit();
    }

    /// Bytes of its tables.
    pub(crate) fn bytes(&self) -> usize {
        let others = self.others.as_ref().map_or(0, |others| others.capacity());
        self.words.capacity() * size_of::<u64>() + others * size_of::<Kept>()
    }

    /// Adds another's places in the same inputs.
    pub(crate) fn merge(&mut self, other: &Self) {
        self.merge_from(other, |input| input);
    }

    /// Adds another's places; its inputs are renamed by `input`.
    pub(crate) fn merge_from(&mut self, other: &Self, input: impl Fn(u32) -> u32) {
        let mut all = self.kept();
        all.extend(other.kept().into_iter().map(|kept| Kept {
            input: input(kept.input),
            ..kept
        }));
        all.sort_unstable();
        *self = Self::of(&all, Self::KEPT);
    }

    /// Whether each one lies where `holds` says that a record can.
    pub(crate) fn are_sound(&self, holds: impl Fn(&Place) -> bool) -> bool {
        const FAR: u64 = 1 << 60;
        self.all()
            .iter()
            .all(|place| place.offset <= FAR && holds(place))
    }

    /// The places, in the order of the inputs.
    #[must_use]
    pub fn all(&self) -> Vec<Place> {
        let place = |kept: Kept| Place {
            input: kept.input as usize,
            piece: kept.piece,
            offset: kept.offset,
            len: kept.len,
            packed: false,
            header: kept.header.checked_sub(1),
        };
        self.kept().into_iter().map(place).collect()
    }
}

impl PartialEq for Places {
    fn eq(&self, other: &Self) -> bool {
        self.kept() == other.kept()
    }
}

impl Eq for Places {}

impl Serialize for Places {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.kept().serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Places {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let all = Vec::<Kept>::deserialize(deserializer)?;
        Wrong("the places of a channel")
            .unless(all.len() <= Self::KEPT && all.is_sorted())
            .map_err(serde::de::Error::custom)?;
        Ok(Self::of(&all, Self::KEPT))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(n: u64) -> Place {
        let inputs = [0, 0, 0, 2, 1];
        let offsets = [n * 200, n * 200, (1 << 44) - 1, 1 << 44, u64::MAX >> 4];
        let lengths = [200, 0, (1 << 20) - 1, 1 << 20, u32::MAX];
        Place {
            input: inputs[n as usize % 5],
            piece: (n % 3) as u32 / 2,
            offset: offsets[n as usize / 5 % 5],
            len: lengths[n as usize / 25 % 5],
            packed: false,
            header: [Some(0), None, Some(7)][n as usize / 7 % 3],
        }
    }

    fn order(of: &Place) -> (usize, u32, u64, u32, Option<u32>) {
        (of.input, of.piece, of.offset, of.len, of.header)
    }

    #[test]
    fn the_first_are_kept_wherever_they_lie() {
        for step in 1..60 {
            let all: Vec<Place> = (0..40).map(|n| place(n * step)).collect();
            let mut expected = all.clone();
            expected.sort_unstable_by_key(order);
            expected.truncate(Places::KEPT);
            // One by one, as pieces merge.
            let mut merged = Places::default();
            for &place in &all {
                let mut one = Places::default();
                one.add(Places::KEPT, place);
                merged.merge(&one);
            }
            assert_eq!(merged.all(), expected);
            let bytes = postcard::to_stdvec(&merged).unwrap();
            assert_eq!(postcard::from_bytes::<Places>(&bytes).unwrap(), merged);
            merged.cut(5);
            assert_eq!(merged.all(), expected[..5]);
            // In the order of reading.
            let mut added = Places::default();
            for &place in &expected {
                added.add(7, place);
            }
            assert_eq!(added.all(), expected[..7]);
        }
    }

    #[test]
    fn places_that_nobody_wrote_are_refused() {
        let kept = |offset| Kept {
            input: 0,
            piece: 0,
            offset,
            len: 1,
            header: 0,
        };
        let sorted: Vec<Kept> = (0..25).map(kept).collect();
        for (places, sound) in [
            (&sorted[..24], true),
            (&sorted, false),
            (&[kept(2), kept(1)], false),
        ] {
            let bytes = postcard::to_stdvec(places).unwrap();
            assert_eq!(postcard::from_bytes::<Places>(&bytes).is_ok(), sound);
        }
    }
}
