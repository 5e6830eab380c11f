//! Both ends of the line between the page and its worker.
//!
//! In and out: bytes in an `ArrayBuffer` that is handed over, files beside them.
//! Must not know: what the bytes say.
//!
//! What crosses is an array `[ArrayBuffer, File, …, MessagePort, …]` towards the worker, an
//! `ArrayBuffer` back, and a string where the worker reports its own end.

use js_sys::{Array, ArrayBuffer, Function, Reflect, Uint8Array};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{DedicatedWorkerGlobalScope, MessageEvent, Worker};

use super::crash::describe;
use super::files::{FileHandle, error_name};
use super::line::Line;
use super::listen::Listener;

/// What the page sends: bytes, and what stands beside them.
#[derive(Default)]
pub struct Parcel {
    /// The message.
    pub bytes: Vec<u8>,
    /// Files.
    pub files: Vec<FileHandle>,
    /// Lines to other workers.
    pub lines: Vec<Line>,
}

/// What a worker sends.
#[derive(Debug, Clone, PartialEq)]
pub enum Incoming {
    /// A message.
    Bytes(Vec<u8>),
    /// The worker has died; a report without any of the user's data.
    Died(String),
}

/// The page's end. Dropping it ends the worker.
pub struct WorkerPort {
    worker: Worker,
    _listeners: [Listener; 2],
}

impl WorkerPort {
    /// Starts a worker that is covered by the page's policies (`www/boot.js` says how).
    ///
    /// # Errors
    /// Where no worker can be started; gives the error's name.
    pub fn spawn(receive: impl Fn(Incoming) + Clone + 'static) -> Result<Self, String> {
        let worker = Reflect::get(&js_sys::global(), &JsValue::from_str("wakefulSpawnWorker"))
            .and_then(|function| function.dyn_into::<Function>())
            .and_then(|function| function.call0(&JsValue::UNDEFINED))
            .map_err(|error| error_name(&error))?
            .unchecked_into::<Worker>();
        let on_error = receive.clone();
        let listeners = [
            Listener::on(&worker, "message", move |event| {
                let data = event.unchecked_into::<MessageEvent>().data();
                if let Some(report) = data.as_string() {
                    receive(Incoming::Died(report));
                } else if let Ok(buffer) = data.dyn_into::<ArrayBuffer>() {
                    receive(Incoming::Bytes(Uint8Array::new(&buffer.into()).to_vec()));
                }
            }),
            Listener::on(&worker, "error", move |event| {
                // Handled here: the console keeps the browser's own words.
                event.prevent_default();
                let what = Some("an uncaught error; its text is left out: it could quote a log");
                on_error(Incoming::Died(describe("worker", "unknown", what)));
            }),
        ];
        Ok(Self {
            worker,
            _listeners: listeners,
        })
    }

    /// Sends a message with what stands beside it.
    ///
    /// # Errors
    /// Where the browser refuses; gives the error's name.
    pub fn post(&self, parcel: Parcel) -> Result<(), String> {
        let buffer = to_buffer(&parcel.bytes);
        let message = Array::of1(&buffer);
        let handed_over = Array::of1(&buffer);
        for file in &parcel.files {
            message.push(&file.0);
        }
        for line in parcel.lines {
            let port = line.into_port();
            message.push(&port);
            handed_over.push(&port);
        }
        self.worker
            .post_message_with_transfer(&message, &handed_over)
            .map_err(|error| error_name(&error))
    }
}

impl Drop for WorkerPort {
    fn drop(&mut self) {
        self.worker.terminate();
    }
}

/// The worker's end.
#[derive(Clone)]
pub struct PagePort(DedicatedWorkerGlobalScope);

impl PagePort {
    /// `None` outside a worker.
    #[must_use]
    pub fn here() -> Option<Self> {
        js_sys::global().dyn_into().ok().map(Self)
    }

    /// Sends a message to the page.
    ///
    /// # Errors
    /// Where the browser refuses; gives the error's name.
    pub fn post(&self, bytes: &[u8]) -> Result<(), String> {
        let buffer = to_buffer(bytes);
        self.0
            .post_message_with_transfer(&buffer, &Array::of1(&buffer))
            .map_err(|error| error_name(&error))
    }

    /// Calls back for every message.
    #[must_use]
    pub fn listen(&self, receive: impl Fn(Parcel) + 'static) -> Listener {
        Listener::on(&self.0, "message", move |event| {
            let data = event.unchecked_into::<MessageEvent>().data();
            let Ok(message) = data.dyn_into::<Array>() else {
                return;
            };
            let bytes = Uint8Array::new(&message.get(0)).to_vec();
            let beside = || message.iter().skip(1);
            receive(Parcel {
                bytes,
                files: beside().filter_map(FileHandle::from_js).collect(),
                lines: beside().filter_map(Line::from_js).collect(),
            });
        })
    }
}

/// Reports the worker's own end to the page, as text.
pub(crate) fn report_end(report: &str) {
    if let Ok(scope) = js_sys::global().dyn_into::<DedicatedWorkerGlobalScope>() {
        // Nobody is left to tell if this fails; the page notices the silence by `onerror`.
        let _ = scope.post_message(&JsValue::from_str(report));
    }
}

/// Ends this worker, once what it does is done.
pub(crate) fn leave() {
    if let Ok(scope) = js_sys::global().dyn_into::<DedicatedWorkerGlobalScope>() {
        scope.close();
    }
}

pub(crate) fn to_buffer(bytes: &[u8]) -> JsValue {
    Uint8Array::from(bytes).buffer().into()
}
