//! What may be sent: a registered domain or a public address, and nothing else.
//!
//! In: text out of a report. Out: a [`Subject`], or nothing. Every request is made from a subject,
//! so a full query name, which may carry the very data that is leaking, cannot be sent.
//! Must not know: who asks.

use serde::{Deserialize, Serialize};
use std::net::IpAddr;

/// A registered domain or a public address.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Subject {
    /// In lower case, ASCII (`xn--…` where it is international), without a final dot.
    Domain(String),
    /// An address that can be routed in the Internet.
    Address(IpAddr),
}

impl Subject {
    /// The registered domain of a name: the public suffix and one label more, by the public suffix
    /// list. Only suffixes that the list knows count, and of its two parts only ICANN's: what lies
    /// below `github.io` is a customer's name, and no registry knows it. `None` for anything else:
    /// local names, suffixes alone, odd bytes.
    #[must_use]
    pub fn domain(name: &str) -> Option<Self> {
        let name = name.strip_suffix('.').unwrap_or(name).to_ascii_lowercase();
        if name.len() > 253 || !name.split('.').all(is_label) {
            return None;
        }
        let starts: Vec<usize> = std::iter::once(0)
            .chain(name.match_indices('.').map(|(dot, _)| dot + 1))
            .collect();
        // The longest suffix of ICANN's part: the first from the left that is one.
        let suffix = starts.iter().position(|&at| is_icann_suffix(&name[at..]))?;
        let registered = starts[suffix.checked_sub(1)?];
        Some(Self::Domain(name[registered..].to_owned()))
    }

    /// An address, where it is one that others can know of.
    #[must_use]
    pub fn address(text: &str) -> Option<Self> {
        let address: IpAddr = text.parse().ok()?;
        is_public(address).then_some(Self::Address(address))
    }

    /// A domain or an address.
    #[must_use]
    pub fn of(text: &str) -> Option<Self> {
        Self::address(text).or_else(|| match text.parse::<IpAddr>() {
            Ok(_) => None,
            Err(_) => Self::domain(text),
        })
    }

    /// The top-level domain; `None` for an address.
    #[must_use]
    pub fn tld(&self) -> Option<&str> {
        match self {
            Self::Domain(name) => name.rsplit('.').next(),
            Self::Address(_) => None,
        }
    }

    /// VirusTotal's page about it, for people: a plain link that needs no key.
    #[must_use]
    pub fn virustotal_page(&self) -> String {
        match self {
            Self::Domain(name) => format!("https://www.virustotal.com/gui/domain/{name}"),
            Self::Address(address) => {
                format!("https://www.virustotal.com/gui/ip-address/{address}")
            }
        }
    }
}

fn is_icann_suffix(name: &str) -> bool {
    wakeful_suffixes::suffix(name.as_bytes()).is_some_and(|suffix| {
        suffix.bytes == name.as_bytes() && suffix.kind == Some(wakeful_suffixes::Kind::Icann)
    })
}

fn is_label(label: &str) -> bool {
    (1..=63).contains(&label.len())
        && !label.starts_with('-')
        && !label.ends_with('-')
        && label
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
}

/// Whether an address can be routed in the Internet (the special-purpose registries of RFC 6890).
#[must_use]
pub fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(v4) => {
            let [a, b, c, _] = v4.octets();
            !(v4.is_private()
                || v4.is_loopback()
                || v4.is_link_local()
                || v4.is_multicast()
                || v4.is_documentation()
                || a == 0
                || a >= 240
                || (a == 100 && (64..128).contains(&b))
                || (a == 192 && b == 0 && c == 0)
                || (a == 198 && (18..20).contains(&b)))
        }
        IpAddr::V6(v6) => {
            let first = v6.segments()[0];
            // 2000::/3 is all that is given out; documentation and 6to4 of private space aside.
            (0x2000..0x4000).contains(&first)
                && v6.segments()[..2] != [0x2001, 0xdb8]
                && v6.to_ipv4_mapped().is_none()
        }
    }
}

impl std::fmt::Display for Subject {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Domain(name) => f.write_str(name),
            Self::Address(address) => address.fmt(f),
        }
    }
}

impl From<Subject> for String {
    fn from(subject: Subject) -> Self {
        subject.to_string()
    }
}

impl TryFrom<String> for Subject {
    type Error = String;

    /// Only what is a subject already: a name below its registered domain is an error here, so that
    /// a message cannot smuggle one.
    fn try_from(text: String) -> Result<Self, String> {
        match Self::of(&text) {
            Some(subject) if subject.to_string() == text => Ok(subject),
            _ => Err("not a registered domain or a public address".to_owned()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn domain(name: &str) -> Option<String> {
        Subject::domain(name).map(|subject| subject.to_string())
    }

    #[test]
    fn only_the_registered_domain_is_left_of_a_name() {
        for (name, expected) in [
            ("c2VjcmV0.t1.evil.com.", "evil.com"),
            ("EVIL.co.UK", "evil.co.uk"),
            ("a.b.xn--bcher-kva.de", "xn--bcher-kva.de"),
            ("secret.customer.github.io", "github.io"),
            ("secret.bucket.s3.amazonaws.com", "amazonaws.com"),
        ] {
            assert_eq!(domain(name).as_deref(), Some(expected), "{name}");
        }
    }

    #[test]
    fn local_names_suffixes_and_odd_bytes_are_never_sent() {
        for name in [
            "com",
            "co.uk",
            "printer.local",
            "host.corp",
            "intranet",
            "",
            ".",
            "a..com",
            "evil.com/../x",
            "evil.com:80",
            "evil.com?x=1",
            "e\u{301}vil.com",
            "-a.com",
            "a b.com",
            "evil.com\r\nHost: x",
        ] {
            assert_eq!(domain(name), None, "{name:?}");
        }
    }

    #[test]
    fn private_addresses_are_never_sent() {
        for text in [
            "10.0.0.1",
            "192.168.1.1",
            "172.16.0.1",
            "127.0.0.1",
            "169.254.1.1",
            "100.64.0.1",
            "224.0.0.1",
            "255.255.255.255",
            "0.0.0.0",
            "192.0.2.1",
            "198.18.0.1",
            "::1",
            "fe80::1",
            "fc00::1",
            "2001:db8::1",
            "::ffff:8.8.8.8",
        ] {
            assert_eq!(Subject::of(text), None, "{text}");
        }
        assert!(Subject::of("8.8.8.8").is_some());
        assert!(Subject::of("2606:4700::1111").is_some());
    }

    #[test]
    fn a_message_cannot_smuggle_a_full_name() {
        assert!(serde_json::from_str::<Subject>("\"secret.evil.com\"").is_err());
        assert!(serde_json::from_str::<Subject>("\"10.0.0.1\"").is_err());
        let subject: Subject = serde_json::from_str("\"evil.com\"").unwrap();
        assert_eq!(serde_json::to_string(&subject).unwrap(), "\"evil.com\"");
    }
}
