//! The bar on top: name, what can be done now, the colours, the help.
//!
//! In: the state's name, the report if there is one. Out: actions.
//! Must not know: what is in a report.

use yew::prelude::*;

use super::app::{Dispatch, click};
use crate::browser::doc;
use crate::parts::veil::Veil;
use crate::state::address::Address;
use crate::state::format::{count, iso};
use crate::state::lookup::Lookups;
use crate::state::marks::Marks;
use crate::state::saved;
use crate::state::view::View;
use crate::state::{Action, Dialog, Outcome, Theme};

#[derive(Properties, PartialEq)]
pub struct BarProps {
    pub stage: &'static str,
    pub theme: Theme,
    pub view: View,
    pub address: Address,
    pub report: Option<Outcome>,
    pub lookups: Lookups,
    pub marks: Marks,
    pub dispatch: Dispatch,
}

#[component]
pub fn Bar(props: &BarProps) -> Html {
    let act = |action: Action| click(&props.dispatch, action);
    let veil = use_context::<Veil>().unwrap_or_default();
    let theme = match props.theme {
        Theme::System => "system",
        Theme::Light => "light",
        Theme::Dark => "dark",
    };
    html! {
        <header class="bar">
            <h1 class="brand">
                <svg class="brand-mark" viewBox="0 0 32 32" aria-hidden="true">
                    <path d="M3 16q13-14 26 0q-13 14-26 0z" />
                    <circle cx="16" cy="16" r="4.5" />
                </svg>
                { "Wakeful" }
            </h1>
            <nav class="views" aria-label="Views">
                <ul>
                    { for View::READY.into_iter().enumerate().map(|(place, view)| entry(props, place, view)) }
                </ul>
            </nav>
            <div class="bar-actions">
                if let Some(outcome) = props.report.clone() {
                    { other_files(act(Action::Reset)) }
                    <button
                        onclick={save(outcome, props, veil)}
                        aria-label="Save report"
                        title="What was found, this view, your marks and look-ups, as JSON; no records. Drop it here to open it again."
                    >
                        { "Save" }<span class="wide-only">{ " report" }</span>
                    </button>
                } else if props.stage == "failed" {
                    { other_files(act(Action::Reset)) }
                }
                <button
                    class="quiet"
                    onclick={act(Action::Theme(props.theme.next()))}
                    aria-label={format!("Colours: {theme}. Change")}
                    title={format!("Colours: {theme}")}
                >
                    <svg class="glyph" viewBox="0 0 16 16" aria-hidden="true">
                        <circle cx="8" cy="8" r="6.2" class="glyph-line" />
                        <path d="M8 1.8a6.2 6.2 0 0 1 0 12.4z" />
                    </svg>
                </button>
                <button
                    class="quiet"
                    onclick={act(Action::Dialog(Some(Dialog::Settings)))}
                    aria-label="Settings"
                    aria-keyshortcuts="s"
                    title="Settings (s)"
                >
                    <svg class="glyph" viewBox="0 0 16 16" aria-hidden="true">
                        <path class="glyph-line" d="M1 4h6m4 0h4M1 12h2m4 0h8" />
                        <circle class="glyph-line" cx="9" cy="4" r="1.8" />
                        <circle class="glyph-line" cx="5" cy="12" r="1.8" />
                    </svg>
                </button>
                <button
                    class="quiet"
                    onclick={act(Action::Dialog(Some(Dialog::Keys)))}
                    aria-label="Keys"
                    aria-keyshortcuts="?"
                    title="Keys (?)"
                >{ "?" }</button>
            </div>
        </header>
    }
}

/// A view in the bar: a link, so that its address can be copied.
fn entry(props: &BarProps, place: usize, view: View) -> Html {
    let report = props.report.as_ref().filter(|_| props.stage == "done");
    // The first entry is the first screen until there is a report; the others wait for one.
    if report.is_none() && view.needs_report() && view != View::Overview {
        return Html::default();
    }
    let title = match (view, report) {
        (View::Overview, None) => "Start",
        _ => view.title(),
    };
    let current = props.view == view
        || (report.is_none() && props.view.needs_report() && view == View::Overview);
    let address = Address {
        view,
        finding: None,
        page: None,
        ..props.address.clone()
    };
    let onclick = {
        let dispatch = props.dispatch.clone();
        Callback::from(move |event: MouseEvent| {
            // A link opened in another tab is the browser's; here, the state leads.
            if !(event.ctrl_key() || event.meta_key() || event.shift_key()) {
                event.prevent_default();
                dispatch.emit(Action::View(view));
            }
        })
    };
    let number = report
        .filter(|_| view == View::Findings)
        .map(|outcome| outcome.report.findings.len() as u64);
    html! {
        <li key={view.name()}>
            <a
                href={format!("#{}", address.text())}
                aria-current={current.then_some("page")}
                aria-keyshortcuts={(place + 1).to_string()}
                title={view.about()}
                data-to={view.name()}
                {onclick}
            >
                { title }
                if let Some(number) = number {
                    { " " }<span class="view-count">{ count(number) }</span>
                }
            </a>
        </li>
    }
}

fn other_files(onclick: Callback<MouseEvent>) -> Html {
    html! {
        <button class="primary" {onclick} aria-label="Scan other files">
            <span class="wide-only">{ "Scan other files" }</span><span class="narrow-only">{ "Other files" }</span><span class="tiny-only">{ "Files" }</span>
        </button>
    }
}

fn save(outcome: Outcome, props: &BarProps, veil: Veil) -> Callback<MouseEvent> {
    let (lookups, marks, dispatch) = (
        props.lookups.clone(),
        props.marks.clone(),
        props.dispatch.clone(),
    );
    let address = props.address.text();
    Callback::from(move |_| {
        let report = &outcome.report;
        let day = report.span.last.map(iso).unwrap_or_default();
        let name = match day.get(..10) {
            Some(day) => format!("wakeful-{day}.json"),
            None => "wakeful.json".to_owned(),
        };
        let saved = saved::write(report, &lookups, address.clone(), &marks)
            .and_then(|text| doc::save(&name, &veil.text(text), "application/json"));
        if let Err(error) = saved {
            dispatch.emit(Action::Notice(format!(
                "The report was not saved ({error}). Try again, or copy findings one by one."
            )));
        }
    })
}
