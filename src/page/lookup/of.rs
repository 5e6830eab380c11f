//! What look-ups say of one finding; to be set into its details.
//!
//! In: the finding, what the page knows of look-ups. Out: HTML.
//! Must not know: how anything is asked.

use wakeful_engine::report::Finding;
use wakeful_lookup::Problem;
use yew::prelude::*;

use super::results::{age, outcome};
use crate::page::words::{sentence, time};
use crate::state::format::score;
use crate::state::lookup::{Lookups, sharpen, subject};

#[derive(Properties, PartialEq)]
pub struct LookupOfProps {
    pub finding: Finding,
    pub lookups: Lookups,
}

/// What is known of a finding's domain or peer from outside; a plain link where nothing is.
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
            { for entries.iter().map(|entry| html! {
                <p data-lookup={entry.service.name()} data-outcome={entry.outcome.as_ref().err().map_or("ok", Problem::name)}>
                    { sentence(&outcome(&entry.outcome)) }
                    if let Some(age) = age(entry) { { format!(" It was {age} old then.") } }
                    { " " }<span class="muted">{ "(" }{ sentence(&entry.host) }{ ", " }{ time(Some(entry.at)) }{ ")" }</span>
                </p>
            }) }
            { for sharpened.reasons.iter().filter(|reason| reason.push > 0.0).map(|reason| html! {
                <p data-feature={reason.feature.clone()}>{ sentence(&reason.text) }</p>
            }) }
            if sharpened.score > props.finding.score {
                <p>{ format!("With this it ranks as {} of 100 instead of {}.", score(sharpened.score), score(props.finding.score)) }</p>
            }
            <p>
                <a href={subject.virustotal_page()} target="_blank" rel="noopener noreferrer">{ "VirusTotal's page about it" }</a>
                <span class="muted">{ " (a new tab; VirusTotal learns the name)" }</span>
            </p>
        </div>
    }
}
