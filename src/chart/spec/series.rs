//! What is drawn along the axes: lines, steps, bars, points.
//!
//! In: numbers with a name. Out: a [`Series`]. Must not know: the axes.

use serde::Serialize;

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
    /// A box from quartile to quartile with the median, and a line from the least to the greatest value.
    Box,
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
    /// Lower and upper quartiles at each value, of boxes.
    pub quartiles: Option<(Vec<f64>, Vec<f64>)>,
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
            quartiles: None,
            names: Vec::new(),
        }
    }

    /// A box a name, for [`super::Spec::boxes`]: of each the least value, the quartiles with the median
    /// between them, and the greatest; not numbers where there is no box.
    #[must_use]
    pub fn boxes(label: impl Into<String>, colour: Colour, numbers: &[[f64; 5]]) -> Self {
        let column = |at: usize| numbers.iter().map(|numbers| numbers[at]).collect();
        Self {
            quartiles: Some((column(1), column(3))),
            ..Self::new(label, Draw::Box, colour, column(2)).between(column(0), column(4))
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
