//! What else could be done, measured: character models of names, Markov chains of histories, and an
//! isolation forest on the log itself.
//!
//! In: datasets. Out: mean AUC over the captured tools, for each idea. Must not know: what ships.
//!
//! Whatever is learnt is learnt without the tool and the network that it is judged on.

use crate::evaluate::auc;
use crate::folds::{Group, groups, is_fitted, network};
use crate::{Dataset, Example};
use std::collections::BTreeMap;
use wakeful_lab::rng::Rng;

/// Mean AUC over the tools that may be fitted on, of any score.
fn mean_auc(examples: &[Example], scores: &[f64]) -> f64 {
    let mut benign = Vec::new();
    let mut tools: BTreeMap<&str, Vec<f64>> = BTreeMap::new();
    for (example, &score) in examples.iter().zip(scores) {
        match &example.tool {
            None => benign.push(score),
            Some(tool) if is_fitted(example) => tools.entry(tool).or_default().push(score),
            Some(_) => {}
        }
    }
    benign.sort_by(f64::total_cmp);
    tools
        .values()
        .map(|scores| auc(scores, &benign))
        .sum::<f64>()
        / tools.len().max(1) as f64
}

/// Scores each example by a model of the benign texts (and of the tunnels', where `ratio`) of all
/// groups but its own. A text's score is the mean over its steps from a character to the next of
/// −log2 p(benign), or of log2 p(tunnel) / p(benign).
fn markov(examples: &[Example], ratio: bool) -> Vec<f64> {
    let groups = groups(examples);
    let mut counts: BTreeMap<&Group, Chain> = BTreeMap::new();
    for (example, group) in examples
        .iter()
        .zip(&groups)
        .filter(|(example, _)| is_fitted(example))
    {
        counts.entry(group).or_default().learn(&example.text);
    }
    let total = |tool: bool, but: &Group| {
        let mut chain = Chain::default();
        for (group, other) in &counts {
            if *group != but && matches!(group, Group::Tool(_)) == tool {
                chain.add(other);
            }
        }
        chain
    };
    let mut models: BTreeMap<&Group, (Chain, Chain)> = BTreeMap::new();
    for group in &groups {
        models
            .entry(group)
            .or_insert_with(|| (total(false, group), total(true, group)));
    }
    examples
        .iter()
        .zip(&groups)
        .map(|(example, group)| {
            let (benign, tunnel) = &models[group];
            let surprise = benign.surprise(&example.text);
            if ratio {
                surprise - tunnel.surprise(&example.text)
            } else {
                surprise
            }
        })
        .collect()
}

/// Steps between characters, counted; 40 classes: letters, digits, hyphen, dot, other, and an end.
#[derive(Clone)]
struct Chain {
    steps: Vec<f64>,
}

const CLASSES: usize = 68;

impl Default for Chain {
    fn default() -> Self {
        Self {
            steps: vec![0.0; CLASSES * CLASSES],
        }
    }
}

impl Chain {
    fn class(byte: u8) -> usize {
        match byte {
            b'a'..=b'z' => usize::from(byte - b'a') + 1,
            b'A'..=b'Z' => usize::from(byte - b'A') + 27,
            b'0'..=b'9' => usize::from(byte - b'0') + 53,
            b'-' | b'_' => 63,
            b'.' => 64,
            b'^' => 65,
            128.. => 66,
            _ => 67,
        }
    }

    /// The steps of a text, from its beginning to its end (class 0 both).
    fn walk(text: &[u8]) -> impl Iterator<Item = (usize, usize)> {
        let classes = |text: &[u8]| {
            text.iter()
                .map(|&byte| Self::class(byte))
                .collect::<Vec<_>>()
        };
        let from: Vec<usize> = std::iter::once(0).chain(classes(text)).collect();
        let to: Vec<usize> = classes(text).into_iter().chain([0]).collect();
        from.into_iter().zip(to)
    }

    fn learn(&mut self, text: &[u8]) {
        Self::walk(text).for_each(|(from, to)| self.steps[from * CLASSES + to] += 1.0);
    }

