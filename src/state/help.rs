//! The pages of the help: those of `docs/help/`, one of each detector out of `docs/detections/`, and the keys
//! and words of this build.
//!
//! In: nothing. Out: [`Page`]s as trees of [`Node`]s: the build has read their Markdown.
//! Must not know: how a node is drawn.

use std::borrow::Cow;
use std::sync::LazyLock;

use super::glossary::ALL;
use super::keys::SHORTCUTS;

/// The written pages as the build made them: those of `docs/help/` and then, by name, the detectors'.
static WRITTEN: &str = include_str!(concat!(env!("OUT_DIR"), "/help.txt"));

/// A page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    /// Its name in the address.
    pub name: &'static str,
    /// Its title.
    pub title: &'static str,
    /// Whether it is a detector's.
    pub detection: bool,
    /// What it says.
    pub nodes: Vec<Node>,
}

/// A piece of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Node {
    /// Words.
    Text(Cow<'static, str>),
    /// Pieces in an element.
    In(Tag, Vec<Node>),
}

/// What a text is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
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

/// What a character from 1 on begins, in the order of the build's list (`build.rs`).
const TAGS: [Tag; 13] = [
    Tag::P,
    Tag::Heading,
    Tag::Ul,
    Tag::Ol,
    Tag::Li,
    Tag::Em,
    Tag::Strong,
    Tag::Code,
    Tag::Table,
    Tag::Head,
    Tag::Row,
    Tag::Cell,
    Tag::Number,
];

/// All pages: the written ones of the page's own, its keys and words, then the detectors by name.
#[must_use]
pub fn pages() -> &'static [Page] {
    static READ: LazyLock<Vec<Page>> = LazyLock::new(|| {
        let mut pages: Vec<Page> = WRITTEN.split('\x1e').map(page).collect();
        let first = first_detection(&pages);
        pages.splice(first..first, [keys(), words()]);
        pages
    });
    &READ
}

/// A page as the build writes it.
fn page(written: &'static str) -> Page {
    let mut fields = written.split('\x1f');
    let mut next = || fields.next().unwrap_or_default();
    Page {
        name: next(),
        title: next(),
        detection: !next().is_empty(),
        nodes: nodes(&mut next()),
    }
}

/// What stands here, up to the end of the element.
fn nodes(rest: &mut &'static str) -> Vec<Node> {
    let mut nodes = Vec::new();
    loop {
        let at = rest.find(|letter| letter < ' ').unwrap_or(rest.len());
        let (words, behind) = rest.split_at(at);
        if !words.is_empty() {
            nodes.push(Node::Text(words.into()));
        }
        *rest = behind.get(1..).unwrap_or_default();
        let mark = behind.bytes().next().unwrap_or_default();
        match TAGS.get(usize::from(mark).wrapping_sub(1)) {
            Some(&tag) => nodes.push(Node::In(tag, self::nodes(rest))),
            None => return nodes,
        }
    }
}

/// The place of the first detector's page.
#[must_use]
pub fn first_detection(pages: &[Page]) -> usize {
    let first = pages.iter().position(|page| page.detection);
    first.unwrap_or(pages.len())
}

fn own(name: &'static str, title: &'static str, nodes: Vec<Node>) -> Page {
    Page {
        name,
        title,
        detection: false,
        nodes,
    }
}

fn text(words: impl Into<Cow<'static, str>>) -> Node {
    Node::Text(words.into())
}

fn keys() -> Page {
    let row = |tag, first, what: &'static str| {
        let what = Node::In(Tag::Cell, vec![text(what)]);
        Node::In(tag, vec![Node::In(Tag::Cell, vec![first]), what])
    };
    let mut rows = vec![row(Tag::Head, text("Key"), "What it does")];
    rows.extend(
        SHORTCUTS
            .iter()
            .map(|(key, what)| row(Tag::Row, Node::In(Tag::Code, vec![text(*key)]), what)),
    );
    own("keys", "Keys", vec![Node::In(Tag::Table, rows)])
}

fn words() -> Page {
    let word = |term: &super::glossary::Term| {
        let word = Node::In(Tag::Strong, vec![text(term.word)]);
        Node::In(Tag::P, vec![word, text(format!(": {}", term.meaning))])
    };
    own("words", "Words", ALL.iter().map(word).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use wakeful_engine::detectors;

    #[test]
    fn an_element_ends_where_it_should() {
        let text = |words| Node::Text(Cow::Borrowed(words));
        let mut written = "a\x05b\x08c\0\0d\x0cé\0";
        assert_eq!(
            nodes(&mut written),
            [
                text("a"),
                Node::In(
                    Tag::Li,
                    vec![text("b"), Node::In(Tag::Code, vec![text("c")])]
                ),
                text("d"),
                Node::In(Tag::Cell, vec![text("é")]),
            ]
        );
    }

    #[test]
    fn the_build_and_the_page_mean_the_same_by_a_mark() {
        let page = |name: &str| pages().iter().find(|page| page.name == name).unwrap();
        let reading = &page("reading").nodes;
        assert!(
            matches!(&reading[0], Node::In(Tag::P, inner) if inner.contains(&Node::In(Tag::Em, vec![text("channels")])))
        );
        let table = reading.iter().find_map(|node| match node {
            Node::In(Tag::Table, rows) => Some(rows),
            _ => None,
        });
        let [Node::In(Tag::Head, head), Node::In(Tag::Row, row), ..] = &table.unwrap()[..] else {
            panic!("{table:?}");
        };
        assert_eq!(head[0], Node::In(Tag::Cell, vec![text("Severity")]));
        assert_eq!(row[1], Node::In(Tag::Cell, vec![text("90 and more")]));
        let tools = &page("fingerprints").nodes;
        assert!(
            matches!(&tools[0], Node::In(Tag::P, inner) if inner[0] == Node::In(Tag::Strong, vec![text("Sees")]))
        );
        assert!(
            matches!(tools.last(), Some(Node::In(Tag::Ul, points)) if points.iter().all(|point| matches!(point, Node::In(Tag::Li, inner) if inner.iter().any(|node| matches!(node, Node::In(Tag::Code | Tag::Strong, _))))))
        );
    }

    #[test]
    fn pages_have_names_of_their_own_and_text() {
        let pages = pages();
        let mut names: Vec<&str> = pages.iter().map(|page| page.name).collect();
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
        let pages = pages();
        let written = &pages[first_detection(pages)..];
        assert_eq!(written.len(), detectors::pages().len());
        let letters = |text: &str| -> String {
            let kept = text.chars().filter(|c| c.is_alphanumeric());
            kept.collect()
        };
        for (page, source) in written.iter().zip(detectors::pages()) {
            assert_eq!((page.name, page.title), (source.name, source.title()));
            let mut all = page.title.to_owned();
            words(&page.nodes, &mut all);
            assert_eq!(letters(&all), letters(source.markdown), "{}", page.name);
        }
    }
}
