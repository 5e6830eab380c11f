//! A row's fields, typed.
//!
//! In: the row. Out: values; a problem for each that is not what its field holds.
//! Must not know: which log the row belongs to.

use crate::problem::Problems;
use crate::value::{self, List, Micros, Proto};
use crate::zeek::{Header, Row, Slot};

/// Typed access to a row; a value that is not what its field holds is left out and becomes a
/// problem.
pub(crate) struct Fields<'r, R> {
    pub(crate) row: R,
    pub(crate) header: Option<&'r Header>,
    pub(crate) line: u64,
    pub(crate) problems: &'r mut Problems,
}

impl<'a, R: Row<'a>> Fields<'_, R> {
    #[inline]
    pub(crate) fn text(&self, slot: Slot) -> Option<&'a [u8]> {
        self.row.get(slot)
    }

    #[inline]
    pub(crate) fn proto(&self) -> Proto {
        self.text(Slot::Proto).map(Proto::parse).unwrap_or_default()
    }

    #[inline]
    pub(crate) fn list(&self, slot: Slot) -> List<'a> {
        match (self.header, self.text(slot)) {
            (Some(header), text) => header.list(text),
            (None, Some(text)) if text.starts_with(b"[") => List::Json(text),
            // Some shippers flatten a list of one.
            (None, Some(text)) => List::Tsv { text, separator: 0 },
            (None, None) => List::Unset,
        }
    }

    pub(crate) fn time(&mut self) -> Option<Micros> {
        self.typed(Slot::Ts, "ts", "a time", value::time)
    }

    pub(crate) fn count(&mut self, slot: Slot, name: &str) -> Option<u64> {
        self.typed(slot, name, "a count", value::count)
    }

    pub(crate) fn number(&mut self, slot: Slot, name: &str) -> Option<u16> {
        self.typed(slot, name, "a number from 0 to 65535", value::number)
    }

    pub(crate) fn seconds(&mut self, slot: Slot, name: &str) -> Option<f64> {
        self.typed(slot, name, "a duration in seconds", value::seconds)
    }

    pub(crate) fn boolean(&mut self, slot: Slot, name: &str) -> Option<bool> {
        self.typed(slot, name, "T or F", value::boolean)
    }

    // As a function of its own it would be handed words for a problem that there rarely is.
    #[inline(always)]
    fn typed<T>(
        &mut self,
        slot: Slot,
        name: &str,
        what: &str,
        parse: impl Fn(&[u8]) -> Option<T>,
    ) -> Option<T> {
        let text = self.text(slot)?;
        let value = parse(text);
        if value.is_none() {
            left_out(self.problems, self.line, name, text, what);
        }
        value
    }
}

#[cold]
fn left_out(problems: &mut Problems, line: u64, name: &str, text: &[u8], what: &str) {
    problems.add(Some(line), || {
        let shown = quoted(text);
        format!("{name} is \"{shown}\", which is not {what}; the value was left out, the row kept.")
    });
}

/// The start of a value, with all that a reader cannot see or that is no UTF-8 escaped.
fn quoted(text: &[u8]) -> String {
    const SHOWN: usize = 40;
    let mut out = String::new();
    for chunk in text[..text.len().min(4 * SHOWN)].utf8_chunks() {
        out.extend(chunk.valid().chars().flat_map(char::escape_debug));
        for byte in chunk.invalid() {
            out.push_str(&format!("\\x{byte:02x}"));
        }
    }
    out.chars().take(SHOWN).collect()
}
