//! The field in which a filter is written: its text, what is offered at the caret, what is wrong.
//!
//! In: what was typed. Out: the next text and caret, suggestions, the problem and its place.
//! Must not know: the browser, rows.

use wakeful_query::{Completion, Log, Problem, complete, parse};

/// The field.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Field {
    /// What stands in it.
    pub text: String,
    /// Where the caret is, in bytes.
    pub caret: usize,
    /// Whether suggestions are shown.
    pub open: bool,
    /// The suggestion that the arrow keys are on.
    pub chosen: Option<usize>,
}

impl Field {
    /// A field with a text, the caret behind it.
    #[must_use]
    pub fn of(text: &str) -> Self {
        Self {
            caret: text.len(),
            text: text.to_owned(),
            ..Self::default()
        }
    }

    /// The field after typing; `caret` counts UTF-16 units, as browsers do.
    #[must_use]
    pub fn typed(text: String, caret: usize) -> Self {
        Self {
            caret: bytes_before(&text, caret),
            text,
            open: true,
            chosen: None,
        }
    }

    /// What could be written at the caret; nothing while the list is closed.
    #[must_use]
    pub fn completion(&self, log: Log, columns: &[String]) -> Option<Completion> {
        let completion = self
            .open
            .then(|| complete(&self.text, self.caret, log, columns))?;
        (!completion.suggestions.is_empty()).then_some(completion)
    }

    /// What is wrong, where the text is no filter.
    #[must_use]
    pub fn problem(&self, columns: &[String]) -> Option<Problem> {
        parse(&self.text, columns).err()
    }

    /// To the next suggestion, or the one before; round at the ends.
    pub fn choose(&mut self, by: isize, of: usize) {
        if of == 0 {
            return;
        }
        self.chosen = Some(match self.chosen {
            None if by < 0 => of - 1,
            None => 0,
            Some(at) => (at as isize + by).rem_euclid(of as isize) as usize,
        });
    }

    /// Puts a suggestion in place of the word at the caret.
    pub fn accept(&mut self, completion: &Completion, at: usize) {
        let Some(suggestion) = completion.suggestions.get(at) else {
            return;
        };
        let Some(rest) = self.text.get(completion.at.end..) else {
            return;
        };
        // One blank between the two, not two.
        let insert = match rest.starts_with(' ') {
            true => suggestion.insert.trim_end(),
            false => &suggestion.insert,
        };
        let caret = completion.at.start + insert.len();
        self.text = format!("{}{insert}{rest}", &self.text[..completion.at.start]);
        self.caret = caret;
        self.open = true;
        self.chosen = None;
    }

    /// The caret in UTF-16 units.
    #[must_use]
    pub fn caret_units(&self) -> usize {
        self.text
            .get(..self.caret)
            .map_or(0, |before| before.encode_utf16().count())
    }
}

fn bytes_before(text: &str, units: usize) -> usize {
    let mut left = units;
    for (at, character) in text.char_indices() {
        if left < character.len_utf16() {
            return at;
        }
        left -= character.len_utf16();
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_suggestion_replaces_the_word_and_leaves_the_rest() {
        let mut field = Field::typed("quer contains \"é\"".to_owned(), 4);
        let completion = field.completion(Log::Dns, &[]).unwrap();
        field.choose(1, completion.suggestions.len());
        field.accept(&completion, field.chosen.unwrap());
        assert_eq!(field.text, "query contains \"é\"");
        assert_eq!(field.caret, 5);
        assert_eq!(field.chosen, None);
        let mut short = Field::typed("cl".to_owned(), 2);
        let completion = short.completion(Log::Dns, &[]).unwrap();
        short.accept(&completion, 0);
        assert_eq!((short.text.as_str(), short.caret), ("client ", 7));
    }

    #[test]
    fn the_choice_goes_round() {
        let mut field = Field::default();
        field.choose(-1, 3);
        assert_eq!(field.chosen, Some(2));
        field.choose(1, 3);
        assert_eq!(field.chosen, Some(0));
        field.choose(1, 0);
        assert_eq!(field.chosen, Some(0));
    }

    #[test]
    fn carets_are_counted_as_browsers_do() {
        let text = "a\u{1f43a}b";
        assert_eq!(bytes_before(text, 3), 5);
        assert_eq!(Field::typed(text.to_owned(), 3).caret_units(), 3);
        assert_eq!(bytes_before(text, 99), text.len());
    }
}
