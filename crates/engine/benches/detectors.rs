//! What each detector adds to a scan, in nanoseconds a row: `cargo bench -p wakeful-engine --bench detectors`.
//!
//! In: a made-up office's day with three tunnels. Out: a table in Markdown. All stages take turns in each
//! round; a figure is the median of the rounds. Read them as shares of one run. What several detectors ask for is
//! kept with the scene and measured by itself: the leak meter's bounds are not in the line of dns-tunnel.
#![allow(clippy::unwrap_used, missing_docs)]

mod common;

use common::{Nothing, read};
use std::hint::black_box;
use std::time::Instant;
use wakeful_engine::Analysis;
use wakeful_engine::detectors::roles::Roles;
use wakeful_engine::detectors::{
    Scene, beacon, behaviour, detect, dga, dns_beacon, dns_tunnel, encrypted_dns, fast_flux,
    flow_tunnel, foreign_resolver, heavy_dns, icmp_tunnel, leak, log_notes, not_dns, unconnected,
};
use wakeful_lab::scenario::{Injection, Scenario};
use wakeful_lab::zeek::{Format, conn_log, dns_log};

const ROUNDS: usize = 9;
const CLIENTS: u32 = 200;

fn analysed(logs: &[Vec<u8>]) -> Analysis {
    let mut analysis = Analysis::new();
    logs.iter().for_each(|bytes| read(bytes, &mut analysis));
    analysis
}

fn main() {
    let injections = ["iodine", "dnscat2:rate=0.2", "slow"]
        .map(|tool| Injection::parse(tool).unwrap())
        .to_vec();
    let made = Scenario {
        seed: 12,
        days: 1.0,
        clients: CLIENTS,
        start: 1_700_000_000.0,
        injections,
    }
    .run();
    let logs = [
        dns_log(&made.dns, Format::Tsv),
        conn_log(&made.conn, Format::Tsv),
    ];
    let analysis = &analysed(&logs);
    let rows = analysis.seen().dns + analysis.seen().conn;
    let scene = Scene::new(analysis);
    let roles = Roles::new(&scene);

    type Stage<'a> = (&'static str, Box<dyn Fn() + 'a>);
    let stages: Vec<Stage<'_>> = vec![
        (
            "read",
            Box::new(|| logs.iter().for_each(|bytes| read(bytes, &mut Nothing))),
        ),
        (
            "read and aggregate",
            Box::new(|| drop(black_box(analysed(&logs)))),
        ),
        (
            "group names by channel",
            Box::new(|| drop(black_box(Scene::new(analysis)))),
        ),
        ("roles", Box::new(|| drop(black_box(Roles::new(&scene))))),
        (
            "dns-tunnel, with content, leak, rhythm, fingerprints",
            Box::new(|| {
                drop(black_box(dns_tunnel::detect(
                    &scene,
                    &roles,
                    dns_tunnel::model(),
                )))
            }),
        ),
        (
            "flow-tunnel",
            Box::new(|| {
                drop(black_box(flow_tunnel::detect(
                    analysis,
                    flow_tunnel::model(),
                )));
            }),
        ),
        (
            "not-dns",
            Box::new(|| drop(black_box(not_dns::detect(&scene)))),
        ),
        (
            "icmp-tunnel",
            Box::new(|| drop(black_box(icmp_tunnel::detect(&scene)))),
        ),
        (
            "heavy-dns",
            Box::new(|| drop(black_box(heavy_dns::detect(&scene, &roles)))),
        ),
        (
            "foreign-resolver",
            Box::new(|| drop(black_box(foreign_resolver::detect(&scene, &roles)))),
        ),
        (
            "encrypted-dns",
            Box::new(|| drop(black_box(encrypted_dns::detect(&scene, &roles)))),
        ),
        (
            "fast-flux",
            Box::new(|| drop(black_box(fast_flux::detect(&scene)))),
        ),
        (
            "dga",
            Box::new(|| drop(black_box(dga::detect(&scene, &roles)))),
        ),
        (
            "beacon",
            Box::new(|| drop(black_box(beacon::detect(&scene)))),
        ),
        (
            "dns-beacon",
            Box::new(|| drop(black_box(dns_beacon::detect(&scene, &roles)))),
        ),
        (
            // A scene keeps what was measured.
            "leak meter, with a scene of its own",
            Box::new(|| drop(black_box(leak::budget(&Scene::new(analysis))))),
        ),
        (
            "behaviour of all channels",
            Box::new(|| drop(black_box(behaviour::dns_population(&scene)))),
        ),
        (
            "queried, never connected",
            Box::new(|| drop(black_box(unconnected::never_connected(&scene)))),
        ),
        (
            "connected, never queried",
            Box::new(|| drop(black_box(unconnected::never_asked(&scene)))),
        ),
        (
            "notes on the logs",
            Box::new(|| drop(black_box(log_notes::notes(&scene, &roles)))),
        ),
        (
            "all of it, folded and explained",
            Box::new(|| drop(black_box(detect(analysis)))),
        ),
    ];
    let mut times: Vec<Vec<f64>> = vec![Vec::new(); stages.len()];
    for _ in 0..ROUNDS {
        for ((_, stage), times) in stages.iter().zip(&mut times) {
            let start = Instant::now();
            stage();
            times.push(start.elapsed().as_secs_f64());
        }
    }
    println!("{rows} rows, {CLIENTS} clients, median of {ROUNDS} rounds\n");
    println!("| stage | ns a row | of read and aggregate |\n|---|--:|--:|");
    let medians: Vec<f64> = times
        .iter_mut()
        .map(|times| {
            times.sort_by(f64::total_cmp);
            times[times.len() / 2]
        })
        .collect();
    for ((name, _), median) in stages.iter().zip(&medians) {
        println!(
            "| {name} | {:.1} | {:.1} % |",
            median / rows as f64 * 1e9,
            median / medians[1] * 100.0
        );
    }
}
