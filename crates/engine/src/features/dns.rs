//! Features of a DNS channel: a client and a registered domain.
//!
//! In: [`DnsChannel`]. Out: a vector in the order of [`LIST`]. Must not know: addresses, ports,
//! which domain it is.

use super::timing::Gaps;
use super::{Feature, FeatureList, Scale, Unit, mean_sd, ratio};
use crate::channels::dns::{DnsChannel, NameSums};

/// How many features [`vector`] gives.
pub const COUNT: usize = FEATURES.len();

/// A and AAAA: what people's programs ask for. HTTPS (65) goes along with them.
pub(crate) const ADDRESS_TYPES: &[u16] = &[1, 28, 65];
/// Types that carry free bytes in the answer and that few programs ask for: NULL, TXT, SIG, KEY, SPF.
pub(super) const FREE_TYPES: &[u16] = &[10, 16, 24, 25, 99];
/// Types that carry a name in the answer: CNAME, MX, SRV, DNAME, NS.
pub(super) const NAME_TYPES: &[u16] = &[2, 5, 15, 33, 39];
/// The last type number that is assigned by IANA's registry and common; beyond are private ones.
pub(super) const PRIVATE_TYPES_FROM: u16 = 300;

/// The features of a DNS channel. "Below" means the part under the registered domain.
pub static LIST: FeatureList = FeatureList {
    name: "dns-channel/2",
    features: &FEATURES,
};

