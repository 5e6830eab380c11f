//! Saving the findings that are shown.
//!
//! In: the lines, the marks, what was looked up, a format. Out: a file.
//! Must not know: what a format looks like.

use std::rc::Rc;

use yew::prelude::*;

use super::app::Dispatch;
use crate::browser::doc;
use crate::state::export::Format;
use crate::state::format::iso;
use crate::state::list::Lines;
use crate::state::lookup::Lookups;
use crate::state::marks::Marks;
use crate::state::{Action, Outcome};

/// Saves when it is called.
pub fn save_list(
    format: Format,
    outcome: Outcome,
    lines: Rc<Lines>,
    marks: Marks,
    lookups: Lookups,
    dispatch: Dispatch,
) -> Callback<MouseEvent> {
    Callback::from(move |_| {
        if let Err(error) = save_now(format, &outcome, &lines, &marks, &lookups) {
            dispatch.emit(Action::Notice(error));
        }
    })
}

/// Saves the findings of the lines, in their order.
///
/// # Errors
/// A sentence where they could not be saved.
pub fn save_now(
    format: Format,
    outcome: &Outcome,
    lines: &Lines,
    marks: &Marks,
    lookups: &Lookups,
) -> Result<(), String> {
    let findings: Vec<_> = lines
        .findings
        .iter()
        .filter_map(|&at| outcome.report.findings.get(at))
        .collect();
    let text = format.write(&findings, marks, lookups)?;
    let day = outcome.report.span.last.map(iso).unwrap_or_default();
    let day = day.get(..10).unwrap_or("undated");
    let name = format!("wakeful-findings-{day}.{}", format.extension());
    doc::save(&name, &text, format.media()).map_err(|error| {
        format!("The findings were not saved ({error}). Try again, or copy them one by one.")
    })
}
