//! OzymanDNS: SSH over DNS.
//!
//! Layout (`droute.pl` of the tool): down `<random>-<place>.id-<session>.down.<zone>`; up the same with `up` and,
//! in front, base 32 in labels. Numbers are decimal.
//!
//! | asked | score | by chance |
//! |---|---|---|
//! | three names with the three labels in this order | 0.9 | two fixed words and two patterns in four neighbouring labels: 36⁻⁵ a name for random text |

use super::{DnsChannel, Looked, Name, Proof, number};

pub(super) fn proof(_: &DnsChannel, looked: &Looked<'_>) -> Option<Proof> {
    let matched: Vec<usize> = (0..looked.len())
        .filter(|&at| fits(&looked.get(at)))
        .collect();
    if matched.len() < 3 {
        return None;
    }
    Some(looked.proof(
        "ozymandns",
        0.9,
        &matched,
        format!(
            "{} of {} names end in the place, the session and the direction (\"id-…\", then \"up\" or \
             \"down\") of OzymanDNS.",
            matched.len(),
            looked.len()
        ),
    ))
}

fn fits(name: &Name<'_>) -> bool {
    // Most names have no hyphen, and the session has one.
    if !name.below.contains(&b'-') {
        return false;
    }
    let mut before: [&[u8]; 2] = [b"", b""];
    for label in super::labels(name.below) {
        if matches!(label, b"up" | b"down") {
            let session = before[1].strip_prefix(b"id-").and_then(number);
            let mut place = before[0].split(|&byte| byte == b'-');
            let numbers = [place.next(), place.next()].map(|part| part.and_then(number));
            if session.is_some() && numbers.iter().all(Option::is_some) && place.next().is_none() {
                return true;
            }
        }
        before = [before[1], label];
    }
    false
}

#[cfg(test)]
mod tests {
    use super::super::testing::*;

    #[test]
    fn ups_and_downs_are_proof_and_words_are_not() {
        let names = [
            "21045-0.id-5512.down.sshdns.example.com",
            "nbswy3dpeb3w64tm.mfrgg.120-0.id-5512.up.sshdns.example.com",
            "7-220.id-5512.down.sshdns.example.com",
            "9-220.id-5512.down.sshdns.example.com",
        ];
        assert_eq!(found(&names), [("ozymandns".to_owned(), 0.9)]);
        let names = [
            "id-5512.down.example.com",
            "a-b.id-7.up.example.com",
            "1-2.id-x.up.example.com",
            "scale.up.example.com",
        ];
        assert_eq!(found(&names), []);
    }
}
