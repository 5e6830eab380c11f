//! What a chart shows, in plain values.
//!
//! In: numbers with names. Out: a [`Spec`] that `www/chart.js` draws, and the same numbers as a
//! table. Must not know: canvas, colours as such (only their names in the style sheet).

use serde::Serialize;

use crate::state::format::{bytes, count, duration, moment, percent, value};

/// What an axis counts: how its values are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Unit {
    /// A number without a unit.
    #[default]
    Plain,
    /// Things.
    Count,
    /// A part of a whole, 0 to 1; shown in percent.
    Share,
    /// Bytes.
    Bytes,
    /// Seconds.
    Seconds,
    /// Seconds since 1970, shown in UTC.
    Time,
}

impl Unit {
    /// A value as the table has it.
    #[must_use]
    pub fn show(self, number: f64) -> String {
        match self {
            _ if !number.is_finite() => "–".to_owned(),
            Self::Plain => value(number),
            Self::Count => count(number.round().max(0.0) as u64),
            Self::Share => percent(number),
            Self::Bytes => bytes(number.round().max(0.0) as u64),
            Self::Seconds => duration(number),
            Self::Time => moment(number),
        }
    }
}

/// How values lie along an axis.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Scale {
    /// Equal steps.
    #[default]
    Linear,
    /// Powers of ten; values must be above 0.
    Log,
    /// Seconds since 1970.
    Time,
}

/// One axis.
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
pub struct Axis {
    /// What is written at it, in sentence case.
    pub label: String,
    /// How values lie along it.
    pub scale: Scale,
    /// How they are written.
    pub unit: Unit,
    /// Where it begins; `None`: at the least value, or 0 where that is near.
    pub min: Option<f64>,
    /// Where it ends; `None`: at the greatest value.
    pub max: Option<f64>,
    /// Names instead of numbers, for the values 0, 1, 2, …
    pub labels: Vec<String>,
}

impl Axis {
    /// A linear axis that fits its values.
    #[must_use]
    pub fn new(label: impl Into<String>, unit: Unit) -> Self {
        Self {
            label: label.into(),
            unit,
            ..Self::default()
        }
    }

    /// An axis of times.
    #[must_use]
    pub fn time() -> Self {
        Self {
            scale: Scale::Time,
            unit: Unit::Time,
            ..Self::default()
        }
    }

    /// An axis with a name in the place of each value.
    #[must_use]
    pub fn names(labels: Vec<String>) -> Self {
        Self {
            labels,
            ..Self::default()
        }
    }

    /// The same in powers of ten.
    #[must_use]
    pub fn log(mut self) -> Self {
        self.scale = Scale::Log;
        self
    }

    /// The same from one value to another.
    #[must_use]
    pub fn from_to(mut self, min: f64, max: f64) -> Self {
        (self.min, self.max) = (Some(min), Some(max));
        self
    }

    fn show(&self, number: f64) -> String {
        match self.labels.get(number as usize) {
            Some(name) if number >= 0.0 => name.clone(),
            _ => self.unit.show(number),
        }
    }
}

/// How a series is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Draw {
    /// A line through its values.
    Line,
    /// A value holds until the next x.
    Step,
    /// A bar from each x to the next (at each name, where the axis has names).
    Bars,
    /// Dots.
    Points,
    /// Larger, denser dots, over all others: what is chosen.
    Marked,
}

/// A colour of the style sheet, by its meaning.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub enum Colour {
    /// The page's own.
    #[serde(rename = "accent")]
    Accent,
    /// Background data.
    #[serde(rename = "soft")]
    Soft,
    /// Towards covert; what is chosen.
    #[serde(rename = "for")]
    For,
    /// Towards benign; the usual.
    #[serde(rename = "good")]
    Good,
    /// Severity critical.
    #[serde(rename = "sev-critical")]
    Critical,
    /// Severity high.
    #[serde(rename = "sev-high")]
    High,
    /// Severity medium.
    #[serde(rename = "sev-medium")]
    Medium,
    /// Severity low.
    #[serde(rename = "sev-low")]
    Low,
}

