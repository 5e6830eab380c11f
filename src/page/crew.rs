//! The readers that help the worker with large inputs.
//!
//! In: how much there is to read. Out: workers that serve, and the worker's ends of the lines to them.
//! Must not know: what they read.

use std::cell::RefCell;
use std::rc::Rc;

use crate::browser::line::Line;
use crate::browser::machine::{Share, share};
use crate::browser::port::{Incoming, Parcel, WorkerPort};
use crate::wire::{BUDGET, Command, Event, decode, encode};

/// Below it, one worker has read everything before another is up.
const SHARED_BYTES: u64 = 48 << 20;
/// With more workers, putting together what they read takes what they save.
const MOST_WORKERS: usize = 4;

/// Readers; dropping them ends them.
pub struct Crew(#[allow(dead_code)] Vec<Rc<Reader>>);

struct Reader {
    port: RefCell<Option<WorkerPort>>,
    /// Its end of the line, until it is up.
    line: RefCell<Option<Line>>,
}

impl Crew {
    /// As many readers as the machine has room for, if `bytes` are worth it, and whether they hand on rows
    /// instead of results. `lost` is called when one breaks off.
    pub fn hire(bytes: u64, lost: impl Fn() + Clone + 'static) -> (Option<Self>, Vec<Line>, bool) {
        let (share, asked) = share();
        let readers = match share {
            Share::Alone => 0,
            // Whoever asks for it means it.
            _ if !asked && bytes < SHARED_BYTES => 0,
            Share::Relay => 1,
            Share::Slices(workers) if asked => workers - 1,
            Share::Slices(workers) => workers.min(MOST_WORKERS) - 1,
        };
        let budget = BUDGET / (readers as u64 + 1);
        let mut crew = Vec::new();
        let mut lines = Vec::new();
        for _ in 0..readers {
            // A browser that refuses leaves all the work to one.
            let Ok((ours, theirs)) = Line::pair() else {
                break;
            };
            let reader = Rc::new(Reader {
                port: RefCell::new(None),
                line: RefCell::new(Some(theirs)),
            });
            let (me, lost) = (Rc::downgrade(&reader), lost.clone());
            let spawned = WorkerPort::spawn(move |incoming| match incoming {
                Incoming::Bytes(bytes) => {
                    if matches!(decode(&bytes), Ok(Event::Ready))
                        && let Some(me) = me.upgrade()
                        && !me.serve(budget)
                    {
                        lost();
                    }
                }
                Incoming::Died(_) => lost(),
            });
            let Ok(port) = spawned else { break };
            reader.port.replace(Some(port));
            crew.push(reader);
            lines.push(ours);
        }
        let relay = share == Share::Relay;
        ((!crew.is_empty()).then_some(Self(crew)), lines, relay)
    }
}

impl Reader {
    /// Hands it its line; `false` where that is not possible.
    fn serve(&self, budget: u64) -> bool {
        let command = encode(&Command::Serve { budget });
        let (Ok(bytes), Some(line)) = (command, self.line.take()) else {
            return false;
        };
        let parcel = Parcel {
            bytes,
            lines: vec![line],
            ..Parcel::default()
        };
        self.port
            .borrow()
            .as_ref()
            .is_some_and(|port| port.post(parcel).is_ok())
    }
}
