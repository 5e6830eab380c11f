//! Which detector finds which capture, after how many queries, and what each raises on benign logs.
//!
//! In: the labelled corpora, the engine as it ships. Out: `docs/coverage.md`. Must not know: how a
//! detector works.
//!
//! A *witness* is whatever would be an alert by itself: the model of a finding (whatever rules bound
//! the finding's score), each part of its verdict
//! (a model of its own over features of its own), a fingerprint, the policy of the leak meter, and each
//! finding of another kind about the same matter. The shipped models have seen these tools; what they
//! are worth on tools that they have not seen is in `docs/evaluation.md`.

use crate::corpus::{BENIGN_FOLDERS, SUFFIXES, TUNNEL_FOLDERS, logs, read_bytes, tool};
use flate2::read::MultiGzDecoder;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::io::Read;
use std::path::{Path, PathBuf};
use wakeful_engine::detectors::{Scene, dns_tunnel, harmless, leak, shown};
use wakeful_engine::models::BANDS;
use wakeful_engine::report::{Finding, Report, Severity};
use wakeful_engine::{Analysis, Session, features};

/// Queries of each client of a tunnel after which it is looked at.
pub const AFTER: [usize; 5] = [5, 10, 20, 30, 50];
/// Where alerts begin.
const ALERT: f64 = BANDS[2];

/// A capture, and who found its tunnel.
#[derive(Debug, Clone, PartialEq)]
pub struct Capture {
    /// Its folder, below the corpora's.
    pub folder: String,
    /// The tool.
    pub tool: &'static str,
    /// Queries under the tunnel's suffix.
    pub queries: usize,
    /// The witnesses of the whole capture.
    pub whole: BTreeSet<String>,
    /// The witnesses of each client's first queries alone, by [`AFTER`].
    pub early: [BTreeSet<String>; AFTER.len()],
}

impl Capture {
    /// After how many queries a witness spoke first.
    fn first(&self, witness: &str) -> Option<usize> {
        let at = self.early.iter().position(|seen| seen.contains(witness))?;
        Some(AFTER[at])
    }

    /// After how many queries two witnesses agreed.
    #[must_use]
    pub fn two(&self) -> Option<usize> {
        let at = self.early.iter().position(|seen| seen.len() >= 2)?;
        Some(AFTER[at])
    }
}

/// All captures of tunnels that have a dns.log.
///
/// # Errors
/// A sentence naming the file or folder that could not be read.
pub fn captures(data: &Path) -> Result<Vec<Capture>, String> {
    let mut captures = Vec::new();
    for (folder, ..) in TUNNEL_FOLDERS {
        let mut by_folder: BTreeMap<PathBuf, Vec<PathBuf>> = BTreeMap::new();
        for path in logs(&data.join(folder))? {
            let parent = path.parent().unwrap_or(data).to_owned();
            by_folder.entry(parent).or_default().push(path);
        }
        for (folder, paths) in by_folder {
            let tool = tool(&folder)
                .ok_or_else(|| format!("{}: no tool's name in the path", folder.display()))?;
            let name = folder.strip_prefix(data).unwrap_or(&folder);
            captures.extend(capture(&name.display().to_string(), tool, &paths)?);
        }
    }
    Ok(captures)
}

fn capture(folder: &str, tool: &'static str, paths: &[PathBuf]) -> Result<Option<Capture>, String> {
    let mut inputs = Vec::new();
    let mut dns = Vec::new();
    for path in paths {
        let text = unpacked(path)?;
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        if name.starts_with("dns.") {
            dns.push(text.clone());
        }
        inputs.push(text);
    }
    let queries: usize = dns
        .iter()
        .map(|text| text.lines().filter(|line| is_tunnels(line)).count())
        .sum();
    if queries == 0 {
        return Ok(None);
    }
    let early = AFTER.map(|most| {
        let mut taken = BTreeMap::new();
        let cut: Vec<String> = dns
            .iter()
            .map(|text| first_rows(text, most, &mut taken))
            .collect();
        witnesses(&cut)
    });
    Ok(Some(Capture {
        folder: folder.to_owned(),
        tool,
        queries,
        whole: witnesses(&inputs),
        early,
    }))
}

fn is_tunnels(line: &str) -> bool {
    !line.starts_with('#') && SUFFIXES.iter().any(|suffix| line.contains(suffix))
}

