//! What the part of a name below its domain is written in.
//!
//! In: its labels, and how much it surprises. Out: [`Encoding`]. Must not know: channels, tools.
//!
//! Judged is the longest label where it has [`LEAST`] bytes or more, else all labels together where
//! they have [`LEAST_TOGETHER`]; anything shorter is [`Encoding::Other`], for a word or a counter is in many
//! alphabets by chance. The first rule that fits decides:
//!
//! | class | alphabet | besides |
//! |---|---|---|
//! | base128 | letters, digits and bytes from 0xbc to 0xfd (iodine's) | an eighth or more are such bytes, which Zeek writes as `\xbd`; continued UTF-8 lies below |
//! | digits | digits, hyphens, underscores | three quarters digits |
//! | hex | `0`–`9`, `a`–`f`, in one case | digits from three to seven eighths (10 in 16 are likely) |
//! | base32 | `a`–`z`, `2`–`7` (RFC 4648), in one case | random; digits from a sixteenth to a half (6 in 32 are likely) |
//! | iodine's base32 | `a`–`z`, `0`–`5` | the same |
//! | base32hex | `0`–`9`, `a`–`v` (RFC 4648) | the same (10 in 32 are likely) |
//! | base64 | letters, digits, `-` `_` `+` `/` `=` (RFC 4648, with and without url, and iodine's `-` `+`) | random and not letters alone, a third or less digits, a sixth or less signs; or both cases, mixed |
//! | words | three quarters letters, the rest digits and hyphens | not random |
//!
//! "Random" is a surprise of [`RANDOM`] or more under the chain of [`super::ngram`]. Zeek writes names in lower case, so base64 is
//! mostly known by letters, digits and few signs without the gaps that base 32 has.

/// Bytes of a label that say something by themselves.
pub const LEAST: usize = 12;
/// Bytes of several shorter labels that do.
pub const LEAST_TOGETHER: usize = 16;
/// The surprise from which text is taken for random, microbits a character: host names of words
/// have about 3 bits, random letters and digits 6.
pub const RANDOM: u32 = 4_600_000;

/// What a name's lower part is written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub enum Encoding {
    /// Too short to tell, or nothing of the others.
    #[default]
    Other,
    /// Words, as hosts are named.
    Words,
    /// A number.
    Digits,
    /// Base 16.
    Hex,
    /// Base 32 of RFC 4648.
    Base32,
    /// Base 32 of RFC 4648 with the extended hex alphabet.
    Base32Hex,
    /// Base 32 as iodine writes it.
    Base32Iodine,
    /// Base 64, any alphabet, also in lower case.
    Base64,
    /// Bytes above 127, as iodine's base 128 has.
    Base128,
}

impl Encoding {
    /// All of them, in order.
    pub const ALL: [Self; 9] = [
        Self::Other,
        Self::Words,
        Self::Digits,
        Self::Hex,
        Self::Base32,
        Self::Base32Hex,
        Self::Base32Iodine,
        Self::Base64,
        Self::Base128,
    ];

    /// Its name in a sentence.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Other => "other",
            Self::Words => "words",
            Self::Digits => "digits",
            Self::Hex => "hex",
            Self::Base32 => "base32",
            Self::Base32Hex => "base32hex",
            Self::Base32Iodine => "iodine's base32",
            Self::Base64 => "base64",
            Self::Base128 => "base128",
        }
    }

    /// Whether it is made to carry bytes: base 16 and above.
    #[must_use]
    pub fn carries_bytes(self) -> bool {
        self >= Self::Hex
    }
}

