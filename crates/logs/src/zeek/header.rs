//! The header of a tab-separated log, and the rows under it.
//!
//! In: lines. Out: which column is which field, the separators, where a row's fields stand ([`TsvRow`]).
//! Several headers may stand in one file (`cat` of rotated logs); each begins anew.

use super::slots::{Row, SLOTS, Slot, Slots};
use crate::codes::Codes;
use crate::cut::each_place;
use crate::value::{List, unescape};
use serde::{Deserialize, Serialize};
use std::borrow::Cow;

/// The separators, the names for nothing, and the columns that a header declares.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "Written", into = "Written")]
pub struct Header {
    separator: u8,
    set_separator: u8,
    empty: Vec<u8>,
    unset: Vec<u8>,
    /// The first byte of `empty` and of `unset`; any byte where one has none.
    marks: [u8; 2],
    path: Option<String>,
    columns: Vec<String>,
    places: Places,
    codes: Option<Span>,
}

/// Columns side by side: the first, and the one behind the last.
type Span = (u32, u32);

/// The column of each field, by [`Slot`]; [`NOWHERE`] for one that the rows do not have.
type Places = [u32; SLOTS];

/// Behind every column: a line has at most [`crate::MAX_LINE`] fields.
const NOWHERE: u32 = u32::MAX;

/// The byte before a line: a field begins one behind the end of the field before it.
const BEFORE: u32 = u32::MAX;

/// A header as it is written down: all but what follows from it.
#[derive(Serialize, Deserialize)]
struct Written {
    separator: u8,
    set_separator: u8,
    empty: Vec<u8>,
    unset: Vec<u8>,
    path: Option<String>,
    columns: Vec<String>,
}

impl From<Header> for Written {
    fn from(header: Header) -> Self {
        Self {
            separator: header.separator,
            set_separator: header.set_separator,
            empty: header.empty,
            unset: header.unset,
            path: header.path,
            columns: header.columns,
        }
    }
}

impl From<Written> for Header {
    fn from(written: Written) -> Self {
        // A name that is no UTF-8 is shown with a replacement character, and is no column that is read.
        let names: Vec<&[u8]> = written.columns.iter().map(String::as_bytes).collect();
        let places = places(&names);
        Self {
            codes: codes(&places),
            separator: written.separator,
            set_separator: written.set_separator,
            marks: [&written.empty, &written.unset]
                .map(|text| text.first().copied().unwrap_or_default()),
            places,
            empty: written.empty,
            unset: written.unset,
            path: written.path,
            columns: written.columns,
        }
    }
}

impl Default for Header {
    /// Zeek's own values, before a header says otherwise.
    fn default() -> Self {
        Self {
            separator: b'\t',
            set_separator: b',',
            empty: b"(empty)".to_vec(),
            unset: b"-".to_vec(),
            marks: *b"(-",
            path: None,
            columns: Vec::new(),
            places: [NOWHERE; SLOTS],
            codes: None,
        }
    }
}

/// What a `#` line did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Directive {
    /// `#fields`: rows have names from here on.
    Fields,
    /// `#fields` without columns.
    NoFields,
    /// `#close`: the log was ended properly.
    Close,
    /// Another directive, or a comment.
    Other,
    /// `#types` names another number of columns than `#fields`.
    TypesDiffer,
    /// A separator of more than one byte, or none.
    BadSeparator,
}

/// How a row fits its header.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fit {
    Fits,
    /// It has this many fields, more than the header names; the first ones are taken.
    TooMany(usize),
    /// It has this many fields, fewer than the header names.
    TooFew(usize),
}

/// A row under its header: a field is looked for when it is asked for.
#[derive(Debug, Clone, Copy)]
pub(crate) struct TsvRow<'a, 'r> {
    line: &'a [u8],
    /// [`BEFORE`], then where each column's field ends.
    ends: &'r [u32],
    header: &'r Header,
}

impl Header {
    /// Zeek's name of the log (`#path`).
    #[must_use]
    pub fn path(&self) -> Option<&str> {
        self.path.as_deref()
    }

    /// The columns, in order (`#fields`); none before there was a header.
    #[must_use]
    pub fn columns(&self) -> &[String] {
        &self.columns
    }

    pub(crate) fn has(&self, slot: Slot) -> bool {
        self.places[slot as usize] != NOWHERE
    }

