//! What is laid over a text as it leaves the page: nothing, or a mask over addresses.
//!
//! In: a mask. Out: a context, which every way out asks. Must not know: what leaves, or which way.

use std::cell::RefCell;
use std::rc::Rc;

use crate::state::mask::Mask;

/// The mask in force, if any: all ways out share one, so that a name stands for the same address in each.
#[derive(Debug, Clone, Default)]
pub struct Veil(Option<Rc<RefCell<Mask>>>);

impl PartialEq for Veil {
    fn eq(&self, other: &Self) -> bool {
        match (&self.0, &other.0) {
            (None, None) => true,
            (Some(one), Some(other)) => Rc::ptr_eq(one, other),
            _ => false,
        }
    }
}

impl From<Mask> for Veil {
    fn from(mask: Mask) -> Self {
        Self(Some(Rc::new(RefCell::new(mask))))
    }
}

impl Veil {
    /// A text as it may leave.
    #[must_use]
    pub fn text(&self, text: String) -> String {
        match &self.0 {
            None => text,
            Some(mask) => mask.borrow_mut().text(&text),
        }
    }

    /// Whether anything is masked.
    #[must_use]
    pub fn is_on(&self) -> bool {
        self.0.is_some()
    }
}
