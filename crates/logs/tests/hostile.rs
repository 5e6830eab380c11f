//! Input that was made to break a reader: endless lines, bombs, damage. None of it panics, none
//! of it costs more than itself.
#![cfg(not(target_arch = "wasm32"))]
#![allow(clippy::panic, clippy::unwrap_used, clippy::expect_used)]

mod common;

use common::{Dump, accounted, dump, read};
use flate2::{Compression, write::GzEncoder};
use std::io::Write;
use std::path::Path;
use wakeful_logs::{At, ConnRecord, DnsRecord, MAX_LINE, Reader, Sink, Summary, json_fields};

const HEADER: &[u8] = b"#separator \\x09\n#path\tdns\n#fields\tts\tquery\tqtype\n";
const ROW: &[u8] = b"1792657800.5\twww.example.com\t1\n";
const MEGABYTE: usize = 1 << 20;

/// Counts, and looks at the sizes only.
#[derive(Default)]
struct Count {
    records: u64,
    longest: u32,
}

impl Sink for Count {
    fn dns(&mut self, record: &DnsRecord<'_>, at: At) {
        self.records += 1;
        self.longest = self.longest.max(at.len);
        assert!(record.query.is_none_or(|query| query.len() <= MAX_LINE));
    }
    fn conn(&mut self, _record: &ConnRecord<'_>, at: At) {
        self.records += 1;
        self.longest = self.longest.max(at.len);
    }
}

/// Packs `pieces`, each as often as it says, without holding them.
fn packed(pieces: &[(&[u8], usize)]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    for (piece, times) in pieces {
        for _ in 0..*times {
            encoder.write_all(piece).unwrap();
        }
    }
    encoder.finish().unwrap()
}

fn assert_only_the_long_line_is_lost(summary: &Summary, sink: &Count, line: u64) {
    assert_eq!((summary.dns, summary.skipped, summary.unread), (2, 1, 3));
    assert_eq!(accounted(summary), summary.lines);
    assert_eq!((sink.records, sink.longest), (2, ROW.len() as u32 - 1));
    let problems = summary.problems.listed();
    assert_eq!(problems.len(), 1);
    assert_eq!(problems[0].line, Some(line));
    assert_eq!(
        problems[0].what,
        "This line is longer than 1 MiB and was skipped."
    );
}

#[test]
fn a_line_of_a_hundred_megabytes_costs_that_line_only() {
    let piece = vec![b'x'; 64 * 1024];
    for start in [&b"1792657800.5\t"[..], b"#", b"{\"query\":\"", b""] {
        let mut sink = Count::default();
        let mut reader = Reader::new();
        for part in [HEADER, ROW, start] {
            reader.feed(part, &mut sink);
        }
        for _ in 0..100 * MEGABYTE / piece.len() {
            reader.feed(&piece, &mut sink);
        }
        for part in [b"\n", ROW] {
            reader.feed(part, &mut sink);
        }
        assert_only_the_long_line_is_lost(&reader.finish(&mut sink), &sink, 5);
    }
}

#[test]
fn a_bomb_of_one_long_line_costs_that_line_only() {
    let piece = vec![b'x'; MEGABYTE];
    let bomb = packed(&[(HEADER, 1), (ROW, 1), (&piece, 100), (b"\n", 1), (ROW, 1)]);
    assert!(bomb.len() < MEGABYTE);
    for chunk in [4096, bomb.len()] {
        let mut sink = Count::default();
        let summary = read(&bomb, chunk, &mut sink);
        assert_only_the_long_line_is_lost(&summary, &sink, 5);
    }
}

#[test]
fn a_bomb_of_zeros_is_refused() {
    let zeros = vec![0; MEGABYTE];
    let summary = read(&packed(&[(&zeros, 100)]), 4096, &mut Count::default());
    assert_eq!((summary.lines, summary.problems.count()), (0, 1));
    assert!(
        summary.problems.listed()[0]
            .what
            .starts_with("This is a binary file")
    );
}

