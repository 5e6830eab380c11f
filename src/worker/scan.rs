//! One scan: every input through the engine, then the report.
//!
//! In: the inputs of a command, lines to the readers that help. Out: progress and what was found so far
//! while it reads, then exactly one of done, cancelled, failed.
//! Must not know: what the engine looks for, how the inputs are shared out.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

use wakeful_engine::Session;
use wakeful_engine::judging::Judged;
use wakeful_engine::report::Report;

use super::crew::{By, Crew, Ended, Task};
use super::source::{Bytes, Source, changed, collect, open_part};
use super::{Desk, PROGRESS_MS, saved};
use crate::browser::files::FileHandle;
use crate::browser::stream::{BUFFER_BYTES, Chunks};
use crate::browser::time;
use crate::wire::{BUDGET, Early, Event, Progress, ScanInput};

/// When findings are shown for the first time before the end. Judging takes about a sixth of the time that
/// reading took, so it comes again only when four times as much has been read.
const EARLY_MS: f64 = 1500.0;
const EARLY_AGAIN: f64 = 4.0;
/// Beyond this share of the bytes, the report itself is as near.
const EARLY_SHARE: f64 = 0.6;

/// What a finished scan leaves behind, for showing records.
pub struct Finished {
    /// Which scan.
    pub scan: u32,
    /// Knows where the records lie.
    pub session: RefCell<Session>,
    /// How many records each finding has in all.
    pub totals: BTreeMap<String, u64>,
    /// Client and domain of each finding that has a domain.
    pub ends: BTreeMap<String, (String, String)>,
    /// Which pairs of ends have a finding.
    pub marks: super::explore::Marks,
    /// In the order of the session's inputs.
    pub sources: Vec<Source>,
    /// The rows of the logs, where they were asked for.
    pub grid: super::grid::Grid,
}

/// Why a scan ended without a report.
enum Stop {
    Cancelled,
    /// Readers are of no use: it has to be read again by one.
    Alone,
    Failed(String),
}

/// Runs a scan and tells the page how it ended.
pub async fn run(
    desk: Rc<Desk>,
    scan: u32,
    inputs: Vec<ScanInput>,
    files: Vec<FileHandle>,
    crew: Crew,
) {
    let began = time::now_ms();
    let ended = match collect(inputs, &files) {
        Ok(sources) => {
            match saved::bytes(&sources).await {
                Ok(None) => {}
                Ok(Some(bytes)) => return desk.send(&opened(scan, &bytes)),
                Err(what) => return desk.send(&Event::Failed { scan, what }),
            }
            let shared = Run::new(&desk, scan, began, crew);
            match shared.finish(sources.clone()).await {
                Err(Stop::Alone) => {
                    let alone = Run::new(&desk, scan, began, Crew::new(Vec::new(), false));
                    alone.finish(sources).await
                }
                ended => ended,
            }
        }
        Err(what) => Err(Stop::Failed(what)),
    };
    desk.send(&match ended {
        Ok((report, finished)) => {
            desk.finished.replace(Some(Rc::new(finished)));
            Event::Done {
                scan,
                report: Box::new(report),
                elapsed_ms: time::now_ms() - began,
            }
        }
        Err(Stop::Cancelled) => Event::Cancelled { scan },
        Err(Stop::Failed(what)) => Event::Failed { scan, what },
        Err(Stop::Alone) => Event::Failed {
            scan,
            what: "The files could not be shared out. Drop them again.".to_owned(),
        },
    });
}

/// The report of a file, instead of one of a scan.
fn opened(scan: u32, bytes: &[u8]) -> Event {
    match crate::state::saved::read(bytes) {
        Ok((report, beside)) => Event::Opened {
            scan,
            report,
            beside: Box::new(beside),
        },
        Err(what) => Event::Failed { scan, what },
    }
}

struct Run<'a> {
    desk: &'a Desk,
    crew: Crew,
    session: Session,
    progress: Progress,
    /// Bytes that this worker has read itself.
    bytes: u64,
    began: f64,
    told: f64,
    /// When findings are shown again.
    early: f64,
}

