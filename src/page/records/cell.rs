//! What stands in a cell, and what can be done with it.
//!
//! In: a column and its text. Out: HTML; the menu's entries.
//! Must not know: where the cell stands.

use wakeful_logs::float;
use wakeful_lookup::Subject;
use wakeful_query::{Kind, and, field, test_of};
use yew::prelude::*;

use super::super::words::logged;
use crate::state::copy::commands_of_cell as commands;
use crate::state::export::Format;
use crate::state::export::table::Writer;
use crate::state::format::moment_exact;
use crate::state::records::Change;
use crate::state::text::{defanged, visible};
use crate::wire::grid::{Log, Row};

/// The other log and its name.
pub fn other_log(log: Log) -> (Log, &'static str) {
    match log {
        Log::Dns => (Log::Conn, "conn.log"),
        Log::Conn => (Log::Dns, "dns.log"),
    }
}

/// The text of a cell; times readable.
pub fn shown(column: &str, text: Option<&str>) -> Html {
    match (text, text.and_then(|text| time(column, text))) {
        (None, _) => html! { <span class="muted">{ "–" }</span> },
        (Some(text), Some(time)) => {
            html! { <time class="logged" title={text.to_owned()}>{ time }</time> }
        }
        (Some(text), None) => {
            html! { <bdi class="logged" title={visible(text).into_owned()}>{ visible(text).into_owned() }</bdi> }
        }
    }
}

/// The moment that a time of the log is.
pub fn clock(column: &str, text: &str) -> Html {
    match time(column, text) {
        Some(time) => html! { <span class="muted">{ " " }{ logged(&time) }</span> },
        None => Html::default(),
    }
}

fn time(column: &str, text: &str) -> Option<String> {
    let seconds = (column == "ts").then(|| float(text))??;
    // Seconds; other units stay as they stand in the log.
    (0.0..1e11)
        .contains(&seconds)
        .then(|| moment_exact(seconds))
}

/// Whether a column is a number, which stands at the right.
pub fn is_number(column: &str) -> bool {
    field(column)
        .is_some_and(|field| matches!(field.kind, Kind::Number | Kind::Bytes | Kind::Seconds))
}

/// One entry of a cell's menu.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// What it is called.
    pub title: String,
    /// What it does.
    pub deed: Deed,
}

/// What an entry does.
#[derive(Debug, Clone, PartialEq)]
pub enum Deed {
    /// Changes the view.
    Change(Change),
    /// Copies a text.
    Copy(String),
    /// Puts a name on the list of the look-up tab, which asks before it sends anything.
    LookUp(Subject),
}

/// What can be done with a cell of a row at a place. Of a value that is only begun here nothing is
/// compared and nothing copied: it would match nothing.
pub fn entries(
    (log, filter): (Log, &str),
    columns: &[String],
    row: &Row,
    at: u32,
    cell: usize,
) -> Vec<Entry> {
    let entry = |title: String, deed| Entry { title, deed };
    let text_of = |cell: usize| row.cells.get(cell).and_then(Option::as_deref);
    let mut entries = match (row.is_cut(cell), columns.get(cell)) {
        (false, Some(column)) => of_value((log, filter), column, text_of(cell)),
        _ => Vec::new(),
    };
    let (other, name) = other_log(log);
    let uid = columns
        .iter()
        .position(|column| column == "uid")
        .filter(|&uid| !row.is_cut(uid));
    if let Some(test) = uid.and_then(|uid| test_of("uid", Some(text_of(uid)?), true)) {
        entries.push(entry(
            format!("Rows of {name} with this uid"),
            Deed::Change(Change::Filter(other, test)),
        ));
    }
    let value = text_of(cell).filter(|_| !row.is_cut(cell));
    if let Some(subject) = value.and_then(Subject::of) {
        entries.push(entry(
            format!("Look up {subject} (asks before it sends)"),
            Deed::LookUp(subject),
        ));
    }
    if row.cut.is_empty() {
        entries.push(entry(
            "Copy the row".to_owned(),
            Deed::Copy(table(columns, row)),
        ));
    }
    let whole = match (row.is_cut(cell), row.cut.is_empty()) {
        (true, _) => "The whole row (this value is cut here)",
        (false, false) => "The whole row (a value of it is cut here)",
        (false, true) => "The whole row",
    };
    entries.push(entry(
        whole.to_owned(),
        Deed::Change(Change::Detail(Some(at))),
    ));
    entries
}

