//! The line between the page and its look-up tab.
//!
//! In and out: text. Must not know: what the text says.
//!
//! It is a `BroadcastChannel` and no window handle: a handle would let a script in the page reach
//! into the tab and use its policy, a channel lets it only send text. Its name holds a random part
//! that the page gives to the tab in the fragment of the address, which no server sees.

use super::listen::Listener;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{BroadcastChannel, MessageEvent};

/// One end. Dropping it closes the line.
pub struct Line {
    channel: BroadcastChannel,
    _listener: Listener,
}

impl Line {
    /// Opens the line of a token; `None` where the browser has no such lines.
    pub fn open(token: &str, receive: impl Fn(String) + 'static) -> Option<Self> {
        let channel = BroadcastChannel::new(&format!("wakeful-lookup-{token}")).ok()?;
        let listener = Listener::on(&channel, "message", move |event| {
            let data = event.unchecked_into::<MessageEvent>().data();
            if let Some(text) = data.as_string() {
                receive(text);
            }
        });
        Some(Self {
            channel,
            _listener: listener,
        })
    }

    /// Sends a text to the other end; one that nobody hears is lost.
    pub fn send(&self, text: &str) {
        // Fails only on a line that is closed, and that ends with this value.
        let _ = self.channel.post_message(&JsValue::from_str(text));
    }
}

impl Drop for Line {
    fn drop(&mut self) {
        self.channel.close();
    }
}

/// A name for a line that nobody guesses: 128 random bits. `None` without a source of chance.
#[must_use]
pub fn token() -> Option<String> {
    let mut bytes = [0; 16];
    let crypto = js_sys::Reflect::get(&js_sys::global(), &JsValue::from_str("crypto")).ok()?;
    crypto
        .dyn_into::<web_sys::Crypto>()
        .ok()?
        .get_random_values_with_u8_array(&mut bytes)
        .ok()?;
    Some(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}

/// The moment, in seconds since 1970.
#[must_use]
pub fn now() -> f64 {
    js_sys::Date::now() / 1000.0
}
