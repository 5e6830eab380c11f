//! What a channel's names carried, put together again: bytes as hexadecimal digits and text.
//!
//! In: the payload as far as it is here. Out: a table of bytes; the wish to see it.
//! Must not know: how names are taken apart.

use std::fmt::Write;

use wakeful_engine::report::Payload;
use yew::prelude::*;

use crate::page::app::{Dispatch, click};
use crate::page::term::Word;
use crate::page::words::sentence;
use crate::state::format::{bytes, counted, percent, value};
use crate::state::{Action, Decoded};

/// Bytes a line.
const WIDTH: usize = 16;
/// Lines in sight at first.
const LINES: usize = 32;

/// The payload, or the button to ask for it.
pub fn view(decoded: &Decoded, dispatch: &Dispatch) -> Html {
    let ask = click(dispatch, Action::Decode);
    match decoded {
        Decoded::None => html! {
            <p><button class="small" onclick={ask}>{ "Decode the names" }</button>{ " " }
            <span class="caption">{ "Orders them by time, strips counters, tries the alphabets. Nothing leaves this tab." }</span></p>
        },
        Decoded::Asked => html! { <p class="caption" role="status">{ "Decoding…" }</p> },
        Decoded::Here(None) => html! {
            <p class="caption" role="status">{ "The names are in no encoding that Wakeful knows, or carry too little to tell." }</p>
        },
        Decoded::Here(Some(payload)) => here(payload),
    }
}

fn here(payload: &Payload) -> Html {
    let (head, rest) = payload
        .bytes
        .split_at(payload.bytes.len().min(WIDTH * LINES));
    html! {
        <div class="payload">
            <p>
                if let Some(format) = &payload.format {
                    <strong>{ format!("This carried: {format}. ") }</strong>
                }
                { sentence(&payload.text) }
            </p>
            <dl class="facts">
                <div><dt><Word meaning="The characters that the bytes were written in to fit into names.">{ "Alphabet" }</Word></dt><dd>{ &payload.codec }</dd></div>
                <div><dt>{ "From" }</dt><dd>{ counted(payload.names, "name") }</dd></div>
                <div><dt>{ "Bytes" }</dt><dd>{ bytes(payload.bytes.len() as u64) }</dd></div>
                <div><dt><Word meaning="The share of the bytes that are letters, digits and signs: high for text, a third or so for what is encrypted or compressed.">{ "Printable" }</Word></dt><dd>{ percent(payload.printable) }</dd></div>
                <div><dt><Word meaning="Disorder of the bytes, in bits each: 8 is as good as random, encrypted or compressed; text has 4 to 5.">{ "Entropy" }</Word></dt><dd>{ format!("{} bits a byte", value(payload.entropy)) }</dd></div>
                if !payload.others.is_empty() {
                    <div class="fact-wide"><dt>{ "Others that fit" }</dt><dd>
                        { payload.others.iter().map(|(codec, share)| format!("{codec} ({} printable)", percent(*share))).collect::<Vec<_>>().join(", ") }
                    </dd></div>
                }
            </dl>
            <pre class="hex" tabindex="0" aria-label="Bytes as hexadecimal digits and text">{ dump(head, 0) }</pre>
            if !rest.is_empty() {
                <details>
                    <summary>{ format!("The other {}", bytes(rest.len() as u64)) }</summary>
                    <pre class="hex" tabindex="0" aria-label="The other bytes">{ dump(rest, head.len()) }</pre>
                </details>
            }
        </div>
    }
}

/// Offset, sixteen bytes, the same as text: printable ASCII alone, so nothing can turn it around.
fn dump(bytes: &[u8], offset: usize) -> String {
    let mut out = String::with_capacity(bytes.len() * 5);
    for (line, chunk) in bytes.chunks(WIDTH).enumerate() {
        let _ = write!(out, "{:06x}  ", offset + line * WIDTH);
        for at in 0..WIDTH {
            match chunk.get(at) {
                Some(byte) => {
                    let _ = write!(out, "{byte:02x} ");
                }
                None => out.push_str("   "),
            }
        }
        out.push(' ');
        out.extend(chunk.iter().map(|&byte| match byte {
            0x20..0x7f => char::from(byte),
            _ => '.',
        }));
        out.push('\n');
    }
    out
}

#[cfg(test)]
mod tests {
    use super::dump;

    #[test]
    fn bytes_stand_beside_their_text() {
        assert_eq!(
            dump(b"GET / \xff\x00", 16),
            "000010  47 45 54 20 2f 20 ff 00                          GET / ..\n"
        );
        assert_eq!(dump(&[b'a'; 17], 0).lines().count(), 2);
        assert_eq!(dump(&[], 0), "");
    }
}
