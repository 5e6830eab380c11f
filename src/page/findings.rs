//! The ranked list of findings, and the tools above it.
//!
//! In: the findings, the arrangement, the ranking, the marks, which one is selected. Out: actions.
//! Must not know: what a finding's details are.

use std::rc::Rc;

use wakeful_engine::report::Severity;
use yew::prelude::*;

use super::app::{Dispatch, click};
use super::row::Row;
use super::save::exports_of_list;
use super::tuning::Tuning;
use super::window::{room, use_slice};
use super::words::{badge, logged};
use crate::browser::{HtmlInputElement, HtmlSelectElement};
use crate::state::format::{count, counted, moment};
use crate::state::list::{Change, Group, Line, Lines, List, Sort};
use crate::state::lookup::Lookups;
use crate::state::lookup::rank::Ranking;
use crate::state::marks::{self, Desk};
use crate::state::{Action, Outcome};

#[derive(Properties, PartialEq)]
pub struct FindingsProps {
    pub outcome: Outcome,
    pub list: List,
    pub lines: Rc<Lines>,
    pub marks: Desk,
    pub ranking: Rc<Ranking>,
    pub lookups: Lookups,
    pub selected: Option<usize>,
    pub masked: bool,
    pub dispatch: Dispatch,
}

#[component]
pub fn Findings(props: &FindingsProps) -> Html {
    let report = &props.outcome.report;
    let dispatch = &props.dispatch;
    let lines = &props.lines;
    let host = use_node_ref();
    let place = props.selected.and_then(|at| lines.place(at));
    let slice = use_slice(&host, lines.all.len(), place);
    let more = use_state(|| false);
    html! {
        <section class={classes!("list", more.then_some("tools-open"))} aria-labelledby="list-title">
            <h2 id="list-title" tabindex="-1" class="visually-hidden">{ "Findings" }</h2>
            <Tools outcome={props.outcome.clone()} list={props.list.clone()} {more} dispatch={dispatch.clone()} />
            <Tuning
                outcome={props.outcome.clone()}
                min={props.list.arrangement.min}
                leak={props.list.arrangement.leak}
                dispatch={dispatch.clone()}
            />
            { status(props) }
            <ol class="findings windowed" ref={host} tabindex="-1">
                { room(slice.above) }
                // A list by itself, of which each child has a key: rows stay, and the focus in one, when others come.
                <>{ for slice.lines.clone().map(|at| line(props, at)) }</>
                { room(slice.below) }
            </ol>
            if lines.all.is_empty() {
                <p class="list-empty">
                    { if report.findings.is_empty() { "There are no findings in these logs." } else { "No finding passes the filter." } }
                </p>
            }
        </section>
    }
}

fn line(props: &FindingsProps, at: usize) -> Html {
    match props.lines.all.get(at) {
        Some(Line::Finding(finding)) => {
            let mark = props
                .outcome
                .report
                .findings
                .get(*finding)
                .and_then(|finding| props.marks.now.of(finding).cloned());
            html! {
                <Row
                    key={*finding}
                    outcome={props.outcome.clone()}
                    at={*finding}
                    ranking={props.ranking.clone()}
                    selected={props.selected == Some(*finding)}
                    {mark}
                    place={Some((at + 1, props.lines.all.len()))}
                    dispatch={props.dispatch.clone()}
                />
            }
        }
        Some(Line::Head {
            title,
            count: number,
            worst,
            folded,
        }) => {
            let onclick = {
                let (dispatch, title) = (props.dispatch.clone(), title.clone());
                Callback::from(move |_: MouseEvent| {
                    dispatch.emit(Action::List(Change::Fold(title.clone())));
                })
            };
            html! {
                <li key={format!("head {title}")} class="line group-head">
                    <button aria-expanded={(!folded).to_string()} {onclick}>
                        <span class="fold" aria-hidden="true">{ if *folded { "▸" } else { "▾" } }</span>
                        { logged(title) }
                        <span class="group-count">{ counted(*number as u64, "finding") }</span>
                        { badge(*worst) }
                    </button>
                </li>
            }
        }
        None => Html::default(),
    }
}

/// How many are shown, what is set aside, and the ways out.
fn status(props: &FindingsProps) -> Html {
    let (lines, all) = (&props.lines, props.outcome.report.findings.len());
    let act = |action: Action| click(&props.dispatch, action);
    let handled = props.list.arrangement.handled;
    html! {
        <div class="list-status">
            <p role="status" class="list-count">
                { format!("{} of {} shown", count(lines.findings.len() as u64), counted(all as u64, "finding")) }
                if let Some((from, to)) = props.list.span {
                    { format!(", between {} and {}", moment(from), moment(to)) }
                }
                if lines.handled > 0 {
                    { format!(", {} set aside as allowed or benign", count(lines.handled as u64)) }
                }
                { "." }
            </p>
            if lines.handled > 0 || handled {
                <button class="small quiet" onclick={act(Action::List(Change::Handled(!handled)))}>
                    { if handled { "Hide what is allowed or benign" } else { "Show them" } }
                </button>
            }
            if props.list.hides() {
                <button class="small quiet" onclick={act(Action::List(Change::Clear))}>{ "Show all" }</button>
            }
            if props.marks.can_undo() {
                <button class="small quiet" aria-keyshortcuts="u" onclick={act(Action::Marks(marks::Change::Undo))}>{ "Undo" }</button>
            }
            if props.marks.can_redo() {
                <button class="small quiet" aria-keyshortcuts="r" onclick={act(Action::Marks(marks::Change::Redo))}>{ "Redo" }</button>
            }
            { mask(props.masked, &props.dispatch) }
            { exports_of_list(&props.outcome, &props.lines, &props.marks.now, &props.lookups) }
        </div>
    }
}

