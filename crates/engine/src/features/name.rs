//! Features of a name by itself.
//!
//! In: bytes of a name. Out: numbers. Must not know: channels.

/// n·log2(n) for every n that a name's characters can be counted to.
static N_LOG_N: std::sync::LazyLock<[f64; 257]> = std::sync::LazyLock::new(|| {
    let mut table = [0.0; 257];
    for (n, entry) in table.iter_mut().enumerate().skip(2) {
        *entry = n as f64 * (n as f64).log2();
    }
    table
});

/// How often each byte occurs in at most 256 of them.
#[derive(Debug, Clone)]
pub struct Tally {
    counts: [u16; 256],
    /// Which bytes occur, a bit each: a name has few, and a sum over all 256 takes longest.
    occur: [u64; 4],
    bytes: usize,
}

impl Default for Tally {
    fn default() -> Self {
        Self {
            counts: [0; 256],
            occur: [0; 4],
            bytes: 0,
        }
    }
}

impl Tally {
    /// Adds bytes.
    pub fn add(&mut self, text: &[u8]) {
        self.bytes += text.len();
        for &byte in text {
            self.counts[usize::from(byte)] += 1;
            self.occur[usize::from(byte >> 6)] |= 1 << (byte & 63);
        }
    }

    /// Their [`entropy`].
    #[must_use]
    pub fn entropy(&self) -> f64 {
        if self.bytes < 2 {
            return 0.0;
        }
        let n = self.bytes as f64;
        // Each distinct byte once, in the order of bytes: the same sum for every anagram.
        let mut sum = 0.0;
        for (block, mut bits) in self.occur.into_iter().enumerate() {
            while bits != 0 {
                let byte = block * 64 + bits.trailing_zeros() as usize;
                sum += N_LOG_N[usize::from(self.counts[byte]).min(256)];
                bits &= bits - 1;
            }
        }
        (n.log2() - sum / n).max(0.0)
    }
}

/// Shannon entropy of the bytes, in bits a character: H = −Σ p·log2 p over the distinct bytes
/// (Shannon 1948). Written as log2 n − (Σ c·log2 c) / n over their counts c, which needs no
/// division a byte. 0 for no bytes; at most log2 n, and at most 8.
#[must_use]
pub fn entropy(text: &[u8]) -> f64 {
    if text.len() > 256 {
        return entropy_of_long(text);
    }
    let mut tally = Tally::default();
    tally.add(text);
    tally.entropy()
}

fn entropy_of_long(text: &[u8]) -> f64 {
    let mut counts = [0_u64; 256];
    for &byte in text {
        counts[usize::from(byte)] += 1;
    }
    let n = text.len() as f64;
    let sum: f64 = counts
        .iter()
        .filter(|&&count| count > 1)
        .map(|&count| count as f64 * (count as f64).log2())
        .sum();
    (n.log2() - sum / n).max(0.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The definition, letter by letter.
    fn naive(text: &[u8]) -> f64 {
        (0..=255_u8)
            .map(|byte| {
                text.iter().filter(|&&other| other == byte).count() as f64
                    / text.len().max(1) as f64
            })
            .filter(|&p| p > 0.0)
            .map(|p| -p * p.log2())
            .sum()
    }

    #[test]
    fn entropy_agrees_with_its_definition() {
        let mut state = 7_u64;
        for length in 0..400 {
            let text: Vec<u8> = (0..length)
                .map(|_| {
                    state = state
                        .wrapping_mul(6_364_136_223_846_793_005)
                        .wrapping_add(1);
                    (state >> 59) as u8 + b'a'
                })
                .collect();
            assert!((entropy(&text) - naive(&text)).abs() < 1e-12, "{length}");
        }
    }

    #[test]
    fn entropy_of_known_strings() {
        assert_eq!(entropy(b""), 0.0);
        assert_eq!(entropy(b"aaaa"), 0.0);
        assert!((entropy(b"abab") - 1.0).abs() < 1e-12);
        assert!((entropy(b"0123456789abcdef") - 4.0).abs() < 1e-12);
    }
}
