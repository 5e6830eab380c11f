//! One finding in the list.
//!
//! In: the finding, whether it is selected. Out: a selection.
//! Must not know: the rest of the list.

use yew::prelude::*;

use super::app::Dispatch;
use super::words::{badge, bar, sentence, who};
use crate::chart::within;
use crate::state::format::{counted, duration, score};
use crate::state::text::visible;
use crate::state::verdict::{gist, kind};
use crate::state::{Action, Outcome};

/// The id of the button in the row of a rank.
pub fn row_id(rank: usize) -> String {
    format!("finding-{rank}")
}

#[derive(Properties, PartialEq)]
pub struct RowProps {
    pub outcome: Outcome,
    pub at: usize,
    pub selected: bool,
    pub dispatch: Dispatch,
}

#[component]
pub fn Row(props: &RowProps) -> Html {
    let report = &props.outcome.report;
    let Some(finding) = report.findings.get(props.at) else {
        return Html::default();
    };
    let rank = props.at + 1;
    let onclick = {
        let (dispatch, id) = (props.dispatch.clone(), finding.id.clone());
        Callback::from(move |_: MouseEvent| dispatch.emit(Action::Select(id.clone())))
    };
    let lasted = finding
        .first
        .zip(finding.last)
        .filter(|(first, last)| last > first)
        .map_or_else(String::new, |(first, last)| {
            format!(" over {}", duration(last - first))
        });
    let span = (report.span.first, report.span.last);
    let strip = within(span, (finding.first, finding.last));
    html! {
        <li
            class={classes!("finding", format!("sev-{}", finding.severity.name()), props.selected.then_some("selected"))}
            data-severity={finding.severity.name()}
            data-client={finding.client.clone()}
            data-domain={finding.domain.clone()}
            data-peer={finding.peer.clone()}
            data-id={finding.id.clone()}
            data-rank={rank.to_string()}
        >
            <button
                id={row_id(rank)}
                class="finding-open"
                aria-current={props.selected.then_some("true")}
                {onclick}
            >
                <span class="rank"><span class="visually-hidden">{ "Rank " }</span>{ rank }</span>
                { badge(finding.severity) }
                { who(finding) }
                <span class="score">
                    <span class="visually-hidden">{ "score " }</span>
                    <span class="score-number">{ score(finding.score) }</span>
                    { bar(0.0, finding.score * 100.0, None, "plot-score") }
                </span>
                <span class="gist">{ sentence(&gist(finding)) }</span>
                <span class="why">
                    { match finding.reasons.first() {
                        Some(reason) => visible(&reason.text).into_owned(),
                        None => kind(finding).to_owned(),
                    } }
                </span>
                <span class="extent">
                    <span>{ counted(finding.records, "record") }{ lasted }</span>
                    if let Some(strip) = strip {
                        { bar(strip.x, strip.width, None, "plot-span") }
                    }
                </span>
            </button>
        </li>
    }
}
