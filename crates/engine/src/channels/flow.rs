//! What flowed between one client and one peer.
//!
//! In: rows of `conn.log`. Out: [`FlowChannel`]. Must not know: scores.

use super::counts::Counts;
use super::keep::Keep;
use super::trace::{Beat, Trace};
use super::{Interval, Places};
use crate::features::flow::producer_consumer_ratio;
use crate::saved::{MOST, MOST_SUM, Wrong};
use serde::{Deserialize, Serialize};
use wakeful_logs::{ConnRecord, Proto};

/// What a flow is, as far as its port and Zeek's protocol detection tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum FlowClass {
    /// To port 53, or recognised as DNS: what a DNS tunnel's flows are among.
    Dns,
    /// ICMP, which carries a tunnel where nothing else gets out.
    Icmp,
    /// DNS over TLS, QUIC or DTLS by its port (853), or recognised as such.
    EncryptedDns,
    /// Anything else.
    Other,
}

impl FlowClass {
    /// The class of a row.
    #[must_use]
    pub fn of(record: &ConnRecord<'_>) -> Self {
        if record.proto == Proto::Icmp {
            return Self::Icmp;
        }
        // Multicast DNS and LLMNR are recognised as DNS too, and stay on the link.
        let on_link = matches!(record.resp_port, Some(5353 | 5355 | 137));
        match record.resp_port {
            Some(853) => Self::EncryptedDns,
            Some(53) => Self::Dns,
            _ if !on_link && has_service(record, b"dns") => Self::Dns,
            _ => Self::Other,
        }
    }
}

/// Whether Zeek recognised a protocol in a flow.
fn has_service(record: &ConnRecord<'_>, name: &[u8]) -> bool {
    record.service.is_some_and(|service| {
        service
            .split(|&byte| byte == b',')
            .any(|service| service == name)
    })
}

/// A client and a peer. Unset counts are taken as 0, as Zeek means them.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FlowChannel {
    /// Rows.
    pub records: u64,
    /// Payload bytes from the client, of all rows.
    pub orig_bytes: u128,
    /// Payload bytes from the peer.
    pub resp_bytes: u128,
    /// The most payload bytes from the client in one row.
    pub orig_bytes_max: u64,
    /// The most payload bytes from the peer in one row.
    pub resp_bytes_max: u64,
    /// Packets from the client.
    pub orig_packets: u128,
    /// Packets from the peer.
    pub resp_packets: u128,
    /// The most packets in one row, both ways.
    pub packets_max: u64,
    /// Sum of the durations, microseconds.
    pub duration: u128,
    /// The longest duration, microseconds.
    pub duration_max: u64,
    /// Sum of the rows' producer-consumer ratios, millionths.
    pub pcr: i128,
    /// Rows that a producer-consumer ratio has (with payload).
    pub with_payload: u64,
    /// Rows without anything from the peer.
    pub one_sided: u64,
    /// Rows over TCP.
    pub tcp: u64,
    /// Rows between IPv6 addresses.
    pub ipv6: u64,
    /// Rows that Zeek recognised as DNS.
    pub recognised: u64,
    /// Rows to port 53 in which payload flowed and Zeek recognised no DNS.
    pub unrecognised: u64,
    /// Rows to port 53 in which Zeek recognised another protocol.
    pub other_service: u64,
    /// Ports of the peer, the lowest and the highest.
    pub ports: Option<(u16, u16)>,
    /// Rows by history, by its number in the analysis.
    pub histories: Counts,
    /// Rows that the logs say go to an address of the site's own.
    pub local: u64,
    /// The flows that carried most, heaviest first: payload bytes, hash of the `uid`; at most
    /// [`FlowChannel::HEAVY`].
    pub heavy: Vec<(u64, u64)>,
    /// First and last row.
    pub interval: Interval,
    /// The first rows: when, and what ([`symbol`]).
    pub trace: Trace,
    /// Where its first rows lie.
    pub places: Places,
}

impl FlowChannel {
    /// How many of the heaviest flows are kept by their `uid`.
    pub const HEAVY: usize = 8;

    /// Adds a row: with the number of its history, and the hash of its `uid`.
    pub fn add(&mut self, record: &ConnRecord<'_>, history: Option<u32>, uid: Option<u64>) {
        self.add_within(Keep::ALL, record, history, uid);
    }

