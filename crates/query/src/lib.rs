//! A small language that says which rows of a log to show.
//!
//! In: a text such as `query contains "abc" and qtype == TXT and not client in 10.0.0.0/8`, and
//! rows as their columns' text. Out: whether a row is meant; for a text that is not understood, what
//! was expected and where ([`Problem`]); what could be written at the caret ([`complete`]).
//! Must not know: where rows come from, files, the page.
//!
//! ```text
//! expression  = term { "or" term }          term = factor { "and" factor }
//! factor      = "not" factor | "(" expression ")" | "has" field | test
//! test        = operand ( "==" | "!=" | "<" | "<=" | ">" | ">=" ) value
//!             | operand ( "contains" | "startswith" | "endswith" ) text
//!             | operand "matches" ( "glob*" | /regex/ )
//!             | operand "in" ( "{" value { "," value } "}" | network )
//! operand     = field | "len(" field ")" | "labels(" field ")" | "entropy(" field ")"
//! ```
//!
//! The case of letters does not matter but in `uid` and `history`. A row without a value passes no
//! test but `!=`. A list (`answers`, `TTLs`) passes where one of its elements does.

mod complete;
mod field;
mod lex;
mod parse;
mod test;
mod value;

pub use complete::{Completion, Suggestion, complete};
pub use field::{FIELDS, Field, Kind, Log, canonical, field};
pub use parse::{Expected, Problem, parse};

use test::Node;

/// A text that was understood.
#[derive(Debug, Clone)]
pub struct Filter {
    columns: Vec<String>,
    node: Option<Node>,
}

impl Filter {
    /// The columns that [`Filter::accepts`] wants to see, by Zeek's names; `domain`, the registered
    /// domain of `query`, is one that the caller makes.
    #[must_use]
    pub fn columns(&self) -> &[String] {
        &self.columns
    }

    /// Whether every row is meant.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.node.is_none()
    }

    /// Whether a row is meant: the text of each of [`Filter::columns`], `None` where it is unset.
    #[must_use]
    pub fn accepts(&self, row: &[Option<&[u8]>]) -> bool {
        self.node.as_ref().is_none_or(|node| node.accepts(row))
    }
}

/// The filter that shows rows with this value, or those without it; `None` where the field has no
/// name that the language knows.
#[must_use]
pub fn test_of(column: &str, value: Option<&str>, wanted: bool) -> Option<String> {
    let name = field::shortest(column)?;
    Some(match (value, wanted) {
        (Some(value), true) => format!("{name} == {}", value::quoted(value)),
        (Some(value), false) => format!("{name} != {}", value::quoted(value)),
        (None, true) => format!("not has {name}"),
        (None, false) => format!("has {name}"),
    })
}

/// A filter that asks for both; an empty one asks for nothing.
#[must_use]
pub fn and(filter: &str, test: &str) -> String {
    let filter = filter.trim();
    if filter.is_empty() {
        return test.to_owned();
    }
    // What holds "or" at its outside would take the test into its last part.
    match parse(filter, &[]) {
        Ok(parsed) if matches!(parsed.node, Some(Node::Any(_))) => format!("({filter}) and {test}"),
        _ => format!("{filter} and {test}"),
    }
}
