//! Numbers to scores: the pretrained models.
//!
//! In: a feature vector. Out: a score from 0 to 1, and each feature's part in it. Must not know:
//! what a feature means, whose vector it is.
//!
//! A [`Model`] is read from our own file ([`file`]); it names the feature list that it was trained
//! on, and another list is an error, not a wrong score.

mod blocks;
pub mod file;
mod forest;
mod logistic;
mod scorer;
mod shapley;

pub use file::ModelError;
pub use forest::{Boosting, Forest, Node};
pub use logistic::Logistic;
pub use scorer::Scorer;

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
    /// Lowest probability of each severity, from info to critical: quantiles of benign traffic, and no lower than each severity needs.
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

/// What a model says of a vector, and why.
#[derive(Debug, Clone, PartialEq)]
pub struct Verdict {
    /// 0 (as benign traffic) to 1 (certain).
    pub score: f64,
    /// The calibrated log-odds that the score stands for.
    pub log_odds: f64,
    /// The calibrated log-odds of a channel with the usual values.
    pub base: f64,
    /// How far each of the model's columns pushed from the base, towards covert when positive, in
    /// log-odds: `base` and the pushes add up to `log_odds`.
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

    /// The same model of differences from other usual values, given for each feature of its list: a channel with
    /// these values scores as one with [`Model::usual`] does now. Nothing for trees, which know no differences.
    #[must_use]
    pub fn moved(&self, usual: &[f64]) -> Option<Self> {
        let Estimator::Logistic(logistic) = &self.estimator else {
            return None;
        };
        let mut logistic = logistic.clone();
        let usual = self.columns(usual);
        logistic.moved = (0..usual.len())
            .map(|at| {
                let scale = logistic.scales[at];
                (scale.apply(self.usual[at]), scale.apply(usual[at]))
            })
            .collect();
        Some(Self {
            usual,
            estimator: Estimator::Logistic(logistic),
            ..self.clone()
        })
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
        Bands::new(self.cuts).score(self.log_odds(vector))
    }

    /// The score of a margin: log-odds before calibration, of this estimator or of one that was fitted
    /// like it on other data.
    #[must_use]
    pub fn score_of_margin(&self, margin: f64) -> f64 {
        Bands::new(self.cuts).score(self.calibrated(margin))
    }

    /// The calibrated probability of a vector of the model's list: tunnels and benign channels
    /// counted as equally likely beforehand.
    #[must_use]
    pub fn probability(&self, vector: &[f64]) -> f64 {
        sigmoid(self.log_odds(vector))
    }

    fn log_odds(&self, vector: &[f64]) -> f64 {
        self.calibrated(self.estimator.margin(&self.columns(vector)))
    }

    fn calibrated(&self, margin: f64) -> f64 {
        self.calibration.slope * margin + self.calibration.offset
    }

    /// The scores of many vectors of the model's list: to the last bit those of [`Model::score`],
    /// several times as fast where the estimator is of trees. Whoever asks in parts keeps a
    /// [`Scorer`].
    #[must_use]
    pub fn scores<V: AsRef<[f64]>>(&self, vectors: &[V]) -> Vec<f64> {
        if vectors.len() < FEW {
            return vectors
                .iter()
                .map(|vector| self.score(vector.as_ref()))
                .collect();
        }
        Scorer::new(self).scores(vectors)
    }

