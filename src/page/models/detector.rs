//! One detector's model: its figures, tool by tool and network by network.
//!
//! In: the trial whose model is in use. Out: a part. Must not know: other trials.

use wakeful_engine::evaluation::{Confusion, Importance, NetworkScore, ToolScore, Trial};
use wakeful_engine::report::Severity;
use yew::prelude::*;

use super::super::reasons::code;
use super::super::words::{badge, bar};
use super::tables::{number, or_dash, table, text};
use super::{charts, term, worded};
use crate::chart::bars;
use crate::state::evaluation::{detector, estimator, log};
use crate::state::format::{auc, count, percent, value};
use crate::state::glossary::{
    ALARMS, ALARMS_A_DAY, AUC, CALIBRATION, CUT, EXAMPLES, IMPORTANCE, JUDGED_ON, RECALL,
    RECALL_1000, RECALL_10000,
};

/// The detector, and which part of its verdict the model is where it has several.
pub fn title(trial: &Trial) -> String {
    match trial.unit.split_once(", ") {
        Some((_, part)) => format!("{}: {part}", detector(trial)),
        None => detector(trial).to_owned(),
    }
}

/// The same in a few words.
pub fn short(trial: &Trial) -> String {
    match (trial.unit.split_once(", "), trial.log.as_str()) {
        (Some((_, part)), _) => part.to_owned(),
        (None, "dns") => "DNS queries".to_owned(),
        (None, "flow") => "DNS flows".to_owned(),
        _ => title(trial),
    }
}

/// The part of a model.
pub fn view(trial: &Trial) -> Html {
    html! {
        <div class="models-part" data-detector={trial.log.clone()}>
            <p class="prose">
                { format!("{}, on each {} of {}", estimator(&trial.estimator), trial.unit, log(&trial.log)) }
                if !trial.settings.is_empty() { { format!(": {}", trial.settings) } }
                { "." }
            </p>
            { figures(trial) }
            { part("Tools, each left out of its own training", &trial.tools, tools) }
            { part("Benign networks, each left out of its own training", &trial.networks, networks) }
            <h3>{ "Right and wrong at each severity" }</h3>
            <p class="caption">{ "The " }{ worded(CUT, "cut") }{ " of each severity, and on which side of it the examples fell." }</p>
            { listed(&trial.confusion, confusion) }
            <h3>{ term(CALIBRATION) }</h3>
            { listed(&trial.calibration, charts::calibration) }
            <h3>{ "Features, the most important first" }</h3>
            { listed(&trial.features, features) }
        </div>
    }
}

fn part<T>(title: &str, items: &[T], show: fn(&[T]) -> Html) -> Html {
    html! { <><h3>{ title }</h3>{ listed(items, show) }</> }
}

fn listed<T>(items: &[T], show: impl Fn(&[T]) -> Html) -> Html {
    if items.is_empty() {
        html! { <p class="muted">{ "No figures are at hand." }</p> }
    } else {
        show(items)
    }
}

/// False alarms on benign networks, and examples of them.
pub fn alarms(trial: &Trial) -> (u64, u64) {
    let alarms = trial.networks.iter().map(|network| network.alarms).sum();
    let benign = trial.networks.iter().map(|network| network.examples).sum();
    (alarms, benign)
}

fn figures(trial: &Trial) -> Html {
    let (alarms, benign) = alarms(trial);
    html! {
        <dl class="figures">
            <div><dt>{ "Mean " }{ term(AUC) }{ " of the tools" }</dt><dd>{ auc(trial.mean_auc) }</dd></div>
            <div><dt>{ "Worst tool’s " }{ term(AUC) }</dt><dd>{ auc(trial.worst_auc) }</dd></div>
            <div><dt>{ term(RECALL_1000) }</dt><dd>{ percent(trial.recall_1_in_1000) }</dd></div>
            <div><dt>{ term(ALARMS) }{ " on benign networks" }</dt><dd>{ format!("{} of {}", count(alarms), count(benign)) }</dd></div>
        </dl>
    }
}

fn tools(tools: &[ToolScore]) -> Html {
    let columns = [
        text("Tool"),
        text(term(JUDGED_ON)),
        number(term(EXAMPLES)),
        number(term(AUC)),
        number(term(RECALL_1000)),
        number(term(RECALL_10000)),
    ];
    let rows = tools.iter().map(|tool| {
        vec![
            html! { { &tool.tool } },
            html! { { if tool.captured { "captures" } else { "imitation" } } },
            html! { { count(tool.examples) } },
            html! { { auc(tool.auc) } },
            html! { { percent(tool.recall_1_in_1000) } },
            or_dash(tool.recall_1_in_10000.map(percent)),
        ]
    });
    table("Tools", &columns, rows)
}

fn networks(networks: &[NetworkScore]) -> Html {
    let columns = [
        text("Network"),
        number(term(EXAMPLES)),
        number(term(ALARMS)),
        number(html! { <>{ term(ALARMS_A_DAY) }{ ", 10,000 clients" }</> }),
    ];
    let rows = networks.iter().map(|network| {
        vec![
            html! { { &network.network } },
            html! { { count(network.examples) } },
            html! { { count(network.alarms) } },
            or_dash(network.alarms_a_day.map(value)),
        ]
    });
    table("Benign networks", &columns, rows)
}

fn confusion(cuts: &[Confusion]) -> Html {
    let columns = [
        text("From"),
        number("Tunnels found"),
        number("Tunnels missed"),
        number(term(RECALL)),
        number("False alarms"),
        number("Benign left alone"),
    ];
    let rows = cuts.iter().map(|cut| {
        let tunnels = cut.true_positives + cut.false_negatives;
        let recall = (tunnels > 0).then(|| percent(cut.true_positives as f64 / tunnels as f64));
        vec![
            severity(&cut.severity),
            html! { { count(cut.true_positives) } },
            html! { { count(cut.false_negatives) } },
            or_dash(recall),
            html! { { count(cut.false_positives) } },
            html! { { count(cut.true_negatives) } },
        ]
    });
    table("Right and wrong at each severity", &columns, rows)
}

fn severity(name: &str) -> Html {
    Severity::WORST_FIRST
        .into_iter()
        .find(|severity| severity.name() == name)
        .map_or_else(|| html! { { name } }, badge)
}

fn features(features: &[Importance]) -> Html {
    let values: Vec<f64> = features.iter().map(|feature| feature.importance).collect();
    let plot = bars(&values);
    let zero = (plot.zero > 0.0).then_some(plot.zero);
    let columns = [
        text("Feature"),
        number(term(IMPORTANCE)),
        text(html! { <span class="visually-hidden">{ "Importance as a bar" }</span> }),
    ];
    let rows = features.iter().zip(&plot.bars).map(|(feature, run)| {
        vec![
            code(&feature.name),
            html! { { loss(feature.importance) } },
            html! { <div class="importance">{ bar(run.x, run.width, zero, "plot-for") }</div> },
        ]
    });
    table("Features", &columns, rows)
}

/// A loss of AUC, with as many digits as an AUC has.
fn loss(loss: f64) -> String {
    let text = format!("{:.4}", loss.abs());
    let minus = loss < 0.0 && text != "0.0000";
    format!("{}{text}", if minus { "−" } else { "" })
}
