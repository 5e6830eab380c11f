//! Readers that help with a scan: who reads what, and what they say.
//!
//! In: the sources of a scan, a line to each reader. Out: the parts that this worker reads itself, one
//! after the other ([`Crew::next`]); at the end the partial results of the readers.
//! Must not know: what the engine does with bytes.
//!
//! Large plain logs are cut into slices; slices and whole files stand in one row, from which everybody
//! takes the next when done with the last: so each has its slices in order, and all end at about the same
//! time. What a slice is told of the lines before it is a guess, the header at the top of the file; where
//! it is wrong (logs put together under different headers) the scan notices and reads alone.

use std::cell::RefCell;
use std::collections::{BTreeMap, VecDeque};
use std::rc::Rc;

use wakeful_logs::piece::{Before, Start};
use wakeful_logs::{Summary, Unpacked};

use super::bell::Bell;
use super::source::{Bytes, Source, changed};
use crate::browser::crash;
use crate::browser::files::FileHandle;
use crate::browser::line::Line;
use crate::browser::listen::Listener;
use crate::browser::port::report_end;
use crate::wire::crew::{Errand, Part, Slice, Word};
use crate::wire::{decode, encode};

/// Slices are about so large: small enough that all end together, large enough that a slice costs nothing.
const SLICE_BYTES: u64 = 24 << 20;
/// As much of a file's beginning as shows its first header.
const HEAD_BYTES: u32 = 64 << 10;
/// A step in the search for a line's end.
const STEP_BYTES: u32 = 64 << 10;
/// Errands that a reader has at once: the one that it does, and the next.
const AHEAD: u32 = 2;

/// A part and where its bytes are: the source's place among the sources.
#[derive(Clone)]
pub struct Task {
    pub part: Part,
    pub source: usize,
    pub by: By,
}

/// Who reads a part that stands in this worker's row.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum By {
    /// This worker.
    Me,
    /// A reader unpacks it, and this worker reads the text.
    Unpacker,
    /// A reader reads it, and this worker takes the rows.
    Relay,
}

/// How an input ended that a reader unpacks or reads.
pub enum Ended {
    Unpacked(Unpacked),
    Read(Box<Summary>),
}

/// The row of parts.
#[derive(Default)]
pub struct Plan {
    /// Those that only this worker can read: no file, or one of several of the same name.
    mine: VecDeque<Task>,
    /// Those that whoever is free takes.
    anyones: VecDeque<(Task, FileHandle)>,
    /// The files that the one reader reads for this worker, in their order among `mine`.
    relayed: Vec<FileHandle>,
}

impl Plan {
    /// Everything whole, for one worker.
    pub fn alone(sources: &[Source]) -> Self {
        let mine = (0..sources.len()).map(|source| whole(sources, source));
        Self {
            mine: mine.collect(),
            ..Self::default()
        }
    }

    /// Everything whole: one reads the files, and one counts.
    pub fn relay(sources: &[Source]) -> Self {
        let mut plan = Self::alone(sources);
        for task in &mut plan.mine {
            if let Bytes::File(file) = &sources[task.source].bytes {
                task.by = By::Relay;
                plan.relayed.push(file.clone());
            }
        }
        plan
    }

    /// For `workers` workers.
    ///
    /// # Errors
    /// Where a file cannot be read; a sentence.
    pub async fn shared(sources: &[Source], workers: usize) -> Result<Self, String> {
        let mut names = BTreeMap::<&str, u32>::new();
        for source in sources {
            *names.entry(&source.name).or_default() += 1;
        }
        let mut plan = Self::default();
        let mut packed = Vec::new();
        for (at, source) in sources.iter().enumerate() {
            let unique = names.get(source.name.as_str()) == Some(&1);
            match &source.bytes {
                Bytes::File(file) if unique => {
                    if is_gzip(file, &source.name).await? {
                        packed.push(plan.anyones.len());
                    }
                    for part in parts(file, &source.name).await? {
                        let task = Task {
                            part,
                            source: at,
                            by: By::Me,
                        };
                        plan.anyones.push_back((task, file.clone()));
                    }
                }
                _ => plan.mine.push_back(whole(sources, at)),
            }
        }
        let idle = workers.saturating_sub(plan.anyones.len() + usize::from(!plan.mine.is_empty()));
        if idle > 0
            && let Some((mut task, _)) = packed.first().and_then(|&at| plan.anyones.remove(at))
        {
            // A file that cannot be cut keeps two busy: one unpacks, this one reads.
            task.by = By::Unpacker;
            let at = plan.mine.partition_point(|mine| mine.source < task.source);
            plan.mine.insert(at, task);
        }
        Ok(plan)
    }
}

fn whole(sources: &[Source], source: usize) -> Task {
    Task {
        part: Part {
            name: sources[source].name.clone(),
            slice: None,
        },
        source,
        by: By::Me,
    }
}

async fn is_gzip(file: &FileHandle, name: &str) -> Result<bool, String> {
    let first = file
        .part(0, 2)
        .await
        .map_err(|error| changed(name, &error))?;
    Ok(first == [0x1f, 0x8b])
}

