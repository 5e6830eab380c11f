//! Explained words as one stop of the Tab key.
//!
//! In: nothing. Out: where the focus goes.
//! Must not know: what a word means.
//!
//! Each word is a button, and a table has dozens. From one of them, Tab leaves the part of the page that it stands
//! in, past the others; arrow keys go from one to the next.

use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement, KeyboardEvent};

use super::listen::Listener;
use super::time::soon;

/// The words.
const WORD: &str = ".term";
/// What the words of one stop stand in.
const PART: &str = "table, dl, details, section, aside, main";

/// Listens for the keys that leave a word.
#[must_use]
pub fn listen() -> Option<Listener> {
    let document = super::document()?;
    Some(Listener::on(&document, "keydown", |event| {
        let word = event
            .target()
            .and_then(|target| target.dyn_into::<HtmlElement>().ok())
            .filter(|target| target.matches(WORD).unwrap_or(false));
        if let (Some(word), Some(event)) = (word, event.dyn_ref::<KeyboardEvent>()) {
            leave(&word, event);
        }
    }))
}

fn leave(word: &HtmlElement, event: &KeyboardEvent) {
    let words = around(word);
    let at = words.iter().position(|other| other == word);
    match (event.key().as_str(), at) {
        ("Tab", _) => {
            // The browser moves the focus when this event is over; then they can be reached again.
            for other in words.iter().filter(|&other| other != word) {
                other.set_tab_index(-1);
            }
            soon(move || {
                for word in words {
                    // Fails for no element.
                    let _ = word.remove_attribute("tabindex");
                }
            });
        }
        ("ArrowRight" | "ArrowDown", Some(at)) => {
            event.prevent_default();
            enter(words[at + 1..].iter());
        }
        ("ArrowLeft" | "ArrowUp", Some(at)) => {
            event.prevent_default();
            enter(words[..at].iter().rev());
        }
        _ => {}
    }
}

/// All words of a word's part.
fn around(word: &HtmlElement) -> Vec<HtmlElement> {
    let Some(part) = word.closest(PART).ok().flatten() else {
        return Vec::new();
    };
    let Ok(found) = part.query_selector_all(WORD) else {
        return Vec::new();
    };
    (0..found.length())
        .filter_map(|at| found.get(at)?.dyn_into().ok())
        .collect()
}

/// The first that takes the focus: what is folded away does not.
fn enter<'a>(mut words: impl Iterator<Item = &'a HtmlElement>) {
    words.find(|word| {
        let taken = word.focus().is_ok();
        let active = super::document().and_then(|document| document.active_element());
        taken && active.as_ref() == Some(AsRef::<Element>::as_ref(*word))
    });
}
