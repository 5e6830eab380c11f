//! Lines to records: which log a line belongs to, and its row taken apart.
//!
//! In: lines of text. Out: records to a [`Sink`], what could not be read as problems, every line
//! counted once. Must not know: how the text came (plain, packed, in which chunks).

use crate::codes::Known;
use crate::cut::has;
use crate::fields::Fields;
use crate::inflate::Broken;
use crate::lines::{Line, Lines, MAX_LINE, Place};
use crate::piece::Start;
use crate::problem::Problems;
use crate::reader::{At, Format, Kind, Sink, Summary};
use crate::value;
use crate::zeek::{Arena, BadRow, Directive, Fit, Header, JsonRow, Row, Slot, Slots, json_row};
use crate::{ConnRecord, DnsRecord};
use std::collections::BTreeMap;

/// Different headers in one input, and different other logs, that are told apart: input of
/// nothing else must not fill the memory.
pub(crate) const MAX_HEADERS: usize = 256;
pub(crate) const MAX_LOGS: usize = 256;
/// Characters of a log's name that are kept.
const MAX_LOG_NAME: usize = 64;
/// A row that does not say its log.
const UNNAMED: &str = "unnamed";

const SPREAD_JSON: &str = "This is a part of JSON that goes over several lines; write one object a line (jq -c .) and drop it again.";

/// Lines of text to records.
pub(crate) struct Rows {
    lines: Lines,
    rows: RowReader,
}

/// Everything about the rows but their cutting into lines (so that both can be borrowed at once).
#[derive(Default)]
pub(crate) struct RowReader {
    header: Header,
    /// Where `header` stands in `headers`.
    header_at: u32,
    /// The log whose rows stand under `header`.
    under: Option<Kind>,
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
    /// Where the fields of the row at hand end.
    ends: Vec<u32>,
    /// The codes of rows under `header`.
    codes: Known,
}

impl Rows {
    /// `offset`: what was left out before the first line (a byte order mark).
    pub(crate) fn new(offset: u64) -> Self {
        Self {
            lines: Lines::starting_at(offset),
            rows: RowReader::default(),
        }
    }

    /// From a line on that is not the first.
    pub(crate) fn starting(start: &Start) -> Self {
        Self {
            lines: Lines::skipping(start.skip),
            rows: RowReader::starting(start),
        }
    }

    /// Records read so far.
    pub(crate) fn records(&self) -> u64 {
        self.rows.dns + self.rows.conn
    }

    pub(crate) fn feed(&mut self, chunk: &[u8], sink: &mut dyn Sink) {
        let rows = &mut self.rows;
        self.lines
            .feed(chunk, |line, place| rows.line(line, place, sink));
    }

    pub(crate) fn finish(
        self,
        bytes: u64,
        gzip: bool,
        broken: Option<Broken>,
        sink: &mut dyn Sink,
    ) -> Summary {
        let (mut summary, _) = self.end(bytes, gzip, broken, sink);
        summary.conclude();
        summary
    }

    /// What was read, without the problems of the input as a whole, and the state behind it.
    pub(crate) fn end(
        mut self,
        bytes: u64,
        gzip: bool,
        broken: Option<Broken>,
        sink: &mut dyn Sink,
    ) -> (Summary, Start) {
        let rows = &mut self.rows;
        self.lines
            .finish(|line, place| rows.line(line, place, sink));
        if let Some(broken) = broken {
            let lines = match self.lines.count() {
                1 => "1 line".to_owned(),
                lines => format!("{lines} lines"),
            };
            rows.problems.add(None, || match broken {
                Broken::Truncated => format!("The gzip data ends too early: what came before, {lines}, was read; copy the file again if there should be more."),
                Broken::Corrupt => format!("The gzip data is damaged: what came before the damage, {lines}, was read; copy the file again if there should be more."),
                Broken::Checksum => format!("The gzip data is damaged, a checksum is wrong: what it holds, {lines}, was read, but some of it may not be what was logged; copy the file again."),
                Broken::Trailing => "Bytes that are not gzip follow the gzip data; they were left out.".to_owned(),
            });
        }
        let end = Start {
            skip: self.lines.to_leave_out(),
            ..rows.state()
        };
        let rows = self.rows;
        let summary = Summary {
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
        (summary, end)
    }

    pub(crate) fn refuse(mut self, what: &str, bytes: u64, gzip: bool) -> Summary {
        self.rows.problems.add(None, || what.to_owned());
        Summary::nothing(self.rows.problems, bytes, gzip)
    }
}

impl Summary {
    /// Of an input that was not looked at.
    #[must_use]
    pub fn unread() -> Self {
        Self::nothing(Problems::default(), 0, false)
    }

    /// Of an input of which no line was read.
    pub(crate) fn nothing(problems: Problems, bytes: u64, gzip: bool) -> Self {
        Self {
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
            problems,
            headers: Vec::new(),
        }
    }