/// Whether addresses are masked in what leaves.
pub fn mask(masked: bool, dispatch: &Dispatch) -> Html {
    let onclick = click(dispatch, Action::Mask(!masked));
    html! {
        <button
            class="small quiet mask"
            aria-pressed={masked.to_string()}
            title="In what is saved or copied for others, clients and private addresses become host-1, host-2, … everywhere alike. Names of machines in queries, notes and file names stay."
            {onclick}
        >{ "Mask addresses" }</button>
    }
}

#[derive(Properties, PartialEq)]
struct ToolsProps {
    outcome: Outcome,
    list: List,
    /// Whether a narrow window shows all tools.
    more: UseStateHandle<bool>,
    dispatch: Dispatch,
}

/// Filter, severities, order, groups.
#[component]
fn Tools(props: &ToolsProps) -> Html {
    let now = &props.list.arrangement;
    let typed = {
        let dispatch = props.dispatch.clone();
        Callback::from(move |event: InputEvent| {
            let input: HtmlInputElement = event.target_unchecked_into();
            dispatch.emit(Action::List(Change::Text(input.value())));
        })
    };
    let turn = click(&props.dispatch, Action::List(Change::Sort(now.sort)));
    let sorts = Sort::ALL.map(|sort| (sort.name(), sort.title()));
    let groups = Group::ALL.map(|group| (group.name(), group.title()));
    html! {
        <div class="filters" role="group" aria-label="Filter findings">
            <label class="filter-text">
                <span class="visually-hidden">{ "Filter by client, domain, peer or technique" }</span>
                <input
                    id="filter"
                    type="search"
                    autocomplete="off"
                    spellcheck="false"
                    placeholder="Filter…"
                    aria-keyshortcuts="/"
                    value={now.filter.text.clone()}
                    oninput={typed}
                />
            </label>
            <div class="chips" role="group" aria-label="Severities shown">
                { for Severity::WORST_FIRST.into_iter().map(|severity| chip(props, severity)) }
            </div>
            <button
                class="small quiet tools-toggle"
                aria-expanded={props.more.to_string()}
                onclick={
                    let more = props.more.clone();
                    Callback::from(move |_: MouseEvent| more.set(!*more))
                }
            >{ if *props.more { "Fewer tools" } else { "Sort, group, thresholds, save" } }</button>
            <div class="arrange">
                { choice("sort", "Sort by", &sorts, now.sort.name(), chosen(&props.dispatch, |name| Sort::of(name).map(Change::Sort))) }
                <button class="small quiet" aria-pressed={now.turned.to_string()} aria-label="Turn the order round" title="Turn the order round" onclick={turn}>{ if now.turned { "↑" } else { "↓" } }</button>
                { choice("group", "Group by", &groups, now.group.name(), chosen(&props.dispatch, |name| Group::of(name).map(Change::Group))) }
            </div>
        </div>
    }
}

fn chosen(dispatch: &Dispatch, change: fn(&str) -> Option<Change>) -> Callback<Event> {
    let dispatch = dispatch.clone();
    Callback::from(move |event: Event| {
        let select: HtmlSelectElement = event.target_unchecked_into();
        if let Some(change) = change(&select.value()) {
            dispatch.emit(Action::List(change));
        }
    })
}

fn choice(
    id: &'static str,
    label: &'static str,
    options: &[(&'static str, &'static str)],
    now: &str,
    onchange: Callback<Event>,
) -> Html {
    html! {
        <label class="choice">
            <span>{ label }</span>
            <select {id} {onchange}>
                { for options.iter().map(|(name, title)| html! {
                    <option value={*name} selected={*name == now}>{ title }</option>
                }) }
            </select>
        </label>
    }
}

fn chip(props: &ToolsProps, severity: Severity) -> Html {
    let number = props.outcome.report.counts.of(severity);
    let dispatch = props.dispatch.clone();
    let onclick = Callback::from(move |_: MouseEvent| {
        dispatch.emit(Action::List(Change::Severity(severity)))
    });
    let name = severity.name();
    html! {
        <button
            class={classes!("chip", format!("sev-{name}"))}
            aria-pressed={props.list.arrangement.filter.shows(severity).to_string()}
            disabled={number == 0}
            data-count={number.to_string()}
            {onclick}
        >
            <span class="chip-count">{ count(number) }</span>{ " " }{ name }
        </button>
    }
}
