//! The command line: the same engine as the page, over files.
//!
//! In: paths. Out: a report as a table, as JSON or as JSON lines, or a partial result; `serve` gives the
//! page itself. Must not know: how anything is found.

mod files;
mod merge;
mod output;
mod partial;
mod scan;
mod serve;
mod table;

use std::process::ExitCode;

const USAGE: &str = "\
wakeful scan [--format table|json|ndjson] [--memory BYTES] [--threads 1|2] PATH...
    Reads Zeek's dns.log and conn.log (TSV or JSON, plain or gzip) and ranks the channels that
    look like tunnels. PATH is a file, a folder (all files below it), or - for standard input.
    --memory 400M  what is kept of the records stays within so much (K, M, G: powers of 1024); beyond
                   it less is kept of every channel, and a note in the report says what
    --threads 1    one thread does it all, where otherwise one reads and one counts
    Exit status: 0 when the scan ran, 2 when nothing could be read.

wakeful partial [--slice K/N] [--header FILE] [--name NAME] [--paths FILE] [--format bytes|base64] [--out FILE] PATH...
    Reads logs as scan does, and writes a partial result instead of a report: to FILE, or to
    standard output. Partial results are made by any number of processes and machines, and merged.
    --slice K/N    only the K-th of N slices of each PATH, cut at lines' ends; what cannot be cut
                   (gzip) is read whole with the first slice
    --piece K/N    the one PATH is itself the K-th of N pieces of a log, as split -n l/N cuts them
    --header FILE  the log's first lines (head -n 20 dns.log): pieces are read under their header
    --name NAME    what the one PATH is called in the report, and how its pieces find each other
    --paths FILE   the paths, one a line; - for standard input
    --format       base64 is one line of text for each result, for pipes that carry lines

wakeful merge [--format table|json|ndjson|bytes|base64] [--out FILE] PATH...
    Folds partial results into the report that scan gives of all their logs; with bytes or base64
    into one partial result. PATH is a file of one partial result or of base64 lines, a folder of
    such files, or - for standard input.
    Exit status: 0 when the report is that of one pass, 2 when it is not (a sentence says why).

wakeful lab [--out FOLDER] [--seed N] [--days N] [--clients N] [--start SECONDS] [--json] [--inject TOOL[:KEY=VALUE,...]]...
    Writes a made-up network's dns.log and conn.log, and truth.tsv about the tunnels put in,
    into FOLDER (wakeful-lab where none is given).

wakeful serve [--page FOLDER] [--port N] [--host ADDRESS] [--allow-origin ORIGIN]... [--update-registries]
    Serves the built page (dist where no folder is given) on http://127.0.0.1:8080, and there only
    relays look-ups that the page's user agreed to: VirusTotal with the key in WAKEFUL_VT_KEY, and
    registrations by RDAP and whois. --allow-origin lets a page hosted elsewhere ask this relay.
    --update-registries asks IANA for its current list of registries first; no name is sent.
    --whois TLD=HOST[:PORT] and --rdap TLD=URL add registries.
    --virustotal URL, --iana URL and --patience SECONDS are for tests.

wakeful --version
wakeful --help
";

fn main() -> ExitCode {
    let outcome = run();
    outcome.unwrap_or_else(|what| {
        eprintln!("wakeful: {what}");
        ExitCode::from(2)
    })
}

fn run() -> Result<ExitCode, String> {
    let mut arguments = lexopt::Parser::from_env();
    let command = arguments.next().map_err(|error| error.to_string())?;
    match command {
        Some(lexopt::Arg::Value(command)) if command == "scan" => scan::run(arguments),
        Some(lexopt::Arg::Value(command)) if command == "partial" => partial::run(arguments),
        Some(lexopt::Arg::Value(command)) if command == "merge" => merge::run(arguments),
        Some(lexopt::Arg::Value(command)) if command == "lab" => lab(arguments),
        Some(lexopt::Arg::Value(command)) if command == "serve" => serve::run(arguments),
        Some(lexopt::Arg::Long("version") | lexopt::Arg::Short('V')) => {
            println!("wakeful {}", env!("CARGO_PKG_VERSION"));
            Ok(ExitCode::SUCCESS)
        }
        Some(lexopt::Arg::Long("help") | lexopt::Arg::Short('h')) => {
            print!("{USAGE}");
            Ok(ExitCode::SUCCESS)
        }
        Some(other) => Err(format!("{}\n\n{USAGE}", other.unexpected())),
        None => Err(format!("what to do?\n\n{USAGE}")),
    }
}

fn lab(mut arguments: lexopt::Parser) -> Result<ExitCode, String> {
    use wakeful_lab::scenario::{Injection, Scenario, Target};
    use wakeful_lab::zeek::{Format, conn_log, dns_log};

    let mut scenario = Scenario {
        seed: 7,
        days: 1.0,
        clients: 40,
        start: 1_767_225_600.0,
        injections: Vec::new(),
    };
    let (mut out, mut format) = (None, Format::Tsv);
    while let Some(argument) = arguments.next().map_err(|error| error.to_string())? {
        match argument {
            lexopt::Arg::Long("out") => out = Some(std::path::PathBuf::from(text(&mut arguments)?)),
            lexopt::Arg::Long("seed") => scenario.seed = number(&mut arguments)?,
            lexopt::Arg::Long("days") => scenario.days = number(&mut arguments)?,
            lexopt::Arg::Long("clients") => scenario.clients = number(&mut arguments)?,
            lexopt::Arg::Long("start") => scenario.start = number(&mut arguments)?,
            lexopt::Arg::Long("json") => format = Format::Json,
            lexopt::Arg::Long("inject") => scenario
                .injections
                .push(Injection::parse(&text(&mut arguments)?)?),
            other => return Err(format!("{}\n\n{USAGE}", other.unexpected())),
        }
    }
    let out = out.unwrap_or_else(|| "wakeful-lab".into());
    let logs = scenario.run();
    let mut truth = String::from("tool\tclient\ttarget\tfirst\tlast\trecords\n");
    for row in &logs.truth {
        let target = match &row.target {
            Target::Domain(domain) => domain.clone(),
            Target::Peer(peer) => peer.to_string(),
        };
        truth.push_str(&format!(
            "{}\t{}\t{target}\t{:.6}\t{:.6}\t{}\n",
            row.tool.name(),
            row.client,
            row.first,
            row.last,
            row.records
        ));
    }
    std::fs::create_dir_all(&out).map_err(|error| format!("{}: {error}", out.display()))?;
    for (name, bytes) in [
        ("dns.log", dns_log(&logs.dns, format)),
        ("conn.log", conn_log(&logs.conn, format)),
        ("truth.tsv", truth.into_bytes()),
    ] {
        let path = out.join(name);
        std::fs::write(&path, bytes).map_err(|error| format!("{}: {error}", path.display()))?;
        println!("{}", path.display());
    }
    Ok(ExitCode::SUCCESS)
}

/// The value of the option at hand.
fn text(arguments: &mut lexopt::Parser) -> Result<String, String> {
    let value = arguments.value().map_err(|error| error.to_string())?;
    value
        .into_string()
        .map_err(|value| format!("{} is not UTF-8", value.to_string_lossy()))
}

fn number<T: std::str::FromStr>(arguments: &mut lexopt::Parser) -> Result<T, String> {
    let text = text(arguments)?;
    text.parse()
        .map_err(|_| format!("{text} is not a number that fits here"))
}
