//! Starting other programs, and what is said when they fail.
//!
//! In: a prepared [`Command`]. Out: nothing, its text, or a [`Failure`]: one sentence for the reader
//! with the next step in it. This module must not know which program it starts or why.

use std::fmt::Display;
use std::io::Write as _;
use std::process::{Command, Stdio};

/// Why a task ended: a sentence, and the next step for the person who reads it.
#[derive(Debug)]
pub struct Failure(pub String);

/// What every task gives back.
pub type Result<T> = std::result::Result<T, Failure>;

/// A [`Failure`] with this sentence.
pub fn fail<T>(sentence: impl Into<String>) -> Result<T> {
    Err(Failure(sentence.into()))
}

/// Prints a line. A reader that has gone away (`cargo xtask help | head -1`) is no reason to stop.
pub fn say(line: &str) {
    let mut out = std::io::stdout().lock();
    let _gone = writeln!(out, "{line}").and_then(|()| out.flush());
}

/// Says what is about to happen, before the program that does it starts to speak.
pub fn step(what: impl Display) {
    say(&format!("· {what}"));
}

/// Runs to the end with the program's own words on the screen.
/// `otherwise` is what to say when it cannot be started or does not succeed.
pub fn run(command: &mut Command, otherwise: &str) -> Result<()> {
    match command.status() {
        Ok(status) if status.success() => Ok(()),
        Ok(_) => fail(otherwise),
        Err(error) => fail(format!(
            "{} could not be started ({error}). {otherwise}",
            command.get_program().display()
        )),
    }
}

/// The program's standard output, trimmed; `None` when it is missing or does not succeed.
pub fn read(command: &mut Command) -> Option<String> {
    let output = command
        .stdin(Stdio::null())
        .stderr(Stdio::null())
        .output()
        .ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    output.status.success().then(|| text.trim().to_owned())
}