impl Colour {
    /// The custom property's name, without its dashes.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Accent => "accent",
            Self::Soft => "soft",
            Self::For => "for",
            Self::Good => "good",
            Self::Critical => "sev-critical",
            Self::High => "sev-high",
            Self::Medium => "sev-medium",
            Self::Low => "sev-low",
        }
    }
}

/// One set of values.
#[derive(Debug, Clone, PartialEq)]
pub struct Series {
    /// Its name.
    pub label: String,
    /// How it is drawn.
    pub draw: Draw,
    /// In which colour.
    pub colour: Colour,
    /// Its own x values (scatter); empty where the chart's are meant.
    pub xs: Vec<f64>,
    /// Its values; not a number where there is none.
    pub ys: Vec<f64>,
    /// Lower and upper ends of an interval at each value, or none at all.
    pub interval: Option<(Vec<f64>, Vec<f64>)>,
    /// What each point is, for who hovers over it; may be empty.
    pub names: Vec<String>,
}

impl Series {
    /// A series over the chart's x values.
    #[must_use]
    pub fn new(label: impl Into<String>, draw: Draw, colour: Colour, ys: Vec<f64>) -> Self {
        Self {
            label: label.into(),
            draw,
            colour,
            xs: Vec::new(),
            ys,
            interval: None,
            names: Vec::new(),
        }
    }

    /// A cloud of points with x values of its own, for [`Spec::scatter`].
    #[must_use]
    pub fn cloud(
        label: impl Into<String>,
        draw: Draw,
        colour: Colour,
        xs: Vec<f64>,
        ys: Vec<f64>,
    ) -> Self {
        Self {
            xs,
            ..Self::new(label, draw, colour, ys)
        }
    }

    /// The same with an interval at each value.
    #[must_use]
    pub fn between(mut self, low: Vec<f64>, high: Vec<f64>) -> Self {
        self.interval = Some((low, high));
        self
    }

    /// The same with a name for each point.
    #[must_use]
    pub fn named(mut self, names: Vec<String>) -> Self {
        self.names = names;
        self
    }
}

/// Which axis a mark or band stands on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum On {
    /// The horizontal one.
    X,
    /// The vertical one.
    Y,
}

/// A dashed line at a value: a threshold, what is usual.
#[derive(Debug, Clone, PartialEq)]
pub struct Mark {
    /// On which axis.
    pub on: On,
    /// The value.
    pub at: f64,
    /// What it is; stands in the key.
    pub label: String,
    /// Its colour.
    pub colour: Colour,
}

/// A band between two values.
#[derive(Debug, Clone, PartialEq)]
pub struct Band {
    /// On which axis.
    pub on: On,
    /// From.
    pub from: f64,
    /// To.
    pub to: f64,
    /// What it is; stands in the key.
    pub label: String,
}

/// What can be selected by dragging.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Select {
    /// Nothing.
    #[default]
    None,
    /// A stretch of the horizontal axis.
    X,
    /// A rectangle.
    Xy,
}

/// A selection, in the axes' values.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Area {
    /// From and to on the horizontal axis.
    pub x: (f64, f64),
    /// From and to on the vertical axis; `None` for a stretch.
    pub y: Option<(f64, f64)>,
}

impl Area {
    /// Whether a point lies in it.
    #[must_use]
    pub fn holds(&self, x: f64, y: f64) -> bool {
        let within = |(low, high): (f64, f64), value: f64| low <= value && value <= high;
        within(self.x, x) && self.y.is_none_or(|range| within(range, y))
    }
}

/// A chart.
#[derive(Debug, Clone, PartialEq)]
pub struct Spec {
    /// The horizontal axis.
    pub x: Axis,
    /// The vertical axis.
    pub y: Axis,
    /// The x values of all series; empty for scatter.
    pub xs: Vec<f64>,
    /// The series, the topmost last.
    pub series: Vec<Series>,
    /// Dashed lines.
    pub marks: Vec<Mark>,
    /// Bands.
    pub bands: Vec<Band>,
    /// What can be selected.
    pub select: Select,
    /// Height in CSS pixels; the width is that of the place.
    pub height: u32,
    /// Whether bars lie, with the names at the left.
    pub sideways: bool,
}

