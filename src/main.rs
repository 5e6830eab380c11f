//! Page and worker alike: one program, so that the two can never be of different builds.
//!
//! It comes in two halves (`crates/halves`), and each is asked for by `www/boot.js`, so nothing runs by itself.

use wasm_bindgen::prelude::wasm_bindgen;

fn main() {}

/// Starts what belongs where this runs.
#[wasm_bindgen]
pub fn wake() {
    wakeful_page::start();
}

/// Returns when all of the program is here.
#[wasm_bindgen]
pub fn complete() {
    wakeful_page::browser::half::need_rest();
}
