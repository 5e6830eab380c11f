//! Numbers to scores: the pretrained models.
//!
//! In: a feature vector. Out: a score from 0 to 1, and each feature's part in it. Must not know:
//! what a feature means, whose vector it is.
//!
//! A [`Model`] is read from our own file ([`file`]); it names the feature list that it was trained
//! on, and another list is an error, not a wrong score.

pub mod file;
mod forest;
mod logistic;

pub use file::ModelError;
pub use forest::{Boosting, Forest, Node};
pub use logistic::Logistic;

use crate::features::FeatureList;

/// A trained model with all that is needed to use it.
#[derive(Debug, Clone, PartialEq)]
pub struct Model {
    /// The features that it reads: list and, of that list, the columns in the model's order.
    pub inputs: Inputs,
    /// Benign medians of the columns: "usual" in an explanation.
    pub usual: Vec<f64>,
    /// From the estimator's margin to a probability.
    pub calibration: Calibration,
    /// Lowest probability of each severity, from info to critical: quantiles of benign traffic.
    /// One above 1 is never reached: too few benign channels were seen to say so much.
    pub cuts: [f64; 5],
    /// A hash of the data that it was trained on.
    pub data_hash: u64,
    /// What was fitted.
    pub estimator: Estimator,
}

/// Which features a model reads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Inputs {
    /// The list's name and version.
    pub list: String,
    /// Names of the features read.
    pub names: Vec<String>,
    /// Their positions in the list.
    pub columns: Vec<usize>,
}

/// Platt's sigmoid (1999): p = 1 / (1 + exp(−(slope · margin + offset))).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Calibration {
    /// Of the margin; positive, so that the order of margins is the order of scores.
    pub slope: f64,
    /// Added.
    pub offset: f64,
}

/// What was fitted.
#[derive(Debug, Clone, PartialEq)]
pub enum Estimator {
    /// Logistic regression.
    Logistic(Logistic),
    /// A forest of regression trees on 0/1.
    Forest(Forest),
    /// Gradient boosting on the logistic loss.
    Boosting(Boosting),
}

impl Estimator {
    /// Log-odds of the model's columns, before calibration.
    #[must_use]
    pub fn margin(&self, columns: &[f64]) -> f64 {
        match self {
            Self::Logistic(logistic) => logistic.margin(columns),
            Self::Forest(forest) => log_odds(forest.mean(columns)),
            Self::Boosting(boosting) => boosting.margin(columns),
        }
    }
}

/// What a model says of a vector.
#[derive(Debug, Clone, PartialEq)]
pub struct Verdict {
    /// 0 (as benign traffic) to 1 (certain).
    pub score: f64,
    /// How far each of the model's columns pushed, towards covert when positive: log-odds for a
    /// logistic regression and for boosting, probability for a forest.
    pub pushes: Vec<f64>,
}

impl Model {
    /// Reads a model file for a feature list.
    ///
    /// # Errors
    /// Where the bytes are no model file of a known version, or the model was trained on another
    /// list or on features that the list does not have.
    pub fn parse(bytes: &[u8], list: &FeatureList) -> Result<Self, ModelError> {
        file::parse(bytes, list)
    }

    /// The model's columns of a vector of its list.
    fn columns(&self, vector: &[f64]) -> Vec<f64> {
        self.inputs
            .columns
            .iter()
            .map(|&column| vector[column])
            .collect()
    }

    /// The score of a vector of the model's list, from 0 to 1: its log-odds by the model's
    /// calibration, laid between the cuts of the severities, which stand at [`BANDS`]. So a score
    /// says how rare it is in benign traffic, and says the same for every model.
    #[must_use]
    pub fn score(&self, vector: &[f64]) -> f64 {
        banded(self.log_odds(vector), self.cuts)
    }

    /// The calibrated probability of a vector of the model's list: tunnels and benign channels
    /// counted as equally likely beforehand.
    #[must_use]
    pub fn probability(&self, vector: &[f64]) -> f64 {
        sigmoid(self.log_odds(vector))
    }