/// What can be done with a value that is here in full.
fn of_value((log, filter): (Log, &str), column: &str, text: Option<&str>) -> Vec<Entry> {
    let entry = |title: String, deed| Entry { title, deed };
    let mut entries = Vec::new();
    let short = text.map(|text| {
        let head: String = visible(text).chars().take(24).collect();
        if head.len() < text.len() {
            format!("{head}…")
        } else {
            head
        }
    });
    for (wanted, verb) in [(true, "Only rows with"), (false, "Without rows with")] {
        if let Some(test) = test_of(column, text, wanted) {
            let title = match &short {
                Some(short) => format!("{verb} {column} {short}"),
                None if wanted => format!("Only rows without {column}"),
                None => format!("Only rows with {column}"),
            };
            entries.push(entry(
                title,
                Deed::Change(Change::Filter(log, and(filter, &test))),
            ));
        }
    }
    if let Some(test) = text.and_then(|text| test_of(column, Some(text), true)) {
        entries.push(entry(
            "Filter by this alone".to_owned(),
            Deed::Change(Change::Filter(log, test)),
        ));
    }
    if let Some(text) = text {
        entries.push(entry(
            "Copy the value".to_owned(),
            Deed::Copy(text.to_owned()),
        ));
        let defanged = defanged(text);
        if defanged != text {
            entries.push(entry("Copy it defanged".to_owned(), Deed::Copy(defanged)));
        }
        for (name, command) in commands(log, column, text) {
            entries.push(entry(
                format!("Copy as {name} command"),
                Deed::Copy(command),
            ));
        }
    }
    entries
}

