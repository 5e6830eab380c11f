//! Which parts of a finding stand open.
//!
//! In: what the user opened and closed. Out: whether a part stands open. What was chosen for one finding holds for
//! the next, so that who walks through a list sees the same of each.
//! Must not know: what is in a part.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

use crate::browser::doc;

/// The parts that stand open on a narrow window, where all of them would be ten screens long.
const NARROW: [&str; 3] = ["score", "proof", "why"];

/// What was opened and closed, by the names of parts.
#[derive(Clone, Default)]
pub struct Folds(Rc<RefCell<BTreeMap<&'static str, bool>>>);

impl PartialEq for Folds {
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.0, &other.0)
    }
}

impl Folds {
    /// Whether a part stands open.
    pub fn is_open(&self, part: &'static str) -> bool {
        let chosen = self.0.borrow().get(part).copied();
        chosen.unwrap_or_else(|| !doc::is_narrow() || NARROW.contains(&part))
    }

    /// The user opened or closed a part.
    pub fn set(&self, part: &'static str, open: bool) {
        self.0.borrow_mut().insert(part, open);
    }
}
