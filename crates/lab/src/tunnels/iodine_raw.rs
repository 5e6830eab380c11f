//! iodine in raw mode: when the server can be reached directly, its packets go
//! to UDP port 53 without DNS messages around them.
//!
//! On the wire: one long flow to a host that is no resolver, with payload both
//! ways, a four-byte header that no DNS parser accepts, keep-alives while idle.
//! Zeek writes no row of dns.log and recognises no service.

use super::channel::Channel;
use super::{BASE, Params};
use crate::book::Flow;
use crate::row::Proto;

pub(super) fn defaults() -> Params {
    Params {
        rate: 40.0,
        idle: 20.0,
        duty: 0.3,
        chunk: 1_080,
        answer: 1_090,
        duration: 3_600.0,
        ..BASE
    }
}

pub(super) fn run(channel: &mut Channel<'_>) {
    // A flow ends for Zeek after a minute of silence: one flow a session, cut at times.
    let mut ts = channel.from;
    while ts < channel.to {
        let length = channel.rng.log_normal(1_500.0, 0.6).min(channel.to - ts);
        let params = channel.params.clone();
        let data = (length * params.duty * params.rate) as u64;
        let alive = (length / params.idle.max(1.0)) as u64 + 1;
        // Most data goes one way; seven packets in ten are acknowledged.
        let stray = channel.rng.uniform(-0.4, 0.4);
        let share = match params.up {
            up if up <= 0.0 || up >= 1.0 => up,
            up => (up + stray).clamp(0.0, 1.0),
        };
        let sent = (data as f64 * share) as u64;
        let fetched = data - sent;
        let acknowledged = |packets: u64| packets * 7 / 10;
        let bytes = |packets: u64, size: usize, other: u64| {
            packets * size.max(40) as u64 + acknowledged(other) * 66 + 9 * alive
        };
        let up = bytes(sent, params.chunk, fetched);
        let down = bytes(fetched, params.answer, sent);
        let flow = Flow {
            ts,
            client: channel.client,
            server: channel.peer,
            ports: (channel.rng.port(), 53),
            proto: Proto::Udp,
            service: None,
            duration: Some(length),
            bytes: Some((up, down)),
            packets: (
                sent + acknowledged(fetched) + alive,
                fetched + acknowledged(sent) + alive,
            ),
            state: "SF",
            history: "Dd",
        };
        channel.flow(&flow);
        ts += length + channel.rng.uniform(61.0, 240.0);
    }
}
