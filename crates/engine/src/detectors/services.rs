//! Beacons to what many know: whose addresses they go to, and one entry for many clients.
//!
//! In: a [`Scene`], the [`Roles`] of its hosts, detections. Out: beacons to addresses that were given for a domain
//! that many clients ask for are lowered and say so; those of several clients to one domain, and of one client to many, become one. Must not know:
//! how a rhythm was measured.
//!
//! A peer that one client alone connects to may still be everybody's: a service has many addresses, and each
//! client is given another. So an address is known by the domain that it was given for: to this client, or,
//! where it asked for none, to anybody; of several such domains the one that the fewest ask for, so that an address which a
//! content network lends to a stranger is the stranger's. One client in [`beacon::SERVICE`] makes it a service, as for a peer itself
//! ([`super::beacon`]); a suffix that anybody can use is none.

use super::beacon::{self, INFO_MOST, LOW_MOST, SERVICE};
use super::fold::gathered;
use super::roles::Roles;
use super::rule::{self, counted, reason};
use super::{Detection, Scene, dns_beacon, severity, shown};
use crate::Analysis;
use crate::allow;
use crate::order;
use crate::report::Related;
use rustc_hash::{FxHashMap, FxHashSet};

/// Clients named in an entry for many.
const NAMED: usize = 20;

/// A domain for which an address was given, and how many clients ask for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Given {
    clients: u64,
    /// A channel of the domain.
    channel: u32,
}

/// Lowers beacons to services, and says of which domain each beacon's address is.
pub(super) fn explain(scene: &Scene<'_>, roles: &Roles<'_>, detections: &mut [Detection]) {
    let hash = |peer: &str| Analysis::address_hash(peer.as_bytes());
    let wanted: FxHashSet<u64> = detections
        .iter()
        .filter(|detection| beacon::is_one(&detection.finding))
        .filter_map(|detection| detection.finding.peer.as_deref().map(hash))
        .collect();
    let given = given(scene, &wanted);
    for detection in detections {
        let finding = &detection.finding;
        match (finding.kind.as_str(), finding.peer.as_deref()) {
            (dns_beacon::KIND, _) => detection.service.clone_from(&finding.domain),
            (_, Some(peer)) if beacon::is_one(finding) => {
                let own = given.get(&(Some(finding.client.clone()), hash(peer)));
                if let Some(&given) = own.or_else(|| given.get(&(None, hash(peer)))) {
                    lower(scene, roles, detection, given);
                }
            }
            _ => {}
        }
    }
}

/// For which domain each address was given: by client, and by anybody.
fn given(scene: &Scene<'_>, wanted: &FxHashSet<u64>) -> FxHashMap<(Option<String>, u64), Given> {
    let mut all: FxHashMap<(Option<String>, u64), Given> = FxHashMap::default();
    if wanted.is_empty() {
        return all;
    }
    for ends in &scene.dns {
        for &(hash, ..) in ends.channel.addresses.kept() {
            if !wanted.contains(&hash) {
                continue;
            }
            let found = Given {
                clients: u64::from(ends.other_clients) + 1,
                channel: ends.id,
            };
            for client in [Some(shown(ends.client)), None] {
                let fewest = all.entry((client, hash)).or_insert(found);
                let name = |given: Given| (given.clients, scene.dns[given.channel as usize].other);
                if name(found) < name(*fewest) {
                    *fewest = found;
                }
            }
        }
    }
    all
}

fn lower(scene: &Scene<'_>, roles: &Roles<'_>, detection: &mut Detection, given: Given) {
    let domain = shown(scene.dns[given.channel as usize].other);
    let is_service = given.clients > 1
        && given.clients * SERVICE as u64 >= roles.clients()
        && !allow::is_shared_suffix(&domain);
    let finding = &mut detection.finding;
    let text = match given.clients {
        1 => format!("The address was given for {domain}, for which no other client asks."),
        some => format!(
            "The address was given for {domain}: {some} of {} ask for that domain.",
            counted(roles.clients(), "client")
        ),
    };
    if is_service {
        // Still low, for who speaks like a clock and says always the same may hide behind a service.
        let most = if finding.score >= rule::ALERT {
            LOW_MOST
        } else {
            INFO_MOST
        };
        let push = (most - finding.score).min(0.0);
        finding.score = finding.score.min(most);
        finding.severity = severity(finding.score).unwrap_or_default();
        finding.counterfactuals.clear();
        finding
            .reasons
            .push(reason("service", given.clients as f64, 1.0, push, text));
    } else {
        finding.context.notes.push(text);
    }
    detection.service = Some(domain);
}

