//! Measures side by side: `cargo xtask bench`.
//!
//! In: the sources, and other tools where they can be installed. Out: tables of medians of interleaved
//! rounds, which count only where the answers agree. These modules must not know what is measured, only
//! which programs do it.

mod count;
mod growth;
mod inference;
mod inputs;
mod peers;
mod scan;

use std::ffi::OsString;

use crate::command::{Result, fail, run, step};
use crate::tools::Tools;
use crate::{no_more, usage};

/// Everything that measuring leaves behind lies below here.
const FOLDER: &str = "target/bench";

/// `bench [inference|scan|growth|count] [options]`; all of them where none is named.
pub fn task(args: &mut lexopt::Parser) -> Result<()> {
    // Options may come without a name: `bench --size 32m` is all, with small logs.
    let mut rest: Vec<OsString> = args.raw_args().map_err(usage)?.collect();
    let named = rest
        .first()
        .is_some_and(|first| !first.to_string_lossy().starts_with('-'));
    let what = if named {
        rest.remove(0).to_string_lossy().into_owned()
    } else {
        "all".to_owned()
    };
    let mut args = lexopt::Parser::from_args(rest);
    let mut tools = crate::tools()?;
    match what.as_str() {
        "inference" => {
            no_more(&mut args)?;
            inference::measure(&mut tools)
        }
        "scan" => scan::measure(&mut tools, &scan::plan(&mut args)?),
        "growth" => growth::measure(&tools, &growth::plan(&mut args)?),
        "count" => count::measure(&mut tools, count::plan(&mut args)?),
        "all" => {
            let plan = scan::plan(&mut args)?;
            scan::measure(&mut tools, &plan)?;
            growth::measure(&tools, &growth::Plan::default())?;
            inference::measure(&mut tools)?;
            count::measure(&mut tools, count::Plan::default())
        }
        other => fail(format!(
            "There is no measurement {other:?}; there are scan, growth, inference and count, and all of them without a name."
        )),
    }
}

/// Builds the measured programs: `target/release/{wakeful,wakeful-bench}`.
fn build_programs(tools: &Tools) -> Result<()> {
    step("building what is measured (4 minutes the first time)");
    let packages = ["--package", "wakeful-cli", "--package", "wakeful-bench"];
    let mut cargo = tools.command("cargo");
    run(
        cargo.args(["build", "--release"]).args(packages),
        "The measured programs were not built: the compiler's words are above.",
    )
}

/// A number with `k`, `m` or `g` behind it, of thousands or, for bytes, of 1,024.
fn amount(text: &str, unit: u64) -> Result<u64> {
    let (digits, times) = match text.char_indices().next_back() {
        Some((at, 'k' | 'K')) => (&text[..at], unit),
        Some((at, 'm' | 'M')) => (&text[..at], unit.pow(2)),
        Some((at, 'g' | 'G')) => (&text[..at], unit.pow(3)),
        _ => (text, 1),
    };
    let value = digits.parse().ok().and_then(|n: u64| n.checked_mul(times));
    match value {
        Some(value) if value > 0 => Ok(value),
        _ => fail(format!(
            "{text:?} is no amount. Write it as 1000, 32m or 1g."
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::amount;

    #[test]
    fn amounts_have_units() {
        assert_eq!(amount("256m", 1024).unwrap(), 268_435_456);
        assert_eq!(amount("100M", 1000).unwrap(), 100_000_000);
        assert_eq!(amount("7", 1000).unwrap(), 7);
        for wrong in ["", "m", "0", "1t", "-1", "99999999999g", "µ"] {
            assert!(amount(wrong, 1024).is_err(), "{wrong}");
        }
    }
}
