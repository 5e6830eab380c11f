//! Pieces and partial results: however a log is cut, handed round and merged, the report is that of one
//! pass over it.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;

use common::logs;
use std::path::Path;
use wakeful_engine::relay::{Damaged, Writer};
use wakeful_engine::report::Report;
use wakeful_engine::{Piece, Place, Session, judging};
use wakeful_lab::rng::Rng;
use wakeful_lab::zeek::{Format, conn_log, dns_log};
use wakeful_logs::Reader;
use wakeful_logs::piece::{Before, Start};

/// Name and bytes.
type Log = (String, Vec<u8>);

fn one_pass(logs: &[Log]) -> Session {
    let mut session = Session::new();
    for (name, bytes) in logs {
        session.open(name);
        session.feed(bytes);
        session.close();
    }
    session
}

/// The logs read by one and counted by another, in rows that are handed on `at_once` bytes at a time.
fn relayed(logs: &[Log], at_once: usize) -> Session {
    let mut session = Session::new();
    for (name, bytes) in logs {
        session.open_relayed(name);
        let (mut reader, mut writer) = (Reader::new(), Writer::new());
        for chunk in bytes.chunks(1001) {
            reader.feed(chunk, &mut writer);
            if writer.len() >= at_once {
                session.relayed(&writer.swap(Vec::new())).unwrap();
            }
        }
        let summary = reader.finish(&mut writer);
        session.relayed(writer.bytes()).unwrap();
        session.close_relayed(summary);
    }
    session
}

/// The text at a range, read as a piece: under the header above it, found by reading all before it.
fn piece(name: &str, bytes: &[u8], range: std::ops::Range<usize>, piece: Piece) -> Session {
    let first = Start::of_text(bytes).unwrap();
    let mut before = Before::new(&first);
    before.feed(&bytes[..range.start]);
    let mut session = Session::new();
    session.open_piece(name, piece, before.start()).unwrap();
    bytes[range]
        .chunks(1001)
        .for_each(|chunk| session.feed(chunk));
    session.close();
    session
}

/// Cuts of a text at lines' ends: some pieces may be empty.
fn cuts(rng: &mut Rng, bytes: &[u8], pieces: usize) -> Vec<usize> {
    let mut cuts = vec![0, bytes.len()];
    for _ in 1..pieces {
        let at = rng.below(bytes.len() + 1);
        let end = bytes[at..].iter().position(|&byte| byte == b'\n');
        cuts.push(end.map_or(bytes.len(), |end| at + end + 1));
    }
    cuts.sort_unstable();
    cuts
}

/// Each log in pieces, or whole where it is no text, each in a session of its own.
fn apart(rng: &mut Rng, logs: &[Log]) -> Vec<Session> {
    let mut sessions = Vec::new();
    for log in logs {
        let (name, bytes) = log;
        if Start::of_text(bytes).is_none() {
            sessions.push(one_pass(std::slice::from_ref(log)));
            continue;
        }
        let cuts = cuts(rng, bytes, 1 + rng.clone().below(5));
        let of = cuts.len() as u32 - 1;
        for (cut, number) in cuts.windows(2).zip(1..) {
            sessions.push(piece(name, bytes, cut[0]..cut[1], Piece { number, of }));
        }
    }
    sessions
}

/// Merges two at a time, chosen by chance, some of them handed over as bytes.
fn merged(rng: &mut Rng, mut sessions: Vec<Session>) -> Session {
    loop {
        let mut one = sessions.swap_remove(rng.below(sessions.len()));
        if rng.below(2) == 0 {
            one = Session::from_partial(&one.to_partial().unwrap()).unwrap();
        }
        if sessions.is_empty() {
            return one;
        }
        let other = rng.below(sessions.len());
        sessions[other].merge(one);
    }
}

/// A report as it is handed out.
fn json(report: &Report) -> String {
    serde_json::to_string(report).unwrap()
}

/// Where the records of each finding lie: name of the input, offset, length, and the record's fields.
fn shown(session: &Session, report: &Report, logs: &[Log], order: &[String]) -> Vec<String> {
    let mut all = Vec::new();
    for finding in &report.findings {
        let mut places: Vec<_> = session
            .places(&finding.id)
            .into_iter()
            .map(|place: Place| {
                let name = &order[place.input];
                let bytes = &logs.iter().find(|log| log.0 == *name).unwrap().1;
                let start = place.offset as usize;
                let line = &bytes[start..start + place.len as usize];
                format!("{name} {start} {:?}", session.fields(&place, line))
            })
            .collect();
        // Which input comes first depends on the order of merging.
        places.sort();
        all.push(format!("{} {places:?}", finding.id));
    }
    all
}

