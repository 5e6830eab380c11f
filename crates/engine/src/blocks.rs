//! A list that grows without moving what is in it.
//!
//! In: values. Out: the same values by their number. Must not know: what they are.
//!
//! A vector that doubles holds what it had twice while it grows: of hundreds of megabytes that is too much
//! in a tab.

use serde::de::{SeqAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::marker::PhantomData;
use std::ops::{Index, IndexMut};

const SHIFT: u32 = 7;
/// Values a block.
const BLOCK: usize = 1 << SHIFT;

/// Values in blocks.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Blocks<T>(Vec<Vec<T>>);

impl<T> Default for Blocks<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<T> Blocks<T> {
    pub(crate) fn len(&self) -> usize {
        match self.0.split_last() {
            None => 0,
            Some((last, full)) => full.len() * BLOCK + last.len(),
        }
    }

    pub(crate) fn push(&mut self, value: T) {
        match self.0.last_mut() {
            Some(last) if last.len() < BLOCK => last.push(value),
            _ => {
                let mut block = Vec::with_capacity(BLOCK);
                block.push(value);
                self.0.push(block);
            }
        }
    }

    pub(crate) fn get(&self, at: usize) -> Option<&T> {
        self.0.get(at >> SHIFT)?.get(at & (BLOCK - 1))
    }

    pub(crate) fn get_mut(&mut self, at: usize) -> Option<&mut T> {
        self.0.get_mut(at >> SHIFT)?.get_mut(at & (BLOCK - 1))
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &T> + Clone {
        self.0.iter().flatten()
    }

    pub(crate) fn iter_mut(&mut self) -> impl Iterator<Item = &mut T> {
        self.0.iter_mut().flatten()
    }

    /// The values; each block is given back when it is through.
    pub(crate) fn into_values(self) -> impl Iterator<Item = T> {
        self.0.into_iter().flatten()
    }

    /// Bytes of the blocks, without what values own elsewhere.
    pub(crate) fn bytes(&self) -> usize {
        self.0.len() * BLOCK * size_of::<T>()
    }
}

impl<T> Index<usize> for Blocks<T> {
    type Output = T;

    fn index(&self, at: usize) -> &T {
        &self.0[at >> SHIFT][at & (BLOCK - 1)]
    }
}

impl<T> IndexMut<usize> for Blocks<T> {
    fn index_mut(&mut self, at: usize) -> &mut T {
        &mut self.0[at >> SHIFT][at & (BLOCK - 1)]
    }
}

impl<T> FromIterator<T> for Blocks<T> {
    fn from_iter<I: IntoIterator<Item = T>>(values: I) -> Self {
        let mut blocks = Self::default();
        values.into_iter().for_each(|value| blocks.push(value));
        blocks
    }
}

impl<T: Serialize> Serialize for Blocks<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        use serde::ser::SerializeSeq;
        let mut list = serializer.serialize_seq(Some(self.len()))?;
        for value in self.iter() {
            list.serialize_element(value)?;
        }
        list.end()
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Blocks<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Values<T>(PhantomData<T>);

        impl<'de, T: Deserialize<'de>> Visitor<'de> for Values<T> {
            type Value = Blocks<T>;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("a list")
            }

            // Memory is taken for what is there, block by block, and never for the length that is claimed.
            fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Blocks<T>, A::Error> {
                let mut blocks = Blocks::default();
                while let Some(value) = list.next_element()? {
                    blocks.push(value);
                }
                Ok(blocks)
            }
        }

        deserializer.deserialize_seq(Values(PhantomData))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_are_the_vector_that_they_stand_for() {
        for count in [0, 1, BLOCK - 1, BLOCK, BLOCK + 1, 5 * BLOCK + 3] {
            let vector: Vec<usize> = (0..count).map(|n| n * n).collect();
            let mut blocks: Blocks<usize> = vector.iter().copied().collect();
            assert_eq!(blocks.len(), count);
            assert!(blocks.iter().eq(&vector));
            assert!((0..count).all(|at| blocks[at] == vector[at]));
            assert_eq!(blocks.get_mut(count), None);
            let bytes = postcard::to_stdvec(&blocks).unwrap();
            assert_eq!(bytes, postcard::to_stdvec(&vector).unwrap());
            assert_eq!(
                postcard::from_bytes::<Blocks<usize>>(&bytes).unwrap(),
                blocks
            );
            for value in blocks.iter_mut() {
                *value += 1;
            }
            let more = vector.iter().map(|n| n + 1);
            assert!(blocks.clone().into_values().eq(more));
            assert!(
                blocks
                    .iter()
                    .eq(vector.iter().map(|n| n + 1).collect::<Vec<_>>().iter())
            );
        }
    }
}
