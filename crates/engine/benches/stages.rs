//! What each stage costs, on the same generated log: `cargo bench -p wakeful-engine`.
//!
//! Read the figures as ratios of one run: `read` is the floor that the others stand on.
#![allow(clippy::unwrap_used, clippy::expect_used, missing_docs)]

mod common;

use common::{Nothing, read};
use criterion::{BatchSize, Criterion, Throughput, criterion_group, criterion_main};
use flate2::Compression;
use flate2::write::GzEncoder;
use std::collections::BTreeSet;
use std::hint::black_box;
use std::io::Write;
use wakeful_engine::Session;
use wakeful_engine::detectors::{dns_tunnel, flow_tunnel};
use wakeful_engine::features::encoding::{Looked, RANDOM, encoding};
use wakeful_engine::features::{dns, flow, ngram};
use wakeful_engine::models::Estimator;
use wakeful_engine::names::facts;
use wakeful_lab::rng::Rng;
use wakeful_lab::zeek::{Format, conn_log, dns_log};
use wakeful_logs::{At, ConnRecord, DnsRecord, Sink};

fn logs(c: &mut Criterion) {
    for (name, bytes) in wakeful_lab::sample_logs("three-tunnels").unwrap() {
        let rows = bytes.iter().filter(|&&byte| byte == b'\n').count() as u64;
        let mut group = c.benchmark_group(name.trim_end_matches(".log"));
        group.throughput(Throughput::Elements(rows));
        group.bench_function("read", |b| {
            b.iter(|| read(&bytes, &mut Nothing));
        });
        let packed = packed(&bytes);
        group.bench_function("read gzip", |b| {
            b.iter(|| read(&packed, &mut Nothing));
        });
        let scanned = || {
            let mut session = Session::new();
            session.open(&name);
            session.feed(&bytes);
            session.close();
            session
        };
        group.bench_function("read and aggregate", |b| b.iter(scanned));
        group.bench_function("score and explain", |b| {
            b.iter_batched(
                scanned,
                |mut session| session.report(),
                BatchSize::LargeInput,
            );
        });
        let report = scanned().report();
        group.bench_function("report to JSON", |b| {
            b.iter(|| serde_json::to_vec(&report).unwrap());
        });
        group.finish();
    }
}

fn packed(bytes: &[u8]) -> Vec<u8> {
    let mut packed = GzEncoder::new(Vec::new(), Compression::default());
    packed.write_all(bytes).unwrap();
    packed.finish().unwrap()
}

/// The same records as JSON lines.
fn json(c: &mut Criterion) {
    let logs = wakeful_lab::samples::sample_scenario("three-tunnels")
        .unwrap()
        .run();
    for (name, bytes, rows) in [
        ("dns", dns_log(&logs.dns, Format::Json), logs.dns.len()),
        ("conn", conn_log(&logs.conn, Format::Json), logs.conn.len()),
    ] {
        let mut group = c.benchmark_group(name);
        group.throughput(Throughput::Elements(rows as u64));
        group.bench_function("read JSON", |b| {
            b.iter(|| read(&bytes, &mut Nothing));
        });
        group.finish();
    }
}

/// Rows of plausible size for a model, so that walks through trees differ.
fn vectors(columns: usize) -> Vec<Vec<f64>> {
    let mut rng = Rng::new(4);
    (0..10_000)
        .map(|_| (0..columns).map(|_| rng.log_normal(20.0, 2.5)).collect())
        .collect()
}

fn models(c: &mut Criterion) {
    let mut group = c.benchmark_group("score");
    group.throughput(Throughput::Elements(10_000));
    for (name, model, columns) in [
        ("logistic regression", dns_tunnel::model(), dns::COUNT),
        ("forest", flow_tunnel::model(), flow::COUNT),
    ] {
        assert_eq!(
            name == "forest",
            matches!(model.estimator, Estimator::Forest(_))
        );
        let vectors = vectors(columns);
        group.bench_function(name, |b| {
            b.iter(|| {
                vectors
                    .iter()
                    .map(|vector| model.score(vector))
                    .sum::<f64>()
            })
        });
    }
    group.finish();
}

/// The distinct names of the sample, and what a name alone costs: once each, not once a row.
fn names(c: &mut Criterion) {
    struct Names(BTreeSet<Vec<u8>>);
    impl Sink for Names {
        fn dns(&mut self, record: &DnsRecord<'_>, _at: At) {
            self.0.extend(record.query.map(<[u8]>::to_vec));
        }

        fn conn(&mut self, _record: &ConnRecord<'_>, _at: At) {}
    }
    let mut names = Names(BTreeSet::new());
    for (_, bytes) in wakeful_lab::sample_logs("three-tunnels").unwrap() {
        read(&bytes, &mut names);
    }
    let names: Vec<Vec<u8>> = names.0.into_iter().collect();
    let mut group = c.benchmark_group("name");
    group.throughput(Throughput::Elements(names.len() as u64));
    group.bench_function("all facts", |b| {
        b.iter(|| {
            names.iter().for_each(|name| {
                black_box(facts(name));
            });
        });
    });
    group.bench_function("surprise", |b| {
        let table = ngram::table();
        b.iter(|| names.iter().map(|name| table.label(name)).sum::<u64>());
    });
    group.bench_function("encoding", |b| {
        b.iter(|| {
            names.iter().for_each(|name| {
                let looked = Looked::at(name);
                black_box(encoding(&looked, &looked, RANDOM));
            });
        });
    });
    group.finish();
}

criterion_group! {
    name = stages;
    config = Criterion::default().sample_size(20);
    targets = logs, json, names, models
}
criterion_main!(stages);