/// What kinds of bytes there are, as one bit each.
mod kind {
    /// `0` `1`: digits of hex, base32hex, iodine.
    pub const LOW: u16 = 1;
    /// `2`–`5`: digits of all.
    pub const MIDDLE: u16 = 2;
    /// `6` `7`: digits of all but iodine.
    pub const UPPER: u16 = 4;
    /// `8` `9`
    pub const TOP: u16 = 8;
    /// `a`–`f`
    pub const A_F: u16 = 16;
    /// `g`–`v`
    pub const G_V: u16 = 32;
    /// `w`–`z`
    pub const W_Z: u16 = 64;
    /// A capital letter (beside its own kind).
    pub const CAPITAL: u16 = 128;
    /// A small letter (beside its own kind).
    pub const SMALL: u16 = 256;
    /// `-` `_`
    pub const HYPHEN: u16 = 512;
    /// `+` `/` `=`
    pub const SIGN: u16 = 1024;
    /// 0xbc to 0xfd.
    pub const HIGH: u16 = 2048;
    /// Anything else.
    pub const ODD: u16 = 4096;
    /// `a` `e` `i` `o` `u` (beside its own kind).
    pub const VOWEL: u16 = 8192;
}

/// The kinds of a byte.
const KINDS: [u16; 256] = kinds();
static KIND: [u16; 256] = KINDS;

const fn kinds() -> [u16; 256] {
    let mut table = [kind::ODD; 256];
    let mut byte = 0;
    while byte < 256 {
        table[byte] = match byte as u8 {
            b'0' | b'1' => kind::LOW,
            b'2'..=b'5' => kind::MIDDLE,
            b'6' | b'7' => kind::UPPER,
            b'8' | b'9' => kind::TOP,
            b'a'..=b'f' => kind::SMALL | kind::A_F,
            b'g'..=b'v' => kind::SMALL | kind::G_V,
            b'w'..=b'z' => kind::SMALL | kind::W_Z,
            b'A'..=b'F' => kind::CAPITAL | kind::A_F,
            b'G'..=b'V' => kind::CAPITAL | kind::G_V,
            b'W'..=b'Z' => kind::CAPITAL | kind::W_Z,
            b'-' | b'_' => kind::HYPHEN,
            b'+' | b'/' | b'=' => kind::SIGN,
            0xbc..=0xfd => kind::HIGH,
            _ => kind::ODD,
        };
        if let b'a' | b'e' | b'i' | b'o' | b'u' = (byte as u8).to_ascii_lowercase() {
            table[byte] |= kind::VOWEL;
        }
        byte += 1;
    }
    table
}

/// What is counted of bytes: of each a sum of eight bits, side by side in a word.
const COUNTED: [u16; 6] = [
    DIGITS,
    LETTERS,
    kind::HYPHEN | kind::SIGN,
    kind::HIGH,
    kind::SIGN | kind::HIGH | kind::ODD,
    kind::VOWEL,
];

/// What a byte adds to those sums.
static ADDED: [u64; 256] = added();

const fn added() -> [u64; 256] {
    let mut table = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        let mut of = 0;
        while of < COUNTED.len() {
            if KINDS[byte] & COUNTED[of] != 0 {
                table[byte] |= 1 << (8 * of);
            }
            of += 1;
        }
        byte += 1;
    }
    table
}

const DIGITS: u16 = kind::LOW | kind::MIDDLE | kind::UPPER | kind::TOP;
const LETTERS: u16 = kind::A_F | kind::G_V | kind::W_Z;
const CASES: u16 = kind::CAPITAL | kind::SMALL;

/// What a pass over labels counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Looked {
    /// Bytes.
    pub length: usize,
    /// Digits.
    pub digits: usize,
    /// Bytes that a host name does not have: neither letter, digit, hyphen nor underscore.
    pub odd: usize,
    all: u16,
    letters: usize,
    signs: usize,
    high: usize,
    vowels: usize,
    consonant_run: usize,
    /// From a small letter to a capital one or back.
    changes: usize,
    /// From a letter to a digit or back.
    turns: usize,
}

impl Looked {
    /// A label.
    #[must_use]
    pub fn at(label: &[u8]) -> Self {
        let mut looked = Self {
            length: label.len(),
            ..Self::default()
        };
        let (mut before, mut run) = (0, 0);
        // So many bytes fit into a sum of eight bits.
        for piece in label.chunks(255) {
            let mut sums = 0_u64;
            for &byte in piece {
                let kinds = KIND[usize::from(byte)];
                sums += ADDED[usize::from(byte)];
                looked.all |= kinds;
                let both = before | kinds;
                looked.changes += usize::from(both & CASES == CASES);
                looked.turns += usize::from(both & LETTERS != 0 && both & DIGITS != 0);
                let consonant = kinds & LETTERS != 0 && kinds & kind::VOWEL == 0;
                run = if consonant { run + 1 } else { 0 };
                looked.consonant_run = looked.consonant_run.max(run);
                before = kinds;
            }
            looked.take(sums);
        }
        looked
    }

