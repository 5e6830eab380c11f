//! Bytes to lines, pushed.
//!
//! In: chunks of text. Out: each line without its end (`\n` or `\r\n`), its number and its
//! place. Must not know: what a line says. Only a line that crosses a chunk's border is copied;
//! one longer than [`MAX_LINE`] is handed out as [`Line::TooLong`] and never held.

use crate::cut::each_place;

/// Longest line that is read, in bytes. The longest genuine Zeek line is far below: Zeek limits
/// a field to 4 KiB and a vector to 100 elements.
pub const MAX_LINE: usize = 1 << 20;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Line<'a> {
    Text {
        text: &'a [u8],
        /// False for a last line that the input does not end.
        ended: bool,
    },
    TooLong,
}

impl Line<'_> {
    /// Whether it can be a line of a header: `#`, perhaps behind blanks.
    pub(crate) fn is_directive(&self) -> bool {
        match self {
            Self::Text { text, .. } => match text.first() {
                Some(b'#') => true,
                Some(b'\t' | b' ') => text.trim_ascii_start().starts_with(b"#"),
                _ => false,
            },
            Self::TooLong => false,
        }
    }
}

/// Where a line stands: its number from 1, its first byte and its length in the unpacked input.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Place {
    pub(crate) number: u64,
    pub(crate) offset: u64,
}

#[derive(Debug, Default)]
pub(crate) struct Lines {
    /// The start of a line whose end has not come.
    carry: Vec<u8>,
    /// Whether the line at hand is too long, its bytes dropped.
    skipping: bool,
    number: u64,
    /// Where the line at hand begins.
    offset: u64,
    /// Bytes that are still to be left out.
    leave_out: u64,
}

impl Lines {
    /// `offset`: what was left out before the first line (a byte order mark).
    pub(crate) fn starting_at(offset: u64) -> Self {
        Self {
            offset,
            ..Self::default()
        }
    }

    /// `bytes`: what comes and is to be left out before the first line (a byte order mark).
    pub(crate) fn skipping(bytes: u64) -> Self {
        Self {
            leave_out: bytes,
            ..Self::default()
        }
    }

    /// Bytes that are still to be left out.
    pub(crate) fn to_leave_out(&self) -> u64 {
        self.leave_out
    }

    /// How many lines there were so far.
    pub(crate) fn count(&self) -> u64 {
        self.number
    }

