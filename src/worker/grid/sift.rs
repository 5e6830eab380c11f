//! Holds the rows of a log against a sieve.
//!
//! In: where rows lie, a sieve. Out: the numbers of the rows that pass, in order, with progress on
//! the way. Must not know: what is shown of them.

use std::rc::Rc;

use wakeful_query::{Filter, parse};

use super::cells::Picker;
use super::index::{RowPlace, Table};
use super::order::{Keys, MOST_TEXT};
use super::{Desk, Known, Passed, tell};
use crate::browser::time;
use crate::state::format::bytes;
use crate::wire::grid::{GridEvent, Log, Sieve};
use crate::worker::scan::Finished;

/// Bytes that are read at once.
const CHUNK: u64 = 2 << 20;
/// The least time between two words of progress, and the most between two turns of the event loop.
const PROGRESS_MS: f64 = 50.0;

/// What a sieve came to.
struct Result {
    passed: Passed,
    problem: Option<String>,
}

/// Runs a sieve and tells how it went; nothing where it was stopped.
pub async fn run(desk: &Desk, finished: &Finished, known: &Known, ask: u32, sieve: &Sieve) {
    let began = time::now_ms();
    let table = known.index.table(sieve.log);
    let result = match filter(known, sieve) {
        Ok(filter) if filter.is_empty() && sieve.sort.is_none() => Some(Result {
            passed: Passed::All(table.len()),
            problem: None,
        }),
        Ok(filter) => {
            Sifting::new(desk, finished, known, ask, sieve, filter)
                .finish()
                .await
        }
        // The page shows the problem at its place; this is for who asks without looking.
        Err(problem) => Some(Result {
            passed: Passed::All(table.len()),
            problem: Some(problem),
        }),
    };
    if let Some(Result { passed, problem }) = result {
        let found = passed.len();
        finished
            .grid
            .passed
            .replace(Some((ask, sieve.log, Rc::new(passed))));
        tell(
            desk,
            finished,
            GridEvent::Sifted {
                ask,
                found,
                total: table.len(),
                problem,
                elapsed_ms: time::now_ms() - began,
            },
        );
    }
}

fn filter(known: &Known, sieve: &Sieve) -> std::result::Result<Filter, String> {
    let columns = match sieve.log {
        Log::Dns => &known.told.dns_columns,
        Log::Conn => &known.told.conn_columns,
    };
    parse(&sieve.filter, columns).map_err(|problem| problem.what)
}

struct Sifting<'a> {
    desk: &'a Desk,
    finished: &'a Finished,
    known: &'a Known,
    ask: u32,
    table: &'a Table,
    filter: Filter,
    /// The filter's columns, and the one to sort by behind them.
    columns: Vec<String>,
    rows: Vec<u32>,
    keys: Option<Keys>,
    problem: Option<String>,
    told: f64,
}

impl<'a> Sifting<'a> {
    fn new(
        desk: &'a Desk,
        finished: &'a Finished,
        known: &'a Known,
        ask: u32,
        sieve: &Sieve,
        filter: Filter,
    ) -> Self {
        let mut columns = filter.columns().to_vec();
        columns.extend(sieve.sort.iter().map(|sort| sort.column.clone()));
        Self {
            desk,
            finished,
            known,
            ask,
            table: known.index.table(sieve.log),
            filter,
            columns,
            rows: Vec::new(),
            keys: sieve
                .sort
                .as_ref()
                .map(|sort| Keys::new(&sort.column, sort.descending)),
            problem: None,
            told: time::now_ms(),
        }
    }

    async fn finish(mut self) -> Option<Result> {
        let columns = std::mem::take(&mut self.columns);
        let picker = Picker::new(&columns, &self.known.headers);
        let mut row = 0;
        while row < self.table.len() {
            let (end, from, to) = self.chunk(row);
            let Some(first) = self.table.place(row) else {
                break;
            };
            let store = &self.known.stores[first.input as usize];
            match store.read(&[(from, (to - from) as u32)]).await {
                Ok(read) => {
                    let text = read.into_iter().next().unwrap_or_default();
                    self.hold(row..end, from, &text, &picker);
                }
                Err(error) => {
                    self.problem = Some(format!(
                        "{} could not be read on ({error}); it may have been moved or changed. Drop it again.",
                        self.finished.sources[first.input as usize].name
                    ));
                    break;
                }
            }
            row = end;
            if !self.tell(row).await {
                return None;
            }
        }
        let passed = match self.keys {
            Some(keys) => keys.sorted(),
            None => self.rows,
        };
        Some(Result {
            passed: Passed::Some(passed),
            problem: self.problem,
        })
    }

    /// The rows from one on that are read together: the row behind the last, and the bytes from and
    /// to.
    fn chunk(&self, row: u32) -> (u32, u64, u64) {
        let end_of = |place: &RowPlace| place.offset + u64::from(place.len);
        let Some(first) = self.table.place(row) else {
            return (row + 1, 0, 0);
        };
        let mut end = row + 1;
        let mut to = end_of(&first);
        while let Some(next) = self.table.place(end) {
            // One input after the other, each from its start on.
            if next.input != first.input || end_of(&next) > first.offset + CHUNK {
                break;
            }
            to = end_of(&next);
            end += 1;
        }
        (end, first.offset, to)
    }

    fn hold(&mut self, rows: std::ops::Range<u32>, from: u64, text: &[u8], picker: &Picker<'_>) {
        for row in rows {
            let Some(place) = self.table.place(row) else {
                continue;
            };
            let start = (place.offset - from) as usize;
            let Some(line) = text.get(start..start + place.len as usize) else {
                self.problem = Some(
                    "Some rows are not where they were: a file has changed. Drop it again."
                        .to_owned(),
                );
                continue;
            };
            let (filter, keys, rows) = (&self.filter, &mut self.keys, &mut self.rows);
            let fits = picker.pick(line, self.known.header(&place), |cells| {
                if !filter.accepts(cells) {
                    return true;
                }
                match keys {
                    Some(keys) => keys.push(row, cells.last().copied().flatten()),
                    None => {
                        rows.push(row);
                        true
                    }
                }
            });
            if !fits && self.problem.is_none() {
                self.problem = Some(format!(
                    "This column has more than {} of different values, too many to sort by; rows \
                     with later ones are at the end. Filter first.",
                    bytes(MOST_TEXT as u64)
                ));
            }
        }
    }

    fn found(&self) -> u32 {
        self.keys.as_ref().map_or(self.rows.len(), Keys::len) as u32
    }

    /// Says how far it is; `false` where it was stopped.
    async fn tell(&mut self, done: u32) -> bool {
        let now = time::now_ms();
        if now - self.told >= PROGRESS_MS {
            self.told = now;
            let event = GridEvent::Sifting {
                ask: self.ask,
                done,
                total: self.table.len(),
                found: self.found(),
            };
            tell(self.desk, self.finished, event);
            time::turn().await;
        }
        self.desk.holds(self.finished) && self.finished.grid.ask.get() == Some(self.ask)
    }
}
