//! How short a lossless coder could write names, counts and gaps down.
//!
//! In: names, counts, numbers. Out: code lengths in bits ([`super`] has the formulas and their sources).
//! Must not know: channels, days, what a length is used for.

use crate::order;

/// Below this many bytes by the cheap coders, a tighter bound changes nothing for who reads it.
pub(super) const CHEAP_ENOUGH: f64 = 1000.0;

/// A day with more text than this is bounded by the cheap coders alone.
const MOST_TEXT: usize = 4 << 20;

/// Contexts of two symbols are kept of at most this many distinct symbols: 3.5 MB of counts.
const MOST_SYMBOLS: usize = 96;

/// So much of a day's text shows whether contexts are worth learning: of data that is packed or enciphered, as tunnels
/// send it, they say nothing, and the rest of it need not go through them.
const PROBE: usize = 32 << 10;

/// So much of a day's text goes through contexts, the rest by counts: it is far above any policy by then, and a bound
/// that is a little higher tells no one anything else.
const LEARNT: usize = 128 << 10;

/// What contexts must save of order 0's bits within [`PROBE`].
const WORTH: f64 = 0.02;

/// How many observations the estimate of the next lower order weighs.
const STRENGTH: f64 = 2.0;

/// Codes days of names; the tables of contexts are kept from one day to the next.
#[derive(Default)]
pub(in crate::detectors) struct Coder {
    contexts: Contexts,
}

impl Coder {
    /// Bits of a day's names by the best coder.
    pub(in crate::detectors) fn name_bits(&mut self, names: &[&[u8]]) -> f64 {
        if names.is_empty() {
            return 0.0;
        }
        let length = text_bytes(names);
        let tally = Tally::of(names);
        let alphabet = tally.alphabet();
        let mut best = tally.cheap_bits(length, &alphabet);
        if best / 8.0 < CHEAP_ENOUGH || length > MOST_TEXT {
            return best;
        }
        if let Some(text) = self.context_bits(names, &alphabet) {
            best = best.min(alphabet.bits() + text);
        }
        best.min(alphabet.bits() + front_bits(names, &alphabet))
    }

    /// Bits of the names by the better of orders 1 and 2; none where a [`PROBE`] shows that it is not worth it.
    fn context_bits(&mut self, names: &[&[u8]], alphabet: &Alphabet) -> Option<f64> {
        let (learnt, counted) = split_behind(names, LEARNT);
        let (probe, rest) = split_behind(learnt, PROBE);
        let parts = [probe, rest, counted];
        if alphabet.len() <= MOST_SYMBOLS {
            self.probed_bits::<3>(parts, alphabet)
        } else {
            self.probed_bits::<2>(parts, alphabet)
        }
    }

    fn probed_bits<const ORDERS: usize>(
        &mut self,
        [probe, rest, counted]: [&[&[u8]]; 3],
        alphabet: &Alphabet,
    ) -> Option<f64> {
        self.contexts.begin(alphabet.len(), ORDERS);
        let mut lengths = [CodeLength::new(); ORDERS];
        self.code::<ORDERS, 1>(probe, alphabet, &mut lengths);
        let by_counts = || (1.0 - WORTH) * Tally::of(probe).bits(alphabet.len());
        if !rest.is_empty() && least(&lengths) > by_counts() {
            return None;
        }
        self.code::<ORDERS, 1>(rest, alphabet, &mut lengths);
        let mut bits = least(&lengths);
        if !counted.is_empty() {
            // What order 0 takes for all of them, less what it took so far.
            let mut tally = Tally::of(probe);
            rest.iter().for_each(|name| tally.add(name));
            let so_far = tally.bits(alphabet.len());
            counted.iter().for_each(|name| tally.add(name));
            bits += tally.bits(alphabet.len()) - so_far;
        }
        Some(bits)
    }

    /// Adds the names, each with an end, to the lengths by the orders from `FROM` on; the others are left as they are.
    /// That of order 0 follows from the counts alone ([`order_0_bits`]).
    fn code<const ORDERS: usize, const FROM: usize>(
        &mut self,
        names: &[&[u8]],
        alphabet: &Alphabet,
        lengths: &mut [CodeLength; ORDERS],
    ) {
        let mut contexts = self.contexts.open();
        for name in names {
            for symbol in alphabet.symbols(name) {
                let probabilities = contexts.learn::<ORDERS>(symbol);
                for (length, p) in lengths.iter_mut().zip(probabilities).skip(FROM) {
                    length.add(p);
                }
            }
        }
        self.contexts.last = contexts.last;
    }
}

