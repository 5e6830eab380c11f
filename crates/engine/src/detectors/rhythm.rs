//! # Rhythm
//!
//! **Sees** whether a channel's records come at regular times, and with like sizes.
//!
//! **Matters** because a program that waits for orders asks at an interval, and people do not. ATT&CK
//! T1071, T1029.
//!
//! **Formula** Four scores as RITA v5 has them (Active Countermeasures), each from 0 to 1, over a
//! channel's first records ([`Trace`]):
//! - *timestamps*: the mean of 1 − |B| (B: Bowley's skewness of the gaps, (Q1 + Q3 − 2·Q2) / (Q3 − Q1))
//!   and (median − MAD) / median, on gaps of whole seconds that are not 0;
//! - *sizes*: the same of the bytes;
//! - *histogram*: 24 equal steps over the span, the greater of 1 − sd / mean and the share of steps at
//!   the two commonest heights;
//! - *duration*: the longest run of steps with records (round the end) by 12, or the share of the span.
//!
//! And a better one, *period*: for an interval T, each gap g is k = round(g / T) beats, of which k − 1
//! were missed; its distance r = |g − k·T| / T counts 1 up to a tenth, falling to 0 at four tenths. A
//! gap of more than eight beats counts as chance does, one below six tenths of a beat not at all. The
//! mean m over the gaps, chance taken off: c = 2·m − 1; less 2·(1 − c) / √n, as the best of several T
//! is taken. T is tried at twenty quantiles of the gaps. Where the interval changes, stretches of 24 gaps
//! have their own T, and the mean over them is taken if it is greater. Records without a pause of a second, or
//! of ten, are one beat, whichever fits better. Integers throughout.
//!
//! *Steady*: much jitter leaves no beat, but no pause either. For twelve hours and 96 gaps (of a second and more), nineteen in
//! twenty gaps within a third and three times of their median, and a quartile coefficient of dispersion
//! (Q3 − Q1) / (Q3 + Q1) of 0.3 at most (jitter of half the interval has 0.25, chance 0.66).
//!
//! **Set off falsely** by all that is automatic: time servers, mail, telemetry, updates. A rhythm alone
//! is no alert.
//!
//! **Example** 100 queries every 60 s with a tenth of jitter and each fifth missing: period 1, interval
//! 60 s.

use crate::analysis::Seen;
use crate::channels::Interval;
use crate::channels::trace::{Beat, Trace};
use crate::order;
use crate::quantiles::{quantile, quantiles};
use crate::report::Rhythm;
use wakeful_logs::Micros;

/// Fewer gaps have no period.
pub const MIN_GAPS: usize = 7;

const STEPS: usize = 24;
const BINS: usize = 48;
const STRETCH: usize = 24;
const MOST_MISSED: i64 = 8;
const SECOND: Micros = 1_000_000;
/// A thousand of the longest interval, 146 years, do not overflow.
const LONGEST: i64 = i64::MAX / 2000;

/// The name of its page.
pub(super) const KIND: &str = "rhythm";
/// Its title: that of its page.
pub(super) const TITLE: &str = "Rhythm";

/// Why it cannot run, where it cannot.
#[must_use]
pub fn missing(seen: &Seen) -> Option<String> {
    (seen.dns_ts == 0 && seen.conn_ts == 0).then(|| "No row has a time (ts).".to_owned())
}

/// What it has to do without.
#[must_use]
pub fn without(seen: &Seen) -> Option<String> {
    let of = |rows: u64, timed: u64| rows > 0 && timed == 0;
    let which = match seen {
        seen if of(seen.dns, seen.dns_ts) => "dns.log",
        seen if of(seen.conn, seen.conn_ts) => "conn.log",
        _ => return None,
    };
    Some(format!("No row of {which} has a time (ts)."))
}

/// The rhythm of a channel's first records, over their own time.
#[must_use]
pub fn measure(trace: &Trace) -> Rhythm {
    measure_in(trace, None)
}

