//! The records of the logs: which log, which rows, how far the worker is, the table.
//!
//! In: the view's state. Out: changes of it, and questions to the worker.
//! Must not know: where rows lie.

use std::collections::BTreeSet;
use std::rc::Rc;

use yew::prelude::*;

use super::super::app::Dispatch;
use super::super::controller::Hands;
use super::super::term::Word;
use super::columns::Columns;
use super::detail::Whole;
use super::filter::FilterBar;
use super::grid::Grid;
use crate::parts::exports::{ExportButtons, hand_over};
use crate::parts::veil::Veil;
use crate::state::Action;
use crate::state::export::Format;
use crate::state::format::{bytes, count, counted, duration};
use crate::state::records::{Change, Out, Phase, Records, Sifting};
use crate::wire::Command;
use crate::wire::grid::{Indexed, Log};

/// What [`RecordsView`] is given.
#[derive(Properties, PartialEq)]
pub struct RecordsProps {
    /// Which scan.
    pub scan: u32,
    /// The view's state.
    pub records: Records,
    /// The token of the line to the look-up tab.
    pub lookup_token: Option<AttrValue>,
    /// Takes changes.
    pub dispatch: Dispatch,
}

/// The view.
#[component]
pub fn RecordsView(props: &RecordsProps) -> Html {
    let records = &props.records;
    let change = {
        let dispatch = props.dispatch.clone();
        Callback::from(move |change: Change| dispatch.emit(Action::Records(change)))
    };
    use_worker(props, &change);
    use_out(props, &change);
    html! {
        <section class="records-view" aria-labelledby="records-title">
            <div class="section-head">
                <h2 id="records-title" tabindex="-1">{ "Records" }</h2>
                { logs(records, &change) }
            </div>
            { match &records.phase {
                Phase::Closed | Phase::Indexing { .. } => indexing(&records.phase),
                Phase::Failed(what) => html! { <p class="notice" role="alert">{ what }</p> },
                Phase::Ready(indexed) => ready(props, indexed, &change),
            } }
        </section>
    }
}

fn logs(records: &Records, change: &Callback<Change>) -> Html {
    let rows = |log| match (&records.phase, log) {
        (Phase::Ready(indexed), Log::Dns) => Some(indexed.dns),
        (Phase::Ready(indexed), Log::Conn) => Some(indexed.conn),
        _ => None,
    };
    html! {
        <div class="chips" role="group" aria-label="Log">
            { for [(Log::Dns, "dns.log"), (Log::Conn, "conn.log")].into_iter().map(|(log, name)| {
                let onclick = change.reform(move |_: MouseEvent| Change::Log(log));
                let rows = rows(log);
                html! {
                    <button class="small toggle" aria-pressed={(records.log == log).to_string()} disabled={rows == Some(0)} {onclick}>
                        { name }
                        if let Some(rows) = rows {
                            <span class="muted">{ format!(" {}", count(u64::from(rows))) }</span>
                        }
                    </button>
                }
            }) }
        </div>
    }
}

fn indexing(phase: &Phase) -> Html {
    let (done, total, rows) = match phase {
        Phase::Indexing {
            bytes,
            bytes_total,
            rows,
        } => (*bytes, *bytes_total, *rows),
        _ => (0, 0, 0),
    };
    html! {
        <div class="waiting" role="status">
            <p>{ "Reading the files once more to learn where each row lies: rows are not kept in memory." }</p>
            <progress max="100" value={share(done, total)} aria-label="Reading" />
            <p class="caption">{ format!("{} of {}, {}", bytes(done), bytes(total), counted(rows, "row")) }</p>
        </div>
    }
}

fn share(done: u64, total: u64) -> String {
    format!("{:.0}", done as f64 / total.max(1) as f64 * 100.0)
}

fn ready(props: &RecordsProps, indexed: &Indexed, change: &Callback<Change>) -> Html {
    let records = &props.records;
    html! {
        <>
            { for indexed.notes.iter().map(|note| html! { <p class="hint">{ note }</p> }) }
            <FilterBar
                log={records.log}
                field={records.sheet().field.clone()}
                filter={records.sheet().filter.clone()}
                used={records.sheet().used.iter().map(|(text, _)| text.clone()).collect::<Vec<_>>()}
                columns={records.all_columns().to_vec()}
                change={change.clone()}
            />
            <div class="grid-bar">
                { status(records, indexed, change) }
                { out(props, change) }
                <Columns
                    all={records.all_columns().to_vec()}
                    shown={records.sheet().columns.clone()}
                    pinned={records.sheet().pinned.clone()}
                    change={change.clone()}
                />
            </div>
            if let Some(problem) = &records.problem {
                <p class="hint" role="status">{ problem }</p>
            }
            <div class={classes!("grid-panes", records.detail.is_some().then_some("has-whole"))}>
                <Grid records={records.clone()} change={change.clone()} token={props.lookup_token.clone()} dispatch={props.dispatch.clone()} />
                if records.detail.is_some() {
                    <Whole records={records.clone()} change={change.clone()} />
                }
            </div>
        </>
    }
}

/// The rows that passed, on their way out of the page.
fn out(props: &RecordsProps, change: &Callback<Change>) -> Html {
    let records = &props.records;
    let said = match &records.out {
        Out::Asked(..) => "Writing…".to_owned(),
        Out::Said(what) => what.clone(),
        Out::None | Out::Here(_) => String::new(),
    };
    let act = change.reform(|(format, way)| Change::Out(format, way));
    html! {
        <ExportButtons
            what="the rows found"
            formats={Format::ROWS.to_vec()}
            {act}
            {said}
            disabled={!records.is_ready()}
        />
    }
}

