//! Charts with a text in their place and a table behind them.
//!
//! In: bins and curves. Out: figures. Must not know: which model they are of.

use wakeful_engine::evaluation::{CalibrationBin, Curve};
use yew::prelude::*;

use super::tables::{number, table, text};
use super::term;
use crate::chart::plot::{Frame, Mark, Sample, marks};
use crate::chart::scale::Scale;
use crate::state::evaluation::common_head;
use crate::state::format::{count, percent, value};
use crate::state::glossary::{EXAMPLES, INTERVAL, RECALL};

const CALIBRATION: Frame = Frame {
    width: 380.0,
    height: 300.0,
    left: 46.0,
    right: 20.0,
    top: 10.0,
    bottom: 42.0,
};
const RATE: Frame = Frame {
    width: 270.0,
    height: 170.0,
    left: 40.0,
    right: 18.0,
    top: 8.0,
    bottom: 36.0,
};
/// A lane's height where labels take the place of an axis.
const LANE: f64 = 22.0;
/// Longer labels are cut in the drawing; the table has them whole.
const LABEL: usize = 16;

/// A chart: its name, the text that stands for it, the drawing, the table.
fn figure(caption: &str, alternative: String, frame: &Frame, drawing: Html, table: Html) -> Html {
    html! {
        <figure class="chart">
            <figcaption>{ caption }</figcaption>
            <svg role="img" aria-label={alternative} viewBox={format!("0 0 {} {}", frame.width, frame.height)}>
                { drawing }
            </svg>
            <details>
                <summary>{ "As a table" }<span class="visually-hidden">{ format!(": {caption}") }</span></summary>
                { table }
            </details>
        </figure>
    }
}

/// Predicted against observed.
pub fn calibration(bins: &[CalibrationBin]) -> Html {
    let samples: Vec<Sample> = bins
        .iter()
        .map(|bin| Sample {
            x: bin.predicted,
            y: bin.observed,
            low: bin.low,
            high: bin.high,
        })
        .collect();
    let frame = &CALIBRATION;
    let marks = marks(frame, Scale::Share, Scale::Share, &samples);
    let alternative = format!(
        "Predicted probability and observed share of tunnels: {}.",
        listing(bins.iter().map(|bin| format!(
            "{} predicted, {} observed",
            percent(bin.predicted),
            percent(bin.observed)
        )))
    );
    let drawing = html! {
        <>
            { shares_upwards(frame) }
            { axis_below(frame, Scale::Share, &Scale::Share.ticks(), whole_percent, "Predicted probability") }
            <line class="chart-ideal" x1={at(frame.x(0.0))} y1={at(frame.y(0.0))} x2={at(frame.x(1.0))} y2={at(frame.y(1.0))} />
            { for marks.iter().map(upright) }
        </>
    };
    let columns = [
        number("Predicted"),
        number("Observed"),
        number(term(INTERVAL)),
        number(term(EXAMPLES)),
    ];
    let rows = bins.iter().map(|bin| {
        vec![
            html! { { percent(bin.predicted) } },
            html! { { percent(bin.observed) } },
            html! { { interval(bin.low, bin.high) } },
            html! { { count(bin.examples) } },
        ]
    });
    html! {
        <>
            <p class="caption prose">
                { "On the dashed line a prediction means what it says: of the examples that were given 70 %, 70 % were tunnels. \
                   Above it the model is too careful, below it too sure. Tunnels and benign examples weigh alike." }
            </p>
            { figure("Predicted and observed", alternative, frame, drawing, table("Calibration", &columns, rows)) }
        </>
    }
}

/// Recall against bytes a second.
pub fn by_rate(curve: &Curve, scale: Scale) -> Html {
    let samples: Vec<Sample> = curve
        .points
        .iter()
        .map(|point| Sample {
            x: point.bytes_a_second,
            y: point.recall,
            low: point.low,
            high: point.high,
        })
        .collect();
    let frame = &RATE;
    let marks = marks(frame, scale, Scale::Share, &samples);
    // A tool that is told to ask faster does not always send more: the line goes from left to right.
    let mut along = marks.clone();
    along.sort_by(|a, b| a.x.total_cmp(&b.x));
    let line: Vec<String> = along
        .iter()
        .map(|mark| format!("{},{}", at(mark.x), at(mark.y)))
        .collect();
    let alternative = format!(
        "{}, recall against bytes a second: {}.",
        curve.tool,
        listing(curve.points.iter().map(|point| format!(
            "{} at {}",
            percent(point.recall),
            value(point.bytes_a_second)
        )))
    );
    let drawing = html! {
        <>
            { shares_upwards(frame) }
            { axis_below(frame, scale, &scale.ticks(), power, "Bytes a second") }
            <polyline class="chart-line" points={line.join(" ")} />
            { for marks.iter().map(upright) }
        </>
    };
    figure(
        &curve.tool,
        alternative,
        frame,
        drawing,
        points_table(curve, "Rate"),
    )
}

