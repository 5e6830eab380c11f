//! Features of one row of `dns.log`: what can be said of a query without its neighbours.
//!
//! In: a record and its name's facts. Out: a vector in the order of [`LIST`]. Must not know:
//! addresses, ports, other rows.
//!
//! No detector uses them: one query says too little, as the evaluation shows. They are what the
//! study of 2018 judged, and so what it is compared by.

use super::dns::{ADDRESS_TYPES, FREE_TYPES, NAME_TYPES, PRIVATE_TYPES_FROM};
use super::{Feature, FeatureList, Scale, Unit, ratio, row_feature as feature};
use crate::names::NameFacts;
use wakeful_logs::ListStats;

/// How many features [`vector`] gives.
pub const COUNT: usize = FEATURES.len();

/// The features of a row of `dns.log`.
pub static LIST: FeatureList = FeatureList {
    name: "dns-row/1",
    features: &FEATURES,
};

const FEATURES: [Feature; 16] = [
    feature(
        "query_length",
        Unit::Bytes,
        Scale::Log,
        "Bytes of the query.",
    ),
    feature(
        "query_entropy",
        Unit::BitsPerCharacter,
        Scale::Linear,
        "Shannon entropy of the query, in bits a character.",
    ),
    feature(
        "below_length",
        Unit::Bytes,
        Scale::Log,
        "Bytes below the registered domain, without dots.",
    ),
    feature(
        "below_entropy",
        Unit::BitsPerCharacter,
        Scale::Linear,
        "Shannon entropy of those.",
    ),
    feature(
        "below_evenness",
        Unit::Ratio,
        Scale::Linear,
        "That entropy by log2 of the length.",
    ),
    feature(
        "labels",
        Unit::Count,
        Scale::Linear,
        "Labels below the registered domain.",
    ),
    feature(
        "longest_label",
        Unit::Bytes,
        Scale::Log,
        "Bytes of the longest of them.",
    ),
    feature(
        "digits",
        Unit::Share,
        Scale::Linear,
        "Share of digits below.",
    ),
    feature(
        "odd_bytes",
        Unit::Share,
        Scale::Linear,
        "Share of bytes below that no host name has.",
    ),
    feature(
        "address_type",
        Unit::Share,
        Scale::Linear,
        "1 for A, AAAA and HTTPS.",
    ),
    feature(
        "free_type",
        Unit::Share,
        Scale::Linear,
        "1 for NULL, TXT, KEY, SIG, SPF and unassigned types.",
    ),
    feature(
        "name_type",
        Unit::Share,
        Scale::Linear,
        "1 for CNAME, MX, SRV, NS and DNAME.",
    ),
    feature("answers", Unit::Count, Scale::Log, "Answers."),
    feature(
        "answer_bytes",
        Unit::Bytes,
        Scale::Log,
        "Bytes of all answers.",
    ),
    feature(
        "longest_answer",
        Unit::Bytes,
        Scale::Log,
        "Bytes of the longest answer.",
    ),
    feature(
        "nxdomain",
        Unit::Share,
        Scale::Linear,
        "1 where the name does not exist.",
    ),
];

/// The row's features, in the order of [`LIST`].
#[must_use]
pub fn vector(
    name: &NameFacts,
    qtype: Option<u16>,
    rcode: Option<u16>,
    answers: ListStats,
) -> [f64; COUNT] {
    let below = f64::from(name.below);
    let is = |types: &[u16]| f64::from(u8::from(qtype.is_some_and(|qtype| types.contains(&qtype))));
    let private = f64::from(u8::from(
        qtype.is_some_and(|qtype| qtype >= PRIVATE_TYPES_FROM),
    ));
    [
        f64::from(name.length),
        f64::from(name.entropy) / 1e6,
        below,
        f64::from(name.below_entropy) / 1e6,
        f64::from(name.below_evenness) / 1e6,
        f64::from(name.labels),
        f64::from(name.longest_label),
        ratio(f64::from(name.digits), below),
        ratio(f64::from(name.odd), below),
        is(ADDRESS_TYPES),
        is(FREE_TYPES) + private,
        is(NAME_TYPES),
        f64::from(answers.count),
        f64::from(answers.bytes),
        f64::from(answers.longest),
        f64::from(u8::from(rcode == Some(3))),
    ]
}
