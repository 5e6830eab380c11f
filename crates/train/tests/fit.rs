//! The engine's inference is the library's, and training is repeatable.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use wakeful_engine::features::{dns, flow};
use wakeful_engine::models::{Estimator, Model, sigmoid};
use wakeful_lab::rng::Rng;
use wakeful_train::Example;
use wakeful_train::evaluate::study;
use wakeful_train::fit::{Recipe, fit};

/// Made-up channels: tunnels of three tools lie higher in some features, with overlap.
fn examples(count: usize, columns: usize) -> Vec<Example> {
    let mut rng = Rng::new(11);
    (0..count)
        .map(|at| {
            let tool = (at % 3 == 0).then(|| ["one", "two", "three"][at / 3 % 3].to_owned());
            let shift = if tool.is_some() { 1.5 } else { 0.0 };
            let vector = (0..columns)
                .map(|column| (rng.normal() + if column % 2 == 0 { shift } else { 0.0 }).exp())
                .collect();
            Example {
                tool,
                network: ["a", "b"][at % 2].to_owned(),
                name: format!("{at} rows 0+1 x1"),
                vector,
            }
        })
        .collect()
}

const LOGISTIC: Recipe = Recipe::Logistic { alpha: 1.0 };
const FOREST: Recipe = Recipe::Forest {
    trees: 25,
    depth: 8,
    leaf: 3,
};

#[test]
fn scores_agree_with_the_librarys_to_a_millionth() {
    for (recipe, list) in [(LOGISTIC, &dns::LIST), (FOREST, &flow::LIST)] {
        let examples = examples(600, list.features.len());
        let columns: Vec<usize> = (0..list.features.len()).collect();
        let fitted = fit(
            recipe,
            &examples.iter().collect::<Vec<_>>(),
            list,
            &columns,
            5,
        )
        .unwrap();
        assert!(
            fitted.library.iter().any(|&score| score > 0.7)
                && fitted.library.iter().any(|&score| score < 0.3)
        );
        for (row, theirs) in fitted.rows.iter().zip(&fitted.library) {
            let ours = match &fitted.estimator {
                Estimator::Logistic(logistic) => sigmoid(logistic.margin(row)),
                Estimator::Forest(forest) => forest.mean(row),
            };
            assert!((ours - theirs).abs() < 1e-6, "{ours} {theirs}");
        }
    }
}

#[test]
fn a_model_file_gives_the_scores_of_the_model_that_wrote_it() {
    for (recipe, list) in [(LOGISTIC, &dns::LIST), (FOREST, &flow::LIST)] {
        let examples = examples(300, list.features.len());
        // A model may read a part of its list, in another order.
        let columns = [4, 0, 2, 9];
        let model = study(recipe, &examples, list, &columns, 1, 5)
            .unwrap()
            .model;
        let read = Model::parse(&model.to_bytes(), list).unwrap();
        for example in &examples {
            assert_eq!(read.score(&example.vector), model.score(&example.vector));
        }
    }
}

#[test]
fn the_same_examples_and_seed_give_the_same_bytes() {
    for (recipe, list) in [(LOGISTIC, &dns::LIST), (FOREST, &flow::LIST)] {
        let examples = examples(300, list.features.len());
        let columns: Vec<usize> = (0..list.features.len()).collect();
        let bytes = || {
            study(recipe, &examples, list, &columns, 1, 5)
                .unwrap()
                .model
                .to_bytes()
        };
        assert_eq!(bytes(), bytes());
    }
}
