//! The settings, and everything that this browser keeps of the page, in a dialog.
//!
//! In: whether it is open, the colours, the settings used lately, the marks. Out: actions.
//! Must not know: where anything is kept.
//!
//! As with the keys and the palette, the dialog stays in the document, shut: [`open`] shows it while the key that asks
//! for it is still being handled, and what is pressed next is for the dialog.

use yew::prelude::*;

use super::app::{Dispatch, click};
use crate::browser::{HtmlDialogElement, doc};
use crate::state::format::counted;
use crate::state::marks::{self, Desk};
use crate::state::settings::{Change, Recent, describe};
use crate::state::{Action, Theme};

/// The dialog's id.
const DIALOG: &str = "settings";

/// Shows the settings, before anything is drawn.
pub fn open() {
    doc::show_modal(DIALOG);
}

#[derive(Properties, PartialEq)]
pub struct SettingsProps {
    pub open: bool,
    pub theme: Theme,
    pub recent: Recent,
    pub marks: Desk,
    pub masked: bool,
    pub dispatch: Dispatch,
}

#[component]
pub fn SettingsDialog(props: &SettingsProps) -> Html {
    let dialog = use_node_ref();
    {
        let dialog = dialog.clone();
        use_effect_with(props.open, move |open| {
            if let Some(dialog) = dialog.cast::<HtmlDialogElement>() {
                doc::show_dialog(&dialog, *open);
            }
        });
    }
    // Closed by the browser, it gives the focus back to what had it; then the state follows.
    let close = {
        let dialog = dialog.clone();
        Callback::from(move |_: MouseEvent| {
            if let Some(dialog) = dialog.cast::<HtmlDialogElement>() {
                doc::show_dialog(&dialog, false);
            }
        })
    };
    let closed = {
        let dispatch = props.dispatch.clone();
        Callback::from(move |event: Event| {
            if doc::is_shut(&event) {
                dispatch.emit(Action::Dialog(None));
            }
        })
    };
    html! {
        <dialog id={DIALOG} class="help settings" ref={dialog} aria-labelledby="settings-title" onclose={closed}>
            <div class="detail-head">
                <h2 id="settings-title">{ "Settings" }</h2>
                <button class="quiet" onclick={close}>{ "Close" }</button>
            </div>
            if props.open {
                { content(props) }
            }
        </dialog>
    }
}

fn content(props: &SettingsProps) -> Html {
    let act = |action: Action| click(&props.dispatch, action);
    html! {
        <>
            <div class="chips" role="group" aria-label="Colours">
                <span class="muted">{ "Colours" }</span>
                { for [(Theme::System, "As the system"), (Theme::Light, "Light"), (Theme::Dark, "Dark")].into_iter().map(|(theme, name)| html! {
                    <button class="small toggle" aria-pressed={(props.theme == theme).to_string()} onclick={act(Action::Theme(theme))}>{ name }</button>
                }) }
            </div>
            <h3>{ "What leaves by your hand" }</h3>
            <div class="kept">
                { tick(props, Tick {
                    id: "mask-addresses",
                    text: "Mask addresses in what I save or copy for others",
                    now: props.masked,
                    able: true,
                    action: Action::Mask,
                }) }
                <p class="caption">{ "Clients of findings and private addresses become host-1, host-2, … everywhere alike: in reports, lists, records and Markdown. Names of machines in queries, notes and file names stay. Single values and commands are copied as they are." }</p>
            </div>
            <h3>{ "What this browser keeps" }</h3>
            <p class="caption">{ "In its storage on this machine, for this address alone. The logs, their names and what was found in them are never stored, unless you keep your marks." }</p>
            { kept_settings(props) }
            { kept_marks(props) }
        </>
    }
}

/// Something that is so or not.
#[derive(Clone, Copy)]
struct Tick {
    id: &'static str,
    text: &'static str,
    now: bool,
    /// Whether it can be changed.
    able: bool,
    action: fn(bool) -> Action,
}

fn tick(props: &SettingsProps, tick: Tick) -> Html {
    let Tick { now, action, .. } = tick;
    let onchange = props.dispatch.reform(move |_: Event| action(!now));
    html! {
        <label>
            <input id={tick.id} type="checkbox" checked={now} disabled={!tick.able} {onchange} />
            { " " }{ tick.text }
        </label>
    }
}

fn kept_settings(props: &SettingsProps) -> Html {
    let recent = &props.recent;
    let forget = click(&props.dispatch, Action::Recent(Change::Forget));
    html! {
        <div class="kept">
            { tick(props, Tick {
                id: "remember-settings",
                text: "The thresholds, order and groups that I used lately",
                now: recent.remember,
                able: true,
                action: |keep| Action::Recent(Change::Remember(keep)),
            }) }
            <ul class="plain">
                { for recent.entries.iter().map(|entry| html! { <li key={entry.clone()}>{ describe(entry) }</li> }) }
            </ul>
            <button class="small" disabled={recent.entries.is_empty()} onclick={forget}>{ "Forget them" }</button>
        </div>
    }
}

fn kept_marks(props: &SettingsProps) -> Html {
    let (marked, domains) = props.marks.now.counts();
    let forget = click(&props.dispatch, Action::Marks(marks::Change::Forget));
    html! {
        <div class="kept" title="In this browser's storage on this machine: verdicts, notes and the names of allowed domains.">
            { tick(props, Tick {
                id: "keep-marks",
                text: "My marks, notes and allowed domains",
                now: props.marks.keep,
                able: props.marks.unread.is_none(),
                action: |keep| Action::Marks(marks::Change::Keep(keep)),
            }) }
            if let Some(unread) = &props.marks.unread {
                <p class="notice">{ unread }</p>
            }
            <p class="caption">{ format!("Now: marks on {}, and {} of the allow list.", counted(marked as u64, "finding"), counted(domains as u64, "change")) }</p>
            <button class="small" disabled={props.marks.now.is_empty() && props.marks.unread.is_none()} onclick={forget}>{ "Forget all marks" }</button>
        </div>
    }
}
