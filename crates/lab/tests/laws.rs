//! What every generated log keeps to.

// The helpers of tests may fail as tests do.
#![allow(clippy::unwrap_used, clippy::panic)]

use std::collections::BTreeSet;
use std::net::IpAddr;

use wakeful_lab::row::DnsRow;
use wakeful_lab::samples::{sample_logs, sample_scenario, samples};
use wakeful_lab::scenario::{Injection, Logs, Scenario, Target};
use wakeful_lab::tunnels::encode::ENCODINGS;
use wakeful_lab::tunnels::{TOOLS, Tool};
use wakeful_lab::zeek::{Format, conn_log, dns_log};

const TUESDAY: f64 = 1_710_201_600.0;

fn scenario(injections: &[&str]) -> Scenario {
    Scenario {
        seed: 11,
        days: 1.0,
        clients: 16,
        start: TUESDAY,
        injections: injections
            .iter()
            .map(|text| Injection::parse(text).unwrap())
            .collect(),
    }
}

/// Every tool once, at its defaults.
fn all_tools() -> Scenario {
    let names: Vec<&str> = TOOLS.iter().map(|(name, _)| *name).collect();
    scenario(&names)
}

fn under<'a>(logs: &'a Logs, domain: &'a str) -> impl Iterator<Item = &'a DnsRow> {
    logs.dns.iter().filter(move |row| row.is_under(domain))
}

#[test]
fn same_seed_same_bytes() {
    let (one, two) = (all_tools().run(), all_tools().run());
    assert_eq!(one, two);
    for format in [Format::Tsv, Format::Json] {
        assert_eq!(dns_log(&one.dns, format), dns_log(&two.dns, format));
        assert_eq!(conn_log(&one.conn, format), conn_log(&two.conn, format));
    }
    let other = Scenario {
        seed: 12,
        ..all_tools()
    };
    assert_ne!(one.dns, other.run().dns);
}

/// The bytes of one scenario are fixed: whoever changes the generator changes these
/// two numbers, knowingly. They are the same on every target.
#[test]
fn bytes_do_not_drift() {
    let scenario = Scenario {
        days: 0.5,
        ..all_tools()
    };
    let logs = scenario.run();
    let fold = |bytes: Vec<u8>| {
        bytes.iter().fold(0xcbf2_9ce4_8422_2325_u64, |h, b| {
            (h ^ u64::from(*b)).wrapping_mul(0x0100_0000_01b3)
        })
    };
    let found = (
        fold(dns_log(&logs.dns, Format::Tsv)),
        fold(conn_log(&logs.conn, Format::Tsv)),
    );
    assert_eq!(found, (DNS_HASH, CONN_HASH), "{found:#x?}");
}

const DNS_HASH: u64 = 0xbbbf_0b18_8792_cbed;
const CONN_HASH: u64 = 0x5199_2851_3f84_35d8;

/// What a long log is written from, a span at a time.
#[test]
fn chapters_follow_each_other_with_the_same_people() {
    let scenario = scenario(&[]);
    assert_eq!(scenario.chapter(0), scenario.run());
    let chapters = [0, 1, 2].map(|number| scenario.chapter(number));
    let mut uids = BTreeSet::new();
    for (number, logs) in chapters.iter().enumerate() {
        let from = scenario.start + number as f64 * 86_400.0;
        assert!(logs.dns.len() > 1_000);
        for row in &logs.dns {
            assert!(row.ts >= from && row.ts < from + 86_400.0);
        }
        uids.extend(logs.conn.iter().map(|row| row.uid.clone()));
    }
    let flows: usize = chapters.iter().map(|logs| logs.conn.len()).sum();
    assert_eq!(uids.len(), flows, "no uid comes twice");
    // Machines have the same programs and people the same favourites; what they ask for besides differs.
    let asked = |logs: &Logs| -> BTreeSet<(IpAddr, Vec<u8>)> {
        let pairs = logs.dns.iter().map(|row| (row.client, row.query.clone()));
        pairs.collect()
    };
    let (one, two) = (asked(&chapters[0]), asked(&chapters[1]));
    let again = two.intersection(&one).count();
    assert!(
        again * 4 > two.len() && again < two.len(),
        "{again} of {}",
        two.len()
    );
}

