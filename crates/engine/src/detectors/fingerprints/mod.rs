//! # Tool fingerprints
//!
//! **Sees** the layout of names that a tool's own code or documentation fixes: commands, headers,
//! counters, session numbers, alphabets.
//!
//! **Matters** because anybody can check a layout against the names themselves, and because it holds for a few
//! names, where statistics need many. ATT&CK T1071.004, T1572, T1048.
//!
//! **Formula** The first 2,000 names of a client and a registered domain, four at least. A rule counts those that have its layout (below), and bounds
//! the verdict's score from below: 0.9 where names without meaning have the layout by chance in fewer than one of a million channels of 2,000
//! names; 0.6 where another program might have it, too; 0.4 is a habit. What matched is shown with the finding.
//!
//! **Set off falsely** by a program that copies a tool's layout, and by a tool run for a test. Look-ups by
//! antivirus and block lists, CDN names, keys for mail and certificates have none of these layouts.
//!
//! **Example** 412 of 415 names are hexadecimal packets that repeat the session number `c0b0`: dnscat2, critical.

// In: a DNS channel and its names, in the order in which they were first asked for. Out: `Proof`s: which rule
// matched, how many names, and the score that it bounds from below. Must not know: the model's score, other
// channels, any tool's usual domain. One tool a file, whose top has the layout, what is asked of a channel, and the
// odds; titles and layouts become part of the page.
//
// Cost: at most `MOST` names of a channel are looked at, and none of a channel with fewer than `LEAST` or with
// short names without a digit alone; a name is copied once in lower case and passed by each rule that can
// have names so short, whose first test looks at its first label or its length.

mod cobalt_strike;
mod codes;
mod dns2tcp;
mod dnscapy;
mod dnscat2;
mod dnsteal;
mod dnstt;
mod exfiltrator;
mod iodine;
mod nameless;
pub(crate) mod no_hosts;
mod ozyman;
mod sliver;
#[cfg(test)]
mod testing;

use crate::analysis::{AskedName, Seen};
use crate::channels::dns::DnsChannel;
use crate::detectors::shown;
use crate::features::encoding::Encoding;
use crate::names::registered_start;
use crate::order;
use crate::report::Proof;

/// Names of a channel that are looked at, the first ones.
pub const MOST: usize = 2_000;
/// Names that a channel must have.
pub const LEAST: usize = 4;
/// Names shown as evidence.
const EVIDENCE: usize = 8;
/// Labels in front of the registered domain that are taken for the zone's, at most.
const ZONE_LABELS: usize = 3;

/// What a tool's file asks of a channel and its names.
type Ask = fn(&DnsChannel, &Looked<'_>) -> Option<Proof>;

/// A tool's rule.
struct Rule {
    /// Its name.
    name: &'static str,
    /// The tool's, as its makers write it; empty where it is about no single one.
    tool: &'static str,
    /// How many bytes below the registered domain the longest of its names has at least.
    least: u16,
    asks: Ask,
}

const fn rule(name: &'static str, tool: &'static str, least: u16, asks: Ask) -> Rule {
    Rule {
        name,
        tool,
        least,
        asks,
    }
}

const RULES: [Rule; 11] = [
    rule("iodine", "iodine", 8, iodine::proof),
    rule("dnscat2", "dnscat2", 18, dnscat2::proof),
    rule("dns2tcp", "dns2tcp", 6, dns2tcp::proof),
    rule("ozymandns", "OzymanDNS", 11, ozyman::proof),
    rule("dnsexfiltrator", "DNSExfiltrator", 26, exfiltrator::proof),
    rule("cobalt-strike", "Cobalt Strike", 11, cobalt_strike::proof),
    rule("sliver", "Sliver", 6, sliver::proof),
    rule("dnscapy", "DNScapy", 7, dnscapy::proof),
    rule("dnstt", "dnstt", 15, dnstt::proof),
    rule("dnsteal", "dnsteal", 16, dnsteal::proof),
    rule(NAMELESS, "", 24, nameless::proof),
];

/// The rule of names without a registered domain, which many tools may send.
const NAMELESS: &str = "nameless";

/// The name of its page.
pub const KIND: &str = "fingerprints";
/// Its title: that of its page.
pub(super) const TITLE: &str = "Tool fingerprints";

/// Why it cannot run, where it cannot.
#[must_use]
pub fn missing(seen: &Seen) -> Option<String> {
    super::dns_tunnel::missing(seen)
}

/// The tool that a rule is about, as its makers write it; `None` where it is about no single one.
#[must_use]
pub fn tool(rule: &str) -> Option<&'static str> {
    let of = RULES.iter().find(|known| known.name == rule);
    of.map(|known| known.tool).filter(|tool| !tool.is_empty())
}

