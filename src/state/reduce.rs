//! The reducer: a state and an action make the next state.
//!
//! In: [`State`], [`Action`]. Out: [`State`].
//! Must not know: how an action came about, what effects follow from a state.

use std::rc::Rc;

use super::address::Address;
use super::format::counted;
use super::lookup::rank::Ranking;
use super::saved::{self, Beside};
use super::verdict::is_readable;
use super::view::View;
use super::{
    Action, Breakage, Decoded, Evidence, Outcome, Reading, Stage, State, explore, inject, list,
    marks, records,
};
use crate::wire::Event;
use wakeful_engine::report::Report;
use wakeful_lookup::Entry;

impl State {
    /// The state after an action.
    #[must_use]
    pub fn after(mut self, action: Action) -> Self {
        match action {
            Action::Started { scan, what } => self.begin(scan, what),
            Action::Stopping => {
                if let Stage::Reading(reading) = &mut self.stage {
                    reading.stopping = true;
                }
            }
            Action::Heard(event) => self.hear(*event),
            Action::WorkerDied(report) => self.worker_died(report),
            Action::Notice(notice) => self.notice = Some(notice),
            Action::NoticeRead => self.notice = None,
            Action::Reset => {
                self.forget_view();
                self.notice = None;
                self.view = View::default();
                self.behind = View::default();
                self.stage = Stage::Idle;
            }
            Action::View(view) => self.show(view),
            Action::Address(address) => self.go(*address),
            Action::List(change) => {
                self.list.change(change);
                self.arrange();
                if matches!(self.stage, Stage::Done(_)) {
                    self.recent.used(self.scan, &self.list.arrangement);
                }
            }
            Action::Marks(change) => self.mark(change),
            Action::Records(change) => self.records = self.records.after(change),
            Action::ShowRecords(log, filter) => {
                self.show(View::Records);
                let filter = records::Change::Filter(log, filter);
                self.records = self.records.after(filter);
            }
            Action::Explore(change) => self.explore = self.explore.after(change),
            Action::Trial(change) => self.trial = self.trial.after(change),
            Action::Select(id) => {
                if self.view == View::Findings && self.selected.as_ref() == Some(&id) {
                    self.entered += 1;
                }
                self.show(View::Findings);
                self.select(id);
            }
            // The dialog in front takes keys first; it closes by itself on Escape.
            Action::Move(_) | Action::Back | Action::Toggle(_) if self.dialog.is_some() => {}
            Action::Toggle(view) if self.view == view => self.show(self.behind),
            Action::Toggle(view) => self.show(view),
            Action::Back if !self.view.needs_report() => self.show(self.behind),
            Action::Move(_) if !self.view.needs_report() => {}
            Action::Move(by) => self.step(by),
            Action::Deselect | Action::Back => {
                self.selected = None;
                self.evidence = Evidence::None;
            }
            Action::Judge(verdict) => {
                if let Some((_, finding)) = self.selected_finding() {
                    let change = marks::Change::Verdict(finding.id.clone(), verdict);
                    self.mark(change);
                }
            }
            Action::Allow => match self.selected_finding() {
                Some((_, finding)) => {
                    let domain = finding.domain.clone().unwrap_or_default();
                    self.mark(marks::Change::Allow(domain, String::new()));
                }
                None => self.notice = Some("Open a finding to allow its domain.".to_owned()),
            },
            Action::Note(id) => {
                if let Some(id) = id.or_else(|| self.selected.clone()) {
                    self.show(View::Findings);
                    self.select(id);
                    self.notes_asked += 1;
                } else {
                    self.notice = Some("Open a finding to write a note on it.".to_owned());
                }
            }
            Action::Recent(change) => {
                if let Some(arrangement) = self.recent.change(change) {
                    let filter = self.list.arrangement.filter.clone();
                    self.list.arrangement = arrangement;
                    self.list.arrangement.filter.take_text(filter);
                    self.arrange();
                }
            }
            Action::Decode => self.payload = Decoded::Asked,
            Action::Dialog(dialog) => self.dialog = dialog,
            Action::Page(view, page) => {
                self.show(view);
                self.turn(page);
            }
            Action::Dragging(over) => self.dragging = over,
            Action::Theme(theme) => self.theme = theme,
            Action::Mask(masked) => self.masked = masked,
            Action::Lookup(happened) => {
                let ranks = happened.ranks();
                self.lookups.hear(happened);
                if ranks {
                    self.rank();
                }
            }
        }
        self
    }

    fn begin(&mut self, scan: u32, what: String) {
        // The first scan finds the view that the address asked for; a later one starts afresh.
        if !matches!(self.stage, Stage::Idle) {
            self.forget_view();
        }
        self.notice = None;
        self.dialog = None;
        if !self.view.needs_report() {
            self.view = View::default();
        }
        self.scan = scan;
        self.stage = Stage::Reading(Reading {
            what,
            progress: None,
            early: None,
            stopping: false,
        });
    }

    fn show(&mut self, view: View) {
        if self.view == View::Records && view != View::Records {
            self.records.leave();
        }
        self.view = view;
        if view.needs_report() {
            self.behind = view;
        }
    }

