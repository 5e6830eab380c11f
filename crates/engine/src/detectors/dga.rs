//! # Generated domains
//!
//! **Sees** a client that asks for many registered domains that do not exist and whose names look
//! drawn at random.
//!
//! **Matters** because malware that draws its domains by the day tries them until one answers; the misses show
//! it. ATT&CK T1568.002.
//!
//! **Formula** Over a client's registered domains that answered nothing but NXDOMAIN, have a suffix on the
//! public list, and a label of six letters or more: a label is *random* where its surprise under the chain of host names
//! ([`crate::features::ngram`]) is above 6 bits a character; about one in ten labels of popular domains is,
//! and of families that draw letters two in three to all. Half of the labels random: low from ten of them,
//! medium from twenty of which ten fell in one hour, high towards 500. Fewer: info from a hundred domains. A mail
//! server, which looks up what spammers write, stays at low. A name under an existing domain (a search suffix
//! at work, a browser's probe) is under one domain however many there are, and so counts once.
//!
//! **Set off falsely** by crawlers of old lists, by hosts that check mail or logs without looking like
//! a mail server, by programs that probe for answers to random names. Not seen: families that put words together.
//!
//! **Example** 212 domains such as `qxwjzkfvbd.com` in an hour, none of which exists.

use super::roles::Roles;
use super::rule::{counted, dns_missing, found, ramp, reason};
use super::{About, Detection, Found, Scene, shown};
use crate::analysis::{Ends, Seen};
use crate::channels::dns::DnsChannel;
use crate::channels::{Interval, Places};
use crate::features::ngram;
use crate::report::Proof;

/// The kind of its findings.
pub const KIND: &str = "dga";
/// Its title: that of its page.
pub(super) const TITLE: &str = "Generated domains";

/// Bytes of a label, below which its surprise says little.
const LABEL: usize = 6;
/// Microbits a character of a random label.
const RANDOM: u64 = 6_000_000;
/// Share of the labels that are random.
const SHARE: f64 = 0.5;
/// Random domains at low.
const LOW: u64 = 10;
/// At medium and at high.
const MEDIUM: (f64, f64) = (20.0, 0.6);
const HIGH: (f64, f64) = (500.0, 0.82);
/// Of these within an hour.
const BURST: usize = 10;
/// Domains of a storm without random labels.
const STORM: u64 = 100;
const HOUR: i64 = 3_600_000_000;
/// Domains that are named as evidence.
const NAMED: usize = 8;

/// Why it cannot run, where it cannot.
#[must_use]
pub fn missing(seen: &Seen) -> Option<String> {
    dns_missing(seen)
        .or_else(|| (seen.rcodes == 0).then(|| "No row of dns.log has an rcode.".to_owned()))
}

/// All findings, in no order.
#[must_use]
pub fn detect(scene: &Scene<'_>, roles: &Roles<'_>) -> Vec<Detection> {
    let mut missed: Vec<&Ends<'_, DnsChannel>> =
        scene.dns.iter().filter(|ends| is_missed(ends)).collect();
    missed.sort_unstable_by(|a, b| (a.client_id, a.other).cmp(&(b.client_id, b.other)));
    missed
        .chunk_by(|a, b| a.client_id == b.client_id)
        .filter_map(|of| judge(of, roles))
        .collect()
}

/// Whether a domain that could exist does not.
fn is_missed(ends: &Ends<'_, DnsChannel>) -> bool {
    let channel = ends.channel;
    channel.nxdomain > 0
        && channel.nxdomain == channel.answered
        && label(ends.other).len() >= LABEL
        && wakeful_suffixes::suffix(ends.other).is_some_and(|suffix| suffix.kind.is_some())
}

/// The first label of a registered domain.
fn label(domain: &[u8]) -> &[u8] {
    domain
        .split(|&byte| byte == b'.')
        .next()
        .unwrap_or_default()
}

/// Surprise of a domain's first label, microbits a character.
fn surprise(domain: &[u8]) -> u64 {
    let label = label(domain);
    ngram::table().label(label) / (label.len() as u64 + 1)
}

/// The most times that fall within an hour.
fn burst(mut times: Vec<i64>) -> usize {
    times.sort_unstable();
    let mut from = 0;
    let mut most = 0;
    for (at, &time) in times.iter().enumerate() {
        while times[from] <= time - HOUR {
            from += 1;
        }
        most = most.max(at + 1 - from);
    }
    most
}