/// Bits of a day's names by the cheap coders: [`Coder::name_bits`] is never more.
pub(super) fn bits_at_most(names: &[&[u8]]) -> f64 {
    if names.is_empty() {
        return 0.0;
    }
    let tally = Tally::of(names);
    tally.cheap_bits(text_bytes(names), &tally.alphabet())
}

/// Cut behind the name with which they are so many bytes, each with an end.
fn split_behind<'n, 'a>(names: &'n [&'a [u8]], bytes: usize) -> (&'n [&'a [u8]], &'n [&'a [u8]]) {
    let mut read = 0;
    let last = names.iter().position(|name| {
        read += name.len() + 1;
        read >= bytes
    });
    names.split_at(last.map_or(names.len(), |last| last + 1))
}

/// Bytes of names, each with an end.
pub(super) fn text_bytes(names: &[&[u8]]) -> usize {
    names.iter().map(|name| name.len() + 1).sum()
}

/// The least from order 1 on.
fn least(lengths: &[CodeLength]) -> f64 {
    let from_1 = lengths.iter().skip(1);
    from_1
        .map(|length| length.total())
        .fold(f64::INFINITY, f64::min)
}

/// How often each byte occurs, and how many names end.
struct Tally {
    ends: u32,
    bytes: [u32; 256],
    /// A bit a byte that occurs: most names have few.
    occur: [u64; 4],
}

impl Tally {
    fn of(names: &[&[u8]]) -> Self {
        let mut tally = Self {
            ends: 0,
            bytes: [0; 256],
            occur: [0; 4],
        };
        names.iter().for_each(|name| tally.add(name));
        tally
    }

    /// A name, or what is left of it, and its end.
    fn add(&mut self, name: &[u8]) {
        self.ends += 1;
        for &byte in name {
            self.bytes[usize::from(byte)] += 1;
            self.occur[usize::from(byte >> 6)] |= 1 << (byte & 63);
        }
    }

    /// The bytes that occur, in order.
    fn occurring(&self) -> impl Iterator<Item = usize> {
        self.occur
            .into_iter()
            .enumerate()
            .flat_map(|(block, mut bits)| {
                std::iter::from_fn(move || {
                    let byte = (bits != 0).then(|| block * 64 + bits.trailing_zeros() as usize)?;
                    bits &= bits - 1;
                    Some(byte)
                })
            })
    }

    fn alphabet(&self) -> Alphabet {
        let mut number = [0; 256];
        let mut len = 1;
        for byte in self.occurring() {
            number[byte] = len;
            len += 1;
        }
        Alphabet {
            number,
            len: usize::from(len),
        }
    }

    /// Bits of them all, of so many bytes: a byte a byte, or by order 0, whichever is less.
    fn cheap_bits(&self, length: usize, alphabet: &Alphabet) -> f64 {
        let raw = 8.0 * length as f64;
        raw.min(alphabet.bits() + self.bits(alphabet.len()))
    }

    /// Bits of them all by order 0, of an alphabet of so many symbols.
    fn bits(&self, symbols: usize) -> f64 {
        let bytes = self.occurring().map(|byte| self.bytes[byte]);
        order_0_bits([self.ends].into_iter().chain(bytes), symbols)
    }
}

/// The symbols that occur, numbered from 1; 0 is the end of a name.
struct Alphabet {
    number: [u16; 256],
    len: usize,
}

impl Alphabet {
    fn len(&self) -> usize {
        self.len
    }

    /// What it takes to say which symbols occur: their number, and which of all sets of so many.
    fn bits(&self) -> f64 {
        8.0 + log2_factorial(256)
            - log2_factorial(self.len as u64 - 1)
            - log2_factorial(257 - self.len as u64)
    }

    /// A name as symbols, with its end.
    fn symbols<'a>(&'a self, name: &'a [u8]) -> impl Iterator<Item = usize> + 'a {
        name.iter()
            .map(|&byte| usize::from(self.number[usize::from(byte)]))
            .chain([0])
    }
}

/// Adaptive probabilities of symbols after up to two others.
#[derive(Clone, Default)]
struct Contexts {
    symbols: usize,
    counts: [Vec<u32>; 3],
    totals: [Vec<u32>; 3],
    /// Where counts and totals are not zero, by order: what the next day has to forget.
    seen: [Vec<(u32, u32)>; 3],
    /// The last symbol and the one before.
    last: [usize; 2],
}

impl Contexts {
    /// Nothing seen yet, of so many symbols.
    fn begin(&mut self, symbols: usize, orders: usize) {
        for of in 0..self.counts.len() {
            let (counts, totals) = (&mut self.counts[of], &mut self.totals[of]);
            for (count, total) in self.seen[of].drain(..) {
                counts[count as usize] = 0;
                totals[total as usize] = 0;
            }
            if of < orders {
                let contexts = symbols.pow(of as u32);
                counts.resize(counts.len().max(contexts * symbols), 0);
                totals.resize(totals.len().max(contexts), 0);
            }
        }
        (self.symbols, self.last) = (symbols, [0, 0]);
    }

