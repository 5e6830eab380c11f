//! Between the page and the worker.
//!
//! In: what the user wants done. Out: commands to the worker; its events as [`Action`]s.
//! Must not know: what the page shows.

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::rc::Rc;

use yew::UseReducerDispatcher;

use super::app::Board;
use super::crew::Crew;
use crate::browser::files::{FileHandle, PickedFile};
use crate::browser::line::Line;
use crate::browser::port::{Incoming, Parcel, WorkerPort};
use crate::browser::time::{after, soon};
use crate::browser::turns::{self, Turn};
use crate::state::format::{bytes, counted};
use crate::state::{Action, verdict};
use crate::wire::{Command, Event, ScanInput, decode, encode};

/// How long a cancelled worker has before it is ended.
const PATIENCE_MS: i32 = 2000;

/// What the user brings.
pub enum Brought {
    /// Files.
    Files(Vec<PickedFile>),
    /// Text from the clipboard.
    Text(String),
    /// A sample: its name, its title.
    Sample(&'static str, &'static str),
}

/// The page's hold on its worker.
pub struct Controller {
    dispatch: UseReducerDispatcher<Board>,
    port: RefCell<Option<WorkerPort>>,
    /// Commands sent before the worker was ready would be lost.
    ready: Cell<bool>,
    waiting: RefCell<Vec<Parcel>>,
    /// The readers of the scan under way.
    crew: RefCell<Option<Crew>>,
    scan: Cell<u32>,
    /// Whether a scan is under way.
    busy: Cell<bool>,
    /// What the worker told and is not yet shown.
    heard: RefCell<VecDeque<Event>>,
    /// The readers of the scan that is over, until their turn to end.
    parting: RefCell<Option<Turn>>,
}

/// The controller as a context: two are the same if they are one.
#[derive(Clone)]
pub struct Hands(pub Rc<Controller>);

impl PartialEq for Hands {
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.0, &other.0)
    }
}

impl Controller {
    /// A controller without a worker: the page is shut before one starts, and that waits for something to read.
    pub fn new(dispatch: UseReducerDispatcher<Board>) -> Rc<Self> {
        Rc::new(Self {
            dispatch,
            port: RefCell::new(None),
            ready: Cell::new(false),
            waiting: RefCell::default(),
            crew: RefCell::new(None),
            scan: Cell::new(0),
            busy: Cell::new(false),
            heard: RefCell::default(),
            parting: RefCell::default(),
        })
    }

    /// Starts a scan; one that is running ends.
    pub fn scan(self: &Rc<Self>, brought: Brought) {
        let (what, inputs, files) = unpack(brought);
        if inputs.is_empty() {
            return;
        }
        let scan = self.scan.get() + 1;
        self.scan.set(scan);
        self.busy.set(true);
        // It comes up while the page says that it reads.
        if self.port.borrow().is_none() {
            self.spawn();
        }
        // In a task after that which took the files: readers come up, the worker is told, and the page says that it reads,
        // which is drawn when this is over.
        let me = Rc::clone(self);
        soon(move || {
            if !me.is_under_way(scan) {
                return;
            }
            let (lines, relay) = me.hire(scan, &files);
            me.dispatch.dispatch(Action::Started { scan, what });
            let command = Command::Scan {
                scan,
                inputs,
                relay,
            };
            me.send_with(&command, files, lines);
            soon(verdict::prepare);
        });
    }

    fn is_under_way(&self, scan: u32) -> bool {
        self.scan.get() == scan && self.busy.get()
    }

    /// Starts readers where there is enough to read; the ones before end.
    fn hire(self: &Rc<Self>, scan: u32, files: &[FileHandle]) -> (Vec<Line>, bool) {
        let bytes = files.iter().map(FileHandle::size).sum();
        let me = Rc::downgrade(self);
        let (crew, lines, relay) = Crew::hire(bytes, move || {
            // Not from within the dying worker's own callback.
            let me = me.clone();
            soon(move || {
                if let Some(me) = me.upgrade()
                    && me.scan.get() == scan
                {
                    me.crew.replace(None);
                    me.send(&Command::Alone { scan });
                }
            });
        });
        self.crew.replace(crew);
        (lines, relay)
    }

    /// Stops the scan. A worker that does not listen is ended.
    pub fn cancel(self: &Rc<Self>) {
        let scan = self.scan.get();
        self.dispatch.dispatch(Action::Stopping);
        self.send(&Command::Cancel { scan });
        let me = Rc::downgrade(self);
        after(PATIENCE_MS, move || {
            if let Some(me) = me.upgrade()
                && me.busy.get()
                && me.scan.get() == scan
            {
                me.replace();
                me.tell(Event::Cancelled { scan });
            }
        });
    }

    /// Asks for the records of a finding.
    pub fn ask_records(&self, finding: String) {
        let scan = self.scan.get();
        self.send(&Command::Records { scan, finding });
    }

