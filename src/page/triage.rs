//! What the user decides of a finding: benign, malicious, a note, the domain allowed.
//!
//! In: the finding, the marks. Out: actions.
//! Must not know: where marks are kept.

use wakeful_engine::report::Finding;
use yew::prelude::*;

use super::app::{Dispatch, click};
use super::words::logged;
use crate::browser::HtmlInputElement;
use crate::state::Action;
use crate::state::marks::{Change, Desk, Mark, Verdict};

/// The id of the field for the note.
pub const NOTE: &str = "note";

#[derive(Properties, PartialEq)]
pub struct TriageProps {
    pub finding: Finding,
    pub marks: Desk,
    pub dispatch: Dispatch,
}

#[component]
pub fn Triage(props: &TriageProps) -> Html {
    let finding = &props.finding;
    let mark = props.marks.now.of(finding).cloned().unwrap_or_default();
    let domain = finding.domain.clone();
    let allowed = props.marks.now.allows(finding).cloned();
    let act = |change: Change| click(&props.dispatch, Action::Marks(change));
    html! {
        <div class="triage" role="group" aria-label="Your verdict">
            { verdict(props, &mark, Verdict::Malicious, "x") }
            { verdict(props, &mark, Verdict::Benign, "b") }
            if let Some(entry) = allowed {
                <button class="small" title={entry.reason.to_string()} onclick={act(Change::Disallow(entry.suffix.to_string()))}>
                    { "Allowed by " }{ logged(&entry.suffix) }{ ": take back" }
                </button>
            } else if let Some(domain) = domain {
                <button
                    class="small"
                    aria-keyshortcuts="a"
                    title="Findings of this domain, and of names below it, are set aside in every list. The report is not changed."
                    onclick={act(Change::Allow(domain, String::new()))}
                >{ "Allow the domain" }</button>
            }
            { note(props, &mark) }
            { keep(props) }
        </div>
    }
}

fn verdict(props: &TriageProps, mark: &Mark, verdict: Verdict, key: &'static str) -> Html {
    let change = Change::Verdict(props.finding.id.clone(), verdict);
    let onclick = click(&props.dispatch, Action::Marks(change));
    let title = match verdict {
        Verdict::Benign => "Benign",
        Verdict::Malicious => "Malicious",
    };
    html! {
        <button
            class={classes!("small", "verdict", verdict.name())}
            aria-pressed={(mark.verdict == Some(verdict)).to_string()}
            aria-keyshortcuts={key}
            title={format!("Key {key}")}
            data-verdict={verdict.name()}
            {onclick}
        >{ title }</button>
    }
}

fn note(props: &TriageProps, mark: &Mark) -> Html {
    let onchange = {
        let (dispatch, id) = (props.dispatch.clone(), props.finding.id.clone());
        Callback::from(move |event: Event| {
            let input: HtmlInputElement = event.target_unchecked_into();
            let note = input.value().trim().to_owned();
            dispatch.emit(Action::Marks(Change::Note(id.clone(), note)));
        })
    };
    html! {
        <input
            id={NOTE}
            class="note"
            aria-keyshortcuts="n"
            type="text"
            aria-label="Your note"
            placeholder="Note…"
            autocomplete="off"
            value={mark.note.clone()}
            {onchange}
        />
    }
}

/// Marks name domains of the log, so they are kept only for who asks.
fn keep(props: &TriageProps) -> Html {
    let keep = props.marks.keep;
    if props.marks.now.is_empty() && !keep {
        return Html::default();
    }
    let onchange = {
        let dispatch = props.dispatch.clone();
        Callback::from(move |_: Event| dispatch.emit(Action::Marks(Change::Keep(!keep))))
    };
    html! {
        <label class="keep" title="In this browser's storage on this machine: verdicts, notes and the names of allowed domains. The logs are never stored.">
            <input type="checkbox" checked={keep} disabled={props.marks.unread.is_some()} {onchange} />
            { " Keep my marks for the next visit" }
        </label>
    }
}