    fn add(&mut self, other: &Self) {
        self.steps
            .iter_mut()
            .zip(&other.steps)
            .for_each(|(mine, theirs)| *mine += theirs);
    }

    /// Mean of −log2 p over the steps, with a half added to every count (Krichevsky and Trofimov).
    fn surprise(&self, text: &[u8]) -> f64 {
        let bits: f64 = Self::walk(text)
            .map(|(from, to)| {
                let row = &self.steps[from * CLASSES..(from + 1) * CLASSES];
                let all: f64 = row.iter().sum();
                -((row[to] + 0.5) / (all + CLASSES as f64 / 2.0)).log2()
            })
            .sum();
        bits / (text.len() + 1) as f64
    }
}

/// Information gain of a text's characters over the benign ones: the Kullback–Leibler divergence
/// of its distribution of characters from that of all other groups' benign texts, in bits.
fn information_gain(examples: &[Example]) -> Vec<f64> {
    let groups = groups(examples);
    let mut counts: BTreeMap<&Group, Vec<f64>> = BTreeMap::new();
    for (example, group) in examples
        .iter()
        .zip(&groups)
        .filter(|(example, _)| example.tool.is_none())
    {
        let counts = counts.entry(group).or_insert_with(|| vec![0.0; 256]);
        example
            .text
            .iter()
            .for_each(|&byte| counts[usize::from(byte)] += 1.0);
    }
    let mut models: BTreeMap<&Group, Vec<f64>> = BTreeMap::new();
    for group in &groups {
        models.entry(group).or_insert_with(|| {
            let mut sum = vec![0.5; 256];
            for (other, counts) in &counts {
                if *other != group {
                    sum.iter_mut()
                        .zip(counts)
                        .for_each(|(sum, count)| *sum += count);
                }
            }
            let all: f64 = sum.iter().sum();
            sum.iter().map(|count| count / all).collect()
        });
    }
    examples
        .iter()
        .zip(&groups)
        .map(|(example, group)| {
            let usual = &models[group];
            let n = example.text.len() as f64;
            let mut counts = [0.0; 256];
            example
                .text
                .iter()
                .for_each(|&byte| counts[usize::from(byte)] += 1.0);
            counts
                .iter()
                .zip(usual)
                .filter(|(count, _)| **count > 0.0)
                .map(|(count, usual)| count / n * (count / n / usual).log2())
                .sum()
        })
        .collect()
}

/// An isolation forest (Liu, Ting and Zhou 2008) fitted on one benign network's channels, as it would
/// be on a log that is dropped; judged on that network and all tunnels. Mean over the networks with
/// 60 channels or more.
fn isolation_forest(data: &Dataset, seed: u64) -> f64 {
    let mut networks: BTreeMap<&str, Vec<&Example>> = BTreeMap::new();
    for example in data
        .examples
        .iter()
        .filter(|example| example.tool.is_none())
    {
        networks.entry(network(example)).or_default().push(example);
    }
    let scaled = |example: &Example| -> Vec<f64> {
        example
            .vector
            .iter()
            .zip(data.list.features)
            .map(|(&x, feature)| feature.scale.apply(x))
            .collect()
    };
    let mut results = Vec::new();
    for benign in networks.values().filter(|benign| benign.len() >= 60) {
        let rows: Vec<Vec<f64>> = benign.iter().map(|example| scaled(example)).collect();
        let trees = Isolation::fit(&rows, seed);
        let judged: Vec<Example> = data
            .examples
            .iter()
            .filter(|example| example.tool.is_some())
            .chain(benign.iter().copied())
            .cloned()
            .collect();
        let scores: Vec<f64> = judged
            .iter()
            .map(|example| -trees.mean_depth(&scaled(example)))
            .collect();
        results.push(mean_auc(&judged, &scores));
    }
    results.iter().sum::<f64>() / results.len().max(1) as f64
}

enum Split {
    Leaf(f64),
    At {
        column: usize,
        value: f64,
        below: Box<Split>,
        above: Box<Split>,
    },
}

struct Isolation(Vec<Split>);

impl Isolation {
    const TREES: usize = 100;
    const SAMPLE: usize = 256;

