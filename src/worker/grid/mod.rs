//! The rows of the logs, for looking at: a million of them, and none kept.
//!
//! In: a finished scan, a sieve, a window. Out: the rows of the window.
//! Must not know: what the page shows of them.
//!
//! When the view is first opened the inputs are read once more to learn where each row lies
//! ([`index`], eight bytes a row): the scan itself stays as fast and as small as it is. A sieve reads
//! all rows of its log again, two megabytes at a time, and keeps the numbers of those that pass
//! ([`order`] sorts them); a window reads its rows' lines ([`store`]) and takes them apart
//! ([`cells`]).

mod cells;
mod index;
mod order;
mod read;
mod sift;
mod store;
mod window;

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use wakeful_logs::Header;

use super::Desk;
use super::scan::Finished;
use crate::browser::time;
use crate::state::export::table::Writer;
use crate::wire::Event;
use crate::wire::grid::{GridEvent, Indexed, Log, Sieve, TableWish, Window};
use index::{Index, RowPlace};
use store::Store;

/// Rows of a table that leaves the page, at most.
const MOST_WRITTEN: u64 = 100_000;
/// Bytes of one: a text of more stands in the way of all else in memory.
const MOST_BYTES: usize = 64 << 20;

/// What is known of the rows of a scan.
pub struct Known {
    index: Index,
    stores: Vec<Store>,
    headers: Vec<Vec<Header>>,
    /// What the page is told.
    told: Indexed,
}

impl Known {
    fn header(&self, place: &RowPlace) -> Option<(usize, usize, &Header)> {
        let (input, at) = (place.input as usize, place.header? as usize);
        Some((input, at, self.headers.get(input)?.get(at)?))
    }
}

/// The rows that passed a sieve.
enum Passed {
    /// All of a log, in their own order.
    All(u32),
    /// These.
    Some(Vec<u32>),
}

impl Passed {
    fn len(&self) -> u32 {
        match self {
            Self::All(rows) => *rows,
            Self::Some(rows) => rows.len() as u32,
        }
    }

    fn get(&self, at: u32) -> Option<u32> {
        match self {
            Self::All(rows) => (at < *rows).then_some(at),
            Self::Some(rows) => rows.get(at as usize).copied(),
        }
    }
}

/// The state of the rows of one scan.
#[derive(Default)]
pub struct Grid {
    known: RefCell<Option<Rc<Known>>>,
    /// Whether the inputs are being read.
    indexing: Cell<bool>,
    /// The sieve to begin with once they are read.
    waiting: RefCell<Option<(u32, Sieve)>>,
    /// The sieve that may go on.
    ask: Cell<Option<u32>>,
    /// The last sieve that is ready.
    passed: RefCell<Option<(u32, Log, Rc<Passed>)>>,
}

/// Learns where rows lie, where that is not known; then begins with the sieve that waits.
pub async fn open(desk: Rc<Desk>, finished: Rc<Finished>) {
    let grid = &finished.grid;
    let known = grid.known.borrow().clone();
    if let Some(known) = known {
        return tell(
            &desk,
            &finished,
            GridEvent::Indexed(Box::new(known.told.clone())),
        );
    }
    if grid.indexing.replace(true) {
        return;
    }
    let read = read::read(&desk, &finished).await;
    grid.indexing.set(false);
    match read {
        Ok(Some(known)) => {
            let told = known.told.clone();
            grid.known.replace(Some(Rc::new(known)));
            tell(&desk, &finished, GridEvent::Indexed(Box::new(told)));
            let waiting = grid.waiting.take();
            if let Some((ask, sieve)) = waiting {
                sift(desk, Rc::clone(&finished), ask, sieve).await;
            }
        }
        // Another scan has begun: nobody waits.
        Ok(None) => {}
        Err(what) => tell(&desk, &finished, GridEvent::Failed(what)),
    }
}

/// Holds the rows against a sieve; one before it ends.
pub async fn sift(desk: Rc<Desk>, finished: Rc<Finished>, ask: u32, sieve: Sieve) {
    let grid = &finished.grid;
    grid.ask.set(Some(ask));
    let known = grid.known.borrow().clone();
    let Some(known) = known else {
        grid.waiting.replace(Some((ask, sieve)));
        // Does nothing where it is under way.
        return Box::pin(open(desk, Rc::clone(&finished))).await;
    };
    sift::run(&desk, &finished, &known, ask, &sieve).await;
}

/// Ends the sieve that is under way; what was ready before stays.
pub fn stop(finished: &Finished) {
    finished.grid.ask.set(None);
    finished.grid.waiting.replace(None);
}

/// The rows of a sieve, with what is needed to read them; none of a sieve that is no more: the page
/// has asked for another one already.
fn rows_of(finished: &Finished, ask: u32) -> Option<(Rc<Known>, Log, Rc<Passed>)> {
    let grid = &finished.grid;
    let known = grid.known.borrow().clone()?;
    let passed = grid.passed.borrow();
    let (of, log, passed) = passed.as_ref()?;
    (*of == ask).then(|| (known, *log, Rc::clone(passed)))
}

/// Reads the rows of a window.
pub async fn window(desk: Rc<Desk>, finished: Rc<Finished>, ask: u32, window: Window) {
    if let Some((known, log, passed)) = rows_of(&finished, ask) {
        let (rows, problem) = window::rows(&known, log, &passed, &window).await;
        tell(
            &desk,
            &finished,
            GridEvent::Window {
                ask,
                window,
                rows,
                problem,
            },
        );
    }
}

/// Writes out the rows of a sieve, as far as they go into one file.
pub async fn table(desk: Rc<Desk>, finished: Rc<Finished>, ask: u32, wish: TableWish) {
    let Some((known, log, passed)) = rows_of(&finished, ask) else {
        return;
    };
    let mut writer = Writer::new(wish.format, wish.columns.clone());
    let mut window = Window {
        from: 0,
        count: window::MOST_ROWS,
        columns: wish.columns.clone(),
        whole: true,
    };
    let mut problem = None;
    while window.from < passed.len()
        && writer.rows() < MOST_WRITTEN
        && writer.bytes() < MOST_BYTES
        && problem.is_none()
    {
        let (rows, wrong) = window::rows(&known, log, &passed, &window).await;
        for row in &rows {
            writer.row(row.cells.iter().map(Option::as_deref));
        }
        window.from += window.count;
        problem = wrong;
        // Rows for the screen come first.
        time::turn().await;
        if !desk.holds(&finished) {
            return;
        }
    }
    let rows = writer.rows();
    tell(
        &desk,
        &finished,
        GridEvent::Table {
            ask,
            wish,
            text: writer.finish(),
            rows,
            problem,
        },
    );
}

fn tell(desk: &Desk, finished: &Finished, event: GridEvent) {
    desk.send(&Event::Grid {
        scan: finished.scan,
        event,
    });
}
