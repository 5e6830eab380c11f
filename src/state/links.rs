//! Pages elsewhere about a domain, an address, a technique: plain links that a user may follow.
//!
//! In: a finding, a technique's id. Out: [`Link`]s.
//! Must not know: whether a link is followed. Nothing is asked of these hosts by the page itself.

use std::net::IpAddr;

use form_urlencoded::byte_serialize;
use wakeful_engine::report::Finding;

/// A link.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    /// Where it leads, in a word or two.
    pub title: &'static str,
    /// The address.
    pub href: String,
    /// What is told to whom by following it.
    pub tells: String,
}

/// Pages about a finding's domain or peer; none for addresses that only this network knows.
#[must_use]
pub fn about(finding: &Finding) -> Vec<Link> {
    let link = |title: &'static str, host: &str, path: String, what: &str| Link {
        title,
        href: format!("https://{host}/{path}"),
        tells: format!("Opens {host} in a new tab, which learns that somebody asks for {what}"),
    };
    if let Some(domain) = &finding.domain {
        let name: String = byte_serialize(domain.as_bytes()).collect();
        return vec![
            link(
                "VirusTotal",
                "www.virustotal.com",
                format!("gui/domain/{name}"),
                domain,
            ),
            link(
                "Registration (RDAP)",
                "client.rdap.org",
                format!("?type=domain&object={name}"),
                domain,
            ),
            link("urlscan", "urlscan.io", format!("domain/{name}"), domain),
            link("Certificates", "crt.sh", format!("?q={name}"), domain),
        ];
    }
    let Some(peer) = finding.peer.as_ref().filter(|peer| is_public(peer)) else {
        return Vec::new();
    };
    let name: String = byte_serialize(peer.as_bytes()).collect();
    vec![
        link(
            "VirusTotal",
            "www.virustotal.com",
            format!("gui/ip-address/{name}"),
            peer,
        ),
        link(
            "Registration (RDAP)",
            "client.rdap.org",
            format!("?type=ip&object={name}"),
            peer,
        ),
        link("Shodan", "www.shodan.io", format!("host/{name}"), peer),
    ]
}

/// The page of a MITRE ATT&CK technique; `None` for what is no id of one.
#[must_use]
pub fn technique(id: &str) -> Option<String> {
    let digits = id.strip_prefix('T')?;
    let is_id = !digits.is_empty() && digits.chars().all(|c| c.is_ascii_digit() || c == '.');
    is_id.then(|| {
        format!(
            "https://attack.mitre.org/techniques/{}/",
            id.replace('.', "/")
        )
    })
}

fn is_public(address: &str) -> bool {
    match address.parse::<IpAddr>() {
        Ok(IpAddr::V4(v4)) => {
            !(v4.is_private()
                || v4.is_loopback()
                || v4.is_link_local()
                || v4.is_multicast()
                || v4.is_broadcast()
                || v4.is_unspecified())
        }
        Ok(IpAddr::V6(v6)) => {
            let first = v6.segments()[0];
            // Unique local fc00::/7, link local fe80::/10.
            !(v6.is_loopback()
                || v6.is_unspecified()
                || v6.is_multicast()
                || first & 0xfe00 == 0xfc00
                || first & 0xffc0 == 0xfe80)
        }
        Err(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn flow(peer: &str) -> Finding {
        Finding {
            peer: Some(peer.into()),
            ..Finding::default()
        }
    }

    #[test]
    fn a_hostile_name_stays_within_its_place_in_the_address() {
        let finding = Finding {
            domain: Some("a/../../b?x=1#y\"><".into()),
            ..Finding::default()
        };
        for link in about(&finding) {
            let rest = link.href.split_once("//").unwrap().1;
            assert!(
                !rest.contains(['#', '"', '<']) && !rest.contains("../"),
                "{}",
                link.href
            );
        }
    }

    #[test]
    fn addresses_of_this_network_have_no_pages() {
        for peer in [
            "10.0.0.1",
            "192.168.1.1",
            "fe80::1",
            "fd00::1",
            "127.0.0.1",
            "x",
        ] {
            assert!(about(&flow(peer)).is_empty(), "{peer}");
        }
        assert_eq!(
            about(&flow("8.8.8.8"))[0].href,
            "https://www.virustotal.com/gui/ip-address/8.8.8.8"
        );
    }

    #[test]
    fn a_technique_has_a_page() {
        assert_eq!(
            technique("T1071.004").as_deref(),
            Some("https://attack.mitre.org/techniques/T1071/004/")
        );
        assert_eq!(technique("javascript:"), None);
    }
}
