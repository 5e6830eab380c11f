//! While the worker reads.
//!
//! In: the progress, what was found so far. Out: a bar, numbers, the cancel button, the first findings.
//! Must not know: what is read.

use yew::prelude::*;

use super::app::{Dispatch, click};
use super::controller::Hands;
use super::term::explained;
use super::words::{badge, logged, who};
use crate::state::format::{bytes, count, counted, duration, rate, time_left};
use crate::state::verdict::{missing, records, says};
use crate::state::view::View;
use crate::state::{Action, Reading, Stage};
use crate::wire::{Early, Progress};

#[derive(Properties, PartialEq)]
pub struct ReadingProps {
    pub reading: Reading,
}

/// Ends the scan.
#[hook]
fn use_cancel(stopping: bool) -> Html {
    let hands = use_context::<Hands>();
    let cancel = Callback::from(move |_: MouseEvent| {
        if let Some(hands) = &hands {
            hands.0.cancel();
        }
    });
    html! {
        <button onclick={cancel} disabled={stopping}>{ if stopping { "Stopping…" } else { "Cancel" } }</button>
    }
}

/// How far a scan is, in a line above a view that is there at any time.
#[component]
pub fn ReadingStrip(props: &ReadingStripProps) -> Html {
    let reading = &props.reading;
    let cancel = use_cancel(reading.stopping);
    let back = click(&props.dispatch, Action::View(View::default()));
    html! {
        <section class="reading-strip" aria-label="Reading">
            <span>{ "Reading " }{ logged(&reading.what) }</span>
            { bar(reading.progress.as_ref()) }
            <button class="small" onclick={back}>{ "To the scan" }</button>
            { cancel }
        </section>
    }
}

#[derive(Properties, PartialEq)]
pub struct ReadingStripProps {
    pub reading: Reading,
    pub dispatch: Dispatch,
}

/// The bytes read, as a bar; without an end before anything is known.
fn bar(progress: Option<&Progress>) -> Html {
    match progress {
        Some(progress) => html! {
            <progress
                aria-label="Bytes read"
                max={progress.bytes_total.max(1).to_string()}
                value={progress.bytes.to_string()}
            ></progress>
        },
        None => html! { <progress aria-label="Bytes read"></progress> },
    }
}

#[component]
pub fn ReadingView(props: &ReadingProps) -> Html {
    let reading = &props.reading;
    let cancel = use_cancel(reading.stopping);
    html! {
        <section class="reading" aria-labelledby="reading-title">
            <h2 id="reading-title" tabindex="-1">{ "Reading " }{ logged(&reading.what) }</h2>
            { bar(reading.progress.as_ref()) }
            if let Some(progress) = &reading.progress {
                { numbers(progress) }
            }
            <p>{ cancel }</p>
            if let Some(early) = &reading.early {
                { so_far(early) }
            }
        </section>
    }
}

/// What was found so far. Nothing of it can be opened yet: it firms up, and may change.
fn so_far(early: &Early) -> Html {
    let counts = &early.counts;
    let severities = [
        (counts.critical, "critical"),
        (counts.high, "high"),
        (counts.medium, "medium"),
        (counts.low, "low"),
        (counts.info, "info"),
    ];
    let parts: Vec<String> = severities
        .into_iter()
        .filter(|&(of, _)| of > 0)
        .map(|(of, name)| format!("{} {name}", count(of)))
        .collect();
    let found = match parts.as_slice() {
        [] => "nothing".to_owned(),
        parts => parts.join(", "),
    };
    html! {
        <section class="early" aria-labelledby="early-title">
            <h3 id="early-title">{ "So far" }</h3>
            <p class="caption">
                { format!("In the first {}: {found}. This firms up until all is read.", counted(early.records, "record")) }
            </p>
            <ol>
                { for early.findings.iter().map(|finding| html! {
                    <li key={finding.id.clone()} data-early={finding.severity.name()}>
                        { badge(finding.severity) }
                        { who(finding) }
                        <span class="gist">{ explained(&says(finding)) }</span>
                    </li>
                }) }
            </ol>
        </section>
    }
}

fn numbers(progress: &Progress) -> Html {
    let ends = progress.bytes >= progress.bytes_total;
    let left = if ends {
        "ranking findings…".to_owned()
    } else {
        match time_left(progress.bytes, progress.bytes_total, progress.elapsed_ms) {
            Some(left) => format!("about {} left", duration(left.max(1.0).round())),
            None => "starting…".to_owned(),
        }
    };
    let speed = |done: u64, show: fn(u64) -> String| {
        rate(done, progress.elapsed_ms).map_or_else(
            || "–".to_owned(),
            |rate| format!("{}/s", show(rate.round() as u64)),
        )
    };
    html! {
        <>
            <p class="reading-left">{ left }</p>
            <dl class="facts">
                <div><dt>{ "Read" }</dt><dd>{ format!("{} of {}", bytes(progress.bytes), bytes(progress.bytes_total)) }</dd></div>
                <div><dt>{ "Records" }</dt><dd>{ count(progress.records) }</dd></div>
                <div><dt>{ "Rate" }</dt><dd>{ speed(progress.bytes, bytes) }{ " · " }{ speed(progress.records, |rows| counted(rows, "record")) }</dd></div>
                <div><dt>{ "File" }</dt><dd>{ logged(&progress.input) }</dd></div>
            </dl>
        </>
    }
}

/// What a screen reader says: at a start, at each quarter, at an end.
pub fn spoken(stage: &Stage) -> String {
    match stage {
        Stage::Idle => String::new(),
        Stage::Reading(reading) => match &reading.progress {
            Some(progress) if progress.bytes_total > 0 => {
                let quarters = progress.bytes * 4 / progress.bytes_total;
                format!("Reading, {} percent.", quarters.min(4) * 25)
            }
            _ => "Reading.".to_owned(),
        },
        Stage::Done(outcome) => {
            let report = &outcome.report;
            let found = counted(report.findings.len() as u64, "finding");
            let note = missing(report).unwrap_or_default();
            format!(
                "Scan finished: {found} in {}. {note}",
                counted(records(report), "record")
            )
        }
        Stage::Unreadable(_) => "Nothing could be read.".to_owned(),
        Stage::Broken(_) => "The scan broke off.".to_owned(),
    }
}