    fn fit(rows: &[Vec<f64>], seed: u64) -> Self {
        let mut rng = Rng::new(seed).fork("isolation");
        let trees = (0..Self::TREES).map(|_| {
            let mut order: Vec<usize> = (0..rows.len()).collect();
            rng.shuffle(&mut order);
            order.truncate(Self::SAMPLE);
            let sample: Vec<&[f64]> = order.iter().map(|&at| rows[at].as_slice()).collect();
            Self::grow(&sample, 0, &mut rng)
        });
        Self(trees.collect())
    }

    fn grow(rows: &[&[f64]], depth: usize, rng: &mut Rng) -> Split {
        // The mean depth of an unsuccessful search among n: what is cut off is as deep as that.
        let rest = |n: f64| {
            if n > 1.0 {
                2.0 * ((n - 1.0).max(1.0).ln() + 0.577_215_664_9) - 2.0 * (n - 1.0) / n
            } else {
                0.0
            }
        };
        let columns = rows.first().map_or(0, |row| row.len());
        let column = if columns > 0 { rng.below(columns) } else { 0 };
        let range = rows
            .iter()
            .map(|row| row[column])
            .fold((f64::MAX, f64::MIN), |(low, high), x| {
                (low.min(x), high.max(x))
            });
        if rows.len() <= 1 || depth >= 8 || range.0 >= range.1 {
            return Split::Leaf(depth as f64 + rest(rows.len() as f64));
        }
        let value = rng.uniform(range.0, range.1);
        let (below, above): (Vec<&[f64]>, Vec<&[f64]>) =
            rows.iter().partition(|row| row[column] <= value);
        Split::At {
            column,
            value,
            below: Box::new(Self::grow(&below, depth + 1, rng)),
            above: Box::new(Self::grow(&above, depth + 1, rng)),
        }
    }

    fn mean_depth(&self, row: &[f64]) -> f64 {
        let depth = |tree: &Split| {
            let mut at = tree;
            loop {
                match at {
                    Split::Leaf(depth) => return *depth,
                    Split::At {
                        column,
                        value,
                        below,
                        above,
                    } => at = if row[*column] <= *value { below } else { above },
                }
            }
        };
        self.0.iter().map(depth).sum::<f64>() / self.0.len() as f64
    }
}

/// Each idea, its mean AUC over the tools, and whether a feature came of it.
#[must_use]
pub fn ideas(
    dns_rows: &Dataset,
    flow_rows: &Dataset,
    dns_channels: &Dataset,
    seed: u64,
) -> Vec<(&'static str, f64, bool)> {
    let column = |name: &str| {
        let at = dns_rows
            .list
            .features
            .iter()
            .position(|feature| feature.name == name);
        let value = |example: &Example| at.map_or(0.0, |at| example.vector[at]);
        dns_rows.examples.iter().map(value).collect::<Vec<f64>>()
    };
    vec![
        (
            "Embedded chain of host names, learnt from a public list: surprise of a query's name, bits a character, a row",
            mean_auc(&dns_rows.examples, &column("surprise")),
            true,
        ),
        (
            "Embedded chain of host names: surprise of a query's name, bytes in all, a row",
            mean_auc(&dns_rows.examples, &column("surprise_bytes")),
            true,
        ),
        (
            "Character bigrams of a query's name: surprise under the benign ones, a row",
            mean_auc(&dns_rows.examples, &markov(&dns_rows.examples, false)),
            false,
        ),
        (
            "Character bigrams of a query's name: likelihood ratio of tunnel and benign, a row",
            mean_auc(&dns_rows.examples, &markov(&dns_rows.examples, true)),
            false,
        ),
        (
            "Information gain of a query's characters over the benign ones, a row",
            mean_auc(&dns_rows.examples, &information_gain(&dns_rows.examples)),
            false,
        ),
        (
            "Markov chain of a connection's history: likelihood ratio of tunnel and benign, a row",
            mean_auc(&flow_rows.examples, &markov(&flow_rows.examples, true)),
            false,
        ),
        (
            "Isolation forest fitted on the log itself, a DNS channel",
            isolation_forest(dns_channels, seed),
            false,
        ),
    ]
}