    fn log_odds(&self, vector: &[f64]) -> f64 {
        self.calibration.slope * self.estimator.margin(&self.columns(vector))
            + self.calibration.offset
    }

    /// The score and each column's part in it. The parts of a logistic regression are exact: they
    /// add up to the difference in log-odds from a channel with the usual values. Those of
    /// trees are path attributions (Saabas 2014): they add up to the difference from the trees'
    /// roots, which hold the mean of the training data.
    #[must_use]
    pub fn explain(&self, vector: &[f64]) -> Verdict {
        let columns = self.columns(vector);
        let pushes = match &self.estimator {
            Estimator::Logistic(logistic) => {
                let mut pushes = logistic.pushes(&columns, &self.usual);
                pushes
                    .iter_mut()
                    .for_each(|push| *push *= self.calibration.slope);
                pushes
            }
            Estimator::Forest(forest) => forest.pushes(&columns),
            Estimator::Boosting(boosting) => {
                let mut pushes = boosting.pushes(&columns);
                pushes
                    .iter_mut()
                    .for_each(|push| *push *= self.calibration.slope);
                pushes
            }
        };
        Verdict {
            score: self.score(vector),
            pushes,
        }
    }
}

/// The lowest score of each severity, from info to critical.
pub const BANDS: [f64; 5] = [0.2, 0.4, 0.6, 0.8, 0.9];

/// Log-odds to a score: linear between two cuts, towards the next band's border beyond the last.
fn banded(log_odds: f64, cuts: [f64; 5]) -> f64 {
    let cut = |at: usize| (cuts[at] / (1.0 - cuts[at])).ln();
    let reached = |at: &usize| cuts[*at] < 1.0 && log_odds >= cut(*at);
    let Some(band) = (0..BANDS.len()).rev().find(reached) else {
        return BANDS[0] * sigmoid(log_odds) / cuts[0].min(1.0);
    };
    let (low, high) = (BANDS[band], BANDS.get(band + 1).copied().unwrap_or(1.0));
    let beyond = log_odds - cut(band);
    let share = match cuts.get(band + 1) {
        Some(&next) if next < 1.0 => beyond / (cut(band + 1) - cut(band)),
        // The last band that can be reached: never quite its upper border.
        _ => 0.9999 * (1.0 - (-beyond / 2.0).exp()),
    };
    low + (high - low) * share
}

/// 1 / (1 + e^−x)
#[must_use]
pub fn sigmoid(x: f64) -> f64 {
    1.0 / (1.0 + (-x).exp())
}

/// ln(p / (1 − p)), with p kept a thousandth from 0 and 1: a forest's mean is often exactly either.
#[must_use]
pub fn log_odds(p: f64) -> f64 {
    let p = p.clamp(1e-3, 1.0 - 1e-3);
    (p / (1.0 - p)).ln()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scores_rise_with_the_log_odds_and_meet_the_bands_at_the_cuts() {
        let cuts = [0.5, 0.7, 0.9, 0.95, 0.99];
        let scores: Vec<f64> = (-200..400)
            .map(|tenth| banded(f64::from(tenth) / 10.0, cuts))
            .collect();
        assert!(
            scores
                .windows(2)
                .all(|pair| pair[0] < pair[1] || pair[1] > 0.9999)
        );
        assert!(scores.iter().all(|score| (0.0..=1.0).contains(score)));
        for (cut, band) in cuts.iter().zip(BANDS) {
            assert!((banded((cut / (1.0 - cut)).ln(), cuts) - band).abs() < 1e-12);
        }
    }

    #[test]
    fn a_severity_without_a_cut_is_never_reached() {
        assert!(banded(1e6, [0.5, 0.7, 0.9, 0.95, 2.0]) < BANDS[4]);
        assert!(banded(1e6, [0.5, 0.7, 2.0, 2.0, 2.0]) < BANDS[2]);
    }
}
