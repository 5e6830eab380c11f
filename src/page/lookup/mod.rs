//! Look-ups as the page shows them: the way to the look-up tab, and what came back.
//!
//! In: findings, what the page knows of look-ups. Out: HTML, actions.
//! Must not know: how anything is asked; the page cannot ask (`crate::lookup` is another document).

mod of;
mod panel;
pub(crate) mod results;

pub use of::LookupOf;
pub use panel::{LookupPanel, use_lookup_line};
