//! Answers in words.
//!
//! In: answers. Out: sentences. Must not know: where they are shown.

use wakeful_lookup::{Problem, Record};

use crate::state::format::{iso, score};

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
        // A registrar's name may end with a full stop of its own.
        .map(|(name, value)| format!("{name}: {}.", value.trim_end_matches('.')))
        .collect();
    said.join(" ")
}

/// A score that was raised, in a word beside the new one; it may be raised by less than shows.
#[must_use]
pub fn before(own: f64, raised: f64) -> String {
    match score(own) {
        text if text == score(raised) => "raised".to_owned(),
        text => format!("was {text}"),
    }
}

/// The same as a sentence.
#[must_use]
pub fn raise(own: f64, raised: f64) -> String {
    let (own, raised) = (score(own), score(raised));
    if own == raised {
        format!("The logs alone give {own} of 100; this raises it by less than 1.")
    } else {
        format!("The logs alone give {own} of 100; with this it ranks as {raised}.")
    }
}

fn day(seconds: f64) -> String {
    iso(seconds).chars().take(10).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use wakeful_lookup::rdap::Registration;

    #[test]
    fn an_answer_is_sentences_and_each_ends_once() {
        let found = Ok(Record::Registration(Registration {
            registered: Some(0.0),
            registrar: Some("Some Registrar Inc.".into()),
            name_servers: vec!["ns1.evil.com".into(), "ns2.evil.com".into()],
            ..Registration::default()
        }));
        assert_eq!(
            outcome(&found),
            "Registered 1970-01-01. Registrar: Some Registrar Inc. Name servers: ns1.evil.com, \
             ns2.evil.com."
        );
        assert_eq!(more(&Err(Problem::Slow)), "");
    }

    #[test]
    fn a_rise_that_does_not_show_is_not_told_in_numbers() {
        assert_eq!(before(0.39, 0.797), "was 39");
        assert_eq!(before(0.9991, 0.9995), "raised");
        assert!(raise(0.39, 0.797).ends_with("ranks as 79."));
        assert!(raise(0.9991, 0.9995).ends_with("less than 1."));
    }
}
