//! The pages of the help: the page's own, and one of each detector out of `docs/detections/`.
//!
//! In: nothing. Out: [`Page`]s in Markdown.
//! Must not know: how Markdown is drawn.

use std::borrow::Cow;
use std::fmt::Write;
use wakeful_engine::detectors;

use super::glossary::ALL;
use super::keys::SHORTCUTS;

/// A page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    /// Its name in the address.
    pub name: &'static str,
    /// Its title.
    pub title: String,
    /// Its text, in Markdown; the title is not in it.
    pub text: Cow<'static, str>,
}

const READING: &str = "
Wakeful looks at *channels*: all records of one client and one registered domain, or of one client and one peer.
It never judges a single query.

A **score** goes from 0 (as ordinary traffic) to 100 (certain).
It is laid between bands that mean the same for every detector: 60 and more is an alert.

| Severity | Score | What to do |
|---|---|---|
| critical | 90 and more | look now |
| high | 80 and more | look today |
| medium | 60 and more | look soon |
| low | 40 and more | when time allows |
| info | 20 and more | unusual, and no alert |

A **reason** is one measured property of the channel: its value here, the usual value among ordinary channels, and how far it pushed the score.
Bars to the right speak for a covert channel, bars to the left against it.

A **proof** is a rule that matched what a known tool writes. It holds the score from below.

The **leak bound** is how much could have left at most: by the names, by the sequence of record types, by the times. It is a bound and not a measurement: a channel that looks large may have carried nothing.

**What would bring it below an alert** is found by scoring again with one property changed. It tells what the verdict hangs on, not what to do.

No alert is no proof that there is no channel: one with very few queries, or one that imitates ordinary traffic closely, may stay below the mark.
";

const MARKING: &str = "
Mark a finding *malicious* or *benign*, write a note, or allow its domain: all of that changes what is shown and never what was read.
A finding that is benign, or whose domain is allowed, is set aside in every list; the line above the list says how many are, and shows them again.
A finding that is marked malicious is never set aside.

A domain is allowed with every name below it: `example.com` allows `a.example.com` and not `badexample.com`.

Every step can be undone (`u`) and done again (`r`).

A mark can be made from the row in the list, too: the small buttons at its end.

Marks last until the tab is closed. *Keep my marks* stores them in this browser on this machine: verdicts, notes, and the names of allowed domains. The logs are never stored.
";

const ADDRESS: &str = "
The address of the page holds the view: which one, how the list is arranged, which finding is open; in the records the log, the filter, the order and the columns; among the channels the features; in a trial the tool with its numbers. So back and forward work, and an address can be kept or sent.

Nothing of the logs stands in it but what you typed into a filter yourself. A finding is named by a number made of its client, domain and kind, which cannot be turned back; a filter set by a click on a value stays out of the address. The address is never sent to a server, but browsers keep it in their history.

With the same logs, the address leads to the same finding.
";

/// All pages: the page's own, then the detectors by name.
#[must_use]
pub fn pages() -> Vec<Page> {
    let own = |name, title: &str, text: Cow<'static, str>| Page {
        name,
        title: title.to_owned(),
        text,
    };
    let mut pages = vec![
        own("reading", "Reading a finding", READING.into()),
        own("marking", "Marks and allowed domains", MARKING.into()),
        own("keys", "Keys", keys().into()),
        own("address", "The address of a view", ADDRESS.into()),
        own("words", "Words", words().into()),
    ];
    pages.extend(
        detectors::pages()
            .iter()
            .map(|page| detection(page.name, page.markdown)),
    );
    pages
}

/// The places of the detectors' pages among [`pages`].
#[must_use]
pub fn first_detection() -> usize {
    pages().len() - detectors::pages().len()
}

fn detection(name: &'static str, text: &'static str) -> Page {
    let (title, rest) = match text.trim_start().strip_prefix("# ") {
        Some(text) => text.split_once('\n').unwrap_or((text, "")),
        None => (name, text),
    };
    Page {
        name,
        title: title.trim().to_owned(),
        text: rest.into(),
    }
}

fn keys() -> String {
    let mut text = String::from("| Key | What it does |\n|---|---|\n");
    for (key, what) in SHORTCUTS {
        let _ = writeln!(text, "| `{key}` | {what} |");
    }
    text
}

fn words() -> String {
    let mut text = String::new();
    for term in ALL {
        let _ = writeln!(text, "**{}**: {}\n", term.word, term.meaning);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_have_names_of_their_own_and_text() {
        let pages = pages();
        let mut names: Vec<&str> = pages.iter().map(|page| page.name).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), pages.len());
        assert!(pages.iter().all(|page| !page.text.trim().is_empty()));
        assert!(first_detection() >= 5);
    }

    #[test]
    fn a_detectors_page_takes_its_title_from_its_text() {
        let page = detection("x", "# Beacon\n\nText.");
        assert_eq!((page.title.as_str(), page.text.trim()), ("Beacon", "Text."));
        assert_eq!(detection("x", "Text.").title, "x");
    }
}