/// Recall for each label, as lanes below each other.
pub fn by_label(curve: &Curve) -> Html {
    let frame = &Frame {
        left: 112.0,
        height: RATE.top + RATE.bottom + LANE * curve.points.len().max(1) as f64,
        ..RATE
    };
    let head = common_head(curve);
    let caption = match head {
        Some(head) => format!("{}, {head}", curve.tool),
        None => curve.tool.clone(),
    };
    let across = |share: f64| at(frame.x(Scale::Share.place(share)));
    let lanes = frame.lanes(curve.points.len());
    let alternative = format!(
        "{caption}, recall by {}: {}.",
        curve.along,
        listing(curve.points.iter().map(|point| format!(
            "{} {}",
            point.label,
            percent(point.recall)
        )))
    );
    let drawing = html! {
        <>
            { axis_below(frame, Scale::Share, &[0.0, 0.5, 1.0], whole_percent, "Recall") }
            { for curve.points.iter().zip(lanes).map(|(point, y)| html! {
                <g>
                    <text x={at(frame.left - 8.0)} y={at(y + 4.0)} text-anchor="end">{ short(rest(&point.label, head)) }</text>
                    <line class="chart-interval" x1={across(point.low)} x2={across(point.high)} y1={at(y)} y2={at(y)} />
                    <circle class="chart-point" cx={across(point.recall)} cy={at(y)} r="4" />
                </g>
            }) }
        </>
    };
    figure(
        &caption,
        alternative,
        frame,
        drawing,
        points_table(curve, "Encoding"),
    )
}

fn points_table(curve: &Curve, label: &'static str) -> Html {
    let columns = [
        text(label),
        number("Bytes a second"),
        number("Tunnels"),
        number("Found"),
        number(term(RECALL)),
        number(term(INTERVAL)),
    ];
    let rows = curve.points.iter().map(|point| {
        vec![
            html! { { &point.label } },
            html! { { value(point.bytes_a_second) } },
            html! { { count(point.tunnels) } },
            html! { { count(point.found) } },
            html! { { percent(point.recall) } },
            html! { { interval(point.low, point.high) } },
        ]
    });
    table(
        &format!("{} by {}", curve.tool, curve.along),
        &columns,
        rows,
    )
}

/// The vertical axis from nothing to all, with a line across at each tick.
fn shares_upwards(frame: &Frame) -> Html {
    Scale::Share
        .ticks()
        .into_iter()
        .map(|share| {
            let y = frame.y(share);
            html! {
                <g>
                    <line class="chart-grid" x1={at(frame.x(0.0))} x2={at(frame.x(1.0))} y1={at(y)} y2={at(y)} />
                    <text x={at(frame.left - 6.0)} y={at(y + 4.0)} text-anchor="end">{ whole_percent(share) }</text>
                </g>
            }
        })
        .collect()
}

/// The horizontal axis, with a line upwards at each tick.
fn axis_below(
    frame: &Frame,
    scale: Scale,
    ticks: &[f64],
    write: fn(f64) -> String,
    title: &'static str,
) -> Html {
    html! {
        <>
            { for ticks.iter().map(|&tick| {
                let x = frame.x(scale.place(tick));
                html! {
                    <g>
                        <line class="chart-grid" x1={at(x)} x2={at(x)} y1={at(frame.y(0.0))} y2={at(frame.y(1.0))} />
                        <text x={at(x)} y={at(frame.y(0.0) + 16.0)} text-anchor="middle">{ write(tick) }</text>
                    </g>
                }
            }) }
            <text class="chart-title" x={at(frame.x(0.5))} y={at(frame.height - 5.0)} text-anchor="middle">{ title }</text>
        </>
    }
}

fn upright(mark: &Mark) -> Html {
    html! {
        <g>
            <line class="chart-interval" x1={at(mark.x)} x2={at(mark.x)} y1={at(mark.low)} y2={at(mark.high)} />
            <circle class="chart-point" cx={at(mark.x)} cy={at(mark.y)} r="4" />
        </g>
    }
}

/// A place for an attribute, to a tenth of a unit.
fn at(place: f64) -> String {
    format!("{place:.1}")
}

fn interval(low: f64, high: f64) -> String {
    format!("{} – {}", percent(low), percent(high))
}

fn whole_percent(share: f64) -> String {
    format!("{:.0} %", share * 100.0)
}

/// A power of ten in few characters: `0.01`, `100`, `10k`.
fn power(value: f64) -> String {
    if value >= 1e6 {
        format!("{:.0}M", value / 1e6)
    } else if value >= 1e3 {
        format!("{:.0}k", value / 1e3)
    } else if value >= 1.0 {
        format!("{value:.0}")
    } else if value >= 1e-4 {
        format!("{value:.4}").trim_end_matches('0').to_owned()
    } else {
        format!("{value:.0e}")
    }
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
    fn powers_of_ten_are_short() {
        let written = [1e-5, 1e-4, 0.001, 0.1, 1.0, 100.0, 1e4, 1e7].map(power);
        assert_eq!(
            written,
            ["1e-5", "0.0001", "0.001", "0.1", "1", "100", "10k", "10M"]
        );
    }

    #[test]
    fn long_labels_are_cut_between_characters() {
        assert_eq!(short("base32"), "base32");
        assert_eq!(short("büüüüüüüüüüüüüüüü").chars().count(), LABEL);
    }
}
