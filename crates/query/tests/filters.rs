//! Filters over rows: what they mean, what is said of those that are none, what is offered.

#![allow(clippy::panic, clippy::expect_used)]

use wakeful_query::{Expected, Kind, Log, Problem, and, complete, parse, test_of};

const ROW: &[(&str, &str)] = &[
    ("ts", "1710235800.5"),
    ("uid", "CabC12"),
    ("id.orig_h", "10.0.0.5"),
    ("id.orig_p", "53124"),
    ("id.resp_h", "2001:db8::53"),
    ("rtt", "0.25"),
    ("query", "ABC123.long-label.tunnel.example"),
    ("domain", "tunnel.example"),
    ("qtype", "16"),
    ("qtype_name", "TXT"),
    ("rcode_name", "NXDOMAIN"),
    ("AA", "F"),
    ("answers", "TXT 3 abc,192.0.2.7"),
    ("orig_bytes", "1500"),
    ("history", "Dd"),
    ("vlan", "12"),
];

fn accepts(text: &str) -> bool {
    let filter =
        parse(text, &["vlan".to_owned()]).unwrap_or_else(|problem| panic!("{text}: {problem:?}"));
    let row: Vec<Option<&[u8]>> = filter
        .columns()
        .iter()
        .map(|column| {
            let found = ROW.iter().find(|(name, _)| name == column);
            found.map(|(_, value)| value.as_bytes())
        })
        .collect();
    filter.accepts(&row)
}

fn problem(text: &str) -> Problem {
    parse(text, &[]).map(|_| ()).expect_err(text)
}

#[test]
fn conditions_hold_as_they_read() {
    for text in [
        "",
        "   ",
        "query contains \"abc\" and qtype == TXT",
        "client == 10.0.0.5",
        "client in 10.0.0.0/8",
        "client in { 192.168.0.0/16, 10.0.0.5 }",
        "server in 2001:db8::/32",
        "len(query) > 30",
        "len(query) == 32",
        "labels(query) = 4",
        "entropy(query) > 3.5 and entropy(query) < 4.5",
        "not (qtype == A or qtype == AAAA)",
        "!(qtype = 1) && (qtype = 16 || qtype = 28)",
        "qtype in {TXT, NULL}",
        "type > 15",
        "rcode == NXDOMAIN and rcode == 3 and rcode != 0",
        "query matches \"*.tunnel.example\"",
        "query matches *tunnel*",
        "query matches /^[a-c]{3}[0-9]+\\./",
        "query ~ /label/",
        "query startswith abc and query endswith .example",
        "domain == Tunnel.Example",
        "rtt >= 250 ms and rtt < 1s",
        "orig_bytes == 1.5 kB",
        "bytes_out > 1kB",
        "ts >= 2024-03-12 and time < 2024-03-12T09:30:01",
        "ts == 2024-03-12T09:30",
        "ts > 1710235799 and ts == 1710235800",
        "ts != 2024-03-13",
        "answers == 192.0.2.7 and answers contains \"abc\"",
        "AA == F and AA != T",
        "uid == CabC12 and history == Dd",
        "has uid and not has service",
        "service != http",
        "vlan == 12.0 and vlan < 100",
        "id.orig_p == 53124 and src_port != 53",
    ] {
        assert!(accepts(text), "{text}");
    }
}

#[test]
fn and_fail_where_they_should() {
    for text in [
        "client == 10.0.0.6",
        "client in 10.1.0.0/16",
        "uid == cabc12",
        "history == dD",
        "qtype == A",
        "query matches \"tunnel*\"",
        "query contains \"xyz\" or len(query) > 40",
        "service == http",
        "service contains \"\"",
        "resp_bytes < 10",
        "ts < 2024-03-12",
        "answers == 192.0.2",
        "ts > 2024-03-12T09:30",
        "not has query",
        // "and" binds tighter than "or".
        "qtype == A and qtype == TXT or qtype == AAAA",
    ] {
        assert!(!accepts(text), "{text}");
    }
    assert!(accepts("qtype == A and qtype == AAAA or qtype == TXT"));
}

