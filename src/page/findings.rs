//! The ranked list of findings, and what filters it.
//!
//! In: the findings, the filter, which one is selected. Out: actions.
//! Must not know: what a finding's details are.

use std::rc::Rc;

use wakeful_engine::report::Severity;
use yew::prelude::*;

use super::app::Dispatch;
use super::row::Row;
use crate::browser::HtmlInputElement;
use crate::state::filter::Filter;
use crate::state::format::{count, counted};
use crate::state::list::{Change, Lines, List};
use crate::state::marks::Desk;
use crate::state::{Action, Outcome};

/// How many rows stand in the document.
const STANDING: usize = 200;

#[derive(Properties, PartialEq)]
pub struct FindingsProps {
    pub outcome: Outcome,
    pub list: List,
    pub lines: Rc<Lines>,
    pub marks: Desk,
    pub selected: Option<usize>,
    pub dispatch: Dispatch,
}

#[component]
pub fn Findings(props: &FindingsProps) -> Html {
    let report = &props.outcome.report;
    let dispatch = &props.dispatch;
    let filter = &props.list.arrangement.filter;
    let visible = &props.lines.findings;
    html! {
        <section class="list" aria-labelledby="list-title">
            <h2 id="list-title" tabindex="-1" class="visually-hidden">{ "Findings" }</h2>
            <FilterBar outcome={props.outcome.clone()} filter={filter.clone()} dispatch={dispatch.clone()} />
            if props.list.arrangement.hides() {
                <p class="list-count" role="status">
                    { format!("{} of {} shown", count(visible.len() as u64), counted(report.findings.len() as u64, "finding")) }
                </p>
            }
            <ol class="findings">
                { for visible.iter().take(STANDING).map(|&at| html! {
                    <Row
                        key={at}
                        outcome={props.outcome.clone()}
                        {at}
                        selected={props.selected == Some(at)}
                        dispatch={dispatch.clone()}
                    />
                }) }
            </ol>
            if visible.is_empty() {
                <p class="list-empty">{ "No finding matches the filter." }</p>
            }
        </section>
    }
}

#[derive(Properties, PartialEq)]
struct FilterProps {
    outcome: Outcome,
    filter: Filter,
    dispatch: Dispatch,
}

#[component]
fn FilterBar(props: &FilterProps) -> Html {
    let typed = {
        let dispatch = props.dispatch.clone();
        Callback::from(move |event: InputEvent| {
            let input: HtmlInputElement = event.target_unchecked_into();
            dispatch.emit(Action::List(Change::Text(input.value())));
        })
    };
    let clear = {
        let dispatch = props.dispatch.clone();
        Callback::from(move |_: MouseEvent| dispatch.emit(Action::List(Change::Clear)))
    };
    html! {
        <div class="filters" role="group" aria-label="Filter findings">
            <div class="chips" role="group" aria-label="Severities shown">
                { for Severity::WORST_FIRST.into_iter().map(|severity| chip(props, severity)) }
            </div>
            <label class="filter-text">
                <span class="visually-hidden">{ "Filter by client, domain, peer or technique" }</span>
                <input
                    id="filter"
                    type="search"
                    autocomplete="off"
                    spellcheck="false"
                    placeholder="Filter: client, domain, peer…"
                    aria-keyshortcuts="/"
                    value={props.filter.text.clone()}
                    oninput={typed}
                />
            </label>
            if props.filter.is_active() {
                <button class="quiet" onclick={clear}>{ "Clear" }</button>
            }
        </div>
    }
}

fn chip(props: &FilterProps, severity: Severity) -> Html {
    let number = props.outcome.report.counts.of(severity);
    let dispatch = props.dispatch.clone();
    let onclick = Callback::from(move |_: MouseEvent| {
        dispatch.emit(Action::List(Change::Severity(severity)))
    });
    let name = severity.name();
    html! {
        <button
            class={classes!("chip", format!("sev-{name}"))}
            aria-pressed={props.filter.shows(severity).to_string()}
            disabled={number == 0}
            data-count={number.to_string()}
            {onclick}
        >
            <span class="chip-count">{ count(number) }</span>{ " " }{ name }
        </button>
    }
}
