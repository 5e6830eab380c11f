//! Answers: their sizes, the addresses and texts in them, how long they may be kept.
//!
//! In: a record, or what was read of one before. Out: sizes; a channel's samples of addresses and of texts, and
//! its times to live. Must not know: which channel it is.

use crate::channels::dns::DnsChannel;
use crate::channels::keep::Keep;
use crate::hash::mixed;
use wakeful_logs::{DnsRecord, List, ListStats};

/// Under it are addresses turned round.
const ARPA: &[u8] = b".arpa";
/// The type of a question for an address's host.
const PTR: u16 = 12;
/// Bytes of a name in an answer to a question for an address, from which on it is looked at: most rows have hosts of
/// content networks there, which are shorter, and a look at each would take a thirtieth of a scan.
const LONG: usize = 40;

/// The answers of a row.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Answers<'a> {
    /// As they stand in a record.
    Record(&'a DnsRecord<'a>),
    /// As [`read`] found them before.
    Read {
        /// Their sizes.
        stats: ListStats,
        /// The smallest time to live, seconds.
        ttl: Option<u32>,
        /// What is kept of them.
        elements: &'a [Element],
    },
}

/// What is kept of an element, as it is handed on, little-endian: its hash, the network of an address or the
/// bytes of a text, and [`ADDRESS`] or [`TEXT`].
pub(crate) type Element = [u8; 13];

const ADDRESS: u8 = 0;
const TEXT: u8 = 1;

/// What an element of an answer is.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Is {
    /// An address, or what looks like one.
    Address,
    /// A name or a text.
    Text,
}

/// Sizes of the answers. What is no address is added to the channel's texts (but hosts' names that are asked
/// for by their address, and short ones in front of addresses); of answers to A and AAAA, the addresses and times to
/// live are added.
pub(super) fn answers(keep: Keep, channel: &mut DnsChannel, answers: Answers<'_>) -> ListStats {
    let (stats, ttl) = match answers {
        Answers::Record(record) => read(record, |is, hash, element| match is {
            Is::Address => channel.add_address_within(keep, hash, || network(element)),
            Is::Text => channel.add_text_within(keep, hash, element.len() as u32),
        }),
        Answers::Read {
            stats,
            ttl,
            elements,
        } => {
            for element in elements {
                match parts(*element) {
                    (TEXT, hash, bytes) => channel.add_text_within(keep, hash, bytes),
                    (_, hash, network) => {
                        channel.add_address_within(keep, hash, || Some(network));
                    }
                }
            }
            (stats, ttl)
        }
    };
    if let Some(seconds) = ttl {
        channel.add_ttl(seconds);
    }
    stats
}

/// An element as it is handed on; none for what only looks like an address, whose network is not found.
pub(crate) fn written(
    is: Is,
    hash: u64,
    element: &[u8],
    network: impl FnOnce() -> Option<u32>,
) -> Option<Element> {
    let (kind, mark) = match is {
        Is::Address => (ADDRESS, network()?),
        Is::Text => (TEXT, element.len() as u32),
    };
    let mut written = [kind; 13];
    written[..8].copy_from_slice(&hash.to_le_bytes());
    written[8..12].copy_from_slice(&mark.to_le_bytes());
    Some(written)
}

/// What [`written`] wrote.
fn parts(element: Element) -> (u8, u64, u32) {
    let [a, b, c, d, e, f, g, h, mark @ .., kind] = element;
    (
        kind,
        u64::from_le_bytes([a, b, c, d, e, f, g, h]),
        u32::from_le_bytes(mark),
    )
}

/// Sizes of the answers and, of those to A and AAAA, the smallest time to live; calls back with each element that
/// could be kept, and its hash.
pub(crate) fn read(
    record: &DnsRecord<'_>,
    found: impl FnMut(Is, u64, &[u8]),
) -> (ListStats, Option<u32>) {
    let asked = Asked::of(record);
    let answers = elements(asked, &record.answers, found);
    let has_ttl = asked == Asked::Addresses && answers.count > 0;
    (answers, has_ttl.then(|| least(&record.ttls)).flatten())
}

