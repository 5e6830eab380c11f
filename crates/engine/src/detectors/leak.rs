//! # Leak meter
//!
//! **Sees** how many bytes could have left at most, each day (UTC), from one client through the
//! look-ups of one registered domain: whatever the names say, and whatever they are written in.
//!
//! **Matters** because a sender can make names look like anything, and cannot send more than a
//! lossless coder needs to write down what was asked. A bound below a kilobyte a day clears a channel
//! without a look at its names. ATT&CK T1048, T1071.004.
//!
//! **Formula** Paxson et al., "Practical comprehensive bounds on surreptitious communication over
//! DNS", USENIX Security 2013: the sum of three code lengths.
//! - *Names*: the distinct names of the day on which each was first asked for, in that order, without
//!   the registered domain, which is constant. The least of: a byte a byte; an adaptive arithmetic
//!   code of order 0 (Krichevsky-Trofimov estimator over the symbols that occur, which are announced
//!   first), of order 1 and of order 2 (each interpolated with the one below, MacKay and Peto
//!   1995); and front coding of the sorted names with log2(n!) bits for their order.
//! - *Record types*: an enumerative code, log2 of the multinomial coefficient, and the counts.
//! - *Timing*: gaps between rows, whole seconds ([`RESOLUTION`]): an adaptive code of each gap's number
//!   of binary digits and the digits themselves, or of the gaps as symbols, whichever is less; measured
//!   on the rows that are kept ([`crate::channels::trace::Trace`]), scaled to all.
//!
//! Types and timing are given to days by their rows; of a channel with more than a million
//! names, where a sample is kept, the names' bound is scaled (2 to the power of its level).
//!
//! **Raises** an alert where the names of one day could have carried [`LIMIT`] or more and at most
//! [`FEW_OTHERS`] other clients ask under the domain: whatever the names look like, so much seldom leaves
//! for a domain that nobody else knows. Reversed addresses (block lists) and reverse look-ups are left out:
//! what they ask for is somebody's address.
//!
//! **Set off falsely** by services that write much into names and mean no harm: block lists, antivirus
//! look-ups of hashes, telemetry. The bound says what could have left, not that it did. It does not count
//! the choice of a name among those already asked for, nor times finer than a second.
//!
//! **Example** 10,000 names of 120 hexadecimal digits on one day: about 600 kB by names. A client that asks
//! for `www` and `mail` of a domain all day: a few bytes by names, and what its timing could say.

use super::Scene;
use crate::analysis::{AskedName, Ends};
use crate::channels::dns::DnsChannel;
use crate::models::BANDS;
use crate::names::registered_start;
use crate::report::{Leak, LeakBudget, LeakDay, Proof};
use wakeful_logs::Micros;

/// Times are taken to whole seconds: finer ones are lost on the way to a server that is far.
pub const RESOLUTION: Micros = 1_000_000;

const DAY: Micros = 86_400_000_000;

/// Below this many bytes by the cheap coders, a tighter bound changes nothing for who reads it.
const CHEAP_ENOUGH: f64 = 1000.0;

/// A day with more text than this is bounded by the cheap coders alone.
const MOST_TEXT: usize = 4 << 20;

/// Contexts of two symbols are kept of at most this many distinct symbols: 3.5 MB of counts.
const MOST_SYMBOLS: usize = 96;

/// How many observations the estimate of the next lower order weighs.
const STRENGTH: f64 = 2.0;

