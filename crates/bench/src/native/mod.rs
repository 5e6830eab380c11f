//! The jobs that need files and processes.
//!
//! In: paths and numbers. Out: files, or a line of JSON. Must not know: who compares.

pub(crate) mod logs;
pub(crate) mod measure;
pub(crate) mod models;
pub(crate) mod read;
pub(crate) mod stream;

/// How a job ends: its line is printed, or a sentence says why not.
pub(crate) type Outcome = Result<(), Box<dyn std::error::Error>>;
