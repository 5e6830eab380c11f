//! Every real log reads, with the number of records that its inventory gives.
#![cfg(not(target_arch = "wasm32"))]
#![allow(clippy::panic, clippy::unwrap_used, clippy::expect_used)]

use std::path::Path;
use wakeful_logs::{At, ConnRecord, DnsRecord, Reader, Sink, Summary};

struct Nothing;
impl Sink for Nothing {
    fn dns(&mut self, _record: &DnsRecord<'_>, _at: At) {}
    fn conn(&mut self, _record: &ConnRecord<'_>, _at: At) {}
}

fn read(path: &Path) -> Summary {
    let bytes = std::fs::read(path).unwrap();
    let mut reader = Reader::new();
    for chunk in bytes.chunks(1 << 20) {
        reader.feed(chunk, &mut Nothing);
    }
    reader.finish(&mut Nothing)
}

#[test]
fn every_real_log_has_the_records_of_the_inventory() {
    let Some(data) = wakeful_testkit::real_data() else {
        return;
    };
    let inventory = std::fs::read_to_string(data.join("INVENTORY.md")).unwrap();
    let mut logs = 0;
    let mut wrong = Vec::new();
    for line in inventory.lines().filter(|line| line.starts_with("| ")) {
        let cells: Vec<_> = line.split('|').map(str::trim).collect();
        let Some((path, (format, records))) = cells.get(1).zip(cells.get(7).zip(cells.get(8)))
        else {
            continue;
        };
        if !format.starts_with("Zeek-") && !path.contains("zeek_elastic") {
            continue;
        }
        logs += 1;
        let summary = read(&data.join(path));
        let expected: u64 = records.parse().unwrap();
        let accounted = summary.dns
            + summary.conn
            + summary.set_aside.values().sum::<u64>()
            + summary.skipped
            + summary.unread;
        let file = path.rsplit('/').next().unwrap_or(path);
        let kind = if file.contains("conn") { "conn" } else { "dns" };
        if summary.records() != expected
            || accounted != summary.lines
            || summary.kind.name() != kind
        {
            wrong.push(format!(
                "{path}: {} of {expected} records, {accounted} of {} lines, {}, {:?}",
                summary.records(),
                summary.lines,
                summary.kind.name(),
                summary.problems.listed().first()
            ));
        }
    }
    assert!(logs > 150, "only {logs} logs in the inventory");
    assert!(
        wrong.is_empty(),
        "{} of {logs}:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}
