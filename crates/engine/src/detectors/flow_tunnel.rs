//! # Tunnel in DNS flows
//!
//! **Sees** a client and a peer whose connections to port 53 (or recognised as DNS) do not flow
//! as look-ups do: large queries, large answers, long flows of many packets, more sent than received.
//!
//! **Matters** because it needs only `conn.log`, and sees what `dns.log` does not: a tunnel that
//! speaks something else on port 53 (iodine's raw mode). ATT&CK T1071.004 and T1572.
//!
//! **Formula** A random forest over the list `flow-channel/1` ([`crate::features::flow`]): the mean
//! of the trees' leaves, Platt-calibrated on tools and networks that were left out of the fit. The
//! cuts of the severities are quantiles of benign channels, with a least probability each; see the
//! model's card.
//!
//! **Set off falsely** by zone transfers, DNSSEC-heavy resolvers, and DNS over TCP that is kept open.
//!
//! **Example** 16,000 packets in one flow of 40 minutes to a resolver, 12 MB out: high.

use super::counterfactual::counterfactuals;
use super::explain::reasons;
use super::{Detection, Found, embedded, rule, severity, shown};
use crate::Analysis;
use crate::analysis::{Ends, Seen};
use crate::channels::flow::{FlowChannel, FlowClass};
use crate::features::flow::{LIST, vector};
use crate::models::Model;
use std::sync::LazyLock;

/// The kind of its findings.
pub const KIND: &str = "flow-tunnel";
/// Its title: that of its page.
pub(super) const TITLE: &str = "Tunnel in DNS flows";

/// Fewer packets say too little.
const MIN_PACKETS: u128 = 20;

/// The embedded model's file.
pub static MODEL: &[u8] = include_bytes!("../../models/flow-tunnel.model");

/// The embedded model.
///
/// # Panics
/// As [`embedded`] does: never with the files of the source tree.
#[must_use]
pub fn model() -> &'static Model {
    static PARSED: LazyLock<Model> = LazyLock::new(|| embedded("flow-tunnel", MODEL, &LIST));
    &PARSED
}

/// Why it cannot run, where it cannot.
#[must_use]
pub fn missing(seen: &Seen) -> Option<String> {
    rule::flows_missing(seen)
}

/// What it has to do without.
#[must_use]
pub fn without(seen: &Seen) -> Option<String> {
    (seen.services == 0)
        .then(|| "The log has no service: flows are taken as DNS by their port alone.".to_owned())
}

/// Whether a channel has enough packets, both ways, to be judged.
#[must_use]
pub fn is_candidate(channel: &FlowChannel) -> bool {
    channel.orig_packets + channel.resp_packets >= MIN_PACKETS
        && channel.orig_bytes > 0
        && channel.resp_bytes > 0
}

/// All findings, in no order.
#[must_use]
pub fn detect(analysis: &Analysis, model: &Model) -> Vec<Detection> {
    analysis
        .flow_channels(FlowClass::Dns)
        .filter(|ends| is_candidate(ends.channel))
        .filter_map(|ends| verdict(&ends, model))
        .collect()
}

fn verdict(ends: &Ends<'_, FlowChannel>, model: &Model) -> Option<Detection> {
    let channel = ends.channel;
    let vector = vector(channel);
    // Most channels end here: only what is found is explained.
    let score = model.score(&vector);
    let severity = severity(score)?;
    let explained = model.explain(&vector);
    let reasons = reasons(model, &LIST, &vector, &explained);
    let found = Found::of_flows(KIND, FlowClass::Dns, ends, &["T1071.004", "T1572"]);
    let mut detection = found.detection(severity, score, reasons);
    detection.finding.counterfactuals = counterfactuals(model, &LIST, &vector, &explained);
    detection.finding.sentence = format!(
        "{} of DNS from {} to {} carried {} up and {} down, not as look-ups do.",
        rule::counted(channel.records, "flow"),
        shown(ends.client),
        shown(ends.other),
        rule::bytes(channel.orig_bytes as f64),
        rule::bytes(channel.resp_bytes as f64)
    );
    Some(detection)
}

#[cfg(test)]
mod tests {
    use super::super::testing::Logs;
    use super::*;
    use crate::detectors::Scene;
    use crate::models::BANDS;
    use wakeful_logs::{ConnRecord, Proto};

    #[test]
    fn an_alert_says_what_would_make_it_none() {
        let mut logs = Logs::default();
        logs.flow(&ConnRecord {
            orig_host: Some(b"10.0.0.5"),
            resp_host: Some(b"203.0.113.9"),
            resp_port: Some(53),
            proto: Proto::Udp,
            service: Some(b"dns"),
            duration: Some(2400.0),
            orig_pkts: Some(8000),
            resp_pkts: Some(8000),
            orig_bytes: Some(1_500_000),
            resp_bytes: Some(1_200_000),
            history: Some(b"Dd"),
            ..ConnRecord::default()
        });
        let scene = Scene::new(&logs.analysis);
        let found = detect(scene.analysis, model());
        let [alert] = found.as_slice() else {
            panic!("{found:?}");
        };
        let finding = &alert.finding;
        assert!(finding.score >= BANDS[2] && !finding.counterfactuals.is_empty());
        assert!(
            finding
                .counterfactuals
                .iter()
                .all(|other| other.score < BANDS[2])
        );
    }
}
