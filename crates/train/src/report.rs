//! The evaluation: as data for the page, and as a text for people.
//!
//! In: studies, curves, ideas. Out: `docs/evaluation.json` and `docs/evaluation.md`. Must not know:
//! how a figure was computed.

use std::fmt::Write;
use wakeful_engine::evaluation::{Evaluation, OriginRow, Quantiles, Trial};

/// What the study of 2018 reported: AUC of boosting, forest, logistic regression.
#[must_use]
pub fn origin() -> Vec<OriginRow> {
    [
        ("conn", "dnscat2", 0.92, 0.93, 0.41),
        ("conn", "iodine", 0.92, 0.95, 0.81),
        ("conn", "iodine raw", 0.92, 0.90, 0.64),
        ("dns", "dnscat2", 0.20, 0.80, 0.50),
        ("dns", "iodine", 0.21, 0.21, 0.63),
        ("dns", "iodine raw", 0.23, 0.23, 0.80),
    ]
    .into_iter()
    .map(|(log, tool, boosting, forest, logistic)| OriginRow {
        log: log.to_owned(),
        tool: tool.to_owned(),
        boosting,
        forest,
        logistic,
    })
    .collect()
}

/// What the shipped models miss, in sentences, from the figures.
#[must_use]
pub fn misses(evaluation: &Evaluation) -> Vec<String> {
    let mut misses = Vec::new();
    // The parts of a verdict are not meant to find everything by themselves.
    let verdicts = evaluation
        .trials
        .iter()
        .filter(|trial| trial.shipped && trial.unit == "channel");
    for trial in verdicts {
        for tool in trial
            .tools
            .iter()
            .filter(|tool| tool.recall_1_in_1000 < 0.9)
        {
            misses.push(format!(
                "Of {} in {}, {:.0} % of the windows are found at one false alarm in 1,000.",
                tool.tool,
                if trial.log == "dns" {
                    "DNS channels"
                } else {
                    "flows alone"
                },
                tool.recall_1_in_1000 * 100.0
            ));
        }
    }
    for curve in &evaluation.curves {
        let missed: Vec<&str> = curve
            .points
            .iter()
            .filter(|point| (point.found_with_leak as f64) < 0.5 * point.tunnels as f64)
            .map(|point| point.label.as_str())
            .collect();
        if !missed.is_empty() {
            let what = match curve.along.as_str() {
                "rate" => format!("{} over four hours", curve.tool),
                "rate, all day" => format!("{} over a day", curve.tool),
                _ => "A look-ups every half minute over four hours".to_owned(),
            };
            misses.push(format!(
                "Of {what}, fewer than half are found at: {}.",
                missed.join("; ")
            ));
        }
    }
    misses
}

/// The evaluation as Markdown.
#[must_use]
pub fn markdown(evaluation: &Evaluation) -> String {
    let mut out = String::new();
    // Writing to a String cannot fail.
    let _ = write_markdown(&mut out, evaluation);
    out
}

