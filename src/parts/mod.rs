//! Parts that the page and its charts are both made of.
//!
//! In: texts, callbacks. Out: HTML. Must not know: views, scans, what a text says.

pub mod exports;
pub mod turn;
pub mod veil;
