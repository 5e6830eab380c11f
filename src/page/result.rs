//! A finished scan: the verdict, what was read, the findings and one finding's details.
//!
//! In: the outcome and what of it is shown. Out: the view.
//! Must not know: how findings came about.

use wakeful_engine::report::Severity;
use yew::prelude::*;

use super::app::Dispatch;
use super::detail::Detail;
use super::findings::Findings;
use super::inputs::InputsTable;
use super::lookup::LookupPanel;
use super::words::time;
use crate::state::filter::Filter;
use crate::state::format::{bytes, count, counted, duration, rate};
use crate::state::lookup::Lookups;
use crate::state::verdict::{self, examined, missing};
use crate::state::{Evidence, Outcome};

#[derive(Properties, PartialEq)]
pub struct ResultProps {
    pub outcome: Outcome,
    pub filter: Filter,
    pub shown: usize,
    pub selected: Option<String>,
    pub evidence: Evidence,
    pub lookups: Lookups,
    pub lookup_token: Option<AttrValue>,
    pub dispatch: Dispatch,
}

#[component]
pub fn ResultView(props: &ResultProps) -> Html {
    let report = &props.outcome.report;
    let empty = report.findings.is_empty();
    let selected = props
        .selected
        .as_ref()
        .and_then(|id| report.findings.iter().position(|finding| &finding.id == id));
    html! {
        <>
            <Summary outcome={props.outcome.clone()} />
            <LookupPanel
                outcome={props.outcome.clone()}
                lookups={props.lookups.clone()}
                token={props.lookup_token.clone()}
                dispatch={props.dispatch.clone()}
            />
            if empty {
                <NothingFound outcome={props.outcome.clone()} />
            } else {
                <div class={classes!("panes", selected.is_some().then_some("has-detail"))}>
                    <Findings
                        outcome={props.outcome.clone()}
                        filter={props.filter.clone()}
                        shown={props.shown}
                        {selected}
                        dispatch={props.dispatch.clone()}
                    />
                    if let Some(at) = selected {
                        <Detail
                            key={at}
                            outcome={props.outcome.clone()}
                            {at}
                            evidence={props.evidence.clone()}
                            lookups={props.lookups.clone()}
                            dispatch={props.dispatch.clone()}
                        />
                    }
                </div>
            }
        </>
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
        <section class="summary" aria-labelledby="summary-title">
            <h2 id="summary-title" tabindex="-1">{ headline(&props.outcome) }</h2>
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
