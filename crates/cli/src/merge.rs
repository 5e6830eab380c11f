//! `wakeful merge`: partial results to a report.

use crate::files::{files, open};
use crate::output::{Format, print};
use crate::partial::{Form, write};
use crate::{USAGE, text};
use base64::prelude::{BASE64_STANDARD, Engine as _};
use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use wakeful_engine::Session;
use wakeful_engine::partial::MAGIC;

/// What to write.
enum Wanted {
    Report(Format),
    Partial(Form),
}

pub(crate) fn run(mut arguments: lexopt::Parser) -> Result<ExitCode, String> {
    let mut wanted = Wanted::Report(Format::Table);
    let mut out = None;
    let mut paths = Vec::new();
    while let Some(argument) = arguments.next().map_err(|error| error.to_string())? {
        match argument {
            lexopt::Arg::Long("format") => {
                let name = text(&mut arguments)?;
                wanted = match (Form::named(&name), Format::named(&name)) {
                    (Some(form), _) => Wanted::Partial(form),
                    (None, Ok(format)) => Wanted::Report(format),
                    (None, Err(_)) => {
                        return Err(format!(
                            "--format is table, json, ndjson, bytes or base64, not {name}"
                        ));
                    }
                };
            }
            lexopt::Arg::Long("out") => out = Some(PathBuf::from(text(&mut arguments)?)),
            lexopt::Arg::Value(path) => paths.push(PathBuf::from(path)),
            other => return Err(format!("{}\n\n{USAGE}", other.unexpected())),
        }
    }
    if paths.is_empty() {
        return Err(format!(
            "which partial results? Name files or folders of them, or - for standard input.\n\n{USAGE}"
        ));
    }
    let mut unread = Vec::new();
    let files = files(&paths, &mut unread);
    // A report without some of the logs would pass for the report of all.
    if let Some(what) = unread.first() {
        return Err(what.clone());
    }
    let mut session = Session::new();
    for path in &files {
        read(path, &mut session).map_err(|what| format!("{}: {what}", path.display()))?;
    }
    match wanted {
        Wanted::Partial(form) => {
            write(&mut session, form, out.as_deref().unwrap_or(Path::new("-")))?;
            return Ok(ExitCode::SUCCESS);
        }
        Wanted::Report(_) if out.is_some() => {
            return Err("--out is for partial results (--format bytes or base64); a report goes to standard output.".to_owned());
        }
        Wanted::Report(format) => print(&session.report(), format)?,
    }
    let mut faults = session.faults();
    if !session.read_anything() {
        faults.push(
            "nothing could be read: none of the inputs is a dns.log or a conn.log that Zeek wrote."
                .to_owned(),
        );
    }
    for fault in &faults {
        eprintln!("wakeful: {fault}");
    }
    std::mem::forget(session);
    Ok(if faults.is_empty() {
        ExitCode::SUCCESS
    } else {
        ExitCode::from(2)
    })
}

/// Merges what a file holds: one partial result, or one a line as text.
fn read(path: &Path, session: &mut Session) -> Result<(), String> {
    let mut input = BufReader::new(open(path)?);
    let first = input.fill_buf().map_err(|error| error.to_string())?;
    if first.first() == MAGIC.first() {
        let mut bytes = Vec::new();
        input
            .read_to_end(&mut bytes)
            .map_err(|error| error.to_string())?;
        return add(&bytes, session);
    }
    let mut line = Vec::new();
    let mut results = 0;
    for number in 1_u64.. {
        line.clear();
        let read = input
            .read_until(b'\n', &mut line)
            .map_err(|error| error.to_string())?;
        if read == 0 {
            break;
        }
        let text = line.trim_ascii();
        if text.is_empty() {
            continue;
        }
        let bytes = BASE64_STANDARD.decode(text).map_err(|_| {
            format!("line {number} is no partial result in base64, nor is this one in bytes; make one with wakeful partial.")
        })?;
        add(&bytes, session).map_err(|what| format!("line {number}: {what}"))?;
        results += 1;
    }
    if results == 0 {
        return Err(
            "this is empty, and a partial result is not; make it again with wakeful partial."
                .to_owned(),
        );
    }
    Ok(())
}

fn add(bytes: &[u8], session: &mut Session) -> Result<(), String> {
    let part = Session::from_partial(bytes).map_err(|error| error.to_string())?;
    session.merge(part);
    Ok(())
}
