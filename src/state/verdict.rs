//! What a report means in a sentence.
//!
//! In: a report. Out: whether anything could be read; sentences and sums for the page.
//! Must not know: where a sentence stands.

use wakeful_engine::features::Unit;
use wakeful_engine::report::{Finding, Input, Report};

use super::format::{count, counted, duration};
use super::help::pages;

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
            "There was no conn.log: connections were not looked at, so neither beacons nor \
             tunnels over other protocols. Add it to see them.",
        ),
        (false, true) => Some(
            "There was no dns.log: of DNS only the flows were looked at, no names. Add it to see more.",
        ),
        _ => None,
    }
}

/// The other side of a finding: the domain, or the address; findings that have neither are about many domains.
#[must_use]
pub fn target(finding: &Finding) -> &str {
    finding
        .domain
        .as_deref()
        .or(finding.peer.as_deref())
        .unwrap_or("many domains")
}

/// A detector's name for people.
#[must_use]
pub fn kind(finding: &Finding) -> &str {
    kind_name(&finding.kind)
}

/// The name for people of a kind of finding, or of a part of a verdict: the title of its page in the help.
#[must_use]
pub fn kind_name(kind: &str) -> &str {
    pages()
        .unwrap_or_default()
        .iter()
        .find(|page| page.detection && page.name == kind)
        .map_or(kind, |page| page.title.as_str())
}

/// What a finding says in a sentence: its own where the report has one.
#[must_use]
pub fn says(finding: &Finding) -> std::borrow::Cow<'_, str> {
    let own = finding.sentence.trim().trim_end_matches('.');
    if own.is_empty() {
        gist(finding).into()
    } else {
        own.into()
    }
}

/// A finding in a sentence: who did what with whom, how much and how long. It says only what the
/// report holds: bytes stand in it where they are among the reasons.
#[must_use]
pub fn gist(finding: &Finding) -> String {
    let (client, target) = (&finding.client, target(finding));
    let lasted = finding
        .first
        .zip(finding.last)
        .filter(|(first, last)| last > first)
        .map_or_else(String::new, |(first, last)| {
            format!(" in {}", duration(last - first))
        });
    let reason = |feature: &str| {
        finding
            .reasons
            .iter()
            .find(|reason| reason.feature == feature && reason.value > 0.0)
            .map(|reason| reason.value)
    };
    match finding.kind.as_str() {
        "dns-tunnel" => {
            let carried = reason("information").map_or_else(String::new, |bytes| {
                format!(
                    ", names that could have carried {}",
                    Unit::Bytes.show(bytes)
                )
            });
            let queries = match finding.records {
                1 => "1 query".to_owned(),
                many => format!("{} queries", count(many)),
            };
            format!("{client} asked {queries} under {target}{lasted}{carried}")
        }
        "flow-tunnel" => {
            let sent = reason("orig_bytes").map_or_else(String::new, |mean| {
                let all = mean * finding.records as f64;
                format!(", sending {}", Unit::Bytes.show(all))
            });
            let flows = counted(finding.records, "flow");
            format!("{client} opened {flows} to peer {target}{lasted}{sent}")
        }
        _ => {
            let records = counted(finding.records, "record");
            format!("{records} between {client} and {target}{lasted}")
        }
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

#[cfg(test)]
mod tests {
    use wakeful_engine::report::{Reason, Severity};

    use super::*;

    fn finding(kind: &str, reasons: &[(&str, f64)]) -> Finding {
        let dns = kind == "dns-tunnel";
        Finding {
            id: "x".into(),
            kind: kind.into(),
            severity: Severity::High,
            score: 0.9,
            client: "10.20.10.50".into(),
            domain: dns.then(|| "griomiodesk.xyz".into()),
            peer: (!dns).then(|| "192.0.2.7".into()),
            first: Some(0.0),
            last: Some(360.0),
            records: 1091,
            attack: Vec::new(),
            reasons: reasons
                .iter()
                .map(|&(feature, value)| Reason {
                    feature: feature.into(),
                    value,
                    usual: 1.0,
                    push: 1.0,
                    text: String::new(),
                })
                .collect(),
            ..Finding::default()
        }
    }

    #[test]
    fn every_kind_is_called_as_its_page_is() {
        for page in wakeful_engine::detectors::pages() {
            assert_eq!(kind_name(page.name), page.title());
        }
    }

    #[test]
    fn a_dns_tunnel_in_a_sentence() {
        assert_eq!(
            gist(&finding("dns-tunnel", &[("information", 159_000.0)])),
            "10.20.10.50 asked 1,091 queries under griomiodesk.xyz in 6 min, names that could \
             have carried 159 kB"
        );
        let mut bare = finding("dns-tunnel", &[]);
        bare.last = bare.first;
        bare.records = 1;
        assert_eq!(
            gist(&bare),
            "10.20.10.50 asked 1 query under griomiodesk.xyz"
        );
    }

    #[test]
    fn a_tunnel_of_flows_in_a_sentence() {
        assert_eq!(
            gist(&finding("flow-tunnel", &[("orig_bytes", 1000.0)])),
            "10.20.10.50 opened 1,091 flows to peer 192.0.2.7 in 6 min, sending 1.1 MB"
        );
        assert_eq!(
            gist(&finding("else", &[])),
            "1,091 records between 10.20.10.50 and 192.0.2.7 in 6 min"
        );
    }
}
