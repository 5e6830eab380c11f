//! DNScapy: SSH over DNS.
//!
//! Layout (the tool's client): a message, the connection's number, a random number below 65,536, all with dots between. Messages:
//! `a` (connect, without a connection), `c` (anything for me?), `<n>.d` (give me piece n), `b.e` and `d.e` (done), and
//! base 64 in labels of 63 characters with `.<n>.b` or `.<n>.f` behind.
//!
//! | asked | score | by chance |
//! |---|---|---|
//! | eight names of one connection and eight of ten in all, four with data | 0.9 | one letter of two and two numbers in the last four labels behind full labels of base 64: below 10⁻⁴ a name of random text and numbers, four of them below 10⁻¹⁶ |
//! | the same without data, three kinds of messages | 0.6 | short names of letters and numbers |

use super::{DnsChannel, Looked, Name, Proof, number};
use crate::order;
use std::collections::BTreeMap;

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Kind {
    Ask,
    Give,
    Done,
    Data,
}

pub(super) fn proof(_: &DnsChannel, looked: &Looked<'_>) -> Option<Proof> {
    let mut connections: BTreeMap<u32, Vec<(usize, Kind)>> = BTreeMap::new();
    for (at, name) in looked.iter().enumerate() {
        if let Some((connection, kind)) = message(&name) {
            connections.entry(connection).or_default().push((at, kind));
        }
    }
    let (_, names) = connections
        .iter()
        .max_by_key(|(connection, names)| (names.len(), std::cmp::Reverse(**connection)))?;
    if names.len() < 8 || !looked.share(names.len(), 80) {
        return None;
    }
    let mut kinds: Vec<Kind> = names.iter().map(|name| name.1).collect();
    let data = kinds.iter().filter(|kind| **kind == Kind::Data).count();
    order::natural(&mut kinds);
    kinds.dedup();
    let at_least = if data >= 4 {
        0.9
    } else if kinds.len() >= 3 {
        0.6
    } else {
        return None;
    };
    let matched: Vec<usize> = names.iter().map(|name| name.0).collect();
    Some(looked.proof(
        "dnscapy",
        at_least,
        &matched,
        format!(
            "{} of {} names are messages of DNScapy on one connection, {data} of them with data in \
             base 64.",
            matched.len(),
            looked.len()
        ),
    ))
}

/// Connection and kind. Numbers may have become the zone's labels if they are always the same, so the whole part
/// below the domain is searched for them.
fn message(name: &Name<'_>) -> Option<(u32, Kind)> {
    // The shortest is a word and two numbers.
    if name.labels < 3 {
        return None;
    }
    let mut all: [&[u8]; 12] = [b""; 12];
    let mut count = 0;
    for (slot, label) in all.iter_mut().zip(super::labels(name.below)) {
        *slot = label;
        count += 1;
    }
    let labels = &all[..count];
    (1..count.saturating_sub(1)).find_map(|at| {
        let connection = number(labels[at])?;
        number(labels[at + 1]).filter(|&random| random <= 65_535)?;
        let kind = match &labels[..at] {
            [b"c"] => Kind::Ask,
            [b"b" | b"d", b"e"] => Kind::Done,
            [n, b"d"] if number(n).is_some() => Kind::Give,
            [data @ .., n, b"b" | b"f"] if number(n).is_some() && is_data(data) => Kind::Data,
            _ => return None,
        };
        Some((connection, kind))
    })
}

/// Labels of base 64, all but the last full.
fn is_data(labels: &[&[u8]]) -> bool {
    let base64 = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'=');
    let Some((last, full)) = labels.split_last() else {
        return false;
    };
    full.iter().all(|label| label.len() == 63)
        && last.len() >= 4
        && labels.iter().all(|label| label.iter().all(base64))
}

#[cfg(test)]
mod tests {
    use super::super::testing::*;

    #[test]
    fn messages_of_a_connection_are_proof() {
        let mut draw = Draw(7);
        let mut at = 0;
        let names = draw.names(16, |draw| {
            at += 1;
            let random = draw.below(65_536);
            match at % 4 {
                0 => format!("c.1.{random}.t.example.org"),
                1 => format!("{}.d.1.{random}.t.example.org", draw.below(9)),
                2 => format!("d.e.1.{random}.t.example.org"),
                _ => format!(
                    "{}.{}.{at}.f.1.{random}.t.example.org",
                    draw.text(63),
                    draw.text(20)
                ),
            }
        });
        assert_eq!(first(&names), Some(("dnscapy".to_owned(), 0.9)));
        let small: Vec<String> = names
            .into_iter()
            .filter(|name| !name.contains(".f."))
            .collect();
        assert_eq!(first(&small), Some(("dnscapy".to_owned(), 0.6)));
    }

    #[test]
    fn numbered_hosts_are_none() {
        let names: Vec<String> = (0..30).map(|at| format!("c.1.{at}.example.org")).collect();
        assert_eq!(first(&names), None);
    }
}
