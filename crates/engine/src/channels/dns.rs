//! What one client asked under one registered domain.
//!
//! In: rows of `dns.log` with their name's facts. Out: [`DnsChannel`]. Must not know: scores.

use super::counts::{Counts, Lowest};
use super::keep::Keep;
use super::trace::{Beat, Trace};
use super::{Interval, Places, spans};
use crate::features::encoding::Encoding;
use crate::names::NameFacts;
use crate::saved::{self, MOST, Wrong};
use serde::{Deserialize, Serialize};
use smallvec::SmallVec;
use wakeful_logs::{DnsRecord, ListStats, Micros};

/// A client and a registered domain.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DnsChannel {
    /// Rows.
    pub records: u64,
    /// How often each record type was asked for, sorted by its number.
    #[serde(with = "saved::small")]
    pub qtypes: SmallVec<[(u16, u64); 2]>,
    /// Rows with a response code.
    pub answered: u64,
    /// Rows answered NXDOMAIN.
    pub nxdomain: u64,
    /// Rows with at least one answer.
    pub with_answers: u64,
    /// Bytes of all answers, as Zeek writes them.
    pub answer_bytes: u64,
    /// Bytes of the longest answer.
    pub longest_answer: u32,
    /// Addresses in the answers to A and AAAA: a sample by hash, with the network (/16, or /32 of
    /// IPv6) as its mark.
    pub addresses: Lowest<32, u32>,
    /// Answers that are no addresses (names, texts): a sample by hash of the distinct ones, with their bytes as
    /// its mark. None without any, as most channels are.
    pub texts: Option<Box<Lowest<32, u32>>>,
    /// The smallest time to live of an address, seconds; none without.
    pub ttl_min: Option<u32>,
    /// `uid`s of the rows: a sample by hash.
    pub uids: Lowest<16>,
    /// Servers asked, by their number in the analysis, with rows.
    pub servers: Counts,
    /// Rows on each day (UTC, days since 1970), sorted.
    #[serde(with = "saved::small")]
    pub days: SmallVec<[(i32, u64); 1]>,
    /// First and last row.
    pub interval: Interval,
    /// The first rows: when, and what ([`symbol`]).
    pub trace: Trace,
    /// Where its first rows lie.
    pub places: Places,
    /// Over the distinct names that are kept; see [`DnsChannel::level`]. Added up again from the names where
    /// a channel is read from bytes.
    // Behind what each row touches: it changes with new names alone.
    #[serde(skip)]
    pub names: NameSums,
    /// 0 where all distinct names are kept; otherwise one in 2^level is, by hash.
    #[serde(skip)]
    pub level: u32,
}

/// Sums over the distinct names of a channel that are kept: at most about a million, so that no sum
/// overflows. "Below": see [`NameFacts`].
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct NameSums {
    /// Distinct names.
    pub count: u64,
    /// Bytes below, sum.
    pub below: u64,
    /// Bytes below, sum of squares.
    pub below_squares: u64,
    /// Entropy below, sum, microbits.
    pub entropy: u64,
    /// Evenness below, sum, millionths.
    pub evenness: u64,
    /// Bytes times entropy, sum, microbits: what the names could have carried.
    pub information: u64,
    /// Surprise below, sum, microbits a character.
    pub surprise: u64,
    /// Turns from letters to digits and back, sum.
    pub alternations: u64,
    /// Labels below, sum.
    pub labels: u32,
    /// Longest label, sum.
    pub longest_label: u32,
    /// Digits below, sum.
    pub digits: u32,
    /// Odd bytes below, sum.
    pub odd: u32,
    /// The longest run of consonants, sum.
    pub consonant_run: u32,
    /// Names by what they are written in, in the order of [`Encoding::ALL`].
    pub encodings: [u32; Encoding::ALL.len()],
    /// Bytes below, the most.
    pub below_max: u16,
}

