//! Laws of reading: they hold for every input, the cases and the real logs alike.
#![cfg(not(target_arch = "wasm32"))]
#![allow(clippy::panic, clippy::unwrap_used, clippy::expect_used)]

mod common;

use common::{Dump, accounted, dump, read};
use std::collections::BTreeMap;
use std::io::Read;
use std::path::{Path, PathBuf};
use wakeful_logs::piece::{Before, Fault, PieceReader, PieceSummary, Start, join};
use wakeful_logs::{At, ConnRecord, DnsRecord, Extract, Format, Reader, Sink, Summary, Unpack};

/// Every case's name and input.
fn cases() -> Vec<(String, Vec<u8>)> {
    let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("test_data");
    let mut cases: Vec<_> = ["ok", "err"]
        .iter()
        .flat_map(|kind| wakeful_testkit::cases(&data.join(kind)))
        .map(|case| {
            let bytes = std::fs::read(case.join("input")).unwrap();
            (case.display().to_string(), bytes)
        })
        .collect();
    cases.push(("generated TSV".to_owned(), generated_tsv(400)));
    cases.push(("generated JSON".to_owned(), generated_json(400)));
    cases
}

/// A handful of real logs: plain and packed, small and of some megabytes, TSV and JSON.
fn real_logs() -> Vec<(String, Vec<u8>)> {
    let Some(data) = wakeful_testkit::real_data() else {
        return Vec::new();
    };
    let mut paths = Vec::new();
    for part in ["benign", "malicious", "mixed"] {
        walk(&data.join(part), &mut paths);
    }
    let (packed, plain): (Vec<_>, Vec<_>) = paths
        .into_iter()
        .filter(|path| std::fs::metadata(path).unwrap().len() < 3_000_000)
        .partition(|path| path.to_string_lossy().ends_with(".gz"));
    let some = |paths: Vec<PathBuf>, n: usize| {
        let step = (paths.len() / n).max(1);
        paths.into_iter().step_by(step)
    };
    let logs: Vec<_> = some(packed, 8)
        .chain(some(plain, 8))
        .map(|path| (path.display().to_string(), std::fs::read(&path).unwrap()))
        .collect();
    assert!(logs.len() > 10, "only {} real logs", logs.len());
    logs
}

fn walk(folder: &Path, out: &mut Vec<PathBuf>) {
    let Ok(entries) = std::fs::read_dir(folder) else {
        return;
    };
    let mut paths: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    for path in paths {
        let name = path.file_name().unwrap().to_string_lossy();
        if path.is_dir() {
            walk(&path, out);
        } else if ["dns.log", "conn.log", "dns.log.gz", "conn.log.gz"].contains(&name.as_ref()) {
            out.push(path);
        }
    }
}

/// The bytes inside, by another decoder; `None` where they are broken.
fn unpacked(bytes: &[u8]) -> Option<Vec<u8>> {
    if !bytes.starts_with(b"\x1f\x8b") {
        return Some(bytes.to_vec());
    }
    let mut out = Vec::new();
    let whole = flate2::read::MultiGzDecoder::new(bytes).read_to_end(&mut out);
    whole.ok().map(|_| out)
}

/// What a packed log holds; `None` for anything else.
fn packed_text(bytes: &[u8]) -> Option<Vec<u8>> {
    let magic = |text: &[u8]| text.starts_with(b"\x1f\x8b");
    unpacked(bytes).filter(|text| magic(bytes) && !magic(text) && !text.is_empty())
}

#[test]
fn any_chunking_gives_the_same_records_problems_and_tally() {
    for (name, bytes) in cases() {
        let whole = dump(&bytes, bytes.len());
        for chunk in [1, 2, 7, 64, 511, 512, 513, 4096] {
            assert_eq!(dump(&bytes, chunk), whole, "{name} in chunks of {chunk}");
        }
    }
    for (name, bytes) in real_logs() {
        let whole = dump(&bytes, bytes.len());
        for chunk in [7, 4096, 1 << 20] {
            assert!(dump(&bytes, chunk) == whole, "{name} in chunks of {chunk}");
        }
    }
}