impl Spec {
    /// Series over common x values: lines, steps, bars.
    #[must_use]
    pub fn over(x: Axis, y: Axis, xs: Vec<f64>, series: Vec<Series>) -> Self {
        Self {
            x,
            y,
            xs,
            series,
            marks: Vec::new(),
            bands: Vec::new(),
            select: Select::None,
            height: 220,
            sideways: false,
        }
    }

    /// Clouds of points ([`Series::cloud`]).
    #[must_use]
    pub fn scatter(x: Axis, y: Axis, clouds: Vec<Series>) -> Self {
        Self::over(x, y, Vec::new(), clouds)
    }

    /// Bars of equal bins: bin `i` reaches from `start + i · step` to the next.
    #[must_use]
    pub fn histogram(
        x: Axis,
        y: Axis,
        start: f64,
        step: f64,
        bins: Vec<(String, Colour, Vec<f64>)>,
    ) -> Self {
        let longest = bins.iter().map(|(_, _, ys)| ys.len()).max().unwrap_or(0);
        // A last, empty bin gives the bar before it its right end.
        let xs = (0..=longest).map(|at| start + at as f64 * step).collect();
        let series = bins
            .into_iter()
            .map(|(label, colour, mut ys)| {
                ys.resize(longest + 1, f64::NAN);
                Series::new(label, Draw::Bars, colour, ys)
            })
            .collect();
        Self::over(x, from_zero(y), xs, series)
    }

    /// Lying bars, one a name.
    #[must_use]
    pub fn ranking(names: Vec<String>, y: Axis, series: Vec<Series>) -> Self {
        let height = 44 + 26 * names.len().max(1) as u32;
        let xs = (0..names.len()).map(|at| at as f64).collect();
        Self {
            height,
            sideways: true,
            ..Self::over(Axis::names(names), from_zero(y), xs, series)
        }
    }

    /// The same with something to select.
    #[must_use]
    pub fn selectable(mut self, select: Select) -> Self {
        self.select = select;
        self
    }

    /// The same with another height, CSS pixels.
    #[must_use]
    pub fn tall(mut self, height: u32) -> Self {
        self.height = height;
        self
    }

    /// The same with a dashed line.
    #[must_use]
    pub fn mark(mut self, on: On, at: f64, label: impl Into<String>, colour: Colour) -> Self {
        let label = label.into();
        self.marks.push(Mark {
            on,
            at,
            label,
            colour,
        });
        self
    }

    /// The same with a band.
    #[must_use]
    pub fn band(mut self, on: On, from: f64, to: f64, label: impl Into<String>) -> Self {
        let label = label.into();
        self.bands.push(Band {
            on,
            from,
            to,
            label,
        });
        self
    }

    /// Whether every series has x values of its own.
    #[must_use]
    pub fn is_scatter(&self) -> bool {
        self.xs.is_empty() && self.series.iter().any(|series| !series.xs.is_empty())
    }

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

    /// What `www/chart.js` reads, as JSON, and the columns that it names by position.
    #[must_use]
    pub fn drawing(&self) -> (String, Vec<&[f64]>) {
        let mut columns: Vec<&[f64]> = Vec::new();
        let mut place = |values| {
            columns.push(values);
            columns.len() - 1
        };
        let shared = place(self.xs.as_slice());
        let series = self
            .series
            .iter()
            .map(|series| {
                let interval = series
                    .interval
                    .as_ref()
                    .map(|(low, high)| (place(low.as_slice()), place(high.as_slice())));
                SeriesDrawing {
                    label: &series.label,
                    draw: series.draw,
                    colour: series.colour,
                    xs: if series.xs.is_empty() {
                        shared
                    } else {
                        place(&series.xs)
                    },
                    ys: place(&series.ys),
                    low: interval.map(|(low, _)| low),
                    high: interval.map(|(_, high)| high),
                    names: &series.names,
                }
            })
            .collect();
        let drawing = Drawing {
            kind: if self.is_scatter() { "scatter" } else { "over" },
            x: &self.x,
            y: &self.y,
            series,
            marks: self.marks.iter().map(MarkDrawing::of).collect(),
            bands: self.bands.iter().map(BandDrawing::of).collect(),
            select: self.select,
            height: self.height,
            sideways: self.sideways,
        };
        // Plain structs of numbers and texts: there is nothing in them that JSON cannot hold but a
        // number that is none, which serde writes as null.
        (serde_json::to_string(&drawing).unwrap_or_default(), columns)
    }
}

