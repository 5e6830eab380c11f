//! A verdict's pushes as reasons.
//!
//! In: a model, its list, a vector. Out: the strongest reasons, with sentences. Must not know:
//! which channel it is about.

use crate::features::FeatureList;
use crate::models::{Model, Verdict};
use crate::report::Reason;

/// At most this many reasons for, and two against.
const FOR: usize = 8;
const AGAINST: usize = 2;

pub(super) fn reasons(
    model: &Model,
    list: &FeatureList,
    vector: &[f64],
    verdict: &Verdict,
) -> Vec<Reason> {
    let mut reasons: Vec<Reason> = model
        .inputs
        .columns
        .iter()
        .zip(model.usual.iter().zip(&verdict.pushes))
        .map(|(&column, (&usual, &push))| {
            let feature = &list.features[column];
            Reason {
                feature: feature.name.to_owned(),
                value: vector[column],
                usual,
                push,
                text: feature.explain(vector[column], usual),
            }
        })
        .filter(|reason| reason.push != 0.0)
        .collect();
    reasons.sort_by(|a, b| {
        b.push
            .total_cmp(&a.push)
            .then_with(|| a.feature.cmp(&b.feature))
    });
    let ups = reasons.iter().filter(|reason| reason.push > 0.0).count();
    let downs_from = reasons.len().saturating_sub(AGAINST).max(ups);
    let downs = reasons.split_off(downs_from);
    reasons.truncate(ups.min(FOR));
    reasons.extend(downs);
    reasons
}
