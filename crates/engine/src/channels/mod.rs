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
mod places;
pub mod trace;

pub use places::Places;

use crate::saved::is_time;
use serde::{Deserialize, Serialize};
use wakeful_logs::Micros;

/// Whether a time lies in a stretch that begins at `start`: told without a division, as of nearly all rows, which lie in
/// the minute and on the day of the row before.
pub(crate) fn spans(start: Micros, length: Micros, time: Micros) -> bool {
    (0..length).contains(&time.wrapping_sub(start))
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
