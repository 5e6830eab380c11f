//! The field for the filter: suggestions at the caret, and what is wrong, where.
//!
//! In: the field's state. Out: changes of it.
//! Must not know: rows.

use wakeful_query::{Completion, Log as QueryLog, Problem};
use yew::prelude::*;

use crate::browser::{HtmlInputElement, HtmlSelectElement, sheet};
use crate::state::query::Field;
use crate::state::records::Change;
use crate::state::text::visible;
use crate::wire::grid::Log;

#[derive(Properties, PartialEq)]
pub struct FilterProps {
    pub log: Log,
    pub field: Field,
    /// The filter in force.
    pub filter: String,
    /// Filters used before, the latest first.
    pub used: Vec<String>,
    pub columns: Vec<String>,
    pub change: Callback<Change>,
}

#[component]
pub fn FilterBar(props: &FilterProps) -> Html {
    let input = use_node_ref();
    let log = match props.log {
        Log::Dns => QueryLog::Dns,
        Log::Conn => QueryLog::Conn,
    };
    let completion = props.field.completion(log, &props.columns);
    // While a word is being written it is not held against the user.
    let problem = props
        .field
        .problem(&props.columns)
        .filter(|problem| completion.is_none() || problem.at.end < props.field.caret);
    use_caret(&input, &props.field);
    let oninput = {
        let change = props.change.clone();
        Callback::from(move |event: InputEvent| {
            let (text, caret) = sheet::typed(&event.target_unchecked_into());
            change.emit(Change::Field(Field::typed(text, caret)));
        })
    };
    let onsubmit = props.change.reform(|event: SubmitEvent| {
        event.prevent_default();
        Change::Apply
    });
    let onblur = {
        let (change, field) = (props.change.clone(), props.field.clone());
        Callback::from(move |_: FocusEvent| {
            if field.open {
                change.emit(Change::Field(Field {
                    open: false,
                    ..field.clone()
                }));
            }
        })
    };
    let clear = {
        let (change, log) = (props.change.clone(), props.log);
        Callback::from(move |_: MouseEvent| change.emit(Change::Filter(log, String::new())))
    };
    let chosen = props.field.chosen.filter(|_| completion.is_some());
    html! {
        <form class="query" role="search" {onsubmit}>
            <div class="query-field">
                <input
                    id="filter"
                    ref={input}
                    type="text"
                    role="combobox"
                    aria-label="Filter of the rows"
                    aria-autocomplete="list"
                    aria-expanded={completion.is_some().to_string()}
                    aria-controls="query-list"
                    aria-activedescendant={chosen.map(option_id)}
                    aria-invalid={problem.is_some().to_string()}
                    aria-describedby="query-problem"
                    autocomplete="off"
                    autocapitalize="off"
                    spellcheck="false"
                    placeholder={placeholder(props.log)}
                    value={props.field.text.clone()}
                    {oninput}
                    {onblur}
                    onkeydown={keys(props, completion.clone())}
                />
                { list(props, completion.as_ref()) }
            </div>
            <button class="primary" disabled={problem.is_some()}>{ "Filter" }</button>
            if !props.filter.is_empty() || !props.field.text.is_empty() {
                <button type="button" class="quiet" onclick={clear}>{ "Clear" }</button>
            }
            if !props.used.is_empty() {
                { used(props) }
            }
            <div id="query-problem" class="query-problem">
                { problem.map(|problem| wrong(&props.field.text, &problem)).unwrap_or_default() }
            </div>
        </form>
    }
}

/// Filters used before, to be used again.
fn used(props: &FilterProps) -> Html {
    let change = props.change.clone();
    let onchange = Callback::from(move |event: Event| {
        let select: HtmlSelectElement = event.target_unchecked_into();
        if let Ok(at) = select.value().parse() {
            change.emit(Change::Recall(at));
        }
        select.set_value("");
    });
    html! {
        <select id="query-used" aria-label="Filters used before" {onchange}>
            <option value="" selected=true>{ "Used before" }</option>
            { for props.used.iter().enumerate().map(|(at, text)| html! {
                <option value={at.to_string()}>{ visible(text).into_owned() }</option>
            }) }
        </select>
    }
}

