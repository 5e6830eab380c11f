//! What is measured side by side, natively and in the tab: models and rows of set shapes, logs, and the
//! same features that the other tools compute of them.
//!
//! In: a seed and a shape, a model file and numbers, or the bytes of a log. Out: forests, rows, and answers
//! that must agree whoever computes them. Must not know: clocks; who measures holds the watch.

pub mod features;
mod grown;
pub mod inference;
#[cfg(target_arch = "wasm32")]
mod tab;
pub mod trees;

pub use grown::{Shape, grow};
pub use inference::{LIST, WIDTH, model, rows, scored, shipped, wrapped};
