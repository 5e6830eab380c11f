//! The engine's inference is the library's, and training is repeatable.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::collections::BTreeMap;
use wakeful_engine::features::{FeatureList, dns, flow};
use wakeful_engine::models::{Estimator, Model, sigmoid};
use wakeful_lab::rng::Rng;
use wakeful_train::evaluate::{Study, auc, recall_at, study, wilson};
use wakeful_train::fit::{Recipe, fit};
use wakeful_train::folds::{Group, out_of_fold};
use wakeful_train::select::select;
use wakeful_train::spread::{quantiles, spreads};
use wakeful_train::{Dataset, Example};

/// Made-up channels: tunnels of three tools lie higher in every other feature, with overlap.
fn dataset(count: usize, list: &'static FeatureList) -> Dataset {
    let mut rng = Rng::new(11);
    let mut data = Dataset::new("dns", "channel", list);
    data.examples = (0..count)
        .map(|at| {
            let tool = (at % 3 == 0).then(|| ["one", "two", "three"][at / 3 % 3].to_owned());
            let shift = if tool.is_some() { 1.5 } else { 0.0 };
            let value = |column: usize| {
                (rng.normal() + if column.is_multiple_of(2) { shift } else { 0.0 }).exp()
            };
            Example {
                tool,
                captured: true,
                network: ["a", "b"][at % 2].to_owned(),
                name: format!("{at} rows 0+1 x1"),
                vector: (0..list.features.len()).map(value).collect(),
                pcr: Some(if at % 3 == 0 { 0.5 } else { -0.5 }),
                text: Vec::new(),
            }
        })
        .collect();
    data
}

const RECIPES: [(Recipe, &FeatureList); 4] = [
    (Recipe::Logistic { alpha: 1.0 }, &dns::LIST),
    (
        Recipe::Forest {
            trees: 25,
            depth: 8,
            leaf: 3,
        },
        &flow::LIST,
    ),
    (
        Recipe::Boosting {
            trees: 30,
            depth: 4,
            monotone: false,
        },
        &dns::LIST,
    ),
    (
        Recipe::Boosting {
            trees: 30,
            depth: 4,
            monotone: true,
        },
        &dns::LIST,
    ),
];

fn study_of(recipe: Recipe, data: &Dataset, columns: &[usize]) -> Study {
    study(recipe, data, columns, &BTreeMap::new(), 1, 5).unwrap()
}

#[test]
fn scores_agree_with_the_librarys_to_a_millionth() {
    for (recipe, list) in RECIPES {
        let data = dataset(600, list);
        let examples: Vec<&Example> = data.examples.iter().collect();
        let fitted = fit(recipe, &examples, list, &data.all_columns(), 5).unwrap();
        let any = |of: fn(f64) -> bool| fitted.library.iter().any(|&score| of(score));
        assert!(
            any(|score| score > 0.7) && any(|score| score < 0.3),
            "{recipe:?}"
        );
        for (row, theirs) in fitted.rows.iter().zip(&fitted.library) {
            let ours = match &fitted.estimator {
                Estimator::Forest(forest) => forest.mean(row),
                estimator => sigmoid(estimator.margin(row)),
            };
            assert!((ours - theirs).abs() < 1e-6, "{recipe:?}: {ours} {theirs}");
        }
    }
}

#[test]
fn a_model_file_gives_the_scores_of_the_model_that_wrote_it() {
    for (recipe, list) in RECIPES {
        let data = dataset(300, list);
        // A model may read a part of its list, in another order.
        let model = study_of(recipe, &data, &[4, 0, 2, 9]).model;
        let read = Model::parse(&model.to_bytes(), list).unwrap();
        for example in &data.examples {
            assert_eq!(read.score(&example.vector), model.score(&example.vector));
            assert_eq!(
                read.explain(&example.vector),
                model.explain(&example.vector)
            );
        }
    }
}

#[test]
fn pushes_add_up_to_the_log_odds_beyond_the_roots() {
    for (recipe, list) in RECIPES {
        let data = dataset(300, list);
        let examples: Vec<&Example> = data.examples.iter().collect();
        let Estimator::Boosting(boosting) = fit(recipe, &examples, list, &data.all_columns(), 5)
            .unwrap()
            .estimator
        else {
            continue;
        };
        let usual = &data.examples[0].vector;
        for example in &data.examples {
            let pushes = boosting.trees.pushes(&example.vector, usual);
            let change = boosting.margin(&example.vector) - boosting.margin(usual);
            assert!((pushes.iter().sum::<f64>() - change).abs() < 1e-9);
        }
    }
}

