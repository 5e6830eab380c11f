//! What a name alone says: its registered domain, and the features of the part below it.
//!
//! In: a query name, decoded. Out: [`NameFacts`]; computed once a distinct name. Must not know:
//! who asked, when, and what was answered.

use crate::features::dns::has_free_bytes;
use crate::features::encoding::{Encoding, Looked, Shape, encoding};
use crate::features::name::{Tally, entropy};
use crate::features::ngram;

/// The facts of one query name. "Below" is the part under the registered domain, without its dots:
/// what a tunnel can write into. Entropies are in millionths of a bit a character, so that sums
/// are exact in any order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct NameFacts {
    /// Bytes of the whole name.
    pub length: u16,
    /// Shannon entropy of the whole name (the seed's feature), in microbits a character.
    pub entropy: u32,
    /// Bytes below the registered domain, without dots.
    pub below: u16,
    /// Shannon entropy of those, in microbits a character.
    pub below_entropy: u32,
    /// That entropy by the most that so short a string can have, in millionths (0 for under two bytes).
    pub below_evenness: u32,
    /// Labels below the registered domain.
    pub labels: u8,
    /// Bytes of the longest of them.
    pub longest_label: u8,
    /// Digits below.
    pub digits: u16,
    /// Bytes below that a host name does not have (neither letter, digit, hyphen nor underscore).
    pub odd: u16,
    /// Surprise of those bytes under the embedded chain of host names ([`ngram`]): the mean of
    /// −log2 p over the characters and the ends of labels, in microbits; 0 where there are none.
    pub surprise: u32,
    /// What they are written in.
    pub encoding: Encoding,
    /// Vowels, consonants and how they alternate with digits.
    pub shape: Shape,
    /// What else the name is.
    pub class: NameClass,
}

/// Names that are no channel to a domain's owner.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum NameClass {
    /// A name in the public tree, or in a site's own.
    #[default]
    Ordinary,
    /// A reverse look-up of an address (`4.3.2.1.in-addr.arpa`): its labels are the address.
    Reverse,
    /// A name of the local link (`.local`), which no server outside hears.
    Local,
}

impl NameClass {
    /// Whether a question of that type for such a name could go to a domain's owner. Whoever looks for an address's host asks
    /// for PTR; of one who asks for free bytes there, the zone's owner is as good as any other.
    #[must_use]
    pub fn is_channel(self, qtype: Option<u16>) -> bool {
        match self {
            Self::Ordinary => true,
            Self::Reverse => qtype.is_some_and(has_free_bytes),
            Self::Local => false,
        }
    }
}

/// A name's registered domain (as a range of its bytes) and its facts.
///
/// The registered domain is the public suffix and one label more, by the public suffix list;
/// where the list has no suffix for the name, its last label counts as one. A name that is itself
/// a suffix is its own registered domain. A name that ends in nothing that could be a top-level
/// domain (`dnscat.5f1b02…`: a tunnel that asks its server directly), or whose domain would begin with a
/// label that ends in a hyphen, has none: the range is empty, and the whole name is below.
#[must_use]
pub fn facts(name: &[u8]) -> (std::ops::Range<usize>, NameFacts) {
    let end = name.len() - usize::from(name.last() == Some(&b'.'));
    let name = &name[..end];
    let start = registered_start(name);
    let payload = if start == end {
        name
    } else {
        &name[..start.saturating_sub(1)]
    };
    let (mut longest, mut all) = (Looked::default(), Looked::default());
    let (mut bits, mut labels) = (0_u64, 0_usize);
    let table = ngram::table();
    for label in labels_of(payload) {
        let looked = Looked::at(label);
        bits += table.label(label);
        labels += 1;
        all.add(&looked);
        if looked.length >= longest.length {
            longest = looked;
        }
    }
    // Each label has an end.
    let surprise = bits.checked_div((all.length + labels) as u64).unwrap_or(0);
    let surprise = surprise.min(u64::from(u32::MAX)) as u32;
    let [entropy, below_entropy] = entropies(name, payload);
    let length = all.length.min(MOST_BELOW);
    let most = (length as f64).log2();
    let facts = NameFacts {
        length: name.len().min(usize::from(u16::MAX)) as u16,
        entropy: microbits(entropy),
        below: length as u16,
        below_entropy: microbits(below_entropy),
        below_evenness: if length < 2 {
            0
        } else {
            microbits(below_entropy / most)
        },
        labels: labels.min(255) as u8,
        longest_label: longest.length.min(255) as u8,
        digits: all.digits.min(length) as u16,
        odd: all.odd.min(length) as u16,
        surprise,
        encoding: encoding(&longest, &all, surprise),
        shape: Shape::of(&all),
        class: class(name),
    };
    (start..end, facts)
}

/// So many bytes below are looked at: a name has at most 255.
const MOST_BELOW: usize = 256;

