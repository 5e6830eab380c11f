//! How one feature is spread over the channels of each client, and of each domain.
//!
//! In: the view's state. Out: charts of boxes whose rows brush, the choice of the feature.
//! Must not know: how a spread comes about.

use std::rc::Rc;

use yew::prelude::*;

use super::super::words::logged;
use super::plots::choice;
use crate::chart::{BOX, Behind, Chart};
use crate::state::explore::plots::{box_rows, boxes, training};
use crate::state::explore::{Brush, Change, End, Explore, title};
use crate::state::export::table::Table;
use crate::state::format::{capital, counted};

pub fn section(explore: &Explore, brushed: &[usize], change: &Callback<Change>) -> Html {
    let chosen = change.reform(Change::Spread);
    let other = End::Other.noun(explore.family);
    html! {
        <section class="spreads" aria-labelledby="spreads-title">
            <div class="section-head">
                <h3 id="spreads-title">{ format!("A feature by client and by {other}") }</h3>
                { choice(explore, "Feature by client".to_owned(), &explore.spread, &chosen) }
            </div>
            <p class="caption">
                { "Of all judged channels: a line from the least to the greatest value, a box around the middle half, the median in it; \
                   those with the greatest values, the greatest first. A click on a row brushes its channels, and so does its button in the table." }
            </p>
            <div class="tallies">
                { for [End::Client, End::Other].into_iter().map(|end| chart(explore, end, brushed, change)) }
            </div>
        </section>
    }
}

fn chart(explore: &Explore, end: End, brushed: &[usize], change: &Callback<Change>) -> Html {
    let (Some(spec), Some(measure)) = (
        boxes(explore, end, brushed),
        explore.measure(&explore.spread),
    ) else {
        return Html::default();
    };
    let noun = end.noun(explore.family);
    let caption = format!("{} by {noun}", title(&measure.name));
    let lines = end.spreads(measure);
    let greatest = match lines.first() {
        Some(line) => format!("; {} has the greatest value", line.name),
        None => String::new(),
    };
    let against = explore.baseline(&measure.name);
    let text = format!(
        "Boxes for {}{greatest}.{}",
        counted(lines.len() as u64, noun),
        against.map_or_else(String::new, |spread| format!(
            " {}",
            training(measure, spread)
        ))
    );
    let names: Vec<String> = lines.iter().map(|line| line.name.clone()).collect();
    let onpick = change.reform(move |(_, at): (usize, usize)| {
        let name = names.get(at).cloned();
        Change::Brush(name.map(|name| Brush::End(end, name)))
    });
    let behind = behind(explore, end, brushed, &caption, change);
    html! { <Chart {caption} {text} spec={Rc::new(spec)} {behind} onpick={Some(onpick)} keyless=true /> }
}

fn behind(
    explore: &Explore,
    end: End,
    brushed: &[usize],
    caption: &str,
    change: &Callback<Change>,
) -> Behind {
    let noun = end.noun(explore.family);
    let rows = box_rows(explore, end, brushed);
    let mut columns = vec![capital(noun), "Channels".to_owned()];
    columns.extend(BOX.map(capital));
    columns.push("Drawn and brushed".to_owned());
    let line = |(name, cells): &(String, Vec<String>)| {
        let onclick = {
            let name = name.clone();
            change.reform(move |_: MouseEvent| Change::Brush(Some(Brush::End(end, name.clone()))))
        };
        html! {
            <tr>
                <th scope="row">{ logged(name) }</th>
                <td><button class="small" aria-label={format!("Brush {name}")} {onclick}>{ "Brush" }</button></td>
                { for cells.iter().map(|cell| html! { <td class="number">{ cell }</td> }) }
            </tr>
        }
    };
    let shown = html! {
        <div class="scroll" tabindex="0" role="region" aria-label={caption.to_owned()}>
            <table>
                <thead>
                    <tr>
                        <th scope="col">{ &columns[0] }</th>
                        <th scope="col">{ "Choose" }</th>
                        { for columns[1..].iter().map(|head| html! { <th scope="col" class="number">{ head }</th> }) }
                    </tr>
                </thead>
                <tbody>{ for rows.iter().map(line) }</tbody>
            </table>
        </div>
    };
    let rows = rows.into_iter();
    let rows = rows.map(|(name, cells)| [name].into_iter().chain(cells).collect());
    Behind {
        shown,
        table: Rc::new(Table::whole(columns, rows.collect())),
    }
}
