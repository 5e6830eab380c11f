//! What the look-up tab shows: the switches, what will be sent, how far it is, what came back.
//!
//! In: the desk. Out: what the user chose.
//! Must not know: how a request is made.

use std::rc::Rc;

use wakeful_lookup::bootstrap::host;
use wakeful_lookup::plan::{MOST, Plan, is_relay};
use wakeful_lookup::queue::Stand;
use wakeful_lookup::{Problem, Service};
use yew::prelude::*;

use super::desk::Desk;
use super::keep::Switch;
use super::net;
use crate::browser::HtmlInputElement;
use crate::page::lookup::results::Results;
use crate::state::format::{count, counted, duration};
use crate::state::lookup::words::outcome;

type Hold = Rc<Desk>;

/// The tab.
#[component]
pub fn Tab() -> Html {
    let update = use_force_update();
    let desk: Rc<Desk> =
        (*use_state(|| Desk::new(Callback::from(move |()| update.force_update())))).clone();
    let state = desk.state();
    let plan = state.plan();
    html! {
        <main class="lookup-tab">
            <h1>{ "Look-ups" }</h1>
            <p class="lead">
                { "This tab is the only part of Wakeful that can connect. It asks nothing until you press \
                   “Send” below, and then only what the list shows. Close it and nothing can be asked." }
            </p>
            if state.subjects.is_none() {
                <p class="notice" role="status">
                    { "Waiting for the page that opened this tab. If this stays, close the tab and open it again from a finished scan." }
                </p>
            }
            { switches(&desk) }
            { ways(&desk) }
            { sending(&desk, &plan) }
            { progress(&desk) }
            <p class="notice" role="status" hidden={state.notice.is_none()}>{ state.notice.clone().unwrap_or_default() }</p>
            if !state.memory.is_empty() {
                <section aria-labelledby="results-title">
                    <h2 id="results-title">{ "Answers" }</h2>
                    <Results entries={state.memory.entries().cloned().collect::<Vec<_>>()} />
                </section>
            }
        </main>
    }
}

fn switches(desk: &Hold) -> Html {
    let texts = [
        (
            Service::Reputation,
            "Reputation, from VirusTotal",
            "How many engines detect a domain or an address. VirusTotal learns the names, and under whose key they were asked.",
        ),
        (
            Service::Registration,
            "Age of domains, from their registries",
            "When and through whom a domain was registered. Each registry learns which of its domains were asked, and the asker’s address.",
        ),
    ];
    html! {
        <section aria-labelledby="switches-title">
            <h2 id="switches-title">{ "What may be asked" }</h2>
            { for texts.into_iter().map(|(service, title, text)| html! {
                <fieldset class="lookup-box" data-service={service.name()}>
                    <legend>{ title }</legend>
                    <p class="caption">{ text }</p>
                    <div class="lookup-choices">
                        { for [(Switch::Off, "off", "Off"), (Switch::Session, "session", "For this session"), (Switch::Good, "good", "For good")]
                            .into_iter().map(|choice| switch(desk, service, choice)) }
                    </div>
                </fieldset>
            }) }
        </section>
    }
}

fn switch(
    desk: &Hold,
    service: Service,
    (to, name, label): (Switch, &'static str, &'static str),
) -> Html {
    let chosen = desk.state().choices.switch(service) == to;
    let desk = Rc::clone(desk);
    let onchange = Callback::from(move |_: Event| {
        desk.choose(|choices| match service {
            Service::Reputation => choices.reputation = to,
            Service::Registration => choices.registration = to,
        });
    });
    html! {
        <label><input type="radio" name={service.name()} value={name} checked={chosen} {onchange} />{ label }</label>
    }
}

/// A text field that tells what was typed.
fn field(
    desk: &Hold,
    id: &'static str,
    kind: &'static str,
    value: String,
    set: fn(&mut super::keep::Choices, String),
) -> Html {
    let desk = Rc::clone(desk);
    let onchange = Callback::from(move |event: Event| {
        let input: HtmlInputElement = event.target_unchecked_into();
        let typed = input.value().trim().to_owned();
        desk.choose(|choices| set(choices, typed));
    });
    html! { <input {id} type={kind} autocomplete="off" spellcheck="false" {value} {onchange} /> }
}

fn tick(
    desk: &Hold,
    id: &'static str,
    label: &'static str,
    on: bool,
    set: fn(&mut super::keep::Choices, bool),
) -> Html {
    let desk = Rc::clone(desk);
    let onchange = Callback::from(move |event: Event| {
        let input: HtmlInputElement = event.target_unchecked_into();
        let on = input.checked();
        desk.choose(|choices| set(choices, on));
    });
    html! { <label><input {id} type="checkbox" checked={on} {onchange} />{ label }</label> }
}