impl NameSums {
    /// Adds a name that the channel did not have.
    pub fn add(&mut self, name: &NameFacts) {
        let below = u64::from(name.below);
        let entropy = u64::from(name.below_entropy);
        self.count += 1;
        self.below += below;
        self.below_squares += below * below;
        self.entropy += entropy;
        self.evenness += u64::from(name.below_evenness);
        self.information += below * entropy;
        self.surprise += u64::from(name.surprise);
        self.labels += u32::from(name.labels);
        self.longest_label += u32::from(name.longest_label);
        self.digits += u32::from(name.digits);
        self.odd += u32::from(name.odd);
        self.consonant_run += u32::from(name.shape.consonant_run);
        self.alternations += u64::from(name.shape.alternations);
        self.encodings[name.encoding as usize] += 1;
        self.below_max = self.below_max.max(name.below);
    }

    /// Names that are written in an encoding of bytes.
    #[must_use]
    pub fn encoded(&self) -> u64 {
        let of = Encoding::ALL.iter().zip(self.encodings);
        of.filter(|(encoding, _)| encoding.carries_bytes())
            .map(|(_, count)| u64::from(count))
            .sum()
    }
}

/// What stands beside a record in a row of `dns.log`, as numbers of the analysis.
#[derive(Debug, Clone, Copy, Default)]
pub struct RowFacts {
    /// Sizes of the answers.
    pub answers: ListStats,
    /// Bytes of the query's name below its registered domain.
    pub below: u16,
    /// The server's number.
    pub server: Option<u32>,
    /// The hash of the `uid`.
    pub uid: Option<u64>,
}

const DAY: Micros = 86_400_000_000;

impl DnsChannel {
    /// Adds a row; its name is added to [`DnsChannel::names`] by whoever knows whether it is new,
    /// and the addresses in its answers by [`DnsChannel::add_address`].
    pub fn add(&mut self, record: &DnsRecord<'_>, row: RowFacts) {
        self.add_within(Keep::ALL, (record.ts, record.qtype, record.rcode), row);
    }

    /// [`DnsChannel::add`] of a row's time, record type and response code, of which no more is kept than that.
    pub(crate) fn add_within(
        &mut self,
        keep: Keep,
        (ts, qtype, rcode): (Option<Micros>, Option<u16>, Option<u16>),
        row: RowFacts,
    ) {
        self.records += 1;
        if let Some(qtype) = qtype {
            self.add_qtype(qtype, 1);
        }
        self.answered += u64::from(rcode.is_some());
        self.nxdomain += u64::from(rcode == Some(3));
        self.with_answers += u64::from(row.answers.count > 0);
        self.answer_bytes += u64::from(row.answers.bytes);
        self.longest_answer = self.longest_answer.max(row.answers.longest);
        if let Some(uid) = row.uid {
            self.uids.add_within(keep.uids, uid, ());
        }
        if let Some(server) = row.server {
            self.servers.add(server, 1);
        }
        self.interval.add(ts);
        if let Some(time) = ts {
            match self.days.last_mut() {
                // Rows come almost in order: the day is the last one.
                Some(last) if spans(i64::from(last.0) * DAY, DAY, time) => last.1 += 1,
                _ => self.add_day(time.div_euclid(DAY) as i32, 1),
            }
            let beat = Beat {
                time,
                size: u32::from(row.below),
                symbol: symbol(qtype, rcode, row),
            };
            self.trace.add_within(keep.trace, beat);
        }
    }

    /// Adds an element of an answer to A or AAAA: its hash, and what finds its network where it is an
    /// address; what is none is left out.
    pub fn add_address(&mut self, hash: u64, network: impl FnOnce() -> Option<u32>) {
        self.add_address_within(Keep::ALL, hash, network);
    }

    /// [`DnsChannel::add_address`], of which no more is kept than that.
    pub(crate) fn add_address_within(
        &mut self,
        keep: Keep,
        hash: u64,
        network: impl FnOnce() -> Option<u32>,
    ) {
        self.addresses.add_marked(keep.addresses, hash, network);
    }

    /// Adds an element of an answer that is no address, by its hash.
    pub fn add_text(&mut self, hash: u64, bytes: u32) {
        self.add_text_within(Keep::ALL, hash, bytes);
    }

    /// [`DnsChannel::add_text`], of which no more is kept than that.
    pub(crate) fn add_text_within(&mut self, keep: Keep, hash: u64, bytes: u32) {
        let texts = self.texts.get_or_insert_default();
        texts.add_within(keep.addresses, hash, bytes);
    }

