//! Characters back to bytes.
//!
//! In: characters of a name, an alphabet. Out: bytes, whole ones. Must not know: formats, channels.

/// An alphabet that bytes may be written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Codec {
    /// Base 16.
    Hex,
    /// Base 32 of RFC 4648.
    Base32,
    /// Base 32 of RFC 4648, extended hex.
    Base32Hex,
    /// Base 32 in iodine's order.
    Base32Iodine,
    /// Base 64 of RFC 4648, both sets of signs.
    Base64,
    /// iodine's base 128.
    Base128,
}

impl Codec {
    /// All, the narrowest first.
    pub const ALL: [Self; 6] = [
        Self::Hex,
        Self::Base32,
        Self::Base32Hex,
        Self::Base32Iodine,
        Self::Base64,
        Self::Base128,
    ];

    /// Its name in a report.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Hex => "hex",
            Self::Base32 => "base32",
            Self::Base32Hex => "base32hex",
            Self::Base32Iodine => "iodine's base32",
            Self::Base64 => "base64",
            Self::Base128 => "base128",
        }
    }

    /// Bits a character.
    #[must_use]
    pub fn bits(self) -> u32 {
        match self {
            Self::Hex => 4,
            Self::Base32 | Self::Base32Hex | Self::Base32Iodine => 5,
            Self::Base64 => 6,
            Self::Base128 => 7,
        }
    }

    /// Whether a log in lower case has lost what it says.
    #[must_use]
    pub fn needs_case(self) -> bool {
        matches!(self, Self::Base64 | Self::Base128)
    }

    /// The bits of a character.
    #[must_use]
    pub fn value(self, byte: u8) -> Option<u8> {
        let lower = byte.to_ascii_lowercase();
        Some(match self {
            Self::Hex => (byte as char).to_digit(16)? as u8,
            Self::Base32 => match lower {
                b'a'..=b'z' => lower - b'a',
                b'2'..=b'7' => lower - b'2' + 26,
                _ => return None,
            },
            Self::Base32Hex => match lower {
                b'0'..=b'9' => lower - b'0',
                b'a'..=b'v' => lower - b'a' + 10,
                _ => return None,
            },
            Self::Base32Iodine => match lower {
                b'a'..=b'z' => lower - b'a',
                b'0'..=b'5' => lower - b'0' + 26,
                _ => return None,
            },
            Self::Base64 => match byte {
                b'A'..=b'Z' => byte - b'A',
                b'a'..=b'z' => byte - b'a' + 26,
                b'0'..=b'9' => byte - b'0' + 52,
                b'+' | b'-' => 62,
                b'/' | b'_' => 63,
                _ => return None,
            },
            Self::Base128 => match byte {
                b'a'..=b'z' => byte - b'a',
                b'A'..=b'Z' => byte - b'A' + 26,
                b'0'..=b'9' => byte - b'0' + 52,
                0xbc..=0xfd => byte - 0xbc + 62,
                _ => return None,
            },
        })
    }

    /// The whole bytes of text; what is left of less than a byte is dropped. None where a character is not in the
    /// alphabet (padding at the end is).
    #[must_use]
    pub fn decode(self, text: &[u8]) -> Option<Vec<u8>> {
        let end = text
            .iter()
            .rposition(|&byte| byte != b'=')
            .map_or(0, |at| at + 1);
        let (mut held, mut bits) = (0_u32, 0_u32);
        let mut out = Vec::with_capacity(text.len());
        for &byte in &text[..end] {
            bits = (bits << self.bits() | u32::from(self.value(byte)?)) & 0xffff;
            held += self.bits();
            if held >= 8 {
                held -= 8;
                out.push((bits >> held) as u8);
            }
        }
        Some(out)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_texts_decode() {
        for (codec, text) in [
            (Codec::Hex, &b"68656C6c6f"[..]),
            (Codec::Base32, b"NBSWY3dp"),
            (Codec::Base32Hex, b"d1imor3f"),
            (Codec::Base32Iodine, b"nbswy1dp"),
            (Codec::Base64, b"aGVsbG8="),
        ] {
            assert_eq!(codec.decode(text).unwrap(), b"hello", "{}", codec.name());
        }
        assert_eq!(Codec::Hex.decode(b"6x"), None);
        assert_eq!(Codec::Base64.decode(b""), Some(Vec::new()));
    }
}
