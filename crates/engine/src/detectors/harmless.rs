//! Why a channel that looks like a tunnel need be none.
//!
//! In: a channel with its names, and who connects to what. Out: a sentence, and whether it answers the two meters as
//! well. Must not know: any score.
//!
//! | sign | what it rests on | answers the meters |
//! |---|---|---|
//! | fewer than eight queries | the model was judged from there on; medium at most where four names carry more than the longest digest | no |
//! | addresses turned round | RFC 5782, section 2.1 | they know it themselves |
//! | hosts' names with their address in them (`ec2-192-0-2-1.…`) | addresses as hosts have them, not any four bytes; eight forms at most | yes |
//! | telephone numbers, a digit a label, under `e164.arpa` | RFC 6116, section 3.2 | yes |
//! | every answer in 127.0.0.0/8 | RFC 5782, section 2.1 | no |
//! | other names of the client with a domain behind them that do not exist | a resolver's search list (RFC 1535) | yes |
//! | a resolver asks as many do who know nothing of each other ([`super::rhythm`]) | tools ask by a clock or in sessions | up to four times of what they let pass |
//! | the client connects to the addresses, once for two names or more often | a tunnel asks for the answer's own sake | yes |
//! | numbers that only grow | what keeps a cache from answering: medium at most | no |
//! | words, more than one a second, and nine names in ten do not exist | who tries what names a domain has: medium at most | no |
//! | every answer is an address inside, another for every second name or more | hosts of a site; medium at most under a suffix of the public list | without such a suffix |

use super::dns_tunnel::NO_ALERT;
use super::roles::{Roles, is_of_the_site};
use super::unconnected::Meetings;
use super::{Scene, leak, reversed, rhythm};
use crate::Analysis;
use crate::analysis::{AskedName, Ends};
use crate::channels::dns::DnsChannel;
use crate::features::dns::{ADDRESS_TYPES, kinds_of_address};
use crate::features::encoding::RANDOM;
use crate::models::BANDS;
use crate::names::registered_start;

/// With fewer rows the model's score is no alert: training judges windows from here on.
const JUDGED_FROM: u64 = 8;
const A: u16 = 1;
const AAAA: u16 = 28;
/// Bytes of `127.255.255.255`: a longer answer is none of that network.
const LONGEST_VERDICT: u32 = 15;
/// Forms of names around an address, or domains of a search list, at most.
const FORMS: usize = 8;
/// Names that are looked at: the first ones.
const LOOKED_AT: usize = 400;

/// A sign that what looks like data is none.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Harmless {
    /// In a sentence.
    pub text: &'static str,
    /// How many times as much as the meters let pass is explained, too: once where they are not.
    pub times: f64,
    /// The most that it scores by its names.
    pub most: f64,
}

/// The most that is medium.
const MEDIUM: f64 = BANDS[3] - 0.01;
/// Bytes of SHA-512 as hexadecimal digits: what a look-up of a digest writes at most.
const DIGEST: u16 = 128;
/// Names that are tried, at least; and a second, in microseconds.
const TRIED: u64 = 100;
const SECOND: i64 = 1_000_000;
/// Names that carry more, at least.
const BEYOND: usize = 4;

const fn by_names(text: &'static str) -> Option<Harmless> {
    Some(Harmless {
        text,
        times: 1.0,
        most: NO_ALERT,
    })
}

const fn altogether(text: &'static str) -> Option<Harmless> {
    Some(Harmless {
        text,
        times: f64::INFINITY,
        most: NO_ALERT,
    })
}

/// What many who ask through a resolver are let pass, beyond what its machines are.
const MANY: f64 = 4.0;

/// What the pace of a resolver's questions says. It does not explain any amount: a tool that many machines run is asked
/// for at such a pace, too.
#[must_use]
pub fn of_many(roles: &Roles<'_>, ends: &Ends<'_, DnsChannel>) -> Option<Harmless> {
    let is_of_many = roles.is_resolver(ends.client_id) && rhythm::is_of_many(&ends.channel.trace);
    is_of_many.then_some(Harmless {
        text: "Its names alone make it no alert, nor what the meters measured up to four times of what they let pass: a resolver asks as for many who know nothing of each other, neither by a clock nor in sessions, as tools do.",
        times: MANY,
        most: NO_ALERT,
    })
}