    /// Asks something of the scan that counts.
    pub fn ask(&self, command: impl FnOnce(u32) -> Command) {
        self.send(&command(self.scan.get()));
    }

    /// Asks what a finding's names carried.
    pub fn ask_payload(&self, finding: String) {
        let scan = self.scan.get();
        self.send(&Command::Payload { scan, finding });
    }

    fn spawn(self: &Rc<Self>) {
        let me = Rc::downgrade(self);
        self.ready.set(false);
        let spawned = WorkerPort::spawn(move |incoming| {
            if let Some(me) = me.upgrade() {
                me.hear(incoming);
            }
        });
        match spawned {
            Ok(port) => {
                self.port.replace(Some(port));
            }
            Err(error) => self.fail(format!("the worker could not be started: {error}")),
        }
    }

    /// Ends the worker and starts a fresh one.
    fn replace(self: &Rc<Self>) {
        self.crew.replace(None);
        self.port.replace(None);
        self.waiting.borrow_mut().clear();
        self.spawn();
    }

    fn hear(self: &Rc<Self>, incoming: Incoming) {
        match incoming {
            Incoming::Bytes(bytes) => match decode(&bytes) {
                Ok(event) => self.queue(event),
                Err(error) => self.fail(error.to_string()),
            },
            Incoming::Died(report) => {
                let was_ready = self.ready.get();
                self.fail(report);
                let me = Rc::clone(self);
                // Not from within the dying worker's own callback. One that never came up would
                // fail again: it is tried anew at the next scan.
                soon(move || {
                    if was_ready {
                        me.replace();
                    } else {
                        me.port.replace(None);
                        me.waiting.borrow_mut().clear();
                    }
                });
            }
        }
    }

    /// Tells of events in their order; of a report in a task after that which decoded it.
    fn queue(self: &Rc<Self>, event: Event) {
        let is_report = matches!(event, Event::Done { .. } | Event::Opened { .. });
        let is_first = self.heard.borrow().is_empty();
        if is_first && !is_report {
            return self.tell(event);
        }
        self.heard.borrow_mut().push_back(event);
        if is_first {
            let me = Rc::clone(self);
            soon(move || {
                for event in me.heard.take() {
                    me.tell(event);
                }
            });
        }
    }

    fn tell(&self, event: Event) {
        match &event {
            Event::Ready => self.flush(),
            Event::Done { scan, .. }
            | Event::Opened { scan, .. }
            | Event::Cancelled { scan }
            | Event::Failed { scan, .. }
                if *scan == self.scan.get() =>
            {
                self.busy.set(false);
                // What they hold of memory is given back only with them; to end one takes the browser 7 ms.
                let crew = self.crew.take();
                self.parting.replace(Some(turns::last(move || drop(crew))));
            }
            _ => {}
        }
        self.dispatch.dispatch(Action::Heard(Box::new(event)));
    }

    fn fail(&self, report: String) {
        self.busy.set(false);
        self.dispatch.dispatch(Action::WorkerDied(report));
    }

    fn send(&self, command: &Command) {
        self.send_with(command, Vec::new(), Vec::new());
    }

    fn send_with(&self, command: &Command, files: Vec<FileHandle>, lines: Vec<Line>) {
        match encode(command) {
            Ok(bytes) => self.waiting.borrow_mut().push(Parcel {
                bytes,
                files,
                lines,
            }),
            Err(error) => self.fail(error.to_string()),
        }
        if self.ready.get() {
            self.flush();
        }
    }

    fn flush(&self) {
        self.ready.set(true);
        let waiting = self.waiting.take();
        let mut failure = None;
        if let Some(port) = &*self.port.borrow() {
            for parcel in waiting {
                if let Err(error) = port.post(parcel) {
                    failure = Some(error);
                }
            }
        }
        if let Some(error) = failure {
            self.fail(format!("a command could not be sent: {error}"));
        }
    }
}

/// What was brought: in a few words, as inputs, and the files beside them.
fn unpack(brought: Brought) -> (String, Vec<ScanInput>, Vec<FileHandle>) {
    match brought {
        Brought::Files(picked) => {
            let what = match picked.as_slice() {
                [one] => one.name.clone(),
                many => counted(many.len() as u64, "file"),
            };
            let inputs = (0u32..)
                .zip(&picked)
                .map(|(index, picked)| ScanInput::File {
                    index,
                    name: picked.name.clone(),
                })
                .collect();
            let files = picked.into_iter().map(|picked| picked.file).collect();
            (what, inputs, files)
        }
        Brought::Text(text) => {
            let what = format!("pasted text ({})", bytes(text.len() as u64));
            let name = "pasted".to_owned();
            (what, vec![ScanInput::Text { name, text }], Vec::new())
        }
        Brought::Sample(name, title) => {
            let inputs = vec![ScanInput::Sample {
                name: name.to_owned(),
            }];
            (format!("the sample “{title}”"), inputs, Vec::new())
        }
    }
}
