//! A scan: inputs in, report out.
//!
//! In: bytes of inputs, one input after the other. Out: a [`Report`], and where a finding's records
//! lie. Must not know: where bytes come from, what time it is.

use crate::analysis::{Analysis, ConnTexts, DnsRow, Place};
use crate::detectors::{About, Detection};
use crate::inputs::{Inputs, Piece};
use crate::judging::{Judged, Judging};
use crate::payload;
use crate::relay::{Damaged, Rows, Taker};
use crate::report::{Payload, Report};
use wakeful_logs::piece::{PieceReader, Start};
use wakeful_logs::{At, ConnRecord, DnsRecord, Reader, Sink, Summary, Unpacked, json_fields};

/// One scan over any number of inputs.
#[derive(Default)]
pub struct Session {
    inputs: Inputs,
    open: Option<Open>,
    analysis: Analysis,
    detections: Vec<Detection>,
}

/// What is being read.
struct Open {
    name: String,
    /// Its number among the inputs.
    input: usize,
    reading: Reading,
}

enum Reading {
    Whole(Box<Reader>),
    Piece(Piece, Box<PieceReader>),
    /// Another reads it; so many rows of it have come.
    Relayed(u64, Box<Rows>),
}

/// Hands an input's records on, with where they lie.
struct Feed<'a> {
    analysis: &'a mut Analysis,
    input: usize,
    piece: u32,
}

impl Feed<'_> {
    fn place(&self, at: At) -> Option<Place> {
        Some(Place {
            input: self.input,
            piece: self.piece,
            offset: at.offset,
            len: at.len,
            packed: false,
            header: at.header,
        })
    }
}

impl Sink for Feed<'_> {
    fn dns(&mut self, record: &DnsRecord<'_>, at: At) {
        let place = self.place(at);
        self.analysis.dns(record, place);
    }

    fn conn(&mut self, record: &ConnRecord<'_>, at: At) {
        let place = self.place(at);
        self.analysis.conn(record, place);
    }
}

/// Takes the rows of an input that another reads, and counts them.
struct Taking<'a> {
    feed: Feed<'a>,
    count: &'a mut u64,
}

impl Taker for Taking<'_> {
    fn dns(&mut self, row: &DnsRow<'_>, at: At) {
        *self.count += 1;
        let place = self.feed.place(at);
        self.feed.analysis.dns_row(row, place);
    }

    fn conn(&mut self, record: &ConnRecord<'_>, texts: ConnTexts<'_>, at: At) {
        *self.count += 1;
        let place = self.feed.place(at);
        self.feed.analysis.conn_row(record, texts, place);
    }
}

impl Session {
    /// Nothing read so far.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Holds what is kept of the records to so many bytes: see [`Analysis::set_budget`].
    pub fn set_budget(&mut self, bytes: u64) {
        self.analysis.set_budget(bytes);
    }

