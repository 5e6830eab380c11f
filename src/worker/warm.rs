//! Making the program fast before anybody waits for it.
//!
//! In: nothing. Out: nothing but the time that the first scan saves.
//! Must not know: what is found.
//!
//! A browser compiles wasm quickly at first and well only what has run for a while. So the worker reads a
//! small log of the lab while the page waits for files, a piece at a time, and stops as soon as there is
//! anything to do. The measured gain stands in `docs/performance.md`.

use std::rc::Rc;

use wakeful_engine::Session;

use super::Desk;
use crate::browser::time;

/// Bytes between two looks at the messages: about a millisecond of compiled code.
const STEP: usize = 1 << 16;
/// So often is the log read: each function that a row needs runs often enough then.
const ROUNDS: usize = 6;
const SAMPLE: &str = "three-tunnels";

pub async fn up(desk: Rc<Desk>) {
    let Some(logs) = wakeful_lab::sample_logs(SAMPLE) else {
        return;
    };
    for _ in 0..ROUNDS {
        let mut session = Session::new();
        for (name, bytes) in &logs {
            session.open(name);
            for piece in bytes.chunks(STEP) {
                time::turn().await;
                if desk.current.get().is_some() {
                    return;
                }
                session.feed(piece);
            }
            session.close();
        }
        time::turn().await;
        if desk.current.get().is_some() {
            return;
        }
        drop(session.report());
    }
}
