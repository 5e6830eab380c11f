//! A finished scan at a glance: the verdict, what was read, the findings in a sentence each.
//!
//! In: the outcome, what the user decided. Out: actions.
//! Must not know: how findings came about.

use wakeful_engine::report::Severity;
use yew::prelude::*;

use super::app::Dispatch;
use super::inputs::InputsTable;
use super::row::Row;
use super::words::time;
use crate::state::format::{bytes, count, counted, duration, rate};
use crate::state::marks::Marks;
use crate::state::verdict::{self, examined, missing};
use crate::state::view::View;
use crate::state::{Action, Outcome};

/// How many findings the overview names.
const NAMED: usize = 200;

#[derive(Properties, PartialEq)]
pub struct OverviewProps {
    pub outcome: Outcome,
    pub marks: Marks,
    pub dispatch: Dispatch,
}

#[component]
pub fn OverviewView(props: &OverviewProps) -> Html {
    html! {
        <>
            <Summary outcome={props.outcome.clone()} />
            if props.outcome.report.findings.is_empty() {
                <NothingFound outcome={props.outcome.clone()} />
            } else {
                { top(props) }
            }
        </>
    }
}

fn top(props: &OverviewProps) -> Html {
    let findings = &props.outcome.report.findings;
    let shown: Vec<usize> = (0..findings.len())
        .filter(|&at| !props.marks.is_handled(&findings[at]))
        .take(NAMED)
        .collect();
    let all = {
        let dispatch = props.dispatch.clone();
        Callback::from(move |_: MouseEvent| dispatch.emit(Action::View(View::Findings)))
    };
    html! {
        <section class="top" aria-labelledby="top-title">
            <div class="section-head">
                <h2 id="top-title">{ "Most suspicious first" }</h2>
                <button class="small" onclick={all}>{ format!("Sort, filter and mark {}", counted(findings.len() as u64, "finding")) }</button>
            </div>
            <ol class="findings">
                { for shown.iter().map(|&at| html! {
                    <Row key={at} outcome={props.outcome.clone()} {at} selected={false} dispatch={props.dispatch.clone()} />
                }) }
            </ol>
        </section>
    }
}

#[derive(Properties, PartialEq)]
struct OutcomeProps {
    outcome: Outcome,
}

#[component]
fn Summary(props: &OutcomeProps) -> Html {
    let report = &props.outcome.report;
    let problems = verdict::problems(report);
    let speed = rate(verdict::bytes(report), props.outcome.elapsed_ms);
    html! {
        <section class="summary" aria-labelledby="overview-title">
            <h2 id="overview-title" tabindex="-1">{ headline(&props.outcome) }</h2>
            <dl class="facts">
                <div><dt>{ "Examined" }</dt><dd>{ examined(report) }</dd></div>
                if let (Some(first), Some(last)) = (report.span.first, report.span.last) {
                    <div>
                        <dt>{ "From – to (UTC)" }</dt>
                        <dd>{ time(Some(first)) }{ " – " }{ time(Some(last)) }{ format!(" ({})", duration(last - first)) }</dd>
                    </div>
                }
                <div>
                    <dt>{ "Scanned in" }</dt>
                    <dd>
                        { duration(props.outcome.elapsed_ms / 1000.0) }
                        if let Some(speed) = speed { { format!(" ({}/s)", bytes(speed.round() as u64)) } }
                    </dd>
                </div>
            </dl>
            if let Some(missing) = missing(report) {
                <p class="hint">{ missing }</p>
            }
            <details class="inputs" open={report.findings.is_empty() || problems > 0}>
                <summary>
                    { format!("What was read: {}, {}", counted(report.inputs.len() as u64, "input"), bytes(verdict::bytes(report))) }
                    if problems > 0 {
                        <span class="warn">{ format!(" · {}", counted(problems, "problem")) }</span>
                    }
                </summary>
                <InputsTable outcome={props.outcome.clone()} />
            </details>
        </section>
    }
}

fn headline(outcome: &Outcome) -> String {
    let report = &outcome.report;
    let alerts: u64 = Severity::WORST_FIRST
        .into_iter()
        .filter(|severity| severity.is_alert())
        .map(|severity| report.counts.of(severity))
        .sum();
    let all = report.findings.len() as u64;
    match (all, alerts) {
        (0, _) => "No covert channel found".to_owned(),
        (_, 0) => format!("No alerts, {} of low severity", counted(all, "finding")),
        (_, _) if all == alerts => counted(alerts, "alert"),
        (_, _) => format!(
            "{}, {} of lower severity",
            counted(alerts, "alert"),
            count(all - alerts)
        ),
    }
}

#[component]
fn NothingFound(props: &OutcomeProps) -> Html {
    let report = &props.outcome.report;
    let records = verdict::records(report);
    html! {
        <section class="calm" aria-labelledby="calm-title">
            <svg class="calm-mark" viewBox="0 0 48 48" aria-hidden="true">
                <circle cx="24" cy="24" r="20" /><path d="M15 25l6.5 6.5L34 18" />
            </svg>
            <h2 id="calm-title">{ "Nothing found" }</h2>
            if records == 0 {
                <p>{ "The logs were read and hold no records. Check that they are the ones you meant." }</p>
            } else {
                <p>
                    { format!("Wakeful examined {} and no channel in them looks covert.", examined(report)) }
                </p>
            }
            <p class="calm-note">
                { "This is not a proof that there is none: a channel with very few queries, or one that \
                   imitates ordinary traffic closely, may stay below the mark; so may anything that did \
                   not pass your Zeek sensor. A longer span of logs shows more." }
            </p>
        </section>
    }
}
