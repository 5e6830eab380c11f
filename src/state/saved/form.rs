//! From a report's JSON to the bytes that cross from the worker, without a reader of its own for every type.
//!
//! In: JSON. Out: postcard, from which the page reads a report anyway.
//! Must not know: what a field means.
//!
//! Reading JSON by serde would put code for each of the report's thirty types into the page a second time, a
//! fiftieth of all that loads at first. So the fields are listed here, in the order in which postcard has them, and one
//! function goes by the list. A test holds the list against serde's reading of whole reports.

use std::collections::BTreeMap;

use serde_json::value::RawValue;

/// What stands where.
pub(super) enum Form {
    /// A whole number.
    Whole,
    /// A number.
    Number,
    /// Yes or no.
    Flag,
    /// Text.
    Text,
    /// One of these words.
    Word(&'static [&'static str]),
    /// This or nothing.
    Maybe(&'static Form),
    /// Any number of these.
    Many(&'static Form),
    /// One after the other.
    Pair(&'static Form, &'static Form),
    /// Fields by their names; one that is not there is empty, as in reports from before there was one.
    Fields(&'static [(&'static str, Form)]),
}

use Form::{Fields, Flag, Many, Maybe, Number, Pair, Text, Whole, Word};

const TEXTS: Form = Many(&Text);
const WHOLES: Form = Many(&Whole);
const MAYBE_TEXT: Form = Maybe(&Text);
const MAYBE_NUMBER: Form = Maybe(&Number);

/// A report.
pub(super) const REPORT: Form = Fields(&[
    ("report_version", Whole),
    ("wakeful", Text),
    ("inputs", Many(&INPUT)),
    (
        "span",
        Fields(&[("first", MAYBE_NUMBER), ("last", MAYBE_NUMBER)]),
    ),
    ("findings", Many(&FINDING)),
    (
        "counts",
        Fields(&[
            ("critical", Whole),
            ("high", Whole),
            ("medium", Whole),
            ("low", Whole),
            ("info", Whole),
        ]),
    ),
    (
        "census",
        Fields(&[
            ("clients", Whole),
            ("domains", Whole),
            ("names", Whole),
            ("dns_channels", Whole),
            ("flow_channels", Whole),
        ]),
    ),
    (
        "detectors",
        Many(&Fields(&[
            ("name", Text),
            ("title", Text),
            ("ran", Flag),
            ("why", MAYBE_TEXT),
        ])),
    ),
    ("notes", Many(&Fields(&[("kind", Text), ("text", Text)]))),
    (
        "timeline",
        Fields(&[
            ("start", Number),
            ("step", Number),
            ("dns", WHOLES),
            ("conn", WHOLES),
        ]),
    ),
    (
        "leaks",
        Fields(&[
            ("days", Number),
            ("bounds", WHOLES),
            (
                "largest",
                Many(&Fields(&[
                    ("bytes", Whole),
                    ("day", Number),
                    ("client", Text),
                    ("domain", Text),
                ])),
            ),
            ("channel_days", Whole),
        ]),
    ),
    (
        "new_domains",
        Fields(&[
            ("why", MAYBE_TEXT),
            ("since", MAYBE_NUMBER),
            ("count", Whole),
            (
                "domains",
                Many(&Fields(&[
                    ("domain", Text),
                    ("rank", Number),
                    ("first", Number),
                    ("clients", Whole),
                    ("who", TEXTS),
                    ("queries", Whole),
                    ("names", Whole),
                    ("missing", Whole),
                    ("finding", MAYBE_TEXT),
                ])),
            ),
        ]),
    ),
]);

const INPUT: Form = Fields(&[
    ("name", Text),
    ("format", Text),
    ("kind", Text),
    ("bytes", Whole),
    ("records", Whole),
    (
        "set_aside",
        Many(&Fields(&[("log", Text), ("records", Whole)])),
    ),
    ("problem_count", Whole),
    (
        "problems",
        Many(&Fields(&[("line", Maybe(&Whole)), ("what", Text)])),
    ),
]);

