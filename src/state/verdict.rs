//! What a report means in a sentence.
//!
//! In: a report. Out: whether anything could be read; sentences and sums for the page.
//! Must not know: where a sentence stands.

use wakeful_engine::report::{Finding, Input, Report};

use super::format::count;

/// Whether at least one input was a log that Wakeful analyses.
#[must_use]
pub fn is_readable(report: &Report) -> bool {
    report.inputs.iter().any(is_log)
}

/// Whether an input was a log that Wakeful analyses.
#[must_use]
pub fn is_log(input: &Input) -> bool {
    input.kind == "dns" || input.kind == "conn"
}

/// Records of all inputs.
#[must_use]
pub fn records(report: &Report) -> u64 {
    report.inputs.iter().map(|input| input.records).sum()
}

/// Problems of all inputs.
#[must_use]
pub fn problems(report: &Report) -> u64 {
    report.inputs.iter().map(|input| input.problem_count).sum()
}

/// Bytes of all inputs.
#[must_use]
pub fn bytes(report: &Report) -> u64 {
    report.inputs.iter().map(|input| input.bytes).sum()
}

/// What was examined, in words: `120,000 DNS and 4,000 connection records`.
#[must_use]
pub fn examined(report: &Report) -> String {
    let of = |kind: &str| -> u64 {
        report
            .inputs
            .iter()
            .filter(|input| input.kind == kind)
            .map(|input| input.records)
            .sum()
    };
    match (of("dns"), of("conn")) {
        (0, 0) => "no records".to_owned(),
        (dns, 0) => format!("{} DNS records", count(dns)),
        (0, conn) => format!("{} connection records", count(conn)),
        (dns, conn) => format!("{} DNS and {} connection records", count(dns), count(conn)),
    }
}

/// Which of the two logs is missing, as a sentence; a scan without it sees less.
#[must_use]
pub fn missing(report: &Report) -> Option<&'static str> {
    let has = |kind: &str| {
        report
            .inputs
            .iter()
            .any(|input| input.kind == kind && input.records > 0)
    };
    match (has("dns"), has("conn")) {
        (true, false) => Some(
            "There was no conn.log: tunnels that do not use DNS were not looked for. Add it to \
             see them.",
        ),
        (false, true) => {
            Some("There was no dns.log: DNS tunnels were not looked for. Add it to see them.")
        }
        _ => None,
    }
}

/// The other side of a finding: the domain, or the address.
#[must_use]
pub fn target(finding: &Finding) -> &str {
    finding
        .domain
        .as_deref()
        .or(finding.peer.as_deref())
        .unwrap_or("(unknown)")
}

/// A detector's name for people.
#[must_use]
pub fn kind(finding: &Finding) -> &str {
    match finding.kind.as_str() {
        "dns-tunnel" => "DNS tunnel",
        "flow-tunnel" => "Tunnel over connections",
        other => other,
    }
}

/// A kind of log for people.
#[must_use]
pub fn log_name(input: &Input) -> &str {
    match input.kind.as_str() {
        "dns" => "DNS",
        "conn" => "connections",
        _ => "not analysed",
    }
}
