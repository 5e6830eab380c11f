//! What a channel's names carried, put together again.
//!
//! In: a channel's names in the order in which they were first asked for. Out: a [`Payload`]: bytes, the
//! alphabet, the format. Must not know: scores, what is suspicious.
//!
//! Names are taken apart like this. The registered domain goes, and the last labels that six of ten names
//! share. Labels that a quarter of the names have (words, sessions) go, and places where half of the names have a
//! number; a number in front puts the names in its order. What is left of a name is one packet. Each alphabet of
//! [`Codec::ALL`] in which nine of ten packets can be read is tried; columns of bytes in front that hardly change from packet to
//! packet, or count, are its header and go. Chosen is the alphabet by: a known beginning (2), the share of printable
//! bytes (1), how narrow it is (up to 0.6).
//!
//! Bounds: [`MOST_NAMES`] names, of which [`SAMPLE`] choose the alphabet, and [`MOST_BYTES`] of output.

mod codec;
mod magic;

use crate::analysis::AskedName;
use crate::detectors::fingerprints::strip_zone;
use crate::features::name::entropy;
use crate::names::registered_start;
use crate::order;
use crate::report::Payload;
use codec::Codec;
use std::collections::BTreeMap;

/// Names that are put together at most, the first.
pub const MOST_NAMES: usize = 20_000;
/// Bytes that come out at most.
pub const MOST_BYTES: usize = 65_536;
/// Names that choose the alphabet.
const SAMPLE: usize = 1_000;
/// Bytes of a header at most.
const HEADER: usize = 20;
/// Characters that all packets together must have to be worth an alphabet.
const LEAST: usize = 8;

