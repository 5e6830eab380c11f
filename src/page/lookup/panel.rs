//! The way to the look-up tab, and the page's end of the line to it.
//!
//! In: the findings, what the page knows of look-ups. Out: the list for the tab, actions.
//! Must not know: how anything is asked. The tab is opened by the user's own click on a link; the
//! page has no other means to open it, and no handle on it.

use wakeful_lookup::wire::{Message, decode, encode};
use yew::prelude::*;

use crate::browser::HtmlInputElement;
use crate::browser::room::{Line, token};
use crate::page::app::Dispatch;
use crate::state::format::counted;
use crate::state::lookup::{Happened, Lookups, any_subject, standing, subjects};
use crate::state::{Action, Outcome, Stage, State};

/// Keeps the line: what the tab says becomes actions, and the tab gets the list when it asks, and
/// again when a scan is finished. Gives the token that the link carries.
#[hook]
pub fn use_lookup_line(state: &State, dispatch: &Dispatch) -> Option<AttrValue> {
    let token = use_memo((), |()| token().map(AttrValue::from));
    let line = use_mut_ref(|| None::<Line>);
    {
        let (line, dispatch, token) = (line.clone(), dispatch.clone(), token.clone());
        use_effect_with((), move |()| {
            *line.borrow_mut() = token.as_ref().as_ref().and_then(|token| {
                Line::open(token, move |text| {
                    if let Some(message) = decode(&text) {
                        dispatch.emit(Action::Lookup(Happened::Heard(message)));
                    }
                })
            });
        });
    }
    let outcome = match &state.stage {
        Stage::Done(outcome) => Some(outcome.clone()),
        _ => None,
    };
    let memory = state.lookups.memory.clone();
    let told = (state.lookups.hellos, outcome, state.lookups.chosen.clone());
    use_effect_with(told, move |(hellos, outcome, chosen)| {
        if *hellos > 0
            && let Some(line) = &*line.borrow()
        {
            let findings = outcome
                .as_ref()
                .map(|outcome| outcome.report.findings.as_slice());
            line.send(&encode(&Message::List {
                subjects: subjects(findings.unwrap_or_default()),
                chosen: chosen.clone(),
                known: memory.entries().cloned().collect(),
            }));
        }
    });
    token.as_ref().clone()
}

#[derive(Properties, PartialEq)]
pub struct LookupPanelProps {
    pub outcome: Outcome,
    pub lookups: Lookups,
    /// The token of the line; `None` where the browser cannot make one.
    pub token: Option<AttrValue>,
    pub dispatch: Dispatch,
}

/// What can be looked up, the way to the tab, how far it is.
#[component]
pub fn LookupPanel(props: &LookupPanelProps) -> Html {
    let names = use_memo(props.outcome.clone(), |outcome| {
        let findings = &outcome.report.findings;
        any_subject(findings).then(|| subjects(findings).len())
    });
    let Some(names) = *names else {
        return Html::default();
    };
    let days = {
        let dispatch = props.dispatch.clone();
        Callback::from(move |event: Event| {
            let input: HtmlInputElement = event.target_unchecked_into();
            if let Ok(days) = input.value().parse() {
                dispatch.emit(Action::Lookup(Happened::YoungDays(days)));
            }
        })
    };
    html! {
        <details class="lookup-panel" open={props.lookups.is_open()}>
            <summary>{ "Look up reputation and age of domains" }</summary>
            <p>
                { "Off by default, and nothing here connects. Look-ups are made by a tab of their own, which shows what would be sent, where to, and how long it takes, and asks before it sends." }
            </p>
            <p id="lookup-names">{ offered(names, props.lookups.chosen.len()) }</p>
            <p role="status" id="lookup-standing">{ standing(&props.lookups) }</p>
            <p class="lookup-choices">
                { match &props.token {
                    // A tab that crashed has said no good-bye: there is always a way to another.
                    Some(token) if props.lookups.is_open() => tab_link(token, "Open another look-up tab", Callback::noop()),
                    Some(token) => tab_link(token, "Open the look-up tab", Callback::noop()),
                    None => html! { <span>{ "This browser lacks what look-ups need. Use a current one." }</span> },
                } }
                <label>
                    { "Newly registered: younger than " }
                    <input id="young-days" type="number" min="1" max="3650" value={props.lookups.young_days.to_string()} onchange={days} />
                    { " days" }
                </label>
            </p>
        </details>
    }
}

/// What stands on the tab's list.
fn offered(alerts: usize, chosen: usize) -> String {
    match (alerts, chosen) {
        (0, 0) => "No alert has a name that can be looked up. To look up another, open its finding and choose it there.".to_owned(),
        (_, 0) => format!(
            "On its list: {} of alerts. To look up another, or one alone, open its finding and choose it there.",
            counted(alerts as u64, "name")
        ),
        (_, _) => format!(
            "On its list: {} out of findings, chosen by you, and no others.",
            counted(chosen as u64, "name")
        ),
    }
}

/// The only way to the tab: a link that the user follows.
pub(super) fn tab_link(
    token: &AttrValue,
    title: &'static str,
    onclick: Callback<MouseEvent>,
) -> Html {
    html! {
        <a class="button lookup-open" href={format!("lookup.html#{token}")} target="_blank" rel="noopener" {onclick}>{ title }</a>
    }
}
