//! What is shown leaves the page: as a file, or through the clipboard.
//!
//! In: texts in a form, the lines and marks of the findings, what was looked up. Out: buttons; a file,
//! the clipboard. Must not know: what a form looks like.

use std::rc::Rc;

use yew::prelude::*;

use crate::browser::{clip, doc};
use crate::state::Outcome;
use crate::state::export::{Format, Way};
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
) -> Result<(), String> {
    let text = written(format, outcome, lines, marks, lookups)?;
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

#[derive(Properties, PartialEq)]
pub struct ExportsProps {
    /// What leaves, for who cannot see where the buttons stand.
    pub what: AttrValue,
    /// The file's name without its end.
    pub name: AttrValue,
    pub formats: Vec<Format>,
    /// Writes it.
    pub write: Callback<Format, Result<String, String>>,
}

/// Buttons that save or copy a table, and a word of what came of it.
#[component]
pub fn Exports(props: &ExportsProps) -> Html {
    let said = use_state(String::new);
    let act = {
        let (said, write, name) = (said.clone(), props.write.clone(), props.name.clone());
        Callback::from(move |(format, way): (Format, Way)| {
            let said = said.clone();
            match write.emit(format) {
                Ok(text) => hand_over(&name, &text, format, way, move |what| said.set(what)),
                Err(error) => said.set(error),
            }
        })
    };
    html! { <ExportButtons what={props.what.clone()} formats={props.formats.clone()} {act} said={(*said).clone()} /> }
}

#[derive(Properties, PartialEq)]
pub struct ExportButtonsProps {
    pub what: AttrValue,
    pub formats: Vec<Format>,
    /// What a button does.
    pub act: Callback<(Format, Way)>,
    /// What came of the last.
    pub said: AttrValue,
}

/// The buttons alone.
#[component]
pub fn ExportButtons(props: &ExportButtonsProps) -> Html {
    let group = |title: &'static str, way: Way| {
        html! {
            <span class="saves" role="group" aria-label={format!("{title} {}", props.what)}>
                <span aria-hidden="true">{ title }</span>
                { for props.formats.iter().map(|&format| html! {
                    <button
                        class="small quiet"
                        data-save={(way == Way::Save).then_some(format.extension())}
                        data-copy-as={(way == Way::Copy).then_some(format.extension())}
                        aria-label={format!("{title} as {}", format.title())}
                        onclick={props.act.reform(move |_: MouseEvent| (format, way))}
                    >{ format.title() }</button>
                }) }
            </span>
        }
    };
    html! {
        <span class="exports">
            { group("Save", Way::Save) }
            { group("Copy", Way::Copy) }
            <span class="exports-said" role="status">{ &props.said }</span>
        </span>
    }
}

/// Saves or copies a text, and says so.
pub fn hand_over(
    name: &str,
    text: &str,
    format: Format,
    way: Way,
    say: impl FnOnce(String) + 'static,
) {
    match way {
        Way::Save => {
            let file = format!("{name}.{}", format.extension());
            say(match doc::save(&file, text, format.media()) {
                Ok(()) => format!("Saved as {file}."),
                Err(error) => format!("Not saved ({error}). Try again, or copy it."),
            });
        }
        Way::Copy => clip::copy(text, move |copied| {
            say(match copied {
                true => format!("Copied as {}.", format.title()),
                false => "Not copied: the browser does not allow it here. Save it.".to_owned(),
            });
        }),
    }
}