/// The entropy of a name, and that of the part of it below its domain, whose dots do not count: bytes that are
/// in both are counted once.
fn entropies(name: &[u8], below: &[u8]) -> [f64; 2] {
    if name.len() > MOST_BELOW {
        let bytes: Vec<u8> = labels_of(below)
            .flatten()
            .copied()
            .take(MOST_BELOW)
            .collect();
        return [name, &bytes].map(entropy);
    }
    let mut tally = Tally::default();
    let mut dots = below.len();
    for label in labels_of(below) {
        tally.add(label);
        dots -= label.len();
    }
    let below_entropy = tally.entropy();
    tally.add(&[b'.'; MOST_BELOW][..dots]);
    tally.add(&name[below.len()..]);
    [tally.entropy(), below_entropy]
}

fn labels_of(name: &[u8]) -> impl Iterator<Item = &[u8]> + Clone {
    name.split(|&byte| byte == b'.')
        .filter(|label| !label.is_empty())
}

fn microbits(bits: f64) -> u32 {
    (bits * 1e6).round() as u32
}

/// Where the registered domain begins: see [`facts`].
#[must_use]
pub fn registered_start(name: &[u8]) -> usize {
    if !ends_in_a_domain(name) {
        return name.len();
    }
    if let Some(domain) = wakeful_suffixes::domain(name) {
        // Nobody registers a label that ends in a hyphen (RFC 1123): a piece of data stands there.
        let label = domain.iter().position(|&byte| byte == b'.');
        let is_data = label.is_some_and(|end| domain[..end].ends_with(b"-"));
        return name.len() - if is_data { 0 } else { domain.len() };
    }
    // A suffix itself, a single label, or empty labels: the last two labels, or all there is.
    let mut dots = name
        .iter()
        .enumerate()
        .rev()
        .filter(|(_, byte)| **byte == b'.')
        .map(|(at, _)| at);
    match (dots.next(), dots.next()) {
        (Some(_), Some(second)) => second + 1,
        _ => 0,
    }
}

/// Whether the last label could be a top-level domain: letters (or an internationalised one), and
/// not longer than any that there is. Single labels and addresses written as names are left alone.
fn ends_in_a_domain(name: &[u8]) -> bool {
    let mut labels = name.rsplit(|&byte| byte == b'.');
    let last = labels.next().unwrap_or_default();
    let is_address = || {
        name.iter()
            .all(|byte| byte.is_ascii_digit() || *byte == b'.')
    };
    labels.next().is_none()
        || last.len() <= 24
            && (last.starts_with(b"xn--") || last.iter().all(u8::is_ascii_alphabetic))
        || is_address()
}

fn class(name: &[u8]) -> NameClass {
    let labels = || name.split(|&byte| byte == b'.');
    if let Some(address) = name.strip_suffix(b".in-addr.arpa") {
        // Class-less delegations (RFC 2317) write ranges: `0-63`, `0/26`.
        let numeric = |label: &[u8]| {
            label.len() <= 7
                && label
                    .iter()
                    .all(|byte| byte.is_ascii_digit() || matches!(byte, b'-' | b'/'))
        };
        if address.split(|&byte| byte == b'.').all(numeric) {
            return NameClass::Reverse;
        }
    } else if let Some(address) = name.strip_suffix(b".ip6.arpa") {
        let mut nibbles = address.split(|&byte| byte == b'.');
        if nibbles.all(|nibble| nibble.len() == 1 && nibble[0].is_ascii_hexdigit()) {
            return NameClass::Reverse;
        }
    }
    if labels().next_back() == Some(b"local") {
        return NameClass::Local;
    }
    NameClass::Ordinary
}

#[cfg(test)]
mod tests {
    use super::*;

    fn domain(name: &str) -> &str {
        &name[facts(name.as_bytes()).0]
    }

    #[test]
    fn registered_domains_follow_the_public_suffix_list() {
        for (name, expected) in [
            ("a.b.example.com", "example.com"),
            ("example.com.", "example.com"),
            ("www.example.co.uk", "example.co.uk"),
            ("x.y.duckdns.org", "y.duckdns.org"),
            ("host.corp.unlisted", "corp.unlisted"),
            ("co.uk", "co.uk"),
            ("localhost", "localhost"),
            ("dnscat.5f1b029d4c1e.00ff17", ""),
            ("a.b.xn--p1ai", "b.xn--p1ai"),
            ("192.0.2.7", "2.7"),
            ("", ""),
        ] {
            assert_eq!(domain(name), expected, "{name}");
        }
    }

    #[test]
    fn the_part_below_the_domain_is_measured_without_dots() {
        let (_, facts) = facts(b"abcd.0123.example.com");
        assert_eq!((facts.below, facts.labels, facts.longest_label), (8, 2, 4));
        assert_eq!((facts.digits, facts.odd), (4, 0));
        assert_eq!(
            (facts.below_entropy, facts.below_evenness),
            (3_000_000, 1_000_000)
        );
        assert_eq!(facts.length, 21);
    }

