//! A tunnel in ICMP echo messages: IP packets or a shell in the payload of pings.
//!
//! On the wire: echo requests with payloads of many sizes up to the link's, as
//! many bytes back as forth or more, for minutes to hours; a ping of a person
//! has 32 or 56 bytes a packet and ends soon. Only conn.log shows it: type 8,
//! code 0, state `OTH`.

use super::channel::Channel;
use super::{BASE, Params};
use crate::book::Flow;
use crate::row::Proto;

pub(super) fn defaults() -> Params {
    Params {
        rate: 12.0,
        idle: 5.0,
        duty: 0.4,
        chunk: 700,
        answer: 1_000,
        duration: 5_400.0,
        ..BASE
    }
}

pub(super) fn run(channel: &mut Channel<'_>) {
    let mut ts = channel.from;
    while ts < channel.to {
        let length = channel.rng.log_normal(600.0, 0.7).min(channel.to - ts);
        let params = channel.params.clone();
        let data = (length * params.duty * params.rate) as u64;
        let alive = (length / params.idle.max(0.5)) as u64 + 1;
        let share = channel.rng.uniform(0.5, 0.95);
        let up = (data as f64 * params.chunk.max(64) as f64 * share) as u64 + 36 * alive;
        let down = (data as f64 * params.answer.max(64) as f64 * share) as u64 + 36 * alive;
        let flow = Flow {
            ts,
            client: channel.client,
            server: channel.peer,
            ports: (8, 0),
            proto: Proto::Icmp,
            service: None,
            duration: Some(length),
            bytes: Some((up, down)),
            packets: (data + alive, data + alive),
            state: "OTH",
            history: "",
        };
        channel.flow(&flow);
        ts += length + channel.rng.uniform(61.0, 300.0);
    }
}