fn placeholder(log: Log) -> &'static str {
    match log {
        Log::Dns => "query contains \"abc\" and qtype == TXT",
        Log::Conn => "client == 10.0.0.5 and bytes_out > 1 MB",
    }
}

fn option_id(at: usize) -> String {
    format!("query-option-{at}")
}

fn list(props: &FilterProps, completion: Option<&Completion>) -> Html {
    html! {
        <ul id="query-list" class="query-list" role="listbox" aria-label="What can be written here" hidden={completion.is_none()}>
            { for completion.iter().flat_map(|completion| completion.suggestions.iter().enumerate().map(|(at, one)| {
                let chosen = props.field.chosen == Some(at);
                html! {
                    <li id={option_id(at)} role="option" aria-selected={chosen.to_string()} onmousedown={accept(props, completion, at)}>
                        <code>{ one.insert.trim_end() }</code>
                        <span class="muted">{ one.about }</span>
                    </li>
                }
            })) }
        </ul>
    }
}

/// Takes a suggestion at the press of a button, before the field loses the focus.
fn accept(props: &FilterProps, completion: &Completion, at: usize) -> Callback<MouseEvent> {
    let (change, field, completion) = (
        props.change.clone(),
        props.field.clone(),
        completion.clone(),
    );
    Callback::from(move |event: MouseEvent| {
        event.prevent_default();
        let mut field = field.clone();
        field.accept(&completion, at);
        change.emit(Change::Field(field));
    })
}

fn keys(props: &FilterProps, completion: Option<Completion>) -> Callback<KeyboardEvent> {
    let (change, field) = (props.change.clone(), props.field.clone());
    Callback::from(move |event: KeyboardEvent| {
        let mut field = field.clone();
        let of = completion
            .as_ref()
            .map_or(0, |completion| completion.suggestions.len());
        match (event.key().as_str(), &completion) {
            ("ArrowDown", None) => field.open = true,
            ("ArrowDown", Some(_)) => field.choose(1, of),
            ("ArrowUp", Some(_)) => field.choose(-1, of),
            ("Tab", Some(completion)) if !event.shift_key() => {
                field.accept(completion, field.chosen.unwrap_or(0))
            }
            ("Enter", Some(completion)) if field.chosen.is_some() => {
                field.accept(completion, field.chosen.unwrap_or(0));
            }
            ("Escape", Some(_)) => field.open = false,
            _ => return,
        }
        event.prevent_default();
        event.stop_propagation();
        change.emit(Change::Field(field));
    })
}

/// Puts the caret where the state has it, after a suggestion was taken.
#[hook]
fn use_caret(input: &NodeRef, field: &Field) {
    let input = input.clone();
    use_effect_with(
        (field.text.clone(), field.caret_units()),
        move |(_, caret)| {
            if let Some(input) = input.cast::<HtmlInputElement>() {
                let (_, now) = sheet::typed(&input);
                if now != *caret && crate::browser::doc::is_active(&input) {
                    sheet::put_caret(&input, *caret);
                }
            }
        },
    );
}

/// The sentence, under a copy of the text in which the place is marked.
fn wrong(text: &str, problem: &Problem) -> Html {
    let part = |range: std::ops::Range<usize>| text.get(range).unwrap_or_default().to_owned();
    let place = match problem.at.is_empty() {
        true => "␣".to_owned(),
        false => part(problem.at.clone()),
    };
    html! {
        <>
            <p class="query-where" aria-hidden="true">
                { part(0..problem.at.start) }<mark>{ place }</mark>{ part(problem.at.end..text.len()) }
            </p>
            <p>{ &problem.what }</p>
        </>
    }
}
