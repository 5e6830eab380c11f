//! Names that carry bytes among many that do not.
//!
//! In: a channel and its names. Out: the features of those names alone, where the rest would hide them. Must not
//! know: what a model says of them.
//!
//! A tunnel that asks for `www` and `mail` nineteen times for each piece of data has the means and shares of an ordinary
//! domain. Its pieces are still written in an encoding, and still asked for once each. And a program that asks through its
//! system asks for each name twice, for A and for AAAA (three times with HTTPS): half of its rows then are no new name.

use super::Scene;
use super::leak::FEW_OTHERS;
use crate::analysis::Ends;
use crate::channels::dns::{DnsChannel, NameSums};
use crate::features::dns::{COUNT, kinds_of_address, vector_of};
use crate::features::encoding::LEAST;
use rustc_hash::{FxHashMap, FxHashSet};

/// Names in an encoding, at least.
const NAMES: u64 = 20;
/// They hide where a tenth of the rows or more asks for something else.
const REST: u64 = 10;
/// Rows a name, at most, for each kind of address that is asked for: three for two names. A host with a hash for a name is asked for again and again.
const ROWS: (usize, usize) = (3, 2);

/// The features of a channel's names that are written in an encoding, as if it had asked for no other, and once for each; of
/// all names, where these are long enough to carry bytes, hardly anybody else asks for the domain and each is asked for about once for each kind of address. And how many names they are.
pub(super) fn vector(
    scene: &Scene<'_>,
    ends: &Ends<'_, DnsChannel>,
) -> Option<([f64; COUNT], u64)> {
    let channel = ends.channel;
    let encoded = channel.names.encoded();
    let kinds = kinds_of_address(channel);
    let names = &channel.names;
    let could_carry = ends.other_clients <= FEW_OTHERS && names.below >= LEAST as u64 * names.count;
    if kinds > 1 && could_carry && is_once(channel, kinds) {
        let rows = (channel.records / kinds as u64, kinds);
        let all = vector_of(channel, names, Some(rows), ends.other_clients);
        return Some((all, channel.distinct_names()));
    }
    if encoded < NAMES || (encoded << channel.level) * REST > channel.records * (REST - 1) {
        return None;
    }
    let mut names = NameSums::default();
    for asked in scene.names(ends.id) {
        if asked.facts.encoding.carries_bytes() {
            names.add(asked.facts);
        }
    }
    are_asked_once(scene, ends).then(|| {
        (
            vector_of(channel, &names, None, ends.other_clients),
            names.count,
        )
    })
}

/// Whether each of all names was asked for about once for each kind of address.
fn is_once(channel: &DnsChannel, kinds: usize) -> bool {
    let rows = (channel.distinct_names() * kinds as u64).saturating_mul(ROWS.0 as u64);
    ROWS.1 as u64 * channel.records <= rows
}

/// Whether the names in an encoding are asked for about once each. How often a name was asked for is not kept, but the
/// length of each of the first rows is: so it is told of the lengths that no other name has.
fn are_asked_once(scene: &Scene<'_>, ends: &Ends<'_, DnsChannel>) -> bool {
    let beats = ends.channel.trace.sorted();
    let Some(until) = beats.last().map(|beat| beat.time) else {
        return false;
    };
    let (mut lengths, mut others): (FxHashMap<u32, usize>, FxHashSet<u32>) = Default::default();
    for asked in scene.names(ends.id) {
        let length = u32::from(asked.facts.below);
        if !asked.facts.encoding.carries_bytes() {
            others.insert(length);
        } else if asked.first.is_some_and(|first| first <= until) {
            *lengths.entry(length).or_default() += 1;
        }
    }
    lengths.retain(|length, _| !others.contains(length));
    let names: usize = lengths.values().sum();
    let rows = beats
        .iter()
        .filter(|beat| lengths.contains_key(&beat.size))
        .count();
    let kinds = kinds_of_address(ends.channel);
    names as u64 >= NAMES && ROWS.1 * rows <= ROWS.0 * names * kinds
}

#[cfg(test)]
mod tests {
    use super::super::testing::Logs;
    use super::*;

    /// Of 24 names in hexadecimal digits, each asked for so often among 300 questions for others.
    fn of(times: usize, others: usize) -> Option<u64> {
        let mut logs = Logs::default();
        for n in 0..others as i64 {
            let name = format!("{}.example.com", ["www", "mail", "static"][n as usize % 3]);
            logs.ask(n * 60, "10.0.0.1", "10.0.1.1", &name, 1);
        }
        for n in 0..24 * times as i64 {
            let name = format!(
                "{:032x}.example.com",
                0x9e37_79b9_7f4a_7c15_f39c_c060_5ced_c835_u128.wrapping_mul((n % 24 + 1) as u128)
            );
            logs.ask(n * 600 + 7, "10.0.0.1", "10.0.1.1", &name, 1);
        }
        let scene = Scene::new(&logs.analysis);
        let (vector, names) = vector(&scene, &scene.dns[0])?;
        // As many rows as names.
        assert_eq!((vector[0], vector[1]), (names as f64, 1.0));
        Some(names)
    }

    #[test]
    fn names_in_an_encoding_are_looked_at_by_themselves_where_others_hide_them() {
        assert_eq!(of(1, 300), Some(24));
        assert_eq!(of(1, 2), None, "hardly any others");
        assert_eq!(of(10, 300), None, "hosts that are asked for again");
        assert_eq!(of(0, 300), None);
    }
}