    fn go(&mut self, address: Address) {
        self.show(address.view);
        // A filter that is not in the address, because its text is of the log, is not undone by it.
        let kept = self.list.arrangement.filter.clone();
        self.list.arrangement = address.list;
        if !kept.from_log.is_empty() && self.list.arrangement.filter.text.is_empty() {
            self.list.arrangement.filter.take_text(kept);
        }
        self.turn(address.page);
        if let Some(records) = address.records {
            self.records.arrange(records);
        }
        if let Some(explore) = address.explore {
            self.explore.arrange(explore);
        }
        if let Some(trial) = address.trial {
            self.trial.form.arrange(&trial);
        }
        self.arrange();
        if address.view == View::Findings {
            match address.finding {
                Some(id) => self.select(id),
                None => {
                    self.selected = None;
                    self.evidence = Evidence::None;
                }
            }
        }
    }

    /// To a page of the view that is shown; the other view with pages keeps its own.
    fn turn(&mut self, page: Option<String>) {
        match self.view {
            View::Help => self.page = page,
            View::Models => self.part = page,
            _ => {}
        }
    }

    fn mark(&mut self, change: marks::Change) {
        if let Some(said) = self.marks.change(change) {
            self.notice = Some(said);
        }
        self.arrange();
    }

    /// The lines that follow from the arrangement and the marks.
    fn arrange(&mut self) {
        if let Stage::Done(outcome) = &self.stage {
            let lines = list::lines(&self.list, outcome, &self.marks.now, &self.ranking);
            self.lines = Rc::new(lines);
        }
    }

    /// The ranking that follows from the answers, and the lines that follow from it.
    fn rank(&mut self) {
        if let Stage::Done(outcome) = &self.stage {
            self.ranking = Rc::new(Ranking::new(&outcome.report.findings, &self.lookups));
        }
        self.arrange();
    }

    fn forget_view(&mut self) {
        self.forget_bench();
        self.list = list::List::default();
        self.lines = Rc::default();
        self.ranking = Rc::default();
        // Names of other logs: what was chosen there is not offered here.
        self.lookups.chosen.clear();
        self.selected = None;
        self.evidence = Evidence::None;
    }

    /// What belongs to the logs of one scan; what the user wrote into the trial's form stays.
    fn forget_bench(&mut self) {
        self.records = records::Records::default();
        self.explore = explore::Explore::default();
        self.trial = inject::Trial {
            form: self.trial.form.clone(),
            ask: self.trial.ask,
            ..inject::Trial::default()
        };
    }

    /// The view that the address asked for, now that there is a report for it.
    fn settle(&mut self) {
        self.rank();
        if self.selected.is_some() && self.selected_finding().is_none() {
            self.selected = None;
            self.evidence = Evidence::None;
            self.notice = Some(
                "The finding that the address names is not in these logs: were they others?"
                    .to_owned(),
            );
        } else if self.selected.is_some() {
            self.ask_evidence();
        }
    }

    /// A saved report is on the table instead of one of logs: as it was saved, with its marks as one step that can be
    /// undone.
    fn open(&mut self, report: Report, beside: &Beside) {
        let mut outcome = Outcome::new(report, 0.0);
        outcome.saved = true;
        self.stage = Stage::Done(outcome);
        let mut said = Vec::new();
        if !beside.lookups.is_empty() {
            match serde_json::from_str::<Vec<Entry>>(&beside.lookups) {
                Ok(entries) => self.lookups.take(entries),
                Err(error) => said.push(format!("Its look-ups could not be read ({error}).")),
            }
        }
        if !beside.marks.is_empty() {
            match marks::read(&beside.marks) {
                Ok((marks, _)) if marks == self.marks.now => {}
                Ok((marks, _)) => {
                    said.extend(self.marks.change(marks::Change::Take(Box::new(marks))))
                }
                Err(_) => said.push("Its marks could not be read.".to_owned()),
            }
        }
        self.settle();
        match Address::read(&beside.address) {
            Ok(address) if !beside.address.is_empty() => self.go(address),
            _ => {}
        }
        if !said.is_empty() {
            self.notice = Some(said.join(" "));
        }
    }

    /// Who reads the help meanwhile is told that the scan is done.
    fn tell_elsewhere(&mut self) {
        if !self.view.needs_report() {
            self.notice = match &self.stage {
                Stage::Done(outcome) => {
                    let found = counted(outcome.report.findings.len() as u64, "finding");
                    Some(format!("The logs are read: {found}."))
                }
                _ => Some("Nothing could be read; the start says why.".to_owned()),
            };
        }
    }

