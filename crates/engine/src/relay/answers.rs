//! Answers, read once for all rows that repeat them.
//!
//! In: a record. Out: its answers' sizes and least time to live, and what is kept of their elements, as
//! [`read`](crate::analysis::read) finds them. Must not know: rows.
//!
//! Lists repeat from row to row, and so do addresses from list to list. Those that came last are kept by their
//! text, in places by its hash; a list that stands there is not taken apart again.

use crate::analysis::{Asked, Element, Is, elements, least, network, written};
use crate::hash::{place, same};
use wakeful_logs::{DnsRecord, List, ListStats};

/// Lists that came last.
#[derive(Debug)]
pub(super) struct Repeats {
    /// A power of two of them.
    lists: Vec<Kept>,
    /// A power of two of them.
    ttls: Vec<Ttls>,
    networks: Networks,
}

/// A list's answers.
#[derive(Debug, Clone, Copy)]
struct Kept {
    key: Key,
    stats: ListStats,
    text: [u8; Self::LONGEST],
    /// How many elements are kept.
    elements: u8,
    written: [u8; Self::ELEMENTS * size_of::<Element>()],
}

impl Kept {
    /// Nine of ten lists are no longer, and of as few elements.
    const LONGEST: usize = 112;
    const ELEMENTS: usize = 6;

    const NONE: Self = Self {
        key: Key::NONE,
        stats: ListStats {
            count: 0,
            bytes: 0,
            longest: 0,
        },
        text: [0; Self::LONGEST],
        elements: 0,
        written: [0; Self::ELEMENTS * size_of::<Element>()],
    };
}

/// A list's times to live.
#[derive(Debug, Clone, Copy)]
struct Ttls {
    key: Key,
    least: Option<u32>,
    text: [u8; Self::LONGEST],
}

impl Ttls {
    const LONGEST: usize = 48;

    const NONE: Self = Self {
        key: Key::NONE,
        least: None,
        text: [0; Self::LONGEST],
    };
}

/// What a list's text is read by, and how long it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Key {
    length: u16,
    asked: Asked,
    /// The separator; none in JSON.
    separator: Option<u8>,
}

impl Key {
    /// Longer than any list that is kept.
    const NONE: Self = Self {
        length: u16::MAX,
        asked: Asked::Other,
        separator: None,
    };

    /// Of a list of up to `longest` bytes, and its text.
    #[inline]
    fn of<'a>(asked: Asked, list: &List<'a>, longest: usize) -> Option<(Self, &'a [u8])> {
        let (text, separator) = match *list {
            List::Unset => return None,
            List::Tsv { text, separator } => (text, Some(separator)),
            List::Json(text) => (text, None),
        };
        let key = Self {
            length: text.len() as u16,
            asked,
            separator,
        };
        (text.len() <= longest).then_some((key, text))
    }
}

impl Default for Repeats {
    fn default() -> Self {
        Self {
            lists: vec![Kept::NONE; Self::LISTS],
            ttls: vec![Ttls::NONE; Self::TTLS],
            networks: Networks::default(),
        }
    }
}

impl Repeats {
    /// 430 kB.
    const LISTS: usize = 2048;
    /// 15 kB.
    const TTLS: usize = 256;

    /// A record's answers: sizes, and the least time to live. What is kept of them is added to `bytes`.
    pub(super) fn read(
        &mut self,
        record: &DnsRecord<'_>,
        bytes: &mut Vec<u8>,
    ) -> (ListStats, Option<u32>) {
        if record.answers.is_unset() {
            return (ListStats::default(), None);
        }
        let asked = Asked::of(record);
        let stats = self.answers(asked, &record.answers, bytes);
        let has_ttl = asked == Asked::Addresses && stats.count > 0;
        (stats, has_ttl.then(|| self.ttl(&record.ttls)).flatten())
    }

    fn answers(&mut self, asked: Asked, list: &List<'_>, bytes: &mut Vec<u8>) -> ListStats {
        let Some((key, text)) = Key::of(asked, list, Kept::LONGEST) else {
            return self.networks.elements(asked, list, bytes);
        };
        let slot = &mut self.lists[place(text) % Self::LISTS];
        if slot.key == key && same(&slot.text[..text.len()], text) {
            let kept = usize::from(slot.elements) * size_of::<Element>();
            bytes.extend_from_slice(&slot.written[..kept]);
            return slot.stats;
        }
        let start = bytes.len();
        let stats = self.networks.elements(asked, list, bytes);
        let written = &bytes[start..];
        if let Some(kept) = slot.written.get_mut(..written.len()) {
            kept.copy_from_slice(written);
            slot.text[..text.len()].copy_from_slice(text);
            slot.elements = (written.len() / size_of::<Element>()) as u8;
            (slot.key, slot.stats) = (key, stats);
        }
        stats
    }

