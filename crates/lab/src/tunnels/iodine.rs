//! iodine: IP packets over DNS.
//!
//! On the wire: one socket for the whole session. A handshake of short names
//! whose first letter is the command: `v` the version, `l` the log-in (a hash in
//! base 32), `y` tests what answers survive, `z` what names survive (readable
//! patterns, with bytes above 127 for base 128), `s` and `o` switch codecs and
//! options, `r` probes how large an answer may be (full names of a pattern that
//! repeats every eight characters; an answer that is too large for the path never
//! comes and is asked for three times, a second apart), `n` sets that size. Then
//! data: the user's hexadecimal digit, four characters of counters, and the
//! payload, with a dot after every 57 characters, up to 253 in all. A packet is
//! compressed and sent in full names and a rest; what comes down is fetched by an
//! acknowledgement, and the fragments behind the first by pings, `p`, which also
//! keep the line open: each four seconds after the answer before. The server
//! holds a question back until it has something to say or the next question is
//! there (lazy mode), so answers to an idle channel take longer than the gap.
//! Types: NULL, private (one raw record), TXT (raw where bytes survive), SRV and
//! MX (several names), CNAME and A (one CNAME, so a packet takes many); TTL 0.

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
const PATTERNS_128: [&[u8]; 5] = [
    b"aa-aaahhh-drink-mal-ein-j\xe4germeister-",
    b"aa-la-fl\xfbte-na\xefve-fran\xe7aise-est-retir\xe9-\xe0-cr\xe8te",
    b"aabbccddeeffgghhiijjkkllmmnnooppqqrrssttuuvvwwxxyyzz",
    b"aa0123456789\xbc\xbd\xbe\xbf\xc0\xc1\xc2\xc3\xc4\xc5\xc6\xc7\xc8\xc9\xca\xcb\xcc\xcd\xce\xcf",
    b"aa\xd0\xd1\xd2\xd3\xd4\xd5\xd6\xd7\xd8\xd9\xda\xdb\xdc\xdd\xde\xdf\xe0\xe1\xe2\xe3\xe4\xe5\xe6\
      \xe7\xe8\xe9\xea\xeb\xec\xed\xee\xef\xf0\xf1\xf2\xf3\xf4\xf5\xf6\xf7\xf8\xf9\xfa\xfb\xfc\xfd",
];
/// Bytes of a full packet, compressed.
const PACKET: usize = 1_147;
/// Characters in front of the payload.
const HEADER: usize = 5;

