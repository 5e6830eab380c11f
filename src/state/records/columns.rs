//! Which columns of a log are shown.
//!
//! In: a log's columns, the user's choice. Out: the columns shown, in the log's order.
//! Must not know: what is in a column.

use std::rc::Rc;

use super::Records;
use crate::wire::grid::Log;

/// The columns shown at first.
const DNS_COLUMNS: [&str; 8] = [
    "ts",
    "id.orig_h",
    "id.resp_h",
    "query",
    "qtype_name",
    "rcode_name",
    "answers",
    "uid",
];
const CONN_COLUMNS: [&str; 11] = [
    "ts",
    "id.orig_h",
    "id.resp_h",
    "id.resp_p",
    "proto",
    "service",
    "duration",
    "orig_bytes",
    "resp_bytes",
    "conn_state",
    "uid",
];

/// The columns of the beginning; a log with none of the usual ones shows what it has.
pub(super) fn first_columns(log: Log, all: &[String]) -> Vec<String> {
    let first: &[&str] = match log {
        Log::Dns => &DNS_COLUMNS,
        Log::Conn => &CONN_COLUMNS,
    };
    let usual: Vec<String> = first
        .iter()
        .filter(|name| all.iter().any(|known| known == *name))
        .map(|name| (*name).to_owned())
        .collect();
    match usual.is_empty() {
        true => all.iter().take(8).cloned().collect(),
        false => usual,
    }
}

impl Records {
    pub(super) fn column(&mut self, column: String, shown: bool) {
        let all = self.all_columns().to_vec();
        let columns = &mut self.sheet_mut().columns;
        columns.retain(|known| *known != column);
        if shown {
            // In the log's order among those that are shown.
            let place = |name: &String| all.iter().position(|known| known == name);
            let at = columns
                .iter()
                .position(|known| place(known) > place(&column));
            columns.insert(at.unwrap_or(columns.len()), column);
        }
        self.pages = Rc::default();
    }

    pub(super) fn choose_columns(&mut self) {
        let first = first_columns(self.log, self.all_columns());
        let all = self.all_columns().to_vec();
        let columns = &mut self.sheet_mut().columns;
        // An address may name columns that this log does not have.
        if !all.is_empty() {
            columns.retain(|name| all.contains(name));
        }
        if columns.is_empty() {
            *columns = first;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::Change;
    use super::super::tests::ready;

    #[test]
    fn columns_keep_the_logs_order() {
        let records = ready();
        assert_eq!(records.sheet().columns, ["ts", "id.orig_h", "query", "uid"]);
        let records = records.after(Change::Column("domain".to_owned(), true));
        assert!(records.sheet().columns.contains(&"domain".to_owned()));
        let records = records.after(Change::Column("ts".to_owned(), false));
        assert_eq!(records.sheet().columns[0], "id.orig_h");
        assert_eq!(records.after(Change::ResetColumns).sheet().columns[0], "ts");
    }
}
