//! In: bytes. Out: the characters that carry them in a name or in an answer.
//!
//! Must not know: tools, rows.

use crate::names::WORDS;

/// How a tunnel turns bytes into characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encoding {
    /// Two digits a byte.
    Hex,
    /// Five bits a character, `a`–`z` and `2`–`7`.
    Base32,
    /// Five bits a character in iodine's order, `a`–`z` and `0`–`5`.
    Base32Iodine,
    /// Base 58 of blocks of eight bytes, eleven characters each.
    Base58,
    /// Six bits a character with `+` and `/`.
    Base64,
    /// Six bits a character with `-` and `_`.
    Base64Url,
    /// Seven bits a character, half of them above 127, as iodine does.
    Base128,
    /// Seven bits a word of [`WORDS`], hyphens between.
    Words,
}

const HEX: &[u8] = b"0123456789abcdef";
const BASE32: &[u8] = b"abcdefghijklmnopqrstuvwxyz234567";
const BASE32_IODINE: &[u8] = b"abcdefghijklmnopqrstuvwxyz012345";
const BASE58: &[u8] = b"123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
const BASE64: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
const BASE64_URL: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/// Every encoding with the word that names it.
pub const ENCODINGS: [(&str, Encoding); 8] = [
    ("hex", Encoding::Hex),
    ("base32", Encoding::Base32),
    ("base32iodine", Encoding::Base32Iodine),
    ("base58", Encoding::Base58),
    ("base64", Encoding::Base64),
    ("base64url", Encoding::Base64Url),
    ("base128", Encoding::Base128),
    ("words", Encoding::Words),
];

impl Encoding {
    /// The characters of `bytes`. Without padding; mixed case where the encoding is.
    #[must_use]
    pub fn encode(self, bytes: &[u8]) -> Vec<u8> {
        match self {
            Self::Hex => groups(bytes, 4).map(|g| HEX[g]).collect(),
            Self::Base32 => groups(bytes, 5).map(|g| BASE32[g]).collect(),
            Self::Base32Iodine => groups(bytes, 5).map(|g| BASE32_IODINE[g]).collect(),
            Self::Base64 => groups(bytes, 6).map(|g| BASE64[g]).collect(),
            Self::Base64Url => groups(bytes, 6).map(|g| BASE64_URL[g]).collect(),
            Self::Base128 => groups(bytes, 7).map(base128).collect(),
            Self::Base58 => bytes.chunks(8).flat_map(base58).collect(),
            Self::Words => {
                let words: Vec<&str> = groups(bytes, 7).map(|g| WORDS[g]).collect();
                words.join("-").into_bytes()
            }
        }
    }

    /// How many bytes are sure to fit into `room` characters.
    #[must_use]
    pub fn capacity(self, room: usize) -> usize {
        match self {
            Self::Hex => room / 2,
            Self::Base32 | Self::Base32Iodine => room * 5 / 8,
            Self::Base58 => room / 11 * 8,
            Self::Base64 | Self::Base64Url => room * 3 / 4,
            Self::Base128 => room * 7 / 8,
            // The longest word and its hyphen take eight characters for seven bits.
            Self::Words => room / 8 * 7 / 8,
        }
    }
}

/// The bits of `bytes` in groups of `width`, the last filled up with zeros.
fn groups(bytes: &[u8], width: usize) -> impl Iterator<Item = usize> + '_ {
    let total = (bytes.len() * 8).div_ceil(width);
    (0..total).map(move |index| {
        (index * width..(index + 1) * width).fold(0, |group, bit| {
            let byte = bytes.get(bit / 8).copied().unwrap_or(0);
            (group << 1) | usize::from((byte >> (7 - bit % 8)) & 1)
        })
    })
}

/// iodine's alphabet of 128: letters, digits, and the bytes from 0xbc to 0xfd.
fn base128(group: usize) -> u8 {
    match group {
        0..=25 => b'a' + group as u8,
        26..=51 => b'A' + (group - 26) as u8,
        52..=61 => b'0' + (group - 52) as u8,
        _ => 0xbc + (group - 62) as u8,
    }
}

fn base58(block: &[u8]) -> Vec<u8> {
    let mut value = block
        .iter()
        .fold(0_u128, |sum, byte| (sum << 8) | u128::from(*byte));
    // Characters that the block needs: 8 bits are 1.37 of them.
    let length = (block.len() * 138).div_ceil(100).min(11);
    let mut out = vec![b'1'; length];
    for place in out.iter_mut().rev() {
        *place = BASE58[(value % 58) as usize];
        value /= 58;
    }
    out
}

/// Put a dot after every `width` bytes, so that no label is longer.
#[must_use]
pub fn dotted(text: &[u8], width: usize) -> Vec<u8> {
    let parts: Vec<&[u8]> = text.chunks(width.clamp(1, 63)).collect();
    parts.join(&b'.')
}

/// How many characters fit into `room` bytes once a dot stands after every `width`.
#[must_use]
pub fn undotted(room: usize, width: usize) -> usize {
    room - room.div_ceil(width + 1).min(room)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn encodings_of_known_bytes() {
        let hello = b"hello";
        assert_eq!(Encoding::Hex.encode(hello), b"68656c6c6f");
        assert_eq!(Encoding::Base32.encode(hello), b"nbswy3dp");
        assert_eq!(Encoding::Base64.encode(hello), b"aGVsbG8");
        assert_eq!(Encoding::Base64Url.encode(&[0xfb, 0xff]), b"-_8");
    }

    #[test]
    fn what_fits_by_capacity_fits() {
        for (name, encoding) in ENCODINGS {
            for room in 0..240 {
                let bytes = vec![0xa7; encoding.capacity(room)];
                let length = encoding.encode(&bytes).len();
                assert!(length <= room, "{name}: {length} in {room}");
            }
        }
    }

    #[test]
    fn dots_keep_labels_short() {
        for room in 0..250 {
            let text = vec![b'x'; undotted(room, 57)];
            let name = dotted(&text, 57);
            assert!(name.len() <= room);
            assert!(name.split(|b| *b == b'.').all(|label| label.len() <= 57));
        }
    }
}
