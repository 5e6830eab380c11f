//! Channels in bulk: four features against each other, linked by a brush; clients and domains.
//!
//! In: the view's state. Out: changes of it, a question to the worker; the way to findings and
//! records. Must not know: how a feature comes about.

mod plots;
mod spreads;
mod tallies;

use std::rc::Rc;

use yew::prelude::*;

use super::app::{Dispatch, click};
use super::controller::Hands;
use super::words::logged;
use crate::chart::Unit;
use crate::parts::exports::of_table;
use crate::state::Action;
use crate::state::explore::{Brush, Change, Explore, title, unit};
use crate::state::format::{count, counted};
use crate::state::text::visible;
use crate::wire::Command;
use crate::wire::explore::{Channels, Family};
use crate::wire::grid::Log;

/// Channels of a brush that are listed.
const LISTED: usize = 50;

/// What [`ExploreView`] is given.
#[derive(Properties, PartialEq)]
pub struct ExploreProps {
    /// Which scan.
    pub scan: u32,
    /// The view's state.
    pub explore: Explore,
    /// Takes actions.
    pub dispatch: Dispatch,
}

/// The view.
#[component]
pub fn ExploreView(props: &ExploreProps) -> Html {
    let explore = &props.explore;
    use_channels(props);
    let change = {
        let dispatch = props.dispatch.clone();
        Callback::from(move |change: Change| dispatch.emit(Action::Explore(change)))
    };
    html! {
        <section class="explore" aria-labelledby="explore-title">
            <div class="section-head">
                <h2 id="explore-title" tabindex="-1">{ "Explore" }</h2>
                { families(explore.family, &change) }
            </div>
            { match &explore.channels {
                None => html! { <p class="caption" role="status">{ "Gathering the channels…" }</p> },
                Some(channels) if channels.0.who.is_empty() => nothing(&channels.0, explore.family),
                Some(channels) => body(props, &channels.0, &change),
            } }
        </section>
    }
}

fn families(family: Family, change: &Callback<Change>) -> Html {
    let names = [
        (Family::Dns, "Clients and domains"),
        (Family::Flow, "Clients and servers (flows)"),
    ];
    html! {
        <div class="chips" role="group" aria-label="Channels">
            { for names.into_iter().map(|(one, name)| {
                let onclick = change.reform(move |_: MouseEvent| Change::Family(one));
                html! { <button class="small toggle" aria-pressed={(one == family).to_string()} {onclick}>{ name }</button> }
            }) }
        </div>
    }
}

fn nothing(channels: &Channels, family: Family) -> Html {
    let what = match family {
        Family::Dns => "a client with at least 5 queries for at least 4 names under one domain",
        Family::Flow => "a flow to port 53 or recognised as DNS, from conn.log",
    };
    html! {
        <p class="hint">
            { format!("Nothing to plot: these logs have {}, and none is {what}. Drop logs of a longer time, or the other log as well.", counted(channels.total, "channel")) }
        </p>
    }
}

fn body(props: &ExploreProps, channels: &Channels, change: &Callback<Change>) -> Html {
    let explore = &props.explore;
    let brushed = explore.brushed();
    html! {
        <>
            <p class="prose">{ drawn(channels, explore.family) }</p>
            { plots::matrix(explore, &brushed, change) }
            { chosen(props, channels, &brushed, change) }
            { spreads::section(explore, &brushed, change) }
            { tallies::section(channels, explore.family) }
        </>
    }
}

/// What is drawn, of how many.
fn drawn(channels: &Channels, family: Family) -> String {
    let shown = channels.who.len() as u64;
    let all = match shown == channels.judged {
        true => format!("All {} are drawn", counted(shown, "channel")),
        false => format!(
            "{} of {} are drawn: all with a finding, and of the others a fixed sample",
            count(shown),
            counted(channels.judged, "channel")
        ),
    };
    let small = match (family, channels.total - channels.judged) {
        (_, 0) => String::new(),
        (Family::Flow, small) => format!(", {} are left out", count(small)),
        (Family::Dns, small) => format!(
            "; {} with fewer than 5 queries or 4 names are not judged and left out",
            count(small)
        ),
    };
    format!(
        "{all}{small}. Bands and dashed lines are the channels that the models were trained on. \
         Drag over a plot to brush: the same channels light up in all of them and are listed below."
    )
}

/// Asks for the channels where they are not here.
#[hook]
fn use_channels(props: &ExploreProps) {
    let hands = use_context::<Hands>();
    let key = (
        props.scan,
        props.explore.family,
        props.explore.channels.is_none(),
    );
    use_effect_with(key, move |(_, family, wanted)| {
        if let Some(hands) = hands.filter(|_| *wanted) {
            let family = *family;
            hands.0.ask(|scan| Command::Explore { scan, family });
        }
    });
}

