//! # Encrypted DNS
//!
//! **Sees** connections to port 853 (DNS over TLS or QUIC), and to port 443 of public resolvers by a short
//! dated list of their addresses (DNS over HTTPS).
//!
//! **Matters** because what is asked there is in no `dns.log`: a tunnel through it is unseen, and "connected without
//! a question" means nothing for such a client. ATT&CK T1071.004, T1572.
//!
//! **Formula** A rule; info, for browsers and phones do this by themselves. A question in TLS takes about 200 bytes, so what goes up tells how
//! many there are: as many as ten machines ask in a day (2,000 each) are medium, where the logs show five clients and this one resolves for no other;
//! low otherwise. *Defence: one machine asks like ten, where no log shows what.*
//!
//! **Set off falsely** by web pages that a resolver's address also serves, and by a crawler with a resolver of its own choice.
//!
//! **Example** 312 connections to port 853 of 9.9.9.9 (Quad9).

use super::baseline::ROWS_A_DAY;
use super::beacon::MIN_CLIENTS;
use super::roles::Roles;
use super::rule::{ALERT, bytes, counted, ends_missing, found, otherwise, reason};
use super::{Detection, Found, Scene, shown};
use crate::allow::Listed;
use crate::analysis::{Ends, Seen};
use crate::channels::flow::{FlowChannel, FlowClass};
use std::sync::LazyLock;

/// The kind of its findings.
pub const KIND: &str = "encrypted-dns";
/// Its title: that of its page.
pub(super) const TITLE: &str = "Encrypted DNS";

/// The score of most: info.
const SCORE: f64 = 0.2;
/// Bytes of a question in TLS, and machines whose questions are too many for one.
const QUESTION: f64 = 200.0;
const MACHINES: f64 = 10.0;
const DAY: f64 = 86_400e6;
const HTTPS: u16 = 443;

static FILE: &str = include_str!("../../data/public-resolvers.tsv");

static RESOLVERS: LazyLock<Listed<&'static str>> = LazyLock::new(|| {
    let lines = FILE.lines().filter(|line| !line.starts_with('#'));
    Listed::new(lines.filter_map(|line| line.split_once('\t')).collect())
});

/// The day on which the list of public resolvers was made.
#[must_use]
pub fn dated() -> &'static str {
    FILE.lines()
        .find_map(|line| line.strip_prefix("# dated\t"))
        .unwrap_or_default()
}

/// Who runs the public resolver at an address.
#[must_use]
pub fn operator(address: &[u8]) -> Option<&'static str> {
    let address = std::str::from_utf8(address).ok()?;
    RESOLVERS.get(address).copied()
}

/// Why it cannot run, where it cannot.
#[must_use]
pub fn missing(seen: &Seen) -> Option<String> {
    ends_missing(seen)
}

/// All findings, in no order.
#[must_use]
pub fn detect(scene: &Scene<'_>, roles: &Roles<'_>) -> Vec<Detection> {
    let mut flows: Vec<u32> = [FlowClass::Other, FlowClass::EncryptedDns]
        .into_iter()
        .flat_map(|class| scene.flows(class).iter().map(|ends| ends.client_id))
        .collect();
    flows.sort_unstable();
    flows.dedup();
    let many = |ends: &Ends<'_, FlowChannel>| {
        if flows.len() >= MIN_CLIENTS && !roles.is_resolver(ends.client_id) {
            0.6
        } else {
            0.4
        }
    };
    let tls = scene.flows(FlowClass::EncryptedDns).iter();
    let https = scene
        .flows(FlowClass::Other)
        .iter()
        .filter(|ends| ends.channel.ports == Some((HTTPS, HTTPS)));
    tls.filter_map(|ends| {
        let operator = operator(ends.other);
        judge(FlowClass::EncryptedDns, ends, operator, many(ends))
    })
    .chain(https.filter_map(|ends| {
        let operator = Some(operator(ends.other)?);
        judge(FlowClass::Other, ends, operator, many(ends))
    }))
    .collect()
}

