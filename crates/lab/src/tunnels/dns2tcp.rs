//! dns2tcp: TCP connections over DNS.
//!
//! On the wire: one socket; names in base 64 (in lower case in the log), labels
//! of up to 63: a header of seven bytes (session, two counters, type), then
//! data. Control names carry `=auth`, `=resource` or `=connect` as the label in
//! front of the zone. The client keeps several questions waiting at the server,
//! which answers when it has data, and refills them: bursts while loaded, a
//! slow drip of empty packets while idle. Types TXT (default) or KEY; TTL 3.

use super::channel::Channel;
use super::encode::{Encoding, dotted};
use super::{BASE, Params};
use crate::book::Reply;
use crate::row::QType;

const WIDTH: usize = 63;

pub(super) fn defaults() -> Params {
    Params {
        rate: 10.0,
        idle: 2.5,
        duty: 0.2,
        jitter: 0.6,
        answer: 150,
        encoding: Encoding::Base64,
        qtype: Some(QType::TXT),
        duration: 1_500.0,
        ..BASE
    }
}

/// The header: session, what was seen, what is sent, type.
fn header(session: u16, seen: u16, sent: u16, kind: u8) -> Vec<u8> {
    let mut bytes = session.to_be_bytes().to_vec();
    bytes.extend(seen.to_be_bytes());
    bytes.extend(sent.to_be_bytes());
    bytes.push(kind);
    bytes
}

pub(super) fn run(channel: &mut Channel<'_>) {
    let qtype = channel.qtype(&[QType::TXT]);
    let session = channel.rng.bits() as u16;
    let mut ts = channel.from;
    for (kind, label, size) in [
        (0, "=auth", 0),
        (0, "=auth", 20),
        (4, "=resource", 0),
        (3, "=connect", 3),
    ] {
        let mut bytes = header(session, 0, 0, kind);
        bytes.extend(channel.rng.bytes(size));
        let mut name = dotted(&Encoding::Base64.encode(&bytes), WIDTH);
        name.extend(format!(".{label}").bytes());
        let down = channel.rng.bytes(7 + size);
        let answers = channel.answer(qtype, &down, Encoding::Base64, 3);
        let rtt = channel.rtt();
        channel.ask(ts, &name, qtype, Reply::ok(rtt, answers), true);
        ts += rtt + channel.rng.uniform(0.001, 0.02);
    }
    let (mut seen, mut sent) = (0_u16, 0_u16);
    for tick in channel.ticks(ts) {
        sent = sent.wrapping_add(1);
        let most = channel.chunk_after(7, WIDTH);
        let up = if tick.loaded && channel.rng.chance(0.55) {
            most
        } else {
            0
        };
        let down = if tick.loaded {
            channel.rng.below(channel.params.answer + 1)
        } else {
            0
        };
        let mut bytes = header(session, seen, sent, if up > 0 { 1 } else { 2 });
        bytes.extend(channel.bytes_up(up));
        let encoding = channel.params.encoding;
        let name = dotted(&encoding.encode(&bytes), WIDTH);
        let mut answered = header(session, sent, seen, 1);
        answered.extend(channel.bytes_down(down));
        let answers = channel.answer(qtype, &answered, Encoding::Base64, 3);
        // An empty question waits at the server.
        let rtt = if tick.loaded {
            channel.rtt()
        } else {
            channel.rng.uniform(0.3, 2.4)
        };
        channel.ask(tick.ts, &name, qtype, Reply::ok(rtt, answers), true);
        seen = seen.wrapping_add(u16::from(down > 0));
    }
}
