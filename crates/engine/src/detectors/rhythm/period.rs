//! The interval at which records come, however many are missed.
//!
//! In: times in order. Out: the interval that fits best, and how well. Must not know: sizes, channels.
//! [`super`] has the formula.

use super::SECOND;
use wakeful_logs::Micros;

/// Fewer gaps have no period.
const MIN_GAPS: usize = 7;

const STRETCH: usize = 24;
const MOST_MISSED: i64 = 8;
/// A thousand of the longest interval, 146 years, do not overflow.
const LONGEST: i64 = i64::MAX / 2000;

/// An interval in microseconds and how well it fits, 0 to 1.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) struct Period {
    pub(super) interval: i64,
    pub(super) score: f64,
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
pub(super) fn period(times: &[Micros]) -> Period {
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
    let n = gaps.len() as f64;
    let mut found = (0, untold(n));
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
    let (mut interval, fit) = found;
    if interval == 0 {
        return Period::default();
    }
    // Many intervals fit as well: the middle of the gaps is said.
    let middle = refined(&sorted, interval);
    if fit_above(&sorted, middle, fit - 1) >= fit {
        interval = middle;
    }
    Period {
        interval,
        score: score(fit, n),
    }
}

/// The score of a fit ([`fit_above`]) of `n` gaps.
fn score(fit: i64, n: f64) -> f64 {
    let over_chance = 2.0 * fit as f64 / (1000.0 * n) - 1.0;
    (over_chance - 2.0 * (1.0 - over_chance) / n.sqrt()).max(0.0)
}

/// A fit whose score is 0, the highest but one or two: what fits no better need not be added up to its end.
fn untold(n: f64) -> i64 {
    let margin = 2.0 / n.sqrt();
    let over_chance = margin / (1.0 + margin);
    (500.0 * n * (1.0 + over_chance)) as i64 - 1
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
    use super::super::tests::chance;
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
    fn what_is_not_added_up_to_its_end_scores_nothing() {
        for n in MIN_GAPS..5000 {
            let n = n as f64;
            assert_eq!(score(untold(n), n), 0.0, "{n}");
            assert!(score(untold(n) + 3, n) > 0.0, "{n}");
        }
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
}
