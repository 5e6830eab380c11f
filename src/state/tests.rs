//! The reducer, walked through.

use wakeful_engine::report::{Counts, Finding, Input, REPORT_VERSION, Report, Severity, Span};

use super::*;
use crate::wire::Progress;

fn finding(id: &str, severity: Severity) -> Finding {
    Finding {
        id: id.into(),
        kind: "dns-tunnel".into(),
        severity,
        score: 0.9,
        client: "10.0.0.1".into(),
        domain: Some(format!("{id}.example")),
        peer: None,
        first: Some(0.0),
        last: Some(60.0),
        records: 10,
        attack: vec!["T1071.004".into()],
        reasons: Vec::new(),
        ..Finding::default()
    }
}

fn report(kind: &str, findings: Vec<Finding>) -> Report {
    Report {
        report_version: REPORT_VERSION,
        wakeful: "0".into(),
        inputs: vec![Input {
            name: "a.log".into(),
            format: "zeek-tsv".into(),
            kind: kind.into(),
            bytes: 10,
            records: 10,
            set_aside: Vec::new(),
            problem_count: 0,
            problems: Vec::new(),
        }],
        span: Span {
            first: Some(0.0),
            last: Some(60.0),
        },
        counts: Counts::count(&findings),
        findings,
        ..Report::default()
    }
}

fn heard(event: Event) -> Action {
    Action::Heard(Box::new(event))
}

fn reading(scan: u32) -> State {
    State::default().after(Action::Started {
        scan,
        what: "a.log".into(),
    })
}

fn done(kind: &str, findings: Vec<Finding>) -> State {
    reading(1).after(heard(Event::Done {
        scan: 1,
        report: Box::new(report(kind, findings)),
        elapsed_ms: 5.0,
    }))
}

fn three() -> State {
    done(
        "dns",
        vec![
            finding("a", Severity::Critical),
            finding("b", Severity::High),
            finding("c", Severity::Info),
        ],
    )
}

#[test]
fn a_scan_goes_from_idle_over_reading_to_done() {
    assert_eq!(State::default().stage.name(), "idle");
    let state = reading(1);
    assert_eq!(state.stage.name(), "reading");
    assert_eq!(three().stage.name(), "done");
    assert_eq!(done("conn", Vec::new()).stage.name(), "done");
}

#[test]
fn no_log_among_the_inputs_is_a_failure() {
    let state = done("other", Vec::new());
    assert_eq!(state.stage.name(), "failed");
    assert!(matches!(state.stage, Stage::Unreadable(_)));
}

#[test]
fn events_of_an_earlier_scan_are_ignored() {
    let state = reading(2).after(heard(Event::Done {
        scan: 1,
        report: Box::new(report("dns", Vec::new())),
        elapsed_ms: 1.0,
    }));
    assert_eq!(state.stage.name(), "reading");
    let state = state.after(heard(Event::Cancelled { scan: 1 }));
    assert_eq!(state.stage.name(), "reading");
}

#[test]
fn progress_is_kept_while_reading() {
    let progress = Progress {
        scan: 1,
        input: "a.log".into(),
        bytes: 5,
        bytes_total: 10,
        records: 3,
        elapsed_ms: 1.0,
    };
    let state = reading(1).after(heard(Event::Progress(progress.clone())));
    let Stage::Reading(reading) = &state.stage else {
        panic!("not reading")
    };
    assert_eq!(reading.progress, Some(progress));
}

#[test]
fn a_cancelled_scan_is_idle_with_a_sentence() {
    let state = reading(1).after(Action::Stopping);
    assert!(matches!(&state.stage, Stage::Reading(reading) if reading.stopping));
    let state = state.after(heard(Event::Cancelled { scan: 1 }));
    assert_eq!(state.stage.name(), "idle");
    assert!(state.notice.unwrap().starts_with("Stopped."));
}

#[test]
fn a_dead_worker_fails_a_scan_and_leaves_a_report() {
    let state = reading(1).after(Action::WorkerDied("at x.rs:1:1".into()));
    assert_eq!(state.stage.name(), "failed");
    let state = three().after(Action::WorkerDied("at x.rs:1:1".into()));
    assert_eq!(state.stage.name(), "done");
    assert!(state.notice.is_some());
}