#[test]
fn packed_or_plain_gives_the_same_records() {
    for (name, bytes) in cases().into_iter().chain(real_logs()) {
        let Some(text) = packed_text(&bytes) else {
            continue;
        };
        let (mut packed, mut plain) = (Dump::default(), Dump::default());
        read(&bytes, 4096, &mut packed);
        read(&text, 4096, &mut plain);
        assert!(packed.0 == plain.0, "{name}");
    }
}

#[test]
fn unpacked_by_another_gives_the_same_records_problems_and_tally() {
    let damaged = |name: String, bytes: Vec<u8>| {
        let cut = bytes[..bytes.len() * 2 / 3].to_vec();
        [(name.clone(), bytes), (format!("{name}, cut"), cut)]
    };
    let mut packed = 0;
    for (name, bytes) in cases().into_iter().chain(real_logs()) {
        if !bytes.starts_with(&[0x1f, 0x8b]) {
            continue;
        }
        for (name, bytes) in damaged(name, bytes) {
            let (mut one, mut two) = (Dump::default(), Dump::default());
            let expected = read(&bytes, 4096, &mut one);
            let (mut unpack, mut reader) = (Unpack::default(), Reader::unpacked());
            for piece in bytes.chunks(1000) {
                unpack.feed(piece, |text| reader.feed(text, &mut two));
            }
            let summary = reader.finish_unpacked(unpack.finish(), &mut two);
            assert_eq!(summary, expected, "{name}");
            assert!(one.0 == two.0, "{name}");
            packed += 1;
        }
    }
    assert!(packed > 4, "{packed} packed cases");
}

#[test]
fn every_line_is_counted_once() {
    for (name, bytes) in cases().into_iter().chain(real_logs()) {
        let summary = read(&bytes, 4096, &mut Dump::default());
        assert_eq!(accounted(&summary), summary.lines, "{name}");
        let refused = summary.lines == 0 && summary.problems.count() > 0;
        if let Some(text) = unpacked(&bytes).filter(|_| !refused) {
            assert_eq!(summary.lines, naive_lines(&text), "{name}");
        }
        assert_eq!(summary.bytes, bytes.len() as u64, "{name}");
        assert!(summary.skipped <= summary.problems.count(), "{name}");
    }
}

fn naive_lines(text: &[u8]) -> u64 {
    let ends = text.iter().filter(|&&byte| byte == b'\n').count() as u64;
    ends + u64::from(text.last().is_some_and(|&byte| byte != b'\n'))
}

/// Where the records stand, and what a row shows of itself.
#[derive(Default)]
struct Places(Vec<(At, Option<Vec<u8>>)>);

impl Sink for Places {
    fn dns(&mut self, record: &DnsRecord<'_>, at: At) {
        self.0.push((at, record.uid.map(<[u8]>::to_vec)));
    }
    fn conn(&mut self, record: &ConnRecord<'_>, at: At) {
        self.0.push((at, record.uid.map(<[u8]>::to_vec)));
    }
}

#[test]
fn a_record_is_found_again_where_it_says_and_shows_its_fields() {
    for (name, bytes) in cases().into_iter().chain(real_logs()) {
        let Some(text) = unpacked(&bytes) else {
            continue;
        };
        let mut places = Places::default();
        let summary = read(&bytes, 4096, &mut places);
        let lines: Vec<_> = text.split(|&byte| byte == b'\n').collect();
        for (at, uid) in &places.0 {
            let start = at.offset as usize;
            let found = &text[start..start + at.len as usize];
            let mark = if at.line == 1 {
                &b"\xef\xbb\xbf"[..]
            } else {
                b""
            };
            let line = lines[at.line as usize - 1];
            let line = line.strip_prefix(mark).unwrap_or(line);
            assert_eq!(
                found,
                line.strip_suffix(b"\r").unwrap_or(line),
                "{name}, line {}",
                at.line
            );

            let shown = match at.header {
                Some(header) => summary.headers[header as usize].fields(found),
                None => wakeful_logs::json_fields(found),
            };
            let shown_uid = shown.iter().find(|(field, _)| field == "uid");
            assert_eq!(
                shown_uid.map(|(_, text)| text.as_bytes()),
                uid.as_deref(),
                "{name}, line {}",
                at.line
            );
        }
    }
}

