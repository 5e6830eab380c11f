//! Records to features to scores to findings.
//!
//! In: bytes of logs ([`Session::feed`]) or records ([`Analysis`]). Out: a [`report::Report`].
//! Must not know: files, threads, the clock, chance. The same bytes give the same report,
//! whatever the chunking and the order of the inputs, and partial analyses
//! [merge](Analysis::merge) into the one that a single pass would have given.
//!
//! The rooms, in the order in which data walks through them: [`channels`] (records to
//! aggregates), [`features`] (aggregates to numbers with names), [`models`] (numbers to scores),
//! [`detectors`] (scores to findings), [`payload`] (names back to bytes), [`report`]. Beside them
//! [`partial`]: a scan as bytes, for another worker or machine to merge, and [`relay`]: rows as bytes, for
//! another thread or worker to count.

pub mod allow;
pub mod analysis;
mod blocks;
pub mod channels;
pub mod detectors;
pub mod evaluation;
pub mod features;
mod inputs;
mod intern;
pub mod judging;
pub mod models;
pub mod names;
pub mod order;
pub mod partial;
pub mod payload;
pub mod quantiles;
pub mod relay;
pub mod report;
mod saved;
mod session;
mod summary;

pub use analysis::{Analysis, Place};
pub use inputs::Piece;
pub use session::Session;
use wakeful_logs::hash;
