//! dns2tcp: TCP connections over DNS.
//!
//! On the wire: one socket; names in base 64 (in lower case in the log), labels
//! of up to 63: a header of seven bytes (session, two counters, type), then at
//! most 125 bytes of data, whatever the zone. Control names carry `=auth` or
//! `=connect` as the label in front of the zone; the second `=auth` holds a hash
//! in hexadecimal. What goes up is asked in bursts, names with data and empty
//! ones mixed; what comes down is fetched by empty questions one after another.
//! Nothing to say is answered after half a second, and asked again at once.
//! Answers are an `A` and base 64 in strings of 63 characters with an empty one
//! behind them. Types TXT (default) or KEY; TTL 3.

use super::channel::Channel;
use super::encode::{Encoding, dotted};
use super::{BASE, Params};
use crate::book::Reply;
use crate::row::{Answer, QType};

const WIDTH: usize = 63;
/// Bytes of data in a question at most.
const DATA: usize = 125;
/// Types of messages: a question without and with data, an answer without and with data.
const KINDS: [u8; 4] = [0x04, 0x08, 0x10, 0x18];

pub(super) fn defaults() -> Params {
    Params {
        rate: 10.0,
        idle: 0.45,
        duty: 0.2,
        jitter: 0.3,
        answer: 274,
        up: 0.4,
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

/// The answer of the type with these bytes.
fn answer(qtype: QType, bytes: &[u8]) -> Vec<Answer> {
    let mut text = b"A".to_vec();
    text.extend(Encoding::Base64.encode(bytes));
    match qtype {
        QType::TXT => {
            let parts = text.chunks(WIDTH).chain([&b""[..]]);
            vec![Answer::txt_of(parts, 3)]
        }
        // The same text, in a record that nobody reads.
        _ => vec![Answer::unknown(qtype, 3, text.len())],
    }
}

pub(super) fn run(channel: &mut Channel<'_>) {
    let qtype = channel.qtype(&[QType::TXT]);
    let session = channel.rng.bits() as u16;
    let hash = Encoding::Hex.encode(&channel.rng.bytes(20));
    let resource = [&b"ssh"[..], b"smtp", b"socks"][channel.rng.below(3)];
    let mut ts = channel.from;
    for (kind, label, data, size) in [
        (0, "=auth", &b""[..], 16),
        (0, "=auth", &hash.to_ascii_uppercase()[..], 0),
        (4, "=connect", resource, 0),
    ] {
        let mut bytes = header(session, 0, 0, kind);
        bytes.extend_from_slice(data);
        let mut name = dotted(&Encoding::Base64.encode(&bytes), WIDTH);
        name.extend(format!(".{label}").bytes());
        let down = channel.rng.bytes(7 + size);
        let rtt = channel.rtt();
        let reply = Reply::ok(rtt, answer(qtype, &down));
        channel.ask(ts, &name, qtype, reply, true);
        ts += rtt + channel.rng.uniform(0.001, 0.02);
    }
    let (mut seen, mut sent) = (0_u16, 0_u16);
    let most = channel.chunk_after(7, WIDTH).min(DATA);
    // Questions of the burst that are still to be asked, and when it began.
    let (mut burst, mut began) = (0_usize, 0.0);
    for tick in channel.ticks_after_answers(ts) {
        sent = sent.wrapping_add(1);
        let share = channel.params.up;
        let (up, down) = if !tick.loaded {
            (0, 0)
        } else if burst > 0 || channel.rng.chance(share / (12.0 - 11.0 * share)) {
            if burst == 0 {
                (burst, began) = (channel.rng.between(8, 16), tick.ts);
            }
            burst -= 1;
            (if channel.rng.chance(0.65) { most } else { 0 }, 0)
        } else if channel.rng.chance(0.8) {
            (0, channel.params.answer)
        } else {
            (0, channel.rng.below(channel.params.answer + 1))
        };
        let in_burst = tick.loaded && down == 0 && began > 0.0 && burst > 0;
        let ts = if in_burst { began } else { tick.ts };
        began += 0.000_002;
        let mut bytes = header(session, seen, sent, KINDS[usize::from(up > 0)]);
        bytes.extend(channel.bytes_up(up));
        let name = dotted(&channel.params.encoding.encode(&bytes), WIDTH);
        let mut answered = header(session, seen, sent, KINDS[2 + usize::from(down > 0)]);
        answered.extend(channel.bytes_down(down));
        let rtt = if tick.loaded {
            channel.rtt()
        } else {
            channel.params.idle + channel.rtt()
        };
        let reply = Reply::ok(rtt, answer(qtype, &answered));
        channel.ask(ts, &name, qtype, reply, true);
        // What has come is noted with the next question, in a burst with a later one.
        seen = if in_burst { seen } else { sent };
    }
}
