//! Cobalt Strike's beacon over DNS, with its default names.
//!
//! Layout (documented defaults, and public write-ups of it): a stage is fetched by `aaa.stage.<number>`, `baa.stage.<number>`, …, three letters that
//! count; the session is a hexadecimal label right in front of the zone, asked for alone while idle; work is fetched by `api.`, `cdn.` or
//! `www6.` with `<counter and random, hexadecimal>.<session>`; results leave as `post.<n><data>.<…>.<counter and random>.<session>`, all
//! hexadecimal, n the number of labels with data.
//!
//! | asked | score | by chance |
//! |---|---|---|
//! | three names of a stage with differing letters | 0.9 | the word, three letters and one number three times |
//! | four names of one session, two of them `post` with as many labels as they say | 0.9 | a random label of 8 characters is hexadecimal with (16/36)⁸ ≈ 1/650; two labels and the count in two names: below 10⁻⁹ |
//! | three that fetch work, the session alone, and two addresses of 0.0.0.0/8 in the answers: “nothing to do”, and how work comes | 0.8 | nobody's host is there; what a filter gives for all that it blocks is 0.0.0.0 alone |
//! | eight names of one session by default words, and the session alone | 0.4 | hosts of a CDN can look so |

use super::{DnsChannel, Looked, Name, Proof, is_hex, number};
use std::collections::BTreeMap;

const STEMS: [&[u8]; 3] = [b"api", b"cdn", b"www6"];

pub(super) fn proof(channel: &DnsChannel, looked: &Looked<'_>) -> Option<Proof> {
    stage(looked).or_else(|| session(channel, looked))
}

fn stage(looked: &Looked<'_>) -> Option<Proof> {
    let fits = |name: &Name<'_>| {
        if name.first.len() != 3 || !name.first.iter().all(u8::is_ascii_lowercase) {
            return false;
        }
        let mut labels = super::labels(name.below).skip(1);
        let named = labels.next() == Some(b"stage");
        let number = labels
            .next()
            .is_some_and(|label| number(label).is_some() || label.len() >= 6 && is_hex(label));
        named && number
    };
    let matched: Vec<usize> = (0..looked.len())
        .filter(|&at| fits(&looked.get(at)))
        .collect();
    // The count begins at "aaa" and its first letter turns fastest.
    let counted = matched
        .iter()
        .any(|&at| looked.get(at).below.starts_with(b"aaa."));
    (matched.len() >= 3 && counted).then(|| {
        looked.proof(
            "cobalt-strike",
            0.9,
            &matched,
            format!(
                "{} of {} names fetch a stage in counted pieces (\"aaa.stage.\", \"baa.stage.\", …), as \
                 a beacon of Cobalt Strike does.",
                matched.len(),
                looked.len()
            ),
        )
    })
}

/// What a name of a session is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Idle,
    Fetch,
    Post,
}

fn session(channel: &DnsChannel, looked: &Looked<'_>) -> Option<Proof> {
    let mut sessions: BTreeMap<&[u8], Vec<(usize, Kind)>> = BTreeMap::new();
    for (at, name) in looked.iter().enumerate() {
        if let Some((session, kind)) = beacon(&name) {
            sessions.entry(session).or_default().push((at, kind));
        }
    }
    let (session, names) = sessions.iter().max_by_key(|(session, names)| {
        let posts = names.iter().filter(|name| name.1 == Kind::Post).count();
        (posts, names.len(), std::cmp::Reverse(*session))
    })?;
    let count = |wanted| names.iter().filter(|name| name.1 == wanted).count();
    let (posts, fetches, idle) = (count(Kind::Post), count(Kind::Fetch), count(Kind::Idle));
    let at_least = if posts >= 2 && names.len() >= 4 {
        0.9
    } else if fetches >= 3 && idle > 0 && has_orders(channel) {
        0.8
    } else if posts + fetches >= 8 && idle > 0 {
        0.4
    } else {
        return None;
    };
    let matched: Vec<usize> = names.iter().map(|name| name.0).collect();
    Some(looked.proof(
        "cobalt-strike",
        at_least,
        &matched,
        format!(
            "{} of {} names are those of a beacon of Cobalt Strike with its default words: session \
             {}, {fetches} that fetch work and {posts} that post results.",
            matched.len(),
            looked.len(),
            String::from_utf8_lossy(session)
        ),
    ))
}

/// Whether two addresses that it was given are in 0.0.0.0/8 (no host is: RFC 1122, section 3.2.1.3).
fn has_orders(channel: &DnsChannel) -> bool {
    let mut kept = channel.addresses.kept().iter();
    let mut is_order = || kept.any(|&(_, network)| network >> 8 == 0);
    is_order() && is_order()
}

/// The session of a name, and what the name is. The zone may have labels of its own behind.
fn beacon<'a>(name: &Name<'a>) -> Option<(&'a [u8], Kind)> {
    let is_session = |label: &[u8]| (5..=8).contains(&label.len()) && is_hex(label);
    let first = name.first;
    let mut labels = super::labels(name.below).skip(1);
    if is_session(first) && first.iter().any(u8::is_ascii_digit) {
        return Some((first, Kind::Idle));
    }
    let kind = if first == b"post" {
        let data = labels.next()?;
        let count = usize::from(data.first()?.checked_sub(b'0')?);
        if !(1..=4).contains(&count) || !is_hex(&data[1..]) {
            return None;
        }
        for _ in 1..count {
            labels.next().filter(|label| is_hex(label))?;
        }
        Kind::Post
    } else if STEMS.contains(&first) {
        Kind::Fetch
    } else {
        return None;
    };
    let counter = labels.next()?;
    let session = labels.next()?;
    let fits = (5..=12).contains(&counter.len()) && is_hex(counter) && is_session(session);
    fits.then_some((session, kind))
}

#[cfg(test)]
mod tests {
    use super::super::testing::*;

    #[test]
    fn posts_of_a_session_are_proof() {
        let names = [
            "19997cf2.ns.example.com",
            "api.10a7f3b21.19997cf2.ns.example.com",
            "post.140.10a7f3b22.19997cf2.ns.example.com",
            "post.2deadbeef.cafe0001.20a7f3b22.19997cf2.ns.example.com",
        ];
        assert_eq!(found(&names), [("cobalt-strike".to_owned(), 0.9)]);
    }

    #[test]
    fn a_stage_is_proof() {
        let names = [
            "aaa.stage.123456.example.com",
            "baa.stage.123456.example.com",
            "caa.stage.123456.example.com",
            "daa.stage.123456.example.com",
        ];
        assert_eq!(found(&names), [("cobalt-strike".to_owned(), 0.9)]);
    }

    #[test]
    fn stages_of_a_deployment_are_none() {
        let names = [
            "api.stage.example.com",
            "web.stage.eu.example.com",
            "www.stage.us.example.com",
            "cdn.stage.example.com",
        ];
        assert_eq!(found(&names), []);
    }
}
