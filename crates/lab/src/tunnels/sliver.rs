//! An implant with dense long labels, as Sliver's over DNS.
//!
//! On the wire: a socket a question, often straight to several resolvers. All
//! of a message (kind, number, place, data) is one protocol buffer, in base 58,
//! or base 32 when the path changes the case, in labels of 63 characters; there
//! are no words and no separators. A session begins with questions for an
//! address that test the encodings. The implant polls every few seconds with a
//! short name that is never the same; answers are TXT in base 64 (A when empty),
//! TTL 0. A result leaves as a burst of full names.

use super::channel::Channel;
use super::encode::{Encoding, dotted};
use super::{BASE, Params};
use crate::book::Reply;
use crate::row::QType;

const WIDTH: usize = 63;

pub(super) fn defaults() -> Params {
    Params {
        rate: 9.0,
        idle: 8.0,
        duty: 0.05,
        jitter: 0.3,
        answer: 160,
        encoding: Encoding::Base58,
        duration: 2.0 * 3_600.0,
        ..BASE
    }
}

pub(super) fn run(channel: &mut Channel<'_>) {
    let encoding = channel.params.encoding;
    let mut ts = channel.from;
    for _ in 0..4 {
        let bytes = channel.rng.bytes(12);
        let name = dotted(&encoding.encode(&bytes), WIDTH);
        let sum = channel.rng.bytes(4);
        let answers = channel.answer(QType::A, &sum, encoding, 0);
        let rtt = channel.rtt();
        channel.ask(ts, &name, QType::A, Reply::ok(rtt, answers), false);
        ts += rtt + 0.01;
    }
    for tick in channel.ticks(ts) {
        let rtt = channel.rtt();
        let (size, qtype) = if tick.loaded {
            (
                channel.chunk(0, WIDTH).max(14),
                channel.qtype(&[QType::A, QType::TXT]),
            )
        } else {
            (14, channel.qtype(&[QType::TXT]))
        };
        let size = size.min(encoding.capacity(channel.room().saturating_sub(5)));
        let name = channel.upload(size, WIDTH);
        let down = match qtype {
            QType::A => 4,
            _ if tick.loaded => channel.rng.between(12, channel.params.answer.max(12)),
            _ => 8,
        };
        let bytes = channel.bytes_down(down);
        let answers = channel.answer(qtype, &bytes, Encoding::Base64, 0);
        channel.ask(tick.ts, &name, qtype, Reply::ok(rtt, answers), false);
    }
}