pub(super) fn defaults() -> Params {
    Params {
        rate: 6.0,
        idle: 4.0,
        duty: 0.35,
        jitter: 0.25,
        answer: 1_400,
        up: 0.45,
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

/// How answers of the type are encoded; none: as raw bytes.
fn codec(channel: &Channel<'_>, qtype: QType) -> Option<Encoding> {
    let own = match channel.params.encoding {
        Encoding::Base32 | Encoding::Base32Iodine => Encoding::Base32Iodine,
        other => other,
    };
    match (qtype, channel.params.answers) {
        (QType::NULL | QType::PRIVATE, _) => None,
        (_, Some(forced)) => Some(forced),
        // Where bytes survive in names they do in texts.
        (QType::TXT, None) if own == Encoding::Base128 => None,
        (_, None) => Some(own),
    }
}

/// Payload bytes of the largest answer that comes through: of 1,232 bytes of EDNS, or of one name.
fn largest(channel: &Channel<'_>, qtype: QType) -> usize {
    let coded = |characters: usize| {
        codec(channel, qtype).map_or(characters, |codec| codec.capacity(characters))
    };
    let path = match qtype {
        QType::NULL | QType::PRIVATE => 1_190,
        QType::TXT => coded(1_186),
        QType::MX | QType::SRV => coded(1_080),
        _ => coded(245),
    };
    path.min(channel.params.answer.max(2))
}

/// The answer of `size` bytes in the way of the type: a codec letter, then text.
fn answer(channel: &mut Channel<'_>, qtype: QType, size: usize) -> Vec<Answer> {
    let bytes = channel.bytes_down(size);
    let codec = codec(channel, qtype);
    match (qtype, codec) {
        (QType::NULL | QType::PRIVATE, _) => vec![Answer::unknown(qtype, 0, size)],
        (QType::TXT, _) => {
            let mut text = vec![letter(codec, b"tsuvr")];
            text.extend(codec.map_or_else(|| bytes.clone(), |codec| codec.encode(&bytes)));
            vec![Answer::txt_of(text.chunks(252), 0)]
        }
        _ => {
            let text = codec.map_or_else(|| bytes.clone(), |codec| codec.encode(&bytes));
            let several = matches!(qtype, QType::MX | QType::SRV);
            let pieces: Vec<&[u8]> = text.chunks(245).take(if several { 9 } else { 1 }).collect();
            let extra = match qtype {
                QType::MX => 2,
                QType::SRV => 6,
                _ => 0,
            };
            let first = letter(codec, b"hijkk");
            pieces
                .into_iter()
                .map(|piece| {
                    // A name of its own, under two random letters, not under the zone.
                    let mut name = vec![first];
                    name.extend_from_slice(piece);
                    let mut name = dotted(&name, WIDTH);
                    let end = channel.rng.text(b"abcdefghijklmnopqrstuvwxyz", 2);
                    name.extend(format!(".{end}").bytes());
                    Answer::name(name, 0, extra)
                })
                .collect()
        }
    }
}

/// The letter that tells the client how an answer is encoded.
fn letter(codec: Option<Encoding>, letters: &[u8; 5]) -> u8 {
    match codec {
        Some(Encoding::Base64) => letters[1],
        Some(Encoding::Base64Url) => letters[2],
        Some(Encoding::Base128) => letters[3],
        Some(_) => letters[0],
        None => letters[4],
    }
}

/// Characters in front of the zone, their dots not counted.
fn characters(channel: &Channel<'_>) -> usize {
    let room = channel.room();
    // No dot stands behind the last label.
    (room + 1) - (room + 1).div_ceil(WIDTH + 1)
}

/// The names of the handshake before the probes, with the bytes of their answers.
fn greeting(channel: &mut Channel<'_>, qtype: QType, user: u8) -> Vec<(Vec<u8>, usize)> {
    let encoding = channel.params.encoding;
    let base32 = matches!(encoding, Encoding::Base32 | Encoding::Base32Iodine);
    let raw = matches!(qtype, QType::NULL | QType::PRIVATE);
    let switch = |channel: &mut Channel<'_>, start: &str| {
        let mut name = start.as_bytes().to_vec();
        name.extend(channel.rng.text(ALPHABET, 3).bytes());
        name
    };
    let mut steps = vec![
        (command(channel, "v", &VERSION, 2), 9),
        (command(channel, "l", &[user], 18), 32),
        (switch(channel, if raw { "yrb" } else { "ytb" }), 48),
    ];
    let mut patterns: Vec<&[u8]> = PATTERNS_128.to_vec();
    match encoding {
        Encoding::Base128 => {}
        Encoding::Base64 => patterns = vec![PATTERNS_128[0], PATTERN_64],
        _ => patterns = vec![PATTERNS_128[0], PATTERN_64, PATTERN_64_URL],
    }
    for pattern in patterns {
        let mut name = switch(channel, "z");
        name.extend_from_slice(pattern);
        let size = name.len();
        steps.push((name, size));
    }
    if !base32 {
        let bits = if encoding == Encoding::Base128 {
            "sah"
        } else {
            "sag"
        };
        steps.push((switch(channel, bits), 8));
    }
    if !raw {
        for start in ["ysb", "yvb"] {
            steps.push((switch(channel, start), 48));
        }
        if qtype == QType::TXT {
            steps.push((switch(channel, "yrb"), 48));
        }
        steps.push((switch(channel, "oar"), 4));
    }
    steps.push((switch(channel, "oal"), 4));
    steps
}

/// The sizes that the client tries, with whether the answer comes through.
fn probes(largest: usize) -> Vec<(usize, bool)> {
    let (mut size, mut step) = (768, 384);
    let mut probes = Vec::new();
    while step >= 6 {
        let fits = size <= largest;
        probes.push((size, fits));
        size = if fits { size + step } else { size - step };
        step /= 2;
    }
    probes
}

/// The handshake of user number `user`; the time at which it is done.
fn handshake(channel: &mut Channel<'_>, qtype: QType, user: u8) -> f64 {
    let mut ts = channel.from;
    let step = |channel: &mut Channel<'_>, ts: f64, name: &[u8], size: usize| {
        let rtt = channel.rtt();
        let answers = answer(channel, qtype, size);
        channel.ask(ts, name, qtype, Reply::ok(rtt, answers), true);
        ts + rtt + channel.rng.uniform(0.000_2, 0.002)
    };
    for (name, size) in greeting(channel, qtype, user) {
        ts = step(channel, ts, &name, size);
    }
    let largest = largest(channel, qtype);
    // In one name any size is answered, by as much of it as fits.
    let one_name = !matches!(
        qtype,
        QType::NULL | QType::PRIVATE | QType::TXT | QType::MX | QType::SRV
    );
    for (size, fits) in probes(largest) {
        for _ in 0..if fits || one_name { 1 } else { 3 } {
            let mut name = command(channel, "ra", &[], 2);
            name.truncate(HEADER);
            let block = channel.rng.bytes(7);
            let block = channel.params.encoding.encode(&block);
            let fill = characters(channel) - HEADER;
            name.extend(block.iter().take(8).cycle().take(fill));
            let name = dotted(&name, WIDTH);
            if fits || one_name {
                ts = step(channel, ts, &name, size.min(largest));
            } else {
                channel.ask(ts, &name, qtype, Reply::lost(), true);
                ts += channel.rng.uniform(1.000_5, 1.001_5);
            }
        }
    }
    let name = command(channel, "n", &[user, 4], 3);
    step(channel, ts, &name, 2)
}

