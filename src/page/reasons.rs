//! Reasons as a list: a sentence, a push with its bar, value and usual value.
//!
//! In: reasons. Out: HTML.
//! Must not know: what they are reasons of.

use wakeful_engine::report::Reason;
use yew::prelude::*;

use super::term::{Word, explained};
use super::words::bar;
use crate::chart::{Run, bars};
use crate::state::format::{push, value};
use crate::state::glossary;

/// What moved the score, with a word on how to read the bars.
pub fn view(reasons: &[Reason]) -> Html {
    let against = reasons.iter().any(|reason| reason.push < 0.0);
    html! {
        <>
            <p class="caption">
                { "What moved the score, strongest first. Bars to the right speak for a covert channel" }
                if against { { ", bars to the left against it" } }
                { "." }
            </p>
            { list(reasons) }
        </>
    }
}

/// The reasons alone.
pub fn list(reasons: &[Reason]) -> Html {
    let pushes: Vec<f64> = reasons.iter().map(|reason| reason.push).collect();
    let plot = bars(&pushes);
    let zero = (plot.zero > 0.0).then_some(plot.zero);
    html! {
        <ol class="reasons">
            { for reasons.iter().zip(&plot.bars).map(|(reason, run)| one(reason, *run, zero)) }
        </ol>
    }
}

/// A feature's name, explained.
pub fn code(feature: &str) -> Html {
    match glossary::feature(feature) {
        Some(doc) => html! { <Word meaning={doc}><code>{ feature }</code></Word> },
        None => html! { <code>{ feature }</code> },
    }
}

fn one(reason: &Reason, run: Run, zero: Option<f64>) -> Html {
    let class = if reason.push < 0.0 {
        "plot-against"
    } else {
        "plot-for"
    };
    html! {
        <li class="reason" data-feature={reason.feature.clone()}>
            <span class="reason-text">{ explained(&reason.text) }</span>
            <span class="reason-push"><span class="visually-hidden">{ "push " }</span>{ push(reason.push) }</span>
            { bar(run.x, run.width, zero, class) }
            <span class="reason-values">
                { code(&reason.feature) }
                { format!(" {} · usual {}", value(reason.value), value(reason.usual)) }
            </span>
        </li>
    }
}
