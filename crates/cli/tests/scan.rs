//! The command line keeps its contract: report, formats, exit status.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use serde_json::Value;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

fn wakeful(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_wakeful"))
        .args(arguments)
        .output()
        .unwrap()
}

fn case(name: &str) -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/cases");
    folder.join(name).to_str().unwrap().to_owned()
}

/// A folder of its own for one test, empty.
fn scratch(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).unwrap();
    folder
}

fn json(output: &Output) -> Value {
    serde_json::from_slice(&output.stdout).unwrap()
}

fn keys(value: &Value) -> Vec<&str> {
    value
        .as_object()
        .unwrap()
        .keys()
        .map(String::as_str)
        .collect()
}

#[test]
fn the_json_report_has_the_contracts_keys() {
    let output = wakeful(&["scan", "--format", "json", &case("iodine-txt")]);
    assert_eq!(output.status.code(), Some(0));
    let report = json(&output);
    assert_eq!(report["report_version"], 1);
    assert_eq!(report["wakeful"], env!("CARGO_PKG_VERSION"));
    for key in [
        "report_version",
        "wakeful",
        "inputs",
        "span",
        "findings",
        "counts",
    ] {
        assert!(keys(&report).contains(&key), "{key}");
    }
    for key in [
        "name",
        "format",
        "kind",
        "bytes",
        "records",
        "problem_count",
        "problems",
    ] {
        assert!(keys(&report["inputs"][0]).contains(&key), "{key}");
    }
    let first = &report["findings"][0];
    for key in [
        "id", "kind", "severity", "score", "client", "domain", "peer", "first", "last", "records",
        "attack", "reasons",
    ] {
        assert!(keys(first).contains(&key), "{key}");
    }
    for key in ["feature", "value", "usual", "push", "text"] {
        assert!(keys(&first["reasons"][0]).contains(&key), "{key}");
    }
    assert_eq!(
        (&first["kind"], &first["severity"], &first["peer"]),
        (&"dns-tunnel".into(), &"critical".into(), &Value::Null)
    );
    assert!(first["first"].as_f64().unwrap() >= report["span"]["first"].as_f64().unwrap());
    let findings = report["findings"].as_array().unwrap();
    assert!(
        findings
            .windows(2)
            .all(|pair| pair[0]["score"].as_f64() >= pair[1]["score"].as_f64())
    );
    let counted: u64 = ["critical", "high", "medium", "low", "info"]
        .iter()
        .map(|severity| report["counts"][severity].as_u64().unwrap())
        .sum();
    assert_eq!(counted, findings.len() as u64);
}

#[test]
fn ndjson_is_a_finding_a_line_and_the_table_names_the_domain() {
    let report = json(&wakeful(&["scan", "--format", "json", &case("dns2tcp")]));
    let lines = wakeful(&["scan", "--format", "ndjson", &case("dns2tcp")]).stdout;
    let lines: Vec<Value> = String::from_utf8(lines)
        .unwrap()
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(&Value::Array(lines), &report["findings"]);
    let table = String::from_utf8(wakeful(&["scan", &case("dns2tcp")]).stdout).unwrap();
    assert!(
        table.contains(report["findings"][0]["domain"].as_str().unwrap()),
        "{table}"
    );
}

#[test]
fn the_table_says_what_a_finding_is_what_proves_it_and_what_could_not_run() {
    let report = json(&wakeful(&["scan", "--format", "json", &case("dns2tcp")]));
    let table = String::from_utf8(wakeful(&["scan", &case("dns2tcp")]).stdout).unwrap();
    let first = &report["findings"][0];
    let proof = &first["proofs"][0];
    for said in [&first["sentence"], &proof["text"], &proof["evidence"][0]] {
        assert!(table.contains(said.as_str().unwrap()), "{said}: {table}");
    }
    let flows = Path::new(&case("icmp-tunnel-echo")).join("conn.log");
    let table = String::from_utf8(wakeful(&["scan", flows.to_str().unwrap()]).stdout).unwrap();
    let silent = table
        .lines()
        .filter(|line| line.ends_with("No dns.log was read."));
    assert!(silent.count() >= 10, "{table}");
}

