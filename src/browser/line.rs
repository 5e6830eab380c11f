//! A line between two workers, past the page.
//!
//! In and out: bytes in an `ArrayBuffer` that is handed over, more of them beside it, a file.
//! Must not know: what the bytes say.
//!
//! What crosses is an array `[ArrayBuffer, ArrayBuffer]`, with a `File` as the third where there is one.

use js_sys::{Array, Uint8Array};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{MessageChannel, MessageEvent, MessagePort};

use super::files::{FileHandle, error_name};
use super::listen::Listener;
use super::port::to_buffer;

/// One end of a line.
#[derive(Clone)]
pub struct Line(MessagePort);

/// What came over a line.
pub struct Sent {
    /// The message.
    pub bytes: Vec<u8>,
    /// What stands beside it; no bytes where nothing does.
    pub beside: Vec<u8>,
    /// The file beside it.
    pub file: Option<FileHandle>,
}

impl Line {
    /// A line's two ends.
    ///
    /// # Errors
    /// Where the browser has no such lines; gives the error's name.
    pub fn pair() -> Result<(Self, Self), String> {
        let channel = MessageChannel::new().map_err(|error| error_name(&error))?;
        Ok((Self(channel.port1()), Self(channel.port2())))
    }

    /// Sends a message, bytes that stand beside it, and a file.
    ///
    /// # Errors
    /// Where the browser refuses; gives the error's name.
    pub fn post(
        &self,
        bytes: &[u8],
        beside: &[u8],
        file: Option<&FileHandle>,
    ) -> Result<(), String> {
        let (bytes, beside) = (to_buffer(bytes), to_buffer(beside));
        let message = Array::of2(&bytes, &beside);
        if let Some(file) = file {
            message.push(&file.0);
        }
        self.0
            .post_message_with_transferable(&message, &Array::of2(&bytes, &beside))
            .map_err(|error| error_name(&error))
    }

    /// Calls back for every message, those that came before included.
    #[must_use]
    pub fn listen(&self, receive: impl Fn(Sent) + 'static) -> Listener {
        let listener = Listener::on(&self.0, "message", move |event| {
            let data = event.unchecked_into::<MessageEvent>().data();
            let Ok(message) = data.dyn_into::<Array>() else {
                return;
            };
            receive(Sent {
                bytes: Uint8Array::new(&message.get(0)).to_vec(),
                beside: Uint8Array::new(&message.get(1)).to_vec(),
                file: FileHandle::from_js(message.get(2)),
            });
        });
        self.0.start();
        listener
    }

    /// Ends the line: nothing more comes.
    pub fn close(&self) {
        self.0.close();
    }

    pub(crate) fn from_js(value: JsValue) -> Option<Self> {
        value.dyn_into().ok().map(Self)
    }

    pub(crate) fn into_port(self) -> MessagePort {
        self.0
    }
}
