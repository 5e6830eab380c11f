//! What a filter asks of a row.
//!
//! In: a row's columns. Out: yes or no. Must not know: how a filter is written.

use std::borrow::Cow;
use std::cmp::Ordering;
use std::net::IpAddr;

use regex_lite::Regex;

use crate::field::Kind;
use crate::value::{Network, logged_time};

#[derive(Debug, Clone)]
pub(crate) enum Node {
    All(Vec<Node>),
    Any(Vec<Node>),
    Not(Box<Node>),
    Has(usize),
    Test(Test),
}

/// What of a column is looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Measure {
    Itself,
    /// Bytes.
    Length,
    /// Parts between dots.
    Labels,
    /// Shannon's, bits a byte.
    Entropy,
}

#[derive(Debug, Clone)]
pub(crate) struct Test {
    pub(crate) column: usize,
    /// The column with the name where the field is a number with names.
    pub(crate) named: Option<usize>,
    pub(crate) kind: Kind,
    pub(crate) measure: Measure,
    pub(crate) check: Check,
}

#[derive(Debug, Clone)]
pub(crate) enum Check {
    /// Equal to one of these; turned round by `!=`.
    OneOf(Vec<Wanted>, bool),
    /// On this side of a value.
    Beside(Side, Wanted),
    Contains(Vec<u8>),
    Starts(Vec<u8>),
    Ends(Vec<u8>),
    Matches(Regex),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Side {
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

/// A value in the form in which its kind is compared.
#[derive(Debug, Clone)]
pub(crate) enum Wanted {
    Text(Vec<u8>),
    Number(f64),
    /// Half open.
    Span(f64, f64),
    Network(Network),
    Bool(bool),
    /// A number, and the text that it was written as.
    Either(f64, Vec<u8>),
    /// A number or any of its names.
    Code(u16),
}

impl Node {
    pub(crate) fn accepts(&self, row: &[Option<&[u8]>]) -> bool {
        match self {
            Self::All(nodes) => nodes.iter().all(|node| node.accepts(row)),
            Self::Any(nodes) => nodes.iter().any(|node| node.accepts(row)),
            Self::Not(node) => !node.accepts(row),
            Self::Has(column) => at(row, *column).is_some(),
            Self::Test(test) => test.accepts(row),
        }
    }
}

fn at<'a>(row: &[Option<&'a [u8]>], column: usize) -> Option<&'a [u8]> {
    row.get(column).copied().flatten()
}

impl Test {
    fn accepts(&self, row: &[Option<&[u8]>]) -> bool {
        let absent = matches!(self.check, Check::OneOf(_, true));
        let text = at(row, self.column);
        let name = self.named.and_then(|column| at(row, column));
        let Some(text) = text.or(name) else {
            return absent;
        };
        if self.measure != Measure::Itself {
            return self.number(measure(text, self.measure));
        }
        match self.kind {
            Kind::List => elements(text).any(|element| self.text(element)),
            Kind::RecordType => self.code(text, wakeful_logs::qtype_number),
            Kind::ResponseCode => self.code(text, response_code),
            _ => self.text(text),
        }
    }

    fn text(&self, text: &[u8]) -> bool {
        match &self.check {
            Check::OneOf(wanted, turned) => {
                wanted.iter().any(|one| self.equals(text, one)) != *turned
            }
            Check::Beside(side, wanted) => self.beside(text, *side, wanted),
            Check::Contains(part) => contains(text, part, self.exact()),
            Check::Starts(part) => text.len() >= part.len() && self.same(&text[..part.len()], part),
            Check::Ends(part) => {
                text.len() >= part.len() && self.same(&text[text.len() - part.len()..], part)
            }
            Check::Matches(pattern) => pattern.is_match(&lossy(text)),
        }
    }

    fn exact(&self) -> bool {
        self.kind == Kind::Exact
    }

    fn same(&self, a: &[u8], b: &[u8]) -> bool {
        if self.exact() {
            a == b
        } else {
            a.eq_ignore_ascii_case(b)
        }
    }

    fn equals(&self, text: &[u8], wanted: &Wanted) -> bool {
        match wanted {
            Wanted::Text(wanted) => self.same(text, wanted),
            Wanted::Number(wanted) => number(text) == Some(*wanted),
            Wanted::Span(from, to) => time(text).is_some_and(|at| *from <= at && at < *to),
            Wanted::Network(network) => address(text).is_some_and(|address| network.holds(address)),
            Wanted::Bool(wanted) => boolean(text) == Some(*wanted),
            Wanted::Either(wanted, written) => {
                number(text).map_or_else(|| self.same(text, written), |number| number == *wanted)
            }
            Wanted::Code(_) => false,
        }
    }

