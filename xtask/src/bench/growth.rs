//! How the cost of a scan grows: `cargo xtask bench growth`.
//!
//! In: the sources. Out: the tables of `bench/growth.mjs`, on the screen and, where asked for, in a file.

use std::path::PathBuf;

use lexopt::prelude::*;

use crate::bench::scan::absolute;
use crate::bench::{FOLDER, amount, build_programs};
use crate::command::{Result, run, step};
use crate::tools::Tools;
use crate::usage;

/// How far.
#[derive(Debug)]
pub struct Plan {
    rows: u64,
    markdown: Option<PathBuf>,
}

impl Default for Plan {
    fn default() -> Self {
        Self {
            rows: 10_000_000,
            markdown: None,
        }
    }
}

/// `[--rows 10m] [--markdown FILE]`
pub fn plan(args: &mut lexopt::Parser) -> Result<Plan> {
    let mut plan = Plan::default();
    while let Some(arg) = args.next().map_err(usage)? {
        match arg {
            Long("rows") => {
                let text = args.value().map_err(usage)?.string().map_err(usage)?;
                plan.rows = amount(&text, 1000)?;
            }
            Long("markdown") => plan.markdown = Some(args.value().map_err(usage)?.into()),
            other => return Err(usage(other.unexpected())),
        }
    }
    Ok(plan)
}

pub fn measure(tools: &Tools, plan: &Plan) -> Result<()> {
    let markdown = plan.markdown.as_deref().map(absolute).transpose()?;
    build_programs(tools)?;
    let mut node = tools.command("node");
    node.arg("bench/growth.mjs")
        .env("BENCH", tools.root.join("target/release/wakeful-bench"))
        .env("WAKEFUL", tools.root.join("target/release/wakeful"))
        .env("SCRATCH", tools.root.join(FOLDER))
        .env("MOST", plan.rows.to_string());
    match markdown {
        Some(file) => node.env("MARKDOWN", file),
        None => node.env_remove("MARKDOWN"),
    };
    step(
        "measuring (5 minutes for 10 million rows, 20 for 100 million: the generator is slower than the scan)",
    );
    run(
        &mut node,
        "The measurement broke off: its own words are above.",
    )
}
