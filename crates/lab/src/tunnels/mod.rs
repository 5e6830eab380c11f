//! In: the name of a tool and its parameters. Out: what the tool leaves in the logs.
//!
//! Must not know: the benign population, file formats. One file a tool; at the
//! top of each is what the tool does on the wire. The generators imitate shapes
//! (names, sizes, gaps, types); they carry nothing and speak to nobody.

pub(crate) mod channel;
pub mod encode;

mod beacon;
mod dns2tcp;
mod dnscat2;
mod exfiltrator;
mod icmp;
mod iodine;
mod iodine_raw;
mod ozyman;
mod sliver;
mod slow;
mod words;

use crate::row::QType;
use channel::Channel;
pub use channel::Payload;
use encode::Encoding;

/// A tool that the lab imitates.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Tool {
    /// IP over DNS.
    Iodine,
    /// The same tool, past the resolver: no DNS rows.
    IodineRaw,
    /// A command channel with encrypted sessions.
    Dnscat2,
    /// TCP over DNS.
    Dns2tcp,
    /// A file in numbered pieces, as DNSExfiltrator sends it.
    Exfiltrator,
    /// A beacon with hexadecimal counters, as Cobalt Strike's.
    Beacon,
    /// An implant with dense long labels, as Sliver's.
    Sliver,
    /// SSH over DNS by OzymanDNS.
    Ozyman,
    /// One short label every few minutes.
    Slow,
    /// Common words as a code: long, but of low entropy.
    Words,
    /// Payload in pings: no DNS rows.
    Icmp,
}

/// Every tool with the word that names it.
pub const TOOLS: [(&str, Tool); 11] = [
    ("iodine", Tool::Iodine),
    ("iodine-raw", Tool::IodineRaw),
    ("dnscat2", Tool::Dnscat2),
    ("dns2tcp", Tool::Dns2tcp),
    ("exfiltrator", Tool::Exfiltrator),
    ("beacon", Tool::Beacon),
    ("sliver", Tool::Sliver),
    ("ozyman", Tool::Ozyman),
    ("slow", Tool::Slow),
    ("words", Tool::Words),
    ("icmp", Tool::Icmp),
];

/// How a tool is run.
#[derive(Debug, Clone, PartialEq)]
pub struct Params {
    /// Questions a second while there is data to carry (packets a second for ICMP and raw).
    pub rate: f64,
    /// Seconds between keep-alives while there is none; 0: silence.
    pub idle: f64,
    /// Share of the time in which there is data, 0 to 1.
    pub duty: f64,
    /// How far a gap strays, as a share of itself, 0 to 1.
    pub jitter: f64,
    /// Payload bytes a question at most; 0: as many as the name holds.
    pub chunk: usize,
    /// Payload bytes an answer at most.
    pub answer: usize,
    /// Share of the loaded time in which the data goes up rather than down, 0 to 1.
    pub up: f64,
    /// How payload is written in names.
    pub encoding: Encoding,
    /// How it is written in answers, where the tool has a choice; none: the tool's own.
    pub answers: Option<Encoding>,
    /// The record type; none: the tool's own mixture.
    pub qtype: Option<QType>,
    /// What is carried.
    pub payload: Payload,
    /// Seconds after the scenario's start; none: drawn.
    pub start: Option<f64>,
    /// Seconds that the channel lasts.
    pub duration: f64,
}

impl Tool {
    /// The word that names the tool.
    #[must_use]
    pub fn name(self) -> &'static str {
        TOOLS
            .iter()
            .find(|(_, tool)| *tool == self)
            .map_or("", |(name, _)| name)
    }

    /// The tool of a word.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        TOOLS
            .iter()
            .find(|(known, _)| *known == name)
            .map(|(_, tool)| *tool)
    }

    /// Does the tool leave rows in dns.log?
    #[must_use]
    pub fn speaks_dns(self) -> bool {
        !matches!(self, Self::IodineRaw | Self::Icmp)
    }

    /// The parameters that the tool has out of the box.
    #[must_use]
    pub fn defaults(self) -> Params {
        match self {
            Self::Iodine => iodine::defaults(),
            Self::IodineRaw => iodine_raw::defaults(),
            Self::Dnscat2 => dnscat2::defaults(),
            Self::Dns2tcp => dns2tcp::defaults(),
            Self::Exfiltrator => exfiltrator::defaults(),
            Self::Beacon => beacon::defaults(),
            Self::Sliver => sliver::defaults(),
            Self::Ozyman => ozyman::defaults(),
            Self::Slow => slow::defaults(),
            Self::Words => words::defaults(),
            Self::Icmp => icmp::defaults(),
        }
    }

    pub(crate) fn run(self, channel: &mut Channel<'_>) {
        match self {
            Self::Iodine => iodine::run(channel),
            Self::IodineRaw => iodine_raw::run(channel),
            Self::Dnscat2 => dnscat2::run(channel),
            Self::Dns2tcp => dns2tcp::run(channel),
            Self::Exfiltrator => exfiltrator::run(channel),
            Self::Beacon => beacon::run(channel),
            Self::Sliver => sliver::run(channel),
            Self::Ozyman => ozyman::run(channel),
            Self::Slow => slow::run(channel),
            Self::Words => words::run(channel),
            Self::Icmp => icmp::run(channel),
        }
    }
}

/// A base for the tools' defaults.
const BASE: Params = Params {
    rate: 1.0,
    idle: 0.0,
    duty: 1.0,
    jitter: 0.2,
    chunk: 0,
    answer: 60,
    up: 0.5,
    encoding: Encoding::Base32,
    answers: None,
    qtype: None,
    payload: Payload::Random,
    start: None,
    duration: 1_800.0,
};
