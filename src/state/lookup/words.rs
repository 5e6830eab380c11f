//! Answers in words.
//!
//! In: answers. Out: sentences. Must not know: where they are shown.

use wakeful_lookup::{Entry, Problem, Record};

use crate::state::format::{duration, iso};

/// An outcome in a sentence or two.
#[must_use]
pub fn outcome(outcome: &Result<Record, Problem>) -> String {
    match outcome {
        Ok(Record::Reputation(found)) => {
            let mut text = format!(
                "{} of {} engines detect it.",
                found.positives(),
                found.total()
            );
            if !found.categories.is_empty() {
                text.push_str(&format!(" Categories: {}.", found.categories.join(", ")));
            }
            for (what, when) in [
                ("Last analysed", found.analysed),
                ("Created", found.created),
            ] {
                if let Some(when) = when {
                    text.push_str(&format!(" {what} {}.", day(when)));
                }
            }
            text
        }
        Ok(Record::Registration(found)) => {
            let mut text = match found.registered {
                Some(when) => format!("Registered {}.", day(when)),
                None => "The registry gives no date of registration.".to_owned(),
            };
            let fields = [
                ("Registrar", found.registrar.clone().unwrap_or_default()),
                ("Status", found.status.join(", ")),
                ("Name servers", found.name_servers.join(", ")),
                ("Expires", found.expires.map(day).unwrap_or_default()),
            ];
            for (name, value) in fields.into_iter().filter(|(_, value)| !value.is_empty()) {
                text.push_str(&format!(" {name}: {value}."));
            }
            text
        }
        Err(problem) => problem.to_string(),
    }
}

fn day(seconds: f64) -> String {
    iso(seconds).chars().take(10).collect()
}

/// How old a registration was when it was asked; `None` for anything else.
#[must_use]
pub fn age(entry: &Entry) -> Option<String> {
    match &entry.outcome {
        Ok(Record::Registration(found)) => found
            .age(entry.at)
            .map(|days| duration((days * 86_400.0).floor())),
        _ => None,
    }
}
