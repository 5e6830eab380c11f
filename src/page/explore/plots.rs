//! The pair plot: each of four features against each other, and each by itself.
//!
//! In: the view's state. Out: charts that share a brush.
//! Must not know: what the features mean.

use std::rc::Rc;

use yew::prelude::*;

use crate::chart::{Area, Chart, Spec};
use crate::state::explore::{Brush, Change, Explore, histogram, scatter, title};
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
                { for axes.iter().enumerate().map(|(place, name)| choice(explore, place, name, change)) }
            </div>
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

fn choice(explore: &Explore, place: usize, name: &str, change: &Callback<Change>) -> Html {
    let onchange =
        change.reform(move |event: Event| Change::Axis(place, crate::browser::doc::value(&event)));
    let measures = explore
        .channels
        .iter()
        .flat_map(|channels| &channels.0.measures);
    let about = explore.measure(name).map(|measure| measure.about.clone());
    html! {
        <label class="axis">
            { format!("Feature {}", place + 1) }
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
            Change::Brush(area.map(|area| Brush {
                x: x.clone(),
                y: y.clone(),
                area,
            }))
        })
    };
    let area = props
        .explore
        .brush
        .as_ref()
        .filter(|brush| brush.x == props.x && brush.y == props.y)
        .map(|brush| brush.area);
    let caption = match &props.y {
        Some(y) => format!("{} against {}", title(y), title(&props.x).to_lowercase()),
        None => title(&props.x),
    };
    html! {
        <Chart {caption} text={text(props, &spec)} {spec} {area} onselect={Some(onselect)} />
    }
}

fn text(props: &PlotProps, spec: &Spec) -> String {
    let channels = props
        .explore
        .channels
        .iter()
        .flat_map(|channels| &channels.0.findings);
    let found = channels.clone().flatten().count() as u64;
    let all = channels.count() as u64;
    let usual = spec
        .marks
        .iter()
        .map(|mark| {
            format!(
                " Usual in training is {}.",
                crate::state::format::value(mark.at)
            )
        })
        .next()
        .unwrap_or_default();
    let kind = match props.y {
        Some(_) => "A scatter plot",
        None => "A histogram",
    };
    format!(
        "{kind} of {} channels, {} of them with a finding and {} brushed.{usual}",
        count(all),
        count(found),
        count(props.brushed.len() as u64)
    )
}