/// Every way of cutting and merging that chance gives is one pass.
fn check(what: &str, logs: &[Log], rounds: u64) {
    let mut whole = one_pass(logs);
    let expected = whole.report();
    for round in 0..rounds {
        let mut rng = Rng::new(round + 1);
        let mut session = merged(&mut rng.clone(), apart(&mut rng, logs));
        assert_eq!(session.faults(), Vec::<String>::new(), "{what} {round}");
        let report = session.report();
        assert_eq!(report, expected, "{what} {round}");
        assert_eq!(json(&report), json(&expected), "{what} {round}");
        if let [(name, _)] = logs {
            let order = [name.clone()];
            assert_eq!(
                shown(&session, &report, logs, &order),
                shown(&whole, &expected, logs, &order),
                "{what} {round}"
            );
        }
        // What was merged can be handed on in turn.
        let mut again = Session::from_partial(&session.to_partial().unwrap()).unwrap();
        assert_eq!(json(&again.report()), json(&expected), "{what} {round}");
    }
}

fn case_logs() -> Vec<Log> {
    logs(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/cases"))
        .iter()
        .map(|path| (path.display().to_string(), std::fs::read(path).unwrap()))
        .collect()
}

fn sample(name: &str, format: Format) -> Vec<Log> {
    let logs = wakeful_lab::samples::sample_scenario(name).unwrap().run();
    vec![
        ("dns.log".to_owned(), dns_log(&logs.dns, format)),
        ("conn.log".to_owned(), conn_log(&logs.conn, format)),
    ]
}

#[test]
fn the_logs_of_all_cases_in_pieces_are_one_pass() {
    check("cases", &case_logs(), 3);
}

#[test]
fn real_logs_of_every_form_in_pieces_are_one_pass() {
    let Some(data) = wakeful_testkit::real_data() else {
        return;
    };
    let logs: Vec<Log> = logs(&data.join("formats"))
        .iter()
        .map(|path| (path.display().to_string(), std::fs::read(path).unwrap()))
        .collect();
    assert!(!logs.is_empty());
    check("real", &logs, 2);
}

#[test]
fn logs_that_one_reads_and_another_counts_are_one_pass_to_the_byte() {
    let mut logs = case_logs();
    for format in [Format::Tsv, Format::Json] {
        logs.extend(sample("three-tunnels", format));
    }
    for at_once in [1, 10_000, usize::MAX] {
        let (mut direct, mut handed_on) = (one_pass(&logs), relayed(&logs, at_once));
        assert!(
            direct.to_partial().unwrap() == handed_on.to_partial().unwrap(),
            "{at_once}"
        );
        assert_eq!(json(&direct.report()), json(&handed_on.report()));
    }
}

#[test]
fn rows_without_an_input_or_of_no_log_are_an_error_and_no_panic() {
    let mut session = Session::new();
    assert_eq!(session.relayed(&[]), Err(Damaged));
    session.open_relayed("dns.log");
    assert_eq!(session.relayed(b"ts\tquery"), Err(Damaged));
    session.feed(b"#fields\tts\tquery\n");
    assert!(!session.read_anything());
    assert_eq!(session.report().findings.len(), 0);
}

#[test]
fn tsv_and_json_in_pieces_are_one_pass() {
    check("tsv", &sample("three-tunnels", Format::Tsv), 3);
    check("json", &sample("three-tunnels", Format::Json), 2);
}

#[test]
fn one_log_with_any_ends_of_lines_and_headers_is_one_pass_with_its_places() {
    let [(_, dns), (_, conn)] = <[Log; 2]>::try_from(sample("low-and-slow", Format::Tsv)).unwrap();
    let crlf = |bytes: &[u8]| {
        bytes
            .split_inclusive(|&byte| byte == b'\n')
            .flat_map(|line| [line.strip_suffix(b"\n").unwrap_or(line), b"\r\n"].concat())
            .collect::<Vec<u8>>()
    };
    // The columns of the second half in another order: its rows mean nothing under the first header.
    let turned: Vec<u8> = dns
        .split_inclusive(|&byte| byte == b'\n')
        .flat_map(|line| {
            let text = line.strip_suffix(b"\n").unwrap_or(line);
            let mut fields: Vec<&[u8]> = text.split(|&byte| byte == b'\t').collect();
            if text.starts_with(b"#fields") || text.starts_with(b"#types") {
                fields[1..].reverse();
            } else if !text.starts_with(b"#") {
                fields.reverse();
            }
            [fields.join(&b'\t'), b"\n".to_vec()].concat()
        })
        .collect();
    for (what, bytes) in [
        ("plain", dns.clone()),
        ("crlf", crlf(&dns)),
        ("no end", dns[..dns.len() - 40].to_vec()),
        ("mark", [b"\xef\xbb\xbf".to_vec(), dns.clone()].concat()),
        (
            "headers in the middle",
            [&dns[..], &conn, &turned, &dns].concat(),
        ),
        (
            "bad lines",
            [&b"bad\n\n"[..], &dns, b"1.5\tx\n{\"a\n", &turned, b"no row"].concat(),
        ),
    ] {
        check(what, &[("some.log".to_owned(), bytes)], 3);
    }
}

#[test]
fn what_is_no_text_is_read_whole_and_merges() {
    let logs = vec![
        ("empty.log".to_owned(), Vec::new()),
        ("image.png".to_owned(), b"\x89PNG\r\n\x1a\n\0\0".to_vec()),
        (
            "one.log".to_owned(),
            b"{\"ts\":1.5,\"query\":\"a.example\",\"qtype\":1}".to_vec(),
        ),
        ("notes.txt".to_owned(), b"no\nlog\n".to_vec()),
    ];
    check("no text", &logs, 6);
}

#[test]
fn a_piece_under_the_wrong_header_a_missing_and_a_second_one_are_faults_and_problems() {
    let (name, bytes) = &sample("low-and-slow", Format::Tsv)[0];
    let cut = bytes.len() / 2
        + bytes[bytes.len() / 2..]
            .iter()
            .position(|&b| b == b'\n')
            .unwrap()
        + 1;
    let of = |number| Piece { number, of: 2 };
    let first = || piece(name, bytes, 0..cut, of(1));
    let second = || piece(name, bytes, cut..bytes.len(), of(2));

    let mut wrong = Session::new();
    wrong.open_piece(name, of(2), Start::default()).unwrap();
    wrong.feed(&bytes[cut..]);
    wrong.merge(first());
    let mut twice = first();
    twice.merge(second());
    twice.merge(first());
    let mut missing = second();
    for (session, says) in [
        (&mut wrong, "under another header"),
        (&mut twice, "twice"),
        (&mut missing, "are missing (1)"),
    ] {
        let faults = session.faults();
        assert!(
            faults.iter().any(|fault| fault.contains(says)),
            "{faults:?}"
        );
        let report = session.report();
        let problems: Vec<_> = report
            .inputs
            .iter()
            .flat_map(|input| &input.problems)
            .collect();
        assert!(
            faults
                .iter()
                .all(|fault| problems.iter().any(|problem| problem.what == *fault)),
            "{problems:?}"
        );
    }
    // A piece that comes behind a later one in the same scan, and one that there cannot be.
    let mut session = second();
    assert!(session.open_piece(name, of(1), Start::default()).is_err());
    for piece in [
        Piece { number: 0, of: 2 },
        Piece { number: 3, of: 2 },
        Piece {
            number: 1,
            of: u32::MAX,
        },
    ] {
        assert!(
            Session::new()
                .open_piece(name, piece, Start::default())
                .is_err()
        );
    }
}

#[test]
fn the_same_reading_gives_the_same_bytes_and_they_are_smaller_than_the_log() {
    let logs = sample("three-tunnels", Format::Tsv);
    let bytes = one_pass(&logs).to_partial().unwrap();
    assert_eq!(one_pass(&logs).to_partial().unwrap(), bytes);
    let again = Session::from_partial(&bytes).unwrap().to_partial().unwrap();
    assert_eq!(again, bytes);
    let read: usize = logs.iter().map(|(_, bytes)| bytes.len()).sum();
    assert!(bytes.len() < read / 2, "{} of {read}", bytes.len());
}

#[test]
fn inputs_that_are_expected_have_the_numbers_of_one_pass_whoever_reads_them() {
    let logs = case_logs();
    let mut expected = one_pass(&logs);
    let report = expected.report();
    assert!(!report.findings.is_empty());
    let mut rng = Rng::new(77);
    for _ in 0..6 {
        let mut whole = Session::new();
        whole.expect(logs.iter().map(|(name, _)| name.as_str()));
        let mut parts = apart(&mut rng, &logs);
        while !parts.is_empty() {
            let part = parts.swap_remove(rng.below(parts.len()));
            whole.merge(part);
        }
        assert_eq!(whole.report(), report);
        for finding in &report.findings {
            assert_eq!(whole.places(&finding.id), expected.places(&finding.id));
        }
    }

    // What is read by itself, in order, beside what comes from elsewhere; nothing is said of the rest.
    let mut some = Session::new();
    some.expect(["a.log", "b.log", "a.log"]);
    some.open("b.log");
    some.feed(&logs[0].1);
    some.open("a.log");
    some.feed(b"no log");
    let report = some.report();
    let names: Vec<&str> = report
        .inputs
        .iter()
        .map(|input| input.name.as_str())
        .collect();
    assert_eq!(names, ["a.log", "b.log"]);
    let places = report
        .findings
        .iter()
        .flat_map(|finding| some.places(&finding.id));
    assert!(places.map(|place| place.input).all(|input| input == 1));
}

#[test]
fn names_that_another_measured_make_the_report_of_one() {
    let mut session = one_pass(&sample("three-tunnels", Format::Tsv));
    let expected = session.report();
    let mut judging = session.judging();
    let wanted = judging.wanted().expect("a tunnel's names take a while");
    let measured = judging::measure(&wanted).unwrap();
    let judged = judging.prepared().judged(Some(&measured));
    assert_eq!(session.keep(judged), expected);
    // What did not come back is measured here; what came is taken.
    for (back, same) in [(&measured[..8], true), (&[0x41; 8][..], false)] {
        let mut judging = session.judging();
        assert_eq!(judging.wanted().as_ref(), Some(&wanted));
        let judged = judging.prepared().judged(Some(back));
        assert_eq!(session.keep(judged) == expected, same);
    }
}
