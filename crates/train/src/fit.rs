//! Fits an estimator by its library and converts it to the engine's own form: logistic regression
//! and random forest by smartcore, gradient boosting by forust.
//!
//! In: examples and the columns to read. Out: an [`Estimator`], whose inference agrees with
//! the library's. Must not know: which tool or network is left out of what.

use crate::Example;
use forust_ml::constraints::{Constraint, ConstraintMap};
use forust_ml::objective::ObjectiveType;
use forust_ml::{GradientBooster, Matrix};
use serde::Deserialize;
use smartcore::api::Predictor;
use smartcore::ensemble::random_forest_regressor::{
    RandomForestRegressor, RandomForestRegressorParameters,
};
use smartcore::linalg::basic::arrays::Array;
use smartcore::linalg::basic::matrix::DenseMatrix;
use smartcore::linear::logistic_regression::{LogisticRegression, LogisticRegressionParameters};
use std::collections::BTreeMap;
use wakeful_engine::features::FeatureList;
use wakeful_engine::models::{Boosting, Estimator, Forest, Logistic, Node, sigmoid};
use wakeful_lab::rng::Rng;

type Fitted = LogisticRegression<f64, u32, DenseMatrix<f64>, Vec<u32>>;
type FittedForest = RandomForestRegressor<f64, f64, DenseMatrix<f64>, Vec<f64>>;

/// Weights of the squared coefficients that a logistic regression is tried with. A strong one keeps
/// all weights small and alike, which holds best on a tool that was left out.
pub const SHRINKAGE: [f64; 4] = [2.0, 20.0, 60.0, 200.0];

/// Which estimator, with its settings.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Recipe {
    /// L2-regularised logistic regression.
    Logistic {
        /// Weight of the squared coefficients, for 1,000 examples.
        alpha: f64,
    },
    /// Random forest of regression trees on 0/1.
    Forest {
        /// How many.
        trees: usize,
        /// Splits from the root to a leaf, at most.
        depth: u16,
        /// Examples in a leaf, at least.
        leaf: usize,
    },
    /// Gradient boosting on the logistic loss.
    Boosting {
        /// How many.
        trees: usize,
        /// Splits from the root to a leaf, at most.
        depth: usize,
        /// Whether what a tunnel has more of may only push up, and what a service has only down.
        monotone: bool,
    },
}

impl Recipe {
    /// The estimator's name in reports.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Logistic { .. } => "logistic",
            Self::Forest { .. } => "forest",
            Self::Boosting { .. } => "boosting",
        }
    }

    /// The settings in words.
    #[must_use]
    pub fn settings(self) -> String {
        match self {
            Self::Logistic { alpha } => format!(
                "L2 weight {alpha} for 1,000 examples, of {} (smartcore)",
                SHRINKAGE.map(|weight| weight.to_string()).join(", ")
            ),
            Self::Forest { trees, depth, leaf } => {
                format!("{trees} trees of depth {depth}, {leaf} examples in a leaf (smartcore)")
            }
            Self::Boosting {
                trees,
                depth,
                monotone,
            } => {
                let rule = if monotone { ", monotone" } else { "" };
                format!(
                    "{trees} trees of depth {depth}, learning rate {LEARNING_RATE}{rule} (forust)"
                )
            }
        }
    }
}

/// An estimator and the library's own, for comparison.
pub struct Fit {
    /// The engine's form.
    pub estimator: Estimator,
    /// The library's own score (probability, or mean of the trees) of each row that was fitted on.
    pub library: Vec<f64>,
    /// Those rows: the model's columns.
    pub rows: Vec<Vec<f64>>,
}

/// Fits a recipe to examples, of the list's features at `columns`.
///
/// # Errors
/// The library's own sentence.
pub fn fit(
    recipe: Recipe,
    examples: &[&Example],
    list: &FeatureList,
    columns: &[usize],
    seed: u64,
) -> Result<Fit, String> {
    let balanced = balance(examples, seed);
    if balanced.is_empty() {
        return Err("there is nothing to fit on".to_owned());
    }
    let rows: Vec<Vec<f64>> = balanced
        .iter()
        .map(|example| {
            columns
                .iter()
                .map(|&column| example.vector[column])
                .collect()
        })
        .collect();
    let targets: Vec<u32> = balanced
        .iter()
        .map(|example| u32::from(example.tool.is_some()))
        .collect();
    match recipe {
        Recipe::Logistic { alpha } => logistic(alpha, rows, &targets, list, columns),
        Recipe::Forest { trees, depth, leaf } => {
            let parameters = RandomForestRegressorParameters::default()
                .with_n_trees(trees)
                .with_max_depth(depth)
                .with_min_samples_leaf(leaf)
                .with_m((columns.len() as f64).sqrt().ceil() as usize)
                .with_seed(seed);
            forest(parameters, rows, &targets)
        }
        Recipe::Boosting {
            trees,
            depth,
            monotone,
        } => {
            let constraints = monotone.then(|| constraints(list, columns));
            boosting(trees, depth, constraints, rows, &targets, seed)
        }
    }
}

