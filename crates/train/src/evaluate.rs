//! What a recipe is worth on tools and networks that it has not seen, and the model that follows.
//!
//! In: a dataset, a recipe, columns. Out: a [`Study`]: figures and the final model. Must not know:
//! files.

use crate::corpus::Network;
use crate::fit::{Fit, Recipe, fit};
use crate::folds::{OutOfFold, is_fitted, network, out_of_fold, pick};
use crate::{Dataset, Example};
use std::collections::{BTreeMap, BTreeSet};
use wakeful_engine::evaluation::{
    CalibrationBin, Confusion, Importance, NetworkScore, ToolScore, Trial,
};
use wakeful_engine::models::{Calibration, Estimator, Inputs, Model, log_odds, sigmoid};
use wakeful_engine::quantiles::quantile;
use wakeful_lab::rng::Rng;

/// Shares of benign candidates (out of fold) that reach a severity, from info to critical.
pub const BENIGN_SHARES: [f64; 5] = [0.02, 0.01, 0.004, 0.002, 0.0];
/// The probability that a severity needs at least, however rare it is among benign channels: where
/// tunnels and benign channels lie far apart, the quantile alone would lay the cut at the benign edge of
/// the gap. An alert is more likely a tunnel than not, at even odds.
pub const LEAST: [f64; 5] = [0.1, 0.25, 0.5, 0.65, 0.8];
/// With fewer benign channels than this, nothing can be called rarer than one in a thousand.
const CRITICAL_FROM: usize = 1000;
/// A probability that is never reached.
const NEVER: f64 = 2.0;
/// The severities' names, in the order of the cuts.
pub const SEVERITIES: [&str; 5] = ["info", "low", "medium", "high", "critical"];
/// The position of medium, where alerts begin.
pub const MEDIUM: usize = 2;

/// The share of benign candidates at which alerts begin.
pub const ALERTS: f64 = BENIGN_SHARES[MEDIUM];

/// A recipe's results and its final model.
pub struct Study {
    /// The figures.
    pub trial: Trial,
    /// Mean recall over the tools that may be fitted on, where alerts begin ([`ALERTS`]).
    pub recall_of_alerts: f64,
    /// The model, fitted on everything, calibrated and cut on out-of-fold scores.
    pub model: Model,
    /// Whole captures (not windows) of each tool: how many, and how many reach medium.
    pub wholes: BTreeMap<String, (usize, usize)>,
    /// Windows of each tool that reach each severity.
    pub reached: BTreeMap<String, [usize; 5]>,
    /// The benign examples that scored highest out of fold.
    pub worst: Vec<(String, f64)>,
    /// The largest difference between the engine's scores and the library's.
    pub difference: f64,
    /// The models that had not seen a tool, for curves.
    pub out_of_fold: OutOfFold,
}

/// Runs the study.
///
/// # Errors
/// The library's sentence, or that there is nothing to fit.
pub fn study(
    recipe: Recipe,
    data: &Dataset,
    columns: &[usize],
    networks: &BTreeMap<String, Network>,
    data_hash: u64,
    seed: u64,
) -> Result<Study, String> {
    let examples = &data.examples;
    let out_of_fold = out_of_fold(recipe, examples, data.list, columns, seed)?;
    let calibration = platt(&out_of_fold.margins, examples);
    let scores: Vec<f64> = out_of_fold
        .margins
        .iter()
        .map(|margin| sigmoid(calibration.slope * margin + calibration.offset))
        .collect();
    let benign = sorted(examples, &scores, |example| example.tool.is_none());
    let mut cuts = BENIGN_SHARES.map(|share| cut(&benign, share));
    for (cut, least) in cuts.iter_mut().zip(LEAST) {
        *cut = cut.max(least);
    }
    if benign_channels(examples) < CRITICAL_FROM {
        cuts[4] = NEVER;
    }

    let fitted_on: Vec<&Example> = examples
        .iter()
        .filter(|example| is_fitted(example))
        .collect();
    let fitted = fit(recipe, &fitted_on, data.list, columns, seed)?;
    let names: Vec<String> = columns
        .iter()
        .map(|&column| data.list.features[column].name.to_owned())
        .collect();
    let tools = tool_scores(examples, &scores, &benign);
    let judged: Vec<&ToolScore> = tools
        .iter()
        .filter(|tool| {
            examples
                .iter()
                .any(|example| example.tool.as_ref() == Some(&tool.tool) && is_fitted(example))
        })
        .collect();
    let mean = |of: &dyn Fn(&ToolScore) -> f64| {
        judged.iter().map(|tool| of(tool)).sum::<f64>() / judged.len().max(1) as f64
    };
    let mean_auc = mean(&|tool| tool.auc);
    let of_tool = |tool: &ToolScore| {
        let scores = sorted(examples, &scores, |example| {
            example.tool.as_ref() == Some(&tool.tool)
        });
        recall_at(&scores, &benign, ALERTS)
    };
    let recall_of_alerts = mean(&of_tool);
    let trial = Trial {
        log: data.log.to_owned(),
        unit: data.unit.to_owned(),
        estimator: recipe.name().to_owned(),
        settings: recipe.settings(),
        shipped: false,
        features: importances(data, columns, &out_of_fold, mean_auc, seed),
        mean_auc,
        worst_auc: judged.iter().map(|tool| tool.auc).fold(1.0, f64::min),
        recall_1_in_1000: mean(&|tool| tool.recall_1_in_1000),
        networks: network_scores(data, &scores, cuts, networks),
        calibration: calibration_bins(examples, &scores),
        confusion: confusion(examples, &scores, cuts),
        tools,
    };
    Ok(Study {
        trial,
        recall_of_alerts,
        wholes: wholes(examples, &scores, cuts),
        reached: reached(examples, &scores, cuts),
        worst: worst(examples, &scores),
        difference: difference(&fitted),
        model: Model {
            inputs: Inputs {
                list: data.list.name.to_owned(),
                names,
                columns: columns.to_vec(),
            },
            usual: columns
                .iter()
                .map(|&column| benign_median(examples, column))
                .collect(),
            calibration,
            cuts,
            data_hash,
            estimator: fitted.estimator,
        },
        out_of_fold,
    })
}

