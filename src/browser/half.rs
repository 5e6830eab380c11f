//! The half of the program that comes after the first.
//!
//! In: nothing. Out: it is here. Must not know: what is in which half (`www/first.txt` says so).

use wasm_bindgen::prelude::wasm_bindgen;

#[wasm_bindgen]
extern "C" {
    /// Brings the rest, if it is not here (`www/boot.js`). What stands in the first half for a function of the rest
    /// calls this, too: `crates/halves` knows the import by its name.
    #[wasm_bindgen(js_name = wakefulRest)]
    fn rest();
}

/// Returns when the rest is here.
pub fn need_rest() {
    rest();
}