/// Benign examples in a fit, at most: more make it slow and hardly better.
const BENIGN: usize = 4000;

/// The benign examples, and as many of tunnels: each tool alike, within a tool each network alike,
/// drawn with replacement. For fitting only; nothing is judged on it.
fn balance<'a>(examples: &[&'a Example], seed: u64) -> Vec<&'a Example> {
    let mut rng = Rng::new(seed).fork("balance");
    let mut benign: Vec<&Example> = examples
        .iter()
        .copied()
        .filter(|example| example.tool.is_none())
        .collect();
    if benign.len() > BENIGN {
        rng.shuffle(&mut benign);
        benign.truncate(BENIGN);
    }
    let mut tools: BTreeMap<&str, BTreeMap<&str, Vec<&Example>>> = BTreeMap::new();
    for example in examples {
        if let Some(tool) = &example.tool {
            tools
                .entry(tool)
                .or_default()
                .entry(&example.network)
                .or_default()
                .push(example);
        }
    }
    let tools: Vec<Vec<Vec<&Example>>> = tools
        .into_values()
        .map(|networks| networks.into_values().collect())
        .collect();
    let drawn = (0..if tools.is_empty() { 0 } else { benign.len() }).map(|at| {
        let networks = &tools[at % tools.len()];
        let network = &networks[rng.below(networks.len())];
        network[rng.below(network.len())]
    });
    let mut balanced: Vec<&Example> = drawn.collect();
    balanced.extend(benign);
    balanced
}

fn matrix(rows: &[Vec<f64>]) -> Result<DenseMatrix<f64>, String> {
    DenseMatrix::from_2d_vec(&rows.to_vec()).map_err(|error| error.to_string())
}

fn logistic(
    alpha: f64,
    rows: Vec<Vec<f64>>,
    targets: &[u32],
    list: &FeatureList,
    columns: &[usize],
) -> Result<Fit, String> {
    let scales: Vec<_> = columns
        .iter()
        .map(|&column| list.features[column].scale)
        .collect();
    let n = rows.len() as f64;
    let scaled = |at: usize| rows.iter().map(move |row| (at, row));
    let mut means = Vec::new();
    let mut sds = Vec::new();
    for (at, scale) in scales.iter().enumerate() {
        let mean = scaled(at)
            .map(|(at, row)| scale.apply(row[at]))
            .sum::<f64>()
            / n;
        let variance = scaled(at)
            .map(|(at, row)| (scale.apply(row[at]) - mean).powi(2))
            .sum::<f64>()
            / n;
        means.push(mean);
        sds.push(variance.sqrt().max(1e-6));
    }
    let mut logistic = Logistic {
        scales,
        means,
        sds,
        weights: vec![0.0; columns.len()],
        bias: 0.0,
        moved: Vec::new(),
    };
    let x = matrix(
        &rows
            .iter()
            .map(|row| logistic.standardised(row))
            .collect::<Vec<_>>(),
    )?;
    let parameters = LogisticRegressionParameters::default().with_alpha(alpha * n / 1000.0);
    let fitted =
        Fitted::fit(&x, &targets.to_vec(), parameters).map_err(|error| error.to_string())?;
    logistic.weights = fitted.coefficients().iterator(0).copied().collect();
    logistic.bias = *fitted.intercept().get((0, 0));
    // smartcore has no probability for a logistic regression; this is its own linear algebra up
    // to where it takes the sigmoid.
    let library = x
        .ab_with(fitted.coefficients())
        .iter()
        .map(|margin| sigmoid(margin + logistic.bias))
        .collect();
    Ok(Fit {
        estimator: Estimator::Logistic(logistic),
        library,
        rows,
    })
}

/// The product that smartcore's predict computes.
trait Product {
    fn ab_with(&self, coefficients: &DenseMatrix<f64>) -> Vec<f64>;
}

impl Product for DenseMatrix<f64> {
    fn ab_with(&self, coefficients: &DenseMatrix<f64>) -> Vec<f64> {
        use smartcore::linalg::basic::arrays::Array2;
        self.ab(false, coefficients, true)
            .iterator(0)
            .copied()
            .collect()
    }
}

/// smartcore keeps its trees to itself, but writes them out: the parts of that form that are read.
#[derive(Deserialize)]
struct WrittenForest {
    forest_regressor: WrittenTrees,
}

#[derive(Deserialize)]
struct WrittenTrees {
    trees: Vec<WrittenTree>,
}

#[derive(Deserialize)]
struct WrittenTree {
    nodes: Vec<WrittenNode>,
}

#[derive(Deserialize)]
struct WrittenNode {
    output: f64,
    split_feature: usize,
    split_value: Option<f64>,
    true_child: Option<usize>,
    false_child: Option<usize>,
}

