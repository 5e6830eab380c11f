use super::*;

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

fn begun(symbols: usize, orders: usize) -> Contexts {
    let mut contexts = Contexts::default();
    contexts.begin(symbols, orders);
    contexts
}

impl Contexts {
    /// [`Open::learn`], a symbol by itself.
    fn learn<const ORDERS: usize>(&mut self, symbol: usize) -> [f64; ORDERS] {
        let mut open = self.open();
        let probabilities = open.learn(symbol);
        self.last = open.last;
        probabilities
    }
}

/// A symbol's probabilities, without learning it.
fn probabilities(contexts: &Contexts, symbol: usize) -> [f64; 3] {
    contexts.clone().learn::<3>(symbol)
}

/// Where each symbol's share of [`TOTAL`] begins.
fn shares(contexts: &Contexts, order: usize) -> Vec<u64> {
    let spare = (TOTAL - contexts.symbols as u64) as f64;
    let mut starts = vec![0];
    for symbol in 0..contexts.symbols {
        let share = 1 + (probabilities(contexts, symbol)[order] * spare) as u64;
        starts.push(starts[symbol] + share);
    }
    starts
}

/// Bits of names by each order from `FROM` on, without a look ahead.
fn text_bits<const ORDERS: usize, const FROM: usize>(
    coder: &mut Coder,
    names: &[&[u8]],
    alphabet: &Alphabet,
) -> [f64; ORDERS] {
    coder.contexts.begin(alphabet.len(), ORDERS);
    let mut lengths = [CodeLength::new(); ORDERS];
    coder.code::<ORDERS, FROM>(names, alphabet, &mut lengths);
    lengths.map(|length| length.total())
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

/// Names of a tunnel's kind.
pub fn sample() -> Vec<Vec<u8>> {
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
    let alphabet = Tally::of(&names).alphabet();
    let lengths = text_bits::<3, 0>(&mut Coder::default(), &names, &alphabet);
    for (order, promised) in lengths.into_iter().enumerate() {
        let mut contexts = begun(alphabet.len(), 3);
        let mut coder = Arithmetic::new(Vec::new());
        coder.at = 0;
        let symbols: Vec<usize> = names
            .iter()
            .flat_map(|name| alphabet.symbols(name))
            .collect();
        for &symbol in &symbols {
            coder.encode(&shares(&contexts, order), symbol);
            contexts.learn::<3>(symbol);
        }
        let bits = coder.finish();
        let written = bits.len() as f64;
        assert!((written - promised).abs() < 64.0, "{order}: {written}");
        let mut contexts = begun(alphabet.len(), 3);
        let mut decoder = Arithmetic::new(bits);
        for &symbol in &symbols {
            assert_eq!(decoder.decode(&shares(&contexts, order)), symbol);
            contexts.learn::<3>(symbol);
        }
    }
}

#[test]
fn a_day_is_coded_as_if_it_were_the_first() {
    let days: Vec<Vec<Vec<u8>>> = (0..6_u64)
        .map(|day| {
            let word = |n: u64| match day % 3 {
                0 => format!(
                    "{:016x}{:016x}",
                    n.wrapping_mul(0x9e37_79b9_7f4a_7c15),
                    n << day
                ),
                1 => format!("x{n}.a-rather-long-name-of-a-host"),
                _ => "\u{e9}\u{2014}zz".repeat(1 + n as usize % 9),
            };
            (0..150 + 10 * day).map(|n| word(n).into_bytes()).collect()
        })
        .collect();
    let mut kept = Coder::default();
    for day in &days {
        let names: Vec<&[u8]> = day.iter().map(Vec::as_slice).collect();
        assert_eq!(kept.name_bits(&names), Coder::default().name_bits(&names));
        assert!(bits_at_most(&names) >= kept.name_bits(&names));
        let alphabet = Tally::of(&names).alphabet();
        let two = text_bits::<2, 0>(&mut kept, &names, &alphabet);
        assert_eq!(
            two,
            text_bits::<2, 0>(&mut Coder::default(), &names, &alphabet)
        );
    }
}

/// Bytes of these, at random.
fn at_random() -> impl FnMut(&[u8]) -> u8 {
    let mut state = 5_u64;
    move |of| {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        of[(state >> 33) as usize % of.len()]
    }
}

/// Names of 50 bytes in which a consonant comes after a vowel: contexts know half of it.
fn words(count: usize) -> Vec<Vec<u8>> {
    let mut random = at_random();
    (0..count)
        .map(|_| {
            let pair = |_| [random(b"aeiou"), random(b"bcdfghjklmnpqrst")];
            (0..25).flat_map(pair).collect()
        })
        .collect()
}

#[test]
fn what_contexts_cannot_shorten_goes_through_them_no_further_than_the_probe() {
    let mut random = at_random();
    let hex: Vec<Vec<u8>> = (0..2000)
        .map(|_| (0..50).map(|_| random(b"0123456789abcdef")).collect())
        .collect();
    let words = words(2000);
    for (names, worth) in [(&hex, false), (&words, true)] {
        let names: Vec<&[u8]> = names.iter().map(Vec::as_slice).collect();
        assert!(text_bytes(&names) > 3 * PROBE);
        let alphabet = Tally::of(&names).alphabet();
        let mut coder = Coder::default();
        let [_, whole @ ..] = text_bits::<3, 1>(&mut coder, &names, &alphabet);
        let whole = whole[0].min(whole[1]);
        let probed = coder.context_bits(&names, &alphabet);
        assert_eq!(probed, worth.then_some(whole));
        // What is left out would have saved little.
        let best = coder.name_bits(&names);
        let with_all = best.min(alphabet.bits() + whole);
        assert!(with_all >= (1.0 - WORTH) * best, "{with_all} {best}");
        // A text that is no longer than the probe is coded whole.
        let few = &names[..600];
        assert!(coder.context_bits(few, &alphabet).is_some());
    }
}

#[test]
fn behind_so_much_text_order_0_goes_on_symbol_by_symbol() {
    let names = words(4000);
    let names: Vec<&[u8]> = names.iter().map(Vec::as_slice).collect();
    let alphabet = Tally::of(&names).alphabet();
    let (learnt, counted) = split_behind(&names, LEARNT);
    assert!(text_bytes(learnt) >= LEARNT && text_bytes(counted) > LEARNT / 4);
    let mut coder = Coder::default();
    let [_, by_contexts @ ..] = text_bits::<3, 1>(&mut coder, learnt, &alphabet);
    let by_counts = |names: &[&[u8]]| text_bits::<1, 0>(&mut Coder::default(), names, &alphabet)[0];
    let naive = by_contexts[0].min(by_contexts[1]) + by_counts(&names) - by_counts(learnt);
    let bits = coder.context_bits(&names, &alphabet).unwrap();
    assert!((bits - naive).abs() < 1e-3, "{bits} {naive}");
    // It is a bound still: all of it through contexts takes less.
    let [_, all @ ..] = text_bits::<3, 1>(&mut coder, &names, &alphabet);
    assert!(bits > all[0].min(all[1]));
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
fn order_0_of_counts_is_order_0_symbol_by_symbol() {
    for count in [1_usize, 2, 40, 3000] {
        let names: Vec<Vec<u8>> = (0..count)
            .map(|n| format!("{:x}.{}", n * 7919, n % 13).into_bytes())
            .collect();
        let names: Vec<&[u8]> = names.iter().map(Vec::as_slice).collect();
        let alphabet = Tally::of(&names).alphabet();
        let [by_symbol] = text_bits::<1, 0>(&mut Coder::default(), &names, &alphabet);
        let error = Tally::of(&names).bits(alphabet.len()) / by_symbol - 1.0;
        assert!(error.abs() < 1e-11, "{count}: {error}");
    }
}

/// An adaptive code of order 0, a symbol after the other.
fn adaptive(symbols: impl IntoIterator<Item = usize>, of: usize) -> f64 {
    let (mut contexts, mut length) = (begun(of, 1), CodeLength::new());
    for symbol in symbols {
        length.add(contexts.learn::<1>(symbol)[0]);
    }
    length.total()
}

#[test]
fn front_coding_and_gaps_are_what_an_adaptive_coder_takes() {
    let digits = |gap: u64| (u64::BITS - gap.leading_zeros()) as usize;
    for count in [1_u64, 2, 7, 300, 2000] {
        let gaps: Vec<u64> = (0..count).map(|n| n * n % 61 * (n % 3)).collect();
        let inside: usize = gaps.iter().map(|&gap| digits(gap).saturating_sub(1)).sum();
        let by_class = adaptive(gaps.iter().map(|&gap| digits(gap)), 65) + inside as f64;
        let mut distinct = gaps.clone();
        distinct.sort_unstable();
        distinct.dedup();
        let symbols = gaps
            .iter()
            .map(|gap| distinct.partition_point(|known| known < gap));
        let announced: usize = distinct.iter().map(|&gap| 6 + digits(gap)).sum();
        let by_symbol = adaptive(symbols, distinct.len()) + announced as f64 + 10.0;
        let error = gap_bits(gaps.clone()) - by_class.min(by_symbol);
        assert!(error.abs() < 1e-6, "{count}: {error}");
    }
    let names = sample();
    let mut names: Vec<&[u8]> = names.iter().map(Vec::as_slice).collect();
    let alphabet = Tally::of(&names).alphabet();
    let front = front_bits(&names, &alphabet);
    names.sort_unstable();
    let common = |at: usize| match at {
        0 => 0,
        _ => names[at]
            .iter()
            .zip(names[at - 1])
            .take_while(|(a, b)| a == b)
            .count(),
    };
    let shared = adaptive((0..names.len()).map(common), 257);
    let rest = (0..names.len()).flat_map(|at| alphabet.symbols(&names[at][common(at)..]));
    let naive = shared + adaptive(rest, alphabet.len()) + log2_factorial(names.len() as u64);
    assert!((front - naive).abs() < 1e-6, "{front} {naive}");
}

#[test]
fn a_symbols_probabilities_sum_to_one() {
    let mut contexts = begun(7, 3);
    for n in 0..200_usize {
        let sums = (0..7).fold([0.0; 3], |mut sums, symbol| {
            for (sum, p) in sums.iter_mut().zip(probabilities(&contexts, symbol)) {
                *sum += p;
            }
            sums
        });
        assert!(sums.iter().all(|sum| (sum - 1.0_f64).abs() < 1e-12));
        contexts.learn::<3>(n * n % 7);
    }
}

#[test]
fn factorials_meet_where_the_series_takes_over() {
    let sum: f64 = (2..=300_u32).map(|k| f64::from(k).log2()).sum();
    assert!((log2_factorial(300) - sum).abs() < 1e-9);
    assert_eq!((log2_factorial(0), log2_factorial(1)), (0.0, 0.0));
    let halves: f64 = (0..300_u32).map(|k| (f64::from(k) + 0.5).log2()).sum();
    assert!((log2_halves(300) - halves).abs() < 1e-9);
    assert_eq!(log2_halves(0), 0.0);
}

#[test]
fn gaps_of_a_clock_say_little_and_gaps_at_will_say_much() {
    let clock = gap_bits(vec![60; 500]);
    let will: Vec<u64> = (0..500_u64).map(|n| n * n % 509).collect();
    assert!(clock < 60.0, "{clock}");
    assert!(gap_bits(will) > 500.0 * 7.0);
}

#[test]
fn no_gaps_take_more_than_the_bound_says() {
    let mut state = 11_u64;
    let mut random = |below: u64| {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        (state >> 33) % below
    };
    for _ in 0..3000 {
        let (count, digits) = (1 + random(200), 1 + random(30));
        let gaps: Vec<u64> = (0..count)
            .map(|_| {
                let most = 1 << random(1 + digits);
                random(most)
            })
            .collect();
        let seconds = gaps.iter().sum::<u64>() as f64;
        let at_most = gap_bits_at_most(count as f64, seconds);
        let bits = gap_bits(gaps.clone());
        assert!(bits <= at_most + 1e-6, "{bits} {at_most} {gaps:?}");
    }
}