    /// The score and each column's part in it: exact Shapley values against a channel with the usual
    /// values. A forest's mean becomes log-odds by a curve; its parts are stretched alike to the
    /// difference of log-odds (the rescale rule of Lundberg et al. 2020 for a transformed output).
    #[must_use]
    pub fn explain(&self, vector: &[f64]) -> Verdict {
        let columns = self.columns(vector);
        let margin = self.estimator.margin(&columns);
        let usual = self.estimator.margin(&self.usual);
        let (mut pushes, unit) = match &self.estimator {
            Estimator::Logistic(logistic) => (logistic.pushes(&columns, &self.usual), 1.0),
            Estimator::Boosting(boosting) => (boosting.trees.pushes(&columns, &self.usual), 1.0),
            Estimator::Forest(forest) => {
                let from_usual = forest.sum(&columns) - forest.sum(&self.usual);
                let pushes = forest.pushes(&columns, &self.usual);
                (pushes, stretch(margin - usual, from_usual))
            }
        };
        for push in &mut pushes {
            *push *= unit * self.calibration.slope;
        }
        let log_odds = self.calibrated(margin);
        Verdict {
            score: Bands::new(self.cuts).score(log_odds),
            log_odds,
            base: self.calibrated(usual),
            pushes,
        }
    }
}

/// Fewer vectors than this are scored before a model of trees is laid out for many.
const FEW: usize = 512;

/// Log-odds for a unit of a forest's sum, between a row and the usual one. Where both have the same
/// sum the parts cancel out, and none is said to have pushed.
fn stretch(log_odds: f64, sum: f64) -> f64 {
    if sum.abs() < 1e-9 {
        return 0.0;
    }
    log_odds / sum
}

/// The lowest score of each severity, from info to critical.
pub const BANDS: [f64; 5] = [0.2, 0.4, 0.6, 0.8, 0.9];

/// The cuts of the severities, as probabilities and as log-odds.
#[derive(Debug, Clone, Copy)]
struct Bands {
    cuts: [f64; 5],
    log_odds: [f64; 5],
}

impl Bands {
    fn new(cuts: [f64; 5]) -> Self {
        Self {
            cuts,
            log_odds: cuts.map(|cut| (cut / (1.0 - cut)).ln()),
        }
    }

    /// Log-odds to a score: linear between two cuts, towards the next band's border beyond the last.
    fn score(&self, log_odds: f64) -> f64 {
        let reached = |at: &usize| self.cuts[*at] < 1.0 && log_odds >= self.log_odds[*at];
        let Some(band) = (0..BANDS.len()).rev().find(reached) else {
            return BANDS[0] * sigmoid(log_odds) / self.cuts[0].min(1.0);
        };
        let (low, high) = (BANDS[band], BANDS.get(band + 1).copied().unwrap_or(1.0));
        let beyond = log_odds - self.log_odds[band];
        let share = match self.cuts.get(band + 1) {
            Some(&next) if next < 1.0 => beyond / (self.log_odds[band + 1] - self.log_odds[band]),
            // The last band that can be reached: never quite its upper border.
            _ => 0.9999 * (1.0 - (-beyond / 2.0).exp()),
        };
        low + (high - low) * share
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

#[cfg(test)]
mod tests {
    use super::*;

    fn banded(log_odds: f64, cuts: [f64; 5]) -> f64 {
        Bands::new(cuts).score(log_odds)
    }

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
    fn a_moved_model_scores_differences_from_other_usual_values() {
        use crate::detectors::dns_tunnel;
        use crate::features::dns::LIST;
        let model = dns_tunnel::model();
        let own: Vec<f64> = (0..LIST.features.len())
            .map(|at| at as f64 / 30.0)
            .collect();
        let moved = model.moved(&own).unwrap();
        let mut usual = own.clone();
        for (&column, &value) in model.inputs.columns.iter().zip(&model.usual) {
            usual[column] = value;
        }
        assert!((moved.score(&own) - model.score(&usual)).abs() < 1e-9);
        assert!(
            moved
                .explain(&own)
                .pushes
                .iter()
                .all(|push| push.abs() < 1e-9)
        );
        let same = model.moved(&usual).unwrap();
        assert!((same.score(&own) - model.score(&own)).abs() < 1e-9);
    }

    #[test]
    fn a_severity_without_a_cut_is_never_reached() {
        assert!(banded(1e6, [0.5, 0.7, 0.9, 0.95, 2.0]) < BANDS[4]);
        assert!(banded(1e6, [0.5, 0.7, 2.0, 2.0, 2.0]) < BANDS[2]);
    }
}
