//! A chart's numbers as a table: what stands behind every drawing.
//!
//! In: a [`Spec`]. Out: a [`Table`]. Must not know: how it is drawn.

use super::{Axis, On, Scale, Spec};
use crate::state::export::table::Table;

/// What the numbers of [`super::Series::boxes`] are, in order.
pub const BOX: [&str; 5] = [
    "least",
    "lower quartile",
    "median",
    "upper quartile",
    "greatest",
];

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
            if series.quartiles.is_some() {
                columns.extend(BOX.map(|what| format!("{}, {what}", series.label)));
                continue;
            }
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
            if let Some((lower, upper)) = &series.quartiles {
                let nothing = Vec::new();
                let ends = series.interval.as_ref();
                let (least, greatest) =
                    ends.map_or((&nothing, &nothing), |(low, high)| (low, high));
                cells
                    .extend([least, lower, &series.ys, upper, greatest].map(|values| show(values)));
                continue;
            }
            cells.push(show(&series.ys));
            if let Some((low, high)) = &series.interval {
                cells.push(format!("{} – {}", show(low), show(high)));
            }
        }
        cells
    }

    /// What its lines and bands stand for, in the order of the key; no rows without any.
    #[must_use]
    pub fn references(&self) -> Table {
        let axis = |on: On| match on {
            On::X => &self.x,
            On::Y => &self.y,
        };
        let row = |label: &str, axis: &Axis, from: f64, to: Option<f64>| {
            let to = to.map_or_else(String::new, |to| axis.unit.show(to));
            vec![
                label.to_owned(),
                axis.label.clone(),
                axis.unit.show(from),
                to,
            ]
        };
        let marks = self.marks.iter();
        let marks = marks.map(|mark| row(&mark.label, axis(mark.on), mark.at, None));
        let bands = self.bands.iter().map(|band| {
            let to = Some(band.to);
            row(&band.label, axis(band.on), band.from, to)
        });
        Table::whole(
            ["Line or band", "Of", "At, or from", "To"]
                .map(str::to_owned)
                .to_vec(),
            marks.chain(bands).collect(),
        )
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
