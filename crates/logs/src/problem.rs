//! What was wrong with an input, where, and what to do about it.
//!
//! In: one problem after the other. Out: the first [`Problems::LISTED`] of them and the count of
//! all. Must not know: formats.

use serde::{Deserialize, Serialize};

/// One thing that could not be read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problem {
    /// Counted from 1; `None` for a problem of the whole file.
    pub line: Option<u64>,
    /// One sentence, with the next step where there is one.
    pub what: String,
}

/// The problems of one input: all counted, the first ones kept.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
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

    /// Adds a problem of the whole file that stands before all others, whether there is room or not.
    pub fn add_first(&mut self, what: String) {
        self.count += 1;
        self.listed.insert(0, Problem { line: None, what });
        self.listed.truncate(Self::LISTED);
    }

    /// Adds the problems of what follows, whose lines are counted on from `lines_before`; where that is
    /// not known, they have no number.
    pub(crate) fn add_all(&mut self, next: &Self, lines_before: Option<u64>) {
        self.count += next.count;
        let room = Self::LISTED.saturating_sub(self.listed.len());
        self.listed
            .extend(next.listed.iter().take(room).map(|problem| Problem {
                line: lines_before.and_then(|before| Some(before + problem.line?)),
                what: problem.what.clone(),
            }));
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
