//! What leaves the page as text: one file a format.
//!
//! In: findings, marks, answers of look-ups. Out: a text, the name to save it by, its media type.
//! Must not know: the clipboard, files.
//!
//! A new format is a file here and a line in [`Format::ALL`]: the menus and the palette list it.

mod csv;
mod document;
mod html;
mod json;
mod markdown;
pub mod table;

pub use json::one as json;
pub use markdown::finding as markdown;

use serde::{Deserialize, Serialize};
use wakeful_engine::report::Finding;

use super::lookup::Lookups;
use super::marks::Marks;

/// A form that the list of findings can be saved in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Format {
    /// Comma-separated, safe to open in a spreadsheet.
    Csv,
    /// A list of findings as the report has them, with the marks.
    Json,
    /// A heading and a table, then each finding.
    Markdown,
    /// The same as a page of its own, to read and print.
    Html,
}

/// How a text leaves the page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// As a file.
    Save,
    /// Through the clipboard.
    Copy,
}

impl Format {
    /// All of them, in the order to offer them.
    pub const ALL: [Self; 4] = [Self::Csv, Self::Json, Self::Markdown, Self::Html];
    /// Those of a table of records.
    pub const ROWS: [Self; 3] = [Self::Csv, Self::Json, Self::Markdown];

    /// What it is called.
    #[must_use]
    pub fn title(self) -> &'static str {
        match self {
            Self::Csv => "CSV",
            Self::Json => "JSON",
            Self::Markdown => "Markdown",
            Self::Html => "HTML",
        }
    }

    /// The end of a file's name.
    #[must_use]
    pub fn extension(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Json => "json",
            Self::Markdown => "md",
            Self::Html => "html",
        }
    }

    /// The media type.
    #[must_use]
    pub fn media(self) -> &'static str {
        match self {
            Self::Csv => "text/csv",
            Self::Json => "application/json",
            Self::Markdown => "text/markdown",
            Self::Html => "text/html",
        }
    }

    /// The findings in this form, in the order given.
    ///
    /// # Errors
    /// A sentence where they cannot be written.
    pub fn write(
        self,
        findings: &[&Finding],
        marks: &Marks,
        lookups: &Lookups,
    ) -> Result<String, String> {
        match self {
            Self::Csv => Ok(csv::write(findings, marks, lookups)),
            Self::Json => json::write(findings, marks, lookups),
            Self::Markdown => Ok(markdown::list(findings, marks, lookups)),
            Self::Html => Ok(html::list(findings, marks, lookups)),
        }
    }
}

#[cfg(test)]
pub(super) fn example() -> Finding {
    use wakeful_engine::report::{Leak, LeakDay, Reason, Severity};
    Finding {
        id: "00ff".into(),
        kind: "dns-tunnel".into(),
        severity: Severity::High,
        score: 0.874,
        client: "10.0.0.1".into(),
        domain: Some("=cmd|' /C calc'!A0.example".into()),
        first: Some(0.0),
        last: Some(60.0),
        records: 10,
        attack: vec!["T1071.004".into()],
        reasons: vec![Reason {
            feature: "query_entropy".into(),
            value: 4.2,
            usual: 2.1,
            push: 1.5,
            text: "Names look random".into(),
        }],
        sentence: "10.0.0.1 asked\tmuch, \"and\" often".into(),
        leak: Some(Leak {
            bytes_a_day: 1234.4,
            days: vec![LeakDay {
                start: 0.0,
                names: 1200.0,
                types: 30.0,
                timing: 4.4,
            }],
        }),
        ..Finding::default()
    }
}
