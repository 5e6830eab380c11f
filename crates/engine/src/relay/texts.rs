//! Texts that came before, on both sides.
//!
//! In: a row's texts. Out: a mark for each, with its bytes where they have to be handed on. Must not know: rows.
//!
//! Names and addresses repeat. Each side keeps those that came last, in places by their hash, and what stands in its place
//! already is handed on as the place's number; whoever counts has noted there what number the text has
//! ([`Text::noted`]), and looks nothing up. Whoever writes decides alone: the other side does what a mark says.

use super::{Damaged, extend, take};
use crate::analysis::{Note, Text};
use crate::hash::{place, same};
use std::cell::Cell;

/// Bytes of a text that is kept, at most: tunnels' names, of which no two are the same, are longer.
const LONGEST: usize = 63;
/// In a mark: the text stands in its place.
const KEPT: u32 = 1 << 31;
/// In a mark: the text follows, and is to be kept in its place.
const KEEP: u32 = 1 << 30;
/// The bits of a mark that say how long a text is that is to be kept.
const LENGTH_BITS: u32 = 6;

/// A text of up to [`LONGEST`] bytes, and its length: what a processor fetches at once.
#[derive(Debug, Clone, Copy)]
#[repr(align(64))]
struct Slot([u8; LONGEST + 1]);

impl Slot {
    /// No text: none is so long.
    const EMPTY: Self = Self([u8::MAX; LONGEST + 1]);

    fn text(&self) -> Option<&[u8]> {
        self.0.get(..usize::from(self.0[LONGEST]))
    }

    fn put(&mut self, text: &[u8]) {
        self.0[..text.len()].copy_from_slice(text);
        self.0[LONGEST] = text.len() as u8;
    }
}

/// The writer's side.
#[derive(Debug)]
pub(super) struct Sent {
    /// A power of two of them.
    slots: Vec<Slot>,
}

impl Sent {
    /// Keeps so many texts, a power of two.
    pub(super) fn of(slots: usize) -> Self {
        Self {
            slots: vec![Slot::EMPTY; slots],
        }
    }

    /// A text's mark; adds its bytes where they have to be handed on.
    #[inline]
    pub(super) fn mark(&mut self, text: &[u8], bytes: &mut Vec<u8>) -> u32 {
        if text.len() > LONGEST {
            extend(bytes, text);
            return text.len() as u32;
        }
        let at = place(text) & (self.slots.len() - 1);
        let slot = &mut self.slots[at];
        if slot.text().is_some_and(|kept| same(kept, text)) {
            return KEPT | at as u32;
        }
        slot.put(text);
        extend(bytes, text);
        KEEP | (at as u32) << LENGTH_BITS | text.len() as u32
    }
}

/// The other side.
#[derive(Debug)]
pub(super) struct Received {
    slots: Vec<Slot>,
    /// What an analysis noted of each.
    notes: Vec<Cell<Note>>,
}

impl Received {
    /// As many as [`Sent::of`].
    pub(super) fn of(slots: usize) -> Self {
        Self {
            slots: vec![Slot::EMPTY; slots],
            notes: vec![Cell::default(); slots],
        }
    }

    /// The text of a mark, taken from `rest` where it follows.
    #[inline]
    pub(super) fn text<'a, 'b: 'a>(
        &'a mut self,
        mark: u32,
        rest: &mut &'b [u8],
    ) -> Result<Text<'a>, Damaged> {
        if mark & KEPT != 0 {
            let at = (mark & !KEPT) as usize;
            let (slot, note) = self.slots.get(at).zip(self.notes.get(at)).ok_or(Damaged)?;
            return Ok(Text::noted(slot.text().ok_or(Damaged)?, note));
        }
        if mark & KEEP == 0 {
            return Ok(Text::new(take(rest, mark as usize)?));
        }
        let length = mark & ((1 << LENGTH_BITS) - 1);
        let text = take(rest, length as usize)?;
        let at = ((mark & !KEEP) >> LENGTH_BITS) as usize;
        let slot = self.slots.get_mut(at).ok_or(Damaged)?;
        slot.put(text);
        let note = &self.notes[at];
        note.set(Note::default());
        Ok(Text::noted(text, note))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_what_was_handed_over() {
        let (mut sent, mut received) = (Sent::of(16), Received::of(16));
        let mut state = 3_u64;
        let texts: Vec<Vec<u8>> = (0..5000)
            .map(|_| {
                state = state
                    .wrapping_mul(6_364_136_223_846_793_005)
                    .wrapping_add(1);
                // All lengths about the longest that is kept, and few texts of each.
                let length = [0, 1, 8, 62, 63, 64, 200][(state >> 33) as usize % 7];
                vec![b'a' + (state >> 40) as u8 % 5; length]
            })
            .collect();
        let mut kept = 0;
        for text in &texts {
            let mut bytes = Vec::new();
            let mark = sent.mark(text, &mut bytes);
            kept += usize::from(bytes.is_empty() && !text.is_empty());
            let mut rest = &bytes[..];
            let received = received.text(mark, &mut rest).unwrap();
            assert_eq!(received.bytes, text);
            assert!(rest.is_empty());
        }
        assert!(kept > 1000, "{kept}");
    }

    #[test]
    fn a_note_is_that_of_its_text() {
        let (mut sent, mut received) = (Sent::of(1), Received::of(1));
        let ids = [&b"a"[..], b"a", b"b", b"a"].map(|text| {
            let mut bytes = Vec::new();
            let mark = sent.mark(text, &mut bytes);
            let text = received.text(mark, &mut &bytes[..]).unwrap();
            text.id(Default::default(), |text| u32::from(text[0]))
        });
        assert_eq!(ids, [97, 97, 98, 97]);
    }

    #[test]
    fn marks_that_nobody_gave_are_damaged() {
        let mut received = Received::of(2);
        for mark in [
            KEPT,
            KEPT | 1,
            KEPT | 2,
            u32::MAX,
            KEEP | 2 << LENGTH_BITS,
            9,
            KEEP | 9,
        ] {
            let text = received.text(mark, &mut &b"8 bytes."[..]);
            assert_eq!(
                text.map(|text| text.bytes.to_vec()),
                Err(Damaged),
                "{mark:x}"
            );
        }
    }
}