#[test]
fn an_injection_changes_no_benign_row() {
    let quiet = scenario(&[]).run();
    let loud = scenario(&["iodine:type=txt", "beacon"]).run();
    let left: Vec<&DnsRow> = loud
        .dns
        .iter()
        .filter(|row| {
            !loud.truth.iter().any(|truth| match &truth.target {
                Target::Domain(domain) => row.is_under(domain),
                Target::Peer(_) => false,
            })
        })
        .collect();
    assert_eq!(left, quiet.dns.iter().collect::<Vec<_>>());
}

#[test]
fn truth_counts_the_rows() {
    let logs = all_tools().run();
    assert_eq!(logs.truth.len(), TOOLS.len());
    for truth in &logs.truth {
        let times: Vec<f64> = match &truth.target {
            Target::Domain(domain) => under(&logs, domain)
                .map(|row| {
                    // Nobody else asks under a tunnel's domain.
                    assert_eq!(row.client, truth.client, "{:?}", truth.tool);
                    row.ts
                })
                .collect(),
            Target::Peer(peer) => logs
                .conn
                .iter()
                .filter(|row| row.server == *peer)
                .map(|row| {
                    assert_eq!(row.client, truth.client);
                    row.ts
                })
                .collect(),
        };
        assert!(!times.is_empty(), "{:?} left nothing", truth.tool);
        assert_eq!(times.len() as u64, truth.records, "{:?}", truth.tool);
        assert_eq!(times.first(), Some(&truth.first), "{:?}", truth.tool);
        assert_eq!(times.last(), Some(&truth.last), "{:?}", truth.tool);
    }
}

#[test]
fn names_keep_to_the_limits_of_dns() {
    let mut texts: Vec<String> = Vec::new();
    for (tool, _) in TOOLS {
        for (encoding, _) in ENCODINGS {
            for chunk in [0, 9, 1_400] {
                texts.push(format!(
                    "{tool}:encoding={encoding},chunk={chunk},duration=200s,rate=2,duty=1"
                ));
            }
        }
        for qtype in [
            "a", "aaaa", "txt", "cname", "mx", "srv", "null", "key", "private",
        ] {
            texts.push(format!(
                "{tool}:type={qtype},duration=200s,duty=0.5,rate=2,idle=4"
            ));
        }
    }
    let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
    let scenario = Scenario {
        clients: 0,
        ..scenario(&texts)
    };
    let logs = scenario.run();
    assert_eq!(logs.truth.len(), texts.len());
    for row in logs.dns.iter().chain(&all_tools().run().dns) {
        let shown = String::from_utf8_lossy(&row.query);
        assert!(row.query.len() <= 253, "{} bytes: {shown}", row.query.len());
        for label in row.query.split(|byte| *byte == b'.') {
            assert!((1..=63).contains(&label.len()), "a label of {shown}");
        }
        assert!(!row.query.iter().any(u8::is_ascii_uppercase), "{shown}");
        if matches!(row.qtype.0, 5 | 15 | 33) {
            for answer in &row.answers {
                assert!(answer.text.len() <= 253, "the answer to {shown}");
                let mut labels = answer.text.split(|byte| *byte == b'.');
                assert!(
                    labels.all(|label| label.len() <= 63),
                    "the answer to {shown}"
                );
            }
        }
    }
}

#[test]
fn times_are_sorted_and_inside_the_span() {
    let scenario = all_tools();
    let logs = scenario.run();
    assert!(logs.dns.is_sorted_by(|a, b| a.ts <= b.ts));
    assert!(logs.conn.is_sorted_by(|a, b| a.ts <= b.ts));
    let times = logs.dns.iter().map(|row| row.ts);
    for ts in times.chain(logs.conn.iter().map(|row| row.ts)) {
        assert!((scenario.start..scenario.end()).contains(&ts), "{ts}");
    }
}

#[test]
fn every_dns_row_has_its_flow() {
    let logs = all_tools().run();
    let mut flows: Vec<(&str, IpAddr, u16)> = logs
        .conn
        .iter()
        .map(|row| (row.uid.as_str(), row.client, row.client_port))
        .collect();
    flows.sort_unstable();
    let count = flows.len();
    flows.dedup_by_key(|flow| flow.0);
    assert_eq!(flows.len(), count, "a uid twice");
    for row in &logs.dns {
        let wanted = (row.uid.as_str(), row.client, row.client_port);
        assert!(flows.binary_search(&wanted).is_ok(), "{}", row.uid);
    }
}

