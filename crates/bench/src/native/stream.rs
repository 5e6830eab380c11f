//! Logs that grow in one way: more rows, more distinct names, more clients or more findings.
//!
//! In: what grows, how far, and a number of rows. Out: a `dns.log` on standard output, a chapter at a time.
//! Must not know: who reads it.

use super::Outcome;
use super::logs::{office, open, records};
use std::io::{self, Write};
use wakeful_lab::rng::mix;
use wakeful_lab::row::DnsRow;
use wakeful_lab::scenario::{Injection, Scenario};
use wakeful_lab::zeek::{Format, dns_log};

/// Rows that are turned into bytes at once.
const ROWS: usize = 8_192;
/// With more clients than this, a chapter is a morning: a week of them does not fit into memory.
const CROWD: u32 = 500;
/// Domains that made-up names are spread over.
const DOMAINS: u64 = 1_000;

/// The scenario in which `what` is `count`.
fn scenario(what: &str, count: u64) -> Result<Scenario, String> {
    let clients = u32::try_from(count).map_err(|_| format!("{count} is too many."))?;
    Ok(match what {
        "rows" => office(200, &[])?,
        "names" => office(20, &[])?,
        "clients" if clients <= CROWD => office(clients, &[])?,
        "clients" => {
            let mut office = office(clients, &[])?;
            office.start += 9.0 * 3_600.0;
            office.days = 0.25;
            office
        }
        "findings" => {
            let mut office = office(200, &[])?;
            for number in 0..count {
                let text = format!(
                    "dnscat2:rate=0.2,start={}m,duration=10m,client={}",
                    number % 10_000,
                    number % 200
                );
                office.injections.push(Injection::parse(&text)?);
            }
            office
        }
        _ => {
            return Err(format!(
                "{what} does not grow; there are rows, names, clients, findings."
            ));
        }
    })
}

/// The row's query becomes one of `count` names.
fn rename(row: &mut DnsRow, number: u64, count: u64) {
    let name = number % count.max(1);
    row.query = format!("{:x}.d{}.com", mix(name) >> 24, name % DOMAINS).into_bytes();
}

pub(crate) fn write(what: &str, count: u64, rows: u64) -> Outcome {
    let mut scenario = scenario(what, count)?;
    let mut out = io::BufWriter::with_capacity(1 << 20, io::stdout().lock());
    let mut written = 0;
    for chapter in 0.. {
        let mut logs = scenario.chapter(chapter);
        for rows_at_once in logs.dns.chunks_mut(ROWS) {
            if written == rows {
                out.flush()?;
                return Ok(());
            }
            let most = usize::try_from(rows - written).unwrap_or(usize::MAX);
            let length = rows_at_once.len().min(most);
            let some = &mut rows_at_once[..length];
            if what == "names" {
                for (number, row) in (written..).zip(some.iter_mut()) {
                    rename(row, number, count);
                }
            }
            let log = dns_log(some, Format::Tsv);
            out.write_all(if written == 0 {
                open(&log)
            } else {
                records(&log)
            })?;
            written += some.len() as u64;
        }
        scenario.injections.clear();
    }
    Ok(())
}