impl<'a> Run<'a> {
    fn new(desk: &'a Desk, scan: u32, began: f64, crew: Crew) -> Self {
        let mut session = Session::new();
        session.set_budget(BUDGET / crew.holders());
        Self {
            desk,
            crew,
            session,
            progress: Progress {
                scan,
                input: String::new(),
                bytes: 0,
                bytes_total: 0,
                records: 0,
                elapsed_ms: 0.0,
            },
            bytes: 0,
            began,
            told: f64::NEG_INFINITY,
            early: EARLY_MS,
        }
    }

    async fn finish(mut self, sources: Vec<Source>) -> Result<(Report, Finished), Stop> {
        self.progress.bytes_total = sources.iter().map(Source::size).sum();
        self.session
            .expect(sources.iter().map(|source| source.name.as_str()));
        let plan = self.crew.plan(&sources).await.map_err(Stop::Failed)?;
        self.crew.begin(plan);
        while let Some(task) = self.crew.next() {
            self.progress.input.clone_from(&task.part.name);
            match (&sources[task.source].bytes, task.by) {
                (Bytes::File(_), By::Relay) => self.take_rows(&task).await?,
                (Bytes::File(file), By::Unpacker) => self.read_unpacked(&task, file).await?,
                (Bytes::File(file), By::Me) => self.read_file(&task, file).await?,
                (Bytes::Held(bytes), _) => self.read_held(&task, bytes).await?,
            }
        }
        // Who hands over gives back what it held.
        self.session.set_budget(BUDGET);
        while !self.crew.is_done() {
            self.crew.heard().await;
            self.tell(false).await?;
            self.take_partials()?;
        }
        self.take_partials()?;
        if self.crew.len() > 0 && !self.session.faults().is_empty() {
            return Err(Stop::Alone);
        }
        self.tell(true).await?;
        let judged = self.judge().await?;
        let report = self.session.keep(judged);
        Ok(self.report(report, sources))
    }

    /// A reader that handed on rows, and has nothing else to do any more, measures names meanwhile.
    async fn judge(&mut self) -> Result<Judged, Stop> {
        let Self {
            crew,
            session,
            desk,
            progress,
            ..
        } = self;
        let mut judging = session.judging();
        let wanted = crew.helps().then(|| judging.wanted()).flatten();
        // Sent, it is in the way of what judging needs.
        let is_asked = wanted.map(|wanted| crew.measure(&wanted)).is_some();
        let prepared = judging.prepared();
        let mut measured = None;
        // One that breaks off never answers.
        let is_lost = || crew.failed().is_some() || desk.is_alone(progress.scan);
        while is_asked && measured.is_none() && !is_lost() {
            crew.heard().await;
            if !desk.wants(progress.scan) {
                return Err(Stop::Cancelled);
            }
            measured = crew.measured();
        }
        // What was not measured there is here.
        Ok(prepared.judged(measured.as_deref()))
    }

    fn report(self, report: Report, sources: Vec<Source>) -> (Report, Finished) {
        let totals = report
            .findings
            .iter()
            .map(|finding| (finding.id.clone(), finding.records))
            .collect();
        let marks = super::explore::marks(&report);
        let ends = report
            .findings
            .iter()
            .filter_map(|finding| {
                let ends = (finding.client.clone(), finding.domain.clone()?);
                Some((finding.id.clone(), ends))
            })
            .collect();
        let finished = Finished {
            scan: self.progress.scan,
            session: RefCell::new(self.session),
            totals,
            ends,
            marks,
            sources,
            grid: super::grid::Grid::default(),
        };
        (report, finished)
    }

    async fn read_file(&mut self, task: &Task, file: &FileHandle) -> Result<(), Stop> {
        let mut chunks: Chunks =
            open_part(&mut self.session, &task.part, file).map_err(Stop::Failed)?;
        let mut chunk = Vec::with_capacity(BUFFER_BYTES as usize);
        loop {
            match chunks.next(&mut chunk).await {
                Ok(false) => break,
                Ok(true) => {}
                Err(error) => return Err(Stop::Failed(changed(&task.part.name, &error))),
            }
            if let Err(stop) = self.feed(&chunk).await {
                chunks.cancel().await;
                return Err(stop);
            }
        }
        self.session.close();
        Ok(())
    }

