//! What a setting costs, on these very logs: alerts a day for a score, channels a day for bytes.
//!
//! In: the report, the settings. Out: other settings.
//! Must not know: how a score came about.

use wakeful_engine::report::{Finding, LeakOf, Report};
use yew::prelude::*;

use super::app::{Dispatch, click};
use super::words::logged;
use crate::browser::HtmlInputElement;
use crate::state::format::{bytes, count, counted, iso};
use crate::state::list::Change;
use crate::state::policy::{self, BOUNDS, STEPS, a_day};
use crate::state::{Action, Outcome};

#[derive(Properties, PartialEq)]
pub struct TuningProps {
    pub outcome: Outcome,
    pub min: u32,
    pub leak: u64,
    pub dispatch: Dispatch,
}

#[component]
pub fn Tuning(props: &TuningProps) -> Html {
    html! {
        <div class="tuning">
            { score(props) }
            if props.outcome.report.leaks.channel_days > 0 {
                { leak(props) }
            }
        </div>
    }
}

fn score(props: &TuningProps) -> Html {
    let report = &props.outcome.report;
    let (min, days) = (props.min, policy::days(report));
    let alerts = policy::alerts(report, min);
    let oninput = {
        let dispatch = props.dispatch.clone();
        Callback::from(move |event: InputEvent| {
            let input: HtmlInputElement = event.target_unchecked_into();
            if let Ok(min) = input.value().parse() {
                dispatch.emit(Action::List(Change::Min(min)));
            }
        })
    };
    let cost = format!(
        "{}: {}{}",
        counted(alerts as u64, "finding"),
        a_day(alerts, days),
        clients(report, min, alerts, days)
    );
    html! {
        <div class="tune">
            <label for="min">{ "Score at least " }<output>{ min }</output></label>
            <p class="tune-cost">{ &cost }</p>
            { plot(&policy::histogram(report), &|at| (at + 1) * 100 > min as usize * STEPS) }
            <input id="min" type="range" min="0" max="100" step="5" value={min.to_string()} aria-valuetext={format!("{min}: {cost}")} {oninput} />
        </div>
    }
}

/// What the findings come to for a network of a thousand clients; of a smaller one, how many clients have any.
fn clients(report: &Report, min: u32, findings: usize, days: f64) -> String {
    match report.census.clients {
        clients if clients == 0 || findings == 0 => String::new(),
        clients @ 1000.. => {
            let rate = findings as f64 / days / clients as f64 * 1000.0;
            format!(", {rate:.1} per 1,000 clients")
        }
        clients => {
            let some = policy::clients(report, min) as u64;
            format!(", from {} of {}", count(some), counted(clients, "client"))
        }
    }
}

/// How many lie in each step, above a slider: heights by logarithm, so that one stays in sight.
fn plot(numbers: &[u64], is_on: &dyn Fn(usize) -> bool) -> Html {
    let height = |number: u64| ((number as f64) + 1.0).log2();
    let most = numbers.iter().copied().map(height).fold(1.0, f64::max);
    let width = 100.0 / numbers.len() as f64;
    html! {
        <svg class="tune-plot" viewBox="0 0 100 20" preserveAspectRatio="none" aria-hidden="true">
            { for numbers.iter().enumerate().filter(|(_, number)| **number > 0).map(|(at, &number)| {
                let tall = height(number) / most * 20.0;
                let class = if is_on(at) { "on" } else { "off" };
                html! {
                    <rect {class} x={(at as f64 * width + 0.3).to_string()} y={(20.0 - tall).to_string()} width={(width - 0.6).to_string()} height={tall.to_string()} />
                }
            }) }
        </svg>
    }
}

fn leak(props: &TuningProps) -> Html {
    let leaks = &props.outcome.report.leaks;
    let place = BOUNDS
        .iter()
        .rposition(|&bound| bound <= props.leak)
        .unwrap_or_default();
    let oninput = {
        let dispatch = props.dispatch.clone();
        Callback::from(move |event: InputEvent| {
            let input: HtmlInputElement = event.target_unchecked_into();
            let place = input.value().parse::<usize>().ok();
            if let Some(bound) = place.and_then(|place| BOUNDS.get(place)) {
                dispatch.emit(Action::List(Change::Leak(*bound)));
            }
        })
    };
    let bound = BOUNDS[place];
    // The first is off, and raises none.
    let mut raised =
        BOUNDS.map(|bound| policy::raised(leaks, bound).unwrap_or(leaks.bounds.len()) as u64);
    raised[0] = 0;
    let days = leaks.days.max(1.0);
    let cost = match policy::raised(leaks, bound) {
        _ if bound == 0 => counted(leaks.channel_days, "channel-day"),
        Some(raised) => format!(
            "{} of {}: {}",
            count(raised as u64),
            counted(leaks.channel_days, "channel-day"),
            a_day(raised, days)
        ),
        None => format!(
            "more than {}: more than {}",
            counted(leaks.bounds.len() as u64, "channel-day"),
            a_day(leaks.bounds.len(), days)
        ),
    };
    let shown = if bound == 0 {
        "off".to_owned()
    } else {
        format!("above {} a day", bytes(bound))
    };
    html! {
        <div class="tune">
            <label for="leak" title="An upper bound on the bytes that could have left through a channel in a day, by its names, record types and times">
                { "Leak alert: " }<output>{ shown.clone() }</output>
            </label>
            <p class="tune-cost" title="A channel-day is one client and one domain on one day">{ &cost }</p>
            { plot(&raised, &|at| at == place) }
            <input id="leak" type="range" min="0" max={(BOUNDS.len() - 1).to_string()} step="1" value={place.to_string()} aria-valuetext={format!("{shown}: {cost}")} {oninput} />
            if bound > 0 && leaks.largest.first().is_some_and(|leak| leak.bytes > bound) {
                { above(props, bound) }
            }
        </div>
    }
}

/// The channels and days above a bound, the largest first, each with a way to the finding about it.
fn above(props: &TuningProps, bound: u64) -> Html {
    let report = &props.outcome.report;
    let largest = &report.leaks.largest;
    let row = |leak: &LeakOf| {
        let of = |finding: &&Finding| {
            finding.client == leak.client && finding.domain.as_ref() == Some(&leak.domain)
        };
        let who = html! { <>{ logged(&leak.client) }{ " → " }{ logged(&leak.domain) }</> };
        html! {
            <li>
                { match report.findings.iter().find(of) {
                    Some(finding) => html! {
                        <button class="small quiet" onclick={click(&props.dispatch, Action::Select(finding.id.clone()))}>{ who }</button>
                    },
                    None => who,
                } }
                { format!(" {} on {}", bytes(leak.bytes), iso(leak.day).get(..10).unwrap_or_default()) }
            </li>
        }
    };
    html! {
        <details class="tune-who">
            <summary>{ "Which they are" }</summary>
            <ol>{ for largest.iter().take_while(|leak| leak.bytes > bound).map(row) }</ol>
            if largest.last().is_some_and(|leak| leak.bytes > bound) && policy::raised(&report.leaks, bound) != Some(largest.len()) {
                <p class="caption">{ "The largest of them." }</p>
            }
        </details>
    }
}