    /// [`FlowChannel::add`], of which no more is kept than that.
    pub(crate) fn add_within(
        &mut self,
        keep: Keep,
        record: &ConnRecord<'_>,
        history: Option<u32>,
        uid: Option<u64>,
    ) {
        let (orig, resp) = (
            record.orig_bytes.unwrap_or(0),
            record.resp_bytes.unwrap_or(0),
        );
        let (orig_packets, resp_packets) =
            (record.orig_pkts.unwrap_or(0), record.resp_pkts.unwrap_or(0));
        // A duration beyond 31 years is a broken clock.
        let duration = (record.duration.unwrap_or(0.0).min(1e9) * 1e6).round() as u64;
        self.records += 1;
        self.orig_bytes += u128::from(orig);
        self.resp_bytes += u128::from(resp);
        self.orig_bytes_max = self.orig_bytes_max.max(orig);
        self.resp_bytes_max = self.resp_bytes_max.max(resp);
        self.orig_packets += u128::from(orig_packets);
        self.resp_packets += u128::from(resp_packets);
        self.packets_max = self
            .packets_max
            .max(orig_packets.saturating_add(resp_packets));
        self.duration += u128::from(duration);
        self.duration_max = self.duration_max.max(duration);
        if let Some(pcr) = producer_consumer_ratio(orig as f64, resp as f64) {
            self.pcr += (pcr * 1e6).round() as i128;
            self.with_payload += 1;
        }
        self.one_sided += u64::from(resp == 0 && resp_packets == 0);
        self.tcp += u64::from(record.proto == Proto::Tcp);
        self.ipv6 += u64::from(record.resp_host.is_some_and(|host| host.contains(&b':')));
        let recognised = has_service(record, b"dns");
        self.recognised += u64::from(recognised);
        if record.resp_port == Some(53) && !recognised {
            self.unrecognised += u64::from(orig + resp > 0);
            self.other_service += u64::from(record.service.is_some());
        }
        if let Some(port) = record.resp_port {
            self.add_ports((port, port));
        }
        if let Some(history) = history {
            self.histories.add(history, 1);
        }
        self.local += u64::from(record.local_resp == Some(true));
        if let Some(uid) = uid {
            self.add_heavy(orig.saturating_add(resp), uid);
        }
        self.interval.add(record.ts);
        if let Some(time) = record.ts {
            let beat = Beat {
                time,
                size: u32::try_from(orig).unwrap_or(u32::MAX),
                symbol: symbol(resp, duration, record.conn_state),
            };
            self.trace.add_within(keep.trace, beat);
        }
    }

    /// Keeps no more than that, and gives back the room of the rest.
    pub(crate) fn cut(&mut self, keep: Keep) {
        self.trace.cut(keep.trace);
        self.places.cut(keep.places);
    }

    /// Bytes of its tables.
    pub(crate) fn bytes(&self) -> usize {
        self.trace.bytes() + self.places.bytes() + self.heavy.capacity() * 16
    }

    fn add_ports(&mut self, (low, high): (u16, u16)) {
        let (least, most) = self.ports.unwrap_or((low, high));
        self.ports = Some((least.min(low), most.max(high)));
    }

    fn add_heavy(&mut self, bytes: u64, uid: u64) {
        let heavy = &mut self.heavy;
        if heavy.len() == Self::HEAVY && heavy.last().is_some_and(|&last| (bytes, uid) <= last) {
            return;
        }
        let at = heavy.partition_point(|&known| known > (bytes, uid));
        if heavy.get(at) != Some(&(bytes, uid)) {
            heavy.insert(at, (bytes, uid));
            heavy.truncate(Self::HEAVY);
        }
    }

    /// Adds the rows of another; its histories are renamed by `rename`, its inputs by `input`.
    pub fn merge(&mut self, other: &Self, input: &dyn Fn(u32) -> u32, rename: &dyn Fn(u32) -> u32) {
        self.records += other.records;
        self.orig_bytes += other.orig_bytes;
        self.resp_bytes += other.resp_bytes;
        self.orig_bytes_max = self.orig_bytes_max.max(other.orig_bytes_max);
        self.resp_bytes_max = self.resp_bytes_max.max(other.resp_bytes_max);
        self.orig_packets += other.orig_packets;
        self.resp_packets += other.resp_packets;
        self.packets_max = self.packets_max.max(other.packets_max);
        self.duration += other.duration;
        self.duration_max = self.duration_max.max(other.duration_max);
        self.pcr += other.pcr;
        self.with_payload += other.with_payload;
        self.one_sided += other.one_sided;
        self.tcp += other.tcp;
        self.ipv6 += other.ipv6;
        self.recognised += other.recognised;
        self.unrecognised += other.unrecognised;
        self.other_service += other.other_service;
        if let Some(ports) = other.ports {
            self.add_ports(ports);
        }
        self.histories.merge(&other.histories, rename);
        self.local += other.local;
        for &(bytes, uid) in &other.heavy {
            self.add_heavy(bytes, uid);
        }
        self.interval.merge(other.interval);
        self.trace.merge(&other.trace);
        self.places.merge_from(&other.places, input);
    }

