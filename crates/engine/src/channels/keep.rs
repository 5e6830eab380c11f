//! How much is kept of a channel.
//!
//! In: nothing. Out: limits. Must not know: why there are any.

use super::Places;
use super::trace::Trace;

/// What is kept of each channel, at most.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Keep {
    /// Distinct names, before a sample is kept.
    pub(crate) names: u64,
    /// First records with time, size and symbol.
    pub(crate) trace: usize,
    /// Records that can be shown.
    pub(crate) places: usize,
    /// `uid`s.
    pub(crate) uids: usize,
    /// Addresses in answers.
    pub(crate) addresses: usize,
    /// Clients of one domain or peer that are followed.
    pub(crate) crowd: u32,
    /// Whether new channels are followed.
    pub(crate) new: bool,
}

impl Keep {
    /// All that detectors and the page use.
    pub(crate) const ALL: Self = Self {
        names: 1 << 20,
        trace: Trace::KEPT,
        places: Places::KEPT,
        uids: 16,
        addresses: 32,
        crowd: u32::MAX,
        new: true,
    };
}
