//! What a model is, in words and numbers: the card beside its file.
//!
//! In: a [`Study`]. Out: Markdown. Must not know: how it was computed.

use crate::Dataset;
use crate::evaluate::{BENIGN_SHARES, LEAST, MEDIUM, SEVERITIES, Study};
use std::fmt::Write;
use wakeful_engine::models::{Estimator, Model};

/// The card's text.
#[must_use]
pub fn card(title: &str, study: &Study, data: &Dataset, date: Option<&str>) -> String {
    let mut out = String::new();
    // Writing to a String cannot fail.
    let _ = write_card(&mut out, title, study, data, date);
    out
}

fn write_card(
    out: &mut String,
    title: &str,
    study: &Study,
    data: &Dataset,
    date: Option<&str>,
) -> std::fmt::Result {
    writeln!(out, "# {title}\n")?;
    about(out, study, data, date)?;
    severities(out, &study.model)?;
    tools(out, study)?;
    networks(out, study, data)?;
    features(out, study)
}

/// What it is and what it was made of.
fn about(out: &mut String, study: &Study, data: &Dataset, date: Option<&str>) -> std::fmt::Result {
    let model = &study.model;
    let what = match &model.estimator {
        Estimator::Logistic(_) => "logistic regression".to_owned(),
        Estimator::Forest(forest) => format!(
            "random forest, {} trees, {} nodes",
            forest.roots.len(),
            forest.nodes.len()
        ),
        Estimator::Boosting(boosting) => format!(
            "gradient boosting, {} trees, {} nodes",
            boosting.trees.roots.len(),
            boosting.trees.nodes.len()
        ),
    };
    let tunnels = data
        .examples
        .iter()
        .filter(|example| example.tool.is_some())
        .count();
    writeln!(
        out,
        "A {what}, on {} features of the list `{}`. Written by `cargo xtask train`; not edited by hand.\n",
        model.inputs.names.len(),
        model.inputs.list
    )?;
    writeln!(
        out,
        "- Data: {tunnels} windows of tunnels and {} benign channels, of the corpora named in [docs/evaluation.md](../../../docs/evaluation.md) with their licences; hash `{:016x}`.",
        data.examples.len() - tunnels,
        model.data_hash
    )?;
    if let Some(date) = date {
        writeln!(out, "- Date: {date}.")?;
    }
    writeln!(out, "- Settings: {}.", study.trial.settings)?;
    writeln!(
        out,
        "- Its inference agrees with the library's to {:.1e}.",
        study.difference
    )?;
    writeln!(
        out,
        "- Calibration: p = σ({:.4} · margin + {:.4}).",
        model.calibration.slope, model.calibration.offset
    )?;
    writeln!(
        out,
        "- Limits: the benign channels are few and of small networks; a cut says how rare a score was among them, not among yours.\n"
    )
}

/// Where each severity begins.
fn severities(out: &mut String, model: &Model) -> std::fmt::Result {
    writeln!(
        out,
        "## Severities\n\nA cut is the probability that this share of benign channels reaches, each scored by a model that had not seen its network, and not less than the last column.\n"
    )?;
    writeln!(
        out,
        "| severity | benign share | probability from | least |\n|---|--:|--:|--:|"
    )?;
    let shares = BENIGN_SHARES.iter().zip(LEAST);
    for (name, ((share, least), cut)) in SEVERITIES.iter().zip(shares.zip(model.cuts)) {
        let from = if cut > 1.0 {
            "never".to_owned()
        } else {
            format!("{cut:.6}")
        };
        writeln!(
            out,
            "| {name} | {:.2} % | {from} | {least} |",
            share * 100.0
        )?;
    }
    Ok(())
}

/// What it finds of tools that it had not seen.
fn tools(out: &mut String, study: &Study) -> std::fmt::Result {
    writeln!(
        out,
        "\n## Tools, each left out of its own training\n\nA window is a part of a capture, from 8 rows on; of DNS at 1, 8 and 64 times its own pace. \"Found\" is medium or worse.\n"
    )?;
    writeln!(
        out,
        "| tool | from | windows | AUC | windows found | windows high | whole captures found |\n|---|---|--:|--:|--:|--:|--:|"
    )?;
    for tool in &study.trial.tools {
        let share = |at: usize| {
            study
                .reached
                .get(&tool.tool)
                .map_or(0.0, |reached| reached[at] as f64)
                / tool.examples.max(1) as f64
                * 100.0
        };
        let (wholes, found) = study.wholes.get(&tool.tool).copied().unwrap_or_default();
        let from = if tool.captured { "captures" } else { "the lab" };
        writeln!(
            out,
            "| {} | {from} | {} | {:.4} | {:.1} % | {:.1} % | {found} of {wholes} |",
            tool.tool,
            tool.examples,
            tool.auc,
            share(MEDIUM),
            share(MEDIUM + 1)
        )?;
    }
    Ok(())
}

/// What it says of networks that it had not seen.
fn networks(out: &mut String, study: &Study, data: &Dataset) -> std::fmt::Result {
    let others = if data.log == "dns" {
        "domains"
    } else {
        "peers"
    };
    writeln!(
        out,
        "\n## Benign networks, each left out of its own training\n\n| network | {others} | judged channels | medium or worse | {others} of these | a day for 10,000 clients |\n|---|--:|--:|--:|--:|--:|"
    )?;
    for network in &study.trial.networks {
        let a_day = network
            .alarms_a_day
            .map_or("too short to tell".to_owned(), |alarms| {
                format!("{alarms:.0}")
            });
        writeln!(
            out,
            "| {} | {} | {} | {} | {} | {a_day} |",
            network.network,
            network.domains,
            network.examples,
            network.alarms,
            network.false_domains
        )?;
    }
    Ok(())
}

/// What its features are worth.
fn features(out: &mut String, study: &Study) -> std::fmt::Result {
    let model = &study.model;
    writeln!(
        out,
        "\n## Features\n\nImportance is the loss of mean AUC, out of fold, when the feature's values are shuffled.\n\n| feature | usual (benign median) | importance |\n|---|--:|--:|"
    )?;
    for feature in &study.trial.features {
        let at = model
            .inputs
            .names
            .iter()
            .position(|name| *name == feature.name);
        writeln!(
            out,
            "| {} | {:.4} | {:+.4} |",
            feature.name,
            at.map_or(0.0, |at| model.usual[at]),
            feature.importance
        )?;
    }
    Ok(())
}