/// What the channel and its names say by themselves.
#[must_use]
pub fn of_names(ends: &Ends<'_, DnsChannel>, names: &[AskedName<'_>]) -> Option<Harmless> {
    let channel = ends.channel;
    // A name's A and AAAA are one query.
    let is_short = channel.records / (kinds_of_address(channel) as u64) < JUDGED_FROM;
    if is_short && are_beyond_digests(names) {
        Some(Harmless {
            text: "Its names alone make it medium at most: there are fewer than eight queries, though four names carry more than the longest digest.",
            times: 1.0,
            most: MEDIUM,
        })
    } else if is_short {
        by_names("Its names alone make it no alert: there are fewer than eight queries.")
    } else if reversed::are_reversed(names) {
        by_names(
            "Its names alone make it no alert: they are addresses turned round, as block lists are asked.",
        )
    } else if are_verdicts(channel) && tells_apart(ends) {
        by_names(
            "Its names alone make it no alert: every answer is an address in 127.0.0.0/8, as reputation services give.",
        )
    } else if are_hosts(names) {
        altogether("It is no alert: each name is an address in the form of a host's name.")
    } else if nine_in_ten(names, |name| is_number(name).then_some(&b""[..])) {
        altogether("It is no alert: the names are telephone numbers, a digit a label.")
    } else {
        None
    }
}

/// What the rest of the logs says of a channel.
#[must_use]
pub fn of_scene(
    scene: &Scene<'_>,
    roles: &Roles<'_>,
    ends: &Ends<'_, DnsChannel>,
    meetings: &Meetings<'_, '_>,
) -> Option<Harmless> {
    if are_of_search_list(scene, roles, ends) {
        altogether(
            "It is no alert: its names are others that the client asks for, with a domain behind them, and do not exist: a search list.",
        )
    } else if is_visited(ends, meetings) {
        altogether(
            "It is no alert: the client connects to the addresses that it is given, nearly as often as it asks for another name.",
        )
    } else {
        None
    }
}

