//! What could be written at the caret.
//!
//! In: a text, the caret, the columns at hand. Out: what to put in place of the word before it.
//! Must not know: the page.

use std::ops::Range;

use crate::field::{FIELDS, Kind, Log, offered};
use crate::lex::in_word;
use crate::parse::{Expected, parse};

/// Suggestions, at most.
const MOST: usize = 12;

/// What could be written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Completion {
    /// The word that a suggestion replaces, in bytes.
    pub at: Range<usize>,
    /// The likeliest first.
    pub suggestions: Vec<Suggestion>,
}

/// One of the things that could be written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Suggestion {
    /// What is put in, with the blank behind it.
    pub insert: String,
    /// What it is, in a few words.
    pub about: &'static str,
}

/// What could be written at the caret, which is a byte position at a character's border.
#[must_use]
pub fn complete(text: &str, caret: usize, log: Log, columns: &[String]) -> Completion {
    let caret = caret.min(text.len());
    let Some(before) = text.get(..caret) else {
        return Completion {
            at: caret..caret,
            suggestions: Vec::new(),
        };
    };
    let start = before
        .bytes()
        .rposition(|byte| !in_word(byte))
        .map_or(0, |at| at + 1);
    let end = caret
        + text[caret..]
            .bytes()
            .take_while(|byte| in_word(*byte))
            .count();
    let word = &before[start..];
    let expected = match parse(&before[..start], columns) {
        Ok(filter) if filter.is_empty() => Expected::Operand,
        Ok(_) => Expected::Connective,
        Err(problem) if problem.at.start >= before[..start].trim_end().len() => problem.expected,
        Err(_) => Expected::Nothing,
    };
    let mut suggestions: Vec<Suggestion> = offers(expected, log, columns)
        .into_iter()
        .filter(|(insert, _)| fits(insert, word))
        .map(|(insert, about)| Suggestion { insert, about })
        .collect();
    // What begins like the word before what only holds it.
    suggestions.sort_by_key(|suggestion| !begins(&suggestion.insert, word));
    suggestions.truncate(MOST);
    Completion {
        at: start..end,
        suggestions,
    }
}

fn begins(insert: &str, word: &str) -> bool {
    insert
        .get(..word.len())
        .is_some_and(|head| head.eq_ignore_ascii_case(word))
}

fn fits(insert: &str, word: &str) -> bool {
    insert
        .to_ascii_lowercase()
        .contains(&word.to_ascii_lowercase())
        && !insert.trim_end().eq_ignore_ascii_case(word)
}

type Offer = (String, &'static str);

fn offers(expected: Expected, log: Log, columns: &[String]) -> Vec<Offer> {
    match expected {
        Expected::Operand => {
            let mut offers = fields(log, columns);
            offers.extend(
                [
                    ("not ", "turns the next condition round"),
                    ("has ", "the field is set"),
                    ("len(", "bytes of a field"),
                    ("labels(", "parts of a name between dots"),
                    ("entropy(", "bits a byte"),
                ]
                .map(own),
            );
            offers
        }
        Expected::Field => fields(log, columns),
        Expected::Operator(kind) => operators(kind),
        Expected::Value(kind) => values(kind),
        Expected::Connective => [("and ", "both"), ("or ", "one of the two")]
            .map(own)
            .to_vec(),
        Expected::Nothing => Vec::new(),
    }
}

fn own((insert, about): (&str, &'static str)) -> Offer {
    (insert.to_owned(), about)
}

fn fields(log: Log, columns: &[String]) -> Vec<Offer> {
    let known = FIELDS
        .iter()
        .filter(|field| field.log == Log::Both || log == Log::Both || field.log == log)
        .map(|field| (format!("{} ", offered(field)), field.about));
    let others = columns
        .iter()
        .filter(|column| !FIELDS.iter().any(|field| field.column == **column))
        .map(|column| (format!("{column} "), "a column of this log"));
    known.chain(others).collect()
}

fn operators(kind: Kind) -> Vec<Offer> {
    let equal = [("== ", "equal"), ("!= ", "not equal")].map(own);
    let order = [
        ("< ", "less"),
        ("<= ", "less or equal"),
        ("> ", "greater"),
        (">= ", "greater or equal"),
    ]
    .map(own);
    let text = [
        ("contains ", "holds this text"),
        ("startswith ", "begins so"),
        ("endswith ", "ends so"),
        ("matches ", "\"*.glob\" or /regular expression/"),
    ]
    .map(own);
    let set = own(("in ", "one of a set"));
    let mut offers = equal.to_vec();
    match kind {
        Kind::Text | Kind::Exact | Kind::List => offers.extend(text),
        Kind::Number | Kind::Bytes | Kind::Seconds | Kind::Time => offers.extend(order),
        Kind::Any => offers.extend(text.into_iter().chain(order)),
        Kind::Address | Kind::Bool | Kind::RecordType | Kind::ResponseCode => {}
    }
    match kind {
        Kind::Address => offers.push(own(("in ", "a network: 10.0.0.0/8"))),
        Kind::Bool => {}
        _ => offers.push(set),
    }
    offers
}

fn values(kind: Kind) -> Vec<Offer> {
    match kind {
        Kind::Bool => [("T ", "true"), ("F ", "false")].map(own).to_vec(),
        Kind::RecordType => [
            "A", "AAAA", "TXT", "CNAME", "MX", "NULL", "SRV", "PTR", "HTTPS", "NS", "SOA", "KEY",
        ]
        .map(|name| (format!("{name} "), "record type"))
        .to_vec(),
        Kind::ResponseCode => [
            "NOERROR", "NXDOMAIN", "SERVFAIL", "REFUSED", "FORMERR", "NOTIMP",
        ]
        .map(|name| (format!("{name} "), "response code"))
        .to_vec(),
        _ => Vec::new(),
    }
}
