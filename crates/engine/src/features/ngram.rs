//! How much a name surprises someone who knows the names of ordinary hosts.
//!
//! In: labels of a name, and the embedded table. Out: bits. Must not know: channels, and how the table
//! was learnt.
//!
//! A chain over characters: the probability of each, given the two before it in its label (Markov 1913,
//! Shannon 1948), as they follow each other in the host names of a public list. A label is begun by two borders and
//! ended by one, which is a character too. A name's surprise is the mean of −log2 p over its
//! characters: about 3 bits for words, and 6 for what a machine wrote at random.
//!
//! Case does not count: Zeek writes names in lower case. Digits are one character, whose ten kinds are
//! equally likely (log2 10 bits more): which digit follows which says little, and the table would
//! be four times as large.
//!
//! The file, little-endian:
//!
//! | part | as |
//! |---|---|
//! | `WKFN` | 4 bytes |
//! | version, 1 | u16 |
//! | hash of the names that it was learnt from | u64 |
//! | levels: −log2 p in microbits, rising | u32 × 16 |
//! | of each three characters in order, which level: the first of two in the low half of a byte | 13,500 bytes |

use std::fmt;
use std::sync::LazyLock;

const MAGIC: &[u8; 4] = b"WKFN";
/// The version of the file's form.
pub const VERSION: u16 = 1;
/// Characters that are told apart: a border, 26 letters, a digit, a hyphen (or underscore), and anything else.
pub const SYMBOLS: usize = 30;
/// Threes of them.
pub const CELLS: usize = SYMBOLS * SYMBOLS * SYMBOLS;
/// Levels of probability.
pub const LEVELS: usize = 16;
/// The border of a label.
pub const BORDER: u8 = 0;
/// A digit.
pub const DIGIT: u8 = 27;
/// log2 10 in microbits: which digit it is.
pub const WHICH_DIGIT: u32 = 3_321_928;
/// No level is above: 24 bits, in microbits.
const HIGHEST: u32 = 24_000_000;
const HEAD: usize = 4 + 2 + 8 + 4 * LEVELS;

/// The embedded table's file.
pub static FILE: &[u8] = include_bytes!("../../models/names.ngram");

/// The embedded table.
///
/// # Panics
/// Never with the file of the source tree, which a test reads.
#[must_use]
pub fn table() -> &'static Ngrams {
    static PARSED: LazyLock<Ngrams> = LazyLock::new(|| match Ngrams::parse(FILE) {
        Ok(table) => table,
        #[allow(clippy::panic)]
        Err(error) => panic!("models/names.ngram: {error}"),
    });
    &PARSED
}

/// The symbol of each byte.
static SYMBOL: [u8; 256] = symbols();

const fn symbols() -> [u8; 256] {
    let mut table = [SYMBOLS as u8 - 1; 256];
    let mut letter = 0;
    while letter < 26 {
        table[b'a' as usize + letter] = letter as u8 + 1;
        table[b'A' as usize + letter] = letter as u8 + 1;
        letter += 1;
    }
    let mut digit = b'0';
    while digit <= b'9' {
        table[digit as usize] = DIGIT;
        digit += 1;
    }
    table[b'-' as usize] = DIGIT + 1;
    table[b'_' as usize] = DIGIT + 1;
    table
}

/// The symbol of a byte, below [`SYMBOLS`].
#[must_use]
pub fn symbol(byte: u8) -> u8 {
    SYMBOL[usize::from(byte)]
}

/// Where three symbols stand in the table.
#[must_use]
pub fn cell(two_before: u8, before: u8, symbol: u8) -> usize {
    (usize::from(two_before) * SYMBOLS + usize::from(before)) * SYMBOLS + usize::from(symbol)
}

/// Why a file gives no table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NgramError {
    /// Not such a file at all.
    NotATable,
    /// Of another version.
    Version(u16),
    /// Cut off, too long, or levels that no training writes.
    Damaged(&'static str),
}

