//! Scores of models: `cargo xtask bench inference`.
//!
//! In: the sources, and Python where it is there. Out: one table of medians of interleaved rounds.

use std::fs;
use std::path::Path;

use crate::bench::{build_programs, peers};
use crate::command::{Result, fail, run, step};
use crate::serve;
use crate::tools::Tools;

/// Models, rows and the page of the measurement, below the repository.
const FOLDER: &str = "target/bench/inference";
/// How many rows are scored, and how often each job has its turn.
const ROWS: &str = "65536";
const ROUNDS: &str = "7";
/// The last one writes the files that onnxruntime reads.
const PEERS: [&str; 4] = [
    "numpy==2.4.6",
    "scikit-learn==1.9.1",
    "onnxruntime==1.32.0",
    "onnx==1.23.2",
];

/// Inference, natively and in the tab, beside scikit-learn and onnxruntime.
pub fn measure(tools: &mut Tools) -> Result<()> {
    tools.need_browser_packages()?;
    let chromium = tools.need_chromium()?;
    let folder = tools.root.join(FOLDER);
    // What an earlier run left would be measured again.
    let _absent = fs::remove_dir_all(&folder);
    build_programs(tools)?;
    build_for_the_tab(tools, &folder)?;
    let page = tools.root.join("bench/www/inference.html");
    if let Err(error) = fs::copy(&page, folder.join("inference.html")) {
        return fail(format!(
            "{} could not be copied ({error}). Run `git status` to see what is missing.",
            page.display()
        ));
    }
    let program = tools.root.join("target/release/wakeful-bench");
    run(
        tools
            .command(&program.to_string_lossy())
            .arg("make")
            .args([FOLDER, ROWS]),
        "The models and rows could not be written: the program's own words are above. Make target/ writable.",
    )?;
    let url = serve::in_background(folder.clone())?;
    let mut node = tools.command("node");
    node.arg("bench/inference.mjs")
        .env("WAKEFUL_URL", url)
        .env("BENCH", program)
        .env("FOLDER", &folder)
        .env("CHROMIUM", chromium)
        .env("ROUNDS", ROUNDS)
        .env_remove("PYTHON");
    if let Some(python) = peers::python(tools, "python", &PEERS, "onnx, onnxruntime, sklearn") {
        node.env("PYTHON", python);
    }
    step("measuring (about 2 minutes; other programs at work make the figures worse)");
    run(
        &mut node,
        "The measurement broke off: its own words are above.",
    )
}

/// The measured crate as a module for the browser, in `folder`.
pub fn build_for_the_tab(tools: &mut Tools, folder: &Path) -> Result<()> {
    const NEXT: &str = "The measured module was not built: the compiler's words are above.";
    tools.need_wasm_target()?;
    tools.need_wasm_bindgen()?;
    step("building what is measured in the tab (2 minutes the first time)");
    let target = "wasm32-unknown-unknown";
    let mut cargo = tools.wasm_command("cargo");
    cargo
        // As the page is linked: beside a library for other crates there would be no optimisation across crates.
        .args(["rustc", "--release", "--package", "wakeful-bench", "--lib"])
        .args(["--crate-type", "cdylib", "--target", target]);
    run(&mut cargo, NEXT)?;
    let mut bindgen = tools.command("wasm-bindgen");
    bindgen.args(["--target", "web", "--out-dir"]).arg(folder);
    bindgen.arg(format!("target/{target}/release/wakeful_bench.wasm"));
    run(&mut bindgen, NEXT)
}
