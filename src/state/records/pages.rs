//! Which rows are here: whole pages of them, a bounded number.
//!
//! In: windows of rows that the worker sent. Out: rows, and the windows to ask for.
//! Must not know: filters, orders, the address.

use std::rc::Rc;

use super::Records;
use crate::wire::grid::{Row, Window};

/// Rows that are asked for together.
pub const PAGE: u32 = 100;
/// Pages that are kept.
const MOST_PAGES: usize = 40;

impl Records {
    /// A row that is here.
    #[must_use]
    pub fn row(&self, at: u32) -> Option<&Row> {
        self.pages.get(&(at / PAGE))?.get((at % PAGE) as usize)
    }

    /// The pages of some rows that are not here.
    #[must_use]
    pub fn missing(&self, rows: std::ops::Range<u32>) -> Vec<u32> {
        let found = self.found();
        let end = rows.end.min(found);
        if rows.start >= end {
            return Vec::new();
        }
        (rows.start / PAGE..=(end - 1) / PAGE)
            .filter(|page| !self.pages.contains_key(page))
            .collect()
    }

    /// The window of a page.
    #[must_use]
    pub fn window(&self, page: u32) -> Window {
        Window {
            from: page * PAGE,
            count: PAGE,
            columns: self.sheet().columns.clone(),
            whole: false,
        }
    }

    /// The window of the row that is shown in full, while it is not here.
    #[must_use]
    pub fn whole_window(&self) -> Option<Window> {
        let from = self.detail.filter(|_| self.whole.is_none())?;
        Some(Window {
            from,
            count: 1,
            columns: self.all_columns().to_vec(),
            whole: true,
        })
    }

    pub(super) fn take(&mut self, window: &Window, rows: Vec<Row>, problem: Option<String>) {
        self.problem = problem.or(self.problem.take());
        if window.whole {
            if self.detail == Some(window.from) {
                self.whole = rows.into_iter().next().map(Rc::new);
            }
        } else if window.columns == self.sheet().columns {
            let page = window.from / PAGE;
            let pages = Rc::make_mut(&mut self.pages);
            // Each page is shared: the page of the screen before still holds the others.
            pages.insert(page, Rc::new(rows));
            // The pages that are furthest from what was read last go first.
            while pages.len() > MOST_PAGES {
                let ends = [
                    pages.keys().next().copied(),
                    pages.keys().next_back().copied(),
                ];
                let furthest = ends
                    .into_iter()
                    .flatten()
                    .max_by_key(|known| known.abs_diff(page));
                match furthest {
                    Some(furthest) => pages.remove(&furthest),
                    None => break,
                };
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{ready, sifted, window};
    use super::*;

    #[test]
    fn rows_are_asked_for_by_page_and_once() {
        let records = sifted(ready(), 950);
        assert_eq!(records.missing(250..350), [2, 3]);
        let records = window(records, 2);
        assert_eq!(records.missing(250..350), [3]);
        assert_eq!(records.row(250).map(|row| row.id), Some(250));
        assert_eq!(records.row(350), None);
        assert_eq!(records.missing(940..1000), [9]);
        assert!(records.missing(950..1000).is_empty());
    }

    #[test]
    fn pages_far_away_are_forgotten() {
        let mut records = sifted(ready(), 100_000);
        for page in 0..200 {
            records = window(records, page);
        }
        assert_eq!(records.pages.len(), MOST_PAGES);
        assert!(records.pages.contains_key(&199) && !records.pages.contains_key(&0));
    }
}