const FEATURES: [Feature; 24] = [
    Feature {
        name: "distinct_names",
        unit: Unit::Count,
        scale: Scale::Log,
        doc: "Distinct names asked under the domain. A tunnel needs a new name for each piece of data, or a cache would answer.",
        sentence: "The number of different names asked under this domain is {value}; {usual} is usual.",
    },
    Feature {
        name: "unique_ratio",
        unit: Unit::Share,
        scale: Scale::Linear,
        doc: "Distinct names by rows: 1 where no name was asked twice.",
        sentence: "The share of names that were new is {value}; {usual} is usual.",
    },
    Feature {
        name: "length_mean",
        unit: Unit::Bytes,
        scale: Scale::Log,
        doc: "Mean bytes below the domain, over the distinct names.",
        sentence: "The names have {value} below the domain on average; {usual} is usual.",
    },
    Feature {
        name: "length_max",
        unit: Unit::Bytes,
        scale: Scale::Log,
        doc: "Most bytes below the domain in one name.",
        sentence: "The longest name has {value} below the domain; {usual} is usual.",
    },
    Feature {
        name: "length_sd",
        unit: Unit::Bytes,
        scale: Scale::Log,
        doc: "Standard deviation of the bytes below, over the distinct names.",
        sentence: "The names' lengths vary by {value}; {usual} is usual.",
    },
    Feature {
        name: "label_length",
        unit: Unit::Bytes,
        scale: Scale::Log,
        doc: "Mean bytes of each name's longest label below the domain.",
        sentence: "The longest labels have {value} on average; {usual} is usual.",
    },
    Feature {
        name: "labels",
        unit: Unit::Count,
        scale: Scale::Linear,
        doc: "Mean labels below the domain.",
        sentence: "The names have {value} labels below the domain; {usual} is usual.",
    },
    Feature {
        name: "entropy",
        unit: Unit::BitsPerCharacter,
        scale: Scale::Linear,
        doc: "Mean Shannon entropy of the bytes below, in bits a character, over the distinct names.",
        sentence: "A character below the domain carries {value}; {usual} are usual.",
    },
    Feature {
        name: "evenness",
        unit: Unit::Ratio,
        scale: Scale::Linear,
        doc: "Mean of that entropy by log2 of the length, the most it can be: short strings are compared fairly.",
        sentence: "The characters are spread to {value} of the most possible; {usual} is usual.",
    },
    Feature {
        name: "digits",
        unit: Unit::Share,
        scale: Scale::Linear,
        doc: "Share of digits in the bytes below.",
        sentence: "The share of digits in the names is {value}; {usual} is usual.",
    },
    Feature {
        name: "odd_bytes",
        unit: Unit::Share,
        scale: Scale::Linear,
        doc: "Share of the bytes below that no host name has (iodine's and dns2tcp's alphabets use them).",
        sentence: "The share of characters that no host name has is {value}; {usual} is usual.",
    },
    Feature {
        name: "surprise",
        unit: Unit::BitsPerCharacter,
        scale: Scale::Linear,
        doc: "Mean of −log2 p of a character below under the n-grams of public host names, over the distinct names ([`crate::features::ngram`]): high where letters do not follow each other as in words.",
        sentence: "A character below the domain is a surprise of {value} for who knows host names; {usual} are usual.",
    },
    Feature {
        name: "encoded",
        unit: Unit::Share,
        scale: Scale::Linear,
        doc: "Share of the distinct names that are written in an encoding of bytes (hex, base32, base64, base128; [`crate::features::encoding`]).",
        sentence: "The share of names that are written in an encoding of bytes is {value}; {usual} is usual.",
    },
    Feature {
        name: "consonant_run",
        unit: Unit::Count,
        scale: Scale::Linear,
        doc: "Mean length of the longest run of consonants below.",
        sentence: "The longest run of consonants has {value} letters on average; {usual} are usual.",
    },
    Feature {
        name: "alternations",
        unit: Unit::Share,
        scale: Scale::Linear,
        doc: "Turns from letters to digits and back, by bytes below.",
        sentence: "Letters and digits take turns at {value} of the characters; {usual} is usual.",
    },
    Feature {
        name: "information",
        unit: Unit::Bytes,
        scale: Scale::Log,
        doc: "Bytes below times their entropy, over the distinct names, in bytes: what the names could have carried out (the weighted distinct count of ibHH, 2023).",
        sentence: "The names could have carried {value}; {usual} is usual.",
    },
    Feature {
        name: "address_types",
        unit: Unit::Share,
        scale: Scale::Linear,
        doc: "Share of rows that ask for A, AAAA or HTTPS.",
        sentence: "The share of address look-ups is {value}; {usual} is usual.",
    },
    Feature {
        name: "free_types",
        unit: Unit::Share,
        scale: Scale::Linear,
        doc: "Share of rows that ask for types with free bytes in the answer: NULL, TXT, KEY, SIG, SPF, and unassigned ones.",
        sentence: "The share of queries for types that carry free bytes (TXT, NULL, KEY, private) is {value}; {usual} is usual.",
    },
    Feature {
        name: "name_types",
        unit: Unit::Share,
        scale: Scale::Linear,
        doc: "Share of rows that ask for types with a name in the answer: CNAME, MX, SRV, NS, DNAME.",
        sentence: "The share of queries for types that carry a name (CNAME, MX, SRV) is {value}; {usual} is usual.",
    },
    Feature {
        name: "answer_bytes",
        unit: Unit::Bytes,
        scale: Scale::Log,
        doc: "Mean bytes of the answers of a row that has any, as Zeek writes them.",
        sentence: "An answer has {value} on average; {usual} is usual.",
    },
    Feature {
        name: "nxdomain",
        unit: Unit::Share,
        scale: Scale::Linear,
        doc: "Share of answered rows that say that the name does not exist.",
        sentence: "The share of answers that say there is no such name is {value}; {usual} is usual.",
    },
    Feature {
        name: "rate",
        unit: Unit::PerMinute,
        scale: Scale::Log,
        doc: "Rows a minute from the first to the last (of at least a minute).",
        sentence: "The client asked {value}; {usual} is usual.",
    },
    Feature {
        name: "regularity",
        unit: Unit::Ratio,
        scale: Scale::Linear,
        doc: "1 − (Q3 − Q1) / (Q3 + Q1) of the gaps between rows (quartile coefficient of dispersion): 1 for a clock, near 0 for bursts.",
        sentence: "The gaps between queries are regular to {value} (1 is a clock); {usual} is usual.",
    },
    Feature {
        name: "other_clients",
        unit: Unit::Count,
        scale: Scale::Log,
        doc: "Other clients in the same logs that ask under the domain: a service has many, a tunnel's operator few.",
        sentence: "The number of other clients that ask under this domain is {value}; {usual} is usual.",
    },
];

/// What a part of a verdict looks at: a name, and the features of it. The rest is context.
pub const PARTS: [(&str, &[&str]); 4] = [
    (
        "content",
        &[
            "length_mean",
            "length_max",
            "length_sd",
            "label_length",
            "labels",
            "entropy",
            "evenness",
            "digits",
            "odd_bytes",
            "surprise",
            "encoded",
            "consonant_run",
            "alternations",
        ],
    ),
    ("leak", &["distinct_names", "unique_ratio", "information"]),
    ("rhythm", &["rate", "regularity"]),
    (
        "behaviour",
        &[
            "address_types",
            "free_types",
            "name_types",
            "answer_bytes",
            "nxdomain",
        ],
    ),
];

