//! What came of a trial: the verdict, the course of the score, recall by rate.
//!
//! In: the outcome, the points. Out: sentences and charts.
//! Must not know: how they came about.

use std::rc::Rc;

use wakeful_engine::report::Severity;
use yew::prelude::*;

use super::super::term::explained;
use super::super::words::{badge, logged, time};
use crate::chart::{Axis, Chart, Colour, Draw, On, Series, Spec, Unit};
use crate::state::format::{count, counted, duration, percent, score, value};
use crate::state::inject::{Phase, Trial};
use crate::wire::trial::{Found, Outcome, RatePoint};

/// The score from which a finding is an alert.
const ALERT: f64 = 0.6;

pub fn section(outcome: &Outcome, trial: &Trial) -> Html {
    html! {
        <section class="trial-outcome" aria-labelledby="outcome-title">
            <h3 id="outcome-title">{ verdict(outcome) }</h3>
            { for outcome.notes.iter().map(|note| html! { <p class="hint">{ note }</p> }) }
            <dl class="facts">
                <div><dt>{ "Client" }</dt><dd>{ logged(&outcome.client) }</dd></div>
                <div><dt>{ "Made-up target" }</dt><dd>{ logged(&outcome.target) }</dd></div>
                <div><dt>{ "From – to (UTC)" }</dt><dd>{ time(Some(outcome.first)) }{ " – " }{ time(Some(outcome.last)) }</dd></div>
                <div><dt>{ "Records" }</dt><dd>{ count(outcome.records) }</dd></div>
                <div><dt>{ "Findings without it and with it" }</dt><dd>{ format!("{} and {}", count(outcome.findings_before), count(outcome.findings)) }</dd></div>
            </dl>
            if let Some(found) = &outcome.found {
                { reasons(found) }
            }
            <div class="trial-charts">
                { course(outcome) }
                { recall(&trial.points, matches!(trial.phase, Phase::Running(..))) }
            </div>
        </section>
    }
}

fn verdict(outcome: &Outcome) -> String {
    let alert = match outcome.alert_after {
        Some((rows, seconds)) => format!(
            "; an alert after {} ({})",
            counted(rows, "record"),
            duration(seconds)
        ),
        None => "; never an alert".to_owned(),
    };
    match &outcome.found {
        None => format!(
            "Not found among {}{}",
            counted(outcome.findings, "finding"),
            match outcome.alert_after {
                Some(_) => alert,
                None => String::new(),
            }
        ),
        Some(found) => format!(
            "Found: rank {} of {}, {} severity, score {}{alert}",
            count(found.rank),
            count(outcome.findings),
            found.severity,
            score(found.score)
        ),
    }
}

fn reasons(found: &Found) -> Html {
    let severity = Severity::WORST_FIRST
        .into_iter()
        .find(|severity| severity.name() == found.severity);
    html! {
        <div class="trial-why">
            if let Some(severity) = severity { { badge(severity) } }
            <ul>{ for found.reasons.iter().map(|reason| html! { <li>{ explained(reason) }</li> }) }</ul>
        </div>
    }
}

fn course(outcome: &Outcome) -> Html {
    let (xs, ys): (Vec<f64>, Vec<f64>) = outcome
        .course
        .iter()
        .map(|&(rows, score)| (rows as f64, score))
        .unzip();
    let text = match outcome.alert_after {
        Some((rows, _)) => format!(
            "The score after the tunnel’s first records: an alert from record {}, {} at the end.",
            count(rows),
            score(ys.last().copied().unwrap_or(0.0))
        ),
        None => format!(
            "The score after the tunnel’s first records: at most {}, never an alert.",
            score(ys.iter().copied().fold(0.0, f64::max))
        ),
    };
    let spec = Spec::over(
        Axis::new("Records so far", Unit::Count).log(),
        Axis::new("Score", Unit::Plain).from_to(0.0, 1.0),
        xs,
        vec![Series::new("Score", Draw::Line, Colour::Accent, ys)],
    )
    .mark(On::Y, ALERT, "An alert from here", Colour::Medium);
    html! { <Chart caption="How soon it shows" {text} spec={Rc::new(spec)} /> }
}

fn recall(points: &[RatePoint], running: bool) -> Html {
    if points.is_empty() {
        return match running {
            true => html! { <p class="caption">{ "Recall by rate comes next…" }</p> },
            false => Html::default(),
        };
    }
    let shares: Vec<(f64, f64, f64)> = points.iter().map(share).collect();
    let listing: Vec<String> = points
        .iter()
        .map(|point| {
            format!(
                "{} of {} at {} a second",
                point.alerts,
                point.tunnels,
                value(point.rate)
            )
        })
        .collect();
    let series = Series::new(
        "Share that became an alert",
        Draw::Line,
        Colour::Accent,
        shares.iter().map(|share| share.0).collect(),
    )
    .between(
        shares.iter().map(|share| share.1).collect(),
        shares.iter().map(|share| share.2).collect(),
    );
    let spec = Spec::over(
        Axis::new("Queries a second", Unit::Plain).log(),
        Axis::new("Recall", Unit::Share).from_to(0.0, 1.0),
        points.iter().map(|point| point.rate).collect(),
        vec![series],
    );
    let tunnels = points.first().map_or(0, |point| u64::from(point.tunnels));
    let last = points
        .last()
        .map(|point| percent(f64::from(point.alerts) / f64::from(point.tunnels.max(1))));
    html! {
        <div>
            <Chart caption="Recall by rate" text={format!("Tunnels that became an alert: {}.", listing.join("; "))} spec={Rc::new(spec)} />
            <p class="caption">
                { format!("Each point is {} of the same tool on clients of the log; the bars are 95 % intervals, wide because they are few.", counted(tunnels, "tunnel")) }
                if let Some(last) = last { { format!(" At the highest rate {last}.") } }
            </p>
        </div>
    }
}

/// The share of alerts with its 95 % interval: Wilson (1927).
fn share(point: &RatePoint) -> (f64, f64, f64) {
    const Z: f64 = 1.96;
    let (n, found) = (f64::from(point.tunnels.max(1)), f64::from(point.alerts));
    let p = found / n;
    let middle = (p + Z * Z / (2.0 * n)) / (1.0 + Z * Z / n);
    let half = Z / (1.0 + Z * Z / n) * (p * (1.0 - p) / n + Z * Z / (4.0 * n * n)).sqrt();
    (
        p,
        (middle - half).clamp(0.0, p),
        (middle + half).clamp(p, 1.0),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_interval_holds_the_share_and_stays_within_bounds() {
        for alerts in 0..=5 {
            let point = RatePoint {
                rate: 1.0,
                tunnels: 5,
                alerts,
                records: 1.0,
                score: 0.0,
            };
            let (p, low, high) = share(&point);
            assert!(
                0.0 <= low && low <= p && p <= high && high <= 1.0,
                "{alerts}"
            );
        }
    }
}