    /// Whether a channel that anybody could have written can have come from reading, with `histories`
    /// histories and records where `holds` says.
    pub(crate) fn check(
        &self,
        histories: usize,
        holds: impl Fn(&crate::Place) -> bool,
    ) -> Result<(), Wrong> {
        let rows = self.records;
        let of_rows = [
            self.with_payload,
            self.one_sided,
            self.tcp,
            self.ipv6,
            self.recognised,
            self.unrecognised,
            self.other_service,
            self.local,
            self.trace.held() as u64,
        ];
        Wrong("the rows of a flow channel").unless(
            (1..=MOST).contains(&rows)
                && of_rows.into_iter().all(|count| count <= rows)
                && self.interval.is_sound(),
        )?;
        let most_and_sum = [
            (self.orig_bytes_max, self.orig_bytes),
            (self.resp_bytes_max, self.resp_bytes),
            (
                self.packets_max,
                self.orig_packets.saturating_add(self.resp_packets),
            ),
            (self.duration_max, self.duration),
        ];
        Wrong("the sums of a flow channel").unless(
            most_and_sum
                .into_iter()
                .all(|(most, sum)| u128::from(most) <= sum && sum <= MOST_SUM)
                && self.pcr.unsigned_abs() <= u128::from(self.with_payload) * 1_000_000,
        )?;
        Wrong("the counts of a flow channel").unless(
            self.histories.are_sound(histories, rows)
                && self.ports.is_none_or(|(low, high)| low <= high)
                && self.heavy.len() <= Self::HEAVY
                && self.heavy.is_sorted_by(|a, b| a > b),
        )?;
        Wrong("the places of a flow channel").unless(self.places.are_sound(holds))
    }
}

/// A row of `conn.log` in 16 bits, as [`Trace`] keeps it: bytes from the peer (5 bits: their number
/// of binary digits), duration (5 bits: the number of binary digits of its milliseconds), state
/// (4 bits, [`STATES`]).
#[must_use]
pub fn symbol(resp_bytes: u64, duration_micros: u64, state: Option<&[u8]>) -> u16 {
    let digits = |x: u64| ((u64::BITS - x.leading_zeros()) as u16).min(31);
    let state = state.map_or(0, |state| {
        STATES
            .iter()
            .position(|known| known.as_bytes() == state)
            .unwrap_or(0)
    });
    digits(resp_bytes) | digits(duration_micros / 1000) << 5 | (state as u16) << 10
}

/// Zeek's connection states; unset or unknown ones are the first.
pub const STATES: [&str; 14] = [
    "-", "S0", "S1", "SF", "REJ", "S2", "S3", "RSTO", "RSTR", "RSTOS0", "RSTRH", "SH", "SHR", "OTH",
];

/// A [`symbol`] taken apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Parts {
    /// Binary digits of the bytes from the peer: 0 for none, 11 for 1,024 to 2,047.
    pub resp_digits: u8,
    /// Binary digits of the milliseconds that it lasted.
    pub duration_digits: u8,
    /// The place in [`STATES`].
    pub state: u8,
}

/// The parts of a [`symbol`].
#[must_use]
pub fn parts(symbol: u16) -> Parts {
    Parts {
        resp_digits: (symbol & 31) as u8,
        duration_digits: (symbol >> 5 & 31) as u8,
        state: (symbol >> 10 & 15) as u8,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_symbol_comes_apart_as_it_was_put_together() {
        let parts = parts(symbol(1500, 2_000_000, Some(b"SF")));
        assert_eq!((parts.resp_digits, parts.duration_digits), (11, 11));
        assert_eq!(STATES[usize::from(parts.state)], "SF");
        assert_eq!(super::parts(symbol(0, 0, None)).state, 0);
    }

    #[test]
    fn the_heaviest_flows_are_kept_in_any_order() {
        let (mut up, mut down) = (FlowChannel::default(), FlowChannel::default());
        for n in 0..100_u64 {
            up.add_heavy(n % 37, n);
            down.add_heavy((99 - n) % 37, 99 - n);
        }
        assert_eq!(up.heavy, down.heavy);
        assert_eq!(up.heavy.first(), Some(&(36, 73)));
        assert_eq!(up.heavy.len(), FlowChannel::HEAVY);
    }
}