/// Puts a channel's names together. None where nothing is left of them below the domain.
#[must_use]
pub fn reconstruct(names: &[AskedName<'_>]) -> Option<Payload> {
    let packets = Packets::of(&names[..names.len().min(MOST_NAMES)]);
    let length: usize = packets.text.iter().map(Vec::len).sum();
    if length == 0 {
        return None;
    }
    let mut tries: Vec<Try> = if length < LEAST {
        Vec::new()
    } else {
        [0, 5]
            .into_iter()
            .filter(|&skip| skip == 0 || packets.has_text_header())
            .flat_map(|skip| Codec::ALL.map(|codec| (codec, skip)))
            .filter(|&(codec, _)| codec != Codec::Base128 || packets.high())
            .filter_map(|(codec, skip)| Try::of(&packets, codec, skip))
            .collect()
    };
    // By score; the narrower alphabet where two are equal, for it comes first.
    order::by(&mut tries, |a, b| b.score.total_cmp(&a.score));
    tries.retain(|tried| tried.known || tried.printable >= 0.95 || packets.coded);
    let mut said = packets.said();
    let Some(best) = tries.first() else {
        return Some(as_text(&packets, said));
    };
    if best.codec.needs_case() && packets.lower_cased() {
        said.push_str(&format!(
            " They are written in {}, but the log has them in lower case, so that the bytes cannot be had \
             back: these are the characters.",
            best.codec.name()
        ));
        return Some(Payload {
            codec: format!("{} in lower case", best.codec.name()),
            ..as_text(&packets, said)
        });
    }
    let bytes = best.all(&packets);
    let found = magic::format(&bytes);
    said.push_str(&best.said(found));
    Some(Payload {
        codec: best.codec.name().to_owned(),
        text: said,
        printable: printable(&bytes),
        entropy: entropy(&bytes),
        format: found
            .map(|(name, _)| name.to_owned())
            .or_else(|| is_text(&bytes).then(|| "text".to_owned())),
        bytes,
        names: packets.text.len() as u64,
        others: tries[1..]
            .iter()
            .filter(|other| other.codec != best.codec)
            .map(|other| (other.codec.name().to_owned(), other.printable))
            .collect(),
    })
}

/// The characters as they stand.
fn as_text(packets: &Packets, mut said: String) -> Payload {
    let mut bytes = packets.text.join(&b'\n');
    bytes.truncate(MOST_BYTES);
    if !said.contains("lower case") {
        said.push_str(" No alphabet for bytes fits what is left: these are the characters.");
    }
    Payload {
        codec: "none".to_owned(),
        text: said,
        printable: printable(&bytes),
        entropy: entropy(&bytes),
        format: None,
        bytes,
        names: packets.text.len() as u64,
        others: Vec::new(),
    }
}

/// What is left of each name, in order.
struct Packets {
    text: Vec<Vec<u8>>,
    /// Names that were looked at.
    names: usize,
    /// Labels that were taken off because many names have them.
    shared: Vec<String>,
    /// Whether numbers were taken off, and whether they gave the order.
    numbers: bool,
    ordered: bool,
    /// Whether half of the names are coded: by their class, or by a digit in what is left.
    coded: bool,
}

impl Packets {
    fn of(asked: &[AskedName<'_>]) -> Self {
        let mut fronts: Vec<&[u8]> = asked.iter().map(|asked| below(asked.name)).collect();
        strip_zone(&mut fronts);
        let mut names: Vec<Vec<&[u8]>> = fronts
            .iter()
            .map(|front| {
                let labels = front.split(|&byte| byte == b'.');
                labels.filter(|label| !label.is_empty()).collect()
            })
            .collect();
        let shared = shared(&names);
        for labels in &mut names {
            labels.retain(|label| !shared.contains_key(label) && !is_session(label));
        }
        let several = || names.iter().filter(|labels| labels.len() > 1);
        let first = numeric(several().map(|labels| labels[0]));
        let last = several().next().is_some()
            && numeric(names.iter().filter_map(|labels| labels.last().copied()));
        let mut packets: Vec<(u64, Vec<u8>)> = Vec::new();
        for labels in &names {
            let counter = labels.first().and_then(|label| number(label));
            let kept: Vec<&[u8]> = labels
                .iter()
                .enumerate()
                .filter(|&(at, label)| {
                    let counts = first && at == 0 && labels.len() > 1;
                    !(is_numeric(label) && (counts || last && at + 1 == labels.len()))
                })
                .map(|(_, label)| *label)
                .collect();
            // Where pieces are numbered, a name without a number is none.
            if first && counter.is_none() && !labels.first().is_some_and(|label| is_numeric(label))
            {
                continue;
            }
            let text = kept.concat();
            if !text.is_empty() {
                packets.push((counter.unwrap_or(0), text));
            }
        }
        let ordered = first && packets.windows(2).any(|pair| pair[0].0 != pair[1].0);
        if ordered {
            order::by_key(&mut packets, |packet| packet.0);
        }
        let coded = coded(packets.iter().map(|packet| packet.1.as_slice()));
        let by_class = |asked: &&AskedName<'_>| asked.facts.encoding.carries_bytes();
        let coded = coded || 2 * asked.iter().filter(by_class).count() > asked.len();
        Self {
            coded,
            text: packets.into_iter().map(|packet| packet.1).collect(),
            names: asked.len(),
            shared: shared
                .keys()
                .take(4)
                .map(|label| String::from_utf8_lossy(label).into_owned())
                .collect(),
            numbers: first || last,
            ordered,
        }
    }

    fn said(&self) -> String {
        let mut said = format!(
            "{} of {} names, {}, without their domain",
            self.text.len(),
            self.names,
            if self.ordered {
                "in the order of their numbers"
            } else {
                "in the order in which they were first asked for"
            }
        );
        match (self.numbers, self.shared.is_empty()) {
            (true, true) => said.push_str(" and numbers"),
            (true, false) => said.push_str(", their numbers"),
            _ => {}
        }
        if !self.shared.is_empty() {
            said.push_str(&format!(
                " and what many of them share (\"{}\")",
                self.shared.join("\", \"")
            ));
        }
        said.push('.');
        said
    }

    /// Whether letters enough occur to expect a capital one, and none does.
    fn lower_cased(&self) -> bool {
        let letters = || self.text.iter().flatten().take(4096);
        letters().filter(|byte| byte.is_ascii_lowercase()).count() >= 24
            && !letters().any(u8::is_ascii_uppercase)
    }

    /// Whether a tenth of the packets has bytes above 127: base 128 has half of its characters there.
    fn high(&self) -> bool {
        let high = |text: &&Vec<u8>| text.iter().any(|&byte| byte >= 0xbc);
        10 * self.text.iter().filter(high).count() > self.text.len()
    }

    /// Whether names begin with one hexadecimal digit, as iodine's data does: its header is five
    /// characters of another alphabet.
    fn has_text_header(&self) -> bool {
        let mut firsts = [0_usize; 256];
        for text in self.text.iter().filter(|text| text.len() > 8) {
            firsts[usize::from(text[0])] += 1;
        }
        (0..=255_u8)
            .filter(|byte| byte.is_ascii_hexdigit())
            .any(|byte| firsts[usize::from(byte)] >= 8.max(self.text.len() / 3))
    }
}

/// The part of a name below its registered domain.
fn below(name: &[u8]) -> &[u8] {
    let name = name.strip_suffix(b".").unwrap_or(name);
    let start = registered_start(name);
    if start == name.len() {
        return name;
    }
    &name[..start.saturating_sub(1)]
}

/// Labels that a quarter of the names have, and three at least.
fn shared<'a>(names: &[Vec<&'a [u8]>]) -> BTreeMap<&'a [u8], usize> {
    let mut counts: BTreeMap<&[u8], usize> = BTreeMap::new();
    // A long label that comes back is payload that repeats.
    let short = |label: &&&[u8]| label.len() <= 20;
    for label in names.iter().take(SAMPLE).flatten().filter(short) {
        *counts.entry(label).or_default() += 1;
    }
    let least = 3.max(names.len().min(SAMPLE) / 4);
    counts.retain(|_, count| *count >= least);
    counts
}

