//! What can go wrong with a look-up, each kind with its own sentence and next step.
//!
//! In: statuses and errors of whoever asked. Out: a [`Problem`], which prints itself.
//! Must not know: what was asked (a sentence never quotes a name, a key or an answer).

use serde::{Deserialize, Serialize};

/// Why there is no record. "Not found", "not supported" and "refused" are three things: the first
/// says something of the domain, the second of its registry, the third of the asker.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Problem {
    /// The registry itself says that the domain is not registered.
    NotRegistered,
    /// VirusTotal has never seen it.
    Unknown,
    /// No server of this top-level domain is known that could be asked this way.
    NotSupported {
        /// The top-level domain.
        tld: String,
        /// Whether a relay could ask by whois.
        by_relay: bool,
    },
    /// The server will not answer this asker.
    Refused {
        /// The status it gave.
        status: u16,
    },
    /// The key was not accepted.
    BadKey,
    /// There is no key.
    NoKey,
    /// The quota is used up, or questions come too fast.
    Quota {
        /// Seconds after which to ask again, where the server says.
        again_in: Option<u32>,
        /// The day's share is gone, not the minute's.
        day: bool,
    },
    /// The server has a failure of its own.
    Outage {
        /// The status it gave.
        status: u16,
    },
    /// The answer took too long.
    Slow,
    /// The server could not be reached, or the browser did not let the answer through.
    Unreachable {
        /// It was asked straight from a browser.
        from_browser: bool,
    },
    /// The answer is not what such a server answers.
    Broken,
    /// The answer is larger than any real one.
    TooLarge,
    /// The answer pointed to an address that was not agreed to, or round in a circle.
    Elsewhere,
    /// The relay did not take the request.
    Relay {
        /// Its own sentence.
        why: String,
    },
}

impl Problem {
    /// The word in attributes and exports.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::NotRegistered => "not-registered",
            Self::Unknown => "unknown",
            Self::NotSupported { .. } => "not-supported",
            Self::Refused { .. } => "refused",
            Self::BadKey => "bad-key",
            Self::NoKey => "no-key",
            Self::Quota { .. } => "quota",
            Self::Outage { .. } => "outage",
            Self::Slow => "slow",
            Self::Unreachable { .. } => "unreachable",
            Self::Broken => "broken",
            Self::TooLarge => "too-large",
            Self::Elsewhere => "elsewhere",
            Self::Relay { .. } => "relay",
        }
    }

    /// Whether it says something of the subject itself, so that asking again tomorrow is no use.
    #[must_use]
    pub fn is_an_answer(&self) -> bool {
        matches!(
            self,
            Self::NotRegistered | Self::Unknown | Self::NotSupported { .. }
        )
    }

    /// Whether the server, and not the question, is at fault.
    #[must_use]
    pub fn is_of_the_server(&self) -> bool {
        matches!(
            self,
            Self::Outage { .. } | Self::Slow | Self::Unreachable { .. } | Self::TooLarge
        )
    }

    /// Whether asking the next subject would fail the same way: the queue stops.
    #[must_use]
    pub fn stops_the_queue(&self) -> bool {
        matches!(
            self,
            Self::BadKey | Self::NoKey | Self::Quota { day: true, .. } | Self::Relay { .. }
        )
    }
}

impl std::fmt::Display for Problem {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::NotRegistered => f.write_str(
                "The registry says that this domain is not registered (now; it may have been when \
                 the log was written).",
            ),
            Self::Unknown => f.write_str("VirusTotal has never seen it. That is no judgement."),
            Self::NotSupported { tld, by_relay: true } => write!(
                f,
                "No RDAP server is known for .{tld}. A relay (wakeful serve) can ask by whois: set \
                 its address and look up again."
            ),
            Self::NotSupported { tld, by_relay: false } => write!(
                f,
                "No RDAP and no whois server is known for .{tld}: its registry cannot be asked. Look \
                 at the registry's own site."
            ),
            Self::Refused { status } => write!(
                f,
                "The server refused to answer (status {status}). It may ask for a login, or block \
                 this network; try later or from another network."
            ),
            Self::BadKey => f.write_str(
                "VirusTotal did not accept the key. Check it on your VirusTotal profile, correct it, \
                 and resume.",
            ),
            Self::NoKey => f.write_str(
                "There is no key for VirusTotal. Type one, or start the relay with one in \
                 WAKEFUL_VT_KEY, and resume.",
            ),
            Self::Quota { day: true, .. } => f.write_str(
                "The day's quota is used up. What is left stays in the queue; resume after midnight \
                 UTC.",
            ),
            Self::Quota { again_in: Some(seconds), .. } => write!(
                f,
                "Questions come faster than the quota allows. The next one waits {seconds} s."
            ),
            Self::Quota { again_in: None, .. } => f.write_str(
                "Questions come faster than the quota allows. The next one waits a minute.",
            ),
            Self::Outage { status } => write!(
                f,
                "The server has a failure of its own (status {status}). Ask again in some minutes."
            ),
            Self::Slow => write!(
                f,
                "The server did not answer within {} s. Ask again later.",
                crate::PATIENCE
            ),
            Self::Unreachable { from_browser: true } => f.write_str(
                "The server could not be reached, or it does not let pages of browsers read its \
                 answer (CORS). Check the network, or ask through a relay (wakeful serve).",
            ),
            Self::Unreachable { from_browser: false } => f.write_str(
                "The server could not be reached from the relay's machine. Check its network and \
                 ask again.",
            ),
            Self::Broken => f.write_str(
                "The answer is not in the form that such servers use. Ask again; if it \
                 stays so, the server has changed.",
            ),
            Self::TooLarge => write!(
                f,
                "The answer was cut off at {} kB: no real one is so large. The server is broken or \
                 hostile; do not ask it again.",
                crate::ANSWER_BYTES / 1024
            ),
            Self::Elsewhere => f.write_str(
                "The server sent the question on to an address that is not on the list. It was not \
                 followed. Update the list of registries, or ask the registry by hand.",
            ),
            Self::Relay { why } => write!(f, "The relay did not take the question: {why}"),
        }
    }
}
