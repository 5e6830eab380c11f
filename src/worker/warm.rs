//! Making the program fast before anybody waits for it.
//!
//! In: nothing. Out: nothing but the time that the first scan saves.
//! Must not know: what is found.
//!
//! A browser compiles wasm quickly at first, and well only what has run for a while; what it has compiled is shared
//! by all that run the module. So while the page waits for files, a worker of its own reads a small log of the lab
//! again and again. It takes no commands and is ended as soon as the page is given anything (`www/boot.js`): it was
//! started when the line was not quite shut. What it gains stands in `docs/performance.md`.

use wakeful_engine::Session;
use wakeful_engine::relay::Writer;
use wakeful_lab::scenario::{Injection, Scenario};
use wakeful_lab::zeek::{Format, conn_log, dns_log};
use wakeful_logs::Reader;

/// Bytes that are fed at a time, as in a scan of files.
const STEP: usize = 1 << 17;
/// So often is each log read: what a row needs has run some ten thousand times then.
const ROUNDS: usize = 60;
/// Where it begins, in seconds since 1970: of no meaning.
const START: f64 = 1_710_201_600.0;

/// Reads until all is compiled.
pub fn up() {
    let Some(logs) = logs() else { return };
    for round in 0..ROUNDS {
        for of_one in logs.chunks(2) {
            let mut session = Session::new();
            for bytes in of_one {
                // Every other time as if another read it.
                let mut relay = (round % 2 == 1).then(|| (Reader::new(), Writer::new()));
                match &relay {
                    Some(_) => session.open_relayed(""),
                    None => session.open(""),
                }
                for piece in bytes.chunks(STEP) {
                    match &mut relay {
                        None => session.feed(piece),
                        Some((reader, writer)) => {
                            reader.feed(piece, writer);
                            if session.relayed(writer.bytes()).is_err() {
                                return;
                            }
                            writer.clear();
                        }
                    }
                }
                session.close();
            }
            drop(session.report());
        }
    }
}

/// Both logs of a small office with a tunnel, in both forms.
fn logs() -> Option<Vec<Vec<u8>>> {
    let scenario = Scenario {
        seed: 1,
        days: 0.25,
        clients: 12,
        start: START,
        injections: vec![Injection::parse("iodine:rate=4,duration=4m,start=1h").ok()?],
    };
    let logs = scenario.run();
    let forms = [Format::Tsv, Format::Json].into_iter();
    Some(
        forms
            .flat_map(|form| [dns_log(&logs.dns, form), conn_log(&logs.conn, form)])
            .collect(),
    )
}