#[test]
fn a_bomb_of_zeros_behind_a_header_costs_one_line() {
    let zeros = vec![0; MEGABYTE];
    let bomb = packed(&[(HEADER, 1), (ROW, 1), (&zeros, 100), (b"\n", 1), (ROW, 1)]);
    let mut sink = Count::default();
    assert_only_the_long_line_is_lost(&read(&bomb, 4096, &mut sink), &sink, 5);
}

#[test]
fn a_bomb_of_bad_lines_keeps_only_the_first_problems() {
    let bomb = packed(&[(HEADER, 1), (&b"x\n".repeat(10_000), 100)]);
    let summary = read(&bomb, 4096, &mut Count::default());
    assert_eq!(
        (summary.skipped, summary.problems.count()),
        (1_000_000, 1_000_000)
    );
    assert_eq!(
        summary.problems.listed().len(),
        wakeful_logs::Problems::LISTED
    );
}

#[test]
fn a_bomb_of_headers_keeps_each_header_once() {
    let bomb = packed(&[
        (&b"#fields\tts\tquery\n#fields\tquery\n".repeat(10_000), 20),
        (ROW, 1),
    ]);
    let summary = read(&bomb, 4096, &mut Count::default());
    assert_eq!((summary.headers.len(), summary.unread), (2, 400_000));
}

#[test]
fn different_headers_and_names_of_other_logs_are_kept_up_to_a_limit() {
    let mut text = String::new();
    for number in 0..2000 {
        text.push_str(&format!("#fields\tquery\tx{number}\na.example.com\t-\n"));
        text.push_str(&format!("{{\"_path\":\"{}{number}\"}}\n", "x".repeat(1000)));
        text.push_str(&format!("{{\"_path\":\"log{number}\"}}\n"));
    }
    let summary = read(text.as_bytes(), 4096, &mut Count::default());
    assert_eq!(accounted(&summary), summary.lines);
    assert!(summary.headers.len() <= 256);
    assert!(summary.set_aside.len() <= 257);
    assert!(summary.set_aside.keys().all(|log| log.len() <= 64));
    assert_eq!(summary.set_aside.values().sum::<u64>(), 4000);
}

#[test]
fn a_million_answers_in_one_row_are_counted_and_not_kept() {
    struct Answers(u32, usize);
    impl Sink for Answers {
        fn dns(&mut self, record: &DnsRecord<'_>, _at: At) {
            self.0 = record.answers.stats().count;
            record.answers.each(|_| self.1 += 1);
        }
        fn conn(&mut self, _record: &ConnRecord<'_>, _at: At) {}
    }
    let mut text = b"#path\tdns\n#fields\tquery\tanswers\na.example.com\t".to_vec();
    text.extend_from_slice(&b"a,".repeat(500_000));
    text.push(b'\n');
    let mut answers = Answers(0, 0);
    read(&text, 4096, &mut answers);
    assert_eq!((answers.0, answers.1), (500_001, 100_000));
}

#[test]
fn a_row_of_deep_objects_is_shown_without_going_all_the_way_down() {
    let depth = 150_000;
    let row = format!(
        "{{\"query\":\"a\",\"x\":{}1{}}}",
        "{\"a\":".repeat(depth),
        "}".repeat(depth)
    );
    let shown = json_fields(row.as_bytes());
    assert_eq!(shown[0], ("query".to_owned(), "a".to_owned()));
    assert_eq!(shown[1].0, "x.a.a.a.a.a.a.a.a");
    assert_eq!(shown.len(), 2);
    let summary = read(row.as_bytes(), 4096, &mut Count::default());
    assert_eq!(summary.dns, 1);
}

/// xorshift64*: the same mutants on every machine.
struct Dice(u64);

impl Dice {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d)
    }

    fn below(&mut self, n: usize) -> usize {
        (self.next() >> 11) as usize % n.max(1)
    }
}

