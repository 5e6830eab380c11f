//! What a recipe is worth on tools and networks that it has not seen, and the model that follows.
//!
//! In: examples, a recipe. Out: a [`Study`] with the final model. Must not know: files.
//!
//! Every score that is reported, calibrated on or cut at is *out of fold*: a tunnel is scored by a
//! model fitted without its tool, a benign channel by one fitted without its network.

use crate::Example;
use crate::corpus::JUDGED_ONLY;
use crate::fit::{Fit, Recipe, fit};
use std::collections::{BTreeMap, BTreeSet};
use wakeful_engine::features::FeatureList;
use wakeful_engine::models::{Calibration, Estimator, Inputs, Model, log_odds, sigmoid};

/// Shares of benign candidates (out of fold) that reach a severity, from info to critical.
pub const BENIGN_SHARES: [f64; 5] = [0.02, 0.01, 0.004, 0.002, 0.0];

/// With fewer benign channels than this, nothing can be called rarer than one in a thousand.
const CRITICAL_FROM: usize = 1000;
/// A probability that is never reached.
const NEVER: f64 = 2.0;

/// What came out for a tool that was left out.
#[derive(Debug, Clone, PartialEq)]
pub struct ToolResult {
    /// The tool.
    pub tool: String,
    /// Its examples.
    pub examples: usize,
    /// Area under the ROC curve against all benign examples.
    pub auc: f64,
    /// Share of its examples that reach each severity, from info to critical.
    pub recall: [f64; 5],
    /// Share of its whole captures (not windows) that reach medium.
    pub whole: f64,
    /// How many whole captures.
    pub wholes: usize,
}

/// What came out for a benign network that was left out.
#[derive(Debug, Clone, PartialEq)]
pub struct NetworkResult {
    /// The network.
    pub network: String,
    /// Its candidates.
    pub examples: usize,
    /// How many reach each severity, from info to critical.
    pub alarms: [usize; 5],
}

/// A recipe's results and its final model.
pub struct Study {
    /// The model, fitted on everything, calibrated and cut on out-of-fold scores.
    pub model: Model,
    /// By tool.
    pub tools: Vec<ToolResult>,
    /// By benign network.
    pub networks: Vec<NetworkResult>,
    /// The benign channels that scored highest out of fold, with their network and score.
    pub worst: Vec<(String, f64)>,
    /// The largest difference between the engine's scores and the library's.
    pub difference: f64,
}

/// Runs the study.
///
/// # Errors
/// The library's sentence, or that there is nothing to fit.
pub fn study(
    recipe: Recipe,
    examples: &[Example],
    list: &FeatureList,
    columns: &[usize],
    data_hash: u64,
    seed: u64,
) -> Result<Study, String> {
    let margins = out_of_fold(recipe, examples, list, columns, seed)?;
    let calibration = platt(&margins, examples);
    let scores: Vec<f64> = margins
        .iter()
        .map(|margin| sigmoid(calibration.slope * margin + calibration.offset))
        .collect();
    let mut benign: Vec<f64> = (0..examples.len())
        .filter(|&at| examples[at].tool.is_none())
        .map(|at| scores[at])
        .collect();
    benign.sort_by(f64::total_cmp);
    let mut cuts = BENIGN_SHARES.map(|share| cut(&benign, share));
    if benign.len() < CRITICAL_FROM {
        cuts[4] = NEVER;
    }

    let all: Vec<&Example> = examples
        .iter()
        .filter(|example| is_fitted(example))
        .collect();
    let fitted = fit(recipe, &all, list, columns, seed)?;
    let model = Model {
        inputs: Inputs {
            list: list.name.to_owned(),
            names: columns
                .iter()
                .map(|&column| list.features[column].name.to_owned())
                .collect(),
            columns: columns.to_vec(),
        },
        usual: columns
            .iter()
            .map(|&column| benign_median(examples, column))
            .collect(),
        calibration,
        cuts,
        data_hash,
        estimator: fitted.estimator.clone(),
    };
    Ok(Study {
        tools: tools(examples, &scores, &benign, cuts),
        networks: networks(examples, &scores, cuts),
        worst: worst(examples, &scores),
        difference: difference(&fitted),
        model,
    })
}

