//! One finding in full: the sentence, what speaks for it, when, what left, who else, its records.
//!
//! In: the finding, what the user decided of it, its records and what its names carried as far as
//! they are here. Out: actions.
//! Must not know: how a score was computed.

mod behaviour;
mod leak;
mod links;
mod payload;
mod rhythm;
mod score;
mod types;

use std::rc::Rc;

use wakeful_engine::report::{Context, Finding, Related};
use yew::prelude::*;

use super::app::Dispatch;
use super::copy::CopyRow;
use super::lookup::LookupOf;
use super::reasons;
use super::records::Records;
use super::triage::Triage;
use super::words::{badge, logged, sentence, time, who};
use crate::state::format::{count, counted, duration, score};
use crate::state::lookup::Lookups;
use crate::state::lookup::rank::Ranking;
use crate::state::lookup::words::{before, raise};
use crate::state::marks::Desk;
use crate::state::verdict::{kind, kind_name, says};
use crate::state::{Action, Decoded, Evidence, Outcome};

#[derive(Properties, PartialEq)]
pub struct DetailProps {
    pub outcome: Outcome,
    pub at: usize,
    pub marks: Desk,
    pub evidence: Evidence,
    pub payload: Decoded,
    pub lookups: Lookups,
    pub ranking: Rc<Ranking>,
    pub lookup_token: Option<AttrValue>,
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
    let section = |title: &str, content: Html| {
        html! { <section class="part"><h3>{ title }</h3>{ content }</section> }
    };
    html! {
        <section class="detail" aria-labelledby="detail-title">
            <div class="detail-head">
                <p class="detail-kind">
                    { badge(finding.severity) }
                    { format!(" {} · rank {} · score {} of 100", kind(finding), props.ranking.rank(props.at), score(props.ranking.score(props.at, finding))) }
                    if let Some(raised) = props.ranking.raised(props.at) {
                        <>{ " " }<span class="mark-tag raised" title={raise(finding.score, raised)}>{ before(finding.score, raised) }</span></>
                    }
                </p>
                <button class="quiet" onclick={close} aria-keyshortcuts="Escape">
                    <span class="narrow-only">{ "‹ Findings" }</span><span class="wide-only">{ "Close" }</span>
                </button>
            </div>
            <h2 id="detail-title" tabindex="-1">{ who(finding) }</h2>
            <p class="detail-sentence">{ sentence(&says(finding)) }{ "." }</p>
            <Triage finding={finding.clone()} marks={props.marks.clone()} dispatch={props.dispatch.clone()} />
            { facts(finding) }
            if !finding.parts.is_empty() {
                { section("What the score is made of", score::parts(&finding.parts)) }
            }
            if !finding.proofs.is_empty() {
                { section("Proof", score::proofs(&finding.proofs)) }
            }
            { section("Why", reasons::view(&finding.reasons)) }
            if !finding.counterfactuals.is_empty() {
                { section("What would bring it below an alert", score::counterfactuals(&finding.counterfactuals)) }
            }
            if let Some(leak) = &finding.leak {
                { section("What could have left", leak::meter(leak)) }
            }
            if let Some(rhythm) = &finding.rhythm {
                <section class="part">
                    <h3>{ "When" }</h3>
                    <rhythm::RhythmView rhythm={rhythm.clone()} first={finding.first} last={finding.last} />
                </section>
            }
            if let Evidence::Here { types, .. } = &props.evidence && !types.is_empty() {
                { section("Which record types", html! { <types::TypesView types={types.clone()} /> }) }
            }
            if let Some(behaviour) = &finding.behaviour {
                { section("In which sequence", behaviour::view(behaviour)) }
            }
            if finding.domain.is_some() {
                { section("What the names carried", payload::view(&props.payload, &props.dispatch)) }
            }
            if finding.context != Context::default() {
                { section("Who else", context(&finding.context)) }
            }
            if !finding.related.is_empty() {
                { section("Findings of the same matter", related(&finding.related)) }
            }
            { section("Records", html! { <Records evidence={props.evidence.clone()} /> }) }
            { section("From outside", html! { <LookupOf finding={finding.clone()} lookups={props.lookups.clone()} token={props.lookup_token.clone()} dispatch={props.dispatch.clone()} /> }) }
            { section("Elsewhere", links::view(finding)) }
            <section class="part">
                <h3>{ "Copy" }</h3>
                <CopyRow finding={finding.clone()} marks={props.marks.now.clone()} lookups={props.lookups.clone()} />
            </section>
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
        </dl>
    }
}

fn context(context: &Context) -> Html {
    let others = match context.other_clients {
        0 => "No other client in these logs asks for it.".to_owned(),
        many => format!("{} in these logs too:", counted(many, "other client")),
    };
    let rest = context
        .other_clients
        .saturating_sub(context.who.len() as u64);
    html! {
        <>
            <p>
                { others }
                { for context.who.iter().map(|client| html! { <>{ " " }{ logged(client) }</> }) }
                if rest > 0 && !context.who.is_empty() { { format!(" and {} more", count(rest)) } }
            </p>
            <ul class="plain">
                if let Some(role) = &context.client_role {
                    <li>{ "The client looks like a " }{ logged(role) }{ "." }</li>
                }
                if let Some(role) = &context.other_role {
                    <li>{ "The other side looks like a " }{ logged(role) }{ "." }</li>
                }
                if context.shared_suffix {
                    <li>{ "Many parties have names under this domain: it says little about who is behind this one." }</li>
                }
                { for context.notes.iter().map(|note| html! { <li>{ sentence(note) }</li> }) }
            </ul>
        </>
    }
}

fn related(related: &[Related]) -> Html {
    html! {
        <ul class="plain">
            { for related.iter().map(|other| html! {
                <li>
                    <strong>{ kind_name(&other.kind) }</strong>
                    if let Some(target) = other.domain.as_ref().or(other.peer.as_ref()) {
                        { " with " }{ logged(target) }
                    }
                    { format!(" (score {})", score(other.score)) }
                    if !other.text.is_empty() { { ": " }{ sentence(&other.text) } }
                </li>
            }) }
        </ul>
    }
}
