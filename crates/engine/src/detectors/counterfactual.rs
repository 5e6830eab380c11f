//! What would bring a finding below an alert, found by scoring again.
//!
//! In: a model, a vector, its pushes. Out: for each feature that can do it alone, the value at which
//! the score falls below medium; where none can alone, the smallest set of the strongest that can
//! together. Must not know: which channel it is about.

use crate::features::{FeatureList, Scale};
use crate::models::{BANDS, Model, Verdict};
use crate::order;
use crate::report::Counterfactual;

/// An alert begins here.
const ALERT: f64 = BANDS[2];
/// At most so many.
const MOST: usize = 3;
/// Halvings of the way from the value to the usual one: to a millionth of it.
const HALVINGS: usize = 20;

/// What would bring the vector below an alert; nothing where it is below.
#[must_use]
pub fn counterfactuals(
    model: &Model,
    list: &FeatureList,
    vector: &[f64],
    verdict: &Verdict,
) -> Vec<Counterfactual> {
    if verdict.score < ALERT {
        return Vec::new();
    }
    let mut strongest: Vec<(usize, f64, f64)> = model
        .inputs
        .columns
        .iter()
        .zip(model.usual.iter().zip(&verdict.pushes))
        .filter(|(_, (_, push))| **push > 0.0)
        .map(|(&column, (&usual, &push))| (column, usual, push))
        .collect();
    order::by(&mut strongest, |a, b| {
        b.2.total_cmp(&a.2).then(a.0.cmp(&b.0))
    });
    let mut found: Vec<Counterfactual> = strongest
        .iter()
        .filter_map(|&(column, usual, _)| alone(model, list, vector, column, usual))
        .take(MOST)
        .collect();
    if found.is_empty() {
        found.extend(together(model, list, vector, &strongest));
    }
    found
}

/// The value of one feature at which the score falls below an alert, the others being as they are.
fn alone(
    model: &Model,
    list: &FeatureList,
    vector: &[f64],
    column: usize,
    usual: f64,
) -> Option<Counterfactual> {
    let feature = &list.features[column];
    let mut changed = vector.to_vec();
    let mut score_at = |share: f64| {
        changed[column] = between(feature.scale, vector[column], usual, share);
        (model.score(&changed), changed[column])
    };
    if score_at(1.0).0 >= ALERT {
        return None;
    }
    let (mut above, mut below) = (0.0, 1.0);
    for _ in 0..HALVINGS {
        let middle = f64::midpoint(above, below);
        if score_at(middle).0 < ALERT {
            below = middle;
        } else {
            above = middle;
        }
    }
    let (score, needed) = score_at(below);
    let text = format!(
        "It would be no alert if {} were {} instead of {}, all else being as it is.",
        words(feature.name),
        feature.unit.show(needed),
        feature.unit.show(vector[column])
    );
    Some(Counterfactual {
        feature: feature.name.to_owned(),
        value: vector[column],
        needed,
        score,
        text,
    })
}

/// The fewest of the strongest features that bring the score below an alert when all of them are usual.
fn together(
    model: &Model,
    list: &FeatureList,
    vector: &[f64],
    strongest: &[(usize, f64, f64)],
) -> Option<Counterfactual> {
    let mut changed = vector.to_vec();
    for (count, &(column, usual, _)) in strongest.iter().enumerate() {
        changed[column] = usual;
        let score = model.score(&changed);
        if score < ALERT {
            let (first, first_usual, _) = strongest[0];
            let names: Vec<String> = strongest[..=count]
                .iter()
                .map(|&(column, _, _)| words(list.features[column].name))
                .collect();
            return Some(Counterfactual {
                feature: list.features[first].name.to_owned(),
                value: vector[first],
                needed: first_usual,
                score,
                text: format!(
                    "No single value decides: it would be no alert if {} were all as usual.",
                    listed(&names)
                ),
            });
        }
    }
    None
}

/// A value on the way from `from` to `to`, on the feature's scale.
fn between(scale: Scale, from: f64, to: f64, share: f64) -> f64 {
    match scale {
        Scale::Linear => from + (to - from) * share,
        Scale::Log => {
            let (from, to) = (from.max(0.0).ln_1p(), to.max(0.0).ln_1p());
            (from + (to - from) * share).exp_m1()
        }
    }
}

fn words(name: &str) -> String {
    format!("“{}”", name.replace('_', " "))
}

fn listed(names: &[String]) -> String {
    match names {
        [] => String::new(),
        [one] => one.clone(),
        [most @ .., last] => format!("{} and {last}", most.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::detectors::dns_tunnel;
    use crate::features::dns::{COUNT, LIST};

    /// The usual channel, with `changes` of it.
    fn vector(changes: &[(&str, f64)]) -> [f64; COUNT] {
        let model = dns_tunnel::model();
        let mut vector = [0.0; COUNT];
        for (&column, &usual) in model.inputs.columns.iter().zip(&model.usual) {
            vector[column] = usual;
        }
        for (name, value) in changes {
            let column = LIST.features.iter().position(|known| known.name == *name);
            vector[column.unwrap()] = *value;
        }
        vector
    }

    #[test]
    fn the_values_that_it_names_bring_the_score_below_an_alert() {
        let model = dns_tunnel::model();
        let vector = vector(&[
            ("distinct_names", 4000.0),
            ("information", 100_000.0),
            ("length_mean", 60.0),
            ("length_max", 120.0),
            ("label_length", 50.0),
            ("free_types", 1.0),
            ("address_types", 0.0),
            ("encoded", 1.0),
            ("unique_ratio", 1.0),
        ]);
        let verdict = model.explain(&vector);
        assert!(verdict.score >= ALERT);
        let found = counterfactuals(model, &LIST, &vector, &verdict);
        assert!(!found.is_empty());
        assert!(found.iter().all(|found| found.score < ALERT));
    }

    #[test]
    fn what_is_no_alert_has_none() {
        let model = dns_tunnel::model();
        let vector = vector(&[]);
        let verdict = model.explain(&vector);
        assert!(counterfactuals(model, &LIST, &vector, &verdict).is_empty());
    }
}
