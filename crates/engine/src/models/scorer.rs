//! Scores of many vectors.
//!
//! In: vectors of a model's list. Out: their scores, to the last bit those of [`Model::score`]. Must not
//! know: what a feature means.

use super::blocks::{Blocks, ROWS};
use super::{Bands, Estimator, Model, log_odds};

/// A model, laid out for many vectors. Making one costs as much as a hundred to a thousand single
/// scores of trees, and next to nothing for a logistic regression.
#[derive(Debug, Clone)]
pub struct Scorer<'a> {
    model: &'a Model,
    bands: Bands,
    /// `None` where rows are scored one by one.
    blocks: Option<Blocks>,
}

impl<'a> Scorer<'a> {
    /// Lays the model out.
    #[must_use]
    pub fn new(model: &'a Model) -> Self {
        let columns = model.inputs.columns.len();
        let blocks = match &model.estimator {
            Estimator::Logistic(_) => None,
            Estimator::Forest(forest) => Blocks::new(forest, columns),
            Estimator::Boosting(boosting) => Blocks::new(&boosting.trees, columns),
        };
        Self {
            model,
            bands: Bands::new(model.cuts),
            blocks,
        }
    }

    /// The scores of vectors of the model's list, from 0 to 1.
    #[must_use]
    pub fn scores<V: AsRef<[f64]>>(&self, vectors: &[V]) -> Vec<f64> {
        let mut margins = match &self.blocks {
            Some(blocks) => self.in_blocks(blocks, vectors),
            None => self.one_by_one(vectors),
        };
        for margin in &mut margins {
            *margin = self.bands.score(self.model.calibrated(*margin));
        }
        margins
    }

    fn one_by_one<V: AsRef<[f64]>>(&self, vectors: &[V]) -> Vec<f64> {
        let mut columns = vec![0.0; self.model.inputs.columns.len()];
        let margin = |vector: &V| {
            for (column, &at) in columns.iter_mut().zip(&self.model.inputs.columns) {
                *column = vector.as_ref()[at];
            }
            self.model.estimator.margin(&columns)
        };
        vectors.iter().map(margin).collect()
    }

    fn in_blocks<V: AsRef<[f64]>>(&self, blocks: &Blocks, vectors: &[V]) -> Vec<f64> {
        let mut columns = vec![[0.0; ROWS]; self.model.inputs.columns.len()];
        let mut room = blocks.room();
        let mut margins = Vec::with_capacity(vectors.len());
        for block in vectors.chunks(ROWS) {
            for (row, vector) in block.iter().enumerate() {
                let vector = vector.as_ref();
                for (column, &at) in columns.iter_mut().zip(&self.model.inputs.columns) {
                    column[row] = vector[at];
                }
            }
            let sums = blocks.sums(&columns, &mut room);
            margins.extend(sums.iter().take(block.len()).map(|&sum| self.margin(sum)));
        }
        margins
    }

    /// A sum of leaves as the estimator's margin.
    fn margin(&self, sum: f64) -> f64 {
        match &self.model.estimator {
            Estimator::Forest(forest) => log_odds(sum / forest.roots.len() as f64),
            Estimator::Boosting(boosting) => boosting.base + sum,
            // Has no leaves: scored one by one.
            Estimator::Logistic(logistic) => logistic.bias + sum,
        }
    }
}
