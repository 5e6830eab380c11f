//! The view of the models: what they were judged on, how, and what came out, a part at a time.
//!
//! In: the evaluation that training wrote, which part of it. Out: prose, tables, charts; actions.
//! Must not know: a scan, how a model is fitted.

mod charts;
mod curves;
mod detector;
mod notes;
mod origin;
mod short;
mod tables;
mod trials;

use wakeful_engine::evaluation::{Evaluation, Trial};
use yew::prelude::*;

use super::app::Dispatch;
use super::help::{page_link, use_top};
use super::later::Later;
use super::term::Word;
use crate::state::evaluation::{embedded, shipped};
use crate::state::glossary::{ALL, Term};
use crate::state::view::View;

#[derive(Properties, PartialEq)]
pub struct ModelsProps {
    /// The name of the part; the first without one.
    pub part: Option<String>,
    pub dispatch: Dispatch,
}

#[component]
pub fn ModelsView(props: &ModelsProps) -> Html {
    use_top(&props.part);
    match embedded() {
        Ok(evaluation) => report(props, evaluation),
        Err(sentence) => html! { <p class="notice" role="alert">{ sentence }</p> },
    }
}

/// A part of the evaluation, which is a page by itself.
#[derive(Clone, Copy)]
enum Part {
    Short,
    /// A model in use, by its place among them.
    Model(usize, &'static Trial),
    Curves,
    Crowds,
    Trials,
    Origin,
    Tried,
    Data,
    Words,
}

impl Part {
    /// All of them, those of the models in use together.
    fn all(evaluation: &'static Evaluation) -> [Vec<Self>; 3] {
        let models = shipped(evaluation);
        [
            vec![Self::Short],
            models
                .into_iter()
                .enumerate()
                .map(|(at, trial)| Self::Model(at, trial))
                .collect(),
            vec![
                Self::Curves,
                Self::Crowds,
                Self::Trials,
                Self::Origin,
                Self::Tried,
                Self::Data,
                Self::Words,
            ],
        ]
    }

    /// The word in the address.
    fn name(self) -> String {
        match self {
            Self::Short => "short".to_owned(),
            Self::Model(at, _) => format!("model-{}", at + 1),
            Self::Curves => "curves".to_owned(),
            Self::Crowds => "alarms".to_owned(),
            Self::Trials => "trials".to_owned(),
            Self::Origin => "origin".to_owned(),
            Self::Tried => "tried".to_owned(),
            Self::Data => "data".to_owned(),
            Self::Words => "words".to_owned(),
        }
    }

    fn title(self) -> String {
        match self {
            Self::Short => "How the models were judged".to_owned(),
            Self::Model(_, trial) => detector::title(trial),
            Self::Curves => "Slow and disguised tunnels".to_owned(),
            Self::Crowds => "False alarms on days of many clients".to_owned(),
            Self::Trials => "All trials".to_owned(),
            Self::Origin => "Beside the study of 2018".to_owned(),
            Self::Tried => "What else was tried".to_owned(),
            Self::Data => "The data".to_owned(),
            Self::Words => "The words used here".to_owned(),
        }
    }

    /// What it is called among the others.
    fn short(self) -> String {
        match self {
            Self::Short => "In short".to_owned(),
            Self::Model(_, trial) => detector::short(trial),
            Self::Curves => "Slow and disguised".to_owned(),
            Self::Crowds => "False alarms".to_owned(),
            Self::Origin => "Beside 2018".to_owned(),
            Self::Tried => "What else was tried".to_owned(),
            Self::Words => "The words".to_owned(),
            Self::Trials | Self::Data => self.title(),
        }
    }

    fn content(self, evaluation: &'static Evaluation) -> Html {
        match self {
            Self::Short => short::view(evaluation),
            Self::Model(_, trial) => detector::view(trial),
            Self::Curves => curves::view(evaluation),
            Self::Crowds => notes::crowds(&evaluation.crowds),
            Self::Trials => trials::view(evaluation),
            Self::Origin => origin::view(evaluation),
            Self::Tried => notes::tried(&evaluation.tried),
            Self::Data => notes::data(evaluation),
            Self::Words => words(),
        }
    }
}

fn report(props: &ModelsProps, evaluation: &'static Evaluation) -> Html {
    let [first, models, study] = Part::all(evaluation);
    let part = [&first, &models, &study]
        .into_iter()
        .flatten()
        .find(|part| Some(part.name().as_str()) == props.part.as_deref())
        .copied()
        .unwrap_or(Part::Short);
    let now = part.name();
    let list = |parts: &[Part]| {
        html! {
            <ul>
                { for parts.iter().map(|part| {
                    let name = part.name();
                    let current = name == now;
                    html! {
                        <li key={name.clone()}>
                            { page_link(View::Models, &name, &part.short(), current, &props.dispatch) }
                        </li>
                    }
                }) }
            </ul>
        }
    };
    html! {
        <div class="help-view models-view">
            <nav class="help-pages" aria-label="Parts of the evaluation">
                { list(&first) }
                <h2 class="help-group">{ "Models in use" }</h2>
                { list(&models) }
                <h2 class="help-group">{ "The study" }</h2>
                { list(&study) }
            </nav>
            <article class="models help-page" aria-labelledby="models-title" data-part={now.clone()}>
                <h2 id="models-title" tabindex="-1">{ part.title() }</h2>
                <Later><div class="models-part" key={now}>{ part.content(evaluation) }</div></Later>
            </article>
        </div>
    }
}

fn words() -> Html {
    html! {
        <div class="glossary">
            <dl>
                { for ALL.iter().map(|term| html! {
                    <div><dt>{ term.word }</dt><dd>{ term.meaning }</dd></div>
                }) }
            </dl>
        </div>
    }
}

/// A technical word, explained.
fn term(term: Term) -> Html {
    worded(term, term.word)
}

/// The same in the words of a sentence.
fn worded(term: Term, words: &'static str) -> Html {
    html! { <Word meaning={term.meaning}>{ words }</Word> }
}
