//! Look-ups: what may be asked, of whom, how fast, and what the answers say.
//!
//! In: names and addresses of findings, answers of VirusTotal, of RDAP and whois servers, the time
//! (seconds since 1970, always passed in). Out: a plan to consent to, what to ask next, records,
//! problems in sentences.
//! Must not know: how a request is sent. Nothing here opens a connection or looks at a clock, and
//! the same code runs in the page's look-up tab and in the relay.

pub mod bootstrap;
pub mod date;
pub mod memory;
pub mod plan;
pub mod problem;
pub mod queue;
pub mod rdap;
pub mod subject;
pub mod virustotal;
pub mod whois;
pub mod wire;

use serde::{Deserialize, Serialize};

pub use problem::Problem;
pub use subject::Subject;

/// Bytes of an answer, at most. The largest real ones (VirusTotal's) stay below 200 kB.
pub const ANSWER_BYTES: usize = 1 << 20;

/// Seconds that an answer may take.
pub const PATIENCE: u32 = 20;

/// How often an answer may point elsewhere.
pub const REDIRECTS: u8 = 3;

/// The two things that can be looked up, each switched on by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Service {
    /// What VirusTotal's engines say.
    Reputation,
    /// When, and through whom, a domain was registered.
    Registration,
}

impl Service {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Reputation, Self::Registration];

    /// The word in attributes and exports.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Reputation => "reputation",
            Self::Registration => "registration",
        }
    }
}

/// What was learnt of a subject.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Record {
    /// Of VirusTotal.
    Reputation(virustotal::Reputation),
    /// Of a registry.
    Registration(rdap::Registration),
}

/// One look-up that was made, with its date.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Entry {
    /// What was asked.
    pub service: Service,
    /// Of what.
    pub subject: Subject,
    /// When it was answered, seconds since 1970.
    pub at: f64,
    /// The host that was asked.
    pub host: String,
    /// What came of it.
    pub outcome: Result<Record, Problem>,
}
