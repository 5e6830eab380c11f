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
use crate::state::{Action, Outcome};

#[derive(Properties, PartialEq)]
pub struct FindingsProps {
    pub outcome: Outcome,
    pub filter: Filter,
    pub shown: usize,
    pub selected: Option<usize>,
    pub dispatch: Dispatch,
}

#[component]
pub fn Findings(props: &FindingsProps) -> Html {
    let visible: Rc<Vec<usize>> = {
        let deps = (props.outcome.clone(), props.filter.clone());
        use_memo(deps, |(outcome, filter)| {
            filter.apply(&outcome.report.findings)
        })
    };
    let report = &props.outcome.report;
    let dispatch = &props.dispatch;
    let more = {
        let dispatch = dispatch.clone();
        Callback::from(move |_: MouseEvent| dispatch.emit(Action::ShowMore))
    };
    let rest = visible.len().saturating_sub(props.shown);
    html! {
        <section class="list" aria-labelledby="list-title">
            <h2 id="list-title" class="visually-hidden">{ "Findings" }</h2>
            <FilterBar outcome={props.outcome.clone()} filter={props.filter.clone()} dispatch={dispatch.clone()} />
            if props.filter.is_active() {
                <p class="list-count" role="status">
                    { format!("{} of {} shown", count(visible.len() as u64), counted(report.findings.len() as u64, "finding")) }
                </p>
            }
            <ol class="findings">
                { for visible.iter().take(props.shown).map(|&at| html! {
                    <Row
                        key={at}
                        outcome={props.outcome.clone()}
                        {at}
                        selected={props.selected == Some(at)}
                        dispatch={dispatch.clone()}
                    />
                }) }
            </ol>
            if rest > 0 {
                <p class="list-more">
                    <button onclick={more}>{ format!("Show more ({} left)", count(rest as u64)) }</button>
                </p>
            }
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
            dispatch.emit(Action::FilterText(input.value()));
        })
    };
    let clear = {
        let dispatch = props.dispatch.clone();
        Callback::from(move |_: MouseEvent| dispatch.emit(Action::ClearFilter))
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
    let onclick =
        Callback::from(move |_: MouseEvent| dispatch.emit(Action::ToggleSeverity(severity)));
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
