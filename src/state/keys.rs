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
    /// Opens the keys.
    Help,
    /// Opens or closes the view of the models.
    Models,
    /// Every command, to be found by typing.
    Palette,
    /// To the view at a place of the bar, from 0.
    View(usize),
    /// The selected finding is harmless.
    Benign,
    /// The selected finding is not.
    Malicious,
    /// The selected finding's domain raises nothing.
    Allow,
    /// A note on the selected finding is to be written.
    Note,
    /// Opens the settings.
    Settings,
    /// The last mark is taken back.
    Undo,
    /// It is made again.
    Redo,
    /// Closes what is in front, or leaves the filter.
    Back,
}

/// Keys and what they do, for the help.
pub const SHORTCUTS: [(&str, &str); 17] = [
    ("j .", "next finding"),
    ("k ,", "previous finding"),
    (
        "Enter",
        "open the finding in focus; again: into its details",
    ),
    ("Esc", "close what is in front, leave the filter"),
    (
        "← → ↑ ↓",
        "in the list: to the buttons of a row, to the row beside; from an explained word to the next",
    ),
    ("/", "filter findings"),
    ("b", "mark the open finding benign, or take it back"),
    ("x", "mark it malicious, or take it back"),
    ("a", "allow its domain"),
    ("n", "write a note on it"),
    ("u r", "undo and redo marks"),
    ("1 2 3 …", "the views in the order of the bar"),
    ("m", "how the models were judged"),
    ("s", "settings, and what this browser keeps"),
    ("Shift ← →", "on a heading of the records: narrower, wider"),
    ("Ctrl K", "every command, found by typing"),
    ("?", "this help"),
];

/// A key as it was pressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pressed<'a> {
    /// Its name, as the browser gives it.
    pub key: &'a str,
    /// Control, or command on a Mac.
    pub control: bool,
    /// Alt.
    pub alt: bool,
    /// The user is in a field that takes text.
    pub typing: bool,
}

/// What a key does here; `None` leaves it to the browser.
#[must_use]
pub fn shortcut(pressed: Pressed<'_>) -> Option<Shortcut> {
    if pressed.alt {
        return None;
    }
    if pressed.control {
        return matches!(pressed.key, "k" | "K").then_some(Shortcut::Palette);
    }
    match (pressed.key, pressed.typing) {
        ("Escape", _) => Some(Shortcut::Back),
        (_, true) => None,
        ("j" | ".", _) => Some(Shortcut::Next),
        ("k" | ",", _) => Some(Shortcut::Previous),
        ("/", _) => Some(Shortcut::Filter),
        ("?", _) => Some(Shortcut::Help),
        ("m", _) => Some(Shortcut::Models),
        ("b", _) => Some(Shortcut::Benign),
        ("x", _) => Some(Shortcut::Malicious),
        ("a", _) => Some(Shortcut::Allow),
        ("n", _) => Some(Shortcut::Note),
        ("s", _) => Some(Shortcut::Settings),
        ("u", _) => Some(Shortcut::Undo),
        ("r", _) => Some(Shortcut::Redo),
        (key, _) => match key.as_bytes() {
            [digit @ b'1'..=b'9'] => Some(Shortcut::View(usize::from(digit - b'1'))),
            _ => None,
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn press(key: &str) -> Pressed<'_> {
        Pressed {
            key,
            control: false,
            alt: false,
            typing: false,
        }
    }

    #[test]
    fn letters_typed_in_a_field_stay_letters() {
        let typing = |key| Pressed {
            typing: true,
            ..press(key)
        };
        assert_eq!(shortcut(typing("j")), None);
        assert_eq!(shortcut(typing("1")), None);
        assert_eq!(shortcut(press("j")), Some(Shortcut::Next));
        assert_eq!(shortcut(typing("Escape")), Some(Shortcut::Back));
    }

    #[test]
    fn control_is_the_browsers_but_for_the_palette() {
        let control = |key| Pressed {
            control: true,
            ..press(key)
        };
        assert_eq!(shortcut(control("j")), None);
        assert_eq!(shortcut(control("k")), Some(Shortcut::Palette));
        assert_eq!(
            shortcut(Pressed {
                typing: true,
                ..control("k")
            }),
            Some(Shortcut::Palette)
        );
        assert_eq!(shortcut(press("3")), Some(Shortcut::View(2)));
    }
}
