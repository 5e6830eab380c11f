//! # Tunnel in ICMP
//!
//! **Sees** pings whose answers do not give back what was sent: other bytes a packet one way than
//! the other, or more answers than questions, over much payload; and, more mildly, large pings of
//! changing size.
//!
//! **Matters** because ICMP leaves networks where nothing else does (ptunnel, hans, icmptunnel), and only
//! `conn.log` shows it. ATT&CK T1095 and T1572.
//!
//! **Formula** "The data received in the echo message must be returned in the echo reply" (RFC 792, page 15;
//! RFC 4443, section 4.2). With u and d payload bytes a packet up and down, and n the smaller number of packets,
//! n·|u − d| bytes are no echo. From 20 packets each way, |u − d| above a tenth of the larger and
//! 8 bytes, and either size above 64 bytes: medium at 10 kB, high towards 1 MB; so are smaller ones of which half and more does not come back, though nearly each was answered (icmpsh). Answers lost on the way make fewer
//! of them and change the mean where sizes vary: with a tenth fewer answers than questions the finding
//! stays at low. Where all is given back, pings above 128 bytes a packet of sizes that vary
//! (bytes are no multiple of packets) are low from 100 kB; pings of one size are none.
//!
//! **Set off falsely** by a monitor that pings in sizes that rise until they are lost; by pings of
//! which the sensor misses one direction.
//!
//! **Example** 2,160 packets up with 663 bytes each and as many down with 947: 613 kB that no echo explains.

use super::rule::{ALERT, bytes, found, otherwise, ramp, reason, time};
use super::{Detection, Found, Scene, rule, shown};
use crate::analysis::{Ends, Seen};
use crate::channels::flow::{FlowChannel, FlowClass};
use crate::report::Reason;

/// The kind of its findings.
pub const KIND: &str = "icmp-tunnel";
/// Its title: that of its page.
pub(super) const TITLE: &str = "Tunnel in ICMP";

/// Packets each way, below which nothing is said.
const PACKETS: u128 = 20;
/// A ping of a person carries 32 or 56 bytes, neighbour discovery no more than a few dozen.
const SMALL: f64 = 64.0;
/// Bytes a packet of large pings.
const LARGE: f64 = 128.0;
/// Bytes that are no echo, at medium and at high.
const MEDIUM: (f64, f64) = (10e3, 0.6);
const HIGH: (f64, f64) = (1e6, 0.82);
/// Bytes of large pings of changing size, at low.
const VARYING: f64 = 100e3;

/// Why it cannot run, where it cannot.
#[must_use]
pub fn missing(seen: &Seen) -> Option<String> {
    rule::flows_missing(seen)
}

/// All findings, in no order.
#[must_use]
pub fn detect(scene: &Scene<'_>) -> Vec<Detection> {
    scene
        .flows(FlowClass::Icmp)
        .iter()
        .filter_map(judge)
        .collect()
}

fn judge(ends: &Ends<'_, FlowChannel>) -> Option<Detection> {
    let pings = Pings::of(ends.channel)?;
    let score = pings.score(pings.not_echo);
    let what = Found::of_flows(KIND, FlowClass::Icmp, ends, &["T1095", "T1572"]);
    let mut detection = found(&what, score, pings.sentence(ends), pings.reasons(score))?;
    if score >= ALERT {
        let less = MEDIUM.0 - 1.0;
        detection.finding.counterfactuals.extend(otherwise(
            "not_echo",
            (pings.not_echo, less),
            pings.score(less),
            &format!("{} at most were no echo", bytes(less)),
        ));
    }
    Some(detection)
}

/// Echoes between two hosts, all taken together.
struct Pings {
    /// Packets from the client, and back.
    sent: f64,
    received: f64,
    /// Bytes of a packet from the client, and back; the mean.
    up: f64,
    down: f64,
    /// Bytes from the client, back, and in all.
    bytes_up: f64,
    bytes_down: f64,
    all: f64,
    /// Bytes that came back otherwise than they were sent.
    not_echo: f64,
    /// Whether what came back is not what was sent.
    unlike: bool,
    /// Whether packets are large and differ in size.
    varying: bool,
    /// Seconds of the longest flow.
    longest: f64,
}

impl Pings {
    /// None where there are too few, or they are no echoes.
    fn of(channel: &FlowChannel) -> Option<Self> {
        if channel.orig_packets < PACKETS || channel.resp_packets < PACKETS {
            return None;
        }
        // Zeek writes the type of the answer as the port of the peer: 0 or 129 for an echo.
        if !matches!(channel.ports, None | Some((0 | 129, 0 | 129))) {
            return None;
        }
        let (sent, received) = (channel.orig_packets as f64, channel.resp_packets as f64);
        let (bytes_up, bytes_down) = (channel.orig_bytes as f64, channel.resp_bytes as f64);
        let (up, down) = (bytes_up / sent, bytes_down / received);
        let differs = (up - down).abs();
        let not_echo = differs * sent.min(received);
        // Orders and their output in pings that are mostly empty: nothing was lost, and half of it did not come back.
        let is_half = 2.0 * up.min(down) <= up.max(down) && received >= 0.98 * sent;
        let unlike = differs > 8.0 && differs > 0.1 * up.max(down) && up.max(down) > SMALL
            || is_half && not_echo >= MEDIUM.0;
        let varying = up.min(down) > LARGE
            && (!channel.orig_bytes.is_multiple_of(channel.orig_packets)
                || !channel.resp_bytes.is_multiple_of(channel.resp_packets));
        Some(Self {
            sent,
            received,
            up,
            down,
            bytes_up,
            bytes_down,
            all: bytes_up + bytes_down,
            not_echo,
            unlike,
            varying,
            longest: channel.duration_max as f64 / 1e6,
        })
    }

