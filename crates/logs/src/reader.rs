//! One input, from its first byte to its last: sniffed, unpacked, cut into lines, read.
//!
//! In: chunks. Out: records to a [`Sink`], and a [`Summary`]. Must not know: what a record is
//! used for, what the input is called.

use crate::inflate::{Broken, Inflate};
use crate::lines::{Line, Lines, Place};
use crate::problem::Problems;
use crate::sniff::{SNIFF_BYTES, Sniffed, sniff};
use crate::value::{self, List, Micros, Proto};
use crate::zeek::{Arena, BadRow, Directive, Header, Row, Slot, Slots, json_row};
use crate::{ConnRecord, DnsRecord};
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
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// Tab-separated under a header.
    Tsv,
    /// One JSON object a line.
    Json,
}

/// Which log an input is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
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
#[derive(Debug, Clone, PartialEq, Eq)]
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
    Gzip(Inflate, Box<Inner>),
    Text(Box<Rows>),
    Refused(&'static str),
}

/// What is inside a gzip stream: sniffed as well.
enum Inner {
    Sniffing(Vec<u8>),
    Text(Rows),
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

    /// Takes the next bytes.
    pub fn feed(&mut self, chunk: &[u8], sink: &mut impl Sink) {
        self.bytes += chunk.len() as u64;
        self.push(chunk, sink);
    }

    /// Records read so far.
    #[must_use]
    pub fn records(&self) -> u64 {
        match &self.stage {
            Stage::Text(rows) => rows.dns + rows.conn,
            Stage::Gzip(_, inner) => match inner.as_ref() {
                Inner::Text(rows) => rows.dns + rows.conn,
                _ => 0,
            },
            _ => 0,
        }
    }

    fn push(&mut self, chunk: &[u8], sink: &mut impl Sink) {
        match &mut self.stage {
            Stage::Sniffing(start) => {
                start.extend_from_slice(chunk);
                if start.len() >= SNIFF_BYTES {
                    self.sniffed(sink);
                }
            }
            Stage::Gzip(inflate, inner) => {
                inflate.feed(chunk, |unpacked| inner.feed(unpacked, sink))
            }
            Stage::Text(rows) => rows.feed(chunk, sink),
            Stage::Refused(_) => {}
        }
    }

    fn sniffed(&mut self, sink: &mut impl Sink) {
        let Stage::Sniffing(start) = &mut self.stage else {
            return;
        };
        let start = std::mem::take(start);
        match sniff(&start) {
            Sniffed::Gzip => {
                self.gzip = true;
                self.stage = Stage::Gzip(Inflate::new(), Box::new(Inner::Sniffing(Vec::new())));
                self.push(&start, sink);
            }
            Sniffed::Text(skip) => {
                self.stage = Stage::Text(Box::new(Rows::new(skip as u64)));
                self.push(&start[skip..], sink);
            }
            Sniffed::Refused(what) => self.stage = Stage::Refused(what),
        }
    }

    /// Ends the input.
    pub fn finish(mut self, sink: &mut impl Sink) -> Summary {
        if self.bytes == 0 {
            return Rows::new(0).refuse("This file is empty.", self.bytes, self.gzip);
        }
        self.sniffed(sink);
        match self.stage {
            Stage::Refused(what) => Rows::new(0).refuse(what, self.bytes, self.gzip),
            Stage::Text(rows) => rows.finish(self.bytes, false, None, sink),
            Stage::Gzip(inflate, mut inner) => {
                let broken = inflate.finish(|unpacked| inner.feed(unpacked, sink)).err();
                inner.finish(self.bytes, broken, sink)
            }
            Stage::Sniffing(_) => Rows::new(0).refuse("This file is empty.", self.bytes, self.gzip),
        }
    }
}

impl Inner {
    fn feed(&mut self, chunk: &[u8], sink: &mut impl Sink) {
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

    fn sniffed(&mut self, sink: &mut impl Sink) {
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
                let mut rows = Rows::new(skip as u64);
                rows.feed(&start[skip..], sink);
                Self::Text(rows)
            }
        };
    }

    fn finish(mut self, bytes: u64, broken: Option<Broken>, sink: &mut impl Sink) -> Summary {
        self.sniffed(sink);
        match self {
            Self::Text(rows) => rows.finish(bytes, true, broken, sink),
            Self::Refused(what) => Rows::new(0).refuse(what, bytes, true),
            Self::Sniffing(_) => Rows::new(0).refuse("This file is empty.", bytes, true),
        }
    }
}

