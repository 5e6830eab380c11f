//! The whole page: the state, its effects on the world, and which view stands in it.
//!
//! In: nothing. Out: one header, one main view, the help.
//! Must not know: details of any view.

use std::rc::Rc;

use yew::prelude::*;

use super::bar::Bar;
use super::controller::{Brought, Controller, Hands};
use super::failed::{Broken, Unreadable};
use super::focus::{MODELS, use_address, use_focus};
use super::help::Help;
use super::idle::Idle;
use super::lookup::use_lookup_line;
use super::models::ModelsView;
use super::reading::{ReadingView, spoken};
use super::result::ResultView;
use crate::browser::drop::{self, Brought as Dropped, pick_folders};
use crate::browser::listen::{from_text_field, on_key};
use crate::browser::{HtmlInputElement, doc, files, place, store};
use crate::state::keys::{Shortcut, shortcut};
use crate::state::{Action, Evidence, Stage, State, Theme};

/// The state, as yew wants it.
#[derive(Clone, PartialEq, Default)]
pub struct Board(pub State);

impl Reducible for Board {
    type Action = Action;

    fn reduce(self: Rc<Self>, action: Action) -> Rc<Self> {
        Rc::new(Self(Rc::unwrap_or_clone(self).0.after(action)))
    }
}

/// How views speak to the state.
pub type Dispatch = Callback<Action>;

/// The page.
#[component]
pub fn App() -> Html {
    let board = use_reducer(|| {
        Board(State {
            theme: Theme::of(store::theme().as_deref()),
            models: place::fragment() == MODELS,
            ..State::default()
        })
    });
    let dispatcher = board.dispatcher();
    let hands = use_state(|| Hands(Controller::new(dispatcher.clone())));
    let hands = (*hands).clone();
    let dispatch = {
        let dispatcher = dispatcher.clone();
        use_callback((), move |action: Action, ()| dispatcher.dispatch(action))
    };
    let state = &board.0;
    use_document(state);
    use_world(&hands, &dispatch);
    use_records(state, &hands);
    use_address(state.models, &dispatch);
    use_focus(state);
    let lookup_token = use_lookup_line(state, &dispatch);

    html! {
        <ContextProvider<Hands> context={hands}>
            <a class="skip" href="#main" onclick={skip()}>{ "Skip to the content" }</a>
            <Pickers />
            <Bar
                stage={state.stage.name()}
                theme={state.theme}
                models={state.models}
                report={outcome(&state.stage).cloned()}
                lookups={state.lookups.clone()}
                dispatch={dispatch.clone()}
            />
            <main id="main" tabindex="-1" class={classes!("view", format!("view-{}", view_name(state)))}>
                if let Some(notice) = &state.notice {
                    <p class="notice" role="status">{ notice }</p>
                }
                { view(state, lookup_token, &dispatch) }
            </main>
            <p class="visually-hidden" role="status">{ spoken(&state.stage) }</p>
            <Help open={state.help} dispatch={dispatch} />
            if state.dragging {
                <div class="drop-veil" aria-hidden="true"><p>{ "Drop to scan" }</p></div>
            }
        </ContextProvider<Hands>>
    }
}

fn outcome(stage: &Stage) -> Option<&crate::state::Outcome> {
    match stage {
        Stage::Done(outcome) | Stage::Unreadable(outcome) => Some(outcome),
        _ => None,
    }
}

fn view_name(state: &State) -> &'static str {
    if state.models {
        "models"
    } else {
        state.stage.name()
    }
}

/// Past the header without a fragment in the address, which would be another view's.
fn skip() -> Callback<MouseEvent> {
    Callback::from(|event: MouseEvent| {
        event.prevent_default();
        doc::focus("main");
    })
}

fn view(state: &State, lookup_token: Option<AttrValue>, dispatch: &Dispatch) -> Html {
    if state.models {
        return html! { <ModelsView stage={state.stage.name()} dispatch={dispatch.clone()} /> };
    }
    match &state.stage {
        Stage::Idle => html! { <Idle /> },
        Stage::Reading(reading) => html! { <ReadingView reading={reading.clone()} /> },
        Stage::Done(outcome) => html! {
            <ResultView
                outcome={outcome.clone()}
                filter={state.filter.clone()}
                shown={state.shown}
                selected={state.selected.clone()}
                evidence={state.evidence.clone()}
                lookups={state.lookups.clone()}
                {lookup_token}
                dispatch={dispatch.clone()}
            />
        },
        Stage::Unreadable(outcome) => html! { <Unreadable outcome={outcome.clone()} /> },
        Stage::Broken(breakage) => html! { <Broken breakage={breakage.clone()} /> },
    }
}

