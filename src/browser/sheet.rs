//! Sizes and places of elements, where the style sheet needs numbers that only the program knows.
//!
//! In: elements, numbers. Out: custom properties on them, scrolling, sizes.
//! Must not know: what is laid out. (The policy forbids `style` attributes; properties that a program
//! sets are none.)

use wasm_bindgen::JsCast;
use web_sys::{Element, FocusOptions, HtmlElement, HtmlInputElement, PointerEvent};

use super::listen::Listener;

/// Sets a custom property (`--name`) of an element.
pub fn put(element: &Element, name: &str, value: &str) {
    if let Some(element) = element.dyn_ref::<HtmlElement>() {
        // Fails only for a name that is no property's.
        let _ = element.style().set_property(name, value);
    }
}

/// How far an element is scrolled, pixels.
#[must_use]
pub fn scrolled(element: &Element) -> f64 {
    f64::from(element.scroll_top())
}

/// Scrolls an element.
pub fn scroll_to(element: &Element, top: f64) {
    element.set_scroll_top(top.round() as i32);
}

/// The room inside of an element, pixels.
#[must_use]
pub fn inner_height(element: &Element) -> f64 {
    f64::from(element.client_height())
}

/// Where an element stands in the window: left, top, bottom, pixels.
#[must_use]
pub fn place(id: &str) -> Option<(f64, f64, f64)> {
    let element = super::document()?.get_element_by_id(id)?;
    let rect = element.get_bounding_client_rect();
    Some((rect.left(), rect.top(), rect.bottom()))
}

/// The width of an element, by its id, pixels.
#[must_use]
pub fn width(id: &str) -> Option<f64> {
    let element = super::document()?.get_element_by_id(id)?;
    Some(element.get_bounding_client_rect().width())
}

/// Sends a pointer's events to the element that it went down on, wherever it goes, until it goes up.
pub fn hold(event: &PointerEvent) {
    let target = event.target();
    if let Some(element) = target.and_then(|target| target.dyn_into::<Element>().ok()) {
        // Fails only for a pointer that is up again.
        let _ = element.set_pointer_capture(event.pointer_id());
    }
}

/// Moves the focus to an element, by its id, and scrolls nothing.
pub fn focus_in_place(id: &str) -> bool {
    let element = super::document()
        .and_then(|document| document.get_element_by_id(id))
        .and_then(|element| element.dyn_into::<HtmlElement>().ok());
    let options = FocusOptions::new();
    options.set_prevent_scroll(true);
    element.is_some_and(|element| element.focus_with_options(&options).is_ok())
}

/// Scrolls an element into sight sideways, within the grid around it.
pub fn show_sideways(id: &str) {
    let element = super::document().and_then(|document| document.get_element_by_id(id));
    let Some((element, around)) = element.and_then(|element| {
        let around = element.closest("[role=grid]").ok().flatten()?;
        Some((element, around))
    }) else {
        return;
    };
    let (part, whole) = (
        element.get_bounding_client_rect(),
        around.get_bounding_client_rect(),
    );
    // Columns that stay at the left cover what is below them; they themselves are always in sight.
    if element.class_list().contains("pin") {
        return;
    }
    let row = element.parent_element();
    let pinned = row.and_then(|row| row.query_selector(".pin-last").ok().flatten());
    let left = pinned.map_or(whole.left(), |last| last.get_bounding_client_rect().right());
    let by = if part.left() < left {
        part.left() - left
    } else {
        (part.right() - whole.right()).clamp(0.0, (part.left() - left).max(0.0))
    };
    around.set_scroll_left(around.scroll_left() + by.round() as i32);
}

/// The text of a field and its caret, in UTF-16 units.
#[must_use]
pub fn typed(input: &HtmlInputElement) -> (String, usize) {
    let text = input.value();
    let caret = input.selection_start().ok().flatten();
    let caret = caret.map_or_else(|| text.encode_utf16().count(), |caret| caret as usize);
    (text, caret)
}

/// Puts the caret of a field, in UTF-16 units.
pub fn put_caret(input: &HtmlInputElement, caret: usize) {
    let caret = caret as u32;
    // Fails only for fields without a caret.
    let _ = input.set_selection_range(caret, caret);
}

/// Calls back when the window has another size.
#[must_use]
pub fn on_resize(mut callback: impl FnMut() + 'static) -> Option<Listener> {
    let window = super::window()?;
    Some(Listener::on(&window, "resize", move |_| callback()))
}
