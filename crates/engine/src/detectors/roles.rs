//! What hosts are, where the logs show it.
//!
//! In: a [`Scene`]. Out: [`Roles`]: resolvers, mail servers, whom each client asks, who asks for a
//! domain. Must not know: what is suspicious.
//!
//! **Resolver**: asked on port 53 by three clients or more; or a host that asks twenty servers or
//! more, as a resolver that walks down from the root does; or eight, where others ask it; or the one host that a log
//! shows, where it asks under 200 domains as often as three machines on a day, the busiest domain left out: a log from behind a resolver.
//!
//! **Mail server**: connections to port 25 of three peers or more, or from three clients to its port 25;
//! or questions for the exchangers (MX), policies or keys (`_dmarc`, `_mta-sts`, `_domainkey`, `_25._tcp`, `_openpgpkey`, `_smimecert`) of five domains, or to five block lists or
//! about five names of one: a known one, or one that is asked about addresses turned round.
//! Nobody's own machine does these; a resolver that asks on behalf of a mail server does too, and is
//! called a resolver.

use super::{Scene, reversed};
use crate::Analysis;
use crate::allow::allowed;
use crate::analysis::Ends;
use crate::channels::dns::DnsChannel;
use crate::channels::flow::{FlowChannel, FlowClass};
use crate::order;
use rustc_hash::FxHashMap;

/// Clients that ask a server, from which on it is a resolver.
const ASKED_BY: usize = 3;
/// Servers that a resolver asks.
const ASKS: usize = 20;
/// The same of one that is itself asked.
const ASKS_AND_IS_ASKED: usize = 8;
/// Domains that the one client of a log asks under where it resolves for others, and the machines that ask as often.
const ALONE_DOMAINS: usize = 200;
const ALONE_MACHINES: f64 = 3.0;
/// Peers of a mail server.
const MAIL_PEERS: usize = 3;
/// Domains of which a mail server asks for the exchangers, or block lists that it asks.
const MAIL_DOMAINS: u64 = 5;
/// The port of mail between servers.
const SMTP: u16 = 25;
const MX: u16 = 15;
const TXT: u16 = 16;
const TLSA: u16 = 52;
const SMIMEA: u16 = 53;
const OPENPGPKEY: u16 = 61;

/// A client, a server that it asked, and how often.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Asking {
    /// The client's number.
    pub client: u32,
    /// The server's number.
    pub server: u32,
    /// Questions: rows of `dns.log`; without that log, connections to port 53.
    pub rows: u64,
}

/// What hosts are. Hosts go by their number in the analysis.
#[derive(Debug, Clone, Default)]
pub struct Roles<'a> {
    resolvers: Vec<u32>,
    mail: Vec<u32>,
    asking: Vec<Asking>,
    /// Clients by server.
    askers: FxHashMap<u32, u64>,
    clients: u64,
    by_domain: ByDomain,
    /// Which knows domains by their names.
    analysis: Option<&'a Analysis>,
}

/// The channels of each domain, side by side.
#[derive(Debug, Clone, Default)]
struct ByDomain {
    channels: Vec<u32>,
    /// Where those of each domain end.
    ends: Vec<usize>,
}

impl ByDomain {
    fn new(scene: &Scene<'_>) -> Self {
        let domains = scene.dns.iter().map(|ends| ends.other_id as usize + 1);
        let mut ends = vec![0; domains.max().unwrap_or(0)];
        for of in &scene.dns {
            ends[of.other_id as usize] += 1;
        }
        let mut sum = 0;
        for end in &mut ends {
            sum += std::mem::replace(end, sum);
        }
        let mut channels = vec![0; scene.dns.len()];
        for of in &scene.dns {
            let end = &mut ends[of.other_id as usize];
            channels[*end] = of.id;
            *end += 1;
        }
        Self { channels, ends }
    }

