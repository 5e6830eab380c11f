//! One scan: every input through the engine, then the report.
//!
//! In: the inputs of a command. Out: progress while it reads, then exactly one of done,
//! cancelled, failed.
//! Must not know: what the engine looks for.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

use wakeful_engine::Session;

use super::Desk;
use super::source::{Bytes, Source, collect};
use crate::browser::files::FileHandle;
use crate::browser::stream::{BUFFER_BYTES, Chunks};
use crate::browser::time;
use crate::wire::{Event, Progress, ScanInput};

/// The least time between two progress events.
const PROGRESS_MS: f64 = 100.0;

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
    /// In the order in which the session opened them.
    pub sources: Vec<Source>,
    /// The rows of the logs, where they were asked for.
    pub grid: super::grid::Grid,
}

/// Why a scan ended without a report.
enum Stop {
    Cancelled,
    Failed(String),
}

/// Runs a scan and tells the page how it ended.
pub async fn run(desk: Rc<Desk>, scan: u32, inputs: Vec<ScanInput>, files: Vec<FileHandle>) {
    let began = time::now_ms();
    let ended = match collect(inputs, &files) {
        Ok(sources) => Run::new(&desk, scan, began, sources).finish().await,
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
    });
}

struct Run<'a> {
    desk: &'a Desk,
    session: Session,
    sources: Vec<Source>,
    progress: Progress,
    began: f64,
    told: f64,
}

impl<'a> Run<'a> {
    fn new(desk: &'a Desk, scan: u32, began: f64, sources: Vec<Source>) -> Self {
        let bytes_total = sources.iter().map(Source::size).sum();
        Self {
            desk,
            session: Session::new(),
            sources,
            progress: Progress {
                scan,
                input: String::new(),
                bytes: 0,
                bytes_total,
                records: 0,
                elapsed_ms: 0.0,
            },
            began,
            told: f64::NEG_INFINITY,
        }
    }

    async fn finish(mut self) -> Result<(wakeful_engine::report::Report, Finished), Stop> {
        let mut chunk = Vec::with_capacity(BUFFER_BYTES as usize);
        for at in 0..self.sources.len() {
            let (name, bytes) = (
                self.sources[at].name.clone(),
                self.sources[at].bytes.clone(),
            );
            self.session.open(&name);
            self.progress.input = name;
            match bytes {
                Bytes::File(file) => self.read_file(&file, &mut chunk).await?,
                Bytes::Held(bytes) => self.read_held(&bytes).await?,
            }
            self.session.close();
        }
        self.tell(true).await?;
        let report = self.session.report();
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
        Ok((
            report,
            Finished {
                scan: self.progress.scan,
                session: RefCell::new(self.session),
                totals,
                ends,
                marks,
                sources: self.sources,
                grid: super::grid::Grid::default(),
            },
        ))
    }

    async fn read_file(&mut self, file: &FileHandle, chunk: &mut Vec<u8>) -> Result<(), Stop> {
        let mut chunks = Chunks::open(file);
        loop {
            match chunks.next(chunk).await {
                Ok(false) => return Ok(()),
                Ok(true) => {}
                Err(error) => {
                    return Err(Stop::Failed(format!(
                        "{} could not be read on ({error}): it may have been moved or changed. \
                         Drop it again.",
                        self.progress.input
                    )));
                }
            }
            if let Err(stop) = self.feed(chunk).await {
                chunks.cancel().await;
                return Err(stop);
            }
        }
    }

    async fn read_held(&mut self, bytes: &[u8]) -> Result<(), Stop> {
        for chunk in bytes.chunks(BUFFER_BYTES as usize) {
            self.feed(chunk).await?;
        }
        Ok(())
    }

    async fn feed(&mut self, chunk: &[u8]) -> Result<(), Stop> {
        self.session.feed(chunk);
        self.progress.bytes += chunk.len() as u64;
        self.tell(false).await
    }

    /// Sends progress if it is time, and lets a waiting cancel in.
    async fn tell(&mut self, at_once: bool) -> Result<(), Stop> {
        let now = time::now_ms();
        if at_once || now - self.told >= PROGRESS_MS {
            self.told = now;
            self.progress.records = self.session.records();
            self.progress.elapsed_ms = now - self.began;
            if self.desk.wants(self.progress.scan) {
                self.desk.send(&Event::Progress(self.progress.clone()));
            }
            time::turn().await;
        }
        if self.desk.wants(self.progress.scan) {
            Ok(())
        } else {
            Err(Stop::Cancelled)
        }
    }
}