    fn ttl(&mut self, list: &List<'_>) -> Option<u32> {
        let Some((key, text)) = Key::of(Asked::Addresses, list, Ttls::LONGEST) else {
            return least(list);
        };
        let slot = &mut self.ttls[place(text) % Self::TTLS];
        if slot.key != key || !same(&slot.text[..text.len()], text) {
            slot.text[..text.len()].copy_from_slice(text);
            (slot.key, slot.least) = (key, least(list));
        }
        slot.least
    }
}

/// Networks of addresses by their hash, those that came last: to look up is cheaper than to read an address again.
#[derive(Debug)]
struct Networks {
    /// A power of two of them; a hash has its place by its last bits.
    last: Vec<(u64, Option<u32>)>,
}

impl Default for Networks {
    fn default() -> Self {
        // Each begins with a hash that has its place elsewhere.
        Self {
            last: (0..Self::KEPT).map(|at| (at ^ 1, None)).collect(),
        }
    }
}

impl Networks {
    /// 24 kB, which stay near a processor.
    const KEPT: u64 = 1024;

    fn elements(&mut self, asked: Asked, list: &List<'_>, bytes: &mut Vec<u8>) -> ListStats {
        elements(asked, list, |is: Is, hash, element| {
            let network = || self.network(hash, element);
            if let Some(element) = written(is, hash, element, network) {
                bytes.extend_from_slice(&element);
            }
        })
    }

    fn network(&mut self, hash: u64, address: &[u8]) -> Option<u32> {
        let slot = &mut self.last[(hash % Self::KEPT) as usize];
        if slot.0 != hash {
            *slot = (hash, network(address));
        }
        slot.1
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::read;

    #[test]
    fn a_network_that_came_before_is_that_of_its_address() {
        let mut networks = Networks::default();
        for at in 0..20_000_u32 {
            // Many share a place, and some are no addresses.
            let at = at * at % 4099;
            let text = format!("{}.{}.{}", at % 7 * 50, at / 256, at % 256);
            let text = if at % 2 == 0 { text + ".1" } else { text };
            let text = text.as_bytes();
            assert_eq!(
                networks.network(crate::hash::mixed(text), text),
                network(text)
            );
        }
    }

    /// As they are read where nothing is kept.
    fn naive(record: &DnsRecord<'_>) -> (ListStats, Option<u32>, Vec<u8>) {
        let mut bytes = Vec::new();
        let (stats, ttl) = read(record, |is, hash, element| {
            let element = written(is, hash, element, || network(element));
            bytes.extend(element.into_iter().flatten());
        });
        (stats, ttl, bytes)
    }

    #[test]
    fn lists_that_came_before_are_what_they_were() {
        let mut state = 11_u64;
        let mut next = |bound: u64| {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1);
            (state >> 33) % bound
        };
        // Few of each kind, so that most come again, after what has their place.
        let mut repeats = Repeats::default();
        for _ in 0..60_000 {
            let some = next(1200);
            let element = match next(4) {
                0 => format!("10.{}.{some}.1", some % 300),
                1 => format!("2001:db8:{some:x}::1"),
                2 => format!("{some}{}.example", "x".repeat(some as usize % 90)),
                _ => "-".to_owned(),
            };
            let of = |element: &str, next: &mut dyn FnMut(u64) -> u64| {
                vec![element; next(9) as usize].join(if next(2) == 0 { "," } else { ";" })
            };
            let answers = of(&element, &mut next);
            let ttls = of(&format!("{}.000000", next(90)), &mut next);
            let json = format!("[\"{element}\",\"{element}\"]");
            let list = |text| List::Tsv {
                text,
                separator: b',',
            };
            let record = DnsRecord {
                qtype: [Some(1), Some(28), Some(12), Some(16), None][next(5) as usize],
                query: [
                    Some(&b"1.0.0.10.in-addr.arpa"[..]),
                    Some(b"a.example"),
                    None,
                ][next(3) as usize],
                answers: match next(5) {
                    0 => List::Json(json.as_bytes()),
                    1 => List::Json(answers.as_bytes()),
                    2 => List::Tsv {
                        text: answers.as_bytes(),
                        separator: b';',
                    },
                    3 => List::Unset,
                    _ => list(answers.as_bytes()),
                },
                ttls: match next(3) {
                    0 => List::Unset,
                    1 => List::Json(b"[3.0,2.0]"),
                    _ => list(ttls.as_bytes()),
                },
                ..DnsRecord::default()
            };
            let mut bytes = b"before".to_vec();
            let (stats, ttl) = repeats.read(&record, &mut bytes);
            let found = (stats, ttl, bytes.split_off(6));
            assert_eq!(found, naive(&record), "{record:?}");
        }
    }
}
