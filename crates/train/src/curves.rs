//! How recall falls as a tunnel gets slower, and with what its names are made of.
//!
//! In: the models that had not seen a tool. Out: [`Curve`]s with intervals. Must not know: files.

use crate::corpus::lab_tunnel;
use crate::evaluate::{MEDIUM, Study, wilson};
use crate::folds::{Group, in_parallel, pick};
use wakeful_engine::detectors::{dns_tunnel, leak};
use wakeful_engine::evaluation::{Curve, CurvePoint};
use wakeful_engine::features;
use wakeful_engine::models::sigmoid;

/// Tunnels a point.
const SEEDS: u64 = 20;
/// Hours that each runs.
const HOURS: u32 = 4;
/// Tools that are also run for a whole day, at the rates that four hours are too short for.
const ALL_DAY: &[&str] = &["beacon", "slow", "words"];
const DAY_RATES: &[&str] = &["0.001", "0.003", "0.01", "0.03", "0.1"];
const TOOLS: &[&str] = &[
    "iodine",
    "dnscat2",
    "dns2tcp",
    "exfiltrator",
    "beacon",
    "sliver",
    "slow",
    "words",
];
/// Queries a second.
const RATES: &[&str] = &["0.001", "0.003", "0.01", "0.03", "0.1", "0.3", "1"];
/// Of a slow channel of A look-ups, one query in half a minute: the names alone give it away.
const ENCODINGS: &[&str] = &["hex", "base32", "base64url", "base128", "words"];
const CHUNKS: &[u32] = &[6, 12, 24, 40];

/// All curves of a study of DNS channels.
///
/// # Errors
/// Where the lab does not know a tool or a parameter.
pub fn curves(study: &Study) -> Result<Vec<Curve>, String> {
    let by_rate = |tool: &'static str, along, rates: &[&str], hours| {
        let ways = rates.iter().map(|rate| {
            (
                format!("{rate} queries/s"),
                format!("{tool}:rate={rate},duty=1,duration={hours}h,start=0m"),
            )
        });
        (tool, along, hours, ways.collect::<Vec<_>>())
    };
    let rates = TOOLS.iter().map(|tool| by_rate(tool, "rate", RATES, HOURS));
    let days = ALL_DAY
        .iter()
        .map(|tool| by_rate(tool, "rate, all day", DAY_RATES, 24));
    let encodings = ENCODINGS.iter().map(|encoding| {
        let ways = CHUNKS.iter().map(|chunk| {
            (
                format!("{encoding}, {chunk} bytes a name"),
                format!(
                    "slow:rate=0.03,encoding={encoding},chunk={chunk},duty=1,duration={HOURS}h,start=0m"
                ),
            )
        });
        ("slow", "encoding", HOURS, ways.collect::<Vec<_>>())
    });
    let wanted: Vec<_> = rates.chain(days).chain(encodings).collect();
    in_parallel(&wanted, |(tool, along, hours, ways)| {
        let points = ways
            .iter()
            .map(|(label, way)| point(study, tool, *hours, label, way))
            .collect::<Result<Vec<_>, _>>()?;
        Ok(Curve {
            tool: (*tool).to_owned(),
            along: (*along).to_owned(),
            points,
        })
    })
}

fn point(
    study: &Study,
    tool: &str,
    hours: u32,
    label: &str,
    way: &str,
) -> Result<CurvePoint, String> {
    let own = Group::Tool(tool.to_owned());
    let fold = study
        .out_of_fold
        .folds
        .iter()
        .find(|fold| fold.left_out == own);
    let model = &study.model;
    let estimator = fold.map_or(&model.estimator, |fold| &fold.estimator);
    // The made-up network around a tunnel of four hours lasts six.
    let days = f64::from(hours + 2) / 24.0;
    let (mut found, mut ruled, mut bytes, mut seconds) = (0, 0, 0.0, 0.0);
    for seed in 0..SEEDS {
        for mut tunnel in lab_tunnel(tool, way, 5000 + seed, days)? {
            if tunnel.dns.is_empty() {
                continue;
            }
            // Its domain is drawn by its name: each under its own, with a label before it or without.
            tunnel.name = format!("{way}, {seed}");
            let channel = tunnel.whole();
            let vector = features::dns::vector(&channel, 0);
            bytes += channel.names.information as f64 / 8e6;
            seconds += f64::from(hours) * 3600.0;
            let margin = estimator.margin(&pick(&vector, &model.inputs.columns));
            let p = sigmoid(model.calibration.slope * margin + model.calibration.offset);
            let by_model = dns_tunnel::is_candidate(&channel) && p >= model.cuts[MEDIUM];
            found += u64::from(by_model);
            ruled += u64::from(by_model || tunnel.most_a_day(&channel) >= leak::LIMIT);
        }
    }
    let recall = found as f64 / SEEDS as f64;
    let (low, high) = wilson(recall, SEEDS as f64);
    Ok(CurvePoint {
        label: label.to_owned(),
        bytes_a_second: if seconds > 0.0 { bytes / seconds } else { 0.0 },
        tunnels: SEEDS,
        found,
        found_with_leak: ruled,
        recall,
        low,
        high,
    })
}
