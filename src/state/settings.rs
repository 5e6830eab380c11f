//! Settings that were used lately: thresholds, order, groups, severities.
//!
//! In: how the list of findings was arranged. Out: the last few arrangements, as a text to keep and
//! as sentences.
//! Must not know: where they are kept; the text of a filter, which may be of a log.
//!
//! One arrangement a scan: while the user moves a slider, the entry of that scan follows.

use form_urlencoded::Serializer;
use serde::{Deserialize, Serialize};
use wakeful_engine::report::Severity;

use super::address::Pairs;
use super::filter::Filter;
use super::format::bytes;
use super::list::{Arrangement, Group, Sort};

/// The version of the kept form.
const VERSION: u32 = 1;
/// Entries at most.
const MOST: usize = 4;

/// The last few settings.
#[derive(Debug, Clone, PartialEq)]
pub struct Recent {
    /// Whether they are kept for the next visit.
    pub remember: bool,
    /// The latest first, each in its canonical text.
    pub entries: Vec<String>,
    /// The scan that is arranged, if one is.
    scan: Option<u32>,
    /// The entries as they were before it: nothing that is tried in it pushes one of them out for good.
    before: Vec<String>,
}

impl Default for Recent {
    fn default() -> Self {
        Self {
            remember: true,
            entries: Vec::new(),
            scan: None,
            before: Vec::new(),
        }
    }
}

/// What the user does to them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// An entry is to be in force; the empty text is the settings of the beginning.
    Use(String),
    /// They are kept for the next visit, or not.
    Remember(bool),
    /// All entries go.
    Forget,
}

/// An arrangement without the text of its filter; empty for the one at first.
#[must_use]
pub fn text(arrangement: &Arrangement) -> String {
    let mut arrangement = arrangement.clone();
    arrangement.filter.take_text(Filter::default());
    let mut pairs = Pairs::new();
    arrangement.write(&mut pairs);
    Serializer::new(String::new()).extend_pairs(pairs).finish()
}

fn arrangement(text: &str) -> Arrangement {
    let pairs: Pairs = form_urlencoded::parse(text.as_bytes())
        .into_owned()
        .collect();
    let mut arrangement = Arrangement::read(&pairs);
    arrangement.filter.take_text(Filter::default());
    arrangement
}

impl Recent {
    /// The list of a scan was arranged so.
    pub fn used(&mut self, scan: u32, arrangement: &Arrangement) {
        if self.scan != Some(scan) {
            self.scan = Some(scan);
            self.before.clone_from(&self.entries);
        }
        let text = text(arrangement);
        let older = self.before.iter().filter(|known| **known != text);
        self.entries = (!text.is_empty())
            .then_some(&text)
            .into_iter()
            .chain(older)
            .take(MOST)
            .cloned()
            .collect();
    }

    /// After a change; the arrangement that is to be in force.
    pub fn change(&mut self, change: Change) -> Option<Arrangement> {
        match change {
            Change::Use(text) => return Some(arrangement(&text)),
            Change::Remember(remember) => self.remember = remember,
            Change::Forget => {
                self.entries.clear();
                self.before.clear();
            }
        }
        None
    }
}

/// An entry in words.
#[must_use]
pub fn describe(text: &str) -> String {
    let now = arrangement(text);
    let mut parts = Vec::new();
    if now.min > 0 {
        parts.push(format!("score at least {}", now.min));
    }
    if now.leak > 0 {
        parts.push(format!("leak above {} a day", bytes(now.leak)));
    }
    let hidden: Vec<&str> = Severity::WORST_FIRST
        .into_iter()
        .filter(|severity| !now.filter.shows(*severity))
        .map(Severity::name)
        .collect();
    if !hidden.is_empty() {
        parts.push(format!("without {}", hidden.join(", ")));
    }
    if now.sort != Sort::default() || now.turned {
        let turned = if now.turned { ", turned round" } else { "" };
        parts.push(format!("sorted by {}{turned}", now.sort.title()));
    }
    if now.group != Group::default() {
        parts.push(format!("grouped by {}", now.group.title()));
    }
    if now.handled {
        parts.push("with what is allowed or benign".to_owned());
    }
    let sentence = parts.join(" · ");
    let mut characters = sentence.chars();
    characters.next().map_or_else(
        || "As at first".to_owned(),
        |first| first.to_uppercase().chain(characters).collect(),
    )
}

