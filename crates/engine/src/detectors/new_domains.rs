//! # New and rare domains
//!
//! **Sees** registered domains that hardly anybody asks for, and that nobody asked for in the earlier part of these logs.
//!
//! **Matters** because an operator's domain is new to a network on the day of the attack and known to one machine or two, before
//! anything else can be said of it. It is a list to look through, and no finding. ATT&CK T1583.001, T1071.004.
//!
//! **Formula** *New*: nobody asked before the last day of the logs; of logs shorter than two days, before their later half. Logs of
//! less than two hours tell nothing of this kind, and in logs of less than two days what is asked for once a day looks new.
//! *Rare*: one client asks, or fewer than one in twenty; in logs of fewer than ten clients nothing is rare, and all new domains are listed.
//! Names of the site, without a suffix on the public list, and reversed addresses are left out.
//! *Rank*: 0.4 · b + 0.2 · r + 0.2 · f + 0.2 / clients, each from 0 to 1: b is what the names of one client hold, a byte a byte,
//! ln(bytes / 64) / ln(64); r the rows, ln(rows) / ln(100); f the share of rows that ask for free bytes (TXT, NULL, KEY, private), those of mail servers aside, which ask everybody for text.
//! A domain that a finding is about has at least its score. The first 100 are listed, and all are counted.
//!
//! **Set off falsely** by everything that is new: a link in a message, a new program, a name that a page draws
//! for each visit. Most are nothing; the list is short where the logs are long.
//!
//! **Example** A week's logs; on its last day one of 40 clients asks 250 times for names of `example.net`, which nobody asked for
//! before: first of the list, with a rank of 0.8.

use super::roles::Roles;
use super::{Detection, Scene, leak, rule, shown};
use crate::analysis::{Ends, Seen};
use crate::channels::Interval;
use crate::channels::dns::DnsChannel;
use crate::features::dns::free_types;
use crate::order;
use crate::report::{NewDomain, NewDomains};
use rustc_hash::FxHashMap;
use wakeful_logs::Micros;

/// The name of its page.
pub(super) const KIND: &str = "new-domains";
/// Its title: that of its page.
pub(super) const TITLE: &str = "New and rare domains";

/// Domains that are listed, at most.
pub const LISTED: usize = 100;
/// Clients of a domain that are named.
const NAMED: usize = 10;
/// Fewer clients make no domain rare.
pub(super) const MANY_CLIENTS: u64 = 10;
/// One client in so many is no longer few.
const FEW: u64 = 20;
const HOUR: Micros = 3_600_000_000;
const DAY: Micros = 24 * HOUR;
/// Shorter logs have no earlier part to speak of.
const LEAST: Micros = 2 * HOUR;

/// Why it cannot run, where it cannot.
#[must_use]
pub fn missing(seen: &Seen) -> Option<String> {
    super::dns_tunnel::missing(seen)
        .or_else(|| (seen.dns_ts == 0).then(|| "No row of dns.log has a time (ts).".to_owned()))
}

/// From when on a domain is new that nobody asked for before; none where the logs are too short to tell.
#[must_use]
pub fn since(logs: Interval) -> Option<Micros> {
    let (first, last) = (logs.first?, logs.last?);
    let length = last.saturating_sub(first);
    (length >= LEAST).then(|| last - (length / 2).min(DAY))
}

/// What a reader should know of the list before reading it.
fn caveat(seen: &Seen, logs: Interval) -> Option<String> {
    let length = logs.lasted();
    let lasted = rule::time(length as f64 / 1e6);
    missing(seen).or_else(|| match length {
        short if short < LEAST => Some(format!(
            "The logs cover {lasted}: too short to tell a domain that is new from one whose turn had not come. Read at least two hours, better some days."
        )),
        short if short < 2 * DAY => Some(format!(
            "The logs cover {lasted}: what is asked for once a day or less looks new, too. Logs of some days make the list shorter."
        )),
        _ => None,
    })
}

/// The list; `detections` are all that was found.
#[must_use]
pub fn list(scene: &Scene<'_>, roles: &Roles<'_>, detections: &[Detection]) -> NewDomains {
    let logs = scene.analysis.interval();
    let Some(since) = since(logs) else {
        return NewDomains {
            why: caveat(scene.analysis.seen(), logs),
            ..NewDomains::default()
        };
    };
    let mut found: FxHashMap<&str, &Detection> = FxHashMap::default();
    for detection in detections {
        if let Some(domain) = detection.finding.domain.as_deref() {
            // They come ranked: the first is the strongest.
            found.entry(domain).or_insert(detection);
        }
    }
    let mut domains: Vec<NewDomain> = roles
        .domains()
        .filter_map(|channels| new(scene, roles, channels, since))
        .filter(|domain| is_rare(domain.clients, roles.clients()))
        .map(|mut domain| {
            if let Some(detection) = found.get(domain.domain.as_str()) {
                domain.finding = Some(detection.finding.id.clone());
                domain.rank = domain.rank.max(detection.finding.score);
            }
            domain
        })
        .collect();
    order::by(&mut domains, |a, b| {
        b.rank
            .total_cmp(&a.rank)
            .then_with(|| a.domain.cmp(&b.domain))
    });
    let count = domains.len() as u64;
    domains.truncate(LISTED);
    NewDomains {
        why: caveat(scene.analysis.seen(), logs),
        since: Some(since as f64 / 1e6),
        count,
        domains,
    }
}

fn is_rare(clients: u64, all: u64) -> bool {
    all < MANY_CLIENTS || clients == 1 || clients * FEW < all
}

