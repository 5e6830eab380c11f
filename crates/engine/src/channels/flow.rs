//! What flowed between one client and one peer.
//!
//! In: rows of `conn.log`. Out: [`FlowChannel`]. Must not know: scores.

use super::{Interval, Places};
use crate::features::flow::producer_consumer_ratio;
use crate::features::timing::Times;
use wakeful_logs::{ConnRecord, Proto};

/// What a flow is, as far as its port and Zeek's protocol detection tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FlowClass {
    /// To port 53, or recognised as DNS: what a DNS tunnel's flows are among.
    Dns,
    /// Anything else.
    Other,
}

impl FlowClass {
    /// The class of a row.
    #[must_use]
    pub fn of(record: &ConnRecord<'_>) -> Self {
        let recognised = record.service.is_some_and(|service| {
            service
                .split(|&byte| byte == b',')
                .any(|service| service == b"dns")
        });
        // Multicast DNS and LLMNR are recognised as DNS too, and stay on the link.
        let on_link = matches!(record.resp_port, Some(5353 | 5355 | 137));
        if record.proto != Proto::Icmp && !on_link && (recognised || record.resp_port == Some(53)) {
            Self::Dns
        } else {
            Self::Other
        }
    }
}

/// A client and a peer. Unset counts are taken as 0, as Zeek means them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
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
    /// First and last row.
    pub interval: Interval,
    /// When.
    pub times: Times,
    /// Where its first rows lie.
    pub places: Places,
}

impl FlowChannel {
    /// Adds a row.
    pub fn add(&mut self, record: &ConnRecord<'_>) {
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
        self.recognised += u64::from(
            record
                .service
                .is_some_and(|service| service.starts_with(b"dns")),
        );
        self.interval.add(record.ts);
        if let Some(time) = record.ts {
            self.times.add(time);
        }
    }

    /// Adds the rows of another.
    pub fn merge(&mut self, other: &Self, inputs_before: usize) {
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
        self.interval.merge(other.interval);
        self.times.merge(&other.times);
        self.places.merge(&other.places, inputs_before);
    }
}