/// Lines of text to records.
struct Rows {
    lines: Lines,
    rows: RowReader,
    dns: u64,
    conn: u64,
}

/// Everything about the rows but their cutting into lines (so that both can be borrowed at once).
#[derive(Default)]
struct RowReader {
    header: Header,
    headers: Vec<Header>,
    format: Option<Format>,
    kind: Option<Kind>,
    dns: u64,
    conn: u64,
    set_aside: BTreeMap<String, u64>,
    skipped: u64,
    unread: u64,
    problems: Problems,
    arena: Arena,
    name: Vec<u8>,
}

impl Rows {
    fn new(offset: u64) -> Self {
        Self {
            lines: Lines::starting_at(offset),
            rows: RowReader::default(),
            dns: 0,
            conn: 0,
        }
    }

    fn feed(&mut self, chunk: &[u8], sink: &mut impl Sink) {
        let rows = &mut self.rows;
        self.lines
            .feed(chunk, |line, place| rows.line(line, place, sink));
        (self.dns, self.conn) = (rows.dns, rows.conn);
    }

    fn finish(
        mut self,
        bytes: u64,
        gzip: bool,
        broken: Option<Broken>,
        sink: &mut impl Sink,
    ) -> Summary {
        let rows = &mut self.rows;
        self.lines
            .finish(|line, place| rows.line(line, place, sink));
        if let Some(broken) = broken {
            let lines = self.lines.count();
            rows.problems.add(None, || match broken {
                Broken::Truncated => format!("The gzip data ends too early: what came before, {lines} lines, was read; copy the file again if there should be more."),
                Broken::Corrupt => format!("The gzip data is damaged: what came before the damage, {lines} lines, was read; copy the file again if there should be more."),
            });
        }
        let rows = self.rows;
        let nothing = rows.format.is_none();
        let mut summary = Summary {
            format: rows.format,
            gzip,
            kind: rows.kind.unwrap_or(Kind::Other),
            bytes,
            lines: self.lines.count(),
            dns: rows.dns,
            conn: rows.conn,
            set_aside: rows.set_aside,
            skipped: rows.skipped,
            unread: rows.unread,
            problems: rows.problems,
            headers: rows.headers,
        };
        if nothing && summary.skipped == 0 {
            summary.problems.add(None, || {
                "There is no record and no header in this file.".to_owned()
            });
        }
        summary
    }

    fn refuse(mut self, what: &str, bytes: u64, gzip: bool) -> Summary {
        self.rows.problems.add(None, || what.to_owned());
        Summary {
            format: None,
            gzip,
            kind: Kind::Other,
            bytes,
            lines: 0,
            dns: 0,
            conn: 0,
            set_aside: BTreeMap::new(),
            skipped: 0,
            unread: 0,
            problems: self.rows.problems,
            headers: Vec::new(),
        }
    }
}

impl RowReader {
    fn line(&mut self, line: Line<'_>, place: Place, sink: &mut impl Sink) {
        let (text, ended) = match line {
            Line::TooLong => {
                return self.skip(place, || {
                    format!(
                        "This line is longer than {} MiB and was skipped.",
                        MAX_LINE >> 20
                    )
                });
            }
            Line::Text { text, ended } => (text, ended),
        };
        match text.first() {
            None => self.unread += 1,
            Some(b'#') => self.directive(text, place),
            // A stray blank before the very first header is met in edited logs.
            Some(b'\t' | b' ')
                if self.headers.is_empty() && text.trim_ascii_start().starts_with(b"#") =>
            {
                self.directive(text.trim_ascii_start(), place);
            }
            Some(b'{') if self.header.columns().is_empty() || text.starts_with(b"{\"") => {
                self.json(text, ended, place, sink);
            }
            Some(_) if text.trim_ascii().is_empty() => self.unread += 1,
            Some(_) => self.tsv(text, ended, place, sink),
        }
    }

    fn skip(&mut self, place: Place, what: impl FnOnce() -> String) {
        self.skipped += 1;
        self.problems.add(Some(place.number), what);
    }

