//! Making the program fast before anybody waits for it.
//!
//! In: nothing. Out: nothing but the time that the first scan saves.
//! Must not know: what is found.
//!
//! A browser compiles wasm quickly at first, and well only what has run for a while; what it has compiled is shared
//! by all that run the module. So while the page waits for files, a worker of its own scans small logs of the lab again
//! and again, by the code that scans a user's. It takes no commands and is ended as soon as the page is given anything (`www/boot.js`): it was
//! started when the line was not quite shut. What it gains stands in `docs/performance.md`.

use std::rc::Rc;

use wakeful_lab::scenario::{Injection, Scenario};
use wakeful_lab::zeek::{Format, conn_log, dns_log};

use super::crew::Crew;
use super::{Desk, reader, scan};
use crate::browser::files::FileHandle;
use crate::browser::line::Line;
use crate::wire::{BUDGET, ScanInput};

/// So often is each log read: what a row needs has run some ten thousand times then, and what a chunk, a piece of
/// rows or a report needs some hundred times.
const ROUNDS: u32 = 36;
/// Clients of the office whose logs are read, and of a larger one: what is done once a channel needs channels. What a
/// page holds while it waits grows with these logs.
const OFFICES: (u32, u32) = (12, 36);
/// In two of so many rounds, one of each kind, the larger one's; not at first.
const LARGER: u32 = 6;
/// Where it begins, in seconds since 1970: of no meaning.
const START: f64 = 1_710_201_600.0;

/// Reads until all is compiled.
pub async fn up() {
    let (Some(small), Some(large)) = (logs(OFFICES.0).await, logs(OFFICES.1).await) else {
        return;
    };
    let desk = Rc::new(Desk::new(None));
    for round in 0..ROUNDS {
        let logs = match round % LARGER {
            0 | 1 if round >= LARGER => &large,
            _ => &small,
        };
        for files in logs {
            let inputs = ["dns.log", "conn.log"].into_iter().zip(0..);
            let inputs = inputs.map(|(name, index)| ScanInput::File {
                index,
                name: name.to_owned(),
            });
            // Every other time as if another read it.
            let Some(crew) = crew(round % 2 == 1) else {
                return;
            };
            desk.current.set(Some(round));
            scan::run(
                Rc::clone(&desk),
                round,
                inputs.collect(),
                files.clone(),
                crew,
            )
            .await;
        }
    }
}

/// Nobody, or a reader that is this worker.
fn crew(relay: bool) -> Option<Crew> {
    if !relay {
        return Some(Crew::new(Vec::new(), false));
    }
    let (ours, theirs) = Line::pair().ok()?;
    reader::serve(&theirs, BUDGET);
    Some(Crew::new(vec![ours], true))
}

/// Both logs of an office of so many clients with a tunnel, in every form.
async fn logs(clients: u32) -> Option<Vec<Vec<FileHandle>>> {
    let scenario = Scenario {
        seed: 1,
        days: 0.25,
        clients,
        start: START,
        injections: vec![Injection::parse("iodine:rate=4,duration=4m,start=1h").ok()?],
    };
    let logs = scenario.run();
    let mut all = Vec::new();
    for form in [Format::Tsv, Format::Json] {
        let both = [dns_log(&logs.dns, form), conn_log(&logs.conn, form)];
        let files: Option<Vec<FileHandle>> = both.iter().map(|log| FileHandle::of(log)).collect();
        all.push(files?);
    }
    let mut packed = Vec::new();
    for file in &all[0] {
        packed.extend(file.packed().await);
    }
    if packed.len() == all[0].len() {
        all.push(packed);
    }
    Some(all)
}
