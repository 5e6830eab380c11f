//! # Port 53, and not DNS
//!
//! **Sees** connections to port 53 that carry payload both ways, and in which Zeek recognised no DNS, or
//! recognised another protocol.
//!
//! **Matters** because firewalls let port 53 through: iodine's raw mode, and SSH or a VPN moved there, need nothing
//! more. ATT&CK T1571 (non-standard port), T1095 and T1572.
//!
//! **Formula** A rule over a client and a peer: rows to port 53 with payload and without `dns` in `service`. Where
//! all of their rows with payload are such, with ten packets and bytes both ways: medium from 4 kB,
//! high towards 1 MB; with another protocol recognised, medium from 1 kB. Zeek must have recognised DNS
//! between other hosts of these logs: otherwise its DNS analyser may be off, or the column empty, and the finding
//! stays at low. Where the two also exchange DNS, info, from three such rows and 4 kB in one.
//!
//! **Set off falsely** by flows whose beginning the sensor missed, and by servers that answer with
//! errors that no analyser reads.
//!
//! **Example** One flow of 25 minutes over UDP, 2.3 MB up and 2.8 MB down, no service: iodine's raw mode.

use super::rule::{bytes, counted, found, ramp, reason, time};
use super::{Detection, Found, Scene, rule, shown};
use crate::analysis::{Ends, Seen};
use crate::channels::flow::{FlowChannel, FlowClass};
use crate::report::{Counterfactual, Proof};

/// The kind of its findings.
pub const KIND: &str = "not-dns";
/// Its title: that of its page.
pub(super) const TITLE: &str = "Port 53, and not DNS";

/// Packets, both ways.
const PACKETS: u128 = 10;
/// Bytes at medium and at high.
const MEDIUM: (f64, f64) = (4e3, 0.65);
const HIGH: (f64, f64) = (1e6, 0.82);
/// Bytes of another protocol at medium.
const OTHER: f64 = 1e3;

/// Why it cannot run, where it cannot.
#[must_use]
pub fn missing(seen: &Seen) -> Option<String> {
    rule::flows_missing(seen).or_else(|| {
        (seen.services == 0).then(|| {
            "No row of conn.log has a service: nothing tells DNS from what is not.".to_owned()
        })
    })
}

/// All findings, in no order.
#[must_use]
pub fn detect(scene: &Scene<'_>) -> Vec<Detection> {
    if missing(scene.analysis.seen()).is_some() {
        return Vec::new();
    }
    let flows = scene.flows(FlowClass::Dns);
    let recognised = flows.iter().any(|ends| ends.channel.recognised > 0);
    flows
        .iter()
        .filter_map(|ends| judge(ends, recognised))
        .collect()
}

fn judge(ends: &Ends<'_, FlowChannel>, recognised: bool) -> Option<Detection> {
    let channel = ends.channel;
    let (up, down) = (channel.orig_bytes as f64, channel.resp_bytes as f64);
    let rows = channel.unrecognised;
    if rows == 0
        || up == 0.0
        || down == 0.0
        || channel.orig_packets + channel.resp_packets < PACKETS
    {
        return None;
    }
    let all = up + down;
    let other = channel.other_service > 0;
    if channel.recognised > 0 {
        return mixed(ends);
    }
    let of = Exchange {
        all,
        other,
        recognised,
    };
    let score = of.score()?;
    let instead = if other {
        "Zeek recognised another protocol"
    } else {
        "Zeek recognised no DNS"
    };
    let sentence = format!(
        "{} and {} exchanged {} over port 53, in which {instead}.",
        shown(ends.client),
        shown(ends.other),
        bytes(all)
    );
    let mut reasons = vec![
        reason(
            "not_dns",
            rows as f64,
            0.0,
            score * 0.7,
            format!(
                "In {} to port 53 payload flowed and {instead}.",
                counted(rows, "connection")
            ),
        ),
        reason(
            "bytes",
            all,
            200.0,
            score * 0.2,
            format!("They carried {} up and {} down.", bytes(up), bytes(down)),
        ),
        reason(
            "duration",
            channel.duration_max as f64 / 1e6,
            0.1,
            score * 0.1,
            format!(
                "The longest lasted {}.",
                time(channel.duration_max as f64 / 1e6)
            ),
        ),
    ];
    if !recognised {
        reasons.push(reason(
            "recognised",
            0.0,
            1.0,
            -0.2,
            "Zeek recognised DNS nowhere in these logs, so its silence here says less.".to_owned(),
        ));
    }
    let mut detection = found(&what(ends), score, sentence, reasons)?;
    if score >= MEDIUM.1 {
        detection.finding.proofs.push(Proof {
            rule: KIND.to_owned(),
            at_least: MEDIUM.1,
            text: format!("Payload both ways on port 53, and {instead}."),
            evidence: vec![format!(
                "{} up, {} down, {:.0} packets",
                bytes(up),
                bytes(down),
                (channel.orig_packets + channel.resp_packets) as f64
            )],
            matched: rows,
            of: channel.records,
        });
    }
    detection.finding.counterfactuals = of.counterfactuals(rows);
    Some(detection)
}

