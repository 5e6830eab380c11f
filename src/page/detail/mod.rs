//! One finding in full: the sentence, what speaks for it, when, what left, who else, its records.
//!
//! In: the finding, what the user decided of it, its records and what its names carried as far as
//! they are here. Out: actions.
//! Must not know: how a score was computed.

mod behaviour;
mod folds;
mod leak;
mod links;
mod payload;
mod rhythm;
mod score;
mod types;

pub use folds::Folds;

use std::rc::Rc;

use wakeful_engine::report::{Context, Finding, Reason, Related};
use yew::prelude::*;

use super::app::{Dispatch, click};
use super::copy::CopyRow;
use super::help::about;
use super::later::Later;
use super::lookup::LookupOf;
use super::reasons;
use super::records::Records;
use super::row::tells;
use super::term::explained;
use super::triage::Triage;
use super::words::{badge, logged, time, who};
use crate::browser::doc;
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
    pub folds: Folds,
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
    let close = click(&props.dispatch, Action::Deselect);
    let parts = parts(props, finding);
    html! {
        <section class="detail" aria-labelledby="detail-title">
            <div class="detail-head">
                <p class="detail-kind">
                    { badge(finding.severity) }{ " " }
                    { about(&finding.kind, kind(finding), &props.dispatch) }
                    { format!(" · rank {} · score {} of 100", props.ranking.rank(props.at), score(props.ranking.score(props.at, finding))) }
                    if let Some(raised) = props.ranking.raised(props.at) {
                        <>{ " " }<span class="mark-tag raised" title={raise(finding.score, raised)}>{ before(finding.score, raised) }</span></>
                    }
                </p>
                <button class="quiet" onclick={close} aria-keyshortcuts="Escape">
                    <span class="narrow-only">{ "‹ Findings" }</span><span class="wide-only">{ "Close" }</span>
                </button>
            </div>
            <h2 id="detail-title" tabindex="-1">{ who(finding) }</h2>
            <p class="detail-sentence">{ explained(&says(finding)) }{ "." }</p>
            <Triage finding={finding.clone()} marks={props.marks.clone()} dispatch={props.dispatch.clone()} />
            <CopyRow finding={finding.clone()} marks={props.marks.now.clone()} lookups={props.lookups.clone()} />
            { facts(finding) }
            <nav class="detail-places" aria-label="In this finding">
                { for parts.iter().map(|part| {
                    let id = part.id();
                    html! {
                        <button key={part.name} class="small quiet" data-part-of={part.name} onclick={Callback::from(move |_: MouseEvent| doc::jump_in(&id, ".detail", ".detail-places"))}>{ part.short }</button>
                    }
                }) }
            </nav>
            // In a box of their own and by name: a part that comes later leaves the others, and the focus in
            // them, where they are.
            <div class="detail-parts">
                { for parts.into_iter().map(|part| html! {
                    <details
                        key={part.name}
                        class="part"
                        data-part={part.name}
                        open={props.folds.is_open(part.name)}
                        ontoggle={
                            let folds = props.folds.clone();
                            Callback::from(move |event: Event| {
                                if let Some(open) = doc::unfolded(&event, "data-part", part.name) {
                                    folds.set(part.name, open);
                                }
                            })
                        }
                    >
                        <summary><h3 id={part.id()} tabindex="-1">{ part.title }</h3></summary>
                        <div class="part-content">
                            if FIRST.contains(&part.name) {
                                { part.content }
                            } else {
                                <Later>{ part.content }</Later>
                            }
                        </div>
                    </details>
                }) }
            </div>
        </section>
    }
}

/// The parts that are read first and so drawn with the finding; each other one is drawn in a task of its own.
const FIRST: [&str; 3] = ["score", "proof", "why"];

/// A part of the details: its name, its title in a word or two and in full, what it shows.
struct Part {
    name: &'static str,
    short: &'static str,
    title: &'static str,
    content: Html,
}

impl Part {
    /// The id of its heading.
    fn id(&self) -> String {
        format!("detail-{}", self.name)
    }
}

/// The parts that a finding has, in their order.
fn parts(props: &DetailProps, finding: &Finding) -> Vec<Part> {
    let mut parts = Vec::new();
    let mut add = |name, short, title, content| {
        parts.push(Part {
            name,
            short,
            title,
            content,
        });
    };
    if !finding.parts.is_empty() {
        let content = score::parts(finding, &props.dispatch);
        add("score", "Score", "What the score is made of", content);
    }
    if !finding.proofs.is_empty() {
        add(
            "proof",
            "Proof",
            "Proof",
            score::proofs(&finding.proofs, &props.dispatch),
        );
    }
    // A rule's only reason is its sentence, which stands above.
    let is_told = |reason: &Reason| tells(&finding.sentence, &reason.text);
    if !finding.reasons.iter().all(is_told) {
        add("why", "Why", "Why", reasons::view(&finding.reasons));
    }
    if !finding.counterfactuals.is_empty() {
        let content = score::counterfactuals(finding);
        let title = "What would bring it below an alert";
        add("hangs", "What if", title, content);
    }
    if let Some(leak) = &finding.leak {
        add("leak", "Leak", "What could have left", leak::meter(leak));
    }
    if let Some(rhythm) = &finding.rhythm {
        let content = html! {
            <rhythm::RhythmView rhythm={rhythm.clone()} first={finding.first} last={finding.last} />
        };
        add("when", "When", "When", content);
    }
    if let Evidence::Here { types, .. } = &props.evidence
        && !types.is_empty()
    {
        let content = html! { <types::TypesView types={types.clone()} /> };
        add("types", "Types", "Which record types", content);
    }
    if let Some(behaviour) = &finding.behaviour {
        let content = behaviour::view(behaviour, &props.dispatch);
        add("sequence", "Sequence", "In which sequence", content);
    }
    if finding.domain.is_some() && !props.outcome.saved {
        let content = payload::view(&props.payload, &props.dispatch);
        add("names", "Names", "What the names carried", content);
    }
    if finding.context != Context::default() {
        add("others", "Who else", "Who else", context(&finding.context));
    }
    if !finding.related.is_empty() {
        let content = related(&finding.related);
        add("related", "Related", "Findings of the same matter", content);
    }
    let records = html! { <Records evidence={props.evidence.clone()} /> };
    add("records", "Records", "Records", records);
    let outside = html! {
        <LookupOf finding={finding.clone()} lookups={props.lookups.clone()} token={props.lookup_token.clone()} dispatch={props.dispatch.clone()} />
    };
    add("outside", "Outside", "From outside", outside);
    add("links", "Links", "Elsewhere", links::view(finding));
    parts
}

fn facts(finding: &Finding) -> Html {
    let lasted = finding
        .first
        .zip(finding.last)
        .filter(|(first, last)| last > first)
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
                { for context.notes.iter().map(|note| html! { <li>{ explained(note) }</li> }) }
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
                    if !other.text.is_empty() { { ": " }{ explained(&other.text) } }
                </li>
            }) }
        </ul>
    }
}
