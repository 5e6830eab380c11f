//! What another program takes: wall, processor time, the most memory.
//!
//! In: a program, its arguments, and a file for what it prints. Out: a line of JSON. Must not know: what the
//! program does.

use super::Outcome;
use std::fs::File;
use std::process::Command;
use std::time::Instant;

/// Standard input goes to the program, so it can stand at the end of a pipe.
#[cfg(unix)]
pub(crate) fn run(out: &str, program: &str, args: &[&str]) -> Outcome {
    use nix::sys::resource::{UsageWho, getrusage};
    use nix::sys::time::TimeValLike;
    let mut command = Command::new(program);
    command.args(args).stdout(File::create(out)?);
    let start = Instant::now();
    let status = command
        .status()
        .map_err(|error| format!("{program} could not be started: {error}"))?;
    let wall = start.elapsed().as_secs_f64();
    if !status.success() {
        return Err(format!("{program} {}: {status}", args.join(" ")).into());
    }
    // The program and those that it waited for: it is the only child.
    let usage = getrusage(UsageWho::RUSAGE_CHILDREN)?;
    let cpu = (usage.user_time().num_microseconds() + usage.system_time().num_microseconds())
        as f64
        / 1e6;
    // Linux counts in kilobytes, macOS in bytes.
    let unit = if cfg!(target_os = "macos") { 1 } else { 1_024 };
    let peak = (usage.max_rss() * unit) as f64 / 1e6;
    println!("{{\"wall\":{wall},\"cpu\":{cpu},\"peak\":{peak}}}");
    Ok(())
}

/// There is no such count elsewhere.
#[cfg(not(unix))]
pub(crate) fn run(_out: &str, program: &str, _args: &[&str]) -> Outcome {
    Err(format!("{program} cannot be measured: this needs Linux or macOS.").into())
}
