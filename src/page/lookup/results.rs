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
            // Narrow windows stack the cells of a row, which takes a table's roles from it.
            <table role="table">
                <thead role="rowgroup"><tr role="row">
                    { for ["Name", "Asked for", "Answer", "By, when (UTC)"].into_iter().map(|title| html! { <th role="columnheader" scope="col">{ title }</th> }) }
                </tr></thead>
                <tbody role="rowgroup">
                    { for props.entries.iter().map(|entry| html! {
                        <tr role="row" data-answer={entry.subject.to_string()} data-outcome={entry.outcome.as_ref().err().map_or("ok", Problem::name)}>
                            <th role="rowheader" scope="row"><bdi class="logged">{ entry.subject.to_string() }</bdi></th>
                            <td role="cell">{ entry.service.name() }</td>
                            <td role="cell">{ sentence(&outcome(&entry.outcome)) }</td>
                            <td role="cell">{ sentence(&entry.host) }{ ", " }{ time(Some(entry.at)) }</td>
                        </tr>
                    }) }
                </tbody>
            </table>
        </div>
    }
}
