//! A worker that reads for another one.
//!
//! In: errands over a line, files beside them. Out: words over the line; at the end all that was read, as
//! a partial result. Must not know: what the scan is about, who else reads.
//!
//! Errands are done one after the other, in the order in which they came; credit for more text is not an
//! errand, and counts at once.

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::rc::Rc;

use wakeful_engine::relay::Writer;
use wakeful_engine::{Session, judging};
use wakeful_logs::{self as logs, Unpack};
use wasm_bindgen_futures::spawn_local;

use super::PROGRESS_MS;
use super::bell::Bell;
use super::source::{changed, feed_part};
use crate::browser::crash;
use crate::browser::files::FileHandle;
use crate::browser::line::{Line, Sent};
use crate::browser::port::{leave, report_end};
use crate::browser::stream::{BUFFER_BYTES, Chunks};
use crate::browser::time;
use crate::wire::crew::{Errand, Part, TEXTS, Word};
use crate::wire::{decode, encode};

/// Unpacked bytes that are handed over at once.
const TEXT_BYTES: usize = 2 << 20;
/// Bytes of rows that are handed over at once, at least.
const ROWS_BYTES: usize = 1 << 20;
/// Packed bytes a step: deflate makes at most about a thousand times as many of them.
const PACKED_STEP: usize = 64 << 10;

struct Reader {
    line: Line,
    waiting: RefCell<VecDeque<(Errand, Sent)>>,
    busy: Cell<bool>,
    session: RefCell<Session>,
    /// How many texts may still be sent.
    credit: Cell<u32>,
    bell: Bell,
}

/// Takes errands until the page ends the worker. Of the records no more is held than `budget` bytes.
pub fn serve(line: &Line, budget: u64) {
    let mut session = Session::new();
    session.set_budget(budget);
    let reader = Rc::new(Reader {
        line: line.clone(),
        waiting: RefCell::default(),
        busy: Cell::new(false),
        session: RefCell::new(session),
        credit: Cell::new(TEXTS),
        bell: Bell::default(),
    });
    let listener = line.listen(move |sent| match decode::<Errand>(&sent.bytes) {
        Ok(Errand::More) => {
            reader.credit.set(reader.credit.get() + 1);
            reader.bell.ring();
        }
        Ok(errand) => {
            reader.waiting.borrow_mut().push_back((errand, sent));
            if !reader.busy.replace(true) {
                spawn_local(work(Rc::clone(&reader)));
            }
        }
        Err(error) => report_end(&crash::describe(
            "reader",
            &error.to_string(),
            Some("an errand could not be read"),
        )),
    });
    // As long as the worker: nobody is left to drop it.
    std::mem::forget(listener);
}

async fn work(reader: Rc<Reader>) {
    loop {
        let next = reader.waiting.borrow_mut().pop_front();
        let Some((errand, sent)) = next else { break };
        let done = match (errand, sent.file) {
            (Errand::Read(part), Some(file)) => reader.read(&part, &file).await,
            (Errand::Unpack, Some(file)) => reader.unpack(&file).await,
            (Errand::Relay, Some(file)) => reader.relay(&file).await,
            (Errand::Finish, _) => reader.hand_over(),
            (Errand::Measure, _) => reader.measure(&sent.beside),
            _ => Ok(()),
        };
        if let Err(what) = done {
            reader.say(&Word::Failed(what), &[]);
            break;
        }
    }
    reader.busy.set(false);
}

impl Reader {
    async fn read(&self, part: &Part, file: &FileHandle) -> Result<(), String> {
        let (mut bytes, mut told) = (0, f64::NEG_INFINITY);
        let mut session = self.session.take();
        let mut before = session.records();
        let mut tell = |session: &Session, more: usize| {
            bytes += more as u64;
            let now = time::now_ms();
            if more == 0 || now - told >= PROGRESS_MS {
                told = now;
                let records = session.records();
                let word = Word::Read {
                    bytes: std::mem::take(&mut bytes),
                    records: records - std::mem::replace(&mut before, records),
                };
                self.say(&word, &[]);
            }
        };
        let read = feed_part(&mut session, part, file, &mut tell).await;
        tell(&session, 0);
        self.session.replace(session);
        read?;
        self.say(&Word::Done, &[]);
        Ok(())
    }

