//! Paths to inputs.
//!
//! In: paths, folders, `-`. Out: files in an order, and their bytes into a scan. Must not know: what becomes
//! of the scan.

use std::io::Read;
use std::path::{Path, PathBuf};
use wakeful_engine::Session;

/// Bytes a read.
pub(crate) const CHUNK: usize = 1 << 18;

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
        let entry = entry.map_err(sentence)?;
        // A link to a folder could lead round in a circle.
        if !entry.file_type().map_err(sentence)?.is_symlink() || entry.path().is_file() {
            collect(&entry.path(), files)?;
        }
    }
    Ok(())
}

/// The bytes of a file, or of standard input.
pub(crate) fn open(path: &Path) -> Result<Box<dyn Read>, String> {
    Ok(if path == Path::new("-") {
        Box::new(std::io::stdin().lock())
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
    outcome.map_err(|error| format!("{}: {error}; what came before was read", path.display()))
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
