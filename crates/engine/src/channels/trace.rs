//! A channel's first records, in the order of time: when, what, and how much.
//!
//! In: records' times, symbols and sizes, in any order. Out: the earliest of them, sorted. Must
//! not know: what a symbol or a size stands for; [`super::dns`] and [`super::flow`] make them.

use crate::saved::{Wrong, is_time};
use serde::{Deserialize, Serialize, Serializer};
use wakeful_logs::Micros;

/// One record of a [`Trace`]: 16 bytes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Beat {
    /// When.
    pub time: Micros,
    /// How much, in bytes: of a query its part below the domain, of a flow what the client sent.
    pub size: u32,
    /// What, as the channel's kind writes it.
    pub symbol: u16,
}

/// The earliest records of a channel: all of them up to [`Trace::KEPT`]. Of more, the earliest, so
/// that the set does not depend on the order in which they came.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(try_from = "Written")]
pub struct Trace {
    /// Unsorted, at most twice [`Trace::KEPT`].
    beats: Vec<Beat>,
}

/// A trace as it is written down: each time as what it is after the one before.
#[derive(Serialize, Deserialize)]
struct Written {
    first: Micros,
    beats: Vec<(u64, u32, u16)>,
}

impl Serialize for Trace {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let sorted = self.sorted();
        let first = sorted.first().map_or(0, |beat| beat.time);
        let mut before = first;
        let beats = sorted
            .iter()
            .map(|beat| {
                let gap = beat.time.abs_diff(before);
                before = beat.time;
                (gap, beat.size, beat.symbol)
            })
            .collect();
        Written { first, beats }.serialize(serializer)
    }
}

impl TryFrom<Written> for Trace {
    type Error = Wrong;

    fn try_from(written: Written) -> Result<Self, Wrong> {
        Wrong("more records than a trace keeps").unless(written.beats.len() <= Self::KEPT)?;
        let mut time = written.first;
        let beats = written
            .beats
            .into_iter()
            .map(|(gap, size, symbol)| {
                time = time
                    .checked_add_unsigned(gap)
                    .filter(|&time| is_time(time))?;
                Some(Beat { time, size, symbol })
            })
            .collect::<Option<_>>()
            .ok_or(Wrong("a time that is none"))?;
        Ok(Self { beats })
    }
}

impl PartialEq for Trace {
    fn eq(&self, other: &Self) -> bool {
        self.sorted() == other.sorted()
    }
}

impl Eq for Trace {}

impl Trace {
    /// How many records are kept: 16 kB a channel, twice that before a cut.
    pub const KEPT: usize = 1024;

    /// Adds a record.
    pub fn add(&mut self, beat: Beat) {
        self.add_within(Self::KEPT, beat);
    }

    /// [`Trace::add`], of which the earliest `most` are kept.
    pub(crate) fn add_within(&mut self, most: usize, beat: Beat) {
        self.beats.push(beat);
        if self.beats.len() >= 2 * most {
            self.keep(most);
        }
    }

    /// Keeps only the earliest `most`, and gives back the room of the others.
    pub(crate) fn cut(&mut self, most: usize) {
        self.keep(most);
        self.beats.shrink_to_fit();
    }

    /// Bytes of its table.
    pub(crate) fn bytes(&self) -> usize {
        self.beats.capacity() * size_of::<Beat>()
    }

    /// Adds all records of another.
    pub fn merge(&mut self, other: &Self) {
        self.beats.extend_from_slice(&other.beats);
        self.keep(Self::KEPT);
    }

    /// How many records are held, at most twice what is kept.
    pub(crate) fn held(&self) -> usize {
        self.beats.len()
    }

    fn keep(&mut self, most: usize) {
        if self.beats.len() > most {
            self.beats.select_nth_unstable(most - 1);
            self.beats.truncate(most);
        }
    }

    /// The kept records, sorted by time, then size, then symbol.
    #[must_use]
    pub fn sorted(&self) -> Vec<Beat> {
        let mut beats = self.beats.clone();
        beats.sort_unstable();
        beats.truncate(Self::KEPT);
        beats
    }

    /// Their times alone, sorted.
    #[must_use]
    pub fn times(&self) -> Vec<Micros> {
        self.sorted().iter().map(|beat| beat.time).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_earliest_are_kept_in_any_order() {
        let beat = |time| Beat {
            time,
            size: (time % 7) as u32,
            symbol: (time % 3) as u16,
        };
        let mut traces = [Trace::default(), Trace::default(), Trace::default()];
        let mut other = Trace::default();
        for time in 0..10_000 {
            traces[0].add(beat(time));
            traces[1].add(beat(9_999 - time));
            if time % 2 == 0 {
                traces[2].add(beat(time));
            } else {
                other.add(beat(time));
            }
        }
        traces[2].merge(&other);
        let earliest: Vec<Beat> = (0..Trace::KEPT as Micros).map(beat).collect();
        for trace in traces {
            assert_eq!(trace.sorted(), earliest);
        }
    }
}
