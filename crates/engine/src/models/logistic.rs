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
    /// Where the usual values of a host lie from everybody's ([`super::Model::moved`]): both of each column, scaled.
    /// Empty: nowhere else.
    pub moved: Vec<(f64, f64)>,
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
        let mut x = self.scales[at].apply(x);
        if let Some(&(everybodys, own)) = self.moved.get(at) {
            x = moved(x, everybodys, own, self.weights[at] >= 0.0);
        }
        ((x - self.means[at]) / self.sds[at]).clamp(-CLIP, CLIP)
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

/// A value as far from everybody's usual value as it is from a host's own. What lies between the two is usual, and
/// what is more harmless than both (`up`: more is worse) is no more so than everybody's would be: a host that is
/// unlike itself by being like everybody has not earned anything.
fn moved(x: f64, everybodys: f64, own: f64, up: bool) -> f64 {
    let sign = if up { 1.0 } else { -1.0 };
    let beyond = sign * (x - own);
    let behind = sign * (x - everybodys);
    let by = if beyond >= 0.0 {
        beyond
    } else {
        beyond.max(behind.min(0.0))
    };
    everybodys + sign * by
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn between_both_usual_values_is_usual_and_beyond_them_counts() {
        // Everybody's is 2, the host's own 5; more is worse.
        let of = |x| moved(x, 2.0, 5.0, true);
        assert_eq!(
            (of(7.0), of(5.0), of(3.0), of(2.0), of(1.0)),
            (4.0, 2.0, 2.0, 2.0, 1.0)
        );
        // Its own is more harmless: what is beyond it counts in full.
        let of = |x| moved(x, 2.0, 1.0, true);
        assert_eq!((of(3.0), of(1.0), of(0.0)), (4.0, 2.0, 1.0));
        // Less is worse.
        let of = |x| moved(x, 0.9, 0.2, false);
        assert!(
            [of(1.0), of(0.5) + 0.1, of(0.2) + 0.1]
                .iter()
                .all(|&x| (x - 1.0).abs() < 1e-9)
        );
        assert!((of(0.1) - 0.8).abs() < 1e-9);
    }
}
