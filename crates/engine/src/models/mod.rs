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
pub use forest::{Forest, Node};
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
    /// Lowest score of each severity, from info to critical: quantiles of benign traffic.
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
}

/// What a model says of a vector.
#[derive(Debug, Clone, PartialEq)]
pub struct Verdict {
    /// 0 (as benign traffic) to 1 (certain).
    pub score: f64,
    /// How far each of the model's columns pushed, towards covert when positive: log-odds for a
    /// logistic regression, probability for a forest.
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

    /// The estimator's margin (log-odds) for the model's columns.
    fn margin(&self, columns: &[f64]) -> f64 {
        match &self.estimator {
            Estimator::Logistic(logistic) => logistic.margin(columns),
            Estimator::Forest(forest) => log_odds(forest.mean(columns)),
        }
    }

    /// The score of a vector of the model's list.
    #[must_use]
    pub fn score(&self, vector: &[f64]) -> f64 {
        let margin = self.margin(&self.columns(vector));
        sigmoid(self.calibration.slope * margin + self.calibration.offset)
    }

    /// The score and each column's part in it. The parts of a logistic regression are exact: they
    /// add up to the difference in log-odds from a channel with the usual values. Those of a
    /// forest are path attributions (Saabas 2014): they add up to the difference from the mean of
    /// the training data.
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
        };
        Verdict {
            score: self.score(vector),
            pushes,
        }
    }
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
