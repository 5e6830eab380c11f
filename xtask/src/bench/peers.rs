//! The other tools, installed below `target/bench` where they are missing.
//!
//! In: names of packages. Out: programs, or nothing: whoever measures says what is missing.

use std::fs;
use std::path::{Path, PathBuf};

use crate::bench::FOLDER;
use crate::command::{read, run, step};
use crate::tools::Tools;

/// A Python with packages, in an environment of its own; `None`, and said, without.
pub fn python(tools: &Tools, name: &str, packages: &[&str], imports: &str) -> Option<PathBuf> {
    let home = tools.root.join(FOLDER).join(name);
    let python = home.join("bin/python");
    let has_all = |python: &Path| {
        let mut ask = tools.command(&python.to_string_lossy());
        read(ask.args(["-c", &format!("import {imports}")])).is_some()
    };
    if !has_all(&python) {
        step(format_args!(
            "installing {imports} into {FOLDER}/{name} (once; a minute)"
        ));
        let mut venv = tools.command("python3");
        let made = run(venv.args(["-m", "venv"]).arg(&home), "").is_ok();
        let mut pip = tools.command(&python.to_string_lossy());
        pip.args(["-m", "pip", "install", "--quiet"]).args(packages);
        if !made || run(&mut pip, "").is_err() || !has_all(&python) {
            step(format_args!(
                "no Python with {imports}: measuring without them"
            ));
            return None;
        }
    }
    Some(python)
}

/// DuckDB for the browser, put together into `www`; `false`, and said, without.
pub fn duckdb_wasm(tools: &Tools, www: &Path) -> bool {
    const PACKAGES: [&str; 2] = ["@duckdb/duckdb-wasm@1.32.0", "esbuild@0.28.2"];
    const FILES: [&str; 2] = ["duckdb-eh.wasm", "duckdb-browser-eh.worker.js"];
    let home = tools.root.join(FOLDER).join("npm");
    let dist = home.join("node_modules/@duckdb/duckdb-wasm/dist");
    let esbuild = home.join("node_modules/.bin/esbuild");
    if !dist.join(FILES[0]).is_file() || !esbuild.exists() {
        step(format_args!(
            "installing DuckDB-WASM into {FOLDER}/npm (once; a download of 60 MB)"
        ));
        let mut npm = tools.command("npm");
        npm.args(["install", "--no-save", "--no-fund", "--no-audit"])
            .args(["--loglevel=error", "--prefix"])
            .arg(&home)
            .args(PACKAGES);
        let made = fs::create_dir_all(&home).is_ok();
        if !made || run(&mut npm, "").is_err() {
            step("no DuckDB-WASM: measuring without it");
            return false;
        }
    }
    let copied = FILES
        .iter()
        .all(|file| fs::copy(dist.join(file), www.join(file)).is_ok());
    let entry = home.join("duckdb.mjs");
    let written = fs::write(
        &entry,
        "import * as duckdb from '@duckdb/duckdb-wasm';\nglobalThis.duckdb = duckdb;\n",
    );
    let mut bundle = tools.command(&esbuild.to_string_lossy());
    bundle
        .arg(&entry)
        .args(["--bundle", "--minify", "--format=iife", "--log-level=error"])
        .arg(format!("--outfile={}", www.join("duckdb.js").display()));
    let whole = copied && written.is_ok() && run(&mut bundle, "").is_ok();
    if !whole {
        step("DuckDB-WASM could not be put together: measuring without it");
    }
    whole
}
