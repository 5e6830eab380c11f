//! Values below which a share of a sample lies.
//!
//! In: a sorted sample. Out: one of its values. Must not know: what is sampled.

/// The value of a sorted sample below which a share (0 to 1) of it lies: that at the place
/// ⌊share · n⌋, at most the last. So 0 gives the least, 1 the greatest, 0.5 the upper median. `None`
/// of an empty sample.
#[must_use]
pub fn quantile<T: Copy>(sorted: &[T], share: f64) -> Option<T> {
    let last = sorted.len().checked_sub(1)?;
    let place = (sorted.len() as f64 * share.clamp(0.0, 1.0)) as usize;
    sorted.get(place.min(last)).copied()
}

/// [`quantile`] at each of some shares.
#[must_use]
pub fn quantiles<T: Copy, const N: usize>(sorted: &[T], shares: [f64; N]) -> Option<[T; N]> {
    let mut all = [*sorted.first()?; N];
    for (value, share) in all.iter_mut().zip(shares) {
        *value = quantile(sorted, share)?;
    }
    Some(all)
}

/// The shares of the five numbers of a box: the least value, the quartiles with the median between
/// them, the greatest.
pub const FIVE_NUMBERS: [f64; 5] = [0.0, 0.25, 0.5, 0.75, 1.0];

#[cfg(test)]
mod tests {
    use super::*;

    /// By the definition: the least value that more than the share of the sample does not exceed.
    fn naive(sample: &[i32], share: f64) -> Option<i32> {
        let reach = |value: i32| sample.iter().filter(|&&other| other <= value).count() as f64;
        let enough = |value: &&i32| reach(**value) > share * sample.len() as f64;
        let all = sample.iter().copied().max();
        sample.iter().filter(enough).copied().min().or(all)
    }

    #[test]
    fn a_quantile_is_what_counting_says() {
        let mut next = 7_u32;
        for length in 0..60 {
            let mut sample: Vec<i32> = (0..length)
                .map(|_| {
                    next = next.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                    (next >> 27) as i32
                })
                .collect();
            sample.sort_unstable();
            for share in [0.0, 0.05, 0.25, 0.5, 0.75, 0.95, 1.0] {
                assert_eq!(quantile(&sample, share), naive(&sample, share), "{share}");
            }
            let [least, greatest] = [0.0, 1.0].map(|share| naive(&sample, share));
            let ends = quantiles(&sample, [0.0, 1.0]);
            assert_eq!(ends, least.zip(greatest).map(|(low, high)| [low, high]));
        }
    }
}
