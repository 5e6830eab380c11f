//! A day of many made-up clients without a tunnel: what the shipped model raises there.
//!
//! In: a study of DNS channels, the lab. Out: a [`Crowd`] for large offices and one for small. Must not
//! know: files.
//!
//! The unit is the registered domain, counted once however many clients ask for it: that is what an
//! analyst looks at, and decides on, once. Before any allow list.

use crate::corpus::read_bytes;
use crate::evaluate::{MEDIUM, Study};
use crate::folds::{Group, in_parallel, pick};
use std::collections::BTreeSet;
use wakeful_engine::detectors::{Scene, dns_tunnel, harmless, leak};
use wakeful_engine::evaluation::Crowd;
use wakeful_engine::models::{Estimator, sigmoid};
use wakeful_engine::{Analysis, features};
use wakeful_lab::scenario::Scenario;
use wakeful_lab::zeek::{Format, dns_log};

/// How many offices, of how many people's machines, and the first one's seed. No model was fitted on
/// these seeds. In the small ones nobody else asks for what a client asks for.
const CROWDS: [(u64, u32, u64); 2] = [(10, 1000, 7000), (200, 4, 8000)];

/// One office's day.
#[derive(Default)]
struct Office {
    clients: u64,
    rows: u64,
    channels: u64,
    domains: BTreeSet<Vec<u8>>,
    shipped: BTreeSet<Vec<u8>>,
    unseen: BTreeSet<Vec<u8>>,
    leaking: BTreeSet<Vec<u8>>,
}

/// Runs the days.
///
/// # Errors
/// Where a thread broke off, or no model had been fitted without the lab.
pub fn crowds(study: &Study) -> Result<Vec<Crowd>, String> {
    CROWDS
        .iter()
        .map(|&(offices, clients, seed)| crowd(study, offices, clients, seed))
        .collect()
}

fn crowd(study: &Study, offices: u64, clients: u32, seed: u64) -> Result<Crowd, String> {
    let lab = Group::Network("lab".to_owned());
    let unseen = study
        .out_of_fold
        .folds
        .iter()
        .find(|fold| fold.left_out == lab)
        .ok_or("no model was fitted without the lab's benign traffic")?;
    let seeds: Vec<u64> = (seed..seed + offices).collect();
    let offices = in_parallel(&seeds, |&seed| {
        Ok(office(study, &unseen.estimator, clients, seed))
    })?;
    let mut all = Office::default();
    for office in offices {
        all.clients += office.clients;
        all.rows += office.rows;
        all.channels += office.channels;
        all.domains.extend(office.domains);
        all.shipped.extend(office.shipped);
        all.unseen.extend(office.unseen);
        all.leaking.extend(office.leaking);
    }
    Ok(Crowd {
        offices: seeds.len() as u64,
        clients: all.clients,
        rows: all.rows,
        channels: all.channels,
        domains: all.domains.len() as u64,
        false_domains: all.shipped.len() as u64,
        false_domains_unseen: all.unseen.len() as u64,
        leaking_domains: all.leaking.len() as u64,
    })
}

fn office(study: &Study, unseen: &Estimator, clients: u32, seed: u64) -> Office {
    let logs = Scenario {
        seed,
        days: 1.0,
        clients,
        start: 1_700_000_000.0,
        injections: Vec::new(),
    }
    .run();
    let mut analysis = Analysis::new();
    let bytes = dns_log(&logs.dns, Format::Tsv);
    drop(logs);
    read_bytes(&bytes, &mut analysis);

    let scene = Scene::new(&analysis);
    let model = &study.model;
    let is_alert = |estimator: &Estimator, row: &[f64]| {
        let margin = estimator.margin(row);
        let score = sigmoid(model.calibration.slope * margin + model.calibration.offset);
        score >= model.cuts[MEDIUM]
    };
    let mut office = Office {
        rows: analysis.seen().dns,
        channels: scene.dns.len() as u64,
        ..Office::default()
    };
    let mut clients = BTreeSet::new();
    for ends in &scene.dns {
        clients.insert(ends.client);
        office.domains.insert(ends.other.to_vec());
        let names = scene.names(ends.id);
        if !dns_tunnel::is_candidate(ends.channel) {
            continue;
        }
        if leak::proof(&scene, ends).is_some() {
            office.leaking.insert(ends.other.to_vec());
        }
        if harmless::of_names(ends, names).is_some() {
            continue;
        }
        let vector = features::dns::vector(ends.channel, ends.other_clients);
        let row = pick(&vector, &model.inputs.columns);
        if is_alert(&model.estimator, &row) {
            office.shipped.insert(ends.other.to_vec());
        }
        if is_alert(unseen, &row) {
            office.unseen.insert(ends.other.to_vec());
        }
    }
    office.clients = clients.len() as u64;
    office
}
