//! The bar on top: name, what can be done now, the colours, the help.
//!
//! In: the state's name, the report if there is one. Out: actions.
//! Must not know: what is in a report.

use yew::prelude::*;

use super::app::Dispatch;
use super::focus::MODELS_BUTTON;
use crate::browser::doc;
use crate::state::format::iso;
use crate::state::lookup::{Lookups, report_json};
use crate::state::{Action, Outcome, Theme};

#[derive(Properties, PartialEq)]
pub struct BarProps {
    pub stage: &'static str,
    pub theme: Theme,
    pub models: bool,
    pub report: Option<Outcome>,
    pub lookups: Lookups,
    pub dispatch: Dispatch,
}

#[component]
pub fn Bar(props: &BarProps) -> Html {
    let act = |action: Action| {
        let dispatch = props.dispatch.clone();
        Callback::from(move |_: MouseEvent| dispatch.emit(action.clone()))
    };
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
            <div class="bar-actions">
                if let Some(outcome) = props.report.clone() {
                    { other_files(act(Action::Reset)) }
                    <button onclick={save(outcome, props.lookups.clone(), props.dispatch.clone())} aria-label="Save report as JSON">
                        { "Save" }<span class="wide-only">{ " report as JSON" }</span>
                    </button>
                } else if props.stage == "failed" {
                    { other_files(act(Action::Reset)) }
                }
                if props.stage != "reading" {
                    <button
                        id={MODELS_BUTTON}
                        class="quiet"
                        aria-pressed={props.models.to_string()}
                        aria-keyshortcuts="m"
                        onclick={act(Action::ToggleModels)}
                    >
                        { "Models" }
                    </button>
                }
                <button
                    class="quiet"
                    onclick={act(Action::Theme(props.theme.next()))}
                    aria-label={format!("Colours: {theme}. Change")}
                >
                    <svg class="glyph" viewBox="0 0 16 16" aria-hidden="true">
                        <circle cx="8" cy="8" r="6.2" class="glyph-line" />
                        <path d="M8 1.8a6.2 6.2 0 0 1 0 12.4z" />
                    </svg>
                    <span class="wide-only">{ theme }</span>
                </button>
                <button class="quiet" onclick={act(Action::Help(true))} aria-label="Help and keys">{ "?" }</button>
            </div>
        </header>
    }
}

fn other_files(onclick: Callback<MouseEvent>) -> Html {
    html! {
        <button class="primary" {onclick} aria-label="Scan other files">
            <span class="wide-only">{ "Scan other files" }</span><span class="narrow-only">{ "Other files" }</span><span class="tiny-only">{ "Files" }</span>
        </button>
    }
}

fn save(outcome: Outcome, lookups: Lookups, dispatch: Dispatch) -> Callback<MouseEvent> {
    Callback::from(move |_| {
        let report = &outcome.report;
        let day = report.span.last.map(iso).unwrap_or_default();
        let name = match day.get(..10) {
            Some(day) => format!("wakeful-{day}.json"),
            None => "wakeful.json".to_owned(),
        };
        let saved = report_json(report, &lookups)
            .map_err(|error| error.to_string())
            .and_then(|text| doc::save(&name, &text));
        if let Err(error) = saved {
            dispatch.emit(Action::Notice(format!(
                "The report was not saved ({error}). Try again, or copy findings one by one."
            )));
        }
    })
}