    fn beside(&self, text: &[u8], side: Side, wanted: &Wanted) -> bool {
        match wanted {
            Wanted::Span(from, to) => time(text).is_some_and(|at| match side {
                Side::Less => at < *from,
                Side::LessOrEqual => at < *to,
                Side::Greater => at >= *to,
                Side::GreaterOrEqual => at >= *from,
            }),
            Wanted::Number(wanted) | Wanted::Either(wanted, _) => number(text)
                .and_then(|number| number.partial_cmp(wanted))
                .is_some_and(|order| side.holds(order)),
            Wanted::Text(wanted) => {
                side.holds(text.to_ascii_lowercase().cmp(&wanted.to_ascii_lowercase()))
            }
            Wanted::Network(_) | Wanted::Bool(_) | Wanted::Code(_) => false,
        }
    }

    fn number(&self, number: f64) -> bool {
        let equal = |wanted: &Wanted| matches!(wanted, Wanted::Number(wanted) if *wanted == number);
        match &self.check {
            Check::OneOf(wanted, turned) => wanted.iter().any(equal) != *turned,
            Check::Beside(side, Wanted::Number(wanted)) => number
                .partial_cmp(wanted)
                .is_some_and(|order| side.holds(order)),
            _ => false,
        }
    }

    fn code(&self, text: &[u8], of_name: fn(&[u8]) -> Option<u16>) -> bool {
        let code = std::str::from_utf8(text)
            .ok()
            .and_then(|text| text.parse().ok())
            .or_else(|| of_name(text));
        match &self.check {
            Check::OneOf(wanted, turned) => {
                wanted
                    .iter()
                    .any(|one| matches!(one, Wanted::Code(wanted) if Some(*wanted) == code))
                    != *turned
            }
            Check::Beside(side, Wanted::Code(wanted)) => {
                code.is_some_and(|code| side.holds(code.cmp(wanted)))
            }
            _ => self.text(text),
        }
    }
}

impl Side {
    fn holds(self, order: Ordering) -> bool {
        match self {
            Self::Less => order.is_lt(),
            Self::LessOrEqual => order.is_le(),
            Self::Greater => order.is_gt(),
            Self::GreaterOrEqual => order.is_ge(),
        }
    }
}

/// The number of a response code's name.
pub(crate) fn response_code(name: &[u8]) -> Option<u16> {
    (0..=23).find(|code| {
        wakeful_logs::rcode_name(*code)
            .as_bytes()
            .eq_ignore_ascii_case(name)
    })
}

fn lossy(text: &[u8]) -> Cow<'_, str> {
    String::from_utf8_lossy(text)
}

fn number(text: &[u8]) -> Option<f64> {
    wakeful_logs::float(std::str::from_utf8(text).ok()?)
}

fn time(text: &[u8]) -> Option<f64> {
    logged_time(std::str::from_utf8(text).ok()?)
}

fn address(text: &[u8]) -> Option<IpAddr> {
    std::str::from_utf8(text).ok()?.parse().ok()
}

fn boolean(text: &[u8]) -> Option<bool> {
    match text {
        b"T" | b"t" | b"true" | b"1" => Some(true),
        b"F" | b"f" | b"false" | b"0" => Some(false),
        _ => None,
    }
}

/// The parts of a list as TSV (`a,b`) or JSON (`["a","b"]`) writes it.
fn elements(text: &[u8]) -> impl Iterator<Item = &[u8]> {
    let json = text.first() == Some(&b'[');
    let inner = if json {
        &text[1..text.len().max(2) - 1]
    } else {
        text
    };
    inner.split(|&byte| byte == b',').map(move |element| {
        let element = element.trim_ascii();
        if json && element.len() >= 2 && element.starts_with(b"\"") {
            &element[1..element.len() - 1]
        } else {
            element
        }
    })
}

fn contains(text: &[u8], part: &[u8], exact: bool) -> bool {
    if part.is_empty() {
        return true;
    }
    text.windows(part.len()).any(|window| {
        if exact {
            window == part
        } else {
            window.eq_ignore_ascii_case(part)
        }
    })
}

fn measure(text: &[u8], measure: Measure) -> f64 {
    match measure {
        Measure::Itself | Measure::Length => text.len() as f64,
        Measure::Labels => {
            if text.is_empty() {
                0.0
            } else {
                text.split(|&byte| byte == b'.').count() as f64
            }
        }
        Measure::Entropy => entropy(text),
    }
}

/// Shannon's entropy of the bytes, bits a byte.
fn entropy(text: &[u8]) -> f64 {
    let mut counts = [0_u32; 256];
    for &byte in text {
        counts[usize::from(byte)] += 1;
    }
    let n = text.len() as f64;
    counts
        .iter()
        .filter(|&&count| count > 0)
        .map(|&count| {
            let share = f64::from(count) / n;
            -share * share.log2()
        })
        .sum()
}
