//! A finding, or several, as a document: headings, paragraphs, facts, tables.
//!
//! In: findings, marks, answers of look-ups. Out: [`Block`]s, for `markdown` and `html` to write.
//! Must not know: what a block looks like.

use wakeful_engine::report::Finding;

use super::super::attack;
use super::super::format::{bytes, count, counted, moment, push, score, value};
use super::super::lookup::Lookups;
use super::super::lookup::rank::sharpen;
use super::super::lookup::words::outcome;
use super::super::marks::Marks;
use super::super::text::defanged;
use super::super::verdict::{kind, says, target};

/// A piece of a document. Its texts may quote a log: whoever writes them makes them harmless.
#[derive(Debug, Clone, PartialEq)]
pub enum Block {
    /// What the document is.
    Title(String),
    /// Who talks to whom: names of a log.
    Head(String),
    /// Prose.
    Text(String),
    /// Names and what they are.
    Facts(Vec<(&'static str, String)>),
    /// Headings, whether each stands above numbers, and rows.
    Table(Vec<(&'static str, bool)>, Vec<Vec<String>>),
}

/// One finding in full.
pub fn finding(finding: &Finding, marks: &Marks, lookups: &Lookups) -> Vec<Block> {
    let mut blocks = vec![
        Block::Head(who(finding)),
        Block::Text(format!("{}.", says(finding))),
        Block::Facts(facts(finding, marks, lookups)),
    ];
    if !finding.reasons.is_empty() {
        let heads = vec![
            ("Reason", false),
            ("Value", true),
            ("Usual", true),
            ("Push", true),
        ];
        let rows = finding.reasons.iter().map(|reason| {
            vec![
                reason.text.clone(),
                value(reason.value),
                value(reason.usual),
                push(reason.push),
            ]
        });
        blocks.push(Block::Table(heads, rows.collect()));
    }
    let whats = finding.counterfactuals.iter();
    blocks.extend(whats.map(|what| Block::Text(what.text.clone())));
    blocks
}

fn who(finding: &Finding) -> String {
    format!("{} → {}", finding.client, target(finding))
}

fn facts(finding: &Finding, marks: &Marks, lookups: &Lookups) -> Vec<(&'static str, String)> {
    let mut facts = vec![(
        "Finding",
        format!(
            "{}, severity {}, score {} of 100",
            kind(finding),
            finding.severity.name(),
            score(finding.score)
        ),
    )];
    if let (Some(first), Some(last)) = (finding.first, finding.last) {
        let span = format!("{} – {}", moment(first), moment(last));
        facts.push(("From – to (UTC)", span));
    }
    facts.push(("Records", count(finding.records)));
    if let Some(leak) = &finding.leak {
        let most = bytes(leak.bytes_a_day.round() as u64);
        facts.push((
            "Could have left",
            format!("at most {most} on the largest day"),
        ));
    }
    for id in &finding.attack {
        let name = format!("{id} {}", attack::name(id).unwrap_or_default());
        facts.push(("MITRE ATT&CK", name.trim_end().to_owned()));
    }
    if let Some(mark) = marks.of(finding) {
        if let Some(verdict) = mark.verdict {
            facts.push(("Marked", verdict.name().to_owned()));
        }
        if !mark.note.is_empty() {
            facts.push(("Note", mark.note.clone()));
        }
    }
    for entry in lookups.of(finding) {
        facts.push((
            "Looked up",
            format!(
                "{} ({}, asked {} of {})",
                outcome(&entry.outcome),
                entry.service.name(),
                moment(entry.at),
                defanged(&entry.host)
            ),
        ));
    }
    let sharpened = sharpen(finding, lookups).score;
    if sharpened > finding.score {
        facts.push((
            "Ranked by look-ups as",
            format!("{} of 100", score(sharpened)),
        ));
    }
    for proof in &finding.proofs {
        facts.push((
            "Proof",
            format!(
                "{} ({}: {} of {})",
                proof.text,
                proof.rule,
                count(proof.matched),
                count(proof.of)
            ),
        ));
    }
    facts
}

/// Several findings: a table of all, then each in full.
pub fn list(findings: &[&Finding], marks: &Marks, lookups: &Lookups) -> Vec<Block> {
    let heads = vec![
        ("Severity", false),
        ("Score", true),
        ("Who", false),
        ("What", false),
    ];
    let rows = findings.iter().map(|finding| {
        vec![
            finding.severity.name().to_owned(),
            score(finding.score),
            defanged(&who(finding)),
            says(finding).into_owned(),
        ]
    });
    let title = format!("Wakeful: {}", counted(findings.len() as u64, "finding"));
    let mut blocks = vec![Block::Title(title), Block::Table(heads, rows.collect())];
    for one in findings {
        blocks.extend(finding(one, marks, lookups));
    }
    blocks
}
