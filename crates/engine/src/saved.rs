//! What the saved forms of several rooms share.
//!
//! In: values that anybody could have written. Out: those that can have come from reading, or [`Wrong`].
//! Must not know: which room they are of.

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use smallvec::{Array, SmallVec};

/// What cannot have come from reading, in a few words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Wrong(pub(crate) &'static str);

impl std::fmt::Display for Wrong {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.0)
    }
}

impl Wrong {
    /// This, unless it holds.
    pub(crate) fn unless(self, holds: bool) -> Result<(), Self> {
        if holds { Ok(()) } else { Err(self) }
    }
}

/// Counts stay below it, so that many of them can be added up.
pub(crate) const MOST: u64 = 1 << 44;
/// Sums of squares and products stay below it.
pub(crate) const MOST_SUM: u128 = 1 << 100;
/// Times lie within it on both sides of 1970, microseconds: differences of two are numbers too.
const MOST_TIME: i64 = 1 << 60;

pub(crate) fn is_time(time: i64) -> bool {
    (-MOST_TIME..=MOST_TIME).contains(&time)
}

/// Whether numbers that have counts are sorted, each there once, and the counts no more than `most` in all.
pub(crate) fn are_counts<N: Ord>(counts: &[(N, u64)], most: u64) -> bool {
    counts.is_sorted_by(|a, b| a.0 < b.0)
        && counts
            .iter()
            .try_fold(0_u64, |sum, (_, count)| sum.checked_add(*count))
            .is_some_and(|sum| sum <= most)
}

/// A small vector as a sequence; its own form would take memory by the length that is claimed.
pub(crate) mod small {
    use super::{Array, Deserialize, Deserializer, Serialize, Serializer, SmallVec};

    pub(crate) fn serialize<A: Array, S: Serializer>(
        of: &SmallVec<A>,
        serializer: S,
    ) -> Result<S::Ok, S::Error>
    where
        A::Item: Serialize,
    {
        of.as_slice().serialize(serializer)
    }

    pub(crate) fn deserialize<'de, A: Array, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<SmallVec<A>, D::Error>
    where
        A::Item: Deserialize<'de>,
    {
        Vec::deserialize(deserializer).map(SmallVec::from_vec)
    }
}