#[test]
fn lines_picked_out_of_a_packed_input_are_those_of_the_unpacked() {
    let mut picked = 0;
    for (name, bytes) in cases().into_iter().chain(real_logs()) {
        let Some(text) = packed_text(&bytes) else {
            continue;
        };
        let mut places = Places::default();
        read(&bytes, 4096, &mut places);
        // Backwards, some twice, and one that is not there.
        let mut wanted: Vec<_> = places
            .0
            .iter()
            .rev()
            .step_by(7)
            .map(|(at, _)| (at.offset, at.len))
            .collect();
        wanted.extend(wanted.first().copied());
        wanted.push((text.len() as u64 - 1, 2));
        for chunk in [7, 4096, bytes.len()] {
            let mut extract = Extract::new(&wanted);
            for piece in bytes.chunks(chunk) {
                extract.feed(piece);
            }
            let lines = extract.finish();
            for (&(offset, length), line) in wanted.iter().zip(&lines) {
                let range = offset as usize..offset as usize + length as usize;
                assert_eq!(line.as_deref(), text.get(range), "{name} at {offset}");
            }
            picked += lines.len();
        }
    }
    assert!(picked > 20, "{picked}");
}

#[test]
fn what_is_picked_before_a_damage_is_still_found() {
    let (_, bytes) = cases()
        .into_iter()
        .find(|(name, _)| name.ends_with("gzip-corrupt"))
        .unwrap();
    let mut places = Places::default();
    read(&bytes, 4096, &mut places);
    let wanted: Vec<_> = places.0.iter().map(|(at, _)| (at.offset, at.len)).collect();
    let mut extract = Extract::new(&wanted);
    extract.feed(&bytes);
    assert!(extract.done());
    assert!(wanted.len() > 100 && extract.finish().iter().all(Option::is_some));
}

/// What the twins compare.
type Key = (Option<Vec<u8>>, Option<Vec<u8>>, Option<Vec<u8>>);

#[derive(Default)]
struct Keys(Vec<Key>);

impl Sink for Keys {
    fn dns(&mut self, record: &DnsRecord<'_>, _at: At) {
        let own = |text: Option<&[u8]>| text.map(<[u8]>::to_vec);
        self.0
            .push((own(record.uid), own(record.client), own(record.query)));
    }
    fn conn(&mut self, record: &ConnRecord<'_>, _at: At) {
        let own = |text: Option<&[u8]>| text.map(<[u8]>::to_vec);
        self.0.push((own(record.uid), own(record.orig_host), None));
    }
}

fn keys(bytes: &[u8]) -> (Vec<Key>, Summary) {
    let mut keys = Keys::default();
    let summary = read(bytes, 1 << 16, &mut keys);
    (keys.0, summary)
}

/// TSV by the csv crate: one header, tabs, Zeek's own words for unset and empty.
fn csv_twin(text: &[u8]) -> Vec<Key> {
    // One of the real logs has a stray tab before its header.
    let text = text.trim_ascii_start();
    let columns: Vec<_> = text
        .split(|&byte| byte == b'\n')
        .find_map(|line| line.strip_prefix(b"#fields\t"))
        .unwrap()
        .split(|&byte| byte == b'\t')
        .collect();
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(b'\t')
        .quoting(false)
        .flexible(true)
        .has_headers(false)
        .comment(Some(b'#'))
        .terminator(csv::Terminator::Any(b'\n'))
        .from_reader(text);
    let mut keys = Vec::new();
    for row in reader.byte_records() {
        let row = row.unwrap();
        let field = |name: &str| {
            let column = columns
                .iter()
                .position(|column| *column == name.as_bytes())?;
            match row.get(column)? {
                b"-" => None,
                b"(empty)" => Some(Vec::new()),
                text => Some(naive_unescape(text)),
            }
        };
        keys.push((field("uid"), field("id.orig_h"), field("query")));
    }
    keys
}

