//! What the machine can do at once.
//!
//! In: nothing. Out: how many workers share a scan, and in which way. Must not know: what they do.

use super::window;

/// How the work of a scan is shared out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Share {
    /// One worker does all of it.
    Alone,
    /// One reads, and one counts what it read.
    Relay,
    /// So many workers read slices, and what they found is put together.
    Slices(usize),
}

/// How the work is shared out, and whether the page's address asks for it: `?workers=2`, or `?workers=relay`,
/// for who measures, or wants to leave the machine to others.
#[must_use]
pub fn share() -> (Share, bool) {
    let Some(window) = window() else {
        return (Share::Alone, false);
    };
    let asked = window.location().search().ok().and_then(|search| {
        form_urlencoded::parse(search.trim_start_matches('?').as_bytes())
            .find(|(name, _)| name == "workers")
            .and_then(|(_, asked)| match (&*asked, asked.parse::<usize>()) {
                ("relay", _) => Some(Share::Relay),
                (_, Ok(0 | 1)) => Some(Share::Alone),
                (_, Ok(workers)) => Some(Share::Slices(workers.min(16))),
                (_, Err(_)) => None,
            })
    });
    let cores = window.navigator().hardware_concurrency() as usize;
    match (asked, cores) {
        (Some(asked), _) => (asked, true),
        (None, 0 | 1) => (Share::Alone, false),
        // Putting together what slices gave takes longer than a second reader saves.
        (None, 2 | 3) => (Share::Relay, false),
        // The browser's own thread that hands files over takes a core.
        (None, cores) => (Share::Slices(cores - 1), false),
    }
}
