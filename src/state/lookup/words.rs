//! Answers in words.
//!
//! In: answers. Out: sentences. Must not know: where they are shown.

use wakeful_lookup::{Problem, Record};

use crate::state::format::iso;

/// An outcome in a sentence or two.
#[must_use]
pub fn outcome(outcome: &Result<Record, Problem>) -> String {
    let more = more(outcome);
    match headline(outcome) {
        text if more.is_empty() => text,
        text => format!("{text} {more}"),
    }
}

/// The one sentence that matters.
#[must_use]
pub fn headline(outcome: &Result<Record, Problem>) -> String {
    match outcome {
        Ok(Record::Reputation(found)) => format!(
            "{} of {} engines detect it.",
            found.positives(),
            found.total()
        ),
        Ok(Record::Registration(found)) => match found.registered {
            Some(when) => format!("Registered {}.", day(when)),
            None => "The registry gives no date of registration.".to_owned(),
        },
        Err(problem) => problem.to_string(),
    }
}

/// What else the answer holds; empty where that is nothing.
#[must_use]
pub fn more(outcome: &Result<Record, Problem>) -> String {
    let fields = match outcome {
        Ok(Record::Reputation(found)) => vec![
            ("Categories", found.categories.join(", ")),
            ("Last analysed", found.analysed.map(day).unwrap_or_default()),
            ("Domain made", found.created.map(day).unwrap_or_default()),
        ],
        Ok(Record::Registration(found)) => vec![
            ("Registrar", found.registrar.clone().unwrap_or_default()),
            ("Status", found.status.join(", ")),
            ("Name servers", found.name_servers.join(", ")),
            ("Changed", found.changed.map(day).unwrap_or_default()),
            ("Expires", found.expires.map(day).unwrap_or_default()),
        ],
        Err(_) => Vec::new(),
    };
    let said: Vec<String> = fields
        .into_iter()
        .filter(|(_, value)| !value.is_empty())
        .map(|(name, value)| format!("{name}: {value}."))
        .collect();
    said.join(" ")
}

fn day(seconds: f64) -> String {
    iso(seconds).chars().take(10).collect()
}
