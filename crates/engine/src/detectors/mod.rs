//! Scores to findings: one detector a file, its documentation at its top.
//!
//! In: an [`Analysis`]. Out: findings with their reasons, ranked. Must not know: files, pages.

pub mod beacon;
pub mod behaviour;
pub mod context;
mod counterfactual;
pub mod dga;
pub mod dns_tunnel;
pub mod encrypted_dns;
mod explain;
pub mod fast_flux;
pub mod fingerprints;
pub mod flow_tunnel;
mod fold;
pub mod foreign_resolver;
pub mod heavy_dns;
pub mod icmp_tunnel;
pub mod leak;
pub mod log_notes;
pub mod not_dns;
mod pages;
mod parts;
pub mod rhythm;
pub mod roles;
mod rule;
pub mod scene;
#[cfg(test)]
mod testing;
pub mod unconnected;

use crate::Analysis;
use crate::Place;
use crate::analysis::Seen;
use crate::channels::{Interval, Places};
use crate::features::FeatureList;
use crate::models::{BANDS, Model};
use crate::report::{Finding, Note, Severity};
use explain::reasons;
pub use pages::{Page, pages};
use roles::Roles;
pub use scene::Scene;

/// A finding and where its records lie.
#[derive(Debug, Clone, PartialEq)]
pub struct Detection {
    /// For the report.
    pub finding: Finding,
    /// The first of its records.
    pub places: Vec<Place>,
    /// The DNS channel that it is about, by its number.
    pub channel: Option<u32>,
}

/// What all detectors say of an analysis.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Detected {
    /// Ranked: by score, then by name, so that the order does not depend on that of the inputs.
    pub detections: Vec<Detection>,
    /// What a reader should know of the logs themselves.
    pub notes: Vec<Note>,
}

/// Runs every detector, folds what belongs together, and ranks what remains.
#[must_use]
pub fn detect(analysis: &Analysis) -> Detected {
    let scene = Scene::new(analysis);
    let roles = Roles::new(&scene);
    let mut detections = dns_tunnel::detect(&scene, dns_tunnel::model());
    detections.extend(flow_tunnel::detect(analysis, flow_tunnel::model()));
    detections.extend(not_dns::detect(&scene));
    detections.extend(icmp_tunnel::detect(&scene));
    detections.extend(heavy_dns::detect(&scene, &roles));
    detections.extend(foreign_resolver::detect(&scene, &roles));
    detections.extend(encrypted_dns::detect(&scene));
    detections.extend(fast_flux::detect(&scene));
    detections.extend(dga::detect(&scene, &roles));
    detections.extend(beacon::detect(&scene));
    let mut detections = fold::fold(&scene, detections);
    let connected = unconnected::never_connected(&scene);
    let about_channels = detections
        .iter()
        .any(|detection| detection.channel.is_some());
    // What channels usually do in sequence is learnt from the log only where it is asked for.
    let population = about_channels.then(|| behaviour::dns_population(&scene));
    for detection in &mut detections {
        if let Some(id) = detection.channel {
            let ends = &scene.dns[id as usize];
            detection.finding.behaviour = population
                .as_ref()
                .map(|population| behaviour::measure_dns(ends.channel, population));
            let connected = connected.get(id as usize).copied().flatten();
            detection.finding.context = context::context(&scene, &roles, ends, connected);
        }
    }
    detections.sort_by(|a, b| {
        let (a, b) = (&a.finding, &b.finding);
        b.score.total_cmp(&a.score).then_with(|| {
            (&a.kind, &a.client, &a.domain, &a.peer).cmp(&(&b.kind, &b.client, &b.domain, &b.peer))
        })
    });
    Detected {
        detections,
        notes: log_notes::notes(&scene, &roles),
    }
}