/// A margin for each example, from a model that has not seen its tool or network.
fn out_of_fold(
    recipe: Recipe,
    examples: &[Example],
    list: &FeatureList,
    columns: &[usize],
    seed: u64,
) -> Result<Vec<f64>, String> {
    let mut margins = vec![f64::NAN; examples.len()];
    let groups: BTreeSet<Group<'_>> = examples.iter().map(group).collect();
    for left_out in groups {
        let seen: Vec<&Example> = examples
            .iter()
            .filter(|example| group(example) != left_out && is_fitted(example))
            .collect();
        let fitted = fit(recipe, &seen, list, columns, seed)?;
        for (margin, example) in margins
            .iter_mut()
            .zip(examples)
            .filter(|(_, example)| group(example) == left_out)
        {
            let row: Vec<f64> = columns
                .iter()
                .map(|&column| example.vector[column])
                .collect();
            *margin = raw(&fitted.estimator, &row);
        }
    }
    Ok(margins)
}

/// What is left out together: a tool, or a benign network (the lab's seeds are one).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Group<'a> {
    Tool(&'a str),
    Network(&'a str),
}

fn is_fitted(example: &Example) -> bool {
    example
        .tool
        .as_ref()
        .is_none_or(|tool| JUDGED_ONLY.iter().all(|(judged, _)| judged != tool))
}

fn group(example: &Example) -> Group<'_> {
    match &example.tool {
        Some(tool) => Group::Tool(tool),
        None => Group::Network(network(example)),
    }
}

fn network(example: &Example) -> &str {
    if example.network.starts_with("lab-") {
        "lab"
    } else {
        &example.network
    }
}

fn raw(estimator: &Estimator, row: &[f64]) -> f64 {
    match estimator {
        Estimator::Logistic(logistic) => logistic.margin(row),
        Estimator::Forest(forest) => log_odds(forest.mean(row)),
    }
}

/// Platt's sigmoid on out-of-fold margins, both classes with the same weight, by Newton's method.
fn platt(margins: &[f64], examples: &[Example]) -> Calibration {
    let count = |tunnel: bool| {
        examples
            .iter()
            .filter(|example| example.tool.is_some() == tunnel && is_fitted(example))
            .count()
            .max(1) as f64
    };
    let (tunnels, benign) = (count(true), count(false));
    let (mut slope, mut offset) = (1.0_f64, 0.0_f64);
    for _ in 0..50 {
        let (mut gs, mut go, mut hss, mut hso, mut hoo) = (0.0, 0.0, 1e-9, 0.0, 1e-9);
        for (margin, example) in margins
            .iter()
            .zip(examples)
            .filter(|(_, example)| is_fitted(example))
        {
            let (target, weight) = if example.tool.is_some() {
                (1.0, 1.0 / tunnels)
            } else {
                (0.0, 1.0 / benign)
            };
            let p = sigmoid(slope * margin + offset);
            let (error, curve) = (weight * (p - target), weight * p * (1.0 - p));
            gs += error * margin;
            go += error;
            hss += curve * margin * margin;
            hso += curve * margin;
            hoo += curve;
        }
        let determinant = hss * hoo - hso * hso;
        if determinant.abs() < 1e-12 {
            break;
        }
        slope -= ((hoo * gs - hso * go) / determinant).clamp(-0.5, 0.5);
        offset -= ((hss * go - hso * gs) / determinant).clamp(-0.5, 0.5);
        slope = slope.clamp(0.05, 5.0);
    }
    Calibration { slope, offset }
}

/// The score that at most `share` of the benign ones (sorted) reach: half way from the highest
/// that must stay below to 1, on the scale of log-odds, where none may reach it.
fn cut(benign: &[f64], share: f64) -> f64 {
    let reach = (benign.len() as f64 * share).floor() as usize;
    let below = benign
        .len()
        .checked_sub(reach + 1)
        .map_or(0.5, |at| benign[at]);
    match benign.get(benign.len() - reach.min(benign.len())) {
        Some(&first) => (below + first) / 2.0,
        None => sigmoid(log_odds(below) + 0.5),
    }
}

