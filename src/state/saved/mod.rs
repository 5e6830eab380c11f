//! A report saved to be opened again: the report, the view of it, marks and what was looked up; never records.
//!
//! In: these; a file's bytes. Out: JSON; these again.
//! Must not know: files.
//!
//! The form is that of `wakeful scan --format json` with two fields more, so that a report of the command line
//! opens too, and whatever reads reports reads this.

mod form;

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use wakeful_engine::report::{REPORT_VERSION, Report};
use wakeful_lookup::Entry;

use super::lookup::Lookups;
use super::marks::{self, Marks};

/// The version of what stands beside the report.
const VERSION: u32 = 1;

/// A file that begins so is such a report: its first field, within so many bytes.
const FIRST_FIELD: &[u8] = b"\"report_version\"";
/// How much of a file tells.
pub const HEAD: u64 = 64;

/// What stood beside a report.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Beside {
    /// The address of the view.
    pub address: String,
    /// Marks, as they are kept; empty without any.
    pub marks: String,
    /// Answers of look-ups, as JSON; empty without any.
    pub lookups: String,
}

#[derive(Serialize)]
struct Written {
    lookups: Vec<Entry>,
    session: Session<Box<RawValue>>,
}

#[derive(Serialize, Deserialize)]
struct Session<M> {
    version: u32,
    address: String,
    marks: Option<M>,
}

/// A report with all that opens it as it was.
///
/// # Errors
/// A sentence where something cannot be written.
pub fn write(
    report: &Report,
    lookups: &Lookups,
    address: String,
    marks: &Marks,
) -> Result<String, String> {
    let unwritten = |error: serde_json::Error| error.to_string();
    let marks = match marks.is_empty() {
        true => None,
        false => Some(RawValue::from_string(marks::write(marks)?).map_err(unwritten)?),
    };
    let beside = Written {
        lookups: lookups.memory.entries().cloned().collect(),
        session: Session {
            version: VERSION,
            address,
            marks,
        },
    };
    // One object out of two.
    let mut text = serde_json::to_string_pretty(report).map_err(unwritten)?;
    let beside = serde_json::to_string(&beside).map_err(unwritten)?;
    text.truncate(text.trim_end_matches('}').trim_end().len());
    text.push_str(",\n  ");
    text.push_str(beside.trim_start_matches('{'));
    text.push('\n');
    Ok(text)
}

/// Whether a file that begins so is a saved report.
#[must_use]
pub fn is_report(head: &[u8]) -> bool {
    let mut head = head.trim_ascii_start().iter();
    head.next() == Some(&b'{') && head.as_slice().trim_ascii_start().starts_with(FIRST_FIELD)
}

/// The report of a file as [`unpack`] takes it, and what stood beside it.
///
/// # Errors
/// A sentence with the next step, where it is damaged or of a later version.
pub fn read(bytes: &[u8]) -> Result<(Vec<u8>, Beside), String> {
    #[derive(Deserialize)]
    struct Around<'a> {
        report_version: u32,
        #[serde(borrow, default)]
        lookups: Option<&'a RawValue>,
        #[serde(borrow, default)]
        session: Option<Session<&'a RawValue>>,
    }
    let damaged = |error: serde_json::Error| {
        format!(
            "The saved report could not be read ({error}): the file is damaged or cut. Save it \
             again, or scan the logs again."
        )
    };
    let newer = || {
        "The report was saved by a newer Wakeful. Open it there, or reload this page.".to_owned()
    };
    let text =
        std::str::from_utf8(bytes).map_err(|error| damaged(serde::de::Error::custom(error)))?;
    let around: Around<'_> = serde_json::from_str(text).map_err(damaged)?;
    if around.report_version > REPORT_VERSION {
        return Err(newer());
    }
    let mut beside = Beside::default();
    if let Some(session) = around.session {
        if session.version > VERSION {
            return Err(newer());
        }
        beside.address = session.address;
        beside.marks = session
            .marks
            .map_or(String::new(), |raw| raw.get().to_owned());
    }
    beside.lookups = around
        .lookups
        .map_or(String::new(), |raw| raw.get().to_owned());
    let mut report = Vec::new();
    form::put(&mut report, &form::REPORT, Some(text)).map_err(damaged)?;
    Ok((report, beside))
}

/// The report that [`read`] found.
///
/// # Errors
/// A sentence where it is none.
pub fn unpack(bytes: &[u8]) -> Result<Report, String> {
    postcard::from_bytes(bytes)
        .map_err(|_| "The saved report could not be taken over. Reload the page.".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::state::lookup::tests::{detected, finding, lookups};
    use crate::state::marks::{Change, Desk, Verdict};

    fn opened(bytes: &[u8]) -> (Report, Beside) {
        let (packed, beside) = read(bytes).unwrap();
        (unpack(&packed).unwrap(), beside)
    }

    fn report() -> Report {
        Report {
            report_version: REPORT_VERSION,
            findings: vec![finding("evil.com", 0.7)],
            ..Report::default()
        }
    }

    #[test]
    fn a_report_opens_as_it_was_saved() {
        let mut desk = Desk::default();
        desk.change(Change::Verdict("evil.com".into(), Verdict::Malicious));
        let lookups = lookups(&[("evil.com", detected(10))]);
        let text = write(&report(), &lookups, "view=findings".into(), &desk.now).unwrap();
        assert!(is_report(&text.as_bytes()[..HEAD as usize]), "{text}");
        let (back, beside) = opened(text.as_bytes());
        assert_eq!(back, report());
        assert_eq!(beside.address, "view=findings");
        assert_eq!(marks::read(&beside.marks).unwrap().0, desk.now);
        let entries: Vec<Entry> = serde_json::from_str(&beside.lookups).unwrap();
        assert_eq!(entries.len(), 1);
    }

    #[test]
    fn a_report_of_the_command_line_opens_too() {
        let text = serde_json::to_string_pretty(&report()).unwrap();
        assert!(is_report(text.as_bytes()));
        assert_eq!(opened(text.as_bytes()), (report(), Beside::default()));
    }

    #[test]
    fn what_is_no_report_is_a_log_and_what_is_damaged_or_newer_is_a_sentence() {
        assert!(!is_report(b"{\"ts\":1.0,\"report_version\":1}"));
        assert!(!is_report(b"#separator \\x09"));
        assert!(!is_report(b""));
        let text = serde_json::to_string(&report()).unwrap();
        let cut = read(&text.as_bytes()[..text.len() / 2]).unwrap_err();
        assert!(cut.contains("damaged or cut"), "{cut}");
        let newer = text.replacen("\"report_version\":1", "\"report_version\":99", 1);
        assert!(
            read(newer.as_bytes())
                .unwrap_err()
                .contains("newer Wakeful")
        );
    }
}
