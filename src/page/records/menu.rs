//! The menu of a cell.
//!
//! In: its entries, and where it stands. Out: what was chosen, by mouse or keyboard.
//! Must not know: what a cell's value means ([`super::cell`] does).

use wakeful_lookup::Subject;
use yew::prelude::*;

use super::super::app::Dispatch;
use super::cell::{Deed, Entry};
use crate::browser::time::after;
use crate::browser::{Element, KeyboardEvent, clip, sheet};
use crate::state::Action;
use crate::state::lookup::Happened;
use crate::state::records::Change;

#[derive(Properties, PartialEq)]
pub struct MenuProps {
    pub entries: Vec<Entry>,
    pub left: f64,
    pub top: f64,
    /// The cell that gets the focus back.
    pub back: String,
    pub change: Callback<Change>,
    pub token: Option<AttrValue>,
    pub dispatch: Dispatch,
    pub close: Callback<()>,
}

#[component]
pub fn CellMenu(props: &MenuProps) -> Html {
    let host = use_node_ref();
    {
        let host = host.clone();
        use_effect_with((props.left as i64, props.top as i64), move |(left, top)| {
            if let Some(element) = host.cast::<Element>() {
                sheet::put(&element, "--left", &format!("{left}px"));
                sheet::put(&element, "--top", &format!("{top}px"));
            }
            // After what waits for its turn: a key before may still be about to focus a cell.
            after(0, || {
                sheet::focus_in_place(&entry_id(0));
            });
        });
    }
    let onkeydown = {
        let (close, back, of) = (props.close.clone(), props.back.clone(), props.entries.len());
        Callback::from(move |event: KeyboardEvent| {
            let at = event_entry(&event);
            let next = match event.key().as_str() {
                "ArrowDown" => (at + 1) % of,
                "ArrowUp" => (at + of - 1) % of,
                "Home" => 0,
                "End" => of - 1,
                "Escape" | "Tab" => {
                    event.prevent_default();
                    event.stop_propagation();
                    close.emit(());
                    sheet::focus_in_place(&back);
                    return;
                }
                _ => return,
            };
            event.prevent_default();
            event.stop_propagation();
            sheet::focus_in_place(&entry_id(next));
        })
    };
    html! {
        <>
            <div class="menu-ground" onclick={props.close.reform(|_: MouseEvent| ())} />
            <div class="menu" ref={host} role="menu" aria-label="This cell" {onkeydown}>
                { for props.entries.iter().enumerate().map(|(at, entry)| {
                    if let Deed::LookUp(subject) = &entry.deed {
                        return look_up(props, at, &entry.title, subject);
                    }
                    let onclick = {
                        let (deed, change, close, back) = (entry.deed.clone(), props.change.clone(), props.close.clone(), props.back.clone());
                        Callback::from(move |_: MouseEvent| {
                            close.emit(());
                            sheet::focus_in_place(&back);
                            match &deed {
                                Deed::Change(next) => change.emit(next.clone()),
                                Deed::Copy(text) => clip::copy(text, |_| {}),
                                Deed::LookUp(_) => {}
                            }
                        })
                    };
                    html! { <button id={entry_id(at)} class="menu-item" role="menuitem" tabindex="-1" {onclick}><bdi>{ &entry.title }</bdi></button> }
                }) }
            </div>
        </>
    }
}

/// The way to the look-up tab, with this one name on its list: it shows what would be sent, and asks.
fn look_up(props: &MenuProps, at: usize, title: &str, subject: &Subject) -> Html {
    let Some(token) = &props.token else {
        return Html::default();
    };
    let onclick = {
        let (dispatch, close) = (props.dispatch.clone(), props.close.clone());
        let chosen = Happened::Chosen(subject.clone(), true);
        Callback::from(move |_: MouseEvent| {
            dispatch.emit(Action::Lookup(chosen.clone()));
            // Not before the link was followed.
            let close = close.clone();
            after(0, move || close.emit(()));
        })
    };
    html! {
        <a id={entry_id(at)} class="menu-item" role="menuitem" tabindex="-1" href={format!("lookup.html#{token}")} target="_blank" rel="noopener" {onclick}>
            <bdi>{ title }</bdi>
        </a>
    }
}

fn entry_id(at: usize) -> String {
    format!("menu-{at}")
}

/// The entry that an event comes from.
fn event_entry(event: &KeyboardEvent) -> usize {
    event
        .target_dyn_into::<Element>()
        .and_then(|element| element.id().strip_prefix("menu-")?.parse().ok())
        .unwrap_or(0)
}
