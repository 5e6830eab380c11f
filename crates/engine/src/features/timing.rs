//! Features of when: gaps between a channel's records.
//!
//! In: times, in any order. Out: numbers. Must not know: what happened at those times.

use wakeful_logs::Micros;

/// The times of a channel's first records: all of them up to [`Times::KEPT`], and of more the
/// earliest, so that the set does not depend on the order in which they came.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Times {
    /// Unsorted, at most twice [`Times::KEPT`].
    times: Vec<Micros>,
}

impl Times {
    /// How many times are kept: 16 kB a channel at most.
    pub const KEPT: usize = 2048;

    /// Adds a time.
    pub fn add(&mut self, time: Micros) {
        self.times.push(time);
        if self.times.len() >= 2 * Self::KEPT {
            self.cut();
        }
    }

    /// Adds all times of another.
    pub fn merge(&mut self, other: &Self) {
        self.times.extend_from_slice(&other.times);
        self.cut();
    }

    fn cut(&mut self) {
        self.times.sort_unstable();
        self.times.truncate(Self::KEPT);
    }

    /// The kept times, sorted.
    #[must_use]
    pub fn sorted(&self) -> Vec<Micros> {
        let mut times = self.times.clone();
        times.sort_unstable();
        times.truncate(Self::KEPT);
        times
    }

    /// What their gaps look like.
    #[must_use]
    pub fn gaps(&self) -> Gaps {
        let times = self.sorted();
        let mut gaps: Vec<Micros> = times.windows(2).map(|pair| pair[1] - pair[0]).collect();
        if gaps.is_empty() {
            return Gaps::default();
        }
        gaps.sort_unstable();
        let quantile = |quarters: usize| gaps[(gaps.len() - 1) * quarters / 4] as f64;
        let (low, high) = (quantile(1), quantile(3));
        Gaps {
            median: gaps[gaps.len() / 2] as f64 / 1e6,
            regularity: if high > 0.0 {
                1.0 - (high - low) / (high + low)
            } else {
                0.0
            },
            per_minute: gaps.len() as f64
                / (((times[times.len() - 1] - times[0]) as f64 / 60e6).max(1.0)),
        }
    }
}

/// Gaps between records.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Gaps {
    /// The median gap, in seconds.
    pub median: f64,
    /// 1 − (Q3 − Q1) / (Q3 + Q1), the quartile coefficient of dispersion turned round: 1 for a
    /// clock, near 0 for bursts; a missed beat or a pause does not show.
    pub regularity: f64,
    /// Records a minute, from the first to the last (of at least a minute).
    pub per_minute: f64,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_is_regular_and_bursts_are_not() {
        let of = |seconds: &[i64]| {
            let mut times = Times::default();
            seconds
                .iter()
                .for_each(|&second| times.add(second * 1_000_000));
            times.gaps()
        };
        let clock = of(&[0, 60, 120, 180, 240, 300]);
        assert_eq!(
            (clock.median, clock.regularity, clock.per_minute),
            (60.0, 1.0, 1.0)
        );
        assert!(of(&[0, 1, 2, 100, 101, 500, 900, 901, 2000]).regularity < 0.5);
        assert_eq!(of(&[5]), Gaps::default());
    }

    #[test]
    fn the_earliest_times_are_kept_in_any_order() {
        let (mut up, mut down, mut halves) = (Times::default(), Times::default(), Times::default());
        let mut other = Times::default();
        for time in 0..10_000 {
            up.add(time);
            down.add(9_999 - time);
            if time % 2 == 0 {
                halves.add(time)
            } else {
                other.add(time)
            }
        }
        halves.merge(&other);
        let earliest: Vec<Micros> = (0..Times::KEPT as Micros).collect();
        assert_eq!(up.sorted(), earliest);
        assert_eq!(down.sorted(), earliest);
        assert_eq!(halves.sorted(), earliest);
    }
}
