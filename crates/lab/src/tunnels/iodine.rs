//! iodine: IP packets over DNS.
//!
//! On the wire: one socket for the whole session. A handshake of short names
//! whose first letter is the command: `y` tests what answers survive, `v` the
//! version, `l` the log-in (a hash in base 32), `i` asks for the server's
//! address, `z` tests what names survive (a readable pattern, with bytes above
//! 127 when base 128 is tried), `s` and `o` switch codecs and options, `r`
//! probes how large an answer may be (names filled up to the limit), `n` sets
//! that size. Then data: the user's hexadecimal digit, three characters of
//! counters, one that changes always, and the payload, with a dot after every
//! 57 characters; `p` pings while idle, every four seconds. The server holds a
//! question back until it has something to say (lazy mode), so an idle channel
//! has answer times of seconds. Types: NULL, private, TXT, SRV, MX, CNAME, A
//! (answered by a CNAME); TTL 0. Packets are fragmented: full names, then a
//! short rest.

use super::channel::Channel;
use super::encode::{Encoding, dotted};
use super::{BASE, Params};
use crate::book::Reply;
use crate::row::{Answer, QType};

const ALPHABET: &[u8] = b"abcdefghijklmnopqrstuvwxyz012345";
const CHANGING: &[u8] = b"abcdefghijklmnopqrstuvwxyz0123456789";
const WIDTH: usize = 57;
/// Version 0.7's protocol.
const VERSION: [u8; 4] = [0, 0, 5, 2];

/// What the client sends to learn whether a codec survives, lower-cased like every name in the log.
const PATTERN_64: &[u8] = b"aabbccddeeffgghhiijjkkllmmnnooppqqrrssttuuvvwwxxyyzz+0129-";
const PATTERN_64_URL: &[u8] = b"aabbccddeeffgghhiijjkkllmmnnooppqqrrssttuuvvwwxxyyzz_0129-";
const PATTERNS_128: [&[u8]; 3] = [
    b"aa-aaahhh-drink-mal-ein-j\xe4germeister-",
    b"aa-la-fl\xfbte-na\xefve-fran\xe7aise-est-retir\xe9-\xe0-cr\xe8te",
    b"aa0123456789\xbc\xbd\xbe\xbf\xc0\xc1\xc2\xc3\xc4\xc5\xc6\xc7\xc8\xc9\xca\xcb\xcc\xcd\xce\xcf",
];

pub(super) fn defaults() -> Params {
    Params {
        rate: 6.0,
        idle: 4.0,
        duty: 0.35,
        jitter: 0.5,
        answer: 180,
        encoding: Encoding::Base32Iodine,
        qtype: Some(QType::NULL),
        duration: 1_200.0,
        ..BASE
    }
}

/// A command: its letter, then base-32 characters of `known` and of `random` more bytes.
fn command(channel: &mut Channel<'_>, letter: &str, known: &[u8], random: usize) -> Vec<u8> {
    let mut bytes = known.to_vec();
    bytes.extend(channel.rng.bytes(random));
    let mut name = letter.as_bytes().to_vec();
    name.extend(Encoding::Base32Iodine.encode(&bytes));
    name
}

/// The answer of `size` bytes in the way of the type: a codec letter, then text.
fn answer(channel: &mut Channel<'_>, qtype: QType, size: usize) -> Vec<Answer> {
    let bytes = channel.bytes_down(size);
    let encoding = match channel.params.encoding {
        Encoding::Base32 | Encoding::Base32Iodine => Encoding::Base32Iodine,
        other => other,
    };
    match qtype {
        QType::TXT => {
            let mut text = vec![letter(encoding, b"tsuv")];
            text.extend(encoding.encode(&bytes));
            vec![Answer::txt(&text, 0)]
        }
        QType::NULL | QType::PRIVATE => vec![Answer::unknown(qtype, 0, size)],
        _ => {
            // A name of its own, under two random letters, not under the zone.
            let fits = encoding.capacity(220);
            let mut text = vec![letter(encoding, b"hijk")];
            text.extend(encoding.encode(&bytes[..size.min(fits)]));
            let mut name = dotted(&text, WIDTH);
            name.extend(format!(".{}", channel.rng.text(b"abcdefghijklmnopqrstuvwxyz", 2)).bytes());
            let extra = if qtype == QType::SRV { 6 } else { 2 };
            vec![Answer::name(name, 0, extra)]
        }
    }
}

