//! A beacon with hexadecimal counters, as Cobalt Strike's over DNS.
//!
//! On the wire: through the system's resolver, a socket a question. Idle, the
//! implant asks for the address of `<session>.<zone>` every minute or so, and
//! the address that comes says whether there is work. Work is fetched with
//! `api.<counter><random>.<session>` as TXT (`cdn.` as A, `www6.` as AAAA);
//! results leave with `post.<labels><hex data>.<counter><random>.<session>` as
//! A, first the length, then the pieces. TTL 1.

use super::channel::Channel;
use super::encode::Encoding;
use super::{BASE, Params};
use crate::book::Reply;
use crate::row::{Answer, QType};
use std::net::IpAddr;

pub(super) fn defaults() -> Params {
    Params {
        rate: 2.0,
        idle: 60.0,
        duty: 0.03,
        jitter: 0.15,
        chunk: 28,
        answer: 96,
        encoding: Encoding::Hex,
        duration: 6.0 * 3_600.0,
        ..BASE
    }
}

pub(super) fn run(channel: &mut Channel<'_>) {
    let session = channel.rng.hex(8);
    let idle = IpAddr::from([0, 0, 0, 0]);
    let work = IpAddr::from([0, 0, 0, [241, 243, 245][channel.rng.below(3)]]);
    let mut counter = 0_usize;
    let mut was_loaded = false;
    let mut task = channel.rng.hex(7);
    let mut fetching = 0_usize;
    for tick in channel.ticks(channel.from) {
        let rtt = channel.rtt();
        if !tick.loaded || !was_loaded {
            let address = if tick.loaded { work } else { idle };
            let reply = Reply::ok(rtt, vec![Answer::address(address, 1)]);
            channel.ask(tick.ts, session.as_bytes(), QType::A, reply, false);
            if tick.loaded {
                counter = 0;
                task = channel.rng.hex(7);
                fetching = channel.rng.between(1, 6);
            }
            was_loaded = tick.loaded;
            continue;
        }
        counter += 1;
        if fetching > 0 {
            fetching -= 1;
            let qtype = channel.qtype(&[QType::TXT]);
            let host = match qtype {
                QType::A => "cdn",
                QType::AAAA => "www6",
                _ => "api",
            };
            let name = format!("{host}.{counter:x}{task}.{session}");
            let size = channel.rng.between(8, channel.params.answer.max(8));
            let bytes = channel.bytes_down(size);
            let answers = channel.answer(qtype, &bytes, Encoding::Base64, 1);
            channel.ask(
                tick.ts,
                name.as_bytes(),
                qtype,
                Reply::ok(rtt, answers),
                false,
            );
            continue;
        }
        let size = channel.chunk(40, 56).clamp(1, 84);
        let data = channel.bytes_up(size);
        let digits = Encoding::Hex.encode(&data);
        let labels = digits.chunks(56).count();
        let mut name = format!("post.{labels}").into_bytes();
        name.extend(digits.chunks(56).collect::<Vec<_>>().join(&b'.'));
        name.extend(format!(".{counter:x}{task}.{session}").bytes());
        let reply = Reply::ok(rtt, vec![Answer::address(idle, 1)]);
        channel.ask(tick.ts, &name, QType::A, reply, false);
    }
}
