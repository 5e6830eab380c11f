//! When there is no result: nothing could be read, or the scan broke off.
//!
//! In: the inputs and their problems, or what happened. Out: sentences with the next step.
//! Must not know: how to repair it.

use wakeful_engine::report::Input;
use yew::prelude::*;

use super::inputs::ProblemList;
use super::words::logged;
use crate::browser::{clip, doc};
use crate::state::format::{bytes, counted};
use crate::state::{Breakage, Outcome};

/// More inputs than this are not listed.
const LISTED: usize = 50;

#[derive(Properties, PartialEq)]
pub struct UnreadableProps {
    pub outcome: Outcome,
}

#[component]
pub fn Unreadable(props: &UnreadableProps) -> Html {
    let inputs = &props.outcome.report.inputs;
    let rest = inputs.len().saturating_sub(LISTED);
    html! {
        <section class="failure" aria-labelledby="failure-title">
            <svg class="failure-mark" viewBox="0 0 48 48" aria-hidden="true">
                <path d="M24 6L44 41H4z" /><path d="M24 19v11M24 34.5v1.5" />
            </svg>
            <h2 id="failure-title" tabindex="-1">{ "Nothing could be read" }</h2>
            <p>
                { "None of the inputs is a " }<code>{ "dns.log" }</code>{ " or " }<code>{ "conn.log" }</code>
                { " of Zeek (TSV or JSON, plain or gzip), so nothing was examined. This says nothing about your network." }
            </p>
            <p><button class="primary" onclick={Callback::from(|_: MouseEvent| doc::click("files"))}>{ "Choose other files" }</button>{ " or drop them here." }</p>
            <ul class="failure-inputs">
                { for inputs.iter().take(LISTED).map(failed_input) }
            </ul>
            if rest > 0 {
                <p>{ format!("and {}", counted(rest as u64, "more input")) }</p>
            }
        </section>
    }
}

fn failed_input(input: &Input) -> Html {
    html! {
        <li>
            <strong>{ logged(&input.name) }</strong>{ format!(" ({})", bytes(input.bytes)) }
            { for input.set_aside.iter().map(|aside| html! {
                <p>
                    { "This is Zeek’s " }{ logged(&aside.log) }
                    { format!(" log ({}); Wakeful analyses dns.log and conn.log only. Drop those from the same folder.", counted(aside.records, "record")) }
                </p>
            }) }
            if input.problem_count > 0 {
                <ProblemList input={input.clone()} />
            } else if input.set_aside.is_empty() {
                <p>{ "It holds nothing that looks like a log of Zeek. Drop dns.log or conn.log." }</p>
            }
        </li>
    }
}

#[derive(Properties, PartialEq)]
pub struct BrokenProps {
    pub breakage: Breakage,
}

#[component]
pub fn Broken(props: &BrokenProps) -> Html {
    html! {
        <section class="failure" aria-labelledby="failure-title">
            <h2 id="failure-title" tabindex="-1">{ "The scan broke off" }</h2>
            <p>{ &props.breakage.what }</p>
            if let Some(report) = &props.breakage.report {
                <pre class="report" tabindex="0">{ report }</pre>
                <CopyReport report={report.clone()} />
            }
        </section>
    }
}

#[derive(Properties, PartialEq)]
struct CopyReportProps {
    report: String,
}

/// The report holds nothing of the logs: `crate::browser::crash` says what is in it.
#[component]
fn CopyReport(props: &CopyReportProps) -> Html {
    let said = use_state(|| None::<bool>);
    let onclick = {
        let (said, report) = (said.clone(), props.report.clone());
        Callback::from(move |_: MouseEvent| {
            let said = said.clone();
            clip::copy(&report, move |copied| said.set(Some(copied)));
        })
    };
    html! {
        <p>
            <button {onclick}>{ "Copy the report" }</button>
            { " " }
            <span class="caption" role="status">
                { match *said {
                    Some(true) => "Copied. It holds nothing of your logs.",
                    Some(false) => "Not copied: the browser does not allow it here. Select the text.",
                    None => "It holds nothing of your logs.",
                } }
            </span>
        </p>
    }
}
