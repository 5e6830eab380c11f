//! Reads the inputs once more to learn where their rows lie.
//!
//! In: the sources of a finished scan. Out: [`Known`], with progress on the way.
//! Must not know: what rows are wanted for.

use wakeful_logs::{Reader, Unpack, json_fields};

use super::cells::ordered;
use super::index::{Index, MOST_ROWS, Table};
use super::store::{Blocks, Store};
use super::{Desk, Known, tell};
use crate::browser::stream::{BUFFER_BYTES, Chunks};
use crate::browser::time;
use crate::state::format::{bytes, count};
use crate::wire::grid::{GridEvent, Indexed};
use crate::worker::PROGRESS_MS;
use crate::worker::scan::Finished;
use crate::worker::source::{Bytes, Source};

/// Memory for what packed inputs hold, of all of them, packed again.
const MOST_PACKED: u64 = 512 << 20;
/// Rows of JSON whose keys are taken for the columns.
const JSON_HEAD: u32 = 200;

struct Reading<'a> {
    desk: &'a Desk,
    finished: &'a Finished,
    known: Known,
    bytes: u64,
    bytes_total: u64,
    told: f64,
}

/// `None` where another scan has begun.
pub async fn read(desk: &Desk, finished: &Finished) -> Result<Option<Known>, String> {
    let began = time::now_ms();
    let mut reading = Reading {
        desk,
        finished,
        known: Known {
            index: Index::default(),
            stores: Vec::new(),
            headers: Vec::new(),
            told: Indexed::default(),
        },
        bytes: 0,
        bytes_total: finished.sources.iter().map(Source::size).sum(),
        told: f64::NEG_INFINITY,
    };
    for (at, source) in finished.sources.iter().enumerate() {
        reading.known.index.input = at as u32;
        match reading.input(source).await {
            Ok(true) => {}
            Ok(false) => return Ok(None),
            Err(error) => {
                return Err(format!(
                    "{} could not be read again ({error}): it may have been moved or changed. \
                     Drop it again to see its records.",
                    source.name
                ));
            }
        }
    }
    let mut known = reading.known;
    describe(&mut known, finished).await?;
    known.told.elapsed_ms = time::now_ms() - began;
    Ok(Some(known))
}

/// What is fed: the text itself, or what a packed input holds.
enum Way {
    Plain,
    Packed(Box<(Unpack, Blocks, bool)>),
}

impl Reading<'_> {
    /// `false` where another scan has begun.
    async fn input(&mut self, source: &Source) -> Result<bool, String> {
        let mut reader = Reader::new();
        let mut way = None;
        match &source.bytes {
            Bytes::Held(held) => {
                for chunk in held.chunks(BUFFER_BYTES as usize) {
                    self.feed(chunk, &mut way, &mut reader);
                    if !self.tell().await {
                        return Ok(false);
                    }
                }
            }
            Bytes::File(file) => {
                let mut chunks = Chunks::open(file);
                let mut chunk = Vec::with_capacity(BUFFER_BYTES as usize);
                while chunks.next(&mut chunk).await? {
                    self.feed(&chunk, &mut way, &mut reader);
                    if !self.tell().await {
                        chunks.cancel().await;
                        return Ok(false);
                    }
                }
            }
        }
        let summary = reader.finish(&mut self.known.index);
        self.known.headers.push(summary.headers);
        self.keep(source, way);
        Ok(true)
    }

    fn feed(&mut self, chunk: &[u8], way: &mut Option<Way>, reader: &mut Reader) {
        self.bytes += chunk.len() as u64;
        let way = way.get_or_insert_with(|| match chunk {
            [0x1f, 0x8b, ..] => Way::Packed(Box::default()),
            _ => Way::Plain,
        });
        let index = &mut self.known.index;
        match way {
            Way::Plain => reader.feed(chunk, index),
            Way::Packed(packed) => {
                let (unpack, blocks, full) = packed.as_mut();
                let before: u64 = self.known.stores.iter().map(Store::bytes).sum();
                unpack.feed(chunk, |text| {
                    *full |= before + blocks.size() > MOST_PACKED;
                    if !*full {
                        blocks.push(text);
                        reader.feed(text, index);
                    }
                });
            }
        }
    }

    fn keep(&mut self, source: &Source, way: Option<Way>) {
        let known = &mut self.known;
        match way {
            Some(Way::Packed(packed)) => {
                let (_, blocks, full) = *packed;
                if full {
                    let input = known.index.input;
                    known.index.dns.cut(input, blocks.end());
                    known.index.conn.cut(input, blocks.end());
                    known.told.notes.push(format!(
                        "{} is packed, and only its first {} can be shown: what packed inputs hold \
                         is kept in memory up to {}. Unpack it (gunzip) and drop it again to see all rows.",
                        source.name,
                        bytes(blocks.end()),
                        bytes(MOST_PACKED)
                    ));
                }
                known.stores.push(Store::Blocks(blocks));
            }
            _ => known.stores.push(Store::Plain(source.bytes.clone())),
        }
    }

    /// Says how far it is; `false` where another scan has begun.
    async fn tell(&mut self) -> bool {
        let now = time::now_ms();
        if now - self.told >= PROGRESS_MS {
            self.told = now;
            let index = &self.known.index;
            let event = GridEvent::Indexing {
                bytes: self.bytes,
                bytes_total: self.bytes_total,
                rows: u64::from(index.dns.len()) + u64::from(index.conn.len()),
            };
            tell(self.desk, self.finished, event);
            time::turn().await;
        }
        self.desk.holds(self.finished)
    }
}

/// Fills in what the page is told.
async fn describe(known: &mut Known, finished: &Finished) -> Result<(), String> {
    let dns = columns(known, &known.index.dns).await?;
    let conn = columns(known, &known.index.conn).await?;
    let index = &known.index;
    for (name, table) in [("dns.log", &index.dns), ("conn.log", &index.conn)] {
        if table.len() as usize >= MOST_ROWS {
            known.told.notes.push(format!(
                "Only the first {} rows of {name} can be shown, {} more were scanned. Scan fewer files at once to see those.",
                count(u64::from(table.len())),
                count(table.beyond)
            ));
        }
    }
    let stores: u64 = known.stores.iter().map(Store::bytes).sum();
    let told = &mut known.told;
    (told.dns, told.conn) = (index.dns.len(), index.conn.len());
    (told.dns_columns, told.conn_columns) = (dns, conn);
    told.inputs = finished
        .sources
        .iter()
        .map(|source| source.name.clone())
        .collect();
    told.bytes = index.dns.bytes() + index.conn.bytes() + stores;
    Ok(())
}

/// The columns of a log: those of its headers, and the keys of its first rows of JSON.
async fn columns(known: &Known, table: &Table) -> Result<Vec<String>, String> {
    let mut names: Vec<String> = table
        .headers()
        .filter_map(|(input, header)| known.headers.get(input as usize)?.get(header as usize))
        .flat_map(|header| header.columns().iter().cloned())
        .collect();
    for row in table.heads(JSON_HEAD) {
        let Some(place) = table.place(row) else {
            continue;
        };
        let store = &known.stores[place.input as usize];
        for line in store.read(&[(place.offset, place.len)]).await? {
            names.extend(json_fields(&line).into_iter().map(|(name, _)| name));
        }
    }
    Ok(ordered(names))
}
