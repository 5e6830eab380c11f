//! Charts of the evaluation, with a text in their place and a table behind them.
//!
//! In: bins and curves. Out: charts. Must not know: which model they are of.

use std::rc::Rc;
use wakeful_engine::order;

use wakeful_engine::evaluation::{CalibrationBin, Curve, CurvePoint};
use yew::prelude::*;

use super::tables::{Column, number, table, text};
use super::term;
use crate::chart::{Axis, Behind, Chart, Colour, Draw, Series, Spec, Unit};
use crate::state::evaluation::common_head;
use crate::state::export::table::Table;
use crate::state::format::{count, percent, value};
use crate::state::glossary::{EXAMPLES, INTERVAL, RECALL};

/// Longer labels are cut in the drawing; the table has them whole.
const LABEL: usize = 20;

/// Predicted against observed.
pub fn calibration(bins: &[CalibrationBin]) -> Html {
    let predicted: Vec<f64> = bins.iter().map(|bin| bin.predicted).collect();
    let observed = bins.iter().map(|bin| bin.observed).collect();
    let text = format!(
        "Predicted probability and observed share of tunnels: {}.",
        listing(bins.iter().map(|bin| format!(
            "{} predicted, {} observed",
            percent(bin.predicted),
            percent(bin.observed)
        )))
    );
    let spec = Spec::over(
        shares("Predicted probability"),
        shares("Observed share"),
        predicted.clone(),
        vec![
            Series::new("As predicted", Draw::Line, Colour::Soft, predicted),
            Series::new("Observed", Draw::Points, Colour::Accent, observed).between(
                bins.iter().map(|bin| bin.low).collect(),
                bins.iter().map(|bin| bin.high).collect(),
            ),
        ],
    )
    .tall(300);
    let columns = [
        (number("Predicted"), "Predicted"),
        (number("Observed"), "Observed"),
        (number(term(INTERVAL)), INTERVAL.word),
        (number(term(EXAMPLES)), EXAMPLES.word),
    ];
    html! {
        <>
            <p class="caption prose">
                { "On the line a prediction means what it says: of the examples that were given 70 %, 70 % were tunnels. \
                   Above it the model is too careful, below it too sure. Tunnels and benign examples weigh alike." }
            </p>
            <Chart
                class={classes!("calibration")}
                caption="Predicted and observed"
                {text}
                spec={Rc::new(spec)}
                behind={behind("Calibration", columns, bins_table(bins))}
            />
        </>
    }
}

/// Recall against bytes a second, between two of them that all charts share.
pub fn by_rate(curve: &Curve, (from, to): (f64, f64)) -> Html {
    // A tool that is told to ask faster does not always send more: the line goes from left to right.
    let mut points: Vec<_> = curve.points.iter().collect();
    order::by(&mut points, |a, b| {
        a.bytes_a_second.total_cmp(&b.bytes_a_second)
    });
    let text = format!(
        "{}, recall against bytes a second: {}.",
        curve.tool,
        listing(curve.points.iter().map(|point| format!(
            "{} at {}",
            percent(point.recall),
            value(point.bytes_a_second)
        )))
    );
    let column =
        |of: fn(&CurvePoint) -> f64| points.iter().map(|point| of(point)).collect::<Vec<f64>>();
    let series = Series::new(
        "Recall",
        Draw::Line,
        Colour::Accent,
        column(|point| point.recall),
    )
    .between(column(|point| point.low), column(|point| point.high));
    let spec = Spec::over(
        Axis::new("Bytes a second", Unit::Plain)
            .from_to(from, to)
            .log(),
        shares("Recall"),
        // Nothing has no place among powers of ten: it stands at their beginning.
        points
            .iter()
            .map(|point| point.bytes_a_second.max(from))
            .collect(),
        vec![series],
    )
    .tall(190);
    html! {
        <Chart caption={curve.tool.clone()} {text} spec={Rc::new(spec)} behind={points_table(curve, "Rate")} />
    }
}

