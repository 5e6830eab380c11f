//! Features of when: gaps between a channel's records.
//!
//! In: times, in order. Out: numbers. Must not know: what happened at those times.

use wakeful_logs::Micros;

impl Gaps {
    /// Of times in order.
    #[must_use]
    pub fn of(times: &[Micros]) -> Self {
        let mut gaps: Vec<Micros> = times.windows(2).map(|pair| pair[1] - pair[0]).collect();
        if gaps.is_empty() {
            return Self::default();
        }
        gaps.sort_unstable();
        let quantile = |quarters: usize| gaps[(gaps.len() - 1) * quarters / 4] as f64;
        let (low, high) = (quantile(1), quantile(3));
        Self {
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
            let times: Vec<Micros> = seconds.iter().map(|second| second * 1_000_000).collect();
            Gaps::of(&times)
        };
        let clock = of(&[0, 60, 120, 180, 240, 300]);
        assert_eq!(
            (clock.median, clock.regularity, clock.per_minute),
            (60.0, 1.0, 1.0)
        );
        assert!(of(&[0, 1, 2, 100, 101, 500, 900, 901, 2000]).regularity < 0.5);
        assert_eq!(of(&[5]), Gaps::default());
    }
}
