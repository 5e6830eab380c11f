//! What is kept between visits: the theme, and the user's marks where they asked for it.
//!
//! In: texts. Out: the texts stored before, if any.
//! Must not know: what a text says. Nothing of a log is stored but what a mark names.

const THEME: &str = "wakeful.theme";
const MARKS: &str = "wakeful.marks";
const SETTINGS: &str = "wakeful.settings";

/// The stored theme; `None` without one, or where storage is switched off.
#[must_use]
pub fn theme() -> Option<String> {
    storage()?.get_item(THEME).ok().flatten()
}

/// Stores a theme, or forgets it. Where storage is switched off the choice lasts for this visit.
pub fn set_theme(name: Option<&str>) {
    let Some(storage) = storage() else { return };
    let _ = match name {
        Some(name) => storage.set_item(THEME, name),
        None => storage.remove_item(THEME),
    };
}

/// The settings that were used lately, as they were written; `None` where none are kept.
#[must_use]
pub fn settings() -> Option<String> {
    storage()?.get_item(SETTINGS).ok().flatten()
}

/// Keeps settings, or forgets them.
pub fn set_settings(text: Option<&str>) {
    let Some(storage) = storage() else { return };
    let _ = match text {
        Some(text) => storage.set_item(SETTINGS, text),
        None => storage.remove_item(SETTINGS),
    };
}

/// The marks that were kept; `None` where none were.
#[must_use]
pub fn marks() -> Option<String> {
    storage()?.get_item(MARKS).ok().flatten()
}

/// Keeps marks, or forgets them; whether that worked.
pub fn set_marks(text: Option<&str>) -> bool {
    let Some(storage) = storage() else {
        return text.is_none();
    };
    match text {
        Some(text) => storage.set_item(MARKS, text).is_ok(),
        None => storage.remove_item(MARKS).is_ok(),
    }
}

fn storage() -> Option<web_sys::Storage> {
    super::window()?.local_storage().ok().flatten()
}
