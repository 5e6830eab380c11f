//! A tunnel that several addresses share, each with too little to be judged.
//!
//! In: the channels of a domain. Out: of those that say nothing by themselves one verdict for all. Must not know: what a
//! model says of a name.
//!
//! Machines that share a tunnel, or one that goes on under ever new addresses (RFC 8981), ask for a few names each. Put
//! together they are the channel that one machine would have had: nearly every name is asked for by one address alone, and
//! about once. **Several machines** are medium at most, for services of many look so, too. **One machine**: IPv6 addresses of one
//! network of 64 bits, of which each falls silent before the next begins, and no pause between two is longer than twice the
//! longest within one: judged as the one client that it is.

use super::counterfactual::counterfactuals;
use super::dns_tunnel::NO_ALERT;
use super::explain::reasons;
use super::roles::Roles;
use super::unconnected::Meetings;
use super::{
    Detection, Found, Scene, dns_tunnel, fingerprints, harmless, incident, leak, many_domains,
    severity, shown,
};
use crate::analysis::{AskedName, Ends};
use crate::channels::dns::DnsChannel;
use crate::features::dns::{LIST, free_types, vector};
use crate::models::{BANDS, Model};
use crate::report::{Proof, Related};
use crate::{hash, order};
use wakeful_logs::Micros;

/// Names of all, at least.
const NAMES: usize = 20;
/// Of the clients of a domain that ask so, and of their names that one of them alone asks for, the share: four in five.
const OWN: (usize, usize) = (4, 5);
/// Addresses of one machine, at least.
const ADDRESSES: usize = 3;
/// Others that are named.
const NAMED: usize = 20;
/// The most that several machines score: medium.
const MOST: f64 = BANDS[3] - 0.01;

/// Adds a detection for each domain that several ask for so, where none of them is an alert by itself.
pub(super) fn add(
    (scene, roles, meetings): (&Scene<'_>, &Roles<'_>, &Meetings<'_, '_>),
    model: &Model,
    detections: &mut Vec<Detection>,
) {
    for ids in roles.domains().filter(|ids| ids.len() > 1) {
        let shared = Shared::of(scene, roles, ids);
        let shared = shared.filter(|shared| !shared.is_harmless(scene, roles, meetings));
        let Some(found) = shared.and_then(|shared| shared.judge(roles, model)) else {
            continue;
        };
        let domain = &found.finding.domain;
        let same = |other: &Detection| other.finding.domain == *domain;
        if !detections
            .iter()
            .any(|other| same(other) && other.finding.severity.is_alert())
        {
            detections.retain(|other| !same(other));
            detections.push(found);
        }
    }
}

/// What several addresses ask of a domain.
struct Shared<'s, 'a> {
    /// Their channels.
    of: Vec<&'s Ends<'a, DnsChannel>>,
    /// That which asked most.
    most: &'s Ends<'a, DnsChannel>,
    /// All as one.
    all: DnsChannel,
    names: Vec<AskedName<'a>>,
    /// They are one machine's.
    is_one: bool,
    /// Bytes of names that they are let pass on a day.
    limit: f64,
}