    /// Gives inputs their numbers ([`Place::input`]), in this order, before they are read, here or by another
    /// scan that is merged: what is kept of a channel's records are the first by these numbers. Whoever reads
    /// some of them reads them in this order.
    pub fn expect<'a>(&mut self, names: impl IntoIterator<Item = &'a str>) {
        self.close();
        for name in names {
            self.inputs.expect(name.to_owned());
        }
    }

    /// Starts an input; one that is open is ended. The name is only shown.
    pub fn open(&mut self, name: &str) {
        self.close();
        self.open = Some(Open {
            name: name.to_owned(),
            input: self.inputs.of_whole(name),
            reading: Reading::Whole(Box::new(Reader::new())),
        });
    }

    /// Starts an input that another unpacks ([`wakeful_logs::Unpack`]): it takes the unpacked bytes, and
    /// ends by [`Session::close_unpacked`].
    pub fn open_unpacked(&mut self, name: &str) {
        self.close();
        self.open = Some(Open {
            name: name.to_owned(),
            input: self.inputs.of_whole(name),
            reading: Reading::Whole(Box::new(Reader::unpacked())),
        });
    }

    /// Starts a piece of an input: its text from one line's end to another's. The pieces of an input find
    /// each other by its name, which no other input in pieces may have; together, in one scan or merged
    /// in any order, they give the report of one pass over it.
    ///
    /// # Errors
    /// A sentence, where there is no such piece, or where one that follows it was read before it here.
    pub fn open_piece(&mut self, name: &str, piece: Piece, start: Start) -> Result<(), String> {
        self.close();
        if !piece.is_sound() {
            return Err(format!(
                "There is no piece {} of {}: pieces are counted from 1, and are at most {}.",
                piece.number,
                piece.of,
                Piece::MOST
            ));
        }
        let input = self.inputs.of_piece(name, piece).ok_or_else(|| {
            format!(
                "Piece {} of {} of {name} comes too late: read the pieces of an input in their order, or in scans of their own.",
                piece.number, piece.of
            )
        })?;
        self.open = Some(Open {
            name: name.to_owned(),
            input,
            reading: Reading::Piece(piece, Box::new(PieceReader::new(start))),
        });
        Ok(())
    }

    /// Starts an input that another reads: its rows come by [`Session::relayed`], and it ends by
    /// [`Session::close_relayed`].
    pub fn open_relayed(&mut self, name: &str) {
        self.close();
        self.open = Some(Open {
            name: name.to_owned(),
            input: self.inputs.of_whole(name),
            reading: Reading::Relayed(0, Box::default()),
        });
    }

    /// Takes the next rows of the open input, as a [`relay::Writer`](crate::relay::Writer) of its own wrote them.
    ///
    /// # Errors
    /// Where they are none; rows before the damage count.
    pub fn relayed(&mut self, rows: &[u8]) -> Result<(), Damaged> {
        let Some(Open {
            input,
            reading: Reading::Relayed(count, texts),
            ..
        }) = &mut self.open
        else {
            return Err(Damaged);
        };
        let mut taking = Taking {
            feed: Feed {
                analysis: &mut self.analysis,
                input: *input,
                piece: 0,
            },
            count,
        };
        texts.each(rows, &mut taking)
    }

    /// Ends the open input, which another has read.
    pub fn close_relayed(&mut self, summary: Summary) {
        if let Some(open) = self.open.take() {
            self.inputs.add(open.input, open.name, summary);
        }
    }

    /// Takes the next bytes of the open input, in any chunks.
    pub fn feed(&mut self, bytes: &[u8]) {
        let Some(open) = &mut self.open else { return };
        let mut feed = Feed {
            analysis: &mut self.analysis,
            input: open.input,
            piece: open.piece(),
        };
        match &mut open.reading {
            Reading::Whole(reader) => reader.feed(bytes, &mut feed),
            Reading::Piece(_, reader) => reader.feed(bytes, &mut feed),
            // It has no bytes, but rows.
            Reading::Relayed(..) => {}
        }
    }

    /// Ends the open input.
    pub fn close(&mut self) {
        self.end(None);
    }

    /// Ends the open input, which another has unpacked.
    pub fn close_unpacked(&mut self, unpacked: Unpacked) {
        self.end(Some(unpacked));
    }

    fn end(&mut self, unpacked: Option<Unpacked>) {
        let Some(open) = self.open.take() else { return };
        let mut feed = Feed {
            analysis: &mut self.analysis,
            input: open.input,
            piece: open.piece(),
        };
        match open.reading {
            Reading::Whole(reader) => {
                let summary = match unpacked {
                    Some(unpacked) => reader.finish_unpacked(unpacked, &mut feed),
                    None => reader.finish(&mut feed),
                };
                self.inputs.add(open.input, open.name, summary);
            }
            Reading::Piece(piece, reader) => {
                let read = reader.finish(&mut feed);
                self.inputs.add_piece(open.input, open.name, piece, read);
            }
            Reading::Relayed(..) => self.inputs.add(open.input, open.name, Summary::unread()),
        }
    }

    /// Records read so far, of all inputs.
    #[must_use]
    pub fn records(&self) -> u64 {
        let open = self.open.as_ref().map_or(0, |open| match &open.reading {
            Reading::Whole(reader) => reader.records(),
            Reading::Piece(_, reader) => reader.records(),
            Reading::Relayed(rows, _) => *rows,
        });
        self.inputs.records().iter().sum::<u64>() + open
    }

    /// Whether anything could be read: an input is a `dns.log` or a `conn.log`.
    #[must_use]
    pub fn read_anything(&self) -> bool {
        self.inputs.any_read()
    }

    /// Why inputs in pieces are no whole, in a sentence each; the report has them among the problems.
    #[must_use]
    pub fn faults(&self) -> Vec<String> {
        let told = self.inputs.told();
        told.into_iter().flat_map(|told| told.faults).collect()
    }

    /// Adds another scan's inputs and records, as if they had been read here. An input that is open there
    /// is ended.
    pub fn merge(&mut self, mut other: Self) {
        self.close();
        other.close();
        if self.inputs.len() == 0 {
            // Into nothing, there is nothing to look up.
            self.inputs = other.inputs;
            self.analysis.become_that(other.analysis);
            return;
        }
        let inputs = self.inputs.merge(other.inputs);
        self.analysis
            .merge(&other.analysis, |input| inputs[input as usize]);
    }

    /// A scan of these inputs and another's, as if they had been read one after the other; this one
    /// stays as it is. An input that is open here does not count.
    #[must_use]
    pub fn with(&self, other: Self) -> Self {
        let mut both = Self {
            inputs: self.inputs.clone(),
            analysis: self.analysis.clone(),
            ..Self::default()
        };
        both.merge(other);
        both
    }

    /// What was found so far; an input that is open is ended.
    pub fn report(&mut self) -> Report {
        let judged = self.judging().prepared().judged(None);
        self.keep(judged)
    }

    /// What was found so far, while reading goes on. An input that is open is not among the inputs, but
    /// what was read of it counts. Nobody can ask for the records of these findings.
    #[must_use]
    pub fn preview(&self) -> Report {
        Judging::of(self).prepared().judged(None).report
    }

    /// Begins to judge what was read, for who has a thread or worker that helps; [`Session::report`] does all of it alone.
    /// An input that is open is ended.
    pub fn judging(&mut self) -> Judging<'_> {
        self.close();
        Judging::of(self)
    }

    /// Keeps what a judgement's findings are about, and gives its report.
    pub fn keep(&mut self, judged: Judged) -> Report {
        self.detections = judged.detections;
        judged.report
    }

    /// Where the first records of a finding of the last report lie.
    #[must_use]
    pub fn places(&self, finding: &str) -> Vec<Place> {
        let places = self
            .detections
            .iter()
            .find(|detection| detection.finding.id == finding)
            .map(|detection| &detection.places);
        let told = self.inputs.told();
        places
            .into_iter()
            .flatten()
            .filter_map(|place| told.get(place.input)?.whole(*place))
            .collect()
    }

    /// What the names of a finding of the last report carried, as far as it can be put together again;
    /// none for a finding that is about no DNS channel.
    #[must_use]
    pub fn payload(&self, finding: &str) -> Option<Payload> {
        let detection = self
            .detections
            .iter()
            .find(|detection| detection.finding.id == finding)?;
        let About::Channel(id) = detection.about else {
            return None;
        };
        payload::reconstruct(&self.analysis.names_of(id))
    }

    /// A line that was read again, decoded for display: each set field's name and text.
    #[must_use]
    pub fn fields(&self, place: &Place, line: &[u8]) -> Vec<(String, String)> {
        let header = self.inputs.header(place);
        header.map_or_else(|| json_fields(line), |header| header.fields(line))
    }

    /// A scan that was read before.
    pub(crate) fn restored(inputs: Inputs, analysis: Analysis) -> Self {
        Self {
            inputs,
            analysis,
            ..Self::default()
        }
    }

    /// What was read, input by input.
    pub(crate) fn inputs(&self) -> &Inputs {
        &self.inputs
    }

    /// The aggregates.
    #[must_use]
    pub fn analysis(&self) -> &Analysis {
        &self.analysis
    }
}

impl Open {
    /// The number of the piece; 0 for an input that is read whole.
    fn piece(&self) -> u32 {
        match &self.reading {
            Reading::Whole(_) | Reading::Relayed(..) => 0,
            Reading::Piece(piece, _) => piece.number,
        }
    }
}
