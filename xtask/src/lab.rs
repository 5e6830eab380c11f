//! The real lab: captures of real tunnels, their logs, and the generator held against them.
//!
//! In: the script that captures, the crate that converts and compares. Out: a folder of runs, and the
//! figures in `docs/lab.md`. This module must not know what a tunnel is.

use std::path::PathBuf;

use crate::command::{Result, run, step};
use crate::tools::Tools;

/// Where the runs go, below the repository.
const RUNS: &str = "target/real-lab";
const PAGE: &str = "docs/lab.md";

/// What to do of it.
#[derive(Debug, Default)]
pub struct Plan {
    /// Hold the runs that are there against the generator, without new captures.
    pub compare_only: bool,
    /// Capture the runs whose names match, and leave the page alone.
    pub only: Option<String>,
}

/// Captures, converts, compares.
pub fn run_plan(tools: &Tools, plan: &Plan) -> Result<()> {
    if !plan.compare_only {
        step("capturing real tunnels in network namespaces (about 10 minutes; needs root)");
        let mut script = tools.command("bash");
        script.arg("lab/capture.sh");
        if let Some(only) = &plan.only {
            script.args(["--only", only]);
        }
        script.arg(RUNS);
        run(
            &mut script,
            "The captures did not succeed: the script's own words are above. Run it as root.",
        )?;
    }
    step("holding the generator against the captures");
    let mut compare = tools.command("cargo");
    compare.args(["run", "--release", "--quiet", "--package"]);
    compare.args(["wakeful-capture", "--", "compare", RUNS]);
    if plan.only.is_none() {
        compare.arg("--write").arg(PathBuf::from(PAGE));
    }
    run(
        &mut compare,
        "The comparison did not succeed: its own words are above. `cargo xtask lab` makes the captures.",
    )
}