    fn of(&self, domain: usize) -> &[u32] {
        let start = domain.checked_sub(1).map_or(0, |before| self.ends[before]);
        &self.channels[start..self.ends[domain]]
    }
}

impl<'a> Roles<'a> {
    /// Looks at every channel once.
    #[must_use]
    pub fn new(scene: &Scene<'a>) -> Self {
        let asking = asking(scene);
        let mut askers: FxHashMap<u32, u64> = FxHashMap::default();
        for asking in &asking {
            *askers.entry(asking.server).or_default() += 1;
        }
        let mut clients: Vec<u32> = asking.iter().map(|asking| asking.client).collect();
        clients.dedup();
        Self {
            resolvers: resolvers(scene, &asking, &askers),
            mail: mail(scene),
            askers,
            clients: clients.len() as u64,
            asking,
            by_domain: ByDomain::new(scene),
            analysis: Some(scene.analysis),
        }
    }

    /// Whether a host resolves names for others.
    #[must_use]
    pub fn is_resolver(&self, host: u32) -> bool {
        self.resolvers.binary_search(&host).is_ok()
    }

    /// How many hosts do.
    pub(super) fn resolvers(&self) -> usize {
        self.resolvers.len()
    }

    /// Whether a host sends or takes mail for others.
    #[must_use]
    pub fn is_mail(&self, host: u32) -> bool {
        self.mail.binary_search(&host).is_ok()
    }

    /// What a host is, in a word or two.
    #[must_use]
    pub fn role(&self, host: u32) -> Option<&'static str> {
        match host {
            host if self.is_resolver(host) => Some("resolver"),
            host if self.is_mail(host) => Some("mail server"),
            _ => None,
        }
    }

    /// All pairs of a client and a server that it asks, by client, then server.
    #[must_use]
    pub fn asking(&self) -> &[Asking] {
        &self.asking
    }

    /// The servers that one client asks.
    #[must_use]
    pub fn servers_of(&self, client: u32) -> &[Asking] {
        let from = self.asking.partition_point(|asking| asking.client < client);
        let to = self
            .asking
            .partition_point(|asking| asking.client <= client);
        &self.asking[from..to]
    }

    /// How many clients ask a server.
    #[must_use]
    pub fn askers_of(&self, server: u32) -> u64 {
        self.askers.get(&server).copied().unwrap_or(0)
    }

    /// How many clients ask any.
    #[must_use]
    pub fn clients(&self) -> u64 {
        self.clients
    }

    /// The DNS channels of each domain, by number; domains in no order.
    pub(super) fn domains(&self) -> impl Iterator<Item = &[u32]> {
        (0..self.by_domain.ends.len())
            .map(|domain| self.by_domain.of(domain))
            .filter(|channels| !channels.is_empty())
    }

    /// The DNS channels of a domain, by number.
    #[must_use]
    pub fn channels_of(&self, domain: &[u8]) -> &[u32] {
        let number = self
            .analysis
            .and_then(|analysis| analysis.domain_number(domain));
        number
            .filter(|&number| (number as usize) < self.by_domain.ends.len())
            .map_or(&[], |number| self.by_domain.of(number as usize))
    }
}

fn asking(scene: &Scene<'_>) -> Vec<Asking> {
    let mut all: FxHashMap<(u32, u32), u64> = FxHashMap::default();
    for ends in &scene.dns {
        for &(server, rows) in ends.channel.servers.all() {
            *all.entry((ends.client_id, server)).or_default() += rows;
        }
    }
    if all.is_empty() {
        for ends in scene.flows(FlowClass::Dns) {
            *all.entry((ends.client_id, ends.other_id)).or_default() += ends.channel.records;
        }
    }
    let mut all: Vec<Asking> = all
        .into_iter()
        .map(|((client, server), rows)| Asking {
            client,
            server,
            rows,
        })
        .collect();
    order::natural(&mut all);
    all
}

