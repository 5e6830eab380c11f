//! When a channel's records came: over its time, and how far apart.
//!
//! In: the rhythm of a finding. Out: two charts, the interval, the scores.
//! Must not know: how an interval is found.

use wakeful_engine::report::Rhythm;
use yew::prelude::*;

use crate::chart::{Axis, Chart, Colour, Draw, Series, Spec, Unit};
use crate::page::term::Word;
use crate::page::words::bar;
use crate::state::format::{count, counted, duration, score};

#[derive(Properties, PartialEq)]
pub struct RhythmProps {
    pub rhythm: Rhythm,
    pub first: Option<f64>,
    pub last: Option<f64>,
}

#[component]
pub fn RhythmView(props: &RhythmProps) -> Html {
    let rhythm = &props.rhythm;
    let key = (rhythm.clone(), props.first, props.last);
    let over = use_memo(key, |(rhythm, first, last)| {
        over_time(rhythm, *first, *last)
    });
    let gaps = use_memo(rhythm.clone(), gap_histogram);
    let most = rhythm.bins.iter().copied().max().unwrap_or_default();
    html! {
        <>
            <p>
                { match rhythm.interval {
                    Some(interval) => format!("A record about every {}.", duration(interval)),
                    None => "No steady interval was found.".to_owned(),
                } }
                { format!(" Taken from {}.", counted(rhythm.records, "record")) }
            </p>
            if !rhythm.scores.is_empty() {
                <ul class="parts">
                    { for rhythm.scores.iter().map(|(name, number)| html! {
                        <li>
                            <span class="part-name">
                                { match meaning(name) {
                                    Some(meaning) => html! { <Word {meaning}>{ name }</Word> },
                                    None => html! { { name } },
                                } }
                            </span>
                            <span class="part-score">{ score(*number) }</span>
                            { bar(0.0, number.clamp(0.0, 1.0) * 100.0, None, "plot-calm") }
                        </li>
                    }) }
                </ul>
            }
            <div class="pair">
                if rhythm.bins.len() > 1 && most > 0 {
                    <Chart
                        caption="Records over its time (UTC)"
                        text={format!("Records in {} equal steps; at most {} in one.", rhythm.bins.len(), count(most))}
                        spec={over}
                    />
                }
                if !rhythm.gaps.is_empty() {
                    <Chart caption="Time from a record to the next" text={describe_gaps(rhythm)} spec={gaps} />
                }
            </div>
        </>
    }
}

/// What a score of the rhythm says; nothing of one that is not known here.
fn meaning(name: &str) -> Option<&'static str> {
    Some(match name {
        "timestamps" => "How alike the gaps between records are: 100 is a clock",
        "sizes" => "How alike the sizes of the records are: 100 is always the same",
        "histogram" => "How evenly the records lie over the hours of the log",
        "duration" => "How much of the log's time the records span",
        "period" => "How strongly one interval stands out of the record of all",
        "steady" => "Whether records come all the time, with no long pause and no beat",
        _ => return None,
    })
}

fn over_time(rhythm: &Rhythm, first: Option<f64>, last: Option<f64>) -> Spec {
    let (start, end) = (first.unwrap_or(0.0), last.unwrap_or(0.0));
    let steps = rhythm.bins.len().max(1) as f64;
    let step = ((end - start) / steps).max(f64::EPSILON);
    let bins = rhythm.bins.iter().map(|&bin| bin as f64).collect();
    Spec::histogram(
        Axis::time(),
        Axis::new("records", Unit::Count),
        start,
        step,
        vec![("records".to_owned(), Colour::Accent, bins)],
    )
    .tall(150)
}

fn gap_histogram(rhythm: &Rhythm) -> Spec {
    let labels = rhythm
        .gaps
        .iter()
        .map(|(bound, _)| format!("≤ {}", duration(*bound)))
        .collect();
    let xs = (0..rhythm.gaps.len()).map(|at| at as f64).collect();
    let ys = rhythm.gaps.iter().map(|(_, count)| *count as f64).collect();
    Spec::over(
        Axis::names(labels),
        Axis::new("gaps", Unit::Count),
        xs,
        vec![Series::new("gaps", Draw::Bars, Colour::Accent, ys)],
    )
    .tall(150)
}

fn describe_gaps(rhythm: &Rhythm) -> String {
    match rhythm.gaps.iter().max_by_key(|(_, count)| *count) {
        Some((bound, number)) => format!(
            "Gaps between records by length. Most of them, {}, are at most {} long.",
            count(*number),
            duration(*bound)
        ),
        None => "Gaps between records by length.".to_owned(),
    }
}
