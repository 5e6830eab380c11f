//! # Long or heavy DNS flows
//!
//! **Sees** flows of DNS that last long or carry much, and bytes to a server beyond what the questions in `dns.log`
//! can have been.
//!
//! **Matters** because a look-up is two packets of a hundred bytes; a tunnel's flow has thousands, with long names
//! going up. It needs no name: `conn.log` is enough. ATT&CK T1071.004, T1572, T1048.
//!
//! **Formula** A rule over a client and a peer, UDP or TCP, recognised as DNS.
//! *Long*: one flow above 45 s and 100 packets is info; above 500 packets and 80 bytes a packet up, low (a
//! question for a name of n bytes has n + 18, and with EDNS n + 29: 80 bytes are a name of fifty). *Heavy*: above
//! 2,000 packets in one flow with 120 bytes a packet up, medium; the mean name then has 90 bytes and more, which no
//! browsing comes near. *Beyond the questions*: the longest question has 283 bytes (header 12, name 255, type and
//! class 4, EDNS 11 and a margin); where the client's questions in `dns.log` to that peer cover the time, bytes beyond
//! three times 283 a question are no questions that were logged: low from 100 kB, medium from 1 MB. The
//! producer-consumer ratio (up − down) / (up + down) is told beside: look-ups are near −0.5, uploads above 0.
//! Resolvers are left out: they keep one socket for all questions.
//!
//! **Set off falsely** by forwarders with one socket, zone transfers (over TCP, down), dynamic updates of a directory.
//!
//! **Example** One flow of 40 minutes, 16,000 packets, 190 bytes a packet up.

use super::roles::Roles;
use super::rule::{ALERT, bytes, counted, found, otherwise, ramp, reason, time};
use super::{Detection, Found, Scene, rule, shown};
use crate::analysis::{Ends, Seen};
use crate::channels::Interval;
use crate::channels::flow::{FlowChannel, FlowClass};
use crate::features::flow::producer_consumer_ratio;
use crate::report::Counterfactual;
use rustc_hash::FxHashMap;

/// The kind of its findings.
pub const KIND: &str = "heavy-dns";
/// Its title: that of its page.
pub(super) const TITLE: &str = "Long or heavy DNS flows";

/// Seconds and packets of a long flow.
const LONG: (f64, u64) = (45.0, 100);
/// Packets and bytes a packet up of one that is worth a look.
const LOOK: (u64, f64) = (500, 80.0);
/// The same of one that is far beyond.
const HEAVY: (u64, f64) = (2_000, 120.0);
/// Bytes of the longest question.
const QUESTION: f64 = 283.0;
/// Bytes beyond the questions, at low and medium.
const BEYOND: (f64, f64) = (100e3, 1e6);

/// Why it cannot run, where it cannot.
#[must_use]
pub fn missing(seen: &Seen) -> Option<String> {
    rule::flows_missing(seen).or_else(|| {
        (seen.services == 0)
            .then(|| "No row of conn.log has a service: which flows are DNS is unknown.".to_owned())
    })
}

/// What it has to do without.
#[must_use]
pub fn without(seen: &Seen) -> Option<String> {
    (seen.queries == 0 || seen.dns_ts == 0).then(|| {
        "The questions or their times are not known: bytes beyond them are not counted.".to_owned()
    })
}

/// All findings, in no order.
#[must_use]
pub fn detect(scene: &Scene<'_>, roles: &Roles<'_>) -> Vec<Detection> {
    let covered = covered(scene);
    scene
        .flows(FlowClass::Dns)
        .iter()
        .filter(|ends| !roles.is_resolver(ends.client_id) && ends.channel.recognised > 0)
        .filter_map(|ends| {
            let servers = roles.servers_of(ends.client_id);
            let questions = servers
                .iter()
                .find(|asking| asking.server == ends.other_id)
                .filter(|_| is_covered(ends, &covered))
                .map(|asking| asking.rows);
            judge(ends, questions)
        })
        .collect()
}

/// When each client has rows in `dns.log`.
fn covered(scene: &Scene<'_>) -> FxHashMap<u32, Interval> {
    let mut covered: FxHashMap<u32, Interval> = FxHashMap::default();
    for ends in &scene.dns {
        covered
            .entry(ends.client_id)
            .or_default()
            .merge(ends.channel.interval);
    }
    covered
}

