//! Every detector has a page in `docs/detections/`, written from the documentation at its file's top, and
//! `detectors::pages()` knows it. `UPDATE=1` writes the pages anew.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use wakeful_engine::detectors::fingerprints;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// The `//!` lines at a file's top, where they begin with a title.
fn page(source: &str) -> Option<String> {
    let lines: Vec<&str> = source
        .lines()
        .map_while(|line| line.strip_prefix("//!"))
        .map(|line| line.strip_prefix(' ').unwrap_or(line))
        .collect();
    lines.first()?.starts_with("# ").then(|| {
        let text = lines.join("\n");
        format!("{}\n", without_links(text.trim_end()))
    })
}

/// References of rustdoc as plain code: [`crate::features::dns`] is `features::dns`.
fn without_links(text: &str) -> String {
    text.replace("[`crate::", "`")
        .replace("[`super::", "`")
        .replace("[`", "`")
        .replace("`]", "`")
}

/// What the tools' rules look for, an entry a file: its title and its layout. The odds stay with the source.
fn layouts() -> String {
    let folder = root().join("crates/engine/src/detectors/fingerprints");
    let mut entries: Vec<String> = std::fs::read_dir(folder)
        .unwrap()
        .filter_map(|entry| {
            let source = std::fs::read_to_string(entry.unwrap().path()).unwrap();
            let mut paragraphs = source.split("\n//!\n").map(|paragraph| {
                let lines = paragraph.lines();
                let lines = lines.map_while(|line| line.strip_prefix("//! "));
                lines.collect::<Vec<_>>().join("\n")
            });
            let title = paragraphs.next().filter(|title| !title.starts_with('#'))?;
            let layout = paragraphs
                .next()
                .filter(|text| text.starts_with("Layout"))?;
            Some(format!("- **{}** {layout}\n", title.replace('\n', " ")))
        })
        .collect();
    entries.sort();
    entries.concat()
}

/// Pages by name, from the sources.
fn pages() -> BTreeMap<String, String> {
    let folder = root().join("crates/engine/src/detectors");
    let mut found = BTreeMap::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let file = if path.is_dir() {
            path.join("mod.rs")
        } else {
            path.clone()
        };
        let name = path
            .file_stem()
            .unwrap()
            .to_string_lossy()
            .replace('_', "-");
        if name == "mod" {
            continue;
        }
        if let Some(mut page) = page(&std::fs::read_to_string(file).unwrap()) {
            if name == "fingerprints" {
                let layouts = layouts();
                assert_eq!(
                    layouts
                        .lines()
                        .filter(|line| line.starts_with("- **"))
                        .count(),
                    fingerprints::tools().count()
                );
                page = format!("{page}\n{layouts}");
            }
            found.insert(name, page);
        }
    }
    found
}

#[test]
fn every_detectors_page_is_written_down_and_known_to_the_engine() {
    let folder = root().join("docs/detections");
    let pages = pages();
    assert!(pages.len() >= 2);
    for (name, page) in &pages {
        let path = folder.join(format!("{name}.md"));
        if std::env::var_os("UPDATE").is_some() {
            std::fs::write(&path, page).unwrap();
        }
        let written = std::fs::read_to_string(&path).unwrap_or_default();
        assert_eq!(
            &written, page,
            "{name}: run with UPDATE=1 and read what changed"
        );
        for part in [
            "**Sees**",
            "**Matters**",
            "**Formula**",
            "**Set off falsely**",
            "**Example**",
        ] {
            assert!(page.contains(part), "{name}: no {part}");
        }
    }
    for (name, page) in &pages {
        // Whoever reads the help has no source at hand.
        let is_constant = |code: &&str| {
            code.len() > 2
                && code
                    .bytes()
                    .all(|byte| byte.is_ascii_uppercase() || byte == b'_')
        };
        let constant = page.split('`').skip(1).step_by(2).find(is_constant);
        assert_eq!(constant, None, "{name}: a constant's name says no number");
    }
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_stem().unwrap().to_string_lossy().into_owned();
        assert!(
            pages.contains_key(&name),
            "{name}: a page without a detector"
        );
    }
    let known: BTreeMap<String, String> = wakeful_engine::detectors::pages()
        .iter()
        .map(|page| (page.name.to_owned(), page.markdown.to_owned()))
        .collect();
    assert_eq!(known, pages);
}
