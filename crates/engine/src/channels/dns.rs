//! What one client asked under one registered domain.
//!
//! In: rows of `dns.log` with their name's facts. Out: [`DnsChannel`]. Must not know: scores.

use super::{Interval, Places};
use crate::features::encoding::Encoding;
use crate::features::timing::Times;
use crate::names::NameFacts;
use wakeful_logs::{DnsRecord, ListStats};

/// A client and a registered domain.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DnsChannel {
    /// Rows.
    pub records: u64,
    /// Over the distinct names.
    pub names: NameSums,
    /// How often each record type was asked for, sorted by its number.
    pub qtypes: Vec<(u16, u64)>,
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
    /// First and last row.
    pub interval: Interval,
    /// When.
    pub times: Times,
    /// Where its first rows lie.
    pub places: Places,
}

/// Sums over the distinct names of a channel. "Below": see [`NameFacts`].
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct NameSums {
    /// Distinct names.
    pub count: u64,
    /// Bytes below, sum.
    pub below: u128,
    /// Bytes below, sum of squares.
    pub below_squares: u128,
    /// Bytes below, the most.
    pub below_max: u16,
    /// Names by bytes below: 16 classes of 16 bytes.
    pub below_histogram: [u32; 16],
    /// Entropy below, sum, microbits.
    pub entropy: u128,
    /// Names by entropy below: 10 classes of half a bit.
    pub entropy_histogram: [u32; 10],
    /// Evenness below, sum, millionths.
    pub evenness: u128,
    /// Bytes times entropy, sum, microbits: what the names could have carried.
    pub information: u128,
    /// Labels below, sum.
    pub labels: u128,
    /// Longest label, sum.
    pub longest_label: u128,
    /// Digits below, sum.
    pub digits: u128,
    /// Odd bytes below, sum.
    pub odd: u128,
    /// Surprise below, sum, microbits a character.
    pub surprise: u128,
    /// Names by what they are written in, in the order of [`Encoding::ALL`].
    pub encodings: [u64; Encoding::ALL.len()],
    /// Vowels below, sum.
    pub vowels: u128,
    /// Consonants below, sum.
    pub consonants: u128,
    /// The longest run of consonants, sum.
    pub consonant_run: u128,
    /// Turns from letters to digits and back, sum.
    pub alternations: u128,
}

impl NameSums {
    /// Adds a name that the channel did not have.
    pub fn add(&mut self, name: &NameFacts) {
        let below = u128::from(name.below);
        let entropy = u128::from(name.below_entropy);
        self.count += 1;
        self.below += below;
        self.below_squares += below * below;
        self.below_max = self.below_max.max(name.below);
        self.below_histogram[usize::from(name.below / 16).min(15)] += 1;
        self.entropy += entropy;
        self.entropy_histogram[(name.below_entropy as usize / 500_000).min(9)] += 1;
        self.evenness += u128::from(name.below_evenness);
        self.information += below * entropy;
        self.labels += u128::from(name.labels);
        self.longest_label += u128::from(name.longest_label);
        self.digits += u128::from(name.digits);
        self.odd += u128::from(name.odd);
        self.surprise += u128::from(name.surprise);
        self.encodings[name.encoding as usize] += 1;
        self.vowels += u128::from(name.shape.vowels);
        self.consonants += u128::from(name.shape.consonants);
        self.consonant_run += u128::from(name.shape.consonant_run);
        self.alternations += u128::from(name.shape.alternations);
    }
}

impl DnsChannel {
    /// Adds a row; its name is added to [`DnsChannel::names`] by whoever knows whether it is new.
    pub fn add(&mut self, record: &DnsRecord<'_>, answers: ListStats) {
        self.records += 1;
        if let Some(qtype) = record.qtype {
            self.add_qtype(qtype, 1);
        }
        self.answered += u64::from(record.rcode.is_some());
        self.nxdomain += u64::from(record.rcode == Some(3));
        self.with_answers += u64::from(answers.count > 0);
        self.answer_bytes += u64::from(answers.bytes);
        self.longest_answer = self.longest_answer.max(answers.longest);
        self.interval.add(record.ts);
        if let Some(time) = record.ts {
            self.times.add(time);
        }
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

    /// Adds the rows of another; its names are added by whoever knows which are new.
    pub fn merge_rows(&mut self, other: &Self, inputs_before: usize) {
        self.records += other.records;
        for &(qtype, count) in &other.qtypes {
            self.add_qtype(qtype, count);
        }
        self.answered += other.answered;
        self.nxdomain += other.nxdomain;
        self.with_answers += other.with_answers;
        self.answer_bytes += other.answer_bytes;
        self.longest_answer = self.longest_answer.max(other.longest_answer);
        self.interval.merge(other.interval);
        self.times.merge(&other.times);
        self.places.merge(&other.places, inputs_before);
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
