//! Addresses of one's own network, each by a name of its own, before something is shown to others.
//!
//! In: a report; a text made of it or of its logs. Out: the same text, `host-1` in place of the first such address, and
//! so on: in every text of one report the same.
//! Must not know: what the text is. It is masked as it leaves, so that no form of it is left out.
//!
//! Masked are the clients of findings and of the leak meter's list, whatever their addresses, and every private address (RFC 1918, 4193, 6598,
//! link-local). A finding's id is a sum over its client too, and few clients there are: it is numbered anew. What is
//! not masked: names of machines in notes, in queries and in names of files.

use std::collections::{BTreeMap, BTreeSet};
use std::net::{IpAddr, Ipv4Addr};

use wakeful_engine::report::Report;

/// The names that stand for addresses and for ids.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Mask {
    clients: BTreeSet<IpAddr>,
    hosts: BTreeMap<IpAddr, String>,
    ids: BTreeMap<String, String>,
}

impl Mask {
    /// The mask of a report: its addresses in the order in which its findings name them.
    #[must_use]
    pub fn of(report: &Report) -> Self {
        let clients = report
            .findings
            .iter()
            .flat_map(|finding| std::iter::once(&finding.client).chain(&finding.context.who));
        let mut mask = Self {
            clients: clients
                .chain(report.leaks.largest.iter().map(|leak| &leak.client))
                .filter_map(|client| client.parse().ok())
                .collect(),
            ..Self::default()
        };
        for (at, finding) in report.findings.iter().enumerate() {
            mask.ids
                .insert(finding.id.clone(), format!("finding-{}", at + 1));
        }
        // Numbers and texts alone: nothing in it fails to be written.
        let text = serde_json::to_string_pretty(report).unwrap_or_default();
        mask.text(&text);
        mask
    }

    /// A text with every address masked. One that the report does not name is given the next number.
    pub fn text(&mut self, text: &str) -> String {
        let mut out = String::with_capacity(text.len());
        let mut at = 0;
        while at < text.len() {
            let rest = &text[at..];
            let joined = text[..at].ends_with(|before: char| before.is_alphanumeric());
            let run = if joined { 0 } else { run(rest) };
            if run == 0 {
                let next = rest.chars().next().map_or(1, char::len_utf8);
                out.push_str(&rest[..next]);
                at += next;
                continue;
            }
            let (taken, name) = self.named(&rest[..run], &rest[run..]);
            out.push_str(name.as_deref().unwrap_or(&rest[..taken]));
            at += taken;
        }
        out
    }

    /// What stands for the beginning of a run of an address's characters, and how long that is.
    fn named(&mut self, run: &str, behind: &str) -> (usize, Option<String>) {
        if let Some(id) = self.ids.get(run) {
            return (run.len(), Some(id.clone()));
        }
        if behind.starts_with(char::is_alphanumeric) && !is_reverse(behind) {
            return (run.len(), None);
        }
        // A sentence or a port may stand behind it.
        let ends = std::iter::once(run.len()).chain(
            run.char_indices()
                .rev()
                .filter(|(_, character)| matches!(character, '.' | ':' | '['))
                .map(|(at, _)| at),
        );
        for end in ends {
            let plain = run[..end].replace("[.]", ".");
            let Ok(address) = plain.parse::<IpAddr>() else {
                continue;
            };
            let address = match address {
                IpAddr::V4(four) if is_reverse(behind) => {
                    let [a, b, c, d] = four.octets();
                    IpAddr::V4(Ipv4Addr::new(d, c, b, a))
                }
                other => other,
            };
            return (end, self.host(address));
        }
        (run.len(), None)
    }

    fn host(&mut self, address: IpAddr) -> Option<String> {
        if !self.clients.contains(&address) && !is_private(address) {
            return None;
        }
        let next = self.hosts.len() + 1;
        let name = self
            .hosts
            .entry(address)
            .or_insert_with(|| format!("host-{next}"));
        Some(name.clone())
    }
}

/// How many bytes from the beginning an address could take, its dots perhaps defanged.
fn run(text: &str) -> usize {
    let mut end = 0;
    loop {
        let rest = &text[end..];
        let step = match rest.as_bytes().first() {
            Some(b'[') if rest.starts_with("[.]") => 3,
            Some(byte) if byte.is_ascii_hexdigit() || matches!(byte, b'.' | b':') => 1,
            _ => break,
        };
        end += step;
    }
    end
}

/// Whether an address turned round for a question by address stands before this.
fn is_reverse(behind: &str) -> bool {
    behind.starts_with("in-addr")
}

fn is_private(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(four) => {
            let [a, b, ..] = four.octets();
            four.is_private() || four.is_link_local() || (a == 100 && (64..128).contains(&b))
        }
        IpAddr::V6(six) => six.is_unique_local() || six.is_unicast_link_local(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use wakeful_engine::report::{Context, Finding};

    fn mask() -> Mask {
        let finding = |id: &str, client: &str| Finding {
            id: id.into(),
            client: client.into(),
            sentence: format!("{client} asks 10.1.1.1 for evil.com."),
            ..Finding::default()
        };
        let mut first = finding("00000000deadbeef", "198.51.100.7");
        first.context = Context {
            who: vec!["203.0.113.9".into()],
            ..Context::default()
        };
        Mask::of(&Report {
            findings: vec![first, finding("0123456789abcdef", "10.0.0.5")],
            ..Report::default()
        })
    }

    #[test]
    fn every_form_of_an_address_has_one_name() {
        let mut mask = mask();
        assert_eq!(mask.text("198.51.100.7 → evil.com"), "host-1 → evil.com");
        assert_eq!(
            mask.text("\"10.1.1.1:53\", (10.1.1.1). [10.1.1.1]"),
            "\"host-2:53\", (host-2). [host-2]"
        );
        assert_eq!(
            mask.text("10[.]1[.]1[.]1 `10[.]0[.]0[.]5`"),
            "host-2 `host-4`"
        );
        assert_eq!(mask.text("1.1.1.10.in-addr.arpa"), "host-2.in-addr.arpa");
        assert_eq!(mask.text("203.0.113.9"), "host-3");
        assert_eq!(mask.text("fe80::1, fe80:0::1"), "host-5, host-5");
        assert_eq!(mask.text("x=0123456789abcdef&y"), "x=finding-2&y");
    }

    #[test]
    fn what_is_no_address_of_ours_stays() {
        let mut mask = mask();
        for text in [
            "8.8.8.8 and 2001:4860:4860::8888",
            "12:30:45, 1.5, 10.0.0, v10.0.0.5x, cafe.example, a10.0.0.5",
            "ä…10.0.0.5b",
            "::",
            "",
        ] {
            assert_eq!(mask.text(text), text);
        }
        assert_eq!(
            mask.text("10.0.0.5"),
            "host-4",
            "and what is one is not missed"
        );
    }
}
