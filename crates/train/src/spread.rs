//! How the numbers of a channel are spread over what the models were fitted on: what a log is held
//! against where its channels are plotted.
//!
//! In: a dataset of channels, the study whose model ships. Out: [`Spread`]s. Must not know: files.

use crate::evaluate::Study;
use crate::folds::is_fitted;
use crate::{Dataset, Example};
use wakeful_engine::evaluation::{Quantiles, SHARES, Spread};

/// One for the score (out of fold), one for the producer-consumer ratio where the feature list has
/// none, one for each feature of the list. What has no value anywhere is left out.
#[must_use]
pub fn spreads(data: &Dataset, study: &Study) -> Vec<Spread> {
    let scores: Vec<f64> = study
        .out_of_fold
        .margins
        .iter()
        .map(|&margin| study.model.score_of_margin(margin))
        .collect();
    let features = data.list.features.iter().enumerate();
    let features = features.map(|(column, feature)| {
        spread(data, feature.name, |at| {
            data.examples[at].vector.get(column).copied()
        })
    });
    [
        spread(data, "score", |at| scores.get(at).copied()),
        spread(data, "pcr", |at| data.examples[at].pcr),
    ]
    .into_iter()
    .chain(features)
    .flatten()
    .collect()
}

fn spread(data: &Dataset, feature: &str, value: impl Fn(usize) -> Option<f64>) -> Option<Spread> {
    let of = |is_tunnel: bool| {
        let wanted = |example: &Example| is_fitted(example) && example.tool.is_some() == is_tunnel;
        let values = data.examples.iter().enumerate();
        quantiles(
            values
                .filter(|(_, example)| wanted(example))
                .filter_map(|(at, _)| value(at))
                .collect(),
        )
    };
    Some(Spread {
        log: data.log.to_owned(),
        feature: feature.to_owned(),
        benign: of(false)?,
        tunnels: of(true)?,
    })
}

/// The quantiles of values in any order; `None` of no values.
#[must_use]
pub fn quantiles(mut values: Vec<f64>) -> Option<Quantiles> {
    values.sort_by(f64::total_cmp);
    wakeful_engine::quantiles::quantiles(&values, SHARES)
}
