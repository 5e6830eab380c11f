//! A row of `dns.log`.
//!
//! In: the row. Out: [`DnsRecord`], a view of them. Must not know: what a query means.

use crate::codes::Known;
use crate::fields::Fields;
use crate::value::{List, Micros, Proto};
use crate::zeek::{Row, Slot};

/// One DNS transaction as Zeek logs it: a query with the answer that came, if one came.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct DnsRecord<'a> {
    /// `ts`: when the query was seen.
    pub ts: Option<Micros>,
    /// `uid`: joins the row with `conn.log`.
    pub uid: Option<&'a [u8]>,
    /// `id.orig_h`: who asked.
    pub client: Option<&'a [u8]>,
    /// `id.orig_p`
    pub client_port: Option<u16>,
    /// `id.resp_h`: whom it asked.
    pub server: Option<&'a [u8]>,
    /// `id.resp_p`
    pub server_port: Option<u16>,
    /// `proto`
    pub proto: Proto,
    /// `rtt`: seconds from query to answer.
    pub rtt: Option<f64>,
    /// `query`: the name, decoded; no bytes for the root.
    pub query: Option<&'a [u8]>,
    /// `qclass`
    pub qclass: Option<u16>,
    /// `qtype`: the record type's number, from its name where the log has only that.
    pub qtype: Option<u16>,
    /// `rcode`: `None` where no answer was seen.
    pub rcode: Option<u16>,
    /// `AA`
    pub authoritative: Option<bool>,
    /// `TC`
    pub truncated: Option<bool>,
    /// `RD`
    pub recursion_desired: Option<bool>,
    /// `RA`
    pub recursion_available: Option<bool>,
    /// `answers`
    pub answers: List<'a>,
    /// `TTLs`, in seconds.
    pub ttls: List<'a>,
    /// `rejected`
    pub rejected: Option<bool>,
}

impl<'a> DnsRecord<'a> {
    pub(crate) fn new(fields: &mut Fields<'_, impl Row<'a>>, known: &mut Known) -> Self {
        // In the order of Zeek's columns, as what is wrong with them is told.
        let ts = fields.time();
        let client_port = fields.number(Slot::OrigPort, "id.orig_p");
        let server_port = fields.number(Slot::RespPort, "id.resp_p");
        let rtt = fields.seconds(Slot::Rtt, "rtt");
        let codes = known.codes(fields);
        Self {
            ts,
            uid: fields.text(Slot::Uid),
            client: fields.text(Slot::OrigHost),
            client_port,
            server: fields.text(Slot::RespHost),
            server_port,
            proto: fields.proto(),
            rtt,
            query: fields.text(Slot::Query),
            qclass: codes.qclass,
            qtype: codes.qtype,
            rcode: codes.rcode,
            authoritative: codes.authoritative,
            truncated: codes.truncated,
            recursion_desired: codes.recursion_desired,
            recursion_available: codes.recursion_available,
            answers: fields.list(Slot::Answers),
            ttls: fields.list(Slot::Ttls),
            rejected: fields.boolean(Slot::Rejected, "rejected"),
        }
    }
}

/// Record types by number (IANA's registry), as Zeek spells them.
const QTYPES: &[(u16, &str)] = &[
    (1, "A"),
    (2, "NS"),
    (5, "CNAME"),
    (6, "SOA"),
    (10, "NULL"),
    (11, "WKS"),
    (12, "PTR"),
    (13, "HINFO"),
    (15, "MX"),
    (16, "TXT"),
    (24, "SIG"),
    (25, "KEY"),
    (28, "AAAA"),
    (29, "LOC"),
    (33, "SRV"),
    (35, "NAPTR"),
    (39, "DNAME"),
    (41, "EDNS"),
    (43, "DS"),
    (44, "SSHFP"),
    (46, "RRSIG"),
    (47, "NSEC"),
    (48, "DNSKEY"),
    (50, "NSEC3"),
    (52, "TLSA"),
    (64, "SVCB"),
    (65, "HTTPS"),
    (99, "SPF"),
    (250, "TSIG"),
    (252, "AXFR"),
    (255, "*"),
    (257, "CAA"),
];

/// A record type's name: `TXT` for 16, `TYPE65399` for one without a name.
#[must_use]
pub fn qtype_name(number: u16) -> String {
    QTYPES
        .iter()
        .find(|(known, _)| *known == number)
        .map_or_else(|| format!("TYPE{number}"), |(_, name)| (*name).to_owned())
}

/// A record type's number, from Zeek's name for it (`TXT`, `*`, `query-65399`, `TYPE65399`).
#[must_use]
pub fn qtype_number(name: &[u8]) -> Option<u16> {
    let name = std::str::from_utf8(name).ok()?;
    QTYPES
        .iter()
        .find(|(_, known)| known.eq_ignore_ascii_case(name))
        .map(|(number, _)| *number)
        .or_else(|| {
            name.strip_prefix("query-")
                .or_else(|| name.strip_prefix("TYPE"))?
                .parse()
                .ok()
        })
}

const RCODES: &[&str] = &[
    "NOERROR", "FORMERR", "SERVFAIL", "NXDOMAIN", "NOTIMP", "REFUSED", "YXDOMAIN", "YXRRSET",
    "NXRRSET", "NOTAUTH", "NOTZONE",
];

/// A response code's name: `NXDOMAIN` for 3, `RCODE23` for one without a name.
#[must_use]
pub fn rcode_name(number: u16) -> String {
    RCODES
        .get(usize::from(number))
        .map_or_else(|| format!("RCODE{number}"), |name| (*name).to_owned())
}

pub(crate) fn rcode_number(name: &[u8]) -> Option<u16> {
    let position = RCODES
        .iter()
        .position(|known| known.as_bytes().eq_ignore_ascii_case(name))?;
    u16::try_from(position).ok()
}