/// Benign channels, each once however many windows it gives.
fn benign_channels(examples: &[Example]) -> usize {
    let mut names: Vec<(&str, &str)> = examples
        .iter()
        .filter(|example| example.tool.is_none())
        .map(|example| {
            (
                example.network.as_str(),
                example.name.split(" rows ").next().unwrap_or_default(),
            )
        })
        .collect();
    names.sort_unstable();
    names.dedup();
    names.len()
}

fn sorted(examples: &[Example], scores: &[f64], of: impl Fn(&Example) -> bool) -> Vec<f64> {
    let mut sorted: Vec<f64> = examples
        .iter()
        .zip(scores)
        .filter(|(example, _)| of(example))
        .map(|(_, &score)| score)
        .collect();
    sorted.sort_by(f64::total_cmp);
    sorted
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

/// The score that at most `share` of the benign ones (sorted) reach: half way between the highest
/// that must stay below and the next; where none may reach it, half a unit of log-odds above all.
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
    quantile(&values, 0.5).unwrap_or(0.0)
}

/// P(tunnel scores higher than benign), ties counted half (Mann and Whitney 1947). `benign` is sorted.
#[must_use]
pub fn auc(tunnels: &[f64], benign: &[f64]) -> f64 {
    let below = |score: f64| benign.partition_point(|&other| other < score);
    let upto = |score: f64| benign.partition_point(|&other| other <= score);
    let wins: f64 = tunnels
        .iter()
        .map(|&score| (below(score) + upto(score)) as f64 / 2.0)
        .sum();
    wins / (tunnels.len().max(1) * benign.len().max(1)) as f64
}

/// Share of tunnels that score higher than all but `rate` of the benign ones (sorted).
#[must_use]
pub fn recall_at(tunnels: &[f64], benign: &[f64], rate: f64) -> f64 {
    let allowed = (benign.len() as f64 * rate).floor() as usize;
    let Some(&cut) = benign.len().checked_sub(allowed + 1).map(|at| &benign[at]) else {
        return 1.0;
    };
    tunnels.iter().filter(|&&score| score > cut).count() as f64 / tunnels.len().max(1) as f64
}

fn tool_scores(examples: &[Example], scores: &[f64], benign: &[f64]) -> Vec<ToolScore> {
    let mut by_tool: BTreeMap<&str, (bool, Vec<f64>)> = BTreeMap::new();
    for (example, &score) in examples.iter().zip(scores) {
        if let Some(tool) = &example.tool {
            let entry = by_tool
                .entry(tool)
                .or_insert((example.captured, Vec::new()));
            entry.1.push(score);
        }
    }
    by_tool
        .into_iter()
        .map(|(tool, (captured, scores))| ToolScore {
            tool: tool.to_owned(),
            captured,
            examples: scores.len() as u64,
            auc: auc(&scores, benign),
            recall_1_in_1000: recall_at(&scores, benign, 1e-3),
            recall_1_in_10000: (benign.len() >= 10_000).then(|| recall_at(&scores, benign, 1e-4)),
        })
        .collect()
}

