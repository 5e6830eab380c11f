//! The benchmark's features against a naive twin, whatever form the log has.

// The helpers of tests may fail as tests do.
#![allow(clippy::unwrap_used)]

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;
use wakeful_bench::features::{Answer, Features, domain};
use wakeful_lab::row::DnsRow;
use wakeful_lab::zeek::{Format, dns_log};
use wakeful_logs::Reader;

fn rows() -> Vec<DnsRow> {
    use wakeful_lab::scenario::{Injection, Scenario};
    let scenario = Scenario {
        seed: 5,
        days: 1.0,
        clients: 6,
        start: 1_767_225_600.0,
        injections: vec![Injection::parse("dnscat2:rate=0.1").unwrap()],
    };
    scenario.run().dns
}

/// Row by row, with strings and sets.
fn naive(rows: &[DnsRow]) -> Answer {
    let mut domains: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for row in rows {
        let query = String::from_utf8(row.query.clone()).unwrap();
        let labels: Vec<&str> = query.split('.').collect();
        let domain = labels[labels.len().saturating_sub(2)..].join(".");
        domains.entry(domain).or_default().push(query);
    }
    let entropy = |text: &String| -> f64 {
        let bytes = text.as_bytes();
        let distinct: BTreeSet<u8> = bytes.iter().copied().collect();
        let share = |byte| bytes.iter().filter(|&&b| b == byte).count() as f64 / bytes.len() as f64;
        distinct
            .into_iter()
            .map(|byte| -share(byte) * share(byte).log2())
            .sum()
    };
    let mut answer = Answer::default();
    for queries in domains.values() {
        answer.domains += 1;
        answer.queries += queries.len() as u64;
        answer.distinct += queries.iter().collect::<BTreeSet<_>>().len() as u64;
        answer.length += queries.iter().map(String::len).sum::<usize>() as u64;
        answer.longest += queries.iter().map(String::len).max().unwrap() as u64;
        answer.entropy += queries.iter().map(entropy).sum::<f64>();
    }
    answer
}

fn clever(log: &[u8]) -> Answer {
    let (mut reader, mut features) = (Reader::new(), Features::default());
    for chunk in log.chunks(10_007) {
        reader.feed(chunk, &mut features);
    }
    reader.finish(&mut features);
    features.answer()
}

#[test]
fn the_answer_is_that_of_the_naive_twin_in_every_form() {
    let rows = rows();
    let expected = naive(&rows);
    assert!(expected.domains > 50 && expected.distinct > 2 * expected.domains);
    let plain = dns_log(&rows, Format::Tsv);
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    packed.write_all(&plain).unwrap();
    for log in [
        plain,
        dns_log(&rows, Format::Json),
        packed.finish().unwrap(),
    ] {
        let found = clever(&log);
        assert!((found.entropy - expected.entropy).abs() < 1e-9 * expected.entropy);
        assert_eq!(
            Answer {
                entropy: 0.0,
                ..found
            },
            Answer {
                entropy: 0.0,
                ..expected
            }
        );
    }
}

#[test]
fn a_domain_is_the_last_two_labels() {
    for (query, expected) in [
        ("a.b.example.com", "example.com"),
        ("example.com", "example.com"),
        ("localhost", "localhost"),
        ("", ""),
        ("a.b.", "b."),
        ("..", "."),
    ] {
        assert_eq!(domain(query.as_bytes()), expected.as_bytes(), "{query}");
    }
}
