//! Finding the programs that the other tasks start, and installing the missing ones.
//!
//! In: the machine as it is, and the versions pinned below and in the lock files. Out: prepared
//! [`Command`]s. Each `need_…` is cheap when there is nothing to do, prints one line before it
//! installs, and fails with a sentence and the next step. This module must not know what the tools are
//! used for.
//!
//! Where things go: trunk and the wasm-bindgen command line to cargo's own `bin` folder, by
//! `cargo install`; when another version is there already, it is left alone and ours goes to the cache
//! folder, as npm's tools do. Not to `target/`, for a `cargo clean` would cost a quarter of an hour.

use std::env;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use crate::command::{Result, fail, read, run, step};

const TRUNK: &str = "0.21.14";
/// The release of npm's `binaryen` package: wasm-opt, compiled to wasm, so one package for any machine.
const BINARYEN: &str = "132.0.0";
/// The oldest Node with the test runner's options that the browser tests use.
const NODE: u32 = 20;
const WASM: &str = "wasm32-unknown-unknown";
/// Debian's newer toolchain (kept there for its browsers), for where rustup's server is out of reach.
const DEBIAN_RUST: [&str; 3] = ["rustc-web", "cargo-web", "rust-web-src"];

/// The programs of this machine, and the repository that they work on.
pub struct Tools {
    /// The repository's top folder.
    pub root: PathBuf,
    /// How long installing has taken so far.
    pub setup_time: Duration,
    cache: PathBuf,
    /// Folders searched before the machine's own `PATH`, first one first.
    first: Vec<PathBuf>,
    /// Where `cargo install` puts programs: searched last, for a shell may not have it on its `PATH`.
    cargo_bin: PathBuf,
    wasm: Option<WasmToolchain>,
    apt_is_fresh: bool,
}

/// Who compiles to wasm.
#[derive(Clone, Debug)]
enum WasmToolchain {
    /// The toolchain that runs this task, with the target added.
    Own,
    /// Debian's cargo and rustc (in `bin`), building the standard library from its sources.
    Debian { bin: PathBuf, linker: PathBuf },
}

impl Tools {
    /// Nothing is looked for yet.
    pub fn new(root: PathBuf) -> Result<Self> {
        let home = env::home_dir().unwrap_or_else(env::temp_dir);
        let cargo_home =
            env::var_os("CARGO_HOME").map_or_else(|| home.join(".cargo"), PathBuf::from);
        let install_root = env::var_os("CARGO_INSTALL_ROOT").map_or(cargo_home, PathBuf::from);
        let cache = env::var_os("XDG_CACHE_HOME")
            .filter(|folder| Path::new(folder).is_absolute())
            .map_or_else(|| home.join(".cache"), PathBuf::from)
            .join("wakeful-tools");
        Ok(Self {
            root,
            setup_time: Duration::ZERO,
            cache,
            first: Vec::new(),
            cargo_bin: install_root.join("bin"),
            wasm: None,
            apt_is_fresh: false,
        })
    }

    /// A command in the repository's folder that finds the tools installed here first.
    pub fn command(&self, program: &str) -> Command {
        let mut command = Command::new(program);
        command.current_dir(&self.root).env("PATH", self.path(&[]));
        command
    }

    /// The same, where the program is cargo or calls cargo, for the wasm target.
    pub fn wasm_command(&self, program: &str) -> Command {
        let mut command = self.command(program);
        if let Some(WasmToolchain::Debian { bin, linker }) = &self.wasm {
            command
                .env("PATH", self.path(std::slice::from_ref(bin)))
                .env_remove("RUSTUP_TOOLCHAIN")
                .env_remove("RUSTC")
                .env_remove("CARGO")
                // A stable compiler refuses `-Z` without this; Debian ships no compiled wasm library.
                .env("RUSTC_BOOTSTRAP", "1")
                .env("CARGO_UNSTABLE_BUILD_STD", "std,panic_abort")
                .env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER", linker);
        }
        command
    }

    /// Whether clippy can look at wasm code: it needs the target's standard library compiled.
    pub fn has_clippy_for_wasm(&self) -> bool {
        matches!(self.wasm, Some(WasmToolchain::Own))
    }

