//! A tunnel of one's own in one's own log: is it found, where, after how many queries?
//!
//! In: the view's state. Out: changes of it, questions to the worker.
//! Must not know: how a tunnel is made or found.

mod outcome;

use yew::prelude::*;

use super::app::Dispatch;
use super::controller::Hands;
use crate::browser::doc;
use crate::state::Action;
use crate::state::format::duration;
use crate::state::inject::{Change, Phase, TOOLS, Trial, encodings};
use crate::wire::Command;

/// What [`TryView`] is given.
#[derive(Properties, PartialEq)]
pub struct TryProps {
    /// The view's state.
    pub trial: Trial,
    /// Whether there is a log; a sample is taken otherwise.
    pub has_log: bool,
    /// Whether one is being read: the worker has no hand free.
    pub reading: bool,
    /// Takes actions.
    pub dispatch: Dispatch,
}

/// The view.
#[component]
pub fn TryView(props: &TryProps) -> Html {
    let trial = &props.trial;
    let change = {
        let dispatch = props.dispatch.clone();
        Callback::from(move |change: Change| dispatch.emit(Action::Trial(change)))
    };
    use_trial(trial);
    html! {
        <section class="trial" aria-labelledby="try-title">
            <h2 id="try-title" tabindex="-1">{ "Try yourself" }</h2>
            <p class="prose">
                { "Put a tunnel into " }
                { match (props.has_log, props.reading) {
                    (true, _) => "your own log",
                    (false, true) => "the log that is being read, once it is,",
                    (false, false) => "a sample log (none of yours is loaded)",
                } }
                { " and see whether it is found. The tunnel’s records are made here in the tab, on one of the \
                   log’s own clients and within its time; nothing is sent to anybody, and your first result stays as it is." }
            </p>
            { form(trial, props.reading, &change) }
            { progress(trial, &change) }
            if let Some(outcome) = &trial.outcome {
                { outcome::section(outcome, trial) }
            }
        </section>
    }
}

/// Asks the worker for what the state wants.
#[hook]
fn use_trial(trial: &Trial) {
    let hands = use_context::<Hands>();
    let wanted = matches!(&trial.phase, Phase::Running(_, share) if *share == 0.0)
        .then(|| trial.plan.clone())
        .flatten();
    {
        let hands = hands.clone();
        use_effect_with((trial.ask, wanted.is_some()), move |(ask, _)| {
            if let (Some(hands), Some(plan)) = (hands, wanted) {
                let (ask, plan) = (*ask, (*plan).clone());
                hands.0.ask(|scan| Command::Trial { scan, ask, plan });
            }
        });
    }
    use_effect_with(trial.phase == Phase::Stopped, move |stopped| {
        if let Some(hands) = hands.filter(|_| *stopped) {
            hands.0.ask(|_| Command::StopTrial);
        }
    });
}

fn form(trial: &Trial, reading: bool, change: &Callback<Change>) -> Html {
    let form = &trial.form;
    let problem = form.plan().err();
    let onsubmit = change.reform(|event: SubmitEvent| {
        event.prevent_default();
        Change::Start
    });
    let taken =
        |make: fn(String) -> Change| change.reform(move |event: Event| make(doc::value(&event)));
    let typed = |make: fn(String) -> Change| {
        change.reform(move |event: InputEvent| make(doc::value(&event)))
    };
    let wrong = |id: &str| {
        problem
            .as_ref()
            .is_some_and(|(field, _)| *field == id)
            .to_string()
    };
    let running = reading || matches!(trial.phase, Phase::Running(..));
    html! {
        <form class="trial-form" {onsubmit}>
            <label>
                { "Tool" }
                <select id="try-tool" onchange={taken(Change::Tool)}>
                    { for TOOLS.iter().map(|(word, name, about)| html! {
                        <option value={*word} selected={*word == form.tool}>{ format!("{name}: {about}") }</option>
                    }) }
                </select>
            </label>
            <label>
                { "Queries a second" }
                <input id="try-rate" inputmode="decimal" value={form.rate.clone()} aria-invalid={wrong("try-rate")} aria-describedby="try-problem" oninput={typed(Change::Rate)} />
            </label>
            <label>
                { "Minutes" }
                <input id="try-minutes" inputmode="decimal" value={form.minutes.clone()} aria-invalid={wrong("try-minutes")} aria-describedby="try-problem" oninput={typed(Change::Minutes)} />
            </label>
            <label>
                { "Encoding of names" }
                <select id="try-encoding" onchange={taken(Change::Encoding)} disabled={!form.has_encoding()}>
                    <option value="" selected={form.encoding.is_empty()}>{ "the tool’s own" }</option>
                    { for encodings().into_iter().map(|name| html! {
                        <option value={name} selected={name == form.encoding}>{ name }</option>
                    }) }
                </select>
            </label>
            <label>
                { "Client" }
                <input id="try-client" value={form.client.clone()} placeholder="one of the log’s, drawn" autocomplete="off" spellcheck="false" oninput={typed(Change::Client)} />
            </label>
            <div class="trial-buttons">
                <button class="primary" disabled={problem.is_some() || running}>{ "Put it in" }</button>
                <button type="button" disabled={problem.is_some() || running || trial.ask == 0} onclick={change.reform(|_: MouseEvent| Change::Again)}>
                    { "Again, elsewhere" }
                </button>
            </div>
            <p id="try-problem" class="warn" role="status">{ problem.map(|(_, what)| what).unwrap_or_default() }</p>
        </form>
    }
}

fn progress(trial: &Trial, change: &Callback<Change>) -> Html {
    match &trial.phase {
        Phase::Idle => Html::default(),
        Phase::Running(what, share) => html! {
            <div class="waiting" role="status">
                <p>{ format!("{what}…") }</p>
                <progress max="100" value={format!("{:.0}", share * 100.0)} aria-label="Progress of the trial" />
                <button class="small" onclick={change.reform(|_: MouseEvent| Change::Stop)}>{ "Stop" }</button>
            </div>
        },
        Phase::Done(elapsed) => html! {
            <p class="caption" role="status" data-ask={trial.ask.to_string()}>{ format!("Done in {}.", duration(elapsed / 1000.0)) }</p>
        },
        Phase::Failed(what) => html! { <p class="notice" role="alert">{ what }</p> },
        Phase::Stopped => html! { <p class="caption" role="status">{ "Stopped." }</p> },
    }
}
