//! A chart as `www/chart.js` reads it.
//!
//! In: a [`Spec`]. Out: JSON, and the columns of numbers that it names by position. Must not know: canvas.

use serde::Serialize;

use super::{Axis, Band, Colour, Draw, Mark, On, Select, Spec};

impl Spec {
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
                let quartiles = series
                    .quartiles
                    .as_ref()
                    .map(|(lower, upper)| (place(lower.as_slice()), place(upper.as_slice())));
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
                    lower: quartiles.map(|(lower, _)| lower),
                    upper: quartiles.map(|(_, upper)| upper),
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
    lower: Option<usize>,
    upper: Option<usize>,
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
    colour: Colour,
}

impl BandDrawing {
    fn of(band: &Band) -> Self {
        Self {
            axis: band.on,
            from: band.from,
            to: band.to,
            colour: band.colour,
        }
    }
}
