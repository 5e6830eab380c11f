//! A box that scrolls: how far it is, how much of it is in sight.
//!
//! In: the box, as yew hands it out. Out: pixels, as it scrolls and as its size changes.
//! Must not know: what is in it.

use wasm_bindgen::JsCast;
use web_sys::Element;

use super::listen::Listener;

/// What is in sight of a box, in CSS pixels.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Sight {
    /// Above what is in sight.
    pub top: f64,
    /// Of what is in sight.
    pub height: f64,
    /// Of the first of its `.line`s; 0 without one.
    pub line: f64,
}

/// What is in sight of a box now.
#[must_use]
pub fn sight(element: &Element) -> Sight {
    let line = element.query_selector(".line").ok().flatten();
    Sight {
        top: f64::from(element.scroll_top()),
        height: f64::from(element.client_height()),
        line: line.map_or(0.0, |line| line.get_bounding_client_rect().height()),
    }
}

/// Scrolls a box so that a stretch of it is in sight, as little as possible.
pub fn reveal(element: &Element, top: f64, height: f64) {
    let seen = sight(element);
    if top < seen.top {
        element.set_scroll_top(top as i32);
    } else if top + height > seen.top + seen.height {
        element.set_scroll_top((top + height - seen.height).ceil() as i32);
    }
}

/// Calls back whenever what is in sight may have changed.
#[must_use]
pub fn listen(element: &Element, callback: impl Fn(Sight) + Clone + 'static) -> Vec<Listener> {
    let mut listeners = Vec::new();
    let (scrolled, resized) = (element.clone(), element.clone());
    let told = callback.clone();
    listeners.push(Listener::on(element, "scroll", move |_| {
        told(sight(&scrolled))
    }));
    if let Some(window) = super::window() {
        let target = window.unchecked_into::<web_sys::EventTarget>();
        listeners.push(Listener::on(&target, "resize", move |_| {
            callback(sight(&resized));
        }));
    }
    listeners
}
