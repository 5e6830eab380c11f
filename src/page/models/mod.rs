//! The view of the models: what they were judged on, how, and what came out.
//!
//! In: the evaluation that training wrote. Out: prose, tables, charts.
//! Must not know: a scan, how a model is fitted.

mod charts;
mod curves;
mod detector;
mod notes;
mod origin;
mod tables;
mod trials;

use wakeful_engine::evaluation::Evaluation;
use yew::prelude::*;

use super::app::Dispatch;
use crate::browser::doc;
use crate::state::Action;
use crate::state::evaluation::{embedded, shipped};
use crate::state::format::counted;
use crate::state::glossary::{ALL, Term};

#[derive(Properties, PartialEq)]
pub struct ModelsProps {
    pub stage: &'static str,
    pub dispatch: Dispatch,
}

#[component]
pub fn ModelsView(props: &ModelsProps) -> Html {
    let back = {
        let dispatch = props.dispatch.clone();
        Callback::from(move |_: MouseEvent| dispatch.emit(Action::Back))
    };
    html! {
        <article class="models" aria-labelledby="models-title">
            <p>
                <button class="quiet" onclick={back} aria-keyshortcuts="Escape">
                    { match props.stage {
                        "done" => "‹ Back to the results",
                        _ => "‹ Back",
                    } }
                </button>
            </p>
            <h2 id="models-title" tabindex="-1">{ "The models, and how they were judged" }</h2>
            { match embedded() {
                Ok(evaluation) => report(evaluation),
                Err(sentence) => html! { <p class="notice" role="alert">{ sentence }</p> },
            } }
        </article>
    }
}

fn report(evaluation: &'static Evaluation) -> Html {
    let shipped = shipped(evaluation);
    let places: Vec<(String, String)> = [("models-origin".to_owned(), "Beside 2018".to_owned())]
        .into_iter()
        .chain(
            shipped
                .iter()
                .enumerate()
                .map(|(at, trial)| (detector::heading_id(at), detector::title(trial))),
        )
        .chain(
            [
                ("models-curves", "Slow and disguised tunnels"),
                ("models-trials", "All trials"),
                ("models-crowds", "False alarms"),
                ("models-tried", "What else was tried"),
                ("models-misses", "What they miss"),
                ("models-data", "The data"),
            ]
            .map(|(id, title)| (id.to_owned(), title.to_owned())),
        )
        .collect();
    html! {
        <>
            { intro(evaluation) }
            <nav class="models-places" aria-label="On this page">
                { for places.into_iter().map(|(id, title)| html! {
                    <button class="small" onclick={Callback::from(move |_: MouseEvent| doc::jump(&id))}>{ title }</button>
                }) }
            </nav>
            { origin::section(evaluation) }
            if shipped.is_empty() {
                <p class="notice">{ "The evaluation names no model as the one in use." }</p>
            }
            { for shipped.iter().enumerate().map(|(at, trial)| detector::section(at, trial)) }
            { curves::section(evaluation) }
            { trials::section(evaluation) }
            { notes::section(evaluation) }
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
        <>
            <p class="prose">
                { format!("Wakeful’s models were judged in {trials} on {corpora}. In turn each tool was taken out of \
                   the training data, a model was fitted without it, and the tool’s tunnels were scored by that model; \
                   each benign network likewise. Every figure is from a model that had not seen the tool or the network. \
                   So the figures are an estimate for tools that nobody has recorded yet, and for networks that were not among these; yours may differ.") }
            </p>
            <details class="glossary">
                <summary>{ "The words used here" }</summary>
                <dl>
                    { for ALL.iter().map(|term| html! {
                        <div><dt>{ term.word }</dt><dd>{ term.meaning }</dd></div>
                    }) }
                </dl>
            </details>
        </>
    }
}

/// A technical word, explained to who hovers over it.
fn term(term: Term) -> Html {
    worded(term, term.word)
}

/// The same in the words of a sentence.
fn worded(term: Term, words: &'static str) -> Html {
    html! { <abbr title={term.meaning}>{ words }</abbr> }
}
