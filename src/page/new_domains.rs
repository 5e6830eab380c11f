//! Domains that few ask for and that nobody asked for before: a list to look through.
//!
//! In: the report. Out: a table, and the way to a finding about one of them.
//! Must not know: how the list came about.

use std::rc::Rc;

use wakeful_engine::report::{NewDomain, NewDomains};
use yew::prelude::*;

use super::app::Dispatch;
use super::help::about;
use super::words::{logged, sentence};
use crate::parts::exports::of_table;
use crate::state::export::table::Table;
use crate::state::format::{count, counted, moment, moment_exact, score};
use crate::state::{Action, Outcome};

/// Those that stand at once; the saved table has all that are listed.
const SHOWN: usize = 20;
const COLUMNS: [&str; 6] = [
    "Domain",
    "First asked (UTC)",
    "Clients",
    "Queries",
    "Names",
    "Rank",
];
/// Columns before these are text.
const NUMBERS: usize = 2;

#[derive(Properties, PartialEq)]
pub struct NewDomainsProps {
    pub outcome: Outcome,
    pub dispatch: Dispatch,
}

#[component]
pub fn NewDomainsList(props: &NewDomainsProps) -> Html {
    let list = &props.outcome.report.new_domains;
    if list.why.is_none() && list.count == 0 {
        return Html::default();
    }
    let all = {
        let outcome = props.outcome.clone();
        move || Rc::new(text(&outcome.report.new_domains))
    };
    html! {
        <details class="new-domains">
            <summary>{ summary(list) }</summary>
            <p class="caption">
                { about("new-domains", "New and rare domains", &props.dispatch) }
                { ": few asked for them, and nobody in the earlier part of these logs. A list to look through, no findings. " }
                if let Some(why) = &list.why {
                    { sentence(why) }
                }
            </p>
            if list.count > 0 {
                <div class="scroll" tabindex="0" role="region" aria-label="New and rare domains">
                    <table>
                        <thead>
                            <tr>
                                { for COLUMNS.into_iter().enumerate().map(|(at, head)| html! {
                                    <th scope="col" class={(at >= NUMBERS).then_some("number")}>{ head }</th>
                                }) }
                            </tr>
                        </thead>
                        <tbody>{ for list.domains.iter().take(SHOWN).map(|domain| row(domain, &props.dispatch)) }</tbody>
                    </table>
                </div>
                { of_table("the new domains".to_owned(), "wakeful-new-domains".to_owned(), all) }
            }
        </details>
    }
}

fn summary(list: &NewDomains) -> String {
    match list.count {
        0 => "New and rare domains: none".to_owned(),
        n => counted(n, "new and rare domain"),
    }
}

fn row(domain: &NewDomain, dispatch: &Dispatch) -> Html {
    let name = logged(&domain.domain);
    let open = domain.finding.clone().map(|id| {
        let dispatch = dispatch.clone();
        Callback::from(move |_: MouseEvent| dispatch.emit(Action::Select(id.clone())))
    });
    html! {
        <tr>
            <th scope="row">
                if let Some(onclick) = open {
                    <button type="button" class="link" title="Opens the finding about it" {onclick}>{ name }</button>
                } else {
                    { name }
                }
            </th>
            <td>{ moment(domain.first) }</td>
            <td class="number" title={domain.who.join(", ")}>{ count(domain.clients) }</td>
            <td class="number">{ count(domain.queries) }</td>
            <td class="number">{ count(domain.names) }</td>
            <td class="number">{ score(domain.rank) }</td>
        </tr>
    }
}

/// The same as text, of all that are listed, with who asked first.
fn text(list: &NewDomains) -> Table {
    let mut columns = COLUMNS.map(str::to_owned).to_vec();
    columns.extend(["Who".to_owned(), "Finding".to_owned()]);
    let row = |domain: &NewDomain| {
        vec![
            domain.domain.clone(),
            moment_exact(domain.first),
            count(domain.clients),
            count(domain.queries),
            count(domain.names),
            score(domain.rank),
            domain.who.join(" "),
            domain.finding.clone().unwrap_or_default(),
        ]
    };
    Table::whole(columns, list.domains.iter().map(row).collect())
}