/// What was asked for, as far as answers are read by it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Asked {
    /// The addresses of a name.
    Addresses,
    /// The host of an address.
    Host,
    /// Anything else.
    Other,
}

impl Asked {
    /// By a record.
    #[inline]
    pub(crate) fn of(record: &DnsRecord<'_>) -> Self {
        let is_host = |query: &[u8]| {
            let name = query.strip_suffix(b".").unwrap_or(query);
            name.len() >= ARPA.len() && name[name.len() - ARPA.len()..].eq_ignore_ascii_case(ARPA)
        };
        match record.qtype {
            Some(1 | 28) => Self::Addresses,
            Some(PTR) if record.query.is_some_and(is_host) => Self::Host,
            _ => Self::Other,
        }
    }
}

/// Sizes of answers; calls back with each element that could be kept, and its hash.
pub(crate) fn elements(
    asked: Asked,
    answers: &List<'_>,
    mut found: impl FnMut(Is, u64, &[u8]),
) -> ListStats {
    let of_addresses = match asked {
        Asked::Host => return answers.stats(),
        asked => asked == Asked::Addresses,
    };
    answers.each(|element| {
        if of_addresses && could_be_address(element) {
            found(Is::Address, mixed(element), element);
        } else if element.len() >= if of_addresses { LONG } else { 1 } {
            found(Is::Text, mixed(element), element);
        }
    })
}

/// The least of times to live, whole seconds.
pub(crate) fn least(ttls: &List<'_>) -> Option<u32> {
    let mut least = None;
    ttls.each(|ttl| {
        if let Some(seconds) = wakeful_logs::whole_seconds(ttl) {
            least = Some(least.map_or(seconds, |least: u32| least.min(seconds)));
        }
    });
    least
}

/// Whether it begins as an address does and holds what every address has: most names are told from
/// addresses by it, without a hash.
fn could_be_address(element: &[u8]) -> bool {
    match element {
        [b'0'..=b'9', .., b'0'..=b'9'] => true,
        [b'0'..=b'9' | b'a'..=b'f' | b'A'..=b'F' | b':', ..] => {
            // Behind four digits at the most.
            element.iter().take(5).any(|&byte| byte == b':')
        }
        _ => false,
    }
}

/// The first 16 bits of an IPv4 address, or the first 32 of an IPv6 one; none for a name.
pub(crate) fn network(address: &[u8]) -> Option<u32> {
    if let Some(address) = ipv4(address) {
        return Some(address >> 16);
    }
    if let Some(network) = plain_ipv6(address) {
        return Some(network);
    }
    if !address.contains(&b':') {
        return None;
    }
    let address: std::net::Ipv6Addr = std::str::from_utf8(address).ok()?.parse().ok()?;
    Some((u128::from(address) >> 96) as u32)
}

/// The first 32 bits of an IPv6 address as Zeek writes nearly all: eight groups of hexadecimal digits, or fewer with
/// `::` behind one of them. None for what the library has to look at, and for what is no address.
fn plain_ipv6(text: &[u8]) -> Option<u32> {
    let (mut network, mut groups, mut group, mut digits) = (0_u32, 0, 0_u32, 0);
    // How many groups stand before `::`.
    let mut gap = None;
    let add = |network: u32, groups: i32, gap: Option<i32>, group: u32| match groups {
        0 => group << 16,
        1 if gap.is_none() => network | group,
        _ => network,
    };
    for &byte in text {
        let digit = match byte {
            b'0'..=b'9' => byte - b'0',
            b'a'..=b'f' => byte - b'a' + 10,
            b':' if digits > 0 => {
                network = add(network, groups, gap, group);
                (groups, group, digits) = (groups + 1, 0, 0);
                continue;
            }
            b':' if groups > 0 && gap.is_none() => {
                gap = Some(groups);
                continue;
            }
            _ => return None,
        };
        if digits == 4 {
            return None;
        }
        group = group << 4 | u32::from(digit);
        digits += 1;
    }
    if digits > 0 {
        network = add(network, groups, gap, group);
        groups += 1;
    } else if gap != Some(groups) {
        return None;
    }
    let is_whole = match gap {
        None => groups == 8,
        Some(_) => groups < 8,
    };
    is_whole.then_some(network)
}

