//! The detectors' documentation, for help pages.
//!
//! In: nothing. Out: a [`Page`] a detector. The pages are written from the documentation at the top of
//! each detector's file; a test holds the two together.

/// A detector's page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Page {
    /// The detector's name: the kind of its findings, or the part of a verdict.
    pub name: &'static str,
    /// Markdown, with the title as its first line.
    pub markdown: &'static str,
}

impl Page {
    /// The title.
    #[must_use]
    pub fn title(&self) -> &'static str {
        let first = self.markdown.lines().next().unwrap_or_default();
        first.trim_start_matches("# ")
    }
}

macro_rules! page {
    ($name:literal) => {
        Page {
            name: $name,
            markdown: include_str!(concat!("../../../../docs/detections/", $name, ".md")),
        }
    };
}

static PAGES: [Page; 22] = [
    page!("answer-meter"),
    page!("baseline"),
    page!("beacon"),
    page!("behaviour"),
    page!("dga"),
    page!("dns-beacon"),
    page!("dns-tunnel"),
    page!("encrypted-dns"),
    page!("fast-flux"),
    page!("fingerprints"),
    page!("flow-tunnel"),
    page!("foreign-resolver"),
    page!("heavy-dns"),
    page!("icmp-tunnel"),
    page!("leak"),
    page!("long-connection"),
    page!("many-domains"),
    page!("new-domains"),
    page!("not-dns"),
    page!("rhythm"),
    page!("unconnected"),
    page!("upload"),
];

/// All pages, sorted by name.
#[must_use]
pub fn pages() -> &'static [Page] {
    &PAGES
}
