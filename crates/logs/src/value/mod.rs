//! Single values of a log: times, numbers, booleans, lists, escapes.
//!
//! In: the bytes of one field. Out: a typed value, or `None` where the bytes are not one.
//! Must not know: which log or column a value stands in.

mod escapes;
mod float;
mod list;
mod number;
mod time;

pub(crate) use escapes::{json_string, unescape};
pub use float::float;
pub use list::{List, ListStats};
pub(crate) use number::{count, number};
pub use number::{seconds, whole_seconds};
pub(crate) use time::time;
pub use time::{Micros, epoch_seconds};

/// A transport protocol as Zeek names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum Proto {
    /// `tcp`
    Tcp,
    /// `udp`
    Udp,
    /// `icmp`
    Icmp,
    /// Anything else, or unset.
    #[default]
    Other,
}

impl Proto {
    #[inline]
    pub(crate) fn parse(text: &[u8]) -> Self {
        match text {
            b"tcp" | b"TCP" => Self::Tcp,
            b"udp" | b"UDP" => Self::Udp,
            b"icmp" | b"ICMP" => Self::Icmp,
            _ => Self::Other,
        }
    }

    /// Zeek's name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Tcp => "tcp",
            Self::Udp => "udp",
            Self::Icmp => "icmp",
            Self::Other => "other",
        }
    }
}

/// `T`/`F` as in TSV, `true`/`false` as in JSON.
pub(crate) fn boolean(text: &[u8]) -> Option<bool> {
    match text {
        b"T" => Some(true),
        b"F" => Some(false),
        b"true" => Some(true),
        b"false" => Some(false),
        _ => None,
    }
}
