//! `cargo xtask test`: the whole check, stage by stage.
//!
//! In: the repository, and WAKEFUL_DATA (labelled logs) where it is set. Out: each stage's own words, one
//! line a stage with its time, and a closing line. A stage installs what it needs when its turn comes, so
//! that a slip in the formatting is not told a quarter of an hour late. This module must not know what
//! any test is about.

use std::env;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use crate::command::{Failure, Result, fail, run, say, step};
use crate::tools::Tools;
use crate::{page, serve};

/// The stages, in the order in which they run: quick and telling first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    Fmt,
    Clippy,
    Native,
    Wasm,
    Browser,
}

const STAGES: [Stage; 5] = [
    Stage::Fmt,
    Stage::Clippy,
    Stage::Native,
    Stage::Wasm,
    Stage::Browser,
];

/// What was asked for.
#[derive(Debug, Default)]
pub struct Plan {
    /// Empty for all stages.
    pub only: Vec<Stage>,
    /// Whether a failed stage leaves the later ones their turn.
    pub keep_going: bool,
}

impl Stage {
    /// The stage that `--only` names.
    pub fn named(name: &str) -> Result<Self> {
        match STAGES.into_iter().find(|stage| stage.name() == name) {
            Some(stage) => Ok(stage),
            None => fail(format!(
                "There is no stage {name:?}. The stages are {}.",
                STAGES.map(Stage::name).join(", ")
            )),
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Fmt => "fmt",
            Self::Clippy => "clippy",
            Self::Native => "native",
            Self::Wasm => "wasm",
            Self::Browser => "browser",
        }
    }

    fn run(self, tools: &mut Tools) -> Result<()> {
        match self {
            Self::Fmt => fmt(tools),
            Self::Clippy => clippy(tools),
            Self::Native => native(tools),
            Self::Wasm => wasm(tools),
            Self::Browser => browser(tools),
        }
    }
}

struct Outcome {
    stage: Stage,
    took: Duration,
    of_which_setup: Duration,
    failure: Option<Failure>,
}

/// Runs the plan; fails when a stage did.
pub fn run_plan(tools: &mut Tools, plan: &Plan) -> Result<()> {
    check_data()?;
    let planned: Vec<Stage> = STAGES
        .into_iter()
        .filter(|stage| plan.only.is_empty() || plan.only.contains(stage))
        .collect();
    let mut outcomes: Vec<Outcome> = Vec::new();
    for &stage in &planned {
        say(&format!("\n== {} ==", stage.name()));
        let (start, setup_before) = (Instant::now(), tools.setup_time);
        let failure = stage.run(tools).err();
        let failed = failure.is_some();
        outcomes.push(Outcome {
            stage,
            took: start.elapsed(),
            of_which_setup: tools.setup_time.saturating_sub(setup_before),
            failure,
        });
        if failed && !plan.keep_going {
            break;
        }
    }
    summary(&planned, &outcomes)
}

fn summary(planned: &[Stage], outcomes: &[Outcome]) -> Result<()> {
    say("");
    for outcome in outcomes {
        let verdict = if outcome.failure.is_some() {
            "FAILED"
        } else {
            "ok"
        };
        let setup = match outcome.of_which_setup.as_secs() {
            0 => String::new(),
            seconds => format!(" (of which {seconds} s installing)"),
        };
        say(&format!(
            "{:<8} {verdict:<6} {:>5} s{setup}",
            outcome.stage.name(),
            outcome.took.as_secs()
        ));
    }
    for stage in &planned[outcomes.len()..] {
        say(&format!("{:<8} not run", stage.name()));
    }
    let n_failed = outcomes
        .iter()
        .filter(|outcome| outcome.failure.is_some())
        .count();
    let n_not_run = planned.len() - outcomes.len();
    let skipped = match n_not_run {
        0 => String::new(),
        n => format!(", {n} skipped"),
    };
    say(&format!(
        "stages: {} passed, {n_failed} failed{skipped}",
        outcomes.len() - n_failed
    ));
    let sentences: Vec<String> = outcomes
        .iter()
        .filter_map(|outcome| {
            let Failure(sentence) = outcome.failure.as_ref()?;
            Some(format!(
                "{sentence}\nThis stage alone: `cargo xtask test --only {}`.",
                outcome.stage.name()
            ))
        })
        .collect();
    if sentences.is_empty() {
        return Ok(());
    }
    fail(sentences.join("\n\n"))
}

fn fmt(tools: &mut Tools) -> Result<()> {
    tools.need_rustfmt()?;
    run(
        tools.command("cargo").args(["fmt", "--all", "--check"]),
        "The formatting differs. Run `cargo fmt --all`.",
    )
}

fn clippy(tools: &mut Tools) -> Result<()> {
    const NEXT: &str =
        "Clippy has something to say, above. Put it right, or allow it at the spot with a reason.";
    tools.need_clippy()?;
    run(
        tools.command("cargo").args([
            "clippy",
            "--workspace",
            "--all-targets",
            "--",
            "-D",
            "warnings",
        ]),
        NEXT,
    )?;
    tools.need_wasm_target()?;
    if !tools.has_clippy_for_wasm() {
        step(
            "clippy does not see code for wasm alone: the distribution's toolchain, which stands in for \
             rustup's target, has none",
        );
        return Ok(());
    }
    run(
        tools
            .command("cargo")
            .args([
                "clippy",
                "--package",
                "wakeful",
                "--target",
                "wasm32-unknown-unknown",
            ])
            .args(["--", "-D", "warnings"]),
        NEXT,
    )
}