#[test]
fn what_is_wrong_is_said_with_its_place() {
    let cases: &[(&str, std::ops::Range<usize>, &str)] = &[
        ("clint == 5", 0..5, "no field “clint”"),
        ("client = hello", 9..14, "not an address"),
        ("client == ", 10..10, "A value is expected"),
        ("query", 5..5, "A comparison is expected"),
        ("query contains \"abc", 15..19, "no end"),
        ("qtype == BLA", 9..12, "not a record type"),
        ("len(query > 5", 10..11, "bracket is open"),
        ("size(query) > 5", 0..4, "no function “size”"),
        ("(qtype == A", 11..11, "close it"),
        ("qtype == A qtype == B", 11..16, "does not follow"),
        ("ts > tomorrow", 5..13, "not a time"),
        ("len(query) > many", 13..17, "not a number"),
        ("query matches /(/", 14..17, "no regular expression"),
        ("query matches /a", 14..16, "no end"),
        ("client < 10.0.0.1", 7..8, "not greater or less"),
        ("qtype in {A, TXT", 16..16, "set is open"),
        ("query ; 5", 6..7, "means nothing"),
        ("and", 0..3, "no field “and”"),
        ("AA == 7", 6..7, "not T or F"),
    ];
    for (text, at, what) in cases {
        let problem = problem(text);
        assert!(problem.what.contains(what), "{text}: {}", problem.what);
        assert_eq!(&problem.at, at, "{text}: {}", problem.what);
        assert!(problem.what.ends_with('.'), "{text}: {}", problem.what);
    }
}

#[test]
fn no_text_panics_or_hangs() {
    let deep = "not ".repeat(10_000);
    assert!(problem(&deep).what.contains("too deep"));
    assert!(problem(&"(".repeat(10_000)).what.contains("too deep"));
    let pieces = [
        "query",
        "==",
        "\"a",
        "/",
        "(",
        ")",
        "{",
        "é",
        "\\",
        "not",
        "in",
        "10.0.0.0/99",
        " ",
        "len(",
        "~",
    ];
    // Every row of three pieces, cut at every byte.
    for a in pieces {
        for b in pieces {
            for c in pieces {
                let text = format!("{a}{b}{c}");
                let _ = parse(&text, &[]);
                for caret in 0..=text.len() + 1 {
                    let _ = complete(&text, caret, Log::Both, &[]);
                }
            }
        }
    }
}

#[test]
fn the_caret_is_offered_what_fits() {
    let offered = |text: &str| {
        let completion = complete(text, text.len(), Log::Dns, &["vlan".to_owned()]);
        let inserts: Vec<String> = completion
            .suggestions
            .into_iter()
            .map(|one| one.insert)
            .collect();
        (completion.at, inserts)
    };
    let (at, inserts) = offered("cl");
    assert_eq!((at, inserts[0].as_str()), (0..2, "client "));
    assert!(offered("client ").1.contains(&"in ".to_owned()));
    assert!(!offered("client ").1.contains(&"contains ".to_owned()));
    assert!(offered("query ").1.contains(&"contains ".to_owned()));
    assert_eq!(
        offered("qtype == T").1,
        ["TXT ", "PTR ", "HTTPS "],
        "by beginning, then by what it holds"
    );
    assert_eq!(offered("qtype == TXT ").1, ["and ", "or "]);
    assert_eq!(offered("not vl").1, ["vlan "]);
    assert_eq!(offered("len(que").1, ["query "]);
    assert!(offered("query contains \"cli").1.is_empty());
    assert!(offered("orig_b").1.is_empty(), "a field of the other log");
    let whole = complete("client == ::1 and quer == x", 21, Log::Dns, &[]);
    assert_eq!(
        (whole.at, whole.suggestions[0].insert.as_str()),
        (18..22, "query ")
    );
    assert_eq!(
        problem("client == ").expected,
        Expected::Value(Kind::Address)
    );
}

#[test]
fn a_cells_filter_is_read_back_as_it_was_meant() {
    for (column, value) in ROW {
        // A moment of the log is one of its second's microseconds.
        let test = test_of(column, Some(value), true).unwrap();
        assert!(accepts(&test) || *column == "answers", "{test}");
        let other = test_of(column, Some(value), false).unwrap();
        assert!(!accepts(&other) || *column == "answers", "{other}");
    }
    assert_eq!(
        test_of("id.orig_h", Some("10.0.0.5"), true).unwrap(),
        "client == 10.0.0.5"
    );
    assert_eq!(
        test_of("query", Some("a b"), false).unwrap(),
        "query != \"a b\""
    );
    assert_eq!(test_of("service", None, true).unwrap(), "not has service");
    assert_eq!(test_of("odd name", Some("x"), true), None);
    assert_eq!(and("", "a == 1"), "a == 1");
    assert_eq!(and("qtype == A", "rcode == 3"), "qtype == A and rcode == 3");
    assert_eq!(
        and("qtype == A or qtype == NS", "rcode == 3"),
        "(qtype == A or qtype == NS) and rcode == 3"
    );
}
