//! Low and slow: one short label every few minutes, for days.
//!
//! On the wire: through the system's resolver, a socket a question, type A, an
//! ordinary address and an ordinary TTL in the answer; a label of a dozen hex or
//! base-32 characters, never the same twice. No single name is remarkable; what
//! is: a domain that one client alone asks for, every name new, gaps alike day
//! and night, and nobody ever connects to the address.

use super::channel::Channel;
use super::encode::Encoding;
use super::{BASE, Params};
use crate::book::Reply;
use crate::row::{Answer, QType, public_v4};
use std::net::IpAddr;

pub(super) fn defaults() -> Params {
    Params {
        rate: 1.0 / 240.0,
        jitter: 0.35,
        chunk: 7,
        encoding: Encoding::Base32,
        qtype: Some(QType::A),
        payload: super::Payload::Compressed,
        start: Some(600.0),
        duration: 30.0 * 86_400.0,
        ..BASE
    }
}

pub(super) fn run(channel: &mut Channel<'_>) {
    let qtype = channel.qtype(&[QType::A]);
    let address = IpAddr::V4(public_v4(channel.rng.bits()));
    for tick in channel.ticks(channel.from) {
        let size = channel.chunk(0, 63).max(1);
        let name = channel.upload(size, 63);
        let rtt = channel.rtt();
        let answers = match qtype {
            QType::A => vec![Answer::address(address, 300)],
            _ => channel.answer(qtype, &[0, 1], Encoding::Base64, 300),
        };
        channel.ask(tick.ts, &name, qtype, Reply::ok(rtt, answers), false);
    }
}