/// The headers, and the first of the tunnel's rows, `most` of each client: captures on both sides of a resolver
/// have each query twice, and a verdict is on one client. Rows of JSON count as one client's.
fn first_rows(text: &str, most: usize, taken: &mut BTreeMap<String, usize>) -> String {
    let mut out = String::new();
    let mut column = None;
    for line in text.lines() {
        if let Some(fields) = line.strip_prefix("#fields\t") {
            column = fields.split('\t').position(|name| name == "id.orig_h");
        }
        let take = line.starts_with('#')
            || (is_tunnels(line) && {
                let client = column.and_then(|at| line.split('\t').nth(at));
                let taken = taken
                    .entry(client.unwrap_or_default().to_owned())
                    .or_default();
                *taken += 1;
                *taken <= most
            });
        if take {
            out.push_str(line);
            out.push('\n');
        }
    }
    out
}

fn unpacked(path: &Path) -> Result<String, String> {
    let failed = |error: std::io::Error| format!("{}: {error}", path.display());
    let bytes = std::fs::read(path).map_err(failed)?;
    let mut text = Vec::new();
    if bytes.starts_with(&[0x1f, 0x8b]) {
        MultiGzDecoder::new(bytes.as_slice())
            .read_to_end(&mut text)
            .map_err(failed)?;
    } else {
        text = bytes;
    }
    Ok(String::from_utf8_lossy(&text).into_owned())
}

fn scan(inputs: &[String]) -> Report {
    let mut session = Session::new();
    for (at, text) in inputs.iter().enumerate() {
        session.open(&at.to_string());
        session.feed(text.as_bytes());
        session.close();
    }
    session.report()
}

/// Who speaks of the tunnel: a finding of a labelled domain, or of flows in a capture that holds
/// nothing but the tunnel's.
fn witnesses(inputs: &[String]) -> BTreeSet<String> {
    let is_labelled = |domain: &str| {
        SUFFIXES
            .iter()
            .any(|suffix| suffix.ends_with(&format!(".{domain}")))
    };
    let mut seen = BTreeSet::new();
    for finding in &scan(inputs).findings {
        if finding.domain.as_deref().is_none_or(is_labelled) {
            speak(finding, &mut seen);
        }
    }
    let mut analysis = Analysis::new();
    for text in inputs {
        read_bytes(text.as_bytes(), &mut analysis);
    }
    let scene = Scene::new(&analysis);
    let by_model = scene.dns.iter().any(|ends| {
        is_labelled(&shown(ends.other))
            && dns_tunnel::is_candidate(ends.channel)
            && harmless::of_names(ends, scene.names(ends.id)).is_none()
            && dns_tunnel::model().score(&features::dns::vector(ends.channel, ends.other_clients))
                >= ALERT
    });
    if by_model {
        seen.insert(format!("verdict: {}, the model alone", dns_tunnel::KIND));
    }
    seen
}

fn speak(finding: &Finding, seen: &mut BTreeSet<String>) {
    for part in finding.parts.iter().filter(|part| part.score >= ALERT) {
        seen.insert(format!("part: {}", part.name));
    }
    for proof in finding
        .proofs
        .iter()
        .filter(|proof| proof.at_least >= ALERT)
    {
        seen.insert(match proof.rule.as_str() {
            leak::RULE => "leak meter's policy".to_owned(),
            "answer-meter" => "answer meter's policy".to_owned(),
            "unconnected" => "answered and never connected".to_owned(),
            _ => "fingerprint".to_owned(),
        });
    }
    // A rule bounds this verdict from below: its model is asked by itself.
    if finding.score >= ALERT && finding.kind != dns_tunnel::KIND {
        seen.insert(format!("verdict: {}", finding.kind));
    }
    for related in finding.related.iter().filter(|other| other.score >= ALERT) {
        seen.insert(format!("verdict: {}", related.kind));
    }
}

/// The page: `docs/coverage.md`.
///
/// # Errors
/// A sentence naming the file or folder that could not be read.
pub fn page(data: &Path) -> Result<String, String> {
    let captures = captures(data)?;
    let mut out = String::new();
    // Writing to a String cannot fail.
    let _ = write_tunnels(&mut out, &captures);
    let _ = write_benign(&mut out, data)?;
    Ok(out)
}