/// Asks the worker for the table, and hands it over when it is here.
#[hook]
fn use_out(props: &RecordsProps, change: &Callback<Change>) {
    let hands = use_context::<Hands>();
    let veil = use_context::<Veil>().unwrap_or_default();
    let (records, ask) = (&props.records, props.records.ask);
    use_effect_with((ask, records.wish()), move |(ask, wish)| {
        if let (Some(hands), Some(wish)) = (hands, wish.clone()) {
            let ask = *ask;
            hands.0.ask(|scan| Command::Table { scan, ask, wish });
        }
    });
    let here = match &records.out {
        Out::Here(written) => Some(Rc::clone(written)),
        _ => None,
    };
    let name = match records.log {
        Log::Dns => "wakeful-dns",
        Log::Conn => "wakeful-conn",
    };
    let (change, found) = (change.clone(), u64::from(records.found()));
    use_effect_with(here, move |here| {
        let Some(written) = here.clone() else { return };
        let (text, format, way) = (&written.text, written.format, written.way);
        let rows = match written.rows < found {
            true => format!(
                "The first {} of {}; filter to get others. ",
                count(written.rows),
                counted(found, "row")
            ),
            false => format!("{}. ", counted(written.rows, "row")),
        };
        let problem = written.problem.clone().unwrap_or_default();
        hand_over(name, text.clone(), format, way, &veil, move |what| {
            change.emit(Change::Left(
                format!("{what} {rows}{problem}").trim_end().to_owned(),
            ));
        });
    });
}

fn status(records: &Records, indexed: &Indexed, change: &Callback<Change>) -> Html {
    let stop = change.reform(|_: MouseEvent| Change::Stop);
    match &records.sifting {
        Sifting::Asked => {
            html! { <p class="grid-status" role="status">{ "Asking the worker…" }</p> }
        }
        Sifting::Running { done, total, found } => html! {
            <div class="grid-status">
                <progress max="100" value={share(u64::from(*done), u64::from(*total))} aria-label="Filtering" />
                <span>{ format!("{} of {} rows looked at, {} found", count(u64::from(*done)), count(u64::from(*total)), count(u64::from(*found))) }</span>
                <button class="small" onclick={stop}>{ "Stop" }</button>
            </div>
        },
        Sifting::Stopped => {
            html! { <p class="grid-status" role="status">{ "Stopped. Change the filter or the order to look again." }</p> }
        }
        Sifting::Ready {
            found,
            total,
            elapsed_ms,
        } => {
            let rows = match found == total {
                true => counted(u64::from(*total), "row"),
                false => format!(
                    "{} of {} rows",
                    count(u64::from(*found)),
                    count(u64::from(*total))
                ),
            };
            let about = format!(
                "The index of all rows takes {} and took {} to make.",
                bytes(indexed.bytes),
                duration(indexed.elapsed_ms / 1000.0)
            );
            html! {
                <p class="grid-status" role="status">
                    <span>
                        { rows }
                        if *elapsed_ms >= 50.0 {
                            <span class="muted">{ format!(", found in {}", duration(elapsed_ms / 1000.0)) }</span>
                        }
                    </span>
                    <span class="grid-about"><Word meaning={about}>{ "times in UTC, values as they stand in the log" }</Word></span>
                </p>
            }
        }
    }
}

/// Opens the view, and asks the worker for what the state wants.
#[hook]
fn use_worker(props: &RecordsProps, change: &Callback<Change>) {
    let hands = use_context::<Hands>();
    let records = &props.records;
    {
        let change = change.clone();
        use_effect_with(props.scan, move |_| change.emit(Change::Open));
    }
    let asked = (records.ask > 0 && records.sifting == Sifting::Asked).then(|| records.sieve());
    {
        let (hands, ask) = (hands.clone(), records.ask);
        use_effect_with((ask, asked), move |(ask, asked)| {
            if let (Some(hands), Some(sieve)) = (hands, asked) {
                let (ask, sieve) = (*ask, sieve.clone());
                hands.0.ask(|scan| Command::Sift { scan, ask, sieve });
            }
        });
    }
    let stopped = records.sifting == Sifting::Stopped;
    {
        let hands = hands.clone();
        use_effect_with(stopped, move |stopped| {
            if let Some(hands) = hands.filter(|_| *stopped) {
                hands.0.ask(|_| Command::StopSifting);
            }
        });
    }
    let whole = records.whole_window();
    let ask = records.ask;
    use_effect_with((ask, whole), move |(ask, whole)| {
        if let (Some(hands), Some(window)) = (hands, whole.clone()) {
            let ask = *ask;
            hands.0.ask(|scan| Command::Rows { scan, ask, window });
        }
    });
}

/// Asks for the rows on the screen that are not here, each page once.
#[hook]
pub fn use_rows(records: &Records, rows: std::ops::Range<u32>) {
    let hands = use_context::<Hands>();
    // What was asked for under which question and with which columns.
    let asked = use_mut_ref(|| ((0, Vec::<String>::new()), BTreeSet::<u32>::new()));
    let key = (records.ask, records.sheet().columns.clone());
    let missing = match key.1.is_empty() {
        true => Vec::new(),
        false => records.missing(rows),
    };
    let windows: Vec<_> = missing
        .iter()
        .map(|page| (*page, records.window(*page)))
        .collect();
    let here = records.pages.clone();
    use_effect_with((key, missing), move |(key, _)| {
        let mut asked = asked.borrow_mut();
        if asked.0 != *key {
            *asked = (key.clone(), BTreeSet::new());
        }
        // What came and was forgotten may be asked for again.
        asked.1.retain(|page| !here.contains_key(page));
        let Some(hands) = hands else { return };
        for (page, window) in windows {
            if asked.1.insert(page) {
                let ask = key.0;
                hands.0.ask(|scan| Command::Rows { scan, ask, window });
            }
        }
    });
}
