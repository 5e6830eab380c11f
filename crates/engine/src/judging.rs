//! A report in the making.
//!
//! In: a scan that has read all, or as much as it has. Out: its report, and what of the scan each finding is about.
//! Must not know: how the report is shown.
//!
//! A fifth of judging is to code names (the leak meter), which needs nothing but them. Another thread or worker can do
//! that meanwhile: [`Judging::wanted`] is for it, [`measure`] what it does with that, and [`Prepared::judged`] takes what
//! it gives back. Where nobody does, it is measured here, and the report is the same.

use crate::detectors::{self, Detected, Detecting, Detection, Texts};
use crate::inputs::Told;
use crate::relay::Damaged;
use crate::report::{Counts, Input, InputProblem, REPORT_VERSION, Report, SetAside, Span};
use crate::{Session, order, summary};

/// A scan of which nothing is judged yet.
pub struct Judging<'a> {
    session: &'a Session,
    detecting: Detecting<'a>,
    /// Those that another was asked to measure.
    texts: Texts<'a>,
}

/// A scan that is judged but for what rests on the leak meter.
pub struct Prepared<'a> {
    session: &'a Session,
    prepared: detectors::Prepared<'a>,
    texts: Texts<'a>,
}

/// A report, and what its findings are about; [`Session::keep`] takes it.
#[derive(Debug)]
pub struct Judged {
    /// The report.
    pub(crate) report: Report,
    /// In the order of its findings.
    pub(crate) detections: Vec<Detection>,
}

/// Measures what a [`Judging`] wants, in another thread or worker.
///
/// # Errors
/// Where the bytes are not what it wrote.
pub fn measure(wanted: &[u8]) -> Result<Vec<u8>, Damaged> {
    detectors::measure_bytes(wanted)
}

impl<'a> Judging<'a> {
    pub(crate) fn of(session: &'a Session) -> Self {
        Self {
            session,
            detecting: Detecting::new(session.analysis()),
            texts: Texts::default(),
        }
    }

    /// What another can measure; none where it is soon done here.
    #[must_use]
    pub fn wanted(&mut self) -> Option<Vec<u8>> {
        self.texts = self.detecting.texts();
        (!self.texts.is_empty()).then(|| self.texts.to_bytes())
    }

    /// Judges what needs nothing measured.
    #[must_use]
    pub fn prepared(self) -> Prepared<'a> {
        Prepared {
            session: self.session,
            prepared: self.detecting.prepared(),
            texts: self.texts,
        }
    }
}

impl Prepared<'_> {
    /// Judges the rest, with what another [measured](measure).
    #[must_use]
    pub fn judged(self, measured: Option<&[u8]>) -> Judged {
        if let Some(bytes) = measured {
            let bits = detectors::bits_of_bytes(bytes);
            self.prepared.take(&self.texts, &bits);
        }
        judged(self.session, self.prepared.finish())
    }
}

fn judged(session: &Session, detected: Detected) -> Judged {
    let detections = detected.detections;
    let findings: Vec<_> = detections
        .iter()
        .map(|detection| detection.finding.clone())
        .collect();
    let told = session.inputs().told();
    let read = told.iter().enumerate();
    let mut inputs: Vec<_> = read
        .filter(|(at, _)| !session.inputs().awaits(*at))
        .map(|(_, told)| input(told))
        .collect();
    order::by(&mut inputs, |a, b| {
        (&a.name, a.bytes, a.records).cmp(&(&b.name, b.bytes, b.records))
    });
    let interval = session.analysis().interval();
    let seconds = |time: Option<i64>| time.map(|micros| micros as f64 / 1e6);
    let report = Report {
        report_version: REPORT_VERSION,
        wakeful: env!("CARGO_PKG_VERSION").to_owned(),
        inputs,
        span: Span {
            first: seconds(interval.first),
            last: seconds(interval.last),
        },
        counts: Counts::count(&findings),
        findings,
        census: summary::census(session.analysis()),
        detectors: summary::detectors(session.analysis()),
        notes: detected.notes,
        timeline: summary::timeline(session.analysis()),
        leaks: detected.leaks,
        new_domains: detected.new_domains,
    };
    Judged { report, detections }
}

fn input(told: &Told) -> Input {
    let summary = &told.summary;
    Input {
        name: told.name.clone(),
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