fn network_scores(
    data: &Dataset,
    scores: &[f64],
    cuts: [f64; 5],
    networks: &BTreeMap<String, Network>,
) -> Vec<NetworkScore> {
    // The last window of a channel is the whole of it: what the engine would judge.
    let mut whole: BTreeMap<(&str, &str), f64> = BTreeMap::new();
    for (example, &score) in data.examples.iter().zip(scores) {
        if example.tool.is_none() {
            let name = example.name.split(" rows ").next().unwrap_or_default();
            whole.insert((network(example), name), score);
        }
    }
    let mut by_network: BTreeMap<&str, (u64, u64, BTreeSet<&str>)> = BTreeMap::new();
    for ((network, name), score) in whole {
        let entry = by_network.entry(network).or_default();
        entry.0 += 1;
        if score >= cuts[MEDIUM] {
            entry.1 += 1;
            // A channel is named by its client and its domain (or peer).
            entry.2.insert(name.rsplit(' ').next().unwrap_or_default());
        }
    }
    let of = |name: &str| -> Vec<&Network> {
        networks
            .iter()
            .filter(|(network, _)| {
                network.as_str() == name || (name == "lab" && network.starts_with("lab-"))
            })
            .map(|(_, network)| network)
            .collect()
    };
    by_network
        .into_iter()
        .map(|(name, (examples, alarms, false_domains))| {
            let parts = of(name);
            let client_days: f64 = parts
                .iter()
                .map(|network| network.clients as f64 * network.days)
                .sum();
            let others = |network: &&Network| match data.log {
                "dns" => network.domains as u64,
                _ => network.peers as u64,
            };
            NetworkScore {
                network: name.to_owned(),
                examples,
                alarms,
                domains: parts.iter().map(others).sum(),
                false_domains: false_domains.len() as u64,
                // Rows are sampled; alarms of channels are all there were.
                alarms_a_day: (data.unit == "channel" && client_days >= 5.0)
                    .then(|| alarms as f64 / client_days * 10_000.0),
            }
        })
        .collect()
}

/// The 95 % interval of a share (Wilson 1927).
#[must_use]
pub fn wilson(share: f64, n: f64) -> (f64, f64) {
    if n <= 0.0 {
        return (0.0, 1.0);
    }
    let z = 1.96_f64;
    let middle = (share + z * z / (2.0 * n)) / (1.0 + z * z / n);
    let half = z / (1.0 + z * z / n) * (share * (1.0 - share) / n + z * z / (4.0 * n * n)).sqrt();
    ((middle - half).max(0.0), (middle + half).min(1.0))
}

fn calibration_bins(examples: &[Example], scores: &[f64]) -> Vec<CalibrationBin> {
    const BINS: usize = 10;
    let fitted = || {
        examples
            .iter()
            .zip(scores)
            .filter(|(example, _)| is_fitted(example))
    };
    let tunnels = fitted()
        .filter(|(example, _)| example.tool.is_some())
        .count()
        .max(1) as f64;
    let benign = (fitted().count() as f64 - tunnels).max(1.0);
    (0..BINS)
        .filter_map(|bin| {
            let (mut n, mut weight, mut hits, mut sum) = (0_u64, 0.0, 0.0, 0.0);
            for (example, &score) in fitted()
                .filter(|(_, score)| ((**score * BINS as f64) as usize).min(BINS - 1) == bin)
            {
                let w = if example.tool.is_some() {
                    0.5 / tunnels
                } else {
                    0.5 / benign
                };
                n += 1;
                weight += w;
                hits += if example.tool.is_some() { w } else { 0.0 };
                sum += w * score;
            }
            if n == 0 {
                return None;
            }
            let observed = hits / weight;
            let (low, high) = wilson(observed, n as f64);
            Some(CalibrationBin {
                predicted: sum / weight,
                observed,
                low,
                high,
                examples: n,
            })
        })
        .collect()
}

fn confusion(examples: &[Example], scores: &[f64], cuts: [f64; 5]) -> Vec<Confusion> {
    SEVERITIES
        .iter()
        .zip(cuts)
        .map(|(severity, cut)| {
            let count = |tunnel: bool, above: bool| {
                examples
                    .iter()
                    .zip(scores)
                    .filter(|(example, score)| {
                        example.tool.is_some() == tunnel && (**score >= cut) == above
                    })
                    .count() as u64
            };
            Confusion {
                severity: (*severity).to_owned(),
                true_positives: count(true, true),
                false_negatives: count(true, false),
                false_positives: count(false, true),
                true_negatives: count(false, false),
            }
        })
        .collect()
}

