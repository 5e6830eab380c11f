//! A file in numbered pieces, as DNSExfiltrator sends it.
//!
//! On the wire: through the system's resolver, a socket a question. First
//! `init.` and base 32 of the file's name and the number of pieces; then
//! `<number>.` and the compressed, encrypted piece in labels of 63 characters,
//! base 64 with `-` and `_` (or base 32), filling the name, as fast as answers
//! come or throttled. Type TXT; the answer is `OK`, then the number of the
//! piece; TTL 0. The channel goes one way and ends with the file.

use super::channel::Channel;
use super::encode::{Encoding, dotted};
use super::{BASE, Params};
use crate::book::Reply;
use crate::row::{Answer, QType};

const WIDTH: usize = 63;

pub(super) fn defaults() -> Params {
    Params {
        rate: 4.0,
        jitter: 0.4,
        encoding: Encoding::Base64Url,
        qtype: Some(QType::TXT),
        duration: 300.0,
        ..BASE
    }
}

pub(super) fn run(channel: &mut Channel<'_>) {
    let qtype = channel.qtype(&[QType::TXT]);
    let ticks = channel.ticks(channel.from + 0.4);
    let files = ["report.zip", "backup.7z", "mail.pst", "clients.csv"];
    let file = channel.rng.pick(&files);
    let title = format!("{file}|{}", ticks.len());
    let mut name = b"init.".to_vec();
    name.extend(dotted(&Encoding::Base32.encode(title.as_bytes()), WIDTH));
    let rtt = channel.rtt();
    let reply = Reply::ok(rtt, vec![Answer::txt(b"OK", 0)]);
    channel.ask(channel.from, &name, qtype, reply, false);
    for (number, tick) in ticks.iter().enumerate() {
        let label = number.to_string();
        let size = channel.chunk(label.len() + 1, WIDTH).max(1);
        let mut name = label.clone().into_bytes();
        name.push(b'.');
        name.extend(channel.upload(size, WIDTH));
        let rtt = channel.rtt();
        let reply = match qtype {
            QType::TXT => Reply::ok(rtt, vec![Answer::txt(label.as_bytes(), 0)]),
            _ => {
                let answers =
                    channel.answer(qtype, &(number as u32).to_be_bytes(), Encoding::Hex, 0);
                Reply::ok(rtt, answers)
            }
        };
        channel.ask(tick.ts, &name, qtype, reply, false);
    }
}
