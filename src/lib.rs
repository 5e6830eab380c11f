//! The page of Wakeful, and its worker: one program that looks where it was started.
//!
//! In: files that a user drops. Out: a report on the screen. The rooms:
//! [`browser`] is the only one that names the browser's interfaces; [`worker`] reads inputs and
//! drives the engine; [`state`] is what the page knows (pure, tested natively); [`chart`] is
//! geometry (pure); [`page`] draws, with `parts` that charts have too; [`lookup`] is a document of its own, the only one that may
//! connect. [`wire`] is all that crosses between page and worker.
//! Must not know: how a score comes about. The page never analyses.

pub mod browser;
pub mod chart;
pub mod lookup;
pub mod page;
mod parts;
pub mod state;
pub mod wire;
pub mod worker;

/// Starts what belongs here: the page in a window, the analysis in a worker.
pub fn start() {
    match browser::side() {
        browser::Side::Page => page::start(),
        browser::Side::Worker => worker::start(),
        browser::Side::Warming => worker::warm_up(),
        browser::Side::Neither => {}
    }
}
