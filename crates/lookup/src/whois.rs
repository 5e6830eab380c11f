//! Whois on port 43 (RFC 3912): whom to ask, and what its text says.
//!
//! In: the text of an answer. Out: a [`Registration`] or a [`Problem`].
//! Must not know: how a connection is made (only the relay can: no browser speaks it).

use crate::rdap::Registration;
use crate::virustotal::cut;
use crate::{Problem, date};

/// Servers of the larger top-level domains without RDAP, as IANA's root database names them.
/// It is short by purpose: for what is not here, IANA's root database has the address, and
/// `wakeful serve --whois TLD=HOST` adds it.
const SERVERS: &[(&str, &str)] = &[
    ("ac", "whois.nic.ac"),
    ("at", "whois.nic.at"),
    ("be", "whois.dns.be"),
    ("by", "whois.cctld.by"),
    ("cl", "whois.nic.cl"),
    ("cn", "whois.cnnic.cn"),
    ("de", "whois.denic.de"),
    ("dk", "whois.punktum.dk"),
    ("ee", "whois.tld.ee"),
    ("eu", "whois.eu"),
    ("gg", "whois.gg"),
    ("hk", "whois.hkirc.hk"),
    ("hu", "whois.nic.hu"),
    ("io", "whois.nic.io"),
    ("ir", "whois.nic.ir"),
    ("it", "whois.nic.it"),
    ("jp", "whois.jprs.jp"),
    ("kr", "whois.kr"),
    ("kz", "whois.nic.kz"),
    ("lt", "whois.domreg.lt"),
    ("lv", "whois.nic.lv"),
    ("me", "whois.nic.me"),
    ("mx", "whois.mx"),
    ("nu", "whois.iis.nu"),
    ("pt", "whois.dns.pt"),
    ("ro", "whois.rotld.ro"),
    ("rs", "whois.rnids.rs"),
    ("ru", "whois.tcinet.ru"),
    ("se", "whois.iis.se"),
    ("sh", "whois.nic.sh"),
    ("sk", "whois.sk-nic.sk"),
    ("su", "whois.tcinet.ru"),
    ("us", "whois.nic.us"),
    ("ws", "whois.website.ws"),
    ("xn--p1ai", "whois.tcinet.ru"),
];

/// The server of a top-level domain, where one is known.
#[must_use]
pub fn server(tld: &str) -> Option<&'static str> {
    SERVERS
        .iter()
        .find(|(known, _)| *known == tld)
        .map(|(_, server)| *server)
}

/// What the text of an answer says. Servers agree on nothing; the keys below are those that the
/// registries of [`server`] and of the generic domains write.
///
/// # Errors
/// Where the text says that there is no such domain, that the asker is refused or too fast, or
/// nothing that is known.
pub fn read(text: &[u8]) -> Result<Registration, Problem> {
    let text = String::from_utf8_lossy(text);
    let mut found = Registration {
        by: "whois".to_owned(),
        ..Registration::default()
    };
    for line in text.lines() {
        let line = line.trim();
        if line.starts_with(['%', '#', '>']) {
            continue;
        }
        let Some((key, value)) = split(line) else {
            continue;
        };
        take(&mut found, &key, value);
    }
    let nothing = Registration {
        by: "whois".to_owned(),
        ..Registration::default()
    };
    if found != nothing {
        return Ok(found);
    }
    Err(reason(&text.to_ascii_lowercase()))
}

/// `key: value` or `[key] value`, the key in lower case without blanks around.
fn split(line: &str) -> Option<(String, &str)> {
    let (key, value) = match line.strip_prefix('[') {
        Some(rest) => rest.split_once(']')?,
        None => line.split_once(':')?,
    };
    let value = value.trim();
    (!value.is_empty()).then(|| (key.trim().trim_end_matches('.').to_ascii_lowercase(), value))
}

