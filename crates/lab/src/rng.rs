//! In: a seed. Out: numbers, the same on every machine.
//!
//! Must not know: logs, names, networks, the clock.
//!
//! The mathematics library of the platform is not used: `ln` and `exp` of two
//! targets may differ in the last bit, and one bit is another log. What is
//! here stands on addition, multiplication, division and square root alone,
//! which IEEE 754 defines exactly.

/// A seeded generator (SplitMix64): 64 bits of state, one stream a seed.
#[derive(Debug, Clone)]
pub struct Rng {
    seed: u64,
    state: u64,
}

/// The finishing step of SplitMix64: every bit of the input moves every bit of the output.
#[must_use]
pub fn mix(value: u64) -> u64 {
    let value = (value ^ (value >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let value = (value ^ (value >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    value ^ (value >> 31)
}

/// FNV-1a with a finishing mix: a stable 64-bit hash of a text.
#[must_use]
pub fn hash(text: &str) -> u64 {
    let folded = text.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |state, byte| {
        (state ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    });
    mix(folded)
}

impl Rng {
    /// The generator of `seed`.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self {
            seed,
            state: mix(seed ^ 0x9e37_79b9_7f4a_7c15),
        }
    }

    /// An independent generator named `label`. It depends on the seed and the
    /// label, never on how many numbers were drawn before: what is added to
    /// one part of a scenario leaves the other parts as they were.
    #[must_use]
    pub fn fork(&self, label: &str) -> Self {
        Self::new(mix(self.seed).wrapping_add(hash(label)))
    }

    /// Go far ahead in the stream, to a place named by `chapter`; chapter 0 is here. Forks stay the same.
    pub fn leap(&mut self, chapter: u32) {
        if chapter > 0 {
            self.state = mix(self.state ^ mix(u64::from(chapter)));
        }
    }

    /// 64 bits.
    pub fn bits(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        mix(self.state)
    }

    /// A byte.
    pub fn byte(&mut self) -> u8 {
        (self.bits() >> 56) as u8
    }

    /// `count` bytes.
    pub fn bytes(&mut self, count: usize) -> Vec<u8> {
        (0..count).map(|_| self.byte()).collect()
    }

    /// An integer in `0..limit`; 0 when `limit` is 0.
    pub fn below(&mut self, limit: usize) -> usize {
        ((u128::from(self.bits()) * limit as u128) >> 64) as usize
    }

    /// An integer in `low..=high`; `low` when `high` is below it.
    pub fn between(&mut self, low: usize, high: usize) -> usize {
        low + self.below((high + 1).saturating_sub(low))
    }

    /// A port of the ephemeral range, 49152–65535.
    pub fn port(&mut self) -> u16 {
        49_152 + (self.bits() >> 50) as u16
    }

    /// A number in `[0, 1)`.
    pub fn unit(&mut self) -> f64 {
        (self.bits() >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// A number in `[low, high)`.
    pub fn uniform(&mut self, low: f64, high: f64) -> f64 {
        low + (high - low) * self.unit()
    }

    /// True with the given probability.
    pub fn chance(&mut self, probability: f64) -> bool {
        self.unit() < probability
    }

    /// A standard normal number (Marsaglia's polar method).
    pub fn normal(&mut self) -> f64 {
        loop {
            let x = self.uniform(-1.0, 1.0);
            let y = self.uniform(-1.0, 1.0);
            let square = x * x + y * y;
            if square > 0.0 && square < 1.0 {
                return x * (-2.0 * ln(square) / square).sqrt();
            }
        }
    }

    /// An exponential number of the given mean.
    pub fn exponential(&mut self, mean: f64) -> f64 {
        -mean * ln(1.0 - self.unit())
    }

    /// A log-normal number: half lie below `median`; `sigma` is the spread of its logarithm.
    pub fn log_normal(&mut self, median: f64, sigma: f64) -> f64 {
        median * exp(sigma * self.normal())
    }

    /// A count of events of which `mean` are expected (Poisson).
    pub fn poisson(&mut self, mean: f64) -> usize {
        let mut count = 0;
        let mut sum = self.exponential(1.0);
        while sum < mean {
            count += 1;
            sum += self.exponential(1.0);
        }
        count
    }

    /// `value` with up to `share` of itself added or taken away.
    pub fn jitter(&mut self, value: f64, share: f64) -> f64 {
        value * (1.0 + share * self.uniform(-1.0, 1.0))
    }

    /// One of `items`, which must not be empty.
    pub fn pick<'a, T: ?Sized>(&mut self, items: &[&'a T]) -> &'a T {
        items[self.below(items.len())]
    }

    /// `items` in another order (Fisher–Yates).
    pub fn shuffle<T>(&mut self, items: &mut [T]) {
        for last in (1..items.len()).rev() {
            items.swap(last, self.below(last + 1));
        }
    }

    /// A text of `length` characters of `alphabet` (ASCII, not empty).
    pub fn text(&mut self, alphabet: &[u8], length: usize) -> String {
        (0..length)
            .map(|_| char::from(alphabet[self.below(alphabet.len())]))
            .collect()
    }

    /// `length` lower-case hexadecimal digits.
    pub fn hex(&mut self, length: usize) -> String {
        self.text(b"0123456789abcdef", length)
    }
}

/// Zipf's law over `0..count`: the item of rank k has weight `1/(k+1)^s`.
#[derive(Debug, Clone)]
pub struct Zipf {
    cumulative: Vec<f64>,
}

impl Zipf {
    /// The law over `count` items with exponent `s`.
    #[must_use]
    pub fn new(count: usize, s: f64) -> Self {
        let mut sum = 0.0;
        let cumulative = (0..count)
            .map(|rank| {
                sum += exp(-s * ln((rank + 1) as f64));
                sum
            })
            .collect();
        Self { cumulative }
    }

    /// A rank in `0..count`; 0 when there are none.
    pub fn sample(&self, rng: &mut Rng) -> usize {
        let total = self.cumulative.last().copied().unwrap_or(0.0);
        let drawn = rng.unit() * total;
        self.cumulative
            .partition_point(|&sum| sum <= drawn)
            .min(self.cumulative.len().saturating_sub(1))
    }
}

/// The natural logarithm of a positive finite number, the same on every target.
#[must_use]
pub fn ln(value: f64) -> f64 {
    if value < f64::MIN_POSITIVE {
        // Zero, negative and subnormal numbers: the smallest that is normal.
        return -708.0;
    }
    let bits = value.to_bits();
    let mut exponent = ((bits >> 52) & 0x7ff) as i64 - 1023;
    let mut mantissa = f64::from_bits((bits & 0x000f_ffff_ffff_ffff) | (1023_u64 << 52));
    if mantissa > std::f64::consts::SQRT_2 {
        mantissa *= 0.5;
        exponent += 1;
    }
    // ln m = 2·(s + s³/3 + s⁵/5 + …) with s = (m−1)/(m+1), |s| < 0.172.
    let s = (mantissa - 1.0) / (mantissa + 1.0);
    let square = s * s;
    let series = (0..12)
        .rev()
        .fold(0.0, |sum, k| sum * square + 1.0 / f64::from(2 * k + 1));
    exponent as f64 * std::f64::consts::LN_2 + 2.0 * s * series
}

/// The exponential of a number, the same on every target; held within ±700.
#[must_use]
pub fn exp(value: f64) -> f64 {
    let value = value.clamp(-700.0, 700.0);
    let power = (value / std::f64::consts::LN_2).round();
    let rest = value - power * std::f64::consts::LN_2;
    let series = (1..20)
        .rev()
        .fold(1.0, |sum, k| 1.0 + sum * rest / f64::from(k));
    series * f64::from_bits(((power as i64 + 1023) as u64) << 52)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn logarithm_and_exponential_agree_with_the_library() {
        for k in 1..2000 {
            let x = f64::from(k) * 0.37;
            assert!((ln(x) - x.ln()).abs() < 1e-12, "ln {x}");
            let y = f64::from(k) * 0.05 - 40.0;
            assert!((exp(y) / y.exp() - 1.0).abs() < 1e-12, "exp {y}");
        }
    }

    #[test]
    fn a_fork_does_not_depend_on_what_was_drawn() {
        let mut used = Rng::new(7);
        let fresh = used.clone();
        used.bytes(100);
        assert_eq!(used.fork("a").bits(), fresh.fork("a").bits());
        assert_ne!(fresh.fork("a").bits(), fresh.fork("b").bits());
    }

    #[test]
    fn the_distributions_have_their_means() {
        let mut rng = Rng::new(1);
        let n = 20_000;
        let mean = |values: Vec<f64>| values.iter().sum::<f64>() / values.len() as f64;
        let unit = mean((0..n).map(|_| rng.unit()).collect());
        let exponential = mean((0..n).map(|_| rng.exponential(5.0)).collect());
        let normal = mean((0..n).map(|_| rng.normal()).collect());
        let poisson = mean((0..n).map(|_| rng.poisson(3.0) as f64).collect());
        assert!((unit - 0.5).abs() < 0.01, "{unit}");
        assert!((exponential - 5.0).abs() < 0.2, "{exponential}");
        assert!(normal.abs() < 0.03, "{normal}");
        assert!((poisson - 3.0).abs() < 0.1, "{poisson}");
        let below = (0..n)
            .filter(|_| rng.log_normal(100.0, 1.0) < 100.0)
            .count();
        assert!((below as f64 / f64::from(n) - 0.5).abs() < 0.02);
    }

    #[test]
    fn zipf_prefers_the_first() {
        let mut rng = Rng::new(2);
        let law = Zipf::new(100, 1.0);
        let mut counts = [0_u32; 100];
        for _ in 0..10_000 {
            counts[law.sample(&mut rng)] += 1;
        }
        assert!(counts[0] > counts[9] && counts[9] > counts[99]);
        assert_eq!(Zipf::new(0, 1.0).sample(&mut rng), 0);
    }
}