    fn hear(&mut self, event: Event) {
        let reading = matches!(self.stage, Stage::Reading(_));
        match event {
            Event::Ready => {}
            Event::Progress(progress) => {
                if let Stage::Reading(reading) = &mut self.stage
                    && progress.scan == self.scan
                {
                    reading.progress = Some(progress);
                }
            }
            Event::Early(early) => {
                if let Stage::Reading(reading) = &mut self.stage
                    && early.scan == self.scan
                {
                    reading.early = Some(Rc::new(early));
                }
            }
            Event::Done {
                scan,
                report,
                elapsed_ms,
            } if reading && scan == self.scan => {
                let readable = is_readable(&report);
                let outcome = Outcome::new(*report, elapsed_ms);
                self.stage = if readable {
                    Stage::Done(outcome)
                } else {
                    Stage::Unreadable(outcome)
                };
                self.settle();
                self.tell_elsewhere();
            }
            Event::Opened {
                scan,
                report,
                beside,
            } if reading && scan == self.scan => match saved::unpack(&report) {
                Ok(report) => self.open(report, &beside),
                Err(what) => self.stage = Stage::Broken(Breakage { what, report: None }),
            },
            Event::Cancelled { scan } if reading && scan == self.scan => {
                self.stage = Stage::Idle;
                self.notice =
                    Some("Stopped. Nothing was kept; drop files to start again.".to_owned());
            }
            Event::Failed { scan, what } if reading && scan == self.scan => {
                self.stage = Stage::Broken(Breakage { what, report: None });
            }
            Event::Records {
                scan,
                finding,
                rows,
                total,
                types,
                problem,
            } if scan == self.scan && self.selected.as_ref() == Some(&finding) => {
                self.evidence = Evidence::Here {
                    rows: Rc::new(rows),
                    total,
                    types: Rc::new(types),
                    problem,
                };
            }
            Event::Grid { scan, event } if scan == self.scan => {
                let records = std::mem::take(&mut self.records);
                self.records = records.after(records::Change::Heard(event));
            }
            Event::Explore {
                scan,
                family,
                channels,
            } if scan == self.scan => {
                let explore = std::mem::take(&mut self.explore);
                self.explore = explore.after(explore::Change::Heard(family, channels));
            }
            Event::Trial { ask, event } => {
                let trial = std::mem::take(&mut self.trial);
                self.trial = trial.after(inject::Change::Heard(ask, event));
            }
            Event::Payload {
                scan,
                finding,
                payload,
            } if scan == self.scan && self.selected.as_ref() == Some(&finding) => {
                self.payload = Decoded::Here(payload.map(Rc::new));
            }
            Event::Done { .. }
            | Event::Opened { .. }
            | Event::Cancelled { .. }
            | Event::Failed { .. }
            | Event::Records { .. }
            | Event::Payload { .. }
            | Event::Grid { .. }
            | Event::Explore { .. } => {}
        }
    }

    fn worker_died(&mut self, report: String) {
        match self.stage {
            // A report on the table stays; only its records are out of reach.
            Stage::Done(_) => {
                let gone = "The worker that held the records has stopped. Scan the files again.";
                self.forget_bench();
                self.records.phase = records::Phase::Failed(gone.to_owned());
                self.notice = Some(
                    "The analysis worker has stopped; a fresh one runs. To see records again, \
                     scan the files again."
                        .to_owned(),
                );
                if self.evidence == Evidence::Asked {
                    self.evidence = Evidence::Here {
                        rows: Rc::default(),
                        total: 0,
                        types: Rc::default(),
                        problem: Some("The worker that held these records has stopped.".to_owned()),
                    };
                }
            }
            _ => {
                self.stage = Stage::Broken(Breakage {
                    what: "The analysis broke off because of an error in Wakeful, not in your \
                           files. Please report it with the text below; scanning fewer files at \
                           once may help meanwhile."
                        .to_owned(),
                    report: Some(report),
                });
            }
        }
    }

    fn select(&mut self, id: String) {
        if self.selected.as_ref() != Some(&id) {
            self.selected = Some(id);
            self.ask_evidence();
            self.payload = Decoded::None;
        }
    }

    /// The records of the selected finding are to be shown; a report that was opened has none.
    fn ask_evidence(&mut self) {
        let saved = matches!(&self.stage, Stage::Done(outcome) if outcome.saved);
        self.evidence_asked += 1;
        self.evidence = match saved {
            false => Evidence::Asked,
            true => Evidence::Here {
                rows: Rc::default(),
                total: 0,
                types: Rc::default(),
                problem: Some(
                    "A saved report holds no records. Drop its logs to see them.".to_owned(),
                ),
            },
        };
    }

    fn step(&mut self, by: i32) {
        let Stage::Done(outcome) = &self.stage else {
            return;
        };
        let findings = &outcome.report.findings;
        // Findings in folded groups are not walked through.
        let visible: Vec<usize> = self
            .lines
            .all
            .iter()
            .filter_map(|line| match line {
                list::Line::Finding(at) => Some(*at),
                list::Line::Head { .. } => None,
            })
            .collect();
        let at = self
            .selected
            .as_ref()
            .and_then(|id| visible.iter().position(|&at| &findings[at].id == id));
        let next = match at {
            Some(at) => at.saturating_add_signed(by as isize),
            None => 0,
        };
        let next = next.min(visible.len().saturating_sub(1));
        if let Some(&at) = visible.get(next) {
            let id = findings[at].id.clone();
            self.show(View::Findings);
            self.select(id);
        }
    }
}