/// Entries of one client, alerts and others, from which on its beacons are one entry each.
const MANY_ALERTS: usize = 4;
const MANY: usize = 11;

/// Of beacons to one domain the strongest takes the others in: those of one client, and where none is an alert, those
/// of all; then of a client's many, whatever they go to.
pub(super) fn gather(detections: Vec<Detection>) -> Vec<Detection> {
    // By domain, kind, and of alerts the client.
    let (mut by_domain, mut all) = (Vec::new(), Vec::new());
    for mut detection in detections {
        let finding = &detection.finding;
        let is_beacon = beacon::is_one(finding) || finding.kind == dns_beacon::KIND;
        match detection.service.take() {
            Some(domain) if is_beacon => {
                let alert = finding.severity.is_alert();
                let whose = if alert { finding.client.as_str() } else { "" };
                by_domain.push((format!("{domain}\n{}\n{whose}", finding.kind), detection));
            }
            _ => all.push(detection),
        }
    }
    for (key, alike) in gathered(by_domain) {
        let domain = key.lines().next().unwrap_or_default();
        all.extend(one(alike, &format!("addresses of {domain}"), domain));
    }
    let (mut by_client, mut rest) = (Vec::new(), Vec::new());
    for detection in all {
        let finding = &detection.finding;
        if beacon::is_one(finding) {
            let whose = format!("{}\n{}", finding.client, finding.severity.is_alert());
            by_client.push((whose, detection));
        } else {
            rest.push(detection);
        }
    }
    for (_, alike) in gathered(by_client) {
        let is_alert = alike[0].finding.severity.is_alert();
        if alike.len() < if is_alert { MANY_ALERTS } else { MANY } {
            rest.extend(alike);
        } else {
            let many = "many addresses: a machine that watches others does so";
            rest.extend(one(alike, many, ""));
        }
    }
    rest
}

/// The strongest, with the others taken in.
fn one(mut alike: Vec<Detection>, where_to: &str, domain: &str) -> Option<Detection> {
    order::by(&mut alike, |a, b| {
        let (a, b) = (&a.finding, &b.finding);
        b.score
            .total_cmp(&a.score)
            .then_with(|| (&a.client, &a.peer).cmp(&(&b.client, &b.peer)))
    });
    let mut alike = alike.into_iter();
    let mut first = alike.next()?;
    take_in(&mut first, (where_to, domain), alike.as_slice());
    Some(first)
}

fn take_in(first: &mut Detection, (where_to, domain): (&str, &str), others: &[Detection]) {
    if others.is_empty() {
        return;
    }
    let finding = &mut first.finding;
    let mut clients: Vec<&str> = others
        .iter()
        .map(|other| other.finding.client.as_str())
        .collect();
    clients.push(&finding.client);
    order::natural(&mut clients);
    clients.dedup();
    let whose = match clients.len() {
        1 => format!(
            " The client keeps {} to {where_to}.",
            counted(others.len() as u64 + 1, "such beacon")
        ),
        many => format!(
            " {} the like with {domain}: one entry for all.",
            match many - 1 {
                1 => "One other client does".to_owned(),
                others => format!("{others} other clients do"),
            }
        ),
    };
    finding.sentence.push_str(&whose);
    let related = others.iter().take(NAMED).map(|other| Related {
        kind: other.finding.kind.clone(),
        domain: other.finding.domain.clone(),
        peer: other.finding.peer.clone(),
        score: other.finding.score,
        text: format!("{}: {}", other.finding.client, other.finding.sentence),
    });
    finding.related.extend(related);
}