/// Bars that do not begin at nothing would deceive.
fn from_zero(mut axis: Axis) -> Axis {
    axis.min = axis.min.or(Some(0.0));
    axis
}

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

#[derive(Serialize)]
struct Drawing<'a> {
    kind: &'static str,
    x: &'a Axis,
    y: &'a Axis,
    series: Vec<SeriesDrawing<'a>>,
    marks: Vec<MarkDrawing>,
    bands: Vec<BandDrawing>,
    select: Select,
    height: u32,
    sideways: bool,
}

#[derive(Serialize)]
struct SeriesDrawing<'a> {
    label: &'a str,
    draw: Draw,
    colour: Colour,
    xs: usize,
    ys: usize,
    low: Option<usize>,
    high: Option<usize>,
    names: &'a [String],
}

#[derive(Serialize)]
struct MarkDrawing {
    axis: On,
    at: f64,
    colour: Colour,
}

impl MarkDrawing {
    fn of(mark: &Mark) -> Self {
        Self {
            axis: mark.on,
            at: mark.at,
            colour: mark.colour,
        }
    }
}

#[derive(Serialize)]
struct BandDrawing {
    axis: On,
    from: f64,
    to: f64,
}

impl BandDrawing {
    fn of(band: &Band) -> Self {
        Self {
            axis: band.on,
            from: band.from,
            to: band.to,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bars() -> Spec {
        Spec::histogram(
            Axis::new("Length", Unit::Plain),
            Axis::new("Channels", Unit::Count),
            10.0,
            5.0,
            vec![
                ("All".into(), Colour::Soft, vec![3.0, 0.0, 1200.0]),
                ("Chosen".into(), Colour::For, vec![1.0]),
            ],
        )
    }

    #[test]
    fn a_histogram_has_a_right_end_that_is_no_row() {
        let spec = bars();
        assert_eq!(spec.xs, [10.0, 15.0, 20.0, 25.0]);
        let table = spec.table(2);
        assert_eq!(table.total, 3);
        assert_eq!(table.rows.len(), 2);
        assert_eq!(table.columns, ["Length", "All", "Chosen"]);
        assert_eq!(spec.table(9).rows[2], ["20", "1,200", "–"]);
    }

    #[test]
    fn a_scatter_lists_the_topmost_set_first_with_its_names() {
        let axis = |label: &str| Axis::new(label, Unit::Plain);
        let cloud = |label: &str, x| {
            Series::cloud(label, Draw::Points, Colour::Soft, vec![x], vec![2.0])
                .named(vec![format!("of {label}")])
        };
        let spec = Spec::scatter(
            axis("a"),
            axis("b"),
            vec![cloud("all", 1.0), cloud("top", 7.0)],
        );
        let table = spec.table(1);
        assert_eq!(table.columns, ["Set", "Name", "a", "b"]);
        assert_eq!(table.rows, [["top", "of top", "7", "2"]]);
        assert_eq!(table.total, 2);
    }

    #[test]
    fn the_drawing_names_columns_by_position() {
        let mut spec = bars();
        spec.series[1].interval = Some((vec![0.0], vec![f64::NAN]));
        let (json, columns) = spec.drawing();
        let drawing: serde_json::Value = serde_json::from_str(&json).unwrap();
        assert_eq!(drawing["kind"], "over");
        assert_eq!(drawing["series"][0]["xs"], 0);
        let low = drawing["series"][1]["low"].as_u64().unwrap() as usize;
        assert_eq!(columns[low], [0.0]);
        assert_eq!(drawing["series"][1]["colour"], "for");
        assert!(drawing["x"]["min"].is_null());
    }

    #[test]
    fn an_area_holds_its_borders() {
        let stretch = Area {
            x: (1.0, 2.0),
            y: None,
        };
        assert!(stretch.holds(2.0, 1e9) && !stretch.holds(2.1, 0.0));
        let rectangle = Area {
            x: (1.0, 2.0),
            y: Some((0.0, 1.0)),
        };
        assert!(!rectangle.holds(1.5, 1.5));
    }
}