fn judge(
    class: FlowClass,
    ends: &Ends<'_, FlowChannel>,
    operator: Option<&'static str>,
    many: f64,
) -> Option<Detection> {
    let port = if class == FlowClass::EncryptedDns {
        853
    } else {
        HTTPS
    };
    let channel = ends.channel;
    // A connection that nobody answered asked nothing; one to the site's own server is no way out.
    if channel.resp_bytes == 0 && channel.resp_packets == 0 || channel.local == channel.records {
        return None;
    }
    let whose = operator.map_or_else(String::new, |operator| format!(" ({operator})"));
    let (client, peer) = (shown(ends.client), shown(ends.other));
    let longest = (channel.duration_max as f64 / DAY).max(channel.interval.lasted() as f64 / DAY);
    let questions = channel.orig_bytes as f64 / QUESTION / longest.max(1.0);
    let is_much = questions >= MACHINES * ROWS_A_DAY;
    let score = if is_much { many } else { SCORE };
    let much = if is_much {
        let much = bytes(channel.orig_bytes as f64);
        format!(" It sent {much}, more than the questions of ten machines take.")
    } else {
        String::new()
    };
    let sentence = format!(
        "{client} asks {peer}{whose} over port {port}: what it asks is in no dns.log, so a channel through it would not be seen.{much}"
    );
    let reasons = vec![
        reason(
            "encrypted_flows",
            channel.records as f64,
            0.0,
            score * if is_much { 0.2 } else { 0.8 },
            format!(
                "There are {} to port {port}.",
                counted(channel.records, "connection")
            ),
        ),
        reason(
            "bytes",
            (channel.orig_bytes + channel.resp_bytes) as f64,
            0.0,
            score * if is_much { 0.8 } else { 0.2 },
            format!(
                "They carried {} up and {} down.",
                bytes(channel.orig_bytes as f64),
                bytes(channel.resp_bytes as f64)
            ),
        ),
    ];
    let what = Found::of_flows(KIND, class, ends, &["T1071.004", "T1572"]);
    let mut detection = found(&what, score, sentence, reasons)?;
    if score >= ALERT {
        let least = MACHINES * ROWS_A_DAY;
        detection.finding.counterfactuals.extend(otherwise(
            "questions",
            (questions, least - 1.0),
            SCORE,
            &format!("less than {} a day went up", bytes(least * QUESTION)),
        ));
    }
    Some(detection)
}

#[cfg(test)]
mod tests {
    use super::super::testing::Logs;
    use super::*;
    use crate::report::Severity;

    #[test]
    fn port_853_and_public_resolvers_on_443_are_told() {
        let mut logs = Logs::default();
        logs.connect("10.0.0.5", "9.9.9.9", 853);
        logs.connect("10.0.0.5", "192.0.2.1", 853);
        logs.connect("10.0.0.5", "1.1.1.1", 443);
        logs.connect("10.0.0.6", "192.0.2.1", 443);
        logs.connect("10.0.0.6", "1.1.1.1", 80);
        logs.connect("10.0.0.6", "8.8.8.8", 53);
        let scene = Scene::new(&logs.analysis);
        let found = detect(&scene, &Roles::new(&scene));
        assert_eq!(found.len(), 3);
        for detection in &found {
            assert_eq!(detection.finding.severity, Severity::Info);
            assert_eq!(detection.finding.client, "10.0.0.5");
        }
        assert!(found[0].finding.sentence.contains("(Quad9) over port 853"));
    }

    #[test]
    fn the_list_is_of_addresses_and_dated() {
        assert_eq!(dated().len(), 10);
        for address in RESOLVERS.keys() {
            let parsed: std::net::IpAddr = address.parse().unwrap();
            assert_eq!(parsed.to_string(), address, "as Zeek writes it");
        }
    }
}
