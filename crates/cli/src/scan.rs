//! `wakeful scan`: paths to a report.

use crate::USAGE;
use crate::files::{files, read};
use crate::output::{Format, print};
use std::path::PathBuf;
use std::process::ExitCode;
use wakeful_engine::Session;

pub(crate) fn run(mut arguments: lexopt::Parser) -> Result<ExitCode, String> {
    let mut format = Format::Table;
    let mut paths = Vec::new();
    while let Some(argument) = arguments.next().map_err(|error| error.to_string())? {
        match argument {
            lexopt::Arg::Long("format") => {
                format = Format::named(&crate::text(&mut arguments)?)?;
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
    for path in &files(&paths, &mut unread) {
        if let Err(what) = read(path, &mut session) {
            unread.push(what);
        }
    }
    for what in &unread {
        eprintln!("wakeful: {what}");
    }
    let report = session.report();
    print(&report, format)?;
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
