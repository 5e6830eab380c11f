//! A text of a row, and what an analysis noted of it when it came before.
//!
//! In: bytes, and a place for a note, where whoever hands on rows keeps one for a text that came before
//! ([`crate::relay`]). Out: the number that the analysis gave the text, without a look at its bytes. Must not know:
//! what the text is.

use std::cell::Cell;

/// A text of a row.
#[derive(Clone, Copy)]
pub(crate) struct Text<'a> {
    /// Its bytes.
    pub(crate) bytes: &'a [u8],
    /// Where an analysis notes what it knows of it.
    note: Option<&'a Cell<Note>>,
}

/// What an analysis knows of a text.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Note {
    /// When numbers were last given anew; 0 where nothing is noted.
    age: u32,
    /// The text's number.
    id: u32,
}

impl<'a> Text<'a> {
    /// A text of which nothing is noted.
    pub(crate) fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, note: None }
    }

    /// A text that is kept beside its note, which is [`Note::default`] where the text is new.
    pub(crate) fn noted(bytes: &'a [u8], note: &'a Cell<Note>) -> Self {
        let note = Some(note);
        Self { bytes, note }
    }

    /// Its number, looked up where none is noted. Numbers that were given before `age` count for nothing.
    #[inline(always)]
    pub(crate) fn id(self, age: Age, look_up: impl FnOnce(&'a [u8]) -> u32) -> u32 {
        let Some(note) = self.note else {
            return look_up(self.bytes);
        };
        match note.get() {
            known if known.age == age.0 => known.id,
            _ => {
                let id = look_up(self.bytes);
                note.set(Note { age: age.0, id });
                id
            }
        }
    }
}

impl std::fmt::Debug for Text<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.bytes.fmt(f)
    }
}

/// How often an analysis gave its texts numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Age(u32);

impl Default for Age {
    fn default() -> Self {
        Self(1)
    }
}

impl Age {
    /// Numbers are given anew.
    pub(super) fn advance(&mut self) {
        self.0 += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_looked_up_once_until_numbers_are_given_anew() {
        let note = Cell::default();
        let text = Text::noted(b"a.example", &note);
        let mut age = Age::default();
        let unasked = |_: &[u8]| unreachable!("it is noted");
        assert_eq!(text.id(age, |bytes| bytes.len() as u32), 9);
        assert_eq!(text.id(age, unasked), 9);
        age.advance();
        assert_eq!(text.id(age, |_| 4), 4);
        assert_eq!(text.id(age, unasked), 4);
        let text = Text::new(b"a.example");
        assert_eq!([1, 2].map(|id| text.id(age, |_| id)), [1, 2]);
    }
}