fn ways(desk: &Hold) -> Html {
    let state = desk.state();
    let choices = &state.choices;
    let relay = &choices.ways.relay;
    let update = {
        let desk = Rc::clone(desk);
        Callback::from(move |_: MouseEvent| desk.update_list())
    };
    html! {
        <section aria-labelledby="ways-title">
            <h2 id="ways-title">{ "By which way" }</h2>
            <div class="lookup-box">
                <label for="relay">{ "Address of a relay on this machine" }</label>
                { field(desk, "relay", "url", relay.clone(), |choices, text| choices.ways.relay = text) }
                <p class="caption">
                    <code>{ "wakeful serve" }</code>
                    { " is one: it asks VirusTotal with the key in WAKEFUL_VT_KEY, so that the key never enters a browser, and registries that answer only by whois. Leave it empty to do without. Some browsers ask once whether this page may reach this machine." }
                </p>
                if !relay.is_empty() && !is_relay(relay) {
                    <p class="warn">{ "That is not a relay’s address: write it as http://127.0.0.1:8080." }</p>
                }
                { tick(desk, "registration-by-relay", "Ask registries through the relay too", choices.ways.registration_by_relay, |choices, on| choices.ways.registration_by_relay = on) }
            </div>
            <div class="lookup-box">
                { tick(desk, "straight", "Ask VirusTotal straight from this browser, with a key of mine", !choices.ways.reputation_by_relay, |choices, on| choices.ways.reputation_by_relay = !on) }
                if !choices.ways.reputation_by_relay {
                    <label for="key">{ "Key for VirusTotal" }</label>
                    { field(desk, "key", "password", choices.key.clone(), |choices, text| choices.key = text) }
                    { tick(desk, "keep-key", "Keep the key in this browser after the session", choices.keep_key, |choices, on| choices.keep_key = on) }
                    <p class="caption">
                        { "The key is sent to VirusTotal in a header, and nowhere else. VirusTotal does not promise to answer pages of browsers; if it does not, the answer below says so, and a relay is the way." }
                    </p>
                }
            </div>
            <div class="lookup-box">
                <p>
                    { format!("Registries are found by IANA’s list of {} ({} top-level domains).", day(&state.registries.published), count(state.registries.len() as u64)) }
                </p>
                <button onclick={update} disabled={state.narrowed.is_some() || choices.registration == Switch::Off}>{ "Ask IANA for the current list" }</button>
                <p class="caption">{ "This asks data.iana.org; no name is sent. It can be done while the age of domains is switched on, before the first list is sent." }</p>
            </div>
        </section>
    }
}

fn day(published: &str) -> String {
    published.chars().take(10).collect()
}

fn sending(desk: &Hold, plan: &Plan) -> Html {
    let state = desk.state();
    let (_, _, running) = state.progress();
    let agree = {
        let desk = Rc::clone(desk);
        Callback::from(move |_: MouseEvent| desk.agree())
    };
    let reload = Callback::from(|_: MouseEvent| net::reload());
    html! {
        <section aria-labelledby="sending-title">
            <h2 id="sending-title">{ "What will be sent" }</h2>
            { which(desk) }
            <p id="sending-sum">{ sum(plan, state.choices.services().is_empty()) }</p>
            if !plan.steps.is_empty() {
                <div class="scroll lookup-list" tabindex="0" role="region" aria-label="Names and hosts">
                    // Narrow windows stack the cells of a row, which takes a table's roles from it.
                    <table role="table">
                        <thead role="rowgroup"><tr role="row">
                            { for ["Name", "For its", "Sent to"].into_iter().map(|title| html! { <th role="columnheader" scope="col">{ title }</th> }) }
                        </tr></thead>
                        <tbody role="rowgroup">
                            { for plan.steps.iter().map(|step| html! {
                                <tr role="row" data-step={step.subject.to_string()}>
                                    <th role="rowheader" scope="row"><bdi class="logged">{ step.subject.to_string() }</bdi></th>
                                    <td role="cell">{ step.service.name() }</td>
                                    <td role="cell">
                                        { host(&step.address).unwrap_or_default().to_owned() }
                                        if let Some(on) = step.beyond(&state.registries) { { " (the relay), and from there to " }{ on } }
                                    </td>
                                </tr>
                            }) }
                        </tbody>
                    </table>
                </div>
            }
            if !plan.without.is_empty() {
                <details>
                    <summary>{ format!("{} cannot be asked", counted(plan.without.len() as u64, "question")) }</summary>
                    <ul class="lookup-without">
                        { for plan.without.iter().map(|(service, subject, problem)| html! {
                            <li>{ format!("{subject}, {}: {problem}", service.name()) }</li>
                        }) }
                    </ul>
                </details>
            }
            if state.needs_reload(plan) {
                <p>{ "This list has hosts that you have not agreed to, and the browser now holds this tab to the first list." }</p>
                <button onclick={reload}>{ "Load this tab anew for the new list" }</button>
            } else {
                <button id="send" class="primary" onclick={agree} disabled={plan.steps.is_empty() || running}>
                    { if plan.steps.is_empty() { "Nothing to send".to_owned() } else { format!("Send {}", counted(plan.steps.len() as u64, "question")) } }
                </button>
            }
        </section>
    }
}

