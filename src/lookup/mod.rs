//! The look-up tab: the only document that may open a connection.
//!
//! In: from the page, over a line of text, what could be looked up; from the user, consent. Out:
//! requests to the hosts on the list that the user saw, and their answers to the page.
//! Must not know: logs, records, findings. It is handed registered domains and public addresses;
//! anything else in a message is refused while it is read (`wakeful_lookup::Subject`).
//!
//! It is a document of its own (`www/lookup.html`), opened by the user's click, with a policy of its
//! own: the page's policy stays closed, and the two share nothing but the line. At the moment of
//! consent the tab's policy is narrowed to the hosts on the list, and the browser enforces it.

mod desk;
mod keep;
mod net;
mod view;

use crate::browser::{crash, doc, store};

/// Draws the tab.
pub fn start() {
    crash::watch_page();
    doc::set_theme(store::theme().as_deref());
    match doc::root() {
        Some(root) => {
            yew::Renderer::<view::Tab>::with_root(root).render();
        }
        None => doc::show_broken("Wakeful, look-up tab: the document has no place for it"),
    }
}
