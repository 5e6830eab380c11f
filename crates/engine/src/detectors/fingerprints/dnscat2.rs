//! dnscat2: a command channel with sessions.
//!
//! Layout (`doc/protocol.md` of the tool): all labels in front of the zone together are one packet in
//! hexadecimal: packet number (2 bytes, random), type (1: 00 open, 01 message, 02 end, 03 encryption, ff
//! ping), session number (2, the same all along), then at least four bytes. Where the tool has no domain, the
//! first label is `dnscat`.
//!
//! | asked | score | by chance |
//! |---|---|---|
//! | three names of one session, packet numbers that differ, and half of the names are packets | 0.9 | C(n, 3) × (5/256)³ × 65,536⁻²: 2 × 10⁻¹³ for ten random hexadecimal names; from 100 names on, one in 25 must be of the session |

use super::{DnsChannel, Looked, Name, Proof, is_hex};
use crate::order;
use std::collections::BTreeMap;

pub(super) fn proof(_: &DnsChannel, looked: &Looked<'_>) -> Option<Proof> {
    let mut sessions: BTreeMap<[u8; 4], Vec<(usize, [u8; 4])>> = BTreeMap::new();
    for (at, name) in looked.iter().enumerate() {
        if let Some((session, number)) = packet(&name) {
            sessions.entry(session).or_default().push((at, number));
        }
    }
    let least = (looked.len() / 25).max(3);
    // One packet number a packet: a counter or a constant there is something else.
    sessions.retain(|_, packets| {
        let mut numbers: Vec<[u8; 4]> = packets.iter().map(|(_, number)| *number).collect();
        order::natural(&mut numbers);
        numbers.dedup();
        packets.len() >= 3 && 4 * numbers.len() >= 3 * packets.len()
    });
    let most = sessions.values().map(Vec::len).max()?;
    let mut matched: Vec<usize> = sessions.values().flatten().map(|&(at, _)| at).collect();
    order::natural(&mut matched);
    if most < least || !looked.share(matched.len(), 50) {
        return None;
    }
    let numbers: Vec<String> = sessions
        .keys()
        .take(4)
        .map(|session| String::from_utf8_lossy(session).into_owned())
        .collect();
    Some(looked.proof(
        "dnscat2",
        0.9,
        &matched,
        format!(
            "{} of {} names are packets of dnscat2 in hexadecimal that repeat a session's number \
             ({}) behind a random one.",
            matched.len(),
            looked.len(),
            numbers.join(", ")
        ),
    ))
}

/// Session and packet number, in digits.
fn packet(name: &Name<'_>) -> Option<([u8; 4], [u8; 4])> {
    let named = name.front.strip_prefix(b"dnscat.");
    let front = named.unwrap_or(name.front);
    let first = match named {
        Some(front) => super::labels(front).next()?,
        None => name.first,
    };
    if first.len() < 10 || !matches!(&first[4..6], b"00" | b"01" | b"02" | b"03" | b"ff") {
        return None;
    }
    let digits: usize = super::labels(front)
        .map(|label| if is_hex(label) { label.len() } else { 1_000 })
        .sum();
    if !(18..=300).contains(&digits) || digits % 2 == 1 {
        return None;
    }
    Some((first[6..10].try_into().ok()?, first[..4].try_into().ok()?))
}

#[cfg(test)]
mod tests {
    use super::super::testing::*;

    fn session(draw: &mut Draw, count: usize, front: &str, zone: &str) -> Vec<String> {
        draw.names(count, |draw| {
            format!("{front}{}01c0b0{}{zone}", draw.hex(4), draw.hex(24))
        })
    }

    #[test]
    fn a_session_is_proof_from_four_names_on() {
        let mut draw = Draw(1);
        let names = session(&mut draw, 4, "", ".example.com");
        assert_eq!(first(&names), Some(("dnscat2".to_owned(), 0.9)));
        let direct = session(&mut draw, 4, "dnscat.", "");
        assert_eq!(first(&direct), Some(("dnscat2".to_owned(), 0.9)));
    }

    #[test]
    fn hashes_and_counters_are_no_session() {
        let mut draw = Draw(2);
        let hashes = draw.names(2_000, |draw| format!("{}.example.com", draw.hex(40)));
        assert_eq!(first(&hashes), None);
        let counters: Vec<String> = (0..50)
            .map(|at| format!("000001c0b0{at:020x}.example.com"))
            .collect();
        assert_eq!(first(&counters), None);
    }
}
