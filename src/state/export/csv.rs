//! Findings as comma-separated values (RFC 4180), safe to open in a spreadsheet.
//!
//! In: findings, marks, answers of look-ups. Out: a header and a line each, ends as CR LF. The
//! columns of look-ups stand at the end, and only where something was asked.
//! Must not know: what reads it.
//!
//! A cell that begins with `=`, `+`, `-`, `@`, a tab or a line end is read as a formula by
//! spreadsheets, and a queried name can begin so: such a cell gets an apostrophe in front.

use wakeful_engine::report::Finding;

use super::super::format::iso;
use super::super::lookup::{Lookups, export};
use super::super::marks::Marks;
use super::super::verdict::says;

const COLUMNS: [&str; 16] = [
    "severity",
    "score",
    "kind",
    "client",
    "domain",
    "peer",
    "first",
    "last",
    "records",
    "leak_bytes_a_day",
    "attack",
    "sentence",
    "why",
    "mark",
    "note",
    "id",
];

/// The findings in order.
pub fn write(findings: &[&Finding], marks: &Marks, lookups: &Lookups) -> String {
    let has_lookups = !lookups.memory.is_empty();
    let mut head: Vec<String> = COLUMNS.map(str::to_owned).into();
    if has_lookups {
        head.extend(export::COLUMNS.map(str::to_owned));
    }
    let mut out = line(&head);
    for finding in findings {
        let mark = marks.of(finding);
        let time = |seconds: Option<f64>| seconds.map(iso).unwrap_or_default();
        let mut cells = vec![
            finding.severity.name().to_owned(),
            format!("{:.3}", finding.score),
            finding.kind.clone(),
            finding.client.clone(),
            finding.domain.clone().unwrap_or_default(),
            finding.peer.clone().unwrap_or_default(),
            time(finding.first),
            time(finding.last),
            finding.records.to_string(),
            finding
                .leak
                .as_ref()
                .map(|leak| format!("{:.0}", leak.bytes_a_day))
                .unwrap_or_default(),
            finding.attack.join(" "),
            says(finding).into_owned(),
            finding
                .reasons
                .first()
                .map(|reason| reason.text.clone())
                .unwrap_or_default(),
            mark.and_then(|mark| mark.verdict)
                .map_or("", super::super::marks::Verdict::name)
                .to_owned(),
            mark.map(|mark| mark.note.clone()).unwrap_or_default(),
            finding.id.clone(),
        ];
        if has_lookups {
            cells.extend(export::row(finding, lookups));
        }
        out.push_str(&line(&cells));
    }
    out
}

fn line(cells: &[String]) -> String {
    row(cells.iter().map(String::as_str))
}

/// One line of cells, with its end.
pub fn row<'a>(cells: impl Iterator<Item = &'a str>) -> String {
    let mut line = cells.map(quoted).collect::<Vec<_>>().join(",");
    line.push_str("\r\n");
    line
}

/// A cell, guarded and quoted where it must be.
pub fn quoted(cell: &str) -> String {
    let is_formula = cell.starts_with(['=', '+', '-', '@', '\t', '\r', '\n']);
    let guard = if is_formula { "'" } else { "" };
    if is_formula || cell.contains(['"', ',', '\r', '\n', '\t']) {
        format!("\"{guard}{}\"", cell.replace('"', "\"\""))
    } else {
        cell.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::state::export::example;
    use crate::state::lookup::tests::{detected, lookups};

    #[test]
    fn a_cell_is_never_a_formula() {
        for start in ["=1+1", "+1", "-1", "@a", "\tx", "\rx", "\nx"] {
            assert!(quoted(start).starts_with("\"'"), "{start:?}");
        }
        assert_eq!(quoted("a-b=c"), "a-b=c");
        assert_eq!(quoted("a,\"b\""), "\"a,\"\"b\"\"\"");
    }

    #[test]
    fn every_line_has_a_cell_a_column() {
        let finding = example();
        let text = write(&[&finding], &Marks::default(), &Lookups::default());
        let lines: Vec<&str> = text.split_terminator("\r\n").collect();
        assert_eq!(lines.len(), 2);
        assert_eq!(lines[0].split(',').count(), COLUMNS.len());
        assert!(
            lines[1]
                .starts_with("high,0.874,dns-tunnel,10.0.0.1,\"'=cmd|' /C calc'!A0.example\",,")
        );
        assert!(lines[1].contains("1970-01-01T00:01:00Z,10,1234,T1071.004"));
        assert!(lines[1].contains("\"10.0.0.1 asked\tmuch, \"\"and\"\" often\""));
    }

    #[test]
    fn what_was_looked_up_stands_at_the_end_with_its_date() {
        let mut finding = example();
        finding.domain = Some("evil.com".into());
        let lookups = lookups(&[("evil.com", detected(10))]);
        let text = write(&[&finding], &Marks::default(), &lookups);
        let lines: Vec<&str> = text.split_terminator("\r\n").collect();
        assert_eq!(lines[0].split(',').count(), 16 + 17);
        assert!(lines[0].contains(",id,rank_score,lookup_subject,vt_asked_at,"));
        assert!(lines[1].contains("00ff,0.8866,evil.com,1970-07-20T00:00:00Z,ok,10,100,"));
    }
}
