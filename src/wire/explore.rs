//! What crosses about channels in bulk: their features, for plots.

use serde::{Deserialize, Serialize};

/// Which channels.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum Family {
    /// A client and a registered domain.
    #[default]
    Dns,
    /// A client and a peer, over DNS's port.
    Flow,
}

/// A feature of every channel that was sent.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Measure {
    /// Its name: of the feature list, or `score`, `pcr`.
    pub name: String,
    /// What it is, in a sentence or two.
    pub about: String,
    /// What it counts.
    pub unit: MeasureUnit,
    /// Whether it spans orders of magnitude.
    pub log: bool,
    /// One value a channel, in the order of [`Channels::who`].
    pub values: Vec<f32>,
    /// How it is spread over all judged channels of a client: those clients with the greatest values.
    pub clients: Vec<SpreadLine>,
    /// The same of domains or peers.
    pub others: Vec<SpreadLine>,
}

/// How a measure is spread over the channels of one client, or of one domain.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SpreadLine {
    /// Address or domain.
    pub name: String,
    /// Its judged channels.
    pub channels: u64,
    /// The least value, the quartiles with the median between them, the greatest value.
    pub numbers: [f32; 5],
}

/// What a measure counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum MeasureUnit {
    /// A number without a unit.
    Plain,
    /// Things.
    Count,
    /// A part of a whole.
    Share,
    /// Bytes.
    Bytes,
    /// Seconds.
    Seconds,
}

/// Channels with their features; a sample where there are many.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Channels {
    /// Client and domain or peer of each, as text.
    pub who: Vec<(String, String)>,
    /// The id of its finding, where it has one.
    pub findings: Vec<Option<String>>,
    /// Records of each.
    pub records: Vec<u64>,
    /// Features.
    pub measures: Vec<Measure>,
    /// How many channels there are in all.
    pub total: u64,
    /// How many of those have enough rows to be judged.
    pub judged: u64,
    /// Per client over all channels, those with the most channels first.
    pub clients: Tally,
    /// Per domain or peer, those with the most clients first.
    pub others: Tally,
}

/// Sums per client, or per domain.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Tally {
    /// The first ones.
    pub lines: Vec<TallyLine>,
    /// How many there are in all.
    pub total: u64,
}

/// One client, or one domain.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct TallyLine {
    /// Address or domain.
    pub name: String,
    /// Its channels.
    pub channels: u64,
    /// Their records.
    pub records: u64,
    /// The greatest score among them; 0 where none was judged.
    pub score: f64,
}