/// What two hosts that exchange no DNS are judged by.
#[derive(Debug, Clone, Copy)]
struct Exchange {
    /// Bytes both ways.
    all: f64,
    /// Zeek recognised another protocol.
    other: bool,
    /// Zeek recognised DNS somewhere in these logs.
    recognised: bool,
}

impl Exchange {
    /// Bytes from which on it is a finding.
    fn least(self) -> f64 {
        if self.other { OTHER } else { MEDIUM.0 }
    }

    fn score(self) -> Option<f64> {
        match self {
            _ if self.all < self.least() => None,
            _ if !self.recognised => Some(0.45),
            _ => Some(ramp(self.all, MEDIUM, HIGH)),
        }
    }

    /// The score once more, if one thing were otherwise.
    fn counterfactuals(self, rows: u64) -> Vec<Counterfactual> {
        let score = |of: Self| of.score().unwrap_or(0.0);
        if score(self) < rule::ALERT {
            return Vec::new();
        }
        let below = self.least() - 1.0;
        let few = Self { all: below, ..self };
        let silent = Self {
            recognised: false,
            ..self
        };
        [
            rule::otherwise(
                "bytes",
                (self.all, below),
                score(few),
                &format!("the two had exchanged less than {}", bytes(self.least())),
            ),
            rule::otherwise(
                "not_dns",
                (rows as f64, 0.0),
                MIXED,
                "Zeek had recognised DNS in one of these connections",
            ),
            rule::otherwise(
                "recognised",
                (1.0, 0.0),
                score(silent),
                "Zeek had recognised DNS nowhere else in these logs (its analyser may be off)",
            ),
        ]
        .into_iter()
        .flatten()
        .collect()
    }
}

/// The score of two that exchange DNS as well.
const MIXED: f64 = 0.3;

/// Two that exchange DNS as well: which bytes are which is not known.
fn mixed(ends: &Ends<'_, FlowChannel>) -> Option<Detection> {
    let channel = ends.channel;
    let (rows, most) = (
        channel.unrecognised,
        channel
            .orig_bytes_max
            .saturating_add(channel.resp_bytes_max),
    );
    if rows < 3 || (most as f64) < MEDIUM.0 {
        return None;
    }
    let sentence = format!(
        "Between {} and {} Zeek recognised DNS in {}, and none in {} that carried payload.",
        shown(ends.client),
        shown(ends.other),
        counted(channel.recognised, "connection"),
        counted(rows, "connection")
    );
    let text = format!(
        "{} carried payload without DNS.",
        counted(rows, "connection")
    );
    let reasons = vec![reason("not_dns", rows as f64, 0.0, MIXED, text)];
    found(&what(ends), MIXED, sentence, reasons)
}

