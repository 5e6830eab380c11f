//! Sorting short lists, small.
//!
//! In: a slice, an order. Out: the slice sorted, equal elements in the order that they had. Must not know:
//! what is sorted.
//!
//! The library's sort is compiled anew for every kind of element, six to twelve kilobytes each; here the
//! numbers of the elements are sorted, by one copy for all. For lists as long as the log, the library's is
//! the right one: it does not go through a call for each comparison.

use std::cmp::Ordering;

/// Sorts by a comparison.
pub fn by<T>(items: &mut [T], mut compare: impl FnMut(&T, &T) -> Ordering) {
    let places = places(items.len(), &mut |a, b| compare(&items[a], &items[b]));
    put(items, places);
}

/// Sorts by a key.
pub fn by_key<T, K: Ord>(items: &mut [T], mut key: impl FnMut(&T) -> K) {
    by(items, |a, b| key(a).cmp(&key(b)));
}

/// Sorts.
pub fn natural<T: Ord>(items: &mut [T]) {
    by(items, T::cmp);
}

/// The first eight bytes of a text as a number that sorts as they do, with zeros behind a shorter one: of names, which differ
/// early, it decides most comparisons, and what compares bytes in wasm goes one by one.
#[must_use]
pub fn beginning(text: &[u8]) -> u64 {
    let mut bytes = [0; 8];
    let len = text.len().min(8);
    bytes[..len].copy_from_slice(&text[..len]);
    u64::from_be_bytes(bytes)
}

/// Where each element goes.
#[inline(never)]
fn places(count: usize, compare: &mut dyn FnMut(usize, usize) -> Ordering) -> Vec<usize> {
    let mut sorted: Vec<usize> = (0..count).collect();
    sorted.sort_by(|&a, &b| compare(a, b));
    let mut places = vec![0; count];
    for (place, element) in sorted.into_iter().enumerate() {
        places[element] = place;
    }
    places
}

/// Puts every element where it goes.
fn put<T>(items: &mut [T], mut places: Vec<usize>) {
    for at in 0..items.len() {
        while places[at] != at {
            let place = places[at];
            items.swap(at, place);
            places.swap(at, place);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_the_librarys_stable_sort() {
        let mut state = 9_u64;
        for count in 0..200_usize {
            let items: Vec<(u64, usize)> = (0..count)
                .map(|at| {
                    state = state
                        .wrapping_mul(6_364_136_223_846_793_005)
                        .wrapping_add(1);
                    ((state >> 33) % 20, at)
                })
                .collect();
            let (mut expected, mut sorted) = (items.clone(), items.clone());
            expected.sort_by_key(|item| std::cmp::Reverse(item.0));
            by(&mut sorted, |a, b| b.0.cmp(&a.0));
            assert_eq!(sorted, expected);
            let (mut expected, mut sorted) = (items.clone(), items.clone());
            expected.sort_by_key(|item| item.0);
            by_key(&mut sorted, |item| item.0);
            assert_eq!(sorted, expected);
            natural(&mut sorted);
            assert!(sorted.is_sorted());
        }
    }
}
