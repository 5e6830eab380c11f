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
pub mod trace;

use crate::Place;

/// Where a channel's first records lie.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Places(Vec<Place>);

impl Places {
    /// How many records of a channel can be shown.
    pub const KEPT: usize = 24;

    pub(crate) fn add(&mut self, place: Place) {
        // Inputs are read in order, so the first places are the smallest.
        if self.0.len() < Self::KEPT {
            self.0.push(place);
        }
    }

    pub(crate) fn merge(&mut self, other: &Self, inputs_before: usize) {
        self.0.extend(other.0.iter().map(|place| Place {
            input: place.input + inputs_before,
            ..*place
        }));
        self.0.sort_unstable();
        self.0.truncate(Self::KEPT);
    }

    /// The places, in the order of the inputs.
    #[must_use]
    pub fn all(&self) -> &[Place] {
        &self.0
    }
}

/// The first and the last time of something.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
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

    pub(crate) fn merge(&mut self, other: Self) {
        self.add(other.first);
        self.add(other.last);
    }
}
