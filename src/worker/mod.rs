//! The worker: reads inputs, drives the engine, answers the page.
//!
//! In: [`Command`]s, files beside them. Out: [`Event`]s.
//! Must not know: what the page shows; what a record or a score is (the engine knows).
//!
//! The worker owns the data: the session of the last finished scan and the inputs it came from
//! stay here, and the page asks for the records that it shows.

mod bell;
mod crew;
mod evidence;
mod explore;
mod grid;
mod reader;
mod saved;
mod scan;
mod source;
mod trial;
mod warm;

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use wasm_bindgen_futures::spawn_local;

use self::bell::Bell;
use self::crew::Crew;
use crate::browser::port::{PagePort, Parcel, report_end};
use crate::browser::{crash, end_worker};
use crate::wire::{Command, Event, decode, encode};

/// The least time between two words on how far something is.
const PROGRESS_MS: f64 = 100.0;

/// What all tasks of the worker share.
struct Desk {
    /// None where nobody is to hear; what would be told is written all the same.
    port: Option<PagePort>,
    /// The scan that may go on; a task of another one ends at its next chunk.
    current: Cell<Option<u32>>,
    /// The scan that has lost a reader.
    alone: Cell<Option<u32>>,
    /// What the last scan left behind.
    finished: RefCell<Option<Rc<scan::Finished>>>,
    /// Wakes the scan where it waits for a reader.
    bell: RefCell<Rc<Bell>>,
    /// The trial that may go on.
    trial: Cell<Option<u32>>,
}

impl Desk {
    fn new(port: Option<PagePort>) -> Self {
        Self {
            port,
            current: Cell::new(None),
            alone: Cell::new(None),
            finished: RefCell::new(None),
            bell: RefCell::default(),
            trial: Cell::new(None),
        }
    }

    fn send(&self, event: &Event) {
        let sent = match (encode(event), &self.port) {
            (Ok(bytes), Some(port)) => port.post(&bytes),
            (Ok(_), None) => Ok(()),
            (Err(error), _) => Err(error.to_string()),
        };
        if let Err(error) = sent {
            report_end(&crash::describe(
                "worker",
                &error,
                Some("a message could not be sent"),
            ));
        }
    }

    fn wants(&self, scan: u32) -> bool {
        self.current.get() == Some(scan)
    }

    /// Whether a scan has to go on without readers.
    fn is_alone(&self, scan: u32) -> bool {
        self.alone.get() == Some(scan)
    }

    /// Whether a finished scan is still the last one: work on another is of no use.
    fn holds(&self, finished: &scan::Finished) -> bool {
        self.finished
            .borrow()
            .as_ref()
            .is_some_and(|last| last.scan == finished.scan)
    }

    fn finished(&self, scan: u32) -> Option<Rc<scan::Finished>> {
        self.finished
            .borrow()
            .clone()
            .filter(|finished| finished.scan == scan)
    }
}

/// Takes commands until the page ends the worker.
pub fn start() {
    crash::watch_worker();
    let Some(port) = PagePort::here() else { return };
    let desk = Rc::new(Desk::new(Some(port.clone())));
    let taker = Rc::clone(&desk);
    let listener = port.listen(move |parcel| match decode(&parcel.bytes) {
        Ok(command) => obey(&taker, command, parcel),
        Err(error) => report_end(&crash::describe(
            "worker",
            &error.to_string(),
            Some("a command could not be read"),
        )),
    });
    // The listener lives as long as the worker: nobody is left to drop it.
    std::mem::forget(listener);
    desk.send(&Event::Ready);
}

/// Makes the program fast for the workers to come, says so, and ends. No command reaches this one.
pub fn warm_up() {
    spawn_local(async {
        warm::up().await;
        let told = PagePort::here().map(|port| port.post(&[]));
        // Where it cannot be told, no worker is up before it is needed.
        drop(told);
        end_worker();
    });
}

fn obey(desk: &Rc<Desk>, command: Command, beside: Parcel) {
    match command {
        Command::Scan {
            scan,
            inputs,
            relay,
        } => {
            desk.current.set(Some(scan));
            // The session before holds memory that this scan may need.
            desk.finished.replace(None);
            let Parcel { files, lines, .. } = beside;
            let crew = Crew::new(lines, relay);
            // The one before may wait for a reader that is no more.
            desk.bell.replace(crew.bell()).ring();
            spawn_local(scan::run(Rc::clone(desk), scan, inputs, files, crew));
        }
        Command::Serve { budget } => {
            for line in &beside.lines {
                reader::serve(line, budget);
            }
        }
        Command::Alone { scan } => {
            desk.alone.set(Some(scan));
            desk.bell.borrow().ring();
        }
        Command::Cancel { scan } => {
            if desk.wants(scan) {
                desk.current.set(None);
                desk.bell.borrow().ring();
            }
        }
        Command::Trial { scan, ask, plan } => {
            desk.trial.set(Some(ask));
            let finished = desk.finished(scan);
            spawn_local(trial::run(Rc::clone(desk), finished, ask, plan));
        }
        Command::StopTrial => desk.trial.set(None),
        Command::StopSifting => {
            if let Some(finished) = &*desk.finished.borrow() {
                grid::stop(finished);
            }
        }
        Command::Records { scan, .. }
        | Command::Payload { scan, .. }
        | Command::Index { scan }
        | Command::Sift { scan, .. }
        | Command::Rows { scan, .. }
        | Command::Table { scan, .. }
        | Command::Explore { scan, .. } => {
            // What a page asks of a scan that is no more needs no answer.
            if let Some(finished) = desk.finished(scan) {
                look(desk, finished, command);
            }
        }
    }
}

/// Answers a question about a finished scan.
fn look(desk: &Rc<Desk>, finished: Rc<scan::Finished>, command: Command) {
    let desk = Rc::clone(desk);
    match command {
        Command::Records { finding, .. } => spawn_local(async move {
            let event = evidence::gather(&finished, finding).await;
            desk.send(&event);
        }),
        Command::Payload { finding, .. } => desk.send(&evidence::payload(&finished, finding)),
        Command::Index { .. } => spawn_local(grid::open(desk, finished)),
        Command::Sift { ask, sieve, .. } => spawn_local(grid::sift(desk, finished, ask, sieve)),
        Command::Rows { ask, window, .. } => spawn_local(grid::window(desk, finished, ask, window)),
        Command::Table { ask, wish, .. } => spawn_local(grid::table(desk, finished, ask, wish)),
        Command::Explore { family, .. } => desk.send(&explore::gather(&finished, family)),
        Command::Scan { .. }
        | Command::Serve { .. }
        | Command::Alone { .. }
        | Command::Cancel { .. }
        | Command::StopSifting
        | Command::Trial { .. }
        | Command::StopTrial => {}
    }
}
