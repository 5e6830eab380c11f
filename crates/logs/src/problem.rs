//! What was wrong with an input, where, and what to do about it.
//!
//! In: one problem after the other. Out: the first [`Problems::LISTED`] of them and the count of
//! all. Must not know: formats.

/// One thing that could not be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// Counted from 1; `None` for a problem of the whole file.
    pub line: Option<u64>,
    /// One sentence, with the next step where there is one.
    pub what: String,
}

/// The problems of one input: all counted, the first ones kept.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Problems {
    count: u64,
    listed: Vec<Problem>,
}

impl Problems {
    /// How many problems are kept with their text; a file with a million bad lines has one cause.
    pub const LISTED: usize = 50;

    /// Adds a problem; `what` is only called for one that will be listed.
    pub fn add(&mut self, line: Option<u64>, what: impl FnOnce() -> String) {
        self.count += 1;
        if self.listed.len() < Self::LISTED {
            self.listed.push(Problem { line, what: what() });
        }
    }

    /// All problems, also those that are not listed.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.count
    }

    /// The first problems, in the order in which they were met.
    #[must_use]
    pub fn listed(&self) -> &[Problem] {
        &self.listed
    }
}