    /// Adds sums in the order of [`COUNTED`].
    fn take(&mut self, sums: u64) {
        let [digits, letters, signs, high, odd, vowels, ..] = sums.to_le_bytes().map(usize::from);
        self.digits += digits;
        self.letters += letters;
        self.signs += signs;
        self.high += high;
        self.odd += odd;
        self.vowels += vowels;
    }

    /// Another label beside it.
    pub fn add(&mut self, other: &Self) {
        self.all |= other.all;
        self.length += other.length;
        self.digits += other.digits;
        self.letters += other.letters;
        self.signs += other.signs;
        self.high += other.high;
        self.odd += other.odd;
        self.vowels += other.vowels;
        self.changes += other.changes;
        self.turns += other.turns;
        self.consonant_run = self.consonant_run.max(other.consonant_run);
    }

    fn has(&self, kinds: u16) -> bool {
        self.all & kinds != 0
    }

    fn only(&self, kinds: u16) -> bool {
        self.all & !(kinds | CASES | kind::VOWEL) == 0
    }

    fn one_case(&self) -> bool {
        self.all & CASES != CASES
    }

    /// Whether `count` is from `low` to `high` sixteenths of the bytes.
    fn sixteenths(&self, count: usize, low: usize, high: usize) -> bool {
        (low * self.length..=high * self.length).contains(&(16 * count))
    }
}

/// The class of labels, by the longest of them (of several the last) and all of them, whose surprise is
/// `surprise` microbits a character.
#[must_use]
pub fn encoding(longest: &Looked, all: &Looked, surprise: u32) -> Encoding {
    let random = surprise >= RANDOM;
    if longest.length >= LEAST {
        class(longest, random)
    } else if all.length >= LEAST_TOGETHER {
        class(all, random)
    } else {
        Encoding::Other
    }
}

fn class(seen: &Looked, random: bool) -> Encoding {
    if seen.sixteenths(seen.high, 2, 16) && seen.only(LETTERS | DIGITS | kind::HIGH) {
        return Encoding::Base128;
    }
    if seen.only(DIGITS | kind::HYPHEN) && seen.sixteenths(seen.digits, 12, 16) {
        return Encoding::Digits;
    }
    if seen.one_case() && seen.only(DIGITS | kind::A_F) && seen.sixteenths(seen.digits, 6, 14) {
        return Encoding::Hex;
    }
    let base32_digits = seen.sixteenths(seen.digits, 1, 8);
    if random && seen.one_case() && seen.only(DIGITS | LETTERS) && base32_digits {
        if !seen.has(kind::LOW | kind::TOP) {
            return Encoding::Base32;
        }
        if !seen.has(kind::UPPER | kind::TOP) {
            return Encoding::Base32Iodine;
        }
        if !seen.has(kind::W_Z) {
            return Encoding::Base32Hex;
        }
    }
    let base64 = seen.only(DIGITS | LETTERS | kind::HYPHEN | kind::SIGN)
        && 3 * seen.digits <= seen.length
        && 6 * seen.signs <= seen.length;
    // A word has its capitals in front: changes of case in a fifth of the steps are no word.
    let letters_alone = seen.only(LETTERS);
    if base64 && (random && !letters_alone || 5 * seen.changes >= seen.length) {
        return Encoding::Base64;
    }
    let words = seen.only(DIGITS | LETTERS | kind::HYPHEN);
    if words && !random && seen.sixteenths(seen.letters, 12, 16) {
        return Encoding::Words;
    }
    Encoding::Other
}

/// How letters, digits and vowels follow each other below the domain.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Shape {
    /// `a` `e` `i` `o` `u`.
    pub vowels: u16,
    /// The other letters.
    pub consonants: u16,
    /// The longest run of consonants within a label.
    pub consonant_run: u8,
    /// How often a digit follows a letter, or a letter a digit, within a label.
    pub alternations: u16,
}