/// Four numbers up to 255 without leading zeros, between dots.
fn ipv4(text: &[u8]) -> Option<u32> {
    let (mut address, mut number, mut digits, mut dots) = (0_u32, 0_u32, 0, 0);
    for &byte in text {
        match byte {
            b'0'..=b'9' if digits == 0 || (number > 0 && digits < 3) => {
                number = number * 10 + u32::from(byte - b'0');
                digits += 1;
            }
            b'.' if digits > 0 && number < 256 && dots < 3 => {
                address = address << 8 | number;
                (number, digits) = (0, 0);
                dots += 1;
            }
            _ => return None,
        }
    }
    (dots == 3 && digits > 0 && number < 256).then_some(address << 8 | number)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// As the library reads it.
    fn naive(address: &[u8]) -> Option<u32> {
        match std::str::from_utf8(address).ok()?.parse().ok()? {
            std::net::IpAddr::V4(address) => Some(u32::from(address) >> 16),
            std::net::IpAddr::V6(address) => Some((u128::from(address) >> 96) as u32),
        }
    }

    #[test]
    fn addresses_are_read_as_the_library_reads_them() {
        let mut texts: Vec<String> = [
            "",
            "1.2.3.4",
            "255.255.255.255",
            "256.1.1.1",
            "1.2.3",
            "1.2.3.4.5",
            "1.2.3.",
            ".1.2.3",
            "01.2.3.4",
            "0.0.0.0",
            "1.2.3.00",
            "1.2.3.1000",
            "1..2.3",
            "::1",
            "2001:db8::a:1",
            "::",
            "fe80::1%eth0",
            "::ffff:192.0.2.1",
            "a.example",
            "04e956.example.net",
            "abcdef",
            "1:2",
            "ABCD::1",
            "ABCD:ef01:2345:6789:abcd:ef01:2345:6789",
            "abcdef01:2",
            "3.time.example.c0",
            "12",
            "::g",
            "TXT 4 1:2",
            ":::",
            "1:::2",
            "1::2::3",
            "1:2:3:4:5:6:7::",
            "1:2:3:4:5:6:7::8",
            "1::2:3:4:5:6:7:8",
            "1::2:3:4:5:6:7",
            "1:2:3:4:5:6:7:8:",
            "1:2:3:4:5:6:7:8:9",
            "1:2:3:4:5:6:7:8::",
            "12345::1",
            "1:",
            "1::",
            "1:2::3:",
            "2001:db8::192.0.2.1",
        ]
        .map(str::to_owned)
        .to_vec();
        let mut state = 5_u64;
        for _ in 0..20_000 {
            let mut next = |bound: u64| {
                state = state
                    .wrapping_mul(6_364_136_223_846_793_005)
                    .wrapping_add(1);
                (state >> 33) % bound
            };
            let parts: Vec<String> = (0..3 + next(3)).map(|_| next(300).to_string()).collect();
            texts.push(parts.join("."));
            let groups = (0..1 + next(9)).map(|_| match next(8) {
                0 => String::new(),
                _ => format!("{:x}", next(0x1_2000) >> next(16)),
            });
            texts.push(groups.collect::<Vec<_>>().join(":"));
        }
        for text in texts {
            let text = text.as_bytes();
            assert_eq!(network(text), naive(text), "{}", text.escape_ascii());
            assert!(
                naive(text).is_none() || could_be_address(text),
                "{}",
                text.escape_ascii()
            );
        }
    }
}
