//! A report as text for a terminal.
//!
//! In: a report. Out: lines. A log's text is shown as Zeek escapes it, so that no name can send
//! control sequences to the terminal.

use std::fmt::Write;
use wakeful_engine::report::{Report, Severity};

pub(crate) fn table(report: &Report) -> String {
    let mut out = String::new();
    // Writing to a String cannot fail.
    let _ = write_table(&mut out, report);
    out
}

fn write_table(out: &mut String, report: &Report) -> std::fmt::Result {
    for input in &report.inputs {
        writeln!(
            out,
            "{}  {} {}  {} records",
            safe(&input.name),
            input.format,
            input.kind,
            input.records
        )?;
        for set_aside in &input.set_aside {
            writeln!(
                out,
                "    set aside: {} rows of {}",
                set_aside.records,
                safe(&set_aside.log)
            )?;
        }
        for problem in &input.problems {
            match problem.line {
                Some(line) => writeln!(out, "    line {line}: {}", safe(&problem.what))?,
                None => writeln!(out, "    {}", safe(&problem.what))?,
            }
        }
        let listed = input.problems.len() as u64;
        if input.problem_count > listed {
            writeln!(
                out,
                "    … and {} problems more",
                input.problem_count - listed
            )?;
        }
    }
    if report.findings.is_empty() {
        writeln!(out, "\nNothing found.")?;
    } else {
        write_findings(out, report)?;
    }
    write_new_domains(out, report)?;
    write_remarks(out, report)
}

/// What a reader should know of the logs, and which detectors had not what they need.
fn write_remarks(out: &mut String, report: &Report) -> std::fmt::Result {
    for note in &report.notes {
        writeln!(out, "\nnote: {}", safe(&note.text))?;
    }
    let read = report.inputs.iter().any(|input| input.records > 0);
    let wanting = report
        .detectors
        .iter()
        .filter(|of| of.why.is_some() && read);
    for (at, of) in wanting.enumerate() {
        if at == 0 {
            writeln!(out, "\ndetectors that did not run, or saw less:")?;
        }
        let how = if of.ran { "saw less" } else { "did not run" };
        let why = of.why.as_deref().unwrap_or_default();
        writeln!(out, "    {:<42} {how:<12} {why}", of.title)?;
    }
    Ok(())
}

/// Names or flows that a rule matched in the table, at most; the JSON form has more.
const EVIDENCE: usize = 2;

/// New domains in the table, at most; the JSON form has more.
const NEW: usize = 10;

fn write_new_domains(out: &mut String, report: &Report) -> std::fmt::Result {
    let new = &report.new_domains;
    if new.count > 0 {
        let shown = new.domains.len().min(NEW);
        writeln!(
            out,
            "\nnew and rare domains, {shown} of {} (no findings, a list to look through)",
            new.count
        )?;
        writeln!(
            out,
            "{:<40} {:>6} {:>17} {:>8} {:>8} {:>8}  first client",
            "domain", "rank", "first (seconds)", "clients", "queries", "names"
        )?;
        for domain in new.domains.iter().take(NEW) {
            writeln!(
                out,
                "{:<40} {:>6.4} {:>17.6} {:>8} {:>8} {:>8}  {}{}",
                safe(&domain.domain),
                domain.rank,
                domain.first,
                domain.clients,
                domain.queries,
                domain.names,
                domain.who.first().map(|who| safe(who)).unwrap_or_default(),
                match domain.finding {
                    Some(_) => "  has a finding",
                    None => "",
                }
            )?;
        }
    }
    match &new.why {
        Some(why) => writeln!(out, "\nnew domains: {why}"),
        None => Ok(()),
    }
}

fn write_findings(out: &mut String, report: &Report) -> std::fmt::Result {
    writeln!(
        out,
        "\n{:<9} {:>6}  {:<12} {:<16} {:<40} {:>8}",
        "severity", "score", "kind", "client", "domain or peer", "records"
    )?;
    for finding in &report.findings {
        let other = finding
            .domain
            .as_deref()
            .or(finding.peer.as_deref())
            .unwrap_or("many domains");
        writeln!(
            out,
            "{:<9} {:>6.4}  {:<12} {:<16} {:<40} {:>8}",
            finding.severity.name(),
            finding.score,
            finding.kind,
            safe(&finding.client),
            safe(other),
            finding.records
        )?;
        writeln!(out, "          {}", safe(&finding.sentence))?;
        for proof in &finding.proofs {
            writeln!(
                out,
                "          proof ({}): {}",
                proof.rule,
                safe(&proof.text)
            )?;
            for evidence in proof.evidence.iter().take(EVIDENCE) {
                writeln!(out, "              {}", safe(evidence))?;
            }
        }
        let reasons = finding.reasons.iter();
        // A rule's reason may be its sentence.
        let reasons = reasons.filter(|of| of.push > 0.0 && of.text != finding.sentence);
        for reason in reasons.take(3) {
            writeln!(out, "          {}", safe(&reason.text))?;
        }
    }
    let counts: Vec<String> = Severity::WORST_FIRST
        .iter()
        .map(|&severity| format!("{} {}", report.counts.of(severity), severity.name()))
        .collect();
    writeln!(out, "\n{}", counts.join(", "))
}

fn safe(text: &str) -> String {
    text.chars().fold(String::with_capacity(text.len()), |mut out, letter| {
        if letter.is_control() || matches!(letter, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}') {
            out.extend(letter.escape_unicode());
        } else {
            out.push(letter);
        }
        out
    })
}
