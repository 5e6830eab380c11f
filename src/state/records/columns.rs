//! Which columns of a log are shown.
//!
//! In: a log's columns, the user's choice. Out: the columns shown, in the log's order.
//! Must not know: what is in a column.

use std::rc::Rc;

use wakeful_engine::order;

use super::{Records, Sheet};
use crate::wire::grid::Log;

/// So many columns stay at the left at most: more leave no room for the others.
pub const PINS: usize = 3;

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
        let sheet = self.sheet_mut();
        sheet.columns.retain(|known| *known != column);
        if shown {
            self.put_back(column);
        } else {
            sheet.pinned.retain(|known| *known != column);
        }
        self.order_columns();
    }

    /// A column stays at the left, shown if it was not; one of the others goes where there would be too many.
    pub(super) fn pin(&mut self, column: String, pinned: bool) {
        let sheet = self.sheet_mut();
        sheet.pinned.retain(|known| *known != column);
        sheet.columns.retain(|known| *known != column);
        self.put_back(column.clone());
        if pinned {
            let sheet = self.sheet_mut();
            if sheet.pinned.len() == PINS {
                let oldest = sheet.pinned.remove(0);
                sheet.columns.retain(|known| *known != oldest);
                self.put_back(oldest);
            }
            self.sheet_mut().pinned.push(column);
        }
        self.order_columns();
    }

    /// In the log's order among those that do not stay at the left.
    fn put_back(&mut self, column: String) {
        let all = self.all_columns().to_vec();
        let place = |name: &String| all.iter().position(|known| known == name);
        let Sheet {
            columns, pinned, ..
        } = self.sheet_mut();
        let at = columns
            .iter()
            .position(|known| !pinned.contains(known) && place(known) > place(&column));
        columns.insert(at.unwrap_or(columns.len()), column);
    }

    /// Those that stay at the left first, as they were chosen.
    fn order_columns(&mut self) {
        let Sheet {
            columns, pinned, ..
        } = self.sheet_mut();
        order::by_key(columns, |name| {
            let at = pinned.iter().position(|known| known == name);
            at.unwrap_or(usize::MAX)
        });
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
        let Sheet {
            columns, pinned, ..
        } = self.sheet_mut();
        pinned.retain(|name| columns.contains(name));
        if !pinned.is_empty() {
            self.order_columns();
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

    #[test]
    fn a_pinned_column_stands_first_and_goes_back_to_its_place() {
        let pin = |name: &str, pinned| Change::Pin(name.to_owned(), pinned);
        let records = ready().after(pin("query", true)).after(pin("uid", true));
        assert_eq!(records.sheet().columns, ["query", "uid", "ts", "id.orig_h"]);
        let records = records.after(pin("query", false));
        assert_eq!(records.sheet().columns, ["uid", "ts", "id.orig_h", "query"]);
        let records = records.after(Change::Column("uid".to_owned(), false));
        assert!(records.sheet().pinned.is_empty());
        let records = records.after(pin("domain", true));
        assert_eq!(
            records.sheet().columns[0],
            "domain",
            "it is shown with that"
        );
        let many = ["ts", "query", "uid"];
        let records = many
            .iter()
            .fold(records, |records, name| records.after(pin(name, true)));
        assert_eq!(records.sheet().pinned, many, "the oldest made room");
    }
}
