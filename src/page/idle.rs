//! The first screen: what this is, how to bring logs, samples, why nothing leaves.
//!
//! In: the settings used lately. Out: scans, settings.
//! Must not know: what a scan does.

use yew::prelude::*;

use super::app::{Dispatch, click};
use super::controller::{Brought, Hands};
use crate::browser::doc;
use crate::state::Action;
use crate::state::settings::{Change, Recent, describe};

/// The id of the proof that nothing leaves.
const PROOF: &str = "proof";

#[derive(Properties, PartialEq)]
pub struct IdleProps {
    pub recent: Recent,
    /// The settings in force, as they are kept.
    pub now: String,
    pub dispatch: Dispatch,
}

#[component]
pub fn Idle(props: &IdleProps) -> Html {
    html! {
        <>
            <section class="hero" aria-labelledby="hero-title">
                <h2 id="hero-title" tabindex="-1">{ "Who in your network talks over a covert channel?" }</h2>
                <p class="lead">
                    { "Drop Zeek’s " }<code>{ "dns.log" }</code>{ " and " }<code>{ "conn.log" }</code>
                    { ". Within seconds Wakeful shows tunnels, command and control and exfiltration: \
                       ranked, and each with its reasons." }
                </p>
                <div class="drop-zone">
                    <svg class="drop-mark" viewBox="0 0 48 48" aria-hidden="true">
                        <path d="M24 6v24M14 21l10 10 10-10M7 34v7h34v-7" />
                    </svg>
                    <p class="drop-title">{ "Drop logs anywhere in this window" }</p>
                    <p class="drop-note">{ "Files or whole folders · TSV or JSON · plain or gzip · rotated logs together" }</p>
                    <p class="drop-buttons">
                        <button class="primary" onclick={open("files")}>{ "Choose files" }</button>
                        <button onclick={open("folder")}>{ "Choose a folder" }</button>
                    </p>
                    <p class="drop-note">{ "or paste lines with " }<kbd>{ "Ctrl" }</kbd>{ " " }<kbd>{ "V" }</kbd></p>
                    <p class="promise">
                        <svg class="glyph" viewBox="0 0 16 16" aria-hidden="true">
                            <rect class="glyph-line" x="3" y="7" width="10" height="7" rx="1.5" />
                            <path class="glyph-line" d="M5.2 7V4.8a2.8 2.8 0 0 1 5.6 0V7" />
                        </svg>
                        <strong>{ "Nothing leaves this tab." }</strong>
                        <button class="small quiet" onclick={Callback::from(|_: MouseEvent| doc::unfold(PROOF))}>{ "The proof" }</button>
                    </p>
                </div>
            </section>
            { settings(props) }
            <Samples />
            <Proof />
        </>
    }
}

fn open(input: &'static str) -> Callback<MouseEvent> {
    Callback::from(move |_| doc::click(input))
}

/// Settings for the logs to come; nothing before there are any.
fn settings(props: &IdleProps) -> Html {
    let mut entries = props.recent.entries.clone();
    if !props.now.is_empty() && !entries.contains(&props.now) {
        entries.insert(0, props.now.clone());
    }
    if entries.is_empty() {
        return Html::default();
    }
    let act = |change: Change| click(&props.dispatch, Action::Recent(change));
    html! {
        <section class="samples" aria-labelledby="recent-title">
            <div class="section-head">
                <h2 id="recent-title">{ "Settings used lately" }</h2>
                <button class="small quiet" onclick={act(Change::Forget)}>{ "Forget them" }</button>
            </div>
            <ul class="recent">
                { for entries.into_iter().map(|entry| {
                    let chosen = entry == props.now;
                    let next = if chosen { String::new() } else { entry.clone() };
                    html! {
                        <li key={entry.clone()}>
                            <button class="toggle" aria-pressed={chosen.to_string()} data-settings={entry.clone()} onclick={act(Change::Use(next))}>{ describe(&entry) }</button>
                        </li>
                    }
                }) }
            </ul>
            <p class="caption" role="status">
                { if props.now.is_empty() { "Choose one for the next logs." } else { "The next logs are shown so." } }
            </p>
        </section>
    }
}

#[component]
fn Samples() -> Html {
    let hands = use_context::<Hands>();
    html! {
        <section class="samples" aria-labelledby="samples-title">
            <h2 id="samples-title">{ "No logs at hand? Try it with a sample" }</h2>
            <ul class="cards">
                { for wakeful_lab::samples().iter().map(|sample| {
                    let hands = hands.clone();
                    let onclick = Callback::from(move |_: MouseEvent| {
                        if let Some(hands) = &hands {
                            hands.0.scan(Brought::Sample(sample.name, sample.title));
                        }
                    });
                    html! {
                        <li key={sample.name}>
                            <button class="card" data-sample={sample.name} {onclick}>
                                <strong>{ sample.title }</strong>
                                <span>{ sample.description }</span>
                            </button>
                        </li>
                    }
                }) }
            </ul>
        </section>
    }
}

#[component]
fn Proof() -> Html {
    html! {
        <section class="proof" aria-labelledby="proof-title">
            <h2 id="proof-title">{ "Nothing leaves this tab" }</h2>
            <p>
                { "Reading and analysis run here, on your machine. Your browser enforces it: this page \
                   may not connect to anything, not even to the server it came from. What charts need is loaded at the \
                   moment you bring a log; from that moment on, before the log is looked at, nothing more may be \
                   loaded from anywhere." }
            </p>
            <details id={PROOF}>
                <summary>{ "The proof, and how to check it" }</summary>
                <p>{ "The content-security policies in force, as your browser holds them; all of them apply at once. Bringing a log adds one more, without any address, before the worker that reads it starts and inherits them:" }</p>
                <ul class="policies">
                    { for doc::policies().into_iter().map(|policy| html! { <li><code>{ policy }</code></li> }) }
                </ul>
                <p>{ "To check: open the developer tools (F12). Under “Network”, scan a log: at most four lines appear, the files of the charts, and nothing after them. In the console, type " }
                    <code>{ "fetch(location.href)" }</code>
                    { ": the browser refuses. Or switch the network off before you drop a log: nothing is missing but the charts, which have tables, and not even these if you looked at a chart under “Models” before." }</p>
                <p>{ "For a network that is closed: the page is a folder of static files. Copy it to any server there; it asks for nothing else." }</p>
                <p>{ "What a policy does not cover: leaving this page for another address, opening windows, and calls between browsers (WebRTC). No part of Wakeful does any of these, and the page takes the means away as well." }</p>
                <p>{ "Look-ups, which are off, are made by a tab of their own that you open by a link after a scan. It is handed names of domains and addresses, never your logs, and sends nothing before you agree to its list." }</p>
            </details>
        </section>
    }
}
