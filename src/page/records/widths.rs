//! How wide the columns are.
//!
//! In: which are shown, which stay at the left, which were set by hand. Out: lengths as CSS writes them.
//! Must not know: elements, rows.

use crate::state::records::Sheet;

/// Lengths of a table.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Widths {
    /// Of each column, as `grid-template-columns` has them.
    pub(super) columns: String,
    /// All together at the least.
    pub(super) all: String,
    /// The first column that stays at the left.
    pub(super) first: String,
    /// The first two.
    pub(super) two: String,
}

impl Widths {
    pub(super) fn of(sheet: &Sheet) -> Self {
        let (columns, pinned, set) = (&sheet.columns, &sheet.pinned, &sheet.widths);
        // One that stays has a width that is known: the next one stays beside it.
        let grows = |name: &String| grows(name) && !pinned.contains(name);
        let own = |name: &&String| !set.contains_key(*name);
        let some_grow = columns.iter().filter(own).any(grows);
        let beside = |count: usize| {
            let widths = pinned.iter().take(count).map(|name| match set.get(name) {
                Some(pixels) => format!("{pixels}px"),
                None => format!("{}rem", width(name)),
            });
            let widths = std::iter::once("0px".to_owned()).chain(widths);
            format!("calc({})", widths.collect::<Vec<_>>().join(" + "))
        };
        let each: Vec<String> = columns
            .iter()
            .map(|name| match (set.get(name), width(name)) {
                (Some(pixels), _) => format!("{pixels}px"),
                (None, rem) if !pinned.contains(name) && (grows(name) || !some_grow) => {
                    format!("minmax({rem}rem, {rem}fr)")
                }
                (None, rem) => format!("{rem}rem"),
            })
            .collect();
        let usual: f64 = columns.iter().filter(own).map(|name| width(name)).sum();
        let by_hand: u32 = columns.iter().filter_map(|name| set.get(name)).sum();
        Self {
            columns: each.join(" "),
            all: format!("calc({usual}rem + {by_hand}px)"),
            first: beside(1),
            two: beside(2),
        }
    }
}

/// Room for what usually stands in a column, rem.
fn width(column: &str) -> f64 {
    match column {
        "ts" => 13.5,
        "uid" => 11.5,
        "query" => 24.0,
        "answers" => 18.0,
        "domain" => 12.0,
        "id.orig_h" | "id.resp_h" => 9.5,
        "id.orig_p" | "id.resp_p" | "proto" | "AA" | "TC" | "RD" | "RA" | "Z" | "qclass" => 5.2,
        "qtype_name" | "rcode_name" => 8.6,
        "qtype" | "rcode" => 6.2,
        "rejected" | "local_orig" | "local_resp" => 6.4,
        _ => 8.0,
    }
}

/// Whether a column takes what room is left.
fn grows(column: &str) -> bool {
    matches!(column, "query" | "answers")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sheet(columns: &[&str], pinned: &[&str], set: &[(&str, u32)]) -> Sheet {
        let names = |names: &[&str]| names.iter().map(|&name| name.to_owned()).collect();
        Sheet {
            columns: names(columns),
            pinned: names(pinned),
            widths: set
                .iter()
                .map(|&(name, px)| (name.to_owned(), px))
                .collect(),
            ..Sheet::default()
        }
    }

    #[test]
    fn what_was_set_holds_what_is_pinned_is_fixed_and_the_rest_grows() {
        let widths = Widths::of(&sheet(&["ts", "proto", "query"], &["ts"], &[("proto", 70)]));
        assert_eq!(widths.columns, "13.5rem 70px minmax(24rem, 24fr)");
        assert_eq!(widths.all, "calc(37.5rem + 70px)");
        assert_eq!(
            (widths.first.as_str(), widths.two.as_str()),
            ("calc(0px + 13.5rem)", "calc(0px + 13.5rem)")
        );
        // A pinned query does not grow: then the others do.
        let widths = Widths::of(&sheet(&["query", "proto"], &["query"], &[]));
        assert_eq!(widths.columns, "24rem minmax(5.2rem, 5.2fr)");
    }
}
