//! The embedded models fit the source, and a file that does not is an error with a sentence.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use wakeful_bench::{Shape, grow, wrapped};
use wakeful_engine::detectors::{dns_tunnel, flow_tunnel};
use wakeful_engine::features::{dns, flow};
use wakeful_engine::models::{Boosting, Estimator, Forest, Model, ModelError, Node, Scorer};

#[test]
fn the_embedded_models_read_and_write_the_same_bytes() {
    for (bytes, list) in [
        (dns_tunnel::MODEL, &dns::LIST),
        (flow_tunnel::MODEL, &flow::LIST),
    ] {
        let model = Model::parse(bytes, list).unwrap();
        assert_eq!(model.to_bytes(), bytes);
        assert!(model.cuts.windows(2).all(|pair| pair[0] <= pair[1]));
        assert!(model.calibration.slope > 0.0);
    }
    assert!(matches!(
        dns_tunnel::model().estimator,
        Estimator::Logistic(_)
    ));
    assert!(matches!(
        flow_tunnel::model().estimator,
        Estimator::Forest(_)
    ));
}

#[test]
fn a_model_for_other_features_is_refused_with_the_next_step() {
    let error = Model::parse(dns_tunnel::MODEL, &flow::LIST).unwrap_err();
    assert_eq!(
        error,
        ModelError::OtherList {
            file: dns::LIST.name.to_owned(),
            expected: flow::LIST.name.to_owned()
        }
    );
    assert!(error.to_string().contains("cargo xtask train"));
}

#[test]
fn damaged_model_files_are_refused_and_never_panic() {
    for (bytes, list) in [
        (dns_tunnel::MODEL, &dns::LIST),
        (flow_tunnel::MODEL, &flow::LIST),
    ] {
        for length in (0..bytes.len()).step_by(7) {
            assert!(Model::parse(&bytes[..length], list).is_err());
        }
        assert_eq!(
            Model::parse(b"PK\x03\x04", list),
            Err(ModelError::NotAModel)
        );
        // Any single wrong byte: refused, or a model that can still be asked.
        for at in (0..bytes.len()).step_by(11) {
            let mut bytes = bytes.to_vec();
            bytes[at] ^= 0x55;
            if let Ok(model) = Model::parse(&bytes, list) {
                let _ = model.score(&vec![1.0; list.features.len()]);
            }
        }
    }
}

/// The embedded models, and forests of shapes that take each way through the blocks: few leaves, more
/// than a byte can number, more thresholds of a column than a byte can count, chains, a lone root.
fn all_sorts() -> Vec<Model> {
    let shape = |trees, depth, columns, rows, leaf| Shape {
        trees,
        depth,
        columns,
        rows,
        leaf,
    };
    let mut models = vec![dns_tunnel::model().clone(), flow_tunnel::model().clone()];
    for (seed, shape) in [
        shape(1, 0, 1, 10, 1),
        shape(30, 6, 5, 500, 2),
        shape(40, 8, 3, 4000, 2),
        shape(3, 60, 2, 3000, 1),
        shape(10, 12, 10, 6000, 2),
    ]
    .into_iter()
    .enumerate()
    {
        let trees = grow(seed as u64, shape);
        let boosting = Boosting {
            base: -0.25,
            trees: trees.clone(),
        };
        models.push(wrapped(Estimator::Forest(trees), shape.columns));
        models.push(wrapped(Estimator::Boosting(boosting), shape.columns));
    }
    models
}

#[test]
fn scores_in_blocks_are_those_of_single_rows_to_the_last_bit() {
    for model in all_sorts() {
        let scorer = Scorer::new(&model);
        for count in [0, 1, 255, 256, 700] {
            let mut rows = wakeful_bench::rows(count as u64, count);
            // What lies on a threshold, and what is no number.
            if let Estimator::Forest(forest) = &model.estimator {
                let splits = forest.nodes.iter().filter(|node| !node.is_leaf());
                for (row, node) in rows.iter_mut().zip(splits) {
                    row[model.inputs.columns[usize::from(node.column)]] = node.threshold;
                }
            }
            let odd = [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, 0.0, -0.0, -1.0];
            for (row, odd) in rows.iter_mut().rev().zip(odd.into_iter().cycle()).take(100) {
                row.fill(odd);
            }
            let single: Vec<u64> = rows.iter().map(|row| model.score(row).to_bits()).collect();
            let block: Vec<u64> = scorer.scores(&rows).iter().map(|s| s.to_bits()).collect();
            assert_eq!(single, block, "{count} rows");
            let whole: Vec<u64> = model.scores(&rows).iter().map(|s| s.to_bits()).collect();
            assert_eq!(single, whole, "{count} rows");
        }
    }
}

