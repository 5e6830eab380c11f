//! Records over time.
//!
//! In: times. Out: counts in equal steps. Must not know: whose records they are.

use crate::channels::spans;
use crate::saved::{MOST, Wrong};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use wakeful_logs::Micros;

const SECOND: i64 = 1_000_000;
const MINUTE: i64 = 60 * SECOND;

/// Counts of both logs by the number of the step.
type Steps = BTreeMap<i64, [u64; 2]>;

/// Where a step begins (seconds since 1970), records of `dns.log`, records of `conn.log`.
pub(crate) type Counted = (f64, [u64; 2]);

/// Records of both logs, a minute a step; in a log of more than two weeks as many minutes as keep the
/// table below [`Minutes::MOST`] steps. Of a log of less than [`Minutes::SHORT`] seconds, the seconds, too.
/// The steps follow from the set of times alone.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Minutes {
    /// A step is 2^shift minutes.
    shift: u32,
    steps: Steps,
    /// Empty where the log is longer.
    seconds: Steps,
    /// Whether it is.
    is_long: bool,
    /// The step that was added to last, and what is not yet in the table.
    last: Option<(i64, [u64; 2])>,
}

/// [`Minutes`] as they are written down.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct SavedMinutes {
    shift: u32,
    steps: Vec<(i64, [u64; 2])>,
    seconds: Vec<(i64, [u64; 2])>,
    is_long: bool,
}

impl Minutes {
    const MOST: usize = 20_000;
    const SHORT: i64 = 1200;

    pub(crate) fn save(&self) -> SavedMinutes {
        let mut all = self.clone();
        all.settle();
        SavedMinutes {
            shift: all.shift,
            steps: all.steps.into_iter().collect(),
            seconds: all.seconds.into_iter().collect(),
            is_long: all.is_long,
        }
    }

    pub(crate) fn restore(saved: SavedMinutes) -> Result<Self, Wrong> {
        let are_sound = |steps: &[(i64, [u64; 2])], far: i64| {
            steps.is_sorted_by(|a, b| a.0 < b.0)
                && steps.iter().all(|&(step, [dns, conn])| {
                    (-far..=far).contains(&step) && dns <= MOST && conn <= MOST
                })
        };
        let seconds = &saved.seconds;
        let lasted = seconds.first().zip(seconds.last());
        Wrong("the steps of time").unless(
            saved.shift < 31
                && saved.steps.len() <= Self::MOST
                && are_sound(&saved.steps, 1 << 36)
                && are_sound(seconds, 1 << 42)
                && lasted
                    .is_none_or(|(first, last)| !saved.is_long && last.0 - first.0 < Self::SHORT),
        )?;
        Ok(Self {
            shift: saved.shift,
            steps: saved.steps.into_iter().collect(),
            seconds: saved.seconds.into_iter().collect(),
            is_long: saved.is_long,
            last: None,
        })
    }

    /// Adds a record: `log` is 0 for `dns.log`, 1 for `conn.log`.
    pub(crate) fn add(&mut self, time: Option<Micros>, log: usize) {
        let Some(time) = time else { return };
        if !self.is_long {
            let mut counts = [0, 0];
            counts[log] = 1;
            self.put_second(time.div_euclid(SECOND), counts);
        }
        let length = MINUTE << self.shift;
        match &mut self.last {
            Some((last, counts)) if spans(last.wrapping_mul(length), length, time) => {
                counts[log] += 1;
            }
            _ => {
                self.settle();
                let mut counts = [0, 0];
                counts[log] = 1;
                self.last = Some((time.div_euclid(MINUTE) >> self.shift, counts));
            }
        }
    }

    /// Brings what was added last into the table.
    fn settle(&mut self) {
        if let Some((step, counts)) = self.last.take() {
            self.put(step, counts);
        }
    }

    fn put_second(&mut self, second: i64, counts: [u64; 2]) {
        add(&mut self.seconds, second, counts);
        let ends = self
            .seconds
            .first_key_value()
            .zip(self.seconds.last_key_value());
        if ends.is_some_and(|((first, _), (last, _))| last - first >= Self::SHORT) {
            self.lengthen();
        }
    }

    fn lengthen(&mut self) {
        self.is_long = true;
        self.seconds = Steps::new();
    }

