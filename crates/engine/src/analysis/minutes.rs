//! Records over time.
//!
//! In: times. Out: counts in equal steps. Must not know: whose records they are.

use crate::saved::{MOST, Wrong};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use wakeful_logs::Micros;

const MINUTE: i64 = 60_000_000;

/// Records of both logs, a minute a step; in a log of more than two weeks as many minutes as keep the
/// table below [`Minutes::MOST`] steps. The step follows from the set of times alone.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Minutes {
    /// A step is 2^shift minutes.
    shift: u32,
    steps: BTreeMap<i64, [u64; 2]>,
    /// The step that was added to last, and what is not yet in the table.
    last: Option<(i64, [u64; 2])>,
}

/// [`Minutes`] as they are written down.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct SavedMinutes {
    shift: u32,
    steps: Vec<(i64, [u64; 2])>,
}

impl Minutes {
    const MOST: usize = 20_000;

    pub(crate) fn save(&self) -> SavedMinutes {
        let mut all = self.clone();
        all.settle();
        SavedMinutes {
            shift: all.shift,
            steps: all.steps.into_iter().collect(),
        }
    }

    pub(crate) fn restore(saved: SavedMinutes) -> Result<Self, Wrong> {
        const FAR: i64 = 1 << 36;
        let steps = saved.steps.iter();
        Wrong("the steps of time").unless(
            saved.shift < 31
                && saved.steps.len() <= Self::MOST
                && saved.steps.is_sorted_by(|a, b| a.0 < b.0)
                && steps.clone().all(|&(step, [dns, conn])| {
                    (-FAR..=FAR).contains(&step) && dns <= MOST && conn <= MOST
                }),
        )?;
        Ok(Self {
            shift: saved.shift,
            steps: saved.steps.into_iter().collect(),
            last: None,
        })
    }

    /// Adds a record: `log` is 0 for `dns.log`, 1 for `conn.log`.
    pub(crate) fn add(&mut self, time: Option<Micros>, log: usize) {
        let Some(time) = time else { return };
        let step = time.div_euclid(MINUTE) >> self.shift;
        match &mut self.last {
            Some((last, counts)) if *last == step => counts[log] += 1,
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

    fn put(&mut self, step: i64, counts: [u64; 2]) {
        let sum = self.steps.entry(step).or_default();
        sum.iter_mut()
            .zip(counts)
            .for_each(|(sum, count)| *sum += count);
        while self.steps.len() > Self::MOST {
            self.coarsen();
        }
    }

    fn coarsen(&mut self) {
        self.shift += 1;
        for (step, counts) in std::mem::take(&mut self.steps) {
            let sum = self.steps.entry(step >> 1).or_default();
            sum.iter_mut()
                .zip(counts)
                .for_each(|(sum, count)| *sum += count);
        }
    }

    pub(crate) fn merge(&mut self, other: &Self) {
        self.settle();
        let mut other = other.clone();
        other.settle();
        while self.shift < other.shift {
            self.coarsen();
        }
        for (step, counts) in other.steps {
            // By the step as it is now: `put` may make it longer.
            self.put(step >> (self.shift - other.shift), counts);
        }
    }

    /// Seconds a step, and the counts of each step that has any: where it begins (seconds since
    /// 1970), records of `dns.log`, records of `conn.log`.
    pub(crate) fn steps(&self) -> (f64, Vec<(f64, [u64; 2])>) {
        let mut all = self.clone();
        all.settle();
        let step = 60.0 * f64::from(1_u32 << all.shift.min(31));
        let steps = all
            .steps
            .iter()
            .map(|(&at, &counts)| (at as f64 * step, counts))
            .collect();
        (step, steps)
    }
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
    fn times_before_1970_have_their_step() {
        let mut minutes = Minutes::default();
        minutes.add(Some(-1), 0);
        minutes.add(None, 0);
        assert_eq!(minutes.steps(), (60.0, vec![(-60.0, [1, 0])]));
    }
}