    pub(crate) fn feed(&mut self, chunk: &[u8], mut each: impl FnMut(Line<'_>, Place)) {
        let out = self.leave_out.min(chunk.len() as u64);
        self.leave_out -= out;
        self.offset += out;
        let chunk = &chunk[out as usize..];
        let mut start = 0;
        each_place(b'\n', chunk, |end| {
            let piece = &chunk[start..end];
            self.number += 1;
            let place = Place {
                number: self.number,
                offset: self.offset,
            };
            let length = self.carry.len() + piece.len();
            if self.skipping || length > MAX_LINE {
                self.skipping = false;
                each(Line::TooLong, place);
                // Of a line that is skipped, `carry` is empty and `offset` has moved on.
            } else if self.carry.is_empty() {
                each(
                    Line::Text {
                        text: without_return(piece),
                        ended: true,
                    },
                    place,
                );
            } else {
                self.carry.extend_from_slice(piece);
                each(
                    Line::Text {
                        text: without_return(&self.carry),
                        ended: true,
                    },
                    place,
                );
            }
            self.offset += length as u64 + 1;
            self.carry.clear();
            start = end + 1;
        });
        self.hold(&chunk[start..]);
    }

    pub(crate) fn finish(&mut self, mut each: impl FnMut(Line<'_>, Place)) {
        if self.carry.is_empty() && !self.skipping {
            return;
        }
        self.number += 1;
        let place = Place {
            number: self.number,
            offset: self.offset,
        };
        if self.skipping {
            each(Line::TooLong, place);
        } else {
            each(
                Line::Text {
                    text: without_return(&self.carry),
                    ended: false,
                },
                place,
            );
        }
        self.carry.clear();
        self.skipping = false;
    }

    fn hold(&mut self, piece: &[u8]) {
        if self.skipping || self.carry.len() + piece.len() > MAX_LINE {
            self.offset += (self.carry.len() + piece.len()) as u64;
            self.carry.clear();
            self.skipping = true;
        } else {
            self.carry.extend_from_slice(piece);
        }
    }
}

fn without_return(line: &[u8]) -> &[u8] {
    match line {
        [line @ .., b'\r'] => line,
        line => line,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Each line's start (20 bytes are enough), length and place, and the count of lines.
    fn cut(input: &[u8], chunk: usize) -> (Vec<(String, usize, u64, u64)>, u64) {
        let mut lines = Lines::default();
        let mut out = Vec::new();
        let mut each = |line: Line<'_>, place: Place| {
            let (text, length) = match line {
                Line::Text { text, ended } => (
                    format!(
                        "{}{}",
                        text[..text.len().min(20)].escape_ascii(),
                        if ended { "" } else { "…" }
                    ),
                    text.len(),
                ),
                Line::TooLong => ("too long".to_owned(), 0),
            };
            let offset = if text == "too long" { 0 } else { place.offset };
            out.push((text, length, place.number, offset));
        };
        for piece in input.chunks(chunk) {
            lines.feed(piece, &mut each);
        }
        lines.finish(&mut each);
        (out, lines.count())
    }

    fn line(text: &str, number: u64, offset: u64) -> (String, usize, u64, u64) {
        (
            text.to_owned(),
            text.trim_end_matches('…').len(),
            number,
            offset,
        )
    }

    #[test]
    fn a_return_before_the_line_end_is_no_text_wherever_the_chunk_ends() {
        let input = b"a\r\n\r\nb\rc\r\r\n\nend\r";
        let expected = vec![
            line("a", 1, 0),
            line("", 2, 3),
            ("b\\rc\\r".to_owned(), 4, 3, 5),
            line("", 4, 11),
            line("end…", 5, 12),
        ];
        for chunk in 1..=input.len() {
            assert_eq!(
                cut(input, chunk),
                (expected.clone(), 5),
                "chunks of {chunk}"
            );
        }
    }

    #[test]
    fn a_last_line_that_is_ended_is_not_followed_by_another() {
        assert_eq!(cut(b"a\n", 1), (vec![line("a", 1, 0)], 1));
        assert_eq!(cut(b"", 1), (vec![], 0));
        assert_eq!(cut(b"\n\n", 2).1, 2);
    }

    #[test]
    fn a_line_of_the_limit_is_read_and_one_byte_more_costs_that_line_only() {
        for (length, end, read) in [
            (MAX_LINE - 1, "\n", true),
            (MAX_LINE, "\n", true),
            (MAX_LINE + 1, "\n", false),
            (MAX_LINE - 1, "\r\n", true),
            // The limit counts the return.
            (MAX_LINE, "\r\n", false),
            (MAX_LINE, "", true),
            (MAX_LINE + 1, "", false),
            (3 * MAX_LINE, "\n", false),
        ] {
            let mut input = b"before\n".to_vec();
            input.resize(input.len() + length, b'x');
            input.extend_from_slice(end.as_bytes());
            let after = input.len() as u64;
            if !end.is_empty() {
                input.extend_from_slice(b"after\n");
            }
            for chunk in [4099, 65_536, MAX_LINE, MAX_LINE + 1, input.len()] {
                let (lines, count) = cut(&input, chunk);
                let case = format!("{length} bytes and {end:?}, chunks of {chunk}");
                assert_eq!(count, lines.len() as u64, "{case}");
                assert_eq!(lines[0], line("before", 1, 0), "{case}");
                assert_eq!(lines[1].1, if read { length } else { 0 }, "{case}");
                assert_eq!(lines[1].0 == "too long", !read, "{case}");
                assert_eq!(lines[1].2, 2, "{case}");
                if end.is_empty() {
                    assert_eq!(count, 2, "{case}");
                } else {
                    assert_eq!(lines[2], line("after", 3, after), "{case}");
                }
            }
        }
    }

    #[test]
    fn what_is_held_of_a_line_never_exceeds_the_limit() {
        let mut lines = Lines::default();
        for _ in 0..300 {
            lines.feed(&[b'x'; 10_000], |_, _| {});
            assert!(lines.carry.len() <= MAX_LINE);
        }
        assert!(lines.carry.capacity() <= 2 * MAX_LINE);
    }
}
