//! # A server that is not the client's resolver
//!
//! **Sees** a client that asks a DNS server outside of the site, which is neither the one that it asks most nor one
//! that the others ask; or whose own server nobody else asks.
//!
//! **Matters** because a site's own resolver can log, filter and stop; malware and tunnels go round it
//! (dnscat2 with `server=`, iodine straight to its server). ATT&CK T1071.004.
//!
//! **Formula** A server is *common* where a fifth of the clients ask it, and at least two. It is foreign to a client
//! where it is not common, is an outside address, and either the client asks another server more often, or
//! five clients or more ask a common server. Five questions at least. Info; low from fifty
//! questions where the server is no public resolver by the list, and its questions are for no more than two
//! domains, as those of a tunnel are. Hosts that ask eight servers or more resolve for themselves and
//! are left out, as are resolvers.
//!
//! **Set off falsely** by machines with a server set by hand, guests, VPN clients, a second resolver.
//!
//! **Example** 3,118 questions to 203.0.113.9 for one domain; all other clients ask 10.0.0.1.

use super::encrypted_dns::operator;
use super::roles::{Asking, Roles};
use super::rule::{counted, found, reason};
use super::{About, Detection, Found, Scene, rule, shown};
use crate::analysis::Seen;
use crate::channels::{Interval, Places};
use rustc_hash::FxHashMap;
use std::cmp::Reverse;

/// The kind of its findings.
pub const KIND: &str = "foreign-resolver";
/// Its title: that of its page.
pub(super) const TITLE: &str = "A server that is not the client's resolver";

/// Questions, below which nothing is said; and from which on it is low.
const FEW: u64 = 5;
const MANY: u64 = 50;
/// Servers of a host that resolves for itself.
const OWN_RESOLVER: usize = 8;
/// Clients whose common servers make another stand out.
const CLIENTS: u64 = 5;
/// Domains of a tunnel's questions.
const DOMAINS: usize = 2;
const INFO: f64 = 0.2;
const LOW: f64 = 0.4;

/// Why it cannot run, where it cannot.
#[must_use]
pub fn missing(seen: &Seen) -> Option<String> {
    (seen.queries == 0 && seen.ends == 0)
        .then(|| "No row has both a client and a server.".to_owned())
}

/// What it has to do without.
#[must_use]
pub fn without(seen: &Seen) -> Option<String> {
    (seen.queries == 0).then(|| {
        "There are no questions (dns.log): connections to port 53 are counted instead.".to_owned()
    })
}

/// All findings, in no order.
#[must_use]
pub fn detect(scene: &Scene<'_>, roles: &Roles<'_>) -> Vec<Detection> {
    let least = (roles.clients() / 5).max(2);
    let common = |server: u32| roles.askers_of(server) >= least;
    let of_clients = || roles.asking().chunk_by(|a, b| a.client == b.client);
    let with_common = of_clients()
        .filter(|servers| servers.iter().any(|asking| common(asking.server)))
        .count() as u64;
    let foreign: Vec<Asking> = of_clients()
        .filter(|servers| servers.len() < OWN_RESOLVER && !roles.is_resolver(servers[0].client))
        .flat_map(|servers| {
            let favourite = favourite(scene, servers);
            servers.iter().copied().filter(move |asking| {
                let is_own = favourite == Some(asking.server);
                asking.rows >= FEW
                    && !common(asking.server)
                    && (!is_own || with_common >= CLIENTS)
                    && rule::is_outside(scene.analysis.host(asking.server)) == Some(true)
            })
        })
        .collect();
    if foreign.is_empty() {
        return Vec::new();
    }
    let asked = asked(scene, &foreign);
    foreign
        .iter()
        .zip(&asked)
        .filter_map(|(asking, asked)| judge(scene, asking, asked))
        .collect()
}

/// The server that a client asks most; of several, the last by address.
fn favourite(scene: &Scene<'_>, servers: &[Asking]) -> Option<u32> {
    servers
        .iter()
        .max_by_key(|asking| (asking.rows, scene.analysis.host(asking.server)))
        .map(|asking| asking.server)
}

/// What a client asked a foreign server for.
#[derive(Default)]
struct Asked<'a> {
    domains: usize,
    /// The domain asked for most, and how often; of several the first by name.
    most: Option<(u64, &'a [u8])>,
    interval: Interval,
    places: Places,
}

