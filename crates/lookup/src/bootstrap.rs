//! Which registry answers RDAP for a top-level domain (RFC 9224).
//!
//! In: IANA's list as JSON, or the dated copy that ships. Out: base addresses.
//! Must not know: how a list is fetched.

use crate::Subject;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// Where IANA publishes the list.
pub const IANA: &str = "https://data.iana.org/rdap/dns.json";

const SHIPPED: &str = include_str!("../data/rdap.tsv");

/// A list of registries.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Registries {
    /// When IANA published it, in its own form: `2026-01-30T00:00:01Z`.
    pub published: String,
    by_tld: BTreeMap<String, String>,
}

impl Registries {
    /// The copy that ships.
    #[must_use]
    pub fn shipped() -> Self {
        Self::from_table(SHIPPED)
    }

    /// A list in the short form of [`Registries::table`].
    #[must_use]
    pub fn from_table(table: &str) -> Self {
        let mut list = Self {
            published: String::new(),
            by_tld: BTreeMap::new(),
        };
        for line in table.lines() {
            if let Some(date) = line.strip_prefix("# published ") {
                date.clone_into(&mut list.published);
            } else if let Some((base, tlds)) = line.split_once('\t') {
                for tld in tlds.split(' ') {
                    list.put(tld, base);
                }
            }
        }
        list
    }

    /// IANA's JSON.
    ///
    /// # Errors
    /// One sentence, where it is not such a list, or so short that it cannot be the whole.
    pub fn parse(json: &[u8]) -> Result<Self, String> {
        let broken = "IANA's answer is not a list of registries. The list that was there is kept.";
        let answer: Value = serde_json::from_slice(json).map_err(|_| broken.to_owned())?;
        let services = answer["services"].as_array().ok_or(broken)?;
        let mut list = Self {
            published: answer["publication"]
                .as_str()
                .unwrap_or("without a date")
                .chars()
                .take(40)
                .collect(),
            by_tld: BTreeMap::new(),
        };
        for service in services {
            let https = service[1]
                .as_array()
                .into_iter()
                .flatten()
                .filter_map(Value::as_str)
                .find(|base| base.starts_with("https://"));
            for tld in service[0]
                .as_array()
                .into_iter()
                .flatten()
                .filter_map(Value::as_str)
            {
                if let Some(base) = https {
                    list.put(tld, base);
                }
            }
        }
        // The list has had over a thousand entries since 2019.
        if list.by_tld.len() < 100 {
            return Err(
                "IANA's answer names fewer than 100 top-level domains, so it is not the \
                        whole list. The list that was there is kept."
                    .to_owned(),
            );
        }
        Ok(list)
    }

    /// The short form, for keeping.
    #[must_use]
    pub fn table(&self) -> String {
        let mut by_base: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        for (tld, base) in &self.by_tld {
            by_base.entry(base).or_default().push(tld);
        }
        let mut table = format!("# published {}\n", self.published);
        for (base, tlds) in by_base {
            table.push_str(&format!("{base}\t{}\n", tlds.join(" ")));
        }
        table
    }

    /// Adds or replaces one registry. Plain `http` is for stand-ins on this machine alone: three
    /// registries of IANA's list answer only so, and names are not sent in the clear.
    pub fn put(&mut self, tld: &str, base: &str) {
        let local = ["http://127.0.0.1:", "http://localhost:"];
        if base.starts_with("https://") || local.iter().any(|start| base.starts_with(start)) {
            let base = if base.ends_with('/') {
                base.to_owned()
            } else {
                format!("{base}/")
            };
            self.by_tld.insert(tld.to_ascii_lowercase(), base);
        }
    }

    /// The address that answers for a domain; `None` where no registry is known.
    #[must_use]
    pub fn address(&self, subject: &Subject) -> Option<String> {
        let Subject::Domain(name) = subject else {
            return None;
        };
        // Longest suffix first, as RFC 9224 has it, though every entry so far is one label.
        name.match_indices('.')
            .find_map(|(dot, _)| self.by_tld.get(&name[dot + 1..]))
            .map(|base| format!("{base}domain/{name}"))
    }

    /// The hosts (with ports) of all registries: where a redirect may lead.
    #[must_use]
    pub fn hosts(&self) -> BTreeSet<String> {
        self.by_tld
            .values()
            .filter_map(|base| host(base))
            .map(str::to_owned)
            .collect()
    }

    /// How many top-level domains it covers.
    #[must_use]
    pub fn len(&self) -> usize {
        self.by_tld.len()
    }

    /// Whether it covers none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.by_tld.is_empty()
    }
}

/// Host and port of an address.
#[must_use]
pub fn host(address: &str) -> Option<&str> {
    let rest = address.split_once("://")?.1;
    rest.split(['/', '?', '#'])
        .next()
        .filter(|host| !host.is_empty() && !host.contains('@'))
}

/// Scheme, host and port: what a content-security policy names.
#[must_use]
pub fn origin(address: &str) -> Option<&str> {
    let host = host(address)?;
    let end = address.find("://")? + 3 + host.len();
    address.get(..end)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shipped_list_is_dated_and_knows_the_large_registries() {
        let list = Registries::shipped();
        assert!(list.published.starts_with("2026-01-30"));
        assert!(list.len() > 1100);
        let address = |name: &str| list.address(&Subject::domain(name).unwrap());
        assert_eq!(
            address("x.evil.com").as_deref(),
            Some("https://rdap.verisign.com/com/v1/domain/evil.com")
        );
        assert!(
            address("evil.co.uk")
                .unwrap()
                .ends_with("domain/evil.co.uk")
        );
        assert_eq!(address("evil.de"), None);
        assert_eq!(address("evil.kg"), None, "not in the clear");
        assert_eq!(list.address(&Subject::address("8.8.8.8").unwrap()), None);
        assert_eq!(Registries::from_table(&list.table()), list);
    }

    #[test]
    fn a_list_that_is_none_is_refused_in_a_sentence() {
        for json in ["", "{}", "[]", r#"{"services":[[["com"],["https://a/"]]]}"#] {
            assert!(
                Registries::parse(json.as_bytes())
                    .unwrap_err()
                    .contains("kept"),
                "{json}"
            );
        }
        let services: Vec<String> = (0..200)
            .map(|n| format!(r#"[["t{n}"],["http://plain.example/","https://r{n}.example/rdap"]]"#))
            .collect();
        let json = format!(
            r#"{{"publication":"2026-11-01T00:00:00Z","services":[{},7,[[1],[2]]]}}"#,
            services.join(",")
        );
        let list = Registries::parse(json.as_bytes()).unwrap();
        assert_eq!(
            (list.len(), list.published.as_str()),
            (200, "2026-11-01T00:00:00Z")
        );
        assert!(list.hosts().contains("r7.example"));
    }

    #[test]
    fn hosts_and_origins() {
        assert_eq!(host("https://a.example:8443/rdap/"), Some("a.example:8443"));
        assert_eq!(origin("https://a.example/x?y"), Some("https://a.example"));
        assert_eq!(host("https://user@a.example/"), None);
        assert_eq!(host("nonsense"), None);
    }
}
