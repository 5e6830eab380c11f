//! What a report means in a sentence.
//!
//! In: a report. Out: whether anything could be read; sentences and sums for the page.
//! Must not know: where a sentence stands.

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
        .iter()
        .find(|page| page.detection && page.name == kind)
        .map_or(kind, |page| page.title)
}

/// Puts together what findings are called, while nobody waits for it: otherwise it is done when the first is shown.
pub fn prepare() {
    let _ = pages();
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

/// A finding in a sentence, where its report has none: how much, between whom, how long.
fn gist(finding: &Finding) -> String {
    let lasted = finding
        .first
        .zip(finding.last)
        .filter(|(first, last)| last > first)
        .map_or_else(String::new, |(first, last)| {
            format!(" in {}", duration(last - first))
        });
    let records = counted(finding.records, "record");
    format!(
        "{records} between {} and {}{lasted}",
        finding.client,
        target(finding)
    )
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
    use super::*;

    fn finding() -> Finding {
        Finding {
            client: "10.20.10.50".into(),
            peer: Some("192.0.2.7".into()),
            first: Some(0.0),
            last: Some(360.0),
            records: 1091,
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
    fn a_finding_without_a_sentence_says_who_and_how_much() {
        let mut finding = finding();
        assert_eq!(
            says(&finding),
            "1,091 records between 10.20.10.50 and 192.0.2.7 in 6 min"
        );
        finding.sentence = "It is so.".into();
        assert_eq!(says(&finding), "It is so");
    }
}
