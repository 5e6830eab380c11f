//! The pages of the help: those of `docs/help/`, one of each detector out of `docs/detections/`, and the keys
//! and words of this build.
//!
//! In: nothing. Out: [`Page`]s as trees of [`Node`]s: the build has read their Markdown.
//! Must not know: how a node is drawn.

use std::sync::LazyLock;

use serde::Deserialize;

use super::glossary::ALL;
use super::keys::SHORTCUTS;

/// The written pages as the build made them: those of `docs/help/` and then, by name, the detectors'.
static WRITTEN: &str = include_str!(concat!(env!("OUT_DIR"), "/help.json"));

/// A page.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Page {
    /// Its name in the address.
    pub name: String,
    /// Its title.
    pub title: String,
    /// Whether it is a detector's.
    pub detection: bool,
    /// What it says.
    pub nodes: Vec<Node>,
}

/// A piece of a text.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Node {
    /// Words.
    Text(String),
    /// Pieces in an element.
    In(Tag, Vec<Node>),
}

/// What a text is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Tag {
    /// A paragraph.
    P,
    /// A heading below the page's title.
    Heading,
    /// A list of points.
    Ul,
    /// A list of steps.
    Ol,
    /// A point or step.
    Li,
    /// Emphasis.
    Em,
    /// Strong emphasis.
    Strong,
    /// What is typed, or stands in a log.
    Code,
    /// A table.
    Table,
    /// Its row of headings.
    Head,
    /// Another row of it.
    Row,
    /// A cell.
    Cell,
    /// A cell of numbers.
    Number,
}

/// All pages: the written ones of the page's own, its keys and words, then the detectors by name.
///
/// # Errors
/// A sentence where the build wrote what it cannot read: a fault of the build, which a test finds.
pub fn pages() -> Result<&'static [Page], &'static str> {
    static READ: LazyLock<Result<Vec<Page>, String>> = LazyLock::new(|| {
        let mut pages: Vec<Page> = serde_json::from_str(WRITTEN)
            .map_err(|error| format!("The help in this build cannot be read ({error})."))?;
        let first = first_detection(&pages);
        pages.splice(first..first, [keys(), words()]);
        Ok(pages)
    });
    READ.as_deref().map_err(String::as_str)
}

/// The place of the first detector's page.
#[must_use]
pub fn first_detection(pages: &[Page]) -> usize {
    let first = pages.iter().position(|page| page.detection);
    first.unwrap_or(pages.len())
}

fn own(name: &str, title: &str, nodes: Vec<Node>) -> Page {
    Page {
        name: name.to_owned(),
        title: title.to_owned(),
        detection: false,
        nodes,
    }
}

fn text(words: &str) -> Node {
    Node::Text(words.to_owned())
}

fn keys() -> Page {
    let row = |tag, first, what: &str| {
        let what = Node::In(Tag::Cell, vec![text(what)]);
        Node::In(tag, vec![Node::In(Tag::Cell, vec![first]), what])
    };
    let mut rows = vec![row(Tag::Head, text("Key"), "What it does")];
    rows.extend(
        SHORTCUTS
            .iter()
            .map(|(key, what)| row(Tag::Row, Node::In(Tag::Code, vec![text(key)]), what)),
    );
    own("keys", "Keys", vec![Node::In(Tag::Table, rows)])
}

fn words() -> Page {
    let word = |term: &super::glossary::Term| {
        let word = Node::In(Tag::Strong, vec![text(term.word)]);
        Node::In(Tag::P, vec![word, text(&format!(": {}", term.meaning))])
    };
    own("words", "Words", ALL.iter().map(word).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use wakeful_engine::detectors;

    #[test]
    fn pages_have_names_of_their_own_and_text() {
        let pages = pages().unwrap();
        let mut names: Vec<&str> = pages.iter().map(|page| page.name.as_str()).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), pages.len());
        assert!(pages.iter().all(|page| !page.nodes.is_empty()));
        assert!(first_detection(pages) >= 5);
    }

    #[test]
    fn every_detector_has_its_page_with_its_title_and_all_its_words() {
        fn words(nodes: &[Node], into: &mut String) {
            for node in nodes {
                match node {
                    Node::Text(text) => into.push_str(text),
                    Node::In(_, nodes) => words(nodes, into),
                }
            }
        }
        let pages = pages().unwrap();
        let written = &pages[first_detection(pages)..];
        assert_eq!(written.len(), detectors::pages().len());
        let letters = |text: &str| -> String {
            let kept = text.chars().filter(|c| c.is_alphanumeric());
            kept.collect()
        };
        for (page, source) in written.iter().zip(detectors::pages()) {
            assert_eq!((&*page.name, &*page.title), (source.name, source.title()));
            let mut all = page.title.clone();
            words(&page.nodes, &mut all);
            assert_eq!(letters(&all), letters(source.markdown), "{}", page.name);
        }
    }
}
