//! Tables that scroll in their own box.
//!
//! In: a name, columns, cells. Out: a table. Must not know: what is in it.

use yew::prelude::*;

/// A column's heading, and whether its cells are numbers.
pub struct Column(pub Html, pub bool);

/// A column of text.
pub fn text(title: impl Into<Html>) -> Column {
    Column(title.into(), false)
}

/// A column of numbers.
pub fn number(title: impl Into<Html>) -> Column {
    Column(title.into(), true)
}

/// A table; the first cell of each row is its heading.
pub fn table(name: &str, columns: &[Column], rows: impl IntoIterator<Item = Vec<Html>>) -> Html {
    html! {
        <div class="scroll" tabindex="0" role="region" aria-label={name.to_owned()}>
            <table>
                <thead>
                    <tr>
                        { for columns.iter().map(|Column(title, number)| html! {
                            <th scope="col" class={number.then_some("number")}>{ title.clone() }</th>
                        }) }
                    </tr>
                </thead>
                <tbody>
                    { for rows.into_iter().map(|cells| html! { <tr>{ row(columns, cells) }</tr> }) }
                </tbody>
            </table>
        </div>
    }
}

fn row(columns: &[Column], cells: Vec<Html>) -> Html {
    cells
        .into_iter()
        .zip(columns)
        .enumerate()
        .map(|(at, (cell, Column(_, number)))| {
            let class = number.then_some("number");
            if at == 0 {
                html! { <th scope="row" {class}>{ cell }</th> }
            } else {
                html! { <td {class}>{ cell }</td> }
            }
        })
        .collect()
}

/// A dash for what could not be told.
pub fn or_dash(text: Option<String>) -> Html {
    match text {
        Some(text) => html! { { text } },
        None => html! { <span class="muted">{ "–" }</span> },
    }
}
