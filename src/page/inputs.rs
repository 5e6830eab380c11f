//! What was read: a table of the inputs, and their problems.
//!
//! In: the report. Out: a table.
//! Must not know: findings.

use wakeful_engine::report::Input;
use yew::prelude::*;

use super::words::{logged, sentence};
use crate::state::Outcome;
use crate::state::format::{bytes, count, counted};
use crate::state::verdict::{is_log, log_name};

#[derive(Properties, PartialEq)]
pub struct InputsProps {
    pub outcome: Outcome,
}

/// More inputs than this are not listed: a folder may hold tens of thousands.
const LISTED: usize = 500;

#[component]
pub fn InputsTable(props: &InputsProps) -> Html {
    let inputs = &props.outcome.report.inputs;
    let rest = inputs.len().saturating_sub(LISTED);
    html! {
        <div class="scroll" tabindex="0" role="region" aria-label="Inputs">
            <table>
                <thead>
                    <tr>
                        <th scope="col">{ "Input" }</th>
                        <th scope="col">{ "Log" }</th>
                        <th scope="col">{ "Format" }</th>
                        <th scope="col" class="number">{ "Size" }</th>
                        <th scope="col" class="number">{ "Records" }</th>
                        <th scope="col">{ "Notes" }</th>
                    </tr>
                </thead>
                <tbody>
                    { for inputs.iter().take(LISTED).map(row) }
                </tbody>
            </table>
            if rest > 0 {
                <p>{ format!("and {}; the saved report names all.", counted(rest as u64, "more input")) }</p>
            }
        </div>
    }
}

fn row(input: &Input) -> Html {
    html! {
        <tr class={(!is_log(input)).then_some("muted")}>
            <th scope="row">{ logged(&input.name) }</th>
            <td>{ log_name(input) }</td>
            <td>{ &input.format }</td>
            <td class="number">{ bytes(input.bytes) }</td>
            <td class="number">{ count(input.records) }</td>
            <td>{ notes(input) }</td>
        </tr>
    }
}

fn notes(input: &Input) -> Html {
    html! {
        <>
            { for input.set_aside.iter().map(|aside| html! {
                <p>{ "set aside: " }{ logged(&aside.log) }{ format!(" ({})", counted(aside.records, "record")) }</p>
            }) }
            if input.problem_count > 0 {
                <details class="problems">
                    <summary class="warn">{ counted(input.problem_count, "problem") }</summary>
                    <ProblemList input={input.clone()} />
                </details>
            } else if input.set_aside.is_empty() {
                { "–" }
            }
        </>
    }
}

#[derive(Properties, PartialEq)]
pub struct ProblemProps {
    pub input: Input,
}

/// The problems of one input, with their lines.
#[component]
pub fn ProblemList(props: &ProblemProps) -> Html {
    let input = &props.input;
    let rest = input
        .problem_count
        .saturating_sub(input.problems.len() as u64);
    html! {
        <ul class="problem-list">
            { for input.problems.iter().map(|problem| html! {
                <li>
                    if let Some(line) = problem.line {
                        <span class="line">{ format!("line {}: ", count(line)) }</span>
                    }
                    { sentence(&problem.what) }
                </li>
            }) }
            if rest > 0 {
                <li>{ format!("and {}", counted(rest, "more problem")) }</li>
            }
        </ul>
    }
}
