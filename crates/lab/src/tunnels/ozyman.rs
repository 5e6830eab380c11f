//! OzymanDNS: SSH over DNS, the oldest of them.
//!
//! On the wire: a socket a question. Up: base-32 data in labels of up to 61
//! characters, then `<nonce>-<place>.id-<session>.up.sshdns.<zone>`, answered by
//! one address. Down: `<nonce>-<place>.id-<session>.down.sshdns.<zone>` as TXT,
//! answered by up to 220 bytes of base 64. The client polls faster while there
//! is data and backs off while there is none. TTL 0.

use super::channel::Channel;
use super::encode::Encoding;
use super::{BASE, Params};
use crate::book::Reply;
use crate::row::QType;

const WIDTH: usize = 61;

pub(super) fn defaults() -> Params {
    Params {
        rate: 7.0,
        idle: 3.0,
        duty: 0.25,
        jitter: 0.5,
        chunk: 110,
        answer: 165,
        encoding: Encoding::Base32,
        duration: 1_200.0,
        ..BASE
    }
}

pub(super) fn run(channel: &mut Channel<'_>) {
    let session = channel.rng.below(65_536);
    let mut sent = 0_usize;
    let mut received = 0_usize;
    for tick in channel.ticks(channel.from) {
        let rtt = channel.rtt();
        let nonce = channel.rng.below(32_768);
        if tick.loaded && channel.rng.chance(0.45) {
            let tail = format!("{nonce}-{sent}.id-{session}.up.sshdns");
            let size = channel.chunk(tail.len() + 1, WIDTH).max(1);
            let mut name = channel.upload(size, WIDTH);
            name.extend(format!(".{tail}").bytes());
            let answers = channel.answer(QType::A, &[1, 1, 1, 1], Encoding::Hex, 0);
            channel.ask(tick.ts, &name, QType::A, Reply::ok(rtt, answers), false);
            sent += size;
        } else {
            let qtype = channel.qtype(&[QType::TXT]);
            let name = format!("{nonce}-{received}.id-{session}.down.sshdns");
            let size = if tick.loaded {
                channel.params.answer
            } else {
                0
            };
            let bytes = channel.bytes_down(size);
            let answers = channel.answer(qtype, &bytes, Encoding::Base64, 0);
            channel.ask(
                tick.ts,
                name.as_bytes(),
                qtype,
                Reply::ok(rtt, answers),
                false,
            );
            received += size;
        }
    }
}
