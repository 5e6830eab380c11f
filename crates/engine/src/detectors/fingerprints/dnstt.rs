//! dnstt: a turbo tunnel (KCP and Noise) over DNS, also in programs that took its layout over.
//!
//! Layout (`dnstt-client/dns.go` of the tool): all labels in front of the zone together are, in base 32 of RFC 4648
//! without padding, the client's number (8 bytes, random, the same all along), 224 + n, n random bytes against caches, and
//! nothing more (a poll, n = 8), or packets, each behind a byte that is its length, below 224 (n = 3). Asked for is TXT.
//!
//! | asked | score | by chance |
//! |---|---|---|
//! | eight names of one client and six of ten in all, three of them with packets that end where the name does, in two lengths | 0.9 | of names with a constant in front: 1/8 for the byte behind it, 1/256 a packet's length: below 10⁻⁸ |
//! | sixteen names of one client and eight of ten in all, polls alone | 0.6 | 1/256 for the byte, 1/25 for the length: a service may write a constant and random base 32 behind |

use super::codes::{BASE32, base32};
use super::{DnsChannel, Looked, Name, Proof};

/// Characters of the shortest name: the client's number and the byte behind it.
const LEAST: usize = 15;
/// From here on a byte says how much padding follows; below, how long a packet is.
const PADDING: u8 = 224;

/// What a name is: its client's number, and how many bytes of packets it has.
struct Message {
    client: [u8; 8],
    packets: usize,
}

pub(super) fn proof(_: &DnsChannel, looked: &Looked<'_>) -> Option<Proof> {
    let messages: Vec<(usize, Message)> = looked
        .iter()
        .enumerate()
        .filter_map(|(at, name)| Some((at, message(&name)?)))
        .collect();
    // One client must have most of them: what more than half share is the only one left by this count (Boyer and
    // Moore).
    let (mut client, mut votes) = ([0; 8], 0);
    for (_, message) in &messages {
        if votes == 0 {
            client = message.client;
        }
        votes = if message.client == client {
            votes + 1
        } else {
            votes - 1
        };
    }
    let of_client = || messages.iter().filter(|(_, of)| of.client == client);
    let matched: Vec<usize> = of_client().map(|&(at, _)| at).collect();
    let data: Vec<usize> = of_client()
        .map(|(_, of)| of.packets)
        .filter(|&packets| packets > 0)
        .collect();
    let carries = data.len() >= 3 && data.iter().any(|packets| *packets != data[0]);
    let score = match matched.len() {
        8.. if carries && looked.share(matched.len(), 60) => 0.9,
        16.. if data.is_empty() && looked.share(matched.len(), 80) => 0.6,
        _ => return None,
    };
    Some(looked.proof(
        "dnstt",
        score,
        &matched,
        format!(
            "{} of {} names are, in base 32, messages of one client of dnstt, {} of them with packets.",
            matched.len(),
            looked.len(),
            data.len()
        ),
    ))
}

fn message(name: &Name<'_>) -> Option<Message> {
    // A padding of 224 and more begins with three bits that are set: of the two characters that have
    // the ninth byte, the first ends in one and the second begins with two.
    let mut characters = name.front.iter().filter(|&&byte| byte != b'.');
    if name.front.len() < LEAST || !matches!(characters.nth(13)?, b'y' | b'z' | b'2'..=b'7') {
        return None;
    }
    let bytes = base32(BASE32, name.front)?;
    let (client, rest) = bytes.split_first_chunk::<8>()?;
    let (&code, rest) = rest.split_first()?;
    let padding = usize::from(code.checked_sub(PADDING)?);
    let mut packets = rest.get(padding..)?;
    let carried = packets.len();
    while let Some((&length, rest)) = packets.split_first() {
        if length == 0 || length >= PADDING {
            return None;
        }
        packets = rest.get(usize::from(length)..)?;
    }
    Some(Message {
        client: *client,
        packets: carried,
    })
}

#[cfg(test)]
mod tests {
    use super::super::testing::*;
    use super::*;

    fn encoded(bytes: &[u8]) -> String {
        let bits: Vec<u8> = bytes
            .iter()
            .flat_map(|byte| (0..8).rev().map(move |bit| byte >> bit & 1))
            .collect();
        let text: Vec<u8> = bits
            .chunks(5)
            .map(|five| {
                let padded =
                    (0..5).fold(0, |sum, at| sum << 1 | five.get(at).copied().unwrap_or(0));
                BASE32.characters()[usize::from(padded)]
            })
            .collect();
        let labels: Vec<String> = text
            .chunks(63)
            .map(|label| String::from_utf8_lossy(label).into_owned())
            .collect();
        format!("{}.t.example.com", labels.join("."))
    }

    fn random(draw: &mut Draw, count: usize) -> Vec<u8> {
        (0..count).map(|_| draw.below(256) as u8).collect()
    }

    fn sent(draw: &mut Draw, client: &[u8], packet: usize) -> String {
        let mut bytes = client.to_vec();
        let padding = if packet == 0 { 8 } else { 3 };
        bytes.push(PADDING + padding);
        bytes.extend(random(draw, usize::from(padding)));
        if packet > 0 {
            bytes.push(packet as u8);
            bytes.extend(random(draw, packet));
        }
        encoded(&bytes)
    }

    #[test]
    fn a_session_is_proof_and_polls_alone_are_a_layout() {
        let mut draw = Draw(8);
        let client = random(&mut draw, 8);
        let lengths = [0, 48, 112, 0, 0, 24, 0, 0];
        let session: Vec<String> = lengths
            .iter()
            .map(|&packet| sent(&mut draw, &client, packet))
            .collect();
        assert_eq!(first(&session), Some(("dnstt".to_owned(), 0.9)));
        assert_eq!(first(&session[..7]), None);
        let polls = draw.names(16, |draw| sent(draw, &client, 0));
        assert_eq!(first(&polls), Some(("dnstt".to_owned(), 0.6)));
        assert_eq!(first(&polls[..15]), None);
    }

    #[test]
    fn a_constant_with_random_base_32_behind_is_nothing() {
        let mut draw = Draw(9);
        let names = draw.names(300, |draw| {
            format!("{}.t.example.com", draw.of(&BASE32.characters(), 80))
        });
        assert_eq!(first(&names), None);
        // Of thirty-two constants, all but those of one byte in eight are none; none has packets.
        for _ in 0..32 {
            let constant = draw.of(&BASE32.characters(), 13);
            let names = draw.names(300, |draw| {
                format!(
                    "{constant}{}.t.example.com",
                    draw.of(&BASE32.characters(), 47)
                )
            });
            assert_eq!(first(&names), None, "{constant}");
        }
    }
}
