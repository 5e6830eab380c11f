//! Features of one row of `dns.log`: what can be said of a query without its neighbours.
//!
//! In: a record and its name's facts. Out: a vector in the order of [`LIST`]. Must not know:
//! addresses, ports, other rows.
//!
//! No detector uses them: one query says too little, as the evaluation shows. They are what the
//! study of 2018 judged, and so what it is compared by.

use super::dns::{ADDRESS_TYPES, FREE_TYPES, NAME_TYPES, PRIVATE_TYPES_FROM};
use super::encoding::Encoding;
use super::{Feature, FeatureList, Scale, Unit, ratio, row_feature as feature};
use crate::names::NameFacts;
use wakeful_logs::ListStats;

/// How many features [`vector`] gives.
pub const COUNT: usize = FEATURES.len();

/// The features of a row of `dns.log`.
pub static LIST: FeatureList = FeatureList {
    name: "dns-row/2",
    features: &FEATURES,
};

const FEATURES: [Feature; 24] = [
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
        "surprise",
        Unit::BitsPerCharacter,
        Scale::Linear,
        "Surprise below under the chain of host names, in bits a character.",
    ),
    feature(
        "surprise_bytes",
        Unit::Bytes,
        Scale::Log,
        "That for all characters below, in bytes: what the name says beyond what host names say anyway.",
    ),
    feature(
        "carries_bytes",
        Unit::Share,
        Scale::Linear,
        "1 where the part below is hex, base32, base64 or base128.",
    ),
    feature("words", Unit::Share, Scale::Linear, "1 where it is words."),
    feature(
        "number",
        Unit::Share,
        Scale::Linear,
        "1 where it is digits and hyphens.",
    ),
    feature(
        "vowels",
        Unit::Share,
        Scale::Linear,
        "Share of vowels in the letters below.",
    ),
    feature(
        "consonant_run",
        Unit::Count,
        Scale::Log,
        "Longest run of consonants below.",
    ),
    feature(
        "alternations",
        Unit::Share,
        Scale::Linear,
        "Turns from letters to digits and back, by bytes below.",
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
    let written = |encoding: bool| f64::from(u8::from(encoding));
    let surprise = f64::from(name.surprise) / 1e6;
    let characters = below + f64::from(name.labels);
    let letters = f64::from(name.shape.vowels) + f64::from(name.shape.consonants);
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
        surprise,
        surprise * characters / 8.0,
        written(name.encoding.carries_bytes()),
        written(name.encoding == Encoding::Words),
        written(name.encoding == Encoding::Digits),
        ratio(f64::from(name.shape.vowels), letters),
        f64::from(name.shape.consonant_run),
        ratio(f64::from(name.shape.alternations), below),
        is(ADDRESS_TYPES),
        is(FREE_TYPES) + private,
        is(NAME_TYPES),
        f64::from(answers.count),
        f64::from(answers.bytes),
        f64::from(answers.longest),
        f64::from(u8::from(rcode == Some(3))),
    ]
}
