//! A chart's numbers as a table: what stands behind every drawing.
//!
//! In: a [`Spec`]. Out: a [`Table`]. Must not know: how it is drawn.

use super::{Scale, Spec};

/// The numbers of a chart as text.
#[derive(Debug, Clone, PartialEq)]
pub struct Table {
    /// Headings.
    pub columns: Vec<String>,
    /// The first rows.
    pub rows: Vec<Vec<String>>,
    /// How many rows there are in all.
    pub total: usize,
}

impl Spec {
    /// Rows of the table: the first `limit`, and how many there are.
    #[must_use]
    pub fn table(&self, limit: usize) -> Table {
        if self.is_scatter() {
            self.table_of_points(limit)
        } else {
            self.table_of_series(limit)
        }
    }

    fn table_of_series(&self, limit: usize) -> Table {
        let x = match self.x.label.as_str() {
            "" if self.x.scale == Scale::Time => "Time (UTC)".to_owned(),
            "" => "Name".to_owned(),
            label => label.to_owned(),
        };
        let mut columns = vec![x];
        for series in &self.series {
            columns.push(series.label.clone());
            if series.interval.is_some() {
                columns.push(format!("{}, interval", series.label));
            }
        }
        let filled = |at: &usize| {
            self.series
                .iter()
                .any(|series| series.ys.get(*at).is_some_and(|y| !y.is_nan()))
        };
        let rows: Vec<usize> = (0..self.xs.len()).filter(filled).collect();
        Table {
            total: rows.len(),
            rows: rows
                .into_iter()
                .take(limit)
                .map(|at| self.row(at))
                .collect(),
            columns,
        }
    }

    fn row(&self, at: usize) -> Vec<String> {
        let mut cells = vec![self.x.show(self.xs[at])];
        for series in &self.series {
            let show = |values: &[f64]| {
                self.y
                    .unit
                    .show(values.get(at).copied().unwrap_or(f64::NAN))
            };
            cells.push(show(&series.ys));
            if let Some((low, high)) = &series.interval {
                cells.push(format!("{} – {}", show(low), show(high)));
            }
        }
        cells
    }

    fn table_of_points(&self, limit: usize) -> Table {
        let named = self.series.iter().any(|series| !series.names.is_empty());
        let mut columns = vec!["Set".to_owned(), self.x.label.clone(), self.y.label.clone()];
        if named {
            columns.insert(1, "Name".to_owned());
        }
        // The topmost set first: what is chosen.
        let points = self.series.iter().rev().flat_map(|series| {
            (0..series.xs.len().min(series.ys.len())).map(move |at| (series, at))
        });
        let rows = points.take(limit).map(|(series, at)| {
            let mut cells = vec![
                series.label.clone(),
                self.x.show(series.xs[at]),
                self.y.show(series.ys[at]),
            ];
            if named {
                cells.insert(1, series.names.get(at).cloned().unwrap_or_default());
            }
            cells
        });
        Table {
            rows: rows.collect(),
            total: self.series.iter().map(|series| series.xs.len()).sum(),
            columns,
        }
    }
}
