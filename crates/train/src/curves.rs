//! How recall falls as a tunnel gets slower, and with what its names are made of.
//!
//! In: the models that had not seen a tool. Out: [`Curve`]s with intervals. Must not know: files.

use crate::corpus::lab_tunnel;
use crate::evaluate::{MEDIUM, Study, wilson};
use crate::folds::{Group, in_parallel, pick};
use wakeful_engine::detectors::dns_tunnel;
use wakeful_engine::evaluation::{Curve, CurvePoint};
use wakeful_engine::features;
use wakeful_engine::models::sigmoid;

/// Tunnels a point.
const SEEDS: u64 = 20;
/// Hours that each runs.
const HOURS: u32 = 4;
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
    let rates = TOOLS.iter().map(|tool| {
        let ways = RATES.iter().map(|rate| {
            (
                format!("{rate} queries/s"),
                format!("{tool}:rate={rate},duty=1,duration={HOURS}h,start=0m"),
            )
        });
        (*tool, "rate", ways.collect::<Vec<_>>())
    });
    let encodings = ENCODINGS.iter().map(|encoding| {
        let ways = CHUNKS.iter().map(|chunk| {
            (
                format!("{encoding}, {chunk} bytes a name"),
                format!(
                    "slow:rate=0.03,encoding={encoding},chunk={chunk},duty=1,duration={HOURS}h,start=0m"
                ),
            )
        });
        ("slow", "encoding", ways.collect::<Vec<_>>())
    });
    let wanted: Vec<_> = rates.chain(encodings).collect();
    in_parallel(&wanted, |(tool, along, ways)| {
        let points = ways
            .iter()
            .map(|(label, way)| point(study, tool, label, way))
            .collect::<Result<Vec<_>, _>>()?;
        Ok(Curve {
            tool: (*tool).to_owned(),
            along: (*along).to_owned(),
            points,
        })
    })
}

fn point(study: &Study, tool: &str, label: &str, way: &str) -> Result<CurvePoint, String> {
    let own = Group::Tool(tool.to_owned());
    let fold = study
        .out_of_fold
        .folds
        .iter()
        .find(|fold| fold.left_out == own);
    let model = &study.model;
    let estimator = fold.map_or(&model.estimator, |fold| &fold.estimator);
    let (mut found, mut bytes, mut seconds) = (0, 0.0, 0.0);
    for seed in 0..SEEDS {
        for tunnel in lab_tunnel(tool, way, 5000 + seed, 0.25)?
            .iter()
            .filter(|tunnel| !tunnel.dns.is_empty())
        {
            let channel = tunnel.whole();
            let vector = features::dns::vector(&channel, 0);
            bytes += channel.names.information as f64 / 8e6;
            seconds += f64::from(HOURS) * 3600.0;
            let margin = estimator.margin(&pick(&vector, &model.inputs.columns));
            let p = sigmoid(model.calibration.slope * margin + model.calibration.offset);
            found += u64::from(dns_tunnel::is_candidate(&channel) && p >= model.cuts[MEDIUM]);
        }
    }
    let recall = found as f64 / SEEDS as f64;
    let (low, high) = wilson(recall, SEEDS as f64);
    Ok(CurvePoint {
        label: label.to_owned(),
        bytes_a_second: if seconds > 0.0 { bytes / seconds } else { 0.0 },
        tunnels: SEEDS,
        found,
        recall,
        low,
        high,
    })
}
