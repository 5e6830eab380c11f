//! A finished scan at a glance: the verdict, what was read, the findings in a sentence each.
//!
//! In: the outcome, what the user decided. Out: actions.
//! Must not know: how findings came about.

use std::rc::Rc;

use wakeful_engine::report::{Finding, Report, Severity};
use yew::prelude::*;

use super::app::{Dispatch, click};
use super::help::about;
use super::inputs::InputsTable;
use super::later::{Later, use_growth};
use super::new_domains::NewDomainsList;
use super::row::Row;
use super::term::{Word, explained};
use super::words::{logged, time};
use crate::chart::{Area, Axis, Chart, Colour, Draw, On, Select, Series, Spec, Unit};
use crate::state::format::{bytes, count, counted, duration, moment, rate};
use crate::state::list::{self, List};
use crate::state::lookup::rank::Ranking;
use crate::state::marks::Marks;
use crate::state::verdict::{self, examined, missing};
use crate::state::view::View;
use crate::state::{Action, Outcome};

/// How many findings the overview names.
const NAMED: usize = 200;
/// How many of them stand open at least and at most: the alerts. The others are a click away, so that what is
/// to be known of the logs stays within reach on a narrow window.
const OPEN: (usize, usize) = (5, 20);

/// How many of them are drawn at first, with the headline, and in each task that follows: about a window full.
const FIRST: usize = 0;
const STEP: usize = 8;

/// How many alerts the timeline marks.
const MARKED: usize = 20;

#[derive(Properties, PartialEq, Clone)]
pub struct OverviewProps {
    pub outcome: Outcome,
    pub list: List,
    pub marks: Marks,
    pub ranking: Rc<Ranking>,
    pub dispatch: Dispatch,
}

#[component]
pub fn OverviewView(props: &OverviewProps) -> Html {
    let empty = props.outcome.report.findings.is_empty();
    html! {
        <>
            <Summary outcome={props.outcome.clone()} dispatch={props.dispatch.clone()} />
            if empty {
                <NothingFound outcome={props.outcome.clone()} />
            }
            <div class="overview">
                if !empty {
                    <Top ..props.clone() />
                }
                <div class="overview-side">
                    <Later><When outcome={props.outcome.clone()} span={props.list.span} dispatch={props.dispatch.clone()} /></Later>
                    <Later><Health outcome={props.outcome.clone()} dispatch={props.dispatch.clone()} /></Later>
                </div>
            </div>
        </>
    }
}

/// The findings: those that the window has room for first, then the others.
#[component]
fn Top(props: &OverviewProps) -> Html {
    let findings = &props.outcome.report.findings;
    let mut passing = props.ranking.order(findings.len());
    passing
        .retain(|&at| !props.marks.is_handled(&findings[at]) && props.list.covers(&findings[at]));
    let all = click(&props.dispatch, Action::View(View::Findings));
    let left_out = findings.len() - passing.len();
    let named = &passing[..passing.len().min(NAMED)];
    let (open, folded) = named.split_at(open(named, findings));
    let drawn = use_growth(named.len(), FIRST, STEP);
    let row = |at: &usize| {
        let at = *at;
        html! {
            <Row key={at} outcome={props.outcome.clone()} {at} ranking={props.ranking.clone()} selected={false} dispatch={props.dispatch.clone()} />
        }
    };
    html! {
        <section class="top" aria-labelledby="top-title">
            <div class="section-head">
                <h2 id="top-title">{ "Most suspicious first" }</h2>
                <button class="small" onclick={all}>{ "Sort, filter and mark" }</button>
            </div>
            if left_out > 0 {
                <p class="caption">{ format!("{} left out: outside of the selected time, allowed or marked benign.", counted(left_out as u64, "finding")) }</p>
            }
            <ol class="findings">{ for open.iter().take(drawn).map(row) }</ol>
            if drawn >= open.len() && !folded.is_empty() {
                <details class="more-findings">
                    <summary>{ more(folded, findings) }</summary>
                    <ol class="findings">{ for folded.iter().take(drawn - open.len()).map(row) }</ol>
                </details>
            }
            if passing.len() > NAMED {
                <p class="caption">{ format!("The first {} of {}; the view of the findings has them all.", count(NAMED as u64), count(passing.len() as u64)) }</p>
            }
        </section>
    }
}