/// The names chosen in the page, or those of all alerts.
fn which(desk: &Hold) -> Html {
    let state = desk.state();
    if state.chosen.is_empty() {
        return Html::default();
    }
    let alerts = state.subjects.as_ref().map_or(0, Vec::len) as u64;
    let choices = [
        (
            false,
            "chosen",
            format!(
                "Only what you chose in the page: {}",
                counted(state.chosen.len() as u64, "name")
            ),
        ),
        (
            true,
            "alerts",
            format!("All alerts: {}", counted(alerts, "name")),
        ),
    ];
    html! {
        <div class="lookup-choices" role="group" aria-label="Which names">
            { for choices.into_iter().map(|(all, value, label)| {
                let desk = Rc::clone(desk);
                let onchange = Callback::from(move |_: Event| desk.offer(all));
                html! { <label><input type="radio" name="which" {value} checked={state.all == all} {onchange} />{ label }</label> }
            }) }
        </div>
    }
}

fn sum(plan: &Plan, off: bool) -> String {
    if off {
        return "Nothing: both are off.".to_owned();
    }
    let mut text = match plan.steps.len() {
        0 => "Nothing.".to_owned(),
        steps => format!(
            "{} to {}, in about {}. Only registered domains and public addresses; never a full query name.",
            counted(steps as u64, "question"),
            counted(plan.origins().len() as u64, "host"),
            duration(plan.seconds().max(1.0)),
        ),
    };
    if plan.known > 0 {
        text.push_str(&format!(
            " {} known from the last day and not asked again.",
            counted(plan.known as u64, "answer")
        ));
    }
    if plan.beyond > 0 {
        text.push_str(&format!(
            " {} more are left out: one list holds {MOST} for each of the two. Send again for the rest.",
            count(plan.beyond as u64)
        ));
    }
    text
}

fn progress(desk: &Hold) -> Html {
    let state = desk.state();
    let (done, total, running) = state.progress();
    if total == 0 {
        return Html::default();
    }
    let cancel = {
        let desk = Rc::clone(desk);
        Callback::from(move |_: MouseEvent| desk.cancel())
    };
    let resume = {
        let desk = Rc::clone(desk);
        Callback::from(move |_: MouseEvent| desk.resume())
    };
    html! {
        <section aria-labelledby="progress-title" data-running={running.to_string()}>
            <h2 id="progress-title">{ format!("{} of {} answered", count(done.into()), count(total.into())) }</h2>
            <progress aria-label="Questions answered" max={total.to_string()} value={done.to_string()}></progress>
            { for Service::ALL.into_iter().filter_map(|service| stand(service, &state.stand(service))).map(|text| html! { <p role="status">{ text }</p> }) }
            <p class="lookup-choices">
                if running { <button id="cancel" onclick={cancel}>{ "Cancel" }</button> }
                if state.can_resume() { <button id="resume" class="primary" onclick={resume}>{ "Resume" }</button> }
            </p>
        </section>
    }
}

fn stand(service: Service, stand: &Stand) -> Option<String> {
    let what = match service {
        Service::Reputation => "VirusTotal",
        Service::Registration => "Registries",
    };
    match stand {
        Stand::Done | Stand::Ready => None,
        Stand::Asking => Some(format!("{what}: waiting for an answer.")),
        Stand::Waiting(seconds) => Some(format!(
            "{what}: the next question waits {} for the rate.",
            duration(seconds.ceil())
        )),
        Stand::Stopped(None) => Some(format!("{what}: cancelled. What is left waits.")),
        Stand::Stopped(Some(problem)) => Some(format!("{what}: {}", said(problem))),
    }
}

fn said(problem: &Problem) -> String {
    outcome(&Err(problem.clone()))
}
