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

mod pace;
mod period;
mod rita;

use crate::analysis::Seen;
use crate::channels::Interval;
use crate::channels::trace::Trace;
use crate::report::Rhythm;
pub(super) use pace::is_of_many;
use period::period;
use rita::{duration, histogram, sizes, timestamps};
use wakeful_logs::Micros;

const STEPS: usize = 24;
const BINS: usize = 48;
const SECOND: Micros = 1_000_000;

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

/// A period that is worth a line.
pub(super) const PERIOD: f64 = 0.7;
/// The score of what is steady.
pub(super) const STEADY: &str = "steady";

/// Of a rhythm with a period below `most`, whether the channel is steady: a score of its own; and what it keeps
/// instead of a beat, where there is none.
pub(super) fn add_steady(rhythm: &mut Rhythm, trace: &Trace, most: f64) {
    let period = score(rhythm, "period");
    if period < most
        && let Some(gap) = pace::steady(trace)
    {
        if period < PERIOD {
            rhythm.interval = Some(gap as f64 / 1e6);
        }
        rhythm.scores.push((STEADY.to_owned(), 1.0));
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

#[cfg(test)]
mod tests {
    use super::rita::spread;
    use super::*;
    use crate::channels::trace::Beat;

    /// Numbers from 0 up to `below`, without a rule that shows.
    pub(super) fn chance(n: i64, below: i64) -> i64 {
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
}