#[test]
fn the_selection_walks_through_what_is_visible() {
    let state = three().after(Action::Move(1));
    assert_eq!(state.selected.as_deref(), Some("a"));
    assert_eq!(state.evidence, Evidence::Asked);
    let state = state
        .after(Action::List(list::Change::Severity(Severity::High)))
        .after(Action::Move(1));
    assert_eq!(state.selected.as_deref(), Some("c"));
    let state = state.after(Action::Move(1));
    assert_eq!(state.selected.as_deref(), Some("c"));
    assert_eq!(state.selected_finding().unwrap().0, 3);
    let state = state.after(Action::Deselect);
    assert_eq!((state.selected, state.evidence), (None, Evidence::None));
}

#[test]
fn an_open_finding_that_is_chosen_again_is_entered() {
    let choose = |state: State| state.after(Action::Select("b".into()));
    let open = choose(three());
    assert_eq!((open.entered, open.view), (0, View::Findings));
    let inside = choose(open.clone());
    assert_eq!(
        (inside.entered, inside.evidence_asked),
        (1, open.evidence_asked)
    );
    // From another view the way leads to the finding first.
    let back = choose(inside.after(Action::View(View::Explore)));
    assert_eq!((back.entered, back.view), (1, View::Findings));
}

#[test]
fn records_of_another_finding_are_ignored() {
    let answer = |finding: &str| {
        heard(Event::Records {
            scan: 1,
            finding: finding.into(),
            rows: Vec::new(),
            total: 4,
            types: Vec::new(),
            problem: None,
        })
    };
    let state = three().after(Action::Select("a".into())).after(answer("b"));
    assert_eq!(state.evidence, Evidence::Asked);
    let state = state.after(answer("a"));
    assert!(matches!(state.evidence, Evidence::Here { total: 4, .. }));
}

fn shown(state: &State) -> Vec<&str> {
    let Stage::Done(outcome) = &state.stage else {
        panic!("not done")
    };
    state
        .lines
        .findings
        .iter()
        .map(|&at| outcome.report.findings[at].id.as_str())
        .collect()
}

fn arranged(changes: impl IntoIterator<Item = list::Change>) -> State {
    changes
        .into_iter()
        .fold(three(), |state, change| state.after(Action::List(change)))
}

#[test]
fn the_filter_takes_words_and_severities() {
    assert_eq!(shown(&three()), ["a", "b", "c"]);
    let text = |text: &str| list::Change::Text(text.into());
    assert_eq!(shown(&arranged([text("B.EXAMPLE 10.0")])), ["b"]);
    assert_eq!(shown(&arranged([text("t1071 critical")])), ["a"]);
    let none = arranged([text("critical"), list::Change::Severity(Severity::Critical)]);
    assert!(shown(&none).is_empty() && none.list.arrangement.hides());
    assert_eq!(
        shown(&none.after(Action::List(list::Change::Clear))).len(),
        3
    );
    assert_eq!(
        shown(&arranged([list::Change::OnlySeverity(Severity::Info)])),
        ["c"]
    );
    assert!(shown(&arranged([list::Change::Min(95)])).is_empty());
}

#[test]
fn the_list_is_sorted_turned_and_grouped() {
    use list::{Change, Group, Line, Sort};
    let target = Change::Sort(Sort::Target);
    assert_eq!(shown(&arranged([target.clone(), target])), ["c", "b", "a"]);
    let state = arranged([Change::Group(Group::Client)]);
    let head = |folded| Line::Head {
        title: "10.0.0.1".into(),
        count: 3,
        worst: Severity::Critical,
        folded,
    };
    assert_eq!(state.lines.all[0], head(false));
    assert_eq!(state.lines.all.len(), 4);
    let state = state.after(Action::List(Change::Fold("10.0.0.1".into())));
    assert_eq!(state.lines.all, [head(true)]);
    assert_eq!(shown(&state).len(), 3);
}

