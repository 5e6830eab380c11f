//! Explained words as one stop of the Tab key.
//!
//! In: nothing. Out: where the focus goes.
//! Must not know: what a word means.
//!
//! Each word is a button, and a table has dozens. From one of them, Tab leaves the part of the page that it stands
//! in, past the others; arrow keys go from one to the next. Where other controls stand between the words, Tab goes
//! through these, and past the words behind the first that it came by.

use std::cell::RefCell;

use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement, KeyboardEvent, Node};

use super::listen::Listener;
use super::time::soon;

/// The words.
const WORD: &str = ".term";
/// What the words of one stop stand in.
const PART: &str = "table, dl, details, section, aside, main";

thread_local! {
    /// Words that are out of Tab's way.
    static SKIPPED: RefCell<Vec<HtmlElement>> = const { RefCell::new(Vec::new()) };
}

/// Listens for the keys that leave a word.
#[must_use]
pub fn listen() -> Option<Listener> {
    let document = super::document()?;
    Some(Listener::on(&document, "keydown", |event| {
        // The key before is done with, also where its timer has not come yet.
        restore();
        let target = event
            .target()
            .and_then(|target| target.dyn_into::<HtmlElement>().ok());
        let (Some(target), Some(event)) = (target, event.dyn_ref::<KeyboardEvent>()) else {
            return;
        };
        if target.matches(WORD).unwrap_or(false) {
            leave(&target, event);
        } else if event.key() == "Tab" {
            pass(&target, event.shift_key());
        }
    }))
}

/// From another control: past the words ahead, where one of the same part lies behind.
fn pass(control: &HtmlElement, backwards: bool) {
    let part = control.closest(PART).ok().flatten();
    let (before, behind): (Vec<_>, Vec<_>) = around(control)
        .into_iter()
        .filter(|word| word.closest(PART).ok().flatten() == part)
        .partition(|word| {
            control.compare_document_position(word) & Node::DOCUMENT_POSITION_PRECEDING != 0
        });
    let (passed, ahead) = if backwards {
        (behind, before)
    } else {
        (before, behind)
    };
    if !passed.is_empty() {
        skip(ahead);
    }
}

/// Takes words out of Tab's way until this event is over and the browser has moved the focus.
fn skip(words: Vec<HtmlElement>) {
    for word in &words {
        word.set_tab_index(-1);
    }
    SKIPPED.with_borrow_mut(|skipped| skipped.extend(words));
    soon(restore);
}

fn restore() {
    for word in SKIPPED.take() {
        // Fails for no element.
        let _ = word.remove_attribute("tabindex");
    }
}

fn leave(word: &HtmlElement, event: &KeyboardEvent) {
    let mut words = around(word);
    let at = words.iter().position(|other| other == word);
    match (event.key().as_str(), at) {
        ("Tab", _) => {
            words.retain(|other| other != word);
            skip(words);
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

/// All words of the part that something stands in.
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
