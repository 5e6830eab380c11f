//! The findings that are shown leave the page.
//!
//! In: the lines and marks of the findings, what was looked up. Out: buttons; a file. Must not know: what
//! a form looks like.

use std::rc::Rc;

use yew::prelude::*;

use crate::browser::doc;
use crate::parts::exports::Exports;
use crate::parts::veil::Veil;
use crate::state::Outcome;
use crate::state::export::Format;
use crate::state::format::iso;
use crate::state::list::Lines;
use crate::state::lookup::Lookups;
use crate::state::marks::Marks;

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
    veil: &Veil,
) -> Result<(), String> {
    let text = veil.text(written(format, outcome, lines, marks, lookups)?);
    let name = format!("wakeful-findings-{}.{}", day(outcome), format.extension());
    doc::save(&name, &text, format.media()).map_err(|error| {
        format!("The findings were not saved ({error}). Try again, or copy them one by one.")
    })
}

/// The day of the last record, for a file's name.
pub fn day(outcome: &Outcome) -> String {
    let day = outcome.report.span.last.map(iso).unwrap_or_default();
    day.get(..10).unwrap_or("undated").to_owned()
}

/// The findings of the lines, in their order.
fn written(
    format: Format,
    outcome: &Outcome,
    lines: &Lines,
    marks: &Marks,
    lookups: &Lookups,
) -> Result<String, String> {
    let findings: Vec<_> = lines
        .findings
        .iter()
        .filter_map(|&at| outcome.report.findings.get(at))
        .collect();
    format.write(&findings, marks, lookups)
}

/// The buttons for the findings that are shown.
pub fn exports_of_list(
    outcome: &Outcome,
    lines: &Rc<Lines>,
    marks: &Marks,
    lookups: &Lookups,
) -> Html {
    let (outcome, lines, marks, lookups) = (
        outcome.clone(),
        Rc::clone(lines),
        marks.clone(),
        lookups.clone(),
    );
    let name = format!("wakeful-findings-{}", day(&outcome));
    let write = Callback::from(move |format| written(format, &outcome, &lines, &marks, &lookups));
    html! { <Exports what="the findings shown" {name} formats={Format::ALL.to_vec()} {write} /> }
}
