//! Characters to bytes, for the rules.
//!
//! In: text, in lower case but for base 58, and an alphabet. Out: bytes. Must not know: tools.

/// Five bits a character.
pub struct Alphabet([u8; 256]);

/// RFC 4648.
pub const BASE32: &Alphabet = &Alphabet::new(b"abcdefghijklmnopqrstuvwxyz234567");
/// iodine's order.
pub const IODINE: &Alphabet = &Alphabet::new(b"abcdefghijklmnopqrstuvwxyz012345");
/// Sliver's: without `s`, `i`, `l` and `o`.
pub const SLIVER: &Alphabet = &Alphabet::new(b"ab1c2d3e4f5g6h7j8k9m0npqrtuvwxyz");

/// The value of a byte that is none of the alphabet's.
const NONE: u8 = u8::MAX;

impl Alphabet {
    const fn new(characters: &[u8; 32]) -> Self {
        let mut values = [NONE; 256];
        let mut at = 0;
        while at < characters.len() {
            values[characters[at] as usize] = at as u8;
            at += 1;
        }
        Self(values)
    }

    /// The characters by their values.
    #[cfg(test)]
    pub fn characters(&self) -> Vec<u8> {
        let of = |value: u8| (0..=255).find(|&byte| self.0[usize::from(byte)] == value);
        (0..32).map(|value| of(value).unwrap()).collect()
    }
}

/// The five bits of a character.
pub fn value(alphabet: &Alphabet, byte: u8) -> Option<u8> {
    let value = alphabet.0[usize::from(byte)];
    (value != NONE).then_some(value)
}

/// The whole bytes of text in base 32 with dots left out; none where another character occurs, or where the
/// bits left over are not zero.
pub fn base32(alphabet: &Alphabet, text: &[u8]) -> Option<Vec<u8>> {
    let (mut bits, mut held) = (0_u32, 0_u32);
    let mut out = Vec::with_capacity(text.len() * 5 / 8);
    for &byte in text.iter().filter(|&&byte| byte != b'.') {
        bits = (bits << 5 | u32::from(value(alphabet, byte)?)) & 0xffff;
        held += 5;
        if held >= 8 {
            held -= 8;
            out.push((bits >> held) as u8);
        }
    }
    (held < 5 && bits & ((1 << held) - 1) == 0).then_some(out)
}

/// Bitcoin's base 58: without `0`, `O`, `I` and `l`.
pub const BASE58: &[u8; 58] = b"123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";

/// The bytes of text in base 58 with dots left out; none where another character occurs. No byte is zero in front: what
/// is asked for here begins with another.
pub fn base58(text: &[u8]) -> Option<Vec<u8>> {
    // The number in 32 bits each, the lowest first.
    let mut number: Vec<u32> = Vec::with_capacity(text.len() / 5 + 1);
    for &byte in text.iter().filter(|&&byte| byte != b'.') {
        let mut carry = BASE58.iter().position(|&known| known == byte)? as u64;
        for part in &mut number {
            carry += u64::from(*part) * 58;
            *part = carry as u32;
            carry >>= 32;
        }
        if carry > 0 {
            number.push(carry as u32);
        }
    }
    let bytes = number.iter().rev().flat_map(|part| part.to_be_bytes());
    Some(bytes.skip_while(|&byte| byte == 0).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_texts_decode() {
        assert_eq!(base32(BASE32, b"nbsw.y3dp").unwrap(), b"hello");
        assert_eq!(base32(IODINE, b"aaaakca").unwrap(), [0, 0, 5, 8]);
        assert_eq!(base32(BASE32, b"nbswy3d1"), None);
        assert_eq!(base32(BASE32, b"b"), None);
        assert_eq!(base32(BASE32, b""), Some(Vec::new()));
        // From the draft on base 58 (draft-msporny-base58-03, section 5).
        assert_eq!(
            base58(b"2NEpo7TZRRrLZS.i2U").as_deref(),
            Some(&b"Hello World!"[..])
        );
        assert_eq!(base58(b"2NEpo0"), None);
    }
}
