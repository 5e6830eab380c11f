//! A row as far as an analysis needs it.
//!
//! In: a record. Out: [`DnsRow`], whose parts follow from the record alone; [`ConnTexts`] of a row of `conn.log`. Must
//! not know: channels.

use super::answers::Answers;
use super::text::Text;
use crate::hash::mixed;
use wakeful_logs::{ConnRecord, DnsRecord, Micros};

/// A row, as it is counted.
#[derive(Debug, Clone, Copy)]
pub(crate) struct DnsRow<'a> {
    /// When.
    pub(crate) ts: Option<Micros>,
    /// The name, decoded.
    pub(crate) query: Option<Text<'a>>,
    /// Who asked.
    pub(crate) client: Option<Text<'a>>,
    /// Who was asked.
    pub(crate) server: Option<Text<'a>>,
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
            query: record.query.map(Text::new),
            client: record.client.map(Text::new),
            server: record.server.map(Text::new),
            uid: record.uid.map(mixed),
            qtype: record.qtype,
            rcode: record.rcode,
            on_link: matches!(record.server_port, Some(5353 | 5355 | 137)),
            answered: !record.answers.is_unset(),
            answers: Answers::Record(record),
        }
    }
}

/// The texts of a row of `conn.log` that an analysis gives numbers.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ConnTexts<'a> {
    /// Who opened it.
    pub(crate) client: Option<Text<'a>>,
    /// The other end.
    pub(crate) peer: Option<Text<'a>>,
    /// What went to and fro.
    pub(crate) history: Option<Text<'a>>,
}

impl<'a> ConnTexts<'a> {
    /// A record's.
    pub(crate) fn of(record: &ConnRecord<'a>) -> Self {
        Self {
            client: record.orig_host.map(Text::new),
            peer: record.resp_host.map(Text::new),
            history: record.history.map(Text::new),
        }
    }
}
