//! Scores to findings: one detector a file, its documentation at its top.
//!
//! In: an [`Analysis`]. Out: findings with their reasons, ranked. Must not know: files, pages.

pub mod context;
pub mod dga;
pub mod dns_tunnel;
pub mod encrypted_dns;
mod explain;
pub mod fast_flux;
pub mod flow_tunnel;
pub mod foreign_resolver;
pub mod heavy_dns;
pub mod icmp_tunnel;
pub mod log_notes;
pub mod not_dns;
pub mod roles;
mod rule;
pub mod scene;
#[cfg(test)]
mod testing;
pub mod unconnected;

use crate::Analysis;
use crate::Place;
use crate::channels::{Interval, Places};
use crate::features::FeatureList;
use crate::models::{BANDS, Model};
use crate::report::{Finding, Severity};
use explain::reasons;
pub use scene::Scene;

/// A finding and where its records lie.
#[derive(Debug, Clone, PartialEq)]
pub struct Detection {
    /// For the report.
    pub finding: Finding,
    /// The first of its records.
    pub places: Vec<Place>,
}

/// Runs every detector and ranks what they find: by score, then by name, so that the order does
/// not depend on that of the inputs.
#[must_use]
pub fn detect(analysis: &Analysis) -> Vec<Detection> {
    let mut detections = dns_tunnel::detect(analysis, dns_tunnel::model());
    detections.extend(flow_tunnel::detect(analysis, flow_tunnel::model()));
    detections.sort_by(|a, b| {
        let (a, b) = (&a.finding, &b.finding);
        b.score.total_cmp(&a.score).then_with(|| {
            (&a.kind, &a.client, &a.domain, &a.peer).cmp(&(&b.kind, &b.client, &b.domain, &b.peer))
        })
    });
    detections
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
