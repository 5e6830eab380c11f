//! Which values of a log stand in a text that the user can edit.
//!
//! In: the text before and after a click on a value, the text after the user's own edits. Out: whether
//! a value that came by a click is still in it: such a text stays out of the address.
//! Must not know: whose text it is, what an address looks like.

/// The part of a value that still tells something of it, in bytes.
const TELLING: usize = 4;

/// The words that came into a text by clicks and are still in it, whole or in part.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Values(Vec<String>);

impl Values {
    /// Whether there are none: all of the text was typed.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// A click made one text of another. What is new in it is of the log.
    pub fn put(&mut self, before: &str, after: &str) {
        let typed = words(before);
        let new = words(after)
            .into_iter()
            .filter(|word| !typed.contains(word));
        self.0.extend(new);
        self.keep(after);
    }

    /// The user edited the text: what is no longer in it is forgotten. A value that was shortened or
    /// lengthened is still a value of the log.
    pub fn keep(&mut self, text: &str) {
        let words = words(text);
        self.0
            .retain(|value| words.iter().any(|word| is_of(word, value)));
    }
}

/// Whether a word is a value, or one is a part of the other that tells something of it.
fn is_of(word: &str, value: &str) -> bool {
    let (short, long) = match word.len() < value.len() {
        true => (word, value),
        false => (value, word),
    };
    short == long || (short.len() >= TELLING && long.contains(short))
}

/// The words of a text in lower case, without the names and signs of the filter language.
fn words(text: &str) -> Vec<String> {
    const LANGUAGE: [&str; 12] = [
        "and",
        "or",
        "not",
        "has",
        "contains",
        "startswith",
        "endswith",
        "matches",
        "in",
        "len",
        "labels",
        "entropy",
    ];
    text.to_lowercase()
        .split(|sign: char| sign.is_whitespace() || "\"'(){},=!<>&|~*?/\\".contains(sign))
        .filter(|word| !word.is_empty())
        .filter(|word| !LANGUAGE.contains(word) && wakeful_query::field(word).is_none())
        .map(str::to_owned)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn after(before: &str, clicked: &str) -> Values {
        let mut values = Values::default();
        values.put(before, clicked);
        values
    }

    #[test]
    fn a_value_stays_one_however_the_text_around_it_is_edited() {
        let clicked = "query == \"x.evil.com\" and client == 10.0.0.5";
        for edited in [
            "query == \"x.evil.com\"",
            "query==\"x.evil.com\"  and client==10.0.0.5",
            "not client in {10.0.0.5}",
            "query == 'X.Evil.COM'",
            "query endswith \"evil.com\"",
            "query matches \"*evil*\"",
            "query matches /evil\\.com$/",
            "query == \"y.x.evil.com\"",
        ] {
            let mut values = after("", clicked);
            values.keep(edited);
            assert!(!values.is_empty(), "{edited}");
        }
    }

    #[test]
    fn nothing_is_left_of_a_value_that_is_gone() {
        for edited in [
            "",
            "has query",
            "qtype == TXT and rcode != 0",
            "client == 10.9.8.7",
        ] {
            let mut values = after("", "query == \"x.evil.com\" and client == 10.0.0.5");
            values.keep(edited);
            assert!(values.is_empty(), "{edited}");
        }
    }

    #[test]
    fn what_was_typed_is_no_value_of_the_log() {
        let mut values = after("qtype == TXT", "qtype == TXT and client == 10.0.0.5");
        values.keep("qtype == TXT");
        assert!(values.is_empty());
        assert!(after("qtype == TXT", "qtype == TXT and not has query").is_empty());
    }
}