fn write_markdown(out: &mut String, evaluation: &Evaluation) -> std::fmt::Result {
    writeln!(
        out,
        "# Evaluation\n\nWritten by `cargo xtask train`; not edited by hand.\nEvery figure is out of fold: a tunnel is scored by a model that had not seen its tool, a benign record by one that had not seen its network.\n"
    )?;
    write!(out, "Data hash `{}`", evaluation.data_hash)?;
    match &evaluation.date {
        Some(date) => writeln!(out, ", {date}.\n")?,
        None => writeln!(out, ".\n")?,
    }
    write_origin(out, evaluation)?;
    writeln!(
        out,
        "## All trials\n\nRecall is the mean over the tools at one false alarm in 1,000 benign examples.\n"
    )?;
    writeln!(
        out,
        "| log | unit | estimator | features | mean AUC | worst tool | recall | shipped |\n|---|---|---|--:|--:|--:|--:|---|"
    )?;
    for trial in &evaluation.trials {
        writeln!(
            out,
            "| {} | {} | {} | {} | {:.4} | {:.4} | {:.1} % | {} |",
            trial.log,
            trial.unit,
            trial.estimator,
            trial.features.len(),
            trial.mean_auc,
            trial.worst_auc,
            trial.recall_1_in_1000 * 100.0,
            if trial.shipped { "yes" } else { "" }
        )?;
    }
    for trial in &evaluation.trials {
        write_trial(out, trial)?;
    }
    writeln!(
        out,
        "\n## Recall against rate and encoding\n\nTunnels of the lab over four hours, or a day, each scored by a model that had not seen its tool; found is medium or worse. Intervals are of 95 % (Wilson). \"And meter\" counts what the model or the policy of the leak meter finds (more than 4 kB a day by names).\n"
    )?;
    writeln!(
        out,
        "| tool | along | at | bytes a second | recall | interval | and meter |\n|---|---|---|--:|--:|---|--:|"
    )?;
    for curve in &evaluation.curves {
        for point in &curve.points {
            writeln!(
                out,
                "| {} | {} | {} | {:.3} | {:.0} % | {:.0} to {:.0} % | {:.0} % |",
                curve.tool,
                curve.along,
                point.label,
                point.bytes_a_second,
                point.recall * 100.0,
                point.low * 100.0,
                point.high * 100.0,
                point.found_with_leak as f64 / point.tunnels.max(1) as f64 * 100.0
            )?;
        }
    }
    write_crowds(out, evaluation)?;
    write_spreads(out, evaluation)?;
    writeln!(
        out,
        "\n## Also tried\n\n| what | result | kept |\n|---|---|---|"
    )?;
    for tried in &evaluation.tried {
        writeln!(
            out,
            "| {} | {} | {} |",
            tried.what,
            tried.result,
            if tried.kept { "yes" } else { "no" }
        )?;
    }
    writeln!(out, "\n## What is missed\n")?;
    for miss in &evaluation.misses {
        writeln!(out, "- {miss}")?;
    }
    writeln!(
        out,
        "\n## Data\n\nNo log is part of this project; what ships is the models and these figures.\n\n| name | what | licence | DNS rows | connections |\n|---|---|---|--:|--:|"
    )?;
    for corpus in &evaluation.corpora {
        writeln!(
            out,
            "| {} | {} | {} | {} | {} |",
            corpus.name, corpus.about, corpus.licence, corpus.dns_rows, corpus.flow_rows
        )?;
    }
    Ok(())
}

fn write_crowds(out: &mut String, evaluation: &Evaluation) -> std::fmt::Result {
    writeln!(
        out,
        "\n## A day of many clients\n\nOffices of the lab that no model was fitted on, each with logs of its own, without a tunnel. A false domain is a registered domain with a channel of medium or worse, before any allow list: by the shipped model, which knows other offices of the lab; by the one that saw nothing of the lab's benign traffic; and by the policy of the leak meter.\n\n| offices | clients | rows of dns.log | channels | domains | false, shipped | false, unseen | leak meter |\n|--:|--:|--:|--:|--:|--:|--:|--:|"
    )?;
    for crowd in &evaluation.crowds {
        writeln!(
            out,
            "| {} | {} | {} | {} | {} | {} | {} | {} |",
            crowd.offices,
            crowd.clients,
            crowd.rows,
            crowd.channels,
            crowd.domains,
            crowd.false_domains,
            crowd.false_domains_unseen,
            crowd.leaking_domains
        )?;
    }
    Ok(())
}

