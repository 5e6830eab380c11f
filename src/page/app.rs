//! The whole page: the state, its effects on the world, and which view stands in it.
//!
//! In: nothing. Out: one header, one main view, the help.
//! Must not know: details of any view.

use std::rc::Rc;

use yew::prelude::*;

use super::bar::Bar;
use super::controller::{Brought, Controller, Hands};
use super::explore::ExploreView;
use super::failed::{Broken, Unreadable};
use super::focus::{use_address, use_focus};
use super::help::HelpView;
use super::idle::Idle;
use super::keys::{self, KeysDialog};
use super::later::Later;
use super::lookup::{LookupPanel, use_lookup_line};
use super::models::ModelsView;
use super::overview::OverviewView;
use super::palette::{self, Palette};
use super::reading::{ReadingStrip, ReadingView, spoken};
use super::records::RecordsView;
use super::result::FindingsView;
use super::settings::{self as settings_dialog, SettingsDialog};
use super::triage::NOTE;
use super::try_yourself::TryView;
use crate::browser::drop::{self, Brought as Dropped, pick_folders};
use crate::browser::listen::{from_text_field, on_key};
use crate::browser::time::{next, soon};
use crate::browser::{HtmlInputElement, doc, files, place, stops, store, turns};
use crate::parts::veil::Veil;
use crate::state::address::Address;
use crate::state::keys::{Pressed, Shortcut, shortcut};
use crate::state::marks::{self, Verdict};
use crate::state::mask::Mask;
use crate::state::settings;
use crate::state::view::View;
use crate::state::{Action, Decoded, Dialog, Evidence, Stage, State, Theme};

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

/// A click that is an action: one copy of the code for all buttons.
pub fn click(dispatch: &Dispatch, action: Action) -> Callback<MouseEvent> {
    let dispatch = dispatch.clone();
    Callback::from(move |_: MouseEvent| dispatch.emit(action.clone()))
}

/// The page.
#[component]
pub fn App() -> Html {
    let board = use_reducer(at_first);
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
    use_payload(state, &hands);
    use_marks(state, &dispatch);
    use_settings(state);
    use_address(state, &dispatch);
    use_focus(state);
    let lookup_token = use_lookup_line(state, &dispatch);
    let veil = use_memo(
        (state.masked, outcome(&state.stage).cloned()),
        |(masked, outcome)| match (masked, outcome) {
            (true, Some(outcome)) => Veil::from(Mask::of(&outcome.report)),
            _ => Veil::default(),
        },
    );

    html! {
        <ContextProvider<Hands> context={hands}>
        <ContextProvider<Veil> context={(*veil).clone()}>
            <a class="skip" href="#main" onclick={skip()}>{ "Skip to the content" }</a>
            <Pickers />
            <Bar
                stage={state.stage.name()}
                theme={state.theme}
                view={state.view}
                address={state.address()}
                report={outcome(&state.stage).cloned()}
                lookups={state.lookups.clone()}
                marks={state.marks.now.clone()}
                dispatch={dispatch.clone()}
            />
            <main id="main" tabindex="-1" class={classes!("view", format!("view-{}", view_name(state)))}>
                { notice(state, &dispatch) }
                if let Stage::Reading(reading) = &state.stage && !state.view.needs_report() {
                    <ReadingStrip reading={reading.clone()} dispatch={dispatch.clone()} />
                }
                { view(state, lookup_token, &dispatch) }
            </main>
            <p class="visually-hidden" role="status">{ spoken(&state.stage) }</p>
            <KeysDialog open={state.dialog == Some(Dialog::Keys)} dispatch={dispatch.clone()} />
            <SettingsDialog
                open={state.dialog == Some(Dialog::Settings)}
                theme={state.theme}
                recent={state.recent.clone()}
                marks={state.marks.clone()}
                masked={state.masked}
                dispatch={dispatch.clone()}
            />
            <Palette
                state={(state.dialog == Some(Dialog::Palette)).then(|| Rc::new(state.clone()))}
                dispatch={dispatch.clone()}
            />
            if state.dragging {
                <div class="drop-veil" aria-hidden="true"><p>{ "Drop to scan" }</p></div>
            }
        </ContextProvider<Veil>>
        </ContextProvider<Hands>>
    }
}

fn outcome(stage: &Stage) -> Option<&crate::state::Outcome> {
    match stage {
        Stage::Done(outcome) | Stage::Unreadable(outcome) => Some(outcome),
        _ => None,
    }
}

