//! What the engine's tests share.
#![allow(dead_code)]

use std::path::{Path, PathBuf};
use wakeful_engine::Session;
use wakeful_engine::report::{Finding, Report};

/// All files below a folder (or the file itself), sorted.
pub fn files(path: &Path) -> Vec<PathBuf> {
    if path.is_file() {
        return vec![path.to_owned()];
    }
    let mut all: Vec<PathBuf> = std::fs::read_dir(path)
        .unwrap_or_else(|error| panic!("{}: {error}", path.display()))
        .flat_map(|entry| files(&entry.unwrap().path()))
        .collect();
    all.sort();
    all
}

/// The logs below a folder.
pub fn logs(path: &Path) -> Vec<PathBuf> {
    let is_log = |path: &PathBuf| path.file_name().unwrap().to_string_lossy().contains(".log");
    files(path).into_iter().filter(is_log).collect()
}

/// Reads files in the order given.
pub fn session<'a>(paths: impl IntoIterator<Item = &'a PathBuf>) -> Session {
    let mut session = Session::new();
    for path in paths {
        session.open(&path.to_string_lossy());
        session.feed(&std::fs::read(path).unwrap());
        session.close();
    }
    session
}

pub fn scan<'a>(paths: impl IntoIterator<Item = &'a PathBuf>) -> Report {
    session(paths).report()
}

pub fn alerts(report: &Report) -> Vec<&Finding> {
    report
        .findings
        .iter()
        .filter(|finding| finding.severity.is_alert())
        .collect()
}

/// A finding in a line.
pub fn line(finding: &Finding) -> String {
    let other = finding.domain.as_ref().or(finding.peer.as_ref());
    let other = other.map_or("", String::as_str);
    format!(
        "{} {} {:.4} {} {other}",
        finding.kind,
        finding.severity.name(),
        finding.score,
        finding.client
    )
}
