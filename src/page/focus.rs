//! Where the focus goes when the view changes, and the address that names the view.
//!
//! In: the state. Out: focus, entries in the tab's history.
//! Must not know: what a view shows.

use std::rc::Rc;

use yew::prelude::*;

use super::app::Dispatch;
use super::row::row_id;
use super::triage::NOTE;
use crate::browser::time::after;
use crate::browser::turns::{self, Turn};
use crate::browser::{doc, place};
use crate::state::address::Address;
use crate::state::view::View;
use crate::state::{Action, Stage, State};

/// How long the arrangement of a view rests before it stands in the address: a slider that is
/// moved changes it many times a second, and browsers allow 200 changes in half a minute.
const REST_MS: i32 = 300;

/// Keeps the focus at something that is there.
#[hook]
pub fn use_focus(state: &State) {
    // After a key or a click: the row in focus; where the row is not in sight (narrow windows
    // show the details alone), the heading of the details.
    let rank = state
        .selected_finding()
        .map(|(rank, _)| rank)
        .filter(|_| state.view == View::Findings);
    let before = use_mut_ref(|| None::<usize>);
    let view = state.view;
    let noted = use_mut_ref(|| state.notes_asked);
    let been_in = use_mut_ref(|| state.entered);
    let asked = (rank, state.notes_asked, state.entered);
    use_effect_with(asked, move |(rank, notes, entered)| {
        let last = before.replace(*rank);
        if been_in.replace(*entered) != *entered && doc::focus("detail-title") {
            return;
        }
        if noted.replace(*notes) != *notes && doc::focus(NOTE) {
            return;
        }
        match (*rank, last) {
            (Some(rank), _) => focus_finding(rank),
            (None, Some(last)) if view == View::Findings => {
                doc::focus(&row_id(last));
            }
            (None, _) => {}
        }
    });
    // Another view: its heading, unless the user is at a control that is still there.
    let shown = (state.scan, state.stage.name(), state.view);
    let before = use_mut_ref(|| None);
    let moved = use_mut_ref(|| None::<Turn>);
    let has_report = matches!(state.stage, Stage::Done(_));
    use_effect_with(shown, move |&(scan, stage, view)| {
        let Some((last_scan, last_stage, last_view)) = before.replace(Some((scan, stage, view)))
        else {
            return;
        };
        let same_stage = (last_scan, last_stage) == (scan, stage);
        if view != last_view && same_stage {
            match rank {
                Some(rank) => focus_finding(rank),
                None if has_report || !view.needs_report() => doc::jump(view.heading()),
                None => doc::jump(heading(stage)),
            }
        } else if doc::focus_is_lost() {
            // To scroll it into sight, the browser lays out all that was drawn: in a task of its own.
            let turn = turns::first(move || {
                doc::focus(heading(stage));
            });
            moved.replace(Some(turn));
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
        "done" => "overview-title",
        "failed" => "failure-title",
        _ => "hero-title",
    }
}

/// Keeps the address and the state together, whichever changes first.
#[hook]
pub fn use_address(state: &State, dispatch: &Dispatch) {
    // What the address last asked for: a change that comes from it does not go back to it. By the
    // time it is drawn, the user may be an entry further.
    let asked = use_mut_ref(|| None::<Address>);
    let written = use_mut_ref(|| Address::read(&place::fragment()).unwrap_or_default());
    // The latest address; a timer that finds another one has nothing to do.
    let latest = use_mut_ref(Address::default);
    let heard = asked.clone();
    let own = written.clone();
    use_effect_with(state.address(), move |address| {
        latest.replace(address.clone());
        if heard.take().as_ref() == Some(address) {
            written.replace(address.clone());
            return;
        }
        let text = address.text();
        if place::fragment() == text {
            return;
        }
        if address.is_step_from(&written.borrow()) {
            written.replace(address.clone());
            place::enter(&text);
            return;
        }
        let (latest, written, address) = (Rc::clone(&latest), Rc::clone(&written), address.clone());
        after(REST_MS, move || {
            if *latest.borrow() == address {
                place::replace(&address.text());
                written.replace(address);
            }
        });
    });
    let dispatch = dispatch.clone();
    use_effect_with((), move |()| {
        let changed = place::on_change(move |fragment| match Address::read(&fragment) {
            // The browser tells of the page's own changes too, and late: the state may be further.
            Ok(address) if address == *own.borrow() => {}
            Ok(address) => {
                asked.replace(Some(address.clone()));
                dispatch.emit(Action::Address(Box::new(address)));
            }
            Err(sentence) => dispatch.emit(Action::Notice(sentence)),
        });
        move || drop(changed)
    });
}
