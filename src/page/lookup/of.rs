//! What look-ups say of one finding, and the way to look it up; to be set into its details.
//!
//! In: the finding, what the page knows of look-ups. Out: HTML, actions.
//! Must not know: how anything is asked.

use wakeful_engine::report::Finding;
use wakeful_lookup::{Problem, Record, Subject};
use yew::prelude::*;

use super::panel::tab_link;
use crate::page::app::Dispatch;
use crate::page::reasons;
use crate::page::words::{sentence, time};
use crate::state::Action;
use crate::state::lookup::rank::sharpen;
use crate::state::lookup::words::{more, outcome, raise};
use crate::state::lookup::{Happened, Lookups, subject};

#[derive(Properties, PartialEq)]
pub struct LookupOfProps {
    pub finding: Finding,
    pub lookups: Lookups,
    /// The token of the line to the tab; `None` where the browser cannot make one.
    pub token: Option<AttrValue>,
    pub dispatch: Dispatch,
}

/// What is known of a finding's domain or peer from outside; a plain link in any case.
#[component]
pub fn LookupOf(props: &LookupOfProps) -> Html {
    let Some(subject) = subject(&props.finding) else {
        return html! {
            <p class="caption">{ "Nothing can be looked up here: the other side is neither a registered domain nor a public address." }</p>
        };
    };
    let entries = props.lookups.of(&props.finding);
    let sharpened = sharpen(&props.finding, &props.lookups);
    html! {
        <div class="lookup-of" data-subject={subject.to_string()}>
            if entries.is_empty() {
                <p class="caption">{ "Nothing was looked up. Look-ups are off until you switch them on in their own tab." }</p>
            }
            if !sharpened.reasons.is_empty() {
                { reasons::list(&sharpened.reasons) }
            }
            { for entries.iter().map(|entry| {
                // Its first sentence stands among the reasons already.
                let text = match &entry.outcome {
                    Ok(Record::Reputation(_)) => more(&entry.outcome),
                    _ => outcome(&entry.outcome),
                };
                html! {
                    <p data-lookup={entry.service.name()} data-outcome={entry.outcome.as_ref().err().map_or("ok", Problem::name)}>
                        { sentence(&text) }
                        <span class="muted">{ " " }{ sentence(&entry.host) }{ ", asked " }{ time(Some(entry.at)) }{ "." }</span>
                    </p>
                }
            }) }
            if sharpened.score > props.finding.score {
                <p class="lookup-rank">
                    { raise(props.finding.score, sharpened.score) }
                    { " " }<span class="muted">{ "Each answer removes its part of what is missing to 100: a rule, not a trained model. The severity stays that of the logs." }</span>
                </p>
            }
            { way(props, &subject) }
            <p>
                <a href={subject.virustotal_page()} target="_blank" rel="noopener noreferrer">{ "VirusTotal's page about it" }</a>
                <span class="muted">{ " (a new tab; VirusTotal learns the name)" }</span>
            </p>
        </div>
    }
}

/// Puts this one name on the list of the look-up tab, or takes it off.
fn way(props: &LookupOfProps, subject: &Subject) -> Html {
    let is_chosen = props.lookups.chosen.contains(subject);
    let choose = |is_chosen: bool| {
        let (dispatch, subject) = (props.dispatch.clone(), subject.clone());
        Callback::from(move |_: MouseEvent| {
            let happened = Happened::Chosen(subject.clone(), is_chosen);
            dispatch.emit(Action::Lookup(happened));
        })
    };
    let Some(token) = &props.token else {
        return Html::default();
    };
    html! {
        <p class="lookup-way">
            if is_chosen {
                <button class="small" data-choose="off" onclick={choose(false)}>{ "Take it off the list" }</button>
                if !props.lookups.is_open() { { tab_link(token, "Open the look-up tab", Callback::noop()) } }
                <span class="muted">{ "It is on the list of the look-up tab. Nothing is sent before you agree there." }</span>
            } else if props.lookups.is_open() {
                <button class="small" data-choose="on" onclick={choose(true)}>{ "Put it on the look-up tab’s list" }</button>
            } else {
                { tab_link(token, "Look this one up…", choose(true)) }
                <span class="muted">{ "Opens the look-up tab with the names that you chose, and no others. Nothing is sent before you agree there." }</span>
            }
        </p>
    }
}
