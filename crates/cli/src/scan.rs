//! `wakeful scan`: paths to a report.

use crate::{USAGE, table};
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use wakeful_engine::Session;
use wakeful_engine::report::Report;

/// Bytes a read.
const CHUNK: usize = 1 << 18;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Format {
    Table,
    Json,
    Ndjson,
}

pub(crate) fn run(mut arguments: lexopt::Parser) -> Result<ExitCode, String> {
    let mut format = Format::Table;
    let mut paths = Vec::new();
    while let Some(argument) = arguments.next().map_err(|error| error.to_string())? {
        match argument {
            lexopt::Arg::Long("format") => {
                let value = arguments.value().map_err(|error| error.to_string())?;
                format = match value.to_str() {
                    Some("table") => Format::Table,
                    Some("json") => Format::Json,
                    Some("ndjson") => Format::Ndjson,
                    _ => {
                        return Err(format!(
                            "--format is table, json or ndjson, not {}",
                            value.to_string_lossy()
                        ));
                    }
                };
            }
            lexopt::Arg::Value(path) => paths.push(PathBuf::from(path)),
            other => return Err(format!("{}\n\n{USAGE}", other.unexpected())),
        }
    }
    if paths.is_empty() {
        return Err(format!(
            "which files? Name a dns.log or conn.log, a folder, or - for standard input.\n\n{USAGE}"
        ));
    }

    let mut session = Session::new();
    let mut unread = Vec::new();
    let mut files = Vec::new();
    for path in &paths {
        if let Err(what) = collect(path, &mut files) {
            unread.push(what);
        }
    }
    // The report does not depend on the order, but where a finding's records are looked for does.
    files.sort();
    files.dedup();
    for path in &files {
        if let Err(what) = read(path, &mut session) {
            unread.push(what);
        }
    }
    for what in &unread {
        eprintln!("wakeful: {what}");
    }
    let report = session.report();
    print(&report, format).map_err(|error| format!("cannot write the report: {error}"))?;
    let read_anything = session.read_anything();
    // The process ends here: giving back a million pieces of memory one by one would only take time.
    std::mem::forget(session);
    if read_anything {
        return Ok(ExitCode::SUCCESS);
    }
    eprintln!(
        "wakeful: nothing could be read: none of the inputs is a dns.log or a conn.log that Zeek wrote."
    );
    Ok(ExitCode::from(2))
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

fn read(path: &Path, session: &mut Session) -> Result<(), String> {
    let sentence =
        |error: std::io::Error| format!("{}: {error}; what came before was read", path.display());
    let mut input: Box<dyn Read> = if path == Path::new("-") {
        Box::new(std::io::stdin().lock())
    } else {
        Box::new(std::fs::File::open(path).map_err(|error| format!("{}: {error}", path.display()))?)
    };
    session.open(&path.to_string_lossy());
    let mut buffer = vec![0; CHUNK];
    let outcome = loop {
        match input.read(&mut buffer) {
            Ok(0) => break Ok(()),
            Ok(count) => session.feed(&buffer[..count]),
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
            Err(error) => break Err(sentence(error)),
        }
    };
    session.close();
    outcome
}

fn print(report: &Report, format: Format) -> std::io::Result<()> {
    let out = std::io::BufWriter::new(std::io::stdout().lock());
    match write(report, format, out) {
        // The reader has seen enough (`| head`).
        Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => Ok(()),
        outcome => outcome,
    }
}

fn write(report: &Report, format: Format, mut out: impl Write) -> std::io::Result<()> {
    match format {
        Format::Table => out.write_all(table::table(report).as_bytes())?,
        Format::Json => {
            serde_json::to_writer_pretty(&mut out, report)?;
            writeln!(out)?;
        }
        Format::Ndjson => {
            for finding in &report.findings {
                serde_json::to_writer(&mut out, finding)?;
                writeln!(out)?;
            }
        }
    }
    out.flush()
}