/// The one client of a log that asks on behalf of a site.
fn alone(scene: &Scene<'_>, asking: &[Asking]) -> Option<u32> {
    let client = asking.first()?.client;
    if asking.last()?.client != client || scene.dns.len() < ALONE_DOMAINS {
        return None;
    }
    // Of each day the rows (0), and those of the domain that is asked most (1): one program can ask for one name all
    // day.
    let mut days: FxHashMap<(u32, i32), u64> = FxHashMap::default();
    for &(day, count) in scene.dns.iter().flat_map(|ends| &ends.channel.days) {
        *days.entry((0, day)).or_default() += count;
        let most = days.entry((1, day)).or_default();
        *most = count.max(*most);
    }
    let of = |which, day: i32| days.get(&(which, day)).copied().unwrap_or_default();
    let rest = days.keys().map(|&(_, day)| of(0, day) - of(1, day)).max();
    let machines = rest.unwrap_or_default() as f64 / super::baseline::ROWS_A_DAY;
    (machines >= ALONE_MACHINES).then_some(client)
}

fn resolvers(scene: &Scene<'_>, asking: &[Asking], askers: &FxHashMap<u32, u64>) -> Vec<u32> {
    let asked_by = |host: u32| askers.get(&host).map_or(0, |&count| count as usize);
    let mut resolvers: Vec<u32> = asking
        .iter()
        .map(|asking| asking.server)
        .filter(|&server| asked_by(server) >= ASKED_BY)
        .collect();
    for servers in asking.chunk_by(|a, b| a.client == b.client) {
        let client = servers[0].client;
        if servers.len() >= ASKS || servers.len() >= ASKS_AND_IS_ASKED && asked_by(client) > 0 {
            resolvers.push(client);
        }
    }
    resolvers.extend(alone(scene, asking));
    sorted(resolvers)
}

fn mail(scene: &Scene<'_>) -> Vec<u32> {
    let is_mail = |channel: &FlowChannel| channel.ports == Some((SMTP, SMTP));
    let (mut senders, mut receivers) = (Vec::new(), Vec::new());
    for ends in scene.flows(FlowClass::Other) {
        if is_mail(ends.channel) {
            senders.push(ends.client_id);
            receivers.push(ends.other_id);
        }
    }
    let mut checkers: Vec<(u32, u64)> = Vec::new();
    // Many clients ask for the same domain: whether it is a block list is looked up once.
    let mut lists: FxHashMap<u32, bool> = FxHashMap::default();
    for ends in &scene.dns {
        let mut is_list = || {
            *lists
                .entry(ends.other_id)
                .or_insert_with(|| is_block_list(ends.other))
        };
        let weight = match ends.channel {
            channel if channel.asked_for(&[MX]) > 0 || asks_of_sender(scene, ends) => 1,
            channel if is_list() || are_addresses(scene, ends) => channel.names.count,
            _ => 0,
        };
        if weight > 0 {
            checkers.push((ends.client_id, weight));
        }
    }
    let mut mail = often(senders, MAIL_PEERS);
    mail.extend(often(receivers, MAIL_PEERS));
    checkers.sort_unstable();
    for checks in checkers.chunk_by(|a, b| a.0 == b.0) {
        if checks.iter().map(|(_, weight)| weight).sum::<u64>() >= MAIL_DOMAINS {
            mail.push(checks[0].0);
        }
    }
    sorted(mail)
}

/// Whether a client asks for a sender's policy or key, as who takes mail does (RFC 7489, RFC 6376), or for those of
/// whom it sends to (RFC 7672, RFC 7929, RFC 8162, RFC 8461).
pub(super) fn asks_of_sender(scene: &Scene<'_>, ends: &Ends<'_, DnsChannel>) -> bool {
    const FIRST: [&[u8]; 3] = [b"_dmarc.", b"_mta-sts.", b"_25._tcp."];
    const ANYWHERE: [&[u8]; 3] = [b"_domainkey.", b"_openpgpkey.", b"_smimecert."];
    let is_of_sender = |name: &[u8]| {
        FIRST.iter().any(|label| name.starts_with(label))
            || (0..name.len())
                .filter(|&at| name[at] == b'_')
                .any(|at| ANYWHERE.iter().any(|label| name[at..].starts_with(label)))
    };
    ends.channel.asked_for(&[TXT, TLSA, SMIMEA, OPENPGPKEY]) > 0
        && scene
            .names(ends.id)
            .iter()
            .any(|asked| is_of_sender(asked.name))
}

