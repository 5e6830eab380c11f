//! A hash of bytes that is the same on every machine and in every table.
//!
//! In: bytes. Out: 64 bits, the first as good as the last: samples are taken by them. Must not know:
//! what is hashed. Tables within one analysis use a faster one.

/// A hash of bytes that is the same on every machine: 8 bytes at a time, multiplied and folded.
#[must_use]
pub fn mixed(bytes: &[u8]) -> u64 {
    const K: u64 = 0x9e37_79b9_7f4a_7c15;
    let mut hash = K ^ bytes.len() as u64;
    let (words, rest) = bytes.as_chunks::<8>();
    for word in words {
        hash = (hash ^ u64::from_le_bytes(*word)).wrapping_mul(K);
        hash ^= hash >> 32;
    }
    let rest = match bytes.last_chunk() {
        // The bytes before the rest were taken already: they are moved out.
        Some(last) if !rest.is_empty() => u64::from_le_bytes(*last) >> (64 - 8 * rest.len()),
        _ => rest
            .iter()
            .rev()
            .fold(0, |word, &byte| word << 8 | u64::from(byte)),
    };
    hash = (hash ^ rest).wrapping_mul(K);
    hash ^= hash >> 29;
    hash = hash.wrapping_mul(0xbf58_476d_1ce4_e5b9);
    hash ^ (hash >> 32)
}

/// Where a text has its place in a table of what came last, by its last bits: of a long text, by its length, its
/// beginning, its middle and its end. Texts that differ elsewhere share a place, and take it from each other.
#[inline]
#[must_use]
pub fn place(text: &[u8]) -> usize {
    const K: [u64; 3] = [
        0x9e37_79b9_7f4a_7c15,
        0xbf58_476d_1ce4_e5b9,
        0x94d0_49bb_1331_11eb,
    ];
    let middle = text.len().saturating_sub(8) / 2;
    let words = match (
        text.first_chunk(),
        text[middle..].first_chunk(),
        text.last_chunk(),
    ) {
        (Some(first), Some(middle), Some(last)) => [*first, *middle, *last].map(u64::from_le_bytes),
        _ => [
            text.iter()
                .fold(0, |word, &byte| word << 8 | u64::from(byte)),
            0,
            0,
        ],
    };
    let [first, middle, last] = words;
    let mixed = (first ^ text.len() as u64).wrapping_mul(K[0])
        ^ middle.wrapping_mul(K[1])
        ^ last.wrapping_mul(K[2]);
    ((mixed ^ mixed >> 32).wrapping_mul(K[0]) >> 32) as usize
}

/// Whether two texts are the same, 8 bytes at a time: what compares bytes in wasm goes one by one.
#[inline(always)]
#[must_use]
pub fn same(a: &[u8], b: &[u8]) -> bool {
    if a.len() != b.len() {
        return false;
    }
    let (words, rest) = a.as_chunks::<8>();
    let (others, other_rest) = b.as_chunks::<8>();
    let alike = |a: &[u8; 8], b: &[u8; 8]| u64::from_le_bytes(*a) == u64::from_le_bytes(*b);
    if !words.iter().zip(others).all(|(a, b)| alike(a, b)) {
        return false;
    }
    match (a.last_chunk(), b.last_chunk()) {
        // Some of its bytes were compared already.
        (Some(a), Some(b)) => alike(a, b),
        _ => rest.iter().zip(other_rest).all(|(a, b)| a == b),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Byte by byte.
    fn naive(bytes: &[u8]) -> u64 {
        const K: u64 = 0x9e37_79b9_7f4a_7c15;
        let word = |bytes: &[u8]| {
            (0..)
                .zip(bytes)
                .fold(0, |w, (n, &b)| w | u64::from(b) << (8 * n))
        };
        let whole = bytes.len() / 8 * 8;
        let mut hash = K ^ bytes.len() as u64;
        for chunk in bytes[..whole].chunks(8) {
            hash = (hash ^ word(chunk)).wrapping_mul(K);
            hash ^= hash >> 32;
        }
        hash = (hash ^ word(&bytes[whole..])).wrapping_mul(K);
        hash ^= hash >> 29;
        hash = hash.wrapping_mul(0xbf58_476d_1ce4_e5b9);
        hash ^ (hash >> 32)
    }

    #[test]
    fn bytes_of_any_number_are_hashed_as_one_by_one() {
        let bytes: Vec<u8> = (0..100_u32).map(|n| (n * 151 % 256) as u8).collect();
        for from in 0..8 {
            for to in from..100 {
                assert_eq!(
                    mixed(&bytes[from..to]),
                    naive(&bytes[from..to]),
                    "{from} {to}"
                );
            }
        }
    }

    #[test]
    fn texts_that_differ_have_places_all_over_a_table() {
        for text in [
            &|n| format!("{n}"),
            &|n| format!("host-{n}.example.com"),
            &|n| format!("10.{}.{}.7", n / 256, n % 256),
        ] as [&dyn Fn(u32) -> String; 3]
        {
            let places = (0..4096).map(|n| place(text(n).as_bytes()) % 1024);
            let distinct = places.collect::<std::collections::BTreeSet<_>>().len();
            // Four a place at random leave one in fifty empty.
            assert!(distinct > 950, "{} {distinct}", text(0));
        }
    }

    #[test]
    fn texts_are_the_same_where_no_byte_differs() {
        let bytes: Vec<u8> = (0..40_u8).collect();
        for len in 0..40 {
            let text = &bytes[..len];
            assert!(same(text, text));
            assert!(!same(text, &bytes[..len + 1]));
            for at in 0..len {
                let mut other = text.to_vec();
                other[at] ^= 1;
                assert!(!same(text, &other), "{at} of {len}");
            }
        }
    }

    #[test]
    fn a_hash_is_what_it_always_was_and_its_ends_are_even() {
        for (text, hash) in [
            ("", 0x4912_7491_317e_cde6),
            ("192.0.2.1", 0x9444_28ee_f9de_44d3),
            ("a.name.of.many.bytes.example", 0x3508_d923_dd80_046d),
        ] {
            assert_eq!(
                mixed(text.as_bytes()),
                hash,
                "{text}: {:#x}",
                mixed(text.as_bytes())
            );
        }
        let hashes: Vec<u64> = (0..4096_u32)
            .map(|n| mixed(format!("C{n:017}").as_bytes()))
            .collect();
        for bit in [0, 1, 31, 32, 62, 63] {
            let set = hashes.iter().filter(|hash| **hash >> bit & 1 == 1).count();
            assert!((1848..2248).contains(&set), "bit {bit}: {set}");
        }
    }
}