/// The names of the rules: those of tools, and that of data in addresses.
pub fn tools() -> impl Iterator<Item = &'static str> {
    RULES.iter().map(|rule| rule.name).chain([no_hosts::RULE])
}

/// The rules that a channel's names match, the strongest first.
///
/// `names` are those of the channel in the order in which they were first asked for.
#[must_use]
pub fn proofs(channel: &DnsChannel, names: &[AskedName<'_>]) -> Vec<Proof> {
    if names.len() < LEAST {
        return Vec::new();
    }
    // It looks at answers alone.
    let mut proofs: Vec<Proof> = no_hosts::proof(channel).into_iter().collect();
    let longest = channel.names.below_max;
    let fits = |least: u16| longest >= least && !are_words(channel);
    if RULES.iter().any(|rule| fits(rule.least)) {
        let looked = Looked::new(&names[..names.len().min(MOST)]);
        let rules = RULES.iter().filter(|rule| fits(rule.least));
        proofs.extend(rules.filter_map(|rule| (rule.asks)(channel, &looked)));
    }
    order::by(&mut proofs, |a, b| {
        b.at_least
            .total_cmp(&a.at_least)
            .then_with(|| a.rule.cmp(&b.rule))
    });
    proofs
}

/// Bytes of the shortest longest name without a digit.
const SHORTEST_WORD: u16 = 8;

/// Whether all names of a channel are short and without a digit, as those of hosts often are: told without a look at
/// them.
fn are_words(channel: &DnsChannel) -> bool {
    channel.names.digits == 0 && channel.names.below_max < SHORTEST_WORD
}

/// A name as the rules see it, in lower case.
#[derive(Debug, Clone, Copy)]
struct Name<'a> {
    /// As it was asked for.
    whole: &'a [u8],
    /// Below the registered domain.
    below: &'a [u8],
    /// Below the zone: without the last labels that most names of the channel share.
    front: &'a [u8],
    /// Its first label, which is never the zone's.
    first: &'a [u8],
    /// How many labels are below the registered domain.
    labels: u8,
    /// Whether it has capitals.
    has_capitals: bool,
    encoding: Encoding,
}

impl<'a> Name<'a> {
    fn labels(&self) -> impl DoubleEndedIterator<Item = &'a [u8]> + Clone + use<'a> {
        labels(self.front)
    }
}

fn labels(name: &[u8]) -> impl DoubleEndedIterator<Item = &[u8]> + Clone {
    name.split(|&byte| byte == b'.')
}

/// A channel's names, prepared for the rules.
struct Looked<'a> {
    names: Vec<Lower<'a>>,
    text: Vec<u8>,
    nameless: bool,
}

/// Where a name's lower-cased parts lie.
struct Lower<'a> {
    whole: &'a [u8],
    start: usize,
    below: usize,
    front: usize,
    first: usize,
    labels: u8,
    has_capitals: bool,
    encoding: Encoding,
}

