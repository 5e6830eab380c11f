//! What the view of the records knows: which rows, which columns, what of them is here.
//!
//! In: [`Change`]s. Out: the next [`Records`], and what is to be asked of the worker.
//! Must not know: the browser; where rows lie.

mod arrangement;
mod columns;
mod pages;

use std::collections::BTreeMap;
use std::rc::Rc;

use super::export::{Format, Way};
use super::query::Field;
use super::values::Values;
use crate::wire::grid::{GridEvent, Indexed, Log, Row, Sieve, Sort, TableWish};
pub use arrangement::Arrangement;
pub use columns::PINS;
pub use pages::PAGE;

/// The view of the records.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Records {
    /// What is known of the rows.
    pub phase: Phase,
    /// Which log is shown.
    pub log: Log,
    /// `dns.log`
    pub dns: Sheet,
    /// `conn.log`
    pub conn: Sheet,
    /// The number of the sieve that counts; 0 before there was one.
    pub ask: u32,
    /// How far that is.
    pub sifting: Sifting,
    /// The rows that are here, by page.
    pub pages: Rc<BTreeMap<u32, Rc<Vec<Row>>>>,
    /// A sentence about rows that could not be read.
    pub problem: Option<String>,
    /// The row that is shown in full: its place among those that passed.
    pub detail: Option<u32>,
    /// All columns of it.
    pub whole: Option<Rc<Row>>,
    /// The table that is to leave the page.
    pub out: Out,
}

/// A table on its way out of the page.
#[derive(Debug, Clone, PartialEq, Default)]
pub enum Out {
    /// None is wished for.
    #[default]
    None,
    /// The worker writes this one.
    Asked(TableWish, Way),
    /// Written, to be handed over.
    Here(Rc<Written>),
    /// Gone; what is to be said of it.
    Said(String),
}

/// A table that was written out.
#[derive(Debug, PartialEq, Eq)]
pub struct Written {
    /// In which form.
    pub format: Format,
    /// How it leaves.
    pub way: Way,
    /// The text.
    pub text: String,
    /// Rows in it.
    pub rows: u64,
    /// A sentence about what is missing.
    pub problem: Option<String>,
}

/// How one log is shown.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Sheet {
    /// The filter in force.
    pub filter: String,
    /// The values of the log that are in it, by a click: with any it stays out of the address.
    pub from_log: Values,
    /// The field in which the next one is written.
    pub field: Field,
    /// The order.
    pub sort: Option<Sort>,
    /// The columns shown; empty before the log's columns are known.
    pub columns: Vec<String>,
    /// Those that stay at the left, whatever is scrolled to; they stand first among the columns shown.
    pub pinned: Vec<String>,
    /// The columns that the user made wider or narrower, CSS pixels.
    pub widths: BTreeMap<String, u32>,
    /// Filters used on these logs, the latest first, each with the values of the log that are in it. They are
    /// kept nowhere else.
    pub used: Vec<(String, Values)>,
}

/// Filters that are remembered.
const USED: usize = 12;
/// The least and the greatest width of a column, CSS pixels.
const WIDTH: (u32, u32) = (48, 1600);

/// What is known of the rows.
#[derive(Debug, Clone, PartialEq, Default)]
pub enum Phase {
    /// Nothing was asked.
    #[default]
    Closed,
    /// The inputs are read again.
    Indexing {
        /// Bytes read.
        bytes: u64,
        /// Bytes there are.
        bytes_total: u64,
        /// Rows met.
        rows: u64,
    },
    /// Where they lie.
    Ready(Rc<Indexed>),
    /// It cannot be known; a sentence.
    Failed(String),
}

/// How far a sieve is.
#[derive(Debug, Clone, PartialEq, Default)]
pub enum Sifting {
    /// Asked for.
    #[default]
    Asked,
    /// Under way.
    Running {
        /// Rows looked at.
        done: u32,
        /// Rows there are.
        total: u32,
        /// Rows that passed.
        found: u32,
    },
    /// Ready.
    Ready {
        /// Rows that passed.
        found: u32,
        /// Rows there are.
        total: u32,
        /// Milliseconds that it took.
        elapsed_ms: f64,
    },
    /// The user stopped it.
    Stopped,
}

