//! The clipboard, for writing.
//!
//! In: a text that the user asked to copy. Out: whether it was copied.
//! Must not know: what is copied.

use wasm_bindgen_futures::{JsFuture, spawn_local};

/// Copies a text and reports whether that worked.
pub fn copy(text: &str, done: impl FnOnce(bool) + 'static) {
    let Some(window) = super::window() else {
        done(false);
        return;
    };
    let navigator = window.navigator();
    // Outside a secure context (plain http on another host) there is no clipboard at all.
    let has_clipboard = js_sys::Reflect::get(&navigator, &"clipboard".into())
        .is_ok_and(|clipboard| clipboard.is_object());
    if !has_clipboard {
        done(false);
        return;
    }
    let writing = navigator.clipboard().write_text(text);
    spawn_local(async move {
        done(JsFuture::from(writing).await.is_ok());
    });
}
