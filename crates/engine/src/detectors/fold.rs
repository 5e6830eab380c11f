//! Findings of one matter become one.
//!
//! In: detections. Out: fewer, each with those that were folded into it as [`Related`]. Must not know:
//! how a score came about.
//!
//! A tunnel through a resolver shows twice: as names in `dns.log` and as flows in `conn.log`. The flows
//! of a client and a server are folded into that client's DNS channel if the channel's rows went to that
//! server and, where the logs have `uid`s, some of its `uid`s name flows between the two. What is
//! folded is the flow finding, whatever its score; the score of the whole is the larger one.
//! Findings of the same client and peer, or client and domain, fold into the one with the highest score; a
//! channel's verdict, which knows most of it, takes in what else is told of the two, whatever the scores.
//! A beacon of connections takes in that of the look-ups which gave it the address.

use super::{About, Detection, Scene, beacon, dns_beacon, severity, shown};
use crate::Analysis;
use crate::analysis::Ends;
use crate::channels::dns::DnsChannel;
use crate::channels::flow::FlowClass;
use crate::order;
use crate::report::Related;

/// Kinds that are about a DNS channel, the most telling first.
const CHANNEL_KINDS: [&str; 1] = ["dns-tunnel"];

/// Folds what belongs together.
#[must_use]
pub(super) fn fold(scene: &Scene<'_>, detections: Vec<Detection>) -> Vec<Detection> {
    let folded = same_ends(detections);
    let folded = look_ups_into_beacons(scene, folded);
    flows_into_channels(scene, folded)
}

/// A beacon in DNS goes into the strongest beacon of the client to an address that its channel was given.
fn look_ups_into_beacons(scene: &Scene<'_>, detections: Vec<Detection>) -> Vec<Detection> {
    let (look_ups, mut others): (Vec<_>, Vec<_>) = detections
        .into_iter()
        .partition(|detection| detection.finding.kind == dns_beacon::KIND);
    order::by(&mut others, |a, b| {
        b.finding.score.total_cmp(&a.finding.score)
    });
    let mut rest = Vec::new();
    for look_up in look_ups {
        let gave = |peer: &str| {
            let About::Channel(id) = look_up.about else {
                return false;
            };
            let hash = Analysis::address_hash(peer.as_bytes());
            let given = scene.dns[id as usize].channel.addresses.kept();
            given.iter().any(|&(known, _)| known == hash)
        };
        let beacon = others.iter_mut().find(|other| {
            beacon::is_one(&other.finding)
                && other.finding.client == look_up.finding.client
                && other.finding.peer.as_deref().is_some_and(gave)
        });
        match beacon {
            Some(beacon) => take_in(beacon, &look_up, "These look-ups gave it the address."),
            None => rest.push(look_up),
        }
    }
    others.extend(rest);
    others
}

/// Detections of the same key, side by side; in the order of keys, and of the same key in that they had. One piece of
/// code for all that gather.
pub(super) fn gathered(mut keyed: Vec<(String, Detection)>) -> Vec<(String, Vec<Detection>)> {
    order::by(&mut keyed, |a, b| a.0.cmp(&b.0));
    let mut groups: Vec<(String, Vec<Detection>)> = Vec::new();
    for (key, detection) in keyed {
        match groups.last_mut() {
            Some((same, group)) if *same == key => group.push(detection),
            _ => groups.push((key, vec![detection])),
        }
    }
    groups
}

/// Of the same client and the same other side, the strongest takes the others in.
fn same_ends(detections: Vec<Detection>) -> Vec<Detection> {
    let ends = |detection: Detection| {
        let finding = &detection.finding;
        (
            format!(
                "{}\n{:?}\n{:?}",
                finding.client, finding.domain, finding.peer
            ),
            detection,
        )
    };
    let mut all = Vec::new();
    for (_, mut group) in gathered(detections.into_iter().map(ends).collect()) {
        order::by(&mut group, |a, b| {
            let (a, b) = (&a.finding, &b.finding);
            let by_rule = |kind: &String| !CHANNEL_KINDS.contains(&kind.as_str());
            by_rule(&a.kind)
                .cmp(&by_rule(&b.kind))
                .then_with(|| b.score.total_cmp(&a.score))
                .then_with(|| a.kind.cmp(&b.kind))
        });
        let mut group = group.into_iter();
        if let Some(mut first) = group.next() {
            // A finding about a client alone has no other side to be the same.
            let about_a_pair = first.finding.domain.is_some() || first.finding.peer.is_some();
            for other in group {
                if about_a_pair {
                    take_in(&mut first, &other, "Both are about the same two ends.");
                } else {
                    all.push(other);
                }
            }
            all.push(first);
        }
    }
    all
}

/// Flow findings go into the strongest DNS channel of the client whose rows are in those flows.
fn flows_into_channels(scene: &Scene<'_>, detections: Vec<Detection>) -> Vec<Detection> {
    let (mut channels, others): (Vec<_>, Vec<_>) = detections
        .into_iter()
        .partition(|detection| CHANNEL_KINDS.contains(&detection.finding.kind.as_str()));
    order::by(&mut channels, |a, b| {
        b.finding.score.total_cmp(&a.finding.score)
    });
    let mut rest = Vec::new();
    for other in others {
        let carrier = channels.iter_mut().find(|channel| {
            let (About::Channel(id), Some(peer)) = (channel.about, &other.finding.peer) else {
                return false;
            };
            channel.finding.client == other.finding.client
                && carries(scene, &scene.dns[id as usize], peer)
        });
        match carrier {
            Some(channel) => take_in(
                channel,
                &other,
                "The channel's queries went to this server in these flows.",
            ),
            None => rest.push(other),
        }
    }
    channels.extend(rest);
    channels
}

/// Whether rows of a channel went to a server, in flows that are known by their `uid` where both logs
/// have one.
fn carries(scene: &Scene<'_>, ends: &Ends<'_, DnsChannel>, peer: &str) -> bool {
    let channel = ends.channel;
    let asked = channel
        .servers
        .all()
        .iter()
        .any(|&(server, _)| shown(scene.analysis.host(server)) == peer);
    let seen = scene.analysis.seen();
    if !asked || seen.dns_uids == 0 || seen.conn_uids == 0 {
        return asked;
    }
    let has = |uid: u64| channel.uids.kept().iter().any(|&(known, _)| known == uid);
    scene
        .analysis
        .flow_channels(FlowClass::Dns)
        .filter(|flows| flows.client_id == ends.client_id && shown(flows.other) == peer)
        .any(|flows| {
            let of_these = |uid: u64| {
                let flow = scene.analysis.flow_of(uid);
                flow.is_some_and(|flow| flow.channel == flows.id)
            };
            flows.channel.heavy.iter().any(|&(_, uid)| has(uid))
                || channel.uids.kept().iter().any(|&(uid, _)| of_these(uid))
        })
}

fn take_in(first: &mut Detection, other: &Detection, why: &str) {
    let (into, from) = (&mut first.finding, &other.finding);
    into.related.push(Related {
        kind: from.kind.clone(),
        domain: from.domain.clone(),
        peer: from.peer.clone(),
        score: from.score,
        text: if from.sentence.is_empty() {
            why.to_owned()
        } else {
            format!("{} {why}", from.sentence)
        },
    });
    into.proofs.extend(from.proofs.iter().cloned());
    for technique in &from.attack {
        if !into.attack.contains(technique) {
            into.attack.push(technique.clone());
        }
    }
    if from.score > into.score {
        into.score = from.score;
        if let Some(severity) = severity(from.score) {
            into.severity = severity;
        }
    }
}