const FINDING: Form = Fields(&[
    ("id", Text),
    ("kind", Text),
    (
        "severity",
        Word(&["info", "low", "medium", "high", "critical"]),
    ),
    ("score", Number),
    ("client", Text),
    ("domain", MAYBE_TEXT),
    ("peer", MAYBE_TEXT),
    ("first", MAYBE_NUMBER),
    ("last", MAYBE_NUMBER),
    ("records", Whole),
    ("attack", TEXTS),
    (
        "reasons",
        Many(&Fields(&[
            ("feature", Text),
            ("value", Number),
            ("usual", Number),
            ("push", Number),
            ("text", Text),
        ])),
    ),
    ("sentence", Text),
    (
        "parts",
        Many(&Fields(&[
            ("name", Text),
            ("score", Number),
            ("text", Text),
        ])),
    ),
    (
        "proofs",
        Many(&Fields(&[
            ("rule", Text),
            ("at_least", Number),
            ("text", Text),
            ("evidence", TEXTS),
            ("matched", Whole),
            ("of", Whole),
        ])),
    ),
    (
        "leak",
        Maybe(&Fields(&[
            ("bytes_a_day", Number),
            (
                "days",
                Many(&Fields(&[
                    ("start", Number),
                    ("names", Number),
                    ("types", Number),
                    ("timing", Number),
                ])),
            ),
        ])),
    ),
    (
        "rhythm",
        Maybe(&Fields(&[
            ("interval", MAYBE_NUMBER),
            ("records", Whole),
            ("scores", Many(&Pair(&Text, &Number))),
            ("gaps", Many(&Pair(&Number, &Whole))),
            ("bins", WHOLES),
        ])),
    ),
    (
        "behaviour",
        Maybe(&Fields(&[
            ("letters", Text),
            ("bits", Number),
            ("states", TEXTS),
            ("matrix", Many(&WHOLES)),
            (
                "surprising",
                Many(&Fields(&[
                    ("from", Text),
                    ("to", Text),
                    ("count", Whole),
                    ("usual", Number),
                    ("bits", Number),
                ])),
            ),
        ])),
    ),
    (
        "context",
        Fields(&[
            ("other_clients", Whole),
            ("who", TEXTS),
            ("client_role", MAYBE_TEXT),
            ("other_role", MAYBE_TEXT),
            ("shared_suffix", Flag),
            ("notes", TEXTS),
        ]),
    ),
    (
        "counterfactuals",
        Many(&Fields(&[
            ("feature", Text),
            ("value", Number),
            ("needed", Number),
            ("score", Number),
            ("text", Text),
        ])),
    ),
    (
        "related",
        Many(&Fields(&[
            ("kind", Text),
            ("domain", MAYBE_TEXT),
            ("peer", MAYBE_TEXT),
            ("score", Number),
            ("text", Text),
        ])),
    ),
]);

/// Puts JSON into postcard; nothing is put as what is empty.
///
/// # Errors
/// Where the JSON is damaged, or other than the form.
pub(super) fn put(out: &mut Vec<u8>, form: &Form, json: Option<&str>) -> serde_json::Result<()> {
    match (form, json) {
        (Whole, json) => whole(out, json.map_or(Ok(0), serde_json::from_str)?),
        (Number, json) => {
            let number: f64 = json.map_or(Ok(0.0), serde_json::from_str)?;
            out.extend_from_slice(&number.to_le_bytes());
        }
        (Flag, json) => out.push(u8::from(json.map_or(Ok(false), serde_json::from_str)?)),
        (Text, json) => {
            let text: String = json.map_or(Ok(String::new()), serde_json::from_str)?;
            whole(out, text.len() as u64);
            out.extend_from_slice(text.as_bytes());
        }
        (Word(words), json) => {
            let word: String = json.map_or(Ok(words[0].to_owned()), serde_json::from_str)?;
            let at = words.iter().position(|known| *known == word);
            let unknown = || serde::de::Error::custom(format!("{word:?} is unknown"));
            whole(out, at.ok_or_else(unknown)? as u64);
        }
        (Maybe(_) | Many(_), None) | (Maybe(_), Some("null")) => out.push(0),
        (Maybe(form), json) => {
            out.push(1);
            put(out, form, json)?;
        }
        (Many(form), Some(json)) => {
            let all: Vec<&RawValue> = serde_json::from_str(json)?;
            whole(out, all.len() as u64);
            for one in all {
                put(out, form, Some(one.get()))?;
            }
        }
        (Pair(first, second), json) => {
            let both: Vec<&RawValue> = json.map_or(Ok(Vec::new()), serde_json::from_str)?;
            let part = |at: usize| both.get(at).map(|raw| raw.get());
            put(out, first, part(0))?;
            put(out, second, part(1))?;
        }
        (Fields(fields), json) => {
            let there: BTreeMap<String, &RawValue> =
                json.map_or(Ok(BTreeMap::new()), serde_json::from_str)?;
            for (name, form) in *fields {
                put(out, form, there.get(*name).map(|raw| raw.get()))?;
            }
        }
    }
    Ok(())
}

