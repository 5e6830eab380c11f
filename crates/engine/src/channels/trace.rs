//! A channel's first records, in the order of time: when, what, and how much.
//!
//! In: records' times, symbols and sizes, in any order. Out: the earliest of them, sorted. Must
//! not know: what a symbol or a size stands for; [`super::dns`] and [`super::flow`] make them.

use crate::saved::{Wrong, is_time};
use serde::{Deserialize, Serialize, Serializer};
use wakeful_logs::Micros;

/// One record of a [`Trace`].
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
#[derive(Debug, Clone, Deserialize)]
#[serde(try_from = "Written")]
pub struct Trace {
    /// Unsorted, at most twice [`Trace::KEPT`]: a word a record where it fits, see [`packed`].
    words: Vec<u64>,
    /// How many records that are.
    held: u32,
    /// The time of the last of them.
    last: Micros,
    /// As many records as are kept are no later than this, so that later ones are of no use: rows come almost in
    /// order, and of a busy channel most are told by it.
    until: Micros,
}

impl Default for Trace {
    fn default() -> Self {
        Self {
            words: Vec::new(),
            held: 0,
            last: 0,
            until: Micros::MAX,
        }
    }
}

/// Bits of a word: how long after the record before (or before it), how much, and what.
const GAP_BITS: u32 = 36;
const SIZE_BITS: u32 = 12;
const SYMBOL_BITS: u32 = 16;
/// Such a gap stands for none: two words follow, the time and the rest. Gaps up to nine hours and a half fit.
const WIDE: u64 = (1 << GAP_BITS) - 1;

/// A record in a word, where gap and size fit: most do, for tables of records are most of what is kept of a log.
fn packed(beat: Beat, last: Micros) -> Option<u64> {
    let gap = beat.time.wrapping_sub(last);
    // The sign goes to the last bit, so that small numbers stay small.
    let gap = (gap << 1 ^ gap >> 63) as u64;
    (gap < WIDE && beat.size < 1 << SIZE_BITS).then_some(
        gap << (SIZE_BITS + SYMBOL_BITS)
            | u64::from(beat.size) << SYMBOL_BITS
            | u64::from(beat.symbol),
    )
}

/// The records of words, in the order in which they were put down.
struct Beats<'a> {
    words: std::slice::Iter<'a, u64>,
    last: Micros,
}

impl Iterator for Beats<'_> {
    type Item = Beat;

    fn next(&mut self) -> Option<Beat> {
        let word = *self.words.next()?;
        let gap = word >> (SIZE_BITS + SYMBOL_BITS);
        let (time, size) = if gap == WIDE {
            (
                *self.words.next()? as Micros,
                *self.words.next()? >> SYMBOL_BITS,
            )
        } else {
            let gap = (gap >> 1) as i64 ^ -((gap & 1) as i64);
            let size = word >> SYMBOL_BITS & ((1 << SIZE_BITS) - 1);
            (self.last.wrapping_add(gap), size)
        };
        self.last = time;
        Some(Beat {
            time,
            size: size as u32,
            symbol: word as u16,
        })
    }
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
            .collect::<Option<Vec<_>>>()
            .ok_or(Wrong("a time that is none"))?;
        Ok(Self::of(&beats))
    }
}

impl PartialEq for Trace {
    fn eq(&self, other: &Self) -> bool {
        self.sorted() == other.sorted()
    }
}

impl Eq for Trace {}

impl Trace {
    /// How many records are kept: 8 kB a channel, or twice that where they do not come in order.
    pub const KEPT: usize = 1024;

    /// Words of a table that doubles.
    const SHORT: usize = 32;

    fn of(beats: &[Beat]) -> Self {
        let mut trace = Self::default();
        trace.words.reserve_exact(beats.len());
        beats.iter().for_each(|&beat| trace.put(beat));
        trace
    }

    /// Adds a record.
    pub fn add(&mut self, beat: Beat) {
        self.add_within(Self::KEPT, beat);
    }

    /// [`Trace::add`], of which the earliest `most` are kept.
    pub(crate) fn add_within(&mut self, most: usize, beat: Beat) {
        if beat.time > self.until {
            return;
        }
        self.put(beat);
        if self.held() == most {
            self.bind();
        } else if self.held() >= 2 * most {
            self.keep(most);
        }
    }

    /// All records that are held are enough.
    fn bind(&mut self) {
        let latest = self.beats().map(|beat| beat.time).max();
        self.until = latest.unwrap_or(Micros::MAX);
    }

    fn put(&mut self, beat: Beat) {
        match packed(beat, self.last) {
            Some(word) => {
                self.make_room();
                self.words.push(word);
            }
            None => {
                let rest = u64::from(beat.size) << SYMBOL_BITS;
                let mark = WIDE << (SIZE_BITS + SYMBOL_BITS) | u64::from(beat.symbol);
                self.words
                    .extend_from_slice(&[mark, beat.time as u64, rest]);
            }
        }
        self.last = beat.time;
        self.held += 1;
    }

