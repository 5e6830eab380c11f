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
}

/// The kinds of a byte.
static KINDS: [u16; 256] = kinds();

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
        byte += 1;
    }
    table
}

const DIGITS: u16 = kind::LOW | kind::MIDDLE | kind::UPPER | kind::TOP;
const LETTERS: u16 = kind::A_F | kind::G_V | kind::W_Z;
const CASES: u16 = kind::CAPITAL | kind::SMALL;

/// Bytes seen, by what the rules ask of them.
#[derive(Debug, Clone, Copy, Default)]
struct Seen {
    all: u16,
    length: usize,
    digits: usize,
    letters: usize,
    signs: usize,
    high: usize,
    changes: usize,
}

impl Seen {
    fn add(&mut self, label: &[u8]) {
        let mut before = 0;
        for &byte in label {
            let kinds = KINDS[usize::from(byte)];
            self.all |= kinds;
            self.digits += usize::from(kinds & DIGITS != 0);
            self.letters += usize::from(kinds & LETTERS != 0);
            self.signs += usize::from(kinds & (kind::HYPHEN | kind::SIGN) != 0);
            self.high += usize::from(kinds & kind::HIGH != 0);
            // From a small letter to a capital one or back.
            self.changes += usize::from((before | kinds) & CASES == CASES);
            before = kinds;
        }
        self.length += label.len();
    }

    fn has(&self, kinds: u16) -> bool {
        self.all & kinds != 0
    }

    fn only(&self, kinds: u16) -> bool {
        self.all & !(kinds | CASES) == 0
    }

    fn one_case(&self) -> bool {
        self.all & CASES != CASES
    }

    /// Whether `count` is from `low` to `high` sixteenths of the bytes.
    fn sixteenths(&self, count: usize, low: usize, high: usize) -> bool {
        (low * self.length..=high * self.length).contains(&(16 * count))
    }
}

/// The class of labels (none empty) whose surprise is `surprise` microbits a character.
pub fn encoding<'a>(labels: impl Iterator<Item = &'a [u8]> + Clone, surprise: u32) -> Encoding {
    let longest = labels
        .clone()
        .max_by_key(|label| label.len())
        .unwrap_or_default();
    let mut seen = Seen::default();
    if longest.len() >= LEAST {
        seen.add(longest);
    } else {
        labels.for_each(|label| seen.add(label));
        if seen.length < LEAST_TOGETHER {
            return Encoding::Other;
        }
    }
    class(&seen, surprise >= RANDOM)
}

fn class(seen: &Seen, random: bool) -> Encoding {
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
    /// Adds a label. A name has at most 255 bytes; what is beyond saturates.
    pub fn add(&mut self, label: &[u8]) {
        let (mut run, mut before) = (0_u8, 0);
        for &byte in label {
            let kinds = KINDS[usize::from(byte)];
            let vowel =
                matches!(byte | 0x20, b'a' | b'e' | b'i' | b'o' | b'u') && kinds & LETTERS != 0;
            if kinds & LETTERS != 0 && !vowel {
                self.consonants = self.consonants.saturating_add(1);
                run = run.saturating_add(1);
                self.consonant_run = self.consonant_run.max(run);
            } else {
                self.vowels = self.vowels.saturating_add(u16::from(vowel));
                run = 0;
            }
            let both = before | kinds;
            let turned = both & LETTERS != 0 && both & DIGITS != 0;
            self.alternations = self.alternations.saturating_add(u16::from(turned));
            before = kinds;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::features::ngram::table;
    use Encoding as E;

    fn of(text: &[u8]) -> Encoding {
        let labels = || {
            text.split(|&byte| byte == b'.')
                .filter(|label| !label.is_empty())
        };
        let bits: u64 = labels().map(|label| table().label(label)).sum();
        let characters: usize = labels().map(|label| label.len() + 1).sum();
        encoding(labels(), (bits / characters.max(1) as u64) as u32)
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
            let mut shape = Shape::default();
            labels.iter().for_each(|label| shape.add(label));
            assert_eq!(shape, naive(&labels));
        }
    }
}