/// The bound of a channel with its distinct names in the order of first asking
/// ([`super::Scene::names`]). Names without a time count on the channel's first day; without any time,
/// all is one day that begins at 0.
#[must_use]
pub fn measure(channel: &DnsChannel, names: &[AskedName<'_>]) -> Leak {
    let first_day = channel.days.first().map_or(0, |&(day, _)| day);
    // By time, those without one last: a day's names stand side by side.
    let (timed, untimed) = names.split_at(names.partition_point(|name| name.first.is_some()));
    let before = |day: i32| {
        timed.partition_point(|name| {
            name.first
                .is_some_and(|time| time.div_euclid(DAY) < i64::from(day))
        })
    };
    let cut = names.first().map_or(0, |asked| domain_bytes(asked.name));
    let scale = (f64::from(channel.level)).exp2();
    let rows: u64 = channel.days.iter().map(|&(_, rows)| rows).sum();
    let types = type_bits(channel) / 8.0;
    let timing = timing_bits(channel, rows) / 8.0;
    let one = [(first_day, 1)];
    let days: &[(i32, u64)] = if rows == 0 { &one } else { &channel.days };
    let days: Vec<LeakDay> = days
        .iter()
        .map(|&(day, of_day)| {
            let share = of_day as f64 / rows.max(1) as f64;
            let without: &[AskedName<'_>] = if day == first_day { untimed } else { &[] };
            let text: Vec<&[u8]> = timed[before(day)..before(day + 1)]
                .iter()
                .chain(without)
                .map(|asked| below(asked.name, cut))
                .collect();
            LeakDay {
                start: f64::from(day) * 86_400.0,
                names: (name_bits(&text) / 8.0 * scale).ceil(),
                types: (types * share).ceil(),
                timing: (timing * share).ceil(),
            }
        })
        .collect();
    Leak {
        bytes_a_day: days
            .iter()
            .map(|day| day.names + day.types + day.timing)
            .fold(0.0, f64::max),
        days,
    }
}

/// Bounds that are listed, at most.
const BOUNDS: usize = 10_000;

/// The bound of every channel and day of a log: what a policy of so many bytes a day would raise.
#[must_use]
pub fn budget(scene: &Scene<'_>) -> LeakBudget {
    let mut bounds: Vec<u64> = scene
        .dns
        .iter()
        .flat_map(|ends| measure(ends.channel, scene.names(ends.id)).days)
        .map(|day| (day.names + day.types + day.timing) as u64)
        .collect();
    bounds.sort_unstable_by(|a, b| b.cmp(a));
    let channel_days = bounds.len() as u64;
    bounds.truncate(BOUNDS);
    let interval = scene.analysis.interval();
    let days = match (interval.first, interval.last) {
        (Some(first), Some(last)) => last.saturating_sub(first) as f64 / DAY as f64,
        _ => 0.0,
    };
    LeakBudget {
        days: days.max(1.0),
        bounds,
        channel_days,
    }
}

/// Bytes that a day's names could have carried, from which on it is an alert: Paxson's policy.
pub const LIMIT: f64 = 4096.0;

/// A service is asked for by many clients: beyond so many others, the bound is only told.
pub const FEW_OTHERS: u32 = 2;

/// Whether the names of one day could have carried more than the policy allows, of a domain that few
/// clients ask for.
#[must_use]
pub fn proof(ends: &Ends<'_, DnsChannel>, names: &[AskedName<'_>]) -> Option<Proof> {
    if ends.other_clients > FEW_OTHERS || bound_of_name_bytes(ends.channel) < LIMIT {
        return None;
    }
    if are_reversed(names) {
        return None;
    }
    let day = measure(ends.channel, names)
        .days
        .into_iter()
        .max_by(|a, b| a.names.total_cmp(&b.names))
        .filter(|day| day.names >= LIMIT)?;
    Some(Proof {
        rule: RULE.to_owned(),
        at_least: BANDS[2],
        text: format!(
            "The names of one day could have carried {:.1} kB, whatever they are written in; {:.0} kB is the most that is let pass where {FEW_OTHERS} other clients or fewer ask for the domain.",
            day.names / 1e3,
            LIMIT / 1e3
        ),
        evidence: Vec::new(),
        matched: names.len() as u64,
        of: names.len() as u64,
    })
}

/// The name of the rule in a [`Proof`].
pub const RULE: &str = "leak";

/// Whether nine names in ten are addresses turned round.
pub(super) fn are_reversed(names: &[AskedName<'_>]) -> bool {
    let reversed = names.iter().filter(|asked| is_reversed(asked.name)).count();
    !names.is_empty() && reversed * 10 >= names.len() * 9
}

/// Whether a name begins with the four numbers of an address, as a block list is asked, or is a reverse
/// look-up.
fn is_reversed(name: &[u8]) -> bool {
    let is_octet = |label: &[u8]| {
        std::str::from_utf8(label).is_ok_and(|label| label.len() < 4 && label.parse::<u8>().is_ok())
    };
    let labels = || name.split(|&byte| byte == b'.');
    name.ends_with(b".arpa") || (labels().count() > 5 && labels().take(4).all(is_octet))
}

/// A bound of the bytes by names over all days that costs nothing: a byte a byte. Never less than the
/// sum of [`measure`]'s days, but for a byte a day of rounding.
#[must_use]
pub fn bound_of_name_bytes(channel: &DnsChannel) -> f64 {
    // Each name has its characters, a dot between labels, and an end.
    let names = &channel.names;
    let bytes = names.below + names.labels + u128::from(names.count);
    bytes as f64 * f64::from(channel.level).exp2()
}

/// Bytes of a name's registered domain.
fn domain_bytes(name: &[u8]) -> usize {
    let name = name.strip_suffix(b".").unwrap_or(name);
    name.len() - registered_start(name)
}

/// A name without its registered domain of so many bytes and the dot before it.
fn below(name: &[u8], domain: usize) -> &[u8] {
    let name = name.strip_suffix(b".").unwrap_or(name);
    if domain == 0 {
        return name;
    }
    &name[..name.len().saturating_sub(domain + 1)]
}

/// Bits of a day's names by the best coder.
fn name_bits(names: &[&[u8]]) -> f64 {
    if names.is_empty() {
        return 0.0;
    }
    let length: usize = names.iter().map(|name| name.len() + 1).sum();
    let alphabet = Alphabet::of(names);
    let raw = 8.0 * length as f64;
    let mut best = raw.min(alphabet.bits() + plain_bits(names, &alphabet));
    if best / 8.0 < CHEAP_ENOUGH || length > MOST_TEXT {
        return best;
    }
    let order = if alphabet.len() <= MOST_SYMBOLS { 2 } else { 1 };
    for bits in text_bits(names, &alphabet, order) {
        best = best.min(alphabet.bits() + bits);
    }
    best.min(alphabet.bits() + front_bits(names, &alphabet))
}

/// The symbols that occur, numbered from 1; 0 is the end of a name.
struct Alphabet {
    number: [u16; 256],
    len: usize,
}

impl Alphabet {
    fn of(names: &[&[u8]]) -> Self {
        let mut occur = [0_u64; 4];
        for &byte in names.iter().copied().flatten() {
            occur[usize::from(byte >> 6)] |= 1 << (byte & 63);
        }
        let mut number = [0; 256];
        let mut len = 1;
        for (block, mut bits) in occur.into_iter().enumerate() {
            while bits != 0 {
                number[block * 64 + bits.trailing_zeros() as usize] = len;
                len += 1;
                bits &= bits - 1;
            }
        }
        Self {
            number,
            len: usize::from(len),
        }
    }

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
struct Contexts {
    symbols: usize,
    order: usize,
    counts: [Vec<u32>; 3],
    totals: [Vec<u32>; 3],
    /// The last symbol and the one before.
    last: [usize; 2],
}

impl Contexts {
    fn new(symbols: usize, order: usize) -> Self {
        let sized = |of: usize, power: u32| {
            if of <= order {
                vec![0; symbols.pow(power)]
            } else {
                Vec::new()
            }
        };
        Self {
            symbols,
            order,
            counts: [sized(0, 1), sized(1, 2), sized(2, 3)],
            totals: [sized(0, 0), sized(1, 1), sized(2, 2)],
            last: [0, 0],
        }
    }

    fn context(&self, order: usize) -> usize {
        match order {
            0 => 0,
            1 => self.last[0],
            _ => self.last[1] * self.symbols + self.last[0],
        }
    }

    /// A symbol's probability by each order; those not kept are as the highest kept.
    fn probabilities(&self, symbol: usize) -> [f64; 3] {
        let symbols = self.symbols as f64;
        let mut p = 1.0 / symbols;
        let mut all = [p; 3];
        for (order, slot) in all.iter_mut().enumerate() {
            if order <= self.order {
                let context = self.context(order);
                let seen = f64::from(self.counts[order][context * self.symbols + symbol]);
                let total = f64::from(self.totals[order][context]);
                // At order 0 this is the estimator of Krichevsky and Trofimov: half an observation
                // of each symbol.
                let prior = if order == 0 { symbols / 2.0 } else { STRENGTH };
                p = (seen + prior * p) / (total + prior);
            }
            *slot = p;
        }
        all
    }

    fn learn(&mut self, symbol: usize) {
        for order in 0..=self.order {
            let context = self.context(order);
            self.counts[order][context * self.symbols + symbol] += 1;
            self.totals[order][context] += 1;
        }
        self.last = [symbol, self.last[0]];
    }
}

/// −log2 of a product of probabilities, without a logarithm a factor.
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

/// Bits of the names, each with an end, by order 0: as [`text_bits`] has them, for the many names that need
/// no more.
fn plain_bits(names: &[&[u8]], alphabet: &Alphabet) -> f64 {
    let symbols = alphabet.len() as f64;
    let prior = symbols / 2.0;
    let before = prior * (1.0 / symbols);
    let mut counts = [0_u32; 257];
    let mut total = 0_u32;
    let mut length = CodeLength::new();
    for name in names {
        for symbol in alphabet.symbols(name) {
            length.add((f64::from(counts[symbol]) + before) / (f64::from(total) + prior));
            counts[symbol] += 1;
            total += 1;
        }
    }
    length.total()
}

/// Bits of the names, each with an end, by the orders from 0 up to the one given (then as that one).
fn text_bits(names: &[&[u8]], alphabet: &Alphabet, order: usize) -> [f64; 3] {
    let mut contexts = Contexts::new(alphabet.len(), order);
    let mut lengths = [CodeLength::new(), CodeLength::new(), CodeLength::new()];
    for name in names {
        for symbol in alphabet.symbols(name) {
            let probabilities = contexts.probabilities(symbol);
            for (length, p) in lengths.iter_mut().zip(probabilities) {
                length.add(p);
            }
            contexts.learn(symbol);
        }
    }
    lengths.map(|length| length.total())
}

/// Bits of the names sorted, each as how much of the one before it repeats and the rest, and of the
/// order in which they came.
fn front_bits(names: &[&[u8]], alphabet: &Alphabet) -> f64 {
    let mut sorted = names.to_vec();
    sorted.sort_unstable();
    let mut rest = Contexts::new(alphabet.len(), 0);
    let mut shared = Contexts::new(257, 0);
    let mut length = CodeLength::new();
    let mut before: &[u8] = b"";
    for name in sorted {
        let common = name
            .iter()
            .zip(before)
            .take_while(|(a, b)| a == b)
            .count()
            .min(256);
        length.add(shared.probabilities(common)[0]);
        shared.learn(common);
        for symbol in alphabet.symbols(&name[common..]) {
            length.add(rest.probabilities(symbol)[0]);
            rest.learn(symbol);
        }
        before = name;
    }
    length.total() + log2_factorial(names.len() as u64)
}

/// Bits of the order of a channel's record types: which of all orders with these counts, and the counts.
fn type_bits(channel: &DnsChannel) -> f64 {
    let mut counts: Vec<u64> = channel.qtypes.iter().map(|&(_, count)| count).collect();
    let typed: u64 = counts.iter().sum();
    if typed < channel.records {
        counts.push(channel.records - typed);
    }
    enumerative_bits(&counts)
}

/// log2 of the multinomial coefficient of the counts, and the counts and their meanings (16 bits each).
fn enumerative_bits(counts: &[u64]) -> f64 {
    let total: u64 = counts.iter().sum();
    let ways = log2_factorial(total) - counts.iter().map(|&n| log2_factorial(n)).sum::<f64>();
    // The last count follows from the total, which the names' rows give.
    let parameters = counts.len().saturating_sub(1) as f64 * (total as f64 + 1.0).log2();
    ways.max(0.0) + parameters + 16.0 * counts.len() as f64
}

/// Bits of the times of so many rows, by the gaps of those that are kept.
fn timing_bits(channel: &DnsChannel, rows: u64) -> f64 {
    let times = channel.trace.times();
    let seconds = |time: &Micros| time.div_euclid(RESOLUTION);
    let gaps: Vec<u64> = times
        .windows(2)
        .map(|pair| (seconds(&pair[1]) - seconds(&pair[0])).max(0) as u64)
        .collect();
    if gaps.is_empty() {
        return 0.0;
    }
    gap_bits(&gaps) * rows.saturating_sub(1).max(1) as f64 / gaps.len() as f64
}

fn gap_bits(gaps: &[u64]) -> f64 {
    let digits = |gap: u64| (u64::BITS - gap.leading_zeros()) as usize;
    let mut classes = Contexts::new(65, 0);
    let mut by_class = CodeLength::new();
    let mut inside = 0;
    for &gap in gaps {
        by_class.add(classes.probabilities(digits(gap))[0]);
        classes.learn(digits(gap));
        inside += digits(gap).saturating_sub(1);
    }
    let by_class = by_class.total() + inside as f64;
    // As symbols: each distinct gap is written down once, with its number of digits (6 bits).
    let mut distinct = gaps.to_vec();
    distinct.sort_unstable();
    distinct.dedup();
    let mut symbols = Contexts::new(distinct.len(), 0);
    let mut by_symbol = CodeLength::new();
    for gap in gaps {
        let symbol = distinct.partition_point(|known| known < gap);
        by_symbol.add(symbols.probabilities(symbol)[0]);
        symbols.learn(symbol);
    }
    let announced: usize = distinct.iter().map(|&gap| 6 + digits(gap)).sum();
    by_class.min(by_symbol.total() + announced as f64 + 10.0)
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
mod tests {
    use super::*;
    use crate::channels::dns::{RowFacts, symbol};
    use crate::channels::trace::Beat;
    use crate::names::facts;

    /// A coder of Witten, Neal and Cleary (1987), with 32-bit registers: what the lengths promise.
    struct Arithmetic {
        low: u64,
        high: u64,
        pending: usize,
        bits: Vec<bool>,
        value: u64,
        at: usize,
    }

    const TOP: u64 = 1 << 32;
    const TOTAL: u64 = 1 << 22;

    /// Where each symbol's share of [`TOTAL`] begins.
    fn shares(contexts: &Contexts, order: usize) -> Vec<u64> {
        let spare = (TOTAL - contexts.symbols as u64) as f64;
        let mut starts = vec![0];
        for symbol in 0..contexts.symbols {
            let share = 1 + (contexts.probabilities(symbol)[order] * spare) as u64;
            starts.push(starts[symbol] + share);
        }
        starts
    }

    impl Arithmetic {
        fn new(bits: Vec<bool>) -> Self {
            let mut coder = Self {
                low: 0,
                high: TOP - 1,
                pending: 0,
                bits,
                value: 0,
                at: 0,
            };
            (0..32).for_each(|_| coder.read());
            coder
        }

        fn read(&mut self) {
            let bit = self.bits.get(self.at).copied().unwrap_or(false);
            self.value = self.value << 1 | u64::from(bit);
            self.at += 1;
        }

        fn narrow(&mut self, starts: &[u64], symbol: usize) {
            let (range, total) = (self.high - self.low + 1, starts[starts.len() - 1]);
            self.high = self.low + range * starts[symbol + 1] / total - 1;
            self.low += range * starts[symbol] / total;
        }

        fn write(&mut self, bit: bool) {
            self.bits.push(bit);
            self.bits
                .extend(std::iter::repeat_n(!bit, std::mem::take(&mut self.pending)));
        }

        fn encode(&mut self, starts: &[u64], symbol: usize) {
            self.narrow(starts, symbol);
            self.shift(|coder, bit| match bit {
                Some(bit) => coder.write(bit),
                None => coder.pending += 1,
            });
        }

        fn decode(&mut self, starts: &[u64]) -> usize {
            let range = self.high - self.low + 1;
            let target = ((self.value - self.low + 1) * starts[starts.len() - 1] - 1) / range;
            let symbol = starts.partition_point(|&start| start <= target) - 1;
            self.narrow(starts, symbol);
            self.shift(|coder, _| coder.read());
            symbol
        }

        fn shift(&mut self, each: impl Fn(&mut Self, Option<bool>)) {
            loop {
                let (off, bit) = if self.high < TOP / 2 {
                    (0, Some(false))
                } else if self.low >= TOP / 2 {
                    (TOP / 2, Some(true))
                } else if self.low >= TOP / 4 && self.high < TOP / 4 * 3 {
                    (TOP / 4, None)
                } else {
                    return;
                };
                self.low = (self.low - off) * 2;
                self.high = (self.high - off) * 2 + 1;
                self.value = self.value.wrapping_sub(off);
                each(self, bit);
            }
        }

        fn finish(mut self) -> Vec<bool> {
            self.pending += 1;
            self.write(self.low >= TOP / 4);
            self.bits
        }
    }

    fn sample() -> Vec<Vec<u8>> {
        (0..300_u64)
            .map(|n| {
                let mixed = n.wrapping_mul(0x9e37_79b9_7f4a_7c15);
                format!("{mixed:016x}.{n}.s1").into_bytes()
            })
            .collect()
    }

    #[test]
    fn a_coder_achieves_the_lengths_and_its_decoder_gets_the_names_back() {
        let names = sample();
        let names: Vec<&[u8]> = names.iter().map(Vec::as_slice).collect();
        let alphabet = Alphabet::of(&names);
        let lengths = text_bits(&names, &alphabet, 2);
        for (order, promised) in lengths.into_iter().enumerate() {
            let mut contexts = Contexts::new(alphabet.len(), 2);
            let mut coder = Arithmetic::new(Vec::new());
            coder.at = 0;
            let symbols: Vec<usize> = names
                .iter()
                .flat_map(|name| alphabet.symbols(name))
                .collect();
            for &symbol in &symbols {
                coder.encode(&shares(&contexts, order), symbol);
                contexts.learn(symbol);
            }
            let bits = coder.finish();
            let written = bits.len() as f64;
            assert!((written - promised).abs() < 64.0, "{order}: {written}");
            let mut contexts = Contexts::new(alphabet.len(), 2);
            let mut decoder = Arithmetic::new(bits);
            for &symbol in &symbols {
                assert_eq!(decoder.decode(&shares(&contexts, order)), symbol);
                contexts.learn(symbol);
            }
        }
    }

    #[test]
    fn a_product_of_probabilities_is_the_sum_of_their_logarithms() {
        let (mut length, mut sum) = (CodeLength::new(), 0.0);
        for n in 1..20_000_u32 {
            let p = f64::from(n % 97 + 1) / 98.0;
            length.add(p);
            sum -= p.log2();
        }
        assert!((length.total() - sum).abs() < 1e-6);
    }

    #[test]
    fn order_0_alone_is_order_0_among_others() {
        for count in [1_usize, 2, 40, 3000] {
            let names: Vec<Vec<u8>> = (0..count)
                .map(|n| format!("{:x}.{}", n * 7919, n % 13).into_bytes())
                .collect();
            let names: Vec<&[u8]> = names.iter().map(Vec::as_slice).collect();
            let alphabet = Alphabet::of(&names);
            let all = text_bits(&names, &alphabet, 2);
            assert_eq!(plain_bits(&names, &alphabet), all[0]);
        }
    }

    #[test]
    fn a_symbols_probabilities_sum_to_one() {
        let mut contexts = Contexts::new(7, 2);
        for n in 0..200_usize {
            let sums = (0..7).fold([0.0; 3], |mut sums, symbol| {
                for (sum, p) in sums.iter_mut().zip(contexts.probabilities(symbol)) {
                    *sum += p;
                }
                sums
            });
            assert!(sums.iter().all(|sum| (sum - 1.0_f64).abs() < 1e-12));
            contexts.learn(n * n % 7);
        }
    }

    #[test]
    fn factorials_meet_where_the_series_takes_over() {
        let sum: f64 = (2..=300_u32).map(|k| f64::from(k).log2()).sum();
        assert!((log2_factorial(300) - sum).abs() < 1e-9);
        assert_eq!((log2_factorial(0), log2_factorial(1)), (0.0, 0.0));
    }

    fn channel(names: &[Vec<u8>], gap: Micros) -> (DnsChannel, Vec<(Micros, Vec<u8>)>) {
        let mut channel = DnsChannel::default();
        let mut asked = Vec::new();
        for (n, below) in names.iter().enumerate() {
            let name = [below, &b".example.com"[..]].concat();
            let time = n as Micros * gap;
            channel.names.add(&facts(&name).1);
            channel.records += 1;
            channel.qtypes = smallvec::smallvec![(16, channel.records)];
            let day = time.div_euclid(DAY) as i32;
            match channel.days.last_mut() {
                Some(last) if last.0 == day => last.1 += 1,
                _ => channel.days.push((day, 1)),
            }
            channel.interval.add(Some(time));
            channel.trace.add(Beat {
                time,
                size: below.len() as u32,
                symbol: symbol(Some(16), Some(0), RowFacts::default()),
            });
            asked.push((time, name));
        }
        (channel, asked)
    }

    fn leak(names: &[Vec<u8>], gap: Micros) -> (DnsChannel, Leak) {
        let (channel, asked) = channel(names, gap);
        let asked: Vec<AskedName<'_>> = asked
            .iter()
            .map(|(time, name)| AskedName {
                channel: 0,
                first: Some(*time),
                name,
                facts: facts(name).1,
            })
            .collect();
        let leak = measure(&channel, &asked);
        (channel, leak)
    }

    #[test]
    fn random_hexadecimal_digits_carry_half_a_byte_each() {
        let mut state = 1_u64;
        let names: Vec<Vec<u8>> = (0..2000)
            .map(|_| {
                let mut name = String::new();
                for _ in 0..4 {
                    state = state
                        .wrapping_mul(6_364_136_223_846_793_005)
                        .wrapping_add(1);
                    name.push_str(&format!("{:08x}", state >> 32));
                }
                name.into_bytes()
            })
            .collect();
        let (channel, leak) = leak(&names, 1_000_000);
        assert_eq!(leak.days.len(), 1);
        // 32 digits are 16 bytes; the bound may be a little above, never below.
        let bytes = leak.days[0].names;
        assert!((32_000.0..34_000.0).contains(&bytes), "{bytes}");
        assert!(bound_of_name_bytes(&channel) >= bytes);
        assert!(leak.days[0].timing < 20.0 && leak.days[0].types < 10.0);
        assert_eq!(
            leak.bytes_a_day,
            bytes + leak.days[0].timing + leak.days[0].types
        );
    }

    #[test]
    fn a_counter_carries_little_and_days_are_apart() {
        let names: Vec<Vec<u8>> = (0..2000)
            .map(|n| {
                format!("part-{n:06}-of-the-long-constant-text-that-says-nothing").into_bytes()
            })
            .collect();
        let (channel, counted) = leak(&names, 100_000_000);
        assert_eq!(counted.days.len(), 3);
        let bytes: f64 = counted.days.iter().map(|day| day.names).sum();
        assert!(bytes < bound_of_name_bytes(&channel) / 10.0, "{bytes}");
        assert_eq!(counted.days[1].start, 86_400.0);
    }

    #[test]
    fn nothing_is_nothing_and_a_sample_is_scaled() {
        let empty = measure(&DnsChannel::default(), &[]);
        assert_eq!(empty.bytes_a_day, empty.days[0].types);
        let (mut channel, asked) = channel(&sample(), 1_000_000);
        let asked: Vec<AskedName<'_>> = asked
            .iter()
            .map(|(_, name)| AskedName {
                channel: 0,
                first: None,
                name,
                facts: facts(name).1,
            })
            .collect();
        let once = measure(&channel, &asked).days[0].names;
        channel.level = 3;
        let scaled = measure(&channel, &asked).days[0].names;
        assert!((scaled - 8.0 * once).abs() <= 8.0);
    }

    #[test]
    fn gaps_of_a_clock_say_little_and_gaps_at_will_say_much() {
        let clock = gap_bits(&[60; 500]);
        let will: Vec<u64> = (0..500_u64).map(|n| n * n % 509).collect();
        assert!(clock < 60.0, "{clock}");
        assert!(gap_bits(&will) > 500.0 * 7.0);
    }
}