fn write_spreads(out: &mut String, evaluation: &Evaluation) -> std::fmt::Result {
    writeln!(
        out,
        "\n## How the features are spread\n\nThe values below which 5, 25, 50, 75 and 95 % of the shipped models' training channels lie: the benign channels (of flows: windows of them), and the windows of tunnels. `score` is out of fold; `pcr` is the producer-consumer ratio.\n\n| log | feature | benign | tunnels |\n|---|---|---|---|"
    )?;
    let row = |quantiles: &Quantiles| {
        let digits = |value: f64| if value.abs() < 10.0 { 3 } else { 0 };
        quantiles
            .map(|value| format!("{value:.0$}", digits(value)))
            .join(", ")
    };
    for spread in &evaluation.spreads {
        writeln!(
            out,
            "| {} | {} | {} | {} |",
            spread.log,
            spread.feature,
            row(&spread.benign),
            row(&spread.tunnels)
        )?;
    }
    Ok(())
}

fn write_origin(out: &mut String, evaluation: &Evaluation) -> std::fmt::Result {
    writeln!(
        out,
        "## 2018 and now\n\nAUC of boosting, forest and logistic regression.\nThe study of 2018 split its rows at random, within one home network; here the tool and the network are left out, which is harder.\n"
    )?;
    writeln!(
        out,
        "| log | tool | 2018, rows | now, rows | now, channels |\n|---|---|---|---|---|"
    )?;
    for row in &evaluation.origin {
        let log = if row.log == "conn" { "flow" } else { "dns" };
        let now = |unit: &str| {
            let of = |estimator: &str| {
                let trial = evaluation.trials.iter().find(|trial| {
                    trial.log == log && trial.unit == unit && trial.estimator == estimator
                });
                let tool =
                    trial.and_then(|trial| trial.tools.iter().find(|tool| tool.tool == row.tool));
                tool.map_or("–".to_owned(), |tool| format!("{:.2}", tool.auc))
            };
            format!("{} / {} / {}", of("boosting"), of("forest"), of("logistic"))
        };
        writeln!(
            out,
            "| {} | {} | {:.2} / {:.2} / {:.2} | {} | {} |",
            row.log,
            row.tool,
            row.boosting,
            row.forest,
            row.logistic,
            now("row"),
            now("channel")
        )?;
    }
    writeln!(out)
}

fn write_trial(out: &mut String, trial: &Trial) -> std::fmt::Result {
    writeln!(
        out,
        "\n### {} {}s, {}{}\n",
        trial.log,
        trial.unit,
        trial.estimator,
        if trial.shipped { " (shipped)" } else { "" }
    )?;
    writeln!(
        out,
        "{}. Features: {}.\n",
        trial.settings,
        trial
            .features
            .iter()
            .map(|feature| format!("{} ({:+.3})", feature.name, feature.importance))
            .collect::<Vec<_>>()
            .join(", ")
    )?;
    writeln!(
        out,
        "| tool | from | examples | AUC | recall at 1 in 1,000 | at 1 in 10,000 |\n|---|---|--:|--:|--:|--:|"
    )?;
    for tool in &trial.tools {
        let rare = tool
            .recall_1_in_10000
            .map_or("too few to tell".to_owned(), |recall| {
                format!("{:.1} %", recall * 100.0)
            });
        writeln!(
            out,
            "| {} | {} | {} | {:.4} | {:.1} % | {rare} |",
            tool.tool,
            if tool.captured { "captures" } else { "the lab" },
            tool.examples,
            tool.auc,
            tool.recall_1_in_1000 * 100.0
        )?;
    }
    if trial.shipped {
        writeln!(
            out,
            "\n| severity | tunnels found | missed | benign raised | not raised |\n|---|--:|--:|--:|--:|"
        )?;
        for row in &trial.confusion {
            writeln!(
                out,
                "| {} | {} | {} | {} | {} |",
                row.severity,
                row.true_positives,
                row.false_negatives,
                row.false_positives,
                row.true_negatives
            )?;
        }
        writeln!(
            out,
            "\n| predicted | observed | interval | examples |\n|--:|--:|---|--:|"
        )?;
        for bin in &trial.calibration {
            writeln!(
                out,
                "| {:.2} | {:.2} | {:.2} to {:.2} | {} |",
                bin.predicted, bin.observed, bin.low, bin.high, bin.examples
            )?;
        }
    }
    Ok(())
}
