//! Cuts the program of a built page in two.
//!
//! In: the page's folder, and the list of functions that it begins with. Out: in the folder two files in place of
//! the one program, by the hashes of what they hold, and in `index.html` their names and integrity.
//! Must not know: what the functions do.
#![allow(clippy::print_stdout, clippy::print_stderr)]

use base64::Engine;
use sha2::{Digest, Sha384};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use wakeful_halves::{Names, halves, names_of};

/// How the page's import begins that brings the rest.
const HOOK: &str = "__wbg_wakefulRest_";
/// How the names of the page's files begin.
const PAGE: &str = "wakeful-page-";
const PROGRAM: &str = "_bg.wasm";
const REST: &str = "_rest.wasm";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let done = match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["names", wasm] => names(Path::new(wasm)),
        ["cut", folder, list] => cut(Path::new(folder), Path::new(list)),
        _ => Err("usage: wakeful-halves cut FOLDER LIST, or wakeful-halves names WASM".into()),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn read(path: &Path) -> Result<Vec<u8>, String> {
    std::fs::read(path).map_err(|error| format!("{}: {error}", path.display()))
}

fn write(path: &Path, bytes: &[u8]) -> Result<(), String> {
    std::fs::write(path, bytes).map_err(|error| format!("{}: {error}", path.display()))
}

/// Prints the number, the name and the length of each function.
fn names(wasm: &Path) -> Result<(), String> {
    for (function, name, length) in names_of(&read(wasm)?)? {
        println!("{function}\t{name}\t{length}");
    }
    Ok(())
}

fn cut(folder: &Path, list: &Path) -> Result<(), String> {
    let program = program(folder)?;
    let whole = read(&program)?;
    let names = Names::read(&String::from_utf8_lossy(&read(list)?));
    let halves = halves(&whole, &names, HOOK)?;
    let (first, rest) = (named(&halves.first, PROGRAM), named(&halves.rest, REST));
    let index = folder.join("index.html");
    let page = String::from_utf8_lossy(&read(&index)?).into_owned();
    let old = program.file_name().unwrap_or_default().to_string_lossy();
    let page = with_halves(&page, &old, &first, &rest)?;
    write(&folder.join(&first.name), &halves.first)?;
    write(&folder.join(&rest.name), &halves.rest)?;
    write(&index, page.as_bytes())?;
    if first.name != old {
        std::fs::remove_file(&program)
            .map_err(|error| format!("{}: {error}", program.display()))?;
    }
    println!(
        "{} of the program's functions moved to {}",
        halves.moved, rest.name
    );
    Ok(())
}

/// The one program of the page in the folder.
fn program(folder: &Path) -> Result<PathBuf, String> {
    let entries =
        std::fs::read_dir(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    let mut programs = entries.flatten().map(|entry| entry.path()).filter(|path| {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        name.starts_with(PAGE) && name.ends_with(PROGRAM)
    });
    match (programs.next(), programs.next()) {
        (Some(program), None) => Ok(program),
        _ => Err(format!(
            "{}: there is not one {PAGE}…{PROGRAM}",
            folder.display()
        )),
    }
}

/// A file's name and integrity, which follow from its bytes.
struct Named {
    name: String,
    integrity: String,
}

fn named(bytes: &[u8], end: &str) -> Named {
    let hash = Sha384::digest(bytes);
    let short: String = hash
        .iter()
        .take(8)
        .map(|byte| format!("{byte:02x}"))
        .collect();
    Named {
        name: format!("{PAGE}{short}{end}"),
        integrity: format!(
            "sha384-{}",
            base64::engine::general_purpose::STANDARD.encode(hash)
        ),
    }
}

/// The page with both halves: the link to the program is the first one's, and one to the rest follows, of a kind
/// that browsers do not know and do not load.
fn with_halves(page: &str, old: &str, first: &Named, rest: &Named) -> Result<String, String> {
    let wrong = || format!("index.html has no link to {old} with its integrity");
    let place = page.find(old).ok_or_else(wrong)?;
    let start = page[..place].rfind('<').ok_or_else(wrong)?;
    let end = place + page[place..].find('>').ok_or_else(wrong)? + 1;
    let prefix = page[start..place]
        .rfind('"')
        .map_or("", |quote| &page[start + quote + 1..place]);
    let link = page[start..end].replace(old, &first.name);
    let value = link.find("integrity=\"").ok_or_else(wrong)? + "integrity=\"".len();
    let close = value + link[value..].find('"').ok_or_else(wrong)?;
    Ok(format!(
        "{}{}{}{}<link rel=\"wakeful-rest\" href=\"{prefix}{}\" integrity=\"{}\">{}",
        &page[..start],
        &link[..value],
        first.integrity,
        &link[close..],
        rest.name,
        rest.integrity,
        &page[end..],
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_names_both_halves() {
        let page = "<link rel=\"preload\" href=\"./wakeful-page-1_bg.wasm\" crossorigin=\"anonymous\" integrity=\"sha384-old\" as=\"fetch\"><title>x</title>";
        let of = |name: &str| Named {
            name: name.into(),
            integrity: format!("sha384-{name}"),
        };
        assert_eq!(
            with_halves(page, "wakeful-page-1_bg.wasm", &of("a"), &of("b")).unwrap(),
            "<link rel=\"preload\" href=\"./a\" crossorigin=\"anonymous\" integrity=\"sha384-a\" as=\"fetch\"><link rel=\"wakeful-rest\" href=\"./b\" integrity=\"sha384-b\"><title>x</title>"
        );
        assert!(with_halves("<p>", "x", &of("a"), &of("b")).is_err());
    }
}
