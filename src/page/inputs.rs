//! What was read: a table of the inputs, and their problems.
//!
//! In: the report. Out: a table.
//! Must not know: findings.

use std::rc::Rc;

use wakeful_engine::report::Input;
use yew::prelude::*;

use super::words::{logged, sentence};
use crate::parts::exports::of_table;
use crate::state::Outcome;
use crate::state::export::table::Table;
use crate::state::format::{bytes, count, counted};
use crate::state::verdict::{is_log, log_name};

#[derive(Properties, PartialEq)]
pub struct InputsProps {
    pub outcome: Outcome,
}

/// More inputs than this are not listed: a folder may hold tens of thousands.
const LISTED: usize = 500;
const COLUMNS: [&str; 6] = ["Input", "Log", "Format", "Size", "Records", "Notes"];
const NUMBERS: [&str; 2] = ["Size", "Records"];

#[component]
pub fn InputsTable(props: &InputsProps) -> Html {
    let inputs = &props.outcome.report.inputs;
    let rest = inputs.len().saturating_sub(LISTED);
    let all = {
        let outcome = props.outcome.clone();
        move || Rc::new(text(&outcome.report.inputs))
    };
    html! {
        <>
            <div class="scroll" tabindex="0" role="region" aria-label="Inputs">
                <table>
                    <thead>
                        <tr>
                            { for COLUMNS.into_iter().map(|head| html! {
                                <th scope="col" class={NUMBERS.contains(&head).then_some("number")}>{ head }</th>
                            }) }
                        </tr>
                    </thead>
                    <tbody>
                        { for inputs.iter().take(LISTED).map(row) }
                    </tbody>
                </table>
                if rest > 0 {
                    <p>{ format!("and {}; the saved table names all.", counted(rest as u64, "more input")) }</p>
                }
            </div>
            { of_table("the inputs".to_owned(), "wakeful-inputs".to_owned(), all) }
        </>
    }
}

/// The same as text, of all inputs, with the problems that are known by line.
fn text(inputs: &[Input]) -> Table {
    let row = |input: &Input| {
        vec![
            input.name.clone(),
            log_name(input).to_string(),
            input.format.to_string(),
            bytes(input.bytes),
            count(input.records),
            notes_text(input),
        ]
    };
    Table::whole(
        COLUMNS.map(str::to_owned).to_vec(),
        inputs.iter().map(row).collect(),
    )
}

fn notes_text(input: &Input) -> String {
    let aside = input.set_aside.iter().map(|aside| {
        format!(
            "set aside: {} ({})",
            aside.log,
            counted(aside.records, "record")
        )
    });
    let problems = (input.problem_count > 0).then(|| counted(input.problem_count, "problem"));
    let known = input.problems.iter().map(|problem| match problem.line {
        Some(line) => format!("line {}: {}", count(line), problem.what),
        None => problem.what.clone(),
    });
    aside
        .chain(problems)
        .chain(known)
        .collect::<Vec<_>>()
        .join("; ")
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