/// What is worth putting anywhere.
const TOKENS: &[&[u8]] = &[
    b"\n",
    b"\r\n",
    b"\t",
    b"\0",
    b"\\x",
    b"\\",
    b"\"",
    b"{",
    b"}",
    b"[",
    b",",
    b":",
    b"-",
    b"(empty)",
    b"#fields\tquery\n",
    b"#separator |\n",
    b"#separator \\x09\n#fields\tts\tquery\n",
    b"#types\t\n",
    b"#path\tconn\n",
    b"\xff",
    b"\xe2\x80",
    b"\xef\xbb\xbf",
    b"\x1f\x8b\x08",
    b"18446744073709551616",
    b"-1",
    b"1e999",
    b"NaN",
    b"{\"ts\":1,\"query\":\"",
    b"\\ud800",
    b"null",
];

fn mutant(seeds: &[Vec<u8>], dice: &mut Dice) -> Vec<u8> {
    let mut bytes = seeds[dice.below(seeds.len())].clone();
    for _ in 0..1 + dice.below(4) {
        let at = dice.below(bytes.len() + 1);
        let end = (at + dice.below(40)).min(bytes.len());
        match dice.below(7) {
            0 if at < bytes.len() => bytes[at] ^= 1 << dice.below(8),
            1 => bytes.truncate(at),
            2 => drop(bytes.drain(at..end)),
            3 => {
                let piece = bytes[at..end].to_vec();
                let to = dice.below(bytes.len() + 1);
                bytes.splice(to..to, piece);
            }
            4 => {
                let other = &seeds[dice.below(seeds.len())];
                let lines: Vec<_> = other.split_inclusive(|&byte| byte == b'\n').collect();
                let line = lines
                    .get(dice.below(lines.len()))
                    .copied()
                    .unwrap_or_default();
                bytes.splice(at..at, line.iter().copied().take(4096));
            }
            _ => {
                let token = TOKENS[dice.below(TOKENS.len())];
                bytes.splice(at..at, token.iter().copied());
            }
        }
    }
    bytes
}

#[test]
fn twenty_thousand_mutants_never_panic_and_every_line_is_counted() {
    let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("test_data");
    // Small ones: a mutation of a long input changes little of it.
    let seeds: Vec<_> = ["ok", "err"]
        .iter()
        .flat_map(|kind| wakeful_testkit::cases(&data.join(kind)))
        .map(|case| std::fs::read(case.join("input")).unwrap())
        .filter(|bytes| bytes.len() < 8192)
        .collect();
    let mut dice = Dice(0x9e37_79b9_7f4a_7c15);
    let mut records = 0;
    for number in 0..20_000 {
        let bytes = mutant(&seeds, &mut dice);
        let chunk = 1 + dice.below(600);
        let mut sink = Dump::default();
        let summary = read(&bytes, chunk, &mut sink);
        let shown = || bytes.escape_ascii().to_string();
        assert_eq!(
            accounted(&summary),
            summary.lines,
            "mutant {number}: {}",
            shown()
        );
        assert!(
            summary.skipped <= summary.problems.count(),
            "mutant {number}: {}",
            shown()
        );
        assert_eq!(
            sink.0.lines().count() as u64,
            summary.records(),
            "mutant {number}: {}",
            shown()
        );
        if number % 10 == 0 {
            assert_eq!(
                dump(&bytes, chunk),
                dump(&bytes, bytes.len()),
                "mutant {number}: {}",
                shown()
            );
            for line in bytes.split(|&byte| byte == b'\n') {
                drop(json_fields(line));
                summary
                    .headers
                    .iter()
                    .for_each(|header| drop(header.fields(line)));
            }
        }
        records += summary.records();
    }
    // The mutants are still logs, not noise.
    assert!(records > 20_000, "{records}");
}
