//! Every folder of `test_data/{ok,err}` reads as its `expected` says.
#![cfg(not(target_arch = "wasm32"))]
#![allow(clippy::panic, clippy::unwrap_used, clippy::expect_used)]

mod common;

use common::{Dump, dump, read};
use std::path::{Path, PathBuf};

fn folder(kind: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("test_data")
        .join(kind)
}

fn input(case: &Path) -> Vec<u8> {
    std::fs::read(case.join("input")).unwrap_or_else(|error| panic!("{}: {error}", case.display()))
}

/// Runs every case, so that a change shows all that it does.
fn run(kind: &str) {
    let mut failed = Vec::new();
    for case in wakeful_testkit::cases(&folder(kind)) {
        let ran = std::panic::catch_unwind(|| {
            let bytes = input(&case);
            wakeful_testkit::golden(&case.join("expected"), &dump(&bytes, bytes.len()));
        });
        if ran.is_err() {
            failed.push(case);
        }
    }
    assert!(
        failed.is_empty(),
        "{} cases failed: {failed:#?}",
        failed.len()
    );
}

#[test]
fn every_good_input_reads_as_expected() {
    run("ok");
}

#[test]
fn every_bad_input_reads_as_expected() {
    run("err");
}

#[test]
fn a_good_input_has_no_problem() {
    for case in wakeful_testkit::cases(&folder("ok")) {
        let summary = read(&input(&case), 4096, &mut Dump::default());
        assert_eq!(summary.problems.listed(), [], "{}", case.display());
        assert_eq!(summary.skipped, 0, "{}", case.display());
    }
}

#[test]
fn a_bad_input_has_a_problem_and_each_is_a_sentence() {
    for case in wakeful_testkit::cases(&folder("err")) {
        let summary = read(&input(&case), 4096, &mut Dump::default());
        assert!(summary.problems.count() > 0, "{}", case.display());
        for problem in summary.problems.listed() {
            let what = &problem.what;
            assert!(
                what.ends_with('.') && what.len() > 15,
                "{}: {what}",
                case.display()
            );
            assert!(!what.contains('\n'), "{}: {what}", case.display());
        }
    }
}

#[test]
fn inputs_are_small_enough_to_keep() {
    for kind in ["ok", "err"] {
        for case in wakeful_testkit::cases(&folder(kind)) {
            assert!(input(&case).len() < 64 * 1024, "{}", case.display());
        }
    }
}