    /// One line that changes when a tool that shapes the page changes.
    pub fn fingerprint(&self) -> String {
        let rustc = read(self.command("rustc").arg("--version")).unwrap_or_default();
        format!("{rustc}, trunk {TRUNK}, binaryen {BINARYEN}")
    }

    pub fn need_rustfmt(&mut self) -> Result<()> {
        self.need_component("rustfmt", "fmt")
    }

    pub fn need_clippy(&mut self) -> Result<()> {
        self.need_component("clippy", "clippy")
    }

    fn need_component(&mut self, component: &str, subcommand: &str) -> Result<()> {
        if read(self.command("cargo").args([subcommand, "--version"])).is_some() {
            return Ok(());
        }
        step(format_args!(
            "adding {component} to the Rust toolchain (once; seconds)"
        ));
        let otherwise = format!(
            "{component} could not be added. Check the network and run `rustup component add {component}`."
        );
        let mut rustup = self.command("rustup");
        rustup.args(["component", "add", component]);
        self.install(&mut rustup, &otherwise)
    }

    /// The wasm32 standard library: rustup's, else Debian's toolchain that builds it from source.
    pub fn need_wasm_target(&mut self) -> Result<()> {
        if self.wasm.is_some() {
            return Ok(());
        }
        let has_own =
            self.has_wasm_library() || (!self.debian_rust_is_in_use() && self.add_wasm_target());
        self.wasm = Some(if has_own {
            WasmToolchain::Own
        } else {
            self.need_debian_rust()?
        });
        Ok(())
    }

    fn has_wasm_library(&self) -> bool {
        let mut rustc = self.command("rustc");
        rustc.args(["--print", "target-libdir", "--target", WASM]);
        read(&mut rustc)
            .and_then(|folder| fs::read_dir(folder).ok())
            .is_some_and(|files| {
                files
                    .flatten()
                    .any(|file| file.file_name().to_string_lossy().starts_with("libstd-"))
            })
    }

    fn add_wasm_target(&mut self) -> bool {
        step(format_args!(
            "adding the target {WASM} to the Rust toolchain (once; seconds)"
        ));
        let mut rustup = self.command("rustup");
        rustup.args(["target", "add", WASM]);
        self.install(&mut rustup, "").is_ok() && self.has_wasm_library()
    }

    fn debian_rust_bin(&self) -> PathBuf {
        self.cache.join("debian-rust")
    }

    /// An earlier run had to take it: rustup is not asked again, for it may wait long for an answer.
    fn debian_rust_is_in_use(&self) -> bool {
        self.debian_rust_bin().join("rustc").exists() && debian_rust_is_there()
    }

    fn need_debian_rust(&mut self) -> Result<WasmToolchain> {
        const NEXT: &str = "Run `rustup target add wasm32-unknown-unknown` where rustup's server can be \
             reached, then the same task again.";
        let sysroot = read(self.command("rustc").args(["--print", "sysroot"])).unwrap_or_default();
        let host = read(self.command("rustc").arg("-vV"))
            .and_then(|text| Some(text.split("host: ").nth(1)?.lines().next()?.to_owned()))
            .unwrap_or_default();
        let linker = Path::new(&sysroot)
            .join("lib/rustlib")
            .join(host)
            .join("bin/rust-lld");
        if !linker.is_file() {
            return fail(format!(
                "The wasm target is missing, and so is rust-lld, without which the distribution's \
                 toolchain cannot stand in. {NEXT}"
            ));
        }
        let bin = self.debian_rust_bin();
        if !debian_rust_is_there() {
            step(
                "rustup cannot add the target; installing the distribution's toolchain instead \
                 (rustc-web, cargo-web, rust-web-src; once; 2 to 5 minutes)",
            );
            // `--no-remove`: these packages replace the distribution's own rustc and rustup, and that
            // is not for a build script to decide.
            let mut options = vec!["--no-remove"];
            options.extend(DEBIAN_RUST);
            self.apt_install(
                &options,
                &format!("The wasm target could not be installed. {NEXT}"),
            )?;
        }
        if !debian_rust_is_there() {
            return fail(format!(
                "The distribution's toolchain was installed but is not where Debian puts it. {NEXT}"
            ));
        }
        // A folder with these two alone: all of /usr/bin in front would change Node and more.
        for program in ["cargo", "rustc"] {
            let link = bin.join(program);
            let made = fs::create_dir_all(&bin).and_then(|()| {
                let _old = fs::remove_file(&link);
                symlink(&Path::new("/usr/bin").join(program), &link)
            });
            if let Err(error) = made {
                return fail(format!(
                    "{} could not be made ({error}). Make the folder writable, or set XDG_CACHE_HOME.",
                    link.display()
                ));
            }
        }
        step("compiling to wasm with the distribution's toolchain, its standard library included");
        Ok(WasmToolchain::Debian { bin, linker })
    }

