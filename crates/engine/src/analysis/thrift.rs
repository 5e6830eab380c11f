//! How much is kept of the records where memory is short.
//!
//! In: a budget in bytes, what is held. Out: a level, and what may be kept at it. Must not know: what
//! channels, names and places are for.
//!
//! Without a budget everything is kept that detectors and the page use, and memory grows with channels and
//! distinct names. With one, each time that it is used up the level rises: less is kept of every channel,
//! of those that are there as of those that come, and the report says so ([`Thrift::sentence`]). What is
//! dropped first is what is only shown; what decides whether a tunnel is seen (rows, names, sums) last:
//!
//! 1. fewer places of records to show, shorter traces, smaller samples;
//! 2. of a domain or peer that very many clients ask, only those clients that said most to it are followed:
//!    hardly anybody else asks for a tunnel's domain;
//! 3. the same of one that several clients ask;
//! 4. no further channels.
//!
//! Within the budget a report follows from the set of records alone. Beyond it, the order of the records
//! shows too: which clients of a crowded domain were met before.

use crate::channels::keep::Keep;
use serde::{Deserialize, Serialize};

const LESS: Keep = Keep {
    names: 1 << 14,
    trace: 128,
    places: 4,
    uids: 4,
    addresses: 8,
    ..Keep::ALL
};

const LEAST: Keep = Keep {
    names: 1 << 13,
    trace: 64,
    places: 2,
    uids: 2,
    crowd: 32,
    ..LESS
};

const LEVELS: [Keep; 5] = [
    Keep::ALL,
    LESS,
    LEAST,
    Keep { crowd: 4, ..LEAST },
    Keep {
        names: 1 << 12,
        crowd: 4,
        new: false,
        ..LEAST
    },
];

/// Rows that are read before what is held is counted again, at least: counting takes a few microseconds a
/// thousand channels.
const ROWS: u64 = 1 << 16;
/// A row adds at most about so many bytes to what is held, names of a megabyte aside.
const ROW_BYTES: u64 = 2048;

/// The level, and when to look again.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Thrift {
    level: u8,
    /// Rows of channels that are not followed.
    left_out: u64,
    #[serde(skip)]
    budget: Option<u64>,
    /// Rows until it is looked at again.
    #[serde(skip)]
    rows: u64,
}

impl Thrift {
    pub(crate) fn set_budget(&mut self, bytes: u64) {
        self.budget = Some(bytes);
        self.rows = 0;
    }

    /// Has the budget of another, where that has one.
    pub(crate) fn take_budget(&mut self, other: &Self) {
        if let Some(bytes) = other.budget {
            self.set_budget(bytes);
        }
    }

    pub(crate) fn level(&self) -> u8 {
        self.level
    }

    pub(crate) fn keep(&self) -> Keep {
        LEVELS[usize::from(self.level).min(LEVELS.len() - 1)]
    }

    /// A row was read: whether to look at what is held.
    pub(crate) fn row(&mut self) -> bool {
        match self.rows.checked_sub(1) {
            Some(rows) => {
                self.rows = rows;
                false
            }
            None => self.budget.is_some(),
        }
    }

    /// With so many bytes held, whether the level has risen.
    pub(crate) fn rises(&mut self, held: u64) -> bool {
        let Some(budget) = self.budget else {
            return false;
        };
        let room = budget.saturating_sub(held);
        self.rows = (room / ROW_BYTES).max(ROWS);
        let rises = room == 0 && usize::from(self.level) + 1 < LEVELS.len();
        self.level += u8::from(rises);
        rises
    }

    /// Rows of channels that are not followed.
    pub(crate) fn leave_out(&mut self, rows: u64) {
        self.left_out += rows;
    }

    /// The stricter of two; whether that is another level than this one's.
    pub(crate) fn merge(&mut self, other: &Self) -> bool {
        self.left_out += other.left_out;
        let rises = other.level > self.level;
        self.level = self.level.max(other.level);
        rises
    }

    pub(crate) fn is_sound(&self) -> bool {
        usize::from(self.level) < LEVELS.len()
    }

    /// What a reader should know; `None` where all was kept.
    pub(crate) fn sentence(&self) -> Option<String> {
        let keep = self.keep();
        let Keep { places, names, .. } = keep;
        let judged = match (self.left_out, keep.new) {
            _ if self.level == 0 => return None,
            (0, _) => "Every channel was judged; scan fewer files at once to see more.".to_owned(),
            (rows, new) => format!(
                "{rows} rows are not judged: those between a client and a domain or peer that more than {} clients talk to, of which those that say most are followed{}; scan fewer files at once to have all of them judged.",
                keep.crowd,
                match new {
                    true => "",
                    false => ", and those of pairs that were first met when the memory was used up",
                }
            ),
        };
        Some(format!(
            "These logs have more channels than the memory set aside for them holds. Of each channel only its first {places} records can be shown and its distinct names are exact up to {names}; rhythms rest on its first {} records. {judged}",
            keep.trace
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_level_keeps_no_more_than_the_one_before() {
        for pair in LEVELS.windows(2) {
            let [more, less] = pair else { continue };
            assert!(
                less.names <= more.names
                    && less.trace <= more.trace
                    && less.places <= more.places
                    && less.uids <= more.uids
                    && less.addresses <= more.addresses
                    && less.crowd <= more.crowd
                    && less.new <= more.new
            );
        }
    }

    #[test]
    fn the_level_rises_only_when_the_budget_is_used_up_and_has_an_end() {
        let mut thrift = Thrift::default();
        assert!(!thrift.row() && !thrift.rises(u64::MAX), "no budget");
        thrift.set_budget(1000);
        assert!(thrift.row());
        assert!(!thrift.rises(999));
        assert!(!thrift.row(), "not at every row");
        for level in 1..=4 {
            assert!(thrift.rises(1000));
            assert_eq!(thrift.level(), level);
        }
        assert!(!thrift.rises(1000));
        assert!(!thrift.keep().new);
        assert_eq!(Thrift::default().sentence(), None);
    }
}
