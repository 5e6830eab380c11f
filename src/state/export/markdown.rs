//! A finding, or several, as Markdown: for a ticket or a report.
//!
//! In: findings, marks, answers of look-ups. Out: text in which names are defanged and no character of a log is markup.
//! Must not know: what renders it.

use std::fmt::Write;

use wakeful_engine::report::Finding;

use super::super::lookup::Lookups;
use super::super::marks::Marks;
use super::super::text::{defanged, visible};
use super::document::{self, Block};

/// One finding in full.
#[must_use]
pub fn finding(finding: &Finding, marks: &Marks, lookups: &Lookups) -> String {
    written(&document::finding(finding, marks, lookups))
}

/// Several findings: a table of all, then each in full.
#[must_use]
pub fn list(findings: &[&Finding], marks: &Marks, lookups: &Lookups) -> String {
    written(&document::list(findings, marks, lookups))
}

fn written(blocks: &[Block]) -> String {
    let mut out = String::new();
    for block in blocks {
        if !out.is_empty() {
            out.push('\n');
        }
        let _ = match block {
            Block::Title(title) => writeln!(out, "# {}", plain(title)),
            Block::Head(who) => writeln!(out, "## {}", code(who)),
            Block::Text(text) => writeln!(out, "{}", plain(text)),
            Block::Facts(facts) => facts
                .iter()
                .try_for_each(|(name, what)| writeln!(out, "- {name}: {}", plain(what))),
            Block::Table(heads, rows) => {
                let names = heads.iter().map(|(name, _)| *name);
                let rules = heads
                    .iter()
                    .map(|(_, number)| if *number { "---:" } else { "---" });
                let (names, rules): (Vec<_>, Vec<_>) = (names.collect(), rules.collect());
                let _ = writeln!(out, "| {} |\n|{}|", names.join(" | "), rules.join("|"));
                rows.iter().try_for_each(|row| {
                    let cells: Vec<String> = row.iter().map(|cell| plain(cell)).collect();
                    writeln!(out, "| {} |", cells.join(" | "))
                })
            }
        };
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