#[test]
fn a_forest_whose_trees_share_nodes_is_scored_and_takes_no_longer() {
    // A file may say so: 60 splits, each with both its ways to the next one. As a tree, 2^60 leaves.
    let node = |column, left, value| Node {
        column,
        threshold: 20.0,
        left,
        value,
    };
    let mut nodes: Vec<Node> = (0..120).map(|at| node(0, at / 2 * 2 + 2, 0.5)).collect();
    nodes.extend([node(Node::LEAF, 0, 0.25), node(Node::LEAF, 0, 0.75)]);
    let forest = Forest {
        roots: vec![0],
        nodes,
    };
    let model = wrapped(Estimator::Forest(forest), 1);
    let rows = wakeful_bench::rows(1, 300);
    let single: Vec<f64> = rows.iter().map(|row| model.score(row)).collect();
    assert_eq!(single, Scorer::new(&model).scores(&rows));
}

#[test]
fn pushes_and_base_add_up_to_the_log_odds_of_the_score() {
    for model in all_sorts() {
        let usual: f64 = {
            let mut vector = vec![0.0; wakeful_bench::WIDTH];
            for (column, usual) in model.inputs.columns.iter().zip(&model.usual) {
                vector[*column] = *usual;
            }
            model.explain(&vector).log_odds
        };
        for row in wakeful_bench::rows(5, 60) {
            let verdict = model.explain(&row);
            let sum = verdict.base + verdict.pushes.iter().sum::<f64>();
            assert!((verdict.base - usual).abs() < 1e-12);
            assert!((sum - verdict.log_odds).abs() < 1e-9, "{verdict:?}");
            assert_eq!(verdict.score, model.score(&row));
        }
    }
}

/// Shapley values as they are defined: over every set of the other columns.
fn by_definition(forest: &Forest, row: &[f64], usual: &[f64]) -> Vec<f64> {
    let n = row.len();
    let worth = |set: usize| {
        let mixed: Vec<f64> = (0..n)
            .map(|at| {
                if set >> at & 1 == 1 {
                    row[at]
                } else {
                    usual[at]
                }
            })
            .collect();
        forest.sum(&mixed)
    };
    let factorial = |n: usize| (1..=n).map(|k| k as f64).product::<f64>();
    let part = |column: usize| -> f64 {
        (0..1_usize << n)
            .filter(|set| set >> column & 1 == 0)
            .map(|set| {
                let size = set.count_ones() as usize;
                let weight = factorial(size) * factorial(n - size - 1) / factorial(n);
                weight * (worth(set | 1 << column) - worth(set))
            })
            .sum()
    };
    (0..n).map(part).collect()
}

#[test]
fn pushes_of_trees_are_shapley_values() {
    for seed in 0..4 {
        let shape = Shape {
            trees: 5,
            depth: 7,
            columns: 6,
            rows: 400,
            leaf: 2,
        };
        let forest = grow(seed, shape);
        let rows = wakeful_bench::rows(seed + 9, 12);
        for pair in rows.windows(2) {
            let (row, usual) = (&pair[0][..6], &pair[1][..6]);
            let expected = by_definition(&forest, row, usual);
            for (push, expected) in forest.pushes(row, usual).iter().zip(expected) {
                assert!((push - expected).abs() < 1e-9, "{push} {expected}");
            }
        }
    }
}

#[test]
fn pushes_of_a_logistic_regression_add_up_to_the_change_of_log_odds() {
    let model = dns_tunnel::model();
    let mut vector = vec![0.0; dns::COUNT];
    for (column, usual) in model.inputs.columns.iter().zip(&model.usual) {
        vector[*column] = *usual;
    }
    let logit = |vector: &[f64]| {
        let p = model.probability(vector);
        (p / (1.0 - p)).ln()
    };
    let usual = logit(&vector);
    for (step, value) in vector.iter_mut().enumerate() {
        *value += step as f64 * 0.3;
    }
    let sum: f64 = model.explain(&vector).pushes.iter().sum();
    assert!((sum - (logit(&vector) - usual)).abs() < 1e-9, "{sum}");
}
