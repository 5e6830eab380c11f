//! Bytes to lines, pushed.
//!
//! In: chunks of text. Out: each line without its end (`\n` or `\r\n`), its number and its
//! place. Must not know: what a line says. Only a line that crosses a chunk's border is copied;
//! one longer than [`MAX_LINE`] is handed out as [`Line::TooLong`] and never held.

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
}

impl Lines {
    /// `offset`: what was left out before the first line (a byte order mark).
    pub(crate) fn starting_at(offset: u64) -> Self {
        Self {
            offset,
            ..Self::default()
        }
    }

    /// How many lines there were so far.
    pub(crate) fn count(&self) -> u64 {
        self.number
    }

    pub(crate) fn feed(&mut self, chunk: &[u8], mut each: impl FnMut(Line<'_>, Place)) {
        let mut start = 0;
        for end in memchr::memchr_iter(b'\n', chunk) {
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
        }
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
    line.strip_suffix(b"\r").unwrap_or(line)
}