fn benign_median(examples: &[Example], column: usize) -> f64 {
    let mut values: Vec<f64> = examples
        .iter()
        .filter(|example| example.tool.is_none())
        .map(|example| example.vector[column])
        .collect();
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(0.0)
}

/// P(tunnel scores higher than benign), ties counted half (Mann and Whitney 1947).
fn auc(tunnels: &[f64], benign: &[f64]) -> f64 {
    let below = |score: f64| benign.partition_point(|&other| other < score);
    let upto = |score: f64| benign.partition_point(|&other| other <= score);
    let wins: f64 = tunnels
        .iter()
        .map(|&score| (below(score) + upto(score)) as f64 / 2.0)
        .sum();
    wins / (tunnels.len().max(1) * benign.len().max(1)) as f64
}

fn tools(examples: &[Example], scores: &[f64], benign: &[f64], cuts: [f64; 5]) -> Vec<ToolResult> {
    let mut by_tool: BTreeMap<&str, Vec<(&Example, f64)>> = BTreeMap::new();
    for (example, &score) in examples.iter().zip(scores) {
        if let Some(tool) = &example.tool {
            by_tool.entry(tool).or_default().push((example, score));
        }
    }
    let share = |scored: &[f64], cut: f64| {
        scored.iter().filter(|&&score| score >= cut).count() as f64 / scored.len().max(1) as f64
    };
    by_tool
        .into_iter()
        .map(|(tool, scored)| {
            let all: Vec<f64> = scored.iter().map(|(_, score)| *score).collect();
            // The last example of a capture at its own pace is the whole of it.
            let mut whole: BTreeMap<&str, f64> = BTreeMap::new();
            for (example, score) in scored
                .iter()
                .filter(|(example, _)| example.name.ends_with(" x1"))
            {
                whole.insert(
                    example.name.split(" rows ").next().unwrap_or_default(),
                    *score,
                );
            }
            let whole: Vec<f64> = whole.into_values().collect();
            ToolResult {
                tool: tool.to_owned(),
                examples: all.len(),
                auc: auc(&all, benign),
                recall: cuts.map(|cut| share(&all, cut)),
                whole: share(&whole, cuts[2]),
                wholes: whole.len(),
            }
        })
        .collect()
}

fn networks(examples: &[Example], scores: &[f64], cuts: [f64; 5]) -> Vec<NetworkResult> {
    let mut by_network: BTreeMap<&str, Vec<f64>> = BTreeMap::new();
    for (example, &score) in examples.iter().zip(scores) {
        if example.tool.is_none() {
            by_network.entry(network(example)).or_default().push(score);
        }
    }
    by_network
        .into_iter()
        .map(|(network, scores)| NetworkResult {
            network: network.to_owned(),
            examples: scores.len(),
            alarms: cuts.map(|cut| scores.iter().filter(|&&score| score >= cut).count()),
        })
        .collect()
}

fn worst(examples: &[Example], scores: &[f64]) -> Vec<(String, f64)> {
    let mut worst: Vec<(String, f64)> = examples
        .iter()
        .zip(scores)
        .filter(|(example, _)| example.tool.is_none())
        .map(|(example, &score)| (format!("{} {}", example.network, example.name), score))
        .collect();
    worst.sort_by(|a, b| b.1.total_cmp(&a.1));
    worst.truncate(25);
    worst
}

fn difference(fitted: &Fit) -> f64 {
    let ours = fitted.rows.iter().map(|row| match &fitted.estimator {
        Estimator::Logistic(logistic) => sigmoid(logistic.margin(row)),
        Estimator::Forest(forest) => forest.mean(row),
    });
    ours.zip(&fitted.library)
        .map(|(ours, theirs)| (ours - theirs).abs())
        .fold(0.0, f64::max)
}