#[derive(Serialize, Deserialize)]
struct Kept {
    version: u32,
    settings: Vec<String>,
    /// Absent in what says only that nothing is to be kept.
    #[serde(default)]
    forget: bool,
}

/// The text to keep them by; `None` where there is nothing to keep.
#[must_use]
pub fn write(recent: &Recent) -> Option<String> {
    if recent.remember && recent.entries.is_empty() {
        return None;
    }
    let kept = Kept {
        version: VERSION,
        settings: match recent.remember {
            true => recent.entries.clone(),
            false => Vec::new(),
        },
        forget: !recent.remember,
    };
    serde_json::to_string(&kept).ok()
}

/// The settings of a kept text; none where it is damaged or of another version.
#[must_use]
pub fn read(kept: Option<&str>) -> Recent {
    let kept = kept.and_then(|text| serde_json::from_str::<Kept>(text).ok());
    match kept.filter(|kept| kept.version == VERSION) {
        Some(kept) => Recent {
            remember: !kept.forget,
            // As this build writes them: what it does not understand is not kept on.
            entries: kept
                .settings
                .iter()
                .map(|entry| text(&arrangement(entry)))
                .filter(|entry| !entry.is_empty())
                .take(MOST)
                .collect(),
            ..Recent::default()
        },
        None => Recent::default(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn min(min: u32) -> Arrangement {
        Arrangement {
            min,
            ..Arrangement::default()
        }
    }

    #[test]
    fn a_scan_has_one_entry_and_the_same_settings_stand_once() {
        let mut recent = Recent::default();
        for step in [5, 10, 60] {
            recent.used(1, &min(step));
        }
        assert_eq!(recent.entries, ["min=60"]);
        recent.used(2, &min(80));
        recent.used(3, &min(60));
        assert_eq!(recent.entries, ["min=60", "min=80"]);
        recent.used(3, &min(0));
        assert_eq!(
            recent.entries,
            ["min=80", "min=60"],
            "back to the beginning"
        );
        for scan in 4..20 {
            recent.used(scan, &min(scan));
        }
        assert_eq!(recent.entries.len(), MOST);
    }

    #[test]
    fn a_slider_on_its_way_costs_no_older_settings() {
        let mut recent = Recent::default();
        for (scan, step) in [10, 20, 30, 40].into_iter().enumerate() {
            recent.used(scan as u32, &min(step));
        }
        let older = ["min=40", "min=30", "min=20", "min=10"];
        assert_eq!(recent.entries, older);
        // It passes all of the older ones, one after the other.
        for step in 1..=50 {
            recent.used(9, &min(step));
        }
        assert_eq!(recent.entries, ["min=50", "min=40", "min=30", "min=20"]);
        recent.used(9, &min(0));
        assert_eq!(recent.entries, older);
        recent.change(Change::Forget);
        recent.used(9, &min(5));
        assert_eq!(recent.entries, ["min=5"], "what was forgotten stays so");
    }

    #[test]
    fn no_word_of_a_filter_is_kept() {
        let mut arrangement = min(60);
        arrangement.filter.text = "evil.example".to_owned();
        let mut recent = Recent::default();
        recent.used(1, &arrangement);
        assert!(!write(&recent).unwrap().contains("evil"));
        let kept = r#"{"version":1,"settings":["min=60&q=evil.example","x=1"]}"#;
        assert_eq!(read(Some(kept)).entries, ["min=60"]);
    }

    #[test]
    fn kept_settings_come_back_and_damaged_ones_do_not() {
        let mut recent = Recent::default();
        recent.used(1, &min(60));
        let back = read(write(&recent).as_deref());
        assert_eq!(
            (back.remember, back.entries),
            (true, recent.entries.clone())
        );
        recent.change(Change::Remember(false));
        let back = read(write(&recent).as_deref());
        assert_eq!((back.remember, back.entries.len()), (false, 0));
        for damaged in ["", "{}", r#"{"version":2,"settings":["min=60"]}"#] {
            assert_eq!(read(Some(damaged)), Recent::default());
        }
        assert_eq!(write(&Recent::default()), None);
    }

    #[test]
    fn an_entry_reads_as_words() {
        assert_eq!(
            describe("hide=low%2Cinfo&sort=client&group=domain&min=65&leak=4000"),
            "Score at least 65 · leak above 4.0 kB a day · without low, info · sorted by client · \
             grouped by domain or peer"
        );
        assert_eq!(describe(""), "As at first");
    }
}