/// What happened in the view.
#[derive(Debug, Clone, PartialEq)]
pub enum Change {
    /// It was opened.
    Open,
    /// A log was chosen.
    Log(Log),
    /// The field was edited.
    Field(Field),
    /// Its filter is to be applied.
    Apply,
    /// This filter is to be applied, in this log.
    Filter(Log, String),
    /// A filter used before is to be applied again, by its place among those.
    Recall(usize),
    /// A condition is to be added to the filter in force.
    Narrow(String),
    /// By this column: upwards, downwards, not at all.
    SortBy(String),
    /// A column is shown or no longer.
    Column(String, bool),
    /// A column stays at the left or no longer.
    Pin(String, bool),
    /// A column gets a width, CSS pixels.
    Width(String, u32),
    /// The columns of the beginning.
    ResetColumns,
    /// A sieve is to end.
    Stop,
    /// A row is shown in full, or none.
    Detail(Option<u32>),
    /// The rows that passed are to leave the page.
    Out(Format, Way),
    /// They did, or not; a sentence.
    Left(String),
    /// The worker said something.
    Heard(GridEvent),
}

impl Sheet {
    /// The filter in force becomes the latest of those used.
    fn remember(&mut self) {
        if self.filter.is_empty() {
            return;
        }
        self.used.retain(|(text, _)| *text != self.filter);
        let used = (self.filter.clone(), self.from_log.clone());
        self.used.insert(0, used);
        self.used.truncate(USED);
    }
}

impl Records {
    /// How the log at hand is shown.
    #[must_use]
    pub fn sheet(&self) -> &Sheet {
        match self.log {
            Log::Dns => &self.dns,
            Log::Conn => &self.conn,
        }
    }

    fn sheet_mut(&mut self) -> &mut Sheet {
        match self.log {
            Log::Dns => &mut self.dns,
            Log::Conn => &mut self.conn,
        }
    }

    /// What is asked of the worker.
    #[must_use]
    pub fn sieve(&self) -> Sieve {
        let sheet = self.sheet();
        Sieve {
            log: self.log,
            filter: sheet.filter.clone(),
            sort: sheet.sort.clone(),
        }
    }

    /// All columns of the log at hand; none before they are known.
    #[must_use]
    pub fn all_columns(&self) -> &[String] {
        match (&self.phase, self.log) {
            (Phase::Ready(indexed), Log::Dns) => &indexed.dns_columns,
            (Phase::Ready(indexed), Log::Conn) => &indexed.conn_columns,
            _ => &[],
        }
    }

    /// Rows that can be shown.
    #[must_use]
    pub fn found(&self) -> u32 {
        match self.sifting {
            Sifting::Ready { found, .. } => found,
            _ => 0,
        }
    }

    /// The table that the worker is to write.
    #[must_use]
    pub fn wish(&self) -> Option<TableWish> {
        match &self.out {
            Out::Asked(wish, _) if self.is_ready() => Some(wish.clone()),
            _ => None,
        }
    }

    /// Whether the rows that pass are known: only then can they be had.
    #[must_use]
    pub fn is_ready(&self) -> bool {
        matches!(self.sifting, Sifting::Ready { .. })
    }

    /// The view is left: what is still being written for it is no longer wanted.
    pub fn leave(&mut self) {
        self.out = Out::None;
    }

