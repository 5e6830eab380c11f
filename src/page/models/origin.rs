//! The study of 2018 beside this one.
//!
//! In: the evaluation. Out: a part. Must not know: how either was run.

use wakeful_engine::evaluation::{Evaluation, OriginRow};
use yew::prelude::*;

use super::tables::or_dash;
use super::{term, worded};
use crate::page::term::Word;
use crate::state::evaluation::{ESTIMATORS, estimator, log, now};
use crate::state::format::auc;
use crate::state::glossary::{AUC, CHANNEL, ROW};

/// The part.
pub fn view(evaluation: &Evaluation) -> Html {
    html! {
        <>
            <p class="prose">
                { "Wakeful began as a capstone project in 2018. Its " }{ term(AUC) }
                { " figures, beside ours on single rows of a log and on whole channels, which is what Wakeful judges. \
                   Ours are of models that had not seen the tool." }
            </p>
            if evaluation.origin.is_empty() {
                <p class="muted">{ "No figures of 2018 are at hand." }</p>
            } else {
                { table(evaluation) }
            }
        </>
    }
}

fn table(evaluation: &Evaluation) -> Html {
    html! {
        <div class="scroll" tabindex="0" role="region" aria-label="AUC in 2018 and now">
            <table class="grouped">
                <colgroup span="2" /><colgroup span="3" /><colgroup span="3" /><colgroup span="3" />
                <thead>
                    <tr>
                        <td colspan="2"></td>
                        <th scope="colgroup" colspan="3">{ "2018" }</th>
                        <th scope="colgroup" colspan="3">{ "Now, " }{ worded(ROW, "single rows") }</th>
                        <th scope="colgroup" colspan="3">{ "Now, " }{ worded(CHANNEL, "channels") }</th>
                    </tr>
                    <tr>
                        <th scope="col">{ "Tool" }</th>
                        <th scope="col">{ "Log" }</th>
                        { for (0..3).flat_map(|_| ESTIMATORS).enumerate().map(|(at, name)| html! {
                            <th scope="col" class={classes!("number", first(at))}><Word meaning={estimator(name).to_owned()}>{ name }</Word></th>
                        }) }
                    </tr>
                </thead>
                <tbody>{ for evaluation.origin.iter().map(|origin| row(evaluation, origin)) }</tbody>
            </table>
        </div>
    }
}

fn row(evaluation: &Evaluation, origin: &OriginRow) -> Html {
    let then = [origin.boosting, origin.forest, origin.logistic].map(|area| Some(as_given(area)));
    let rows = now(evaluation, origin, "row").map(|area| area.map(auc));
    let channels = now(evaluation, origin, "channel").map(|area| area.map(auc));
    html! {
        <tr>
            <th scope="row">{ &origin.tool }</th>
            <td>{ log(&origin.log) }</td>
            { for then.into_iter().chain(rows).chain(channels).enumerate().map(|(at, area)| html! {
                <td class={classes!("number", first(at))}>{ or_dash(area) }</td>
            }) }
        </tr>
    }
}

/// A line stands before the first column of a group.
fn first(at: usize) -> Option<&'static str> {
    at.is_multiple_of(3).then_some("group-start")
}

/// With the two digits that the study gave, where it gave no more.
fn as_given(area: f64) -> String {
    let hundredths = (area * 100.0).round();
    if (area * 100.0 - hundredths).abs() < 1e-9 {
        format!("{:.2}", hundredths / 100.0)
    } else {
        auc(area)
    }
}