#[test]
fn the_same_examples_and_seed_give_the_same_bytes() {
    for (recipe, list) in RECIPES {
        let data = dataset(300, list);
        let bytes = || {
            study_of(recipe, &data, &data.all_columns())
                .model
                .to_bytes()
        };
        assert_eq!(bytes(), bytes());
        assert_eq!(select(&data, 3).unwrap(), select(&data, 3).unwrap());
    }
}

#[test]
fn nobody_is_judged_by_a_model_that_has_seen_its_tool_or_network() {
    let data = dataset(300, &dns::LIST);
    let folds = out_of_fold(RECIPES[0].0, &data.examples, data.list, &[0, 2], 5).unwrap();
    for (example, &judge) in data.examples.iter().zip(&folds.judges) {
        let own = match (&example.tool, &folds.folds[judge].left_out) {
            (Some(tool), Group::Tool(left_out)) => tool == left_out,
            (None, Group::Network(left_out)) => *left_out == example.network,
            _ => false,
        };
        assert!(own, "{example:?}");
    }
}

#[test]
fn selection_takes_features_that_tell_and_leaves_noise() {
    let chosen = select(&dataset(900, &dns::LIST), 3).unwrap();
    assert!(!chosen.is_empty());
    // Every other feature is noise.
    assert!(
        chosen.iter().take(3).all(|column| column.is_multiple_of(2)),
        "{chosen:?}"
    );
}

#[test]
fn a_spread_is_of_the_values_that_the_models_were_fitted_on() {
    let data = dataset(900, &dns::LIST);
    let columns = data.all_columns();
    let study = study_of(Recipe::Logistic { alpha: 1.0 }, &data, &columns);
    let spreads = spreads(&data, &study);
    let named: Vec<&str> = spreads
        .iter()
        .map(|spread| spread.feature.as_str())
        .collect();
    let list = dns::LIST.features.iter().map(|feature| feature.name);
    assert_eq!(
        named,
        ["score", "pcr"].into_iter().chain(list).collect::<Vec<_>>()
    );
    let of = |feature: &str| {
        let spread = spreads.iter().find(|spread| spread.feature == feature);
        (spread.unwrap().benign, spread.unwrap().tunnels)
    };
    assert_eq!(of("pcr"), ([-0.5; 5], [0.5; 5]));
    for (column, feature) in dns::LIST.features.iter().enumerate() {
        let (benign, tunnels) = of(feature.name);
        assert_eq!(benign[2], study.model.usual[column], "{}", feature.name);
        let values = |is_tunnel: bool| {
            let wanted = |example: &&Example| example.tool.is_some() == is_tunnel;
            let examples = data.examples.iter().filter(wanted);
            examples.map(|example| example.vector[column]).collect()
        };
        assert_eq!(Some(benign), quantiles(values(false)));
        assert_eq!(Some(tunnels), quantiles(values(true)));
        for pair in benign.windows(2).chain(tunnels.windows(2)) {
            assert!(pair[0] <= pair[1], "{}", feature.name);
        }
    }
    let (benign, tunnels) = of("score");
    assert!(benign[0] >= 0.0 && benign[4] < tunnels[2] && tunnels[4] <= 1.0);
    assert_eq!(quantiles(Vec::new()), None);
}

#[test]
fn statistics_agree_with_their_definitions() {
    assert_eq!(auc(&[2.0, 3.0], &[0.0, 1.0]), 1.0);
    assert_eq!(auc(&[1.0], &[0.0, 1.0, 2.0]), 0.5);
    let benign: Vec<f64> = (0..1000).map(f64::from).collect();
    assert_eq!(recall_at(&[998.5, 997.5, 999.5], &benign, 1e-3), 2.0 / 3.0);
    let (low, high) = wilson(0.5, 100.0);
    assert!((low - 0.404).abs() < 1e-3 && (high - 0.596).abs() < 1e-3);
    assert_eq!(wilson(0.0, 20.0).0, 0.0);
}
