//! What the machine can do at once.
//!
//! In: nothing. Out: a number of workers. Must not know: what they do.

use super::window;

/// How many workers may run at once, and whether the page's address asks for so many: `?workers=2`, for
/// who measures, or wants to leave the machine to others.
#[must_use]
pub fn workers() -> (usize, bool) {
    let Some(window) = window() else {
        return (1, false);
    };
    let asked = window.location().search().ok().and_then(|search| {
        form_urlencoded::parse(search.trim_start_matches('?').as_bytes())
            .find(|(name, _)| name == "workers")
            .and_then(|(_, number)| number.parse::<usize>().ok())
    });
    match asked {
        Some(asked) => (asked.clamp(1, 16), true),
        // The browser's own thread that hands files over takes a core.
        None => (
            (window.navigator().hardware_concurrency() - 1.0).max(1.0) as usize,
            false,
        ),
    }
}
