//! What happens when the program itself breaks.
//!
//! In: a panic. Out: a report for the user to copy: version, place, and the message only where
//! it is a constant of the program. A formatted message may quote a log, so it is left out.
//! Must not know: what the program was doing.

use std::panic::PanicHookInfo;

/// In the worker: every panic is reported to the page as text.
pub fn watch_worker() {
    std::panic::set_hook(Box::new(|info| {
        super::port::report_end(&report("worker", info));
    }));
}

/// In the page: every panic replaces the page by a static sentence and the report.
pub fn watch_page() {
    std::panic::set_hook(Box::new(|info| {
        super::doc::show_broken(&report("page", info));
    }));
}

fn report(side: &str, info: &PanicHookInfo<'_>) -> String {
    let place = info.location().map_or_else(
        || "unknown".to_owned(),
        |at| format!("{}:{}:{}", at.file(), at.line(), at.column()),
    );
    let what = info.payload().downcast_ref::<&'static str>();
    describe(side, &place, what.copied())
}

/// The report's form.
#[must_use]
pub fn describe(side: &str, place: &str, what: Option<&'static str>) -> String {
    format!(
        "Wakeful {version}, {side}\nat {place}\n{what}",
        version = env!("CARGO_PKG_VERSION"),
        what = what.unwrap_or("(the message is left out: it could quote a log)"),
    )
}

#[cfg(test)]
mod tests {
    use super::describe;

    #[test]
    fn a_formatted_message_is_left_out() {
        let report = describe("worker", "a.rs:1:2", None);
        assert!(report.contains("worker\nat a.rs:1:2\n(the message is left out"));
        assert!(describe("page", "a.rs:1:2", Some("a constant")).ends_with("a constant"));
    }
}