fn chosen(
    props: &ExploreProps,
    channels: &Channels,
    brushed: &[usize],
    change: &Callback<Change>,
) -> Html {
    let explore = &props.explore;
    let clear = change.reform(|_: MouseEvent| Change::Brush(None));
    let Some(brush) = &explore.brush else {
        return html! {
            <p class="caption" role="status">{ "Nothing is brushed." }</p>
        };
    };
    let part = |name: &str, (from, to): (f64, f64)| {
        let unit = explore.measure(name).map_or(Unit::Plain, unit);
        format!(
            "{} {} to {}",
            title(name).to_lowercase(),
            unit.show(from),
            unit.show(to)
        )
    };
    let parts = match brush {
        Brush::End(end, name) => vec![format!("{} {}", end.noun(explore.family), visible(name))],
        Brush::Part(brush) => {
            let y = brush.y.as_ref().zip(brush.area.y);
            let y = y.map(|(y, range)| part(y, range));
            [part(&brush.x, brush.area.x)]
                .into_iter()
                .chain(y)
                .collect()
        }
    };
    html! {
        <section class="brushed" aria-labelledby="brushed-title">
            <div class="section-head">
                <h3 id="brushed-title">{ format!("{} brushed", counted(brushed.len() as u64, "channel")) }</h3>
                <button class="small" onclick={clear}>{ "End the brush" }</button>
            </div>
            <p class="caption" role="status">{ format!("{}.", parts.join(", ")) }</p>
            if !brushed.is_empty() {
                { list(props, channels, brushed) }
            }
        </section>
    }
}

fn list(props: &ExploreProps, channels: &Channels, brushed: &[usize]) -> Html {
    let explore = &props.explore;
    let first = &brushed[..brushed.len().min(LISTED)];
    let table = explore.table(first);
    let all = {
        let (explore, brushed) = (explore.clone(), brushed.to_vec());
        move || Rc::new(explore.table(&brushed))
    };
    html! {
        <>
            <div class="scroll" tabindex="0" role="region" aria-label="Brushed channels">
                <table>
                    <thead>
                        <tr>
                            { for table.columns.iter().enumerate().map(|(at, head)| html! {
                                <th scope="col" class={(at >= ENDS).then_some("number")}>{ head }</th>
                            }) }
                            <th scope="col">{ "Show" }</th>
                        </tr>
                    </thead>
                    <tbody>
                        { for first.iter().zip(&table.rows).map(|(&at, cells)| line(props, channels, at, cells)) }
                    </tbody>
                </table>
            </div>
            { of_table("the brushed channels".to_owned(), "wakeful-brushed-channels".to_owned(), all) }
            if brushed.len() > LISTED {
                <p class="caption">{ format!("The {LISTED} with the highest scores; brush less to see others. All leave the page.") }</p>
            }
        </>
    }
}

/// The first columns of a channel's row are its ends.
const ENDS: usize = 2;

fn line(props: &ExploreProps, channels: &Channels, at: usize, cells: &[String]) -> Html {
    let (client, other) = &channels.who[at];
    let finding = channels.findings[at]
        .clone()
        .map(|id| click(&props.dispatch, Action::Select(id.clone())));
    let records = {
        let (dispatch, (log, filter)) = (
            props.dispatch.clone(),
            filter(props.explore.family, client, other),
        );
        Callback::from(move |_: MouseEvent| dispatch.emit(Action::ShowRecords(log, filter.clone())))
    };
    html! {
        <tr>
            <th scope="row">{ logged(client) }</th>
            <td>{ logged(other) }</td>
            { for cells.iter().skip(ENDS).map(|cell| html! { <td class="number">{ cell }</td> }) }
            <td class="actions">
                if let Some(onclick) = finding {
                    <button class="small" {onclick}>{ "Finding" }</button>
                }
                <button class="small" onclick={records}>{ "Records" }</button>
            </td>
        </tr>
    }
}

/// The rows of a channel, in the language of the records.
fn filter(family: Family, client: &str, other: &str) -> (Log, String) {
    let test = |column: &str, value: &str| {
        wakeful_query::test_of(column, Some(value), true).unwrap_or_default()
    };
    let client = test("id.orig_h", client);
    match family {
        Family::Dns => (
            Log::Dns,
            wakeful_query::and(&client, &test("domain", other)),
        ),
        Family::Flow => (
            Log::Conn,
            wakeful_query::and(&client, &test("id.resp_h", other)),
        ),
    }
}
