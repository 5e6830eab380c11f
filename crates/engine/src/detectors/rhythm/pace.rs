//! What the pauses say where there is no beat: that a program keeps going, or that many ask, each for itself.
//!
//! In: a channel's first records. Out: the usual pause of one that keeps steady; whether they come from many. Must not know:
//! periods, names, who asks.

use super::SECOND;
use crate::channels::trace::Trace;
use crate::quantiles::{quantile, quantiles};
use wakeful_logs::Micros;

/// Gaps of a steady channel, and how long it lasts, at least.
const STEADY_GAPS: usize = 96;
const STEADY_LASTS: Micros = 12 * 3600 * SECOND;
/// How far from the median its gaps may be, all but one in twenty, and their quartile coefficient of dispersion.
const STEADY_FACTOR: Micros = 3;
const STEADY_SPREAD: f64 = 0.3;

/// The usual gap of a channel that keeps going without a beat: for half a day no pause, and gaps that
/// stay near each other, as those of an interval with much jitter do. A person's have long pauses; those of chance
/// (a Poisson process) have a coefficient of dispersion of 0.66.
#[must_use]
pub(in crate::detectors) fn steady(trace: &Trace) -> Option<Micros> {
    let times = trace.times();
    let lasted = times.last()?.saturating_sub(*times.first()?);
    let mut gaps: Vec<Micros> = times
        .windows(2)
        .map(|pair| pair[1] - pair[0])
        .filter(|&gap| gap >= SECOND)
        .collect();
    gaps.sort_unstable();
    let [low, middle, high] = quantiles(&gaps, [0.25, 0.5, 0.75])?;
    let far = |gap: &&Micros| **gap > STEADY_FACTOR * middle || STEADY_FACTOR * **gap < middle;
    let is_steady = gaps.len() >= STEADY_GAPS
        && lasted >= STEADY_LASTS
        && gaps.iter().filter(far).count() * 20 <= gaps.len()
        && (high - low) as f64 <= STEADY_SPREAD * (high + low) as f64;
    is_steady.then_some(middle)
}

/// Pauses that tell whether records come from many, and how long they last, at least.
const MANY_PAUSES: usize = 128;
const MANY_LAST: Micros = 1800 * SECOND;
/// Records between two pauses, at most, on the average.
const MANY_TOGETHER: usize = 4;
/// Records so near each other are one, where pauses are usually twice as long: what is asked for together.
const TOGETHER: [Micros; 2] = [2 * SECOND, SECOND / 2];
/// The local variation of what many do, each for itself: 1 by chance, with a standard deviation of 0.08 of 128 pauses.
const BY_CHANCE: std::ops::RangeInclusive<f64> = 0.82..=1.25;

/// Whether records come as those of many who know nothing of each other: one at a time for half an hour and more, and a
/// pause says nothing of the next. By the local variation 3 / (n - 1) · Σ ((a - b) / (a + b))² over neighbouring pauses
/// (Shinomoto, Shima and Tanji 2003): 0 of a clock, 0.7 of an interval that may be anything from nothing up, 1 of
/// chance however its rate changes with the hour, more of sessions.
#[must_use]
pub(in crate::detectors) fn is_of_many(trace: &Trace) -> bool {
    let times = trace.times();
    let (Some(first), Some(last)) = (times.first(), times.last()) else {
        return false;
    };
    if last.saturating_sub(*first) < MANY_LAST {
        return false;
    }
    for together in TOGETHER {
        let gaps = times.windows(2).map(|pair| pair[1].saturating_sub(pair[0]));
        // What is left of a pause by chance after any time is again one by chance.
        let pauses: Vec<Micros> = gaps
            .filter(|&gap| gap >= together)
            .map(|gap| gap - together)
            .collect();
        let mut sorted = pauses.clone();
        sorted.sort_unstable();
        if quantile(&sorted, 0.5).is_some_and(|middle| middle >= 2 * together) {
            return pauses.len() >= MANY_PAUSES
                && times.len() <= MANY_TOGETHER * pauses.len()
                && BY_CHANCE.contains(&local_variation(&pauses));
        }
    }
    false
}

fn local_variation(pauses: &[Micros]) -> f64 {
    let differ = pauses.windows(2).map(|pair| {
        let (a, b) = (pair[0] as f64, pair[1] as f64);
        ((a - b) / (a + b).max(1.0)).powi(2)
    });
    3.0 * differ.sum::<f64>() / (pauses.len() as f64 - 1.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::channels::trace::Beat;

    /// Seconds of records with pauses that `pause` makes of chances from 0 to 1.
    fn paused(count: u64, pause: impl Fn(f64) -> f64) -> Trace {
        let mut trace = Trace::default();
        let mut time = 0.0;
        for n in 0..count {
            let mixed = (n + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
            let mixed = (mixed ^ mixed >> 31).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            time += pause((mixed >> 40) as f64 / f64::from(1 << 24));
            trace.add(Beat {
                time: (time * 1e6) as Micros,
                ..Beat::default()
            });
        }
        trace
    }

    #[test]
    fn what_many_do_each_for_itself_is_told_from_clocks_and_sessions() {
        let by_chance = |mean: f64| move |u: f64| -(1.0 - u).ln() * mean;
        assert!(is_of_many(&paused(600, by_chance(20.0))));
        assert!(is_of_many(&paused(1000, by_chance(3.0))));
        assert!(!is_of_many(&paused(100, by_chance(60.0))), "too few");
        assert!(!is_of_many(&paused(1000, by_chance(0.5))), "too soon over");
        for jitter in [0.0, 0.2, 0.5, 1.0] {
            let trace = paused(1000, |u| 30.0 * (1.0 - jitter * u));
            assert!(!is_of_many(&trace), "jitter {jitter}");
        }
        // Ten at a time, a second apart, and a pause.
        let sessions = paused(1000, |u| if u < 0.9 { 1.0 } else { 1000.0 * u });
        assert!(!is_of_many(&sessions));
    }

    #[test]
    fn the_local_variation_is_its_definition() {
        // (1 - 3)^2 / 16, (3 - 3)^2 / 36, (3 - 1)^2 / 16: three times their mean.
        assert!((local_variation(&[1, 3, 3, 1]) - 0.5).abs() < 1e-12);
        assert_eq!(local_variation(&[5; 9]), 0.0);
    }
}
