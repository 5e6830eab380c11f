//! A row of `dns.log` as far as an analysis needs it.
//!
//! In: a record. Out: [`DnsRow`], whose parts follow from the record alone. Must not know: channels.

use super::answers::Answers;
use crate::hash::mixed;
use wakeful_logs::{DnsRecord, Micros};

/// A row, as it is counted.
#[derive(Debug, Clone, Copy)]
pub(crate) struct DnsRow<'a> {
    /// When.
    pub(crate) ts: Option<Micros>,
    /// The name, decoded.
    pub(crate) query: Option<&'a [u8]>,
    /// Who asked.
    pub(crate) client: Option<&'a [u8]>,
    /// Who was asked.
    pub(crate) server: Option<&'a [u8]>,
    /// The hash of the `uid`.
    pub(crate) uid: Option<u64>,
    /// The record type's number.
    pub(crate) qtype: Option<u16>,
    /// The response code.
    pub(crate) rcode: Option<u16>,
    /// Whether it is multicast DNS, LLMNR or NetBIOS: these stay on the link, and no one outside hears them.
    pub(crate) on_link: bool,
    /// Whether the answers are set.
    pub(crate) answered: bool,
    /// The answers.
    pub(crate) answers: Answers<'a>,
}

impl<'a> DnsRow<'a> {
    /// A record's.
    pub(crate) fn of(record: &'a DnsRecord<'a>) -> Self {
        Self {
            ts: record.ts,
            query: record.query,
            client: record.client,
            server: record.server,
            uid: record.uid.map(mixed),
            qtype: record.qtype,
            rcode: record.rcode,
            on_link: matches!(record.server_port, Some(5353 | 5355 | 137)),
            answered: !record.answers.is_unset(),
            answers: Answers::Record(record),
        }
    }
}
