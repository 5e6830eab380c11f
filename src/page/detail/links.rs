//! Pages elsewhere about a finding: plain links.
//!
//! In: a finding. Out: links that open in another tab, only when the user follows them.
//! Must not know: what stands there.

use wakeful_engine::report::Finding;
use yew::prelude::*;

use crate::page::words::logged;
use crate::state::{attack, links};

/// Techniques, pages about the other side, the finding's own name.
pub fn view(finding: &Finding) -> Html {
    let about = links::about(finding);
    html! {
        <>
            if !finding.attack.is_empty() {
                <p>
                    { "MITRE ATT&CK: " }
                    { for finding.attack.iter().enumerate().map(|(at, id)| html! {
                        <>
                            if at > 0 { { ", " } }
                            { technique(id) }
                        </>
                    }) }
                </p>
            }
            if !about.is_empty() {
                <p class="elsewhere">
                    { for about.into_iter().map(|link| html! {
                        <a class="out" href={link.href} title={link.tells} target="_blank" rel="noopener noreferrer">{ link.title }</a>
                    }) }
                </p>
                <p class="caption">{ "A link tells its site what you ask for, and when. Nothing is asked there until you follow it." }</p>
            }
            <p class="caption">{ "Finding " }{ logged(&finding.id) }</p>
        </>
    }
}

fn technique(id: &str) -> Html {
    let name = attack::name(id).unwrap_or_default();
    match links::technique(id) {
        Some(href) => html! {
            <a class="technique" {href} target="_blank" rel="noopener noreferrer" title="Opens attack.mitre.org in a new tab">{ format!("{id} {name}").trim_end().to_owned() }</a>
        },
        None => html! { <span class="technique">{ id.to_owned() }</span> },
    }
}
