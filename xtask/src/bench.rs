//! Measures side by side: `cargo xtask bench inference`.
//!
//! In: the sources, and Python where it is there. Out: one table of medians of interleaved rounds. This
//! module must not know what is measured, only which programs do it.

use std::fs;
use std::path::{Path, PathBuf};

use crate::command::{Result, fail, read, run, step};
use crate::serve;
use crate::tools::Tools;

/// Models, rows and the page of the measurement, below the repository.
const FOLDER: &str = "target/bench/inference";
/// How many rows are scored, and how often each job has its turn.
const ROWS: &str = "65536";
const ROUNDS: &str = "7";
const PEERS: [&str; 3] = ["numpy==2.4.6", "scikit-learn==1.9.1", "onnxruntime==1.32.0"];
/// Writes the files that onnxruntime reads.
const ONNX: &str = "onnx==1.23.2";

/// Inference, natively and in the tab, beside scikit-learn and onnxruntime.
pub fn inference(tools: &mut Tools) -> Result<()> {
    tools.need_wasm_target()?;
    tools.need_wasm_bindgen()?;
    tools.need_browser_packages()?;
    let chromium = tools.need_chromium()?;
    let folder = tools.root.join(FOLDER);
    // What an earlier run left would be measured again.
    let _absent = fs::remove_dir_all(&folder);
    build(tools, &folder)?;
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
    if let Some(python) = peers(tools) {
        node.env("PYTHON", python);
    }
    step("measuring (about 2 minutes; other programs at work make the figures worse)");
    run(
        &mut node,
        "The measurement broke off: its own words are above.",
    )
}

fn build(tools: &Tools, folder: &Path) -> Result<()> {
    const NEXT: &str = "The measured program was not built: the compiler's words are above.";
    step("building what is measured, natively and to wasm (2 minutes the first time)");
    let arguments = ["build", "--release", "--package", "wakeful-bench"];
    run(tools.command("cargo").args(arguments), NEXT)?;
    let target = "wasm32-unknown-unknown";
    let mut cargo = tools.wasm_command("cargo");
    run(
        cargo.args(arguments).args(["--lib", "--target", target]),
        NEXT,
    )?;
    let mut bindgen = tools.command("wasm-bindgen");
    bindgen.args(["--target", "web", "--out-dir"]).arg(folder);
    bindgen.arg(format!("target/{target}/release/wakeful_bench.wasm"));
    run(&mut bindgen, NEXT)?;
    let page = tools.root.join("bench/www/inference.html");
    match fs::copy(&page, folder.join("inference.html")) {
        Ok(_) => Ok(()),
        Err(error) => fail(format!(
            "{} could not be copied ({error}). Run `git status` to see what is missing.",
            page.display()
        )),
    }
}

/// A Python with the other libraries, in an environment of its own; `None`, and said, without.
fn peers(tools: &Tools) -> Option<PathBuf> {
    let home = tools.root.join("target/bench/python");
    let python = home.join("bin/python");
    let has_all = |python: &Path| {
        let mut ask = tools.command(&python.to_string_lossy());
        read(ask.args(["-c", "import onnx, onnxruntime, sklearn"])).is_some()
    };
    if !has_all(&python) {
        step("installing scikit-learn and onnxruntime into target/bench/python (once; a minute)");
        let mut venv = tools.command("python3");
        let made = run(venv.args(["-m", "venv"]).arg(&home), "").is_ok();
        let mut pip = tools.command(&python.to_string_lossy());
        pip.args(["-m", "pip", "install", "--quiet", ONNX])
            .args(PEERS);
        if !made || run(&mut pip, "").is_err() || !has_all(&python) {
            step("no Python with scikit-learn and onnxruntime: measuring without them");
            return None;
        }
    }
    Some(python)
}
