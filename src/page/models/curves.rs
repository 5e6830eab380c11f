//! How recall falls with the rate and changes with the encoding: a small chart a tool.
//!
//! In: the evaluation. Out: a part. Must not know: how the tunnels were made.

use wakeful_engine::evaluation::{Curve, Evaluation};
use yew::prelude::*;

use super::charts::{by_label, by_rate};
use super::{term, worded};
use crate::state::evaluation::curves;
use crate::state::glossary::{INTERVAL, RECALL};

/// The part.
pub fn view(evaluation: &Evaluation) -> Html {
    let groups = curves(evaluation);
    html! {
        <>
            <p class="prose">
                { "A tunnel can hide by being slow, or by writing its bytes another way. The project’s own generator made \
                   tunnels of each tool along such a line; " }{ worded(RECALL, "recall") }
                { " is the share that reached medium or worse. The thin bar through each dot is its " }{ term(INTERVAL) }{ "." }
            </p>
            if groups.is_empty() {
                <p class="muted">{ "No curves are at hand." }</p>
            }
            { for groups.into_iter().map(|(along, curves)| group(along, &curves)) }
        </>
    }
}

fn group(along: &str, curves: &[&Curve]) -> Html {
    // One axis for all, so that the charts can be compared.
    let ends = curves
        .iter()
        .flat_map(|curve| &curve.points)
        .map(|point| point.bytes_a_second)
        .filter(|rate| *rate > 0.0 && rate.is_finite())
        .fold(None, |ends: Option<(f64, f64)>, rate| {
            let (low, high) = ends.unwrap_or((rate, rate));
            Some((low.min(rate), high.max(rate)))
        })
        .unwrap_or((1.0, 10.0));
    let title = match along {
        "rate" => "By rate, over four hours: recall against bytes a second that left".to_owned(),
        "rate, all day" => "By rate, all day: recall against bytes a second that left".to_owned(),
        "encoding" => "By encoding: recall for each way to write bytes as names".to_owned(),
        other => format!("By {other}"),
    };
    html! {
        <>
            <h3>{ title }</h3>
            <div class="multiples">
                { for curves.iter().map(|curve| match along {
                    "rate" | "rate, all day" => by_rate(curve, ends),
                    _ => by_label(curve),
                }) }
            </div>
        </>
    }
}