fn asked<'a>(scene: &Scene<'a>, foreign: &[Asking]) -> Vec<Asked<'a>> {
    let index: FxHashMap<(u32, u32), usize> = foreign
        .iter()
        .zip(0..)
        .map(|(asking, at)| ((asking.client, asking.server), at))
        .collect();
    let mut all: Vec<Asked<'_>> = foreign.iter().map(|_| Asked::default()).collect();
    for ends in &scene.dns {
        for &(server, rows) in ends.channel.servers.all() {
            if let Some(&at) = index.get(&(ends.client_id, server)) {
                let asked = &mut all[at];
                asked.domains += 1;
                let more = |&(most, domain): &(u64, &[u8])| {
                    (Reverse(rows), ends.other) < (Reverse(most), domain)
                };
                if asked.most.as_ref().is_none_or(more) {
                    asked.most = Some((rows, ends.other));
                }
                // Of a channel that asked elsewhere too, it is not kept which rows these were.
                if ends.channel.servers.all().len() == 1 {
                    asked.interval.merge(ends.channel.interval);
                    asked.places.merge(&ends.channel.places);
                }
            }
        }
    }
    all
}

fn judge(scene: &Scene<'_>, asking: &Asking, asked: &Asked<'_>) -> Option<Detection> {
    let (client, server) = (
        scene.analysis.host(asking.client),
        scene.analysis.host(asking.server),
    );
    let public = operator(server);
    let few = (1..=DOMAINS).contains(&asked.domains);
    let score = if asking.rows >= MANY && public.is_none() && few {
        LOW
    } else {
        INFO
    };
    let whose = public.map_or_else(String::new, |operator| {
        format!(", the public resolver of {operator}")
    });
    let sentence = format!(
        "{} asked {}{whose}, instead of the server that it or the others ask.",
        shown(client),
        shown(server)
    );
    let mut reasons = vec![reason(
        "foreign_questions",
        asking.rows as f64,
        0.0,
        INFO,
        format!("It asked this server {}.", counted(asking.rows, "time")),
    )];
    if let Some((rows, domain)) = asked.most {
        reasons.push(reason(
            "foreign_domains",
            asked.domains as f64,
            20.0,
            score - INFO,
            format!(
                "Its questions there are for {}, most ({rows}) for {}.",
                counted(asked.domains as u64, "domain"),
                shown(domain)
            ),
        ));
    }
    let what = Found {
        kind: KIND,
        client,
        domain: None,
        peer: Some(server),
        records: asking.rows,
        interval: asked.interval,
        places: &asked.places,
        attack: &["T1071.004"],
        about: About::Client,
    };
    found(&what, score, sentence, reasons)
}

#[cfg(test)]
mod tests {
    use super::super::testing::Logs;
    use super::*;
    use crate::report::Severity;

    fn found(logs: &Logs) -> Vec<(String, Severity)> {
        let scene = Scene::new(&logs.analysis);
        detect(&scene, &Roles::new(&scene))
            .into_iter()
            .map(|one| (one.finding.peer.unwrap(), one.finding.severity))
            .collect()
    }

    fn office() -> Logs {
        let mut logs = Logs::default();
        for n in 0..200 {
            let name = format!("www.site{}.com", n % 40);
            logs.ask(n, &format!("10.0.0.{}", n % 10), "10.0.1.1", &name, 1);
        }
        logs
    }

    #[test]
    fn a_second_server_of_one_client_is_told() {
        let mut logs = office();
        for n in 0..60 {
            logs.ask(
                n,
                "10.0.0.3",
                "203.0.113.9",
                &format!("x{n}.tunnel.example"),
                16,
            );
            logs.ask(n, "10.0.0.4", "8.8.8.8", &format!("www.site{n}.com"), 1);
        }
        assert_eq!(
            found(&logs),
            [
                ("203.0.113.9".to_owned(), Severity::Low),
                ("8.8.8.8".to_owned(), Severity::Info)
            ]
        );
    }

    #[test]
    fn the_only_server_of_one_client_is_told_where_the_others_agree() {
        let mut logs = office();
        for n in 0..60 {
            logs.ask(
                n,
                "10.0.0.77",
                "203.0.113.9",
                &format!("x{n}.tunnel.example"),
                16,
            );
        }
        assert_eq!(found(&logs), [("203.0.113.9".to_owned(), Severity::Low)]);
    }

    #[test]
    fn resolvers_common_servers_and_a_lone_client_are_none() {
        let mut logs = office();
        for n in 0..200 {
            let server = format!("198.51.100.{}", n % 20);
            logs.ask(n, "10.0.1.1", &server, &format!("www.site{n}.com"), 1);
            logs.ask(
                n,
                &format!("10.0.0.{}", n % 10),
                "8.8.8.8",
                "www.site1.com",
                1,
            );
            logs.ask(n, "10.0.0.2", "10.0.1.2", "www.site2.com", 1);
        }
        assert!(found(&logs).is_empty());
        let mut alone = Logs::default();
        for n in 0..200 {
            alone.ask(
                n,
                "10.0.0.1",
                "203.0.113.9",
                &format!("x{n}.tunnel.example"),
                16,
            );
        }
        assert!(found(&alone).is_empty());
    }
}
