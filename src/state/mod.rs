//! What the page knows, and how it changes.
//!
//! In: [`Action`]s: what the user did, what the worker said. Out: the next [`State`].
//! Must not know: the browser. Everything here is pure and tested natively.
//!
//! Each view has a module of its own with its part of the state, a `Change` and what follows from
//! one; [`reduce`] hands an action to the module that it is for.

pub mod address;
pub mod attack;
pub mod commands;
pub mod copy;
pub mod evaluation;
pub mod explore;
pub mod export;
pub mod filter;
pub mod format;
pub mod glossary;
pub mod help;
pub mod inject;
pub mod keys;
pub mod links;
pub mod list;
pub mod lookup;
pub mod marks;
pub mod mask;
pub mod policy;
pub mod query;
pub mod records;
pub mod saved;
pub mod settings;
pub mod text;
pub mod values;
pub mod verdict;
pub mod view;
pub mod words;

mod reduce;
#[cfg(test)]
mod tests;

use std::rc::Rc;

use wakeful_engine::report::{Finding, Payload, Report};

use crate::wire::{Early, Event, Progress, RecordRow};
use address::Address;
use list::{Lines, List};
use view::View;

/// Everything that the page shows follows from this.
#[derive(Debug, Clone, PartialEq)]
pub struct State {
    /// Where the scan is.
    pub stage: Stage,
    /// The number of the scan that counts; events of others are late and ignored.
    pub scan: u32,
    /// A sentence about what just happened, until the next thing happens.
    pub notice: Option<String>,
    /// What the page shows.
    pub view: View,
    /// The view of a report that the user was at last: where Escape leads from the others.
    pub behind: View,
    /// How the list of findings is arranged.
    pub list: List,
    /// Its lines, which follow from the report, the arrangement, the marks and the ranking.
    pub lines: Rc<Lines>,
    /// The rank of each finding in the light of look-ups.
    pub ranking: Rc<lookup::rank::Ranking>,
    /// What the user decided of findings.
    pub marks: marks::Desk,
    /// The id of the finding whose details are shown.
    pub selected: Option<String>,
    /// The records of the selected finding.
    pub evidence: Evidence,
    /// How often records were asked for: the same finding may be asked for again.
    pub evidence_asked: u32,
    /// How often a note was to be written.
    pub notes_asked: u32,
    /// How often the way led into the details of a finding that was open already.
    pub entered: u32,
    /// Settings that were used lately.
    pub recent: settings::Recent,
    /// The view of the records.
    pub records: records::Records,
    /// The view of the channels.
    pub explore: explore::Explore,
    /// The view in which a tunnel is tried.
    pub trial: inject::Trial,
    /// What the selected finding's names carried.
    pub payload: Decoded,
    /// Light, dark, or as the system has it.
    pub theme: Theme,
    /// The page of the help that is shown; `None` for its first.
    pub page: Option<String>,
    /// The part of the evaluation that is shown; `None` for its first.
    pub part: Option<String>,
    /// The dialog in front of the page.
    pub dialog: Option<Dialog>,
    /// Whether something is being dragged over the window.
    pub dragging: bool,
    /// What was looked up.
    pub lookups: lookup::Lookups,
    /// Whether addresses of one's own network are masked in what leaves the page.
    pub masked: bool,
}

impl Default for State {
    fn default() -> Self {
        Self {
            stage: Stage::Idle,
            scan: 0,
            notice: None,
            view: View::default(),
            behind: View::default(),
            list: List::default(),
            lines: Rc::default(),
            ranking: Rc::default(),
            marks: marks::Desk::default(),
            selected: None,
            evidence: Evidence::None,
            evidence_asked: 0,
            notes_asked: 0,
            entered: 0,
            recent: settings::Recent::default(),
            records: records::Records::default(),
            explore: explore::Explore::default(),
            trial: inject::Trial::default(),
            payload: Decoded::None,
            theme: Theme::System,
            page: None,
            part: None,
            dialog: None,
            dragging: false,
            lookups: lookup::Lookups::default(),
            masked: false,
        }
    }
}