/// Whether a client has rows in `dns.log` before its first flow ends and after its last begins.
fn is_covered(ends: &Ends<'_, FlowChannel>, covered: &FxHashMap<u32, Interval>) -> bool {
    let channel = ends.channel;
    let minute = 60_000_000;
    let longest = i64::try_from(channel.duration_max).unwrap_or(i64::MAX);
    covered.get(&ends.client_id).is_some_and(|dns| {
        dns.first
            .zip(channel.interval.first)
            .is_some_and(|(dns, flow)| dns <= flow + minute)
            && dns
                .last
                .zip(channel.interval.last)
                .is_some_and(|(dns, flow)| {
                    dns >= flow.saturating_add(longest).saturating_sub(minute)
                })
    })
}

/// The score of a flow's seconds, packets, and bytes a packet up.
fn by_length(lasts: f64, packets: u64, packet: f64) -> f64 {
    let long = lasts > LONG.0 && packets > LONG.1;
    match () {
        () if long && packets >= HEAVY.0 && packet >= HEAVY.1 => ramp(
            packet * packets as f64,
            (HEAVY.0 as f64 * HEAVY.1, 0.6),
            (1e8, 0.79),
        ),
        () if long && packets >= LOOK.0 && packet >= LOOK.1 => 0.4,
        () if long => 0.2,
        () => 0.0,
    }
}

/// The score of bytes beyond the questions.
fn by_bytes(beyond: f64) -> f64 {
    match beyond {
        beyond if beyond >= BEYOND.1 => 0.6,
        beyond if beyond >= BEYOND.0 => 0.4,
        _ => 0.0,
    }
}

/// The score once more, with fewer packets, smaller ones, or fewer bytes beyond the questions.
fn counterfactuals(lasts: f64, packets: u64, packet: f64, beyond: f64) -> Vec<Counterfactual> {
    let fewer = HEAVY.0 - 1;
    let smaller = HEAVY.1 - 1.0;
    let less = BEYOND.1 - 1.0;
    let score =
        |packets, packet, beyond| f64::max(by_length(lasts, packets, packet), by_bytes(beyond));
    [
        otherwise(
            "packets_max",
            (packets as f64, fewer as f64),
            score(packets.min(fewer), packet, beyond),
            &format!("no flow had more than {}", counted(fewer, "packet")),
        ),
        otherwise(
            "orig_packet",
            (packet, smaller),
            score(packets, packet.min(smaller), beyond),
            &format!("a packet up carried {}", bytes(smaller)),
        ),
        otherwise(
            "beyond_questions",
            (beyond, less),
            score(packets, packet, beyond.min(less)),
            &format!("{} at most were beyond the questions", bytes(less)),
        ),
    ]
    .into_iter()
    .flatten()
    .collect()
}

fn judge(ends: &Ends<'_, FlowChannel>, questions: Option<u64>) -> Option<Detection> {
    let channel = ends.channel;
    let (up, down) = (channel.orig_bytes as f64, channel.resp_bytes as f64);
    let packet = up / (channel.orig_packets as f64).max(1.0);
    let (packets, lasts) = (channel.packets_max, channel.duration_max as f64 / 1e6);
    let beyond = questions.map_or(0.0, |rows| up - 3.0 * QUESTION * rows as f64);
    let by_length = by_length(lasts, packets, packet);
    let by_bytes = by_bytes(beyond);
    let score = f64::max(by_length, by_bytes);
    let ratio = producer_consumer_ratio(up, down).unwrap_or(0.0);
    let (client, peer) = (shown(ends.client), shown(ends.other));
    let sentence = if by_bytes > by_length {
        format!(
            "{client} sent {} to {peer} over DNS, {} more than its questions can have been.",
            bytes(up),
            bytes(beyond)
        )
    } else {
        format!(
            "{client} and {peer} kept one DNS flow open for {} with {}.",
            time(lasts),
            counted(packets, "packet")
        )
    };
    let mut reasons = vec![
        reason(
            "packets_max",
            packets as f64,
            2.0,
            by_length * 0.6,
            format!(
                "One flow has {}; a look-up has 2.",
                counted(packets, "packet")
            ),
        ),
        reason(
            "duration_max",
            lasts,
            0.05,
            by_length * 0.3,
            format!("The longest flow lasts {}.", time(lasts)),
        ),
        reason(
            "orig_packet",
            packet,
            45.0,
            score * 0.2,
            format!("A packet up carries {}; about 45 is usual.", bytes(packet)),
        ),
        reason(
            "pcr",
            ratio,
            -0.5,
            score * 0.05 * ratio.max(-0.5),
            format!(
                "The producer-consumer ratio is {ratio:.2}; −0.5 is usual, and 1 is all upload."
            ),
        ),
    ];
    if let Some(questions) = questions.filter(|_| beyond >= BEYOND.0) {
        reasons.push(reason(
            "beyond_questions",
            beyond,
            0.0,
            by_bytes,
            format!(
                "dns.log has {} to this server; {} went there.",
                counted(questions, "question"),
                bytes(up)
            ),
        ));
    }
    let what = Found::of_flows(KIND, FlowClass::Dns, ends, &["T1071.004", "T1572", "T1048"]);
    let mut detection = found(&what, score, sentence, reasons)?;
    if score >= ALERT {
        detection.finding.counterfactuals = counterfactuals(lasts, packets, packet, beyond);
    }
    Some(detection)
}