    /// Whether any column is read.
    pub(crate) fn has_any(&self) -> bool {
        self.places.iter().any(|&column| column != NOWHERE)
    }

    pub(crate) fn list<'a>(&self, text: Option<&'a [u8]>) -> List<'a> {
        match text {
            None => List::Unset,
            Some(text) => List::Tsv {
                text,
                separator: self.set_separator,
            },
        }
    }

    /// Takes a line that begins with `#`.
    pub(crate) fn directive(&mut self, line: &[u8]) -> Directive {
        // "#separator" comes first and is itself followed by a blank; a new block begins.
        if let Some(text) = line.strip_prefix(b"#separator") {
            *self = Self::default();
            return match one_byte(text.get(1..).unwrap_or_default()) {
                Some(separator) => {
                    self.separator = separator;
                    Directive::Other
                }
                None => Directive::BadSeparator,
            };
        }
        let name_end = line
            .iter()
            .position(|&byte| byte == self.separator || byte == b' ')
            .unwrap_or(line.len());
        let value = line.get(name_end + 1..).unwrap_or_default();
        match &line[..name_end] {
            b"#set_separator" => match one_byte(value) {
                Some(separator) => self.set_separator = separator,
                None => {
                    self.set_separator = Self::default().set_separator;
                    return Directive::BadSeparator;
                }
            },
            b"#empty_field" => {
                self.empty = decoded(value);
                self.marks[0] = self.empty.first().copied().unwrap_or_default();
            }
            b"#unset_field" => {
                self.unset = decoded(value);
                self.marks[1] = self.unset.first().copied().unwrap_or_default();
            }
            b"#path" => self.path = Some(String::from_utf8_lossy(value).into_owned()),
            b"#fields" => {
                let names: Vec<_> = value.split(|&byte| byte == self.separator).collect();
                (self.places, self.codes) = ([NOWHERE; SLOTS], None);
                self.columns.clear();
                // One name with blanks in it: the separators were lost.
                if names.len() == 1 && (value.is_empty() || value.contains(&b' ')) {
                    return Directive::NoFields;
                }
                self.places = places(&names);
                self.codes = codes(&self.places);
                self.columns = names
                    .iter()
                    .map(|name| String::from_utf8_lossy(name).into_owned())
                    .collect();
                return Directive::Fields;
            }
            b"#types" => {
                let count = value.split(|&byte| byte == self.separator).count();
                if count != self.columns.len() && !self.columns.is_empty() {
                    return Directive::TypesDiffer;
                }
            }
            b"#close" => return Directive::Close,
            _ => {}
        }
        Directive::Other
    }

    /// Finds where a row's fields end. `ends` is used again from row to row.
    pub(crate) fn cut(&self, line: &[u8], ends: &mut Vec<u32>) -> Fit {
        let columns = self.columns.len();
        if ends.len() != columns + 1 {
            ends.clear();
            ends.resize(columns + 1, BEFORE);
        }
        let mut places = ends[1..].iter_mut();
        let mut beyond = 0;
        let mut next = |end: usize| match places.next() {
            Some(place) => *place = end as u32,
            None => beyond += 1,
        };
        each_place(self.separator, line, &mut next);
        next(line.len());
        match (places.len(), beyond) {
            (0, 0) => Fit::Fits,
            (0, beyond) => Fit::TooMany(columns + beyond),
            (missing, _) => Fit::TooFew(columns - missing),
        }
    }

    /// The row of a line that was cut and has not too few fields.
    pub(crate) fn row<'a, 'r>(&'r self, line: &'a [u8], ends: &'r [u32]) -> TsvRow<'a, 'r> {
        TsvRow {
            line,
            ends,
            header: self,
        }
    }

    /// `None` for unset, no bytes for empty. A string that only looks like either is escaped.
    #[inline]
    fn value<'a>(&self, text: &'a [u8]) -> Option<&'a [u8]> {
        // Few fields are a marker, and most differ from both in the first byte already: no call is
        // made to compare those.
        if text
            .first()
            .is_some_and(|&first| first != self.marks[0] && first != self.marks[1])
        {
            Some(text)
        } else if text == self.unset {
            None
        } else if text == self.empty {
            Some(b"")
        } else {
            Some(text)
        }
    }

    /// The last column, if it is read, and its name.
    pub(crate) fn last(&self) -> Option<(Slot, &str)> {
        let name = self.columns.last()?;
        let slot = Slot::named(name.as_bytes())?;
        (self.places[slot as usize] as usize + 1 == self.columns.len()).then_some((slot, name))
    }

    /// A row's fields in the order of [`Header::columns`], as they stand in the log; `None` where
    /// one is unset.
    pub fn cells<'a>(&self, line: &'a [u8]) -> impl Iterator<Item = Option<&'a [u8]>> {
        let mut start = 0;
        memchr::memchr_iter(self.separator, line)
            .chain([line.len()])
            .map(move |end| {
                let text = &line[start..end];
                start = end + 1;
                self.value(text)
            })
    }

    /// A row for display: each set field's name and text, as it stands in the log.
    #[must_use]
    pub fn fields(&self, line: &[u8]) -> Vec<(String, String)> {
        line.split(|&byte| byte == self.separator)
            .zip(&self.columns)
            .filter_map(|(text, name)| Some((name.clone(), self.value(text)?)))
            .map(|(name, text)| (name, shown(text).into_owned()))
            .collect()
    }
}

