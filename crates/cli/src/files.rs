//! Paths to inputs.
//!
//! In: paths, folders, `-`. Out: files in an order, and their bytes into a scan. Must not know: what becomes
//! of the scan.

use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::mpsc;
use wakeful_engine::Session;
use wakeful_engine::relay::Writer;
use wakeful_logs::Reader;

/// Bytes a read.
pub(crate) const CHUNK: usize = 1 << 18;
/// Bytes of rows that are handed over at once, at least: they stay in the cores' caches.
const ROWS: usize = 1 << 18;
/// Rows wait for who counts in so many pieces.
const AHEAD: usize = 2;

/// The files that paths mean, sorted, each once; what cannot be looked at goes to `unread`.
pub(crate) fn files(paths: &[PathBuf], unread: &mut Vec<String>) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for path in paths {
        if let Err(what) = collect(path, &mut files) {
            unread.push(what);
        }
    }
    // The report does not depend on the order, but where a finding's records are looked for does.
    files.sort();
    files.dedup();
    files
}

/// The files that a path means.
fn collect(path: &Path, files: &mut Vec<PathBuf>) -> Result<(), String> {
    if path == Path::new("-") {
        files.push(path.to_owned());
        return Ok(());
    }
    let sentence = |error: std::io::Error| format!("{}: {error}", path.display());
    if !std::fs::metadata(path).map_err(sentence)?.is_dir() {
        files.push(path.to_owned());
        return Ok(());
    }
    for entry in std::fs::read_dir(path).map_err(sentence)? {
        let path = entry.map_err(sentence)?.path();
        match what(&path).map_err(sentence)? {
            Entry::Read => collect(&path, files)?,
            Entry::Passed(why) => eprintln!("wakeful: {}: passed over: {why}", path.display()),
        }
    }
    Ok(())
}

/// What is done with an entry of a folder.
enum Entry {
    Read,
    Passed(&'static str),
}

/// A pipe that nobody writes to would be waited for without end, and a link to a folder could lead round in a circle.
fn what(path: &Path) -> std::io::Result<Entry> {
    let of_link = std::fs::symlink_metadata(path)?;
    Ok(if of_link.is_dir() || path.is_file() {
        Entry::Read
    } else if path.is_dir() {
        Entry::Passed("it is a link to a folder; name the folder itself")
    } else if of_link.is_symlink() {
        Entry::Passed("it is a link that leads to no file")
    } else {
        Entry::Passed("it is neither a file nor a folder; name it itself, or use -")
    })
}

/// The bytes of a file, or of standard input.
pub(crate) fn open(path: &Path) -> Result<Box<dyn Read + Send>, String> {
    Ok(if path == Path::new("-") {
        Box::new(std::io::stdin())
    } else {
        Box::new(std::fs::File::open(path).map_err(|error| format!("{}: {error}", path.display()))?)
    })
}

/// Reads an input whole.
pub(crate) fn read(path: &Path, session: &mut Session) -> Result<(), String> {
    let mut input = open(path)?;
    session.open(&path.to_string_lossy());
    let outcome = each_chunk(&mut input, |chunk| session.feed(chunk));
    session.close();
    outcome.map_err(|error| ended_early(path, &error))
}

fn ended_early(path: &Path, error: &std::io::Error) -> String {
    format!("{}: {error}; what came before was read", path.display())
}

/// Reads an input whole: another thread reads, this one counts.
pub(crate) fn read_by_two(path: &Path, session: &mut Session) -> Result<(), String> {
    let mut input = open(path)?;
    session.open_relayed(&path.to_string_lossy());
    let (rows, written) = mpsc::sync_channel::<Vec<u8>>(AHEAD);
    let (used, spare) = mpsc::channel();
    std::thread::scope(|scope| {
        let reading = scope.spawn(move || {
            let (mut reader, mut writer) = (Reader::new(), Writer::new());
            // Fails only where nobody counts any more.
            let hand_over = |writer: &mut Writer| {
                rows.send(writer.swap(spare.try_recv().unwrap_or_default()))
                    .is_ok()
            };
            let outcome = each_chunk(&mut input, |chunk| {
                reader.feed(chunk, &mut writer);
                if writer.len() >= ROWS {
                    hand_over(&mut writer);
                }
            });
            let summary = reader.finish(&mut writer);
            hand_over(&mut writer);
            (summary, outcome)
        });
        let mut counted = Ok(());
        for rows in written {
            counted = counted.and_then(|()| session.relayed(&rows));
            // Fails only where everything is read.
            let _ = used.send(rows);
        }
        let Ok((summary, outcome)) = reading.join() else {
            return Err(format!("{}: reading broke off", path.display()));
        };
        session.close_relayed(summary);
        counted.map_err(|damaged| format!("{}: {damaged}", path.display()))?;
        outcome.map_err(|error| ended_early(path, &error))
    })
}

/// Hands out all bytes, in chunks.
pub(crate) fn each_chunk(
    input: &mut impl Read,
    mut each: impl FnMut(&[u8]),
) -> std::io::Result<()> {
    let mut buffer = vec![0; CHUNK];
    loop {
        match input.read(&mut buffer) {
            Ok(0) => return Ok(()),
            Ok(count) => each(&buffer[..count]),
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
}