fn take(found: &mut Registration, key: &str, value: &str) {
    let first = |slot: &mut Option<f64>| {
        if slot.is_none() {
            *slot = date::parse(value);
        }
    };
    match key {
        "creation date" | "created" | "created on" | "registered" | "registered date"
        | "registration time" | "created date" | "registration date" | "domain registered"
        | "登録年月日" => first(&mut found.registered),
        "updated date" | "last modified" | "changed" | "last updated" | "last update"
        | "modified" | "last updated on" | "最終更新" => first(&mut found.changed),
        "registry expiry date"
        | "expiry date"
        | "expires"
        | "expiration date"
        | "paid-till"
        | "expiration time"
        | "expire date"
        | "expires on"
        | "有効期限" => first(&mut found.expires),
        "registrar" | "registrar name" | "sponsoring registrar" if found.registrar.is_none() => {
            found.registrar = Some(cut(value, 120));
        }
        "domain status" | "status" | "state" | "状態" if found.status.len() < 20 => {
            // What follows is a link to an explanation of the state.
            let state = value.split(" http").next().unwrap_or(value);
            if !is_absence(&state.to_ascii_lowercase()) {
                found.status.push(cut(state, 120));
            }
        }
        "name server" | "nserver" | "nameserver" | "nameservers" | "name servers"
            if found.name_servers.len() < 20 =>
        {
            let name = value.split_whitespace().next().unwrap_or(value);
            found
                .name_servers
                .push(cut(name.trim_end_matches('.'), 120).to_ascii_lowercase());
        }
        _ => {}
    }
}

/// A state that means that there is no such domain: DENIC's `free`, EURid's and DNS Belgium's
/// `available`.
fn is_absence(state: &str) -> bool {
    matches!(state, "free" | "available" | "not registered")
}

/// Why a text holds no registration.
fn reason(text: &str) -> Problem {
    const ABSENT: [&str; 11] = [
        "no match",
        "not found",
        "no entries found",
        "no data found",
        "status: free",
        "status: available",
        "status:\tavailable",
        "no object found",
        "nothing found",
        "not registered",
        "no such domain",
    ];
    const FAST: [&str; 5] = [
        "limit exceeded",
        "too many",
        "quota",
        "rate limit",
        "try again later",
    ];
    const REFUSED: [&str; 4] = [
        "access denied",
        "not authorized",
        "blocked",
        "permission denied",
    ];
    let says = |words: &[&str]| words.iter().any(|word| text.contains(word));
    if says(&FAST) {
        Problem::Quota {
            again_in: None,
            day: false,
        }
    } else if says(&REFUSED) {
        Problem::Refused { status: 0 }
    } else if says(&ABSENT) {
        Problem::NotRegistered
    } else {
        Problem::Broken
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_forms_of_several_registries() {
        let generic = "Domain Name: EVIL.IO\r\nRegistrar: Some Registrar\r\nCreation Date: 2026-02-01T00:00:00Z\r\n\
            Domain Status: clientHold https://icann.org/epp#clientHold\r\nName Server: NS1.EVIL.IO\r\n";
        let russian = "% by TCI\ndomain: EVIL.RU\nnserver: ns1.evil.ru. 192.0.2.1\nstate: REGISTERED, DELEGATED\n\
            registrar: R01-RU\ncreated: 2026-02-01T00:00:00Z\npaid-till: 2027-02-01T00:00:00Z\n";
        let japanese =
            "[Domain Name] EVIL.JP\n[Name Server] ns1.evil.jp\n[Created on] 2026/02/01\n";
        for text in [generic, russian, japanese] {
            let found = read(text.as_bytes()).unwrap();
            assert_eq!(found.registered, date::parse("2026-02-01"), "{text}");
            assert!(found.name_servers[0].starts_with("ns1.evil."));
        }
        assert_eq!(read(generic.as_bytes()).unwrap().status, ["clientHold"]);
        let german = "Domain: evil.de\nNserver: ns1.evil.de\nStatus: connect\nChanged: 2026-02-01T00:00:00+01:00\n";
        let found = read(german.as_bytes()).unwrap();
        assert_eq!(
            (found.registered, found.status.len()),
            (None, 1),
            "DENIC gives no date"
        );
    }

    #[test]
    fn absent_refused_too_fast_and_nonsense_are_told_apart() {
        for (text, name) in [
            ("No match for \"EVIL.COM\".", "not-registered"),
            ("Domain: evil.de\nStatus: free\n", "not-registered"),
            ("Domain: evil\nStatus:\tAVAILABLE\n", "not-registered"),
            ("% No entries found for query", "not-registered"),
            ("Access denied: your network is blocked", "refused"),
            ("Query rate limit exceeded. Try again later.", "quota"),
            ("", "broken"),
            ("\u{0}\u{ff}", "broken"),
        ] {
            assert_eq!(read(text.as_bytes()).unwrap_err().name(), name, "{text}");
        }
        assert!(read(&[0xff; 4096]).is_err());
    }

    #[test]
    fn servers_are_sorted_and_each_once() {
        assert!(SERVERS.windows(2).all(|pair| pair[0].0 < pair[1].0));
        assert_eq!(server("de"), Some("whois.denic.de"));
        assert_eq!(server("nowhere"), None);
    }
}