fn forest(
    parameters: RandomForestRegressorParameters,
    rows: Vec<Vec<f64>>,
    targets: &[u32],
) -> Result<Fit, String> {
    let x = matrix(&rows)?;
    let y: Vec<f64> = targets.iter().map(|&target| f64::from(target)).collect();
    let fitted = FittedForest::fit(&x, &y, parameters).map_err(|error| error.to_string())?;
    let library: Vec<f64> = Predictor::predict(&fitted, &x).map_err(|error| error.to_string())?;
    let written = serde_json::to_string(&fitted).map_err(|error| error.to_string())?;
    let written: WrittenForest = serde_json::from_str(&written)
        .map_err(|error| format!("smartcore writes its forest in another form now: {error}"))?;
    let mut forest = Forest {
        roots: Vec::new(),
        nodes: Vec::new(),
    };
    for tree in written.forest_regressor.trees {
        forest.roots.push(flatten(&tree.nodes, &mut forest.nodes)?);
    }
    Ok(Fit {
        estimator: Estimator::Forest(forest),
        library,
        rows,
    })
}

/// Appends a tree breadth first, so that two children are neighbours behind their parent. Gives
/// its root's position.
fn flatten(tree: &[WrittenNode], nodes: &mut Vec<Node>) -> Result<u32, String> {
    let root = nodes.len();
    let leaf = |value| Node {
        column: Node::LEAF,
        threshold: 0.0,
        left: 0,
        value,
    };
    nodes.push(leaf(tree.first().ok_or("a tree without nodes")?.output));
    let mut queue = std::collections::VecDeque::from([(0, root)]);
    while let Some((from, to)) = queue.pop_front() {
        let node = &tree[from];
        let (Some(threshold), Some(yes), Some(no)) =
            (node.split_value, node.true_child, node.false_child)
        else {
            continue;
        };
        let left = nodes.len();
        nodes.push(leaf(tree[yes].output));
        nodes.push(leaf(tree[no].output));
        nodes[to] = Node {
            column: u16::try_from(node.split_feature).map_err(|error| error.to_string())?,
            threshold,
            left: u32::try_from(left).map_err(|error| error.to_string())?,
            value: node.output,
        };
        queue.extend([(yes, left), (no, left + 1)]);
    }
    u32::try_from(root).map_err(|error| error.to_string())
}

/// Which way a feature may push, for those where the trade is sure.
fn constraints(list: &FeatureList, columns: &[usize]) -> ConstraintMap {
    const UP: &[&str] = &[
        "distinct_names",
        "unique_ratio",
        "length_mean",
        "length_max",
        "label_length",
        "entropy",
        "odd_bytes",
        "information",
        "free_types",
        "orig_packet",
        "resp_packet",
        "below_length",
        "below_entropy",
        "longest_label",
        "surprise",
        "surprise_bytes",
        "carries_bytes",
        "consonant_run",
        "free_type",
    ];
    const DOWN: &[&str] = &["address_types", "address_type", "words", "other_clients"];
    let mut map = ConstraintMap::default();
    for (at, &column) in columns.iter().enumerate() {
        let name = list.features[column].name;
        if UP.contains(&name) {
            map.insert(at, Constraint::Positive);
        } else if DOWN.contains(&name) {
            map.insert(at, Constraint::Negative);
        }
    }
    map
}

/// How much of a tree is taken.
const LEARNING_RATE: f32 = 0.1;

fn boosting(
    trees: usize,
    depth: usize,
    constraints: Option<ConstraintMap>,
    rows: Vec<Vec<f64>>,
    targets: &[u32],
    seed: u64,
) -> Result<Fit, String> {
    let columns = rows.first().map_or(0, Vec::len);
    let by_column: Vec<f64> = (0..columns)
        .flat_map(|column| rows.iter().map(move |row| row[column]))
        .collect();
    let data = Matrix::new(&by_column, rows.len(), columns);
    let y: Vec<f64> = targets.iter().map(|&target| f64::from(target)).collect();
    let mut booster = GradientBooster::default()
        .set_objective_type(ObjectiveType::LogLoss)
        .set_iterations(trees)
        .set_learning_rate(LEARNING_RATE)
        .set_max_depth(depth)
        .set_l2(1.0)
        .set_min_leaf_weight(2.0)
        .set_monotone_constraints(constraints)
        .set_parallel(false)
        .set_seed(seed);
    booster
        .fit_unweighted(&data, &y, None)
        .map_err(|error| error.to_string())?;
    let library = booster
        .predict(&data, false)
        .into_iter()
        .map(sigmoid)
        .collect();
    let mut flat = Forest {
        roots: Vec::new(),
        nodes: Vec::new(),
    };
    for tree in &booster.trees {
        // Less than the split goes left there, at most the threshold here: the largest number below.
        let written: Vec<WrittenNode> = tree
            .nodes
            .iter()
            .map(|node| WrittenNode {
                output: f64::from(node.weight_value),
                split_feature: node.split_feature,
                split_value: (!node.is_leaf).then(|| node.split_value.next_down()),
                true_child: (!node.is_leaf).then_some(node.left_child),
                false_child: (!node.is_leaf).then_some(node.right_child),
            })
            .collect();
        flat.roots.push(flatten(&written, &mut flat.nodes)?);
    }
    let boosting = Boosting {
        base: booster.base_score,
        trees: flat,
    };
    Ok(Fit {
        estimator: Estimator::Boosting(boosting),
        library,
        rows,
    })
}