/// Bytes of TCP's acknowledgement, compressed.
fn acknowledgement(channel: &mut Channel<'_>) -> usize {
    channel.rng.between(61, 66)
}

/// Bytes of a packet: most are full; with a chunk size, keys are typed.
fn packet(channel: &mut Channel<'_>) -> usize {
    match channel.params.chunk {
        0 if channel.rng.chance(0.7) => PACKET,
        0 => channel.rng.between(300, PACKET),
        chunk => channel.rng.between(chunk.min(40), chunk.min(PACKET)),
    }
}

pub(super) fn run(channel: &mut Channel<'_>) {
    let qtype = channel.qtype(&[QType::NULL]);
    // The server numbers its users; most often there is one.
    let user = [0, 0, 0, 1, 2, 3][channel.rng.below(6)];
    let begin = handshake(channel, qtype, user);
    let largest = largest(channel, qtype);
    let fits = channel
        .params
        .encoding
        .capacity(characters(channel).saturating_sub(HEADER))
        .max(1);
    let gap = 1.0 / channel.params.rate;
    // Bytes of the packet that are still to be sent, or to be fetched.
    let (mut up, mut down) = (0_usize, 0_usize);
    // Where in the exchange about a key typed.
    let mut typed = 0;
    for tick in channel.ticks_after_answers(begin) {
        if !tick.loaded {
            // Held back by the server until the next question comes.
            let held = channel.params.idle + 2.0 * channel.rtt();
            ping(channel, tick.ts, qtype, user, held, 2);
            continue;
        }
        if up + down == 0 && channel.params.chunk > 0 {
            typed = (typed + 1) % 3;
            let size = packet(channel).min(fits);
            let rtt = channel.rtt();
            match typed {
                // A key, then the acknowledgement of its echo: nothing to answer yet.
                1 => data(channel, tick.ts, qtype, user, (size, 2), rtt + gap.min(4.0)),
                2 => {
                    let size = acknowledgement(channel).min(fits);
                    data(channel, tick.ts, qtype, user, (size, 2), rtt + gap.min(4.0));
                }
                _ => {
                    let echo = size.min(largest);
                    ping(channel, tick.ts, qtype, user, rtt + gap.min(4.0), echo);
                }
            }
            continue;
        }
        if up + down == 0 {
            let size = packet(channel);
            let share = channel.params.up;
            if channel.rng.chance(share) {
                up = size;
            } else {
                down = size;
                if channel.rng.chance(0.6) {
                    // The first fragment comes for the acknowledgement of a packet before.
                    let size = acknowledgement(channel).min(fits);
                    let answered = down.min(largest);
                    down -= answered;
                    let rtt = channel.rtt();
                    data(channel, tick.ts, qtype, user, (size, answered), rtt);
                    continue;
                }
            }
        }
        let rtt = channel.rtt();
        if up > 0 {
            let size = fits.min(up);
            up -= size;
            // Acknowledged by the next answer; behind the last fragment comes a packet's own.
            let answered = if up == 0 {
                channel.rng.between(56, 72)
            } else {
                2
            };
            data(
                channel,
                tick.ts,
                qtype,
                user,
                (size, answered),
                rtt + gap.min(4.0),
            );
        } else {
            let answered = down.min(largest);
            down -= answered;
            ping(channel, tick.ts, qtype, user, rtt, answered);
        }
    }
}

fn ping(channel: &mut Channel<'_>, ts: f64, qtype: QType, user: u8, rtt: f64, size: usize) {
    let name = command(channel, "p", &[user], 3);
    let answers = answer(channel, qtype, size);
    channel.ask(ts, &name, qtype, Reply::ok(rtt, answers), true);
}

/// A question with payload: bytes up and bytes down.
fn data(
    channel: &mut Channel<'_>,
    ts: f64,
    qtype: QType,
    user: u8,
    (up, down): (usize, usize),
    rtt: f64,
) {
    let mut name = vec![b'0' + user];
    name.extend(channel.rng.text(ALPHABET, 3).bytes());
    name.extend(channel.rng.text(CHANGING, 1).bytes());
    let bytes = channel.bytes_up(up);
    name.extend(channel.params.encoding.encode(&bytes));
    let answers = answer(channel, qtype, down);
    let name = dotted(&name, WIDTH);
    channel.ask(ts, &name, qtype, Reply::ok(rtt, answers), true);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn probes_close_in_on_what_comes_through() {
        let sizes = |largest| -> Vec<usize> { probes(largest).iter().map(|p| p.0).collect() };
        assert_eq!(
            sizes(1_190),
            [768, 1_152, 1_344, 1_248, 1_200, 1_176, 1_188]
        );
        assert_eq!(sizes(940), [768, 1_152, 960, 864, 912, 936, 948]);
    }
}
