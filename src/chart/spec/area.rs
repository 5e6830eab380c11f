//! What stands on the axes beside the series: marks, bands, and what can be selected.
//!
//! In: values of the axes. Out: the same, named. Must not know: the series.

use serde::Serialize;

use super::Colour;

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
    /// Its colour.
    pub colour: Colour,
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
