//! The document around what yew draws: hooks on `<body>`, the theme, focus, the policies.
//!
//! In: plain values. Out: attributes, focus, the texts of the policies.
//! Must not know: what a state means.

use wasm_bindgen::{JsCast, JsValue};
use web_sys::HtmlElement;

/// The element that yew draws into.
#[must_use]
pub fn root() -> Option<web_sys::Element> {
    super::document()?.get_element_by_id("app")
}

/// Sets `body[data-state]`, which end-to-end tests wait for, and `body[data-view]`.
pub fn set_state(name: &str, view: &str) {
    if let Some(body) = super::document().and_then(|document| document.body()) {
        let _ = body.set_attribute("data-state", name);
        let _ = body.set_attribute("data-view", view);
    }
}

/// Sets the tab's title.
pub fn set_title(title: &str) {
    if let Some(document) = super::document() {
        document.set_title(title);
    }
}

/// Sets `html[data-theme]`; `None` follows the system.
pub fn set_theme(name: Option<&str>) {
    let Some(html) = super::document().and_then(|document| document.document_element()) else {
        return;
    };
    let _ = match name {
        Some(name) => html.set_attribute("data-theme", name),
        None => html.remove_attribute("data-theme"),
    };
}

/// Moves the focus to an element, by its id, and scrolls it into view; whether that worked (an
/// element that is absent or not shown takes no focus).
pub fn focus(id: &str) -> bool {
    let Some(element) = element(id) else {
        return false;
    };
    if element.focus().is_err() {
        return false;
    }
    let options = web_sys::ScrollIntoViewOptions::new();
    options.set_block(web_sys::ScrollLogicalPosition::Nearest);
    element.scroll_into_view_with_scroll_into_view_options(&options);
    super::document()
        .and_then(|document| document.active_element())
        .is_some_and(|active| active.id() == id)
}

/// Moves the focus to a heading, by its id, and scrolls it to the top of the window.
pub fn jump(id: &str) {
    if let Some(element) = element(id)
        && element.focus().is_ok()
    {
        let options = web_sys::ScrollIntoViewOptions::new();
        options.set_block(web_sys::ScrollLogicalPosition::Start);
        element.scroll_into_view_with_scroll_into_view_options(&options);
    }
}

/// Opens what a heading, by its id, is the summary of, moves the focus to it, and scrolls the box around it that has
/// a class so that it stands at the top, under a line that stays there; where that box does not scroll, the window.
pub fn jump_in(id: &str, around: &str, line: &str) {
    let Some(element) = element(id) else {
        return;
    };
    if let Some(details) = element.closest("details").ok().flatten() {
        // Fails only for a name that is none.
        let _ = details.set_attribute("open", "");
    }
    let Some(around) = element.closest(around).ok().flatten() else {
        return jump(id);
    };
    if around.scroll_height() <= around.client_height() {
        return jump(id);
    }
    let options = web_sys::FocusOptions::new();
    options.set_prevent_scroll(true);
    let _ = element.focus_with_options(&options);
    let line = around.query_selector(line).ok().flatten();
    let line = line.map_or(0.0, |line| line.get_bounding_client_rect().height());
    let by = element.get_bounding_client_rect().top() - around.get_bounding_client_rect().top();
    around.set_scroll_top(around.scroll_top() + (by - line - GAP) as i32);
}

/// Pixels between a line that stays and what is scrolled to.
const GAP: f64 = 12.0;

/// Scrolls the window to its top.
pub fn to_top() {
    if let Some(window) = super::window() {
        window.scroll_to_with_x_and_y(0.0, 0.0);
    }
}

/// Whether the window is as narrow as that of a phone; www/*.css have the same width.
#[must_use]
pub fn is_narrow() -> bool {
    let width = super::window().and_then(|window| window.inner_width().ok()?.as_f64());
    width.is_some_and(|width| width <= 760.0)
}

/// Whether the `<details>` that an event comes from is open; `None` where it is another than the one with an attribute
/// of that name and value.
#[must_use]
pub fn unfolded(event: &web_sys::Event, name: &str, value: &str) -> Option<bool> {
    let details = event.target()?.dyn_into::<web_sys::Element>().ok()?;
    (details.get_attribute(name)? == value).then(|| details.has_attribute("open"))
}

/// Moves the focus from a button to the one that stands so many further among those of the element around it that
/// has a class; with `across`, from the first button of such an element to that of the one so many further beside it.
/// Whether there is one.
#[must_use]
pub fn rove(event: &web_sys::Event, around: &str, by: i32, across: bool) -> bool {
    let from = event
        .target()
        .and_then(|target| target.dyn_into::<web_sys::Element>().ok());
    let next = from.and_then(|from| {
        let around = from.closest(around).ok()??;
        if across {
            let beside = match by {
                1 => around.next_element_sibling(),
                _ => around.previous_element_sibling(),
            };
            return beside?.query_selector("button").ok()?;
        }
        let buttons = around.query_selector_all("button").ok()?;
        let places = 0..buttons.length();
        let at = |place| buttons.item(place)?.dyn_into::<web_sys::Element>().ok();
        let here = places
            .clone()
            .find(|&place| at(place).as_ref() == Some(&from))?;
        at(here
            .checked_add_signed(by)
            .filter(|next| places.contains(next))?)
    });
    next.and_then(|next| next.dyn_into::<HtmlElement>().ok())
        .is_some_and(|next| next.focus().is_ok())
}