    /// The tables for as long as a text is learnt.
    fn open(&mut self) -> Open<'_> {
        let [zero, one, two] = &mut self.counts;
        let [totals, totals_1, totals_2] = &mut self.totals;
        let [seen, seen_1, seen_2] = &mut self.seen;
        let of = |counts, totals, seen| Order {
            counts,
            totals,
            seen,
        };
        Open {
            symbols: self.symbols,
            orders: [
                of(zero, totals, seen),
                of(one, totals_1, seen_1),
                of(two, totals_2, seen_2),
            ],
            last: self.last,
        }
    }
}

/// The tables of one order.
struct Order<'a> {
    counts: &'a mut [u32],
    totals: &'a mut [u32],
    seen: &'a mut Vec<(u32, u32)>,
}

impl Order<'_> {
    /// The probability of what stands at `at` in a context, before it is learnt; the next lower order counts as
    /// `weight` observations, of which `p` are of it.
    #[inline(always)]
    fn learn(&mut self, at: usize, context: usize, p: f64, weight: f64) -> f64 {
        let (seen, total) = (&mut self.counts[at], &mut self.totals[context]);
        if *seen == 0 {
            self.seen.push((at as u32, context as u32));
        }
        let p = (f64::from(*seen) + p) / (f64::from(*total) + weight);
        *seen += 1;
        *total += 1;
        p
    }
}

/// [`Contexts`] with their tables at hand: a symbol is told in some thirty steps an order.
struct Open<'a> {
    symbols: usize,
    orders: [Order<'a>; 3],
    last: [usize; 2],
}

impl Open<'_> {
    /// A symbol's probability by each order up to the highest kept, before it is learnt.
    #[inline(always)]
    fn learn<const ORDERS: usize>(&mut self, symbol: usize) -> [f64; ORDERS] {
        let [last, before] = self.last;
        let symbols = self.symbols;
        let [zero, one, two] = &mut self.orders;
        // At order 0 this is the estimator of Krichevsky and Trofimov: half an observation of each symbol.
        let half = symbols as f64 / 2.0;
        let mut p = zero.learn(symbol, 0, half * (1.0 / symbols as f64), half);
        let mut all = [p; ORDERS];
        if ORDERS > 1 {
            p = one.learn(last * symbols + symbol, last, STRENGTH * p, STRENGTH);
            all[1] = p;
        }
        if ORDERS > 2 {
            let context = before * symbols + last;
            all[2] = two.learn(context * symbols + symbol, context, STRENGTH * p, STRENGTH);
        }
        self.last = [symbol, last];
        all
    }
}

/// −log2 of a product of probabilities, without a logarithm a factor.
#[derive(Clone, Copy)]
struct CodeLength {
    product: f64,
    bits: i64,
}

impl CodeLength {
    fn new() -> Self {
        Self {
            product: 1.0,
            bits: 0,
        }
    }

    fn add(&mut self, probability: f64) {
        self.product *= probability;
        if self.product < 1e-200 {
            // The exponent goes to `bits`, the mantissa stays: exact.
            let raw = self.product.to_bits();
            self.bits += 1023 - (raw >> 52 & 0x7ff) as i64;
            self.product = f64::from_bits(raw & ((1 << 52) - 1) | 1023 << 52);
        }
    }

    fn total(&self) -> f64 {
        self.bits as f64 - self.product.log2()
    }
}

/// Bits of symbols that came so often, of an alphabet of `symbols`, by the estimator of Krichevsky and
/// Trofimov. A symbol that came n times of N before is given (n + 1/2) / (N + symbols / 2), so the
/// product over all of them follows from the counts alone, whatever the order.
fn order_0_bits(counts: impl Iterator<Item = u32>, symbols: usize) -> f64 {
    let (mut total, mut numerators) = (0, 0.0);
    for count in counts {
        if count > 0 {
            total += u64::from(count);
            numerators += log2_halves(u64::from(count));
        }
    }
    let half = symbols as u64 / 2;
    let denominators = if symbols.is_multiple_of(2) {
        log2_factorial((half + total).saturating_sub(1)) - log2_factorial(half.saturating_sub(1))
    } else {
        log2_halves(half + total) - log2_halves(half)
    };
    denominators - numerators
}

