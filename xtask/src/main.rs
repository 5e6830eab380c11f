//! The project's own tasks: `cargo xtask help` lists them.
//!
//! In: the command line and the machine as it is. Out: a page in `dist/`, a server, a verdict on the
//! tests. This crate knows tools and files; it must not know anything of logs, detectors or the page's
//! insides, so it depends on none of the other crates and starts within seconds on a fresh machine.

mod bench;
mod command;
mod lab;
mod page;
mod serve;
mod spark;
mod test;
mod tools;

use std::ffi::OsString;
use std::path::PathBuf;
use std::process::ExitCode;

use command::{Failure, Result, fail, say};
use lexopt::prelude::*;
use tools::Tools;

const HELP: &str = "\
Usage: cargo xtask TASK

  serve [--port N]   install what is missing, build the page, serve it on http://127.0.0.1:8080
  test               formatting, clippy, native tests, tests in wasm, tests in Chromium
       [--only fmt|clippy|native|wasm|browser]   only this stage; may be repeated
       [--keep-going]                            go on after a stage has failed
  build              install what is missing and build the release page into dist/
  begin              list anew which functions the page begins with (www/first.txt), in Chromium
  setup              install everything that the other tasks need, Chromium included
  lab                capture real tunnels as root (about 10 minutes) and compare the generator with them
       [--compare-only]                          the captures that are there
       [--only PATTERN]                          these runs, and write no page
  screens            take the pictures in docs/screens again, from the page as it is
  bench              measure all of these:
  bench scan         reading, features and the whole way, natively, in Chromium and by other tools
                     (20 minutes the first time)
       [--size 256m] [--rounds 3] [--no-large] [--markdown FILE]
  bench growth       how a scan's time and memory grow (8 minutes)
       [--rows 10m] [--markdown FILE]
  bench inference    scoring natively, in Chromium and beside other libraries (5 minutes)
  bench count        instructions a row against those kept in bench/instructions.tsv (5 minutes)
       [--update]
  spark              read 14 days of logs under Spark and hold the report against one pass (5 minutes and
                     a download of 460 MB the first time; needs Java 17; no part of `test`)
  train [ARGS]       fit the models again (`cargo xtask train --help`)
  help               this text

Environment:
  WAKEFUL_DATA   the folder with the labelled logs; tests that need it are left out without it,
                 and fail when CI is set
  CHROMIUM       the browser to test with, when it is not Debian's chromium
  XDG_CACHE_HOME tools that do not go to ~/.cargo/bin are kept below it, in wakeful-tools/
";

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(Failure(sentence)) => {
            say(&format!("\n{sentence}"));
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<()> {
    let mut args = lexopt::Parser::from_env();
    let task = match args.next().map_err(usage)? {
        None | Some(Short('h') | Long("help")) => "help".to_owned(),
        Some(Value(task)) => task.string().map_err(usage)?,
        Some(other) => return Err(usage(other.unexpected())),
    };
    match task.as_str() {
        "help" => {
            say(HELP);
            Ok(())
        }
        "setup" => {
            no_more(&mut args)?;
            setup(&mut tools()?)
        }
        "build" => {
            no_more(&mut args)?;
            page::build(&mut tools()?)
        }
        "begin" => {
            no_more(&mut args)?;
            page::begin(&mut tools()?)
        }
        "serve" => {
            let port = serve_args(&mut args)?;
            serve::page(&mut tools()?, port)
        }
        "test" => {
            let plan = test_args(&mut args)?;
            test::run_plan(&mut tools()?, &plan)
        }
        "screens" => {
            no_more(&mut args)?;
            test::screens(&mut tools()?)
        }
        "lab" => {
            let plan = lab_args(&mut args)?;
            lab::run_plan(&tools()?, &plan)
        }
        "bench" => bench::task(&mut args),
        "spark" => {
            no_more(&mut args)?;
            spark::check(&tools()?)
        }
        "train" => {
            let rest: Vec<OsString> = args.raw_args().map_err(usage)?.collect();
            train(&tools()?, &rest)
        }
        other => fail(format!(
            "There is no task {other:?}. `cargo xtask help` lists the tasks."
        )),
    }
}

fn setup(tools: &mut Tools) -> Result<()> {
    tools.need_rustfmt()?;
    tools.need_clippy()?;
    page::need_tools(tools)?;
    tools.need_browser_packages()?;
    let chromium = tools.need_chromium()?;
    say(&format!(
        "Everything is in place; the tests will use {}. Next: `cargo xtask serve` or `cargo xtask test`.",
        chromium.display()
    ));
    Ok(())
}

fn train(tools: &Tools, args: &[OsString]) -> Result<()> {
    let mut cargo = tools.command("cargo");
    cargo.args(["run", "--release", "--package", "wakeful-train", "--"]);
    cargo.args(args);
    command::run(
        &mut cargo,
        "Training did not finish: its own words are above. `cargo xtask train --help` lists its arguments.",
    )
}

fn serve_args(args: &mut lexopt::Parser) -> Result<u16> {
    let mut port = serve::DEFAULT_PORT;
    while let Some(arg) = args.next().map_err(usage)? {
        match arg {
            Long("port") => port = args.value().map_err(usage)?.parse().map_err(usage)?,
            other => return Err(usage(other.unexpected())),
        }
    }
    Ok(port)
}

fn test_args(args: &mut lexopt::Parser) -> Result<test::Plan> {
    let mut plan = test::Plan::default();
    while let Some(arg) = args.next().map_err(usage)? {
        match arg {
            Long("only") => {
                let name = args.value().map_err(usage)?.string().map_err(usage)?;
                plan.only.push(test::Stage::named(&name)?);
            }
            Long("keep-going") => plan.keep_going = true,
            other => return Err(usage(other.unexpected())),
        }
    }
    Ok(plan)
}

fn lab_args(args: &mut lexopt::Parser) -> Result<lab::Plan> {
    let mut plan = lab::Plan::default();
    while let Some(arg) = args.next().map_err(usage)? {
        match arg {
            Long("compare-only") => plan.compare_only = true,
            Long("only") => {
                let pattern = args.value().map_err(usage)?.string().map_err(usage)?;
                plan.only = Some(pattern);
            }
            other => return Err(usage(other.unexpected())),
        }
    }
    Ok(plan)
}

fn no_more(args: &mut lexopt::Parser) -> Result<()> {
    match args.next().map_err(usage)? {
        None => Ok(()),
        Some(other) => Err(usage(other.unexpected())),
    }
}

#[allow(clippy::needless_pass_by_value)] // The shape that `map_err` wants.
fn usage(error: lexopt::Error) -> Failure {
    Failure(format!(
        "The command line was not understood: {error}. `cargo xtask help` lists the tasks."
    ))
}

/// The tools for the repository that this program was compiled from.
fn tools() -> Result<Tools> {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    match root.parent() {
        Some(root) => Tools::new(root.to_owned()),
        None => fail("The repository's folder was not found. Run `cargo xtask` inside the clone."),
    }
}