    pub fn need_trunk(&mut self) -> Result<()> {
        self.need_cargo_tool(
            "trunk",
            "trunk",
            TRUNK,
            true,
            "5 to 15 minutes on two cores",
        )
    }

    /// The command line of the very version that the page is compiled against: they share a format.
    pub fn need_wasm_bindgen(&mut self) -> Result<()> {
        let version = self.locked_version("wasm-bindgen")?;
        // Its own lock file is older than what it is published with, hence not `--locked`.
        self.need_cargo_tool(
            "wasm-bindgen",
            "wasm-bindgen-cli",
            &version,
            false,
            "2 to 5 minutes on two cores",
        )
    }

    fn need_cargo_tool(
        &mut self,
        program: &str,
        package: &str,
        version: &str,
        locked: bool,
        how_long: &str,
    ) -> Result<()> {
        let own_folder = self.cache.join(format!("{package}-{version}"));
        if own_folder.join("bin").join(program).is_file() {
            self.put_first(own_folder.join("bin"));
        }
        let found = read(self.command(program).arg("--version"));
        let has_version = |text: &str| text.split_whitespace().nth(1) == Some(version);
        if found.as_deref().is_some_and(has_version) {
            return Ok(());
        }
        step(format_args!(
            "installing {package} {version} (once; {how_long})"
        ));
        let spec = format!("{package}@{version}");
        let mut cargo = self.command("cargo");
        cargo.args(["install", "--quiet", &spec]);
        if locked {
            cargo.arg("--locked");
        }
        if found.is_some() {
            cargo.arg("--root").arg(&own_folder);
            self.put_first(own_folder.join("bin"));
        }
        // These tools run for seconds, so the minutes that whole-program optimisation takes are lost.
        cargo
            .env("CARGO_PROFILE_RELEASE_LTO", "off")
            .env("CARGO_PROFILE_RELEASE_CODEGEN_UNITS", "16")
            .env("CARGO_PROFILE_RELEASE_OPT_LEVEL", "1")
            .env("CARGO_PROFILE_RELEASE_DEBUG", "false")
            .env_remove("CARGO_TARGET_DIR")
            .env_remove("RUSTFLAGS");
        let otherwise = format!(
            "{package} {version} could not be installed: cargo's own words are above. Check the network \
             and that a C compiler is installed (`apt-get install build-essential`), then run the same \
             task again; or install it by hand with `cargo install {spec}`."
        );
        self.install(&mut cargo, &otherwise)?;
        match read(self.command(program).arg("--version")) {
            Some(text) if has_version(&text) => Ok(()),
            _ => fail(format!(
                "{package} {version} was installed, but `{program} --version` does not say so. Look for \
                 another {program} that comes first on PATH, and remove it."
            )),
        }
    }

    /// The version of a package in Cargo.lock.
    fn locked_version(&self, package: &str) -> Result<String> {
        let lock = fs::read_to_string(self.root.join("Cargo.lock")).unwrap_or_default();
        match version_in_lock(&lock, package) {
            Some(version) => Ok(version.to_owned()),
            None => fail(format!(
                "Cargo.lock names no version of {package}. Run `cargo update --package {package}`."
            )),
        }
    }