impl<'a> Looked<'a> {
    fn new(asked: &[AskedName<'a>]) -> Self {
        let domain = asked.first().map_or(0, |asked| {
            let name = trimmed(asked.name);
            name.len() - registered_start(name)
        });
        let length = asked.iter().map(|asked| asked.name.len()).sum();
        let mut looked = Self {
            names: Vec::with_capacity(asked.len()),
            text: Vec::with_capacity(length),
            nameless: domain == 0,
        };
        for asked in asked {
            let name = trimmed(asked.name);
            // The dot in front of the domain goes with it.
            let taken = domain + usize::from(domain > 0);
            let below = name.len().saturating_sub(taken);
            let start = looked.text.len();
            looked.text.extend_from_slice(&name[..below]);
            let text = &mut looked.text[start..];
            text.make_ascii_lowercase();
            let first = text.iter().position(|&byte| byte == b'.');
            looked.names.push(Lower {
                whole: asked.name,
                start,
                below,
                front: below,
                first: first.unwrap_or(below),
                labels: asked.facts.labels,
                has_capitals: *text != name[..below],
                encoding: asked.facts.encoding,
            });
        }
        let mut fronts: Vec<&[u8]> = looked
            .names
            .iter()
            .map(|name| &looked.text[name.start..name.start + name.below])
            .collect();
        strip_zone(&mut fronts);
        let lengths: Vec<usize> = fronts.iter().map(|front| front.len()).collect();
        for (name, length) in looked.names.iter_mut().zip(lengths) {
            name.front = length;
        }
        looked
    }

    fn len(&self) -> usize {
        self.names.len()
    }

    fn get(&self, at: usize) -> Name<'_> {
        let name = &self.names[at];
        let below = &self.text[name.start..name.start + name.below];
        Name {
            whole: name.whole,
            below,
            front: &below[..name.front],
            first: &below[..name.first.min(name.front)],
            labels: name.labels,
            has_capitals: name.has_capitals,
            encoding: name.encoding,
        }
    }

    fn iter(&self) -> impl Iterator<Item = Name<'_>> {
        (0..self.len()).map(|at| self.get(at))
    }

    /// A proof whose evidence are names at these places.
    fn proof(&self, rule: &str, at_least: f64, matched: &[usize], text: String) -> Proof {
        let evidence = matched
            .iter()
            .take(EVIDENCE)
            .map(|&at| shown(self.get(at).whole))
            .collect();
        Proof {
            rule: rule.to_owned(),
            at_least,
            text,
            evidence,
            matched: matched.len() as u64,
            of: self.len() as u64,
        }
    }

    /// Whether as many names as `matched` are `percent` of a hundred of all, or more.
    fn share(&self, matched: usize, percent: usize) -> bool {
        100 * matched >= percent * self.len()
    }
}

/// Takes off the last labels, at most [`ZONE_LABELS`], that six of ten names share and have another in front of:
/// the zone's own labels below its registered domain.
pub(crate) fn strip_zone(fronts: &mut [&[u8]]) {
    for _ in 0..ZONE_LABELS {
        if !strip_shared_label(fronts) {
            break;
        }
    }
}

fn strip_shared_label(fronts: &mut [&[u8]]) -> bool {
    fn last<'a>(front: &&'a [u8]) -> Option<&'a [u8]> {
        let dot = front.iter().rposition(|&byte| byte == b'.')?;
        Some(&front[dot..])
    }
    // What more than half of the names share is the only candidate left by this count (Boyer and
    // Moore).
    let (mut candidate, mut votes): (&[u8], usize) = (&[], 0);
    for label in fronts.iter().filter_map(last) {
        if votes == 0 {
            candidate = label;
        }
        votes = if label == candidate {
            votes + 1
        } else {
            votes - 1
        };
    }
    let shares = |front: &&[u8]| !candidate.is_empty() && last(front) == Some(candidate);
    let shared = fronts.iter().filter(|front| shares(front)).count();
    if 10 * shared < 6 * fronts.len() || shared == 0 {
        return false;
    }
    for front in fronts.iter_mut().filter(|front| shares(front)) {
        *front = &front[..front.len() - candidate.len()];
    }
    true
}

fn trimmed(name: &[u8]) -> &[u8] {
    name.strip_suffix(b".").unwrap_or(name)
}

fn is_hex(text: &[u8]) -> bool {
    !text.is_empty() && text.iter().all(u8::is_ascii_hexdigit)
}

/// A decimal number of at most nine digits, and nothing else.
fn number(label: &[u8]) -> Option<u32> {
    if label.is_empty() || label.len() > 9 || !label.iter().all(u8::is_ascii_digit) {
        return None;
    }
    Some(
        label
            .iter()
            .fold(0, |sum, digit| sum * 10 + u32::from(digit - b'0')),
    )
}

