//! In: a span. Out: what the servers of the network ask: mail, names of addresses, keys of zones.
//!
//! Must not know: caches, rows.

use std::net::IpAddr;

use super::{Agenda, Client, DAY, HOUR, System, Then, is_weekend};
use crate::names::Host;
use crate::rng::{Rng, hash, mix};
use crate::row::{Answer, QType, client_address, public_v4, resolver_address, server_address};

/// Add the machines of the mail server, the watching server and the resolver; their indices.
pub(super) fn add(machines: &mut Vec<Client>, root: &Rng) -> (usize, usize, usize) {
    let first = machines.len();
    let forwarder = IpAddr::V4(public_v4(hash("forwarder")));
    let hosts = [
        (server_address(5), server_address(1)),
        (server_address(6), server_address(1)),
        (resolver_address(0), forwarder),
    ];
    for (index, (address, resolver)) in hosts.into_iter().enumerate() {
        let mut rng = root.fork(&format!("server {index}"));
        machines.push(Client {
            address,
            resolver,
            system: System::Unix,
            next_port: rng.port(),
            rng,
        });
    }
    (first, first + 1, first + 2)
}

/// The hours of the day by their load, from 0 to 1: nights are quiet, noon is a small dip.
const LOAD: [f64; 24] = [
    0.08, 0.06, 0.05, 0.05, 0.06, 0.1, 0.25, 0.5, 0.85, 1.0, 1.0, 0.95, 0.75, 0.85, 1.0, 0.95,
    0.85, 0.6, 0.35, 0.25, 0.2, 0.16, 0.12, 0.1,
];

/// The load at a time, weekends included.
fn load(ts: f64) -> f64 {
    let midnight = (ts / DAY).floor() * DAY;
    let hour = ((ts - midnight) / HOUR) as usize;
    let weekend = if is_weekend(midnight) { 0.3 } else { 1.0 };
    LOAD[hour.min(23)] * weekend
}

/// Reversed labels of an IPv4 address: `4.3.2.1`.
fn reversed(address: IpAddr) -> String {
    let text = address.to_string();
    let mut parts: Vec<&str> = text.split('.').collect();
    parts.reverse();
    parts.join(".")
}

/// Messages come and go: MX, sender policy, signatures, block lists, names of the other side.
pub(super) fn mail(agenda: &mut Agenda<'_>, client: usize, people: usize, rng: &mut Rng) {
    let names = agenda.names;
    // About five messages a person in the busiest hour.
    let gap = 3_600.0 / (2.0 * people as f64).clamp(4.0, 60.0);
    let mut ts = agenda.start + rng.exponential(gap);
    while ts < agenda.end {
        if rng.chance(load(ts)) {
            if rng.chance(0.7) {
                incoming(agenda, client, ts, rng);
            } else {
                let domain = &names.senders[rng.below(names.senders.len())];
                let exchanger = exchanger(domain);
                let answers = vec![
                    Answer::name(exchanger.name.as_str(), 3600, 2),
                    Answer::name(format!("mx2.{domain}"), 3600, 2),
                ];
                agenda.record((ts, client), domain.as_str(), QType::MX, answers, 3600.0);
                agenda.host(ts + 0.05, client, &exchanger, Then::Mail);
            }
        }
        ts += rng.exponential(gap);
    }
}

fn exchanger(domain: &str) -> Host {
    Host {
        name: format!("mx1.{domain}"),
        chain: Vec::new(),
        v4: 1,
        v6: false,
        ttl: 3600,
    }
}

