//! # Tunnel over many domains
//!
//! **Sees** a client that asks for names which carry bytes under many registered domains, a few under each, that
//! nobody else asks for.
//!
//! **Matters** because who spreads a tunnel over a hundred cheap domains has no channel that stands out: each has fewer
//! queries than can be judged. ATT&CK T1071.004, T1048, T1568.
//!
//! **Formula** Over a client's registered domains with a suffix on the public list that no other client asks for, of which half
//! of the names or more are written in an encoding of bytes ([`crate::features::encoding`]), or three names and more look drawn at random, and each is asked for three times at
//! most on average: the number of domains, and of such names that differ in front of their domains. Medium from twenty domains and sixty names, high towards
//! two thousand names. Resolvers and mail servers are left out: what they ask for is somebody else's.
//! *Defence: a day's crawl of the most popular sites met 14 such domains with 29 names in all; this machine
//! asks for sixty random names, once each, in twenty domains that nobody else knows.*
//!
//! **Set off falsely** by scanners that draw random hosts to see whether a domain answers for all.
//! Not seen: names of words under many domains, and domains that several machines share.
//!
//! **Example** Four names of 40 letters and digits under each of 200 domains: nothing by themselves, medium together.

use super::roles::Roles;
use super::rule::{ALERT, counted, dns_missing, found, otherwise, ramp, reason};
use super::{About, Detection, Found, Scene, leak, shown};
use crate::analysis::{Ends, Seen};
use crate::channels::dns::DnsChannel;
use crate::channels::{Interval, Places};
use crate::features::encoding::RANDOM;
use crate::order;
use crate::report::{Counterfactual, Proof};

/// The kind of its findings.
pub const KIND: &str = "many-domains";
/// Its title: that of its page.
pub(super) const TITLE: &str = "Tunnel over many domains";

/// Domains, at least.
pub const DOMAINS: usize = 20;
/// Names in an encoding at medium, and at high.
pub const NAMES: u64 = 60;
const HIGH: (f64, f64) = (2000.0, 0.85);
/// Rows a name, at most.
const ROWS: u64 = 3;
/// Names of a domain from which on it counts that they look drawn at random: a host or two are, here and there.
const FEW: u64 = 3;
/// Domains that are named as evidence.
const NAMED: usize = 8;

/// Why it cannot run, where it cannot.
#[must_use]
pub fn missing(seen: &Seen) -> Option<String> {
    dns_missing(seen).or_else(|| super::dns_tunnel::missing(seen))
}

/// All findings, in no order.
#[must_use]
pub fn detect(scene: &Scene<'_>, roles: &Roles<'_>) -> Vec<Detection> {
    let mut odd: Vec<&Ends<'_, DnsChannel>> = scene
        .dns
        .iter()
        .filter(|ends| {
            ends.other_clients == 0
                && is_odd(ends, FEW)
                && wakeful_suffixes::suffix(ends.other).is_some_and(|suffix| suffix.kind.is_some())
                && roles.role(ends.client_id).is_none()
        })
        .collect();
    order::by_key(&mut odd, |ends| (ends.client_id, ends.other));
    odd.chunk_by(|a, b| a.client_id == b.client_id)
        .filter_map(|of| judge(scene, of))
        .collect()
}

/// Whether most of a channel's names carry bytes, or `few` and more look drawn at random, and each is asked for about once.
pub(super) fn is_odd(ends: &Ends<'_, DnsChannel>, few: u64) -> bool {
    let (channel, names) = (ends.channel, &ends.channel.names);
    let are_random = names.count >= few && names.surprise >= names.count * u64::from(RANDOM);
    names.count > 0
        && (2 * names.encoded() >= names.count || are_random)
        && channel.records <= ROWS * channel.distinct_names()
        && !ends.other.ends_with(b".arpa")
}

fn score(domains: usize, names: u64) -> f64 {
    if domains < DOMAINS || names < NAMES {
        return 0.0;
    }
    ramp(names as f64, (NAMES as f64, ALERT), HIGH)
}