    /// Adds the problems that only show when the whole input was read.
    pub(crate) fn conclude(&mut self) {
        if self.format.is_none() && self.skipped == 0 {
            self.problems.add(None, || {
                "There is no record and no header in this file; drop a dns.log or conn.log that Zeek wrote.".to_owned()
            });
        }
        if self.set_aside.keys().eq([UNNAMED]) && self.records() == 0 {
            self.problems.add(None, || {
                "No row of this file has the fields of a dns.log (query) or a conn.log (conn_state); drop a dns.log or conn.log that Zeek wrote.".to_owned()
            });
        }
    }
}

impl RowReader {
    /// Behind lines that left this state.
    pub(crate) fn starting(start: &Start) -> Self {
        Self {
            header: start.header.clone(),
            headers: start.shown.iter().cloned().collect(),
            format: start.format,
            ..Self::default()
        }
    }

    /// What the lines behind must know.
    pub(crate) fn state(&self) -> Start {
        Start {
            at: None,
            skip: 0,
            header: self.header.clone(),
            shown: self.headers.get(self.header_at as usize).cloned(),
            format: self.format,
        }
    }

    /// Whether the next line of any kind may say how the rows are written.
    pub(crate) fn is_undecided(&self) -> bool {
        self.format.is_none()
    }

