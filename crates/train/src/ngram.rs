//! Learns the chain of host names that [`wakeful_engine::features::ngram`] walks.
//!
//! In: a public list of popular names. Out: the table and its card. Must not know: tunnels, and the networks that
//! the evaluation leaves out: no name of theirs is learnt here, so that their figures stay
//! honest. (A popular name may of course be asked for anywhere.)
//!
//! From each name the labels below its registered domain are taken, a label once a name; reverse names are
//! left out. Probabilities of three characters are drawn towards those of two, and those towards
//! equal ones (Dirichlet smoothing, MacKay and Peto 1995), and rounded to one of 16 levels.

use std::collections::BTreeSet;
use std::io::Read;
use std::path::Path;
use wakeful_engine::features::ngram::{BORDER, CELLS, LEVELS, Ngrams, SYMBOLS, cell, symbol};
use wakeful_engine::names::registered_start;

/// The list, below the corpora's folder: 100,000 names that a large resolver is asked for.
pub const LIST: &str = "lists/umbrella-top-100k.txt.gz";

/// −log2 p of the levels, in microbits: half bits where most steps are, coarser beyond.
const LEVEL_BITS: [u32; LEVELS] = [
    250_000, 750_000, 1_250_000, 1_750_000, 2_250_000, 2_750_000, 3_250_000, 3_750_000, 4_500_000,
    5_250_000, 6_000_000, 7_000_000, 8_000_000, 9_500_000, 11_500_000, 14_000_000,
];
/// How many observations what is drawn towards is worth.
const PRIOR: f64 = 4.0;

/// What was learnt.
pub struct Learnt {
    /// The table.
    pub table: Ngrams,
    /// Names of the list.
    pub names: usize,
    /// Labels learnt.
    pub labels: usize,
}

/// Learns from the list.
///
/// # Errors
/// A sentence naming the file that could not be read.
pub fn learn(data: &Path) -> Result<Learnt, String> {
    let path = data.join(LIST);
    let packed = std::fs::read(&path).map_err(|error| format!("{}: {error}", path.display()))?;
    let mut text = Vec::new();
    flate2::read::GzDecoder::new(packed.as_slice())
        .read_to_end(&mut text)
        .map_err(|error| format!("{}: {error}", path.display()))?;
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    for &byte in &text {
        hash = (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3);
    }
    let mut counts = Counts::default();
    let mut names = 0;
    for name in text.split(|&byte| byte == b'\n') {
        let name = name.trim_ascii();
        if name.is_empty() || name.ends_with(b".arpa") {
            continue;
        }
        names += 1;
        let below = &name[..registered_start(name).saturating_sub(1)];
        let labels: BTreeSet<&[u8]> = below
            .split(|&byte| byte == b'.')
            .filter(|label| !label.is_empty())
            .collect();
        labels.into_iter().for_each(|label| counts.add(label));
    }
    Ok(Learnt {
        table: counts.table(hash),
        names,
        labels: counts.labels,
    })
}

/// How often three characters followed each other.
#[derive(Debug, Clone)]
pub struct Counts {
    threes: Vec<u32>,
    labels: usize,
}

impl Default for Counts {
    fn default() -> Self {
        Self {
            threes: vec![0; CELLS],
            labels: 0,
        }
    }
}

impl Counts {
    /// Adds a label.
    pub fn add(&mut self, label: &[u8]) {
        self.labels += 1;
        let (mut two_before, mut before) = (BORDER, BORDER);
        for symbol in label.iter().map(|&byte| symbol(byte)).chain([BORDER]) {
            self.threes[cell(two_before, before, symbol)] += 1;
            (two_before, before) = (before, symbol);
        }
    }

