//! The evaluation in short: how it was done, the models in use side by side, what they miss.
//!
//! In: the evaluation. Out: a part. Must not know: how a study is run.

use wakeful_engine::evaluation::{Evaluation, Trial};
use yew::prelude::*;

use super::tables::{number, table, text};
use super::{detector, term};
use crate::state::evaluation::shipped;
use crate::state::format::{auc, count, counted, percent};
use crate::state::glossary::{ALARMS, AUC, RECALL_1000};

/// The part.
pub fn view(evaluation: &'static Evaluation) -> Html {
    let shipped = shipped(evaluation);
    html! {
        <>
            { intro(evaluation) }
            if shipped.is_empty() {
                <p class="notice">{ "The evaluation names no model as the one in use." }</p>
            } else {
                <h3>{ "The models in use" }</h3>
                { models(&shipped) }
            }
            <h3>{ "What they miss" }</h3>
            if evaluation.misses.is_empty() {
                <p class="muted">{ "Nothing is noted, which does not mean that nothing is missed." }</p>
            } else {
                <ul class="misses prose">{ for evaluation.misses.iter().map(|miss| html! { <li>{ miss }</li> }) }</ul>
            }
        </>
    }
}

fn intro(evaluation: &Evaluation) -> Html {
    let trials = counted(evaluation.trials.len() as u64, "trial");
    let corpora = match evaluation.corpora.len() {
        1 => "1 corpus of logs".to_owned(),
        many => format!("{many} corpora of logs"),
    };
    html! {
        <p class="prose">
            { format!("Wakeful’s models were judged in {trials} on {corpora}. In turn each tool was taken out of \
               the training data, a model was fitted without it, and the tool’s tunnels were scored by that model; \
               each benign network likewise. Every figure is from a model that had not seen the tool or the network. \
               So the figures are an estimate for tools that nobody has recorded yet, and for networks that were not among these; yours may differ.") }
        </p>
    }
}

fn models(shipped: &[&Trial]) -> Html {
    let columns = [
        text("Model"),
        number(html! { <>{ "Mean " }{ term(AUC) }</> }),
        number(html! { <>{ "Worst tool’s " }{ term(AUC) }</> }),
        number(term(RECALL_1000)),
        number(html! { <>{ term(ALARMS) }{ " on benign networks" }</> }),
    ];
    let rows = shipped.iter().map(|trial| {
        let (alarms, benign) = detector::alarms(trial);
        vec![
            html! { { detector::short(trial) } },
            html! { { auc(trial.mean_auc) } },
            html! { { auc(trial.worst_auc) } },
            html! { { percent(trial.recall_1_in_1000) } },
            html! { { format!("{} of {}", count(alarms), count(benign)) } },
        ]
    });
    table("The models in use", &columns, rows)
}