    /// Of tables that double, a third of all is room that nothing needs: long ones grow by half.
    fn make_room(&mut self) {
        let held = self.words.len();
        if held == self.words.capacity() {
            let more = if held < Self::SHORT {
                held.max(4)
            } else {
                held / 2
            };
            // No further than what is kept, as long as that may be all.
            let kept = Self::KEPT.checked_sub(held).filter(|&left| left > 0);
            self.words.reserve_exact(more.min(kept.unwrap_or(more)));
        }
    }

    /// In the order in which they came.
    fn beats(&self) -> Beats<'_> {
        Beats {
            words: self.words.iter(),
            last: 0,
        }
    }

    /// Keeps only the earliest `most`, and gives back the room of the others.
    pub(crate) fn cut(&mut self, most: usize) {
        self.keep(most);
        self.words.shrink_to_fit();
    }

    /// Bytes of its table.
    pub(crate) fn bytes(&self) -> usize {
        self.words.capacity() * size_of::<u64>()
    }

    /// Adds all records of another.
    pub fn merge(&mut self, other: &Self) {
        other.beats().for_each(|beat| self.add(beat));
    }

    /// How many records are held, at most twice what is kept.
    pub(crate) fn held(&self) -> usize {
        self.held as usize
    }

    fn keep(&mut self, most: usize) {
        if self.held() > most {
            let mut beats: Vec<Beat> = self.beats().collect();
            beats.select_nth_unstable(most - 1);
            beats.truncate(most);
            let words = std::mem::take(&mut self.words);
            *self = Self {
                words,
                ..Self::default()
            };
            self.words.clear();
            beats.into_iter().for_each(|beat| self.put(beat));
        }
        if self.held() == most {
            self.bind();
        }
    }

    /// The kept records, sorted by time, then size, then symbol.
    #[must_use]
    pub fn sorted(&self) -> Vec<Beat> {
        let mut beats = Vec::with_capacity(self.held());
        beats.extend(self.beats());
        // Rows of one log mostly come in order.
        if !beats.is_sorted() {
            beats.sort_unstable();
        }
        beats.truncate(Self::KEPT);
        beats
    }

    /// Calls back with each of [`Trace::sorted`]; where they came in order, without a list of them.
    pub fn each_sorted(&self, each: impl FnMut(Beat)) {
        if self.held() <= Self::KEPT && self.beats().is_sorted() {
            self.beats().for_each(each);
        } else {
            self.sorted().into_iter().for_each(each);
        }
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
        for trace in &traces {
            assert_eq!(trace.sorted(), earliest);
        }
        // In order, no more is ever held.
        assert_eq!(traces[0].words.capacity(), Trace::KEPT);
        // Those of one time are told apart by what else they are.
        let mut same = Trace::default();
        for size in (0..3000).rev() {
            same.add(Beat {
                time: 7,
                size,
                symbol: 0,
            });
        }
        let sizes: Vec<u32> = same.sorted().iter().map(|beat| beat.size).collect();
        assert_eq!(sizes, (0..Trace::KEPT as u32).collect::<Vec<_>>());
        // What is kept may become less, as a budget says.
        let [mut cut, ..] = traces;
        cut.cut(100);
        cut.add_within(100, beat(5));
        cut.add_within(100, beat(99));
        cut.add_within(100, beat(100));
        assert_eq!(cut.held(), 102);
        assert_eq!(
            cut.sorted()[..101],
            [&earliest[..6], &earliest[5..100]].concat()[..]
        );
    }

    #[test]
    fn records_of_any_time_and_size_are_kept_as_they_are() {
        let times = [
            0,
            1,
            34_359_738_366,
            68_719_476_734,
            i64::MIN,
            i64::MAX,
            -1,
            1_700_000_000_000_000,
            1_700_000_000_000_000 - 34_359_738_367,
            1_700_034_359_738_368,
        ];
        let sizes = [0, 1, 4095, 4096, u32::MAX];
        let mut beats = Vec::new();
        for (n, &time) in times.iter().enumerate() {
            for (m, &size) in sizes.iter().enumerate() {
                let symbol = [0, 7, u16::MAX][(n + m) % 3];
                beats.push(Beat { time, size, symbol });
            }
        }
        let mut trace = Trace::default();
        beats.iter().for_each(|&beat| trace.add(beat));
        assert_eq!(trace.beats().collect::<Vec<_>>(), beats);
        beats.sort_unstable();
        assert_eq!(trace.sorted(), beats);
        assert_eq!(trace.held(), beats.len());
    }
}