    pub fn need_node(&mut self) -> Result<()> {
        let Some(version) = read(self.command("node").arg("--version")) else {
            return fail(format!(
                "Node is missing: wasm-opt and the browser tests run in it. Install Node {NODE} or later \
                 (`apt-get install nodejs npm`, or nodejs.org) and run the same task again."
            ));
        };
        let major = version.trim_start_matches('v').split('.').next();
        let major = major.and_then(|major| major.parse::<u32>().ok());
        if major.is_none_or(|major| major < NODE) {
            return fail(format!(
                "Node {version} is too old. Install Node {NODE} or later (nodejs.org) and run the same \
                 task again."
            ));
        }
        if read(self.command("npm").arg("--version")).is_none() {
            return fail(
                "Node is here but npm is missing. Install it (`apt-get install npm`) and run the same task \
                 again.",
            );
        }
        Ok(())
    }

    pub fn need_wasm_opt(&mut self) -> Result<()> {
        let folder = self.cache.join(format!("binaryen-{BINARYEN}"));
        let bin = folder.join("node_modules/.bin");
        if !bin.join("wasm-opt").exists() {
            self.need_node()?;
            step(format_args!(
                "installing wasm-opt, binaryen {BINARYEN} (once; seconds)"
            ));
            let otherwise = "wasm-opt could not be installed: npm's own words are above. Check the network \
                 and run the same task again.";
            if fs::create_dir_all(&folder).is_err() {
                return fail(format!(
                    "{} could not be made. Make it writable, or set XDG_CACHE_HOME to a folder that is.",
                    folder.display()
                ));
            }
            let mut npm = self.command("npm");
            npm.args([
                "install",
                "--no-save",
                "--no-fund",
                "--no-audit",
                "--loglevel=error",
            ])
            .arg("--prefix")
            .arg(&folder)
            .arg(format!("binaryen@{BINARYEN}"));
            self.install(&mut npm, otherwise)?;
        }
        self.put_first(bin);
        Ok(())
    }

    /// What the browser tests import, as their lock file has it.
    pub fn need_browser_packages(&mut self) -> Result<()> {
        self.need_node()?;
        let folder = self.root.join("tests/browser");
        let wanted = fs::read(folder.join("package-lock.json")).unwrap_or_default();
        let stamp = folder.join("node_modules/.installed-from");
        if !wanted.is_empty() && fs::read(&stamp).is_ok_and(|installed| installed == wanted) {
            return Ok(());
        }
        step("installing the browser tests' packages with npm (once; seconds)");
        let mut npm = self.command("npm");
        npm.args(["ci", "--no-fund", "--no-audit", "--loglevel=error"])
            .current_dir(&folder);
        self.install(
            &mut npm,
            "The browser tests' packages could not be installed: npm's own words are above. Check the \
             network and run the same task again.",
        )?;
        // Not written: the next run installs again, which is slower but right.
        let _not_written = fs::write(&stamp, wanted);
        Ok(())
    }

    /// The browser to test in: `CHROMIUM`, else what is on PATH, else Debian's package.
    pub fn need_chromium(&mut self) -> Result<PathBuf> {
        if let Some(given) = env::var_os("CHROMIUM").filter(|given| !given.is_empty()) {
            return match self.find(Path::new(&given)) {
                Some(path) => Ok(path),
                None => fail(format!(
                    "CHROMIUM names {}, which is not there. Set it to a Chromium or Chrome binary, or unset \
                     it.",
                    Path::new(&given).display()
                )),
            };
        }
        if let Some(path) = self.find_chromium() {
            return Ok(path);
        }
        step("installing Chromium with apt (once; 1 to 3 minutes)");
        self.apt_install(
            &["chromium", "fonts-liberation"],
            "Chromium is missing and could not be installed. Install Chromium or Chrome by hand, or set \
             CHROMIUM to its binary, then run the same task again.",
        )?;
        match self.find_chromium() {
            Some(path) => Ok(path),
            None => fail("Chromium was installed but is not on PATH. Set CHROMIUM to its binary."),
        }
    }

    pub fn need_valgrind(&mut self) -> Result<()> {
        if read(self.command("valgrind").arg("--version")).is_some() {
            return Ok(());
        }
        step("installing valgrind with apt (once; a minute)");
        self.apt_install(
            &["valgrind"],
            "valgrind is missing and could not be installed. Install it by hand, then run the same task again.",
        )
    }