/// A file in slices, or whole.
async fn parts(file: &FileHandle, name: &str) -> Result<Vec<Part>, String> {
    let unread = |error: String| changed(name, &error);
    let part = |slice| Part {
        name: name.to_owned(),
        slice,
    };
    let size = file.size();
    let of = (size / SLICE_BYTES).clamp(1, 1 << 15);
    let head = file.part(0, HEAD_BYTES).await.map_err(unread)?;
    let Some(first) = Start::of_text(&head).filter(|_| of > 1) else {
        return Ok(vec![part(None)]);
    };
    let mut before = Before::new(&first);
    before.feed(&head);
    let start = before.start();
    let mut cuts = vec![0];
    for number in 1..of {
        let from = cuts.last().copied().unwrap_or(0).max(size / of * number);
        cuts.push(line_start(file, from).await.map_err(unread)?);
    }
    cuts.push(size);
    let slices = cuts.windows(2).zip(1..).map(|(cut, number)| {
        let start = match number {
            1 => first.clone(),
            _ => start.clone().behind(Some(cut[0])),
        };
        part(Some(Slice {
            number,
            of: of as u32,
            start,
            from: cut[0],
            to: cut[1],
        }))
    });
    Ok(slices.collect())
}

/// The first line's start from `from` on; the file's end where there is none.
async fn line_start(file: &FileHandle, mut from: u64) -> Result<u64, String> {
    while from < file.size() {
        let bytes = file.part(from, STEP_BYTES).await?;
        if bytes.is_empty() {
            break;
        }
        if let Some(end) = bytes.iter().position(|&byte| byte == b'\n') {
            return Ok(from + end as u64 + 1);
        }
        from += bytes.len() as u64;
    }
    Ok(file.size())
}

/// What readers have said, and what is left to do.
#[derive(Default)]
struct Board {
    plan: Plan,
    /// Of each reader, errands that it has not done.
    errands: Vec<u32>,
    /// Readers that have not handed over.
    open: usize,
    bytes: u64,
    records: u64,
    /// Texts or rows, and where their inputs end.
    texts: VecDeque<Result<Vec<u8>, Ended>>,
    partials: Vec<Vec<u8>>,
    /// What a reader measured for who judges.
    measured: Option<Vec<u8>>,
    failed: Option<String>,
}

struct Shared {
    board: RefCell<Board>,
    lines: Vec<Line>,
    bell: Rc<Bell>,
}

/// The readers of one scan. Dropping it ends the lines.
pub struct Crew {
    shared: Rc<Shared>,
    relay: bool,
    _listeners: Vec<Listener>,
}

impl Crew {
    /// Nobody has anything to do yet. With `relay`, the one reader hands on rows.
    pub fn new(lines: Vec<Line>, relay: bool) -> Self {
        let shared = Rc::new(Shared {
            board: RefCell::default(),
            lines,
            bell: Rc::default(),
        });
        let listeners = shared.lines.iter().enumerate().map(|(reader, line)| {
            let shared = Rc::clone(&shared);
            line.listen(move |sent| match decode::<Word>(&sent.bytes) {
                Ok(word) => {
                    shared.hear(reader, word, sent.beside);
                    shared.bell.ring();
                }
                Err(error) => report_end(&crash::describe(
                    "worker",
                    &error.to_string(),
                    Some("a reader's word could not be read"),
                )),
            })
        });
        let listeners = listeners.collect();
        Self {
            shared,
            relay,
            _listeners: listeners,
        }
    }

    /// Who reads what.
    ///
    /// # Errors
    /// Where a file cannot be read; a sentence.
    pub async fn plan(&self, sources: &[Source]) -> Result<Plan, String> {
        match self.len() {
            0 => Ok(Plan::alone(sources)),
            1 if self.relay => Ok(Plan::relay(sources)),
            readers => Plan::shared(sources, readers + 1).await,
        }
    }

    /// How many hold what they read: one that hands on rows holds nothing.
    pub fn holders(&self) -> u64 {
        match self.relay {
            true => 1,
            false => self.len() as u64 + 1,
        }
    }

    /// How many readers there are.
    pub fn len(&self) -> usize {
        self.shared.lines.len()
    }

    /// Gives every reader its first errands.
    pub fn begin(&self, mut plan: Plan) {
        let shared = &self.shared;
        let relayed = std::mem::take(&mut plan.relayed);
        {
            let mut board = shared.board.borrow_mut();
            board.plan = plan;
            board.errands = vec![0; self.len()];
            board.open = self.len();
        }
        for file in &relayed {
            self.ask(&Errand::Relay, file);
        }
        let unpacks = {
            let board = shared.board.borrow();
            board.plan.mine.iter().any(|task| task.by == By::Unpacker)
        };
        for _ in 0..AHEAD {
            // The first reader unpacks, where that is wanted: it gets no errand that would come before.
            for reader in usize::from(unpacks)..self.len() {
                shared.give(reader);
            }
        }
        for reader in usize::from(unpacks)..self.len() {
            shared.finish_if_idle(reader);
        }
    }