fn native(tools: &mut Tools) -> Result<()> {
    let mut cargo = tools.command("cargo");
    run(
        with_data(&mut cargo).args(["test", "--workspace"]),
        "A native test failed, above. Run it alone with `cargo test --package PACKAGE NAME`.",
    )
}

fn wasm(tools: &mut Tools) -> Result<()> {
    let packages = packages_with_wasm_tests(&tools.root)?;
    if packages.is_empty() {
        return fail(
            "No crate has a tests/wasm.rs, so nothing was tested in wasm. Add one to a crate in crates/.",
        );
    }
    tools.need_node()?;
    tools.need_wasm_target()?;
    tools.need_wasm_bindgen()?;
    let mut cargo = tools.wasm_command("cargo");
    cargo
        .args([
            "test",
            "--target",
            "wasm32-unknown-unknown",
            "--test",
            "wasm",
        ])
        .env(
            "CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUNNER",
            "wasm-bindgen-test-runner",
        );
    for package in packages {
        cargo.args(["--package", &package]);
    }
    run(&mut cargo, "A test failed in wasm, above.")
}

/// `crates/NAME` is the package `wakeful-NAME`, everywhere in this workspace.
fn packages_with_wasm_tests(root: &Path) -> Result<Vec<String>> {
    let Ok(entries) = fs::read_dir(root.join("crates")) else {
        return fail(
            "The folder crates/ could not be read. Run `git status` to see what is missing.",
        );
    };
    let mut packages: Vec<String> = entries
        .flatten()
        .filter(|entry| entry.path().join("tests/wasm.rs").is_file())
        .map(|entry| format!("wakeful-{}", entry.file_name().to_string_lossy()))
        .collect();
    packages.sort();
    Ok(packages)
}

fn browser(tools: &mut Tools) -> Result<()> {
    let tests = browser_tests(&tools.root);
    if tests.is_empty() {
        return fail(
            "No tests/browser/*.test.mjs was found. Run `git status` to see what is missing.",
        );
    }
    let mut node = node(tools)?;
    // One file at a time: Chromium and its worker already keep two cores busy, and some tests have time limits.
    node.args(["--test", "--test-reporter=spec", "--test-concurrency=1"])
        .args(tests);
    run(
        with_data(&mut node),
        "A test failed in the browser, above. To run one file alone: `cargo xtask serve` in one terminal, \
         `node --test tests/browser/NAME.test.mjs` in another.",
    )
}

/// Node, told of the built page on a server of its own and of Chromium.
fn node(tools: &mut Tools) -> Result<Command> {
    tools.need_browser_packages()?;
    let chromium = tools.need_chromium()?;
    page::build(tools)?;
    // One test asks through the relay itself. The native stage has built it already.
    run(
        tools
            .command("cargo")
            .args(["build", "--package", "wakeful-cli"]),
        "The command line, whose relay is tested in the browser, was not built, above.",
    )?;
    let url = serve::in_background(page::folder(tools))?;
    step(format_args!("testing {url} in {}", chromium.display()));
    let mut node = tools.command("node");
    node.env("WAKEFUL_URL", url).env("CHROMIUM", chromium);
    Ok(node)
}

/// The pictures in `docs/screens`, taken by the test that they come from.
pub fn screens(tools: &mut Tools) -> Result<()> {
    let test = tools.root.join("tests/browser/screens.test.mjs");
    let mut node = node(tools)?;
    node.args(["--test", "--test-reporter=spec"])
        .arg(test)
        .env("UPDATE", "1");
    run(
        &mut node,
        "The pictures were not all taken: the test's words are above.",
    )
}

fn browser_tests(root: &Path) -> Vec<PathBuf> {
    let mut tests: Vec<PathBuf> = fs::read_dir(root.join("tests/browser"))
        .into_iter()
        .flatten()
        .flatten()
        .map(|entry| entry.path())
        .filter(|path| path.to_string_lossy().ends_with(".test.mjs"))
        .collect();
    tests.sort();
    tests
}

/// WAKEFUL_DATA, when it is set to something.
fn data() -> Option<OsString> {
    env::var_os("WAKEFUL_DATA").filter(|folder| !folder.is_empty())
}

fn check_data() -> Result<()> {
    match data() {
        Some(folder) if !Path::new(&folder).is_dir() => fail(format!(
            "WAKEFUL_DATA names {}, which is not a folder. Set it to the folder with the labelled logs.",
            Path::new(&folder).display()
        )),
        None if env::var_os("CI").is_some() => fail(
            "CI is set but WAKEFUL_DATA is not, so the tests on the labelled logs would be left out unseen. \
             Set WAKEFUL_DATA to the folder with those logs, as .ci/run does.",
        ),
        None => {
            step("WAKEFUL_DATA is not set: tests on the labelled logs are left out");
            Ok(())
        }
        Some(_) => Ok(()),
    }
}

/// Tests run in their package's folder, so a relative WAKEFUL_DATA would mean another place there.
fn with_data(command: &mut Command) -> &mut Command {
    match data().and_then(|folder| fs::canonicalize(folder).ok()) {
        Some(folder) => command.env("WAKEFUL_DATA", folder),
        None => command.env_remove("WAKEFUL_DATA"),
    }
}

#[cfg(test)]
mod tests {
    use super::{STAGES, Stage};

    #[test]
    fn every_stage_is_found_by_its_name() {
        for stage in STAGES {
            assert_eq!(Stage::named(stage.name()).unwrap(), stage);
        }
        assert!(Stage::named("all").is_err());
    }
}