fn judge(missed: &[&Ends<'_, DnsChannel>], roles: &Roles<'_>) -> Option<Detection> {
    let client = missed.first()?;
    let random: Vec<&&Ends<'_, DnsChannel>> = missed
        .iter()
        .filter(|ends| surprise(ends.other) > RANDOM)
        .collect();
    let (all, drawn) = (missed.len() as u64, random.len() as u64);
    let share = drawn as f64 / all as f64;
    let times = random.iter().filter_map(|ends| ends.channel.interval.first);
    let in_an_hour = burst(times.collect());
    let score = match () {
        () if share < SHARE && all >= STORM => 0.2,
        () if share < SHARE || drawn < LOW => return None,
        () if (drawn as f64) < MEDIUM.0 || in_an_hour < BURST => 0.4,
        () if roles.is_mail(client.client_id) => 0.4,
        () => ramp(drawn as f64, MEDIUM, HIGH),
    };
    let (mut interval, mut places) = (Interval::default(), Places::default());
    for ends in missed {
        interval.merge(ends.channel.interval);
        places.merge(&ends.channel.places);
    }
    let sentence = format!(
        "{} asked for {} that do not exist; {drawn} of the names look drawn at random.",
        shown(client.client),
        counted(all, "domain")
    );
    let reasons = vec![
        reason(
            "random_missed",
            drawn as f64,
            0.0,
            score * 0.5,
            format!(
                "{} that do not exist have random names.",
                counted(drawn, "domain")
            ),
        ),
        reason(
            "random_share",
            share,
            0.1,
            score * 0.3 * (share - 0.1).max(0.0),
            format!(
                "That is {:.0} % of the missing domains; of popular domains 10 % look so.",
                share * 100.0
            ),
        ),
        reason(
            "burst",
            in_an_hour as f64,
            0.0,
            score * 0.2,
            format!("{in_an_hour} of them fell within an hour."),
        ),
    ];
    let what = Found {
        kind: KIND,
        client: client.client,
        domain: None,
        peer: None,
        records: missed.iter().map(|ends| ends.channel.nxdomain).sum(),
        interval,
        places: &places,
        attack: &["T1568.002"],
        about: About::Client,
    };
    let mut detection = found(&what, score, sentence, reasons)?;
    let evidence = random.iter().take(NAMED).map(|ends| shown(ends.other));
    detection.finding.proofs.push(Proof {
        rule: KIND.to_owned(),
        at_least: score,
        text: "Missing domains with random names.".to_owned(),
        evidence: evidence.collect(),
        matched: drawn,
        of: all,
    });
    Some(detection)
}

#[cfg(test)]
mod tests {
    use super::super::testing::Logs;
    use super::*;
    use crate::report::Severity;

    const NXDOMAIN: u16 = 3;

    fn drawn(n: u64) -> String {
        let mut state = n.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ 77;
        let name: String = (0..14)
            .map(|_| {
                state = state
                    .wrapping_mul(6_364_136_223_846_793_005)
                    .wrapping_add(1_442_695_040_888_963_407);
                char::from(b'a' + (state >> 40) as u8 % 26)
            })
            .collect();
        format!("{name}.com")
    }

    fn words(n: u64) -> String {
        let words = [
            "garden", "silver", "market", "window", "travel", "winter", "family",
        ];
        format!("{}{}.com", words[n as usize % 7], words[n as usize / 7 % 7])
    }

    fn severity(
        name: impl Fn(u64) -> String,
        count: u64,
        gap: i64,
        rcode: u16,
    ) -> Option<Severity> {
        let mut logs = Logs::default();
        for n in 0..count {
            logs.asked(
                n as i64 * gap,
                "10.0.0.5",
                "10.0.0.1",
                &name(n),
                1,
                rcode,
                "",
            );
        }
        let scene = Scene::new(&logs.analysis);
        detect(&scene, &Roles::new(&scene))
            .first()
            .map(|detection| detection.finding.severity)
    }

    #[test]
    fn random_names_that_do_not_exist_are_an_alert() {
        assert_eq!(severity(drawn, 60, 2, NXDOMAIN), Some(Severity::Medium));
        assert_eq!(severity(drawn, 500, 2, NXDOMAIN), Some(Severity::High));
        assert_eq!(
            severity(drawn, 60, 3000, NXDOMAIN),
            Some(Severity::Low),
            "no burst"
        );
        assert_eq!(severity(drawn, 12, 2, NXDOMAIN), Some(Severity::Low));
    }

    #[test]
    fn typos_existing_domains_and_search_suffixes_are_none() {
        assert_eq!(severity(words, 40, 2, NXDOMAIN), None);
        assert_eq!(severity(drawn, 500, 2, 0), None);
        let local = |n: u64| drawn(n).replace(".com", ".lan");
        assert_eq!(severity(local, 500, 2, NXDOMAIN), None);
        let suffixed = |n: u64| format!("{}.example.com", drawn(n));
        assert_eq!(severity(suffixed, 500, 2, NXDOMAIN), None);
    }

    #[test]
    fn a_burst_agrees_with_its_definition() {
        let times: Vec<i64> = (0..300).map(|n: i64| n * n % 97 * 200_000_000).collect();
        let naive = times
            .iter()
            .map(|&end| {
                let within = |&&time: &&i64| time <= end && time > end - HOUR;
                times.iter().filter(within).count()
            })
            .max();
        assert_eq!(Some(burst(times)), naive);
        assert_eq!(burst(Vec::new()), 0);
    }
}
