//! How Zeek writes a row: tab-separated under a header, or as one JSON object.
//!
//! In: a line. Out: the wanted fields' bytes by name ([`Row`]). Must not know: what a field means.

mod header;
mod json;
mod slots;

pub use header::Header;
pub(crate) use header::{Directive, Fit};
pub use json::fields as json_fields;
pub(crate) use json::{Arena, BadRow, JsonRow, json_row};
pub(crate) use slots::{Row, Slot, Slots};