#[test]
fn standard_input_gives_the_findings_of_the_file() {
    let path = Path::new(&case("dns2tcp")).join("dns.log");
    let mut child = Command::new(env!("CARGO_BIN_EXE_wakeful"))
        .args(["scan", "--format", "json", "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    child
        .stdin
        .take()
        .unwrap()
        .write_all(&std::fs::read(&path).unwrap())
        .unwrap();
    let piped = json(&child.wait_with_output().unwrap());
    let read = json(&wakeful(&[
        "scan",
        "--format",
        "json",
        path.to_str().unwrap(),
    ]));
    assert_eq!(piped["findings"], read["findings"]);
    assert_eq!(piped["inputs"][0]["name"], "-");
}

#[test]
fn one_thread_and_two_give_the_same_report_and_the_same_status() {
    let cases = case("");
    let broken = scratch("threads").join("dns.log.gz");
    std::fs::write(
        &broken,
        b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03cut short",
    )
    .unwrap();
    let broken = broken.to_str().unwrap();
    for paths in [&[cases.as_str()][..], &[broken], &["/no/such/log", broken]] {
        let scan = |threads: &str| {
            let options = ["scan", "--format", "json", "--threads", threads];
            wakeful(&[&options[..], paths].concat())
        };
        let (one, two) = (scan("1"), scan("2"));
        assert!(one.stdout == two.stdout, "{paths:?}");
        assert_eq!((one.stderr, one.status), (two.stderr, two.status));
    }
    let three = wakeful(&["scan", "--threads", "3", "-"]);
    assert_eq!(three.status.code(), Some(2));
}

#[test]
fn a_quiet_log_is_a_scan_that_ran() {
    let output = wakeful(&["scan", &case("quiet-office")]);
    assert_eq!(output.status.code(), Some(0));
    assert!(
        String::from_utf8(output.stdout)
            .unwrap()
            .contains("Nothing found.")
    );
}

#[test]
fn a_log_without_records_is_a_scan_that_ran() {
    let folder = scratch("header-only");
    std::fs::write(
        folder.join("dns.log"),
        "#separator \\x09\n#path\tdns\n#fields\tts\tuid\tquery\n",
    )
    .unwrap();
    assert_eq!(
        wakeful(&["scan", folder.to_str().unwrap()]).status.code(),
        Some(0)
    );
}

#[test]
fn nothing_that_can_be_read_is_status_2_with_a_sentence_and_still_a_report() {
    let folder = scratch("unreadable");
    std::fs::write(folder.join("empty.log"), "").unwrap();
    std::fs::write(folder.join("image.png"), b"\x89PNG\r\n\x1a\n\0\0").unwrap();
    let output = wakeful(&["scan", "--format", "json", folder.to_str().unwrap()]);
    assert_eq!(output.status.code(), Some(2));
    assert!(
        String::from_utf8(output.stderr.clone())
            .unwrap()
            .contains("nothing could be read")
    );
    let report = json(&output);
    assert_eq!(report["inputs"].as_array().unwrap().len(), 2);
    assert!(
        report["inputs"]
            .as_array()
            .unwrap()
            .iter()
            .all(|input| input["problem_count"] == 1 && input["kind"] == "other")
    );

    let missing = wakeful(&["scan", "no/such/file.log"]);
    assert_eq!(missing.status.code(), Some(2));
    assert!(
        String::from_utf8(missing.stderr)
            .unwrap()
            .contains("no/such/file.log")
    );
}

#[test]
fn one_bad_file_costs_only_itself() {
    let folder = scratch("one-bad");
    std::fs::write(folder.join("bad.log"), b"\x7fELF").unwrap();
    std::fs::copy(
        Path::new(&case("dns2tcp")).join("dns.log"),
        folder.join("good.log"),
    )
    .unwrap();
    let output = wakeful(&["scan", "--format", "json", folder.to_str().unwrap()]);
    assert_eq!(output.status.code(), Some(0));
    assert_eq!(json(&output)["findings"][0]["kind"], "dns-tunnel");
}

#[cfg(unix)]
#[test]
fn what_is_no_file_in_a_folder_is_passed_over_with_a_sentence() {
    let folder = scratch("no-files");
    std::fs::create_dir(folder.join("logs")).unwrap();
    std::fs::write(
        folder.join("logs/dns.log"),
        "{\"ts\":1.0,\"id.orig_h\":\"10.0.0.1\",\"query\":\"a.example\"}\n",
    )
    .unwrap();
    let mut pipe = Command::new("mkfifo");
    assert!(
        pipe.arg(folder.join("logs/pipe"))
            .status()
            .unwrap()
            .success()
    );
    std::os::unix::fs::symlink("logs", folder.join("current")).unwrap();
    std::os::unix::fs::symlink("nowhere", folder.join("gone")).unwrap();
    let output = wakeful(&["scan", "--format", "json", folder.to_str().unwrap()]);
    assert!(output.status.success());
    assert_eq!(json(&output)["inputs"].as_array().unwrap().len(), 1);
    let said = String::from_utf8(output.stderr).unwrap();
    for (entry, why) in [
        ("logs/pipe", "neither a file nor a folder"),
        ("current", "a link to a folder"),
        ("gone", "leads to no file"),
    ] {
        let line = said
            .lines()
            .find(|line| line.contains(&format!("{entry}:")));
        assert!(
            line.is_some_and(|line| line.contains(why)),
            "{entry}: {said}"
        );
    }
}

#[test]
fn a_reader_that_has_seen_enough_is_a_quiet_end() {
    let all = case("");
    for format in ["table", "json", "ndjson"] {
        let whole = wakeful(&["scan", "--format", format, &all]);
        // More than a buffer's worth: the pipe is found closed in the midst of writing.
        assert!(whole.stdout.len() > 1 << 15, "{format}");
        let mut child = Command::new(env!("CARGO_BIN_EXE_wakeful"))
            .args(["scan", "--format", format, &all])
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        drop(child.stdout.take());
        let output = child.wait_with_output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(
            !said.contains("cannot write the report"),
            "{format}: {said}"
        );
        assert_eq!(output.status.code(), Some(0), "{format}: {said}");
    }
}

#[test]
fn wrong_words_are_answered_with_the_usage() {
    for arguments in [
        &["scan"][..],
        &[],
        &["scan", "--format", "xml", "x"],
        &["sniff"],
        &["scan", "--nonsense"],
    ] {
        let output = wakeful(arguments);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        assert!(!output.stderr.is_empty(), "{arguments:?}");
    }
}

#[test]
fn the_labs_tunnel_is_found_by_the_scan() {
    let folder = scratch("lab");
    let path = folder.to_str().unwrap();
    let made = wakeful(&[
        "lab",
        "--out",
        path,
        "--seed",
        "12",
        "--days",
        "0.05",
        "--clients",
        "5",
        "--inject",
        "dnscat2:start=0m,duration=20m",
    ]);
    assert_eq!(
        made.status.code(),
        Some(0),
        "{}",
        String::from_utf8_lossy(&made.stderr)
    );
    let truth = std::fs::read_to_string(folder.join("truth.tsv")).unwrap();
    let domain = truth
        .lines()
        .nth(1)
        .unwrap()
        .split('\t')
        .nth(2)
        .unwrap()
        .to_owned();
    std::fs::remove_file(folder.join("truth.tsv")).unwrap();
    assert_eq!(
        json(&wakeful(&["scan", "--format", "json", path]))["findings"][0]["domain"],
        domain
    );
}
