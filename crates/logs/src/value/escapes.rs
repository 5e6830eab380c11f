//! Escapes: Zeek's (`\xHH` and `\\`) and JSON's.
//!
//! In: escaped text. Out: its bytes, or how many they are. Must not know: what field it is.

use std::borrow::Cow;

/// Appends `text` to `out` with each `\xHH` as the byte that it stands for. Zeek writes the
/// backslash itself as `\x5c` or `\\`.
pub(crate) fn unescape(text: &[u8], out: &mut Vec<u8>) {
    let mut rest = text;
    while let Some(at) = memchr::memchr(b'\\', rest) {
        out.extend_from_slice(&rest[..at]);
        rest = &rest[at..];
        let (byte, length) = escape(rest);
        out.push(byte);
        rest = &rest[length..];
    }
    out.extend_from_slice(rest);
}

/// The byte at the start of `text`, which begins with a backslash, and how long it is written.
fn escape(text: &[u8]) -> (u8, usize) {
    match text {
        [_, b'x', high, low, ..] => match (hex(*high), hex(*low)) {
            (Some(high), Some(low)) => (high * 16 + low, 4),
            _ => (b'\\', 1),
        },
        [_, b'\\', ..] => (b'\\', 2),
        _ => (b'\\', 1),
    }
}

fn hex(digit: u8) -> Option<u8> {
    char::from(digit).to_digit(16).map(|value| value as u8)
}

/// How many bytes `text` has once its escapes are decoded.
pub(super) fn unescaped_len(text: &[u8]) -> usize {
    let mut length = text.len();
    let mut rest = text;
    while let Some(at) = memchr::memchr(b'\\', rest) {
        let (_, written) = escape(&rest[at..]);
        length -= written - 1;
        rest = &rest[at + written..];
    }
    length
}

/// A JSON value's text: of a string what is between the quotes, decoded.
pub(crate) fn json_string(text: &str) -> Cow<'_, [u8]> {
    match text
        .strip_prefix('"')
        .and_then(|text| text.strip_suffix('"'))
    {
        None => Cow::Borrowed(text.as_bytes()),
        Some(inner) if !inner.contains('\\') => Cow::Borrowed(inner.as_bytes()),
        Some(inner) => match serde_json::from_str::<String>(text) {
            Ok(decoded) => Cow::Owned(decoded.into_bytes()),
            // A lone surrogate: valid as JSON's grammar has it, and no text.
            Err(_) => Cow::Borrowed(inner.as_bytes()),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_decode_once_and_lengths_agree() {
        for (text, bytes) in [
            (r"a\xffb", &b"a\xffb"[..]),
            (r"\x5cx41", br"\x41"),
            (r"\\x41", br"\x41"),
            (r"\xg1\", br"\xg1\"),
            (r"\x4", br"\x4"),
        ] {
            let mut out = Vec::new();
            unescape(text.as_bytes(), &mut out);
            assert_eq!(out, bytes, "{text}");
            assert_eq!(unescaped_len(text.as_bytes()), bytes.len(), "{text}");
        }
    }
}
