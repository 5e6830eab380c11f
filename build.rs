//! What is compiled into the page is brought into a smaller form.
//!
//! In: `docs/evaluation.json`, and the Markdown in `docs/help/` and `docs/detections/`. Out: the evaluation
//! with numbers of five digits, which is one more than is shown and packs to less than half, and without what is shown of
//! no model but those in use; the help as text with marks, so that the page needs no reader of Markdown.

use std::error::Error;
use std::path::{Path, PathBuf};
use std::{env, fs};

use pulldown_cmark::{Alignment, Event, Options, Parser, Tag};
use serde_json::Value;

const EVALUATION: &str = "docs/evaluation.json";
/// Significant digits that are kept of a number that is not whole.
const DIGITS: usize = 5;

/// The page's own texts, in the order in which they are listed.
const HELP: [&str; 4] = ["reading", "exploring", "marking", "address"];
const DETECTIONS: &str = "docs/detections";

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed={EVALUATION}");
    println!("cargo::rerun-if-changed=docs/help");
    println!("cargo::rerun-if-changed={DETECTIONS}");
    println!("cargo::rerun-if-changed=build.rs");
    let out = env::var_os("OUT_DIR").ok_or("cargo sets OUT_DIR")?;
    let out = Path::new(&out);
    fs::write(out.join("help.txt"), help()?)?;
    let mut evaluation: Value = serde_json::from_str(&fs::read_to_string(EVALUATION)?)?;
    round(&mut evaluation);
    spare(&mut evaluation);
    fs::write(
        out.join("evaluation.json"),
        serde_json::to_string(&evaluation)?,
    )?;
    Ok(())
}

/// Of a trial whose model is not in use, calibration and confusion are shown nowhere.
fn spare(evaluation: &mut Value) {
    let trials = evaluation["trials"].as_array_mut().into_iter().flatten();
    for trial in trials.filter(|trial| trial["shipped"] != true) {
        for part in ["calibration", "confusion"] {
            trial[part] = Value::Array(Vec::new());
        }
    }
}

/// How many digits are kept: no fewer than stand in front of the point.
fn digits(number: f64) -> usize {
    DIGITS.max(number.abs().max(1.0).log10() as usize + 1)
}

fn round(value: &mut Value) {
    match value {
        Value::Array(all) => all.iter_mut().for_each(round),
        Value::Object(all) => all.values_mut().for_each(round),
        Value::Number(number) if number.is_f64() => {
            let rounded = number
                .as_f64()
                .and_then(|number| format!("{number:.*e}", digits(number) - 1).parse().ok())
                .and_then(serde_json::Number::from_f64);
            if let Some(rounded) = rounded {
                *number = rounded;
            }
        }
        _ => {}
    }
}

/// Between pages, between what a page has, and behind what stands in an element.
const PAGE: char = '\x1e';
const FIELD: char = '\x1f';
const END: char = '\0';

/// Elements, in the order of `Tag` in `src/state/help.rs`: a character of that number, from 1 on, begins one.
const TAGS: [&str; 13] = [
    "p", "heading", "ul", "ol", "li", "em", "strong", "code", "table", "head", "row", "cell",
    "number",
];

/// All written pages: the page's own, then the detectors' by name.
fn help() -> Result<String, Box<dyn Error>> {
    let own = HELP.map(|name| Path::new("docs/help").join(format!("{name}.md")));
    let mut detections: Vec<PathBuf> = fs::read_dir(DETECTIONS)?
        .map(|entry| Ok(entry?.path()))
        .collect::<Result<_, std::io::Error>>()?;
    detections.sort();
    let own = own.iter().map(|path| (path, ""));
    let pages = own
        .chain(detections.iter().map(|path| (path, "detector")))
        .map(|(path, kind)| page(path, kind))
        .collect::<Result<Vec<String>, _>>()?;
    Ok(pages.join(&PAGE.to_string()))
}

fn page(path: &Path, kind: &str) -> Result<String, Box<dyn Error>> {
    let text = fs::read_to_string(path)?;
    let (title, rest) = text
        .strip_prefix("# ")
        .and_then(|text| text.split_once('\n'))
        .ok_or_else(|| format!("{}: the first line is no title (# …)", path.display()))?;
    let name = path.file_stem().unwrap_or_default().to_string_lossy();
    let nodes = nodes(rest).map_err(|what| format!("{}: {what}", path.display()))?;
    Ok([&*name, title, kind, &nodes].join(&FIELD.to_string()))
}

/// The form that `state::help` reads: text, in which a character begins an element and [`END`] ends it.
fn nodes(markdown: &str) -> Result<String, String> {
    let mut out = String::new();
    let mut cells = 0;
    let mut alignments: Vec<Alignment> = Vec::new();
    for event in Parser::new_ext(markdown, Options::ENABLE_TABLES) {
        match event {
            Event::Start(tag) => {
                match &tag {
                    Tag::Table(columns) => alignments.clone_from(columns),
                    Tag::TableHead | Tag::TableRow => cells = 0,
                    Tag::TableCell => cells += 1,
                    _ => {}
                }
                let is_number = cells > 0 && alignments.get(cells - 1) == Some(&Alignment::Right);
                out.push(begin(name(&tag, is_number)?));
            }
            Event::End(_) => out.push(END),
            Event::Text(words) => out.push_str(plain(&words)?),
            Event::Code(code) => {
                out.push(begin("code"));
                out.push_str(plain(&code)?);
                out.push(END);
            }
            Event::SoftBreak => out.push(' '),
            other => return Err(format!("{other:?} has no form in the page's help")),
        }
    }
    Ok(out)
}

fn begin(tag: &str) -> char {
    let place = TAGS.iter().position(|known| *known == tag);
    char::from(place.map_or(0, |place| place as u8 + 1))
}

fn plain(text: &str) -> Result<&str, String> {
    match text.contains(|letter: char| letter < ' ') {
        true => Err(format!(
            "{text:?} has a character that stands for an element"
        )),
        false => Ok(text),
    }
}

fn name(tag: &Tag<'_>, is_number: bool) -> Result<&'static str, String> {
    Ok(match tag {
        Tag::Paragraph => "p",
        Tag::Heading { .. } => "heading",
        Tag::List(None) => "ul",
        Tag::List(Some(_)) => "ol",
        Tag::Item => "li",
        Tag::Emphasis => "em",
        Tag::Strong => "strong",
        Tag::Table(_) => "table",
        Tag::TableHead => "head",
        Tag::TableRow => "row",
        Tag::TableCell if is_number => "number",
        Tag::TableCell => "cell",
        other => return Err(format!("{other:?} has no form in the page's help")),
    })
}
