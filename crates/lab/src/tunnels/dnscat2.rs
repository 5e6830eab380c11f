//! dnscat2: a command channel with sessions, encrypted by default.
//!
//! On the wire: one socket; every name is a packet in hexadecimal, with a dot
//! after every 60 digits: packet number (2 bytes, random), type (1), session
//! (2, the same all along), then with encryption a signature (6) and a counter
//! (2), then the encrypted sequence numbers (4) and the data. A session opens
//! with a key exchange of two long names. An idle client asks once a second; a
//! loaded one as soon as an answer is there. Types TXT, CNAME and MX, drawn
//! anew for every packet; answers are packets of the same shape, as hexadecimal
//! text or as names under the zone; TTL 60.

use super::channel::Channel;
use super::encode::{Encoding, dotted, undotted};
use super::{BASE, Params};
use crate::book::Reply;
use crate::row::QType;

const WIDTH: usize = 60;
/// Bytes of a packet in front of its data.
const HEADER: usize = 17;

pub(super) fn defaults() -> Params {
    Params {
        rate: 8.0,
        idle: 1.0,
        duty: 0.06,
        jitter: 0.3,
        answer: 90,
        encoding: Encoding::Hex,
        duration: 2_400.0,
        ..BASE
    }
}

/// A packet of the session, with `data` bytes after its header.
fn packet(
    channel: &mut Channel<'_>,
    kind: u8,
    session: [u8; 2],
    counter: u16,
    data: &[u8],
) -> Vec<u8> {
    let mut bytes = channel.rng.bytes(2);
    bytes.push(kind);
    bytes.extend(session);
    bytes.extend(channel.rng.bytes(6));
    bytes.extend(counter.to_be_bytes());
    bytes.extend(channel.rng.bytes(4));
    bytes.extend_from_slice(data);
    bytes
}

pub(super) fn run(channel: &mut Channel<'_>) {
    let types = [QType::TXT, QType::CNAME, QType::MX];
    let drawn = channel.rng.bytes(2);
    let session = [drawn[0], drawn[1]];
    let room = Encoding::Hex.capacity(undotted(channel.room(), WIDTH));
    let mut ts = channel.from;
    let mut counter = 0_u16;
    // Key exchange, authentication, and the opening of the session.
    for (kind, size) in [(3, 66), (3, 34), (0, 20)] {
        let size = size.min(room.saturating_sub(HEADER));
        ts = exchange(channel, ts, (kind, session, counter), size, size, &types);
        counter += 1;
    }
    for tick in channel.ticks(ts) {
        let (up, down) = if tick.loaded {
            let most = room.saturating_sub(HEADER);
            let most = match channel.params.chunk {
                0 => most,
                chunk => chunk.min(most),
            };
            let up = if channel.rng.chance(0.5) { most } else { 0 };
            (up, channel.rng.below(channel.params.answer + 1))
        } else {
            (0, 0)
        };
        exchange(channel, tick.ts, (1, session, counter), up, down, &types);
        counter = counter.wrapping_add(1);
    }
}

/// One packet each way; the time at which the answer is there.
fn exchange(
    channel: &mut Channel<'_>,
    ts: f64,
    (kind, session, counter): (u8, [u8; 2], u16),
    up: usize,
    down: usize,
    types: &[QType],
) -> f64 {
    let qtype = channel.qtype(types);
    let data = channel.bytes_up(up);
    let asked = packet(channel, kind, session, counter, &data);
    let name = dotted(&Encoding::Hex.encode(&asked), WIDTH);
    let data = channel.bytes_down(down);
    let answered = packet(channel, kind, session, counter, &data);
    let answers = channel.answer(qtype, &answered, Encoding::Hex, 60);
    let rtt = channel.rtt();
    channel.ask(ts, &name, qtype, Reply::ok(rtt, answers), true);
    ts + rtt
}
