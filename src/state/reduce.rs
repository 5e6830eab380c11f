//! The reducer: a state and an action make the next state.
//!
//! In: [`State`], [`Action`]. Out: [`State`].
//! Must not know: how an action came about, what effects follow from a state.

use std::rc::Rc;

use super::verdict::is_readable;
use super::{Action, Breakage, Evidence, Outcome, PAGE_OF_FINDINGS, Reading, Stage, State};
use crate::wire::Event;

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
            Action::Reset => {
                self.forget_view();
                self.notice = None;
                self.models = false;
                self.stage = Stage::Idle;
            }
            Action::FilterText(text) => {
                self.filter.text = text;
                self.shown = PAGE_OF_FINDINGS;
            }
            Action::ToggleSeverity(severity) => {
                self.filter.toggle(severity);
                self.shown = PAGE_OF_FINDINGS;
            }
            Action::ClearFilter => {
                self.filter = super::Filter::default();
                self.shown = PAGE_OF_FINDINGS;
            }
            Action::ShowMore => self.shown += PAGE_OF_FINDINGS,
            Action::Select(id) => self.select(id),
            // The dialog in front takes keys first; it closes by itself on Escape.
            Action::Move(_) | Action::Back | Action::ToggleModels if self.help => {}
            Action::Models(open) => self.show_models(open),
            Action::ToggleModels => self.show_models(!self.models),
            Action::Back if self.models => self.models = false,
            Action::Move(_) if self.models => {}
            Action::Move(by) => self.step(by),
            Action::Deselect | Action::Back => {
                self.selected = None;
                self.evidence = Evidence::None;
            }
            Action::Help(open) => self.help = open,
            Action::Dragging(over) => self.dragging = over,
            Action::Theme(theme) => self.theme = theme,
        }
        self
    }

    fn begin(&mut self, scan: u32, what: String) {
        self.forget_view();
        self.notice = None;
        self.help = false;
        self.models = false;
        self.scan = scan;
        self.stage = Stage::Reading(Reading {
            what,
            progress: None,
            stopping: false,
        });
    }

    /// A scan under way is not hidden: its progress and its cancel button stay in sight.
    fn show_models(&mut self, open: bool) {
        self.models = open && !matches!(self.stage, Stage::Reading(_));
    }

    fn forget_view(&mut self) {
        self.filter = super::Filter::default();
        self.shown = PAGE_OF_FINDINGS;
        self.selected = None;
        self.evidence = Evidence::None;
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
            Event::Done {
                scan,
                report,
                elapsed_ms,
            } if reading && scan == self.scan => {
                let readable = is_readable(&report);
                let outcome = Outcome {
                    report: Rc::new(*report),
                    elapsed_ms,
                };
                self.stage = if readable {
                    Stage::Done(outcome)
                } else {
                    Stage::Unreadable(outcome)
                };
            }
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
                problem,
            } if scan == self.scan && self.selected.as_ref() == Some(&finding) => {
                self.evidence = Evidence::Here {
                    rows: Rc::new(rows),
                    total,
                    problem,
                };
            }
            Event::Done { .. }
            | Event::Cancelled { .. }
            | Event::Failed { .. }
            | Event::Records { .. }
            | Event::Payload { .. }
            | Event::Grid { .. }
            | Event::Explore { .. }
            | Event::Trial { .. } => {}
        }
    }

    fn worker_died(&mut self, report: String) {
        match self.stage {
            // A report on the table stays; only its records are out of reach.
            Stage::Done(_) => {
                self.notice = Some(
                    "The analysis worker has stopped; a fresh one runs. To see records again, \
                     scan the files again."
                        .to_owned(),
                );
                if self.evidence == Evidence::Asked {
                    self.evidence = Evidence::Here {
                        rows: Rc::default(),
                        total: 0,
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
            self.evidence = Evidence::Asked;
        }
    }

    fn step(&mut self, by: i32) {
        let Stage::Done(outcome) = &self.stage else {
            return;
        };
        let findings = &outcome.report.findings;
        let visible = self.filter.apply(findings);
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
            self.shown = self.shown.max(next + 1);
            self.select(id);
        }
    }
}
