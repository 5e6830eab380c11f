//! The parts of a verdict on a DNS channel: content, leak, rhythm and behaviour, each by itself.
//!
//! In: a channel's vector. Out: a [`Part`] each, on the scale of all scores: 0.6 and up would be an
//! alert by that part alone. Must not know: the verdict.
//!
//! Each part is a logistic regression over its own features ([`PARTS`]) with cuts of its own, laid at
//! quantiles of benign channels, so that two parts that agree are two witnesses. The verdict's own model
//! reads the features of all parts.

use super::baseline::Baseline;
use super::embedded;
use super::explain::reasons;
use crate::features::dns::{LIST, PARTS};
use crate::models::Model;
use crate::report::Part;
use std::sync::LazyLock;

static MODELS: LazyLock<[(&str, Model); 4]> = LazyLock::new(|| {
    let files: [&[u8]; 4] = [
        include_bytes!("../../models/dns-content.model"),
        include_bytes!("../../models/dns-leak.model"),
        include_bytes!("../../models/dns-rhythm.model"),
        include_bytes!("../../models/dns-behaviour.model"),
    ];
    let mut at = 0;
    files.map(|bytes| {
        let (name, _) = PARTS[at];
        at += 1;
        (name, embedded(name, bytes, &LIST))
    })
});

/// The parts of a channel's vector, in the order of [`PARTS`]; of a host with usual values of its own, by
/// differences from them.
#[must_use]
pub fn parts(vector: &[f64], baseline: Option<&Baseline>) -> Vec<Part> {
    MODELS
        .iter()
        .map(|(name, model)| {
            let moved = baseline.and_then(|of| model.moved(&of.usual));
            let model = moved.as_ref().unwrap_or(model);
            let verdict = model.explain(vector);
            let strongest = reasons(model, &LIST, vector, &verdict).into_iter().next();
            Part {
                name: (*name).to_owned(),
                score: verdict.score,
                text: strongest.map_or_else(
                    || "Nothing differs from what is usual.".to_owned(),
                    |reason| baseline.map_or(reason.text.clone(), |of| of.named(&reason.text)),
                ),
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_part_reads_features_of_its_own_that_the_list_has() {
        let mut all: Vec<&str> = Vec::new();
        for (name, features) in PARTS {
            for feature in features {
                assert!(
                    LIST.features.iter().any(|known| known.name == *feature),
                    "{name}: {feature}"
                );
                assert!(!all.contains(feature), "{feature} is in two parts");
                all.push(feature);
            }
        }
        for (at, (name, model)) in MODELS.iter().enumerate() {
            assert_eq!(*name, PARTS[at].0);
            let mut names: Vec<&str> = model.inputs.names.iter().map(String::as_str).collect();
            let mut expected = PARTS[at].1.to_vec();
            names.sort_unstable();
            expected.sort_unstable();
            assert_eq!(names, expected);
        }
    }
}
