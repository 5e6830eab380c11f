//! Small pieces that several parts of the page share.
//!
//! In: plain values. Out: HTML.
//! Must not know: the state.

use wakeful_engine::report::{Finding, Severity};
use yew::prelude::*;

use crate::state::format::{iso, moment};
use crate::state::text::visible;
use crate::state::verdict::target;

/// Text out of a log: escaped, and kept from turning its surroundings around.
pub fn logged(text: &str) -> Html {
    html! { <bdi class="logged">{ visible(text).into_owned() }</bdi> }
}

/// A sentence of ours that may quote a log: escaped likewise.
pub fn sentence(text: &str) -> Html {
    html! { <bdi>{ visible(text).into_owned() }</bdi> }
}

/// A moment, exact for programs and readable for people; a dash without one.
pub fn time(seconds: Option<f64>) -> Html {
    match seconds {
        Some(seconds) => {
            html! { <time datetime={iso(seconds)}>{ moment(seconds) }</time> }
        }
        None => html! { {"–"} },
    }
}

/// The word for a severity, in its colour.
pub fn badge(severity: Severity) -> Html {
    let name = severity.name();
    html! { <span class={classes!("badge", format!("sev-{name}"))}>{ name }</span> }
}

/// Who talks to whom.
pub fn who(finding: &Finding) -> Html {
    html! {
        <span class="who">
            { logged(&finding.client) }
            <span class="arrow" aria-hidden="true">{ " → " }</span>
            <span class="visually-hidden">{ " talks to " }</span>
            { logged(target(finding)) }
        </span>
    }
}

/// A horizontal bar in its own little plot; `class` colours it.
pub fn bar(x: f64, width: f64, zero: Option<f64>, class: &'static str) -> Html {
    html! {
        <svg class={classes!("plot", class)} viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true">
            <rect class="plot-ground" x="0" y="0" width="100" height="8" />
            <rect class="plot-bar" x={x.to_string()} y="0" width={width.to_string()} height="8" />
            if let Some(zero) = zero {
                <rect class="plot-zero" x={(zero - 0.25).max(0.0).to_string()} y="0" width="0.5" height="8" />
            }
        </svg>
    }
}
