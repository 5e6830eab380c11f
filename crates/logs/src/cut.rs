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
    let mut each_of = |start: usize, mut places: u64| {
        while places != 0 {
            each(start + places.trailing_zeros() as usize);
            places &= places - 1;
        }
    };
    let (blocks, rest) = text.as_chunks();
    for (at, block) in blocks.iter().enumerate() {
        each_of(at * BLOCK, in_block(byte, block));
    }
    if !rest.is_empty() {
        each_of(text.len() - rest.len(), in_rest(byte, text, rest.len()));
    }
}

/// Whether `byte` stands anywhere in short text.
#[inline]
pub(crate) fn has(byte: u8, text: &[u8]) -> bool {
    let (blocks, rest) = text.as_chunks();
    let met = |block| in_block(byte, block) != 0;
    blocks.iter().any(met) || (!rest.is_empty() && in_rest(byte, text, rest.len()) != 0)
}

/// The places in the last bytes of the text, fewer than a block: they are looked at together with bytes
/// before them.
#[inline]
fn in_rest(byte: u8, text: &[u8], length: usize) -> u64 {
    match text.last_chunk() {
        Some(block) => in_block(byte, block) >> (BLOCK - length),
        None => in_short(byte, text),
    }
}

/// Bit n is set where `byte` stands n bytes behind the block's beginning.
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
fn in_short(byte: u8, text: &[u8]) -> u64 {
    let length = text.len();
    if let Some(last) = text.last_chunk() {
        let (quarters, _) = text.as_chunks();
        let places = in_quarter(byte, *last) << (length - 16);
        quarters
            .iter()
            .enumerate()
            .fold(places, |places, (at, quarter)| {
                places | in_quarter(byte, *quarter) << (16 * at)
            })
    } else if let (Some(first), Some(last)) = (text.first_chunk(), text.last_chunk()) {
        let (first, last) = (u64::from_le_bytes(*first), u64::from_le_bytes(*last));
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

/// Finds the quotes in JSON without escapes, and says whether it is ASCII alone; `None` where there is a
/// backslash or a control character.
pub(crate) fn quotes(text: &[u8], places: &mut Vec<u32>) -> Option<bool> {
    places.clear();
    let (mut stops, mut all) = (u8x16::splat(0), u8x16::splat(0));
    let mut block_at = |start: usize, block: &[u8; BLOCK]| {
        let (quarters, _) = block.as_chunks::<16>();
        for quarter in quarters {
            let bytes = u8x16::new(*quarter);
            stops |= bytes.min(u8x16::splat(0x1f)).simd_eq(bytes);
            stops |= bytes.simd_eq(u8x16::splat(b'\\'));
            all |= bytes;
        }
        let mut found = in_block(b'"', block);
        while found != 0 {
            places.push((start + found.trailing_zeros() as usize) as u32);
            found &= found - 1;
        }
    };
    let (blocks, rest) = text.as_chunks();
    for (at, block) in blocks.iter().enumerate() {
        block_at(at * BLOCK, block);
    }
    let mut last = [b' '; BLOCK];
    last[..rest.len()].copy_from_slice(rest);
    block_at(text.len() - rest.len(), &last);
    (stops.to_bitmask() == 0).then(|| all.to_bitmask() == 0)
}

/// Where the text of a JSON string ends, if it has no escapes: at a quote before which there is neither a
/// backslash nor a control character.
#[inline]
pub(crate) fn string_end(text: &[u8]) -> Option<usize> {
    let mut at = 0;
    while let Some(quarter) = text[at..].first_chunk::<16>() {
        let bytes = u8x16::new(*quarter);
        let control = bytes.min(u8x16::splat(0x1f)).simd_eq(bytes);
        let quote = bytes.simd_eq(u8x16::splat(b'"'));
        let stops = (control | quote | bytes.simd_eq(u8x16::splat(b'\\'))).to_bitmask();
        if stops != 0 {
            at += stops.trailing_zeros() as usize;
            return (text[at] == b'"').then_some(at);
        }
        at += 16;
    }
    let stop = |&byte: &u8| byte < 0x20 || matches!(byte, b'"' | b'\\');
    at += text[at..].iter().position(stop)?;
    (text[at] == b'"').then_some(at)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_string_ends_at_its_quote() {
        for length in 0..70 {
            for stop in (0..=255_u8).filter(|&byte| byte != b'"') {
                let mut text = vec![b'x'; length];
                text.push(stop);
                assert_eq!(string_end(&text), None);
                text.extend_from_slice(b"y\" more");
                let goes_on = stop >= 0x20 && stop != b'\\';
                assert_eq!(string_end(&text), goes_on.then_some(length + 2), "{stop}");
            }
            let text = [&vec![0x80; length], &b"\"\n"[..]].concat();
            assert_eq!(string_end(&text), Some(length));
        }
    }

    #[test]
    fn quotes_are_found_where_nothing_is_escaped() {
        for length in [0, 1, 15, 16, 63, 64, 65, 130] {
            let plain: Vec<u8> = (0..length)
                .map(|at| {
                    if at % 5 == 1 {
                        b'"'
                    } else {
                        b' ' + (at % 90) as u8 % 58
                    }
                })
                .collect();
            let naive: Vec<u32> = (0..length as u32)
                .filter(|&at| plain[at as usize] == b'"')
                .collect();
            let mut places = vec![7];
            assert_eq!(quotes(&plain, &mut places), Some(true));
            assert_eq!(places, naive);
            for at in 0..length {
                for byte in 0..=255 {
                    let mut text = plain.clone();
                    text[at] = byte;
                    let stops = byte < 0x20 || byte == b'\\';
                    assert_eq!(quotes(&text, &mut places), (!stops).then_some(byte < 0x80));
                }
            }
        }
    }

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
