//! One row in full.
//!
//! In: the view's state. Out: its end, rows of the other log.
//! Must not know: where the row lies.

use yew::prelude::*;

use super::super::words::logged;
use super::cell::{clock, other_log};
use crate::browser::clip;
use crate::state::format::count;
use crate::state::records::{Change, Phase, Records};
use crate::wire::grid::Row;

#[derive(Properties, PartialEq)]
pub struct WholeProps {
    pub records: Records,
    pub change: Callback<Change>,
}

#[component]
pub fn Whole(props: &WholeProps) -> Html {
    let close = props.change.reform(|_: MouseEvent| Change::Detail(None));
    html! {
        <aside class="whole" aria-labelledby="whole-title">
            <div class="detail-head">
                <h3 id="whole-title" tabindex="-1">
                    { match &props.records.whole {
                        Some(row) => format!("Row {}", count(u64::from(row.id) + 1)),
                        None => "Row".to_owned(),
                    } }
                </h3>
                <button class="quiet" onclick={close} aria-label="Close the row">{ "×" }</button>
            </div>
            { match &props.records.whole {
                Some(row) => fields(props, row),
                None => html! { <p class="caption">{ "Reading it from the file…" }</p> },
            } }
        </aside>
    }
}

fn fields(props: &WholeProps, row: &Row) -> Html {
    let columns = props.records.all_columns();
    let set: Vec<(&String, &String)> = columns
        .iter()
        .zip(&row.cells)
        .filter_map(|(name, cell)| Some((name, cell.as_ref()?)))
        .collect();
    let uid = set
        .iter()
        .find(|(name, _)| *name == "uid")
        .map(|(_, uid)| (*uid).clone());
    let input = match &props.records.phase {
        Phase::Ready(indexed) => indexed.inputs.get(row.input as usize).cloned(),
        _ => None,
    };
    let json: serde_json::Map<String, serde_json::Value> = set
        .iter()
        .map(|(name, value)| ((*name).clone(), (*value).clone().into()))
        .collect();
    let json = serde_json::Value::Object(json).to_string();
    let copied = Callback::from(move |_: MouseEvent| clip::copy(&json, |_| {}));
    html! {
        <>
            <div class="copies">
                if let Some(uid) = uid {
                    { join(props, &uid) }
                }
                <button class="small" onclick={copied}>{ "Copy as JSON" }</button>
            </div>
            <dl class="whole-fields">
                { for set.into_iter().map(|(name, value)| html! {
                    <div>
                        <dt>{ logged(name) }</dt>
                        <dd>{ logged(value) }{ clock(name, value) }</dd>
                    </div>
                }) }
                if let Some(input) = input {
                    <div><dt>{ "input" }</dt><dd>{ logged(&input) }</dd></div>
                }
            </dl>
        </>
    }
}

fn join(props: &WholeProps, uid: &str) -> Html {
    let (log, name) = other_log(props.records.log);
    let filter = wakeful_query::test_of("uid", Some(uid), true).unwrap_or_default();
    let onclick = props
        .change
        .reform(move |_: MouseEvent| Change::Filter(log, filter.clone()));
    html! { <button class="small" {onclick}>{ format!("Its rows in {name}") }</button> }
}
