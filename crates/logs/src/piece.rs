//! Pieces of one text, read apart and put together again.
//!
//! In: the text before a piece ([`Before`]), then the piece ([`PieceReader`]). Out: what was
//! read of it ([`PieceSummary`]), and from all of them the [`Summary`] of one pass ([`join`]). Must
//! not know: where pieces come from, who reads them.
//!
//! A piece begins and ends at a line's end. What its rows mean depends on the header above them, so a
//! piece is read from a [`Start`], and says in which state it left its reader: where one piece's end is
//! not the next one's start, [`join`] says so, for the next one was read under the wrong header.

use crate::lines::Lines;
use crate::problem::Problems;
use crate::reader::{At, Format, Kind, Sink, Summary};
use crate::rows::{MAX_HEADERS, MAX_LOGS, RowReader, Rows};
use crate::sniff::{Sniffed, sniff};
use crate::zeek::Header;
use crate::{ConnRecord, DnsRecord};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What a reader knows at the beginning of a line from the lines before it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Start {
    /// How many bytes come before, where that is known.
    pub(crate) at: Option<u64>,
    /// Bytes to leave out before the first line: a byte order mark.
    pub(crate) skip: u64,
    /// The header as far as it was read.
    pub(crate) header: Header,
    /// The one that rows are shown under: as it was at its `#fields`.
    pub(crate) shown: Option<Header>,
    /// How the rows are written, where that is known.
    pub(crate) format: Option<Format>,
}

/// Reads the text before a piece for what the piece must know of it. Only lines that can change that are
/// looked at, so it is several times as fast as reading.
pub struct Before {
    bytes: u64,
    lines: Lines,
    rows: RowReader,
}

struct Nobody;

impl Sink for Nobody {
    fn dns(&mut self, _record: &DnsRecord<'_>, _at: At) {}
    fn conn(&mut self, _record: &ConnRecord<'_>, _at: At) {}
}

impl Start {
    /// The beginning of a text, by its first bytes (512 are enough); `None` for what is no text, or
    /// empty: that is read whole.
    #[must_use]
    pub fn of_text(first: &[u8]) -> Option<Self> {
        match sniff(first) {
            Sniffed::Text(skip) if !first.is_empty() => Some(Self {
                at: Some(0),
                skip: skip as u64,
                ..Self::default()
            }),
            _ => None,
        }
    }

    /// The same behind so many bytes, or behind nobody knows how many.
    #[must_use]
    pub fn behind(self, at: Option<u64>) -> Self {
        Self { at, ..self }
    }

    /// Whether rows mean the same behind both.
    fn reads_as(&self, other: &Self) -> bool {
        (self.skip, &self.header, &self.shown, self.format)
            == (other.skip, &other.header, &other.shown, other.format)
    }
}

impl Before {
    /// Before the first line of a text.
    #[must_use]
    pub fn new(start: &Start) -> Self {
        Self {
            bytes: 0,
            lines: Lines::skipping(start.skip),
            rows: RowReader::starting(start),
        }
    }

    /// Takes the next bytes of the text, in any chunks.
    pub fn feed(&mut self, bytes: &[u8]) {
        self.bytes += bytes.len() as u64;
        let rows = &mut self.rows;
        self.lines.feed(bytes, |line, place| {
            if rows.is_undecided() || line.is_directive() {
                rows.line(line, place, &mut Nobody);
            }
        });
    }

    /// What a piece that begins here must know.
    #[must_use]
    pub fn start(&self) -> Start {
        Start {
            at: Some(self.bytes),
            skip: self.lines.to_leave_out(),
            ..self.rows.state()
        }
    }
}

/// Reads one piece of a text.
pub struct PieceReader {
    start: Start,
    rows: Rows,
    bytes: u64,
}

impl PieceReader {
    /// At a line's beginning.
    #[must_use]
    pub fn new(start: Start) -> Self {
        Self {
            rows: Rows::starting(&start),
            start,
            bytes: 0,
        }
    }

    /// Takes the next bytes of the piece, in any chunks.
    pub fn feed(&mut self, bytes: &[u8], sink: &mut dyn Sink) {
        self.bytes += bytes.len() as u64;
        self.rows.feed(bytes, sink);
    }

    /// Records read so far.
    #[must_use]
    pub fn records(&self) -> u64 {
        self.rows.records()
    }

    /// Ends the piece.
    pub fn finish(self, sink: &mut dyn Sink) -> PieceSummary {
        let (summary, end) = self.rows.end(self.bytes, false, None, sink);
        let at = self.start.at.map(|at| at.saturating_add(self.bytes));
        PieceSummary {
            start: self.start,
            end: end.behind(at),
            summary,
        }
    }
}

/// What was read of a piece.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PieceSummary {
    /// What it was told of the text before it.
    pub start: Start,
    /// What the text behind it must know.
    pub end: Start,
    /// The counts, places and lines of the piece alone, with the problems of its lines.
    pub summary: Summary,
}

/// Where a piece lies in the whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Base {
    /// Bytes before it; `None` behind a piece that is missing.
    pub offset: Option<u64>,
    /// For each header of the piece its position in the headers of the whole.
    pub headers: Vec<u32>,
}

/// Why pieces are no whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fault {
    /// These pieces (counted from 1) are not there.
    Missing(Vec<u32>),
    /// This piece (counted from 1) begins under another header than it was read under.
    Header(u32),
    /// This piece (counted from 1) does not begin where the one before it ends.
    Place(u32),
    /// More different headers, or more other logs, than one reader tells apart.
    TooVaried,
}