impl<'a> Row<'a> for TsvRow<'a, '_> {
    #[inline]
    fn get(&self, slot: Slot) -> Option<&'a [u8]> {
        let column = self.header.places[slot as usize] as usize;
        // A field that no column has stands behind all of them: on 32 bits there is nothing behind that.
        let end = *self.ends.get(column.checked_add(1)?)?;
        let before = *self.ends.get(column)?;
        let start = before.wrapping_add(1);
        self.header
            .value(self.line.get(start as usize..end as usize)?)
    }

    #[inline]
    fn codes(&self) -> Option<&'a [u8]> {
        let (first, behind) = self.header.codes?;
        let before = *self.ends.get(first as usize)?;
        let end = *self.ends.get(behind as usize)?;
        self.line.get(before.wrapping_add(1) as usize..end as usize)
    }
}

impl<'a> TsvRow<'a, '_> {
    /// All fields that are read but one.
    pub(crate) fn without(&self, left_out: Slot) -> Slots<'a> {
        let mut slots = Slots::default();
        let names = self.header.columns.iter().map(String::as_bytes);
        for slot in names.filter_map(Slot::named) {
            slots.set(slot, self.get(slot).filter(|_| slot != left_out));
        }
        slots
    }
}

/// Which column is read as what. Zeek's own name wins over an alias of it, the first column over
/// one of the same name.
fn places(names: &[&[u8]]) -> Places {
    let mut places = [NOWHERE; SLOTS];
    for (column, name) in names.iter().enumerate() {
        if let Some(slot) = Slot::named(name) {
            let place = &mut places[slot as usize];
            let before = names.get(*place as usize);
            if before.is_none_or(|before| Slot::is_alias(before) && !Slot::is_alias(name)) {
                *place = column as u32;
            }
        }
    }
    places
}

/// The columns of all fields that codes are read from, where no other field that is read stands among them.
fn codes(places: &Places) -> Option<Span> {
    let columns = Codes::SLOTS.map(|slot| places[slot as usize]);
    let read = columns.iter().filter(|&&column| column != NOWHERE);
    let (first, last) = (*read.clone().min()?, *read.max()?);
    let is_among = |column: &&u32| (first..=last).contains(column) && !columns.contains(column);
    places
        .iter()
        .find(is_among)
        .is_none()
        .then_some((first, last + 1))
}

/// Text as Zeek would write it: bytes that are no UTF-8 as `\xHH`.
fn shown(text: &[u8]) -> Cow<'_, str> {
    match std::str::from_utf8(text) {
        Ok(text) => Cow::Borrowed(text),
        Err(_) => Cow::Owned(text.utf8_chunks().fold(String::new(), |mut out, chunk| {
            out.push_str(chunk.valid());
            chunk
                .invalid()
                .iter()
                .for_each(|byte| out.push_str(&format!("\\x{byte:02x}")));
            out
        })),
    }
}

fn decoded(text: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    unescape(text, &mut out);
    out
}