fn naive_unescape(text: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    let mut at = 0;
    while at < text.len() {
        let hex = text
            .get(at + 2..at + 4)
            .and_then(|digits| std::str::from_utf8(digits).ok())
            .filter(|digits| digits.bytes().all(|digit| digit.is_ascii_hexdigit()))
            .and_then(|digits| u8::from_str_radix(digits, 16).ok());
        match (&text[at..], hex) {
            ([b'\\', b'x', ..], Some(byte)) => {
                out.push(byte);
                at += 4;
            }
            ([b'\\', b'\\', ..], _) => {
                out.push(b'\\');
                at += 2;
            }
            _ => {
                out.push(text[at]);
                at += 1;
            }
        }
    }
    out
}

/// JSON by the general parser, with Zeek's own keys.
fn json_twin(text: &[u8]) -> Vec<Key> {
    text.split(|&byte| byte == b'\n')
        .filter(|line| !line.is_empty())
        .map(|line| {
            let row: serde_json::Value = serde_json::from_slice(line).unwrap();
            let field =
                |value: &serde_json::Value| value.as_str().map(|text| text.as_bytes().to_vec());
            (
                field(&row["uid"]),
                field(&row["id.orig_h"]),
                field(&row["query"]),
            )
        })
        .collect()
}

#[test]
fn tsv_agrees_with_the_csv_crate() {
    let mut rows = 0;
    let logs = [("generated".to_owned(), generated_tsv(5000))];
    for (name, bytes) in logs.into_iter().chain(real_logs()) {
        let text = unpacked(&bytes).unwrap();
        let (keys, summary) = keys(&bytes);
        if summary.format != Some(Format::Tsv) {
            continue;
        }
        // Rows that do not fit their header are the reader's own decision.
        if summary.headers.len() == 1 && summary.problems.count() == 0 {
            assert!(keys == csv_twin(&text), "{name}");
            rows += keys.len();
        }
    }
    assert!(rows >= 5000, "{rows}");
}

#[test]
fn json_agrees_with_the_general_parser() {
    let mut rows = 0;
    let logs = [("generated".to_owned(), generated_json(5000))];
    for (name, bytes) in logs.into_iter().chain(real_logs()) {
        let (keys, summary) = keys(&bytes);
        if summary.format == Some(Format::Json) {
            assert!(keys == json_twin(&unpacked(&bytes).unwrap()), "{name}");
            rows += keys.len();
        }
    }
    assert!(rows >= 5000, "{rows}");
}

#[test]
fn tsv_and_json_of_the_same_rows_are_the_same_records() {
    let (tsv, json) = (keys(&generated_tsv(1000)).0, keys(&generated_json(1000)).0);
    let ascii = |keys: &[Key]| -> BTreeMap<Vec<u8>, Key> {
        keys.iter()
            .filter(|(_, _, query)| query.as_ref().is_some_and(|query| query.is_ascii()))
            .filter_map(|key| Some((key.0.clone()?, key.clone())))
            .collect()
    };
    assert!(ascii(&tsv).len() > 200);
    assert_eq!(ascii(&tsv), ascii(&json));
}

/// A small generator of numbers: the same ones on every machine.
struct Dice(u64);

impl Dice {
    fn below(&mut self, n: u64) -> u64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % n
    }
}