/// Bits of the names sorted, each as how much of the one before it repeats and the rest, and of the
/// order in which they came.
fn front_bits(names: &[&[u8]], alphabet: &Alphabet) -> f64 {
    // Most names differ early: their beginnings in a number decide at once.
    let mut sorted: Vec<(u64, &[u8])> = names
        .iter()
        .map(|&name| (order::beginning(name), name))
        .collect();
    sorted.sort_unstable();
    let mut rest = Tally::of(&[]);
    let mut shared = [0_u32; 257];
    let mut before: &[u8] = b"";
    for (_, name) in sorted {
        let common = name
            .iter()
            .zip(before)
            .take_while(|(a, b)| a == b)
            .count()
            .min(256);
        shared[common] += 1;
        rest.add(&name[common..]);
        before = name;
    }
    order_0_bits(shared.into_iter(), shared.len())
        + rest.bits(alphabet.len())
        + log2_factorial(names.len() as u64)
}

/// log2 of the multinomial coefficient of the counts, and the counts and their meanings (16 bits each).
pub(super) fn enumerative_bits(counts: &[u64]) -> f64 {
    let total: u64 = counts.iter().sum();
    let ways = log2_factorial(total) - counts.iter().map(|&n| log2_factorial(n)).sum::<f64>();
    // The last count follows from the total, which the names' rows give.
    let parameters = counts.len().saturating_sub(1) as f64 * (total as f64 + 1.0).log2();
    ways.max(0.0) + parameters + 16.0 * counts.len() as f64
}

/// Bits of gaps, by the cheaper of two codes.
pub(super) fn gap_bits(mut gaps: Vec<u64>) -> f64 {
    let digits = |gap: u64| (u64::BITS - gap.leading_zeros()) as usize;
    let mut classes = [0_u32; 65];
    let mut inside = 0;
    for &gap in &gaps {
        classes[digits(gap)] += 1;
        inside += digits(gap).saturating_sub(1);
    }
    let by_class = order_0_bits(classes.into_iter(), classes.len()) + inside as f64;
    // As symbols: each distinct gap is written down once, with its number of digits (6 bits).
    gaps.sort_unstable();
    let (mut distinct, mut announced) = (0, 0);
    for same in gaps.chunk_by(|a, b| a == b) {
        distinct += 1;
        announced += 6 + digits(same[0]);
    }
    let counts = gaps.chunk_by(|a, b| a == b).map(|same| same.len() as u32);
    let by_symbol = order_0_bits(counts, distinct);
    by_class.min(by_symbol + announced as f64 + 10.0)
}

/// No `gaps` gaps that add up to so many seconds take more bits by [`gap_bits`], whatever each is.
pub(super) fn gap_bits_at_most(gaps: f64, seconds: f64) -> f64 {
    // Its class: one of 65 that did not come before, each time, the n-th at 1/2 in n + 65 / 2.
    let classes = gaps * (2.0 * gaps + 65.0).log2();
    // Its digits: the logarithm is concave, so they are most where gaps are alike, or where more than e
    // seconds of each are left.
    let alike = gaps.min(seconds / std::f64::consts::E).max(1.0);
    classes + alike * (seconds / alike).max(1.0).log2()
}

/// log2 of 1/2 * 3/2 * ... * (n - 1/2): a sum for small n, Stirling's series of the gamma function beyond
/// (its error is below 1e-9 from 256 on).
fn log2_halves(n: u64) -> f64 {
    static SMALL: std::sync::LazyLock<[f64; 256]> = std::sync::LazyLock::new(|| {
        let mut sums = [0.0; 256];
        for k in 1..256 {
            sums[k] = sums[k - 1] + (k as f64 - 0.5).log2();
        }
        sums
    });
    if n < 256 {
        return SMALL[n as usize];
    }
    let x = n as f64 + 0.5;
    // ln Γ(n + 1/2) − ln Γ(1/2), the latter being half of ln π.
    let ln = (x - 0.5) * x.ln() - x + 0.5 * std::f64::consts::LN_2 + 1.0 / (12.0 * x)
        - 1.0 / (360.0 * x * x * x);
    ln / std::f64::consts::LN_2
}

/// log2(n!): a sum for small n, Stirling's series beyond (its error is below 1e-9 from 256 on).
fn log2_factorial(n: u64) -> f64 {
    static SMALL: std::sync::LazyLock<[f64; 256]> = std::sync::LazyLock::new(|| {
        let mut sums = [0.0; 256];
        for k in 2..256 {
            sums[k] = sums[k - 1] + (k as f64).log2();
        }
        sums
    });
    if n < 256 {
        return SMALL[n as usize];
    }
    let x = n as f64;
    let ln = x * x.ln() - x + 0.5 * (std::f64::consts::TAU * x).ln() + 1.0 / (12.0 * x)
        - 1.0 / (360.0 * x * x * x);
    ln / std::f64::consts::LN_2
}

#[cfg(test)]
pub(super) mod tests;
