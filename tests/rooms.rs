//! The rooms keep to themselves: what a module must not know, it does not name.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::path::{Path, PathBuf};

fn sources(folder: &Path) -> Vec<PathBuf> {
    let mut all: Vec<PathBuf> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .flat_map(|path| {
            if path.is_dir() {
                sources(&path)
            } else {
                vec![path]
            }
        })
        .filter(|path| path.extension().is_some_and(|extension| extension == "rs"))
        .collect();
    all.sort();
    all
}

/// Lines of code (comments left out) below `folder` that name one of `words`.
fn naming(folder: &str, words: &[&str], but: &[&str]) -> Vec<String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let files = sources(&root.join(folder));
    assert!(!files.is_empty(), "no sources in {folder}");
    let mut found = Vec::new();
    for file in files
        .iter()
        .filter(|file| !but.iter().any(|room| file.starts_with(root.join(room))))
    {
        let text = std::fs::read_to_string(file).unwrap();
        for (number, line) in text.lines().enumerate() {
            let code = line.split("//").next().unwrap_or_default();
            if words.iter().any(|word| code.contains(word)) {
                found.push(format!("{}:{}: {line}", file.display(), number + 1));
            }
        }
    }
    found
}

#[test]
fn only_the_browser_room_names_the_browsers_interfaces() {
    assert_eq!(
        naming(
            "src",
            &["web_sys", "js_sys", "wasm_bindgen::"],
            // The last says what `www/boot.js` may call.
            &["src/browser", "src/lookup", "src/main.rs"]
        ),
        Vec::<String>::new()
    );
    assert!(!naming("src/browser", &["web_sys"], &[]).is_empty());
}

#[test]
fn charts_parts_and_state_name_no_view() {
    for room in ["src/chart", "src/parts", "src/state"] {
        assert_eq!(naming(room, &["crate::page"], &[]), Vec::<String>::new());
    }
}

#[test]
fn reader_engine_and_generator_have_no_files_clock_or_threads() {
    let outside = [
        "std::fs",
        "TcpStream",
        "TcpListener",
        "UdpSocket",
        "std::thread",
        "SystemTime",
        "Instant::now",
        "std::env::",
    ];
    for room in [
        "crates/logs/src",
        "crates/engine/src",
        "crates/lab/src",
        "crates/lookup/src",
        "crates/suffixes/src",
    ] {
        assert_eq!(naming(room, &outside, &[]), Vec::<String>::new(), "{room}");
    }
}

#[test]
fn only_the_look_up_tab_opens_a_connection() {
    let ways = [
        "fetch_with",
        "WebSocket",
        "EventSource",
        "XmlHttpRequest",
        "send_beacon",
        "RtcPeer",
    ];
    assert_eq!(naming("src", &ways, &["src/lookup"]), Vec::<String>::new());
    assert!(!naming("src/lookup", &["fetch_with"], &[]).is_empty());
}

#[test]
fn no_address_and_no_port_is_a_feature() {
    for file in ["dns", "dns_row", "flow", "flow_row"] {
        let path = Path::new(env!("CARGO_MANIFEST_DIR"))
            .join(format!("crates/engine/src/features/{file}.rs"));
        let text = std::fs::read_to_string(path).unwrap();
        for word in [
            "client_port",
            "server_port",
            "orig_port",
            "resp_port",
            ".client",
            "orig_host",
            ".uid",
        ] {
            assert!(!text.contains(word), "{file}: {word}");
        }
    }
}
