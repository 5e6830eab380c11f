//! What the tests of several crates share: where the real logs are, and golden files.
//!
//! Must not know: what is tested. Panics freely: it only runs in tests.
#![allow(clippy::panic, clippy::unwrap_used, clippy::expect_used)]

use std::path::{Path, PathBuf};

/// The folder of real, labelled logs (`WAKEFUL_DATA`).
///
/// `None` for a user who does not have them: the suite on generated logs is whole without them.
///
/// # Panics
/// Where `CI` is set and the data is missing: a test that needs it must not pass unseen.
#[must_use]
pub fn real_data() -> Option<PathBuf> {
    let data = std::env::var_os("WAKEFUL_DATA")
        .map(PathBuf::from)
        .filter(|path| path.is_dir());
    assert!(
        data.is_some() || std::env::var_os("CI").is_none(),
        "CI must have the real logs: set WAKEFUL_DATA to their folder"
    );
    if data.is_none() {
        eprintln!("no real logs: set WAKEFUL_DATA to their folder to test on them as well");
    }
    data
}

/// Compares `actual` with the golden file at `path`; with `UPDATE=1` writes the file instead.
///
/// # Panics
/// Where they differ, naming the first line that does.
pub fn golden(path: &Path, actual: &str) {
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(path, actual).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        return;
    }
    let expected = std::fs::read_to_string(path)
        .unwrap_or_else(|error| panic!("{}: {error}; UPDATE=1 writes it", path.display()));
    if expected != actual {
        let differs = expected
            .lines()
            .zip(actual.lines())
            .position(|(a, b)| a != b);
        let line = differs.unwrap_or_else(|| expected.lines().count().min(actual.lines().count()));
        panic!(
            "{} differs from line {} on (UPDATE=1 rewrites it)\n  expected: {}\n  actual:   {}",
            path.display(),
            line + 1,
            expected.lines().nth(line).unwrap_or("(end)"),
            actual.lines().nth(line).unwrap_or("(end)"),
        );
    }
}

/// The sub-folders of a folder of cases, sorted.
///
/// # Panics
/// Where the folder cannot be read or has no case.
#[must_use]
pub fn cases(folder: &Path) -> Vec<PathBuf> {
    let mut cases: Vec<_> = std::fs::read_dir(folder)
        .unwrap_or_else(|error| panic!("{}: {error}", folder.display()))
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.is_dir())
        .collect();
    assert!(!cases.is_empty(), "no case in {}", folder.display());
    cases.sort();
    cases
}
