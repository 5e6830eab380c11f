//! The same in the tab.
//!
//! In: a model file and rows, from JavaScript. Out: sums of scores. Must not know: who holds the watch.

use crate::{WIDTH, model, scored};
use wakeful_engine::models::Model;
use wasm_bindgen::prelude::{JsError, wasm_bindgen};

/// A model and rows, kept in the module's memory.
#[wasm_bindgen]
pub struct Bench {
    model: Model,
    rows: Vec<[f64; WIDTH]>,
}

#[wasm_bindgen]
impl Bench {
    /// # Errors
    /// Where the bytes are no model.
    #[wasm_bindgen(constructor)]
    pub fn new(bytes: &[u8], numbers: &[f64]) -> Result<Bench, JsError> {
        Ok(Bench {
            model: model(bytes)?,
            rows: numbers.as_chunks().0.to_vec(),
        })
    }

    /// The sum of all scores, row by row or in blocks.
    #[must_use]
    pub fn scored(&self, blocks: bool) -> f64 {
        scored(&self.model, &self.rows, blocks)
    }
}