/// Whether a client asks about addresses, as a block list is asked, whosever list it is.
fn are_addresses(scene: &Scene<'_>, ends: &Ends<'_, DnsChannel>) -> bool {
    let names = scene.names(ends.id);
    // Most channels end here, or at their first name.
    let begins = |name: &[u8]| name.first().is_some_and(u8::is_ascii_digit);
    ends.channel.names.digits > 0
        && names.first().is_some_and(|asked| begins(asked.name))
        && !ends.other.ends_with(b".arpa")
        && reversed::are_reversed(names)
}

fn is_block_list(domain: &[u8]) -> bool {
    std::str::from_utf8(domain)
        .ok()
        .and_then(allowed)
        .is_some_and(|entry| entry.category == "block list")
}

/// The numbers that occur at least so often.
fn often(mut numbers: Vec<u32>, least: usize) -> Vec<u32> {
    numbers.sort_unstable();
    numbers
        .chunk_by(|a, b| a == b)
        .filter(|same| same.len() >= least)
        .map(|same| same[0])
        .collect()
}

fn sorted(mut numbers: Vec<u32>) -> Vec<u32> {
    numbers.sort_unstable();
    numbers.dedup();
    numbers
}

/// Whether a domain is under a suffix that nobody can register under, and is asked of servers that others ask too: it
/// is answered within the site.
pub(super) fn is_of_the_site(
    scene: &Scene<'_>,
    roles: &Roles<'_>,
    ends: &Ends<'_, DnsChannel>,
) -> bool {
    let servers = ends.channel.servers.all();
    ends.other != b"."
        && wakeful_suffixes::suffix(ends.other).is_none_or(|suffix| suffix.kind.is_none())
        && servers.iter().all(|&(server, _)| {
            roles.askers_of(server) > 1
                && super::rule::is_outside(scene.analysis.host(server)) == Some(false)
        })
}

#[cfg(test)]
mod tests {
    use super::super::testing::{Logs, host};
    use super::*;

    #[test]
    fn the_one_client_of_a_log_resolves_where_it_asks_like_three_machines() {
        let is_resolver = |rows: i64, domains: i64, of_one: i64, others: i64| {
            let mut logs = Logs::default();
            for n in 0..rows {
                let name = format!("www.example{}.com", n % domains);
                logs.ask(n % 40_000, "10.0.0.1", "9.9.9.9", &name, 1);
            }
            for n in 0..of_one {
                logs.ask(n % 40_000, "10.0.0.1", "9.9.9.9", "www.example.net", 1);
            }
            for n in 0..others {
                logs.ask(n, "10.0.0.2", "9.9.9.9", "www.example.org", 1);
            }
            let scene = Scene::new(&logs.analysis);
            Roles::new(&scene).is_resolver(host(&scene, "10.0.0.1"))
        };
        assert!(is_resolver(6100, 250, 0, 0));
        assert!(!is_resolver(5000, 250, 0, 0), "two machines and a half");
        assert!(!is_resolver(6100, 150, 0, 0), "few domains");
        assert!(!is_resolver(3000, 250, 9000, 0), "one name all day");
        assert!(!is_resolver(6100, 250, 0, 1), "another client is seen");
    }

