//! The pair plot: each of four features against each other, and each by itself.
//!
//! In: the view's state. Out: charts that share a brush.
//! Must not know: what the features mean.

use std::rc::Rc;

use yew::prelude::*;

use crate::browser::doc;
use crate::chart::{Area, Chart, key};
use crate::state::explore::plots::{histogram, legend, scatter, training};
use crate::state::explore::{Brush, Change, Explore, Part, title};
use crate::state::format::count;

#[derive(Properties, PartialEq)]
struct PlotProps {
    explore: Explore,
    brushed: Rc<Vec<usize>>,
    x: String,
    /// None: a histogram.
    y: Option<String>,
    change: Callback<Change>,
}

pub fn matrix(explore: &Explore, brushed: &[usize], change: &Callback<Change>) -> Html {
    let brushed = Rc::new(brushed.to_vec());
    let plot = |x: &String, y: Option<&String>| {
        html! {
            <Plot
                explore={explore.clone()}
                brushed={brushed.clone()}
                x={x.clone()}
                y={y.cloned()}
                change={change.clone()}
            />
        }
    };
    let axes = &explore.axes;
    html! {
        <>
            <div class="axes">
                { for axes.iter().enumerate().map(|(place, name)| {
                    let chosen = change.reform(move |name| Change::Axis(place, name));
                    choice(explore, format!("Feature {}", place + 1), name, &chosen)
                }) }
            </div>
            { key(&legend(!brushed.is_empty())) }
            <div class="pairs">
                { for axes.iter().enumerate().map(|(row, y)| html! {
                    <>
                        { for axes[..row].iter().map(|x| plot(x, Some(y))) }
                        { plot(y, None) }
                    </>
                }) }
            </div>
        </>
    }
}

/// A choice among all features.
pub fn choice(explore: &Explore, label: String, name: &str, chosen: &Callback<String>) -> Html {
    let onchange = chosen.reform(|event: Event| doc::value(&event));
    let measures = explore
        .channels
        .iter()
        .flat_map(|channels| &channels.0.measures);
    let about = explore.measure(name).map(|measure| measure.about.clone());
    html! {
        <label class="axis">
            { label }
            <select {onchange} title={about}>
                { for measures.map(|measure| html! {
                    <option value={measure.name.clone()} selected={measure.name == name}>{ title(&measure.name) }</option>
                }) }
            </select>
        </label>
    }
}

/// One plot of the matrix; drawn anew only where what it shows is other.
#[component]
fn Plot(props: &PlotProps) -> Html {
    let spec = {
        let key = (
            props.explore.channels.clone(),
            props.brushed.clone(),
            props.x.clone(),
            props.y.clone(),
        );
        let explore = props.explore.clone();
        use_memo(key, move |(_, brushed, x, y)| {
            match y {
                Some(y) => scatter(&explore, x, y, brushed),
                None => histogram(&explore, x, brushed),
            }
            .map(Rc::new)
        })
    };
    let Some(spec) = (*spec).clone() else {
        return Html::default();
    };
    let onselect = {
        let (x, y) = (props.x.clone(), props.y.clone());
        props.change.reform(move |area: Option<Area>| {
            Change::Brush(area.map(|area| {
                Brush::Part(Part {
                    x: x.clone(),
                    y: y.clone(),
                    area,
                })
            }))
        })
    };
    let area = match &props.explore.brush {
        Some(Brush::Part(part)) if part.x == props.x && part.y == props.y => Some(part.area),
        _ => None,
    };
    let caption = match &props.y {
        Some(y) => format!("{} against {}", title(y), title(&props.x).to_lowercase()),
        None => title(&props.x),
    };
    html! {
        <Chart {caption} text={text(props)} {spec} {area} onselect={Some(onselect)} keyless=true />
    }
}

fn text(props: &PlotProps) -> String {
    let explore = &props.explore;
    let channels = explore.channels.iter();
    let channels = channels.flat_map(|channels| &channels.0.findings);
    let found = channels.clone().flatten().count() as u64;
    let all = channels.count() as u64;
    let against = |name: &String| {
        let (measure, spread) = explore.measure(name).zip(explore.baseline(name))?;
        Some(format!(" {}: {}", title(name), training(measure, spread)))
    };
    let kind = match props.y {
        Some(_) => "A scatter plot",
        None => "A histogram",
    };
    let features = [Some(&props.x), props.y.as_ref()];
    let training: String = features.into_iter().flatten().filter_map(against).collect();
    format!(
        "{kind} of {} channels, {} of them with a finding and {} brushed.{training}",
        count(all),
        count(found),
        count(props.brushed.len() as u64)
    )
}
