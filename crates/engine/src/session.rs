//! A scan: inputs in, report out.
//!
//! In: bytes of inputs, one input after the other. Out: a [`Report`], and where a finding's records
//! lie. Must not know: where bytes come from, what time it is.

use crate::analysis::{Analysis, Place};
use crate::detectors::{About, Detection, detect};
use crate::payload;
use crate::report::{Counts, Input, InputProblem, Payload, REPORT_VERSION, Report, SetAside, Span};
use crate::summary;
use wakeful_logs::{At, ConnRecord, DnsRecord, Reader, Sink, Summary, json_fields};

/// One scan over any number of inputs.
#[derive(Default)]
pub struct Session {
    inputs: Vec<(String, Summary)>,
    open: Option<(String, Reader)>,
    analysis: Analysis,
    detections: Vec<Detection>,
}

/// Hands an input's records on, with where they lie.
struct Feed<'a> {
    analysis: &'a mut Analysis,
    input: usize,
}

impl Feed<'_> {
    fn place(&self, at: At) -> Option<Place> {
        Some(Place {
            input: self.input,
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

impl Session {
    /// Nothing read so far.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Starts an input; one that is open is ended. The name is only shown.
    pub fn open(&mut self, name: &str) {
        self.close();
        self.open = Some((name.to_owned(), Reader::new()));
    }

    /// Takes the next bytes of the open input, in any chunks.
    pub fn feed(&mut self, bytes: &[u8]) {
        let input = self.inputs.len();
        if let Some((_, reader)) = &mut self.open {
            reader.feed(
                bytes,
                &mut Feed {
                    analysis: &mut self.analysis,
                    input,
                },
            );
        }
    }

    /// Ends the open input.
    pub fn close(&mut self) {
        let input = self.inputs.len();
        if let Some((name, reader)) = self.open.take() {
            let summary = reader.finish(&mut Feed {
                analysis: &mut self.analysis,
                input,
            });
            self.inputs.push((name, summary));
        }
    }

    /// Records read so far, of all inputs.
    #[must_use]
    pub fn records(&self) -> u64 {
        let open = self.open.as_ref().map_or(0, |(_, reader)| reader.records());
        self.inputs
            .iter()
            .map(|(_, summary)| summary.records())
            .sum::<u64>()
            + open
    }

    /// Whether anything could be read: an input is a `dns.log` or a `conn.log`.
    #[must_use]
    pub fn read_anything(&self) -> bool {
        self.inputs
            .iter()
            .any(|(_, summary)| summary.kind != wakeful_logs::Kind::Other)
    }

    /// Adds another scan's inputs and records, as if they had been read here.
    pub fn merge(&mut self, other: Self) {
        self.close();
        self.analysis.merge(&other.analysis, self.inputs.len());
        self.inputs.extend(other.inputs);
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
        self.close();
        let detected = detect(&self.analysis);
        self.detections = detected.detections;
        let findings: Vec<_> = self
            .detections
            .iter()
            .map(|detection| detection.finding.clone())
            .collect();
        let mut inputs: Vec<_> = self
            .inputs
            .iter()
            .map(|(name, summary)| input(name, summary))
            .collect();
        inputs.sort_by(|a, b| (&a.name, a.bytes, a.records).cmp(&(&b.name, b.bytes, b.records)));
        let interval = self.analysis.interval();
        let seconds = |time: Option<i64>| time.map(|micros| micros as f64 / 1e6);
        Report {
            report_version: REPORT_VERSION,
            wakeful: env!("CARGO_PKG_VERSION").to_owned(),
            inputs,
            span: Span {
                first: seconds(interval.first),
                last: seconds(interval.last),
            },
            counts: Counts::count(&findings),
            findings,
            census: summary::census(&self.analysis),
            detectors: summary::detectors(&self.analysis),
            notes: detected.notes,
            timeline: summary::timeline(&self.analysis),
            leaks: detected.leaks,
        }
    }

    /// Where the first records of a finding of the last report lie.
    #[must_use]
    pub fn places(&self, finding: &str) -> Vec<Place> {
        let places = self
            .detections
            .iter()
            .find(|detection| detection.finding.id == finding)
            .map(|detection| &detection.places);
        places
            .into_iter()
            .flatten()
            .map(|place| Place {
                packed: self.inputs[place.input].1.gzip,
                ..*place
            })
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
        let header = place
            .header
            .and_then(|header| self.inputs.get(place.input)?.1.headers.get(header as usize));
        header.map_or_else(|| json_fields(line), |header| header.fields(line))
    }

    /// The aggregates.
    #[must_use]
    pub fn analysis(&self) -> &Analysis {
        &self.analysis
    }
}

fn input(name: &str, summary: &Summary) -> Input {
    Input {
        name: name.to_owned(),
        format: summary.format_name().to_owned(),
        kind: summary.kind.name().to_owned(),
        bytes: summary.bytes,
        records: summary.records(),
        set_aside: summary
            .set_aside
            .iter()
            .map(|(log, &records)| SetAside {
                log: log.clone(),
                records,
            })
            .collect(),
        problem_count: summary.problems.count(),
        problems: summary
            .problems
            .listed()
            .iter()
            .map(|problem| InputProblem {
                line: problem.line,
                what: problem.what.clone(),
            })
            .collect(),
    }
}
