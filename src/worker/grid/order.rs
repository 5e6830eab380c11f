//! The order of rows by a column.
//!
//! In: the column's text of each row that passed. Out: the rows' numbers in order.
//! Must not know: where rows lie.
//!
//! Numbers and times are kept as eight bytes a row; texts as a number a row and each distinct text
//! once.

use std::cmp::Ordering;
use std::net::IpAddr;

use rustc_hash::FxHashMap;
use wakeful_logs::{float, qtype_number};
use wakeful_query::{Kind, field};

/// Bytes of distinct texts that are kept at most.
pub const MOST_TEXT: usize = 256 << 20;

/// What rows are put in order by.
pub struct Keys {
    descending: bool,
    kind: Kind,
    rows: Vec<u32>,
    values: Values,
}

enum Values {
    Numbers(Vec<f64>),
    Texts(Texts),
}

#[derive(Default)]
struct Texts {
    /// A distinct text's number, `u32::MAX` for none.
    ids: Vec<u32>,
    index: FxHashMap<Box<[u8]>, u32>,
    bytes: usize,
}

impl Keys {
    /// Nothing so far.
    pub fn new(column: &str, descending: bool) -> Self {
        let kind = field(column).map_or(Kind::Any, |field| field.kind);
        let numeric = matches!(
            kind,
            Kind::Number
                | Kind::Bytes
                | Kind::Seconds
                | Kind::Time
                | Kind::RecordType
                | Kind::ResponseCode
        );
        Self {
            descending,
            kind,
            rows: Vec::new(),
            values: if numeric {
                Values::Numbers(Vec::new())
            } else {
                Values::Texts(Texts::default())
            },
        }
    }

    /// Rows so far.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Adds a row; `false` where the texts take too much memory.
    pub fn push(&mut self, row: u32, text: Option<&[u8]>) -> bool {
        self.rows.push(row);
        match &mut self.values {
            Values::Numbers(numbers) => {
                numbers.push(
                    text.and_then(|text| number(text, self.kind))
                        .unwrap_or(f64::NAN),
                );
                true
            }
            Values::Texts(texts) => texts.push(text),
        }
    }

    /// The rows in order; those with the same value by their number, those without one last.
    pub fn sorted(self) -> Vec<u32> {
        let (rows, descending) = (self.rows, self.descending);
        match self.values {
            Values::Numbers(numbers) => arranged(
                &rows,
                &numbers,
                |number| number.is_nan(),
                f64::total_cmp,
                descending,
            ),
            Values::Texts(texts) => {
                let ranks = texts.ranks(self.kind);
                arranged(
                    &rows,
                    &ranks,
                    |rank| *rank == u32::MAX,
                    u32::cmp,
                    descending,
                )
            }
        }
    }
}

impl Texts {
    fn push(&mut self, text: Option<&[u8]>) -> bool {
        let Some(text) = text else {
            self.ids.push(u32::MAX);
            return true;
        };
        let id = match self.index.get(text) {
            Some(id) => *id,
            None => {
                // A text with its number, and a row of the table.
                self.bytes += text.len() + 32;
                let id = self.index.len() as u32;
                self.index.insert(text.into(), id);
                id
            }
        };
        self.ids.push(id);
        self.bytes <= MOST_TEXT
    }

    /// Each row's text as its place among the distinct ones.
    fn ranks(self, kind: Kind) -> Vec<u32> {
        // Sorted before anything depends on their order.
        #[allow(clippy::iter_over_hash_type)]
        let mut texts: Vec<(Box<[u8]>, u32)> = self.index.into_iter().collect();
        texts.sort_unstable_by(|(a, _), (b, _)| compare(a, b, kind));
        let mut ranks = vec![u32::MAX; texts.len()];
        for (rank, (_, id)) in texts.iter().enumerate() {
            ranks[*id as usize] = rank as u32;
        }
        self.ids
            .into_iter()
            .map(|id| ranks.get(id as usize).copied().unwrap_or(u32::MAX))
            .collect()
    }
}

