//! Captures of others, against the logs that another converter made of them.
#![allow(clippy::unwrap_used, clippy::panic)]

use std::collections::BTreeMap;
use std::fs;
use std::io::Read as _;
use std::path::Path;

use wakeful_capture::{Logs, logs, packets::packets};
use wakeful_lab::zeek::{Format, conn_log, dns_log};

/// A log's rows, each a map of its fields.
fn rows(log: &[u8]) -> Vec<BTreeMap<String, String>> {
    let text = String::from_utf8_lossy(log);
    let mut fields: Vec<&str> = Vec::new();
    let mut rows = Vec::new();
    for line in text.lines() {
        if let Some(names) = line.strip_prefix("#fields\t") {
            fields = names.split('\t').collect();
        } else if !line.starts_with('#') {
            let pairs = fields.iter().zip(line.split('\t'));
            rows.push(pairs.map(|(n, v)| ((*n).into(), v.into())).collect());
        }
    }
    rows
}

fn unpacked(file: &Path) -> Vec<u8> {
    let mut bytes = Vec::new();
    flate2::read::GzDecoder::new(fs::File::open(file).unwrap())
        .read_to_end(&mut bytes)
        .unwrap();
    bytes
}

/// The bytes of a value: one writer escapes all beyond ASCII, the other what is no UTF-8.
fn bytes(value: &str) -> Vec<u8> {
    let mut out = Vec::new();
    let mut rest = value.as_bytes();
    while let Some((first, tail)) = rest.split_first() {
        let code = value_of_escape(rest);
        out.push(code.unwrap_or(*first));
        rest = if code.is_some() { &rest[4..] } else { tail };
    }
    out
}

fn value_of_escape(rest: &[u8]) -> Option<u8> {
    let digits = rest.strip_prefix(b"\\x")?.get(..2)?;
    u8::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()
}

/// A row without what two converters write differently: the flow's name; answers of types that
/// neither reads, which the other leaves out; the sixth digit of a time, which is rounding.
fn told(row: &BTreeMap<String, String>, left_out: &[&str]) -> Vec<(String, Vec<u8>)> {
    let unread = ["10", "25", "65399"].contains(&row.get("qtype").map_or("", String::as_str));
    row.iter()
        .filter(|(name, _)| {
            let answer = matches!(name.as_str(), "answers" | "TTLs");
            let skipped = left_out.contains(&name.as_str()) || (answer && unread);
            !skipped
        })
        .map(|(name, value)| {
            let value = match (name.as_str(), value.parse::<f64>()) {
                ("ts" | "rtt" | "duration", Ok(time)) => format!("{time:.4}").into_bytes(),
                _ => bytes(value),
            };
            (name.clone(), value)
        })
        .collect()
}

/// Rows of `ours` without a like among `theirs`.
fn missing(ours: &[u8], theirs: &[u8], left_out: &[&str]) -> Vec<String> {
    let mut known: BTreeMap<_, usize> = BTreeMap::new();
    for row in rows(theirs) {
        *known.entry(told(&row, left_out)).or_default() += 1;
    }
    let mut missing = Vec::new();
    for row in rows(ours) {
        match known.get_mut(&told(&row, left_out)) {
            Some(count) if *count > 0 => *count -= 1,
            _ => missing.push(format!("{row:?}")),
        }
    }
    missing
}

#[test]
fn captures_of_others_give_the_rows_of_their_logs() {
    let Some(data) = wakeful_testkit::real_data() else {
        return;
    };
    let mut seen = 0;
    for source in ["dmachard", "ggyggy", "netrack_dns2tcp"] {
        let folder = data.join("malicious").join(source);
        for entry in fs::read_dir(&folder).unwrap() {
            let file = entry.unwrap().path();
            if file.extension().is_none_or(|end| end != "pcap") {
                continue;
            }
            let stem = file.file_stem().unwrap().to_string_lossy().into_owned();
            let derived = folder.join(format!("derived_{stem}"));
            let Logs { dns, conn } = logs(&packets(&fs::read(&file).unwrap()).unwrap());
            seen += 1;
            for (name, ours, left_out) in [
                ("dns.log.gz", dns_log(&dns, Format::Tsv), &["uid"][..]),
                (
                    "conn.log.gz",
                    conn_log(&conn, Format::Tsv),
                    &["uid", "tunnel_parents"],
                ),
            ] {
                let theirs = unpacked(&derived.join(name));
                let (count, other) = (rows(&ours).len(), rows(&theirs).len());
                assert_eq!(count, other, "rows of {stem}'s {name}");
                let missing = missing(&ours, &theirs, left_out);
                assert!(
                    missing.is_empty(),
                    "{} of {count} rows of {stem}'s {name} differ, as {}",
                    missing.len(),
                    missing[0]
                );
            }
        }
    }
    assert!(seen >= 8, "{seen} captures");
}