fn what<'a>(ends: &Ends<'a, FlowChannel>) -> Found<'a> {
    Found::of_flows(KIND, FlowClass::Dns, ends, &["T1571", "T1095", "T1572"])
}

#[cfg(test)]
mod tests {
    use super::super::testing::Logs;
    use super::*;
    use crate::report::Severity;
    use wakeful_logs::{ConnRecord, Proto};

    fn flow(logs: &mut Logs, peer: &str, service: Option<&str>, bytes: (u64, u64)) {
        logs.flow(&ConnRecord {
            orig_host: Some(b"10.0.0.5"),
            resp_host: Some(peer.as_bytes()),
            resp_port: Some(53),
            proto: Proto::Udp,
            service: service.map(str::as_bytes),
            orig_bytes: Some(bytes.0),
            resp_bytes: Some(bytes.1),
            orig_pkts: Some(bytes.0 / 200 + 1),
            resp_pkts: Some(bytes.1 / 200 + 1),
            ..ConnRecord::default()
        });
    }

    fn severities(logs: &Logs) -> Vec<Severity> {
        detect(&Scene::new(&logs.analysis))
            .iter()
            .map(|detection| detection.finding.severity)
            .collect()
    }

    #[test]
    fn payload_without_dns_is_an_alert() {
        let mut logs = Logs::default();
        flow(&mut logs, "10.0.0.1", Some("dns"), (40, 100));
        flow(&mut logs, "203.0.113.9", None, (2_300_000, 2_800_000));
        assert_eq!(severities(&logs), [Severity::High]);
        flow(&mut logs, "203.0.113.10", Some("ssh"), (3_000, 3_000));
        assert_eq!(severities(&logs), [Severity::High, Severity::Medium]);
    }

    #[test]
    fn a_log_without_services_says_nothing_and_one_without_dns_little() {
        let mut logs = Logs::default();
        flow(&mut logs, "203.0.113.9", None, (2_300_000, 2_800_000));
        assert!(severities(&logs).is_empty());
        assert!(missing(logs.analysis.seen()).is_some());
        logs.flow(&ConnRecord {
            orig_host: Some(b"10.0.0.5"),
            resp_host: Some(b"203.0.113.1"),
            resp_port: Some(80),
            service: Some(b"http"),
            ..ConnRecord::default()
        });
        assert_eq!(severities(&logs), [Severity::Low]);
    }

    #[test]
    fn dns_and_stray_packets_are_none() {
        let mut logs = Logs::default();
        for _ in 0..50 {
            flow(&mut logs, "10.0.0.1", Some("dns"), (4_000, 9_000));
            flow(&mut logs, "10.0.0.2", None, (4_000, 0));
        }
        flow(&mut logs, "10.0.0.1", None, (50, 0));
        flow(&mut logs, "10.0.0.3", None, (50, 100));
        assert!(severities(&logs).is_empty());
    }

    #[test]
    fn an_alert_says_what_would_make_it_none_and_scoring_again_agrees() {
        let of = |all, recognised| Exchange {
            all,
            other: false,
            recognised,
        };
        let told = of(2e6, true).counterfactuals(3);
        let features: Vec<&str> = told.iter().map(|one| one.feature.as_str()).collect();
        assert_eq!(features, ["bytes", "not_dns", "recognised"]);
        assert!(told.iter().all(|one| one.score < rule::ALERT));
        assert_eq!(of(told[0].needed, true).score(), None);
        assert!(of(2e6, false).counterfactuals(3).is_empty());
        let mut logs = Logs::default();
        flow(&mut logs, "203.0.113.53", None, (900_000, 900_000));
        flow(&mut logs, "198.51.100.53", Some("dns"), (300, 500));
        let scene = Scene::new(&logs.analysis);
        let found = detect(&scene);
        assert!(found[0].finding.severity.is_alert());
        assert_eq!(found[0].finding.counterfactuals.len(), 3);
    }
}
