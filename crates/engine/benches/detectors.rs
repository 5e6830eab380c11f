//! What each detector adds to a scan, in nanoseconds a row: `cargo bench -p wakeful-engine --bench detectors`.
//!
//! In: a made-up office's day with three tunnels. Out: a table in Markdown. All stages take turns in each
//! round; a figure is the median of the rounds. Read them as shares of one run. Each detector that has a page is measured by
//! itself, over all channels, so the lines do not add up: `dns-tunnel` has its own fingerprints, baselines, rhythm and
//! behaviour of what it finds, and takes bounds of the leak meter that the scene keeps; a scan asks for rhythm and behaviour of findings alone.
#![allow(clippy::unwrap_used, missing_docs)]

mod common;

use common::{Nothing, read};
use std::hint::black_box;
use std::time::Instant;
use wakeful_engine::Analysis;
use wakeful_engine::analysis::Ends;
use wakeful_engine::channels::dns::DnsChannel;
use wakeful_engine::detectors::baseline::Baselines;
use wakeful_engine::detectors::roles::Roles;
use wakeful_engine::detectors::unconnected::Meetings;
use wakeful_engine::detectors::{
    Scene, answer_meter, beacon, behaviour, detect, dga, dns_beacon, dns_tunnel, encrypted_dns,
    fast_flux, fingerprints, flow_tunnel, foreign_resolver, harmless, heavy_dns, icmp_tunnel, leak,
    log_notes, many_domains, new_domains, not_dns, pages, rhythm, unconnected,
};
use wakeful_lab::scenario::{Injection, Scenario};
use wakeful_lab::zeek::{Format, conn_log, dns_log};

/// A stage by its name; a detector's is that of its page.
type Stage<'a> = (&'static str, Box<dyn Fn() + 'a>);

fn stage<'a, T>(name: &'static str, run: impl Fn() -> T + 'a) -> Stage<'a> {
    let run = move || drop(black_box(run()));
    (name, Box::new(run))
}

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

    let baselines = Baselines::new(&scene, &roles, dns_tunnel::model());
    let meetings = Meetings::new(&scene);
    let detectors: Vec<Stage<'_>> = vec![
        stage("answer-meter", || {
            let proof = |ends| answer_meter::proof(&scene, &roles, &baselines, &meetings, ends);
            scene.dns.iter().filter_map(proof).count()
        }),
        stage("baseline", || {
            let _ = black_box(Baselines::new(&scene, &roles, dns_tunnel::model()));
        }),
        stage("beacon", || beacon::detect(&scene)),
        stage("behaviour", || {
            let population = behaviour::dns_population(&scene);
            let measure = |ends: &Ends<'_, DnsChannel>| {
                behaviour::measure_dns(ends.channel, &population).bits
            };
            scene.dns.iter().map(measure).sum::<f64>()
        }),
        stage("dga", || dga::detect(&scene, &roles)),
        stage("dns-beacon", || dns_beacon::detect(&scene, &roles)),
        stage("dns-tunnel", || {
            dns_tunnel::detect(&scene, &roles, dns_tunnel::model())
        }),
        stage("encrypted-dns", || encrypted_dns::detect(&scene, &roles)),
        stage("fast-flux", || fast_flux::detect(&scene)),
        stage("fingerprints", || {
            let proofs = |ends: &Ends<'_, DnsChannel>| {
                fingerprints::proofs(ends.channel, scene.names(ends.id)).len()
            };
            scene.dns.iter().map(proofs).sum::<usize>()
        }),
        stage("flow-tunnel", || {
            flow_tunnel::detect(analysis, flow_tunnel::model())
        }),
        stage("foreign-resolver", || {
            foreign_resolver::detect(&scene, &roles)
        }),
        stage("heavy-dns", || heavy_dns::detect(&scene, &roles)),
        stage("icmp-tunnel", || icmp_tunnel::detect(&scene)),
        // A scene keeps what was measured, so this one is its own.
        stage("leak", || leak::budget(&Scene::new(analysis))),
        stage("many-domains", || many_domains::detect(&scene, &roles)),
        stage("new-domains", || new_domains::list(&scene, &roles, &[])),
        stage("not-dns", || not_dns::detect(&scene)),
        stage("rhythm", || {
            let measure =
                |ends: &Ends<'_, DnsChannel>| rhythm::measure(&ends.channel.trace).records;
            scene.dns.iter().map(measure).sum::<u64>()
        }),
        stage("unconnected", || {
            (
                unconnected::never_connected(&scene),
                unconnected::never_asked(&scene),
            )
        }),
    ];
    let known: Vec<&str> = detectors.iter().map(|(name, _)| *name).collect();
    let documented: Vec<&str> = pages()
        .iter()
        .map(|page| page.name)
        // These are found together with beacons.
        .filter(|name| !["long-connection", "upload"].contains(name))
        .collect();
    assert_eq!(
        known, documented,
        "every detector that has a page is measured"
    );
    let mut stages: Vec<Stage<'_>> = vec![
        stage("read", || {
            logs.iter().for_each(|bytes| read(bytes, &mut Nothing));
        }),
        stage("read and aggregate", || analysed(&logs)),
        stage("names grouped by channel", || {
            let _ = black_box(Scene::new(analysis));
        }),
        stage("roles", || {
            let _ = black_box(Roles::new(&scene));
        }),
    ];
    stages.extend(detectors);
    stages.extend([
        stage("what is known to be harmless", || {
            let of_names = |ends: &Ends<'_, DnsChannel>| {
                harmless::of_names(ends, scene.names(ends.id)).is_some()
            };
            scene.dns.iter().filter(|ends| of_names(ends)).count()
        }),
        stage("notes on the logs", || log_notes::notes(&scene, &roles)),
        stage("all of it, folded and explained", || detect(analysis)),
    ]);
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