    async fn unpack(&self, file: &FileHandle) -> Result<(), String> {
        let mut chunks = Chunks::open(file);
        let mut chunk = Vec::with_capacity(BUFFER_BYTES as usize);
        let mut unpack = Unpack::default();
        let mut text = Vec::with_capacity(TEXT_BYTES);
        loop {
            match chunks.next(&mut chunk).await {
                Ok(false) => break,
                Ok(true) => {}
                Err(error) => return Err(changed("The packed log", &error)),
            }
            // A little that is packed can hold much: it is unpacked in steps, so that no more waits here
            // than one text and what a step gives.
            for step in chunk.chunks(PACKED_STEP) {
                unpack.feed(step, |piece| text.extend_from_slice(piece));
                if text.len() >= TEXT_BYTES {
                    self.hand_text(&mut text).await;
                }
            }
            let word = Word::Read {
                bytes: chunk.len() as u64,
                records: 0,
            };
            self.say(&word, &[]);
        }
        self.hand_text(&mut text).await;
        self.say(&Word::Ended(unpack.finish()), &[]);
        self.say(&Word::Done, &[]);
        Ok(())
    }

    async fn relay(&self, file: &FileHandle) -> Result<(), String> {
        let mut chunks = Chunks::open(file);
        let mut chunk = Vec::with_capacity(BUFFER_BYTES as usize);
        let (mut reader, mut writer) = (logs::Reader::new(), Writer::new());
        let mut unsaid = 0;
        while chunks
            .next(&mut chunk)
            .await
            .map_err(|error| changed("A log", &error))?
        {
            // In steps: it may be packed.
            for step in chunk.chunks(PACKED_STEP) {
                reader.feed(step, &mut writer);
                unsaid += step.len() as u64;
                if writer.len() >= ROWS_BYTES {
                    self.hand_rows(&mut writer, &mut unsaid).await;
                }
            }
        }
        let summary = reader.finish(&mut writer);
        self.hand_rows(&mut writer, &mut unsaid).await;
        self.say(&Word::Summed(Box::new(summary)), &[]);
        self.say(&Word::Done, &[]);
        Ok(())
    }

    /// Sends rows once there is credit for them, and says how many bytes they were read from.
    async fn hand_rows(&self, writer: &mut Writer, bytes: &mut u64) {
        self.hand(writer.bytes()).await;
        writer.clear();
        let word = Word::Read {
            bytes: std::mem::take(bytes),
            records: 0,
        };
        self.say(&word, &[]);
    }

    /// Sends text once there is credit for it.
    async fn hand_text(&self, text: &mut Vec<u8>) {
        for piece in text.chunks(TEXT_BYTES) {
            self.hand(piece).await;
        }
        text.clear();
    }

    async fn hand(&self, piece: &[u8]) {
        while self.credit.get() == 0 {
            self.bell.wait().await;
        }
        self.credit.set(self.credit.get() - 1);
        self.say(&Word::Text, piece);
    }

    /// Hands over what was read, and leaves where that was anything: the room is needed where all of it is put together,
    /// and a browser takes no memory back from a worker that goes on.
    fn hand_over(&self) -> Result<(), String> {
        let mut session = self.session.take();
        let has_read = session.records() > 0;
        let partial = session.to_partial();
        drop(session);
        let bytes = partial.map_err(|error| error.to_string())?;
        self.say(&Word::Partial, &bytes);
        if has_read {
            leave();
        }
        Ok(())
    }

    fn measure(&self, wanted: &[u8]) -> Result<(), String> {
        let measured = judging::measure(wanted).map_err(|error| error.to_string())?;
        self.say(&Word::Measured, &measured);
        Ok(())
    }

    fn say(&self, word: &Word, beside: &[u8]) {
        let said = encode(word)
            .map_err(|error| error.to_string())
            .and_then(|bytes| self.line.post(&bytes, beside, None));
        if let Err(error) = said {
            report_end(&crash::describe(
                "reader",
                &error,
                Some("a word could not be sent"),
            ));
        }
    }
}
