//! The help: what each detector sees, what a severity means, how to read a reason.
//!
//! In: which page. Out: prose; actions.
//! Must not know: the state of a scan.

use yew::prelude::*;

use super::app::Dispatch;

#[derive(Properties, PartialEq)]
pub struct HelpProps {
    pub page: Option<String>,
    pub dispatch: Dispatch,
}

#[component]
pub fn HelpView(_props: &HelpProps) -> Html {
    html! {
        <article class="models" aria-labelledby="help-title">
            <h2 id="help-title" tabindex="-1">{ "Help" }</h2>
            <h3>{ "Severities" }</h3>
            <p class="prose">{ "Critical, high and medium are alerts: look now, today, soon. Low is worth a look when time allows. Info is unusual and no alert." }</p>
            <h3>{ "Scores and reasons" }</h3>
            <p class="prose">{ "A score goes from 0 (as ordinary traffic) to 100 (certain). Every reason is one measured property of the channel: its value here, the usual value among ordinary channels, and how far it pushed the score. Reasons say why the model is suspicious; the records let you judge for yourself." }</p>
        </article>
    }
}
