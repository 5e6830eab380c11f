//! The help: keys, what a severity means, how to read a reason.
//!
//! In: whether it is open. Out: that it was closed.
//! Must not know: the state of a scan.

use yew::prelude::*;

use super::app::Dispatch;
use crate::browser::HtmlDialogElement;
use crate::browser::doc;
use crate::state::Action;
use crate::state::keys::SHORTCUTS;

#[derive(Properties, PartialEq)]
pub struct HelpProps {
    pub open: bool,
    pub dispatch: Dispatch,
}

#[component]
pub fn Help(props: &HelpProps) -> Html {
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
        Callback::from(move |_: Event| dispatch.emit(Action::Help(false)))
    };
    let close = {
        let dispatch = props.dispatch.clone();
        Callback::from(move |_: MouseEvent| dispatch.emit(Action::Help(false)))
    };
    html! {
        <dialog class="help" ref={dialog} aria-labelledby="help-title" onclose={closed}>
            <div class="detail-head">
                <h2 id="help-title">{ "Help" }</h2>
                <button class="quiet" onclick={close}>{ "Close" }</button>
            </div>
            <h3>{ "Keys" }</h3>
            <dl class="keys">
                { for SHORTCUTS.iter().map(|(key, what)| html! {
                    <div><dt><kbd>{ key }</kbd></dt><dd>{ what }</dd></div>
                }) }
            </dl>
            <h3>{ "Severities" }</h3>
            <p>{ "Critical, high and medium are alerts: look now, today, soon. Low is worth a look when time allows. Info is unusual and no alert." }</p>
            <h3>{ "Scores and reasons" }</h3>
            <p>{ "A score goes from 0 (as ordinary traffic) to 100 (certain). Every reason is one measured property of the channel: its value here, the usual value among ordinary channels, and how far it pushed the score. Reasons say why the model is suspicious; the records let you judge for yourself." }</p>
            <p class="caption">{ format!("Wakeful {}", env!("CARGO_PKG_VERSION")) }</p>
        </dialog>
    }
}
