//! Where the focus goes when the view changes, and the address that names the view.
//!
//! In: the state. Out: focus, entries in the tab's history.
//! Must not know: what a view shows.

use yew::prelude::*;

use super::app::Dispatch;
use super::row::row_id;
use crate::browser::{doc, place};
use crate::state::{Action, State};

/// The fragment that means the view of the models.
pub const MODELS: &str = "models";

/// The id of the button that opens it.
pub const MODELS_BUTTON: &str = "models-open";

/// Keeps the focus at something that is there.
#[hook]
pub fn use_focus(state: &State) {
    // After a key or a click: the row in focus; where the row is not in sight (narrow windows
    // show the details alone), the heading of the details.
    let rank = state.selected_finding().map(|(rank, _)| rank);
    let before = use_mut_ref(|| None::<usize>);
    use_effect_with(rank, move |rank| {
        let last = before.replace(*rank);
        match (*rank, last) {
            (Some(rank), _) => focus_finding(rank),
            (None, Some(last)) => {
                doc::focus(&row_id(last));
            }
            (None, None) => {}
        }
    });
    // Another view: its heading, unless the user is at a control that is still there. Coming back
    // from the models: where one was, or the button that opened them.
    let view = (state.scan, state.stage.name(), state.models);
    let before = use_mut_ref(|| None);
    use_effect_with(view, move |&(scan, stage, models)| {
        let Some((last_scan, last_stage, were_models)) =
            before.replace(Some((scan, stage, models)))
        else {
            return;
        };
        let same_stage = (last_scan, last_stage) == (scan, stage);
        if models {
            doc::jump("models-title");
        } else if were_models && same_stage {
            match rank {
                Some(rank) => focus_finding(rank),
                None => {
                    doc::focus(MODELS_BUTTON);
                }
            }
        } else if doc::focus_is_lost() {
            doc::focus(heading(stage));
        }
    });
}

fn focus_finding(rank: usize) {
    if !doc::focus(&row_id(rank)) {
        doc::focus("detail-title");
    }
}

/// The id of the heading of a stage's view.
fn heading(stage: &str) -> &'static str {
    match stage {
        "reading" => "reading-title",
        "done" => "summary-title",
        "failed" => "failure-title",
        _ => "hero-title",
    }
}

/// Keeps the address and the view of the models together, whichever changes first.
#[hook]
pub fn use_address(open: bool, dispatch: &Dispatch) {
    // Whether the entry in the history is ours, so that leaving it is going back.
    let ours = use_mut_ref(|| false);
    // What the address last asked for: a change that comes from it does not go back to it. By the
    // time it is drawn, the user may be an entry further.
    let asked = use_mut_ref(|| None);
    let heard = asked.clone();
    use_effect_with(open, move |open| {
        if heard.take() == Some(*open) {
            return;
        }
        let named = place::fragment() == MODELS;
        match (*open, named) {
            (true, false) => {
                ours.replace(true);
                place::enter(MODELS);
            }
            (false, true) if ours.replace(false) => place::back(),
            (false, true) => place::leave(),
            (true, true) | (false, false) => {}
        }
    });
    let dispatch = dispatch.clone();
    use_effect_with((), move |()| {
        let changed = place::on_change(move |fragment| {
            let open = fragment == MODELS;
            asked.replace(Some(open));
            dispatch.emit(Action::Models(open));
        });
        move || drop(changed)
    });
}