    fn directive(&mut self, text: &[u8], place: Place) {
        self.unread += 1;
        match self.header.directive(text) {
            Directive::Fields => {
                self.format = self.format.or(Some(Format::Tsv));
                self.headers.push(self.header.clone());
                if let kind @ (Kind::Dns | Kind::Conn) = self.tsv_kind() {
                    self.kind = self.kind.or(Some(kind));
                }
            }
            Directive::TypesDiffer => self.problems.add(Some(place.number), || {
                "#types names another number of columns than #fields; the names were used."
                    .to_owned()
            }),
            Directive::BadSeparator => self.problems.add(Some(place.number), || {
                "This separator is not one byte; Zeek's default was used instead.".to_owned()
            }),
            Directive::Close | Directive::Other => {}
        }
    }

    /// The log under the header at hand: by its `#path`, and where that is missing or a site's
    /// own, by the columns.
    fn tsv_kind(&self) -> Kind {
        let header = &self.header;
        match header.path() {
            Some("dns") => Kind::Dns,
            Some("conn") => Kind::Conn,
            _ if header.has(Slot::Query)
                && (header.has(Slot::Qtype)
                    || header.has(Slot::QtypeName)
                    || header.has(Slot::Answers)) =>
            {
                Kind::Dns
            }
            _ if header.has(Slot::ConnState)
                || (header.has(Slot::OrigBytes)
                    && header.has(Slot::RespBytes)
                    && header.has(Slot::Proto)) =>
            {
                Kind::Conn
            }
            None if header.has(Slot::Query) => Kind::Dns,
            _ => Kind::Other,
        }
    }

    fn tsv(&mut self, text: &[u8], ended: bool, place: Place, sink: &mut impl Sink) {
        if self.header.columns().is_empty() {
            return self.skip(place, || {
                "No #fields header comes before this row, so its columns have no names; keep the header lines of the log (zeek-cut -C does), or write it as JSON.".to_owned()
            });
        }
        let mut slots = Slots::default();
        match self.header.row(text, &mut slots) {
            Row::Fits => {}
            Row::TooFew(fields) => {
                let expected = self.header.columns().len();
                return self.skip(place, || if ended {
                    format!("This row has {fields} fields where the header names {expected}; it was skipped.")
                } else {
                    format!("The file ends within this row (it has {fields} of {expected} fields); it was skipped.")
                });
            }
            Row::TooMany(fields) => {
                let expected = self.header.columns().len();
                self.problems.add(Some(place.number), || {
                    format!("This row has {fields} fields where the header names {expected}; the first {expected} were read.")
                });
            }
        }
        if !ended && let Some(last) = self.header.last_slot().filter(|slot| slot.is_number()) {
            // The file may end within the number.
            slots.set(last, None);
        }
        let kind = self.tsv_kind();
        let at = At {
            line: place.number,
            offset: place.offset,
            len: text.len() as u32,
            header: Some(self.headers.len() as u32 - 1),
        };
        let mut name = std::mem::take(&mut self.name);
        if kind == Kind::Other {
            let log = self.header.path().unwrap_or("unnamed").to_owned();
            *self.set_aside.entry(log).or_default() += 1;
        } else {
            let query = slots.get(Slot::Query).map(|query| {
                if memchr::memchr(b'\\', query).is_none() {
                    return query;
                }
                name.clear();
                value::unescape(query, &mut name);
                name.as_slice()
            });
            let mut fields = Fields {
                slots: &slots,
                header: Some(&self.header),
                line: place.number,
                problems: &mut self.problems,
            };
            match kind {
                Kind::Dns => sink.dns(&DnsRecord::new(&mut fields, query), at),
                _ => sink.conn(&ConnRecord::new(&mut fields), at),
            }
            self.counted(kind);
        }
        self.name = name;
    }

    fn counted(&mut self, kind: Kind) {
        match kind {
            Kind::Dns => self.dns += 1,
            Kind::Conn => self.conn += 1,
            Kind::Other => {}
        }
        self.kind = self.kind.or(Some(kind));
    }