/// Opens a `<details>`, by its id, and moves the focus to its summary.
pub fn unfold(id: &str) {
    let Some(details) = element(id) else {
        return;
    };
    // Fails only for a name that is none.
    let _ = details.set_attribute("open", "");
    let summary = details.query_selector("summary").ok().flatten();
    if let Some(summary) = summary.and_then(|summary| summary.dyn_into::<HtmlElement>().ok()) {
        let _ = summary.focus();
    }
    details.scroll_into_view_with_bool(false);
}

/// The value of the field or list that an event comes from.
#[must_use]
pub fn value(event: &web_sys::Event) -> String {
    let Some(target) = event.target() else {
        return String::new();
    };
    if let Some(input) = target.dyn_ref::<web_sys::HtmlInputElement>() {
        return input.value();
    }
    target
        .dyn_ref::<web_sys::HtmlSelectElement>()
        .map(web_sys::HtmlSelectElement::value)
        .unwrap_or_default()
}

/// Whether an element has the focus.
#[must_use]
pub fn is_active(element: &web_sys::Element) -> bool {
    super::document()
        .and_then(|document| document.active_element())
        .is_some_and(|active| &active == element)
}

/// Whether no control has the focus: what had it is gone.
#[must_use]
pub fn focus_is_lost() -> bool {
    super::document()
        .and_then(|document| document.active_element())
        .is_none_or(|active| active.tag_name() == "BODY" || active.id() == "main")
}

/// Takes the focus away from what has it.
pub fn blur_active() {
    let active = super::document().and_then(|document| document.active_element());
    if let Some(element) = active.and_then(|active| active.dyn_into::<HtmlElement>().ok()) {
        let _ = element.blur();
    }
}

/// Clicks an element, by its id: opens the file dialog of an input that is not shown.
pub fn click(id: &str) {
    if let Some(element) = element(id) {
        element.click();
    }
}

/// Whether an explanation stands open, which Escape closes.
#[must_use]
pub fn has_tip() -> bool {
    super::document()
        .is_some_and(|document| matches!(document.query_selector(".tip:popover-open"), Ok(Some(_))))
}

/// Opens or closes a dialog in front of the page.
pub fn show_dialog(dialog: &web_sys::HtmlDialogElement, open: bool) {
    if open && !dialog.open() {
        // Fails only for a dialog that is open already or not in the document.
        let _ = dialog.show_modal();
    } else if !open && dialog.open() {
        dialog.close();
    }
}

/// Whether the dialog that tells of its end is shut: the browser tells of it late, and by then it may be open again.
#[must_use]
pub fn is_shut(event: &web_sys::Event) -> bool {
    let dialog = event
        .target()
        .and_then(|target| target.dyn_into::<web_sys::HtmlDialogElement>().ok());
    dialog.is_none_or(|dialog| !dialog.open())
}

/// Shows a dialog, by its id, over the page.
pub fn show_modal(id: &str) {
    if let Some(dialog) = element(id).and_then(|element| element.dyn_into().ok()) {
        show_dialog(&dialog, true);
    }
}

fn element(id: &str) -> Option<HtmlElement> {
    super::document()?.get_element_by_id(id)?.dyn_into().ok()
}

/// The content-security policies in force, as the document states them.
#[must_use]
pub fn policies() -> Vec<String> {
    let Some(document) = super::document() else {
        return Vec::new();
    };
    let metas = document.get_elements_by_tag_name("meta");
    (0..metas.length())
        .filter_map(|at| metas.item(at))
        .filter(|meta| meta.get_attribute("http-equiv").is_some())
        .filter_map(|meta| meta.get_attribute("content"))
        .collect()
}

/// Shows the static element for a broken page, with a report to copy.
pub fn show_broken(report: &str) {
    set_state("failed", "broken");
    let Some(document) = super::document() else {
        return;
    };
    if let Some(text) = document.get_element_by_id("broken-report") {
        text.set_text_content(Some(report));
    }
    if let Some(broken) = document.get_element_by_id("broken") {
        let _ = broken.remove_attribute("hidden");
    }
    if let Some(app) = document.get_element_by_id("app") {
        let _ = app.set_attribute("hidden", "");
    }
}

/// Saves text as a file, through a link to a `blob:`.
///
/// # Errors
/// Where the browser refuses; gives the error's name.
pub fn save(name: &str, text: &str, media: &str) -> Result<(), String> {
    save_blob(name, text, media).map_err(|error| super::files::error_name(&error))
}

/// How long a saved text is held for the browser.
const HELD_MS: i32 = 60_000;

fn save_blob(name: &str, text: &str, media: &str) -> Result<(), JsValue> {
    let parts = js_sys::Array::of1(&JsValue::from_str(text));
    let options = web_sys::BlobPropertyBag::new();
    options.set_type(media);
    let blob = web_sys::Blob::new_with_str_sequence_and_options(&parts, &options)?;
    let url = web_sys::Url::create_object_url_with_blob(&blob)?;
    let document = super::document().ok_or(JsValue::UNDEFINED)?;
    let link: web_sys::HtmlAnchorElement = document.create_element("a")?.unchecked_into();
    link.set_href(&url);
    link.set_download(name);
    link.click();
    // Engines take hold of the blob some time after the click returns, later on a busy machine; an address that
    // is gone by then is a file that is not saved.
    super::time::after(HELD_MS, move || {
        let _ = web_sys::Url::revoke_object_url(&url);
    });
    Ok(())
}

/// Opens the browser's dialog for printing.
pub fn print() {
    if let Some(window) = super::window() {
        // Fails only where printing is switched off.
        let _ = window.print();
    }
}