impl<'s, 'a> Shared<'s, 'a> {
    /// Of a domain's channels; none where too few ask so, or for too little.
    fn of(scene: &'s Scene<'a>, roles: &Roles<'_>, ids: &[u32]) -> Option<Self> {
        // By content, or by types that programs seldom ask for.
        let is_odd = |ends: &&Ends<'_, DnsChannel>| {
            (many_domains::is_odd(ends, 1) || 2 * free_types(ends.channel) >= ends.channel.records)
                && ends.other != b"."
                && roles.role(ends.client_id).is_none()
        };
        let mut of: Vec<&Ends<'_, DnsChannel>> = Vec::new();
        for (at, &id) in ids.iter().enumerate() {
            of.extend(Some(&scene.dns[id as usize]).filter(is_odd));
            // Of most domains a few clients tell that too many ask otherwise.
            let others = at + 1 - of.len();
            if OWN.1 * others > (OWN.1 - OWN.0) * ids.len() {
                return None;
            }
        }
        let names: u64 = of.iter().map(|ends| ends.channel.names.count).sum();
        if names < NAMES as u64 || of.len() < 2 {
            return None;
        }
        order::by_key(&mut of, |ends| (ends.channel.interval.first, ends.client));
        let is_one = are_one_machine(&of);
        let says_it_itself =
            |ends: &&Ends<'_, DnsChannel>| ends.channel.names.count >= NAMES as u64;
        let known = !is_one && of.iter().any(says_it_itself);
        // But of a domain that answers nobody.
        if known && of.iter().any(|ends| ends.channel.with_answers > 0) {
            return None;
        }
        let (all, names) = merged(scene, &of)?;
        let most = of.iter();
        let most = *most.max_by_key(|ends| (ends.channel.records, ends.client))?;
        let (channel, other_clients) = (&all, 0);
        let limit = leak::limit(
            scene,
            &Ends {
                channel,
                other_clients,
                ..*most
            },
        );
        if known && limit == leak::LIMIT {
            return None;
        }
        Some(Self {
            of,
            most,
            all,
            names,
            is_one,
            limit,
        })
    }

    /// Whether it need be no tunnel.
    fn is_harmless(
        &self,
        scene: &Scene<'_>,
        roles: &Roles<'_>,
        meetings: &Meetings<'_, '_>,
    ) -> bool {
        let ends = Ends {
            channel: &self.all,
            ..*self.most
        };
        let met = self.of.iter().filter(|ends| meetings.of(ends).0 > 0);
        2 * met.count() > self.of.len()
            || harmless::of_names(&ends, &self.names)
                .or_else(|| harmless::of_sums(scene, roles, &ends))
                .or_else(|| harmless::of_scene(scene, roles, self.most, meetings))
                .is_some()
    }

    /// What is proved of it: a tool, or that its names carried more than is let pass.
    fn proofs(&self) -> Vec<Proof> {
        let mut proofs = fingerprints::proofs(&self.all, &self.names);
        let count = self.names.len() as u64;
        // By the characters of each name: less than the leak meter's bound.
        let bytes = self.all.names.information as f64 / 8e6 * self.all.busiest_share();
        if (self.is_one || self.limit < leak::LIMIT) && bytes >= self.limit {
            proofs.push(Proof {
                rule: leak::RULE.to_owned(),
                at_least: BANDS[2],
                text: format!("{bytes:.0} bytes could have left in the names of a day."),
                evidence: Vec::new(),
                matched: count,
                of: count,
            });
        }
        proofs
    }

    /// The verdict on all.
    fn judge(&self, roles: &Roles<'_>, model: &Model) -> Option<Detection> {
        let others = if self.is_one { 0 } else { self.of.len() - 1 };
        let vector = vector(&self.all, others as u32);
        let by_model = model.score(&vector);
        let proofs = self.proofs();
        let most = if self.is_one || proofs.iter().any(dns_tunnel::names_a_tool) {
            1.0
        } else if incident::is_service(roles, self.of.len()) {
            NO_ALERT
        } else {
            MOST
        };
        let proved = proofs.iter().map(|proof| proof.at_least);
        let score = proved.fold(by_model, f64::max).min(most);
        if score < NO_ALERT {
            return None;
        }
        let ends = Ends {
            channel: &self.all,
            ..*self.most
        };
        let found = Found::of_channel(dns_tunnel::KIND, &ends, &["T1071.004", "T1572"]);
        let explained = model.explain(&vector);
        let reasons = reasons(model, &LIST, &vector, &explained);
        let mut detection = found.detection(severity(score)?, score, reasons);
        let finding = &mut detection.finding;
        if by_model >= BANDS[2] && score >= BANDS[2] {
            finding.counterfactuals = counterfactuals(model, &LIST, &vector, &explained);
        }
        finding.proofs = proofs;
        finding.related = self.others(score);
        finding.sentence = self.sentence();
        Some(detection)
    }

    /// The other addresses.
    fn others(&self, score: f64) -> Vec<Related> {
        let is_other = |ends: &&&Ends<'_, DnsChannel>| ends.client_id != self.most.client_id;
        let others = self.of.iter().filter(is_other).take(NAMED);
        let related = others.map(|ends| Related {
            kind: dns_tunnel::KIND.to_owned(),
            domain: Some(shown(ends.other)),
            peer: None,
            score,
            text: format!(
                "{}: {} names.",
                shown(ends.client),
                ends.channel.names.count
            ),
        });
        related.collect()
    }

    fn sentence(&self) -> String {
        let who = match self.is_one {
            true => "addresses, as of one machine,",
            false => "clients",
        };
        format!(
            "{} {who} asked together for {} different names under {}, nearly each for its own.",
            self.of.len(),
            self.names.len(),
            shown(self.most.other)
        )
    }
}