/// The same, where the span of the whole log is known: for *histogram* and *duration*.
#[must_use]
pub fn measure_in(trace: &Trace, log: Option<Interval>) -> Rhythm {
    let beats = trace.sorted();
    let times: Vec<Micros> = beats.iter().map(|beat| beat.time).collect();
    let span = log.and_then(|log| Some((log.first?, log.last?)));
    let own = (
        times.first().copied().unwrap_or(0),
        times.last().copied().unwrap_or(0),
    );
    let steps = counted(&times, span.unwrap_or(own), STEPS);
    let period = period(&times);
    let rita = [
        timestamps(&times),
        sizes(&beats),
        histogram(&steps),
        duration(&steps, own, span),
    ];
    let mut scores: Vec<(String, f64)> = ["timestamps", "sizes", "histogram", "duration"]
        .into_iter()
        .zip(rita)
        .map(|(name, score)| (name.to_owned(), score))
        .collect();
    scores.push(("period".to_owned(), period.score));
    Rhythm {
        interval: (period.score > 0.0).then_some(period.interval as f64 / 1e6),
        records: beats.len() as u64,
        scores,
        gaps: gap_histogram(&times),
        bins: if times.is_empty() {
            Vec::new()
        } else {
            counted(&times, own, BINS)
        },
    }
}

