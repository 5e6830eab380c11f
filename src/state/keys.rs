//! The keyboard: what a key does.
//!
//! In: a key's name, whether the user is typing in a field. Out: a [`Shortcut`].
//! Must not know: events. The help lists [`SHORTCUTS`], so it cannot differ from what works.

/// What a key does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shortcut {
    /// To the next finding.
    Next,
    /// To the one before.
    Previous,
    /// Into the text filter.
    Filter,
    /// Opens the help.
    Help,
    /// Opens or closes the view of the models.
    Models,
    /// Closes the details or the models, or leaves the filter.
    Back,
}

/// Keys and what they do, for the help.
pub const SHORTCUTS: [(&str, &str); 7] = [
    ("j", "next finding"),
    ("k", "previous finding"),
    ("Enter", "open the finding in focus"),
    ("Esc", "close the details or the models, leave the filter"),
    ("/", "filter findings"),
    ("m", "how the models were judged"),
    ("?", "this help"),
];

/// What a key does here; `None` leaves it to the browser.
#[must_use]
pub fn shortcut(key: &str, typing: bool, modified: bool) -> Option<Shortcut> {
    if modified {
        return None;
    }
    match (key, typing) {
        ("Escape", _) => Some(Shortcut::Back),
        (_, true) => None,
        ("j", _) => Some(Shortcut::Next),
        ("k", _) => Some(Shortcut::Previous),
        ("/", _) => Some(Shortcut::Filter),
        ("?", _) => Some(Shortcut::Help),
        ("m", _) => Some(Shortcut::Models),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_typed_in_a_field_stay_letters() {
        assert_eq!(shortcut("j", true, false), None);
        assert_eq!(shortcut("j", false, false), Some(Shortcut::Next));
        assert_eq!(shortcut("Escape", true, false), Some(Shortcut::Back));
        assert_eq!(shortcut("j", false, true), None);
    }
}