    /// The next part for this worker to read itself: of the sources it reads none before an earlier one.
    pub fn next(&self) -> Option<Task> {
        let plan = &mut self.shared.board.borrow_mut().plan;
        let anyones = plan.anyones.front().map(|(task, _)| task.source);
        match (plan.mine.front().map(|task| task.source), anyones) {
            (Some(mine), Some(anyones)) if anyones < mine => {
                plan.anyones.pop_front().map(|(task, _)| task)
            }
            (Some(_), _) => plan.mine.pop_front(),
            (None, _) => plan.anyones.pop_front().map(|(task, _)| task),
        }
    }

    /// Has a reader unpack a file.
    pub fn unpack(&self, file: &FileHandle) {
        self.ask(&Errand::Unpack, file);
    }

    /// An errand for the first reader.
    fn ask(&self, errand: &Errand, file: &FileHandle) {
        if let Some(errands) = self.shared.board.borrow_mut().errands.first_mut() {
            *errands += 1;
        }
        self.shared.send(0, errand, &[], Some(file));
    }

    /// The next text, or the next rows, or how their input ended; `None` while neither is here.
    pub fn text(&self) -> Option<Result<Vec<u8>, Ended>> {
        let text = self.shared.board.borrow_mut().texts.pop_front()?;
        if text.is_ok() {
            self.shared.send(0, &Errand::More, &[], None);
        }
        Some(text)
    }

    /// Whether every reader has handed over.
    pub fn is_done(&self) -> bool {
        self.shared.board.borrow().open == 0
    }

    /// A partial result that was handed over.
    pub fn take_partial(&self) -> Option<Vec<u8>> {
        self.shared.board.borrow_mut().partials.pop()
    }

    /// Whether a reader is left that can measure: who hands over a result leaves.
    pub fn helps(&self) -> bool {
        self.relay && self.len() > 0
    }

    /// Has the reader that handed on rows measure for who judges.
    pub fn measure(&self, wanted: &[u8]) {
        self.shared.send(0, &Errand::Measure, wanted, None);
    }

    /// What it measured; `None` while that is not here.
    pub fn measured(&self) -> Option<Vec<u8>> {
        self.shared.board.borrow_mut().measured.take()
    }

    /// Bytes and records that readers have read.
    pub fn read(&self) -> (u64, u64) {
        let board = self.shared.board.borrow();
        (board.bytes, board.records)
    }

    /// What a reader could not do.
    pub fn failed(&self) -> Option<String> {
        self.shared.board.borrow().failed.clone()
    }

    /// Wakes who waits for a reader, so that it looks whether to go on.
    pub fn bell(&self) -> Rc<Bell> {
        Rc::clone(&self.shared.bell)
    }

    /// Until a reader says something.
    pub async fn heard(&self) {
        self.shared.bell.wait().await;
    }
}

impl Drop for Crew {
    fn drop(&mut self) {
        for line in &self.shared.lines {
            line.close();
        }
    }
}

impl Shared {
    fn hear(&self, reader: usize, word: Word, beside: Vec<u8>) {
        let mut board = self.board.borrow_mut();
        match word {
            Word::Read { bytes, records } => {
                board.bytes += bytes;
                board.records += records;
            }
            Word::Text => board.texts.push_back(Ok(beside)),
            Word::Ended(unpacked) => board.texts.push_back(Err(Ended::Unpacked(unpacked))),
            Word::Summed(summary) => board.texts.push_back(Err(Ended::Read(summary))),
            Word::Partial => {
                board.open = board.open.saturating_sub(1);
                board.partials.push(beside);
            }
            Word::Measured => board.measured = Some(beside),
            Word::Failed(what) => board.failed = Some(what),
            Word::Done => {
                if let Some(errands) = board.errands.get_mut(reader) {
                    *errands = errands.saturating_sub(1);
                }
                drop(board);
                self.give(reader);
                self.finish_if_idle(reader);
            }
        }
    }

    /// The next errand, if there is one.
    fn give(&self, reader: usize) {
        let mut board = self.board.borrow_mut();
        let Some((task, file)) = board.plan.anyones.pop_front() else {
            return;
        };
        board.errands[reader] += 1;
        drop(board);
        self.send(reader, &Errand::Read(Box::new(task.part)), &[], Some(&file));
    }

    fn finish_if_idle(&self, reader: usize) {
        if self.board.borrow().errands.get(reader) == Some(&0) {
            self.send(reader, &Errand::Finish, &[], None);
        }
    }

    fn send(&self, reader: usize, errand: &Errand, beside: &[u8], file: Option<&FileHandle>) {
        let Some(line) = self.lines.get(reader) else {
            return;
        };
        if let Err(error) = send(line, errand, beside, file) {
            self.board.borrow_mut().failed = Some(format!(
                "A file could not be handed to a second worker ({error}). Drop it again."
            ));
        }
    }
}

fn send(
    line: &Line,
    errand: &Errand,
    beside: &[u8],
    file: Option<&FileHandle>,
) -> Result<(), String> {
    let bytes = encode(errand).map_err(|error| error.to_string())?;
    match errand {
        // The buffer of a text that was used comes back for the next one.
        Errand::More => line.give_back(&bytes),
        _ => line.post(&bytes, beside, file),
    }
}
