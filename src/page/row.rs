//! One finding in the list.
//!
//! In: the finding, whether it is selected. Out: a selection.
//! Must not know: the rest of the list.

use std::rc::Rc;

use wakeful_engine::report::Finding;
use yew::prelude::*;

use super::app::{Dispatch, click};
use super::term::hinted;
use super::words::{badge, bar, who};
use crate::browser::doc;
use crate::chart::within;
use crate::state::format::{counted, duration, score};
use crate::state::lookup::rank::Ranking;
use crate::state::lookup::words::{before, raise};
use crate::state::marks::{Change, Mark, Verdict};
use crate::state::verdict::{kind, says, target};
use crate::state::{Action, Outcome};

/// The id of the button in the row of a finding, by its place in the report from 1: look-ups that
/// change its rank take no focus from it.
pub fn row_id(place: usize) -> String {
    format!("finding-{place}")
}

/// The separate scores in small, for the eye; the details name them.
fn parts(finding: &Finding) -> Html {
    if finding.parts.is_empty() {
        return Html::default();
    }
    let text: Vec<String> = finding
        .parts
        .iter()
        .map(|part| format!("{} {}", part.name, score(part.score)))
        .collect();
    let width = 100.0 / finding.parts.len() as f64;
    html! {
        <svg class="parts-small" viewBox="0 0 100 14" preserveAspectRatio="none" role="img" aria-label={text.join(", ")}>
            <title>{ text.join(" · ") }</title>
            { for finding.parts.iter().enumerate().map(|(at, part)| {
                let tall = (part.score.clamp(0.0, 1.0) * 14.0).max(1.0);
                let class = if part.score >= 0.6 { "on" } else { "off" };
                html! {
                    <rect {class} x={(at as f64 * width + 1.5).to_string()} y={(14.0 - tall).to_string()} width={(width - 3.0).to_string()} height={tall.to_string()} />
                }
            }) }
        </svg>
    }
}

/// Whether a sentence says already what a reason does.
pub fn tells(sentence: &str, reason: &str) -> bool {
    sentence.starts_with(reason.trim_end_matches('.'))
}

/// One stop of the tab key a row: arrow keys lead to its other buttons, and to the rows beside.
fn keys() -> Callback<KeyboardEvent> {
    Callback::from(|event: KeyboardEvent| {
        let (by, across) = match event.key().as_str() {
            "ArrowRight" => (1, false),
            "ArrowLeft" => (-1, false),
            "ArrowDown" => (1, true),
            "ArrowUp" => (-1, true),
            _ => return,
        };
        if doc::rove(&event, ".line", by, across) {
            event.prevent_default();
        }
    })
}

/// What can be decided from the row, without opening it.
fn acts(props: &RowProps, finding: &Finding) -> Html {
    let button = |name: &'static str,
                  glyph: &'static str,
                  title: String,
                  pressed: Option<bool>,
                  action: Action| {
        let onclick = click(&props.dispatch, action);
        html! {
            <button
                class={classes!("small", "act", name)}
                tabindex="-1"
                data-act={name}
                aria-label={title.clone()}
                aria-pressed={pressed.map(|pressed| pressed.to_string())}
                {title}
                {onclick}
            >{ glyph }</button>
        }
    };
    let verdict = |verdict: Verdict, glyph: &'static str, title: &str| {
        let now = props.mark.as_ref().and_then(|mark| mark.verdict);
        let change = Change::Verdict(finding.id.clone(), verdict);
        let title = format!("{title}: {}", target(finding));
        button(
            verdict.name(),
            glyph,
            title,
            Some(now == Some(verdict)),
            Action::Marks(change),
        )
    };
    html! {
        <span class="acts" role="toolbar" aria-label="Your verdict, by the arrow keys">
            { verdict(Verdict::Malicious, "!", "Malicious") }
            { verdict(Verdict::Benign, "✓", "Benign") }
            if let Some(domain) = finding.domain.clone() {
                { button("allow", "∅", format!("Allow the domain {domain}"), None, Action::Marks(Change::Allow(domain.clone(), String::new()))) }
            }
            { button("note-act", "✎", format!("Write a note: {}", target(finding)), None, Action::Note(Some(finding.id.clone()))) }
        </span>
    }
}

#[derive(Properties, PartialEq)]
pub struct RowProps {
    pub outcome: Outcome,
    pub at: usize,
    pub ranking: Rc<Ranking>,
    pub selected: bool,
    #[prop_or_default]
    pub mark: Option<Mark>,
    /// Its place among all lines, where not all of them stand in the document.
    #[prop_or_default]
    pub place: Option<(usize, usize)>,
    pub dispatch: Dispatch,
}

#[component]
pub fn Row(props: &RowProps) -> Html {
    let report = &props.outcome.report;
    let Some(finding) = report.findings.get(props.at) else {
        return Html::default();
    };
    let rank = props.ranking.rank(props.at);
    let ranked_by = props.ranking.score(props.at, finding);
    let onclick = click(&props.dispatch, Action::Select(finding.id.clone()));
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
            class={classes!("line", "finding", format!("sev-{}", finding.severity.name()), props.selected.then_some("selected"))}
            data-severity={finding.severity.name()}
            data-client={finding.client.clone()}
            data-domain={finding.domain.clone()}
            data-peer={finding.peer.clone()}
            data-id={finding.id.clone()}
            data-rank={rank.to_string()}
            aria-posinset={props.place.map(|(at, _)| at.to_string())}
            aria-setsize={props.place.map(|(_, all)| all.to_string())}
            onkeydown={keys()}
        >
            <button
                id={row_id(props.at + 1)}
                class="finding-open"
                aria-current={props.selected.then_some("true")}
                {onclick}
            >
                <span class="rank"><span class="visually-hidden">{ "Rank " }</span>{ rank }</span>
                { badge(finding.severity) }
                { who(finding) }
                <span class="tags">
                    if let Some(raised) = props.ranking.raised(props.at) {
                        <span class="mark-tag raised" title={raise(finding.score, raised)}>{ before(finding.score, raised) }</span>
                    }
                    if let Some(verdict) = props.mark.as_ref().and_then(|mark| mark.verdict) {
                        <span class={classes!("mark-tag", verdict.name())}>{ verdict.name() }</span>
                    }
                </span>
                <span class="score" title="From 0 as ordinary traffic to 100 certain; 60 and more is an alert">
                    <span class="visually-hidden">{ "score " }</span>
                    <span class="score-number">{ score(ranked_by) }</span>
                    { bar(0.0, ranked_by * 100.0, None, "plot-score") }
                    { parts(finding) }
                </span>
                <span class="gist">{ hinted(&says(finding)) }</span>
                <span class="why">
                    { match finding.reasons.first() {
                        // A rule's reason may be its sentence, or begin it: once is enough.
                        Some(reason) if tells(&finding.sentence, &reason.text) => Html::default(),
                        Some(reason) => hinted(&reason.text),
                        None => html! { { kind(finding) } },
                    } }
                </span>
                <span class="extent">
                    <span>{ counted(finding.records, "record") }{ lasted }</span>
                    if let Some(strip) = strip {
                        { bar(strip.x, strip.width, None, "plot-span") }
                    }
                </span>
            </button>
            if props.place.is_some() {
                { acts(props, finding) }
            }
        </li>
    }
}
