//! One incident is one finding, however many clients take part.
//!
//! In: detections, folded by client. Out: of channels of several clients to one domain the strongest, with the others as
//! [`Related`]. Must not know: how a score came about.
//!
//! **Several**: four clients whose channels are alerts under one domain; up to three stand by themselves.
//! **A service**: ten clients or more, a third of all that ask for anything, do alike. No more than medium then, unless a
//! tool is proved: either an analyst knows what asks so on a third of the machines, or wants to know.

use super::dns_tunnel;
use super::roles::Roles;
use super::rule::{counted, reason};
use super::{Detection, severity};
use crate::models::BANDS;
use crate::order;
use crate::report::Related;
use std::collections::BTreeMap;

/// Clients whose alerts become one.
const CLIENTS: usize = 4;
/// Clients that make it a service, and the share of all: one in so many.
const SERVICE: (usize, u64) = (10, 3);
/// The most that a service scores: medium.
const MOST: f64 = BANDS[3] - 0.01;
/// Clients that are named.
const NAMED: usize = 20;

/// Of alerts under one domain the strongest takes those of other clients in.
pub(super) fn gather(roles: &Roles<'_>, detections: Vec<Detection>) -> Vec<Detection> {
    let mut by_domain: BTreeMap<String, Vec<Detection>> = BTreeMap::new();
    let mut all = Vec::new();
    for detection in detections {
        let finding = &detection.finding;
        match &finding.domain {
            Some(domain) if finding.kind == dns_tunnel::KIND && finding.severity.is_alert() => {
                by_domain.entry(domain.clone()).or_default().push(detection);
            }
            _ => all.push(detection),
        }
    }
    for mut alike in by_domain.into_values() {
        if alike.len() < CLIENTS {
            all.append(&mut alike);
            continue;
        }
        order::by(&mut alike, |a, b| {
            let (a, b) = (&a.finding, &b.finding);
            let by_score = b.score.total_cmp(&a.score);
            by_score.then_with(|| a.client.cmp(&b.client))
        });
        let mut alike = alike.into_iter();
        if let Some(mut first) = alike.next() {
            take_in(&mut first, alike.as_slice());
            bound(roles, &mut first, alike.len() + 1);
            all.push(first);
        }
    }
    all
}

fn take_in(first: &mut Detection, others: &[Detection]) {
    let finding = &mut first.finding;
    let count = others.len() as u64;
    finding.sentence.push_str(&format!(
        " {} ask under the domain alike: one entry for all.",
        counted(count, "other client")
    ));
    finding
        .related
        .extend(others.iter().take(NAMED).map(|other| {
            let other = &other.finding;
            Related {
                kind: other.kind.clone(),
                domain: other.domain.clone(),
                peer: other.peer.clone(),
                score: other.score,
                text: format!("{}: {}", other.client, other.sentence),
            }
        }));
    if others.len() > NAMED {
        finding.context.notes.push(format!(
            "Of {count} other clients that ask alike the {NAMED} with the highest scores are named."
        ));
    }
}

/// Bounds what many do alike.
fn bound(roles: &Roles<'_>, detection: &mut Detection, clients: usize) {
    let finding = &mut detection.finding;
    let is_service =
        clients >= SERVICE.0 && clients as u64 * SERVICE.1 >= roles.clients();
    let proved = finding
        .proofs
        .iter()
        .any(|proof| dns_tunnel::names_a_tool(proof) && proof.at_least > MOST);
    if !is_service || proved || finding.score <= MOST {
        return;
    }
    finding.reasons.push(reason(
        "service",
        clients as f64,
        1.0,
        MOST - finding.score,
        format!(
            "{} of {} ask alike, as for a service: it is medium at most.",
            clients,
            counted(roles.clients(), "client")
        ),
    ));
    finding.score = MOST;
    finding.severity = severity(MOST).unwrap_or_default();
}