/// Every detector: its name, its title, and why it cannot run on these logs.
pub(crate) fn states(seen: &Seen) -> Vec<(&'static str, Option<String>)> {
    vec![
        (not_dns::KIND, not_dns::missing(seen)),
        (icmp_tunnel::KIND, icmp_tunnel::missing(seen)),
        (heavy_dns::KIND, heavy_dns::missing(seen)),
        (foreign_resolver::KIND, foreign_resolver::missing(seen)),
        (encrypted_dns::KIND, encrypted_dns::missing(seen)),
        (fast_flux::KIND, fast_flux::missing(seen)),
        (dga::KIND, dga::missing(seen)),
        (beacon::KIND, beacon_missing(seen)),
    ]
}

/// Why rhythm in `conn.log` cannot be told.
fn beacon_missing(seen: &Seen) -> Option<String> {
    match seen {
        seen if seen.conn == 0 => Some("There is no conn.log.".to_owned()),
        seen if seen.conn_ts == 0 => Some("No row of conn.log has a time (ts).".to_owned()),
        seen if seen.ends == 0 => Some("No row of conn.log has both ends.".to_owned()),
        _ => None,
    }
}

/// The severity of a score; `None` below what is worth a line.
#[must_use]
pub fn severity(score: f64) -> Option<Severity> {
    Severity::WORST_FIRST
        .into_iter()
        .zip(BANDS.iter().rev())
        .find(|(_, band)| score >= **band)
        .map(|(severity, _)| severity)
}

/// Reads an embedded model.
///
/// # Panics
/// Where the file in the source tree does not fit the source: a fault of the build, which a test
/// of this crate finds, and not of any input.
#[allow(clippy::panic)]
fn embedded(name: &str, bytes: &[u8], list: &FeatureList) -> Model {
    Model::parse(bytes, list).unwrap_or_else(|error| panic!("models/{name}.model: {error}"))
}

/// A channel's detection, where its score is worth a line.
fn judge(
    model: &Model,
    list: &FeatureList,
    vector: &[f64],
    found: &Found<'_>,
) -> Option<Detection> {
    // Most channels end here: only what is found is explained.
    let score = model.score(vector);
    let severity = severity(score)?;
    let reasons = reasons(model, list, vector, &model.explain(vector));
    Some(found.detection(severity, score, reasons))
}

/// What a detector says of a channel that it found.
struct Found<'a> {
    kind: &'static str,
    client: &'a [u8],
    domain: Option<&'a [u8]>,
    peer: Option<&'a [u8]>,
    records: u64,
    interval: Interval,
    places: &'a Places,
    attack: &'static [&'static str],
}

impl Found<'_> {
    fn detection(
        &self,
        severity: Severity,
        score: f64,
        reasons: Vec<crate::report::Reason>,
    ) -> Detection {
        let seconds = |time: Option<i64>| time.map(|micros| micros as f64 / 1e6);
        let other = self.domain.or(self.peer).unwrap_or_default();
        Detection {
            finding: Finding {
                id: id(&[self.kind.as_bytes(), self.client, other]),
                kind: self.kind.to_owned(),
                severity,
                score,
                client: shown(self.client),
                domain: self.domain.map(shown),
                peer: self.peer.map(shown),
                first: seconds(self.interval.first),
                last: seconds(self.interval.last),
                records: self.records,
                attack: self
                    .attack
                    .iter()
                    .map(|&technique| technique.to_owned())
                    .collect(),
                reasons,
                ..Finding::default()
            },
            places: self.places.all().to_vec(),
            channel: None,
        }
    }
}

/// FNV-1a over the parts (64 bits), as 16 hexadecimal digits.
fn id(parts: &[&[u8]]) -> String {
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    for part in parts {
        for &byte in part.iter().chain(b"\n") {
            hash = (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3);
        }
    }
    format!("{hash:016x}")
}

/// Text as Zeek writes it: a byte that is not printable ASCII as `\xHH`.
fn shown(text: &[u8]) -> String {
    let mut out = String::with_capacity(text.len());
    for &byte in text {
        if (0x20..0x7f).contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("\\x{byte:02x}"));
        }
    }
    out
}
