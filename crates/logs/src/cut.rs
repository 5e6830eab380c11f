//! Short text cut at a byte.
//!
//! In: a line or a list, and the byte between its parts. Out: where that byte stands. Must not know: what
//! the parts are.

/// Calls `each` with every place of `byte` in `text`, in order. Fields are shorter than what a search by
/// wide vectors pays for at every field: eight bytes are compared at a time, all the way through.
pub(crate) fn each_place(byte: u8, text: &[u8], mut each: impl FnMut(usize)) {
    const LOW: u64 = 0x7f7f_7f7f_7f7f_7f7f;
    let pattern = u64::from_ne_bytes([byte; 8]);
    let (words, rest) = text.as_chunks::<8>();
    let mut at = 0;
    for word in words {
        let word = u64::from_le_bytes(*word);
        let differs = word ^ pattern;
        // The top bit of each byte that does not differ: exact, as no sum carries into the next byte.
        let mut places = !(((differs & LOW) + LOW) | differs | LOW);
        while places != 0 {
            each(at + (places.trailing_zeros() / 8) as usize);
            places &= places - 1;
        }
        at += 8;
    }
    for (offset, &other) in rest.iter().enumerate() {
        if other == byte {
            each(at + offset);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_of_a_byte_are_those_that_a_plain_search_finds() {
        let mut state = 3_u64;
        for length in 0..200_usize {
            let text: Vec<u8> = (0..length)
                .map(|_| {
                    state = state
                        .wrapping_mul(6_364_136_223_846_793_005)
                        .wrapping_add(1);
                    [b'\t', 8, 10, 0x89, 0, 0xff, b'a', b'\t'][(state >> 61) as usize]
                })
                .collect();
            let mut found = Vec::new();
            each_place(b'\t', &text, |at| found.push(at));
            let naive: Vec<usize> = (0..length).filter(|&at| text[at] == b'\t').collect();
            assert_eq!(found, naive);
        }
    }
}
