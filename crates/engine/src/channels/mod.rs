//! Records to aggregates: what is kept of a channel.
//!
//! In: records, one by one. Out: [`dns::DnsChannel`] (a client and a registered domain) and
//! [`flow::FlowChannel`] (a client and a peer). Must not know: features' names, models, scores.
//!
//! All sums are integers: a floating point sum depends on the order of its terms, and a report
//! must not depend on the order of the inputs.

pub mod counts;
pub mod dns;
pub mod flow;
pub(crate) mod keep;
pub mod trace;

use crate::Place;
use crate::saved::is_time;
use serde::{Deserialize, Serialize};

/// Where a channel's first records lie.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Places(Vec<Kept>);

/// A [`Place`] in 24 bytes: there are many. A channel does not know whether its inputs are packed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
struct Kept {
    input: u32,
    piece: u32,
    offset: u64,
    len: u32,
    /// One more than the header's position; 0 for none.
    header: u32,
}

impl Places {
    /// How many records of a channel can be shown.
    pub const KEPT: usize = 24;

    /// Adds a place, where fewer than `most` are kept.
    pub(crate) fn add(&mut self, most: usize, place: Place) {
        // Inputs and their pieces are read in order, so the first places are the smallest.
        let kept = self.0.len();
        if kept < most {
            if kept == self.0.capacity() {
                // Doubled as ever, but no further than what is kept.
                self.0.reserve_exact(kept.max(4).min(most - kept));
            }
            self.0.push(Kept {
                input: u32::try_from(place.input).unwrap_or(u32::MAX),
                piece: place.piece,
                offset: place.offset,
                len: place.len,
                header: place.header.map_or(0, |header| header + 1),
            });
        }
    }

    /// Keeps only the first `most`, and gives back the room of the others.
    pub(crate) fn cut(&mut self, most: usize) {
        self.0.truncate(most);
        self.0.shrink_to_fit();
    }

    /// Bytes of its table.
    pub(crate) fn bytes(&self) -> usize {
        self.0.capacity() * size_of::<Kept>()
    }

    /// Adds another's places in the same inputs.
    pub(crate) fn merge(&mut self, other: &Self) {
        self.merge_from(other, |input| input);
    }

    /// Adds another's places; its inputs are renamed by `input`.
    pub(crate) fn merge_from(&mut self, other: &Self, input: impl Fn(u32) -> u32) {
        self.0.extend(other.0.iter().map(|kept| Kept {
            input: input(kept.input),
            ..*kept
        }));
        self.0.sort_unstable();
        self.0.truncate(Self::KEPT);
    }

    /// Whether places that anybody could have written are sorted, no more than are kept, and each one where
    /// `holds` says that a record can lie.
    pub(crate) fn are_sound(&self, holds: impl Fn(&Place) -> bool) -> bool {
        const FAR: u64 = 1 << 60;
        self.0.len() <= Self::KEPT
            && self.0.is_sorted()
            && self
                .all()
                .iter()
                .all(|place| place.offset <= FAR && holds(place))
    }

    /// The places, in the order of the inputs.
    #[must_use]
    pub fn all(&self) -> Vec<Place> {
        let place = |kept: &Kept| Place {
            input: kept.input as usize,
            piece: kept.piece,
            offset: kept.offset,
            len: kept.len,
            packed: false,
            header: kept.header.checked_sub(1),
        };
        self.0.iter().map(place).collect()
    }
}

/// The first and the last time of something.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Interval {
    /// The earliest, in microseconds since 1970.
    pub first: Option<i64>,
    /// The latest.
    pub last: Option<i64>,
}

impl Interval {
    pub(crate) fn add(&mut self, time: Option<i64>) {
        if let Some(time) = time {
            self.first = Some(self.first.map_or(time, |first| first.min(time)));
            self.last = Some(self.last.map_or(time, |last| last.max(time)));
        }
    }

    /// Microseconds from the first to the last; 0 without a time.
    pub(crate) fn lasted(self) -> i64 {
        match (self.first, self.last) {
            (Some(first), Some(last)) => last.saturating_sub(first),
            _ => 0,
        }
    }

    /// Whether an interval that anybody could have written has both ends or none, in their order.
    pub(crate) fn is_sound(self) -> bool {
        match (self.first, self.last) {
            (Some(first), Some(last)) => first <= last && is_time(first) && is_time(last),
            (None, None) => true,
            _ => false,
        }
    }

    pub(crate) fn merge(&mut self, other: Self) {
        self.add(other.first);
        self.add(other.last);
    }
}
