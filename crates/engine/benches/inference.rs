//! What a score costs, row by row and in blocks: `cargo bench -p wakeful-engine --bench inference`.
//!
//! Read the figures as ratios of one run. `cargo xtask bench inference` measures the same in the tab
//! and beside other libraries.
#![allow(clippy::unwrap_used, clippy::expect_used, missing_docs)]

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use wakeful_bench::{Shape, grow, model, rows, scored, shipped, wrapped};
use wakeful_engine::models::{Estimator, Scorer};

fn inference(c: &mut Criterion) {
    let rows = rows(4, 4096);
    let mut models = shipped()
        .map(|(name, bytes)| (name, model(bytes).unwrap()))
        .to_vec();
    let shape = Shape {
        trees: 100,
        depth: 12,
        columns: 10,
        rows: 20_000,
        leaf: 5,
    };
    let grown = wrapped(Estimator::Forest(grow(3, shape)), shape.columns);
    models.push(("100 trees of depth 12", grown));
    for (name, model) in &models {
        let mut group = c.benchmark_group(*name);
        group.throughput(Throughput::Elements(rows.len() as u64));
        group.bench_function("row by row", |b| b.iter(|| scored(model, &rows, false)));
        let scorer = Scorer::new(model);
        group.bench_function("blocks", |b| b.iter(|| scorer.scores(&rows)));
        group.finish();
        c.bench_function(&format!("{name}, laid out"), |b| {
            b.iter(|| Scorer::new(model))
        });
    }
}

criterion_group! {
    name = benches;
    config = Criterion::default().sample_size(20);
    targets = inference
}
criterion_main!(benches);