    fn json(&mut self, text: &[u8], ended: bool, place: Place, sink: &mut impl Sink) {
        let mut arena = std::mem::take(&mut self.arena);
        let repaired;
        let row = match json_row(text, &mut arena) {
            Err(BadRow::Utf8) => {
                self.problems.add(Some(place.number), || {
                    "This row has bytes that are not UTF-8; they were read as \\xHH.".to_owned()
                });
                repaired = as_utf8(text);
                json_row(&repaired, &mut arena)
            }
            row => row,
        };
        match row {
            Err(BadRow::Json(what)) => self.skip(place, || {
                if ended {
                    format!("This row is not valid JSON: {what}; it was skipped.")
                } else {
                    format!("The file ends within this row: {what}; it was skipped.")
                }
            }),
            Err(BadRow::Utf8) => self.skip(place, || {
                "This row is not UTF-8; it was skipped.".to_owned()
            }),
            Ok(row) => {
                self.format = self.format.or(Some(Format::Json));
                let at = At {
                    line: place.number,
                    offset: place.offset,
                    len: text.len() as u32,
                    header: None,
                };
                let kind = json_kind(row.path.as_deref(), &row.slots);
                let query = row.slots.get(Slot::Query);
                let mut fields = Fields {
                    slots: &row.slots,
                    header: None,
                    line: place.number,
                    problems: &mut self.problems,
                };
                match kind {
                    Kind::Dns => sink.dns(&DnsRecord::new(&mut fields, query), at),
                    Kind::Conn => sink.conn(&ConnRecord::new(&mut fields), at),
                    Kind::Other => {
                        let log = row
                            .path
                            .as_deref()
                            .or(row.hint)
                            .unwrap_or("unnamed")
                            .to_owned();
                        *self.set_aside.entry(log).or_default() += 1;
                        self.arena = arena;
                        return;
                    }
                }
                self.counted(kind);
            }
        }
        self.arena = arena;
    }
}

/// The log that a JSON row belongs to: by `_path`, else by its fields.
fn json_kind(path: Option<&str>, slots: &Slots<'_>) -> Kind {
    match path {
        Some("dns") => Kind::Dns,
        Some("conn") => Kind::Conn,
        Some(_) => Kind::Other,
        None if slots.has(Slot::Query) => Kind::Dns,
        None if slots.has(Slot::ConnState)
            || (slots.has(Slot::Proto) && slots.has(Slot::OrigPkts)) =>
        {
            Kind::Conn
        }
        // A DNS row without a query (an answer alone) still has a transaction.
        None if slots.has(Slot::TransId) && (slots.has(Slot::Rcode) || slots.has(Slot::Rd)) => {
            Kind::Dns
        }
        None => Kind::Other,
    }
}

/// Bytes that are no UTF-8 become `\xHH`, as Zeek writes them (in JSON, with the backslash escaped).
fn as_utf8(text: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len() + 16);
    for chunk in text.utf8_chunks() {
        out.extend_from_slice(chunk.valid().as_bytes());
        for byte in chunk.invalid() {
            out.extend_from_slice(format!("\\\\x{byte:02x}").as_bytes());
        }
    }
    out
}

/// Typed access to a row's slots; a value that is not what its field holds is left out and
/// becomes a problem.
pub(crate) struct Fields<'a, 'r> {
    slots: &'r Slots<'a>,
    header: Option<&'r Header>,
    line: u64,
    problems: &'r mut Problems,
}

impl<'a> Fields<'a, '_> {
    pub(crate) fn text(&self, slot: Slot) -> Option<&'a [u8]> {
        self.slots.get(slot)
    }

    pub(crate) fn proto(&self) -> Proto {
        self.text(Slot::Proto).map(Proto::parse).unwrap_or_default()
    }

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
        self.typed(slot, name, "a number from 0 to 65535", |text| {
            value::count(text).and_then(|number| u16::try_from(number).ok())
        })
    }

    pub(crate) fn seconds(&mut self, slot: Slot, name: &str) -> Option<f64> {
        self.typed(slot, name, "a duration in seconds", value::seconds)
    }

    pub(crate) fn boolean(&mut self, slot: Slot, name: &str) -> Option<bool> {
        self.typed(slot, name, "T or F", value::boolean)
    }

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
            self.problems.add(Some(self.line), || {
                let shown: String = String::from_utf8_lossy(text).chars().take(40).collect::<String>().escape_debug().to_string();
                format!("{name} is \"{shown}\", which is not {what}; the value was left out, the row kept.")
            });
        }
        value
    }
}
