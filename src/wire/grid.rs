//! What crosses about the rows of the logs: which are meant, in which order, and their text.

use serde::{Deserialize, Serialize};

use crate::state::export::Format;

/// The registered domain of `query`: a column that no log has.
pub const DOMAIN: &str = "domain";

/// One of the two logs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum Log {
    /// `dns.log`
    #[default]
    Dns,
    /// `conn.log`
    Conn,
}

/// The order of rows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sort {
    /// By which column, by Zeek's name.
    pub column: String,
    /// The greatest first; rows without a value come last either way.
    pub descending: bool,
}

/// Which rows, in which order.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Sieve {
    /// Of which log.
    pub log: Log,
    /// In the filter language; empty for all.
    pub filter: String,
    /// `None`: as they stand in the files.
    pub sort: Option<Sort>,
}

/// A stretch of rows.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Window {
    /// The first, counted from 0 in the order of the sieve.
    pub from: u32,
    /// How many.
    pub count: u32,
    /// Which columns.
    pub columns: Vec<String>,
    /// Whether long values come whole.
    pub whole: bool,
}

/// A table that is to leave the page: all rows that passed, up to a bound.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TableWish {
    /// In which form.
    pub format: Format,
    /// Which columns.
    pub columns: Vec<String>,
}

/// One row of a window.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Row {
    /// Its number in its log, from 0: stays the same whatever the sieve.
    pub id: u32,
    /// The input that it stands in.
    pub input: u32,
    /// The text of each column asked for; `None` where it is unset.
    pub cells: Vec<Option<String>>,
    /// The places of those that are only the beginning of what stands in the log.
    pub cut: Vec<u32>,
}

impl Row {
    /// Whether a cell is only the beginning of what stands in the log.
    #[must_use]
    pub fn is_cut(&self, column: usize) -> bool {
        self.cut.iter().any(|&at| at as usize == column)
    }
}

/// What the index of all rows holds.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Indexed {
    /// Rows of `dns.log` that can be shown.
    pub dns: u32,
    /// Rows of `conn.log` that can be shown.
    pub conn: u32,
    /// The columns of `dns.log`, Zeek's own first.
    pub dns_columns: Vec<String>,
    /// The columns of `conn.log`.
    pub conn_columns: Vec<String>,
    /// The inputs' names, in the order in which rows number them.
    pub inputs: Vec<String>,
    /// What cannot be shown, and why; one sentence each.
    pub notes: Vec<String>,
    /// Bytes of memory that it takes.
    pub bytes: u64,
    /// Milliseconds that it took.
    pub elapsed_ms: f64,
}

/// What the worker says about rows.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum GridEvent {
    /// The inputs are read again to learn where their rows lie.
    Indexing {
        /// Bytes read so far.
        bytes: u64,
        /// Bytes there are.
        bytes_total: u64,
        /// Rows met so far.
        rows: u64,
    },
    /// That is done.
    Indexed(Box<Indexed>),
    /// Rows are held against the sieve.
    Sifting {
        /// The question that this answers.
        ask: u32,
        /// Rows looked at so far.
        done: u32,
        /// Rows there are.
        total: u32,
        /// Rows that passed so far.
        found: u32,
    },
    /// The sieve is ready: windows of it can be asked for.
    Sifted {
        /// The question.
        ask: u32,
        /// Rows that passed.
        found: u32,
        /// Rows there are.
        total: u32,
        /// A sentence where it could not be done as asked.
        problem: Option<String>,
        /// Milliseconds that it took.
        elapsed_ms: f64,
    },
    /// A stretch of the rows that passed.
    Window {
        /// The question whose rows these are.
        ask: u32,
        /// The stretch.
        window: Window,
        /// Its rows; fewer at the end.
        rows: Vec<Row>,
        /// A sentence where rows could not be read again.
        problem: Option<String>,
    },
    /// The rows that passed, written out.
    Table {
        /// The question whose rows these are.
        ask: u32,
        /// What was wished for.
        wish: TableWish,
        /// The text.
        text: String,
        /// Rows in it; fewer than passed where the bound was reached.
        rows: u64,
        /// A sentence where rows could not be read again.
        problem: Option<String>,
    },
    /// The rows cannot be shown; a sentence with the next step.
    Failed(String),
}