/// What numbers in the names say of a channel with a score.
#[must_use]
pub fn of_numbers(score: f64, names: &[AskedName<'_>]) -> Option<Harmless> {
    (score > MEDIUM && are_counted(names)).then_some(Harmless {
        text: "Its names alone make it medium at most: they differ in numbers that only grow, as those that keep a cache from answering.",
        times: 1.0,
        most: MEDIUM,
    })
}

/// What sums over a channel say of it.
#[must_use]
pub fn of_sums(
    scene: &Scene<'_>,
    roles: &Roles<'_>,
    ends: &Ends<'_, DnsChannel>,
) -> Option<Harmless> {
    if are_tried(ends.channel) {
        Some(Harmless {
            text: "Its names alone make it medium at most: they are words, hardly any exists, and they come by the second, as where somebody tries which names a domain has.",
            times: 1.0,
            most: MEDIUM,
        })
    } else if !are_inside(ends.channel) {
        None
    } else if is_of_the_site(scene, roles, ends) {
        altogether("It is no alert: they are hosts of the site's own, with an inside address each.")
    } else {
        Some(Harmless {
            text: "Its names alone make it medium at most: they are hosts with an inside address each.",
            times: 1.0,
            most: MEDIUM,
        })
    }
}

/// Whether hardly any name exists, and they are words, more than one a second: as a list is gone through.
fn are_tried(channel: &DnsChannel) -> bool {
    let names = &channel.names;
    names.count >= TRIED
        && channel.interval.lasted() < SECOND * channel.records as i64
        && 10 * channel.nxdomain >= 9 * channel.answered.max(1)
        && 5 * names.encoded() <= names.count
        && names.surprise < names.count * u64::from(RANDOM)
}

/// Whether it was asked for addresses alone, and given those of hosts inside (RFC 1918, RFC 4193), one for two names or more.
fn are_inside(channel: &DnsChannel) -> bool {
    let mut kept = channel.addresses.kept().iter();
    let is_inside = |network: u32| match network >> 16 {
        0 => matches!(network, 0x0a00..=0x0aff | 0xac10..=0xac1f | 0xc0a8),
        first => matches!(first, 0xfc00..=0xfdff),
    };
    channel.texts.is_none()
        && 2.0 * channel.addresses.distinct() >= channel.distinct_names() as f64
        && channel.asked_for(ADDRESS_TYPES) == asked(channel)
        && kept.all(|&(_, network)| is_inside(network))
}

/// Whether four names carry more bytes than any digest has.
fn are_beyond_digests(names: &[AskedName<'_>]) -> bool {
    let beyond = names
        .iter()
        .filter(|asked| asked.facts.below > DIGEST && asked.facts.encoding.carries_bytes());
    beyond.count() >= BEYOND
}

/// Whether nine names in ten are those before them with greater numbers, of [`FORMS`] forms at most: counters and times.
fn are_counted(names: &[AskedName<'_>]) -> bool {
    let names = &names[..names.len().min(LOOKED_AT)];
    let mut forms: Vec<(Vec<&[u8]>, Vec<Number<'_>>)> = Vec::new();
    let (mut grown, mut others) = (0, 0);
    for asked in names {
        let (form, numbers) = parted(asked.name);
        if let Some((_, before)) = forms.iter_mut().find(|(known, _)| *known == form) {
            let grows = before.iter().zip(&numbers).all(|(a, b)| a <= b);
            others += usize::from(!grows);
            grown += usize::from(grows);
            *before = numbers;
        } else if forms.len() < FORMS && !numbers.is_empty() {
            forms.push((form, numbers));
        } else {
            others += 1;
        }
        if others * 10 > names.len() {
            return false;
        }
    }
    // The first of each form says nothing.
    !names.is_empty() && 2 * grown >= names.len()
}

/// A number by its size: how many digits it has without zeros in front, and these.
type Number<'n> = (usize, &'n [u8]);

/// What stands between the numbers of a name, and the numbers.
fn parted(name: &[u8]) -> (Vec<&[u8]>, Vec<Number<'_>>) {
    let (mut form, mut numbers) = (Vec::new(), Vec::new());
    for run in name.chunk_by(|a, b| a.is_ascii_digit() == b.is_ascii_digit()) {
        if run[0].is_ascii_digit() {
            let zeros = run.iter().take_while(|&&digit| digit == b'0').count();
            numbers.push((run.len() - zeros, &run[zeros..]));
            // Where it stands.
            form.push(&b""[..]);
        } else {
            form.push(run);
        }
    }
    (form, numbers)
}

/// Whether verdicts tell names apart, or many ask for them. 127.0.0.1 alone says the same of everything, and lists use 127.0.0.2 and
/// above.
fn tells_apart(ends: &Ends<'_, DnsChannel>) -> bool {
    let mut kept = ends.channel.addresses.kept().iter();
    ends.other_clients > leak::FEW_OTHERS
        || kept.any(|&(hash, _)| hash != Analysis::address_hash(b"127.0.0.1"))
}

/// Whether it was asked for addresses alone and answered, and only with addresses of the local host: a verdict, and none to connect to
/// (RFC 5782, section 2.1).
#[must_use]
pub fn are_verdicts(channel: &DnsChannel) -> bool {
    let kept = channel.addresses.kept();
    !kept.is_empty()
        && channel.asked_for(&[A, AAAA]) == asked(channel)
        && channel.answered > channel.nxdomain
        && channel.longest_answer <= LONGEST_VERDICT
        && kept.iter().all(|&(_, network)| network >> 8 == 127)
}

fn asked(channel: &DnsChannel) -> u64 {
    channel.qtypes.iter().map(|&(_, count)| count).sum()
}

/// Whether nine names in ten are of some form, of [`FORMS`] forms at most; where one in ten is not, the rest needs
/// no look.
fn nine_in_ten<'n>(names: &[AskedName<'n>], form: impl Fn(&'n [u8]) -> Option<&'n [u8]>) -> bool {
    let names = &names[..names.len().min(LOOKED_AT)];
    let mut forms: Vec<&[u8]> = Vec::new();
    let mut others = 0;
    for asked in names {
        match form(asked.name) {
            Some(form) if forms.contains(&form) => {}
            Some(form) if forms.len() < FORMS => forms.push(form),
            _ => others += 1,
        }
        if others * 10 > names.len() {
            return false;
        }
    }
    !names.is_empty()
}

/// Whether names are hosts' with their addresses written into them.
fn are_hosts(names: &[AskedName<'_>]) -> bool {
    nine_in_ten(names, |name| in_front(name).map(|(_, rest)| rest))
        && nine_in_ten(names, |name| in_front(name).map(|(before, _)| before))
        && could_be_hosts(names.iter().filter_map(|asked| ends_of_address(asked.name)))
}

/// Whether four bytes each, of which these are the first and the last, could be hosts' addresses. Of enciphered data one in
/// eight begins as no host's address does (0, 127, 224 and above: RFC 6890, RFC 5771); of text no byte is above 127, where
/// every other address ends.
fn could_be_hosts(addresses: impl Iterator<Item = (u8, u8)>) -> bool {
    let (mut all, mut no_hosts, mut high) = (0, 0, 0);
    for (first, last) in addresses {
        all += 1;
        no_hosts += usize::from(matches!(first, 0 | 127 | 224..));
        high += usize::from(last >= 128);
    }
    20 * no_hosts <= all && 5 * high >= all
}

/// The first and the last octet of the address in a host's name.
fn ends_of_address(name: &[u8]) -> Option<(u8, u8)> {
    let (before, rest) = in_front(name)?;
    let address = &name[before.len()..name.len() - rest.len()];
    let octet = |text: &[u8]| std::str::from_utf8(text).ok()?.parse().ok();
    let mut octets = address.split(|&byte| byte == b'-');
    Some((octet(octets.next()?)?, octet(octets.next_back()?)?))
}

/// What stands before and behind four octets with hyphens between them, in the first label: `ec2-192-0-2-1.…`.
fn in_front(name: &[u8]) -> Option<(&[u8], &[u8])> {
    let end = name.iter().position(|&byte| byte == b'.')?;
    let label = &name[..end];
    let starts = (0..label.len())
        .filter(|&at| label[at].is_ascii_digit() && (at == 0 || !label[at - 1].is_ascii_digit()));
    // The last four: `ec2-192-0-2-1` begins with a digit of its own.
    starts
        .rev()
        .find_map(|at| octets(&label[at..]).map(|length| (&name[..at], &name[at + length..])))
}

/// The length of four octets that a text begins with.
fn octets(text: &[u8]) -> Option<usize> {
    let mut at = 0;
    for octet in 0..4 {
        if octet > 0 {
            (text.get(at) == Some(&b'-')).then_some(())?;
            at += 1;
        }
        let digits = text[at..]
            .iter()
            .take_while(|byte| byte.is_ascii_digit())
            .count();
        let number = std::str::from_utf8(&text[at..at + digits]).ok()?;
        number.parse::<u8>().ok()?;
        at += digits;
    }
    Some(at)
}

/// Whether a name is a telephone number.
fn is_number(name: &[u8]) -> bool {
    name.strip_suffix(b".e164.arpa").is_some_and(|digits| {
        digits
            .split(|&byte| byte == b'.')
            .all(|label| label.len() == 1 && label[0].is_ascii_digit())
    })
}

/// Whether names are those of other domains that the client asks under, with a domain of a search list behind them, and
/// most do not exist.
fn are_of_search_list(scene: &Scene<'_>, roles: &Roles<'_>, ends: &Ends<'_, DnsChannel>) -> bool {
    let channel = ends.channel;
    let asks_under = |domain: &[u8]| {
        let mut channels = roles.channels_of(domain).iter();
        channels.any(|&id| scene.dns[id as usize].client_id == ends.client_id)
    };
    2 * channel.nxdomain >= channel.answered.max(1)
        && nine_in_ten(scene.names(ends.id), |name| {
            let below = registered_start(name).saturating_sub(1);
            // From the longest name in front on: the rest is what all have in common.
            let dots = (0..below).rev().filter(|&at| name[at] == b'.');
            std::iter::once(below)
                .chain(dots)
                .map(|end| (&name[..end], &name[end..]))
                .find(|(other, _)| {
                    let is_public =
                        wakeful_suffixes::suffix(other).is_some_and(|suffix| suffix.kind.is_some());
                    match other.contains(&b'.') {
                        true => {
                            is_public && wakeful_suffixes::domain(other).is_some_and(asks_under)
                        }
                        // A browser's probe, which it asks for by itself as well.
                        false => !is_public && asks_under(other),
                    }
                })
                .map(|(_, rest)| rest)
        })
}

/// Whether it asks for addresses, is given some, and the client connects to three in four of them, at least once for
/// two names.
fn is_visited(ends: &Ends<'_, DnsChannel>, meetings: &Meetings<'_, '_>) -> bool {
    let channel = ends.channel;
    let kept = channel.addresses.kept().len() as u64;
    if kept == 0
        || 20 * channel.asked_for(ADDRESS_TYPES) < 19 * asked(channel)
        || 10 * channel.nxdomain > channel.answered
    {
        return false;
    }
    let (met, times) = meetings.of(ends);
    // Beyond the sample there are as many times more.
    let times = times as f64 * channel.addresses.distinct() / kept as f64;
    4 * met >= 3 * kept && 2.0 * times >= channel.distinct_names() as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_found_where_it_stands_in_the_first_label() {
        let of = |name: &'static str| in_front(name.as_bytes());
        assert_eq!(
            of("ec2-192-0-2-1.example.com"),
            Some((&b"ec2-"[..], &b".example.com"[..]))
        );
        assert_eq!(
            of("10-0-0-255.example.com"),
            Some((&b""[..], &b".example.com"[..]))
        );
        for other in [
            "192-0-2.example.com",
            "192-0-2-256.example.com",
            "a.1-2-3-4.b",
            "1--2-3",
        ] {
            assert_eq!(of(other), None, "{other}");
        }
    }

    #[test]
    fn four_bytes_of_data_are_no_addresses() {
        let mut state = 9_u64;
        let mut random = move |from: u8, to: u8| {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            from + ((state >> 33) % u64::from(to - from)) as u8
        };
        let mut are_hosts = |first: (u8, u8), last: (u8, u8)| {
            let octets: Vec<(u8, u8)> = (0..200)
                .map(|_| (random(first.0, first.1), random(last.0, last.1)))
                .collect();
            could_be_hosts(octets.into_iter())
        };
        assert!(are_hosts((1, 224), (0, 255)));
        assert!(are_hosts((10, 11), (1, 255)));
        assert!(!are_hosts((0, 255), (0, 255)), "enciphered");
        assert!(!are_hosts((32, 127), (32, 127)), "text");
        assert_eq!(
            ends_of_address(b"ec2-192-0-2-201.example.com"),
            Some((192, 201))
        );
        assert_eq!(ends_of_address(b"www.example.com"), None);
    }

    #[test]
    fn numbers_grow_or_they_are_none() {
        let counted = |names: &[String]| {
            let facts = crate::names::NameFacts::default();
            let asked = |name| AskedName {
                channel: 0,
                name,
                facts: &facts,
                first: None,
            };
            let asked: Vec<AskedName<'_>> =
                names.iter().map(|name| asked(name.as_bytes())).collect();
            are_counted(&asked)
        };
        let of = |name: fn(u64) -> String| -> Vec<String> { (8..200).map(name).collect() };
        assert!(counted(&of(|n| format!("{n}.example.com"))));
        assert!(counted(&of(|n| format!(
            "7f3a-{n:05}.{}.example.com",
            1_767_225_600 + 60 * n
        ))));
        assert!(counted(&of(|n| format!(
            "{}{n}.example.com",
            ["a", "b"][n as usize % 2]
        ))));
        assert!(
            !counted(&of(|n| format!("{}.example.com", n * 7919 % 1009))),
            "scattered"
        );
        assert!(
            !counted(&of(|n| format!(
                "{:x}.example.com",
                n * 2_654_435_761 % 4_294_967_296
            ))),
            "hex"
        );
        assert!(
            !counted(&of(|n| format!("{n}-{}.example.com", n * 7919 % 1009))),
            "data beside it"
        );
        let hex = of(|n| {
            format!(
                "{:032x}.example.com",
                u128::from(n).wrapping_mul(0x9e37_79b9_7f4a_7c15_f39c_c060_5ced_c835)
            )
        });
        assert!(!counted(&hex[..8]), "a form each");
        assert!(!counted(&[]));
    }

    #[test]
    fn a_number_has_a_digit_a_label() {
        assert!(is_number(b"4.3.2.1.9.4.e164.arpa"));
        for other in [
            &b"43.2.1.9.4.e164.arpa"[..],
            b"4.3.example.com",
            b"a.1.e164.arpa",
        ] {
            assert!(!is_number(other));
        }
    }
}
