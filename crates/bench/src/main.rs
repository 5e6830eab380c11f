//! Measures inference natively, one job a run.
//!
//! In: `make FOLDER COUNT` (models and rows of set shapes), `margins MODEL ROWS OUT`, or
//! `time MODEL ROWS row|blocks`. Out: files, or a line of JSON: seconds, rows, and the sum of the scores.
//! Must not know: who compares.

use std::error::Error;
use std::path::Path;
use std::time::Instant;
use std::{env, fs};
use wakeful_bench::{Shape, WIDTH, grow, model, rows, scored, shipped, wrapped};
use wakeful_engine::models::{Estimator, Model};

const USAGE: &str =
    "usage: wakeful-bench make FOLDER COUNT | margins MODEL ROWS OUT | time MODEL ROWS row|blocks";

fn main() -> Result<(), Box<dyn Error>> {
    let args: Vec<String> = env::args().skip(1).collect();
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    match args[..] {
        ["make", folder, count] => make(Path::new(folder), count.parse()?),
        ["margins", model, rows, out] => margins(&read_model(model)?, &read_rows(rows)?, out),
        ["time", model, rows, way @ ("row" | "blocks")] => {
            time(&read_model(model)?, &read_rows(rows)?, way == "blocks");
            Ok(())
        }
        _ => Err(USAGE.into()),
    }
}

fn read_model(path: &str) -> Result<Model, Box<dyn Error>> {
    Ok(model(&fs::read(path)?)?)
}

fn read_rows(path: &str) -> Result<Vec<[f64; WIDTH]>, Box<dyn Error>> {
    let numbers: Vec<f64> = fs::read(path)?
        .as_chunks()
        .0
        .iter()
        .map(|bytes| f64::from_le_bytes(*bytes))
        .collect();
    Ok(numbers.as_chunks().0.to_vec())
}

fn write_numbers(path: &Path, numbers: impl Iterator<Item = f64>) -> Result<(), Box<dyn Error>> {
    let bytes: Vec<u8> = numbers.flat_map(f64::to_le_bytes).collect();
    Ok(fs::write(path, bytes)?)
}

fn make(folder: &Path, count: usize) -> Result<(), Box<dyn Error>> {
    fs::create_dir_all(folder)?;
    for (name, bytes) in shipped() {
        fs::write(folder.join(format!("{name}.model")), bytes)?;
    }
    let shape = Shape {
        trees: 100,
        depth: 12,
        columns: 10,
        rows: 20_000,
        leaf: 5,
    };
    let grown = wrapped(Estimator::Forest(grow(3, shape)), shape.columns);
    fs::write(folder.join("grown-100x12.model"), grown.to_bytes())?;
    write_numbers(
        &folder.join("rows.f64"),
        rows(4, count).into_iter().flatten(),
    )
}

fn margins(model: &Model, rows: &[[f64; WIDTH]], out: &str) -> Result<(), Box<dyn Error>> {
    let margin = |row: &[f64; WIDTH]| {
        let columns: Vec<f64> = model.inputs.columns.iter().map(|&at| row[at]).collect();
        model.estimator.margin(&columns)
    };
    write_numbers(Path::new(out), rows.iter().map(margin))
}

/// The model is laid out within the time: whoever scores once pays for it.
fn time(model: &Model, rows: &[[f64; WIDTH]], blocks: bool) {
    let start = Instant::now();
    let sum = scored(model, rows, blocks);
    println!(
        "{{\"seconds\":{},\"rows\":{},\"sum\":{sum}}}",
        start.elapsed().as_secs_f64(),
        rows.len()
    );
}