/// How much the mean AUC falls when a feature's values are shuffled among the examples.
fn importances(
    data: &Dataset,
    columns: &[usize],
    out_of_fold: &OutOfFold,
    mean_auc: f64,
    seed: u64,
) -> Vec<Importance> {
    let examples = &data.examples;
    let mut importances: Vec<Importance> = (0..columns.len())
        .map(|at| {
            let name = data.list.features[columns[at]].name;
            let mut from: Vec<usize> = (0..examples.len()).collect();
            Rng::new(seed).fork(name).shuffle(&mut from);
            let margins: Vec<f64> = examples
                .iter()
                .zip(&out_of_fold.judges)
                .zip(&from)
                .map(|((example, &judge), &other)| {
                    let mut row = pick(&example.vector, columns);
                    row[at] = examples[other].vector[columns[at]];
                    out_of_fold.folds[judge].estimator.margin(&row)
                })
                .collect();
            let benign = sorted(examples, &margins, |example| example.tool.is_none());
            let tools: Vec<f64> = {
                let mut names: Vec<&String> = examples
                    .iter()
                    .filter(|example| is_fitted(example))
                    .filter_map(|example| example.tool.as_ref())
                    .collect();
                names.sort();
                names.dedup();
                names
                    .iter()
                    .map(|tool| {
                        auc(
                            &sorted(examples, &margins, |example| {
                                example.tool.as_ref() == Some(*tool)
                            }),
                            &benign,
                        )
                    })
                    .collect()
            };
            let shuffled = tools.iter().sum::<f64>() / tools.len().max(1) as f64;
            Importance {
                name: name.to_owned(),
                importance: mean_auc - shuffled,
            }
        })
        .collect();
    importances.sort_by(|a, b| {
        b.importance
            .total_cmp(&a.importance)
            .then_with(|| a.name.cmp(&b.name))
    });
    importances
}

/// The last window of a capture at its own pace is the whole of it.
fn wholes(
    examples: &[Example],
    scores: &[f64],
    cuts: [f64; 5],
) -> BTreeMap<String, (usize, usize)> {
    let mut last: BTreeMap<(&str, &str), f64> = BTreeMap::new();
    for (example, &score) in examples
        .iter()
        .zip(scores)
        .filter(|(example, _)| example.name.ends_with(" x1"))
    {
        if let Some(tool) = &example.tool {
            last.insert(
                (
                    tool,
                    example.name.split(" rows ").next().unwrap_or_default(),
                ),
                score,
            );
        }
    }
    let mut wholes: BTreeMap<String, (usize, usize)> = BTreeMap::new();
    for ((tool, _), score) in last {
        let entry = wholes.entry(tool.to_owned()).or_default();
        entry.0 += 1;
        entry.1 += usize::from(score >= cuts[MEDIUM]);
    }
    wholes
}

fn reached(examples: &[Example], scores: &[f64], cuts: [f64; 5]) -> BTreeMap<String, [usize; 5]> {
    let mut reached: BTreeMap<String, [usize; 5]> = BTreeMap::new();
    for (example, &score) in examples.iter().zip(scores) {
        if let Some(tool) = &example.tool {
            let counts = reached.entry(tool.clone()).or_default();
            for (count, cut) in counts.iter_mut().zip(cuts) {
                *count += usize::from(score >= cut);
            }
        }
    }
    reached
}

fn worst(examples: &[Example], scores: &[f64]) -> Vec<(String, f64)> {
    let benign = examples
        .iter()
        .zip(scores)
        .filter(|(example, _)| example.tool.is_none());
    let mut worst: Vec<(String, f64)> = benign
        .map(|(example, &score)| (format!("{} {}", example.network, example.name), score))
        .collect();
    worst.sort_by(|a, b| b.1.total_cmp(&a.1));
    worst.truncate(25);
    worst
}

fn difference(fitted: &Fit) -> f64 {
    let ours = fitted.rows.iter().map(|row| match &fitted.estimator {
        Estimator::Forest(forest) => forest.mean(row),
        estimator => sigmoid(estimator.margin(row)),
    });
    ours.zip(&fitted.library)
        .map(|(ours, theirs)| (ours - theirs).abs())
        .fold(0.0, f64::max)
}
