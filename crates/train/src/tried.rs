//! What else could be done, measured: character models of names, Markov chains of histories, and an
//! isolation forest on the log itself.
//!
//! In: datasets. Out: mean AUC over the captured tools, for each idea. Must not know: what ships.
//!
//! Whatever is learnt is learnt without the tool and the network that it is judged on.

use crate::evaluate::{auc, recall_at};
use crate::folds::{Group, groups, is_fitted, network};
use crate::{Dataset, Example};
use std::collections::BTreeMap;
use wakeful_lab::rng::Rng;

/// Mean AUC over the tools that may be fitted on, of any score.
fn mean_auc(examples: &[Example], scores: &[f64]) -> f64 {
    let (benign, tools) = by_tool(examples, scores);
    tools
        .values()
        .map(|scores| auc(scores, &benign))
        .sum::<f64>()
        / tools.len().max(1) as f64
}

/// Mean recall over the tools that may be fitted on, at one false alarm in 1,000.
fn mean_recall(examples: &[Example], scores: &[f64]) -> f64 {
    let (benign, tools) = by_tool(examples, scores);
    let recalls = tools
        .values()
        .map(|scores| recall_at(scores, &benign, 1e-3));
    recalls.sum::<f64>() / tools.len().max(1) as f64
}

/// Scores of the benign examples, sorted, and of each tool that may be fitted on.
fn by_tool<'a>(examples: &'a [Example], scores: &[f64]) -> (Vec<f64>, BTreeMap<&'a str, Vec<f64>>) {
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
    (benign, tools)
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

/// An isolation forest (Liu, Ting and Zhou 2008) fitted on the benign channels of one network, as it would
/// be on a log that is dropped: depth, negated, so that more is more suspicious. The network is the one with
/// the most channels; what is judged is that network and all tunnels.
struct OnTheLog {
    judged: Vec<Example>,
    scores: Vec<f64>,
    /// The shipped model's margins of the same examples, each out of fold.
    margins: Vec<f64>,
}

fn isolation_forest(data: &Dataset, margins: &[f64], seed: u64) -> OnTheLog {
    let mut sizes: BTreeMap<&str, usize> = BTreeMap::new();
    for example in data
        .examples
        .iter()
        .filter(|example| example.tool.is_none())
    {
        *sizes.entry(network(example)).or_default() += 1;
    }
    let largest = sizes
        .iter()
        .max_by_key(|(_, size)| **size)
        .map(|(network, _)| *network);
    let scaled = |example: &Example| -> Vec<f64> {
        example
            .vector
            .iter()
            .zip(data.list.features)
            .map(|(&x, feature)| feature.scale.apply(x))
            .collect()
    };
    let is_own = |example: &Example| example.tool.is_none() && Some(network(example)) == largest;
    let rows: Vec<Vec<f64>> = data
        .examples
        .iter()
        .filter(|example| is_own(example))
        .map(scaled)
        .collect();
    let trees = Isolation::fit(&rows, seed);
    let (judged, margins): (Vec<Example>, Vec<f64>) = data
        .examples
        .iter()
        .zip(margins)
        .filter(|(example, _)| example.tool.is_some() || is_own(example))
        .map(|(example, &margin)| (example.clone(), margin))
        .unzip();
    OnTheLog {
        scores: judged
            .iter()
            .map(|example| -trees.mean_depth(&scaled(example)))
            .collect(),
        judged,
        margins,
    }
}

/// The mean of the places of two scores in their orders: a fusion that has nothing to fit.
fn places(a: &[f64], b: &[f64]) -> Vec<f64> {
    let place = |scores: &[f64]| {
        let mut order: Vec<usize> = (0..scores.len()).collect();
        order.sort_by(|&a, &b| scores[a].total_cmp(&scores[b]));
        let mut places = vec![0.0; scores.len()];
        for (at, &index) in order.iter().enumerate() {
            places[index] = at as f64;
        }
        places
    };
    place(a)
        .iter()
        .zip(place(b))
        .map(|(a, b)| (a + b) / 2.0)
        .collect()
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

/// Something that was tried, and whether it stayed.
pub struct Idea {
    /// What.
    pub what: &'static str,
    /// What it is worth, in a sentence.
    pub result: String,
    /// Whether it is part of what ships.
    pub kept: bool,
}

/// Each idea. `margins` are those of the shipped model of DNS channels, each out of fold.
#[must_use]
pub fn ideas(
    dns_rows: &Dataset,
    flow_rows: &Dataset,
    dns_channels: &Dataset,
    margins: &[f64],
    seed: u64,
) -> Vec<Idea> {
    let column = |name: &str| {
        let at = dns_rows
            .list
            .features
            .iter()
            .position(|feature| feature.name == name);
        let value = |example: &Example| at.map_or(0.0, |at| example.vector[at]);
        dns_rows.examples.iter().map(value).collect::<Vec<f64>>()
    };
    let alone = |what, examples: &[Example], scores: &[f64], kept| Idea {
        what,
        result: format!(
            "Alone, mean AUC over the tools {:.3}.",
            mean_auc(examples, scores)
        ),
        kept,
    };
    let names = &dns_rows.examples;
    let own = isolation_forest(dns_channels, margins, seed);
    let on_the_log = |what, scores: &[f64], kept| Idea {
        what,
        result: format!(
            "On the largest network, mean AUC over the tools {:.4}, recall at one false alarm in 1,000 {:.1} %.",
            mean_auc(&own.judged, scores),
            100.0 * mean_recall(&own.judged, scores)
        ),
        kept,
    };
    vec![
        alone(
            "Embedded chain of host names, learnt from a public list: surprise of a query's name, bits a character, a row",
            names,
            &column("surprise"),
            true,
        ),
        alone(
            "Embedded chain of host names: surprise of a query's name, bytes in all, a row",
            names,
            &column("surprise_bytes"),
            true,
        ),
        alone(
            "Character bigrams of a query's name: surprise under the benign ones, a row",
            names,
            &markov(names, false),
            false,
        ),
        alone(
            "Character bigrams of a query's name: likelihood ratio of tunnel and benign, a row",
            names,
            &markov(names, true),
            false,
        ),
        alone(
            "Information gain of a query's characters over the benign ones, a row",
            names,
            &information_gain(names),
            false,
        ),
        alone(
            "Markov chain of a connection's history: likelihood ratio of tunnel and benign, a row",
            &flow_rows.examples,
            &markov(&flow_rows.examples, true),
            false,
        ),
        on_the_log(
            "Isolation forest fitted on the log itself, a DNS channel",
            &own.scores,
            false,
        ),
        on_the_log(
            "Isolation forest and the shipped model, mean of their places, a DNS channel",
            &places(&own.scores, &own.margins),
            false,
        ),
        on_the_log(
            "The shipped model beside them, a DNS channel",
            &own.margins,
            true,
        ),
    ]
}
