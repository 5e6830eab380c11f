//! What is measured natively, one job a run.
//!
//! In: a word and its arguments, see [`USAGE`]. Out: files, or a line of JSON with seconds and answers.
//! Must not know: who compares.

#[cfg(not(target_arch = "wasm32"))]
mod native;

#[cfg(not(target_arch = "wasm32"))]
use native::{Outcome, logs, measure, models, read, stream};

#[cfg(not(target_arch = "wasm32"))]
const USAGE: &str = "\
usage: wakeful-bench make FOLDER COUNT            models and rows for inference
       wakeful-bench trees MODEL OUT              a forest as lines, for other libraries
       wakeful-bench model TREES OUT              the model of such lines
       wakeful-bench margins MODEL ROWS OUT
       wakeful-bench time MODEL ROWS row|blocks
       wakeful-bench logs FOLDER BYTES all|dns    dns.log and conn.log of that size, each as TSV, JSON and gzip;
                                                  or dns.log alone
       wakeful-bench stream rows|names|clients|findings N ROWS
                                                  a dns.log on standard output; what is named is N
       wakeful-bench lines|read|features|phases FILE
       wakeful-bench run OUT PROGRAM ARGS...      a program's time and memory; what it prints goes to OUT";

#[cfg(not(target_arch = "wasm32"))]
fn main() -> Outcome {
    use std::path::Path;
    let args: Vec<String> = std::env::args().skip(1).collect();
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    match args[..] {
        ["make", folder, count] => models::make(Path::new(folder), count.parse()?),
        ["trees", model, out] => models::lines(model, out),
        ["model", trees, out] => models::from_lines(trees, out),
        ["margins", model, rows, out] => models::margins(model, rows, out),
        ["time", model, rows, way @ ("row" | "blocks")] => {
            models::time(model, rows, way == "blocks")
        }
        ["logs", folder, bytes, "all"] => logs::write(Path::new(folder), bytes.parse()?),
        ["logs", folder, bytes, "dns"] => logs::write_dns(Path::new(folder), bytes.parse()?),
        ["stream", what, count, rows] => stream::write(what, count.parse()?, rows.parse()?),
        ["lines", file] => read::lines(file),
        ["read", file] => read::read(file),
        ["features", file] => read::features(file),
        ["phases", file] => read::phases(file),
        ["run", out, program, ..] => measure::run(out, program, &args[3..]),
        _ => Err(USAGE.into()),
    }
}

#[cfg(target_arch = "wasm32")]
fn main() {}
