//! Instructions a row, which no other program on the machine changes: `cargo xtask bench count`.
//!
//! In: small logs, and the counts that are kept in `bench/instructions.tsv`. Out: both side by side; a failure
//! where a count has grown by more than the tolerance. Compilers and processors differ in what they make of the
//! same sources, so the file names its own.

use std::fs;
use std::path::Path;

use lexopt::prelude::*;

use crate::bench::build_programs;
use crate::bench::inputs::{Which, logs};
use crate::command::{Result, fail, read, say, step};
use crate::tools::Tools;
use crate::usage;

const KEPT: &str = "bench/instructions.tsv";
/// Bytes of the logs: some 20,000 rows, ten seconds each.
const BYTES: u64 = 4 << 20;
const LOGS: [&str; 4] = ["dns.log", "dns.json", "dns.log.gz", "conn.log"];
/// Percent that a count may grow by.
const TOLERANCE: f64 = 3.0;

/// Whether the counts are compared, or written.
#[derive(Debug, Clone, Copy, Default)]
pub struct Plan {
    update: bool,
}

/// `[--update]`
pub fn plan(args: &mut lexopt::Parser) -> Result<Plan> {
    let mut plan = Plan::default();
    while let Some(arg) = args.next().map_err(usage)? {
        match arg {
            Long("update") => plan.update = true,
            other => return Err(usage(other.unexpected())),
        }
    }
    Ok(plan)
}

pub fn measure(tools: &mut Tools, plan: Plan) -> Result<()> {
    tools.need_valgrind()?;
    build_programs(tools)?;
    let folder = logs(tools, BYTES, Which::All)?;
    let kept_file = tools.root.join(KEPT);
    let kept = fs::read_to_string(&kept_file).unwrap_or_default();
    step("counting instructions with callgrind (a minute)");
    let mut counts = Vec::new();
    for log in LOGS {
        counts.push((
            log,
            instructions(tools, &folder.join(log))? / rows(&folder, log)?,
        ));
    }
    let machine = machine(tools);
    if plan.update {
        return match fs::write(&kept_file, as_text(&machine, &counts)) {
            Ok(()) => {
                say(&as_text(&machine, &counts));
                Ok(())
            }
            Err(error) => fail(format!("{KEPT} could not be written ({error}).")),
        };
    }
    if !kept.lines().any(|line| line == machine) {
        say(&format!(
            "{KEPT} is of another compiler or processor: differences may be theirs.\n{machine}"
        ));
    }
    let grown = compare(&kept, &counts);
    if grown.is_empty() {
        return Ok(());
    }
    fail(format!(
        "{} cost over {TOLERANCE} % more instructions a row than {KEPT} says. Find out why (`valgrind \
         --tool=callgrind`), or keep the new counts with `cargo xtask bench count --update` and say why.",
        grown.join(", ")
    ))
}

/// What the counts depend on besides the sources.
fn machine(tools: &Tools) -> String {
    let rustc = read(tools.command("rustc").arg("--version")).unwrap_or_default();
    let vectors = fs::read_to_string("/proc/cpuinfo").is_ok_and(|text| text.contains(" avx2 "));
    let vectors = if vectors { "with" } else { "without" };
    format!("# {rustc}, {} {vectors} AVX2", std::env::consts::ARCH)
}

fn as_text(machine: &str, counts: &[(&str, f64)]) -> String {
    let mut text = format!(
        "# Instructions a row of `wakeful scan`, written by `cargo xtask bench count --update`.\n{machine}\n"
    );
    for (log, count) in counts {
        text.push_str(&format!("{log}\t{count:.0}\n"));
    }
    text
}

/// The logs that cost more than before, or were never counted; all are shown.
fn compare(kept: &str, counts: &[(&str, f64)]) -> Vec<String> {
    let before = |log: &str| {
        let mut lines = kept.lines().filter_map(|line| line.split_once('\t'));
        lines.find(|(name, _)| *name == log)?.1.parse::<f64>().ok()
    };
    let mut grown = Vec::new();
    say("| log | kept | now | change |\n|---|--:|--:|--:|");
    for &(log, count) in counts {
        let Some(before) = before(log) else {
            say(&format!("| {log} | - | {count:.0} | - |"));
            grown.push(log.to_owned());
            continue;
        };
        let change = (count.round() / before - 1.0) * 100.0;
        say(&format!(
            "| {log} | {before:.0} | {count:.0} | {change:+.1} % |"
        ));
        if change > TOLERANCE {
            grown.push(log.to_owned());
        }
    }
    grown
}

/// Instructions of a whole scan.
fn instructions(tools: &Tools, log: &Path) -> Result<f64> {
    let mut valgrind = tools.command("valgrind");
    valgrind
        .args(["--tool=callgrind", "--callgrind-out-file=/dev/null"])
        .args(["target/release/wakeful", "scan", "--threads", "1"])
        .arg(log);
    let output = valgrind.output();
    let words = output.map(|output| String::from_utf8_lossy(&output.stderr).into_owned());
    let words = words.unwrap_or_default();
    match collected(&words) {
        Some(count) => Ok(count),
        None => fail(format!(
            "valgrind counted nothing in {}. Its own words:\n{words}",
            log.display()
        )),
    }
}

/// The number behind `Collected :`.
fn collected(words: &str) -> Option<f64> {
    let line = words.lines().find(|line| line.contains("Collected :"))?;
    line.split_whitespace().next_back()?.parse().ok()
}

/// Rows of a log, as its plain form has them.
fn rows(folder: &Path, log: &str) -> Result<f64> {
    let plain = folder.join(if log.starts_with("dns") {
        "dns.log"
    } else {
        "conn.log"
    });
    let text = fs::read_to_string(&plain).unwrap_or_default();
    match text.lines().filter(|line| !line.starts_with('#')).count() {
        0 => fail(format!("{} has no rows.", plain.display())),
        count => Ok(count as f64),
    }
}

#[cfg(test)]
mod tests {
    use super::{as_text, collected, compare};

    #[test]
    fn the_count_is_read_from_the_words_of_valgrind() {
        let words = "==7== Events    : Ir\n==7== Collected : 123456\n==7== \n";
        assert_eq!(collected(words), Some(123_456.0));
        assert_eq!(collected("==7== killed"), None);
    }

    #[test]
    fn what_costs_more_is_named_and_what_costs_less_is_not() {
        let kept = as_text("# one", &[("a", 1e3), ("b", 1e3), ("c", 1e3)]);
        let now = [("a", 1_031.0), ("b", 1_029.0), ("c", 500.0), ("d", 1.0)];
        assert_eq!(compare(&kept, &now), ["a", "d"]);
    }
}
