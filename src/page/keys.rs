//! The keys, in a dialog.
//!
//! In: whether it is open. Out: that it was closed.
//! Must not know: the state of a scan.

use yew::prelude::*;

use super::app::{Dispatch, click};
use crate::browser::HtmlDialogElement;
use crate::browser::doc;
use crate::state::Action;
use crate::state::keys::SHORTCUTS;

/// The dialog's id.
const DIALOG: &str = "keys";

/// Shows the keys, before anything is drawn: what is pressed next is for the dialog.
pub fn open() {
    doc::show_modal(DIALOG);
}

#[derive(Properties, PartialEq)]
pub struct KeysProps {
    pub open: bool,
    pub dispatch: Dispatch,
}

#[component]
pub fn KeysDialog(props: &KeysProps) -> Html {
    let dialog = use_node_ref();
    {
        let dialog = dialog.clone();
        use_effect_with(props.open, move |open| {
            if let Some(dialog) = dialog.cast::<HtmlDialogElement>() {
                doc::show_dialog(&dialog, *open);
            }
        });
    }
    let closed = {
        let dispatch = props.dispatch.clone();
        Callback::from(move |event: Event| {
            if doc::is_shut(&event) {
                dispatch.emit(Action::Dialog(None));
            }
        })
    };
    let close = click(&props.dispatch, Action::Dialog(None));
    html! {
        <dialog id={DIALOG} class="help" ref={dialog} aria-labelledby="keys-title" onclose={closed}>
            <div class="detail-head">
                <h2 id="keys-title">{ "Keys" }</h2>
                <button class="quiet" onclick={close}>{ "Close" }</button>
            </div>
            <dl class="keys">
                { for SHORTCUTS.iter().map(|(key, what)| html! {
                    <div><dt><kbd>{ key }</kbd></dt><dd>{ what }</dd></div>
                }) }
            </dl>
            <p class="caption">{ format!("Wakeful {}", env!("CARGO_PKG_VERSION")) }</p>
        </dialog>
    }
}
