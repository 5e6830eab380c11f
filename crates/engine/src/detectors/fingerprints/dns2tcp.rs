//! dns2tcp: TCP connections over DNS.
//!
//! Layout (`common/requests.h` and the client of the tool): labels together are base 64 of a header of
//! seven bytes (session 2, acknowledged 2, sent 2, type 1) and data; a command is named by a label of its own
//! behind: `=auth`, `=connect`, `=resource`. A log in lower case keeps of the header: the first two characters, which the session
//! fixes; the ninth, `b` (type 4, no data: then the tenth is `a` and the last) or `c` (type 8).
//!
//! | asked | score | by chance |
//! |---|---|---|
//! | two names with a command | 0.9 | no host name has a label that begins with `=` |
//! | eight names in sessions of four and more, three of them empty ones of ten characters with differing counters, eight of ten names in all | 0.9 | a random name: 4/64 × 36⁻²; eight names: below 10⁻²⁵ |

use super::{DnsChannel, Looked, Name, Proof};
use crate::order;
use std::collections::BTreeMap;

const COMMANDS: [&[u8]; 3] = [b"=auth", b"=connect", b"=resource"];

pub(super) fn proof(_: &DnsChannel, looked: &Looked<'_>) -> Option<Proof> {
    let commands: Vec<usize> = (0..looked.len())
        .filter(|&at| {
            let below = looked.get(at).below;
            below.contains(&b'=')
                && super::labels(below)
                    .skip(1)
                    .any(|label| COMMANDS.contains(&label))
        })
        .collect();
    let mut sessions: BTreeMap<&[u8], Vec<(usize, bool)>> = BTreeMap::new();
    for (at, name) in looked.iter().enumerate() {
        if let Some(empty) = message(&name) {
            let packets = sessions.entry(&name.front[..2]).or_default();
            packets.push((at, empty));
        }
    }
    sessions.retain(|_, messages| messages.len() >= 4);
    let messages: Vec<(usize, bool)> = sessions.into_values().flatten().collect();
    let empty = messages.iter().filter(|(_, empty)| *empty).count();
    let proven = messages.len() >= 8 && empty >= 3 && looked.share(messages.len(), 80);
    if commands.len() < 2 && !proven {
        return None;
    }
    let mut matched: Vec<usize> = messages.iter().map(|&(at, _)| at).collect();
    order::natural(&mut matched);
    matched.retain(|at| !commands.contains(at));
    let matched = [commands.as_slice(), &matched].concat();
    let said = if commands.is_empty() {
        format!("{empty} empty ones that poll")
    } else {
        format!("{} that name a command such as \"=auth\"", commands.len())
    };
    Some(looked.proof(
        "dns2tcp",
        0.9,
        &matched,
        format!(
            "{} of {} names are messages of dns2tcp with its header of seven bytes in base 64, among \
             them {said}.",
            matched.len(),
            looked.len(),
        ),
    ))
}

/// Whether a message is empty; none where it is no message.
fn message(name: &Name<'_>) -> Option<bool> {
    let front = name.front;
    let base64 = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'.');
    let empty = match (front.get(8)?, front.get(9)?, front.len()) {
        (b'b', b'a', 10) => true,
        (b'c', b'a'..=b'p', 11..) => false,
        _ => return None,
    };
    let fits = !front[..8].contains(&b'.') && front.iter().all(base64);
    fits.then_some(empty)
}

#[cfg(test)]
mod tests {
    use super::super::testing::*;

    #[test]
    fn commands_are_proof() {
        let names = [
            "aaaaapmqaa.=auth.example.com",
            "wwqbgaabadrdm0y4otzdqui.=auth.example.com",
            "wwphosd+ahnvy2f0.=connect.example.com",
            "wwoaaaabba.example.com",
        ];
        assert_eq!(found(&names), [("dns2tcp".to_owned(), 0.9)]);
    }

    #[test]
    fn a_session_without_its_begin_is_proof_and_other_base64_is_not() {
        let mut draw = Draw(3);
        let session = draw.names(20, |draw| {
            let tail = if draw.below(2) == 0 {
                "ba".to_owned()
            } else {
                format!("cc{}", draw.text(40))
            };
            format!("q+{}{tail}.example.com", draw.text(6))
        });
        assert_eq!(first(&session), Some(("dns2tcp".to_owned(), 0.9)));
        let other = draw.names(500, |draw| format!("{}.example.com", draw.text(30)));
        assert_eq!(first(&other), None);
    }
}
