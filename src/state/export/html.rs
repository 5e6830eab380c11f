//! Findings as a page of their own: to be sent, read and printed without Wakeful.
//!
//! In: findings, marks, answers of look-ups. Out: HTML that loads nothing, runs nothing and links nowhere; names of a
//! log are text in it, defanged.
//! Must not know: what shows it.

use std::fmt::Write;

use wakeful_engine::report::Finding;

use super::super::lookup::Lookups;
use super::super::marks::Marks;
use super::super::text::{defanged, visible};
use super::document::{self, Block};

/// Up to the title. The policy lets even a browser that is fooled load and run nothing.
const HEAD: &str = "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\
<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\
<meta name=\"viewport\" content=\"width=device-width\"><meta name=\"color-scheme\" content=\"light dark\">\
<title>Wakeful: findings</title><style>\
body{font:15px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}\
h2{font:600 1.1rem ui-monospace,monospace;margin-top:2.5rem;padding-top:1rem;border-top:1px solid;overflow-wrap:anywhere}\
table{border-collapse:collapse;width:100%}td,th{padding:.25rem .6rem;text-align:start;vertical-align:top;border-bottom:1px solid #8888;overflow-wrap:anywhere}\
.n{text-align:end;white-space:nowrap}dl{display:grid;grid-template-columns:max-content 1fr;gap:.2rem 1rem}dt{opacity:.75}dd{margin:0;overflow-wrap:anywhere}\
tr,dl{break-inside:avoid}</style></head><body>\n";

/// Several findings: a table of all, then each in full.
#[must_use]
pub fn list(findings: &[&Finding], marks: &Marks, lookups: &Lookups) -> String {
    let mut out = HEAD.to_owned();
    for block in document::list(findings, marks, lookups) {
        put(&mut out, &block);
    }
    let _ = writeln!(
        out,
        "<p>Written by Wakeful {}. Times are in UTC. Names are defanged.</p></body></html>",
        env!("CARGO_PKG_VERSION")
    );
    out
}

fn put(out: &mut String, block: &Block) {
    let _ = match block {
        Block::Title(title) => writeln!(out, "<h1>{}</h1>", text(title)),
        Block::Head(who) => writeln!(out, "<h2>{}</h2>", text(&defanged(who))),
        Block::Text(prose) => writeln!(out, "<p>{}</p>", text(prose)),
        Block::Facts(facts) => {
            let facts = facts
                .iter()
                .map(|(name, what)| format!("<dt>{}</dt><dd>{}</dd>", text(name), text(what)));
            writeln!(out, "<dl>{}</dl>", facts.collect::<String>())
        }
        Block::Table(heads, rows) => {
            let line = |tag: &str, cells: &mut dyn Iterator<Item = &str>| {
                let cells = cells.zip(heads).map(|(cell, (_, number))| {
                    let class = if *number { " class=n" } else { "" };
                    format!("<{tag}{class}>{}</{tag}>", text(cell))
                });
                format!("<tr>{}</tr>\n", cells.collect::<String>())
            };
            let head = line("th", &mut heads.iter().map(|(name, _)| *name));
            let rows = rows
                .iter()
                .map(|row| line("td", &mut row.iter().map(String::as_str)));
            writeln!(
                out,
                "<table><thead>{head}</thead><tbody>\n{}</tbody></table>",
                rows.collect::<String>()
            )
        }
    };
}

/// Text that is nothing but text.
fn text(text: &str) -> String {
    let text = visible(text);
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            _ => out.push(character),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::state::export::example;

    #[test]
    fn nothing_of_a_log_is_markup() {
        let mut hostile = example();
        hostile.sentence = "a <img src=x onerror=alert(1)> & </p><script>\u{202e}".into();
        hostile.client = "</h2><b>".into();
        let page = list(&[&hostile], &Marks::default(), &Lookups::default());
        assert!(!page.contains("<img") && !page.contains("<script") && !page.contains("<b>"));
        assert!(page.contains("a &lt;img src=x onerror=alert(1)&gt; &amp; &lt;/p&gt;"));
        assert!(!page.contains('\u{202e}') && !page.contains("href"));
    }

    #[test]
    fn a_finding_has_its_facts_and_reasons() {
        let page = list(&[&example()], &Marks::default(), &Lookups::default());
        assert!(page.contains("<h1>Wakeful: 1 finding</h1>"));
        assert!(
            page.contains("<dt>Could have left</dt><dd>at most 1.2 kB on the largest day</dd>")
        );
        assert!(page.contains("<td>Names look random</td><td class=n>4.2</td>"));
        assert!(page.ends_with("</body></html>\n"));
    }
}
