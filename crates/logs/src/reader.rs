//! One input, from its first byte to its last: sniffed, unpacked, cut into lines, read.
//!
//! In: chunks. Out: records to a [`Sink`], and a [`Summary`]. Must not know: what a record is
//! used for, what the input is called.

use crate::extract::Unpacked;
use crate::inflate::{Broken, Inflate};
use crate::problem::Problems;
use crate::rows::Rows;
use crate::sniff::{SNIFF_BYTES, Sniffed, sniff};
use crate::zeek::Header;
use crate::{ConnRecord, DnsRecord};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

pub use crate::lines::MAX_LINE;

/// Takes the records of an input.
pub trait Sink {
    /// A row of a `dns.log`.
    fn dns(&mut self, record: &DnsRecord<'_>, at: At);
    /// A row of a `conn.log`.
    fn conn(&mut self, record: &ConnRecord<'_>, at: At);
}

/// Where a record stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct At {
    /// The line's number, from 1.
    pub line: u64,
    /// Its first byte, counted in the unpacked input.
    pub offset: u64,
    /// Its length in bytes, without the line's end.
    pub len: u32,
    /// The header above it, as a position in [`Summary::headers`]; `None` for JSON.
    pub header: Option<u32>,
}

/// How the rows of an input are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Format {
    /// Tab-separated under a header.
    Tsv,
    /// One JSON object a line.
    Json,
}

/// Which log an input is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Kind {
    /// `dns.log`
    Dns,
    /// `conn.log`
    Conn,
    /// Another log, or nothing that could be read.
    Other,
}

impl Kind {
    /// The word in reports.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Dns => "dns",
            Self::Conn => "conn",
            Self::Other => "other",
        }
    }
}

/// What an input was, and how much of it was read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Summary {
    /// How the first rows were written; `None` where nothing was recognised.
    pub format: Option<Format>,
    /// Whether it came packed with gzip.
    pub gzip: bool,
    /// The first log in it that is read.
    pub kind: Kind,
    /// Bytes as they came.
    pub bytes: u64,
    /// Lines in all: `dns + conn + set_aside + skipped + unread`.
    pub lines: u64,
    /// Rows of `dns.log`.
    pub dns: u64,
    /// Rows of `conn.log`.
    pub conn: u64,
    /// Rows of other logs, by the log's name.
    pub set_aside: BTreeMap<String, u64>,
    /// Lines that could not be read; each is a problem.
    pub skipped: u64,
    /// Headers, comments and blank lines.
    pub unread: u64,
    /// What was wrong.
    pub problems: Problems,
    /// The headers, in the order in which they were met.
    pub headers: Vec<Header>,
}

impl Summary {
    /// Rows of logs that are read.
    #[must_use]
    pub fn records(&self) -> u64 {
        self.dns + self.conn
    }

    /// `zeek-tsv`, `zeek-json`, either with `+gzip`; `unknown`.
    #[must_use]
    pub fn format_name(&self) -> &'static str {
        match (self.format, self.gzip) {
            (Some(Format::Tsv), false) => "zeek-tsv",
            (Some(Format::Tsv), true) => "zeek-tsv+gzip",
            (Some(Format::Json), false) => "zeek-json",
            (Some(Format::Json), true) => "zeek-json+gzip",
            (None, _) => "unknown",
        }
    }
}

/// Reads one input.
pub struct Reader {
    stage: Stage,
    bytes: u64,
    gzip: bool,
}

enum Stage {
    /// Not enough bytes to tell.
    Sniffing(Vec<u8>),
    Gzip(Box<Inflate>, Inner),
    /// What another has unpacked.
    Unpacked(Inner),
    Text(Box<Rows>),
    Refused(&'static str),
}

/// What is inside a gzip stream: sniffed as well.
enum Inner {
    Sniffing(Vec<u8>),
    Text(Box<Rows>),
    Refused(&'static str),
}

impl Default for Reader {
    fn default() -> Self {
        Self::new()
    }
}

impl Reader {
    /// Nothing read so far.
    #[must_use]
    pub fn new() -> Self {
        Self {
            stage: Stage::Sniffing(Vec::new()),
            bytes: 0,
            gzip: false,
        }
    }

    /// Takes what a gzip stream holds, unpacked by another ([`crate::Unpack`]); ends by
    /// [`Reader::finish_unpacked`], and gives what reading the stream itself gives.
    #[must_use]
    pub fn unpacked() -> Self {
        Self {
            stage: Stage::Unpacked(Inner::Sniffing(Vec::new())),
            bytes: 0,
            gzip: true,
        }
    }

