//! What a model is, in words and numbers: the card beside its file.
//!
//! In: a [`Study`]. Out: Markdown. Must not know: how it was computed.

use crate::evaluate::{BENIGN_SHARES, Study};
use std::fmt::Write;
use wakeful_engine::models::Estimator;

/// The card's text.
#[must_use]
pub fn card(title: &str, study: &Study, tunnels: usize, benign: usize) -> String {
    let mut out = String::new();
    // Writing to a String cannot fail.
    let _ = write_card(&mut out, title, study, tunnels, benign);
    out
}

fn write_card(
    out: &mut String,
    title: &str,
    study: &Study,
    tunnels: usize,
    benign: usize,
) -> std::fmt::Result {
    let model = &study.model;
    let what = match &model.estimator {
        Estimator::Logistic(_) => "logistic regression".to_owned(),
        Estimator::Forest(forest) => format!(
            "random forest, {} trees, {} nodes",
            forest.roots.len(),
            forest.nodes.len()
        ),
    };
    writeln!(out, "# {title}\n")?;
    writeln!(
        out,
        "A {what}, on the features `{}`. Written by `cargo xtask train`; not edited by hand.\n",
        model.inputs.list
    )?;
    writeln!(
        out,
        "- Fitted on {tunnels} windows of tunnels and {benign} benign channels; data hash `{:016x}`.",
        model.data_hash
    )?;
    writeln!(
        out,
        "- Its inference agrees with smartcore's to {:.1e}.",
        study.difference
    )?;
    writeln!(
        out,
        "- Calibration: p = σ({:.4} · margin + {:.4}).\n",
        model.calibration.slope, model.calibration.offset
    )?;
    writeln!(
        out,
        "## Severities\n\nA cut is the probability that this share of benign channels reaches, each scored by a model that had not seen its network.\n"
    )?;
    writeln!(
        out,
        "| severity | benign share | probability from |\n|---|--:|--:|"
    )?;
    for (name, (share, cut)) in ["info", "low", "medium", "high", "critical"]
        .iter()
        .zip(BENIGN_SHARES.iter().zip(model.cuts))
    {
        let from = if cut > 1.0 {
            "never".to_owned()
        } else {
            format!("{cut:.6}")
        };
        writeln!(out, "| {name} | {:.2} % | {from} |", share * 100.0)?;
    }
    writeln!(
        out,
        "\n## Tools, each left out of its own training\n\nA window is a part of a capture, from 8 rows on, at 1, 8 and 64 times its own pace. \"Found\" is medium or worse.\n"
    )?;
    writeln!(
        out,
        "| tool | windows | AUC | windows found | windows high | whole captures found |\n|---|--:|--:|--:|--:|--:|"
    )?;
    for tool in &study.tools {
        writeln!(
            out,
            "| {} | {} | {:.4} | {:.1} % | {:.1} % | {:.0} of {} |",
            tool.tool,
            tool.examples,
            tool.auc,
            tool.recall[2] * 100.0,
            tool.recall[3] * 100.0,
            tool.whole * tool.wholes as f64,
            tool.wholes
        )?;
    }
    writeln!(
        out,
        "\n## Benign networks, each left out of its own training\n\n| network | judged channels | info or worse | low | medium | high | critical |\n|---|--:|--:|--:|--:|--:|--:|"
    )?;
    for network in &study.networks {
        let [info, low, medium, high, critical] = network.alarms;
        writeln!(
            out,
            "| {} | {} | {info} | {low} | {medium} | {high} | {critical} |",
            network.network, network.examples
        )?;
    }
    writeln!(
        out,
        "\n## Features\n\n| feature | usual (benign median) | weight |\n|---|--:|--:|"
    )?;
    for (at, name) in model.inputs.names.iter().enumerate() {
        let weight = match &model.estimator {
            Estimator::Logistic(logistic) => format!("{:+.3}", logistic.weights[at]),
            Estimator::Forest(forest) => {
                let splits = forest
                    .nodes
                    .iter()
                    .filter(|node| usize::from(node.column) == at)
                    .count();
                format!("{splits} splits")
            }
        };
        writeln!(out, "| {name} | {:.4} | {weight} |", model.usual[at])?;
    }
    Ok(())
}