#[test]
fn more_rows_in_office_hours_than_at_night() {
    let logs = scenario(&[]).run();
    let between = |from: f64, to: f64| {
        let hours = |ts: f64| (ts - TUESDAY) / 3_600.0;
        let inside = |ts: f64| hours(ts) >= from && hours(ts) < to;
        logs.dns.iter().filter(|row| inside(row.ts)).count()
    };
    let (night, office) = (between(0.0, 5.0), between(10.0, 15.0));
    assert!(night > 0, "machines run at night, too");
    assert!(office > 4 * night, "{office} by day, {night} by night");
    // On a Saturday hardly anybody is there.
    let saturday = Scenario {
        start: TUESDAY + 4.0 * 86_400.0,
        ..scenario(&[])
    };
    let saturday = saturday.run().dns.len();
    assert!(
        saturday * 2 < logs.dns.len(),
        "{saturday} on Saturday, {} on Tuesday",
        logs.dns.len()
    );
}

#[test]
fn a_day_has_the_usual_kinds_of_names() {
    let logs = scenario(&[]).run();
    let share = |wanted: &dyn Fn(&DnsRow) -> bool| {
        logs.dns.iter().filter(|row| wanted(row)).count() as f64 / logs.dns.len() as f64
    };
    for qtype in [1, 28, 65, 12, 16, 15, 33, 43, 48] {
        assert!(share(&|row| row.qtype.0 == qtype) > 0.0, "type {qtype}");
    }
    let missing = share(&|row| row.rcode == Some(3));
    assert!((0.005..0.3).contains(&missing), "NXDOMAIN {missing}");
    let unanswered = share(&|row| row.rcode.is_none() && row.server_port == 53);
    assert!((0.000_5..0.02).contains(&unanswered), "lost {unanswered}");
    assert!(share(&|row| row.query.ends_with(b".local")) > 0.0);
    assert!(share(&|row| row.query.ends_with(b".in-addr.arpa")) > 0.0);
}

#[test]
fn samples_have_their_size_and_their_tunnels() {
    for (sample, tunnels) in samples().iter().zip([0, 3, 1]) {
        let logs = sample_scenario(sample.name).unwrap().run();
        let rows = logs.dns.len();
        assert!((5_000..=40_000).contains(&rows), "{}: {rows}", sample.name);
        assert!(logs.conn.len() > 5_000);
        assert_eq!(logs.truth.len(), tunnels);
        let files = sample_logs(sample.name).unwrap();
        let names: Vec<&str> = files.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(names, ["dns.log", "conn.log"]);
    }
    assert_eq!(sample_logs("no-such-day"), None);
}

#[test]
fn keepalives_and_loads_show_in_the_gaps() {
    let logs = scenario(&["iodine:type=txt,duration=2h"]).run();
    let Target::Domain(domain) = &logs.truth[0].target else {
        panic!("iodine has a domain");
    };
    let times: Vec<f64> = under(&logs, domain).map(|row| row.ts).collect();
    let gaps: Vec<f64> = times.windows(2).map(|pair| pair[1] - pair[0]).collect();
    assert!(gaps.iter().filter(|gap| **gap < 0.5).count() > 200);
    assert!(gaps.iter().filter(|gap| (2.0..6.1).contains(*gap)).count() > 100);
}

#[test]
fn unknown_words_are_answered_with_a_sentence() {
    for (text, word) in [
        ("telnet", "no tool “telnet”"),
        ("iodine:speed=1", "no parameter “speed”"),
        ("iodine:rate=fast", "“fast” is no number"),
        ("iodine:rate=-1", "rate is -1"),
        ("iodine:rate=nan", "rate is nan"),
        ("iodine:type=q", "no record type “q”"),
        ("iodine:encoding=rot13", "no encoding “rot13”"),
        ("iodine:payload=cats", "no payload “cats”"),
        ("iodine:rate", "no key=value"),
        ("iodine:start=1y", "“1y” is no number"),
    ] {
        let error = Injection::parse(text).unwrap_err();
        assert!(error.contains(word) && error.ends_with('.'), "{error}");
    }
    let read = Injection::parse("iodine:rate=0.5,type=txt,start=2h,client=3").unwrap();
    assert_eq!((read.tool, read.client), (Tool::Iodine, Some(3)));
    assert_eq!(read.params.start, Some(7_200.0));
    for (name, tool) in TOOLS {
        assert_eq!(Injection::parse(name).unwrap(), Injection::new(tool));
        assert_eq!(tool.name(), name);
    }
}

