//! # Answer meter
//!
//! **Sees** how many bytes of ever new answers one client was given by one registered domain on a day,
//! whatever the names that it asked for look like.
//!
//! **Matters** because orders, programs and stolen pages come in by the answers: the names then need to be no more
//! than a number that defeats the cache, and nothing in them is long or random. ATT&CK T1071.004, T1105.
//!
//! **Formula** The mirror of the leak meter, from two samples by hash ([`crate::channels::counts::Lowest`]):
//! distinct addresses in answers to A and AAAA, 4 bytes each or 16; and distinct answers of another kind (text, names
//! in a chain, those in front of an address from 40 bytes on), their own length each. Of both the number times the mean of the sample is given to the busiest day by
//! its rows. Hosts' names that were asked for by their address (PTR) are left out.
//!
//! **Raises** an alert (medium, with the verdict on the channel) where that is 4,096 bytes or more, of
//! 24 answered questions or more, for a domain that at most two other clients ask for. Where half of the questions or more ask for
//! addresses it is 16,384, unless the other questions alone were given 4,096 of text: content networks give each visitor other addresses, and
//! hosts' names in front of them. Where
//! they ask for something else, only those count as other clients that were given a tenth as much: who visits the domain's pages
//! makes it no service that gives text.
//! New has to be what came: as written, the distinct answers amount to half of all bytes answered, so that a long answer that is asked for
//! again and again counts once. A resolver is let pass that times the machines behind it, and what a mail
//! server asks when messages come is left out ([`super::baseline`]); so are block lists, addresses of which the client connects to one,
//! and domains of the site's own (no public suffix, asked of a server inside that others ask too).
//! *Defence: what hosts look up is small and stays the same; this machine was given kilobytes that never came twice, by a
//! domain that nobody else asks for.*
//!
//! **Set off falsely** by services that give text by DNS: look-ups of networks or hashes (TXT) made in bulk, blocks of
//! a public ledger. Not seen: what is fetched by many machines in turn, and records of a type that Zeek does not write.
//!
//! **Example** 300 TXT look-ups of `0.t.example.com` to `299.t.example.com`, each answered with 200 other
//! characters: 60 kB, where a day's look-ups of an ordinary domain bring some hundred bytes.

use super::baseline::Baselines;
use super::roles::{Roles, is_of_the_site};
use super::unconnected::Meetings;
use super::{Scene, leak, reversed};
use crate::analysis::{Ends, Seen};
use crate::channels::dns::DnsChannel;
use crate::features::dns::{ADDRESS_TYPES, free_types};
use crate::models::BANDS;
use crate::report::Proof;

/// The name of its page, and of the rule in a [`Proof`]; it raises what [`super::dns_tunnel`] finds.
pub const KIND: &str = "answer-meter";
/// Its title: that of its page.
pub(super) const TITLE: &str = "Answer meter";

/// Bytes of a day from which on it is an alert; as many as the leak meter's, in the other direction.
pub const LIMIT: f64 = leak::LIMIT;
/// Times as many where addresses are asked for.
pub const OF_ADDRESSES: f64 = 4.0;
/// Answered questions, at least.
pub const ROWS: u64 = 24;
/// Another client is alike where it was given one byte for so many.
const ALIKE: u64 = 10;
/// Share of what was answered that is new, at least.
const NEW: f64 = 0.5;
/// Bytes of an address, and as Zeek writes it (few are shorter).
const IPV4: (u32, u32) = (4, 11);
const IPV6: (u32, u32) = (16, 30);
/// A network of IPv4 is 16 bits ([`DnsChannel::addresses`]).
const NETWORKS_OF_4: u32 = 1 << 16;

/// Why it cannot run, where it cannot.
#[must_use]
pub fn missing(seen: &Seen) -> Option<String> {
    super::dns_tunnel::missing(seen)
        .or_else(|| (seen.answers == 0).then(|| "No row of dns.log has answers.".to_owned()))
}

/// What it has to do without.
#[must_use]
pub fn without(seen: &Seen) -> Option<String> {
    let what = match seen {
        seen if seen.qtypes == 0 => {
            "The log has no record types (qtype): addresses are not told from text."
        }
        seen if seen.dns_ts == 0 => "The log has no times (ts): all counts as one day.",
        _ => return None,
    };
    Some(what.to_owned())
}

/// Bytes of different answers on the busiest day.
#[must_use]
pub fn measure(channel: &DnsChannel) -> f64 {
    distinct(channel).0 * channel.busiest_share()
}

/// Bytes of different answers on all days, and as they are written.
fn distinct(channel: &DnsChannel) -> (f64, f64) {
    let of_text = channel.texts.as_ref().map_or(0.0, |texts| {
        texts.distinct() * mean(texts.kept(), |bytes| bytes)
    });
    let addresses = channel.addresses.kept();
    let of = |network| if network < NETWORKS_OF_4 { IPV4 } else { IPV6 };
    let (bytes, written) = (
        mean(addresses, |network| of(network).0),
        mean(addresses, |network| of(network).1),
    );
    let count = channel.addresses.distinct();
    (of_text + count * bytes, of_text + count * written)
}

fn mean(kept: &[(u64, u32)], of: impl Fn(u32) -> u32) -> f64 {
    let sum: u64 = kept.iter().map(|&(_, mark)| u64::from(of(mark))).sum();
    sum as f64 / kept.len().max(1) as f64
}

/// Whether half of its questions or more ask for addresses.
fn asks_for_addresses(channel: &DnsChannel) -> bool {
    let asked: u64 = channel.qtypes.iter().map(|&(_, count)| count).sum();
    asked > 0 && 2 * channel.asked_for(ADDRESS_TYPES) >= asked
}

