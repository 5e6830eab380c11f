//! Views that come in pieces: what is read first is drawn first, and no task draws more than a little.
//!
//! In: what is to be drawn. Out: the same, when its turn comes.
//! Must not know: what it is.

use yew::prelude::*;

use crate::browser::turns::{self, Turn};
use crate::parts::turn::use_turn;

#[derive(Properties, PartialEq)]
pub struct LaterProps {
    pub children: Html,
}

/// Draws what is in it in a task of its own.
#[component]
pub fn Later(props: &LaterProps) -> Html {
    if use_turn() {
        props.children.clone()
    } else {
        Html::default()
    }
}

/// How many of so many lines to draw now: `first` at once, then `step` more a task, until all stand.
#[hook]
pub fn use_growth(all: usize, first: usize, step: usize) -> usize {
    let grown = use_state(|| first);
    // What stood when it last asked, and its place.
    let asked = use_mut_ref(|| None::<(usize, Turn)>);
    let stand = *grown;
    if stand < all && asked.borrow().as_ref().map(|(stood, _)| *stood) != Some(stand) {
        let next = {
            let grown = grown.clone();
            move || grown.set(stand + step)
        };
        // Before all that waits already: its lines are what is looked for, and stand above what comes later, so that
        // nothing that is read moves.
        asked.replace(Some((stand, turns::first(next))));
    }
    stand.min(all)
}
