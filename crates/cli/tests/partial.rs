//! Partial results of several processes, merged, give byte for byte what one scan gives.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

fn wakeful(arguments: &[&str], input: &[u8]) -> Output {
    let mut child = Command::new(env!("CARGO_BIN_EXE_wakeful"))
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let input = input.to_vec();
    // A program that has no use for it closes it early.
    let writer = std::thread::spawn(move || drop(stdin.write_all(&input)));
    let output = child.wait_with_output().unwrap();
    writer.join().unwrap();
    output
}

/// What a program wrote that succeeded.
fn ok(arguments: &[&str], input: &[u8]) -> Vec<u8> {
    let output = wakeful(arguments, input);
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(0), "{arguments:?}: {said}");
    output.stdout
}

fn refused(arguments: &[&str], input: &[u8]) -> String {
    let output = wakeful(arguments, input);
    assert_eq!(output.status.code(), Some(2), "{arguments:?}");
    String::from_utf8(output.stderr).unwrap()
}

/// A folder of its own for one test, empty.
fn scratch(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).unwrap();
    folder
}

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

/// A short day of a small network, with a tunnel in every second one.
fn day(folder: &Path, number: u32) -> PathBuf {
    let out = folder.join(format!("day-{number:02}"));
    let (seed, start) = (
        (number + 3).to_string(),
        (1_767_225_600 + number * 86_400).to_string(),
    );
    let mut arguments = vec![
        "lab",
        "--out",
        text(&out),
        "--seed",
        &seed,
        "--start",
        &start,
    ];
    arguments.extend(["--days", "0.05", "--clients", "6"]);
    if number % 2 == 1 {
        arguments.extend(["--inject", "dnscat2:start=0m,duration=20m"]);
    }
    if number % 3 == 2 {
        arguments.push("--json");
    }
    ok(&arguments, b"");
    std::fs::remove_file(out.join("truth.tsv")).unwrap();
    out
}

/// The reports of a scan in every form.
fn reports(command: &str, paths: &[&str], input: &[u8]) -> Vec<String> {
    ["json", "ndjson", "table"]
        .iter()
        .map(|format| {
            let arguments = [&[command, "--format", format], paths].concat();
            String::from_utf8(ok(&arguments, input)).unwrap()
        })
        .collect()
}

#[test]
fn daily_logs_read_by_a_process_each_are_one_scan() {
    let folder = scratch("days");
    let logs = folder.join("logs");
    let days: Vec<PathBuf> = (0..5).map(|number| day(&logs, number)).collect();
    // One of them packed.
    let plain = std::fs::read(days[3].join("dns.log")).unwrap();
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    packed.write_all(&plain).unwrap();
    std::fs::write(days[3].join("dns.log.gz"), packed.finish().unwrap()).unwrap();
    std::fs::remove_file(days[3].join("dns.log")).unwrap();
    std::fs::write(logs.join("notes.txt"), "no log\n").unwrap();

    let parts = folder.join("parts");
    std::fs::create_dir_all(&parts).unwrap();
    for (day, number) in days.iter().zip(0..) {
        let out = parts.join(format!("{}.part", 9 - number));
        ok(&["partial", "--out", text(&out), text(day)], b"");
    }
    let notes = logs.join("notes.txt");
    let out = parts.join("notes.part");
    ok(&["partial", "--out", text(&out), text(&notes)], b"");

    let expected = reports("scan", &[text(&logs)], b"");
    assert!(expected[1].lines().count() > 1);
    assert_eq!(reports("merge", &[text(&parts)], b""), expected);

    // The same over pipes of text: each process is told its files by lines, and one has none.
    let list = |files: &[&str]| {
        let lines: String = files.iter().map(|file| format!("{file}\n")).collect();
        let arguments = ["partial", "--paths", "-", "--format", "base64"];
        let line = ok(&arguments, lines.as_bytes());
        assert_eq!(line.iter().filter(|&&byte| byte == b'\n').count(), 1);
        line
    };
    let names: Vec<&str> = days.iter().map(|day| text(day)).collect();
    let lines = [
        list(&names[3..]),
        list(&[]),
        list(&names[..1]),
        list(&[text(&notes)]),
        list(&names[1..3]),
    ];
    assert_eq!(reports("merge", &["-"], &lines.concat()), expected);

    // And as a tree: results of merging merge.
    let of = |lines: &[u8]| ok(&["merge", "--format", "base64", "-"], lines);
    let tree = [of(&lines[..2].concat()), of(&lines[2..].concat())].concat();
    assert_eq!(reports("merge", &["-"], &tree), expected);
}

#[test]
fn slices_of_logs_with_any_headers_are_one_scan() {
    let folder = scratch("slices");
    let logs = folder.join("logs");
    let (one, two) = (day(&logs, 1), day(&logs, 2));
    let read = |path: PathBuf| std::fs::read(path).unwrap();
    let (dns, conn) = (read(one.join("dns.log")), read(one.join("conn.log")));
    // Two logs and rows as JSON in one file, which a slice can begin in the middle of.
    let mixed = [
        &dns[..],
        &conn,
        &read(two.join("dns.log")),
        &dns,
        b"no row\n1.5\tcut",
    ]
    .concat();
    std::fs::write(logs.join("mixed.log"), mixed).unwrap();
    std::fs::write(logs.join("empty.log"), "").unwrap();
    std::fs::write(logs.join("short.log"), &dns[..400]).unwrap();

    let expected = reports("scan", &[text(&logs)], b"");
    for of in [1, 2, 7] {
        let parts: Vec<u8> = (1..=of)
            .rev()
            .flat_map(|number| {
                let slice = format!("{number}/{of}");
                ok(
                    &[
                        "partial",
                        "--slice",
                        &slice,
                        "--format",
                        "base64",
                        text(&logs),
                    ],
                    b"",
                )
            })
            .collect();
        assert_eq!(reports("merge", &["-"], &parts), expected, "{of}");
    }
}

