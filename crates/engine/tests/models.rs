//! The embedded models fit the source, and a file that does not is an error with a sentence.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use wakeful_engine::detectors::{dns_tunnel, flow_tunnel};
use wakeful_engine::features::{dns, flow};
use wakeful_engine::models::{Estimator, Model, ModelError, Node};

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

#[test]
fn pushes_of_a_forest_add_up_to_the_change_from_its_roots() {
    let Estimator::Forest(forest) = &flow_tunnel::model().estimator else {
        panic!("a forest");
    };
    let roots: f64 = forest
        .roots
        .iter()
        .map(|&root| forest.nodes[root as usize].value)
        .sum::<f64>()
        / forest.roots.len() as f64;
    for scale in [0.0, 1.0, 50.0, 1e4, 1e7] {
        let columns = vec![scale; flow::COUNT];
        let sum: f64 = forest.pushes(&columns).iter().sum();
        assert!((roots + sum - forest.mean(&columns)).abs() < 1e-9);
    }
    assert!(
        forest
            .nodes
            .iter()
            .all(|node| node.column == Node::LEAF || usize::from(node.column) < flow::COUNT)
    );
}