#[test]
fn what_is_benign_or_allowed_is_set_aside_and_comes_back() {
    use marks::Change;
    let state = three()
        .after(Action::Marks(Change::Allow(
            "a.example".into(),
            "ours".into(),
        )))
        .after(Action::Marks(Change::Verdict(
            "b".into(),
            marks::Verdict::Benign,
        )));
    assert_eq!(shown(&state), ["c"]);
    assert_eq!(state.lines.handled, 2);
    let state = state.after(Action::List(list::Change::Handled(true)));
    assert_eq!(shown(&state), ["a", "b", "c"]);
    let state = state
        .after(Action::List(list::Change::Handled(false)))
        .after(Action::Marks(Change::Undo));
    assert_eq!(shown(&state), ["b", "c"]);
}

#[test]
fn the_address_of_a_state_leads_back_to_it() {
    let before = three()
        .after(Action::List(list::Change::Text("example".into())))
        .after(Action::List(list::Change::Min(50)))
        .after(Action::Select("b".into()));
    let fragment = before.address().text();
    let address = address::Address::read(&fragment).unwrap();
    let after = State::default()
        .after(Action::Address(Box::new(address.clone())))
        .after(Action::Started {
            scan: 1,
            what: "a.log".into(),
        })
        .after(heard(Event::Done {
            scan: 1,
            report: Box::new(report("dns", vec![finding("b", Severity::High)])),
            elapsed_ms: 5.0,
        }));
    assert_eq!(after.address(), address);
    assert_eq!(after.evidence, Evidence::Asked);
    assert!(!fragment.contains("b.example") && !fragment.contains("10.0.0"));
}

#[test]
fn a_filter_that_was_clicked_stays_out_of_the_address() {
    let state = arranged([list::Change::Value("b.example".into())]);
    assert_eq!(shown(&state), ["b"]);
    assert_eq!(state.address().text(), "");
    let state = state.after(Action::Address(Box::default()));
    assert_eq!(shown(&state), ["b"], "going back does not undo it");
    let edited = state.after(Action::List(list::Change::Text(" b.exampl 10.0.0".into())));
    assert_eq!(shown(&edited), ["b"]);
    assert_eq!(edited.address().text(), "", "the value is still in it");
    let typed = edited.after(Action::List(list::Change::Text("critical".into())));
    assert_eq!(typed.address().text(), "v=1&q=critical");
}

#[test]
fn a_table_that_was_still_written_when_the_view_was_left_does_not_leave_later() {
    use crate::wire::grid::GridEvent;
    let grid = |event| heard(Event::Grid { scan: 1, event });
    let state = three()
        .after(Action::View(View::Records))
        .after(Action::Records(records::Change::Open));
    let ask = state.records.ask;
    let state = state
        .after(grid(GridEvent::Sifted {
            ask,
            found: 3,
            total: 3,
            problem: None,
            elapsed_ms: 1.0,
        }))
        .after(Action::Records(records::Change::Out(
            export::Format::Csv,
            export::Way::Save,
        )));
    let wish = state.records.wish().unwrap();
    let state = state
        .after(Action::View(View::Findings))
        .after(grid(GridEvent::Table {
            ask,
            wish,
            text: "a".into(),
            rows: 3,
            problem: None,
        }))
        .after(Action::View(View::Records));
    assert_eq!(state.records.out, records::Out::None);
}

#[test]
fn a_finding_that_is_not_there_is_said() {
    let address = address::Address::read("v=1&view=findings&finding=zz").unwrap();
    let state = State::default()
        .after(Action::Address(Box::new(address)))
        .after(Action::Started {
            scan: 1,
            what: "a.log".into(),
        })
        .after(heard(Event::Done {
            scan: 1,
            report: Box::new(report("dns", Vec::new())),
            elapsed_ms: 5.0,
        }));
    assert!(state.notice.is_some() && state.selected.is_none());
}

#[test]
fn a_new_scan_forgets_the_view_of_the_old_one() {
    let state = three()
        .after(Action::List(list::Change::Text("x".into())))
        .after(Action::Select("a".into()))
        .after(Action::Started {
            scan: 2,
            what: "b.log".into(),
        });
    assert_eq!(state.list, list::List::default());
    assert_eq!(state.selected, None);
}

