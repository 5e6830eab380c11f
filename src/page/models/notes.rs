//! False alarms on days of many clients, what else was tried, and the data behind it all.
//!
//! In: the evaluation. Out: three parts. Must not know: how a trial is run.

use wakeful_engine::evaluation::{Corpus, Crowd, Evaluation, Tried};
use yew::prelude::*;

use super::tables::{number, table, text};
use crate::state::format::count;

/// What else was tried.
pub fn tried(tried: &[Tried]) -> Html {
    if tried.is_empty() {
        return html! { <p class="muted">{ "Nothing else is noted." }</p> };
    }
    html! { <ul class="tried">{ for tried.iter().map(attempt) }</ul> }
}

/// The data behind it all.
pub fn data(evaluation: &Evaluation) -> Html {
    html! {
        <>
            { corpora(&evaluation.corpora) }
            <dl class="facts">
                <div>
                    <dt>{ "Date" }</dt>
                    <dd>{ match &evaluation.date {
                        Some(date) => html! { <time datetime={date.clone()}>{ date }</time> },
                        None => html! { { "no date noted" } },
                    } }</dd>
                </div>
                <div><dt>{ "With Wakeful" }</dt><dd>{ &evaluation.wakeful }</dd></div>
                <div><dt>{ "Hash of the data" }</dt><dd><code>{ &evaluation.data_hash }</code></dd></div>
            </dl>
            <p class="caption">{ "The same data and the same version give the same figures; the hash tells whether it is the same data." }</p>
        </>
    }
}

fn attempt(tried: &Tried) -> Html {
    let (class, word) = if tried.kept {
        ("mark kept", "Kept")
    } else {
        ("mark", "Not kept")
    };
    html! {
        <li>
            <p><strong>{ &tried.what }</strong>{ " " }<span {class}>{ word }</span></p>
            <p>{ &tried.result }</p>
        </li>
    }
}

/// False alarms on days of many clients.
pub fn crowds(crowds: &[Crowd]) -> Html {
    if crowds.is_empty() {
        return html! { <p class="muted">{ "No such day was run." }</p> };
    }
    let columns = [
        number("Offices"),
        number("Clients"),
        number("Rows of dns.log"),
        number("Registered domains"),
        number("False, by the models in use"),
        number("False, by models that knew nothing like it"),
        number("Over the leak meter’s limit"),
    ];
    let rows = crowds.iter().map(|crowd| {
        [
            crowd.offices,
            crowd.clients,
            crowd.rows,
            crowd.domains,
            crowd.false_domains,
            crowd.false_domains_unseen,
            crowd.leaking_domains,
        ]
        .map(|n| html! { { count(n) } })
        .to_vec()
    });
    html! {
        <>
            <p class="prose">{ "Made-up offices without a tunnel, each with logs of its own, for one day. A domain is false where a client’s look-ups under it are an alert, before any allow list." }</p>
            { table("False alarms", &columns, rows) }
        </>
    }
}

fn corpora(corpora: &[Corpus]) -> Html {
    if corpora.is_empty() {
        return html! { <p class="muted">{ "No corpora are named." }</p> };
    }
    let columns = [
        text("Corpus"),
        text("What it is"),
        text("Licence"),
        number("Rows of dns.log"),
        number("Rows of conn.log"),
    ];
    let rows = corpora.iter().map(|corpus| {
        vec![
            html! { { &corpus.name } },
            html! { <span class="long">{ &corpus.about }</span> },
            html! { <span class="long">{ &corpus.licence }</span> },
            html! { { count(corpus.dns_rows) } },
            html! { { count(corpus.flow_rows) } },
        ]
    });
    table("Corpora", &columns, rows)
}
