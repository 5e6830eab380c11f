//! iodine: IP packets over DNS.
//!
//! Layout (protocol 0x00000500 to 0x00000502, `doc/proto_00000502.txt` of the tool): the first letter
//! is the command. `v` and base 32 of the protocol's number and two counters; `l` and base 32 of
//! the user's number, a hash and counters; `z`, three counters and a fixed text that shows which letters survive;
//! `r`, four characters, and a block of eight that repeats; `p` and base 32 of the user's number and three bytes, the last two of
//! which count up; `n`, `s`, `y`, `o`, `i` and a few characters; a hexadecimal digit (the user), three base-32
//! characters, one counter, and the payload. No label exceeds 57 characters (63 before a dot is put) in what is sent. Base 32 is
//! `a`–`z`, `0`–`5`.
//!
//! | asked | score | by chance |
//! |---|---|---|
//! | one name of the handshake that is fixed (version: seven characters, one of the check's texts: ten or more, a block repeated three times), and half of the names fit the grammar | 0.9 | 2,000 names × 36⁻⁷ ≈ 3 × 10⁻⁸ |
//! | six pings whose counter goes up by less than 4,096 from one to the next in nine of ten steps, and eight of ten names are pings or data | 0.9 | 16⁻⁵ × (1/4,096 a ping)⁶ < 10⁻²⁰ |
//! | four pings, and nine of ten names are pings or data of one user | 0.6 | (1/4,096)⁴ a choice of four |

use super::codes::{IODINE, base32, value};
use super::{DnsChannel, Looked, Name, Proof};

const TEXTS: [&[u8]; 5] = [
    b"aa-aaahhh-drink",
    b"aa-la-fl",
    b"aabbccddeeffgghh",
    b"aa0123456789",
    b"aa\xd0\xd1\xd2\xd3\xd4\xd5",
];

/// What a name is in the grammar.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// A name of the handshake that is fixed.
    Fixed,
    /// Another command.
    Command,
    /// A ping with its counter.
    Ping(u16),
    /// Data of a user.
    Data(u8),
}

pub(super) fn proof(_: &DnsChannel, looked: &Looked<'_>) -> Option<Proof> {
    let mut kinds: Vec<(usize, Kind)> = Vec::new();
    for (at, name) in looked.iter().enumerate() {
        kinds.extend(kind(&name).map(|kind| (at, kind)));
        // Each way asks for half of the names or more.
        let others = at + 1 - kinds.len();
        if 2 * others > looked.len() {
            return None;
        }
    }
    let places = |wanted: fn(Kind) -> bool| -> Vec<usize> {
        kinds
            .iter()
            .filter(|(_, kind)| wanted(*kind))
            .map(|&(at, _)| at)
            .collect()
    };
    let fixed = places(|kind| kind == Kind::Fixed);
    let all = places(|_| true);
    if !fixed.is_empty() && looked.share(all.len(), 50) {
        // What is fixed is the better evidence.
        let rest = all.iter().filter(|at| !fixed.contains(at));
        let matched: Vec<usize> = fixed.iter().chain(rest).copied().collect();
        return Some(looked.proof(
            "iodine",
            0.9,
            &matched,
            format!(
                "{} of {} names are commands and data of iodine, among them {} of its handshake, \
                 whose letters are fixed.",
                all.len(),
                looked.len(),
                fixed.len()
            ),
        ));
    }
    without_handshake(looked, &kinds)
}

fn without_handshake(looked: &Looked<'_>, kinds: &[(usize, Kind)]) -> Option<Proof> {
    let counters: Vec<u16> = kinds
        .iter()
        .filter_map(|(_, kind)| match kind {
            Kind::Ping(counter) => Some(*counter),
            _ => None,
        })
        .collect();
    let mut users = [0_usize; 256];
    for (_, kind) in kinds {
        if let Kind::Data(user) = kind {
            users[usize::from(*user)] += 1;
        }
    }
    let user = (0..=255_u8).max_by_key(|&user| users[usize::from(user)])?;
    let traffic: Vec<usize> = kinds
        .iter()
        .filter(|(_, kind)| matches!(kind, Kind::Ping(_)) || *kind == Kind::Data(user))
        .map(|&(at, _)| at)
        .collect();
    let ups = counters
        .windows(2)
        .filter(|pair| (1..4096).contains(&pair[1].wrapping_sub(pair[0])))
        .count();
    if counters.len() >= 6
        && 10 * ups >= 9 * (counters.len() - 1)
        && looked.share(traffic.len(), 80)
    {
        return Some(looked.proof(
            "iodine",
            0.9,
            &traffic,
            format!(
                "{} of {} names are pings and data of iodine; the counter in its {} pings only goes \
                 up.",
                traffic.len(),
                looked.len(),
                counters.len()
            ),
        ));
    }
    if counters.len() >= 4 && looked.share(traffic.len(), 90) {
        return Some(looked.proof(
            "iodine",
            0.6,
            &traffic,
            format!(
                "{} of {} names have the layout of iodine's pings ({}) and of its data.",
                traffic.len(),
                looked.len(),
                counters.len()
            ),
        ));
    }
    None
}

