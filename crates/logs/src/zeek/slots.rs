//! The fields that are read, by Zeek's names and the names that sites give them.

/// A wanted field. The order is that of [`Slots`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Slot {
    Ts,
    Uid,
    OrigHost,
    OrigPort,
    RespHost,
    RespPort,
    Proto,
    // dns.log
    TransId,
    Rtt,
    Query,
    Qclass,
    Qtype,
    QtypeName,
    Rcode,
    RcodeName,
    Aa,
    Tc,
    Rd,
    Ra,
    Answers,
    Ttls,
    Rejected,
    // conn.log
    Service,
    Duration,
    OrigBytes,
    RespBytes,
    ConnState,
    LocalOrig,
    LocalResp,
    MissedBytes,
    History,
    OrigPkts,
    OrigIpBytes,
    RespPkts,
    RespIpBytes,
}

pub(crate) const SLOTS: usize = Slot::RespIpBytes as usize + 1;

impl Slot {
    /// The slot of a field. Zeek's `id.orig_h` is also met as `id_orig_h`
    /// (`Log::default_scope_sep`), as `orig_h` in a nested `id`, and as `src` (field name maps).
    pub(crate) fn named(name: &[u8]) -> Option<Self> {
        let name = match name {
            [b'i', b'd', b'.' | b'_', name @ ..] => name,
            name => name,
        };
        // By length first: each name is compared with the few that are as long.
        Some(match name.len() {
            2 => match name {
                b"ts" => Self::Ts,
                b"AA" => Self::Aa,
                b"TC" => Self::Tc,
                b"RD" => Self::Rd,
                b"RA" => Self::Ra,
                _ => return None,
            },
            3 => match name {
                b"uid" => Self::Uid,
                b"src" => Self::OrigHost,
                b"dst" => Self::RespHost,
                b"rtt" => Self::Rtt,
                _ => return None,
            },
            4 => match name {
                b"TTLs" => Self::Ttls,
                _ => return None,
            },
            5 => match name {
                b"proto" => Self::Proto,
                b"query" => Self::Query,
                b"qtype" => Self::Qtype,
                b"rcode" => Self::Rcode,
                _ => return None,
            },
            6 => match name {
                b"orig_h" => Self::OrigHost,
                b"orig_p" => Self::OrigPort,
                b"resp_h" => Self::RespHost,
                b"resp_p" => Self::RespPort,
                b"qclass" => Self::Qclass,
                _ => return None,
            },
            7 => match name {
                b"answers" => Self::Answers,
                b"service" => Self::Service,
                b"history" => Self::History,
                _ => return None,
            },
            8 => match name {
                b"src_port" => Self::OrigPort,
                b"dst_port" => Self::RespPort,
                b"trans_id" => Self::TransId,
                b"rejected" => Self::Rejected,
                b"duration" => Self::Duration,
                _ => return None,
            },
            9 => match name {
                b"orig_pkts" => Self::OrigPkts,
                b"resp_pkts" => Self::RespPkts,
                _ => return None,
            },
            10 => match name {
                b"qtype_name" => Self::QtypeName,
                b"rcode_name" => Self::RcodeName,
                b"orig_bytes" => Self::OrigBytes,
                b"resp_bytes" => Self::RespBytes,
                b"conn_state" => Self::ConnState,
                b"local_orig" => Self::LocalOrig,
                b"local_resp" => Self::LocalResp,
                _ => return None,
            },
            12 => match name {
                b"missed_bytes" => Self::MissedBytes,
                _ => return None,
            },
            13 => match name {
                b"orig_ip_bytes" => Self::OrigIpBytes,
                b"resp_ip_bytes" => Self::RespIpBytes,
                _ => return None,
            },
            _ => return None,
        })
    }

    /// Whether this is a site's name for a field: an enriched row may have Zeek's own as well.
    pub(crate) fn is_alias(name: &[u8]) -> bool {
        matches!(name, b"src" | b"src_port" | b"dst" | b"dst_port")
    }

    /// Whether a cut-off end makes another value of it: half a number is a number. `T` and `F`
    /// cannot be cut.
    pub(crate) fn is_number(self) -> bool {
        !matches!(
            self,
            Self::Uid
                | Self::Proto
                | Self::Query
                | Self::QtypeName
                | Self::RcodeName
                | Self::Service
                | Self::ConnState
                | Self::History
                | Self::Aa
                | Self::Tc
                | Self::Rd
                | Self::Ra
                | Self::Rejected
                | Self::LocalOrig
                | Self::LocalResp
        )
    }
}

/// What a row's fields are read from.
pub(crate) trait Row<'a>: Copy {
    /// A field's text: `None` where it is unset, or the row has none.
    fn get(&self, slot: Slot) -> Option<&'a [u8]>;

    /// The text of all fields that [`Codes`](crate::codes::Codes) are read from, where they stand side by side.
    fn codes(&self) -> Option<&'a [u8]> {
        None
    }
}

/// The wanted fields of one row; unset ones are `None`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Slots<'a>([Option<&'a [u8]>; SLOTS]);

impl Default for Slots<'_> {
    fn default() -> Self {
        Self([None; SLOTS])
    }
}

impl<'a> Row<'a> for &Slots<'a> {
    #[inline]
    fn get(&self, slot: Slot) -> Option<&'a [u8]> {
        self.0[slot as usize]
    }
}

impl<'a> Slots<'a> {
    pub(crate) fn set(&mut self, slot: Slot, text: Option<&'a [u8]>) {
        self.0[slot as usize] = text;
    }

    pub(crate) fn has(&self, slot: Slot) -> bool {
        self.get(slot).is_some()
    }
}
