//! Names without a registered domain: a tunnel that asks its server directly.
//!
//! Layout: a resolver cannot resolve a name that ends in no top-level domain, so a program that sends such names, each new and each long,
//! speaks to one server that it was told. dnscat2 without a domain puts `dnscat.` in front of its packets.
//!
//! | asked | score | by chance |
//! |---|---|---|
//! | four names of `dnscat.` and hexadecimal | 0.6 (0.9 by the rule for dnscat2, where a session's number repeats) | the word, with 18 digits behind each time |
//! | sixteen names of 24 bytes and more written in an alphabet for bytes, half of all | 0.4 | a search list that is missing, asked for random names |

use super::{DnsChannel, Looked, Proof, is_hex};

pub(super) fn proof(_: &DnsChannel, looked: &Looked<'_>) -> Option<Proof> {
    if !looked.nameless {
        return None;
    }
    let named: Vec<usize> = (0..looked.len())
        .filter(|&at| {
            let packet = looked.get(at).below.strip_prefix(b"dnscat.");
            packet.is_some_and(|text| text.len() >= 18 && super::labels(text).all(is_hex))
        })
        .collect();
    if named.len() >= 4 {
        return Some(looked.proof(
            "dnscat-direct",
            0.6,
            &named,
            format!(
                "{} names begin with \"dnscat.\" and end in no domain: the client asks one server \
                 directly.",
                named.len()
            ),
        ));
    }
    let coded: Vec<usize> = (0..looked.len())
        .filter(|&at| {
            let name = looked.get(at);
            name.below.len() >= 24 && name.encoding.carries_bytes()
        })
        .collect();
    (coded.len() >= 16 && looked.share(coded.len(), 50)).then(|| {
        looked.proof(
            super::NAMELESS,
            0.4,
            &coded,
            format!(
                "{} of {} names end in no domain that could be resolved, and are long and coded.",
                coded.len(),
                looked.len()
            ),
        )
    })
}

#[cfg(test)]
mod tests {
    use super::super::testing::*;

    #[test]
    fn names_without_a_domain_are_judged_by_what_they_carry() {
        let mut draw = Draw(8);
        let direct = draw.names(6, |draw| format!("dnscat.{}", draw.hex(34)));
        assert_eq!(first(&direct), Some(("dnscat-direct".to_owned(), 0.6)));
        let coded = draw.names(20, |draw| format!("{}.{}", draw.hex(40), draw.hex(30)));
        assert_eq!(first(&coded), Some(("nameless".to_owned(), 0.4)));
        let services: Vec<String> = (0..20).map(|at| format!("_service{at}._tcp")).collect();
        assert_eq!(first(&services), None);
    }
}
