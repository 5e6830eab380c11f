//! In: nothing. Out: the shape of one row of dns.log and of conn.log.
//!
//! Must not know: who produced a row, whether it is benign, how it is written.

use std::borrow::Cow;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// The number of a DNS record type.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct QType(pub u16);

impl QType {
    /// IPv4 address.
    pub const A: Self = Self(1);
    /// Name server.
    pub const NS: Self = Self(2);
    /// Canonical name.
    pub const CNAME: Self = Self(5);
    /// Start of authority.
    pub const SOA: Self = Self(6);
    /// Arbitrary bytes.
    pub const NULL: Self = Self(10);
    /// Name of an address.
    pub const PTR: Self = Self(12);
    /// Mail exchanger.
    pub const MX: Self = Self(15);
    /// Text.
    pub const TXT: Self = Self(16);
    /// Public key (obsolete).
    pub const KEY: Self = Self(25);
    /// IPv6 address.
    pub const AAAA: Self = Self(28);
    /// Service.
    pub const SRV: Self = Self(33);
    /// Delegation signer.
    pub const DS: Self = Self(43);
    /// Zone key.
    pub const DNSKEY: Self = Self(48);
    /// Service binding of HTTPS.
    pub const HTTPS: Self = Self(65);
    /// Private use, as iodine asks for it.
    pub const PRIVATE: Self = Self(65_399);

    const NAMES: [(Self, &'static str); 14] = [
        (Self::A, "A"),
        (Self::NS, "NS"),
        (Self::CNAME, "CNAME"),
        (Self::SOA, "SOA"),
        (Self::NULL, "NULL"),
        (Self::PTR, "PTR"),
        (Self::MX, "MX"),
        (Self::TXT, "TXT"),
        (Self::KEY, "KEY"),
        (Self::AAAA, "AAAA"),
        (Self::SRV, "SRV"),
        (Self::DS, "DS"),
        (Self::DNSKEY, "DNSKEY"),
        (Self::HTTPS, "HTTPS"),
    ];

    /// The type's name as Zeek writes it: `A`, `TXT`, `query-65399`.
    #[must_use]
    pub fn name(self) -> String {
        Self::NAMES
            .iter()
            .find(|(qtype, _)| *qtype == self)
            .map_or_else(|| format!("query-{}", self.0), |(_, name)| (*name).into())
    }

    /// The type of a name in any case; `private` is 65399.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        if name.eq_ignore_ascii_case("private") {
            return Some(Self::PRIVATE);
        }
        Self::NAMES
            .iter()
            .find(|(_, known)| known.eq_ignore_ascii_case(name))
            .map(|(qtype, _)| *qtype)
    }
}

/// The transport of a flow.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Proto {
    /// UDP.
    Udp,
    /// TCP.
    Tcp,
    /// ICMP: the ports of the row are type and code.
    Icmp,
}

impl Proto {
    /// As Zeek writes it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Udp => "udp",
            Self::Tcp => "tcp",
            Self::Icmp => "icmp",
        }
    }
}

/// One answer: what Zeek writes of it, and how much of the message it takes.
#[derive(Debug, Clone, PartialEq)]
pub struct Answer {
    /// The text of `answers`: an address, a name, `TXT 3 abc`; bytes, since tunnels answer in them.
    pub text: Vec<u8>,
    /// Time to live, seconds.
    pub ttl: f64,
    /// Bytes of the record on the wire, its owner's name compressed.
    pub wire: u64,
}

impl Answer {
    fn new(text: impl Into<Vec<u8>>, ttl: u32, data: usize) -> Self {
        Self {
            text: text.into(),
            ttl: f64::from(ttl),
            wire: 12 + data as u64,
        }
    }

    /// An address record, A or AAAA.
    #[must_use]
    pub fn address(address: IpAddr, ttl: u32) -> Self {
        let size = if address.is_ipv4() { 4 } else { 16 };
        Self::new(address.to_string(), ttl, size)
    }

    /// A record whose data is a name: CNAME, NS, PTR, MX, SRV; `extra` bytes stand before it.
    #[must_use]
    pub fn name(name: impl Into<Vec<u8>>, ttl: u32, extra: usize) -> Self {
        let name = name.into();
        let size = name.len() + 2 + extra;
        Self::new(name, ttl, size)
    }

    /// A TXT record; text longer than 255 bytes is cut into several strings.
    #[must_use]
    pub fn txt(text: &[u8], ttl: u32) -> Self {
        Self::txt_of(text.chunks(255), ttl)
    }

    /// A TXT record of these strings, none longer than 255 bytes.
    #[must_use]
    pub fn txt_of<'a>(parts: impl IntoIterator<Item = &'a [u8]>, ttl: u32) -> Self {
        let mut written = Vec::new();
        let mut size = 0;
        for (index, part) in parts.into_iter().enumerate() {
            if index > 0 {
                written.push(b' ');
            }
            written.extend_from_slice(format!("TXT {} ", part.len()).as_bytes());
            written.extend_from_slice(part);
            size += 1 + part.len();
        }
        if size == 0 {
            written.extend_from_slice(b"TXT 0 ");
            size = 1;
        }
        Self::new(written, ttl, size)
    }

    /// A record of a type that Zeek does not read (NULL, KEY, private): `<unknown type=10>`.
    #[must_use]
    pub fn unknown(qtype: QType, ttl: u32, size: usize) -> Self {
        Self::new(format!("<unknown type={}>", qtype.0), ttl, size)
    }

    /// A record that Zeek writes as a fixed text (DS, DNSKEY, RRSIG).
    #[must_use]
    pub fn fixed(text: &str, ttl: u32, size: usize) -> Self {
        Self::new(text, ttl, size)
    }
}