/// Rows of uid, client and query; a query has any byte, is unset, or is empty.
fn generated_rows(rows: u64) -> Vec<Key> {
    let mut dice = Dice(20);
    (0..rows)
        .map(|row| {
            let length = dice.below(60);
            let query = match dice.below(20) {
                0 => None,
                1 => Some(Vec::new()),
                2 => Some(b"-".to_vec()),
                3 => Some(b"(empty)".to_vec()),
                4..8 => Some((0..length + 1).map(|_| dice.below(256) as u8).collect()),
                _ => Some(
                    (0..length + 1)
                        .map(|_| 0x20 + dice.below(0x5f) as u8)
                        .collect(),
                ),
            };
            let client = format!("192.0.2.{}", dice.below(256)).into_bytes();
            (Some(format!("C{row}").into_bytes()), Some(client), query)
        })
        .collect()
}

fn generated_tsv(rows: u64) -> Vec<u8> {
    let mut out =
        b"#separator \\x09\n#path\tdns\n#fields\tts\tquery\tuid\tid.orig_h\tanswers\n".to_vec();
    for (uid, client, query) in generated_rows(rows) {
        out.extend_from_slice(b"1792657800.000001\t");
        match query.as_deref() {
            None => out.push(b'-'),
            Some(b"") => out.extend_from_slice(b"(empty)"),
            Some(b"-") => out.extend_from_slice(b"\\x2d"),
            Some(b"(empty)") => out.extend_from_slice(b"\\x28empty)"),
            Some(query) => {
                for &byte in query {
                    match byte {
                        b'\\' => out.extend_from_slice(b"\\\\"),
                        0x20..0x7f => out.push(byte),
                        // Zeek escapes all of these; some raw ones must read as well.
                        0xc0.. => out.push(byte),
                        _ => out.extend_from_slice(format!("\\x{byte:02x}").as_bytes()),
                    }
                }
            }
        }
        for field in [uid.unwrap(), client.unwrap(), b"-".to_vec()] {
            out.push(b'\t');
            out.extend_from_slice(&field);
        }
        out.push(b'\n');
    }
    out
}

fn generated_json(rows: u64) -> Vec<u8> {
    let mut out = Vec::new();
    for (uid, client, query) in generated_rows(rows) {
        let text = |bytes: Option<Vec<u8>>| {
            bytes.map(|bytes| String::from_utf8_lossy(&bytes).into_owned())
        };
        let row = serde_json::json!({
            "_path": "dns",
            "ts": 1_792_657_800.5,
            "uid": text(uid),
            "id.orig_h": text(client),
            "query": text(query),
        });
        out.extend_from_slice(row.to_string().as_bytes());
        out.push(b'\n');
    }
    out
}

/// Records as [`Dump`] shows them, of a piece that begins behind `lines` lines and `offset` bytes.
struct Moved<'a> {
    dump: &'a mut Dump,
    lines: u64,
    offset: u64,
    headers: &'a [u32],
}

impl Moved<'_> {
    fn at(&self, at: At) -> At {
        At {
            line: at.line + self.lines,
            offset: at.offset + self.offset,
            header: at.header.map(|header| self.headers[header as usize]),
            ..at
        }
    }
}

impl Sink for Moved<'_> {
    fn dns(&mut self, record: &DnsRecord<'_>, at: At) {
        self.dump.dns(record, self.at(at));
    }
    fn conn(&mut self, record: &ConnRecord<'_>, at: At) {
        self.dump.conn(record, self.at(at));
    }
}

