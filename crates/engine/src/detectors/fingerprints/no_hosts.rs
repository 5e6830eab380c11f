//! Addresses in answers that no host can have: four or sixteen bytes of data, written as an address.
//!
//! Layout: a server that answers A and AAAA with data fills addresses as the data falls. Of IPv4 one in eight then begins with 0 or
//! with 224 and above (RFC 6890, RFC 5771); of IPv6 seven in eight lie outside of all that is given to hosts (2000::/3, RFC 4291; fc00::/7,
//! fe80::/10, and what carries IPv4).
//!
//! | asked | score | by chance |
//! |---|---|---|
//! | such addresses with three different beginnings (8 bits of IPv4, 16 of IPv6), of the sample of 32 | 0.6 | a domain's owner lists groups for multicast: they begin alike |
//! | with six | 0.8 | the same |
//!
//! 0.0.0.0 and 255.255.255.255 stand for “none” and do not count.

use super::{DnsChannel, Proof};
use rustc_hash::FxHashSet;

/// The name of the rule: it is of data, and names no tool.
pub(crate) const RULE: &str = "no-hosts";
/// Different beginnings for medium, and for high.
const SOME: usize = 3;
const MANY: usize = 6;

pub(super) fn proof(channel: &DnsChannel) -> Option<Proof> {
    let kept = channel.addresses.kept();
    if kept.len() < SOME {
        return None;
    }
    let impossible: FxHashSet<u32> = kept.iter().filter_map(|of| beginning(of.1)).collect();
    if impossible.len() < SOME {
        return None;
    }
    let at_least = if impossible.len() < MANY { 0.6 } else { 0.8 };
    Some(Proof {
        rule: RULE.to_owned(),
        at_least,
        text: format!(
            "Of {} addresses in the answers that were looked at, some with {} different beginnings can be no host's: they are data, written as addresses.",
            kept.len(),
            impossible.len()
        ),
        evidence: Vec::new(),
        matched: impossible.len() as u64,
        of: kept.len() as u64,
    })
}

/// How an address begins that no host can have, by its network ([`DnsChannel::addresses`]).
fn beginning(network: u32) -> Option<u32> {
    let (first, second) = (network >> 16, network & 0xffff);
    let is_data = match (first, second) {
        // IPv4, or what begins like it.
        (0, 0 | 0xffff) => false,
        (0, ipv4) => return matches!(ipv4 >> 8, 0 | 224..).then_some(ipv4 >> 8),
        // 64:ff9b::/96 and 64:ff9b:1::/48 carry IPv4 (RFC 6052, RFC 8215).
        (0x64, 0xff9b) => false,
        (first, _) => !matches!(first, 0x2000..=0x3fff | 0xfc00..=0xfdff | 0xfe80..=0xfebf),
    };
    is_data.then_some(first)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::detectors::Scene;
    use crate::detectors::fingerprints::proofs;
    use crate::detectors::testing::Logs;

    #[test]
    fn addresses_of_hosts_are_told_from_data() {
        let of_4 = |a: u32, b: u32| beginning(a << 8 | b);
        for (a, b) in [
            (0, 0),
            (255, 255),
            (10, 0),
            (127, 0),
            (192, 168),
            (223, 255),
        ] {
            assert_eq!(of_4(a, b), None, "{a}.{b}");
        }
        assert_eq!(
            (of_4(0, 9), of_4(224, 0), of_4(255, 1)),
            (Some(0), Some(224), Some(255))
        );
        for hosts in [
            0x2001_0db8,
            0x3fff_0000,
            0xfd12_3456,
            0xfe80_0000,
            0x0064_ff9b,
        ] {
            assert_eq!(beginning(hosts), None, "{hosts:x}");
        }
        assert_eq!(beginning(0x6e24_0001), Some(0x6e24));
        assert_eq!(beginning(0xff02_0000), Some(0xff02));
    }

    #[test]
    fn beginnings_are_counted_once() {
        let score = |answers: &[&str]| {
            let mut logs = Logs::default();
            for (at, answer) in (0..).zip(answers) {
                // The names do not matter.
                let name = format!(
                    "{}.example.com",
                    ["a", "b", "c", "www", "mail", "ns"][at as usize % 6]
                );
                logs.asked(at, "10.0.0.1", "10.0.0.53", &name, 1, 0, answer);
            }
            let scene = Scene::new(&logs.analysis);
            let proofs = proofs(scene.dns[0].channel, scene.names(0));
            proofs.first().map(|proof| proof.at_least)
        };
        let groups = ["239.1.0.1", "239.2.0.1", "239.3.0.1", "239.4.0.1"];
        assert_eq!(score(&groups), None);
        let data = ["239.1.0.1", "250.2.0.1", "0.3.0.1", "1.2.3.4"];
        assert_eq!(score(&data), Some(0.6));
        let beside = ["226.1.0.1", "226.2.0.1", "0.3.0.1", "1.2.3.4"];
        assert_eq!(score(&beside), None);
    }
}