/// A dialog in front of the page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dialog {
    /// The keys.
    Keys,
    /// Every command, to be found by typing.
    Palette,
    /// The settings, and what this browser keeps.
    Settings,
}

/// Where the scan is.
#[derive(Debug, Clone, PartialEq)]
pub enum Stage {
    /// Nothing was brought yet.
    Idle,
    /// The worker reads.
    Reading(Reading),
    /// A report lies on the table.
    Done(Outcome),
    /// Nothing could be read.
    Unreadable(Outcome),
    /// The scan broke off.
    Broken(Breakage),
}

impl Stage {
    /// The word in `body[data-state]`.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Idle => "idle",
            Self::Reading(_) => "reading",
            Self::Done(_) => "done",
            Self::Unreadable(_) | Self::Broken(_) => "failed",
        }
    }
}

/// A scan under way.
#[derive(Debug, Clone, PartialEq)]
pub struct Reading {
    /// What the user brought, in a few words.
    pub what: String,
    /// The latest word of the worker.
    pub progress: Option<Progress>,
    /// What was found so far.
    pub early: Option<Rc<Early>>,
    /// The user asked to stop, the worker has not answered.
    pub stopping: bool,
}

/// A finished scan. Two are the same if their report is one and the same: comparing the contents of
/// a hundred thousand findings at every redraw would freeze the page.
#[derive(Debug, Clone)]
pub struct Outcome {
    /// What was found.
    pub report: Rc<Report>,
    /// How long it took, milliseconds.
    pub elapsed_ms: f64,
    /// What a filter looks in, by the findings' places.
    pub words: Rc<Vec<Box<str>>>,
    /// Whether it was opened from a file: the logs are not here.
    pub saved: bool,
}

impl Outcome {
    /// What follows from a report.
    #[must_use]
    pub fn new(report: Report, elapsed_ms: f64) -> Self {
        let words = report.findings.iter().map(filter::haystack).collect();
        Self {
            report: Rc::new(report),
            elapsed_ms,
            words: Rc::new(words),
            saved: false,
        }
    }
}

impl PartialEq for Outcome {
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.report, &other.report)
    }
}

/// A scan that broke off.
#[derive(Debug, Clone, PartialEq)]
pub struct Breakage {
    /// One sentence with the next step.
    pub what: String,
    /// A report for the maintainers, without any of the user's data.
    pub report: Option<String>,
}

/// The records of the selected finding.
#[derive(Debug, Clone, PartialEq)]
pub enum Evidence {
    /// No finding is selected.
    None,
    /// Asked for.
    Asked,
    /// Here.
    Here {
        /// The first records.
        rows: Rc<Vec<RecordRow>>,
        /// How many there are in all.
        total: u64,
        /// How often the channel asked for each record type.
        types: Rc<Vec<(String, u64)>>,
        /// Why some are missing.
        problem: Option<String>,
    },
}

/// What the selected finding's names carried.
#[derive(Debug, Clone, PartialEq)]
pub enum Decoded {
    /// Nobody asked.
    None,
    /// Asked for.
    Asked,
    /// Here; nothing where the names are in no encoding that is known.
    Here(Option<Rc<Payload>>),
}

/// The colours.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Theme {
    /// As the system has it.
    System,
    /// Light.
    Light,
    /// Dark.
    Dark,
}

