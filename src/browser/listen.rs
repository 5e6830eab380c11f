//! Event listeners that end with their owner.
//!
//! In: a target, an event's name, a callback. Out: a [`Listener`]; dropping it stops listening.
//! Must not know: what the events mean.

use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_sys::EventTarget;

/// One registered callback.
pub struct Listener {
    target: EventTarget,
    event: &'static str,
    callback: Closure<dyn FnMut(web_sys::Event)>,
}

impl Listener {
    /// Listens until dropped.
    pub(crate) fn on(
        target: &EventTarget,
        event: &'static str,
        callback: impl FnMut(web_sys::Event) + 'static,
    ) -> Self {
        let callback = Closure::new(callback);
        let function = callback.as_ref().unchecked_ref();
        // Fails only for a callback that is neither a function nor null.
        let _ = target.add_event_listener_with_callback(event, function);
        Self {
            target: target.clone(),
            event,
            callback,
        }
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        let function = self.callback.as_ref().unchecked_ref();
        let _ = self
            .target
            .remove_event_listener_with_callback(self.event, function);
    }
}

/// Calls back for every key pressed in the tab.
#[must_use]
pub fn on_key(mut callback: impl FnMut(web_sys::KeyboardEvent) + 'static) -> Option<Listener> {
    let document = super::document()?;
    Some(Listener::on(&document, "keydown", move |event| {
        if let Ok(key) = event.dyn_into() {
            callback(key);
        }
    }))
}

/// Whether an event comes from a field in which the user types, or chooses by letters.
#[must_use]
pub fn from_text_field(event: &web_sys::Event) -> bool {
    event
        .target()
        .and_then(|target| target.dyn_into::<web_sys::Element>().ok())
        .is_some_and(|element| {
            matches!(element.tag_name().as_str(), "INPUT" | "TEXTAREA" | "SELECT")
        })
}
