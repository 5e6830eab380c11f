//! What of the records' view stands in the address.
//!
//! In: an address's pairs, or the view. Out: the other. Must not know: how an address is written down.

use super::Records;
use super::columns::{PINS, first_columns};
use crate::state::address::{Pairs, put, value};
use crate::state::query::Field;
use crate::state::values::Values;
use crate::wire::grid::{Log, Sort};

/// The part that stands in the address, of the log at hand.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Arrangement {
    /// Which log.
    pub log: Log,
    /// The filter that the user typed.
    pub filter: String,
    /// The order.
    pub sort: Option<Sort>,
    /// The columns, where they are not those of the beginning; only Zeek's own.
    pub columns: Vec<String>,
    /// Those that stay at the left; only Zeek's own.
    pub pinned: Vec<String>,
}

impl Arrangement {
    pub(in crate::state) fn write(&self, pairs: &mut Pairs) {
        if self.log == Log::Conn {
            put(pairs, "log", "conn");
        }
        if !self.filter.is_empty() {
            put(pairs, "where", &self.filter);
        }
        if let Some(sort) = &self.sort {
            let sign = if sort.descending { "-" } else { "" };
            put(pairs, "by", format!("{sign}{}", sort.column));
        }
        if !self.columns.is_empty() {
            put(pairs, "columns", self.columns.join(","));
        }
        if !self.pinned.is_empty() {
            put(pairs, "pin", self.pinned.join(","));
        }
    }

    pub(in crate::state) fn read(pairs: &Pairs) -> Self {
        let known = |name: &str| wakeful_query::field(name).is_some();
        let names = |key: &str| -> Vec<String> {
            let list = value(pairs, key).unwrap_or_default().split(',');
            list.filter(|name| known(name)).map(str::to_owned).collect()
        };
        let sort = value(pairs, "by").map(|by| match by.strip_prefix('-') {
            Some(column) => (column, true),
            None => (by, false),
        });
        Self {
            log: match value(pairs, "log") {
                Some("conn") => Log::Conn,
                _ => Log::Dns,
            },
            filter: value(pairs, "where").unwrap_or_default().to_owned(),
            sort: sort
                .filter(|(column, _)| known(column))
                .map(|(column, descending)| Sort {
                    column: column.to_owned(),
                    descending,
                }),
            columns: names("columns"),
            pinned: names("pin").into_iter().take(PINS).collect(),
        }
    }
}

impl Records {
    /// What of it stands in the address.
    #[must_use]
    pub fn arrangement(&self) -> Arrangement {
        let sheet = self.sheet();
        let known = |name: &String| wakeful_query::field(name).is_some();
        let mut columns = sheet.columns.clone();
        let first = first_columns(self.log, self.all_columns());
        // Without any that stay at the left, those of the beginning need not be named.
        if (sheet.pinned.is_empty() && columns == first) || !columns.iter().all(known) {
            columns.clear();
        }
        Arrangement {
            log: self.log,
            filter: match sheet.from_log.is_empty() {
                true => sheet.filter.clone(),
                false => String::new(),
            },
            sort: sheet.sort.clone().filter(|sort| known(&sort.column)),
            columns,
            pinned: sheet
                .pinned
                .iter()
                .filter(|name| known(name))
                .cloned()
                .collect(),
        }
    }

    /// Shows what an address asks for. A filter that is not in the address, because it is of the
    /// log, is not undone by it.
    pub fn arrange(&mut self, wanted: Arrangement) {
        if self.arrangement() == wanted {
            return;
        }
        self.log = wanted.log;
        let sheet = self.sheet_mut();
        if sheet.from_log.is_empty() || !wanted.filter.is_empty() {
            sheet.field = Field::of(&wanted.filter);
            sheet.filter = wanted.filter;
            sheet.from_log = Values::default();
        }
        sheet.sort = wanted.sort;
        sheet.columns = wanted.columns;
        sheet.pinned = wanted.pinned;
        self.choose_columns();
        self.sift();
    }
}

#[cfg(test)]
mod tests {
    use super::super::Change;
    use super::super::tests::{ready, sifted};
    use super::*;

    #[test]
    fn an_address_holds_what_was_typed_and_nothing_of_the_log() {
        let typed = Change::Field(Field::of("qtype == TXT"));
        let records = sifted(ready(), 5).after(typed).after(Change::Apply);
        assert_eq!(records.arrangement().filter, "qtype == TXT");
        let narrowed = records.after(Change::Narrow("client == 10.0.0.5".to_owned()));
        assert_eq!(narrowed.arrangement().filter, "");
        let longer = format!("{} and rcode == 0", narrowed.sheet().filter);
        let edited = narrowed
            .after(Change::Field(Field::of(&longer)))
            .after(Change::Apply);
        assert_eq!(edited.arrangement().filter, "", "the value is still in it");
        let anew = edited
            .after(Change::Field(Field::of("has query")))
            .after(Change::Apply);
        assert_eq!(anew.arrangement().filter, "has query");
        let typed = |records: Records, text: &str| {
            records
                .after(Change::Field(Field::of(text)))
                .after(Change::Apply)
        };
        let clicked = anew.clone().after(Change::Filter(
            Log::Dns,
            "query == \"x.evil.com\" and client == 10.0.0.5".to_owned(),
        ));
        for edited in [
            "query == \"x.evil.com\"",
            "query==\"x.evil.com\" and client==10.0.0.5",
            "client == 10.0.0.5",
        ] {
            let records = typed(clicked.clone(), edited);
            assert_eq!(records.sheet().filter, edited);
            assert_eq!(records.arrangement().filter, "", "{edited}");
            let longer = typed(records.clone(), &format!("{edited} or has answers"));
            assert_eq!(longer.arrangement().filter, "", "{edited}, and more");
            let none = typed(records, "rcode == 0");
            assert_eq!(none.arrangement().filter, "rcode == 0");
        }
        let own = anew.after(Change::Column("vlan".to_owned(), true));
        assert_eq!(own.arrangement().columns, Vec::<String>::new());
    }

    #[test]
    fn an_address_arranges_the_rows_before_and_after_they_are_known() {
        let wanted = Arrangement {
            log: Log::Dns,
            filter: "has query".to_owned(),
            sort: Some(Sort {
                column: "query".to_owned(),
                descending: true,
            }),
            columns: vec!["query".to_owned(), "rtt".to_owned()],
            pinned: vec!["query".to_owned()],
        };
        let mut early = Records::default();
        early.arrange(wanted.clone());
        assert_eq!(early.arrangement(), wanted);
        let mut late = ready();
        late.arrange(wanted.clone());
        assert_eq!(late.sheet().columns, ["query"], "this log has no rtt");
        let ask = late.ask;
        late.arrange(late.arrangement());
        assert_eq!(late.ask, ask, "the same address asks nothing again");
        assert_eq!(late.sieve().filter, "has query");
    }
}