    /// The score, if so many bytes were no echo.
    fn score(&self, not_echo: f64) -> f64 {
        match () {
            () if self.unlike && self.received < 0.9 * self.sent => 0.4,
            () if self.unlike && not_echo >= MEDIUM.0 => ramp(not_echo, MEDIUM, HIGH),
            () if self.unlike => 0.4,
            () if self.varying && self.all >= VARYING => 0.4,
            () => 0.0,
        }
    }

    fn sentence(&self, ends: &Ends<'_, FlowChannel>) -> String {
        let (client, peer) = (shown(ends.client), shown(ends.other));
        if self.unlike {
            format!(
                "{client} sent {} in {:.0} pings to {peer} and got {} back: an echo gives back what was sent, and {} of this is none.",
                bytes(self.bytes_up),
                self.sent,
                bytes(self.bytes_down),
                bytes(self.not_echo)
            )
        } else {
            format!(
                "{client} and {peer} exchanged {} in large pings whose size changes.",
                bytes(self.all)
            )
        }
    }

    fn reasons(&self, score: f64) -> Vec<Reason> {
        let largest = self.up.max(self.down);
        vec![
            reason(
                "not_echo",
                self.not_echo,
                0.0,
                score * if self.unlike { 0.6 } else { 0.0 },
                format!(
                    "A packet carries {} up and {} down; an echo carries the same both ways.",
                    bytes(self.up),
                    bytes(self.down)
                ),
            ),
            reason(
                "bytes",
                self.all,
                0.0,
                score * 0.3,
                format!("The pings carried {} in all.", bytes(self.all)),
            ),
            reason(
                "packet",
                largest,
                56.0,
                score * 0.1,
                format!(
                    "A packet carries {}; a ping usually has 32 or 56.",
                    bytes(largest)
                ),
            ),
            reason(
                "duration",
                self.longest,
                4.0,
                score * 0.05,
                format!("The longest flow lasts {}.", time(self.longest)),
            ),
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::Logs;
    use super::*;
    use crate::report::Severity;
    use wakeful_logs::{ConnRecord, Proto};

    fn severity(packets: (u64, u64), bytes: (u64, u64), port: u16) -> Option<Severity> {
        let mut logs = Logs::default();
        logs.flow(&ConnRecord {
            orig_host: Some(b"10.0.0.5"),
            resp_host: Some(b"203.0.113.9"),
            orig_port: Some(8),
            resp_port: Some(port),
            proto: Proto::Icmp,
            orig_pkts: Some(packets.0),
            resp_pkts: Some(packets.1),
            orig_bytes: Some(bytes.0),
            resp_bytes: Some(bytes.1),
            ..ConnRecord::default()
        });
        detect(&Scene::new(&logs.analysis))
            .first()
            .map(|detection| detection.finding.severity)
    }

    #[test]
    fn payload_that_is_no_echo_is_an_alert() {
        let many = (2000, 2000);
        assert_eq!(
            severity(many, (1_326_000, 1_894_000), 0),
            Some(Severity::Medium)
        );
        assert_eq!(
            severity((20_000, 20_000), (13_000_000, 19_000_000), 0),
            Some(Severity::High)
        );
        assert_eq!(severity((100, 100), (6_600, 9_400), 0), Some(Severity::Low));
    }

    #[test]
    fn pings_are_none() {
        for (packets, size) in [(10, 56), (80_000, 56), (5_000, 32), (5_000, 1472)] {
            let sent = packets * size;
            assert_eq!(severity((packets, packets), (sent, sent), 0), None);
            // One answer in ten was lost.
            let back = packets * 9 / 10;
            assert_eq!(severity((packets, back), (sent, back * size), 0), None);
        }
    }

    #[test]
    fn lost_answers_and_changing_sizes_stay_at_low() {
        let low = Some(Severity::Low);
        assert_eq!(severity((1000, 500), (800_000, 60_000), 0), low);
        assert_eq!(severity((1000, 1000), (700_123, 700_123), 0), low);
    }

    #[test]
    fn neighbour_discovery_and_errors_are_none() {
        assert_eq!(severity((9000, 9000), (216_000, 900_000), 136), None);
        assert_eq!(severity((9000, 0), (900_000, 0), 3), None);
    }
}
