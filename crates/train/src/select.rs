//! Sequential forward selection of features.
//!
//! In: a dataset. Out: the columns that a model should read. Must not know: which estimator reads
//! them in the end.
//!
//! Starting with none, the feature is added that raises the goal most, until none does by
//! [`LEAST_GAIN`]. The goal is the mean recall over the tools, each left out of its own training, where
//! alerts begin ([`ALERTS`] of the benign channels, of networks that were left out as well). A logistic
//! regression stands for the estimators: it is fitted in milliseconds.

use crate::evaluate::ALERTS;
use crate::fit::{Recipe, fit};
use crate::folds::{Group, groups, in_parallel, is_fitted, pick};
use crate::{Dataset, Example};
use wakeful_lab::rng::Rng;

const LEAST_GAIN: f64 = 0.0005;
/// Shrinkage of the regression that judges a set of features.
const ALPHA: f64 = 60.0;
/// Examples of a group in the selection, at most.
const SAMPLE: usize = 600;

/// The columns chosen, in the order in which they were.
///
/// # Errors
/// The library's sentence.
pub fn select(data: &Dataset, seed: u64) -> Result<Vec<usize>, String> {
    let (examples, groups) = sample(data, seed);
    let mut chosen: Vec<usize> = Vec::new();
    let mut best = 0.0;
    loop {
        let left: Vec<usize> = data
            .all_columns()
            .into_iter()
            .filter(|column| !chosen.contains(column))
            .collect();
        let goals = in_parallel(&left, |&column| {
            let columns: Vec<usize> = chosen.iter().copied().chain([column]).collect();
            goal(data, &examples, &groups, &columns, seed)
        })?;
        let winner = left
            .iter()
            .zip(&goals)
            .max_by(|a, b| a.1.total_cmp(b.1).then(b.0.cmp(a.0)));
        let Some((&column, &goal)) = winner.filter(|(_, goal)| **goal >= best + LEAST_GAIN) else {
            return Ok(chosen);
        };
        chosen.push(column);
        best = goal;
    }
}

fn sample(data: &Dataset, seed: u64) -> (Vec<Example>, Vec<Group>) {
    let all = groups(&data.examples);
    let mut order: Vec<usize> = (0..all.len())
        .filter(|&at| is_fitted(&data.examples[at]))
        .collect();
    Rng::new(seed).fork("selection").shuffle(&mut order);
    let mut taken: std::collections::BTreeMap<&Group, usize> = std::collections::BTreeMap::new();
    order.retain(|&at| {
        let count = taken.entry(&all[at]).or_default();
        *count += 1;
        *count <= SAMPLE
    });
    (
        order.iter().map(|&at| data.examples[at].clone()).collect(),
        order.iter().map(|&at| all[at].clone()).collect(),
    )
}

/// Mean recall over the tools, and a little of what the scores' order says beyond it.
fn goal(
    data: &Dataset,
    examples: &[Example],
    groups: &[Group],
    columns: &[usize],
    seed: u64,
) -> Result<f64, String> {
    let mut tools: Vec<&Group> = groups
        .iter()
        .filter(|group| matches!(group, Group::Tool(_)))
        .collect();
    let mut networks: Vec<&Group> = groups
        .iter()
        .filter(|group| matches!(group, Group::Network(_)))
        .collect();
    for list in [&mut tools, &mut networks] {
        list.sort();
        list.dedup();
    }
    let (mut recall, mut order) = (0.0, 0.0);
    for (at, &tool) in tools.iter().enumerate() {
        // Every other network, in turn, is left out together with the tool.
        let is_out = |group: &Group| {
            group == tool
                || networks
                    .iter()
                    .position(|network| *network == group)
                    .is_some_and(|n| n % 2 == at % 2)
        };
        let side = |out: bool| {
            examples
                .iter()
                .zip(groups)
                .filter(move |(_, group)| is_out(group) == out)
                .map(|(example, _)| example)
        };
        let estimator = fit(
            Recipe::Logistic { alpha: ALPHA },
            &side(false).collect::<Vec<_>>(),
            data.list,
            columns,
            seed,
        )?
        .estimator;
        let margins = |tunnel: bool| {
            let mut margins: Vec<f64> = side(true)
                .filter(|example| example.tool.is_some() == tunnel)
                .map(|example| estimator.margin(&pick(&example.vector, columns)))
                .collect();
            margins.sort_by(f64::total_cmp);
            margins
        };
        let (found, benign) = (margins(true), margins(false));
        recall += crate::evaluate::recall_at(&found, &benign, ALERTS);
        order += crate::evaluate::auc(&found, &benign);
    }
    let n = tools.len().max(1) as f64;
    Ok(recall / n + 0.1 * order / n)
}
