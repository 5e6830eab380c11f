//! What the tests of this crate share: an input as text, to compare and to commit.
#![allow(dead_code, clippy::panic, clippy::unwrap_used, clippy::expect_used)]

use std::fmt::Write;
use wakeful_logs::{At, ConnRecord, DnsRecord, List, Proto, Reader, Sink, Summary};

/// Writes each record as a line.
#[derive(Default)]
pub struct Dump(pub String);

impl Sink for Dump {
    fn dns(&mut self, record: &DnsRecord<'_>, at: At) {
        let mut row = Row::new(&mut self.0, "dns", at);
        row.shown("ts", record.ts);
        row.bytes("uid", record.uid);
        row.bytes("client", record.client);
        row.shown("client_port", record.client_port);
        row.bytes("server", record.server);
        row.shown("server_port", record.server_port);
        row.proto(record.proto);
        row.shown("rtt", record.rtt);
        row.bytes("query", record.query);
        row.shown("qclass", record.qclass);
        row.shown("qtype", record.qtype);
        row.shown("rcode", record.rcode);
        row.shown("AA", record.authoritative);
        row.shown("TC", record.truncated);
        row.shown("RD", record.recursion_desired);
        row.shown("RA", record.recursion_available);
        row.list("answers", &record.answers);
        row.list("TTLs", &record.ttls);
        row.shown("rejected", record.rejected);
        row.end();
    }

    fn conn(&mut self, record: &ConnRecord<'_>, at: At) {
        let mut row = Row::new(&mut self.0, "conn", at);
        row.shown("ts", record.ts);
        row.bytes("uid", record.uid);
        row.bytes("orig_host", record.orig_host);
        row.shown("orig_port", record.orig_port);
        row.bytes("resp_host", record.resp_host);
        row.shown("resp_port", record.resp_port);
        row.proto(record.proto);
        row.bytes("service", record.service);
        row.shown("duration", record.duration);
        row.shown("orig_bytes", record.orig_bytes);
        row.shown("resp_bytes", record.resp_bytes);
        row.bytes("conn_state", record.conn_state);
        row.shown("local_orig", record.local_orig);
        row.shown("local_resp", record.local_resp);
        row.shown("missed_bytes", record.missed_bytes);
        row.bytes("history", record.history);
        row.shown("orig_pkts", record.orig_pkts);
        row.shown("orig_ip_bytes", record.orig_ip_bytes);
        row.shown("resp_pkts", record.resp_pkts);
        row.shown("resp_ip_bytes", record.resp_ip_bytes);
        row.end();
    }
}

/// One record's line: only what is set; bytes that are not printable ASCII as `\xHH`.
struct Row<'a>(&'a mut String);

impl<'a> Row<'a> {
    fn new(out: &'a mut String, log: &str, at: At) -> Self {
        write!(out, "{log} line={} at={}+{}", at.line, at.offset, at.len).unwrap();
        let mut row = Self(out);
        row.shown("header", at.header);
        row
    }

    fn shown<T: std::fmt::Debug>(&mut self, name: &str, value: Option<T>) {
        if let Some(value) = value {
            write!(self.0, " {name}={value:?}").unwrap();
        }
    }

    fn bytes(&mut self, name: &str, value: Option<&[u8]>) {
        if let Some(value) = value {
            write!(self.0, " {name}=\"{}\"", value.escape_ascii()).unwrap();
        }
    }

    fn proto(&mut self, proto: Proto) {
        if proto != Proto::Other {
            write!(self.0, " proto={}", proto.name()).unwrap();
        }
    }

    fn list(&mut self, name: &str, list: &List<'_>) {
        if list.is_unset() {
            return;
        }
        let mut elements = Vec::new();
        list.each(|element| elements.push(element.to_vec()));
        let stats = list.stats();
        assert_eq!(stats.count as usize, elements.len(), "{list:?}");
        let lengths = || elements.iter().map(|element| element.len());
        assert_eq!(stats.bytes as usize, lengths().sum::<usize>(), "{list:?}");
        assert_eq!(
            stats.longest as usize,
            lengths().max().unwrap_or(0),
            "{list:?}"
        );
        let shown: Vec<_> = elements
            .iter()
            .map(|element| format!("\"{}\"", element.escape_ascii()))
            .collect();
        write!(self.0, " {name}=[{}]", shown.join(", ")).unwrap();
    }

    fn end(self) {
        self.0.push('\n');
    }
}

/// Reads `bytes` in chunks of `chunk`.
pub fn read(bytes: &[u8], chunk: usize, sink: &mut impl Sink) -> Summary {
    let mut reader = Reader::new();
    for piece in bytes.chunks(chunk.max(1)) {
        reader.feed(piece, sink);
    }
    reader.finish(sink)
}

/// Records, problems and tally of an input.
pub fn dump(bytes: &[u8], chunk: usize) -> String {
    let mut records = Dump::default();
    let summary = read(bytes, chunk, &mut records);
    let mut out = records.0;
    for problem in summary.problems.listed() {
        match problem.line {
            Some(line) => writeln!(out, "problem line={line} {}", problem.what).unwrap(),
            None => writeln!(out, "problem {}", problem.what).unwrap(),
        }
    }
    let more = summary.problems.count() - summary.problems.listed().len() as u64;
    if more > 0 {
        writeln!(out, "problems not listed: {more}").unwrap();
    }
    out.push_str(&tally(&summary));
    out
}

/// The last line of a dump.
pub fn tally(summary: &Summary) -> String {
    let aside: Vec<_> = summary
        .set_aside
        .iter()
        .map(|(log, rows)| format!("{log}:{rows}"))
        .collect();
    format!(
        "tally format={} kind={} headers={} lines={} dns={} conn={} set_aside=[{}] skipped={} unread={}\n",
        summary.format_name(),
        summary.kind.name(),
        summary.headers.len(),
        summary.lines,
        summary.dns,
        summary.conn,
        aside.join(", "),
        summary.skipped,
        summary.unread,
    )
}

/// Lines that one of the counts has taken.
pub fn accounted(summary: &Summary) -> u64 {
    summary.dns
        + summary.conn
        + summary.set_aside.values().sum::<u64>()
        + summary.skipped
        + summary.unread
}