fn write_tunnels(out: &mut String, captures: &[Capture]) -> std::fmt::Result {
    let all: BTreeSet<&String> = captures.iter().flat_map(|capture| &capture.whole).collect();
    let tools: BTreeSet<&str> = captures.iter().map(|capture| capture.tool).collect();
    writeln!(
        out,
        "# Coverage\n\nWritten by `cargo xtask train --coverage`; not edited by hand.\nWhich detector finds which captured tunnel, after how many of its queries, and what each raises on logs without one.\nThe shipped models have seen these tools; what they are worth on tools that they have not seen is in [evaluation.md](evaluation.md).\n\n## Tunnels\n\nA cell: captures in which it would be an alert by itself, of all; and the median of the queries after which it was first (5, 10, 20, 30 or 50 were tried; the first queries of each client alone, without the connections).\n"
    )?;
    write!(out, "| by |")?;
    for tool in &tools {
        write!(out, " {tool} |")?;
    }
    write!(out, "\n|---|")?;
    for _ in &tools {
        write!(out, "---|")?;
    }
    writeln!(out)?;
    let row = |out: &mut String,
               name: &str,
               found: &dyn Fn(&Capture) -> bool,
               first: &dyn Fn(&Capture) -> Option<usize>| {
        write!(out, "| {name} |")?;
        for tool in &tools {
            let of: Vec<&Capture> = captures
                .iter()
                .filter(|capture| capture.tool == *tool)
                .collect();
            let count = of.iter().filter(|capture| found(capture)).count();
            let mut firsts: Vec<usize> = of.iter().filter_map(|capture| first(capture)).collect();
            firsts.sort_unstable();
            write!(out, " {count} of {}", of.len())?;
            match firsts.get(firsts.len() / 2) {
                Some(median) => write!(out, ", after {median} |")?,
                None => write!(out, " |")?,
            }
        }
        writeln!(out)
    };
    for witness in all {
        row(out, witness, &|c| c.whole.contains(witness), &|c| {
            c.first(witness)
        })?;
    }
    row(
        out,
        "**two or more of them**",
        &|c| c.whole.len() >= 2,
        &Capture::two,
    )?;
    let late: Vec<&Capture> = captures.iter().filter(|c| c.two().is_none()).collect();
    writeln!(
        out,
        "\nTwo agree within 50 queries in {} of {} captures.",
        captures.len() - late.len(),
        captures.len()
    )?;
    for capture in late {
        let early: Vec<&str> = capture.early[AFTER.len() - 1]
            .iter()
            .map(String::as_str)
            .collect();
        writeln!(
            out,
            "- Not in {} ({} queries): {}.",
            capture.folder,
            capture.queries,
            if early.is_empty() {
                "none".to_owned()
            } else {
                early.join(", ")
            }
        )?;
    }
    Ok(())
}

fn write_benign(out: &mut String, data: &Path) -> Result<std::fmt::Result, String> {
    let mut rows: BTreeMap<String, BTreeMap<Severity, usize>> = BTreeMap::new();
    let mut alerts = Vec::new();
    let mut records = 0;
    for (folder, ..) in BENIGN_FOLDERS {
        let inputs = logs(&data.join(folder))?
            .iter()
            .map(|path| unpacked(path))
            .collect::<Result<Vec<_>, _>>()?;
        let report = scan(&inputs);
        records += report.inputs.iter().map(|input| input.records).sum::<u64>();
        for finding in report.findings {
            *rows
                .entry(finding.kind.clone())
                .or_default()
                .entry(finding.severity)
                .or_default() += 1;
            if finding.severity.is_alert() {
                alerts.push(format!(
                    "{folder}: {}, {}: {}",
                    finding.kind,
                    finding.severity.name(),
                    finding.sentence
                ));
            }
        }
    }
    Ok(write_benign_rows(out, &rows, &alerts, records))
}

fn write_benign_rows(
    out: &mut String,
    rows: &BTreeMap<String, BTreeMap<Severity, usize>>,
    alerts: &[String],
    records: u64,
) -> std::fmt::Result {
    writeln!(
        out,
        "\n## Logs without a tunnel\n\n{records} records of {} networks, malware and attackers without a tunnel among them. Findings by kind and severity:\n",
        BENIGN_FOLDERS.len()
    )?;
    writeln!(
        out,
        "| kind | critical | high | medium | low | info |\n|---|--:|--:|--:|--:|--:|"
    )?;
    for (kind, counts) in rows {
        write!(out, "| {kind} |")?;
        for severity in Severity::WORST_FIRST {
            write!(out, " {} |", counts.get(&severity).copied().unwrap_or(0))?;
        }
        writeln!(out)?;
    }
    if alerts.is_empty() {
        return writeln!(out, "\nNo finding is an alert (medium or worse).");
    }
    writeln!(out, "\nAlerts (medium or worse):\n")?;
    for alert in alerts {
        writeln!(out, "- {alert}")?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_queries_are_those_of_each_client() {
        let suffix = SUFFIXES[0];
        let row = |client: &str, n: usize| format!("{n}\t{client}\ta{n}{suffix}\n");
        let mut log = String::from("#fields\tts\tid.orig_h\tquery\n");
        for n in 0..5 {
            log += &row("10.0.0.1", n);
            log += &row("10.0.0.2", n);
            log += "9\t10.0.0.1\twww.example.com\n";
        }
        let mut taken = BTreeMap::new();
        let first = first_rows(&log, 3, &mut taken);
        assert_eq!(first.lines().count(), 1 + 2 * 3);
        assert!(first.ends_with(&row("10.0.0.2", 2)));
        assert_eq!(first_rows(&log, 3, &mut taken).lines().count(), 1);
    }
}
