//! The laboratory's command line.
//!
//! In: captures of real tunnels. Out: their logs beside them; a page of Markdown that holds them
//! against the generator's. Must not know: how anything is detected.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use lexopt::Arg;
use wakeful_capture::{compare, logs, packets::packets, relay};
use wakeful_lab::zeek::{Format, conn_log, dns_log};

const USAGE: &str = "\
wakeful-capture logs PATH...
    Writes dns.log and conn.log beside every capture: PATH is a pcap or pcapng file, or a folder
    (every capture.pcap in it and in its sub-folders).

wakeful-capture compare [--write FILE] FOLDER
    Holds every run of lab/capture.sh in FOLDER against the generator's tunnel with the same
    parameters. Prints Markdown; with --write, replaces what stands between the marks in FILE.

wakeful-capture relay LISTEN TARGET MILLISECONDS
    Passes datagrams on from LISTEN to TARGET and back, each held back so long.
";

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(what) => {
            eprintln!("wakeful-capture: {what}");
            ExitCode::from(2)
        }
    }
}

fn run() -> Result<(), String> {
    let mut arguments = lexopt::Parser::from_env();
    let mut values: Vec<String> = Vec::new();
    let mut write = None;
    while let Some(argument) = arguments.next().map_err(|error| error.to_string())? {
        match argument {
            Arg::Long("help") | Arg::Short('h') => {
                print!("{USAGE}");
                return Ok(());
            }
            Arg::Long("write") => {
                let file = arguments.value().map_err(|error| error.to_string())?;
                write = Some(PathBuf::from(file));
            }
            Arg::Value(value) => values.push(value.to_string_lossy().into_owned()),
            other => return Err(format!("{}\n\n{USAGE}", other.unexpected())),
        }
    }
    let values: Vec<&str> = values.iter().map(String::as_str).collect();
    match values.as_slice() {
        ["logs", paths @ ..] if !paths.is_empty() => paths
            .iter()
            .try_for_each(|path| convert_all(Path::new(path))),
        ["compare", folder] => compare_all(Path::new(folder), write.as_deref()),
        ["relay", listen, target, delay] => {
            let address = |text: &str| {
                text.parse()
                    .map_err(|_| format!("“{text}” is no ADDRESS:PORT."))
            };
            let delay = delay
                .parse()
                .map_err(|_| format!("“{delay}” is no number of milliseconds."))?;
            relay::run(
                address(listen)?,
                address(target)?,
                Duration::from_millis(delay),
            )
            .map_err(|error| format!("the relay ended: {error}"))
        }
        _ => Err(format!("what to do?\n\n{USAGE}")),
    }
}

fn convert_all(path: &Path) -> Result<(), String> {
    if !path.is_dir() {
        return convert(path);
    }
    let own = path.join("capture.pcap");
    if own.is_file() {
        convert(&own)?;
    }
    for folder in compare::folders(path)? {
        convert_all(&folder)?;
    }
    Ok(())
}

fn convert(file: &Path) -> Result<(), String> {
    let said = |error: &dyn std::fmt::Display| format!("{}: {error}", file.display());
    let bytes = fs::read(file).map_err(|error| said(&error))?;
    let logs = logs(&packets(&bytes).map_err(|error| said(&error))?);
    for (name, bytes) in [
        ("dns.log", dns_log(&logs.dns, Format::Tsv)),
        ("conn.log", conn_log(&logs.conn, Format::Tsv)),
    ] {
        fs::write(file.with_file_name(name), bytes).map_err(|error| said(&error))?;
    }
    println!(
        "{}: {} questions, {} flows",
        file.display(),
        logs.dns.len(),
        logs.conn.len()
    );
    Ok(())
}

fn compare_all(folder: &Path, write: Option<&Path>) -> Result<(), String> {
    let table = compare::table(folder)?;
    print!("{table}");
    let Some(file) = write else {
        return Ok(());
    };
    let said = |error: &dyn std::fmt::Display| format!("{}: {error}", file.display());
    let page = fs::read_to_string(file).map_err(|error| said(&error))?;
    let page = compare::put(&page, &table).map_err(|error| said(&error))?;
    fs::write(file, page).map_err(|error| said(&error))
}