#[test]
fn pieces_that_were_cut_before_join_under_the_first_lines_of_their_log() {
    let folder = scratch("pieces");
    for number in [1, 2] {
        let log = day(&folder, number).join("dns.log");
        let bytes = std::fs::read(&log).unwrap();
        let lines: Vec<&[u8]> = bytes.split_inclusive(|&byte| byte == b'\n').collect();
        let head = folder.join("head");
        std::fs::write(&head, lines[..20].concat()).unwrap();
        let pieces = lines.chunks(lines.len().div_ceil(3));
        let parts: Vec<u8> = pieces
            .zip(1..)
            .flat_map(|(lines, number)| {
                let piece = format!("{number}/3");
                let mut arguments = vec!["partial", "--piece", &piece, "--name", text(&log)];
                arguments.extend(["--header", text(&head), "--format", "base64", "-"]);
                ok(&arguments, &lines.concat())
            })
            .collect();
        let expected = reports("scan", &[text(&log)], b"");
        assert_eq!(reports("merge", &["-"], &parts), expected);

        // Without their number they are inputs of their own, and the findings are the same.
        let parts: Vec<u8> = lines
            .chunks(lines.len().div_ceil(3))
            .flat_map(|lines| {
                let mut arguments = vec!["partial", "--name", "dns.log", "--header", text(&head)];
                arguments.extend(["--format", "base64", "-"]);
                ok(&arguments, &lines.concat())
            })
            .collect();
        let findings =
            String::from_utf8(ok(&["merge", "--format", "ndjson", "-"], &parts)).unwrap();
        assert_eq!(findings, expected[1]);
    }
}

#[test]
fn what_is_no_whole_is_said_and_is_status_2() {
    let folder = scratch("faults");
    let log = day(&folder, 1).join("dns.log");
    let log = text(&log);
    let part = |slice: &str| {
        ok(
            &["partial", "--slice", slice, "--format", "base64", log],
            b"",
        )
    };

    let missing = wakeful(&["merge", "--format", "json", "-"], &part("2/3"));
    assert_eq!(missing.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&missing.stderr).contains("2 of the 3 pieces"));
    let report: serde_json::Value = serde_json::from_slice(&missing.stdout).unwrap();
    let first = &report["inputs"][0]["problems"][0]["what"];
    assert!(
        first.as_str().unwrap().contains("are missing (1, 3)"),
        "{first}"
    );

    let head = folder.join("other-header");
    std::fs::write(&head, "#path\tdns\n#fields\tts\tquery\n").unwrap();
    let wrong = ok(
        &[
            "partial",
            "--slice",
            "2/2",
            "--header",
            text(&head),
            "--format",
            "base64",
            log,
        ],
        b"",
    );
    let said = refused(&["merge", "-"], &[part("1/2"), wrong].concat());
    assert!(said.contains("under another header"), "{said}");

    let first = part("1/2");
    let mut grown = std::fs::OpenOptions::new().append(true).open(log).unwrap();
    grown.write_all(&[b'\n'; 3000]).unwrap();
    let said = refused(&["merge", "-"], &[first, part("2/2")].concat());
    assert!(said.contains("does not begin where"), "{said}");

    let twice = [part("1/2"), part("2/2"), part("1/2")].concat();
    assert!(refused(&["merge", "-"], &twice).contains("twice"));
}

#[test]
fn wrong_words_and_files_are_answered_with_a_next_step() {
    let folder = scratch("wrong");
    let log = day(&folder, 0).join("dns.log");
    let log = text(&log);
    let part = folder.join("one.part");
    ok(&["partial", "--out", text(&part), log], b"");
    let bytes = std::fs::read(&part).unwrap();
    let short = folder.join("short.part");
    std::fs::write(&short, &bytes[..bytes.len() / 2]).unwrap();
    for (arguments, says) in [
        (&["merge", log][..], "line 1 is no partial result"),
        (&["merge", text(&short)], "cut short or damaged"),
        (&["merge", "no/such.part"], "no/such.part"),
        (&["merge", "-"], "this is empty"),
        (&["merge"], "which partial results?"),
        (&["merge", "--format", "xml", text(&part)], "--format is"),
        (
            &["merge", "--out", "x", text(&part)],
            "--out is for partial",
        ),
        (&["partial"], "which logs?"),
        (&["partial", "no/such.log"], "no/such.log"),
        (&["partial", "--slice", "3/2", log], "is no piece"),
        (&["partial", "--slice", "1/2", "-"], "cannot be cut"),
        (
            &["partial", "--slice", "1/2", "--piece", "1/2", log],
            "name one of them",
        ),
        (
            &["partial", "--name", "x", log, text(&short)],
            "are about one log",
        ),
        (
            &["partial", "--header", text(&part), log],
            "no line of a log",
        ),
        (&["partial", "--header", log, text(&part)], "no text"),
        (
            &["partial", "--format", "zip", log],
            "--format is bytes or base64",
        ),
    ] {
        let said = refused(arguments, b"");
        assert!(said.contains(says), "{arguments:?}: {said}");
    }
    // Both are of files that are named; nothing was written where nothing could be read.
    assert!(wakeful(&["partial", "no/such.log"], b"").stdout.is_empty());
}
