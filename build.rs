//! Lists the pages of `docs/detections/`, so that the help shows what the folder holds.

use std::fmt::Write;
use std::path::Path;
use std::{env, fs};

fn main() {
    println!("cargo:rerun-if-changed=docs/detections");
    let root = env::var("CARGO_MANIFEST_DIR").unwrap_or_default();
    let out = env::var("OUT_DIR").unwrap_or_default();
    let mut names: Vec<String> = fs::read_dir(Path::new(&root).join("docs/detections"))
        .map(|entries| {
            entries
                .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
                .filter(|name| name.ends_with(".md"))
                .collect()
        })
        .unwrap_or_default();
    names.sort();
    let mut list = String::from("&[\n");
    for name in names {
        let path = Path::new(&root).join("docs/detections").join(&name);
        let stem = name.trim_end_matches(".md");
        let _ = writeln!(
            list,
            "    ({stem:?}, include_str!({:?})),",
            path.display().to_string()
        );
    }
    list.push_str("]\n");
    if let Err(error) = fs::write(Path::new(&out).join("detections.rs"), list) {
        println!("cargo:warning=the list of detections was not written: {error}");
    }
}