/// The letter that tells the client how an answer is encoded.
fn letter(encoding: Encoding, letters: &[u8; 4]) -> u8 {
    match encoding {
        Encoding::Base64 => letters[1],
        Encoding::Base64Url => letters[2],
        Encoding::Base128 => letters[3],
        _ => letters[0],
    }
}

/// The handshake of user number `user`; the time at which it is done.
fn handshake(channel: &mut Channel<'_>, qtype: QType, user: u8) -> f64 {
    let base32 = matches!(
        channel.params.encoding,
        Encoding::Base32 | Encoding::Base32Iodine
    );
    let mut steps: Vec<(Vec<u8>, usize)> = Vec::new();
    let switch = |channel: &mut Channel<'_>, start: &str| {
        let mut name = start.as_bytes().to_vec();
        name.extend(channel.rng.text(ALPHABET, 3).bytes());
        name
    };
    steps.push((switch(channel, "ytb"), 48));
    steps.push((command(channel, "v", &VERSION, 2), 9));
    steps.push((command(channel, "l", &[user], 18), 30));
    steps.push((switch(channel, "ia"), 5));
    let mut patterns: Vec<&[u8]> = PATTERNS_128.to_vec();
    match channel.params.encoding {
        Encoding::Base128 => {}
        Encoding::Base64 => patterns = vec![PATTERNS_128[0], PATTERN_64],
        _ => patterns = vec![PATTERNS_128[0], PATTERN_64, PATTERN_64_URL],
    }
    for pattern in patterns {
        let mut name = switch(channel, "z");
        name.extend_from_slice(pattern);
        steps.push((name, 62));
    }
    if !base32 {
        steps.push((switch(channel, "sag"), 8));
    }
    for start in ["ysb", "yvb", "oas", "oal"] {
        steps.push((switch(channel, start), 48));
    }
    for size in [768, 1_152, 1_344, 1_248, 1_200, 1_176] {
        let fill = channel.room().saturating_sub(24) * 5 / 8;
        let name = command(channel, "ra", &[], fill.saturating_sub(20));
        steps.push((dotted(&name, WIDTH), size.min(channel.params.answer * 2)));
    }
    steps.push((command(channel, "n", &[user, 4], 3), 2));
    let mut ts = channel.from;
    for (name, size) in steps {
        let rtt = channel.rtt();
        let answers = answer(channel, qtype, size);
        channel.ask(ts, &name, qtype, Reply::ok(rtt, answers), true);
        ts += rtt + channel.rng.uniform(0.001, 0.03);
    }
    ts
}

pub(super) fn run(channel: &mut Channel<'_>) {
    let qtype = channel.qtype(&[QType::NULL]);
    // The server numbers its users; most often there is one.
    let user = [0, 0, 0, 1, 2, 3][channel.rng.below(6)];
    let begin = handshake(channel, qtype, user);
    // Bytes of the packet that are still to be sent.
    let mut left = 0_usize;
    for tick in channel.ticks(begin) {
        if !tick.loaded {
            let ping = command(channel, "p", &[user], 3);
            // Held back by the server until the next question comes.
            let held = channel.params.idle * channel.rng.uniform(0.9, 1.0);
            let answers = answer(channel, qtype, 2);
            channel.ask(tick.ts, &ping, qtype, Reply::ok(held, answers), true);
            continue;
        }
        if left == 0 {
            // Acknowledgements and full packets, compressed.
            left = if channel.rng.chance(0.45) {
                channel.rng.between(48, 70)
            } else {
                channel.rng.between(300, 1_130)
            };
        }
        let most = channel.chunk(8, WIDTH).max(1);
        let size = most.min(left);
        left -= size;
        let mut name = vec![b'0' + user];
        name.extend(channel.rng.text(ALPHABET, 3).bytes());
        name.extend(channel.rng.text(CHANGING, 1).bytes());
        let data = channel.bytes_up(size);
        name.extend(channel.params.encoding.encode(&data));
        let down = if channel.rng.chance(0.6) {
            channel.params.answer
        } else {
            channel.rng.between(2, 60)
        };
        let rtt = channel.rtt();
        let answers = answer(channel, qtype, down);
        let name = dotted(&name, WIDTH);
        channel.ask(tick.ts, &name, qtype, Reply::ok(rtt, answers), true);
    }
}
