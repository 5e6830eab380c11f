//! What is compiled into the page is brought into a smaller form.
//!
//! In: `docs/evaluation.json`. Out: the same with numbers of seven digits, which is more than is shown and
//! packs to half, and without what is shown of no model but those in use.

use std::path::Path;
use std::{env, fs};

const EVALUATION: &str = "docs/evaluation.json";
/// Significant digits that are kept of a number that is not whole.
const DIGITS: usize = 7;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    println!("cargo::rerun-if-changed={EVALUATION}");
    println!("cargo::rerun-if-changed=build.rs");
    let mut evaluation: serde_json::Value = serde_json::from_str(&fs::read_to_string(EVALUATION)?)?;
    round(&mut evaluation);
    spare(&mut evaluation);
    let out = env::var_os("OUT_DIR").ok_or("cargo sets OUT_DIR")?;
    fs::write(
        Path::new(&out).join("evaluation.json"),
        serde_json::to_string(&evaluation)?,
    )?;
    Ok(())
}

/// Of a trial whose model is not in use, calibration and confusion are shown nowhere.
fn spare(evaluation: &mut serde_json::Value) {
    let trials = evaluation["trials"].as_array_mut().into_iter().flatten();
    for trial in trials.filter(|trial| trial["shipped"] != true) {
        for part in ["calibration", "confusion"] {
            trial[part] = serde_json::Value::Array(Vec::new());
        }
    }
}

fn round(value: &mut serde_json::Value) {
    match value {
        serde_json::Value::Array(all) => all.iter_mut().for_each(round),
        serde_json::Value::Object(all) => all.values_mut().for_each(round),
        serde_json::Value::Number(number) if number.is_f64() => {
            let rounded = number
                .as_f64()
                .and_then(|number| format!("{number:.*e}", DIGITS - 1).parse().ok())
                .and_then(serde_json::Number::from_f64);
            if let Some(rounded) = rounded {
                *number = rounded;
            }
        }
        _ => {}
    }
}