/// How many of the findings named stand open: up to the last alert. A fold for one or two is none.
fn open(named: &[usize], findings: &[Finding]) -> usize {
    let alerts = named
        .iter()
        .rposition(|&at| findings[at].severity.is_alert())
        .map_or(0, |last| last + 1);
    let open = alerts.clamp(OPEN.0, OPEN.1).min(named.len());
    if named.len() - open <= 2 {
        named.len()
    } else {
        open
    }
}

fn more(folded: &[usize], findings: &[Finding]) -> String {
    let alerts = folded
        .iter()
        .filter(|&&at| findings[at].severity.is_alert())
        .count();
    match alerts {
        0 => format!("{} more, no alert among them", count(folded.len() as u64)),
        some => format!(
            "{} more, {} among them",
            count(folded.len() as u64),
            counted(some as u64, "alert")
        ),
    }
}

#[derive(Properties, PartialEq)]
struct WhenProps {
    outcome: Outcome,
    span: Option<(f64, f64)>,
    dispatch: Dispatch,
}

/// Records over time, with a brush that leaves the findings of a stretch.
#[component]
fn When(props: &WhenProps) -> Html {
    let spec = use_memo(props.outcome.clone(), |outcome| timeline(&outcome.report));
    if props.outcome.report.timeline.step <= 0.0 {
        return Html::default();
    }
    let onselect = {
        let dispatch = props.dispatch.clone();
        Callback::from(move |area: Option<Area>| {
            dispatch.emit(Action::List(list::Change::Span(area.map(|area| area.x))));
        })
    };
    let clear = {
        let dispatch = props.dispatch.clone();
        Callback::from(move |_: MouseEvent| {
            dispatch.emit(Action::List(list::Change::Span(None)));
        })
    };
    html! {
        <section aria-label="When">
            <Chart
                caption="Records over time (UTC)"
                text={describe_timeline(&props.outcome.report)}
                {spec}
                area={props.span.map(|x| Area { x, y: None })}
                {onselect}
            />
            <p class="caption">
                if let Some((from, to)) = props.span {
                    { format!("Only findings between {} and {}. ", moment(from), moment(to)) }
                    <button class="small" onclick={clear}>{ "All of the time" }</button>
                } else {
                    { "Drag over the chart to see the findings of a stretch of time." }
                }
            </p>
        </section>
    }
}

fn timeline(report: &Report) -> Spec {
    let line = &report.timeline;
    let steps = line.dns.len().max(line.conn.len());
    let time = |at: usize| line.start + at as f64 * line.step;
    let xs = (0..steps).map(time).collect();
    let series = [
        ("connection records", Colour::Soft, &line.conn),
        ("DNS records", Colour::Accent, &line.dns),
    ]
    .into_iter()
    .filter(|(_, _, counts)| counts.iter().any(|&count| count > 0))
    .map(|(label, colour, counts)| {
        let ys = (0..steps)
            .map(|at| counts.get(at).map_or(0.0, |&count| count as f64))
            .collect();
        Series::new(label, Draw::Step, colour, ys)
    })
    .collect();
    let y = Axis::new(format!("records in {}", duration(line.step)), Unit::Count);
    // To the end of the last step: one alone would have no width.
    let x = Axis::time().from_to(line.start, time(steps));
    let spec = Spec::over(x, y, xs, series).tall(170).selectable(Select::X);
    let alerts = report.findings.iter().filter(|it| it.severity.is_alert());
    alerts.take(MARKED).fold(spec, marked)
}

