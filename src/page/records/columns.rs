//! Which columns are shown.
//!
//! In: all columns of a log and those shown. Out: changes.
//! Must not know: rows.

use wakeful_query::field;
use yew::prelude::*;

use super::super::words::logged;
use crate::state::records::Change;

#[derive(Properties, PartialEq)]
pub struct ColumnsProps {
    pub all: Vec<String>,
    pub shown: Vec<String>,
    pub pinned: Vec<String>,
    pub change: Callback<Change>,
}

#[component]
pub fn Columns(props: &ColumnsProps) -> Html {
    let reset = props.change.reform(|_: MouseEvent| Change::ResetColumns);
    html! {
        <details class="columns">
            <summary>{ format!("Columns ({} of {})", props.shown.len(), props.all.len()) }</summary>
            <div class="columns-list">
                { for props.all.iter().map(|name| choice(props, name)) }
                <button class="small" onclick={reset}>{ "As at first" }</button>
            </div>
        </details>
    }
}

fn choice(props: &ColumnsProps, name: &str) -> Html {
    let shown = props.shown.iter().any(|known| known == name);
    let onchange = {
        let name = name.to_owned();
        props
            .change
            .reform(move |_: Event| Change::Column(name.clone(), !shown))
    };
    let pinned = props.pinned.iter().any(|known| known == name);
    let pin = {
        let name = name.to_owned();
        props
            .change
            .reform(move |_: MouseEvent| Change::Pin(name.clone(), !pinned))
    };
    html! {
        <div class="columns-one">
            <label>
                <input type="checkbox" checked={shown} {onchange} />
                { logged(name) }
                if let Some(field) = field(name) {
                    <span class="muted">{ field.about }</span>
                }
            </label>
            <button
                class="small quiet"
                data-pin={name.to_owned()}
                aria-pressed={pinned.to_string()}
                aria-label={format!("Pin {name} at the left")}
                title="Stays at the left while the others scroll; three columns at most"
                onclick={pin}
            >{ "Pin" }</button>
        </div>
    }
}
