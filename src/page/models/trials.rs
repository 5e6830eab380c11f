//! All trials side by side.
//!
//! In: the evaluation. Out: a part. Must not know: how a trial is run.

use wakeful_engine::evaluation::{Evaluation, Trial};
use yew::prelude::*;

use super::term;
use crate::state::evaluation::{estimator, log};
use crate::state::format::{auc, percent};
use crate::state::glossary::{AUC, CHANNEL, ESTIMATOR, RECALL_1000, ROW, SHIPPED};

/// The part.
pub fn view(evaluation: &Evaluation) -> Html {
    html! {
        <>
            <p class="prose">
                { "Each kind of model on each kind of example. Mean and worst are over the tools; the worst tool \
                   says more about the next one than the mean does." }
            </p>
            if evaluation.trials.is_empty() {
                <p class="muted">{ "No trials are at hand." }</p>
            } else {
                <div class="scroll" tabindex="0" role="region" aria-label="All trials">
                    <table>
                        <thead>
                            <tr>
                                <th scope="col">{ term(ESTIMATOR) }</th>
                                <th scope="col">{ "Log" }</th>
                                <th scope="col">{ "Unit" }</th>
                                <th scope="col" class="number">{ "Features" }</th>
                                <th scope="col" class="number">{ "Mean " }{ term(AUC) }</th>
                                <th scope="col" class="number">{ "Worst " }{ term(AUC) }</th>
                                <th scope="col" class="number">{ term(RECALL_1000) }</th>
                                <th scope="col">{ "Settings" }</th>
                            </tr>
                        </thead>
                        <tbody>{ for evaluation.trials.iter().map(row) }</tbody>
                    </table>
                </div>
            }
        </>
    }
}

fn row(trial: &Trial) -> Html {
    let unit = match trial.unit.as_str() {
        "row" => term(ROW),
        "channel" => term(CHANNEL),
        other => html! { { other } },
    };
    html! {
        <tr
            class={trial.shipped.then_some("shipped")}
            data-trial={format!("{}-{}-{}", trial.log, trial.unit, trial.estimator)}
        >
            <th scope="row">
                { estimator(&trial.estimator) }
                if trial.shipped { { " " }<span class="mark">{ term(SHIPPED) }</span> }
            </th>
            <td>{ log(&trial.log) }</td>
            <td>{ unit }</td>
            <td class="number">{ trial.features.len() }</td>
            <td class="number">{ auc(trial.mean_auc) }</td>
            <td class="number">{ auc(trial.worst_auc) }</td>
            <td class="number">{ percent(trial.recall_1_in_1000) }</td>
            <td class="long">{ &trial.settings }</td>
        </tr>
    }
}