/// A domain that nobody asked for before, by its channels.
fn new(scene: &Scene<'_>, roles: &Roles<'_>, channels: &[u32], since: Micros) -> Option<NewDomain> {
    let of = || channels.iter().map(|&id| &scene.dns[id as usize]);
    let first = of().filter_map(|ends| ends.channel.interval.first).min()?;
    let domain = of().next()?.other;
    // Most end here, before anything is looked up.
    if first < since || domain.ends_with(b".arpa") {
        return None;
    }
    wakeful_suffixes::suffix(domain).filter(|suffix| suffix.kind.is_some())?;
    let mut who: Vec<(Option<Micros>, String)> = of()
        .map(|ends| (ends.channel.interval.first, shown(ends.client)))
        .collect();
    order::natural(&mut who);
    who.truncate(NAMED);
    let sum = |of_one: fn(&DnsChannel) -> u64| of().map(|ends| of_one(ends.channel)).sum::<u64>();
    Some(NewDomain {
        domain: shown(domain),
        rank: rank(roles, of()),
        first: first as f64 / 1e6,
        clients: channels.len() as u64,
        who: who.into_iter().map(|(_, client)| client).collect(),
        queries: sum(|channel| channel.records),
        names: sum(DnsChannel::distinct_names),
        missing: sum(|channel| channel.nxdomain),
        finding: None,
    })
}

/// How much there is to look at.
fn rank<'s, 'a: 's>(
    roles: &Roles<'_>,
    channels: impl Iterator<Item = &'s Ends<'a, DnsChannel>>,
) -> f64 {
    let (mut clients, mut rows, mut free, mut bytes) = (0.0, 0.0, 0.0, 0.0_f64);
    for ends in channels {
        clients += 1.0;
        rows += ends.channel.records as f64;
        if !roles.is_mail(ends.client_id) {
            free += free_types(ends.channel) as f64;
        }
        bytes = bytes.max(leak::bound_of_name_bytes(ends.channel));
    }
    let share = |value: f64, from: f64, times: f64| {
        ((value.max(1.0) / from).ln() / times.ln()).clamp(0.0, 1.0)
    };
    0.4 * share(bytes, 64.0, 64.0)
        + 0.2 * share(rows, 1.0, 100.0)
        + 0.2 * free / rows.max(1.0)
        + 0.2 / clients
}

#[cfg(test)]
mod tests {
    use super::super::detect;
    use super::super::testing::Logs;
    use super::*;

    const HOURS: i64 = 3600;

    /// Twelve clients that ask for two domains every hour for so many hours.
    fn office(hours: i64) -> Logs {
        let mut logs = Logs::default();
        for hour in 0..=hours {
            for n in 0..12 {
                let client = format!("10.0.0.{n}");
                logs.ask(hour * HOURS + n, &client, "10.0.1.1", "www.example.com", 1);
                logs.ask(hour * HOURS + n, &client, "10.0.1.1", "intranet.lan", 1);
            }
        }
        logs
    }

    fn of(logs: &Logs) -> NewDomains {
        detect(&logs.analysis).new_domains
    }

    fn names(list: &NewDomains) -> Vec<&str> {
        list.domains.iter().map(|it| it.domain.as_str()).collect()
    }

    #[test]
    fn what_few_ask_for_and_nobody_asked_for_before_is_listed_the_busiest_first() {
        let mut logs = office(72);
        logs.ask(60 * HOURS, "10.0.0.1", "10.0.1.1", "www.example.net", 1);
        for n in 0..250 {
            let name = format!("{n:08x}.t.example.org");
            logs.ask(60 * HOURS + n * 60, "10.0.0.3", "10.0.1.1", &name, 16);
        }
        // Known before; known to the site alone; asked for by many.
        logs.ask(40 * HOURS, "10.0.0.1", "10.0.1.1", "www.example.edu", 1);
        logs.ask(60 * HOURS, "10.0.0.1", "10.0.1.1", "new.lan", 1);
        for n in 0..9 {
            logs.ask(
                60 * HOURS,
                &format!("10.0.0.{n}"),
                "10.0.1.1",
                "a.example.info",
                1,
            );
        }
        let list = of(&logs);
        assert_eq!(names(&list), ["example.org", "example.net"]);
        let first = &list.domains[0];
        assert_eq!((first.clients, first.queries, first.names), (1, 250, 250));
        assert_eq!(first.who, ["10.0.0.3"]);
        assert!(first.finding.is_some() && first.rank > 0.7, "{first:?}");
        assert_eq!((list.count, list.why.as_deref()), (2, None));
        assert!(list.domains[1].finding.is_none());
    }

    #[test]
    fn short_logs_say_that_they_are_short() {
        let mut logs = office(1);
        logs.ask(HOURS, "10.0.0.1", "10.0.1.1", "www.example.net", 1);
        let list = of(&logs);
        assert!(list.domains.is_empty() && list.why.unwrap().contains("too short to tell"));
        let mut logs = office(10);
        logs.ask(6 * HOURS, "10.0.0.1", "10.0.1.1", "www.example.net", 1);
        logs.ask(4 * HOURS, "10.0.0.1", "10.0.1.1", "www.example.org", 1);
        let list = of(&logs);
        assert_eq!(names(&list), ["example.net"]);
        assert!(list.why.unwrap().contains("once a day"));
    }

    #[test]
    fn no_more_than_a_hundred_are_listed_and_all_are_counted() {
        let mut logs = office(50);
        for n in 0..130 {
            logs.ask(
                49 * HOURS,
                "10.0.0.1",
                "10.0.1.1",
                &format!("www.site{n}.com"),
                1,
            );
        }
        let list = of(&logs);
        assert_eq!((list.count, list.domains.len()), (130, LISTED));
        assert!(
            list.domains
                .windows(2)
                .all(|pair| pair[0].rank >= pair[1].rank)
        );
    }
}