/// One row of dns.log: a question and what came back.
#[derive(Debug, Clone, PartialEq)]
pub struct DnsRow {
    /// Time of the question, seconds since 1970.
    pub ts: f64,
    /// The flow, shared with conn.log.
    pub uid: String,
    /// Who asked.
    pub client: IpAddr,
    /// From which port.
    pub client_port: u16,
    /// Who was asked.
    pub server: IpAddr,
    /// At which port.
    pub server_port: u16,
    /// Transport.
    pub proto: Proto,
    /// Number of the message.
    pub trans_id: u16,
    /// Seconds to the answer; none without an answer.
    pub rtt: Option<f64>,
    /// The name in lower case, raw bytes, no dot at its end.
    pub query: Vec<u8>,
    /// What was asked.
    pub qtype: QType,
    /// Code of the answer; none without an answer.
    pub rcode: Option<u16>,
    /// The answer came from an authority.
    pub authoritative: bool,
    /// The answer was cut short by its sender.
    pub truncated: bool,
    /// Recursion was wanted.
    pub recursion: bool,
    /// The answer offered recursion.
    pub recursion_available: bool,
    /// The records of the answer.
    pub answers: Vec<Answer>,
    /// The answer refused the question.
    pub rejected: bool,
}

impl DnsRow {
    /// Is the name `domain` (lower case) itself or below it?
    #[must_use]
    pub fn is_under(&self, domain: &str) -> bool {
        self.query
            .strip_suffix(domain.as_bytes())
            .is_some_and(|rest| rest.is_empty() || rest.ends_with(b"."))
    }
}

/// One row of conn.log.
#[derive(Debug, Clone, PartialEq)]
pub struct ConnRow {
    /// Time of the first packet, seconds since 1970.
    pub ts: f64,
    /// The flow.
    pub uid: String,
    /// Who opened it.
    pub client: IpAddr,
    /// From which port (ICMP: the type).
    pub client_port: u16,
    /// To whom.
    pub server: IpAddr,
    /// At which port (ICMP: the code).
    pub server_port: u16,
    /// Transport.
    pub proto: Proto,
    /// What Zeek recognised in it.
    pub service: Option<&'static str>,
    /// Seconds from the first to the last packet.
    pub duration: Option<f64>,
    /// Payload bytes of the opener.
    pub orig_bytes: Option<u64>,
    /// Payload bytes of the other.
    pub resp_bytes: Option<u64>,
    /// `SF`, `S0`, …
    pub state: &'static str,
    /// `ShADadFf`, `Dd`, …; empty is written as unset.
    pub history: Cow<'static, str>,
    /// Packets of the opener.
    pub orig_pkts: u64,
    /// Bytes of the opener with IP headers.
    pub orig_ip_bytes: u64,
    /// Packets of the other.
    pub resp_pkts: u64,
    /// Bytes of the other with IP headers.
    pub resp_ip_bytes: u64,
}

/// Is the address one of the generated network's own?
#[must_use]
pub fn is_local(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(v4) => v4.is_private() || v4.is_link_local(),
        IpAddr::V6(v6) => v6.is_unicast_link_local() || v6.is_unique_local(),
    }
}

/// Addresses per /24 network of clients; each has a resolver.
const PER_NETWORK: usize = 60;

/// The address of client `index`: 10.20.(10+n).20 and up, sixty a network.
#[must_use]
pub fn client_address(index: usize) -> IpAddr {
    let network = 10 + (index / PER_NETWORK) % 240;
    let host = 20 + index % PER_NETWORK;
    IpAddr::V4(Ipv4Addr::new(10, 20, network as u8, host as u8))
}

/// The resolver that client `index` asks.
#[must_use]
pub fn resolver_address(index: usize) -> IpAddr {
    let network = 10 + (index / PER_NETWORK) % 240;
    IpAddr::V4(Ipv4Addr::new(10, 20, network as u8, 1))
}

/// The address of a server of the network: 10.20.2.`host`.
#[must_use]
pub fn server_address(host: u8) -> IpAddr {
    IpAddr::V4(Ipv4Addr::new(10, 20, 2, host))
}

/// A public-looking IPv4 address, a function of `hash` alone.
///
/// Nothing is ever sent to it; like every address of the lab it is made up.
#[must_use]
pub fn public_v4(hash: u64) -> Ipv4Addr {
    const FIRST: [u8; 12] = [23, 34, 45, 62, 78, 91, 104, 139, 151, 185, 193, 212];
    let first = FIRST[(hash >> 56) as usize % FIRST.len()];
    Ipv4Addr::new(
        first,
        16 + (hash >> 40) as u8 % 200,
        (hash >> 24) as u8,
        1 + (hash >> 8) as u8 % 250,
    )
}

/// An IPv6 address of the documentation network, a function of `hash` alone.
#[must_use]
pub fn public_v6(hash: u64) -> Ipv6Addr {
    Ipv6Addr::new(
        0x2001,
        0x0db8,
        (hash >> 48) as u16 & 0xff,
        (hash >> 32) as u16,
        0,
        0,
        (hash >> 16) as u16 & 0xfff,
        hash as u16,
    )
}
