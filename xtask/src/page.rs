//! Building the release page into `dist/`.
//!
//! In: the sources. Out: `dist/`, and in it a stamp of what it was made from, so that a second build
//! with nothing changed takes a fraction of a second. This module must not know what is on the page.

use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io;
use std::path::{Path, PathBuf};

use crate::command::{Failure, Result, fail, run, step};
use crate::serve;
use crate::tools::Tools;

/// What the page is made from. `docs` is among them because help texts may be compiled in.
const INPUTS: [&str; 10] = [
    ".cargo/config.toml",
    "Cargo.lock",
    "Cargo.toml",
    "Trunk.toml",
    "build.rs",
    "index.html",
    "src",
    "crates",
    "docs",
    "www",
];
/// Folders below those that no page is made from.
const NOT_INPUTS: [&str; 8] = [
    "target",
    "tests",
    "test_data",
    "bench",
    "benches",
    "fuzz",
    "node_modules",
    "screens",
];
/// The functions that the page begins with.
const FIRST: &str = "www/first.txt";
/// Trunk empties `dist/` when it builds, so a build by hand also takes the stamp away.
const STAMP: &str = ".stamp";

/// Where the built page lies.
pub fn folder(tools: &Tools) -> PathBuf {
    tools.root.join("dist")
}

/// Everything that a build of the page needs.
pub fn need_tools(tools: &mut Tools) -> Result<()> {
    tools.need_node()?;
    tools.need_wasm_target()?;
    tools.need_wasm_bindgen()?;
    tools.need_wasm_opt()?;
    tools.need_trunk()
}

/// Builds the page unless `dist/` is already what these sources give.
pub fn build(tools: &mut Tools) -> Result<()> {
    let sources = match hash_of_sources(&tools.root) {
        Ok(hash) => hash,
        Err(error) => {
            return fail(format!(
                "The page's sources could not be read ({error}). Run `git status` to see what is missing."
            ));
        }
    };
    let dist = folder(tools);
    let stamp_file = dist.join(STAMP);
    let stamp = |tools: &Tools| format!("{sources:016x} {}\n", tools.fingerprint());
    if dist.join("index.html").is_file()
        && fs::read_to_string(&stamp_file).is_ok_and(|old| old == stamp(tools))
    {
        step("the page in dist/ is up to date");
        return Ok(());
    }
    whole(tools)?;
    cut(tools)?;
    match fs::write(&stamp_file, stamp(tools)) {
        Ok(()) => Ok(()),
        Err(error) => Err(Failure(format!(
            "The page was built, but {} could not be written ({error}). Make dist/ writable.",
            stamp_file.display()
        ))),
    }
}

/// Builds the page with its program in one piece, with the names of its functions.
fn whole(tools: &mut Tools) -> Result<()> {
    need_tools(tools)?;
    step("building the release page (1 to 5 minutes on two cores, the first time)");
    let mut trunk = tools.wasm_command("trunk");
    trunk
        .args(["build", "--release", "--locked", "--skip-version-check"])
        // Trunk takes the value for a boolean and stops at the usual `NO_COLOR=1`.
        .env_remove("NO_COLOR");
    run(
        &mut trunk,
        "The page was not built: the words of trunk and the compiler are above. Put right what they name \
         and run the same task again.",
    )
}

/// Cuts the program in two, by the list of what the page begins with.
fn cut(tools: &Tools) -> Result<()> {
    step("cutting the program in two");
    let mut halves = tools.command("cargo");
    halves
        .args([
            "run",
            "--quiet",
            "--locked",
            "--package",
            "wakeful-halves",
            "--",
        ])
        .arg("cut")
        .arg(folder(tools))
        .arg(tools.root.join(FIRST));
    run(
        &mut halves,
        "The page was built, but its program was not cut in two: the reason is above.",
    )
}

/// Writes the list of what the page begins with anew: what Chromium compiles of the whole program until the page
/// waits for files and the worker that warms up is done.
pub fn begin(tools: &mut Tools) -> Result<()> {
    let chromium = tools.need_chromium()?;
    whole(tools)?;
    let url = serve::in_background(folder(tools))?;
    step("listing what the page begins with");
    let mut node = tools.command("node");
    node.arg("crates/halves/begin.mjs")
        .args([&url, FIRST])
        .arg(folder(tools))
        .env("CHROMIUM", chromium);
    run(&mut node, "The list was not written: the reason is above.")?;
    cut(tools)
}

fn hash_of_sources(root: &Path) -> io::Result<u64> {
    hash_of(root, &INPUTS)
}

/// A number that changes when one of these files and folders does.
pub fn hash_of(root: &Path, inputs: &[&str]) -> io::Result<u64> {
    let mut hasher = DefaultHasher::new();
    for input in inputs {
        let path = root.join(input);
        if path.exists() {
            hash_path(&path, &mut hasher)?;
        }
    }
    Ok(hasher.finish())
}

fn hash_path(path: &Path, hasher: &mut DefaultHasher) -> io::Result<()> {
    let name = path.file_name().unwrap_or_default();
    if path.is_dir() {
        if NOT_INPUTS.iter().any(|not| name == *not) {
            return Ok(());
        }
        let mut entries = fs::read_dir(path)?
            .map(|entry| Ok(entry?.path()))
            .collect::<io::Result<Vec<_>>>()?;
        // The order that a file system lists in is its own; the stamp's must not be.
        entries.sort();
        name.hash(hasher);
        entries.len().hash(hasher);
        return entries
            .iter()
            .try_for_each(|entry| hash_path(entry, hasher));
    }
    name.hash(hasher);
    fs::read(path)?.hash(hasher);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::hash_of_sources;
    use std::fs;

    #[test]
    fn the_stamp_follows_the_sources_and_not_the_tests() {
        let root = std::env::temp_dir().join(format!("wakeful-xtask-{}", std::process::id()));
        fs::create_dir_all(root.join("crates/a/src")).unwrap();
        fs::create_dir_all(root.join("crates/a/tests")).unwrap();
        fs::write(root.join("crates/a/src/lib.rs"), "one").unwrap();
        let one = hash_of_sources(&root).unwrap();
        fs::write(root.join("crates/a/tests/t.rs"), "test").unwrap();
        assert_eq!(one, hash_of_sources(&root).unwrap());
        fs::write(root.join("crates/a/src/lib.rs"), "two").unwrap();
        let two = hash_of_sources(&root).unwrap();
        assert_ne!(one, two);
        fs::rename(
            root.join("crates/a/src/lib.rs"),
            root.join("crates/a/src/main.rs"),
        )
        .unwrap();
        assert_ne!(two, hash_of_sources(&root).unwrap());
        fs::remove_dir_all(root).unwrap();
    }
}