#[cfg(test)]
mod tests {
    use super::super::testing::{Logs, NOON};
    use super::*;
    use crate::report::Severity;
    use wakeful_logs::{ConnRecord, Proto};

    fn flow(logs: &mut Logs, client: &str, seconds: f64, packets: u64, packet: u64) {
        logs.flow(&ConnRecord {
            ts: Some(NOON),
            orig_host: Some(client.as_bytes()),
            resp_host: Some(b"203.0.113.9"),
            resp_port: Some(53),
            proto: Proto::Udp,
            service: Some(b"dns"),
            duration: Some(seconds),
            orig_bytes: Some(packets * packet / 2),
            resp_bytes: Some(packets * 100),
            orig_pkts: Some(packets / 2),
            resp_pkts: Some(packets / 2),
            ..ConnRecord::default()
        });
    }

    fn severities(logs: &Logs) -> Vec<Severity> {
        let scene = Scene::new(&logs.analysis);
        detect(&scene, &Roles::new(&scene))
            .iter()
            .map(|detection| detection.finding.severity)
            .collect()
    }

    fn of(seconds: f64, packets: u64, packet: u64) -> Vec<Severity> {
        let mut logs = Logs::default();
        flow(&mut logs, "10.0.0.5", seconds, packets, packet);
        severities(&logs)
    }

    #[test]
    fn only_what_is_far_beyond_is_an_alert() {
        assert_eq!(of(2400.0, 16_000, 190), [Severity::Medium]);
        assert_eq!(
            of(2400.0, 16_000, 40),
            [Severity::Info],
            "a forwarder's one socket"
        );
        assert_eq!(of(600.0, 800, 100), [Severity::Low]);
        assert_eq!(of(0.03, 2, 60), []);
        assert_eq!(of(20.0, 16_000, 190), [], "a burst that is over at once");
    }

    #[test]
    fn bytes_beyond_the_questions_are_told_where_both_logs_cover_the_time() {
        let mut logs = Logs::default();
        flow(&mut logs, "10.0.0.5", 10.0, 20_000, 400);
        assert_eq!(severities(&logs), []);
        for second in [0, 30] {
            logs.ask(second, "10.0.0.5", "203.0.113.9", "www.example.com", 1);
        }
        assert_eq!(severities(&logs), [Severity::Medium]);
        for second in 0..20_000 {
            logs.ask(second, "10.0.0.5", "203.0.113.9", "www.example.com", 1);
        }
        assert_eq!(severities(&logs), [], "as many questions as packets");
    }

    #[test]
    fn resolvers_are_left_out() {
        let mut logs = Logs::default();
        flow(&mut logs, "10.0.0.1", 2400.0, 16_000, 190);
        for n in 0..5 {
            logs.ask(n, &format!("10.0.0.1{n}"), "10.0.0.1", "www.example.com", 1);
        }
        assert_eq!(severities(&logs), []);
    }
}
