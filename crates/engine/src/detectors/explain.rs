//! A verdict's pushes as reasons.
//!
//! In: a model, its list, a vector. Out: the strongest reasons, with sentences. Must not know:
//! which channel it is about.

use crate::features::FeatureList;
use crate::models::{Model, Verdict};
use crate::order;
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
    let mut pushes: Vec<(f64, f64, usize)> = model
        .inputs
        .columns
        .iter()
        .zip(model.usual.iter().zip(&verdict.pushes))
        .map(|(&column, (&usual, &push))| (push, usual, column))
        .filter(|&(push, _, _)| push != 0.0)
        .collect();
    let name = |column: usize| list.features[column].name;
    order::by(&mut pushes, |a, b| {
        b.0.total_cmp(&a.0).then_with(|| name(a.2).cmp(name(b.2)))
    });
    let ups = pushes.iter().filter(|&&(push, _, _)| push > 0.0).count();
    let downs = pushes.len().saturating_sub(AGAINST).max(ups);
    let strongest = pushes[..ups.min(FOR)].iter().chain(&pushes[downs..]);
    strongest
        .map(|&(push, usual, column)| {
            let feature = &list.features[column];
            Reason {
                feature: feature.name.to_owned(),
                value: vector[column],
                usual,
                push,
                text: feature.explain(vector[column], usual),
            }
        })
        .collect()
}
