//! The palette: every command, found by typing.
//!
//! In: the state while the palette is open. Out: what the chosen command does.
//! Must not know: which commands there are.
//!
//! The dialog stays in the document, shut, so that [`open`] can show it and give it the focus while the key that asks
//! for it is still being handled: what is typed before the list is drawn is not lost.

use std::rc::Rc;

use yew::prelude::*;

use super::app::Dispatch;
use super::save::save_now;
use crate::browser::time::soon;
use crate::browser::{HtmlDialogElement, HtmlInputElement, clip, doc, place};
use crate::parts::veil::Veil;
use crate::state::commands::{self, Command, Deed};
use crate::state::text::visible;
use crate::state::view::View;
use crate::state::{Action, Stage, State};

/// Commands in sight.
const SHOWN: usize = 12;

/// The ids of the dialog and of its field.
const DIALOG: &str = "palette";
const FIELD: &str = "palette-input";

/// Shows the palette and moves the focus into it, before anything is drawn.
pub fn open() {
    doc::show_modal(DIALOG);
    doc::focus(FIELD);
}

#[derive(Properties, PartialEq)]
pub struct PaletteProps {
    /// The state; `None` while the palette is shut.
    pub state: Option<Rc<State>>,
    pub dispatch: Dispatch,
}

#[component]
pub fn Palette(props: &PaletteProps) -> Html {
    let dialog = use_node_ref();
    let veil = use_context::<Veil>().unwrap_or_default();
    let typed = use_state_eq(String::new);
    let at = use_state_eq(|| 0usize);
    {
        let (dialog, typed, at) = (dialog.clone(), typed.clone(), at.clone());
        use_effect_with(props.state.is_some(), move |&is_open| {
            if let Some(dialog) = dialog.cast::<HtmlDialogElement>() {
                doc::show_dialog(&dialog, is_open);
            }
            if is_open {
                doc::focus(FIELD);
            } else {
                typed.set(String::new());
                at.set(0);
            }
        });
    }
    let found = found(props.state.as_deref(), &typed);
    let shown = found.len().min(SHOWN);
    let chosen = (*at).min(shown.saturating_sub(1));
    let close = {
        let dispatch = props.dispatch.clone();
        Callback::from(move |event: Event| {
            if doc::is_shut(&event) {
                dispatch.emit(Action::Dialog(None));
            }
        })
    };
    let oninput = {
        let (typed, at) = (typed.clone(), at.clone());
        Callback::from(move |event: InputEvent| {
            let input: HtmlInputElement = event.target_unchecked_into();
            typed.set(input.value());
            at.set(0);
        })
    };
    let run = {
        let (state, dispatch) = (props.state.clone(), props.dispatch.clone());
        let dialog = dialog.clone();
        Callback::from(move |command: Command| {
            if let Some(state) = &state {
                // Shut first: what is under it takes no focus.
                if let Some(dialog) = dialog.cast::<HtmlDialogElement>() {
                    doc::show_dialog(&dialog, false);
                }
                dispatch.emit(Action::Dialog(None));
                perform(command.deed, state, &veil, &dispatch);
            }
        })
    };
    let onkeydown = {
        let (state, typed, at, run) = (props.state.clone(), typed.clone(), at.clone(), run.clone());
        Callback::from(move |event: KeyboardEvent| match event.key().as_str() {
            "ArrowDown" if shown > 0 => {
                event.prevent_default();
                at.set((chosen + 1) % shown);
            }
            "ArrowUp" if shown > 0 => {
                event.prevent_default();
                at.set((chosen + shown - 1) % shown);
            }
            "Enter" => {
                event.prevent_default();
                // What stands in the field may be further than what is drawn.
                let input: HtmlInputElement = event.target_unchecked_into();
                let text = input.value();
                let chosen = if text == *typed { chosen } else { 0 };
                if let Some(command) = self::found(state.as_deref(), &text).get(chosen) {
                    run.emit(command.clone());
                }
            }
            _ => {}
        })
    };
    html! {
        <dialog id={DIALOG} class="palette" ref={dialog} aria-label="Commands" onclose={close}>
            <input
                id={FIELD}
                type="text"
                role="combobox"
                aria-label="Find a command"
                aria-expanded="true"
                aria-controls="palette-list"
                aria-autocomplete="list"
                aria-activedescendant={(shown > 0).then(|| format!("palette-{chosen}"))}
                autocomplete="off"
                spellcheck="false"
                placeholder="What do you want to do?"
                value={(*typed).clone()}
                {oninput}
                {onkeydown}
            />
            <ul id="palette-list" role="listbox" aria-label="Commands">
                { for found.iter().take(SHOWN).enumerate().map(|(place, command)| {
                    let onclick = {
                        let (run, command) = (run.clone(), command.clone());
                        Callback::from(move |_: MouseEvent| run.emit(command.clone()))
                    };
                    html! {
                        <li
                            id={format!("palette-{place}")}
                            role="option"
                            aria-selected={(place == chosen).to_string()}
                            {onclick}
                        >
                            <bdi>{ visible(&command.title).into_owned() }</bdi>
                            if let Some(key) = command.key { <kbd>{ key }</kbd> }
                        </li>
                    }
                }) }
            </ul>
            <p class="caption palette-foot" role="status">
                { match (found.len(), found.len().saturating_sub(SHOWN)) {
                    (0, _) => "No command has these letters.".to_owned(),
                    (_, 0) => "Enter runs, arrows choose, Esc closes.".to_owned(),
                    (_, more) => format!("{more} more: type to find them."),
                } }
            </p>
        </dialog>
    }
}

/// The commands that have these letters; none while the palette is shut.
fn found(state: Option<&State>, typed: &str) -> Vec<Command> {
    state.map_or_else(Vec::new, |state| {
        commands::matching(commands::all(state), typed)
    })
}

fn perform(deed: Deed, state: &State, veil: &Veil, dispatch: &Dispatch) {
    match deed {
        Deed::Act(action) => dispatch.emit(action),
        Deed::ChooseFiles => doc::click("files"),
        Deed::ChooseFolder => doc::click("folder"),
        Deed::CopyLink => {
            let dispatch = dispatch.clone();
            clip::copy(&place::here(), move |copied| {
                let said = match copied {
                    true => {
                        "The link is copied. It holds the view and what you typed into a filter, and nothing else of the logs."
                    }
                    false => {
                        "Not copied: the browser does not allow it here. Copy it from the address bar."
                    }
                };
                dispatch.emit(Action::Notice(said.to_owned()));
            });
        }
        Deed::Print => soon(doc::print),
        Deed::Filter => {
            dispatch.emit(Action::View(View::Findings));
            soon(|| {
                doc::focus("filter");
            });
        }
        Deed::Save(format) => {
            if let Stage::Done(outcome) = &state.stage
                && let Err(error) = save_now(
                    format,
                    outcome,
                    &state.lines,
                    &state.marks.now,
                    &state.lookups,
                    veil,
                )
            {
                dispatch.emit(Action::Notice(error));
            }
        }
    }
}
