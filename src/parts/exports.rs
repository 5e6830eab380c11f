//! What a table shows leaves the page: as a file, or through the clipboard.
//!
//! In: a text in a form. Out: buttons; a file, the clipboard. Must not know: what a form looks like, whose
//! table it is.

use std::rc::Rc;

use yew::prelude::*;

use super::veil::Veil;
use crate::browser::{clip, doc};
use crate::state::export::table::Table;
use crate::state::export::{Format, Way};

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
    let veil = use_context::<Veil>().unwrap_or_default();
    let act = {
        let (said, write, name) = (said.clone(), props.write.clone(), props.name.clone());
        Callback::from(move |(format, way): (Format, Way)| {
            let said = said.clone();
            match write.emit(format) {
                Ok(text) => {
                    hand_over(&name, text, format, way, &veil, move |what| said.set(what));
                }
                Err(error) => said.set(error),
            }
        })
    };
    html! { <ExportButtons what={props.what.clone()} formats={props.formats.clone()} {act} said={(*said).clone()} /> }
}

/// The buttons of a table; it is made when one of them is pressed.
pub fn of_table(what: String, name: String, table: impl Fn() -> Rc<Table> + 'static) -> Html {
    let write = Callback::from(move |format| Ok(table().written(format)));
    html! { <Exports {what} {name} formats={vec![Format::Csv, Format::Json]} {write} /> }
}

#[derive(Properties, PartialEq)]
pub struct ExportButtonsProps {
    pub what: AttrValue,
    pub formats: Vec<Format>,
    /// What a button does.
    pub act: Callback<(Format, Way)>,
    /// What came of the last.
    pub said: AttrValue,
    /// Whether there is nothing yet that could leave.
    #[prop_or_default]
    pub disabled: bool,
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
                        disabled={props.disabled}
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

/// Saves or copies a text under a veil, and says so.
pub fn hand_over(
    name: &str,
    text: String,
    format: Format,
    way: Way,
    veil: &Veil,
    say: impl FnOnce(String) + 'static,
) {
    let (text, masked) = (veil.text(text), veil.is_on());
    let how = if masked { ", addresses masked" } else { "" };
    match way {
        Way::Save => {
            let file = format!("{name}.{}", format.extension());
            say(match doc::save(&file, &text, format.media()) {
                Ok(()) => format!("Saved as {file}{how}."),
                Err(error) => format!("Not saved ({error}). Try again, or copy it."),
            });
        }
        Way::Copy => clip::copy(&text, move |copied| {
            say(match copied {
                true => format!("Copied as {}{how}.", format.title()),
                false => "Not copied: the browser does not allow it here. Save it.".to_owned(),
            });
        }),
    }
}