/// A number, or two with a hyphen.
fn is_numeric(label: &[u8]) -> bool {
    label.len() <= 12
        && label.first().is_some_and(u8::is_ascii_digit)
        && label
            .iter()
            .all(|&byte| byte.is_ascii_digit() || byte == b'-')
}

/// `id-` and a number, or a command that begins with `=`: no payload in any alphabet.
fn is_session(label: &[u8]) -> bool {
    label.starts_with(b"=") || label.strip_prefix(b"id-").is_some_and(is_numeric)
}

/// Whether half of all characters stand in packets that no word is: of [`LEAST`] and more, with a digit or a sign.
/// By characters, because a tunnel polls with short names.
fn coded<'a>(packets: impl Iterator<Item = &'a [u8]>) -> bool {
    let (mut all, mut coded) = (0, 0);
    for packet in packets {
        all += packet.len();
        let no_word = |byte: &u8| !byte.is_ascii_lowercase() && *byte != b'-';
        if packet.len() >= LEAST && packet.iter().any(no_word) {
            coded += packet.len();
        }
    }
    2 * coded > all
}

/// Whether half of some labels are numbers, and two at least.
fn numeric<'a>(labels: impl Iterator<Item = &'a [u8]>) -> bool {
    let (mut all, mut numbers) = (0, 0);
    for label in labels {
        all += 1;
        numbers += usize::from(is_numeric(label));
    }
    numbers >= 2 && 2 * numbers >= all
}

fn number(label: &[u8]) -> Option<u64> {
    std::str::from_utf8(label).ok()?.parse().ok()
}

/// One alphabet tried.
struct Try {
    codec: Codec,
    /// Characters in front of each packet that are no payload.
    skip: usize,
    /// Bytes in front of each packet that are no payload.
    header: usize,
    /// Whether packets are one text that was cut anywhere.
    joined: bool,
    printable: f64,
    /// Whether the bytes begin like a known format.
    known: bool,
    score: f64,
}

impl Try {
    fn of(packets: &Packets, codec: Codec, skip: usize) -> Option<Self> {
        let sample = &packets.text[..packets.text.len().min(SAMPLE)];
        let wanted = sample.iter().filter(|text| text.len() > skip);
        let decoded: Vec<Option<Vec<u8>>> =
            wanted.map(|text| codec.decode(&text[skip..])).collect();
        let read: Vec<Vec<u8>> = decoded.iter().flatten().cloned().collect();
        if read.is_empty() || 10 * read.len() < 9 * decoded.len() {
            return None;
        }
        let mut tried = Self {
            codec,
            skip,
            header: 0,
            joined: false,
            printable: 0.0,
            known: false,
            score: 0.0,
        };
        let narrow = match codec {
            Codec::Hex => 0.6,
            Codec::Base32 => 0.3,
            Codec::Base32Hex => 0.28,
            Codec::Base32Iodine => 0.26,
            Codec::Base64 | Codec::Base128 => 0.1,
        };
        let header = header(&read);
        let mut best: Option<(f64, f64)> = None;
        // Where packets are not of whole bytes, they may be one text.
        let uneven = sample
            .iter()
            .any(|text| (text.len() * codec.bits() as usize) % 8 >= codec.bits() as usize);
        for (header, joined) in [(0, false), (header, false), (0, true)] {
            if joined && !uneven {
                continue;
            }
            let candidate = Self {
                header,
                joined,
                ..tried
            };
            let bytes = candidate.bytes(sample);
            let printable = printable(&bytes);
            let known = magic::format(&bytes).is_some();
            // A header that is there is taken off unless that costs something. Text has none: its lines
            // are alike.
            let taken = match (header, is_text(&bytes)) {
                (0, true) => 0.1,
                (0, false) => 0.0,
                _ => 0.05,
            };
            let score = 2.0 * f64::from(u8::from(known)) + printable + narrow + taken
                - if joined { 0.02 } else { 0.0 };
            if best.is_none_or(|(best, _)| score > best) {
                best = Some((score, printable));
                (tried.header, tried.joined, tried.known) = (header, joined, known);
            }
        }
        (tried.score, tried.printable) = best?;
        Some(tried)
    }

