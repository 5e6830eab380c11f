//! The logs that are measured on, made once.
//!
//! In: a size. Out: a folder with the logs, made anew when what makes them has changed. This module must not
//! know what a log is.

use std::fs;
use std::path::PathBuf;

use crate::bench::FOLDER;
use crate::command::{Result, fail, run, step};
use crate::page::hash_of;
use crate::tools::Tools;

/// What the logs depend on.
const GENERATOR: [&str; 2] = ["crates/lab/src", "crates/bench/src/native/logs.rs"];

/// Which of the logs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Which {
    /// `dns.log` and `conn.log`, each plain, as JSON and packed.
    All,
    /// `dns.log` alone.
    Dns,
}

/// The folder with the logs of `bytes` each; `target/release/wakeful-bench` must be built.
pub fn logs(tools: &Tools, bytes: u64, which: Which) -> Result<PathBuf> {
    let which = match which {
        Which::All => "all",
        Which::Dns => "dns",
    };
    let folder = tools
        .root
        .join(FOLDER)
        .join(format!("logs/{bytes}-{which}"));
    let stamp_file = folder.join(".made-by");
    let stamp = match hash_of(&tools.root, &GENERATOR) {
        Ok(hash) => format!("{hash:016x}\n"),
        Err(error) => {
            return fail(format!(
                "The generator's sources could not be read ({error}). Run `git status` to see what is missing."
            ));
        }
    };
    if fs::read_to_string(&stamp_file).is_ok_and(|old| old == stamp) {
        return Ok(folder);
    }
    step(format_args!(
        "making logs of {} MB in {} (once)",
        bytes >> 20,
        folder.display()
    ));
    let mut make = tools.command("target/release/wakeful-bench");
    make.arg("logs")
        .arg(&folder)
        .arg(bytes.to_string())
        .arg(which);
    run(
        &mut make,
        "The logs could not be written: the program's own words are above. Make room in target/.",
    )?;
    // Not written: the next run makes them again, which is slower but right.
    let _not_written = fs::write(&stamp_file, stamp);
    Ok(folder)
}