/// Names that carry bytes or look drawn at random and differ in front of their domains: what is the same under all of them says nothing.
fn different(scene: &Scene<'_>, of: &[&Ends<'_, DnsChannel>]) -> u64 {
    let mut parts: Vec<&[u8]> = Vec::new();
    for ends in of {
        for asked in scene.names(ends.id) {
            if asked.facts.encoding.carries_bytes() || asked.facts.surprise >= RANDOM {
                parts.push(&asked.name[..asked.name.len().saturating_sub(ends.other.len())]);
            }
        }
    }
    order::natural(&mut parts);
    parts.dedup();
    parts.len() as u64
}

fn judge(scene: &Scene<'_>, of: &[&Ends<'_, DnsChannel>]) -> Option<Detection> {
    let client = of.first()?;
    let names: u64 = of.iter().map(|ends| ends.channel.names.count).sum();
    if score(of.len(), names) == 0.0 {
        return None;
    }
    let names = different(scene, of);
    let score = score(of.len(), names);
    if score == 0.0 {
        return None;
    }
    let (mut interval, mut places, mut bytes) = (Interval::default(), Places::default(), 0.0);
    for ends in of {
        interval.merge(ends.channel.interval);
        places.merge(&ends.channel.places);
        bytes += leak::bound_of_name_bytes(ends.channel);
    }
    let domains = of.len() as u64;
    let what = Found {
        kind: KIND,
        client: client.client,
        domain: None,
        peer: None,
        records: of.iter().map(|ends| ends.channel.records).sum(),
        interval,
        places: &places,
        attack: &["T1071.004", "T1048", "T1568"],
        about: About::Client,
    };
    let sentence = format!(
        "{} asked for {} that carry bytes under {} that no other client asks for: {} in all.",
        shown(client.client),
        counted(names, "name"),
        counted(domains, "domain"),
        super::rule::bytes(bytes)
    );
    let reasons = vec![
        reason(
            "encoded_names",
            names as f64,
            29.0,
            score * 0.6,
            format!(
                "{} are written in an encoding of bytes or look drawn at random; a crawl of popular sites met 29.",
                counted(names, "name")
            ),
        ),
        reason(
            "domains",
            domains as f64,
            14.0,
            score * 0.4,
            format!(
                "They lie under {} that nobody else asks for; a crawl of popular sites met 14.",
                counted(domains, "domain")
            ),
        ),
    ];
    let mut detection = found(&what, score, sentence, reasons)?;
    let finding = &mut detection.finding;
    finding.proofs.push(Proof {
        rule: KIND.to_owned(),
        at_least: score,
        text: "Domains with names that carry bytes.".to_owned(),
        evidence: of
            .iter()
            .take(NAMED)
            .map(|ends| shown(ends.other))
            .collect(),
        matched: names,
        of: of.iter().map(|ends| ends.channel.distinct_names()).sum(),
    });
    finding.counterfactuals = counterfactuals(of.len(), names);
    Some(detection)
}

/// The score once more, with fewer domains, or fewer names.
fn counterfactuals(domains: usize, names: u64) -> Vec<Counterfactual> {
    let (few_domains, few_names) = (DOMAINS - 1, NAMES - 1);
    [
        otherwise(
            "domains",
            (domains as f64, few_domains as f64),
            score(few_domains, names),
            &format!("it were {few_domains} domains"),
        ),
        otherwise(
            "encoded_names",
            (names as f64, few_names as f64),
            score(domains, few_names),
            &format!("{few_names} of the names carried bytes"),
        ),
    ]
    .into_iter()
    .flatten()
    .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_thresholds_are_needed_and_more_names_score_higher() {
        assert_eq!(score(DOMAINS - 1, 1000), 0.0);
        assert_eq!(score(1000, NAMES - 1), 0.0);
        assert_eq!(score(DOMAINS, NAMES), ALERT);
        assert!(score(DOMAINS, 800) > 0.7 && score(DOMAINS, 1 << 40) == HIGH.1);
        assert_eq!(counterfactuals(60, 600).len(), 2);
    }
}
