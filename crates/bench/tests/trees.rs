//! Forests as lines.

// The helpers of tests may fail as tests do.
#![allow(clippy::unwrap_used)]

use wakeful_bench::trees::{lines, model};
use wakeful_bench::{Shape, grow, shipped, wrapped};
use wakeful_engine::models::Estimator;

#[test]
fn a_forest_comes_out_of_its_lines_as_it_went_in() {
    let shape = Shape {
        trees: 5,
        depth: 6,
        columns: 10,
        rows: 500,
        leaf: 5,
    };
    let grown = wrapped(Estimator::Forest(grow(3, shape)), shape.columns);
    let told = lines(&grown).unwrap();
    let again = model(&told).unwrap();
    assert_eq!(again.to_bytes(), grown.to_bytes());
    assert_eq!(lines(&again).unwrap(), told);
}

#[test]
fn of_the_models_that_ship_the_forest_has_lines() {
    let has_lines = shipped().map(|(name, bytes)| {
        let read = wakeful_bench::model(bytes).unwrap();
        (name, lines(&read).is_some())
    });
    assert_eq!(has_lines, [("dns-tunnel", false), ("flow-tunnel", true)]);
}

#[test]
fn lines_that_are_no_forest_are_refused_with_their_number() {
    const STUMP: &str = "2\n0\t1\t0.5\t1\t0\n0\t-1\t0\t0\t0.25\n0\t-1\t0\t0\t1\n";
    assert!(model(STUMP).is_ok());
    for (from, to, said) in [
        ("2\n", "0\n", "The first line"),
        ("2\n", "", "The first line"),
        ("0\t1\t0.5\t1", "0\t2\t0.5\t1", "Line 2 "),
        ("0\t1\t0.5\t1", "0\t-2\t0.5\t1", "Line 2 "),
        ("0\t1\t0.5\t1", "0\t1\tNaN\t1", "Line 2 "),
        ("0\t1\t0.5\t1", "0\t1\t0.5\t0", "Line 2 "),
        ("0\t1\t0.5\t1", "0\t1\t0.5\t2", "Line 2 "),
        ("0\t1\t0.5\t1", "1\t1\t0.5\t1", "Line 2 "),
        ("0.25", "0.25\t7", "Line 3 "),
        ("0\t-1\t0\t0\t1\n", "", "Line 2 "),
    ] {
        let wrong = STUMP.replacen(from, to, 1);
        let error = model(&wrong).unwrap_err();
        assert!(error.starts_with(said), "{wrong:?}: {error}");
    }
    assert_eq!(
        model("3\n").unwrap_err(),
        "Behind the first line there are no nodes."
    );
}
