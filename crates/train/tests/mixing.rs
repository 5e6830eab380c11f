//! A tunnel's example is what the engine makes of its rows in the middle of a benign log.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use wakeful_engine::{Analysis, features};
use wakeful_lab::scenario::{Injection, Scenario, Target};
use wakeful_lab::zeek::{Format, dns_log};
use wakeful_logs::{At, ConnRecord, DnsRecord, Reader, Sink};
use wakeful_train::corpus::lab_tunnel;

struct Mixed(Analysis);

impl Sink for Mixed {
    fn dns(&mut self, record: &DnsRecord<'_>, _at: At) {
        self.0.dns(record, None);
    }

    fn conn(&mut self, _record: &ConnRecord<'_>, _at: At) {}
}

#[test]
fn mixing_rows_into_a_log_changes_nothing_of_the_tunnels_channel() {
    let way = "dnscat2:duration=20m,start=0m";
    let scenario = Scenario {
        seed: 5,
        days: 0.25,
        clients: 2,
        start: 1_700_000_000.0,
        injections: vec![Injection::parse(way).unwrap()],
    };
    let logs = scenario.run();
    let Target::Domain(domain) = &logs.truth[0].target else {
        panic!("a tunnel under a domain");
    };
    let mut mixed = Mixed(Analysis::new());
    let mut reader = Reader::new();
    reader.feed(&dns_log(&logs.dns, Format::Tsv), &mut mixed);
    reader.finish(&mut mixed);
    let ends = mixed
        .0
        .dns_channels()
        .find(|ends| ends.other == domain.as_bytes())
        .unwrap();
    let in_the_log = features::dns::vector(ends.channel, ends.other_clients);

    let tunnels = lab_tunnel("dnscat2", way, 5, 0.25).unwrap();
    let alone = features::dns::vector(&tunnels[0].whole(), 0);
    // The made-up domain may have something before it, which is below a registered domain; all
    // that does not measure the names is the same.
    for (at, feature) in features::dns::LIST.features.iter().enumerate() {
        let of_names = [
            "length_mean",
            "length_max",
            "label_length",
            "labels",
            "entropy",
            "evenness",
            "digits",
            "odd_bytes",
            "information",
        ];
        let of_letters = features::dns::OF_LETTERS;
        if !of_names.contains(&feature.name) && !of_letters.contains(&feature.name) {
            assert!(
                (in_the_log[at] - alone[at]).abs() < 1e-9,
                "{}: {} {}",
                feature.name,
                in_the_log[at],
                alone[at]
            );
        }
    }
}
