//! A finding, or several, as Markdown: for a ticket or a report.
//!
//! In: findings, marks, answers of look-ups. Out: text in which names are defanged and no character of a log is markup.
//! Must not know: what renders it.

use std::fmt::Write;

use wakeful_engine::report::Finding;

use super::super::attack;
use super::super::format::{bytes, count, moment, push, score, value};
use super::super::lookup::Lookups;
use super::super::lookup::rank::sharpen;
use super::super::lookup::words::outcome;
use super::super::marks::Marks;
use super::super::text::{defanged, visible};
use super::super::verdict::{kind, says, target};

/// One finding in full.
#[must_use]
pub fn finding(finding: &Finding, marks: &Marks, lookups: &Lookups) -> String {
    let mut out = String::new();
    let title = format!("{} → {}", finding.client, target(finding));
    let _ = write!(out, "## {}\n\n{}.\n\n", code(&title), plain(&says(finding)));
    let mut fact = |name: &str, text: String| {
        let _ = writeln!(out, "- {name}: {text}");
    };
    fact(
        "Finding",
        format!(
            "{}, severity {}, score {} of 100",
            kind(finding),
            finding.severity.name(),
            score(finding.score)
        ),
    );
    if let (Some(first), Some(last)) = (finding.first, finding.last) {
        fact(
            "From – to (UTC)",
            format!("{} – {}", moment(first), moment(last)),
        );
    }
    fact("Records", count(finding.records));
    if let Some(leak) = &finding.leak {
        fact(
            "Could have left",
            format!(
                "at most {} on the largest day",
                bytes(leak.bytes_a_day.round() as u64)
            ),
        );
    }
    for id in &finding.attack {
        fact(
            "MITRE ATT&CK",
            format!("{id} {}", attack::name(id).unwrap_or_default())
                .trim_end()
                .to_owned(),
        );
    }
    if let Some(mark) = marks.of(finding) {
        if let Some(verdict) = mark.verdict {
            fact("Marked", verdict.name().to_owned());
        }
        if !mark.note.is_empty() {
            fact("Note", plain(&mark.note));
        }
    }
    for entry in lookups.of(finding) {
        fact(
            "Looked up",
            format!(
                "{} ({}, asked {} of {})",
                plain(&outcome(&entry.outcome)),
                entry.service.name(),
                moment(entry.at),
                plain(&defanged(&entry.host))
            ),
        );
    }
    let sharpened = sharpen(finding, lookups);
    if sharpened.score > finding.score {
        fact(
            "Ranked by look-ups as",
            format!("{} of 100", score(sharpened.score)),
        );
    }
    for proof in &finding.proofs {
        fact(
            "Proof",
            format!(
                "{} ({}: {} of {})",
                plain(&proof.text),
                plain(&proof.rule),
                count(proof.matched),
                count(proof.of)
            ),
        );
    }
    if !finding.reasons.is_empty() {
        out.push_str("\n| Reason | Value | Usual | Push |\n|---|---:|---:|---:|\n");
        for reason in &finding.reasons {
            let _ = writeln!(
                out,
                "| {} | {} | {} | {} |",
                plain(&reason.text),
                value(reason.value),
                value(reason.usual),
                push(reason.push)
            );
        }
    }
    for what in &finding.counterfactuals {
        let _ = write!(out, "\n{}\n", plain(&what.text));
    }
    out
}

/// Several findings: a table of all, then each in full.
#[must_use]
pub fn list(findings: &[&Finding], marks: &Marks, lookups: &Lookups) -> String {
    let mut out = format!(
        "# Wakeful: {} findings\n\n| Severity | Score | Who | What |\n|---|---:|---|---|\n",
        count(findings.len() as u64)
    );
    for finding in findings {
        let who = format!("{} → {}", finding.client, target(finding));
        let _ = writeln!(
            out,
            "| {} | {} | {} | {} |",
            finding.severity.name(),
            score(finding.score),
            code(&who),
            plain(&says(finding))
        );
    }
    for one in findings {
        out.push('\n');
        out.push_str(&finding(one, marks, lookups));
    }
    out
}

/// Text of a log in a line of prose: visible, defanged, no markup.
pub(super) fn plain(text: &str) -> String {
    let text = visible(text);
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '>' | '#' | '|' | '!' | '~' => {
                out.push('\\');
                out.push(character);
            }
            '\n' | '\r' => out.push(' '),
            _ => out.push(character),
        }
    }
    out
}

/// Text of a log as code, defanged: no renderer makes a link of it. A backquote would end it.
fn code(text: &str) -> String {
    format!(
        "`{}`",
        defanged(&visible(text)).replace('`', "'").replace('|', "¦")
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::state::export::example;
    use crate::state::lookup::tests::{detected, lookups};

    #[test]
    fn a_finding_reads_as_prose_and_a_table() {
        let text = finding(&example(), &Marks::default(), &Lookups::default());
        assert!(text.starts_with("## `10[.]0[.]0[.]1 → =cmd¦' /C calc'!A0[.]example`\n\n"));
        assert!(text.contains("- Could have left: at most 1.2 kB on the largest day\n"));
        assert!(text.contains("| Names look random | 4.2 | 2.1 | +1.50 |"));
    }

    #[test]
    fn nothing_of_a_log_is_markup() {
        let mut hostile = example();
        hostile.sentence = "a | <img src=x> [x](http://y) `z`\n# head".into();
        hostile.domain = Some("`evil`|x".into());
        let lookups = Lookups::default();
        let text = list(&[&hostile], &Marks::default(), &lookups);
        assert!(!text.contains("<img") || text.contains("\\<img"));
        assert!(text.contains("\\[x\\](http://y) \\`z\\`"));
        assert!(!text.contains("\n# head"));
        assert!(text.contains("'evil'¦x"));
    }

    #[test]
    fn what_was_looked_up_is_told_with_its_date_and_its_source() {
        let mut finding = example();
        finding.domain = Some("evil.com".into());
        let lookups = lookups(&[("evil.com", detected(10))]);
        let text = super::finding(&finding, &Marks::default(), &lookups);
        assert!(
            text.contains(
                "- Looked up: 10 of 100 engines detect it. (reputation, asked 1970-07-20"
            ),
            "{text}"
        );
        assert!(
            text.contains("- Ranked by look-ups as: 88 of 100\n"),
            "{text}"
        );
    }
}