impl Shape {
    /// The shape of labels. A name has at most 255 bytes; what is beyond saturates.
    #[must_use]
    pub fn of(all: &Looked) -> Self {
        let short = |count: usize| u16::try_from(count).unwrap_or(u16::MAX);
        Self {
            vowels: short(all.vowels),
            consonants: short(all.letters - all.vowels),
            consonant_run: u8::try_from(all.consonant_run).unwrap_or(u8::MAX),
            alternations: short(all.turns),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::features::ngram::table;
    use Encoding as E;

    fn all<'a>(labels: impl Iterator<Item = &'a [u8]>) -> Looked {
        let mut all = Looked::default();
        labels.for_each(|label| all.add(&Looked::at(label)));
        all
    }

    fn of(text: &[u8]) -> Encoding {
        let labels = || {
            text.split(|&byte| byte == b'.')
                .filter(|label| !label.is_empty())
        };
        let bits: u64 = labels().map(|label| table().label(label)).sum();
        let characters: usize = labels().map(|label| label.len() + 1).sum();
        let longest = labels().max_by_key(|label| label.len()).unwrap_or_default();
        let surprise = (bits / characters.max(1) as u64) as u32;
        encoding(&Looked::at(longest), &all(labels()), surprise)
    }

    #[test]
    fn known_texts_have_their_class() {
        for (text, class) in [
            (&b"www"[..], E::Other),
            (b"deadbeef", E::Other),
            (b"", E::Other),
            (b"autodiscover-mail", E::Words),
            (b"push-notifications.prod", E::Words),
            (b"configuration", E::Words),
            (b"192-168-001-017", E::Digits),
            (b"2130706433000", E::Digits),
            (b"68656c6c6f20776f726c64", E::Hex),
            (b"68656C6C6F20776F726C64", E::Hex),
            (b"post.1.68656c6c6f20776f726c64.17.2f", E::Hex),
            (b"deadbeefdeadbeef", E::Other),
            (b"nbswy3dpeb3w64tmmqqho2lunbqxg5lgmzxxe5a", E::Base32),
            (b"NBSWY3DPEB3W64TMMQQHO2LUNBQXG5LGMZXXE5A", E::Base32),
            (b"d1imor3f41rmusjccg6srjfdhng5lgc9hm6qo", E::Base32Hex),
            (b"zq0lbxk51tn4vr3pwm2c0gjx5hsd1yq4", E::Base32Iodine),
            (b"aGVsbG8gd29ybGQgd2l0aCBwYXlsb2Fk", E::Base64),
            (b"agvsbg8gd29ybgqgd2l0acbwyxlsb2fk", E::Base64),
            (b"qz9-xk_7vw0pj8dlmr_6tq-ynb1g", E::Base64),
            (b"aB\xbd\xc7x9\xfdQ\xe0Zk\xd1", E::Base128),
        ] {
            assert_eq!(of(text), class, "{}", String::from_utf8_lossy(text));
        }
        // Text in UTF-8 is no base128: its continuing bytes are below 0xbc.
        assert_ne!(of("überraschungsgästehäuser".as_bytes()), E::Base128);
    }

    /// Random bytes in each alphabet are known for what they are, almost always.
    #[test]
    fn random_bytes_in_an_alphabet_have_its_class() {
        let alphabets: [(&[u8], &[Encoding]); 7] = [
            (b"0123456789", &[E::Digits]),
            (b"0123456789abcdef", &[E::Hex]),
            (b"abcdefghijklmnopqrstuvwxyz234567", &[E::Base32]),
            (b"0123456789abcdefghijklmnopqrstuv", &[E::Base32Hex]),
            (b"abcdefghijklmnopqrstuvwxyz012345", &[E::Base32Iodine]),
            (
                b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_",
                &[E::Base64],
            ),
            (
                b"abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyz0123456789-_",
                // In lower case, a short one may lack what base 32 lacks.
                &[E::Base64, E::Base32, E::Base32Hex, E::Base32Iodine],
            ),
        ];
        let mut state = 5_u64;
        for (alphabet, classes) in alphabets {
            for length in [40, 56, 63] {
                let mut right = 0;
                for _ in 0..200 {
                    let text: Vec<u8> = (0..length)
                        .map(|_| {
                            state = state
                                .wrapping_mul(6_364_136_223_846_793_005)
                                .wrapping_add(1_442_695_040_888_963_407);
                            alphabet[(state >> 33) as usize % alphabet.len()]
                        })
                        .collect();
                    right += usize::from(classes.contains(&of(&text)));
                }
                assert!(right >= 180, "{classes:?} {length}: {right} of 200");
            }
        }
    }

    /// The same counts, label by label, by what the words say.
    fn naive(labels: &[&[u8]]) -> Shape {
        let mut shape = Shape::default();
        for label in labels {
            let text: String = label
                .iter()
                .map(|&byte| match byte.to_ascii_lowercase() as char {
                    c @ ('a' | 'e' | 'i' | 'o' | 'u') => c,
                    'a'..='z' => 'x',
                    '0'..='9' => '0',
                    _ => '-',
                })
                .collect();
            shape.vowels += text.matches(|c| "aeiou".contains(c)).count() as u16;
            shape.consonants += text.matches('x').count() as u16;
            let run = text.split(|c| c != 'x').map(str::len).max().unwrap_or(0);
            shape.consonant_run = shape.consonant_run.max(run as u8);
            let steps: Vec<char> = text.chars().collect();
            shape.alternations += steps
                .windows(2)
                .filter(|pair| pair.contains(&'0') && pair.iter().any(char::is_ascii_alphabetic))
                .count() as u16;
        }
        shape
    }

    #[test]
    fn shapes_agree_with_their_definition() {
        let mut state = 3_u64;
        for _ in 0..500 {
            let labels: Vec<Vec<u8>> = (0..3)
                .map(|_| {
                    (0..20)
                        .map(|_| {
                            state = state
                                .wrapping_mul(6_364_136_223_846_793_005)
                                .wrapping_add(1_442_695_040_888_963_407);
                            b"aeiouAEbcdxyzXYZ0123456789-\xff"[(state >> 33) as usize % 28]
                        })
                        .collect()
                })
                .collect();
            let labels: Vec<&[u8]> = labels.iter().map(Vec::as_slice).collect();
            assert_eq!(Shape::of(&all(labels.iter().copied())), naive(&labels));
        }
    }

    /// A count at a time.
    #[test]
    fn counts_agree_with_their_definition() {
        let mut state = 17_u64;
        for length in [0, 1, 2, 30, 63, 254, 255, 256, 700] {
            let label: Vec<u8> = (0..length)
                .map(|_| {
                    state = state
                        .wrapping_mul(6_364_136_223_846_793_005)
                        .wrapping_add(1_442_695_040_888_963_407);
                    b"aeiouAEbcdwxyzXYZ0123456789-_+/=\xbc\xfd\xfe.\x00"
                        [(state >> 33) as usize % 37]
                })
                .collect();
            let looked = Looked::at(&label);
            let count = |is: &dyn Fn(u8) -> bool| label.iter().filter(|byte| is(**byte)).count();
            let pairs = |is: &dyn Fn(u8, u8) -> bool| {
                label.windows(2).filter(|pair| is(pair[0], pair[1])).count()
            };
            assert_eq!(looked.length, length);
            assert_eq!(looked.digits, count(&|byte| byte.is_ascii_digit()));
            assert_eq!(looked.letters, count(&|byte| byte.is_ascii_alphabetic()));
            assert_eq!(looked.signs, count(&|byte| b"-_+/=".contains(&byte)));
            assert_eq!(looked.high, count(&|byte| (0xbc..=0xfd).contains(&byte)));
            let usual = |byte: u8| byte.is_ascii_alphanumeric() || b"-_".contains(&byte);
            assert_eq!(looked.odd, count(&|byte| !usual(byte)));
            let changed = |a: u8, b: u8| {
                (a.is_ascii_lowercase() && b.is_ascii_uppercase())
                    || (a.is_ascii_uppercase() && b.is_ascii_lowercase())
            };
            assert_eq!(looked.changes, pairs(&changed));
        }
    }
}
