//! Past one machine: a folder of daily logs read under Spark, its report held against one pass.
//!
//! In: the sources, Python and Java where they are there. Out: a line for each way to run Spark, or a
//! failure. This module must not know what a partial result is.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Instant;

use crate::command::{Result, fail, read, run, say, step};
use crate::tools::Tools;

/// Python with Spark, logs and reports, below the repository.
const FOLDER: &str = "target/spark";
const PYSPARK: &str = "pyspark==4.3.0";
const DAYS: u64 = 14;
const CLIENTS: &str = "60";
/// The first of the days: 2026-01-01.
const START: u64 = 1_767_225_600;
/// Two tasks at a time in one process, and a cluster of two workers with a core and 1,024 MB each.
const MASTERS: [&str; 2] = ["local[2]", "local-cluster[2,1,1024]"];

/// Makes the logs, reads them in one pass and under Spark, and compares the reports.
pub fn check(tools: &Tools) -> Result<()> {
    let python = python(tools)?;
    step("building wakeful (2 minutes the first time)");
    let build = ["build", "--release", "--package", "wakeful-cli"];
    run(
        tools.command("cargo").args(build),
        "The command line was not built: the compiler's words are above.",
    )?;
    let wakeful = tools.root.join("target/release/wakeful");
    let logs = days(tools, &wakeful)?;
    let size: u64 = files(&logs).iter().map(|(_, size)| size).sum();

    let began = Instant::now();
    let mut scan = tools.command(&wakeful.to_string_lossy());
    scan.args(["scan", "--format", "json"]).arg(&logs);
    let expected = read(&mut scan);
    let Some(expected) = expected.filter(|report| report.contains("\"findings\"")) else {
        return fail("The scan of the days gave no report; run wakeful scan on target/spark/logs.");
    };
    let one_pass = began.elapsed().as_secs_f64();

    for master in MASTERS {
        step(format!("reading under Spark, {master}"));
        let began = Instant::now();
        let mut spark = tools.command(&python.to_string_lossy());
        spark.args(["docs/spark.py", "--master", master]);
        spark.arg(&wakeful).arg(&logs);
        // Its own words are of use only where it fails; they go to a file.
        let words = tools.root.join(FOLDER).join("spark.log");
        let report = match fs::File::create(&words) {
            Ok(file) => output(spark.stderr(file)),
            Err(error) => return fail(format!("{} could not be made ({error}).", words.display())),
        };
        let seconds = began.elapsed().as_secs_f64();
        match report {
            None => {
                return fail(format!(
                    "Spark did not finish under {master}: its words are in {}. It needs Java 17 or newer.",
                    words.display()
                ));
            }
            Some(report) if report != expected => {
                return fail(format!(
                    "The report under {master} is not that of one pass."
                ));
            }
            Some(report) => say(&format!(
                "Under {master} the report of {DAYS} days ({} files, {:.1} MB) is that of one pass, {} bytes of it: {seconds:.1} s with Spark's own start, one pass {one_pass:.1} s.",
                files(&logs).len(),
                size as f64 / 1e6,
                report.len()
            )),
        }
    }
    Ok(())
}

/// Standard output where the program succeeds, trimmed as [`read`] does it.
fn output(command: &mut std::process::Command) -> Option<String> {
    let output = command
        .stdin(std::process::Stdio::null())
        .stdout(std::process::Stdio::piped())
        .spawn()
        .ok()?
        .wait_with_output()
        .ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    output.status.success().then(|| text.trim().to_owned())
}

/// A Python with Spark, in an environment of its own.
fn python(tools: &Tools) -> Result<PathBuf> {
    let home = tools.root.join(FOLDER).join("python");
    let python = home.join("bin/python");
    let has_spark = || {
        let mut ask = tools.command(&python.to_string_lossy());
        read(ask.args(["-c", "import pyspark; print(pyspark.__version__)"])).is_some()
    };
    if !has_spark() {
        step("installing Spark into target/spark/python (once; a download of about 460 MB)");
        const NEXT: &str = "Spark could not be installed: pip's own words are above. It needs python3 with venv, and the network.";
        let mut venv = tools.command("python3");
        run(venv.args(["-m", "venv"]).arg(&home), NEXT)?;
        let mut pip = tools.command(&python.to_string_lossy());
        run(pip.args(["-m", "pip", "install", "--quiet", PYSPARK]), NEXT)?;
    }
    Ok(python)
}

/// A folder with a folder a day: every second one with a tunnel, every third as JSON.
fn days(tools: &Tools, wakeful: &Path) -> Result<PathBuf> {
    let logs = tools.root.join(FOLDER).join("logs");
    // What an earlier run left would be read too.
    let _absent = fs::remove_dir_all(&logs);
    step(format!("making {DAYS} days of logs"));
    for day in 0..DAYS {
        let mut lab = tools.command(&wakeful.to_string_lossy());
        lab.arg("lab")
            .arg("--out")
            .arg(logs.join(format!("day-{day:02}")));
        lab.arg("--seed").arg((day + 1).to_string());
        lab.arg("--start").arg((START + day * 86_400).to_string());
        lab.args(["--days", "1", "--clients", CLIENTS]);
        if day % 2 == 1 {
            lab.args(["--inject", "dnscat2:start=60m,duration=30m"]);
        }
        if day % 3 == 2 {
            lab.arg("--json");
        }
        if read(&mut lab).is_none() {
            return fail("The lab made no logs; run `wakeful lab` to see why.");
        }
    }
    Ok(logs)
}

/// All files below a folder, with their sizes in bytes.
fn files(folder: &Path) -> Vec<(PathBuf, u64)> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    entries
        .flat_map(|entry| match entry.metadata() {
            Ok(about) if about.is_dir() => files(&entry.path()),
            Ok(about) => vec![(entry.path(), about.len())],
            Err(_) => Vec::new(),
        })
        .collect()
}
