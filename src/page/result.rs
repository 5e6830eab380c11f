//! The view of the findings: the list and one finding's details.
//!
//! In: the outcome and what of it is shown. Out: the view.
//! Must not know: how findings came about.

use std::rc::Rc;

use yew::prelude::*;

use super::allow::AllowListView;
use super::app::Dispatch;
use super::detail::{Detail, Folds};
use super::findings::Findings;
use super::later::Later;
use super::lookup::LookupPanel;
use crate::state::list::{Lines, List};
use crate::state::lookup::Lookups;
use crate::state::lookup::rank::Ranking;
use crate::state::marks::Desk;
use crate::state::{Decoded, Evidence, Outcome};

#[derive(Properties, PartialEq)]
pub struct FindingsViewProps {
    pub outcome: Outcome,
    pub list: List,
    pub lines: Rc<Lines>,
    pub marks: Desk,
    pub ranking: Rc<Ranking>,
    pub selected: Option<String>,
    pub evidence: Evidence,
    pub lookups: Lookups,
    pub lookup_token: Option<AttrValue>,
    pub payload: Decoded,
    pub masked: bool,
    pub dispatch: Dispatch,
}

#[component]
pub fn FindingsView(props: &FindingsViewProps) -> Html {
    let report = &props.outcome.report;
    let selected = props
        .selected
        .as_ref()
        .and_then(|id| report.findings.iter().position(|finding| &finding.id == id));
    let folds = use_memo((), |()| Folds::default());
    html! {
        <>
            <div class={classes!("panes", selected.is_some().then_some("has-detail"))}>
            <Findings
                outcome={props.outcome.clone()}
                list={props.list.clone()}
                lines={props.lines.clone()}
                marks={props.marks.clone()}
                ranking={props.ranking.clone()}
                lookups={props.lookups.clone()}
                masked={props.masked}
                {selected}
                dispatch={props.dispatch.clone()}
            />
            if let Some(at) = selected {
                <Detail
                    key={at}
                    outcome={props.outcome.clone()}
                    {at}
                    marks={props.marks.clone()}
                    evidence={props.evidence.clone()}
                    payload={props.payload.clone()}
                    folds={(*folds).clone()}
                    lookups={props.lookups.clone()}
                    ranking={props.ranking.clone()}
                    lookup_token={props.lookup_token.clone()}
                    dispatch={props.dispatch.clone()}
                />
            }
        </div>
            <Later>
                <LookupPanel
                    outcome={props.outcome.clone()}
                    lookups={props.lookups.clone()}
                    token={props.lookup_token.clone()}
                    dispatch={props.dispatch.clone()}
                />
                <AllowListView marks={props.marks.now.clone()} dispatch={props.dispatch.clone()} />
            </Later>
        </>
    }
}
