//! Leaves out one tool, or one benign network, at a time.
//!
//! In: examples, a recipe. Out: a margin for each example from a model that had not seen its tool
//! or network, and those models. Must not know: what the margins are used for.

use crate::Example;
use crate::corpus::JUDGED_ONLY;
use crate::fit::{Recipe, fit};
use wakeful_engine::features::FeatureList;
use wakeful_engine::models::Estimator;

/// What is left out together: a tool, or a benign network (the lab's seeds are one).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Group {
    /// All examples of a tool.
    Tool(String),
    /// All examples of a benign network.
    Network(String),
}

/// A model, and whom it had not seen.
pub struct Fold {
    /// Left out of its fit.
    pub left_out: Group,
    /// Fitted on everything else.
    pub estimator: Estimator,
}

/// The models of all folds, and what they say of whom they had not seen.
pub struct OutOfFold {
    /// A model a group.
    pub folds: Vec<Fold>,
    /// Which fold judges each example.
    pub judges: Vec<usize>,
    /// A margin (log-odds) for each example.
    pub margins: Vec<f64>,
}

/// Whether an example may be fitted and calibrated on.
#[must_use]
pub fn is_fitted(example: &Example) -> bool {
    example
        .tool
        .as_ref()
        .is_none_or(|tool| JUDGED_ONLY.iter().all(|(judged, _)| judged != tool))
}

/// A network's name in reports: the lab's seeds are one network.
#[must_use]
pub fn network(example: &Example) -> &str {
    if example.network.starts_with("lab-") {
        "lab"
    } else {
        &example.network
    }
}

/// Each example's group.
#[must_use]
pub fn groups(examples: &[Example]) -> Vec<Group> {
    let group = |example: &Example| match &example.tool {
        Some(tool) => Group::Tool(tool.clone()),
        None => Group::Network(network(example).to_owned()),
    };
    examples.iter().map(group).collect()
}

/// Fits a model for each group, on two threads.
///
/// # Errors
/// The library's sentence.
pub fn out_of_fold(
    recipe: Recipe,
    examples: &[Example],
    list: &FeatureList,
    columns: &[usize],
    seed: u64,
) -> Result<OutOfFold, String> {
    let groups = groups(examples);
    let mut distinct = groups.clone();
    distinct.sort();
    distinct.dedup();
    let fold = |left_out: &Group| -> Result<Fold, String> {
        let seen: Vec<&Example> = examples
            .iter()
            .zip(&groups)
            .filter(|(example, group)| *group != left_out && is_fitted(example))
            .map(|(example, _)| example)
            .collect();
        let estimator = fit(recipe, &seen, list, columns, seed)?.estimator;
        Ok(Fold {
            left_out: left_out.clone(),
            estimator,
        })
    };
    let folds = in_parallel(&distinct, fold)?;
    let judges: Vec<usize> = groups
        .iter()
        .map(|group| distinct.binary_search(group).unwrap_or_default())
        .collect();
    let margins = examples
        .iter()
        .zip(&judges)
        .map(|(example, &judge)| {
            folds[judge]
                .estimator
                .margin(&pick(&example.vector, columns))
        })
        .collect();
    Ok(OutOfFold {
        folds,
        judges,
        margins,
    })
}

/// The columns of a vector.
#[must_use]
pub fn pick(vector: &[f64], columns: &[usize]) -> Vec<f64> {
    columns.iter().map(|&column| vector[column]).collect()
}

/// Maps on two threads; the order of the results is that of the items.
///
/// # Errors
/// The first error of `work`.
pub fn in_parallel<T: Sync, R: Send>(
    items: &[T],
    work: impl Fn(&T) -> Result<R, String> + Sync,
) -> Result<Vec<R>, String> {
    let next = std::sync::atomic::AtomicUsize::new(0);
    let take = || {
        let mut done = Vec::new();
        loop {
            let at = next.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
            match items.get(at) {
                Some(item) => done.push((at, work(item))),
                None => return done,
            }
        }
    };
    let mut done = std::thread::scope(|scope| {
        let other = scope.spawn(take);
        let mut done = take();
        done.extend(
            other
                .join()
                .map_err(|_| "a thread of the training broke off".to_owned())?,
        );
        Ok::<_, String>(done)
    })?;
    done.sort_by_key(|(at, _)| *at);
    done.into_iter().map(|(_, result)| result).collect()
}