/// A separator: as it is (a tab, say), or among the blanks that an editor left.
fn one_byte(text: &[u8]) -> Option<u8> {
    [text, text.trim_ascii()]
        .iter()
        .find_map(|text| match decoded(text).as_slice() {
            [byte] if *byte != b'\n' => Some(*byte),
            _ => None,
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Field by field.
    fn naive<'a>(header: &Header, line: &'a [u8], slot: Slot) -> Option<&'a [u8]> {
        let named = |name: &&String| Slot::named(name.as_bytes()) == Some(slot);
        let own = |name: &&String| named(name) && !Slot::is_alias(name.as_bytes());
        let columns = &header.columns;
        let name = columns.iter().find(own).or(columns.iter().find(named))?;
        let column = columns.iter().position(|column| column == name)?;
        let text = line.split(|&byte| byte == header.separator).nth(column)?;
        match text {
            text if text == header.unset => None,
            text if text == header.empty => Some(b""),
            text => Some(text),
        }
    }

    #[test]
    fn rows_of_any_width_are_taken_apart_alike() {
        let mut ends = Vec::new();
        for columns in [1_usize, 2, 40, 62, 63, 64, 65, 130] {
            let mut header = Header::default();
            let mut names: Vec<String> = (0..columns).map(|n| format!("c{n}")).collect();
            for (at, name) in ["uid", "query", "src", "id.orig_h", "ts", "ts"]
                .iter()
                .enumerate()
            {
                if let Some(place) = names.len().checked_sub(1 + 3 * at) {
                    (*name).clone_into(&mut names[place]);
                }
            }
            header.directive(format!("#fields\t{}", names.join("\t")).as_bytes());
            for fields in [1, columns - 1, columns, columns + 1, 63, 64, 65, 200] {
                // No fields at all are one field without bytes.
                let fields = fields.max(1);
                let cells: Vec<String> = (0..fields)
                    .map(|n| match n % 7 {
                        0 => String::new(),
                        3 => "-".to_owned(),
                        5 => "(empty)".to_owned(),
                        _ => format!("v{n}"),
                    })
                    .collect();
                let line = cells.join("\t").into_bytes();
                let fit = header.cut(&line, &mut ends);
                let expected = match fields.cmp(&columns) {
                    std::cmp::Ordering::Less => Fit::TooFew(fields),
                    std::cmp::Ordering::Equal => Fit::Fits,
                    std::cmp::Ordering::Greater => Fit::TooMany(fields),
                };
                assert_eq!(fit, expected);
                if fields >= columns {
                    let row = header.row(&line, &ends);
                    for slot in [Slot::Uid, Slot::Query, Slot::OrigHost, Slot::Ts, Slot::Rtt] {
                        let expected = naive(&header, &line, slot);
                        assert_eq!(row.get(slot), expected, "{columns} {fields} {slot:?}");
                        assert_eq!((&row.without(Slot::Aa)).get(slot), expected);
                        assert_eq!((&row.without(slot)).get(slot), None);
                    }
                }
            }
        }
    }

    #[test]
    fn a_header_that_was_written_down_reads_rows_alike() {
        let mut header = Header::default();
        for line in [
            &b"#unset_field\t?"[..],
            b"#empty_field\t",
            b"#path\tdns",
            b"#fields\tsrc\tid.orig_h\tquery\tquery\t\xff\xfe\tts",
        ] {
            header.directive(line);
            let written = Written::from(header.clone());
            assert_eq!(Header::from(written), header);
        }
    }

    #[test]
    fn a_marker_is_a_marker_alone() {
        let read = |unset: &str, empty: &str, text: &'static str| {
            let mut header = Header::default();
            header.directive(format!("#unset_field\t{unset}").as_bytes());
            header.directive(format!("#empty_field\t{empty}").as_bytes());
            header.value(text.as_bytes())
        };
        for (unset, empty) in [
            ("-", "(empty)"),
            ("none", "-"),
            ("", "()"),
            ("-", ""),
            ("--", "-"),
        ] {
            for text in [
                "-", "--", "", "(empty)", "(empt", "()", "none", "nothing", "x", "(-",
            ] {
                let expected = match text {
                    text if text == unset => None,
                    text if text == empty => Some(&b""[..]),
                    text => Some(text.as_bytes()),
                };
                assert_eq!(read(unset, empty, text), expected, "{text} {unset} {empty}");
            }
        }
    }
}
