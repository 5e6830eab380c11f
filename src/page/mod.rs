//! What the user sees.
//!
//! In: [`State`](crate::state::State). Out: HTML (text nodes only: names in logs are hostile)
//! and [`Action`](crate::state::Action)s.
//! Must not know: `web_sys` (that is `browser`'s), how a score comes about.

mod allow;
mod app;
mod bar;
mod controller;
mod copy;
mod crew;
mod detail;
mod explore;
mod failed;
mod findings;
mod focus;
mod help;
mod idle;
mod inputs;
mod keys;
mod later;
pub(crate) mod lookup;
mod models;
mod new_domains;
mod overview;
mod palette;
mod prose;
mod reading;
mod reasons;
mod records;
mod result;
mod row;
pub(crate) mod save;
mod settings;
mod term;
mod triage;
mod try_yourself;
mod tuning;
mod window;
mod words;

use crate::browser::{crash, doc};

/// Draws the page into its place in the document.
pub fn start() {
    crash::watch_page();
    match doc::root() {
        Some(root) => {
            yew::Renderer::<app::App>::with_root(root).render();
        }
        None => doc::show_broken("Wakeful, page: the document has no place for it"),
    }
}
