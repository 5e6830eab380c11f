//! What a score is made of: its parts, the rules that matched, what would change it.
//!
//! In: parts, proofs, counterfactuals. Out: HTML.
//! Must not know: how any of them came about.

use wakeful_engine::detectors::fingerprints::tool;
use wakeful_engine::report::{Finding, Proof};
use yew::prelude::*;

use crate::page::app::Dispatch;
use crate::page::help::about;
use crate::page::row::tells;
use crate::page::term::explained;
use crate::page::words::{bar, logged};
use crate::state::format::{count, score};
use crate::state::verdict::kind_name;

/// The separate scores; a line at 60 is where an alert begins.
pub fn parts(finding: &Finding, dispatch: &Dispatch) -> Html {
    html! {
        <ul class="parts">
            { for finding.parts.iter().map(|part| {
                let class = if part.score >= 0.6 { "plot-for" } else { "plot-calm" };
                html! {
                    <li data-part={part.name.clone()}>
                        <span class="part-name" title={meaning(&part.name)}>{ about(page(&part.name), &part.name, dispatch) }</span>
                        <span class="part-score"><span class="visually-hidden">{ "score " }</span>{ score(part.score) }</span>
                        { bar(0.0, part.score.clamp(0.0, 1.0) * 100.0, Some(60.0), class) }
                        if !tells(&finding.sentence, &part.text) {
                            <span class="part-text">{ explained(&part.text) }</span>
                        }
                    </li>
                }
            }) }
        </ul>
    }
}

/// The page of the help that a part of the score is explained on.
fn page(name: &str) -> &str {
    match name {
        "content" => "dns-tunnel",
        "long" => "long-connection",
        "strobe" => "beacon",
        other => other,
    }
}

/// What a part of the score judges; nothing of one that is not known here.
fn meaning(name: &str) -> Option<&'static str> {
    Some(match name {
        "content" => "What the names look like: length, letters, disorder",
        "leak" => "How much could have left by the names, types and times",
        "rhythm" => "When the records came",
        "behaviour" => "In which sequence the records came",
        _ => return None,
    })
}

/// A rule's name for people, with the way to what it is: a page of its own, or that of the tools' layouts.
fn rule(rule: &str, dispatch: &Dispatch) -> Html {
    match kind_name(rule) {
        name if name == rule => about("fingerprints", tool(rule).unwrap_or(rule), dispatch),
        name => about(rule, name, dispatch),
    }
}

/// The rules that matched, each with what matched.
pub fn proofs(proofs: &[Proof], dispatch: &Dispatch) -> Html {
    html! {
        <ul class="proofs">
            { for proofs.iter().map(|proof| html! {
                <li data-rule={proof.rule.clone()}>
                    <p>
                        <span class="mark-tag malicious">{ rule(&proof.rule, dispatch) }</span>{ " " }
                        { explained(&proof.text) }
                    </p>
                    <p class="caption">
                        { format!("Matched {} of {} looked at; holds the score at {} or more.", count(proof.matched), count(proof.of), score(proof.at_least)) }
                    </p>
                    if !proof.evidence.is_empty() {
                        <ul class="evidence" tabindex="0" aria-label="What matched">
                            { for proof.evidence.iter().map(|name| html! { <li>{ logged(name) }</li> }) }
                        </ul>
                    }
                </li>
            }) }
        </ul>
    }
}

/// What would bring the finding below an alert: the score as it is and as it would be, each with the line at
/// 60 where an alert begins.
pub fn counterfactuals(finding: &Finding) -> Html {
    html! {
        <ul class="parts counterfactuals">
            <li>
                <span class="part-name">{ "now" }</span>
                <span class="part-score"><span class="visually-hidden">{ "score " }</span>{ score(finding.score) }</span>
                { bar(0.0, finding.score.clamp(0.0, 1.0) * 100.0, Some(60.0), "plot-for") }
            </li>
            { for finding.counterfactuals.iter().map(|one| html! {
                <li data-feature={one.feature.clone()}>
                    <span class="part-name">{ "then" }</span>
                    <span class="part-score"><span class="visually-hidden">{ "score " }</span>{ score(one.score) }</span>
                    { bar(0.0, one.score.clamp(0.0, 1.0) * 100.0, Some(60.0), "plot-calm") }
                    <span class="part-text">{ explained(&one.text) }</span>
                </li>
            }) }
        </ul>
    }
}