#[cfg(test)]
mod tests {
    use super::super::detect;
    use super::super::testing::{Logs, NOON};
    use crate::report::{Finding, Severity};
    use wakeful_logs::ConnRecord;

    const DOMAIN: &str = "poll.example.net";

    /// Twenty clients; `pollers` of them connect to an address of their own every five minutes, which a name gave
    /// them that `askers` ask for.
    fn logs(pollers: usize, askers: usize, name: &str) -> Vec<Finding> {
        let mut logs = Logs::default();
        for client in 0..20 {
            let address = format!("10.0.0.{client}");
            logs.ask(0, &address, "10.0.1.1", "www.example.com", 1);
            if client < askers {
                let peer = format!("203.0.113.{client}");
                logs.asked(0, &address, "10.0.1.1", name, 1, 0, &peer);
            }
            for n in 0..60_i64 {
                let peer = format!("203.0.113.{client}");
                logs.flow(&ConnRecord {
                    ts: Some(NOON + n * 300_000_000),
                    orig_host: Some(address.as_bytes()),
                    resp_host: Some(if client < pollers {
                        peer.as_bytes()
                    } else {
                        b"198.51.100.1"
                    }),
                    resp_port: Some(443),
                    orig_bytes: Some(300),
                    resp_bytes: Some(5000 + (n as u64 * 7919) % 700),
                    ..ConnRecord::default()
                });
                if client >= pollers && n > 3 {
                    break;
                }
            }
        }
        let detected = detect(&logs.analysis).detections;
        let of = |kind: &str| kind == super::beacon::KIND;
        detected
            .into_iter()
            .map(|it| it.finding)
            .filter(|it| of(&it.kind))
            .collect()
    }

    #[test]
    fn a_beacon_that_one_client_alone_knows_stays_and_one_to_a_service_is_low() {
        let of = |askers| logs(1, askers, DOMAIN)[0].severity;
        assert_eq!((of(1), of(2)), (Severity::Medium, Severity::Low));
        // Nobody asked for the address.
        assert_eq!(of(0), Severity::Medium);
    }

    #[test]
    fn a_suffix_that_anybody_can_use_is_no_service() {
        let found = logs(1, 2, "me.duckdns.org");
        assert_eq!(found[0].severity, Severity::Medium);
    }

    #[test]
    fn clients_that_poll_one_domain_alike_are_one_entry() {
        let found = logs(4, 4, DOMAIN);
        assert_eq!(found.len(), 1);
        assert_eq!(
            (found[0].severity, found[0].related.len()),
            (Severity::Low, 3)
        );
        assert!(
            found[0]
                .sentence
                .contains("3 other clients do the like with example.net"),
            "{}",
            found[0].sentence
        );
    }

    /// `sites` addresses, nobody else's, each asked every minute by one client of ten.
    fn watched(sites: usize) -> Vec<Finding> {
        let mut logs = Logs::default();
        for n in 0..400_i64 {
            for client in 0..10 {
                logs.connect(&format!("10.0.0.{client}"), "198.51.100.9", 443);
            }
            for site in 0..sites {
                logs.flow(&ConnRecord {
                    ts: Some(NOON + n * 60_000_000),
                    orig_host: Some(b"10.0.0.1"),
                    resp_host: Some(format!("203.0.{site}.7").as_bytes()),
                    resp_port: Some(443),
                    orig_bytes: Some(420),
                    resp_bytes: Some(9000),
                    orig_pkts: Some(7),
                    resp_pkts: Some(9),
                    ..ConnRecord::default()
                });
            }
        }
        detect(&logs.analysis)
            .detections
            .into_iter()
            .map(|detection| detection.finding)
            .collect()
    }

    #[test]
    fn many_clocks_of_one_client_are_one_entry_and_three_are_three() {
        let three = watched(3);
        assert_eq!(three.len(), 3);
        let twenty = watched(20);
        assert_eq!((twenty.len(), twenty[0].related.len()), (1, 19));
        assert_eq!(twenty[0].severity, Severity::Medium);
        assert!(
            twenty[0].sentence.contains("20 such beacons"),
            "{}",
            twenty[0].sentence
        );
    }
}