impl fmt::Display for NgramError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotATable => write!(f, "This is not a Wakeful table of names."),
            Self::Version(version) => write!(
                f,
                "This table of names has version {version}; this Wakeful reads version {VERSION}. Train it anew (cargo xtask train)."
            ),
            Self::Damaged(what) => write!(f, "This table of names is damaged: {what}."),
        }
    }
}

impl std::error::Error for NgramError {}

/// The table: a level for each three symbols.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ngrams {
    /// A hash of the names that it was learnt from.
    pub data_hash: u64,
    /// −log2 p of each level, microbits, rising.
    pub levels: [u32; LEVELS],
    /// The level of each three symbols ([`cell`]).
    cells: Vec<u8>,
}

impl Ngrams {
    /// A table of a level for each of [`CELLS`] threes (see [`cell`]); a missing one is the highest.
    #[must_use]
    pub fn new(data_hash: u64, levels: [u32; LEVELS], cells: &[u8]) -> Self {
        let level = |at: usize| cells.get(at).map_or(15, |&level| level.min(15));
        let cells = (0..CELLS).map(level).collect();
        Self {
            data_hash,
            levels,
            cells,
        }
    }

    /// Reads a file.
    ///
    /// # Errors
    /// Where the bytes are no table of a known version, or not a whole one.
    pub fn parse(bytes: &[u8]) -> Result<Self, NgramError> {
        let short = NgramError::Damaged("it ends too early");
        if bytes.get(..4) != Some(MAGIC) {
            return Err(NgramError::NotATable);
        }
        let Some((version, rest)) = bytes[4..].split_first_chunk() else {
            return Err(short);
        };
        let version = u16::from_le_bytes(*version);
        if version != VERSION {
            return Err(NgramError::Version(version));
        }
        let Some((hash, mut rest)) = rest.split_first_chunk() else {
            return Err(short);
        };
        let mut levels = [0; LEVELS];
        for level in &mut levels {
            let Some((number, behind)) = rest.split_first_chunk() else {
                return Err(short);
            };
            *level = u32::from_le_bytes(*number);
            rest = behind;
        }
        if levels.windows(2).any(|pair| pair[0] >= pair[1]) || levels[LEVELS - 1] > HIGHEST {
            return Err(NgramError::Damaged(
                "its levels do not rise to at most 24 bits",
            ));
        }
        match rest.len().cmp(&(CELLS / 2)) {
            std::cmp::Ordering::Less => Err(short),
            std::cmp::Ordering::Greater => Err(NgramError::Damaged("it has bytes behind its end")),
            std::cmp::Ordering::Equal => Ok(Self {
                data_hash: u64::from_le_bytes(*hash),
                levels,
                cells: rest.iter().flat_map(|&two| [two & 15, two >> 4]).collect(),
            }),
        }
    }

