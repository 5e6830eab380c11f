//! One incident is one finding, however many clients take part.
//!
//! In: detections, folded by client. Out: of channels of several clients to one domain the strongest, with the others as
//! [`Related`]. Must not know: how a score came about.
//!
//! **Several**: four clients whose channels are alerts under one domain; up to three stand by themselves.
//! **A service**: ten clients or more, a third of all that ask for anything, do alike. No more than medium then, unless a
//! tool is proved: either an analyst knows what asks so on a third of the machines, or wants to know.

use super::dns_tunnel;
use super::fold::gathered;
use super::roles::Roles;
use super::rule::{counted, reason};
use super::{Detection, severity};
use crate::models::BANDS;
use crate::order;
use crate::report::Related;

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
    let (mut by_domain, mut all) = (Vec::new(), Vec::new());
    for detection in detections {
        let finding = &detection.finding;
        match &finding.domain {
            Some(domain) if finding.kind == dns_tunnel::KIND && finding.severity.is_alert() => {
                by_domain.push((domain.clone(), detection));
            }
            _ => all.push(detection),
        }
    }
    for (_, mut alike) in gathered(by_domain) {
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

/// Whether so many clients that do alike are many of all: a service.
pub(super) fn is_service(roles: &Roles<'_>, clients: usize) -> bool {
    clients >= SERVICE.0 && clients as u64 * SERVICE.1 >= roles.clients()
}

/// Bounds what many do alike.
fn bound(roles: &Roles<'_>, detection: &mut Detection, clients: usize) {
    let finding = &mut detection.finding;
    let proved = finding
        .proofs
        .iter()
        .any(|proof| dns_tunnel::names_a_tool(proof) && proof.at_least > MOST);
    if !is_service(roles, clients) || proved || finding.score <= MOST {
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

#[cfg(test)]
mod tests {
    use super::super::detect;
    use super::super::testing::Logs;
    use crate::report::{Finding, Severity};

    /// Of so many clients of thirty that ask for forty hashes each, the alerts.
    fn alerts(clients: usize) -> Vec<Finding> {
        let mut logs = Logs::default();
        for client in 0..30_i64 {
            let address = format!("10.0.0.{client}");
            logs.ask(client, &address, "10.0.1.1", "www.example.com", 1);
            for n in 0..if client < clients as i64 { 40 } else { 0 } {
                let hash = (client as u128 * 40 + n as u128 + 1)
                    .wrapping_mul(0x9e37_79b9_7f4a_7c15_f39c_c060_5ced_c835);
                let name = format!("{hash:032x}.example.net");
                logs.ask(client + n * 60, &address, "10.0.1.1", &name, 16);
            }
        }
        let detected = detect(&logs.analysis).detections.into_iter();
        let findings = detected.map(|it| it.finding);
        findings.filter(|it| it.severity.is_alert()).collect()
    }

    #[test]
    fn four_clients_are_one_entry_and_three_are_three() {
        assert_eq!(alerts(3).len(), 3);
        let one = alerts(4);
        assert_eq!((one.len(), one[0].related.len()), (1, 3));
        assert!(one[0].severity > Severity::Medium);
        let text = &one[0].sentence;
        assert!(text.contains("3 other clients ask under"), "{text}");
        assert!(one[0].related[0].text.starts_with("10.0.0."));
    }

    #[test]
    fn ten_clients_and_a_third_of_all_are_a_service() {
        let nine = alerts(9);
        assert_eq!(nine.len(), 1);
        assert!(nine[0].severity > Severity::Medium);
        let ten = alerts(10);
        assert_eq!((ten.len(), ten[0].severity), (1, Severity::Medium));
        assert!(
            ten[0]
                .reasons
                .iter()
                .any(|reason| reason.feature == "service")
        );
    }
}