/// The same with a band over the time of an alert.
fn marked(spec: Spec, alert: &Finding) -> Spec {
    let (Some(first), Some(last)) = (alert.first, alert.last) else {
        return spec;
    };
    let colour = match alert.severity {
        Severity::Critical => Colour::Critical,
        Severity::High => Colour::High,
        _ => Colour::Medium,
    };
    let label = format!("{} finding", alert.severity.name());
    spec.band(On::X, (first, last), label, colour)
}

fn describe_timeline(report: &Report) -> String {
    let line = &report.timeline;
    let busiest = line
        .dns
        .iter()
        .zip(line.conn.iter().chain(std::iter::repeat(&0)))
        .map(|(dns, conn)| dns + conn)
        .enumerate()
        .max_by_key(|(_, records)| *records);
    match busiest {
        Some((at, records)) => format!(
            "Records in steps of {} from {}. The busiest step, with {}, begins at {}.",
            duration(line.step),
            moment(line.start),
            counted(records, "record"),
            moment(line.start + at as f64 * line.step)
        ),
        None => "Records over time.".to_owned(),
    }
}

/// What a reader should know of the logs, and which detectors ran.
#[component]
fn Health(props: &SummaryProps) -> Html {
    let report = &props.outcome.report;
    let silent = report.detectors.iter().filter(|state| !state.ran).count();
    html! {
        <section class="health" aria-labelledby="health-title">
            <h2 id="health-title">{ "The logs themselves" }</h2>
            if !report.notes.is_empty() {
                <ul class="notes">
                    { for report.notes.iter().map(|note| html! { <li data-note={note.kind.clone()}>{ explained(&note.text) }</li> }) }
                </ul>
            }
            if report.census != Default::default() {
                <dl class="facts">
                    { for [
                        ("Clients", report.census.clients, "Machines that asked or connected"),
                        ("Domains", report.census.domains, "Registered domains, as example.co.uk, that were asked for"),
                        ("Names", report.census.names, "Different names that were asked for"),
                        ("Channels", report.census.dns_channels + report.census.flow_channels, "Pairs of a client and a domain, or of a client and a server: what is judged"),
                    ].into_iter().filter(|(_, number, _)| *number > 0).map(|(what, number, about)| html! {
                        <div><dt><Word meaning={about}>{ what }</Word></dt><dd>{ count(number) }</dd></div>
                    }) }
                </dl>
            }
            if !report.detectors.is_empty() {
                <details open={silent > 0}>
                    <summary>
                        { format!("{} of {} ran", report.detectors.len() - silent, counted(report.detectors.len() as u64, "detector")) }
                    </summary>
                    <ul class="detectors">
                        { for report.detectors.iter().map(|state| html! {
                            <li class={(!state.ran).then_some("silent")} data-detector={state.name.clone()}>
                                <span class="detector-mark" aria-hidden="true">{ if state.ran { "✓" } else { "–" } }</span>
                                <span>
                                    <strong>{ about(&state.name, &state.title, &props.dispatch) }</strong>
                                    <span class="visually-hidden">{ if state.ran { " ran" } else { " did not run" } }</span>
                                    if let Some(why) = &state.why {
                                        <span class="detector-why">{ explained(why) }</span>
                                    }
                                </span>
                            </li>
                        }) }
                    </ul>
                </details>
            }
            <details class="inputs" open={report.findings.is_empty() || verdict::problems(report) > 0}>
                <summary>
                    { format!("What was read: {}, {}", counted(report.inputs.len() as u64, "input"), bytes(verdict::bytes(report))) }
                    if verdict::problems(report) > 0 {
                        <span class="warn">{ format!(" · {}", counted(verdict::problems(report), "problem")) }</span>
                    }
                </summary>
                <InputsTable outcome={props.outcome.clone()} />
            </details>
            <Later><NewDomainsList outcome={props.outcome.clone()} dispatch={props.dispatch.clone()} /></Later>
        </section>
    }
}

