//! The same in the tab.
//!
//! In: a model file and rows, or a log's bytes, from JavaScript. Out: sums of scores, and answers as JSON.
//! Must not know: who holds the watch.

use crate::features::{Features, Read};
use crate::{WIDTH, model, scored};
use wakeful_engine::models::Model;
use wakeful_logs::Reader;
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

/// How many line ends there are.
#[wasm_bindgen]
#[must_use]
pub fn lines(bytes: &[u8]) -> f64 {
    memchr::memchr_iter(b'\n', bytes).count() as f64
}

/// A log that is read and forgotten.
#[wasm_bindgen]
#[derive(Default)]
pub struct Reading(Reader, Read);

#[wasm_bindgen]
impl Reading {
    /// Nothing is read yet.
    #[wasm_bindgen(constructor)]
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The next bytes.
    pub fn feed(&mut self, bytes: &[u8]) {
        self.0.feed(bytes, &mut self.1);
    }

    /// The answer, as JSON.
    #[must_use]
    pub fn finish(mut self) -> String {
        let summary = self.0.finish(&mut self.1);
        format!("{{\"rows\":{}}}", summary.records())
    }
}

/// A log of which the benchmark's features are kept.
#[wasm_bindgen]
#[derive(Default)]
pub struct Counting(Reader, Features);

#[wasm_bindgen]
impl Counting {
    /// Nothing is read yet.
    #[wasm_bindgen(constructor)]
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The next bytes.
    pub fn feed(&mut self, bytes: &[u8]) {
        self.0.feed(bytes, &mut self.1);
    }

    /// The answer, as JSON.
    #[must_use]
    pub fn finish(mut self) -> String {
        self.0.finish(&mut self.1);
        format!("{{{}}}", self.1.answer().json())
    }
}
