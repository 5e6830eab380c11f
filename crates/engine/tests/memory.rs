//! A budget of memory: what is held stays within it, tunnels are found all the same, and the report says
//! what was left out.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use wakeful_engine::Session;
use wakeful_engine::relay::Writer;
use wakeful_engine::report::{Report, Severity};
use wakeful_lab::scenario::{Injection, Scenario};
use wakeful_lab::zeek::{Format, conn_log, dns_log};
use wakeful_logs::Reader;

/// A day of an office with a tunnel in it; the tunnel's client comes late in no way.
fn logs() -> Vec<(String, Vec<u8>)> {
    let made = Scenario {
        seed: 31,
        days: 0.4,
        clients: 80,
        start: 1_700_000_000.0,
        injections: vec![Injection::parse("iodine:rate=0.5").unwrap()],
    }
    .run();
    vec![
        ("dns.log".to_owned(), dns_log(&made.dns, Format::Tsv)),
        ("conn.log".to_owned(), conn_log(&made.conn, Format::Tsv)),
    ]
}

fn read(budget: Option<u64>) -> Session {
    let mut session = Session::new();
    if let Some(bytes) = budget {
        session.set_budget(bytes);
    }
    for (name, bytes) in logs() {
        session.open(&name);
        // What is held is looked at again after so many rows that a small log is through before: the
        // budget is set anew, which looks at once.
        for chunk in bytes.chunks(100_000) {
            if let Some(bytes) = budget {
                session.set_budget(bytes);
            }
            session.feed(chunk);
        }
        session.close();
    }
    session
}

fn tunnel(report: &Report) -> Option<Severity> {
    report
        .findings
        .iter()
        .find(|finding| finding.kind == "dns-tunnel" && finding.severity >= Severity::High)
        .map(|finding| finding.severity)
}

fn memory_notes(report: &Report) -> Vec<&str> {
    report
        .notes
        .iter()
        .filter(|note| note.kind == "memory")
        .map(|note| note.text.as_str())
        .collect()
}

#[test]
fn a_budget_that_is_not_used_up_changes_nothing() {
    let expected = read(None).report();
    assert_eq!(tunnel(&expected), Some(Severity::Critical));
    assert!(memory_notes(&expected).is_empty());
    assert_eq!(read(Some(1 << 40)).report(), expected);
}

#[test]
fn within_a_smaller_budget_less_is_kept_and_the_tunnel_is_found() {
    let mut whole = read(None);
    let expected = whole.report();
    let held = whole.analysis().held();
    // What one channel takes at least, of as many as there are, is about a third.
    for share in [3, 2] {
        let budget = held * share / 5;
        let mut session = read(Some(budget));
        let report = session.report();
        assert_eq!(tunnel(&report), Some(Severity::Critical), "{share}/5");
        assert_eq!(memory_notes(&report).len(), 1, "{share}/5");
        let now = session.analysis().held();
        assert!(now < held * 4 / 5, "{share}/5: {now} of {held} bytes");
        assert_eq!(report.span, expected.span);
        assert_eq!(report.inputs, expected.inputs);
    }
}

#[test]
fn rows_that_another_read_are_cut_down_alike() {
    let held = read(None).analysis().held();
    // Names are given numbers anew while texts that came before are known to both sides.
    for share in [4, 3, 2] {
        let budget = held * share / 5;
        let mut session = Session::new();
        for (name, bytes) in logs() {
            session.open_relayed(&name);
            let (mut reader, mut writer) = (Reader::new(), Writer::new());
            for chunk in bytes.chunks(100_000) {
                session.set_budget(budget);
                reader.feed(chunk, &mut writer);
                session.relayed(&writer.swap(Vec::new())).unwrap();
            }
            let summary = reader.finish(&mut writer);
            session.relayed(writer.bytes()).unwrap();
            session.close_relayed(summary);
        }
        let expected = read(Some(budget)).report();
        assert!(!memory_notes(&expected).is_empty());
        assert_eq!(session.report(), expected, "{share}");
    }
}

#[test]
fn a_crowded_domain_is_followed_with_those_who_say_most_and_all_its_clients_are_counted() {
    // Sixty clients ask for one domain, the last of them most; two others have domains of their own.
    let mut log = String::new();
    let mut row = |client: u32, name: &str, at: u32| {
        log.push_str(&format!(
            "{{\"ts\":{}.5,\"id.orig_h\":\"10.0.0.{client}\",\"query\":\"{name}\",\"qtype\":1}}\n",
            1_700_000_000 + at
        ));
    };
    for client in 0..60 {
        for n in 0..=client {
            row(client, &format!("n{n}.crowd.example"), n);
        }
    }
    row(70, "www.alone.example", 5);
    row(71, "www.other.example", 5);
    let mut session = Session::new();
    session.open("dns.log");
    for line in log.split_inclusive('\n') {
        session.feed(line.as_bytes());
    }
    session.close();
    let held = session.analysis().held();
    let crowd = |session: &Session| -> (usize, u32, u64) {
        let of: Vec<_> = session
            .analysis()
            .dns_channels()
            .filter(|ends| ends.other == b"crowd.example")
            .map(|ends| (ends.other_clients, ends.channel.records))
            .collect();
        let least = of.iter().map(|&(_, records)| records).min();
        (of.len(), of[0].0, least.unwrap())
    };
    assert_eq!(crowd(&session), (60, 59, 1));
    // Used up until someone is dropped: then all who say less than those that say most.
    let mut mine = Session::new();
    mine.merge(session);
    let mut budget = held;
    while crowd(&mine).0 == 60 {
        budget = budget * 9 / 10;
        mine.set_budget(budget);
        let mut empty = Session::new();
        empty.open("more.log");
        empty.close();
        mine.merge(empty);
    }
    let (followed, others, least) = crowd(&mine);
    assert!(
        matches!((followed, least), (32, 29) | (4, 57)),
        "{followed} {least}"
    );
    assert_eq!(others, 59);
    let report = mine.report();
    assert_eq!(report.census.domains, 3);
    assert!(memory_notes(&report)[0].contains("rows are not judged"));
    let bytes = mine.to_partial().unwrap();
    assert_eq!(
        crowd(&Session::from_partial(&bytes).unwrap()),
        (followed, others, least)
    );
}

#[test]
fn where_the_memory_is_used_up_known_channels_go_on_and_what_is_left_out_is_said() {
    let mut session = read(Some(1));
    let report = session.report();
    let [note] = memory_notes(&report)[..] else {
        panic!("{:?}", report.notes);
    };
    assert!(note.contains("rows are not judged"), "{note}");
    assert_eq!(report.inputs, read(None).report().inputs);
    // With nothing but the channels that were met first.
    assert!(report.census.dns_channels > 0);
}

#[test]
fn what_was_held_to_a_budget_comes_back_from_bytes_and_merges() {
    let mut session = read(Some(1));
    let report = session.report();
    let bytes = session.to_partial().unwrap();
    let mut again = Session::from_partial(&bytes).unwrap();
    assert_eq!(again.report(), report);
    assert_eq!(again.to_partial().unwrap(), bytes);

    // The stricter of two decides.
    let mut merged = Session::new();
    merged.merge(read(None));
    let before = merged.analysis().held();
    merged.merge(again);
    assert_eq!(memory_notes(&merged.report()).len(), 1);
    assert!(merged.analysis().held() < before);
    assert_eq!(tunnel(&merged.report()), Some(Severity::Critical));
}