    #[test]
    fn the_surprise_is_the_mean_over_characters_and_ends_of_labels() {
        let table = ngram::table();
        for (name, labels) in [
            ("www.example.com", &["www"][..]),
            ("a1.MAIL-2.example.co.uk", &["a1", "mail-2"]),
            ("example.com", &[]),
        ] {
            let (_, facts) = facts(name.as_bytes());
            let bits: u64 = labels
                .iter()
                .map(|label| table.label(label.as_bytes()))
                .sum();
            let characters: usize = labels.iter().map(|label| label.len() + 1).sum();
            let mean = if characters == 0 {
                0
            } else {
                bits / characters as u64
            };
            assert_eq!(u64::from(facts.surprise), mean, "{name}");
        }
    }

    #[test]
    fn what_is_below_the_domain_has_a_class_and_a_shape() {
        let (_, facts) = facts(b"post.1.68656c6c6f20776f726c64.example.com");
        assert_eq!(facts.encoding, Encoding::Hex);
        assert!(facts.shape.alternations > 8 && facts.shape.vowels < 4);
        let (_, facts) = super::facts(b"www.example.com");
        assert_eq!(
            (facts.encoding, facts.shape.consonant_run),
            (Encoding::Other, 3)
        );
    }

    #[test]
    fn without_a_domain_the_whole_name_is_below() {
        let (range, facts) = facts(b"dnscat.5f1b02");
        assert!(range.is_empty());
        assert_eq!((facts.below, facts.labels), (12, 2));
        // A label that nobody can register is a piece of data, and the file's name behind it no suffix.
        let (range, facts) = super::facts(b"c2vjcmv0-.passwd");
        assert!(range.is_empty());
        assert_eq!((facts.below, facts.labels), (15, 2));
        assert_eq!(registered_start(b"x-.a-b.example.com"), 7);
    }

    #[test]
    fn addresses_backwards_are_reverse_names_and_text_under_arpa_is_not() {
        for (name, class) in [
            ("4.3.2.1.in-addr.arpa", NameClass::Reverse),
            ("0-63.3.2.1.in-addr.arpa", NameClass::Reverse),
            ("b.a.9.8.ip6.arpa", NameClass::Reverse),
            ("secret.3.2.1.in-addr.arpa", NameClass::Ordinary),
            ("deadbeef.ip6.arpa", NameClass::Ordinary),
            ("printer.local", NameClass::Local),
            ("local.example.com", NameClass::Ordinary),
        ] {
            assert_eq!(facts(name.as_bytes()).1.class, class, "{name}");
        }
    }

    /// Number by number, each by what its words say.
    #[test]
    fn facts_agree_with_their_definition() {
        let mut state = 23_u64;
        let mut random = |below: usize| {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            (state >> 33) as usize % below
        };
        for n in 0..3000 {
            let length = [20, 60, 250, 256, 400][n % 5];
            let mut name: Vec<u8> = (0..random(length))
                .map(|_| b"abcdefgXYZ0123456789-_=.\xbd"[random(25)])
                .collect();
            if n % 7 > 0 {
                name.extend(b".example.com");
            }
            let (range, facts) = facts(&name);
            let name = name.strip_suffix(b".").unwrap_or(&name);
            let payload = match range.is_empty() {
                true => name,
                false => &name[..range.start.saturating_sub(1)],
            };
            let labels: Vec<&[u8]> = labels_of(payload).collect();
            let bytes = labels.concat();
            let below = &bytes[..bytes.len().min(256)];
            let count = |is: &dyn Fn(u8) -> bool| {
                bytes
                    .iter()
                    .filter(|byte| is(**byte))
                    .count()
                    .min(below.len()) as u16
            };
            assert_eq!(facts.entropy, microbits(entropy(name)));
            assert_eq!(facts.below_entropy, microbits(entropy(below)));
            assert_eq!(usize::from(facts.below), below.len());
            assert_eq!(usize::from(facts.labels), labels.len().min(255));
            let longest = labels.iter().map(|label| label.len()).max().unwrap_or(0);
            assert_eq!(usize::from(facts.longest_label), longest.min(255));
            assert_eq!(facts.digits, count(&|byte| byte.is_ascii_digit()));
            let usual = |byte: u8| byte.is_ascii_alphanumeric() || b"-_".contains(&byte);
            assert_eq!(facts.odd, count(&|byte| !usual(byte)));
        }
    }

    #[test]
    fn any_bytes_are_a_name() {
        for name in [&b"...."[..], b".", b"\xff\xfe.\x00", b"a..b.", &[b'x'; 700]] {
            let (range, facts) = facts(name);
            assert!(range.end <= name.len() && facts.below <= 256);
        }
    }
}
