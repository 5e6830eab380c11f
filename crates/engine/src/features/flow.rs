//! Features of a flow channel: a client and a peer.
//!
//! In: [`FlowChannel`]. Out: a vector in the order of [`LIST`]. Must not know: addresses, ports.

use super::{Feature, FeatureList, Scale, Unit, ratio};
use crate::channels::flow::FlowChannel;

/// How many features [`vector`] gives.
pub const COUNT: usize = FEATURES.len();

/// (orig − resp) / (orig + resp): +1 where only the originator sends (a producer), −1 where only
/// the responder does (Bullard and Gerth 2014). `None` where no byte went either way.
#[must_use]
pub fn producer_consumer_ratio(orig: f64, resp: f64) -> Option<f64> {
    let sum = orig + resp;
    (sum > 0.0).then(|| (orig - resp) / sum)
}

/// The features of a flow channel.
pub static LIST: FeatureList = FeatureList {
    name: "flow-channel/1",
    features: &FEATURES,
};

const FEATURES: [Feature; 16] = [
    Feature {
        name: "flows",
        unit: Unit::Count,
        scale: Scale::Log,
        doc: "Rows between the client and the peer.",
        sentence: "The number of flows between the two is {value}; {usual} is usual.",
    },
    Feature {
        name: "orig_bytes",
        unit: Unit::Bytes,
        scale: Scale::Log,
        doc: "Mean payload bytes that the client sends in a flow.",
        sentence: "The client sends {value} a flow; {usual} is usual.",
    },
    Feature {
        name: "resp_bytes",
        unit: Unit::Bytes,
        scale: Scale::Log,
        doc: "Mean payload bytes that the peer sends in a flow.",
        sentence: "The peer sends {value} a flow; {usual} is usual.",
    },
    Feature {
        name: "orig_bytes_max",
        unit: Unit::Bytes,
        scale: Scale::Log,
        doc: "Most payload bytes from the client in one flow.",
        sentence: "The client sent {value} in one flow; {usual} is usual.",
    },
    Feature {
        name: "resp_bytes_max",
        unit: Unit::Bytes,
        scale: Scale::Log,
        doc: "Most payload bytes from the peer in one flow.",
        sentence: "The peer sent {value} in one flow; {usual} is usual.",
    },
    Feature {
        name: "orig_packet",
        unit: Unit::Bytes,
        scale: Scale::Log,
        doc: "Payload bytes by packets from the client: the size of a query.",
        sentence: "A packet from the client carries {value}; {usual} is usual.",
    },
    Feature {
        name: "resp_packet",
        unit: Unit::Bytes,
        scale: Scale::Log,
        doc: "Payload bytes by packets from the peer: the size of an answer.",
        sentence: "A packet from the peer carries {value}; {usual} is usual.",
    },
    Feature {
        name: "packets",
        unit: Unit::Count,
        scale: Scale::Log,
        doc: "Mean packets in a flow, both ways.",
        sentence: "A flow has {value} packets; {usual} is usual.",
    },
    Feature {
        name: "packets_max",
        unit: Unit::Count,
        scale: Scale::Log,
        doc: "Most packets in one flow, both ways.",
        sentence: "One flow has {value} packets; {usual} is usual.",
    },
    Feature {
        name: "duration",
        unit: Unit::Seconds,
        scale: Scale::Log,
        doc: "Mean seconds a flow lasts.",
        sentence: "A flow lasts {value}; {usual} is usual.",
    },
    Feature {
        name: "duration_max",
        unit: Unit::Seconds,
        scale: Scale::Log,
        doc: "Seconds of the longest flow.",
        sentence: "The longest flow lasts {value}; {usual} is usual.",
    },
    Feature {
        name: "pcr",
        unit: Unit::Ratio,
        scale: Scale::Linear,
        doc: "Producer-consumer ratio of all bytes: (orig − resp) / (orig + resp), from −1 (downloads) to +1 (uploads).",
        sentence: "The producer-consumer ratio is {value} (1 is all upload); {usual} is usual.",
    },
    Feature {
        name: "pcr_flow",
        unit: Unit::Ratio,
        scale: Scale::Linear,
        doc: "Mean of the flows' producer-consumer ratios.",
        sentence: "A flow's producer-consumer ratio is {value} on average; {usual} is usual.",
    },
    Feature {
        name: "one_sided",
        unit: Unit::Share,
        scale: Scale::Linear,
        doc: "Share of flows to which the peer sent nothing.",
        sentence: "The share of flows without an answer is {value}; {usual} is usual.",
    },
    Feature {
        name: "tcp",
        unit: Unit::Share,
        scale: Scale::Linear,
        doc: "Share of flows over TCP.",
        sentence: "The share of flows over TCP is {value}; {usual} is usual.",
    },
    Feature {
        name: "ipv6",
        unit: Unit::Share,
        scale: Scale::Linear,
        doc: "Share of flows between IPv6 addresses.",
        sentence: "The share of flows over IPv6 is {value}; {usual} is usual.",
    },
];

/// The channel's features, in the order of [`LIST`].
#[must_use]
pub fn vector(channel: &FlowChannel) -> [f64; COUNT] {
    let flows = channel.records as f64;
    let (orig, resp) = (channel.orig_bytes as f64, channel.resp_bytes as f64);
    let packets = (channel.orig_packets + channel.resp_packets) as f64;
    [
        flows,
        ratio(orig, flows),
        ratio(resp, flows),
        channel.orig_bytes_max as f64,
        channel.resp_bytes_max as f64,
        ratio(orig, channel.orig_packets as f64),
        ratio(resp, channel.resp_packets as f64),
        ratio(packets, flows),
        channel.packets_max as f64,
        ratio(channel.duration as f64 / 1e6, flows),
        channel.duration_max as f64 / 1e6,
        producer_consumer_ratio(orig, resp).unwrap_or(0.0),
        ratio(channel.pcr as f64 / 1e6, channel.with_payload as f64),
        ratio(channel.one_sided as f64, flows),
        ratio(channel.tcp as f64, flows),
        ratio(channel.ipv6 as f64, flows),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use wakeful_logs::{ConnRecord, Proto};

    #[test]
    fn the_producer_consumer_ratio_is_exact() {
        assert_eq!(producer_consumer_ratio(100.0, 0.0), Some(1.0));
        assert_eq!(producer_consumer_ratio(0.0, 100.0), Some(-1.0));
        assert_eq!(producer_consumer_ratio(300.0, 100.0), Some(0.5));
        assert_eq!(producer_consumer_ratio(0.0, 0.0), None);
    }

    #[test]
    fn the_vector_has_the_lists_order_and_only_finite_numbers() {
        let mut channel = FlowChannel::default();
        assert!(vector(&channel).iter().all(|value| value.is_finite()));
        let record = ConnRecord {
            orig_bytes: Some(u64::MAX),
            resp_bytes: Some(1),
            orig_pkts: Some(u64::MAX),
            duration: Some(f64::MAX),
            proto: Proto::Tcp,
            ..ConnRecord::default()
        };
        channel.add(&record, None, None);
        let vector = vector(&channel);
        assert!(vector.iter().all(|value| value.is_finite()));
        let of = |name| {
            vector[LIST
                .features
                .iter()
                .position(|feature| feature.name == name)
                .unwrap()]
        };
        assert_eq!((of("flows"), of("tcp")), (1.0, 1.0));
        assert!(of("pcr") > 0.999);
    }
}