    /// Takes the next bytes.
    pub fn feed(&mut self, chunk: &[u8], sink: &mut dyn Sink) {
        self.bytes += chunk.len() as u64;
        self.push(chunk, sink);
    }

    /// Records read so far.
    #[must_use]
    pub fn records(&self) -> u64 {
        match &self.stage {
            Stage::Text(rows) => rows.records(),
            Stage::Gzip(_, Inner::Text(rows)) | Stage::Unpacked(Inner::Text(rows)) => {
                rows.records()
            }
            _ => 0,
        }
    }

    fn push(&mut self, chunk: &[u8], sink: &mut dyn Sink) {
        match &mut self.stage {
            Stage::Sniffing(start) => {
                start.extend_from_slice(chunk);
                if start.len() >= SNIFF_BYTES {
                    self.sniffed(sink);
                }
            }
            // What is not read is not unpacked either.
            Stage::Gzip(_, Inner::Refused(_)) => {}
            Stage::Gzip(inflate, inner) => {
                inflate.feed(chunk, |unpacked| inner.feed(unpacked, sink));
            }
            Stage::Unpacked(inner) => inner.feed(chunk, sink),
            Stage::Text(rows) => rows.feed(chunk, sink),
            Stage::Refused(_) => {}
        }
    }

    fn sniffed(&mut self, sink: &mut dyn Sink) {
        let Stage::Sniffing(start) = &mut self.stage else {
            return;
        };
        let start = std::mem::take(start);
        match sniff(&start) {
            Sniffed::Gzip => {
                self.gzip = true;
                self.stage = Stage::Gzip(Box::new(Inflate::new()), Inner::Sniffing(Vec::new()));
                self.push(&start, sink);
            }
            Sniffed::Text(skip) => {
                self.stage = Stage::Text(Box::new(Rows::new(skip as u64)));
                self.push(&start[skip..], sink);
            }
            Sniffed::Refused(what) => self.stage = Stage::Refused(what),
        }
    }

    /// Ends an input that another has unpacked.
    pub fn finish_unpacked(self, end: Unpacked, sink: &mut dyn Sink) -> Summary {
        match self.stage {
            Stage::Unpacked(inner) => inner.finish(end.bytes, end.broken, sink),
            _ => self.finish(sink),
        }
    }

    /// Ends the input.
    pub fn finish(mut self, sink: &mut dyn Sink) -> Summary {
        if self.bytes == 0 {
            return Rows::new(0).refuse("This file is empty.", self.bytes, self.gzip);
        }
        self.sniffed(sink);
        match self.stage {
            Stage::Refused(what) => Rows::new(0).refuse(what, self.bytes, self.gzip),
            Stage::Text(rows) => rows.finish(self.bytes, false, None, sink),
            Stage::Gzip(inflate, inner) => inner.finish(self.bytes, inflate.finish().err(), sink),
            Stage::Unpacked(inner) => inner.finish(self.bytes, None, sink),
            Stage::Sniffing(_) => Rows::new(0).refuse("This file is empty.", self.bytes, self.gzip),
        }
    }
}

impl Inner {
    fn feed(&mut self, chunk: &[u8], sink: &mut dyn Sink) {
        match self {
            Self::Sniffing(start) => {
                start.extend_from_slice(chunk);
                if start.len() >= SNIFF_BYTES {
                    self.sniffed(sink);
                }
            }
            Self::Text(rows) => rows.feed(chunk, sink),
            Self::Refused(_) => {}
        }
    }

    fn sniffed(&mut self, sink: &mut dyn Sink) {
        let Self::Sniffing(start) = self else {
            return;
        };
        let start = std::mem::take(start);
        *self = match sniff(&start) {
            Sniffed::Gzip => Self::Refused(
                "This is packed with gzip twice; unpack it once (gunzip) and drop it again.",
            ),
            Sniffed::Refused(what) => Self::Refused(what),
            Sniffed::Text(skip) => {
                let mut rows = Box::new(Rows::new(skip as u64));
                rows.feed(&start[skip..], sink);
                Self::Text(rows)
            }
        };
    }

    fn finish(mut self, bytes: u64, broken: Option<Broken>, sink: &mut dyn Sink) -> Summary {
        self.sniffed(sink);
        match self {
            Self::Text(rows) => rows.finish(bytes, true, broken, sink),
            Self::Refused(what) => Rows::new(0).refuse(what, bytes, true),
            Self::Sniffing(_) => Rows::new(0).refuse("This file is empty.", bytes, true),
        }
    }
}
