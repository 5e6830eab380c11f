//! The fragment of the page's address: which view a link, back and forward mean.
//!
//! In: a fragment. Out: entries in the tab's history.
//! Must not know: what a fragment means. Entries change by fragment alone: `www/boot.js` stops
//! every other navigation that a script begins.

use super::listen::Listener;

/// The fragment without its `#`; empty without one.
#[must_use]
pub fn fragment() -> String {
    super::window()
        .and_then(|window| window.location().hash().ok())
        .map(|hash| hash.trim_start_matches('#').to_owned())
        .unwrap_or_default()
}

/// The whole address; empty for a document that is no longer shown.
#[must_use]
pub fn here() -> String {
    super::window()
        .and_then(|window| window.location().href().ok())
        .unwrap_or_default()
}

/// Goes to a fragment by a new entry in the history.
pub fn enter(fragment: &str) {
    if let Some(window) = super::window() {
        // Fails only for a document that is no longer shown.
        let _ = window.location().set_hash(fragment);
    }
}

/// Changes the fragment in place, without a new entry in the history.
pub fn replace(fragment: &str) {
    if let Some(window) = super::window() {
        let _ = window.location().replace(&format!("#{fragment}"));
    }
}

/// Calls back with each new fragment.
#[must_use]
pub fn on_change(mut callback: impl FnMut(String) + 'static) -> Option<Listener> {
    let window = super::window()?;
    Some(Listener::on(&window, "hashchange", move |_| {
        callback(fragment());
    }))
}
