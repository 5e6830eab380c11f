//! Axes: what they count, and how their values are written.
//!
//! In: numbers. Out: text, and what `www/chart.js` needs of an axis. Must not know: what is drawn on it.

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

    pub(super) fn show(&self, number: f64) -> String {
        match self.labels.get(number as usize) {
            Some(name) if number >= 0.0 => name.clone(),
            _ => self.unit.show(number),
        }
    }
}
