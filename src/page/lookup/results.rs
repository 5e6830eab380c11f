//! Answers as a table; shared by the page and its look-up tab.
//!
//! In: entries. Out: HTML. Must not know: where the entries come from.

use wakeful_lookup::{Entry, Problem};
use yew::prelude::*;

use crate::page::words::{sentence, time};
use crate::state::lookup::words::outcome;

#[derive(Properties, PartialEq)]
pub struct ResultsProps {
    pub entries: Vec<Entry>,
}

/// All answers as a table.
#[component]
pub fn Results(props: &ResultsProps) -> Html {
    html! {
        <div class="scroll lookup-list" tabindex="0" role="region" aria-label="Answers">
            <table>
                <thead><tr>
                    <th scope="col">{ "Name" }</th><th scope="col">{ "Asked for" }</th>
                    <th scope="col">{ "Answer" }</th><th scope="col">{ "By, when (UTC)" }</th>
                </tr></thead>
                <tbody>
                    { for props.entries.iter().map(|entry| html! {
                        <tr data-answer={entry.subject.to_string()} data-outcome={entry.outcome.as_ref().err().map_or("ok", Problem::name)}>
                            <th scope="row"><bdi class="logged">{ entry.subject.to_string() }</bdi></th>
                            <td>{ entry.service.name() }</td>
                            <td>{ sentence(&outcome(&entry.outcome)) }</td>
                            <td>{ sentence(&entry.host) }{ ", " }{ time(Some(entry.at)) }</td>
                        </tr>
                    }) }
                </tbody>
            </table>
        </div>
    }
}