impl Theme {
    /// The word that is stored and stands in `html[data-theme]`; `None` for the system's.
    #[must_use]
    pub fn name(self) -> Option<&'static str> {
        match self {
            Self::System => None,
            Self::Light => Some("light"),
            Self::Dark => Some("dark"),
        }
    }

    /// The theme of a stored word.
    #[must_use]
    pub fn of(name: Option<&str>) -> Self {
        match name {
            Some("light") => Self::Light,
            Some("dark") => Self::Dark,
            _ => Self::System,
        }
    }

    /// The next one when the button is pressed.
    #[must_use]
    pub fn next(self) -> Self {
        match self {
            Self::System => Self::Light,
            Self::Light => Self::Dark,
            Self::Dark => Self::System,
        }
    }
}

/// What happened.
#[derive(Debug, Clone, PartialEq)]
pub enum Action {
    /// A scan was sent to the worker.
    Started {
        /// Its number.
        scan: u32,
        /// What the user brought.
        what: String,
    },
    /// The user asked to stop.
    Stopping,
    /// The worker said something.
    Heard(Box<Event>),
    /// The worker died, with its report.
    WorkerDied(String),
    /// Something could not be done; a sentence.
    Notice(String),
    /// The user wants to begin anew.
    Reset,
    /// To another view.
    View(View),
    /// To another view, or from it to the one before.
    Toggle(View),
    /// A link, a reload, back or forward brought an address.
    Address(Box<Address>),
    /// The list of findings is arranged.
    List(list::Change),
    /// The user decides something of a finding.
    Marks(marks::Change),
    /// Something in the view of the records.
    Records(records::Change),
    /// Records are to be shown: of this log, with this filter.
    ShowRecords(crate::wire::grid::Log, String),
    /// Something in the view of the channels.
    Explore(explore::Change),
    /// Something in the view in which a tunnel is tried.
    Trial(inject::Change),
    /// A verdict on the selected finding.
    Judge(marks::Verdict),
    /// The selected finding's domain raises nothing any more.
    Allow,
    /// A note is to be written on a finding; `None`: on the selected one.
    Note(Option<String>),
    /// Something about settings that were used lately.
    Recent(settings::Change),
    /// What the selected finding's names carried is to be shown.
    Decode,
    /// A finding was selected.
    Select(String),
    /// The selection moves through the list.
    Move(i32),
    /// No finding is selected any more.
    Deselect,
    /// Escape was pressed: closes what is on top.
    Back,
    /// A dialog opens, or the open one closes.
    Dialog(Option<Dialog>),
    /// To a page of a view that has pages: the help, or the models.
    Page(View, Option<String>),
    /// The sentence was read.
    NoticeRead,
    /// Something is dragged over the window, or no longer is.
    Dragging(bool),
    /// The colours were chosen.
    Theme(Theme),
    /// Whether addresses are masked in what leaves the page.
    Mask(bool),
    /// Something happened to look-ups.
    Lookup(lookup::Happened),
}

impl State {
    /// The finding whose details are shown, and its place in the report from 1, which stays what it
    /// is when look-ups change its rank.
    #[must_use]
    pub fn selected_finding(&self) -> Option<(usize, &Finding)> {
        let (Stage::Done(outcome), Some(id)) = (&self.stage, &self.selected) else {
            return None;
        };
        let findings = &outcome.report.findings;
        let at = findings.iter().position(|finding| &finding.id == id)?;
        Some((at + 1, &findings[at]))
    }

    /// What of the state stands in the address.
    #[must_use]
    pub fn address(&self) -> Address {
        let mut arrangement = self.list.arrangement.clone();
        if !arrangement.filter.from_log.is_empty() {
            arrangement.filter.take_text(filter::Filter::default());
        }
        Address {
            view: self.view,
            list: arrangement,
            records: (self.view == View::Records).then(|| self.records.arrangement()),
            explore: (self.view == View::Explore).then(|| self.explore.arrangement()),
            trial: (self.view == View::Try).then(|| self.trial.form.arrangement()),
            finding: self
                .selected
                .clone()
                .filter(|_| self.view == View::Findings),
            page: match self.view {
                View::Help => self.page.clone(),
                View::Models => self.part.clone(),
                _ => None,
            },
        }
    }
}