    pub(crate) fn line(&mut self, line: Line<'_>, place: Place, sink: &mut dyn Sink) {
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
            Some(b'#') => self.directive(text, ended, place),
            // A stray blank before the very first header is met in edited logs.
            Some(b'\t' | b' ')
                if self.headers.is_empty() && text.trim_ascii_start().starts_with(b"#") =>
            {
                self.directive(text.trim_ascii_start(), ended, place);
            }
            Some(b'{') if self.header.columns().is_empty() || text.starts_with(b"{\"") => {
                self.json(text, ended, place, sink);
            }
            Some(b'\t' | b' ')
                if self.header.columns().is_empty()
                    && text.trim_ascii_start().starts_with(b"{") =>
            {
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

    fn directive(&mut self, text: &[u8], ended: bool, place: Place) {
        self.unread += 1;
        self.under = None;
        self.codes.clear();
        match self.header.directive(text) {
            Directive::Fields | Directive::NoFields if !ended => {
                self.fields(place);
                self.problems.add(Some(place.number), || {
                    "The file ends within its #fields line, so no row follows.".to_owned()
                });
            }
            Directive::Fields => self.fields(place),
            Directive::NoFields => self.problems.add(Some(place.number), || {
                "#fields names no columns that the log's separator parts; where the tabs were lost, as in text copied from a terminal, drop the file itself.".to_owned()
            }),
            Directive::TypesDiffer => self.problems.add(Some(place.number), || {
                "#types names another number of columns than #fields; the names were used."
                    .to_owned()
            }),
            Directive::BadSeparator => self.problems.add(Some(place.number), || {
                "This separator is not one byte; Zeek's own was used instead (a tab for #separator, a comma for #set_separator).".to_owned()
            }),
            Directive::Close | Directive::Other => {}
        }
    }

    fn fields(&mut self, place: Place) {
        self.format = self.format.or(Some(Format::Tsv));
        let known = self.headers.iter().rposition(|known| *known == self.header);
        if known.is_none() && self.headers.len() == MAX_HEADERS {
            self.header = Header::default();
            return self.problems.add(Some(place.number), || {
                format!("This file has more than {MAX_HEADERS} different headers; the rows under this one are skipped.")
            });
        }
        self.header_at = known.unwrap_or(self.headers.len()) as u32;
        if known.is_none() {
            self.headers.push(self.header.clone());
        }
        if let kind @ (Kind::Dns | Kind::Conn) = self.tsv_kind() {
            self.kind = self.kind.or(Some(kind));
            if !self.header.has_any() {
                self.problems.add(Some(place.number), || {
                    format!("None of these columns has a name that Zeek gives in a {}.log, so its rows hold nothing that can be read; name the columns as Zeek does (ts, uid, id.orig_h, …).", kind.name())
                });
            }
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

    fn tsv(&mut self, text: &[u8], ended: bool, place: Place, sink: &mut dyn Sink) {
        if self.header.columns().is_empty() {
            let json = self.format == Some(Format::Json);
            return self.skip(place, || match text.trim_ascii_start().first() {
                Some(b'[') => "This looks like a JSON array; write one object a line (jq -c '.[]') and drop it again.".to_owned(),
                Some(b'"' | b'}' | b']') => SPREAD_JSON.to_owned(),
                _ if json => "This row is not a JSON object; it was skipped.".to_owned(),
                _ => "No #fields header comes before this row, so its columns have no names; keep the header lines of the log (zeek-cut -C does), or write it as JSON.".to_owned(),
            });
        }
        match self.header.cut(text, &mut self.ends) {
            Fit::Fits => {}
            Fit::TooFew(fields) => {
                let expected = self.header.columns().len();
                return self.skip(place, || if ended {
                    format!("This row has {fields} of the {expected} fields that the header names; it was skipped.")
                } else {
                    format!("The file ends within this row (it has {fields} of the {expected} fields that the header names); it was skipped.")
                });
            }
            Fit::TooMany(fields) => {
                let expected = self.header.columns().len();
                self.problems.add(Some(place.number), || {
                    format!("This row has {fields} fields where the header names {expected}; the rest was left out.")
                });
            }
        }
        let kind = match self.under {
            Some(kind) => kind,
            None => *self.under.insert(self.tsv_kind()),
        };
        let row = self.header.row(text, &self.ends);
        let at = At {
            line: place.number,
            offset: place.offset,
            len: text.len() as u32,
            header: Some(self.header_at),
        };
        let cut_off = if ended {
            None
        } else {
            let last = self.header.last();
            last.filter(|&(slot, _)| slot.is_number() && row.get(slot).is_some())
        };
        let mut records = Records {
            kind,
            at,
            header: Some(&self.header),
            problems: &mut self.problems,
            name: &mut self.name,
            codes: &mut self.codes,
        };
        match cut_off {
            None => records.give(row, sink),
            Some((last, name)) => {
                records.problems.add(Some(place.number), || {
                    format!("The file ends without a line end, so {name} of this row may be cut off; the value was left out, the row kept.")
                });
                records.give(&row.without(last), sink);
            }
        }
        if kind == Kind::Other {
            set_aside(&mut self.set_aside, self.header.path());
        } else {
            self.counted(kind);
        }
    }

    fn counted(&mut self, kind: Kind) {
        match kind {
            Kind::Dns => self.dns += 1,
            Kind::Conn => self.conn += 1,
            Kind::Other => {}
        }
        self.kind = self.kind.or(Some(kind));
    }

    fn json(&mut self, text: &[u8], ended: bool, place: Place, sink: &mut dyn Sink) {
        let mut arena = std::mem::take(&mut self.arena);
        let repaired;
        let mut row = JsonRow::default();
        let read = match json_row(text, &mut arena, &mut row) {
            Err(BadRow::Utf8) => {
                self.problems.add(Some(place.number), || {
                    "This row has bytes that are not UTF-8; they were read as \\xHH.".to_owned()
                });
                repaired = as_utf8(text);
                row = JsonRow::default();
                json_row(&repaired, &mut arena, &mut row)
            }
            read => read,
        };
        match read {
            Err(BadRow::Json(what)) => self.skip(place, || {
                if ended && text.trim_ascii() == b"{" {
                    SPREAD_JSON.to_owned()
                } else if ended {
                    format!("This row is not valid JSON: {what}; it was skipped.")
                } else {
                    format!("The file ends within this row: {what}; it was skipped.")
                }
            }),
            Err(BadRow::Utf8) => self.skip(place, || {
                "This row is not UTF-8; it was skipped.".to_owned()
            }),
            Ok(()) => {
                self.format = self.format.or(Some(Format::Json));
                let at = At {
                    line: place.number,
                    offset: place.offset,
                    len: text.len() as u32,
                    header: None,
                };
                let kind = json_kind(row.path.as_deref(), &row.slots);
                let mut records = Records {
                    kind,
                    at,
                    header: None,
                    problems: &mut self.problems,
                    name: &mut self.name,
                    codes: &mut self.codes,
                };
                records.give(&row.slots, sink);
                if kind == Kind::Other {
                    set_aside(&mut self.set_aside, row.path.as_deref().or(row.hint));
                } else {
                    self.counted(kind);
                }
            }
        }
        self.arena = arena;
    }
}

/// Makes a row a record.
struct Records<'r> {
    kind: Kind,
    at: At,
    header: Option<&'r Header>,
    problems: &'r mut Problems,
    /// A query's name, decoded; used again from row to row.
    name: &'r mut Vec<u8>,
    codes: &'r mut Known,
}

impl Records<'_> {
    fn give<'a>(&mut self, row: impl Row<'a>, sink: &mut dyn Sink) {
        let mut fields = Fields {
            row,
            header: self.header,
            line: self.at.line,
            problems: self.problems,
        };
        match self.kind {
            Kind::Dns => {
                let mut record: DnsRecord<'_> = DnsRecord::new(&mut fields, self.codes);
                if self.header.is_some()
                    && let Some(query) = record.query
                    && has(b'\\', query)
                {
                    self.name.clear();
                    value::unescape(query, self.name);
                    record.query = Some(self.name);
                }
                sink.dns(&record, self.at);
            }
            Kind::Conn => sink.conn(&ConnRecord::new(&mut fields), self.at),
            Kind::Other => {}
        }
    }
}

/// Counts a row of a log that is not read.
fn set_aside(logs: &mut BTreeMap<String, u64>, log: Option<&str>) {
    let log = log.unwrap_or(UNNAMED);
    let end = log.char_indices().nth(MAX_LOG_NAME).map(|(end, _)| end);
    let mut log = &log[..end.unwrap_or(log.len())];
    if logs.len() >= MAX_LOGS && !logs.contains_key(log) {
        log = "others";
    }
    match logs.get_mut(log) {
        Some(rows) => *rows += 1,
        None => {
            logs.insert(log.to_owned(), 1);
        }
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