    /// The next state.
    #[must_use]
    pub fn after(mut self, change: Change) -> Self {
        match change {
            Change::Open => {
                if self.phase == Phase::Closed {
                    self.phase = Phase::Indexing {
                        bytes: 0,
                        bytes_total: 0,
                        rows: 0,
                    };
                    self.sift();
                }
            }
            Change::Log(log) if log != self.log => {
                self.log = log;
                self.sift();
            }
            Change::Log(_) => {}
            Change::Field(field) => self.sheet_mut().field = field,
            Change::Apply => {
                let columns = self.all_columns().to_vec();
                let sheet = self.sheet_mut();
                sheet.field.open = false;
                if sheet.field.problem(&columns).is_none() {
                    let text = sheet.field.text.trim().to_owned();
                    sheet.from_log.keep(&text);
                    self.filter(text);
                }
            }
            Change::Filter(log, text) => {
                let other = log != self.log;
                self.log = log;
                let sheet = self.sheet_mut();
                sheet.from_log.put(&sheet.filter, &text);
                if other {
                    sheet.filter.clone_from(&text);
                    sheet.field = Field::of(&text);
                    self.sift();
                } else {
                    self.filter(text);
                }
            }
            Change::Recall(at) => {
                let sheet = self.sheet_mut();
                if let Some((text, from_log)) = sheet.used.get(at).cloned() {
                    sheet.from_log = from_log;
                    self.filter(text);
                }
            }
            Change::Narrow(test) => {
                let sheet = self.sheet_mut();
                let text = wakeful_query::and(&sheet.filter, &test);
                sheet.from_log.put(&sheet.filter, &text);
                self.filter(text);
            }
            Change::SortBy(column) => {
                let sheet = self.sheet_mut();
                sheet.sort = match sheet.sort.take() {
                    Some(sort) if sort.column == column => (!sort.descending).then_some(Sort {
                        descending: true,
                        ..sort
                    }),
                    _ => Some(Sort {
                        column,
                        descending: false,
                    }),
                };
                self.sift();
            }
            Change::Column(column, shown) => {
                self.out = Out::None;
                self.column(column, shown);
            }
            Change::Pin(column, pinned) => {
                self.out = Out::None;
                self.pin(column, pinned);
            }
            Change::Width(column, width) => {
                let width = width.clamp(WIDTH.0, WIDTH.1);
                self.sheet_mut().widths.insert(column, width);
            }
            Change::ResetColumns => {
                self.out = Out::None;
                self.sheet_mut().columns.clear();
                self.sheet_mut().pinned.clear();
                self.sheet_mut().widths.clear();
                self.choose_columns();
                self.pages = Rc::default();
            }
            Change::Stop => {
                if !self.is_ready() {
                    self.sifting = Sifting::Stopped;
                }
            }
            Change::Detail(at) => {
                if at != self.detail {
                    self.whole = None;
                }
                self.detail = at;
            }
            Change::Out(format, way) => {
                if self.is_ready() {
                    let columns = self.sheet().columns.clone();
                    self.out = Out::Asked(TableWish { format, columns }, way);
                }
            }
            Change::Left(what) => self.out = Out::Said(what),
            Change::Heard(event) => self.hear(event),
        }
        self
    }

    fn filter(&mut self, text: String) {
        let sheet = self.sheet_mut();
        sheet.field = Field::of(&text);
        if sheet.filter != text {
            sheet.filter = text;
            self.sift();
        }
    }

    /// Begins anew with what is asked.
    fn sift(&mut self) {
        self.sheet_mut().remember();
        self.ask += 1;
        self.sifting = Sifting::Asked;
        self.pages = Rc::default();
        self.problem = None;
        self.detail = None;
        self.whole = None;
        self.out = Out::None;
    }