/// A score of [`Rhythm::scores`] by its name; 0 where there is none.
#[must_use]
pub fn score(rhythm: &Rhythm, name: &str) -> f64 {
    rhythm
        .scores
        .iter()
        .find(|(known, _)| known == name)
        .map_or(0.0, |&(_, score)| score)
}

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
pub(super) fn steady(trace: &Trace) -> Option<Micros> {
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
pub(super) fn is_of_many(trace: &Trace) -> bool {
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

/// Counts of times in equal steps of a span; times outside are in the first or the last.
fn counted(times: &[Micros], (first, last): (Micros, Micros), steps: usize) -> Vec<u64> {
    let mut counts = vec![0; steps];
    let span = (last.saturating_sub(first).saturating_add(1)).max(1);
    let steps = steps as i64;
    for &time in times {
        let after = time.saturating_sub(first);
        let at = match after.checked_mul(steps) {
            Some(all) => all / span,
            None => after / (span / steps).max(1),
        };
        counts[at.clamp(0, steps - 1) as usize] += 1;
    }
    counts
}

/// RITA's score of the gaps.
fn timestamps(times: &[Micros]) -> f64 {
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
fn sizes(beats: &[Beat]) -> f64 {
    let mut sizes: Vec<i64> = beats.iter().map(|beat| i64::from(beat.size)).collect();
    if sizes.len() < 4 {
        return 0.0;
    }
    sizes.sort_unstable();
    spread(&sizes, 0.0)
}

/// Half of 1 − |Bowley's skewness| and half of (median − MAD) / median, of sorted numbers; the second
/// is `below_one` where the median is less than 1.
fn spread(sorted: &[i64], below_one: f64) -> f64 {
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
fn histogram(steps: &[u64]) -> f64 {
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
fn duration(steps: &[u64], (first, last): (Micros, Micros), span: Option<(Micros, Micros)>) -> f64 {
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

/// Gaps between all records: upper bounds in seconds (powers of two of a millisecond) and counts.
fn gap_histogram(times: &[Micros]) -> Vec<(f64, u64)> {
    let mut counts = [0_u64; 64];
    for pair in times.windows(2) {
        let millis = (pair[1] - pair[0]).max(0) / 1000;
        counts[(i64::BITS - millis.leading_zeros()) as usize] += 1;
    }
    let Some(from) = counts.iter().position(|&count| count > 0) else {
        return Vec::new();
    };
    let to = counts.iter().rposition(|&count| count > 0).unwrap_or(from);
    (from..=to)
        .map(|digits| ((digits as f64).exp2() / 1000.0, counts[digits]))
        .collect()
}

/// An interval in microseconds and how well it fits, 0 to 1.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
struct Period {
    interval: i64,
    score: f64,
}

impl Period {
    fn better(self, other: Self) -> Self {
        if other.score > self.score {
            other
        } else {
            self
        }
    }
}

/// The best period of times in order.
fn period(times: &[Micros]) -> Period {
    let of = |gaps: &[i64]| {
        let whole = best(gaps);
        whole.better(by_stretches(gaps, whole.interval))
    };
    let beats = gaps(times, SECOND);
    let bursts = gaps(times, 10 * SECOND);
    let period = Period::default().better(of(&beats));
    // Where no pause is between the two, both are the same.
    if bursts == beats {
        return period;
    }
    period.better(of(&bursts))
}

/// Gaps between beats: a record within `burst` of the one before belongs to its beat, so that a stream
/// without a pause is one beat and not a clock.
fn gaps(times: &[Micros], burst: Micros) -> Vec<i64> {
    let mut beats: Vec<Micros> = times.first().copied().into_iter().collect();
    let begins = times.windows(2).filter(|pair| pair[1] - pair[0] >= burst);
    beats.extend(begins.map(|pair| pair[1]));
    beats.windows(2).map(|pair| pair[1] - pair[0]).collect()
}

/// The mean over stretches, each with its own interval; the interval is that of the best stretch.
fn by_stretches(gaps: &[i64], otherwise: i64) -> Period {
    if gaps.len() < 2 * STRETCH {
        return Period::default();
    }
    // The last stretch takes what is left.
    let stretches = gaps.len() / STRETCH;
    let mut sum = 0.0;
    let mut most = Period {
        interval: otherwise,
        score: 0.0,
    };
    for at in 0..stretches {
        let end = if at + 1 == stretches {
            gaps.len()
        } else {
            (at + 1) * STRETCH
        };
        let stretch = &gaps[at * STRETCH..end];
        let found = best(stretch);
        sum += found.score * stretch.len() as f64;
        most = most.better(found);
    }
    Period {
        interval: most.interval,
        score: sum / gaps.len() as f64,
    }
}

/// The best interval for all gaps.
fn best(gaps: &[i64]) -> Period {
    if gaps.len() < MIN_GAPS {
        return Period::default();
    }
    let mut sorted = gaps.to_vec();
    sorted.sort_unstable();
    let mut candidates: Vec<i64> = (1..=20)
        .map(|part| sorted[(sorted.len() - 1) * part / 20])
        .collect();
    candidates.dedup();
    let mut found = (0, 0);
    let mut tried = Vec::with_capacity(2 * candidates.len());
    // The longest first, so that of equals the interval is not a fraction of a beat.
    for &interval in candidates.iter().rev() {
        for interval in [interval, refined(&sorted, interval)] {
            // Many come down to the same one.
            if tried.contains(&interval) {
                continue;
            }
            tried.push(interval);
            let fit = fit_above(&sorted, interval, found.1);
            if fit > found.1 {
                found = (interval, fit);
            }
        }
    }
    // Many intervals fit as well: the middle of the gaps is said.
    let (mut interval, fit) = found;
    let middle = refined(&sorted, interval);
    if fit_above(&sorted, middle, fit - 1) >= fit {
        interval = middle;
    }
    let n = gaps.len() as f64;
    let over_chance = 2.0 * fit as f64 / (1000.0 * n) - 1.0;
    Period {
        interval,
        score: (over_chance - 2.0 * (1.0 - over_chance) / n.sqrt()).max(0.0),
    }
}

/// The median beat of the gaps of one to eight beats, of sorted gaps.
fn refined(gaps: &[i64], interval: i64) -> i64 {
    if !(1..=LONGEST).contains(&interval) {
        return interval;
    }
    // Of k beats are those from k - 1/2 to k + 1/2 intervals on: stretches of the sorted gaps.
    let below = |beats: i64| move |&gap: &i64| gap + interval / 2 < beats * interval;
    let mut rest = &gaps[gaps.partition_point(below(1))..];
    let mut each = Vec::new();
    for beats in 1..=MOST_MISSED {
        let (of_these, longer) = rest.split_at(rest.partition_point(below(beats + 1)));
        match beats {
            // Most are, and those are sorted.
            1 if longer
                .first()
                .is_none_or(|gap| !below(MOST_MISSED + 1)(gap)) =>
            {
                let middle = of_these.get(of_these.len() / 2);
                return middle.copied().unwrap_or(interval);
            }
            1 => {
                each.reserve(rest.len());
                each.extend_from_slice(of_these);
            }
            _ => each.extend(of_these.iter().map(|gap| gap / beats)),
        }
        rest = longer;
    }
    let middle = each.len() / 2;
    *each.select_nth_unstable(middle).1
}

/// The sum over the sorted gaps of how well each is a whole number of beats, thousandths; a part of it where all
/// of it is no more than `least`.
fn fit_above(gaps: &[i64], interval: i64, least: i64) -> i64 {
    if !(1..=LONGEST).contains(&interval) {
        return 0;
    }
    let mut sum = 0;
    let mut k = 0;
    // What the gaps may miss of a thousand each.
    let mut spare = 1000 * gaps.len() as i64 - least;
    for &gap in gaps {
        // Gaps grow, and with them the number of beats.
        while k <= MOST_MISSED && gap + interval / 2 >= (k + 1) * interval {
            k += 1;
        }
        let fit = match k {
            0 => 0,
            k if k > MOST_MISSED => 500,
            k => {
                // Full marks up to a tenth, none from four tenths on: only what lies between divides.
                let off = (gap - k * interval).abs() * 1000;
                if off < 101 * interval {
                    1000
                } else if off >= 400 * interval {
                    0
                } else {
                    (400 - off / interval) * 1000 / 300
                }
            }
        };
        sum += fit;
        spare -= 1000 - fit;
        if spare <= 0 {
            break;
        }
    }
    sum
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The whole sum.
    fn fit(gaps: &[i64], interval: i64) -> i64 {
        fit_above(gaps, interval, -1)
    }

    /// How many beats a gap is.
    fn beats(gap: i64, interval: i64) -> i64 {
        (gap + interval / 2) / interval.max(1)
    }

    /// [`super::refined`], a gap after the other.
    fn refined_by_each(gaps: &[i64], interval: i64) -> i64 {
        let beaten = gaps.iter().map(|&gap| (gap, beats(gap, interval)));
        let mut each: Vec<i64> = beaten
            .filter(|(_, k)| (1..=MOST_MISSED).contains(k))
            .map(|(gap, k)| gap / k)
            .collect();
        each.sort_unstable();
        each.get(each.len() / 2).copied().unwrap_or(interval)
    }

    #[test]
    fn the_middle_beat_of_sorted_gaps_is_that_of_each() {
        for interval in [1, 2, 3, 7, 10, 999, 1000, 1001, 60_000_000] {
            for (most, n) in [(2, 9), (3, 40), (12, 301), (40, 7), (1, 5)] {
                let mut gaps: Vec<i64> = (0..n).map(|n| chance(n, most * interval + 1)).collect();
                gaps.sort_unstable();
                for from in 0..n as usize {
                    let gaps = &gaps[from..];
                    assert_eq!(
                        refined(gaps, interval),
                        refined_by_each(gaps, interval),
                        "{gaps:?} {interval}"
                    );
                }
            }
        }
        assert_eq!(refined(&[], 5), 5);
        assert_eq!(refined(&[5, 7], 0), 0);
        assert_eq!(refined(&[5, i64::MAX], i64::MAX), i64::MAX);
    }

    /// [`super::fit_above`], a gap after the other.
    fn fit_of_each(gaps: &[i64], interval: i64) -> i64 {
        let fits = gaps.iter().map(|&gap| match beats(gap, interval) {
            0 => 0,
            k if k > MOST_MISSED => 500,
            k => {
                let off = (gap - k * interval).abs() * 1000 / interval;
                ((400 - off.min(400)) * 1000 / 300).min(1000)
            }
        });
        fits.sum()
    }

    #[test]
    fn the_fit_of_sorted_gaps_is_the_sum_of_each() {
        for interval in [1, 2, 3, 7, 10, 999, 1000, 1001, 60_000_000] {
            let mut gaps: Vec<i64> = (0..4000).map(|n| chance(n, 12 * interval + 3)).collect();
            gaps.extend([0, interval, interval * 11 / 10, interval * 14 / 10]);
            gaps.sort_unstable();
            for gap in &gaps {
                let one = std::slice::from_ref(gap);
                assert_eq!(
                    fit(one, interval),
                    fit_of_each(one, interval),
                    "{gap} {interval}"
                );
            }
            let whole = fit_of_each(&gaps, interval);
            assert_eq!(fit(&gaps, interval), whole);
            for least in [
                0,
                whole / 2,
                whole - 1,
                whole,
                whole + 1,
                1000 * gaps.len() as i64,
            ] {
                let above = fit_above(&gaps, interval, least);
                assert_eq!(above > least, whole > least, "{interval} {least}");
                assert!(above <= least || above == whole, "{interval} {least}");
            }
        }
        assert_eq!(fit(&[5, 7], 0), 0);
        assert_eq!(fit(&[5, i64::MAX], i64::MAX), 0);
    }

    /// Numbers from 0 up to `below`, without a rule that shows.
    fn chance(n: i64, below: i64) -> i64 {
        let mixed = (n as u64 + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        let mixed = (mixed ^ mixed >> 31).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        ((mixed >> 33) as i64) % below
    }

    fn trace(times: impl IntoIterator<Item = i64>) -> Trace {
        let mut trace = Trace::default();
        for time in times {
            trace.add(Beat {
                time,
                size: 40,
                symbol: 0,
            });
        }
        trace
    }

    fn found(times: impl IntoIterator<Item = i64>) -> (f64, f64) {
        let rhythm = measure(&trace(times));
        (score(&rhythm, "period"), rhythm.interval.unwrap_or(0.0))
    }

    #[test]
    fn a_clock_is_found_with_jitter_missed_beats_and_bursts() {
        let clock = found((0..100).map(|n| n * 60 * SECOND));
        assert_eq!(clock, (1.0, 60.0));
        let jitter = found((0..100).map(|n| n * 60 * SECOND + chance(n, 12 * SECOND)));
        assert!(
            jitter.0 > 0.8 && (jitter.1 - 60.0).abs() < 4.0,
            "{jitter:?}"
        );
        let missed = found(
            (0..150)
                .filter(|&n| chance(n, 5) > 0)
                .map(|n| n * 60 * SECOND + chance(n, 3 * SECOND)),
        );
        assert!(
            missed.0 > 0.95 && (missed.1 - 60.0).abs() < 2.0,
            "{missed:?}"
        );
        let bursts = found((0..300).map(|n| n / 3 * 60 * SECOND + n % 3 * 2 * SECOND));
        assert!(
            bursts.0 > 0.95 && (bursts.1 - 60.0).abs() < 2.0,
            "{bursts:?}"
        );
    }

    #[test]
    fn a_change_of_the_interval_is_still_a_rhythm() {
        let times = (0..240).scan(0, |time, n| {
            *time += if n < 120 { 10 } else { 47 } * SECOND + chance(n, SECOND);
            Some(*time)
        });
        let (score, _) = found(times);
        assert!(score > 0.8, "{score}");
    }

    #[test]
    fn chance_has_no_rhythm() {
        for seed in 0..20 {
            let mut time = 0;
            let times: Vec<i64> = (0..200)
                .map(|n| {
                    // Gaps of a Poisson process, of a minute down to half a second on average.
                    let p = (chance(n + seed * 1000, 999_999) + 1) as f64 / 1e6;
                    time += (-p.ln() * [60e6, 12e6, 3e6, 0.5e6][seed as usize % 4]) as i64;
                    time
                })
                .collect();
            let (score, interval) = found(times);
            assert!(score < 0.3, "{seed}: {score} {interval}");
        }
    }

    #[test]
    fn ritas_scores_are_as_worked_out_by_hand() {
        let clock = measure(&trace((0..96).map(|n| n * 60 * SECOND)));
        for name in ["timestamps", "sizes", "histogram", "duration"] {
            assert!(score(&clock, name) > 0.99, "{name}");
        }
        assert_eq!(clock.bins.len(), BINS);
        assert_eq!(clock.bins.iter().sum::<u64>(), 96);
        assert_eq!(clock.gaps, vec![(65.536, 95)]);
        // Q1 10, Q2 20, Q3 60: B = (70 - 40) / 50 = 0.6; deviations 0 10 10 40 40: MAD 10.
        let skewed = spread(&[10, 10, 20, 60, 60], 1.0);
        assert!((skewed - (0.4 + 0.5) / 2.0).abs() < 1e-12, "{skewed}");
        // One burst in a span of a day.
        let day = Interval {
            first: Some(0),
            last: Some(86_400 * SECOND),
        };
        let burst = measure_in(&trace((0..50).map(|n| n * SECOND)), Some(day));
        assert_eq!(
            (score(&burst, "histogram"), score(&burst, "duration")),
            (0.0, 0.0)
        );
    }

    #[test]
    fn few_records_have_no_rhythm_and_no_order_matters() {
        let nothing = measure(&Trace::default());
        assert!(nothing.scores.iter().all(|&(_, score)| score == 0.0));
        assert_eq!((nothing.interval, nothing.records), (None, 0));
        assert!(nothing.gaps.is_empty() && nothing.bins.is_empty());
        assert_eq!(found([0, SECOND, 2 * SECOND]).0, 0.0);
        let times: Vec<i64> = (0..500).map(|n| chance(n, 9_000 * SECOND)).collect();
        let mut back = times.clone();
        back.reverse();
        assert_eq!(measure(&trace(times)), measure(&trace(back)));
    }

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