/// Features of how letters follow each other, which training also tries to do without: they tell
/// encodings from words, and a tool that nobody has seen may write words.
pub const OF_LETTERS: [&str; 4] = ["surprise", "encoded", "consonant_run", "alternations"];

/// The producer-consumer ratio of a channel: the bytes of the names below the domain, over all queries,
/// against those of the answers ([`super::flow::producer_consumer_ratio`]); 0 where there are neither.
#[must_use]
pub fn producer_consumer_ratio(channel: &DnsChannel) -> f64 {
    let a_query = ratio(channel.names.below as f64, channel.names.count as f64);
    let out = a_query * channel.records as f64;
    super::flow::producer_consumer_ratio(out, channel.answer_bytes as f64).unwrap_or(0.0)
}

/// Whether a type has free bytes in the answer, or is unassigned.
pub(crate) fn has_free_bytes(qtype: u16) -> bool {
    qtype >= PRIVATE_TYPES_FROM || FREE_TYPES.contains(&qtype)
}

/// How many kinds of addresses a channel asks for alike, a quarter of its rows or more each: two where each name is asked for
/// as A and AAAA. At least one.
pub(crate) fn kinds_of_address(channel: &DnsChannel) -> usize {
    let alike = |kind: &&u16| 4 * channel.asked_for(&[**kind]) >= channel.records;
    ADDRESS_TYPES.iter().filter(alike).count().max(1)
}

/// Rows that ask for types with free bytes in the answer, unassigned ones among them.
pub(crate) fn free_types(channel: &DnsChannel) -> u64 {
    let private = channel
        .qtypes
        .iter()
        .filter(|&&(qtype, _)| qtype >= PRIVATE_TYPES_FROM)
        .map(|(_, count)| count);
    channel.asked_for(FREE_TYPES) + private.sum::<u64>()
}

/// The channel's features, in the order of [`LIST`].
#[must_use]
pub fn vector(channel: &DnsChannel, other_clients: u32) -> [f64; COUNT] {
    vector_of(
        channel,
        &channel.names,
        Some((channel.records, 1)),
        other_clients,
    )
}

/// The same as if a channel had asked for certain of its names alone, in so many rows, of which each takes the place of so many; each once,
/// where that is not known.
#[must_use]
pub(crate) fn vector_of(
    channel: &DnsChannel,
    names: &NameSums,
    rows: Option<(u64, usize)>,
    other_clients: u32,
) -> [f64; COUNT] {
    let n = names.count as f64;
    let distinct = (names.count << channel.level) as f64;
    let (records, each) = rows.map_or((distinct, 1), |(rows, each)| (rows as f64, each.max(1)));
    let below = names.below as f64;
    let (length_mean, length_sd) =
        mean_sd(names.count, names.below.into(), names.below_squares.into());
    let mut times = channel.trace.times();
    if each > 1 {
        times = times.into_iter().step_by(each).collect();
    }
    let gaps = Gaps::of(&times);
    let asked: u64 = channel.qtypes.iter().map(|(_, count)| count).sum();
    let share = |count: u64| ratio(count as f64, asked as f64);
    [
        distinct,
        ratio(distinct, records),
        length_mean,
        f64::from(names.below_max),
        length_sd,
        ratio(names.longest_label as f64, n),
        ratio(names.labels as f64, n),
        ratio(names.entropy as f64 / 1e6, n),
        ratio(names.evenness as f64 / 1e6, n),
        ratio(names.digits as f64, below),
        ratio(names.odd as f64, below),
        ratio(names.surprise as f64 / 1e6, n),
        ratio(names.encoded() as f64, n),
        ratio(names.consonant_run as f64, n),
        ratio(names.alternations as f64, below),
        names.information as f64 / 8e6 * distinct / n.max(1.0),
        share(channel.asked_for(ADDRESS_TYPES)),
        share(free_types(channel)),
        share(channel.asked_for(NAME_TYPES)),
        ratio(channel.answer_bytes as f64, channel.with_answers as f64),
        ratio(channel.nxdomain as f64, channel.answered as f64),
        gaps.per_minute,
        gaps.regularity,
        f64::from(other_clients),
    ]
}
