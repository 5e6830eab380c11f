//! Which columns the rows had.
//!
//! In: records. Out: counts. Must not know: what a column is used for.

use super::row::DnsRow;
use serde::{Deserialize, Serialize};
use wakeful_logs::ConnRecord;

/// How many rows had what: a column that no row has is missing, and what needs it cannot run.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seen {
    /// Rows of `dns.log`.
    pub dns: u64,
    /// Of those, rows with a time.
    pub dns_ts: u64,
    /// With a client and a query.
    pub queries: u64,
    /// With a record type.
    pub qtypes: u64,
    /// With a response code.
    pub rcodes: u64,
    /// With answers.
    pub answers: u64,
    /// With a `uid`.
    pub dns_uids: u64,
    /// Rows of `conn.log`.
    pub conn: u64,
    /// Of those, rows with a time.
    pub conn_ts: u64,
    /// With both ends.
    pub ends: u64,
    /// With payload bytes.
    pub bytes: u64,
    /// With packets.
    pub packets: u64,
    /// With a history.
    pub histories: u64,
    /// With a recognised protocol.
    pub services: u64,
    /// With a `uid`.
    pub conn_uids: u64,
}

impl Seen {
    pub(super) fn dns(&mut self, record: &DnsRow<'_>) {
        let one = |is: bool| u64::from(is);
        self.dns += 1;
        self.dns_ts += one(record.ts.is_some());
        self.queries += one(record.query.is_some() && record.client.is_some());
        self.qtypes += one(record.qtype.is_some());
        self.rcodes += one(record.rcode.is_some());
        self.answers += one(record.answered);
        self.dns_uids += one(record.uid.is_some());
    }

    pub(super) fn conn(&mut self, record: &ConnRecord<'_>) {
        let one = |is: bool| u64::from(is);
        self.conn += 1;
        self.conn_ts += one(record.ts.is_some());
        self.ends += one(record.orig_host.is_some() && record.resp_host.is_some());
        self.bytes += one(record.orig_bytes.is_some());
        self.packets += one(record.orig_pkts.is_some());
        self.histories += one(record.history.is_some());
        self.services += one(record.service.is_some());
        self.conn_uids += one(record.uid.is_some());
    }

    /// Whether no column was met more often than rows.
    pub(super) fn is_sound(&self) -> bool {
        let of = |rows: u64, counts: &[u64]| counts.iter().all(|&count| count <= rows);
        of(
            self.dns,
            &[
                self.dns_ts,
                self.queries,
                self.qtypes,
                self.rcodes,
                self.answers,
                self.dns_uids,
            ],
        ) && of(
            self.conn,
            &[
                self.conn_ts,
                self.ends,
                self.bytes,
                self.packets,
                self.histories,
                self.services,
                self.conn_uids,
            ],
        )
    }

    pub(super) fn merge(&mut self, other: &Self) {
        for (mine, theirs) in [
            (&mut self.dns, other.dns),
            (&mut self.dns_ts, other.dns_ts),
            (&mut self.queries, other.queries),
            (&mut self.qtypes, other.qtypes),
            (&mut self.rcodes, other.rcodes),
            (&mut self.answers, other.answers),
            (&mut self.dns_uids, other.dns_uids),
            (&mut self.conn, other.conn),
            (&mut self.conn_ts, other.conn_ts),
            (&mut self.ends, other.ends),
            (&mut self.bytes, other.bytes),
            (&mut self.packets, other.packets),
            (&mut self.histories, other.histories),
            (&mut self.services, other.services),
            (&mut self.conn_uids, other.conn_uids),
        ] {
            *mine += theirs;
        }
    }
}
