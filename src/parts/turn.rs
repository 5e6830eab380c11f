//! Waiting for a turn.
//!
//! In: nothing. Out: whether it has come.
//! Must not know: what waits.

use yew::prelude::*;

use crate::browser::turns::{self, Turn};

/// Whether the turn of what is drawn here has come: the next drawing is a task of its own.
#[hook]
pub fn use_turn() -> bool {
    let has_come = use_state(|| false);
    // It asks while it is drawn and not afterwards: who waits for all to be there knows of it then.
    let turn = use_mut_ref(|| None::<Turn>);
    if !*has_come && turn.borrow().is_none() {
        let has_come = has_come.clone();
        turn.replace(Some(turns::last(move || has_come.set(true))));
    }
    *has_come
}