#[cfg(test)]
mod tests {
    use super::testing::*;
    use super::*;

    #[test]
    fn the_zone_is_what_most_names_end_in() {
        let names = [
            "aa.t1.example.com",
            "bb.t1.example.com",
            "cc.t1.example.com",
            "www.example.com",
        ];
        with(&names, |_, asked| {
            let looked = Looked::new(asked);
            let fronts: Vec<&[u8]> = looked.iter().map(|name| name.front).collect();
            assert_eq!(fronts, [&b"aa"[..], b"bb", b"cc", b"www"]);
        });
    }

    #[test]
    fn ordinary_and_odd_names_match_nothing() {
        let benign: &[&[&str]] = &[
            &[
                "www.example.com",
                "api.example.com",
                "cdn.example.com",
                "post.example.com",
            ],
            &[
                "1.pool.example.org",
                "2.pool.example.org",
                "3.pool.example.org",
                "0.pool.example.org",
            ],
            &[
                "api.7f3a9c01.8e21bb40.example.net",
                "cdn.1a2b3c4d.8e21bb40.example.net",
                "api.99ab3c4d.8e21bb40.example.net",
                "www6.77ab3c4d.8e21bb40.example.net",
            ],
            &[".", "..", "...", "...."],
            &[
                "example.com",
                "example.com.",
                "a..example.com",
                "\u{fc}.example.com",
            ],
        ];
        for names in benign {
            assert_eq!(found(names), [], "{names:?}");
        }
    }

    /// What [`RULES`] says of lengths: names of all alphabets and words, none as long as a rule needs.
    #[test]
    fn shorter_names_match_no_rule() {
        let mut draw = Draw(5);
        let words = [
            "aaa", "stage", "post", "api", "id-1", "0-1", "up", "=auth", "=connect", "dnscat",
            "init", "c", "d", "b", "e", "1", "12", "a1b2c", "00ff00", "p", "zaaa", "ba", "-",
        ];
        for &Rule {
            name: tool,
            least,
            asks,
            ..
        } in &RULES
        {
            for _ in 0..300 {
                let names = draw.names(40, |draw| {
                    let most = usize::from(least) - 1;
                    let mut name = match draw.below(3) {
                        0 => draw.hex(most),
                        1 => draw.text(most),
                        _ => (0..8)
                            .map(|_| words[draw.below(23) as usize])
                            .collect::<Vec<_>>()
                            .join("."),
                    };
                    name.truncate(most);
                    let name = name.trim_end_matches('.');
                    if tool == "nameless" {
                        name.to_owned()
                    } else {
                        format!("{name}.example.com")
                    }
                });
                let names: Vec<&str> = names.iter().map(String::as_str).collect();
                with(&names, |channel, asked| {
                    assert!(channel.names.below_max < least);
                    assert_eq!(
                        asks(channel, &Looked::new(asked)),
                        None,
                        "{tool}: {names:?}"
                    );
                });
            }
        }
    }

    /// Hashes, addresses backwards, keys and hosts of a CDN, drawn at random.
    #[test]
    fn random_look_alikes_match_nothing() {
        let mut draw = Draw(17);
        for _ in 0..30 {
            let hashes = draw.names(200, |draw| format!("{}.avts.example.com", draw.hex(32)));
            let pieces = draw.names(200, |draw| {
                format!("0.0.0.0.1.0.0.4e.{}.av.example.com", draw.text(26))
            });
            let lists = draw.names(200, |draw| {
                let [a, b, c, d] = [0; 4].map(|_: u8| draw.below(256));
                format!("{a}.{b}.{c}.{d}.bl.example.org")
            });
            let cdn = draw.names(200, |draw| {
                format!("r{}---sn-{}.example.com", draw.below(9), draw.text(8))
            });
            let keys = draw.names(50, |draw| {
                format!("{}._domainkey.example.com", draw.text(32))
            });
            let ids = draw.names(200, |draw| format!("p{}.example.com", draw.text(7)));
            for names in [hashes, pieces, lists, cdn, keys, ids] {
                let names: Vec<&str> = names.iter().map(String::as_str).collect();
                assert_eq!(found(&names), [], "{:?}", &names[..4]);
            }
        }
    }
}