    fn all(&self, packets: &Packets) -> Vec<u8> {
        self.bytes(&packets.text)
    }

    /// The bytes of packets, up to [`MOST_BYTES`].
    fn bytes(&self, packets: &[Vec<u8>]) -> Vec<u8> {
        let mut out = Vec::new();
        if self.joined {
            let most = MOST_BYTES * 8 / self.codec.bits() as usize + 1;
            let mut text = Vec::new();
            for packet in packets.iter().filter(|packet| packet.len() > self.skip) {
                if text.len() >= most {
                    break;
                }
                let packet = &packet[self.skip..];
                if packet.iter().all(|&byte| self.codec.value(byte).is_some()) {
                    text.extend_from_slice(packet);
                }
            }
            out = self.codec.decode(&text).unwrap_or_default();
        } else {
            for packet in packets.iter().filter(|packet| packet.len() > self.skip) {
                if out.len() >= MOST_BYTES {
                    break;
                }
                if let Some(bytes) = self.codec.decode(&packet[self.skip..]) {
                    out.extend_from_slice(bytes.get(self.header..).unwrap_or_default());
                }
            }
        }
        out.truncate(MOST_BYTES);
        out
    }

    fn said(&self, found: Option<(&str, usize)>) -> String {
        let mut said = format!(" Read as {}", self.codec.name());
        if self.joined {
            said.push_str(", as one text");
        }
        if self.skip > 0 {
            said.push_str(&format!(
                ", without {} characters in front of each",
                self.skip
            ));
        }
        if self.header > 0 {
            said.push_str(&format!(
                ", without a header of {} bytes that hardly changes or counts",
                self.header
            ));
        }
        if let Some((name, offset)) = found.filter(|(_, offset)| *offset > 0) {
            said.push_str(&format!("; {name} begins at byte {offset}"));
        }
        said.push('.');
        said
    }
}

/// How many bytes in front of packets are a header: up to the last column that has one value in half of the
/// packets, or goes up by 0 to 3 in seven of ten steps, with at most two others between. None where all columns are
/// so: that is payload that repeats.
fn header(packets: &[Vec<u8>]) -> usize {
    if packets.len() < 8 {
        return 0;
    }
    let mut header = 0;
    for column in 0..=HEADER + 2 {
        let values: Vec<u8> = packets
            .iter()
            .filter_map(|packet| packet.get(column).copied())
            .collect();
        // Packets without data end where the header does.
        if 2 * values.len() < packets.len() {
            break;
        }
        if is_header(&values) {
            header = column + 1;
        } else if column + 1 >= header + 3 {
            break;
        }
    }
    if header > HEADER { 0 } else { header }
}

fn is_header(values: &[u8]) -> bool {
    let mut counts = [0_usize; 256];
    for &value in values {
        counts[usize::from(value)] += 1;
    }
    let most = counts.iter().max().copied().unwrap_or(0);
    let steps = values
        .windows(2)
        .filter(|pair| pair[1].wrapping_sub(pair[0]) <= 3)
        .count();
    2 * most >= values.len() || 10 * steps >= 7 * values.len().saturating_sub(1)
}

/// Share of printable bytes: ASCII from space on, tabulators and ends of lines.
fn printable(bytes: &[u8]) -> f64 {
    let count = bytes
        .iter()
        .filter(|byte| matches!(byte, 0x20..=0x7e | b'\t' | b'\n' | b'\r'))
        .count();
    if bytes.is_empty() {
        0.0
    } else {
        count as f64 / bytes.len() as f64
    }
}

fn is_text(bytes: &[u8]) -> bool {
    bytes.len() >= LEAST && printable(bytes) >= 0.95
}

#[cfg(test)]
mod tests;
