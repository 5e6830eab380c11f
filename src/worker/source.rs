//! Where the bytes of an input come from.
//!
//! In: the inputs of a command. Out: [`Source`]s in the order in which they are read.
//! Must not know: what the bytes are.

use std::rc::Rc;
use wakeful_engine::order;

use wakeful_engine::{Piece, Session};

use crate::browser::files::FileHandle;
use crate::browser::stream::{BUFFER_BYTES, Chunks};
use crate::wire::ScanInput;
use crate::wire::crew::Part;

/// One input.
#[derive(Clone)]
pub struct Source {
    /// The name to show.
    pub name: String,
    /// The bytes.
    pub bytes: Bytes,
}

/// The bytes of an input.
#[derive(Clone)]
pub enum Bytes {
    /// On the user's disk.
    File(FileHandle),
    /// In memory: a paste, a sample.
    Held(Rc<[u8]>),
}

impl Source {
    /// How many bytes there are.
    pub fn size(&self) -> u64 {
        match &self.bytes {
            Bytes::File(file) => file.size(),
            Bytes::Held(bytes) => bytes.len() as u64,
        }
    }

    fn last_modified(&self) -> f64 {
        match &self.bytes {
            Bytes::File(file) => file.last_modified(),
            Bytes::Held(_) => 0.0,
        }
    }
}

/// The sources of a command, sorted: the order in which files were dropped must not matter.
///
/// # Errors
/// Where an input names a file or a sample that is not there; a sentence.
pub fn collect(inputs: Vec<ScanInput>, files: &[FileHandle]) -> Result<Vec<Source>, String> {
    let mut sources = Vec::new();
    for input in inputs {
        match input {
            ScanInput::File { index, name } => {
                let file = files.get(index as usize).ok_or_else(|| {
                    "A file was lost on its way to the worker. Drop the files again.".to_owned()
                })?;
                sources.push(Source {
                    name,
                    bytes: Bytes::File(file.clone()),
                });
            }
            ScanInput::Text { name, text } => sources.push(Source {
                name,
                bytes: Bytes::Held(text.into_bytes().into()),
            }),
            ScanInput::Sample { name } => {
                let logs = wakeful_lab::sample_logs(&name)
                    .ok_or_else(|| format!("There is no sample named {name}. Reload the page."))?;
                sources.extend(logs.into_iter().map(|(name, bytes)| Source {
                    name,
                    bytes: Bytes::Held(bytes.into()),
                }));
            }
        }
    }
    order::by(&mut sources, |a, b| {
        (&a.name, a.size())
            .cmp(&(&b.name, b.size()))
            .then(a.last_modified().total_cmp(&b.last_modified()))
    });
    Ok(sources)
}

/// The sentence for a file that could not be read on.
pub fn changed(name: &str, error: &str) -> String {
    format!(
        "{name} could not be read on ({error}): it may have been moved or changed. Drop it again."
    )
}

/// Reads a file, or a piece of one, into a session; `tell` hears after each chunk how many bytes came.
///
/// # Errors
/// Where it cannot be read; a sentence.
pub async fn feed_part(
    session: &mut Session,
    part: &Part,
    file: &FileHandle,
    tell: &mut impl FnMut(&Session, usize),
) -> Result<(), String> {
    let unread = |error: String| changed(&part.name, &error);
    let mut chunks = open_part(session, part, file)?;
    let mut chunk = Vec::with_capacity(BUFFER_BYTES as usize);
    while chunks.next(&mut chunk).await.map_err(unread)? {
        session.feed(&chunk);
        tell(session, chunk.len());
    }
    session.close();
    Ok(())
}

/// Opens a file, or a piece of one, on both sides: in the session and as a stream.
///
/// # Errors
/// Where either is not possible; a sentence.
pub fn open_part(session: &mut Session, part: &Part, file: &FileHandle) -> Result<Chunks, String> {
    let Some(slice) = &part.slice else {
        session.open(&part.name);
        return Ok(Chunks::open(file));
    };
    let piece = Piece {
        number: slice.number,
        of: slice.of,
    };
    session.open_piece(&part.name, piece, slice.start.clone())?;
    Chunks::open_range(file, slice.from, slice.to).map_err(|error| changed(&part.name, &error))
}