    fn put(&mut self, step: i64, counts: [u64; 2]) {
        add(&mut self.steps, step, counts);
        while self.steps.len() > Self::MOST {
            self.coarsen();
        }
    }

    fn coarsen(&mut self) {
        self.shift += 1;
        for (step, counts) in std::mem::take(&mut self.steps) {
            add(&mut self.steps, step >> 1, counts);
        }
    }

    pub(crate) fn merge(&mut self, other: &Self) {
        self.settle();
        let mut other = other.clone();
        other.settle();
        while self.shift < other.shift {
            self.coarsen();
        }
        if other.is_long {
            self.lengthen();
        }
        for (second, counts) in other.seconds {
            if !self.is_long {
                self.put_second(second, counts);
            }
        }
        for (step, counts) in other.steps {
            // By the step as it is now: `put` may make it longer.
            self.put(step >> (self.shift - other.shift), counts);
        }
    }

    /// Seconds a step, and the counts of each step that has any.
    pub(crate) fn steps(&self) -> (f64, Vec<Counted>) {
        let mut all = self.clone();
        all.settle();
        let step = 60.0 * f64::from(1_u32 << all.shift.min(31));
        (step, counted(&all.steps, step))
    }

    /// The same; of a short log, a second a step.
    pub(crate) fn finest(&self) -> (f64, Vec<Counted>) {
        if self.is_long {
            self.steps()
        } else {
            (1.0, counted(&self.seconds, 1.0))
        }
    }
}

fn add(steps: &mut Steps, step: i64, counts: [u64; 2]) {
    let sum = steps.entry(step).or_default();
    sum.iter_mut()
        .zip(counts)
        .for_each(|(sum, count)| *sum += count);
}

fn counted(steps: &Steps, step: f64) -> Vec<Counted> {
    let steps = steps.iter();
    steps
        .map(|(&at, &counts)| (at as f64 * step, counts))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_follow_from_the_times_alone() {
        let times: Vec<i64> = (0..60_000).map(|n| n * 7 * MINUTE / 2).collect();
        let (mut up, mut down) = (Minutes::default(), Minutes::default());
        let mut halves = [Minutes::default(), Minutes::default()];
        for (n, &time) in times.iter().enumerate() {
            up.add(Some(time), n % 2);
            halves[n % 2].add(Some(time), n % 2);
        }
        for (n, &time) in times.iter().enumerate().rev() {
            down.add(Some(time), n % 2);
        }
        assert_eq!(up.steps(), down.steps());
        let [mut merged, other] = halves;
        merged.merge(&other);
        assert_eq!(merged.steps(), up.steps());
        let (_, steps) = up.steps();
        assert!(steps.len() <= Minutes::MOST);
        let all: u64 = steps
            .iter()
            .map(|(_, counts)| counts.iter().sum::<u64>())
            .sum();
        assert_eq!(all, 60_000);
    }

    #[test]
    fn a_short_log_has_seconds_and_a_longer_one_minutes_in_any_order() {
        let of = |seconds: &[i64]| {
            let mut all = Minutes::default();
            for second in seconds {
                all.add(Some(second * SECOND), 1);
            }
            all
        };
        let short = [100, 101, 101, 1299];
        assert_eq!(
            of(&short).finest(),
            (
                1.0,
                vec![(100.0, [0, 1]), (101.0, [0, 2]), (1299.0, [0, 1])]
            )
        );
        for long in [[100, 1300, 200], [1300, 200, 100]] {
            assert_eq!(of(&long).finest(), of(&long).steps());
            let mut merged = of(&long[..1]);
            merged.merge(&of(&long[1..]));
            assert_eq!(merged, {
                let mut one = of(&long);
                one.settle();
                one
            });
        }
        let mut merged = of(&short[..1]);
        merged.merge(&of(&short[1..]));
        assert_eq!(merged.finest(), of(&short).finest());
        for all in [of(&short), of(&[100, 1300])] {
            assert_eq!(Minutes::restore(all.save()).unwrap().finest(), all.finest());
        }
    }

    #[test]
    fn times_before_1970_have_their_step() {
        let mut minutes = Minutes::default();
        minutes.add(Some(-1), 0);
        minutes.add(None, 0);
        assert_eq!(minutes.steps(), (60.0, vec![(-60.0, [1, 0])]));
    }
}