/// A number of a variable length, seven bits a byte.
fn whole(out: &mut Vec<u8>, mut number: u64) {
    while number >= 0x80 {
        out.push(number as u8 | 0x80);
        number >>= 7;
    }
    out.push(number as u8);
}

#[cfg(test)]
mod tests {
    use super::*;
    use wakeful_engine::Session;
    use wakeful_engine::report::Report;

    fn read(json: &str) -> Result<Report, String> {
        let mut bytes = Vec::new();
        put(&mut bytes, &REPORT, Some(json)).map_err(|error| error.to_string())?;
        postcard::from_bytes(&bytes).map_err(|error| error.to_string())
    }

    /// A report in which every kind of thing stands: a day with three tunnels, a file that is no log and a cut one.
    fn report() -> Report {
        let mut session = Session::new();
        for (name, bytes) in wakeful_lab::sample_logs("three-tunnels").unwrap() {
            session.open(&name);
            session.feed(&bytes);
            session.close();
        }
        session.open("http.log");
        session.feed(b"#separator \\x09\n#path\thttp\n#fields\tts\tuid\n#types\ttime\tstring\n1.0\tC1\n1.0\n");
        session.close();
        session.report()
    }

    #[test]
    fn it_reads_what_serde_reads() {
        let report = report();
        assert!(report.findings.iter().any(|finding| {
            finding.leak.is_some()
                && finding.rhythm.is_some()
                && finding.behaviour.is_some()
                && !finding.proofs.is_empty()
        }));
        assert!(
            report
                .findings
                .iter()
                .any(|finding| !finding.related.is_empty())
        );
        let json = serde_json::to_string_pretty(&report).unwrap();
        assert_eq!(read(&json).unwrap(), report);
        assert_eq!(serde_json::from_str::<Report>(&json).unwrap(), report);
    }

    /// Every field that is written stands in the list, in that order: one that is added to the report is added here.
    #[test]
    fn every_field_has_its_place() {
        let json = serde_json::to_value(report()).unwrap();
        assert_eq!(unknown(&REPORT, &json), Vec::<String>::new());
    }

    fn unknown(form: &Form, json: &serde_json::Value) -> Vec<String> {
        match (form, json) {
            (Maybe(form), json) if !json.is_null() => unknown(form, json),
            (Many(form), serde_json::Value::Array(all)) => {
                all.iter().flat_map(|one| unknown(form, one)).collect()
            }
            (Fields(fields), serde_json::Value::Object(all)) => {
                let known = |name: &String| fields.iter().find(|(known, _)| known == name);
                let (mut missing, mut deeper) = (Vec::new(), Vec::new());
                for (name, value) in all {
                    match known(name) {
                        Some((_, form)) => deeper.extend(unknown(form, value)),
                        None => missing.push(name.clone()),
                    }
                }
                missing.append(&mut deeper);
                missing
            }
            _ => Vec::new(),
        }
    }

    #[test]
    fn what_older_reports_lack_is_empty_and_what_is_damaged_is_an_error() {
        let old = r#"{"report_version":1,"wakeful":"0.1.0","inputs":[],"span":{"first":null,"last":2.5},
            "findings":[{"id":"1","kind":"x","severity":"high","score":0.5,"client":"c","domain":null,
            "peer":"p","first":1e3,"last":null,"records":300,"attack":[],"reasons":[]}],
            "counts":{"critical":0,"high":1,"medium":0,"low":0,"info":0},"of_the_future":[{}]}"#;
        let report = read(old).unwrap();
        assert_eq!(report, serde_json::from_str::<Report>(old).unwrap());
        for damaged in [
            &old[..200],
            "",
            "[]",
            "7",
            r#"{"findings":[{"severity":"dreadful"}]}"#,
            r#"{"findings":[{"records":-1}]}"#,
            r#"{"wakeful":1}"#,
        ] {
            assert!(read(damaged).is_err(), "{damaged}");
        }
    }
}