fn kind(name: &Name<'_>) -> Option<Kind> {
    let text = name.first;
    let (&letter, rest) = text.split_first()?;
    let base32_all = |text: &[u8]| text.iter().all(|&byte| value(IODINE, byte).is_some());
    let alone = text.len() == name.front.len();
    match letter {
        b'v' if alone && text.len() == 11 && rest.starts_with(b"aaaaka") && base32_all(rest) => {
            Some(Kind::Fixed)
        }
        b'z' if fixed_text(rest) => Some(Kind::Fixed),
        b'r' if repeats(name.front) => Some(Kind::Fixed),
        b'p' if alone && text.len() == 8 => ping(rest),
        b'l' if alone && text.len() == 32 && base32_all(rest) => Some(Kind::Command),
        b'n' if alone && (8..=14).contains(&text.len()) && base32_all(rest) => Some(Kind::Command),
        b's' | b'y' | b'o' | b'i' if alone && (5..=6).contains(&text.len()) && base32_all(rest) => {
            Some(Kind::Command)
        }
        b'0'..=b'9' | b'a'..=b'f' if data(name.front) => Some(Kind::Data(letter)),
        _ => None,
    }
}

/// Three counters, then one of the texts.
fn fixed_text(rest: &[u8]) -> bool {
    rest.len() > 3 && TEXTS.iter().any(|text| rest[3..].starts_with(text))
}

/// Four base-32 characters and the same eight over and over: three times or more.
fn repeats(front: &[u8]) -> bool {
    let text: Vec<u8> = front
        .iter()
        .copied()
        .filter(|&byte| byte != b'.')
        .take(5 + 40)
        .collect();
    // The first of the block may differ: it is what the tool counts.
    text.len() >= 6 + 32
        && text[1..5].iter().all(|&byte| value(IODINE, byte).is_some())
        && text[6..].windows(9).all(|span| span[0] == span[8])
        && text[6..14].iter().any(|&byte| byte != text[6])
}

/// The user's number (below 16) and three bytes: 32 bits in seven characters.
fn ping(rest: &[u8]) -> Option<Kind> {
    match base32(IODINE, rest)?.as_slice() {
        [0..=15, _, high, low] => Some(Kind::Ping(u16::from_be_bytes([*high, *low]))),
        _ => None,
    }
}

/// User, three base-32 characters, a counter, payload in labels that are full but for the last.
fn data(front: &[u8]) -> bool {
    if front.len() < 8 {
        return false;
    }
    let header = front[1..4]
        .iter()
        .all(|&byte| value(IODINE, byte).is_some())
        && front[4].is_ascii_alphanumeric();
    let mut labels = super::labels(front).peekable();
    let width = labels.peek().map_or(0, |label| label.len());
    let mut full = true;
    while let Some(label) = labels.next() {
        full &= label.len() == width || labels.peek().is_none() && label.len() < width;
    }
    header && full && (width >= 50 || width == front.len())
}

#[cfg(test)]
mod tests {
    use super::super::testing::*;
    use super::*;

    #[test]
    fn a_version_and_pings_are_proof() {
        let names = [
            "vaaaakastga.t.example.com",
            "paaaaaaa.t.example.com",
            "paaaaaai.t.example.com",
            "0eaba82m3x.t.example.com",
        ];
        assert_eq!(found(&names), [("iodine".to_owned(), 0.9)]);
    }

    #[test]
    fn pings_that_count_up_are_proof_without_a_handshake() {
        let counting = |step: u32| -> Vec<String> {
            (0..12_u32)
                .map(|at| {
                    let bits = u64::from((at * step) & 0xffff) << 3;
                    let text: String = (0..7)
                        .map(|place| {
                            char::from(
                                IODINE.characters()[(bits >> (30 - 5 * place)) as usize & 31],
                            )
                        })
                        .collect();
                    format!("p{text}.example.com")
                })
                .collect()
        };
        assert_eq!(first(&counting(3)), Some(("iodine".to_owned(), 0.9)));
        assert_eq!(first(&counting(40_000)), Some(("iodine".to_owned(), 0.6)));
    }

    #[test]
    fn words_that_begin_with_a_command_are_none() {
        let names = [
            "video.example.com",
            "login.example.com",
            "zone.example.com",
            "paraguay.example.com",
            "pakistan.example.com",
            "panamera.example.com",
        ];
        assert_eq!(found(&names), []);
    }

    #[test]
    fn a_probe_repeats_its_block() {
        let block = "\u{ea}"; // Anything that is no base 32 is fine in the block.
        assert!(repeats(format!("raaaa{}", "bcdefgh2".repeat(6)).as_bytes()));
        assert!(!repeats(b"raaaabcdefgh2bcdefgh2"));
        assert!(!repeats(format!("raaaa{}", "a".repeat(60)).as_bytes()));
        assert!(!repeats(block.as_bytes()));
    }
}
