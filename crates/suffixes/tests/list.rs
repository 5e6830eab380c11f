//! The list is that of the crate `psl`, and every answer is the one that `psl` gives.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use psl::{Psl, Type};
use std::path::Path;
use wakeful_suffixes::{Kind, domain, suffix};

/// The rules of the `psl` that Cargo.lock names, as its package has them.
fn rules() -> String {
    let metadata = std::process::Command::new(env!("CARGO"))
        .args(["metadata", "--format-version", "1", "--offline", "--locked"])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .unwrap();
    assert!(
        metadata.status.success(),
        "{}",
        String::from_utf8_lossy(&metadata.stderr)
    );
    let metadata: serde_json::Value = serde_json::from_slice(&metadata.stdout).unwrap();
    let manifest = metadata["packages"]
        .as_array()
        .unwrap()
        .iter()
        .find(|package| package["name"] == "psl")
        .and_then(|package| package["manifest_path"].as_str())
        .unwrap();
    std::fs::read_to_string(Path::new(manifest).with_file_name("data/rules.txt")).unwrap()
}

/// A rule with its labels in ASCII, where it has others.
fn in_ascii(rule: &str) -> Option<String> {
    let (mark, name) = rule
        .strip_prefix("*.")
        .map(|name| ("*.", name))
        .or_else(|| rule.strip_prefix('!').map(|name| ("!", name)))
        .unwrap_or(("", rule));
    (!name.is_ascii()).then(|| format!("{mark}{}", idna::domain_to_ascii(name).unwrap()))
}

/// Rules as the tree that the crate reads.
fn tree(rules: impl Iterator<Item = String>) -> String {
    let mut rules: Vec<Vec<String>> = rules
        .map(|rule| {
            let mut labels: Vec<String> = rule
                .trim_start_matches('!')
                .rsplit('.')
                .map(str::to_owned)
                .collect();
            if let Some(last) = labels.last_mut().filter(|_| rule.starts_with('!')) {
                last.insert(0, '!');
            }
            labels
        })
        .collect();
    rules.sort();
    let mut text = String::new();
    let mut before: &[String] = &[];
    for labels in &rules {
        let same = labels
            .iter()
            .zip(before)
            .take_while(|(a, b)| a == b)
            .count();
        for (depth, label) in labels.iter().enumerate().skip(same) {
            text += &"\t".repeat(depth);
            text += label;
            text += if depth + 1 < labels.len() {
                "+\n"
            } else {
                "\n"
            };
        }
        before = labels;
    }
    text
}

fn is_private(rule: &str) -> bool {
    let name = rule.replace('*', "a").replace('!', "");
    psl::suffix(name.as_bytes()).and_then(|suffix| suffix.typ()) == Some(Type::Private)
}

#[test]
fn the_list_is_the_one_of_the_locked_crate() {
    let rules = rules();
    let all = || {
        rules.lines().flat_map(|rule| {
            [Some(rule.to_owned()), in_ascii(rule)]
                .into_iter()
                .flatten()
        })
    };
    let text = [
        tree(all().filter(|rule| !is_private(rule))),
        "// private\n".to_owned(),
        tree(all().filter(|rule| is_private(rule))),
    ]
    .concat();
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("data/suffixes.txt");
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(&file, &text).unwrap();
    }
    assert!(
        std::fs::read_to_string(&file).unwrap() == text,
        "another list than psl's: UPDATE=1 cargo test -p wakeful-suffixes"
    );
}

fn compare(name: &[u8]) {
    let shown = name.escape_ascii();
    let theirs = psl::List.suffix(name).map(|suffix| {
        let kind = suffix.typ().map(|kind| match kind {
            Type::Icann => Kind::Icann,
            Type::Private => Kind::Private,
        });
        (suffix.as_bytes(), kind)
    });
    let ours = suffix(name).map(|suffix| (suffix.bytes, suffix.kind));
    assert_eq!(ours, theirs, "{shown}");
    let theirs = psl::List.domain(name).map(|domain| domain.as_bytes());
    assert_eq!(domain(name), theirs, "{shown}");
}

#[test]
fn every_rule_and_what_lies_around_it_is_as_the_crate_has_it() {
    let rules = rules();
    let ascii: Vec<String> = rules.lines().filter_map(in_ascii).collect();
    for rule in rules.lines().chain(ascii.iter().map(String::as_str)) {
        let name = rule.replace("*.", "").replace('!', "");
        for before in [
            "", "a.", "b.a.", "www.", "city.", "c.b.a.", ".", "..", "a..", "x",
        ] {
            for after in ["", ".", "..", "x", ".x"] {
                compare(format!("{before}{name}{after}").as_bytes());
            }
        }
        if let Some((_, above)) = name.split_once('.') {
            compare(above.as_bytes());
            compare(format!("other.{above}").as_bytes());
        }
    }
}

#[test]
fn any_bytes_are_as_the_crate_has_them() {
    let mut state = 9_u64;
    let parts: [&[u8]; 16] = [
        b".", b".", b".", b"com", b"uk", b"co", b"ck", b"www", b"jp", b"kobe", b"city", b"a",
        b"\xff", b"org", b"duckdns", b"compute",
    ];
    for _ in 0..200_000 {
        let mut name = Vec::new();
        let mut next = || {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1);
            (state >> 40) as usize
        };
        for _ in 0..next() % 9 {
            name.extend_from_slice(parts[next() % parts.len()]);
        }
        compare(&name);
    }
}