    /// Keeps no more than that, and gives back the room of the rest.
    pub(crate) fn cut(&mut self, keep: Keep) {
        self.trace.cut(keep.trace);
        self.places.cut(keep.places);
        self.uids.cut(keep.uids);
        self.addresses.cut(keep.addresses);
        if let Some(texts) = &mut self.texts {
            texts.cut(keep.addresses);
        }
    }

    /// Bytes of its tables.
    pub(crate) fn bytes(&self) -> usize {
        let texts = self.texts.as_ref();
        self.trace.bytes()
            + self.places.bytes()
            + self.uids.bytes()
            + self.addresses.bytes()
            + texts.map_or(0, |texts| size_of_val(&**texts) + texts.bytes())
    }

    /// Adds a time to live.
    pub fn add_ttl(&mut self, seconds: u32) {
        self.ttl_min = Some(self.ttl_min.map_or(seconds, |least| least.min(seconds)));
    }

    fn add_qtype(&mut self, qtype: u16, count: u64) {
        match self
            .qtypes
            .binary_search_by_key(&qtype, |&(known, _)| known)
        {
            Ok(at) => self.qtypes[at].1 += count,
            Err(at) => self.qtypes.insert(at, (qtype, count)),
        }
    }

    fn add_day(&mut self, day: i32, count: u64) {
        match self.days.binary_search_by_key(&day, |&(known, _)| known) {
            Ok(at) => self.days[at].1 += count,
            Err(at) => self.days.insert(at, (day, count)),
        }
    }

    /// Adds the rows of another; its names are added by whoever knows which are new. Its servers
    /// are renamed by `rename`, its inputs by `input`.
    pub fn merge_rows(
        &mut self,
        other: &Self,
        input: &dyn Fn(u32) -> u32,
        rename: &dyn Fn(u32) -> u32,
    ) {
        self.records += other.records;
        for &(qtype, count) in &other.qtypes {
            self.add_qtype(qtype, count);
        }
        for &(day, count) in &other.days {
            self.add_day(day, count);
        }
        self.answered += other.answered;
        self.nxdomain += other.nxdomain;
        self.with_answers += other.with_answers;
        self.answer_bytes += other.answer_bytes;
        self.longest_answer = self.longest_answer.max(other.longest_answer);
        self.addresses.merge(&other.addresses);
        if let Some(texts) = &other.texts {
            self.texts.get_or_insert_default().merge(texts);
        }
        if let Some(seconds) = other.ttl_min {
            self.add_ttl(seconds);
        }
        self.uids.merge(&other.uids);
        self.servers.merge(&other.servers, rename);
        self.interval.merge(other.interval);
        self.trace.merge(&other.trace);
        self.places.merge_from(&other.places, input);
    }

    /// Whether a channel that anybody could have written can have come from reading, with `hosts` addresses
    /// and records where `holds` says.
    pub(crate) fn check(
        &self,
        hosts: usize,
        holds: impl Fn(&crate::Place) -> bool,
    ) -> Result<(), Wrong> {
        let rows = self.records;
        Wrong("the rows of a channel").unless(
            (1..=MOST).contains(&rows)
                && self.answered <= rows
                && self.nxdomain <= self.answered
                && self.with_answers <= rows
                && self.answer_bytes <= MOST
                && u64::from(self.longest_answer) <= self.answer_bytes
                && self.trace.held() as u64 <= rows
                && self.interval.is_sound(),
        )?;
        Wrong("the counts of a channel").unless(
            saved::are_counts(&self.qtypes, rows)
                && saved::are_counts(&self.days, rows)
                && self.servers.are_sound(hosts, rows)
                && self.addresses.is_sound()
                && self.texts.as_ref().is_none_or(|texts| texts.is_sound())
                && self.uids.is_sound(),
        )?;
        Wrong("the places of a channel").unless(self.places.are_sound(holds))
    }

    /// Distinct names: exact at level 0, otherwise estimated from the sample.
    #[must_use]
    pub fn distinct_names(&self) -> u64 {
        self.names.count << self.level
    }

    /// Share of the rows on the busiest day (UTC): what is known of all rows alone is given to days by it.
    #[must_use]
    pub fn busiest_share(&self) -> f64 {
        let rows: u64 = self.days.iter().map(|&(_, rows)| rows).sum();
        let busiest = self.days.iter().map(|&(_, rows)| rows).max();
        busiest.map_or(1.0, |busiest| busiest as f64 / rows.max(1) as f64)
    }

