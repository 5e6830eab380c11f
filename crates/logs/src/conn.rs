//! A row of `conn.log`.
//!
//! In: the row. Out: [`ConnRecord`], a view of them. Must not know: what a flow means.

use crate::fields::Fields;
use crate::value::{Micros, Proto};
use crate::zeek::{Row, Slot};

/// One connection (for UDP and ICMP: one flow) as Zeek logs it.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct ConnRecord<'a> {
    /// `ts`: its first packet.
    pub ts: Option<Micros>,
    /// `uid`: joins the row with `dns.log`.
    pub uid: Option<&'a [u8]>,
    /// `id.orig_h`: who opened it.
    pub orig_host: Option<&'a [u8]>,
    /// `id.orig_p`
    pub orig_port: Option<u16>,
    /// `id.resp_h`: to whom.
    pub resp_host: Option<&'a [u8]>,
    /// `id.resp_p`
    pub resp_port: Option<u16>,
    /// `proto`
    pub proto: Proto,
    /// `service`: protocols that Zeek recognised, joined by `,`.
    pub service: Option<&'a [u8]>,
    /// `duration`, in seconds.
    pub duration: Option<f64>,
    /// `orig_bytes`: payload sent by the originator.
    pub orig_bytes: Option<u64>,
    /// `resp_bytes`: payload sent by the responder.
    pub resp_bytes: Option<u64>,
    /// `conn_state`
    pub conn_state: Option<&'a [u8]>,
    /// `local_orig`
    pub local_orig: Option<bool>,
    /// `local_resp`
    pub local_resp: Option<bool>,
    /// `missed_bytes`
    pub missed_bytes: Option<u64>,
    /// `history`: a letter an event, upper case from the originator.
    pub history: Option<&'a [u8]>,
    /// `orig_pkts`
    pub orig_pkts: Option<u64>,
    /// `orig_ip_bytes`: with headers.
    pub orig_ip_bytes: Option<u64>,
    /// `resp_pkts`
    pub resp_pkts: Option<u64>,
    /// `resp_ip_bytes`: with headers.
    pub resp_ip_bytes: Option<u64>,
}

impl<'a> ConnRecord<'a> {
    pub(crate) fn new(fields: &mut Fields<'_, impl Row<'a>>) -> Self {
        Self {
            ts: fields.time(),
            uid: fields.text(Slot::Uid),
            orig_host: fields.text(Slot::OrigHost),
            orig_port: fields.number(Slot::OrigPort, "id.orig_p"),
            resp_host: fields.text(Slot::RespHost),
            resp_port: fields.number(Slot::RespPort, "id.resp_p"),
            proto: fields.proto(),
            service: fields.text(Slot::Service),
            duration: fields.seconds(Slot::Duration, "duration"),
            orig_bytes: fields.count(Slot::OrigBytes, "orig_bytes"),
            resp_bytes: fields.count(Slot::RespBytes, "resp_bytes"),
            conn_state: fields.text(Slot::ConnState),
            local_orig: fields.boolean(Slot::LocalOrig, "local_orig"),
            local_resp: fields.boolean(Slot::LocalResp, "local_resp"),
            missed_bytes: fields.count(Slot::MissedBytes, "missed_bytes"),
            history: fields.text(Slot::History),
            orig_pkts: fields.count(Slot::OrigPkts, "orig_pkts"),
            orig_ip_bytes: fields.count(Slot::OrigIpBytes, "orig_ip_bytes"),
            resp_pkts: fields.count(Slot::RespPkts, "resp_pkts"),
            resp_ip_bytes: fields.count(Slot::RespIpBytes, "resp_ip_bytes"),
        }
    }
}
