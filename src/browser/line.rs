//! A line between two workers, past the page.
//!
//! In and out: bytes in an `ArrayBuffer` that is handed over, more of them beside it, a file.
//! Must not know: what the bytes say.
//!
//! What crosses is an array: an `ArrayBuffer`, another one and how many bytes of it count, and a `File` where there is
//! one. Large buffers go to and fro: whoever took the bytes out of one may send it back ([`Line::give_back`]), and the
//! other end fills it again. A browser would keep what is let go for a while, and clear new memory each time.

use std::cell::RefCell;
use std::rc::Rc;

use js_sys::{Array, ArrayBuffer, Uint8Array};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{MessageChannel, MessageEvent, MessagePort};

use super::files::{FileHandle, error_name};
use super::listen::Listener;
use super::port::to_buffer;

/// One end of a line.
#[derive(Clone)]
pub struct Line {
    port: MessagePort,
    /// Large buffers that nobody uses.
    spare: Rc<RefCell<Vec<ArrayBuffer>>>,
}

/// Smaller buffers are not worth sending back; larger ones are a multiple of it, so that one fits the next bytes, too.
const LARGE: u32 = 1 << 18;
/// Larger ones come once, with a partial result, and are let go.
const MOST: u32 = 1 << 22;

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
        Ok((Self::of(channel.port1()), Self::of(channel.port2())))
    }

    fn of(port: MessagePort) -> Self {
        Self {
            port,
            spare: Rc::default(),
        }
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
        let buffer = self.filled(beside);
        self.send(bytes, &buffer, beside.len(), file)
    }

    /// Sends a message, and beside it a large buffer that came from there, if one is left.
    ///
    /// # Errors
    /// Where the browser refuses; gives the error's name.
    pub fn give_back(&self, bytes: &[u8]) -> Result<(), String> {
        let spare = self.spare.borrow_mut().pop();
        let buffer = spare.unwrap_or_else(|| ArrayBuffer::new(0));
        self.send(bytes, &buffer, 0, None)
    }

    fn send(
        &self,
        bytes: &[u8],
        beside: &ArrayBuffer,
        count: usize,
        file: Option<&FileHandle>,
    ) -> Result<(), String> {
        let bytes = to_buffer(bytes);
        let message = Array::of3(&bytes, beside, &JsValue::from_f64(count as f64));
        if let Some(file) = file {
            message.push(&file.0);
        }
        self.port
            .post_message_with_transferable(&message, &Array::of2(&bytes, beside))
            .map_err(|error| error_name(&error))
    }

    /// A buffer with these bytes at its beginning: one that is left, where it is large enough.
    fn filled(&self, bytes: &[u8]) -> ArrayBuffer {
        let count = bytes.len() as u32;
        if count < LARGE {
            return to_buffer(bytes).unchecked_into();
        }
        let spare = self.spare.borrow_mut().pop();
        let buffer = spare
            .filter(|spare| spare.byte_length() >= count)
            .unwrap_or_else(|| ArrayBuffer::new(count.next_multiple_of(LARGE)));
        Uint8Array::new_with_byte_offset_and_length(&buffer, 0, count).copy_from(bytes);
        buffer
    }

    /// Calls back for every message, those that came before included.
    #[must_use]
    pub fn listen(&self, receive: impl Fn(Sent) + 'static) -> Listener {
        let spare = Rc::clone(&self.spare);
        let listener = Listener::on(&self.port, "message", move |event| {
            let data = event.unchecked_into::<MessageEvent>().data();
            let Ok(message) = data.dyn_into::<Array>() else {
                return;
            };
            let Ok(buffer) = message.get(1).dyn_into::<ArrayBuffer>() else {
                return;
            };
            let count = message.get(2).as_f64().unwrap_or(0.0) as u32;
            let count = count.min(buffer.byte_length());
            let beside = Uint8Array::new_with_byte_offset_and_length(&buffer, 0, count).to_vec();
            if (LARGE..=MOST).contains(&buffer.byte_length()) {
                spare.borrow_mut().push(buffer);
            }
            receive(Sent {
                bytes: Uint8Array::new(&message.get(0)).to_vec(),
                beside,
                file: FileHandle::from_js(message.get(3)),
            });
        });
        self.port.start();
        listener
    }

    /// Ends the line: nothing more comes.
    pub fn close(&self) {
        self.port.close();
    }

    pub(crate) fn from_js(value: JsValue) -> Option<Self> {
        value.dyn_into().ok().map(Self::of)
    }

    pub(crate) fn into_port(self) -> MessagePort {
        self.port
    }
}
