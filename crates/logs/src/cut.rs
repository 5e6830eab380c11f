//! Text cut at a byte.
//!
//! In: text, and the byte between its parts. Out: where that byte stands. Must not know: what the parts
//! are.

use wide::u8x16;

/// Bytes that are compared in one go: as many as a mask has bits.
const BLOCK: usize = 64;

/// Calls `each` with every place of `byte` in `text`, in order. Parts are short (a field has 9 bytes, a
/// line 200): a search that begins anew at every part takes longer than masks of what is found in 64 bytes,
/// whose bits are taken off one by one.
#[inline]
pub(crate) fn each_place(byte: u8, text: &[u8], mut each: impl FnMut(usize)) {
    let mut start = 0;
    while start < text.len() {
        let mut places = places(byte, text, start);
        while places != 0 {
            each(start + places.trailing_zeros() as usize);
            places &= places - 1;
        }
        start += BLOCK;
    }
}

/// Whether `byte` stands anywhere in short text.
#[inline]
pub(crate) fn has(byte: u8, text: &[u8]) -> bool {
    (0..text.len())
        .step_by(BLOCK)
        .any(|start| places(byte, text, start) != 0)
}

/// Bit n is set where `byte` stands n bytes behind `start`, which is within the text; 64 bytes are looked at.
#[inline]
fn places(byte: u8, text: &[u8], start: usize) -> u64 {
    let rest = &text[start..];
    if let Some(block) = rest.first_chunk() {
        in_block(byte, block)
    } else if let Some(block) = text.last_chunk() {
        // The text's end is looked at together with bytes before it.
        in_block(byte, block) >> (BLOCK - rest.len())
    } else {
        in_short(byte, rest)
    }
}

#[inline]
fn in_block(byte: u8, block: &[u8; BLOCK]) -> u64 {
    let (quarters, _) = block.as_chunks::<16>();
    quarters.iter().rev().fold(0, |places, quarter| {
        places << 16 | in_quarter(byte, *quarter)
    })
}

#[inline]
fn in_quarter(byte: u8, quarter: [u8; 16]) -> u64 {
    let equal = u8x16::new(quarter).simd_eq(u8x16::splat(byte));
    u64::from(equal.to_bitmask())
}

/// Of text that is shorter than a block: its end is looked at together with bytes before it as well.
#[inline]
fn in_short(byte: u8, text: &[u8]) -> u64 {
    let length = text.len();
    if let Some(last) = text.last_chunk() {
        let (quarters, _) = text.as_chunks();
        quarters.iter().enumerate().fold(
            in_quarter(byte, *last) << (length - 16),
            |places, (at, quarter)| places | in_quarter(byte, *quarter) << (16 * at),
        )
    } else if let (Some(first), Some(last)) = (text.first_chunk(), text.last_chunk()) {
        let [first, last]: [u64; 2] = [first, last].map(|word| u64::from_le_bytes(*word));
        let both = in_quarter(
            byte,
            (u128::from(last) << 64 | u128::from(first)).to_le_bytes(),
        );
        both & 0xff | both >> 8 << (length - 8)
    } else {
        text.iter()
            .rev()
            .fold(0, |places, &other| places << 1 | u64::from(other == byte))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_of_a_byte_are_those_that_a_plain_search_finds() {
        let mut state = 3_u64;
        for length in (0..300_usize).chain([1000, 4096, 10_007]) {
            for share in [1, 3, 7] {
                let text: Vec<u8> = (0..length)
                    .map(|_| {
                        state = state
                            .wrapping_mul(6_364_136_223_846_793_005)
                            .wrapping_add(1);
                        let other = [b'\t', 8, 10, 0x89, 0, 0xff, b'a', b'\t'];
                        other[((state >> 61) % (share + 1)) as usize]
                    })
                    .collect();
                for byte in [b'\t', 0, 0xff, b'x'] {
                    let mut found = Vec::new();
                    each_place(byte, &text, |at| found.push(at));
                    let naive: Vec<usize> = (0..length).filter(|&at| text[at] == byte).collect();
                    assert_eq!(found, naive);
                    assert_eq!(has(byte, &text), text.contains(&byte));
                }
            }
        }
    }
}
