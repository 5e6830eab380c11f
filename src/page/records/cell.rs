//! What stands in a cell, and what can be done with it.
//!
//! In: a column and its text. Out: HTML; the menu's entries.
//! Must not know: where the cell stands.

use wakeful_query::{Kind, and, field, test_of};
use yew::prelude::*;

use super::super::words::logged;
use crate::state::copy::commands_of_cell as commands;
use crate::state::export::Format;
use crate::state::export::table::Writer;
use crate::state::format::moment_exact;
use crate::state::records::Change;
use crate::state::text::{defanged, visible};
use crate::wire::grid::Log;

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
    let seconds: f64 = (column == "ts").then(|| text.parse().ok())??;
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
}

/// What can be done with a cell of a row.
pub fn entries(
    log: Log,
    filter: &str,
    column: &str,
    text: Option<&str>,
    uid: Option<&str>,
    row: u32,
    whole: &[(String, Option<String>)],
) -> Vec<Entry> {
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
    let (other, name) = other_log(log);
    if let Some(test) = uid.and_then(|uid| test_of("uid", Some(uid), true)) {
        entries.push(entry(
            format!("Rows of {name} with this uid"),
            Deed::Change(Change::Filter(other, test)),
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
    entries.push(entry("Copy the row".to_owned(), Deed::Copy(table(whole))));
    entries.push(entry(
        "The whole row".to_owned(),
        Deed::Change(Change::Detail(Some(row))),
    ));
    entries
}

/// A row with its headings, for a spreadsheet.
fn table(cells: &[(String, Option<String>)]) -> String {
    let columns = cells.iter().map(|(name, _)| name.clone()).collect();
    let mut writer = Writer::new(Format::Csv, columns);
    writer.row(cells.iter().map(|(_, cell)| cell.as_deref()));
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

    #[test]
    fn a_cell_filters_in_out_and_alone_and_joins_the_other_log() {
        let entries = entries(
            Log::Dns,
            "qtype == A or qtype == NS",
            "id.orig_h",
            Some("10.0.0.5"),
            Some("C1"),
            7,
            &[("id.orig_h".to_owned(), Some("=10".to_owned()))],
        );
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
    fn a_cell_is_copied_defanged_as_its_row_and_as_commands() {
        let whole = [("query".to_owned(), Some("=a.example".to_owned()))];
        let entries = entries(Log::Dns, "", "query", Some("=a.example"), None, 0, &whole);
        let copies: Vec<(&str, &str)> = entries
            .iter()
            .filter_map(|entry| match &entry.deed {
                Deed::Copy(text) => Some((entry.title.as_str(), text.as_str())),
                Deed::Change(_) => None,
            })
            .collect();
        assert_eq!(copies[0], ("Copy the value", "=a.example"));
        assert_eq!(copies[1], ("Copy it defanged", "=a[.]example"));
        assert!(copies[2].1.starts_with("zeek-cut"), "{copies:?}");
        assert!(copies[3].1.starts_with("jq"), "{copies:?}");
        assert_eq!(copies[4], ("Copy the row", "query\r\n\"'=a.example\"\r\n"));
    }

    #[test]
    fn an_unset_cell_asks_for_rows_without_or_with_a_value() {
        let entries = entries(Log::Conn, "", "service", None, None, 0, &[]);
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