    /// The table as a file.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut out = Vec::with_capacity(HEAD + CELLS / 2);
        out.extend(MAGIC);
        out.extend(VERSION.to_le_bytes());
        out.extend(self.data_hash.to_le_bytes());
        out.extend(self.levels.iter().flat_map(|level| level.to_le_bytes()));
        let pairs = self.cells.as_chunks::<2>().0.iter();
        out.extend(pairs.map(|&[first, second]| first | second << 4));
        out
    }

    fn bits(&self, cell: usize) -> u64 {
        u64::from(self.levels[usize::from(self.cells[cell] & 15)])
    }

    /// −log2 p of a label with its end, in microbits. A label of n bytes has n + 1 characters.
    #[must_use]
    pub fn label(&self, label: &[u8]) -> u64 {
        let (mut bits, mut digits) = (0, 0);
        let (mut two_before, mut before) = (usize::from(BORDER), usize::from(BORDER));
        let cell = |two, one, symbol| (two * SYMBOLS + one) * SYMBOLS + symbol;
        for &byte in label {
            let symbol = usize::from(symbol(byte));
            bits += self.bits(cell(two_before, before, symbol));
            digits += u64::from(symbol == usize::from(DIGIT));
            (two_before, before) = (before, symbol);
        }
        bits += self.bits(cell(two_before, before, usize::from(BORDER)));
        bits + digits * u64::from(WHICH_DIGIT)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names() -> Vec<Vec<u8>> {
        let mut state = 11_u64;
        let mut next = move || {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            (state >> 33) as usize
        };
        (0..400)
            .map(|_| {
                let length = next() % 64;
                (0..length)
                    .map(|_| match next() % 4 {
                        0 => b"-_.\xff\x00+"[next() % 6],
                        1 => b"0123456789"[next() % 10],
                        2 => b"ABCDEFGHIJKLMNOPQRSTUVWXYZ"[next() % 26],
                        _ => b"abcdefghijklmnopqrstuvwxyz"[next() % 26],
                    })
                    .collect()
            })
            .collect()
    }

    /// By the definition: write the label out with its borders, look each three up in the file.
    fn naive(table: &Ngrams, label: &[u8]) -> u64 {
        let mut written = vec![BORDER, BORDER];
        written.extend(label.iter().map(|byte| match byte.to_ascii_lowercase() {
            letter @ b'a'..=b'z' => letter - b'a' + 1,
            b'0'..=b'9' => 27,
            b'-' | b'_' => 28,
            _ => 29,
        }));
        written.push(BORDER);
        let digits = label.iter().filter(|byte| byte.is_ascii_digit()).count() as u64;
        let bits: u64 = written
            .windows(3)
            .map(|three| {
                let at = cell(three[0], three[1], three[2]);
                let byte = FILE[HEAD + at / 2];
                let level = if at.is_multiple_of(2) {
                    byte & 15
                } else {
                    byte >> 4
                };
                u64::from(table.levels[usize::from(level)])
            })
            .sum();
        bits + digits * u64::from(WHICH_DIGIT)
    }

    #[test]
    fn a_walk_agrees_with_the_definition() {
        for name in names() {
            assert_eq!(table().label(&name), naive(table(), &name), "{name:?}");
        }
    }

    #[test]
    fn words_surprise_less_than_what_was_encoded() {
        let mean = |label: &str| table().label(label.as_bytes()) / (label.len() as u64 + 1);
        for word in [
            "www",
            "mail",
            "static",
            "images",
            "autodiscover",
            "api-gateway",
        ] {
            for random in ["mzxw6ytboi4dqmjq", "0f3a9c1be77d42", "qk7vzx2hjp5wbd"] {
                assert!(mean(word) < mean(random), "{word} {random}");
            }
        }
        assert_eq!(mean("MAIL"), mean("mail"));
    }

    #[test]
    fn the_file_reads_and_writes_the_same_bytes() {
        assert_eq!(Ngrams::parse(FILE).unwrap().to_bytes(), FILE);
        assert!(FILE.len() < 20_000);
        let cells: Vec<u8> = (0..CELLS).map(|at| (at * 7 % 16) as u8).collect();
        let table = Ngrams::new(3, table().levels, &cells);
        assert!(
            cells.iter().enumerate().all(|(at, &level)| {
                table.bits(at) == u64::from(table.levels[usize::from(level)])
            })
        );
        assert_eq!(Ngrams::parse(&table.to_bytes()), Ok(table));
    }

    #[test]
    fn damaged_files_are_refused_and_never_panic() {
        for length in 0..FILE.len() {
            let error = Ngrams::parse(&FILE[..length]).unwrap_err();
            assert!(error.to_string().ends_with('.'));
        }
        let mut longer = FILE.to_vec();
        longer.push(0);
        assert!(Ngrams::parse(&longer).is_err());
        let mut other = FILE.to_vec();
        other[4] = 9;
        assert_eq!(Ngrams::parse(&other), Err(NgramError::Version(9)));
        assert!(
            NgramError::Version(9)
                .to_string()
                .contains("cargo xtask train")
        );
        let mut falling = FILE.to_vec();
        falling[HEAD - 4..HEAD].fill(0);
        assert!(matches!(
            Ngrams::parse(&falling),
            Err(NgramError::Damaged(_))
        ));
    }
}