#[test]
fn a_text_read_in_pieces_gives_the_records_problems_and_tally_of_one_pass() {
    let mut cut_into_pieces = 0;
    for (name, bytes) in cases().into_iter().chain([
        ("generated tsv".to_owned(), generated_tsv(300)),
        ("generated json".to_owned(), generated_json(300)),
    ]) {
        let Some(first) = Start::of_text(&bytes) else {
            continue;
        };
        let mut whole = Dump::default();
        let expected = read(&bytes, usize::MAX, &mut whole);
        let line_starts: Vec<usize> = std::iter::once(0)
            .chain((1..bytes.len()).filter(|&at| bytes[at - 1] == b'\n'))
            .collect();
        let mut dice = Dice(name.len() as u64);
        for _ in 0..6 {
            let mut cuts: Vec<usize> = (0..dice.below(6))
                .map(|_| line_starts[dice.below(line_starts.len() as u64) as usize])
                .collect();
            cuts.extend([0, bytes.len()]);
            cuts.sort_unstable();
            let mut pieces = BTreeMap::new();
            for (piece, number) in cuts.windows(2).zip(1..) {
                let mut before = Before::new(&first);
                before.feed(&bytes[..piece[0]]);
                let start = if number == 1 {
                    first.clone()
                } else {
                    before.start()
                };
                let mut reader = PieceReader::new(start);
                bytes[piece[0]..piece[1]]
                    .chunks(97)
                    .for_each(|chunk| reader.feed(chunk, &mut Dump::default()));
                pieces.insert(number, reader.finish(&mut Dump::default()));
            }
            let joined = join(&pieces, pieces.len() as u32);
            if joined.faults.contains(&Fault::TooVaried) {
                // One pass tells so many apart and no more; pieces say that they are no whole.
                assert!(expected.headers.len() == 256 || expected.set_aside.len() > 256);
                continue;
            }
            assert_eq!(joined.faults, Vec::new(), "{name} {cuts:?}");
            assert_eq!(joined.summary, expected, "{name} {cuts:?}");
            cut_into_pieces += pieces.len();
            // The records, with the places that the whole gives them.
            let mut moved = Dump::default();
            let mut lines = 0;
            for (piece, number) in cuts.windows(2).zip(1..) {
                let base = &joined.bases[&number];
                let mut reader = PieceReader::new(pieces[&number].start.clone());
                let mut sink = Moved {
                    dump: &mut moved,
                    lines,
                    offset: base.offset.unwrap(),
                    headers: &base.headers,
                };
                reader.feed(&bytes[piece[0]..piece[1]], &mut sink);
                reader.finish(&mut sink);
                lines += pieces[&number].summary.lines;
            }
            assert_eq!(moved.0, whole.0, "{name} {cuts:?}");
        }
    }
    assert!(cut_into_pieces > 200);
}

#[test]
fn pieces_that_are_no_whole_say_why() {
    let text = b"#path\tdns\n#fields\tts\tquery\n1.5\ta.example\n#fields\tts\tqtype\tquery\n2.5\t1\tb.example\nbad\n";
    let first = Start::of_text(text).unwrap();
    let piece = |start: &Start, range: std::ops::Range<usize>| {
        let mut reader = PieceReader::new(start.clone());
        reader.feed(&text[range], &mut Dump::default());
        reader.finish(&mut Dump::default())
    };
    let cut = 10 + 17 + 14 + 23;
    let one = piece(&first, 0..cut);
    // Read under the header at the beginning of the file, which is not the one above it.
    let mut before = Before::new(&first);
    before.feed(&text[..27]);
    let wrong = piece(&before.start().behind(None), cut..text.len());
    let right = piece(&one.end, cut..text.len());
    let pieces = |list: &[(u32, &PieceSummary)]| {
        list.iter()
            .map(|&(number, piece)| (number, piece.clone()))
            .collect::<BTreeMap<_, _>>()
    };
    let joined = join(&pieces(&[(1, &one), (2, &right)]), 2);
    assert_eq!((joined.faults.len(), joined.summary.dns), (0, 2));
    assert_eq!(
        join(&pieces(&[(1, &one), (2, &wrong)]), 2).faults,
        vec![Fault::Header(2)]
    );
    // Cut where the text was shorter, say.
    let late = piece(
        &one.end.clone().behind(Some(cut as u64 + 9)),
        cut + 9..text.len(),
    );
    assert_eq!(
        join(&pieces(&[(1, &one), (2, &late)]), 2).faults,
        vec![Fault::Place(2)]
    );
    let joined = join(&pieces(&[(1, &one), (4, &right)]), 4);
    assert_eq!(joined.faults, vec![Fault::Missing(vec![2, 3])]);
    assert_eq!(joined.bases[&4].offset, None);
    assert_eq!(joined.summary.problems.listed()[0].line, None);
}
