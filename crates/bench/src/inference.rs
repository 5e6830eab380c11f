//! What inference is measured on: models, rows, and the two ways of scoring.
//!
//! In: a model file and numbers. Out: rows, and sums of scores that must agree whoever computes them. Must not know: clocks; who measures holds the watch.

use wakeful_engine::detectors::{dns_tunnel, flow_tunnel};
use wakeful_engine::features::{Feature, FeatureList, Scale, Unit, dns, flow};
use wakeful_engine::models::{Calibration, Estimator, Inputs, Model, ModelError};
use wakeful_lab::rng::Rng;

/// Numbers in a row. A model reads the first ones, as many as its list has.
pub const WIDTH: usize = 40;

/// The columns of models that stand for a shape alone.
pub static LIST: FeatureList = FeatureList {
    name: "bench/1",
    features: &FEATURES,
};

const fn column(name: &'static str) -> Feature {
    Feature {
        name,
        unit: Unit::Count,
        scale: Scale::Log,
        doc: "A number without a meaning.",
        sentence: "The value is {value}; {usual} is usual.",
    }
}

static FEATURES: [Feature; 16] = [
    column("c0"),
    column("c1"),
    column("c2"),
    column("c3"),
    column("c4"),
    column("c5"),
    column("c6"),
    column("c7"),
    column("c8"),
    column("c9"),
    column("c10"),
    column("c11"),
    column("c12"),
    column("c13"),
    column("c14"),
    column("c15"),
];

/// The files of the two models that ship, by name.
#[must_use]
pub fn shipped() -> [(&'static str, &'static [u8]); 2] {
    [
        ("dns-tunnel", dns_tunnel::MODEL),
        ("flow-tunnel", flow_tunnel::MODEL),
    ]
}

/// Reads a model of any of the lists that are measured.
///
/// # Errors
/// The model file's own sentence.
pub fn model(bytes: &[u8]) -> Result<Model, ModelError> {
    Model::parse(bytes, &LIST)
        .or_else(|_| Model::parse(bytes, &flow::LIST))
        .or_else(|_| Model::parse(bytes, &dns::LIST))
}

/// An estimator as a model over the first `columns` of [`LIST`].
#[must_use]
pub fn wrapped(estimator: Estimator, columns: usize) -> Model {
    let names = LIST.features.iter().take(columns);
    Model {
        inputs: Inputs {
            list: LIST.name.to_owned(),
            names: names.map(|feature| feature.name.to_owned()).collect(),
            columns: (0..columns).collect(),
        },
        usual: vec![20.0; columns],
        calibration: Calibration {
            slope: 1.0,
            offset: 0.0,
        },
        cuts: [0.5, 0.7, 0.9, 0.95, 0.99],
        data_hash: 0,
        estimator,
    }
}

/// Rows of log-normal numbers, each one that an f32 holds exactly, for libraries that know no other.
#[must_use]
pub fn rows(seed: u64, count: usize) -> Vec<[f64; WIDTH]> {
    let mut rng = Rng::new(seed);
    let mut number = || f64::from(rng.log_normal(20.0, 2.5) as f32);
    (0..count)
        .map(|_| std::array::from_fn(|_| number()))
        .collect()
}

/// The sum of all scores, row by row or in blocks.
#[must_use]
pub fn scored(model: &Model, rows: &[[f64; WIDTH]], blocks: bool) -> f64 {
    if blocks {
        return model.scores(rows).iter().sum();
    }
    rows.iter().map(|row| model.score(row)).sum()
}