/// Recall for each label, as lying bars below each other.
pub fn by_label(curve: &Curve) -> Html {
    let head = common_head(curve);
    let caption = match head {
        Some(head) => format!("{}, {head}", curve.tool),
        None => curve.tool.clone(),
    };
    let text = format!(
        "{caption}, recall by {}: {}.",
        curve.along,
        listing(curve.points.iter().map(|point| format!(
            "{} {}",
            point.label,
            percent(point.recall)
        )))
    );
    let names = curve
        .points
        .iter()
        .map(|point| short(rest(&point.label, head)))
        .collect();
    let column = |of: fn(&CurvePoint) -> f64| curve.points.iter().map(of).collect::<Vec<f64>>();
    let series = Series::new(
        "Recall",
        Draw::Bars,
        Colour::Accent,
        column(|point| point.recall),
    )
    .between(column(|point| point.low), column(|point| point.high));
    let spec = Spec::ranking(names, shares("Recall"), vec![series]);
    html! {
        <Chart {caption} {text} spec={Rc::new(spec)} behind={points_table(curve, "Encoding")} />
    }
}

/// An axis from nothing to all.
fn shares(label: &str) -> Axis {
    Axis::new(label, Unit::Share).from_to(0.0, 1.0)
}

fn bins_table(bins: &[CalibrationBin]) -> Vec<Vec<String>> {
    bins.iter()
        .map(|bin| {
            vec![
                percent(bin.predicted),
                percent(bin.observed),
                interval(bin.low, bin.high),
                count(bin.examples),
            ]
        })
        .collect()
}

fn points_table(curve: &Curve, label: &'static str) -> Behind {
    let columns = [
        (text(label), label),
        (number("Bytes a second"), "Bytes a second"),
        (number("Tunnels"), "Tunnels"),
        (number("Found"), "Found"),
        (number(term(RECALL)), RECALL.word),
        (number(term(INTERVAL)), INTERVAL.word),
    ];
    let rows = curve.points.iter().map(|point| {
        vec![
            point.label.clone(),
            value(point.bytes_a_second),
            count(point.tunnels),
            count(point.found),
            percent(point.recall),
            interval(point.low, point.high),
        ]
    });
    let name = format!("{} by {}", curve.tool, curve.along);
    behind(&name, columns, rows.collect())
}

/// One table twice: for the eye, its headings explained, and as the text that leaves the page.
fn behind<const N: usize>(
    name: &str,
    columns: [(Column, &str); N],
    rows: Vec<Vec<String>>,
) -> Behind {
    let texts = columns.iter().map(|(_, text)| (*text).to_owned()).collect();
    let columns = columns.map(|(column, _)| column);
    let cells = rows
        .iter()
        .map(|row| row.iter().map(|cell| html! { { cell } }).collect());
    Behind {
        shown: table(name, &columns, cells),
        table: Rc::new(Table::whole(texts, rows)),
    }
}

fn interval(low: f64, high: f64) -> String {
    format!("{} – {}", percent(low), percent(high))
}

fn listing(parts: impl Iterator<Item = String>) -> String {
    let parts: Vec<String> = parts.collect();
    if parts.is_empty() {
        "no points".to_owned()
    } else {
        parts.join("; ")
    }
}

/// A label without what all of them begin with.
fn rest<'a>(label: &'a str, head: Option<&str>) -> &'a str {
    head.and_then(|head| label.strip_prefix(head)?.strip_prefix(", "))
        .unwrap_or(label)
}

fn short(label: &str) -> String {
    if label.chars().count() <= LABEL {
        label.to_owned()
    } else {
        let start: String = label.chars().take(LABEL - 1).collect();
        format!("{start}…")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_labels_are_cut_between_characters() {
        assert_eq!(short("base32"), "base32");
        assert_eq!(short("büüüüüüüüüüüüüüüüüüüüü").chars().count(), LABEL);
    }
}