fn incoming(agenda: &mut Agenda<'_>, client: usize, ts: f64, rng: &mut Rng) {
    const BASE64: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let names = agenda.names;
    let domain = &names.senders[rng.below(names.senders.len())];
    let junk = rng.chance(0.35);
    let origin = if junk {
        IpAddr::V4(public_v4(rng.bits()))
    } else {
        IpAddr::V4(public_v4(exchanger(domain).address_hash(0)))
    };
    let back = reversed(origin);
    let pointer = format!("{back}.in-addr.arpa");
    if junk && rng.chance(0.5) {
        agenda.missing(ts, client, pointer, QType::PTR);
    } else {
        let name = Answer::name(format!("mx1.{domain}"), 7200, 0);
        agenda.record((ts, client), pointer, QType::PTR, vec![name], 7200.0);
    }
    for list in &names.block_lists {
        let name = format!("{back}.{list}");
        let at = ts + rng.uniform(0.02, 0.3);
        if junk && rng.chance(0.7) {
            let listed = Answer::address(IpAddr::from([127, 0, 0, [2, 4, 10][rng.below(3)]]), 900);
            agenda.record((at, client), name, QType::A, vec![listed], 900.0);
        } else {
            agenda.missing(at, client, name, QType::A);
        }
    }
    let policy = format!("v=spf1 ip4:{origin}/28 include:spf.{domain} -all");
    let answers = vec![Answer::txt(policy.as_bytes(), 3600)];
    agenda.record(
        (ts + 0.31, client),
        domain.as_str(),
        QType::TXT,
        answers,
        3600.0,
    );
    if !junk || rng.chance(0.3) {
        // The key of a signature: the same for a domain and selector, always.
        let selector = rng.pick(&["s1", "s2", "mail", "20240101"]);
        let name = format!("{selector}._domainkey.{domain}");
        let mut key = Rng::new(mix(hash(&name)));
        let text = format!("v=DKIM1; k=rsa; p={}IDAQAB", key.text(BASE64, 384));
        let answers = vec![Answer::txt(text.as_bytes(), 3600)];
        agenda.record((ts + 0.42, client), name, QType::TXT, answers, 3600.0);
        let answers = vec![Answer::txt(
            format!("v=DMARC1; p=reject; rua=mailto:reports@{domain}").as_bytes(),
            3600,
        )];
        let name = format!("_dmarc.{domain}");
        agenda.record((ts + 0.45, client), name, QType::TXT, answers, 3600.0);
    }
}

/// A server that writes logs looks up the names of the addresses that it saw, in bursts.
pub(super) fn watch(agenda: &mut Agenda<'_>, client: usize, people: usize, rng: &mut Rng) {
    let names = agenda.names;
    let mut ts = agenda.start + rng.uniform(0.0, 900.0);
    while ts < agenda.end {
        let count = (rng.poisson(14.0) as f64 * load(ts)) as usize + 1;
        let mut at = ts;
        for _ in 0..count {
            if rng.chance(0.4) {
                let local = rng.below(people.max(1));
                let pointer = format!("{}.in-addr.arpa", reversed(client_address(local)));
                let name = Answer::name(format!("pc-{local:03}.{}", names.home), 1200, 0);
                agenda.record((at, client), pointer, QType::PTR, vec![name], 1200.0);
            } else {
                let site = &names.sites[names.popularity.sample(rng)];
                let bits = site.hosts.first().map_or(0, |host| host.address_hash(0));
                let pointer = format!("{}.in-addr.arpa", reversed(IpAddr::V4(public_v4(bits))));
                if rng.chance(0.35) {
                    agenda.missing(at, client, pointer, QType::PTR);
                } else {
                    let owner = format!("server-{}.{}", bits % 1000, site.domain);
                    let name = Answer::name(owner, 3600, 0);
                    agenda.record((at, client), pointer, QType::PTR, vec![name], 3600.0);
                }
            }
            at += rng.exponential(0.05);
        }
        ts += rng.jitter(900.0, 0.02);
    }
}

/// A validating resolver asks its forwarder for the keys of zones.
pub(super) fn validate(agenda: &mut Agenda<'_>, client: usize, rng: &mut Rng) {
    let names = agenda.names;
    let mut ts = agenda.start + rng.exponential(400.0);
    while ts < agenda.end {
        if rng.chance(0.15 + load(ts)) {
            let site = &names.sites[names.popularity.sample(rng)];
            let zone = site.domain.as_str();
            let parent = zone.split_once('.').map_or(zone, |(_, rest)| rest);
            let signed = Answer::fixed(&format!("RRSIG 43 {parent}"), 3600, 170);
            let answers = vec![Answer::fixed("DS 13 2", 3600, 36), signed];
            agenda.record((ts, client), zone, QType::DS, answers, 3600.0);
            let signed = Answer::fixed(&format!("RRSIG 48 {zone}"), 3600, 110);
            let key = Answer::fixed("DNSKEY 13", 3600, 68);
            let answers = vec![key.clone(), key, signed];
            agenda.record((ts + 0.02, client), zone, QType::DNSKEY, answers, 3600.0);
        }
        ts += rng.exponential(400.0);
    }
}