/// What the document shows outside of what yew draws.
#[hook]
fn use_document(state: &State) {
    let name = state.stage.name();
    let alerts = match &state.stage {
        Stage::Done(outcome) => Some(outcome.report.findings.len()),
        _ => None,
    };
    use_effect_with((name, alerts, state.models), |(name, findings, models)| {
        doc::set_state(name);
        doc::set_title(&match (*name, findings) {
            _ if *models => "Models – Wakeful".to_owned(),
            ("reading", _) => "Reading… – Wakeful".to_owned(),
            ("failed", _) => "Not read – Wakeful".to_owned(),
            (_, Some(1)) => "1 finding – Wakeful".to_owned(),
            (_, Some(findings)) => format!("{findings} findings – Wakeful"),
            _ => "Wakeful – covert channels in Zeek logs".to_owned(),
        });
    });
    use_effect_with(state.theme, |theme| {
        doc::set_theme(theme.name());
        store::set_theme(theme.name());
    });
}

/// Files and keys that come from anywhere in the window.
#[hook]
fn use_world(hands: &Hands, dispatch: &Dispatch) {
    let (hands, dispatch) = (hands.clone(), dispatch.clone());
    use_effect_with((), move |()| {
        let keys = dispatch.clone();
        let dropped = drop::listen(move |dropped| take(&hands, &dispatch, dropped));
        let pressed = on_key(move |event| press(&keys, &event));
        move || std::mem::drop((dropped, pressed))
    });
}

fn take(hands: &Hands, dispatch: &Dispatch, dropped: Dropped) {
    match dropped {
        Dropped::Over(over) => dispatch.emit(Action::Dragging(over)),
        Dropped::Files(files) => hands.0.scan(Brought::Files(files)),
        Dropped::Text(text) => hands.0.scan(Brought::Text(text)),
        Dropped::Nothing => dispatch.emit(Action::Notice(
            "The folder holds no files. Drop one that holds dns.log or conn.log.".to_owned(),
        )),
        Dropped::Refused(name, error) => dispatch.emit(Action::Notice(format!(
            "{} was not read: the browser refused it ({error}). Check that you may read it.",
            crate::state::text::visible(&name)
        ))),
    }
}

fn press(dispatch: &Dispatch, event: &crate::browser::KeyboardEvent) {
    let modified = event.ctrl_key() || event.alt_key() || event.meta_key();
    let typing = from_text_field(event);
    let Some(shortcut) = shortcut(&event.key(), typing, modified) else {
        return;
    };
    match shortcut {
        Shortcut::Next => dispatch.emit(Action::Move(1)),
        Shortcut::Previous => dispatch.emit(Action::Move(-1)),
        Shortcut::Help => dispatch.emit(Action::Help(true)),
        Shortcut::Models => dispatch.emit(Action::ToggleModels),
        Shortcut::Filter => {
            if doc::focus("filter") {
                // The slash itself is not part of what is looked for.
                event.prevent_default();
            }
        }
        Shortcut::Back if typing => doc::blur("filter"),
        Shortcut::Back => dispatch.emit(Action::Back),
    }
}

/// Asks the worker for the records of what was selected.
#[hook]
fn use_records(state: &State, hands: &Hands) {
    let asked = (state.evidence == Evidence::Asked)
        .then(|| state.selected.clone())
        .flatten();
    let hands = hands.clone();
    use_effect_with((state.scan, asked), move |(_, asked)| {
        if let Some(finding) = asked {
            hands.0.ask_records(finding.clone());
        }
    });
}

/// The two inputs behind the buttons; there in every state, so that a test finds them.
#[component]
fn Pickers() -> Html {
    let folder = use_node_ref();
    let hands = use_context::<Hands>();
    let onchange = Callback::from(move |event: Event| {
        let input: HtmlInputElement = event.target_unchecked_into();
        let picked = files::take_from_input(&input);
        if let Some(hands) = &hands {
            hands.0.scan(Brought::Files(picked));
        }
    });
    {
        let folder = folder.clone();
        use_effect_with((), move |()| {
            if let Some(input) = folder.cast::<HtmlInputElement>() {
                pick_folders(&input);
            }
        });
    }
    html! {
        <div hidden=true>
            <input id="files" type="file" multiple=true aria-label="Log files" onchange={onchange.clone()} />
            <input id="folder" type="file" multiple=true aria-label="A folder of logs" ref={folder} {onchange} />
        </div>
    }
}