fn arranged<T>(
    rows: &[u32],
    values: &[T],
    missing: impl Fn(&T) -> bool,
    compare: impl Fn(&T, &T) -> Ordering,
    descending: bool,
) -> Vec<u32> {
    let mut order: Vec<u32> = (0..rows.len() as u32).collect();
    order.sort_unstable_by(|&a, &b| {
        let (left, right) = (&values[a as usize], &values[b as usize]);
        let by_value = match (missing(left), missing(right)) {
            (false, false) if descending => compare(right, left),
            (false, false) => compare(left, right),
            (a, b) => a.cmp(&b),
        };
        by_value.then(a.cmp(&b))
    });
    order.into_iter().map(|at| rows[at as usize]).collect()
}

fn number(text: &[u8], kind: Kind) -> Option<f64> {
    let written = std::str::from_utf8(text).ok()?;
    match float(written) {
        Some(number) => Some(number),
        None if kind == Kind::RecordType => qtype_number(text).map(f64::from),
        // ISO 8601 in UTC has the order of its text; turned into digits it keeps that.
        None if kind == Kind::Time => written
            .bytes()
            .filter(u8::is_ascii_digit)
            .take(17)
            .map(|digit| f64::from(digit - b'0'))
            .reduce(|sum, digit| sum * 10.0 + digit),
        None => None,
    }
}

/// Addresses by their bits, numbers before texts, texts without case; the bytes decide at last.
fn compare(a: &[u8], b: &[u8], kind: Kind) -> Ordering {
    let address = |text: &[u8]| std::str::from_utf8(text).ok()?.parse::<IpAddr>().ok();
    let plain = |text: &[u8]| float(std::str::from_utf8(text).ok()?);
    let by_kind = match kind {
        Kind::Address => match (address(a), address(b)) {
            (Some(a), Some(b)) => a.cmp(&b),
            (a, b) => b.is_some().cmp(&a.is_some()),
        },
        Kind::Any => match (plain(a), plain(b)) {
            (Some(a), Some(b)) => a.total_cmp(&b),
            (a, b) => b.is_some().cmp(&a.is_some()),
        },
        _ => Ordering::Equal,
    };
    let lower = |text: &[u8]| text.iter().map(u8::to_ascii_lowercase).collect::<Vec<_>>();
    by_kind
        .then_with(|| lower(a).cmp(&lower(b)))
        .then_with(|| a.cmp(b))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sorted(column: &str, descending: bool, values: &[Option<&str>]) -> Vec<u32> {
        let mut keys = Keys::new(column, descending);
        for (row, value) in values.iter().enumerate() {
            assert!(keys.push(row as u32, value.map(str::as_bytes)));
        }
        keys.sorted()
    }

    #[test]
    fn numbers_are_in_the_order_of_numbers_and_the_unset_last() {
        let values = [Some("10"), None, Some("9"), Some("1e3"), Some("9")];
        assert_eq!(sorted("orig_bytes", false, &values), [2, 4, 0, 3, 1]);
        assert_eq!(sorted("orig_bytes", true, &values), [3, 0, 2, 4, 1]);
    }

    #[test]
    fn addresses_texts_and_types_have_orders_of_their_own() {
        let addresses = [
            Some("10.0.0.10"),
            Some("10.0.0.9"),
            Some("2001:db8::1"),
            Some("9.0.0.1"),
        ];
        assert_eq!(sorted("id.orig_h", false, &addresses), [3, 1, 0, 2]);
        assert_eq!(
            sorted("query", false, &[Some("b"), Some("A"), Some("a"), None]),
            [1, 2, 0, 3]
        );
        assert_eq!(
            sorted("qtype", false, &[Some("TXT"), Some("1"), Some("AAAA")]),
            [1, 0, 2]
        );
        assert_eq!(
            sorted("own", false, &[Some("x"), Some("10"), Some("9")]),
            [2, 1, 0]
        );
        let times = [Some("2024-03-12T10:00:00Z"), Some("2024-03-11T23:00:00Z")];
        assert_eq!(sorted("ts", false, &times), [1, 0]);
    }

    #[test]
    fn many_rows_are_sorted_as_a_stable_sort_would() {
        let values: Vec<String> = (0..5000_u64)
            .map(|at| (at * 2_654_435_761 % 97).to_string())
            .collect();
        let texts: Vec<Option<&str>> = values.iter().map(|value| Some(value.as_str())).collect();
        let mut twin: Vec<u32> = (0..5000).collect();
        twin.sort_by_key(|&row| values[row as usize].parse::<u64>().unwrap());
        assert_eq!(sorted("orig_pkts", false, &texts), twin);
        assert_eq!(sorted("own", false, &texts), twin);
    }
}