#[test]
fn the_models_stand_in_front_of_a_report_and_leave_it_as_it_was() {
    let before = three().after(Action::Select("b".into()));
    let state = before.clone().after(Action::Toggle(View::Models));
    assert_eq!(state.view, View::Models);
    let state = state.after(Action::Move(1));
    assert_eq!(state.selected.as_deref(), Some("b"));
    assert_eq!(state.after(Action::Back), before);
    let state = before
        .after(Action::Dialog(Some(Dialog::Keys)))
        .after(Action::Toggle(View::Models));
    assert_eq!(
        state.view,
        View::Findings,
        "the dialog in front takes the keys"
    );
}

#[test]
fn the_help_can_be_read_while_a_scan_is_under_way_and_says_when_it_is_done() {
    let state = reading(1).after(Action::View(View::Help));
    assert_eq!((state.stage.name(), state.view), ("reading", View::Help));
    let state = state.after(heard(Event::Done {
        scan: 1,
        report: Box::new(report("dns", Vec::new())),
        elapsed_ms: 5.0,
    }));
    assert_eq!((state.stage.name(), state.view), ("done", View::Help));
    assert_eq!(
        state.notice.as_deref(),
        Some("The logs are read: 0 findings.")
    );
}

#[test]
fn a_new_scan_is_shown_whatever_view_there_was() {
    let state = three()
        .after(Action::View(View::Models))
        .after(Action::Started {
            scan: 2,
            what: "b.log".into(),
        });
    assert_eq!(state.view, View::Overview);
}

#[test]
fn themes_go_round() {
    assert_eq!(Theme::System.next().next().next(), Theme::System);
    assert_eq!(Theme::of(Theme::Dark.name()), Theme::Dark);
    assert_eq!(Theme::of(Some("purple")), Theme::System);
}

#[test]
fn an_answer_of_a_look_up_ranks_the_list_anew_and_leaves_the_report_and_the_selection() {
    use wakeful_lookup::wire::Message;
    use wakeful_lookup::{Entry, Record, Service, Subject, virustotal::Reputation};

    let mut findings: Vec<Finding> = [("a", 0.9), ("b", 0.8), ("c", 0.7)]
        .into_iter()
        .map(|(id, score)| Finding {
            domain: Some(format!("{id}.com")),
            score,
            ..finding(id, Severity::High)
        })
        .collect();
    findings[2].severity = Severity::Low;
    let answer = |malicious| {
        Action::Lookup(lookup::Happened::Heard(Message::Answer(Box::new(Entry {
            service: Service::Reputation,
            subject: Subject::domain("c.com").unwrap(),
            at: 1000.0,
            host: "x".into(),
            outcome: Ok(Record::Reputation(Reputation {
                malicious,
                harmless: 100 - malicious,
                ..Reputation::default()
            })),
        }))))
    };
    let state = done("dns", findings)
        .after(Action::Select("c".into()))
        .after(Action::List(list::Change::Min(75)));
    assert_eq!(state.lines.findings, [0, 1]);
    let state = state.after(answer(80));
    assert_eq!(state.lines.findings, [2, 0, 1], "0.94 is the highest");
    assert_eq!(state.ranking.rank(2), 1);
    let (place, selected) = state.selected_finding().unwrap();
    assert_eq!((place, selected.score), (3, 0.7), "the report is as it was");
    // Another order is the user's: the rank decides among equals alone.
    let by_client = state
        .clone()
        .after(Action::List(list::Change::Sort(list::Sort::Target)));
    assert_eq!(by_client.lines.findings, [0, 1, 2]);
    // Names of other logs are neither ranked by nor offered.
    let chosen = Subject::domain("c.com").unwrap();
    let state = state.after(Action::Lookup(lookup::Happened::Chosen(chosen, true)));
    let next = state.after(Action::Started {
        scan: 2,
        what: "b.log".into(),
    });
    assert!(next.lookups.chosen.is_empty());
    assert_eq!(*next.ranking, lookup::rank::Ranking::default());
}
