//! # Fast flux
//!
//! **Sees** a domain of few names that was answered with many addresses in many networks, for a short time each,
//! and that hardly anybody else asks for.
//!
//! **Matters** because networks of taken-over machines hide a server behind their own addresses.
//! ATT&CK T1568.001.
//!
//! **Formula** Holz et al. 2008: 1.32 · addresses + 18.54 · networks > 142.38, with /16 networks (/32 of IPv6) in
//! place of autonomous systems, which no log has; both distinct, over the sample of a channel's answers
//! ([`crate::channels::counts::Lowest`]). Beside: a time to live of 300 s or less, ten networks at least, eight of
//! ten addresses in a network of their own, five addresses a name, and no more than two other clients. Info; low
//! from 24 networks, since load balancers of a large cloud reach 20. No more: content networks are built alike.
//!
//! **Set off falsely** by content networks, by pools such as those of time servers, by peer-to-peer seeds.
//!
//! **Example** 30 addresses in 28 networks for one name, kept for 60 s.

use super::rule::{counted, dns_missing, found, reason, time};
use super::{Detection, Found, Scene, shown};
use crate::analysis::{Ends, Seen};
use crate::channels::dns::DnsChannel;

/// The kind of its findings.
pub const KIND: &str = "fast-flux";
/// Its title: that of its page.
pub(super) const TITLE: &str = "Fast flux";

/// The longest time to live, seconds.
const TTL: u32 = 300;
/// The fewest networks.
const NETWORKS: usize = 10;
/// Share of networks by addresses.
const SPREAD: f64 = 0.8;
/// Addresses a name.
const A_NAME: f64 = 5.0;
/// The most other clients.
const OTHERS: u32 = 2;
/// Weights and cut of Holz et al. 2008.
const ADDRESS: f64 = 1.32;
const NETWORK: f64 = 18.54;
const CUT: f64 = 142.38;
const INFO: f64 = 0.2;
const LOW: f64 = 0.4;
/// Networks at low.
const MANY: usize = 24;

/// Why it cannot run, where it cannot.
#[must_use]
pub fn missing(seen: &Seen) -> Option<String> {
    dns_missing(seen)
        .or_else(|| (seen.answers == 0).then(|| "No row of dns.log has answers.".to_owned()))
}

/// All findings, in no order.
#[must_use]
pub fn detect(scene: &Scene<'_>) -> Vec<Detection> {
    scene.dns.iter().filter_map(judge).collect()
}

fn judge(ends: &Ends<'_, DnsChannel>) -> Option<Detection> {
    let channel = ends.channel;
    let kept = channel.addresses.kept();
    let ttl = channel.ttl_min.filter(|&ttl| ttl <= TTL)?;
    if kept.len() < NETWORKS || ends.other_clients > OTHERS {
        return None;
    }
    let mut networks: Vec<u32> = kept.iter().map(|&(_, network)| network).collect();
    networks.sort_unstable();
    networks.dedup();
    let (addresses, networks) = (channel.addresses.distinct(), networks.len());
    let flux = ADDRESS * kept.len() as f64 + NETWORK * networks as f64;
    let spread = networks as f64 / kept.len() as f64;
    let a_name = addresses / channel.distinct_names().max(1) as f64;
    if networks < NETWORKS || spread < SPREAD || a_name < A_NAME || flux <= CUT {
        return None;
    }
    let score = if networks >= MANY { LOW } else { INFO };
    let sentence = format!(
        "{} was answered with about {addresses:.0} addresses in {networks} networks or more, each for {} at the shortest, for {}.",
        shown(ends.other),
        time(f64::from(ttl)),
        counted(channel.distinct_names(), "name")
    );
    let reasons = vec![
        reason(
            "flux",
            flux,
            25.0,
            score * 0.6,
            format!("1.32 by address and 18.54 by network give {flux:.0}; above {CUT} is flux."),
        ),
        reason(
            "ttl_min",
            f64::from(ttl),
            300.0,
            score * 0.2,
            format!("The shortest time to live is {}.", time(f64::from(ttl))),
        ),
        reason(
            "other_clients",
            f64::from(ends.other_clients),
            3.0,
            score * 0.1,
            format!(
                "{} asked for the domain.",
                counted(u64::from(ends.other_clients), "other client")
            ),
        ),
    ];
    let what = Found::of_channel(KIND, ends, &["T1568.001"]);
    found(&what, score, sentence, reasons)
}

#[cfg(test)]
mod tests {
    use super::super::testing::Logs;
    use super::*;

    fn count(clients: u32, names: u32, networks: u32, rows: u32) -> usize {
        let mut logs = Logs::default();
        for client in 0..clients {
            for row in 0..rows {
                let network = row % networks;
                let address = format!("{}.{}.7.{}", 50 + network / 4, network * 9, row);
                logs.asked(
                    i64::from(row) * 61,
                    &format!("10.0.0.{client}"),
                    "10.0.0.1",
                    &format!("n{}.flux.example", row % names),
                    1,
                    0,
                    &address,
                );
            }
        }
        detect(&Scene::new(&logs.analysis)).len()
    }

    #[test]
    fn many_addresses_in_many_networks_for_one_name_are_told() {
        assert_eq!(count(1, 1, 24, 24), 1);
        assert_eq!(count(2, 1, 24, 24), 2);
    }

    #[test]
    fn content_networks_are_none() {
        assert_eq!(count(1, 1, 3, 24), 0, "few networks");
        assert_eq!(count(1, 12, 24, 24), 0, "many names");
        assert_eq!(count(6, 1, 24, 24), 0, "many clients");
        assert_eq!(count(1, 1, 6, 6), 0, "few addresses");
    }
}
