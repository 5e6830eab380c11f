//! The clock, and waiting.
//!
//! In: nothing. Out: milliseconds on a clock that never runs backwards.
//! Must not know: what is timed.

use js_sys::{Function, Promise, Reflect};
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;

/// Milliseconds since the page or the worker was started.
#[must_use]
pub fn now_ms() -> f64 {
    let global = js_sys::global();
    let performance = Reflect::get(&global, &JsValue::from_str("performance"))
        .ok()
        .and_then(|value| value.dyn_into::<web_sys::Performance>().ok());
    performance.map_or_else(js_sys::Date::now, |performance| performance.now())
}

/// Lets the event loop turn once, so that messages that wait are taken.
pub async fn turn() {
    let promise = Promise::new(&mut |resolve, _reject| {
        let timer = Reflect::get(&js_sys::global(), &JsValue::from_str("setTimeout"))
            .and_then(|function| function.dyn_into::<Function>())
            .and_then(|function| {
                function.call2(&JsValue::UNDEFINED, &resolve, &JsValue::from_f64(0.0))
            });
        if timer.is_err() {
            let _ = resolve.call0(&JsValue::UNDEFINED);
        }
    });
    let _ = JsFuture::from(promise).await;
}

/// Runs a callback once, before the next event, and after what was begun before.
pub fn next(callback: impl FnOnce() + 'static) {
    wasm_bindgen_futures::spawn_local(async move { callback() });
}

/// Runs a callback once, when this turn of the event loop is over.
pub fn soon(callback: impl FnOnce() + 'static) {
    after(0, callback);
}

/// Runs a callback once, after some milliseconds.
pub fn after(milliseconds: i32, callback: impl FnOnce() + 'static) {
    if let Some(window) = super::window() {
        let once = Closure::once_into_js(callback);
        let _ = window.set_timeout_with_callback_and_timeout_and_arguments_0(
            once.unchecked_ref(),
            milliseconds,
        );
    }
}