    fn hear(&mut self, event: GridEvent) {
        match event {
            GridEvent::Indexing {
                bytes,
                bytes_total,
                rows,
            } => {
                self.phase = Phase::Indexing {
                    bytes,
                    bytes_total,
                    rows,
                };
            }
            GridEvent::Indexed(indexed) => {
                let only_conn = indexed.dns == 0 && indexed.conn > 0;
                self.phase = Phase::Ready(Rc::new(*indexed));
                if only_conn && self.log == Log::Dns && self.dns.filter.is_empty() {
                    self.log = Log::Conn;
                    self.sift();
                }
                self.choose_columns();
            }
            GridEvent::Sifting {
                ask,
                done,
                total,
                found,
            } if ask == self.ask && self.sifting != Sifting::Stopped => {
                self.sifting = Sifting::Running { done, total, found };
            }
            GridEvent::Sifted {
                ask,
                found,
                total,
                problem,
                elapsed_ms,
            } if ask == self.ask => {
                self.sifting = Sifting::Ready {
                    found,
                    total,
                    elapsed_ms,
                };
                self.problem = problem;
                self.choose_columns();
            }
            GridEvent::Window {
                ask,
                window,
                rows,
                problem,
            } if ask == self.ask => self.take(&window, rows, problem),
            GridEvent::Table {
                ask,
                wish,
                text,
                rows,
                problem,
            } if ask == self.ask => {
                if let Out::Asked(asked, way) = &self.out
                    && *asked == wish
                {
                    self.out = Out::Here(Rc::new(Written {
                        format: wish.format,
                        way: *way,
                        text,
                        rows,
                        problem,
                    }));
                }
            }
            GridEvent::Failed(what) => self.phase = Phase::Failed(what),
            // Late answers to what is no longer asked.
            GridEvent::Sifting { .. }
            | GridEvent::Sifted { .. }
            | GridEvent::Window { .. }
            | GridEvent::Table { .. } => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    pub(super) fn ready() -> Records {
        let names = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
        Records::default()
            .after(Change::Open)
            .after(Change::Heard(GridEvent::Indexed(Box::new(Indexed {
                dns: 1000,
                conn: 10,
                dns_columns: names(&["ts", "uid", "id.orig_h", "query", "domain", "vlan"]),
                conn_columns: names(&["ts", "uid", "service"]),
                ..Indexed::default()
            }))))
    }

    pub(super) fn sifted(records: Records, found: u32) -> Records {
        let ask = records.ask;
        records.after(Change::Heard(GridEvent::Sifted {
            ask,
            found,
            total: 1000,
            problem: None,
            elapsed_ms: 1.0,
        }))
    }

    pub(super) fn window(records: Records, page: u32) -> Records {
        let (ask, window) = (records.ask, records.window(page));
        let rows = (0..PAGE)
            .map(|at| Row {
                id: page * PAGE + at,
                input: 0,
                cells: Vec::new(),
                cut: Vec::new(),
            })
            .collect();
        records.after(Change::Heard(GridEvent::Window {
            ask,
            window,
            rows,
            problem: None,
        }))
    }

    #[test]
    fn a_new_sieve_makes_old_rows_and_answers_void() {
        let records = window(sifted(ready(), 1000), 0);
        let old = records.ask;
        let records = records.after(Change::Narrow("query contains \"x\"".to_owned()));
        assert_eq!(records.ask, old + 1);
        assert!(records.pages.is_empty());
        assert_eq!(records.sheet().field.text, "query contains \"x\"");
        let late = records.clone().after(Change::Heard(GridEvent::Sifted {
            ask: old,
            found: 5,
            total: 5,
            problem: None,
            elapsed_ms: 0.0,
        }));
        assert_eq!(late, records);
    }

    #[test]
    fn a_text_that_is_no_filter_is_not_applied() {
        let mut records = ready();
        let ask = records.ask;
        records = records.after(Change::Field(Field::of("nonsense")));
        records = records.after(Change::Apply);
        assert_eq!((records.ask, records.sheet().filter.as_str()), (ask, ""));
        records = records.after(Change::Field(Field::of(" vlan == 5 ")));
        records = records.after(Change::Apply);
        assert_eq!(
            (records.ask, records.sheet().filter.as_str()),
            (ask + 1, "vlan == 5")
        );
        let again = records.clone().after(Change::Apply);
        assert_eq!(again.ask, records.ask);
    }

    #[test]
    fn a_filter_used_before_comes_back_and_what_it_has_of_the_log_stays_out_of_the_address() {
        let typed = |records: Records, text: &str| {
            let field = Change::Field(Field::of(text));
            records.after(field).after(Change::Apply)
        };
        let records = typed(ready(), "has query");
        let clicked = Change::Filter(Log::Dns, "query == \"x.evil.com\"".to_owned());
        let records = typed(records.after(clicked), "rcode == 0");
        let used = |records: &Records| -> Vec<String> {
            let used = records.sheet().used.iter();
            used.map(|(text, _)| text.clone()).collect()
        };
        let all = ["rcode == 0", "query == \"x.evil.com\"", "has query"];
        assert_eq!(used(&records), all);
        let again = records.clone().after(Change::Recall(1));
        assert_eq!(again.sheet().filter, all[1]);
        assert_eq!(again.sheet().field.text, all[1]);
        assert_eq!(again.arrangement().filter, "");
        assert_eq!(used(&again), [all[1], all[0], all[2]]);
        let first = again.after(Change::Recall(2));
        assert_eq!(first.arrangement().filter, "has query");
        assert_eq!(records.clone().after(Change::Recall(9)), records);
        let many = (0..40).fold(ready(), |records, at| {
            typed(records, &format!("vlan == {at}"))
        });
        assert_eq!(many.sheet().used.len(), USED);
    }

    #[test]
    fn a_column_has_the_width_that_it_was_given_until_the_columns_are_reset() {
        let records = ready().after(Change::Width("query".to_owned(), 300));
        let records = records.after(Change::Width("ts".to_owned(), 1));
        let widths = &records.sheet().widths;
        assert_eq!((widths["query"], widths["ts"]), (300, WIDTH.0));
        assert!(
            records
                .after(Change::ResetColumns)
                .sheet()
                .widths
                .is_empty()
        );
    }

    #[test]
    fn a_column_sorts_upwards_downwards_and_not_at_all() {
        let by = |records: Records| records.after(Change::SortBy("ts".to_owned()));
        let up = by(ready());
        assert_eq!(up.sieve().sort.map(|sort| sort.descending), Some(false));
        let down = by(up);
        assert_eq!(down.sieve().sort.map(|sort| sort.descending), Some(true));
        assert_eq!(by(down).sieve().sort, None);
    }

    #[test]
    fn each_log_keeps_its_own_filter() {
        let records = ready()
            .after(Change::Narrow("has query".to_owned()))
            .after(Change::Filter(Log::Conn, "uid == C1".to_owned()));
        assert_eq!(records.sheet().filter, "uid == C1");
        let back = records.after(Change::Log(Log::Dns));
        assert_eq!(back.sheet().filter, "has query");
    }

    fn written(records: Records, wish: TableWish) -> Records {
        let ask = records.ask;
        records.after(Change::Heard(GridEvent::Table {
            ask,
            wish,
            text: "a".to_owned(),
            rows: 1,
            problem: None,
        }))
    }

    #[test]
    fn a_table_is_wished_for_only_of_rows_that_are_known() {
        let out = || Change::Out(Format::Csv, Way::Save);
        let asked = ready().after(out());
        assert_eq!((asked.wish(), &asked.out), (None, &Out::None));
        let stopped = ready().after(Change::Stop).after(out());
        assert_eq!((stopped.wish(), &stopped.out), (None, &Out::None));
        let records = sifted(ready(), 3).after(out());
        let wish = records.wish().unwrap();
        assert_eq!(wish.columns, records.sheet().columns);
        assert!(matches!(written(records.clone(), wish).out, Out::Here(_)));
        // Another sieve: the rows are others, and nobody waits for those of before.
        let anew = records.after(Change::Narrow("has query".to_owned()));
        assert_eq!((anew.wish(), &anew.out), (None, &Out::None));
    }

    #[test]
    fn a_table_of_other_columns_is_not_the_one_wished_for() {
        let out = Change::Out(Format::Csv, Way::Save);
        let records = sifted(ready(), 3).after(out.clone());
        let old = records.wish().unwrap();
        for change in [
            Change::Column("domain".to_owned(), true),
            Change::ResetColumns,
        ] {
            let changed = records.clone().after(change);
            assert_eq!(changed.out, Out::None);
            assert_eq!(written(changed, old.clone()).out, Out::None);
        }
        let again = records
            .after(Change::Column("domain".to_owned(), true))
            .after(out);
        let late = written(again.clone(), old);
        assert_eq!(late.out, again.out, "it waits for its own columns");
        let wish = again.wish().unwrap();
        assert!(matches!(written(late, wish).out, Out::Here(_)));
    }

    #[test]
    fn a_log_without_dns_rows_opens_with_connections() {
        let records =
            Records::default()
                .after(Change::Open)
                .after(Change::Heard(GridEvent::Indexed(Box::new(Indexed {
                    conn: 3,
                    conn_columns: vec!["ts".to_owned()],
                    ..Indexed::default()
                }))));
        assert_eq!((records.log, records.ask), (Log::Conn, 2));
        assert_eq!(records.sheet().columns, ["ts"]);
    }
}