/// A row with its headings, for a spreadsheet.
fn table(columns: &[String], row: &Row) -> String {
    let mut writer = Writer::new(Format::Csv, columns.to_vec());
    writer.row(row.cells.iter().map(Option::as_deref));
    writer.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn filters(entries: &[Entry]) -> Vec<String> {
        entries
            .iter()
            .filter_map(|entry| match &entry.deed {
                Deed::Change(Change::Filter(log, filter)) => Some(format!("{log:?} {filter}")),
                _ => None,
            })
            .collect()
    }

    /// The columns and the row of a few cells.
    fn row(cells: &[(&str, Option<&str>)]) -> (Vec<String>, Row) {
        let columns = cells.iter().map(|(name, _)| (*name).to_owned()).collect();
        let row = Row {
            id: 0,
            input: 0,
            cells: cells
                .iter()
                .map(|(_, cell)| cell.map(str::to_owned))
                .collect(),
            cut: Vec::new(),
        };
        (columns, row)
    }

    fn copies(entries: &[Entry]) -> Vec<(&str, &str)> {
        entries
            .iter()
            .filter_map(|entry| match &entry.deed {
                Deed::Copy(text) => Some((entry.title.as_str(), text.as_str())),
                Deed::Change(_) | Deed::LookUp(_) => None,
            })
            .collect()
    }

    #[test]
    fn a_cell_filters_in_out_and_alone_and_joins_the_other_log() {
        let (columns, row) = row(&[("id.orig_h", Some("10.0.0.5")), ("uid", Some("C1"))]);
        let filter = "qtype == A or qtype == NS";
        let entries = entries((Log::Dns, filter), &columns, &row, 7, 0);
        assert_eq!(
            filters(&entries),
            [
                "Dns (qtype == A or qtype == NS) and client == 10.0.0.5",
                "Dns (qtype == A or qtype == NS) and client != 10.0.0.5",
                "Dns client == 10.0.0.5",
                "Conn uid == C1",
            ]
        );
        assert_eq!(
            entries.last().map(|entry| entry.deed.clone()),
            Some(Deed::Change(Change::Detail(Some(7))))
        );
    }

    #[test]
    fn only_what_others_can_know_of_is_looked_up() {
        let asked = |column: &str, text: &str| {
            let (columns, row) = row(&[(column, Some(text))]);
            let entries = entries((Log::Dns, ""), &columns, &row, 0, 0);
            entries.into_iter().find_map(|entry| match entry.deed {
                Deed::LookUp(subject) => Some(subject.to_string()),
                _ => None,
            })
        };
        assert_eq!(
            asked("query", "secret.a.example.com").as_deref(),
            Some("example.com")
        );
        assert_eq!(asked("id.resp_h", "8.8.8.8").as_deref(), Some("8.8.8.8"));
        assert_eq!(asked("id.orig_h", "10.0.0.5"), None);
        assert_eq!(asked("uid", "C1"), None);
        assert_eq!(asked("ts", "1710201600.5"), None);
    }

    #[test]
    fn a_cell_is_copied_defanged_as_its_row_and_as_commands() {
        let (columns, row) = row(&[("query", Some("=a.example"))]);
        let entries = entries((Log::Dns, ""), &columns, &row, 0, 0);
        let copies = copies(&entries);
        assert_eq!(copies[0], ("Copy the value", "=a.example"));
        assert_eq!(copies[1], ("Copy it defanged", "=a[.]example"));
        assert!(copies[2].1.starts_with("zeek-cut"), "{copies:?}");
        assert!(copies[3].1.starts_with("jq"), "{copies:?}");
        assert_eq!(copies[4], ("Copy the row", "query\r\n\"'=a.example\"\r\n"));
    }

    #[test]
    fn a_cut_value_is_neither_compared_nor_copied_and_the_menu_says_so() {
        let (columns, mut row) = row(&[
            ("query", Some("a.example")),
            ("answers", Some("aaaa…")),
            ("uid", Some("C1")),
        ]);
        row.cut = vec![1];
        let cut = entries((Log::Dns, ""), &columns, &row, 3, 1);
        assert_eq!(filters(&cut), ["Conn uid == C1"]);
        assert_eq!(copies(&cut), []);
        let last = cut.last().unwrap();
        assert_eq!(last.title, "The whole row (this value is cut here)");
        assert_eq!(last.deed, Deed::Change(Change::Detail(Some(3))));
        let beside = entries((Log::Dns, ""), &columns, &row, 3, 0);
        let titles: Vec<&str> = copies(&beside).iter().map(|(title, _)| *title).collect();
        assert!(titles.contains(&"Copy as jq command"), "{titles:?}");
        assert!(!titles.contains(&"Copy the row"), "{titles:?}");
        assert!(
            beside
                .last()
                .unwrap()
                .title
                .contains("a value of it is cut")
        );
    }

    #[test]
    fn the_domain_is_filtered_by_and_has_no_command_because_no_log_has_it() {
        let (columns, row) = row(&[("domain", Some("a.example"))]);
        let entries = entries((Log::Dns, ""), &columns, &row, 0, 0);
        assert_eq!(filters(&entries)[0], "Dns domain == a.example");
        let titles: Vec<&str> = copies(&entries).iter().map(|(title, _)| *title).collect();
        assert_eq!(
            titles,
            ["Copy the value", "Copy it defanged", "Copy the row"]
        );
    }

    #[test]
    fn an_unset_cell_asks_for_rows_without_or_with_a_value() {
        let (columns, row) = row(&[("service", None)]);
        let entries = entries((Log::Conn, ""), &columns, &row, 0, 0);
        assert_eq!(
            filters(&entries),
            ["Conn not has service", "Conn has service"]
        );
    }

    #[test]
    fn only_plain_seconds_are_told_as_a_moment() {
        assert_eq!(
            time("ts", "1710201600.5").as_deref(),
            Some("2024-03-12 00:00:00.500Z")
        );
        assert_eq!(time("ts", "2024-03-12T00:00:00Z"), None);
        assert_eq!(time("rtt", "0.5"), None);
    }
}
