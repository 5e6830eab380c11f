//! Reading, features and the whole way: `cargo xtask bench scan`.
//!
//! In: the sources. Out: the tables of `bench/scan.mjs`, on the screen and, where asked for, in a file.

use std::fs;
use std::path::{Path, PathBuf};

use lexopt::prelude::*;

use crate::bench::inputs::{Which, logs};
use crate::bench::{FOLDER, amount, build_programs, inference, peers};
use crate::command::{Result, fail, run, step};
use crate::tools::Tools;
use crate::{page, serve, usage};

/// Small logs on which the answers are compared before anything is timed.
const CHECK: u64 = 4 << 20;
const PYTHON: [&str; 5] = [
    "zat==0.4.9",
    "pandas==3.1.1",
    "polars==2.1.0",
    "duckdb==2.0.1",
    "pyarrow==26.0.1",
];
/// What the measurement's own page is made of, in `bench/`.
const PAGE: [&str; 5] = [
    "www/scan.html",
    "www/scan-worker.js",
    "www/duckdb.html",
    "features.sql",
    "features_by_name.sql",
];

/// How much is measured.
#[derive(Debug)]
pub struct Plan {
    size: String,
    rounds: u32,
    large: bool,
    markdown: Option<PathBuf>,
}

/// `[--size 256m] [--rounds 3] [--no-large] [--markdown FILE]`
pub fn plan(args: &mut lexopt::Parser) -> Result<Plan> {
    let mut plan = Plan {
        size: "256m".to_owned(),
        rounds: 3,
        large: true,
        markdown: None,
    };
    while let Some(arg) = args.next().map_err(usage)? {
        match arg {
            Long("size") => plan.size = args.value().map_err(usage)?.string().map_err(usage)?,
            Long("rounds") => plan.rounds = args.value().map_err(usage)?.parse().map_err(usage)?,
            Long("no-large") => plan.large = false,
            Long("markdown") => plan.markdown = Some(args.value().map_err(usage)?.into()),
            other => return Err(usage(other.unexpected())),
        }
    }
    amount(&plan.size, 1024)?;
    Ok(plan)
}

pub fn measure(tools: &mut Tools, plan: &Plan) -> Result<()> {
    let size = amount(&plan.size, 1024)?;
    let markdown = plan.markdown.as_deref().map(absolute).transpose()?;
    tools.need_browser_packages()?;
    let chromium = tools.need_chromium()?;
    page::build(tools)?;
    build_programs(tools)?;
    let www = tools.root.join(FOLDER).join("scan");
    let duckdb = build_page(tools, &www)?;
    let python = peers::python(
        tools,
        "scan-python",
        &PYTHON,
        "zat, pandas, polars, duckdb, pyarrow",
    );
    let check = logs(tools, CHECK, Which::All)?;
    let small = logs(tools, size, Which::All)?;

    let mut node = tools.command("node");
    node.arg("bench/scan.mjs")
        .env("BENCH", tools.root.join("target/release/wakeful-bench"))
        .env("WAKEFUL", tools.root.join("target/release/wakeful"))
        .env("LOGS", small)
        .env("CHECK", check)
        .env("SIZE", megabytes(size))
        .env("LARGE_SIZE", megabytes(size * 4))
        .env("URL", serve::in_background(www)?)
        .env("PAGE", serve::in_background(page::folder(tools))?)
        .env("SCRATCH", tools.root.join(FOLDER))
        .env("CHROMIUM", chromium)
        .env("ROUNDS", plan.rounds.to_string());
    if plan.large {
        node.env("LARGE", logs(tools, size * 4, Which::Dns)?);
    }
    let awk = ["mawk", "gawk"]
        .iter()
        .find_map(|awk| tools.find(Path::new(awk)));
    let found = [
        ("PYTHON", python),
        ("DUCKDB", duckdb.then(|| "there".into())),
        ("ZEEK_CUT", tools.find(Path::new("zeek-cut"))),
        ("AWK", awk),
        ("MARKDOWN", markdown),
    ];
    for (name, value) in found {
        match value {
            Some(value) => node.env(name, value),
            None => node.env_remove(name),
        };
    }
    step(
        "measuring (about 10 minutes at the usual size; other programs at work make the figures worse)",
    );
    run(
        &mut node,
        "The measurement broke off: its own words are above.",
    )
}

fn megabytes(bytes: u64) -> String {
    format!("{} MB", bytes >> 20)
}

/// The program runs in the repository's folder, and not in the caller's.
pub fn absolute(path: &Path) -> Result<PathBuf> {
    std::path::absolute(path).or_else(|error| fail(format!("{}: {error}.", path.display())))
}

/// The page that reads in the tab; says whether DuckDB is in it.
fn build_page(tools: &mut Tools, www: &Path) -> Result<bool> {
    inference::build_for_the_tab(tools, www)?;
    for file in PAGE {
        let from = tools.root.join("bench").join(file);
        let name = from.file_name().unwrap_or_default();
        if let Err(error) = fs::copy(&from, www.join(name)) {
            return fail(format!(
                "{} could not be copied ({error}). Run `git status` to see what is missing.",
                from.display()
            ));
        }
    }
    Ok(peers::duckdb_wasm(tools, www))
}
