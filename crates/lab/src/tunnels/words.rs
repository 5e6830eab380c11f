//! Common words as a code: made to pass a cut on entropy.
//!
//! On the wire: through the system's resolver, a socket a question; names like
//! `river-amber-lake.stone-hill.<zone>`, seven bits a word, one or two labels;
//! type A with an ordinary answer. Letters are distributed as in any text;
//! what is left: every name is new, and one client alone asks for them.

use super::channel::Channel;
use super::encode::Encoding;
use super::{BASE, Params};
use crate::book::Reply;
use crate::names::WORDS;
use crate::row::{Answer, QType, public_v4};
use std::net::IpAddr;

pub(super) fn defaults() -> Params {
    Params {
        rate: 0.2,
        duty: 0.3,
        jitter: 0.6,
        chunk: 4,
        encoding: Encoding::Words,
        qtype: Some(QType::A),
        payload: super::Payload::Compressed,
        duration: 4.0 * 3_600.0,
        ..BASE
    }
}

pub(super) fn run(channel: &mut Channel<'_>) {
    let qtype = channel.qtype(&[QType::A]);
    let address = IpAddr::V4(public_v4(channel.rng.bits()));
    for tick in channel.ticks(channel.from) {
        // Seven bytes are eight words; a label holds at most 63 characters.
        let most = channel.params.encoding.capacity(63).max(1);
        let size = channel.params.chunk.clamp(1, most);
        let bytes = channel.bytes_up(size);
        let mut name = channel.params.encoding.encode(&bytes);
        name.truncate(63);
        if channel.rng.chance(0.4) {
            name.extend(format!(".{}", channel.rng.pick(&WORDS)).bytes());
        }
        let rtt = channel.rtt();
        let answers = match qtype {
            QType::A => vec![Answer::address(address, 120)],
            _ => channel.answer(qtype, &[0, 1], Encoding::Words, 120),
        };
        channel.ask(tick.ts, &name, qtype, Reply::ok(rtt, answers), false);
    }
}