/// Whether the questions for text alone, among others, were given [`LIMIT`]: no content network is asked for it.
fn gives_text(channel: &DnsChannel) -> bool {
    let texts = channel.texts.as_ref();
    texts.is_some_and(|texts| {
        let count = texts.distinct().min(free_types(channel) as f64);
        count * mean(texts.kept(), |bytes| bytes) * channel.busiest_share() >= LIMIT
    })
}

/// What one machine is let pass of a domain on a day, in bytes.
fn limit(channel: &DnsChannel) -> f64 {
    if asks_for_addresses(channel) && !gives_text(channel) {
        OF_ADDRESSES * LIMIT
    } else {
        LIMIT
    }
}

/// Whether few other clients make use of the domain as this one does.
fn is_rare(scene: &Scene<'_>, roles: &Roles<'_>, ends: &Ends<'_, DnsChannel>) -> bool {
    if ends.other_clients <= leak::FEW_OTHERS || asks_for_addresses(ends.channel) {
        return ends.other_clients <= leak::FEW_OTHERS;
    }
    let given = |id: &u32| scene.dns[*id as usize].channel.answer_bytes;
    let alike = |id: &&u32| **id != ends.id && ALIKE * given(id) >= ends.channel.answer_bytes;
    let others = roles.channels_of(ends.other).iter().filter(alike).count();
    others <= leak::FEW_OTHERS as usize
}

/// Whether a channel was given so much, by itself; most end at the first comparison.
#[must_use]
pub fn is_candidate(scene: &Scene<'_>, roles: &Roles<'_>, ends: &Ends<'_, DnsChannel>) -> bool {
    let channel = ends.channel;
    channel.answer_bytes as f64 >= LIMIT
        && channel.with_answers >= ROWS
        && is_rare(scene, roles, ends)
        && {
            let (bytes, written) = distinct(channel);
            written >= NEW * channel.answer_bytes as f64
                && bytes * channel.busiest_share() >= limit(channel)
        }
}

/// The proof that a channel was given more than the policy allows, and the bytes that are let pass.
#[must_use]
pub fn proof(
    scene: &Scene<'_>,
    roles: &Roles<'_>,
    baselines: &Baselines<'_, '_>,
    meetings: &Meetings<'_, '_>,
    ends: &Ends<'_, DnsChannel>,
) -> Option<(Proof, f64)> {
    if !is_candidate(scene, roles, ends)
        || reversed::are_reversed(scene.names(ends.id))
        || ends.other.ends_with(b".arpa")
        || is_of_the_site(scene, roles, ends)
        || baselines.in_step(ends)
        || asks_for_addresses(ends.channel) && meetings.of(ends).0 > 0
    {
        return None;
    }
    let bytes = measure(ends.channel);
    let limit = limit(ends.channel) * baselines.machines(ends);
    (bytes >= limit).then(|| {
        let proof = Proof {
            rule: KIND.to_owned(),
            at_least: BANDS[2],
            text: format!(
                "On one day it was given about {:.1} kB of answers that differ; {:.1} kB is the most that is let pass where {} other clients or fewer use the domain alike.",
                bytes / 1e3,
                limit / 1e3,
                leak::FEW_OTHERS
            ),
            evidence: Vec::new(),
            matched: ends.channel.with_answers,
            of: ends.channel.records,
        };
        (proof, limit)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hash::mixed;
    use std::collections::BTreeSet;

    fn channel(answers: &[String]) -> DnsChannel {
        let mut channel = DnsChannel::default();
        for answer in answers {
            match answer.parse::<std::net::Ipv4Addr>() {
                Ok(address) => {
                    channel.add_address(mixed(answer.as_bytes()), || Some(u32::from(address) >> 16))
                }
                Err(_) => channel.add_text(mixed(answer.as_bytes()), answer.len() as u32),
            }
        }
        channel
    }

    #[test]
    fn bytes_are_those_of_the_distinct_answers_within_the_error_of_the_samples() {
        for count in [1, 20, 32, 300, 3000] {
            let texts = (0..count).map(|n| format!("{n:0width$}", width = 5 + n % 40));
            let addresses = (0..count).map(|n| format!("198.51.{}.{}", n / 250, n % 250));
            let all: Vec<String> = texts.chain(addresses).collect();
            let twice = [all.clone(), all.clone()].concat();
            let naive = |text: &String| match text.contains('.') {
                true => 4,
                false => text.len(),
            };
            let exact: usize = all
                .iter()
                .collect::<BTreeSet<_>>()
                .into_iter()
                .map(naive)
                .sum();
            let measured = measure(&channel(&twice));
            let error = measured / exact as f64 - 1.0;
            // Up to 32 of each exact; beyond, three standard errors of the number of 18 %.
            let most = if count <= 32 { 1e-9 } else { 0.54 };
            assert!(error.abs() < most, "{count}: {measured} {exact}");
        }
    }

    #[test]
    fn halves_are_the_whole() {
        let all: Vec<String> = (0..500).map(|n| format!("text {n}")).collect();
        let whole = channel(&all);
        let mut merged = channel(&all[250..]);
        merged.merge_rows(&channel(&all[..250]), &|input| input, &|server| server);
        assert_eq!(measure(&merged), measure(&whole));
        assert_eq!(merged.texts, whole.texts);
    }

    #[test]
    fn what_was_asked_on_several_days_is_given_to_the_busiest_by_its_rows() {
        let mut of = channel(&["some text".to_owned()]);
        of.days = smallvec::smallvec![(1, 3), (2, 1)];
        assert_eq!(measure(&of), 9.0 * 0.75);
    }
}
