//! What a chart shows, in plain values.
//!
//! In: numbers with names. Out: a [`Spec`] that `www/chart.js` draws, and the same numbers as a
//! table. Must not know: canvas, colours as such (only their names in the style sheet).

mod area;
mod axis;
mod drawing;
mod series;
mod table;

pub use area::{Area, Band, Mark, On, Select};
pub use axis::{Axis, Scale, Unit};
pub use series::{Colour, Draw, Series};
pub use table::BOX;

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

    /// Lying boxes, one a name ([`Series::boxes`]).
    #[must_use]
    pub fn boxes(names: Vec<String>, y: Axis, series: Vec<Series>) -> Self {
        let (min, rows) = (y.min, names.len().max(1) as u32);
        let mut spec = Self::ranking(names, y, series).tall(90 + 26 * rows);
        // Their values need not begin at nothing.
        spec.y.min = min;
        spec
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
    pub fn band(
        mut self,
        on: On,
        (from, to): (f64, f64),
        label: impl Into<String>,
        colour: Colour,
    ) -> Self {
        let label = label.into();
        self.bands.push(Band {
            on,
            from,
            to,
            label,
            colour,
        });
        self
    }

    /// What its colours, lines and bands stand for; nothing for a single series without either.
    #[must_use]
    pub fn key(&self) -> Vec<Entry> {
        if self.series.len() < 2 && self.marks.is_empty() && self.bands.is_empty() {
            return Vec::new();
        }
        let series = self.series.iter().filter(|_| self.series.len() > 1);
        let series = series.map(|series| Entry::new(Swatch::Fill, series.colour, &series.label));
        let marks = self.marks.iter();
        let marks = marks.map(|mark| Entry::new(Swatch::Line, mark.colour, &mark.label));
        let bands = self.bands.iter().enumerate().map(|(at, band)| {
            let is_around = |other: &Band| {
                other.on == band.on && other.colour == band.colour && other.label != band.label
            };
            let swatch = match self.bands[..at].iter().any(is_around) {
                true => Swatch::Inner,
                false => Swatch::Band,
            };
            Entry::new(swatch, band.colour, &band.label)
        });
        let mut key: Vec<Entry> = Vec::new();
        for entry in series.chain(marks).chain(bands) {
            // Lines of one meaning on both axes are one entry.
            if !key.contains(&entry) {
                key.push(entry);
            }
        }
        key
    }

    /// Whether every series has x values of its own.
    #[must_use]
    pub fn is_scatter(&self) -> bool {
        self.xs.is_empty() && self.series.iter().any(|series| !series.xs.is_empty())
    }
}

/// How an entry of a key is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Swatch {
    /// A series.
    Fill,
    /// A dashed line.
    Line,
    /// A band.
    Band,
    /// A band over another of its colour.
    Inner,
}

/// An entry of a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// How it is drawn.
    pub swatch: Swatch,
    /// Its colour.
    pub colour: Colour,
    /// What it stands for.
    pub label: String,
}

impl Entry {
    /// An entry.
    #[must_use]
    pub fn new(swatch: Swatch, colour: Colour, label: &str) -> Self {
        Self {
            swatch,
            colour,
            label: label.to_owned(),
        }
    }
}

/// Bars that do not begin at nothing would deceive.
fn from_zero(mut axis: Axis) -> Axis {
    axis.min = axis.min.or(Some(0.0));
    axis
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
    fn boxes_are_five_numbers_a_name_in_drawing_and_table() {
        let numbers = [[-1.0, 2.0, 3.0, 4.0, 9.0], [f64::NAN; 5]];
        let names = vec!["a".to_owned(), "b".to_owned()];
        let spec = Spec::boxes(
            names,
            Axis::new("Length", Unit::Plain),
            vec![Series::boxes("All", Colour::Soft, &numbers)],
        )
        .mark(On::Y, 3.0, "Median", Colour::Good)
        .band(On::Y, (2.0, 5.0), "Half", Colour::Good);
        let table = spec.table(9);
        assert_eq!(table.columns.len(), 1 + BOX.len());
        assert_eq!(table.columns[2], "All, lower quartile");
        assert_eq!(table.rows, [["a", "−1", "2", "3", "4", "9"]]);
        assert_eq!(
            spec.references().rows,
            [["Median", "Length", "3", ""], ["Half", "Length", "2", "5"]]
        );
        let (json, columns) = spec.drawing();
        let drawing: serde_json::Value = serde_json::from_str(&json).unwrap();
        let column = |name: &str| {
            let at = drawing["series"][0][name].as_u64().unwrap();
            columns[at as usize][0]
        };
        let drawn = ["low", "lower", "ys", "upper", "high"].map(column);
        assert_eq!(drawn, numbers[0]);
        assert_eq!(drawing["bands"][0]["colour"], "good");
        assert!(drawing["y"]["min"].is_null(), "boxes may begin below 0");
    }

    #[test]
    fn a_key_says_each_meaning_once() {
        let spec = bars()
            .mark(On::X, 1.0, "Usual", Colour::Good)
            .mark(On::Y, 2.0, "Usual", Colour::Good)
            .band(On::X, (0.0, 1.0), "Usual", Colour::Good);
        let key = spec.key();
        let labels: Vec<&str> = key.iter().map(|entry| entry.label.as_str()).collect();
        assert_eq!(labels, ["All", "Chosen", "Usual", "Usual"]);
        assert_eq!((key[2].swatch, key[3].swatch), (Swatch::Line, Swatch::Band));
        let one = Spec::ranking(vec!["a".into()], Axis::default(), Vec::new());
        assert!(one.key().is_empty());
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
