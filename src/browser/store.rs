//! The one thing kept between visits: which theme the user chose.
//!
//! In: a name. Out: the name stored before, if any.
//! Must not know: anything of logs. Nothing of a log is ever stored.

const THEME: &str = "wakeful.theme";

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

fn storage() -> Option<web_sys::Storage> {
    super::window()?.local_storage().ok().flatten()
}
