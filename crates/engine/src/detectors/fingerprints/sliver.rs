//! Sliver's implant over DNS.
//!
//! Layout (`protobuf/dnspb` and `util/encoders` of the tool): all labels in front of the zone together are one protocol buffer: type (1, a small number),
//! ID (2), start (3), stop (4), size (5) as varints and data (6), in this order, in base 32 with the alphabet
//! `ab1c2d3e4f5g6h7j8k9m0npqrtuvwxyz` where the path changes the case, else in base 58 with Bitcoin's alphabet. Base 58 cannot be read
//! once a log has lower-cased it, and is then left to the model.
//!
//! | asked | score | by chance |
//! |---|---|---|
//! | six names and six of ten in all that are read to their end as such a message | 0.9 | first byte 8, second 1 to 9, third 16 and so on to the end: below 256⁻² × 9/256 a name; six names: below 10⁻³⁶ |

use super::codes::{SLIVER, base32, base58};
use super::{DnsChannel, Looked, Name, Proof};

pub(super) fn proof(_: &DnsChannel, looked: &Looked<'_>) -> Option<Proof> {
    let matched: Vec<usize> = (0..looked.len())
        .filter(|&at| fits(&looked.get(at)))
        .collect();
    if matched.len() < 6 || !looked.share(matched.len(), 60) {
        return None;
    }
    Some(looked.proof(
        "sliver",
        0.9,
        &matched,
        format!(
            "{} of {} names are, in Sliver's base 32 or 58, messages with its fields in their order.",
            matched.len(),
            looked.len()
        ),
    ))
}

fn fits(name: &Name<'_>) -> bool {
    fits_base32(name) || fits_base58(name)
}

/// In upper and lower case, as base 58 is beyond a few characters.
fn fits_base58(name: &Name<'_>) -> bool {
    let written = &name.whole[..name.front.len().min(name.whole.len())];
    name.has_capitals
        && written.len() >= 6
        && written.iter().any(u8::is_ascii_uppercase)
        && written.iter().any(u8::is_ascii_lowercase)
        && base58(written).is_some_and(|bytes| bytes.first() == Some(&8) && is_message(&bytes))
}

fn fits_base32(name: &Name<'_>) -> bool {
    // 8 and 1 to 9 in the alphabet begin with "b".
    if name.front.len() < 6 || name.front[0] != b'b' {
        return false;
    }
    base32(SLIVER, name.front).is_some_and(|bytes| is_message(&bytes))
}

/// Fields 1 to 5 as varints, 6 as bytes, each at most once and in order, to the end; the type and the ID are there.
fn is_message(mut bytes: &[u8]) -> bool {
    let (mut before, mut kind, mut id) = (0, 0, false);
    while let Some((&tag, rest)) = bytes.split_first() {
        let (field, wire) = (tag >> 3, tag & 7);
        let Some((number, rest)) = varint(rest) else {
            return false;
        };
        if field <= before || field > 6 || wire != if field == 6 { 2 } else { 0 } {
            return false;
        }
        match field {
            1 => kind = number,
            2 => id = true,
            6 if number as usize > rest.len() => return false,
            _ => {}
        }
        bytes = if field == 6 {
            &rest[number as usize..]
        } else {
            rest
        };
        before = field;
    }
    id && (1..=9).contains(&kind)
}

fn varint(bytes: &[u8]) -> Option<(u32, &[u8])> {
    let mut number = 0_u64;
    for (at, &byte) in bytes.iter().take(5).enumerate() {
        number |= u64::from(byte & 127) << (7 * at);
        if byte < 128 {
            return Some((u32::try_from(number).ok()?, &bytes[at + 1..]));
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::super::testing::*;
    use super::*;

    fn encoded(bytes: &[u8]) -> String {
        let bits: Vec<u8> = bytes
            .iter()
            .flat_map(|byte| (0..8).rev().map(move |bit| byte >> bit & 1))
            .collect();
        bits.chunks(5)
            .map(|five| {
                let padded =
                    (0..5).fold(0, |sum, at| sum << 1 | five.get(at).copied().unwrap_or(0));
                char::from(SLIVER.characters()[usize::from(padded)])
            })
            .collect()
    }

    /// A message with so many bytes of data.
    fn message(draw: &mut Draw, data: u8) -> Vec<u8> {
        let mut bytes = vec![8, 3, 16];
        bytes.extend([draw.below(128) as u8 | 128, draw.below(128) as u8]);
        bytes.extend([32, 10, 50, data]);
        bytes.extend((0..data).map(|_| draw.below(256) as u8));
        bytes
    }

    #[test]
    fn messages_are_proof_and_random_text_is_not() {
        let mut draw = Draw(6);
        let names = draw.names(8, |draw| {
            format!("{}.example.com", encoded(&message(draw, 10)))
        });
        assert_eq!(first(&names), Some(("sliver".to_owned(), 0.9)));
        let random = draw.names(300, |draw| {
            format!("b{}.example.com", draw.of(&SLIVER.characters(), 39))
        });
        assert_eq!(first(&random), None);
    }

    #[test]
    fn messages_in_base_58_are_proof_while_their_case_is_kept() {
        // One that is written by hand in another language: 08 03 10 ff 01 20 0a 32 03 01 02 03.
        let known = "9mcZ9pkcNy4R8Qpi";
        assert_eq!(
            base58(known.as_bytes()).as_deref().map(is_message),
            Some(true)
        );
        let mut draw = Draw(7);
        let names = draw.names(8, |draw| {
            format!("{}.example.com", encoded_58(&message(draw, 20)))
        });
        assert_eq!(first(&names), Some(("sliver".to_owned(), 0.9)));
        let lower: Vec<String> = names.iter().map(|name| name.to_lowercase()).collect();
        assert_eq!(first(&lower), None);
    }

    fn encoded_58(bytes: &[u8]) -> String {
        let mut digits: Vec<u32> = Vec::new();
        for &byte in bytes {
            let mut carry = u32::from(byte);
            for digit in &mut digits {
                carry += *digit << 8;
                (*digit, carry) = (carry % 58, carry / 58);
            }
            while carry > 0 {
                digits.push(carry % 58);
                carry /= 58;
            }
        }
        let letters = super::super::codes::BASE58;
        let text = digits.iter().rev();
        text.map(|&digit| char::from(letters[digit as usize]))
            .collect()
    }

    #[test]
    fn a_message_has_its_fields_in_order() {
        assert!(is_message(&[8, 3, 16, 1]));
        for wrong in [
            &[][..],
            &[8, 3],
            &[16, 1, 8, 3],
            &[8, 0, 16, 1],
            &[8, 3, 16, 1, 50, 9, 1],
            &[8, 255, 255, 255, 255, 255],
        ] {
            assert!(!is_message(wrong), "{wrong:?}");
        }
    }
}
