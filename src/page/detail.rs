//! One finding in full: the sentence, the reasons as bars, its records.
//!
//! In: the finding, its records as far as they are here. Out: actions.
//! Must not know: how a push was computed.

use wakeful_engine::report::{Finding, Reason};
use yew::prelude::*;

use super::app::Dispatch;
use super::copy::CopyRow;
use super::lookup::LookupOf;
use super::records::Records;
use super::words::{badge, bar, logged, sentence, time, who};
use crate::chart::{Run, bars};
use crate::state::format::{count, duration, push, score, value};
use crate::state::lookup::Lookups;
use crate::state::text::visible;
use crate::state::verdict::{gist, kind};
use crate::state::{Action, Evidence, Outcome, attack};

#[derive(Properties, PartialEq)]
pub struct DetailProps {
    pub outcome: Outcome,
    pub at: usize,
    pub evidence: Evidence,
    pub lookups: Lookups,
    pub dispatch: Dispatch,
}

#[component]
pub fn Detail(props: &DetailProps) -> Html {
    let Some(finding) = props.outcome.report.findings.get(props.at) else {
        return Html::default();
    };
    let close = {
        let dispatch = props.dispatch.clone();
        Callback::from(move |_: MouseEvent| dispatch.emit(Action::Deselect))
    };
    html! {
        <section class="detail" aria-labelledby="detail-title">
            <div class="detail-head">
                <p class="detail-kind">
                    { badge(finding.severity) }
                    { format!(" {} · rank {} · score {} of 100", kind(finding), props.at + 1, score(finding.score)) }
                </p>
                <button class="quiet" onclick={close} aria-keyshortcuts="Escape">
                    <span class="narrow-only">{ "‹ Findings" }</span><span class="wide-only">{ "Close" }</span>
                </button>
            </div>
            <h2 id="detail-title" tabindex="-1">{ who(finding) }</h2>
            <p>{ sentence(&gist(finding)) }</p>
            <CopyRow finding={finding.clone()} />
            { facts(finding) }
            <h3>{ "Why" }</h3>
            { reasons(&finding.reasons) }
            <h3>{ "From outside" }</h3>
            <LookupOf finding={finding.clone()} lookups={props.lookups.clone()} />
            <h3>{ "Records" }</h3>
            <Records evidence={props.evidence.clone()} />
        </section>
    }
}

fn facts(finding: &Finding) -> Html {
    let lasted = finding
        .first
        .zip(finding.last)
        .map(|(first, last)| duration(last - first));
    html! {
        <dl class="facts">
            <div><dt>{ "First record (UTC)" }</dt><dd>{ time(finding.first) }</dd></div>
            <div><dt>{ "Last record (UTC)" }</dt><dd>{ time(finding.last) }</dd></div>
            if let Some(lasted) = lasted {
                <div><dt>{ "Duration" }</dt><dd>{ lasted }</dd></div>
            }
            <div><dt>{ "Records" }</dt><dd>{ count(finding.records) }</dd></div>
            if !finding.attack.is_empty() {
                <div class="fact-wide">
                    <dt>{ "MITRE ATT&CK" }</dt>
                    { for finding.attack.iter().map(|id| html! {
                        <dd><span class="technique">{ id }</span>{ " " }{ attack::name(id).unwrap_or_default() }</dd>
                    }) }
                </div>
            }
            <div class="fact-wide"><dt>{ "Finding" }</dt><dd>{ logged(&finding.id) }</dd></div>
        </dl>
    }
}

fn reasons(reasons: &[Reason]) -> Html {
    let pushes: Vec<f64> = reasons.iter().map(|reason| reason.push).collect();
    let plot = bars(&pushes);
    let zero = (plot.zero > 0.0).then_some(plot.zero);
    html! {
        <>
            <p class="caption">
                { "What moved the score, strongest first. Bars to the right speak for a covert channel" }
                if zero.is_some() { { ", bars to the left against it" } }
                { "." }
            </p>
            <ol class="reasons">
                { for reasons.iter().zip(&plot.bars).map(|(reason, run)| one_reason(reason, *run, zero)) }
            </ol>
        </>
    }
}

fn one_reason(reason: &Reason, run: Run, zero: Option<f64>) -> Html {
    let class = if reason.push < 0.0 {
        "plot-against"
    } else {
        "plot-for"
    };
    html! {
        <li class="reason" data-feature={reason.feature.clone()}>
            <span class="reason-text">{ visible(&reason.text).into_owned() }</span>
            <span class="reason-push"><span class="visually-hidden">{ "push " }</span>{ push(reason.push) }</span>
            { bar(run.x, run.width, zero, class) }
            <span class="reason-values">
                <code>{ &reason.feature }</code>
                { format!(" {} · usual {}", value(reason.value), value(reason.usual)) }
            </span>
        </li>
    }
}
