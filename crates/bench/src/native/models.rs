//! Inference: models and rows as files, and their scores.

use super::Outcome;
use std::error::Error;
use std::fs;
use std::path::Path;
use std::time::Instant;
use wakeful_bench::{Shape, WIDTH, grow, model, rows, scored, shipped, trees, wrapped};
use wakeful_engine::models::{Estimator, Model};

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

fn write_numbers(path: &Path, numbers: impl Iterator<Item = f64>) -> Outcome {
    let bytes: Vec<u8> = numbers.flat_map(f64::to_le_bytes).collect();
    Ok(fs::write(path, bytes)?)
}

pub(crate) fn make(folder: &Path, count: usize) -> Outcome {
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

/// A model's forest as lines, for other libraries; nothing where it has none.
pub(crate) fn lines(model: &str, out: &str) -> Outcome {
    match trees::lines(&read_model(model)?) {
        Some(lines) => Ok(fs::write(out, lines)?),
        None => Ok(()),
    }
}

/// The model of such lines.
pub(crate) fn from_lines(lines: &str, out: &str) -> Outcome {
    let model = trees::model(&fs::read_to_string(lines)?)?;
    Ok(fs::write(out, model.to_bytes())?)
}

pub(crate) fn margins(model: &str, rows: &str, out: &str) -> Outcome {
    let model = read_model(model)?;
    let margin = |row: &[f64; WIDTH]| {
        let columns: Vec<f64> = model.inputs.columns.iter().map(|&at| row[at]).collect();
        model.estimator.margin(&columns)
    };
    write_numbers(Path::new(out), read_rows(rows)?.iter().map(margin))
}

/// The model is laid out within the time: whoever scores once pays for it.
pub(crate) fn time(model: &str, rows: &str, blocks: bool) -> Outcome {
    let (model, rows) = (read_model(model)?, read_rows(rows)?);
    let start = Instant::now();
    let sum = scored(&model, &rows, blocks);
    println!(
        "{{\"seconds\":{},\"rows\":{},\"sum\":{sum}}}",
        start.elapsed().as_secs_f64(),
        rows.len()
    );
    Ok(())
}
