//! `wakeful scan`: paths to a report.

use crate::USAGE;
use crate::files::{files, read, read_by_two};
use crate::output::{Format, print};
use std::num::NonZero;
use std::path::PathBuf;
use std::process::ExitCode;
use wakeful_engine::report::Report;
use wakeful_engine::{Session, judging};

pub(crate) fn run(mut arguments: lexopt::Parser) -> Result<ExitCode, String> {
    let mut format = Format::Table;
    let mut paths = Vec::new();
    let mut session = Session::new();
    let mut threads = std::thread::available_parallelism().map_or(1, NonZero::get);
    while let Some(argument) = arguments.next().map_err(|error| error.to_string())? {
        match argument {
            lexopt::Arg::Long("format") => {
                format = Format::named(&crate::text(&mut arguments)?)?;
            }
            lexopt::Arg::Long("memory") => {
                session.set_budget(bytes(&crate::text(&mut arguments)?)?)
            }
            lexopt::Arg::Long("threads") => {
                threads = match &*crate::text(&mut arguments)? {
                    "1" => 1,
                    "2" => 2,
                    other => return Err(format!("--threads is 1 or 2, not {other}")),
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

    let mut unread = Vec::new();
    for path in &files(&paths, &mut unread) {
        let read = if threads == 1 { read } else { read_by_two };
        if let Err(what) = read(path, &mut session) {
            unread.push(what);
        }
    }
    for what in &unread {
        eprintln!("wakeful: {what}");
    }
    let report = match threads {
        1 => session.report(),
        _ => judge_by_two(&mut session),
    };
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

/// `400M` as a number of bytes.
fn bytes(text: &str) -> Result<u64, String> {
    let (number, power) = match text.strip_suffix(['K', 'M', 'G']) {
        Some(number) if text.ends_with('K') => (number, 10),
        Some(number) if text.ends_with('M') => (number, 20),
        Some(number) => (number, 30),
        None => (text, 0),
    };
    number
        .parse::<u64>()
        .ok()
        .and_then(|number| number.checked_mul(1 << power))
        .ok_or_else(|| format!("--memory is a number of bytes, as 400M or 2G, not {text}"))
}

/// The report of a scan: another thread measures what can be measured meanwhile.
fn judge_by_two(session: &mut Session) -> Report {
    let mut judging = session.judging();
    let wanted = judging.wanted();
    let judged = std::thread::scope(|scope| {
        let measuring = wanted.map(|wanted| scope.spawn(move || judging::measure(&wanted)));
        let prepared = judging.prepared();
        // What is not measured there is here.
        let measured = measuring.and_then(|measuring| measuring.join().ok()?.ok());
        prepared.judged(measured.as_deref())
    });
    session.keep(judged)
}

#[cfg(test)]
mod tests {
    use super::bytes;

    #[test]
    fn sizes_are_powers_of_1024() {
        assert_eq!(bytes("7"), Ok(7));
        assert_eq!(bytes("400M"), Ok(400 << 20));
        assert_eq!(bytes("2G"), Ok(2 << 30));
        for wrong in [
            "",
            "M",
            "1.5G",
            "-1",
            "99999999999999999999",
            "18446744073709551615K",
        ] {
            assert!(bytes(wrong).is_err(), "{wrong}");
        }
    }
}