    /// The table of the levels nearest to −log2 p.
    #[must_use]
    pub fn table(&self, data_hash: u64) -> Ngrams {
        let mut twos = vec![0.0; SYMBOLS * SYMBOLS];
        for (at, &count) in self.threes.iter().enumerate() {
            twos[at % (SYMBOLS * SYMBOLS)] += f64::from(count);
        }
        let all_of = |counts: &[f64]| counts.iter().sum::<f64>();
        let equal = 1.0 / SYMBOLS as f64;
        let by_two: Vec<f64> = twos
            .chunks(SYMBOLS)
            .flat_map(|row| {
                let all = all_of(row);
                row.iter()
                    .map(move |count| (count + PRIOR * equal) / (all + PRIOR))
            })
            .collect();
        let cells: Vec<u8> = self
            .threes
            .chunks(SYMBOLS)
            .enumerate()
            .flat_map(|(context, row)| {
                let all = f64::from(row.iter().sum::<u32>());
                let towards = &by_two[context % SYMBOLS * SYMBOLS..][..SYMBOLS];
                row.iter()
                    .zip(towards)
                    .map(move |(&count, two)| (f64::from(count) + PRIOR * two) / (all + PRIOR))
            })
            .map(|p| nearest(-p.log2() * 1e6))
            .collect();
        Ngrams::new(data_hash, LEVEL_BITS, &cells)
    }
}

fn nearest(microbits: f64) -> u8 {
    let distance = |level: &u32| (f64::from(*level) - microbits).abs();
    (0..LEVELS)
        .min_by(|&a, &b| distance(&LEVEL_BITS[a]).total_cmp(&distance(&LEVEL_BITS[b])))
        .unwrap_or(LEVELS - 1) as u8
}

/// The table's card.
#[must_use]
pub fn card(learnt: &Learnt, date: Option<&str>) -> String {
    let date = date.map_or(String::new(), |date| format!("- Date: {date}.\n"));
    format!(
        "# Chain of host names\n\n\
        Probabilities of a character after the two before it, in {} bytes. Written by `cargo xtask train`; not edited by hand.\n\n\
        - Data: {} labels below the registered domains of {} names, from the public list of the 100,000 that Cisco Umbrella's resolvers are asked for most (no licence stated; only these counts, rounded, ship); hash `{:016x}`. No name of the networks that the evaluation leaves out is learnt.\n\
        {date}\
        - Settings: 30 characters (a border, letters without case, a digit, a hyphen, anything else), smoothing worth {PRIOR} observations, 16 levels of probability.\n\
        - Limits: popular hosts of large companies, mostly English; hosts named in other languages surprise it more, and a name of random characters that a delivery network uses surprises it as much as a tunnel's.\n",
        learnt.table.to_bytes().len(),
        learnt.labels,
        learnt.names,
        learnt.table.data_hash
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_learnt_surprises_least() {
        let mut counts = Counts::default();
        (0..1000).for_each(|_| counts.add(b"mail"));
        let table = counts.table(0);
        assert!(table.label(b"mail") < table.label(b"liam"));
        assert!(table.label(b"mail") < 5 * 300_000);
        assert!(table.label(b"zqxj") > 5 * 3_000_000);
    }

    /// Of each context, probabilities sum to 1 up to the rounding to levels.
    #[test]
    fn rounded_probabilities_stay_near_one() {
        let mut counts = Counts::default();
        for label in ["www", "mail", "static", "img2", "edge-7", "api", "cdn"] {
            (0..50).for_each(|_| counts.add(label.as_bytes()));
        }
        let bits = |a, b, c| {
            let bytes = counts.table(0).to_bytes();
            let at = cell(a, b, c);
            let pair = bytes[bytes.len() - CELLS / 2 + at / 2];
            LEVEL_BITS[usize::from(pair >> (at % 2 * 4) & 15)]
        };
        for context in [(0, 0), (0, 23), (3, 4)] {
            let sum: f64 = (0..SYMBOLS as u8)
                .map(|c| (-f64::from(bits(context.0, context.1, c)) / 1e6).exp2())
                .sum();
            assert!((0.6..1.6).contains(&sum), "{context:?} {sum}");
        }
    }
}