/// The value of a field of a JSON line, as text; lists joined by commas.
fn json_field(line: &str, name: &str) -> Option<String> {
    let at = line.find(&format!("\"{name}\":"))? + name.len() + 3;
    let rest = &line[at..];
    let text = |rest: &str| -> (String, usize) {
        let mut out = String::new();
        let mut letters = rest.char_indices().skip(1);
        while let Some((index, letter)) = letters.next() {
            match letter {
                '"' => return (out, index + 1),
                '\\' => match letters.next().unwrap().1 {
                    'u' => {
                        let code: String = letters.by_ref().take(4).map(|(_, c)| c).collect();
                        let code = u32::from_str_radix(&code, 16).unwrap();
                        out.push(char::from_u32(code).unwrap());
                    }
                    other => out.push(other),
                },
                _ => out.push(letter),
            }
        }
        panic!("an open string in {rest}");
    };
    Some(match rest.as_bytes()[0] {
        b'"' => text(rest).0,
        b'[' => {
            let mut values = Vec::new();
            let mut rest = &rest[1..];
            while !rest.starts_with(']') {
                if rest.starts_with('"') {
                    let (value, end) = text(rest);
                    values.push(value.replace(',', "\\x2c"));
                    rest = &rest[end..];
                } else {
                    let end = rest.find([',', ']']).unwrap();
                    values.push(rest[..end].to_owned());
                    rest = &rest[end..];
                }
                rest = rest.strip_prefix(',').unwrap_or(rest);
            }
            values.join(",")
        }
        _ => rest[..rest.find([',', '}']).unwrap()].to_owned(),
    })
}

/// The bytes of a value: TSV escapes control characters and backslashes as `\xHH`, JSON in its own way.
fn unescaped(value: &str) -> Vec<u8> {
    let mut out = Vec::new();
    let mut rest = value.as_bytes();
    while let Some((first, tail)) = rest.split_first() {
        let code = rest
            .strip_prefix(b"\\x")
            .and_then(|digits| str::from_utf8(digits.get(..2)?).ok())
            .and_then(|digits| u8::from_str_radix(digits, 16).ok());
        out.push(code.unwrap_or(*first));
        rest = if code.is_some() { &rest[4..] } else { tail };
    }
    out
}

#[test]
fn both_formats_say_the_same() {
    let logs = scenario(&["iodine:type=txt,encoding=base128", "dnscat2"]).run();
    for (tsv, json) in [
        (
            dns_log(&logs.dns, Format::Tsv),
            dns_log(&logs.dns, Format::Json),
        ),
        (
            conn_log(&logs.conn, Format::Tsv),
            conn_log(&logs.conn, Format::Json),
        ),
    ] {
        let (tsv, json) = (
            String::from_utf8(tsv).unwrap(),
            String::from_utf8(json).unwrap(),
        );
        let fields = tsv
            .lines()
            .find(|line| line.starts_with("#fields"))
            .unwrap();
        let fields: Vec<&str> = fields.split('\t').skip(1).collect();
        let types = tsv.lines().find(|line| line.starts_with("#types")).unwrap();
        assert_eq!(types.split('\t').count(), fields.len() + 1);
        let rows: Vec<&str> = tsv.lines().filter(|line| !line.starts_with('#')).collect();
        let lines: Vec<&str> = json.lines().collect();
        assert_eq!(rows.len(), lines.len());
        for (row, line) in rows.iter().zip(lines) {
            let values: Vec<&str> = row.split('\t').collect();
            assert_eq!(values.len(), fields.len(), "{row}");
            for (field, value) in fields.iter().zip(values) {
                let Some(found) = json_field(line, field) else {
                    assert!(matches!(value, "-" | "(empty)"), "{field} of {line}");
                    continue;
                };
                let same = match (value, found.as_str()) {
                    ("T", "true") | ("F", "false") => true,
                    (a, b) if unescaped(a) == unescaped(b) => true,
                    (a, b) => {
                        let read = |text: &str| -> Option<Vec<f64>> {
                            text.split(',').map(|part| part.parse().ok()).collect()
                        };
                        read(a).is_some() && read(a) == read(b)
                    }
                };
                assert!(same, "{field}: {value} and {found}");
            }
        }
    }
}