    #[test]
    fn who_asks_for_the_keys_of_five_domains_sends_mail() {
        let is_mail = |front: &str, qtype| {
            let mut logs = Logs::default();
            for n in 0..5 {
                let name = format!("{front}.example{n}.com");
                logs.ask(n, "10.0.0.1", "10.0.1.1", &name, qtype);
            }
            let scene = Scene::new(&logs.analysis);
            Roles::new(&scene).is_mail(host(&scene, "10.0.0.1"))
        };
        assert!(is_mail("0a1b._openpgpkey", OPENPGPKEY) && is_mail("_25._tcp.mx", TLSA));
        assert!(!is_mail("_443._tcp.www", TLSA) && !is_mail("0a1b", TXT));
    }

    #[test]
    fn who_is_asked_by_many_or_asks_many_resolves_for_others() {
        let mut logs = Logs::default();
        for client in ["10.0.0.5", "10.0.0.6", "10.0.0.7"] {
            logs.ask(1, client, "10.0.0.1", "www.example.com", 1);
        }
        for n in 0..30 {
            logs.ask(
                2,
                "10.0.0.1",
                &format!("198.51.100.{n}"),
                "www.example.com",
                1,
            );
        }
        for n in 0..7 {
            logs.ask(
                3,
                "10.0.0.7",
                &format!("198.51.100.{n}"),
                "www.example.com",
                1,
            );
        }
        let scene = Scene::new(&logs.analysis);
        let roles = Roles::new(&scene);
        let role = |address| roles.role(host(&scene, address));
        assert_eq!(role("10.0.0.1"), Some("resolver"));
        assert_eq!((role("10.0.0.7"), role("198.51.100.9")), (None, None));
        assert_eq!(roles.askers_of(host(&scene, "10.0.0.1")), 3);
        assert_eq!(roles.servers_of(host(&scene, "10.0.0.7")).len(), 8);
        assert_eq!(roles.clients(), 4);
        assert_eq!(roles.channels_of(b"example.com").len(), 4);
    }

    #[test]
    fn mail_servers_ask_for_exchangers_and_block_lists_or_speak_to_port_25() {
        let mut logs = Logs::default();
        for n in 0..5 {
            logs.ask(1, "10.0.0.8", "10.0.0.1", &format!("company{n}.com"), MX);
            logs.ask(
                1,
                "10.0.0.9",
                "10.0.0.1",
                &format!("{n}.2.0.192.zen.spamhaus.org"),
                1,
            );
        }
        logs.ask(1, "10.0.0.5", "10.0.0.1", "company0.com", MX);
        for n in 0..3 {
            logs.connect("10.0.0.10", &format!("203.0.113.{n}"), SMTP);
        }
        logs.connect("10.0.0.5", "203.0.113.1", SMTP);
        for n in 0..5 {
            let list = format!("{n}.2.0.192.bl.example.org");
            logs.ask(1, "10.0.0.11", "10.0.0.1", &list, 1);
            let policy = format!("_dmarc.company{n}.com");
            logs.ask(1, "10.0.0.12", "10.0.0.1", &policy, TXT);
            let name = format!("{n}.2.0.192.in-addr.arpa");
            logs.ask(1, "10.0.0.5", "10.0.0.1", &name, 12);
        }
        let scene = Scene::new(&logs.analysis);
        let roles = Roles::new(&scene);
        for (address, is) in [
            ("10.0.0.8", true),
            ("10.0.0.9", true),
            ("10.0.0.10", true),
            ("10.0.0.11", true),
            ("10.0.0.12", true),
            ("10.0.0.5", false),
        ] {
            assert_eq!(roles.is_mail(host(&scene, address)), is, "{address}");
        }
    }

    #[test]
    fn without_dns_log_the_connections_say_whom_a_client_asks() {
        let mut logs = Logs::default();
        logs.connect("10.0.0.5", "10.0.0.1", 53);
        logs.connect("10.0.0.5", "10.0.0.1", 53);
        let scene = Scene::new(&logs.analysis);
        let roles = Roles::new(&scene);
        assert_eq!(roles.asking().len(), 1);
        assert_eq!(roles.asking()[0].rows, 2);
    }
}
