//! In: the name of a sample. Out: its two files, the same on every machine.
//!
//! Must not know: the page that offers them.

use crate::scenario::{Injection, Scenario};
use crate::zeek::{Format, conn_log, dns_log};

/// A sample that a reader may try.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sample {
    /// What it is asked by: `quiet-day`.
    pub name: &'static str,
    /// What it is called, in sentence case.
    pub title: &'static str,
    /// What is in it, one sentence.
    pub description: &'static str,
}

/// Tuesday 2024-03-12, midnight UTC.
const TUESDAY: f64 = 1_710_201_600.0;

const SAMPLES: [Sample; 3] = [
    Sample {
        name: "quiet-day",
        title: "A quiet day",
        description: "Forty machines of an office on one working day, and no tunnel.",
    },
    Sample {
        name: "three-tunnels",
        title: "Three tunnels in a busy office",
        description: "One working day of an office in which iodine, dnscat2 and a file sent in \
                      numbered pieces run on three machines.",
    },
    Sample {
        name: "low-and-slow",
        title: "Low and slow",
        description: "Two working days in which one machine gives away a few bytes every few \
                      minutes, in names that look ordinary.",
    },
];

/// Every sample, in the order to offer them.
#[must_use]
pub fn samples() -> &'static [Sample] {
    &SAMPLES
}

/// The scenario of a sample; none when there is no sample of that name.
#[must_use]
pub fn sample_scenario(name: &str) -> Option<Scenario> {
    let (seed, days, clients, injections): (u64, f64, u32, &[&str]) = match name {
        "quiet-day" => (40, 1.0, 40, &[]),
        "three-tunnels" => (
            3,
            1.0,
            40,
            &[
                "iodine:type=txt,rate=4,duration=25m,start=9.6h,client=6",
                "dnscat2:duration=40m,start=13.3h,client=17",
                "exfiltrator:rate=3,duration=6m,start=15.2h,client=30",
            ],
        ),
        "low-and-slow" => (2, 2.0, 20, &["slow:client=9,chunk=24,encoding=base32"]),
        _ => return None,
    };
    let injections = injections
        .iter()
        .map(|text| Injection::parse(text))
        .collect::<Result<Vec<_>, _>>()
        .ok()?;
    Some(Scenario {
        seed,
        days,
        clients,
        start: TUESDAY,
        injections,
    })
}

/// The files of a sample, by name: `dns.log` and `conn.log`, tab-separated.
/// None when there is no sample of that name.
#[must_use]
pub fn sample_logs(name: &str) -> Option<Vec<(String, Vec<u8>)>> {
    let logs = sample_scenario(name)?.run();
    Some(vec![
        ("dns.log".to_owned(), dns_log(&logs.dns, Format::Tsv)),
        ("conn.log".to_owned(), conn_log(&logs.conn, Format::Tsv)),
    ])
}
