//! Logistic regression: a weighted sum of standardised features.
//!
//! In: the model's columns. Out: log-odds. Must not know: features' names.

use crate::features::Scale;

/// Standardised values beyond this are taken as this: what was never seen in training must not
/// decide alone.
pub const CLIP: f64 = 4.0;

/// Σ weight · clip((scale(x) − mean) / sd) + bias
#[derive(Debug, Clone, PartialEq)]
pub struct Logistic {
    /// How each column is scaled before it is standardised.
    pub scales: Vec<Scale>,
    /// Means of the scaled columns in training.
    pub means: Vec<f64>,
    /// Their standard deviations.
    pub sds: Vec<f64>,
    /// Fitted.
    pub weights: Vec<f64>,
    /// Fitted.
    pub bias: f64,
}

impl Logistic {
    /// The columns as the weights see them.
    #[must_use]
    pub fn standardised(&self, columns: &[f64]) -> Vec<f64> {
        (0..self.weights.len())
            .map(|at| self.standardise(at, columns[at]))
            .collect()
    }

    fn standardise(&self, at: usize, x: f64) -> f64 {
        ((self.scales[at].apply(x) - self.means[at]) / self.sds[at]).clamp(-CLIP, CLIP)
    }

    /// Log-odds.
    #[must_use]
    pub fn margin(&self, columns: &[f64]) -> f64 {
        let terms =
            (0..self.weights.len()).map(|at| self.weights[at] * self.standardise(at, columns[at]));
        terms.sum::<f64>() + self.bias
    }

    /// Each column's part in the difference of log-odds from `usual`.
    #[must_use]
    pub fn pushes(&self, columns: &[f64], usual: &[f64]) -> Vec<f64> {
        (0..self.weights.len())
            .map(|at| {
                self.weights[at]
                    * (self.standardise(at, columns[at]) - self.standardise(at, usual[at]))
            })
            .collect()
    }
}