#[derive(Properties, PartialEq)]
struct OutcomeProps {
    outcome: Outcome,
}

#[derive(Properties, PartialEq)]
struct SummaryProps {
    outcome: Outcome,
    dispatch: Dispatch,
}

#[component]
fn Summary(props: &SummaryProps) -> Html {
    let report = &props.outcome.report;
    let speed = rate(verdict::bytes(report), props.outcome.elapsed_ms);
    html! {
        <section class="summary" aria-labelledby="overview-title">
            <h2 id="overview-title" tabindex="-1">{ headline(&props.outcome) }</h2>
            if !report.findings.is_empty() {
                <ul class="tally" aria-label="Findings by severity">
                    { for Severity::WORST_FIRST.into_iter().map(|severity| tally(props, severity)) }
                </ul>
            }
            <dl class="facts">
                <div><dt>{ "Examined" }</dt><dd>{ examined(report) }</dd></div>
                if let (Some(first), Some(last)) = (report.span.first, report.span.last) {
                    <div>
                        <dt>{ "From – to (UTC)" }</dt>
                        <dd>{ time(Some(first)) }{ " – " }{ time(Some(last)) }{ format!(" ({})", duration(last - first)) }</dd>
                    </div>
                }
                if props.outcome.saved {
                    <div><dt>{ "Opened from" }</dt><dd>{ "a saved report of Wakeful " }{ logged(&report.wakeful) }{ ", without its logs" }</dd></div>
                } else {
                    <div>
                        <dt>{ "Scanned in" }</dt>
                        <dd>
                            { duration(props.outcome.elapsed_ms / 1000.0) }
                            if let Some(speed) = speed { { format!(" ({}/s)", bytes(speed.round() as u64)) } }
                        </dd>
                    </div>
                }
            </dl>
            if let Some(missing) = missing(report) {
                <p class="hint">{ missing }</p>
            }
        </section>
    }
}

/// The number of a severity: a button to its findings.
fn tally(props: &SummaryProps, severity: Severity) -> Html {
    let number = props.outcome.report.counts.of(severity);
    let onclick = {
        let dispatch = props.dispatch.clone();
        Callback::from(move |_: MouseEvent| {
            dispatch.emit(Action::List(list::Change::OnlySeverity(severity)));
            dispatch.emit(Action::View(View::Findings));
        })
    };
    html! {
        <li>
            <button class={classes!("tally-one", format!("sev-{}", severity.name()))} disabled={number == 0} {onclick}>
                <span class="tally-number">{ count(number) }</span>
                <span>{ severity.name() }</span>
            </button>
        </li>
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
        (_, 0) => format!("No alerts, {} of lower severity", counted(all, "finding")),
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

#[cfg(test)]
mod tests {
    use super::*;

    fn findings(severities: &[Severity]) -> Vec<Finding> {
        let of = |&severity: &Severity| Finding {
            severity,
            ..Finding::default()
        };
        severities.iter().map(of).collect()
    }

    #[test]
    fn alerts_stand_open_and_the_others_a_click_away() {
        use Severity::{Critical, Info, Low};
        let all = findings(&[&[Critical; 7][..], &[Info; 9][..]].concat());
        let named: Vec<usize> = (0..all.len()).collect();
        assert_eq!(open(&named, &all), 7);
        assert_eq!(more(&named[7..], &all), "9 more, no alert among them");
        let quiet = findings(&[Low; 9]);
        assert_eq!(open(&named[..9], &quiet), OPEN.0);
        assert_eq!(open(&named[..7], &quiet), 7, "two are not worth a fold");
        let many = findings(&[Critical; 40]);
        let named: Vec<usize> = (0..40).collect();
        assert_eq!(open(&named, &many), OPEN.1);
        assert_eq!(more(&named[20..], &many), "20 more, 20 alerts among them");
    }
}