    /// How many rows asked for one of these record types.
    #[must_use]
    pub fn asked_for(&self, qtypes: &[u16]) -> u64 {
        self.qtypes
            .iter()
            .filter(|(qtype, _)| qtypes.contains(qtype))
            .map(|(_, count)| count)
            .sum()
    }
}

/// A row of `dns.log` in 16 bits, as [`Trace`] keeps it: record type (4 bits, [`QTYPE_CLASSES`]), length
/// below the domain (4 bits, classes of 16 bytes), what came back (2 bits, [`Reply`]), size of the
/// answers (3 bits: none, or the number of binary digits from the fifth on).
#[must_use]
pub fn symbol(qtype: Option<u16>, rcode: Option<u16>, row: RowFacts) -> u16 {
    let reply = match rcode {
        None => Reply::None,
        Some(0) => Reply::NoError,
        Some(3) => Reply::NxDomain,
        Some(_) => Reply::Failure,
    };
    let length = (row.below / 16).min(15);
    let size = match row.answers.bytes {
        0 => 0,
        bytes => (u32::BITS - bytes.leading_zeros()).clamp(4, 10) - 3,
    };
    u16::from(qtype_class(qtype)) | length << 4 | (reply as u16) << 8 | (size as u16) << 10
}

/// What came back for a query.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u16)]
pub enum Reply {
    /// No answer was seen.
    None,
    /// NOERROR.
    NoError,
    /// NXDOMAIN.
    NxDomain,
    /// Any other response code.
    Failure,
}

/// A [`symbol`] taken apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Parts {
    /// The place in [`QTYPE_CLASSES`].
    pub qtype: u8,
    /// Bytes below the domain by 16.
    pub length: u8,
    /// What came back.
    pub reply: Reply,
    /// Size class of the answers: 0 for none, then up to 15, 31, … and 512 bytes and more.
    pub size: u8,
}

/// The parts of a [`symbol`].
#[must_use]
pub fn parts(symbol: u16) -> Parts {
    Parts {
        qtype: (symbol & 15) as u8,
        length: (symbol >> 4 & 15) as u8,
        reply: match symbol >> 8 & 3 {
            0 => Reply::None,
            1 => Reply::NoError,
            2 => Reply::NxDomain,
            _ => Reply::Failure,
        },
        size: (symbol >> 10 & 7) as u8,
    }
}

/// Names of the record-type classes of a [`symbol`].
pub const QTYPE_CLASSES: [&str; 14] = [
    "other", "A", "AAAA", "HTTPS", "CNAME", "MX", "TXT", "NULL", "SRV", "NS", "SOA", "PTR", "KEY",
    "private",
];

fn qtype_class(qtype: Option<u16>) -> u8 {
    match qtype {
        Some(1) => 1,
        Some(28) => 2,
        Some(65) => 3,
        Some(5 | 39) => 4,
        Some(15) => 5,
        Some(16 | 99) => 6,
        Some(10) => 7,
        Some(33) => 8,
        Some(2) => 9,
        Some(6) => 10,
        Some(12) => 11,
        Some(24 | 25) => 12,
        Some(300..) => 13,
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_symbol_comes_apart_as_it_was_put_together() {
        for (qtype, class) in [(Some(16), 6), (Some(1), 1), (Some(65399), 13), (None, 0)] {
            for (below, length) in [(0, 0), (15, 0), (16, 1), (250, 15)] {
                for (bytes, size) in [(0, 0), (1, 1), (15, 1), (16, 2), (600, 7), (9000, 7)] {
                    for (rcode, reply) in [
                        (None, Reply::None),
                        (Some(0), Reply::NoError),
                        (Some(3), Reply::NxDomain),
                        (Some(5), Reply::Failure),
                    ] {
                        let row = RowFacts {
                            answers: ListStats {
                                count: 1,
                                bytes,
                                longest: bytes,
                            },
                            below,
                            ..RowFacts::default()
                        };
                        let expected = Parts {
                            qtype: class,
                            length,
                            reply,
                            size,
                        };
                        assert_eq!(parts(symbol(qtype, rcode, row)), expected);
                    }
                }
            }
        }
    }
}