/// Pieces put together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Joined {
    /// That of one pass, where there is no fault.
    pub summary: Summary,
    /// Where each piece lies, by its number.
    pub bases: BTreeMap<u32, Base>,
    /// Why it is not.
    pub faults: Vec<Fault>,
}

/// The whole of `of` pieces, by their numbers from 1.
#[must_use]
pub fn join(pieces: &BTreeMap<u32, PieceSummary>, of: u32) -> Joined {
    let mut whole = Summary::nothing(Problems::default(), 0, false);
    let mut bases = BTreeMap::new();
    let mut faults = Vec::new();
    let mut offset = Some(0);
    let mut expected = 1;
    let mut end: Option<&Start> = None;
    for (&number, piece) in pieces {
        if number != expected {
            (offset, end) = (None, None);
        }
        expected = number + 1;
        // Nothing was read under what a piece without bytes was told.
        if piece.summary.bytes > 0 {
            if end.is_some_and(|end| !end.reads_as(&piece.start)) {
                faults.push(Fault::Header(number));
            }
            if let (Some(ends), Some(begins)) = (offset, piece.start.at)
                && ends != begins
            {
                faults.push(Fault::Place(number));
            }
            end = Some(&piece.end);
        }
        let base = Base {
            offset,
            headers: whole.add_headers(&piece.summary.headers),
        };
        whole.add(&piece.summary, offset.is_some());
        bases.insert(number, base);
        offset = offset.map(|offset| offset + piece.summary.bytes);
    }
    let missing: Vec<u32> = (1..=of)
        .filter(|number| !pieces.contains_key(number))
        .collect();
    if missing.is_empty() {
        whole.conclude();
    } else {
        faults.push(Fault::Missing(missing));
    }
    if whole.headers.len() > MAX_HEADERS || whole.set_aside.len() > MAX_LOGS {
        faults.push(Fault::TooVaried);
    }
    Joined {
        summary: whole,
        bases,
        faults,
    }
}

impl Summary {
    /// Whether a summary that anybody could have written can have come from reading: its numbers stay
    /// small enough to be added up, and its lists as long as a reader makes them.
    #[must_use]
    pub fn is_sound(&self) -> bool {
        const MOST: u64 = 1 << 44;
        let set_aside = self.set_aside.values().copied();
        [
            self.bytes,
            self.lines,
            self.dns,
            self.conn,
            self.skipped,
            self.unread,
            self.problems.count(),
        ]
        .into_iter()
        .chain(set_aside)
        .all(|count| count <= MOST)
            && self.problems.listed().len() <= Problems::LISTED
            && self.problems.listed().len() as u64 <= self.problems.count()
            && self.set_aside.len() <= MAX_LOGS + 1
            && self.headers.len() <= MAX_HEADERS
    }

    /// Adds headers that are not there, and says where each stands.
    fn add_headers(&mut self, more: &[Header]) -> Vec<u32> {
        more.iter()
            .map(|header| {
                let known = self.headers.iter().rposition(|known| known == header);
                if known.is_none() {
                    self.headers.push(header.clone());
                }
                known.unwrap_or(self.headers.len() - 1) as u32
            })
            .collect()
    }

    /// Adds what was read behind this; lines have their numbers only where all before them are known.
    fn add(&mut self, next: &Self, lines_known: bool) {
        self.problems
            .add_all(&next.problems, lines_known.then_some(self.lines));
        self.format = self.format.or(next.format);
        if self.kind == Kind::Other {
            self.kind = next.kind;
        }
        self.bytes += next.bytes;
        self.lines += next.lines;
        self.dns += next.dns;
        self.conn += next.conn;
        self.skipped += next.skipped;
        self.unread += next.unread;
        for (log, rows) in &next.set_aside {
            *self.set_aside.entry(log.clone()).or_default() += rows;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The state after reading every line.
    fn naive(start: &Start, text: &[u8]) -> Start {
        let mut lines = Lines::skipping(start.skip);
        let mut rows = RowReader::starting(start);
        lines.feed(text, |line, place| rows.line(line, place, &mut Nobody));
        Start {
            at: Some(text.len() as u64),
            skip: lines.to_leave_out(),
            ..rows.state()
        }
    }

    #[test]
    fn looking_at_headers_alone_leaves_the_state_of_reading_all() {
        let lines = [
            "#separator \\x09\n",
            "#set_separator\t|\n",
            "#fields\tts\tid.orig_h\tquery\n",
            "#fields\tts\tid.orig_h\tproto\tconn_state\n",
            "#fields\n",
            "#path\tdns\n",
            "#unset_field\t(none)\n",
            "  #fields\tts\tuid\tquery\n",
            "\t# a note\n",
            "#close\n",
            "1.5\t10.0.0.1\ta.example\n",
            "{\"ts\":1.5,\"query\":\"a.example\",\"qtype\":1}\n",
            " {\"ts\":1.5,\"query\":\"a#b.example\",\"qtype\":1}\n",
            "no row\r\n",
            "\n",
        ];
        let mut state = 1_u64;
        for _ in 0..4000 {
            let mut next = |bound: usize| {
                state = state
                    .wrapping_mul(6_364_136_223_846_793_005)
                    .wrapping_add(1);
                (state >> 33) as usize % bound
            };
            let mut text = String::new();
            for _ in 0..next(9) {
                text.push_str(lines[next(lines.len())]);
            }
            if next(4) == 0 {
                text.insert(0, '\u{feff}');
            }
            let Some(start) = Start::of_text(text.as_bytes()) else {
                continue;
            };
            let mut before = Before::new(&start);
            for chunk in text.as_bytes().chunks(1 + next(40)) {
                before.feed(chunk);
            }
            assert_eq!(before.start(), naive(&start, text.as_bytes()), "{text:?}");
        }
    }
}
