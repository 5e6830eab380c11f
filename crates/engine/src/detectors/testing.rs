//! Small logs for the detectors' own tests.
//!
//! In: what a test says of a row. Out: an analysis that has it. Must not know: any detector.

use super::Scene;
use crate::Analysis;
use wakeful_logs::{ConnRecord, DnsRecord, List, Proto};

/// Noon of a day, in microseconds: a round start for tests.
pub(super) const NOON: i64 = 1_710_244_800_000_000;

/// An analysis that is filled by hand.
#[derive(Default)]
pub(super) struct Logs {
    pub(super) analysis: Analysis,
}

impl Logs {
    /// A question, so many seconds after noon, answered without addresses.
    pub(super) fn ask(&mut self, second: i64, client: &str, server: &str, name: &str, qtype: u16) {
        self.asked(second, client, server, name, qtype, 0, "");
    }

    /// A question with its response code and answers (joined by commas).
    #[allow(clippy::too_many_arguments)]
    pub(super) fn asked(
        &mut self,
        second: i64,
        client: &str,
        server: &str,
        name: &str,
        qtype: u16,
        rcode: u16,
        answers: &str,
    ) {
        let list = |text| List::Tsv {
            text,
            separator: b',',
        };
        let record = DnsRecord {
            ts: Some(NOON + second * 1_000_000),
            client: Some(client.as_bytes()),
            server: Some(server.as_bytes()),
            server_port: Some(53),
            query: Some(name.as_bytes()),
            qtype: Some(qtype),
            rcode: Some(rcode),
            answers: list(answers.as_bytes()),
            ttls: list(b"60.000000"),
            ..DnsRecord::default()
        };
        self.analysis.dns(&record, None);
    }

    /// A connection over TCP at noon, with payload both ways.
    pub(super) fn connect(&mut self, client: &str, peer: &str, port: u16) {
        self.flow(&ConnRecord {
            orig_host: Some(client.as_bytes()),
            resp_host: Some(peer.as_bytes()),
            resp_port: Some(port),
            proto: Proto::Tcp,
            orig_bytes: Some(500),
            resp_bytes: Some(5000),
            orig_pkts: Some(10),
            resp_pkts: Some(10),
            ..ConnRecord::default()
        });
    }

    /// A row of `conn.log`; at noon where it says nothing else.
    pub(super) fn flow(&mut self, record: &ConnRecord<'_>) {
        let record = ConnRecord {
            ts: record.ts.or(Some(NOON)),
            ..*record
        };
        self.analysis.conn(&record, None);
    }
}

/// The number of an address that a log has.
pub(super) fn host(scene: &Scene<'_>, address: &str) -> u32 {
    (0..)
        .find(|&id| scene.analysis.host(id) == address.as_bytes())
        .unwrap()
}