    /// Reads what a reader unpacks.
    async fn read_unpacked(&mut self, task: &Task, file: &FileHandle) -> Result<(), Stop> {
        self.session.open_unpacked(&task.part.name);
        self.crew.unpack(file);
        loop {
            match self.crew.text() {
                Some(Ok(text)) => self.session.feed(&text),
                Some(Err(Ended::Unpacked(unpacked))) => {
                    self.session.close_unpacked(unpacked);
                    return Ok(());
                }
                Some(Err(Ended::Read(_))) => return Err(Stop::Alone),
                None => self.crew.heard().await,
            }
            self.tell(false).await?;
        }
    }

    /// Counts what a reader reads.
    async fn take_rows(&mut self, task: &Task) -> Result<(), Stop> {
        self.session.open_relayed(&task.part.name);
        loop {
            match self.crew.text() {
                Some(Ok(rows)) => self.session.relayed(&rows).map_err(|_| Stop::Alone)?,
                Some(Err(Ended::Read(summary))) => {
                    self.session.close_relayed(*summary);
                    return Ok(());
                }
                Some(Err(Ended::Unpacked(_))) => return Err(Stop::Alone),
                None => self.crew.heard().await,
            }
            self.tell(false).await?;
        }
    }

    async fn read_held(&mut self, task: &Task, bytes: &[u8]) -> Result<(), Stop> {
        self.session.open(&task.part.name);
        for chunk in bytes.chunks(BUFFER_BYTES as usize) {
            self.feed(chunk).await?;
        }
        self.session.close();
        Ok(())
    }

    async fn feed(&mut self, chunk: &[u8]) -> Result<(), Stop> {
        self.session.feed(chunk);
        self.bytes += chunk.len() as u64;
        self.tell(false).await
    }

    fn take_partials(&mut self) -> Result<(), Stop> {
        while let Some(partial) = self.crew.take_partial() {
            let session = Session::from_partial(&partial).map_err(|_| Stop::Alone)?;
            drop(partial);
            self.session.merge(session);
        }
        Ok(())
    }

    /// Sends progress if it is time, and lets a waiting cancel in.
    async fn tell(&mut self, at_once: bool) -> Result<(), Stop> {
        let now = time::now_ms();
        if at_once || now - self.told >= PROGRESS_MS {
            self.told = now;
            let (bytes, records) = self.crew.read();
            self.progress.bytes = self.bytes + bytes;
            self.progress.records = self.session.records();
            if !self.crew.is_done() {
                self.progress.records += records;
            }
            self.progress.elapsed_ms = now - self.began;
            if self.desk.wants(self.progress.scan) {
                self.desk.send(&Event::Progress(self.progress.clone()));
                self.tell_early();
            }
            time::turn().await;
        }
        if !self.desk.wants(self.progress.scan) {
            return Err(Stop::Cancelled);
        }
        if self.crew.len() > 0 && self.desk.is_alone(self.progress.scan) {
            return Err(Stop::Alone);
        }
        self.crew
            .failed()
            .map_or(Ok(()), |what| Err(Stop::Failed(what)))
    }

    fn tell_early(&mut self) {
        let progress = &self.progress;
        let share = progress.bytes as f64 / progress.bytes_total.max(1) as f64;
        if progress.elapsed_ms < self.early || share > EARLY_SHARE || progress.records == 0 {
            return;
        }
        self.early = progress.elapsed_ms * EARLY_AGAIN;
        let report = self.session.preview();
        let mut findings = report.findings;
        findings.truncate(Early::MOST);
        self.desk.send(&Event::Early(Early {
            scan: progress.scan,
            records: self.session.records(),
            counts: report.counts,
            findings,
        }));
    }
}