/// The state of a page that was just opened: as its address and the user's settings want it.
fn at_first() -> Board {
    let (marks, said) = marks::Desk::kept(store::marks().as_deref());
    let state = State {
        theme: Theme::of(store::theme().as_deref()),
        marks,
        recent: settings::read(store::settings().as_deref()),
        ..State::default()
    };
    let (state, wrong) = match Address::read(&place::fragment()) {
        Ok(address) => (state.after(Action::Address(Box::new(address))), None),
        Err(sentence) => (state, Some(sentence)),
    };
    let sentences: Vec<String> = said.into_iter().chain(wrong).collect();
    Board(match sentences.is_empty() {
        true => state,
        false => state.after(Action::Notice(sentences.join(" "))),
    })
}

/// What is shown: the view, or the stage where there is no report for it.
fn view_name(state: &State) -> &'static str {
    match &state.stage {
        Stage::Done(_) => state.view.name(),
        _ if !state.view.needs_report() => state.view.name(),
        stage => stage.name(),
    }
}

fn notice(state: &State, dispatch: &Dispatch) -> Html {
    let Some(notice) = &state.notice else {
        return Html::default();
    };
    let read = click(dispatch, Action::NoticeRead);
    html! {
        <div class="notice" role="status">
            <p>{ notice }</p>
            <button class="quiet small" onclick={read} aria-label="Dismiss this message">{ "×" }</button>
        </div>
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
    match (state.view, &state.stage) {
        (View::Models, _) => {
            html! { <ModelsView part={state.part.clone()} dispatch={dispatch.clone()} /> }
        }
        (View::Help, _) => {
            html! { <HelpView page={state.page.clone()} dispatch={dispatch.clone()} /> }
        }
        (View::Try, stage) => html! {
            <TryView
                trial={state.trial.clone()}
                has_log={matches!(stage, Stage::Done(outcome) if !outcome.saved)}
                reading={matches!(stage, Stage::Reading(_))}
                dispatch={dispatch.clone()}
            />
        },
        (_, Stage::Idle) => html! {
            <Idle
                recent={state.recent.clone()}
                now={settings::text(&state.list.arrangement)}
                dispatch={dispatch.clone()}
            />
        },
        (_, Stage::Reading(reading)) => html! { <ReadingView reading={reading.clone()} /> },
        (_, Stage::Unreadable(outcome)) => html! { <Unreadable outcome={outcome.clone()} /> },
        (_, Stage::Broken(breakage)) => html! { <Broken breakage={breakage.clone()} /> },
        (View::Findings, Stage::Done(outcome)) => html! {
            <FindingsView
                outcome={outcome.clone()}
                list={state.list.clone()}
                lines={state.lines.clone()}
                marks={state.marks.clone()}
                ranking={state.ranking.clone()}
                selected={state.selected.clone()}
                evidence={state.evidence.clone()}
                payload={state.payload.clone()}
                lookups={state.lookups.clone()}
                {lookup_token}
                masked={state.masked}
                dispatch={dispatch.clone()}
            />
        },
        (View::Records | View::Explore, Stage::Done(outcome)) if outcome.saved => html! {
            <section>
                <h2 id={state.view.heading()} tabindex="-1">{ state.view.title() }</h2>
                <p class="hint">{ "This is a saved report: it holds what was found, and no records. Drop its logs to see them here." }</p>
            </section>
        },
        (View::Records, Stage::Done(_)) => html! {
            <RecordsView scan={state.scan} records={state.records.clone()} {lookup_token} dispatch={dispatch.clone()} />
        },
        (View::Explore, Stage::Done(_)) => html! {
            <ExploreView scan={state.scan} explore={state.explore.clone()} dispatch={dispatch.clone()} />
        },
        (View::Overview, Stage::Done(outcome)) => html! {
            <>
                <OverviewView
                    outcome={outcome.clone()}
                    list={state.list.clone()}
                    marks={state.marks.now.clone()}
                    ranking={state.ranking.clone()}
                    dispatch={dispatch.clone()}
                />
                <Later>
                    <LookupPanel
                        outcome={outcome.clone()}
                        lookups={state.lookups.clone()}
                        token={lookup_token}
                        dispatch={dispatch.clone()}
                    />
                </Later>
            </>
        },
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
    use_effect_with((name, alerts, state.view), |&(name, findings, view)| {
        let title = match (name, findings) {
            _ if !view.needs_report() => format!("{} – Wakeful", view.title()),
            ("reading", _) => "Reading… – Wakeful".to_owned(),
            ("failed", _) => "Not read – Wakeful".to_owned(),
            (_, Some(1)) => "1 finding – Wakeful".to_owned(),
            (_, Some(findings)) => format!("{findings} findings – Wakeful"),
            _ => "Wakeful – covert channels in Zeek logs".to_owned(),
        };
        // Who waits for a state finds all of it.
        let turn = turns::at_rest(move || {
            doc::set_state(name, view.name());
            // It takes the browser some milliseconds.
            doc::set_title(&title);
        });
        move || drop(turn)
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
        let stops = stops::listen();
        move || std::mem::drop((dropped, pressed, stops))
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
    let typing = from_text_field(event);
    let key = event.key();
    let Some(shortcut) = shortcut(Pressed {
        key: &key,
        control: event.ctrl_key() || event.meta_key(),
        alt: event.alt_key(),
        typing,
    }) else {
        return;
    };
    match shortcut {
        Shortcut::Next => dispatch.emit(Action::Move(1)),
        Shortcut::Previous => dispatch.emit(Action::Move(-1)),
        Shortcut::Help => {
            keys::open();
            dispatch.emit(Action::Dialog(Some(Dialog::Keys)));
        }
        Shortcut::Models => dispatch.emit(Action::Toggle(View::Models)),
        Shortcut::View(place) => {
            if let Some(view) = View::READY.get(place) {
                dispatch.emit(Action::View(*view));
            }
        }
        Shortcut::Palette => {
            // The browser's own use of the key is a search outside of the page.
            event.prevent_default();
            palette::open();
            dispatch.emit(Action::Dialog(Some(Dialog::Palette)));
        }
        Shortcut::Benign => dispatch.emit(Action::Judge(Verdict::Benign)),
        Shortcut::Malicious => dispatch.emit(Action::Judge(Verdict::Malicious)),
        Shortcut::Allow => dispatch.emit(Action::Allow),
        Shortcut::Note => {
            // The letter itself is not part of the note.
            event.prevent_default();
            if !doc::focus(NOTE) {
                dispatch.emit(Action::Note(None));
            }
        }
        Shortcut::Settings => {
            settings_dialog::open();
            dispatch.emit(Action::Dialog(Some(Dialog::Settings)));
        }
        Shortcut::Undo => dispatch.emit(Action::Marks(marks::Change::Undo)),
        Shortcut::Redo => dispatch.emit(Action::Marks(marks::Change::Redo)),
        Shortcut::Filter => {
            // The slash itself is not part of what is looked for.
            event.prevent_default();
            if !doc::focus("filter") {
                dispatch.emit(Action::View(View::Findings));
                // Before the next key, which would be a command.
                next(|| {
                    if !doc::focus("filter") {
                        soon(|| {
                            doc::focus("filter");
                        });
                    }
                });
            }
        }
        Shortcut::Back if doc::has_tip() => {}
        Shortcut::Back if typing => doc::blur_active(),
        Shortcut::Back => dispatch.emit(Action::Back),
    }
}

/// Asks the worker for the records of what was selected.
#[hook]
fn use_records(state: &State, hands: &Hands) {
    let asked = (state.evidence == Evidence::Asked && matches!(state.stage, Stage::Done(_)))
        .then(|| state.selected.clone())
        .flatten();
    let hands = hands.clone();
    use_effect_with(
        (state.scan, state.evidence_asked, asked),
        move |(_, _, asked)| {
            if let Some(finding) = asked {
                hands.0.ask_records(finding.clone());
            }
        },
    );
}

/// Asks the worker what the selected finding's names carried, once the user wants to see it.
#[hook]
fn use_payload(state: &State, hands: &Hands) {
    let asked = (state.payload == Decoded::Asked)
        .then(|| state.selected.clone())
        .flatten();
    let hands = hands.clone();
    use_effect_with((state.scan, asked), move |(_, asked)| {
        if let Some(finding) = asked {
            hands.0.ask_payload(finding.clone());
        }
    });
}

/// Keeps the marks where the user asked for it, and forgets them where not.
#[hook]
fn use_marks(state: &State, dispatch: &Dispatch) {
    let kept = state.marks.keep.then(|| state.marks.now.clone());
    let is_unread = state.marks.unread.is_some();
    let dispatch = dispatch.clone();
    use_effect_with((kept, is_unread), move |(kept, is_unread)| {
        // What could not be read is not ours to throw away.
        if *is_unread {
            return;
        }
        let failed = match kept.as_ref().map(marks::write) {
            None => !store::set_marks(None),
            Some(Ok(text)) => !store::set_marks(Some(&text)),
            Some(Err(_)) => true,
        };
        if failed {
            dispatch.emit(Action::Notice(
                "The browser does not keep the marks: its storage is full or switched off. They \
                 last until this tab is closed."
                    .to_owned(),
            ));
        }
    });
}

/// Keeps the settings that were used lately. Where storage is switched off they last for this visit.
#[hook]
fn use_settings(state: &State) {
    use_effect_with(settings::write(&state.recent), |text| {
        store::set_settings(text.as_deref());
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
