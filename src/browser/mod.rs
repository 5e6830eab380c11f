//! Every call to the browser lives here.
//!
//! In: plain values and callbacks. Out: plain values; a JavaScript object only inside a handle
//! of ours ([`files::FileHandle`], [`port::WorkerPort`]).
//! Must not know: what a log is, what the page shows.

pub mod clip;
pub mod crash;
pub mod doc;
pub mod drop;
pub mod files;
pub mod half;
pub mod line;
pub mod listen;
pub mod machine;
pub mod place;
pub mod plot;
pub mod port;
pub mod room;
pub mod scroll;
pub mod sheet;
pub mod stops;
pub mod store;
pub mod stream;
pub mod time;
pub mod turns;

use wasm_bindgen::JsCast;

pub use web_sys::{Element, HtmlDialogElement, HtmlInputElement, HtmlSelectElement, KeyboardEvent};

/// Where this program was started.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// In a tab.
    Page,
    /// In a dedicated worker.
    Worker,
    /// In a worker that takes no commands (`www/boot.js` names it): it makes the program fast.
    Warming,
    /// Anywhere else (native tests).
    Neither,
}

/// The name of a worker that warms up.
const WARMING: &str = "wakeful-warming";

/// Looks at the global object.
#[must_use]
pub fn side() -> Side {
    if !cfg!(target_family = "wasm") {
        return Side::Neither;
    }
    let global = js_sys::global();
    if global.has_type::<web_sys::Window>() {
        Side::Page
    } else if let Some(scope) = global.dyn_ref::<web_sys::DedicatedWorkerGlobalScope>() {
        if scope.name() == WARMING {
            Side::Warming
        } else {
            Side::Worker
        }
    } else {
        Side::Neither
    }
}

/// Ends this worker; nothing in a tab.
pub fn end_worker() {
    if let Some(scope) = js_sys::global().dyn_ref::<web_sys::DedicatedWorkerGlobalScope>() {
        scope.close();
    }
}

/// The tab's window; `None` in a worker.
pub(crate) fn window() -> Option<web_sys::Window> {
    js_sys::global().dyn_into().ok()
}

/// The tab's document; `None` in a worker.
pub(crate) fn document() -> Option<web_sys::Document> {
    window()?.document()
}
