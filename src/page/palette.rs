//! The palette: every command, found by typing.
//!
//! In: the state as it was when the palette opened. Out: what the chosen command does.
//! Must not know: which commands there are.

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

#[derive(Properties, PartialEq)]
pub struct PaletteProps {
    pub state: Rc<State>,
    pub dispatch: Dispatch,
}

#[component]
pub fn Palette(props: &PaletteProps) -> Html {
    let dialog = use_node_ref();
    let veil = use_context::<Veil>().unwrap_or_default();
    let typed = use_state(String::new);
    let at = use_state(|| 0usize);
    {
        let dialog = dialog.clone();
        use_effect_with((), move |()| {
            if let Some(dialog) = dialog.cast::<HtmlDialogElement>() {
                doc::show_dialog(&dialog, true);
                doc::focus("palette-input");
            }
        });
    }
    let found = Rc::new(commands::matching(commands::all(&props.state), &typed));
    let shown = found.len().min(SHOWN);
    let chosen = (*at).min(shown.saturating_sub(1));
    let close = {
        let dispatch = props.dispatch.clone();
        Callback::from(move |_: Event| dispatch.emit(Action::Dialog(None)))
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
        let (state, dispatch) = (Rc::clone(&props.state), props.dispatch.clone());
        Callback::from(move |command: Command| {
            dispatch.emit(Action::Dialog(None));
            perform(command.deed, &state, &veil, &dispatch);
        })
    };
    let onkeydown = {
        let (found, at, run) = (Rc::clone(&found), at.clone(), run.clone());
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
                if let Some(command) = found.get(chosen) {
                    run.emit(command.clone());
                }
            }
            _ => {}
        })
    };
    html! {
        <dialog class="palette" ref={dialog} aria-label="Commands" onclose={close}>
            <input
                id="palette-input"
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
