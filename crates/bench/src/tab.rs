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

/// One pass over a log.
#[wasm_bindgen]
pub struct Pass {
    reader: Reader,
    work: Work,
}

/// What is done with the records.
enum Work {
    Read(Read),
    Features(Features),
}

#[wasm_bindgen]
impl Pass {
    /// With the benchmark's features, or with nothing kept.
    #[wasm_bindgen(constructor)]
    #[must_use]
    pub fn new(features: bool) -> Self {
        Self {
            reader: Reader::new(),
            work: if features {
                Work::Features(Features::default())
            } else {
                Work::Read(Read::default())
            },
        }
    }

    /// The next bytes.
    pub fn feed(&mut self, bytes: &[u8]) {
        match &mut self.work {
            Work::Read(read) => self.reader.feed(bytes, read),
            Work::Features(features) => self.reader.feed(bytes, features),
        }
    }

    /// The answer, as JSON.
    #[must_use]
    pub fn finish(self) -> String {
        match self.work {
            Work::Read(mut read) => {
                let summary = self.reader.finish(&mut read);
                format!("{{\"rows\":{}}}", summary.records())
            }
            Work::Features(mut features) => {
                self.reader.finish(&mut features);
                format!("{{{}}}", features.answer().json())
            }
        }
    }
}
