//! The records behind a finding, as a table.
//!
//! In: the records as far as they are here. Out: a table that scrolls in itself.
//! Must not know: what a field means.

mod cell;
mod columns;
mod detail;
mod filter;
mod grid;
mod keys;
mod menu;
mod scroll;
mod view;
mod widths;

pub use view::RecordsView;

use wakeful_logs::float;
use yew::prelude::*;

use super::words::logged;
use crate::state::Evidence;
use crate::state::format::{count, moment_exact};
use crate::wire::RecordRow;

#[derive(Properties, PartialEq)]
pub struct RecordsProps {
    pub evidence: Evidence,
}

#[component]
pub fn Records(props: &RecordsProps) -> Html {
    match &props.evidence {
        Evidence::None => Html::default(),
        Evidence::Asked => html! { <p class="caption">{ "Reading them from the file…" }</p> },
        Evidence::Here {
            rows,
            total,
            problem,
            ..
        } => html! {
            <>
                if let Some(problem) = problem {
                    <p class="notice">{ problem }</p>
                }
                if !rows.is_empty() {
                    <p class="caption">
                        { format!("The first {} of {}, as they stand in the log; times in UTC.", count(rows.len() as u64), count((*total).max(rows.len() as u64))) }
                    </p>
                    { table(rows) }
                } else if problem.is_none() {
                    <p class="caption">{ "No records were kept for this finding." }</p>
                }
            </>
        },
    }
}

fn table(rows: &[RecordRow]) -> Html {
    let columns = columns(rows);
    let several = rows.iter().any(|row| row.input != rows[0].input);
    html! {
        <div class="scroll records" tabindex="0" role="region" aria-label="Records of the finding">
            <table>
                <thead>
                    <tr>
                        { for columns.iter().map(|name| html! { <th scope="col">{ logged(name) }</th> }) }
                        if several { <th scope="col">{ "input" }</th> }
                    </tr>
                </thead>
                <tbody>
                    { for rows.iter().map(|row| html! {
                        <tr>
                            { for columns.iter().map(|name| html! { <td>{ cell(row, name) }</td> }) }
                            if several { <td>{ logged(&row.input) }</td> }
                        </tr>
                    }) }
                </tbody>
            </table>
        </div>
    }
}

fn cell(row: &RecordRow, name: &str) -> Html {
    match row.fields.iter().find(|(field, _)| field == name) {
        Some((_, value)) => match record_time(name, value) {
            Some(time) => html! { <time class="logged" title={value.clone()}>{ time }</time> },
            None => logged(value),
        },
        None => Html::default(),
    }
}

/// The time of a record where the log has seconds since 1970.
fn record_time(name: &str, value: &str) -> Option<String> {
    (name == "ts").then(|| float(value))?.map(moment_exact)
}

/// The fields of all rows, each where it first stands; a field of later rows goes behind the one
/// that it follows there.
fn columns(rows: &[RecordRow]) -> Vec<String> {
    let mut columns: Vec<String> = Vec::new();
    for row in rows {
        let mut place = 0;
        for (name, _) in &row.fields {
            match columns.iter().position(|column| column == name) {
                Some(at) => place = at + 1,
                None => {
                    columns.insert(place, name.clone());
                    place += 1;
                }
            }
        }
    }
    columns
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(names: &[&str]) -> RecordRow {
        RecordRow {
            input: "dns.log".into(),
            offset: 0,
            fields: names
                .iter()
                .map(|name| ((*name).to_owned(), String::new()))
                .collect(),
        }
    }

    #[test]
    fn columns_keep_the_order_of_the_log() {
        let rows = [
            row(&["ts", "query"]),
            row(&["ts", "uid", "query", "answers"]),
        ];
        assert_eq!(columns(&rows), ["ts", "uid", "query", "answers"]);
    }
}
