//! The allow list, to be looked through and changed.
//!
//! In: the user's marks. Out: HTML, changes of the list.
//! Must not know: which findings it sets aside.

use wakeful_engine::allow::{self, Allowed};
use yew::prelude::*;

use super::app::{Dispatch, click};
use super::words::logged;
use crate::state::Action;
use crate::state::format::counted;
use crate::state::marks::{Change, Marks};

#[derive(Properties, PartialEq)]
pub struct AllowListProps {
    pub marks: Marks,
    pub dispatch: Dispatch,
}

/// Closed until it is asked for; its entries explain themselves.
#[component]
pub fn AllowListView(props: &AllowListProps) -> Html {
    let list = props.marks.allow();
    let entries = list.entries();
    let act = |change: Change| click(&props.dispatch, Action::Marks(change));
    let row = |entry: &Allowed| {
        let suffix = entry.suffix.to_string();
        html! {
            <tr key={suffix.clone()} data-allowed={suffix.clone()}>
                <th scope="row">{ logged(&suffix) }</th>
                <td>{ entry.category.to_string() }</td>
                <td>{ entry.reason.to_string() }</td>
                <td><button class="small quiet" onclick={act(Change::Disallow(suffix.clone()))}>{ "Take out" }<span class="visually-hidden">{ format!(" {suffix}") }</span></button></td>
            </tr>
        }
    };
    html! {
        <details class="allow-list">
            <summary>{ format!("Allow list: {}", counted(entries.len() as u64, "domain")) }</summary>
            <p class="caption">
                { format!(
                    "Services whose look-ups look like a channel, as shipped on {}, with your changes. Findings of these domains, and of names below them, are set aside when they are shown; nothing is left out when logs are read. What a rule proves is shown in spite of a shipped entry.",
                    allow::dated()
                ) }
            </p>
            <div class="scroll" tabindex="0" role="region" aria-label="Entries of the allow list">
                <table>
                    <thead><tr><th scope="col">{ "Domain" }</th><th scope="col">{ "What" }</th><th scope="col">{ "Why" }</th><th scope="col"><span class="visually-hidden">{ "Change" }</span></th></tr></thead>
                    <tbody>{ for entries.into_iter().map(row) }</tbody>
                </table>
            </div>
            { for list.removed().map(|suffix| html! {
                <p key={suffix.to_owned()}>
                    { logged(suffix) }{ " was taken out. " }
                    <button class="small quiet" onclick={act(Change::Allow(suffix.to_owned(), String::new()))}>{ "Put back" }<span class="visually-hidden">{ format!(" {suffix}") }</span></button>
                </p>
            }) }
        </details>
    }
}
