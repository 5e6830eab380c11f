//! The four scores of RITA v5 (Active Countermeasures).
//!
//! In: times, sizes, counts in equal steps. Out: a score each, 0 to 1. Must not know: periods, channels. [`super`] has the
//! formulas.

use super::SECOND;
use crate::channels::trace::Beat;
use crate::order;
use wakeful_logs::Micros;

/// RITA's score of the gaps.
pub(super) fn timestamps(times: &[Micros]) -> f64 {
    let mut seconds: Vec<i64> = times.iter().map(|time| time.div_euclid(SECOND)).collect();
    seconds.dedup();
    let mut gaps: Vec<i64> = seconds.windows(2).map(|pair| pair[1] - pair[0]).collect();
    if gaps.len() < 3 {
        return 0.0;
    }
    gaps.sort_unstable();
    spread(&gaps, 1.0)
}

/// RITA's score of the sizes.
pub(super) fn sizes(beats: &[Beat]) -> f64 {
    let mut sizes: Vec<i64> = beats.iter().map(|beat| i64::from(beat.size)).collect();
    if sizes.len() < 4 {
        return 0.0;
    }
    sizes.sort_unstable();
    spread(&sizes, 0.0)
}

/// Half of 1 − |Bowley's skewness| and half of (median − MAD) / median, of sorted numbers; the second
/// is `below_one` where the median is less than 1.
pub(super) fn spread(sorted: &[i64], below_one: f64) -> f64 {
    let quantile = |quarters: usize| sorted[(sorted.len() - 1) * quarters / 4];
    let (low, middle, high) = (quantile(1), quantile(2), quantile(3));
    let skew = if high - low < 10 || middle == low || middle == high {
        0.0
    } else {
        (low + high - 2 * middle) as f64 / (high - low) as f64
    };
    let mut deviations: Vec<i64> = sorted.iter().map(|x| (x - middle).abs()).collect();
    deviations.sort_unstable();
    let deviation = deviations[(deviations.len() - 1) / 2];
    let dispersion = if middle < 1 {
        below_one
    } else {
        ((middle - deviation) as f64 / middle as f64).max(0.0)
    };
    (1.0 - skew.abs() + dispersion) / 2.0
}

/// RITA's score of the heights of the steps.
pub(super) fn histogram(steps: &[u64]) -> f64 {
    let n = steps.len() as u64;
    let sum: u64 = steps.iter().sum();
    if sum == 0 {
        return 0.0;
    }
    let squares: u64 = steps.iter().map(|height| height * height).sum();
    // sd / mean of the population, from integers.
    let variation = ((n * squares - sum * sum) as f64).sqrt() / sum as f64;
    let flat = if variation > 1.0 {
        0.0
    } else {
        1.0 - variation
    };
    let mut heights: Vec<u64> = steps.iter().copied().filter(|&height| height > 0).collect();
    if heights.len() < 11 {
        return flat;
    }
    let most = heights.iter().copied().max().unwrap_or(1);
    let unit = most.div_ceil(20);
    heights
        .iter_mut()
        .for_each(|height| *height = height.div_ceil(unit));
    heights.sort_unstable();
    let mut counts: Vec<usize> = heights.chunk_by(|a, b| a == b).map(<[u64]>::len).collect();
    order::by(&mut counts, |a, b| b.cmp(a));
    let two: usize = counts.iter().take(2).sum();
    flat.max((two as f64 / (heights.len() - 1) as f64).min(1.0))
}

/// RITA's score of how long it lasted.
pub(super) fn duration(
    steps: &[u64],
    (first, last): (Micros, Micros),
    span: Option<(Micros, Micros)>,
) -> f64 {
    if steps.iter().filter(|&&height| height > 0).count() < 6 {
        return 0.0;
    }
    let (mut run, mut longest) = (0_usize, 0);
    for &height in steps.iter().chain(steps) {
        run = if height > 0 { run + 1 } else { 0 };
        longest = longest.max(run.min(steps.len()));
    }
    let covered = span.map_or(0.0, |(from, to)| {
        (last - first) as f64 / (to - from).max(1) as f64
    });
    covered.max(longest as f64 / 12.0).min(1.0)
}
