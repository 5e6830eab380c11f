//! Features of one row of `conn.log`.
//!
//! In: a record. Out: a vector in the order of [`LIST`]. Must not know: addresses, ports, other
//! rows.
//!
//! No detector uses them (see [`super::dns_row`]). Left out on purpose, because they tell the captures
//! apart and not the tunnels: the version of IP (one lab had only one), headers by packet (the same),
//! times below a second (the way to the resolver), whether Zeek recognised DNS (the captured flows were picked by it), and the history (a
//! tunnel's is `Dd`, as any look-up's; its Markov chain finds no more than chance).

use super::flow::producer_consumer_ratio;
use super::{Feature, FeatureList, Scale, Unit, ratio, row_feature as feature};
use wakeful_logs::{ConnRecord, Proto};

/// How many features [`vector`] gives.
pub const COUNT: usize = FEATURES.len();

/// The features of a row of `conn.log`.
pub static LIST: FeatureList = FeatureList {
    name: "flow-row/2",
    features: &FEATURES,
};

const FEATURES: [Feature; 12] = [
    feature(
        "duration",
        Unit::Seconds,
        Scale::Log,
        "Whole seconds: the parts of one are the way to the resolver.",
    ),
    feature(
        "orig_bytes",
        Unit::Bytes,
        Scale::Log,
        "Payload bytes from the originator.",
    ),
    feature(
        "resp_bytes",
        Unit::Bytes,
        Scale::Log,
        "Payload bytes from the responder.",
    ),
    feature(
        "orig_packets",
        Unit::Count,
        Scale::Log,
        "Packets from the originator.",
    ),
    feature(
        "resp_packets",
        Unit::Count,
        Scale::Log,
        "Packets from the responder.",
    ),
    feature(
        "orig_packet",
        Unit::Bytes,
        Scale::Log,
        "Payload bytes by packets from the originator.",
    ),
    feature(
        "resp_packet",
        Unit::Bytes,
        Scale::Log,
        "Payload bytes by packets from the responder.",
    ),
    feature(
        "pcr",
        Unit::Ratio,
        Scale::Linear,
        "Producer-consumer ratio; 0 without payload.",
    ),
    feature(
        "one_sided",
        Unit::Share,
        Scale::Linear,
        "1 where the responder sent nothing.",
    ),
    feature("tcp", Unit::Share, Scale::Linear, "1 over TCP."),
    feature("udp", Unit::Share, Scale::Linear, "1 over UDP."),
    feature(
        "balance",
        Unit::Ratio,
        Scale::Linear,
        "(sent − received) / (sent + received) packets of the originator: 0 where each packet has its answer.",
    ),
];

/// The row's features, in the order of [`LIST`]. Unset counts are 0, as Zeek means them.
#[must_use]
pub fn vector(record: &ConnRecord<'_>) -> [f64; COUNT] {
    let number = |count: Option<u64>| count.unwrap_or(0) as f64;
    let flag = |set: bool| f64::from(u8::from(set));
    let (orig, resp) = (number(record.orig_bytes), number(record.resp_bytes));
    let (orig_packets, resp_packets) = (number(record.orig_pkts), number(record.resp_pkts));
    let packets = orig_packets + resp_packets;
    let duration = record.duration.unwrap_or(0.0).clamp(0.0, 1e9).floor();
    [
        duration,
        orig,
        resp,
        orig_packets,
        resp_packets,
        ratio(orig, orig_packets),
        ratio(resp, resp_packets),
        producer_consumer_ratio(orig, resp).unwrap_or(0.0),
        flag(resp == 0.0 && resp_packets == 0.0),
        flag(record.proto == Proto::Tcp),
        flag(record.proto == Proto::Udp),
        ratio(orig_packets - resp_packets, packets),
    ]
}