    fn find_chromium(&self) -> Option<PathBuf> {
        [
            "chromium",
            "chromium-browser",
            "google-chrome",
            "google-chrome-stable",
        ]
        .iter()
        .find_map(|name| self.find(Path::new(name)))
        .or_else(|| {
            self.find(Path::new(
                "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
            ))
        })
    }

    fn apt_install(&mut self, packages: &[&str], otherwise: &str) -> Result<()> {
        if self.find(Path::new("apt-get")).is_none() {
            return fail(format!("This machine has no apt. {otherwise}"));
        }
        let is_root = read(Command::new("id").arg("-u")).is_some_and(|id| id == "0");
        if !is_root && self.find(Path::new("sudo")).is_none() {
            return fail(format!("apt needs root, and sudo is missing. {otherwise}"));
        }
        let apt = |tools: &Self| {
            let mut command = tools.command(if is_root { "env" } else { "sudo" });
            if !is_root {
                command.arg("env");
            }
            command.args(["DEBIAN_FRONTEND=noninteractive", "apt-get", "--quiet"]);
            command
        };
        if !self.apt_is_fresh {
            // One of several sources may be out of reach; whether that matters, the install will say.
            let mut update = apt(self);
            let _some_source_failed = self.install(update.arg("update"), otherwise);
            self.apt_is_fresh = true;
        }
        let mut install = apt(self);
        install.args(["install", "--yes"]).args(packages);
        self.install(&mut install, otherwise)
    }

    fn install(&mut self, command: &mut Command, otherwise: &str) -> Result<()> {
        let start = Instant::now();
        let outcome = run(command, otherwise);
        self.setup_time += start.elapsed();
        outcome
    }

    fn put_first(&mut self, folder: PathBuf) {
        self.first.retain(|other| *other != folder);
        self.first.insert(0, folder);
    }

    fn path(&self, before: &[PathBuf]) -> OsString {
        let machine = env::var_os("PATH").unwrap_or_default();
        let folders = before
            .iter()
            .chain(&self.first)
            .cloned()
            .chain(env::split_paths(&machine))
            .chain([self.cargo_bin.clone()]);
        // A folder with the separator in its name cannot be on a PATH at all.
        env::join_paths(folders).unwrap_or(machine)
    }

    /// A program by its path or, when it is a bare name, by PATH.
    pub fn find(&self, program: &Path) -> Option<PathBuf> {
        if program.components().count() > 1 {
            return program.is_file().then(|| program.to_owned());
        }
        env::split_paths(&self.path(&[]))
            .map(|folder| folder.join(program))
            .find(|path| path.is_file())
    }
}

fn debian_rust_is_there() -> bool {
    [
        "/usr/bin/cargo",
        "/usr/bin/rustc",
        "/usr/lib/rustlib/src/rust/library/Cargo.lock",
    ]
    .iter()
    .all(|file| Path::new(file).exists())
}

#[cfg(unix)]
fn symlink(original: &Path, link: &Path) -> std::io::Result<()> {
    std::os::unix::fs::symlink(original, link)
}

#[cfg(not(unix))]
fn symlink(_: &Path, _: &Path) -> std::io::Result<()> {
    Err(std::io::ErrorKind::Unsupported.into())
}

fn version_in_lock<'a>(lock: &'a str, package: &str) -> Option<&'a str> {
    let name = format!("name = \"{package}\"");
    let mut lines = lock.lines().skip_while(|line| *line != name);
    lines
        .nth(1)?
        .strip_prefix("version = \"")?
        .strip_suffix('"')
}

#[cfg(test)]
mod tests {
    use super::version_in_lock;

    #[test]
    fn a_lock_file_gives_the_version_of_the_very_package() {
        let lock = "[[package]]\nname = \"wasm-bindgen-macro\"\nversion = \"9.9.9\"\n\n\
                    [[package]]\nname = \"wasm-bindgen\"\nversion = \"0.2.130\"\nsource = \"x\"\n";
        assert_eq!(version_in_lock(lock, "wasm-bindgen"), Some("0.2.130"));
        assert_eq!(version_in_lock(lock, "trunk"), None);
    }
}
