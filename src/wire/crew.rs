//! What crosses between the worker that scans and the readers that help it: [`Errand`] one way,
//! [`Word`] the other.
//!
//! Files travel beside an errand, and what is large (a partial result, unpacked text, names to measure) beside either, as
//! bytes that are handed over and not written anew. Must not know: what either side does with them.

use serde::{Deserialize, Serialize};
use wakeful_logs::piece::Start;
use wakeful_logs::{Summary, Unpacked};

/// What a reader is to do; the file stands beside it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Errand {
    /// Read an input into your scan; answered by [`Word::Done`].
    Read(Box<Part>),
    /// Unpack a gzip file and hand over the text; answered by [`Word::Text`] and [`Word::Ended`].
    Unpack,
    /// Read an input whole, and hand over its rows; answered by [`Word::Text`] and [`Word::Summed`].
    Relay,
    /// One more text may come: the one before was used.
    More,
    /// Nothing more will come but what is to be measured: hand over what you have read; answered by [`Word::Partial`], behind
    /// which who has read anything leaves.
    Finish,
    /// Measure what stands beside this for who judges; answered by [`Word::Measured`]. Asked of who handed on rows.
    Measure,
}

/// An input, or a piece of one.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Part {
    /// The input's name.
    pub name: String,
    /// `None` for all of it.
    pub slice: Option<Slice>,
}

/// A piece of a text, from one line's end to another's.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Slice {
    /// Counted from 1.
    pub number: u32,
    /// How many there are.
    pub of: u32,
    /// What stands above it.
    pub start: Start,
    /// Its first byte in the file.
    pub from: u64,
    /// The byte behind its last.
    pub to: u64,
}

/// What a reader says.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Word {
    /// Read since the word before.
    Read {
        /// Bytes of the file.
        bytes: u64,
        /// Records.
        records: u64,
    },
    /// An input is read.
    Done,
    /// Unpacked text, or rows, stand beside this.
    Text,
    /// The rows are over: what the input was.
    Summed(Box<Summary>),
    /// The text is over.
    Ended(Unpacked),
    /// The partial result stands beside this.
    Partial,
    /// What was measured stands beside this.
    Measured,
    /// The file could not be read: one sentence with the next step.
    Failed(String),
}

/// How many texts, or pieces of rows, may be under way to the worker that takes them: one that is used, one that waits.
pub const TEXTS: u32 = 3;