/// The rows and names of channels as one, where four names in five are one channel's alone.
fn merged<'a>(
    scene: &Scene<'a>,
    of: &[&Ends<'a, DnsChannel>],
) -> Option<(DnsChannel, Vec<AskedName<'a>>)> {
    let (mut names, own) = distinct(scene, of);
    if names.len() < NAMES || OWN.1 * own < OWN.0 * names.len() {
        return None;
    }
    order::by(&mut names, |a, b| {
        let first = |asked: &AskedName<'_>| asked.first.unwrap_or(Micros::MAX);
        first(a).cmp(&first(b)).then_with(|| a.name.cmp(b.name))
    });
    let mut all = DnsChannel::default();
    for ends in of {
        all.merge_rows(ends.channel, &|input| input, &|server| server);
    }
    for asked in &names {
        all.names.add(asked.facts);
    }
    Some((all, names))
}

/// The names of channels, each as it was first asked for, and how many one of them alone asked for.
pub(super) fn distinct<'a>(
    scene: &Scene<'a>,
    of: &[&Ends<'a, DnsChannel>],
) -> (Vec<AskedName<'a>>, usize) {
    let names = of.iter().flat_map(|ends| scene.names(ends.id));
    let mut all: Vec<(u64, AskedName<'a>)> = names
        .map(|asked| (order::beginning(asked.name), *asked))
        .collect();
    order::by(&mut all, |(begins, a), (other, b)| {
        let first = |asked: &AskedName<'_>| asked.first.unwrap_or(Micros::MAX);
        begins
            .cmp(other)
            .then_with(|| a.name.cmp(b.name))
            .then_with(|| first(a).cmp(&first(b)))
    });
    let mut own = 0;
    let same = |a: &(u64, AskedName<'_>), b: &(u64, AskedName<'_>)| hash::same(a.1.name, b.1.name);
    let names = all.chunk_by(same).map(|same| {
        own += usize::from(same.len() == 1);
        same[0].1
    });
    (names.collect(), own)
}

/// Whether the clients, by the time at which each begins, are addresses that one machine has one after the other.
fn are_one_machine(odd: &[&Ends<'_, DnsChannel>]) -> bool {
    let Some(network) = odd.first().and_then(|ends| network(ends.client)) else {
        return false;
    };
    let (mut within, mut between, mut end) = (0, 0, None);
    for ends in odd {
        let beats = ends.channel.trace.sorted();
        for pair in beats.windows(2) {
            within = within.max(pair[1].time - pair[0].time);
        }
        let (Some(first), Some(last)) = (beats.first(), ends.channel.interval.last) else {
            return false;
        };
        let pause = end.map_or(0, |end: i64| first.time - end);
        if pause < 0 || self::network(ends.client) != Some(network) {
            return false;
        }
        between = between.max(pause);
        end = Some(last);
    }
    odd.len() >= ADDRESSES && between <= 2 * within
}

/// The network of 64 bits of an IPv6 address.
fn network(address: &[u8]) -> Option<u64> {
    let address: std::net::Ipv6Addr = std::str::from_utf8(address).ok()?.parse().ok()?;
    Some((u128::from(address) >> 64) as u64)
}

#[cfg(test)]
mod tests {
    use super::super::detect;
    use super::super::testing::Logs;
    use crate::report::Severity;

    /// The severity of a domain for which addresses of one network ask two names each, so many seconds apart, with so
    /// many seconds between the last question of one and the first of the next.
    fn severity(within: i64, between: i64, networks: i64) -> Option<Severity> {
        let mut logs = Logs::default();
        for client in 0..60 {
            let address = format!("2001:db8:7:{}::{client:x}", client % networks);
            logs.ask(client, &address, "10.0.1.1", "www.example.com", 1);
        }
        for n in 0..24_i64 {
            let (client, second) = (n / 2, n % 2);
            let address = format!("2001:db8:7:{}::1:{client:x}", client % networks);
            let hash = (n as u128 + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15_f39c_c060_5ced_c835);
            let at = client * (within + between) + second * within;
            logs.ask(
                at,
                &address,
                "10.0.1.1",
                &format!("{hash:032x}.example.net"),
                16,
            );
        }
        let found = detect(&logs.analysis).detections.into_iter();
        let mut found = found.map(|it| it.finding).filter(|it| it.domain.is_some());
        found.next().map(|it| it.severity)
    }

    #[test]
    fn one_machine_hands_over_without_a_longer_pause_within_one_network() {
        assert_eq!(severity(300, 600, 1), Some(Severity::Critical));
        assert_eq!(severity(300, 601, 1), Some(Severity::Medium));
        assert_eq!(severity(300, 300, 2), Some(Severity::Medium));
        assert_eq!(
            severity(300, -1, 1),
            Some(Severity::Medium),
            "two at a time"
        );
    }
}
