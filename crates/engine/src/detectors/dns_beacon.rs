//! # Beacon in DNS
//!
//! **Sees** a client that asks for names of a domain at an interval, as hardly anybody else does: a program's
//! poll, be it for a single name.
//!
//! **Matters** because an implant that is controlled through DNS asks for its orders like this, for hours before
//! any data flows; with a name or two there is no content to judge, and without a connection no flow. ATT&CK
//! T1071.004, T1029.
//!
//! **Formula** *period* of [`super::rhythm`] on the rows of a client and a registered domain, at least
//! 24, or eight over six hours (low and slow): from 0.7 on info, from 0.9 on low. Look-ups within a
//! second of each other (A and AAAA) are one beat; what is *steady* without a beat counts as 0.9; an interval below two seconds is a transfer and no poll.
//!
//! A domain that one client in twenty or more asks for is a service and is passed over; one that any other
//! client asks for is info at most, and so is every domain in a log of fewer than five clients.
//! Where `conn.log` covers the time and the client connects to an address that it was given, the rhythm is that of its
//! connections ([`super::beacon`] judges those): info at most, and told with their beacon where there is one.
//! Domains without a suffix on the public list are left out. Resolvers that ask for the same are no other clients. Of a resolver only a poll
//! that asks for free bytes as below, or 96 times and more for a name that nobody asked for before (nineteen in twenty), is told, low at most, for how many machines it asks for is not known; and info
//! where one in twenty of its domains is polled so: then that is usual for it.
//! A rhythm is an alert (medium) only where all of this holds: one client alone asks, of at least
//! five; period of 0.8 and more on at least 48 rows over four hours; nine of ten rows ask for a record of
//! free bytes (TXT, NULL, KEY, private types), or 96 and more ask for a name that nobody asked for before; no name is a service's (a label that begins with `_`); and it is
//! no mail server that asks when messages come ([`super::baseline`]). *Defence: one machine among many asks for text, which no browser does, of a domain that nobody
//! else knows, like a clock, for hours.*
//!
//! **Set off falsely** by telemetry, updates and checks of a machine's own name (dynamic DNS), and by a program
//! that connects all the time and looks the address up whenever it expires: which is why addresses
//! are no alert. Virus lists that are announced in TXT records are on the allow list.
//!
//! **Example** One of ten clients asks for `a3f09c1b.example.com` every 60 s with a tenth of jitter, all day: low; for
//! its TXT record: medium.

use super::baseline::Messages;
use super::beacon::{
    INFO_MOST, MIN_BEATS, MIN_CLIENTS, SERVICE, between, every, is_enough, who_else,
};
use super::rhythm::{PERIOD, STEADY, add_steady, score as rhythm_score};
use super::roles::Roles;
use super::rule::{counted, dns_missing, found, reason};
use super::unconnected::{Connected, never_connected_of};
use super::{Detection, Found, Scene, rule, shown};
use crate::analysis::{Ends, Seen};
use crate::channels::dns::DnsChannel;
use crate::channels::trace::Trace;
use crate::features::dns::{free_types, kinds_of_address};
use crate::report::{Counterfactual, Reason, Rhythm};
use rustc_hash::{FxHashMap, FxHashSet};

/// The kind of its findings.
pub const KIND: &str = "dns-beacon";
/// Its title: that of its page.
pub(super) const TITLE: &str = "Beacon in DNS";

/// Seconds of an interval, at least.
pub const LEAST: f64 = 2.0;
/// The period that what is steady counts as.
const AS_STEADY: f64 = 0.9;
/// Period, rows, and microseconds that they last, for an alert.
const ALERT_PERIOD: f64 = 0.8;
/// Share of rows that ask for free bytes, for an alert.
const FREE: f64 = 0.9;
const ALERT_BEATS: u64 = 2 * MIN_BEATS;
const ALERT_LASTS: i64 = 4 * 3_600_000_000;
/// Rows, and the share of them that ask for a name for the first time.
const FRESH_BEATS: u64 = 96;
const FRESH: f64 = 0.95;
/// Names in a sentence.
const NAMED: usize = 2;

/// Why it cannot run, where it cannot.
#[must_use]
pub fn missing(seen: &Seen) -> Option<String> {
    dns_missing(seen)
        .or_else(|| (seen.dns_ts == 0).then(|| "No row of dns.log has a time (ts).".to_owned()))
}

/// What it has to do without.
#[must_use]
pub fn without(seen: &Seen) -> Option<String> {
    (seen.qtypes == 0)
        .then(|| "The log has no record types (qtype): a rhythm is no alert.".to_owned())
}

/// All findings, in no order.
#[must_use]
pub fn detect(scene: &Scene<'_>, roles: &Roles<'_>) -> Vec<Detection> {
    let clients = roles.clients() as usize;
    let polls: Vec<(&Ends<'_, DnsChannel>, Rhythm)> = scene
        .dns
        .iter()
        .filter(|ends| is_candidate(scene, roles, ends, clients))
        .map(|ends| (ends, Rhythm::clone(&scene.rhythm(ends.id))))
        .map(|(ends, rhythm)| (ends, steadied(rhythm, &ends.channel.trace)))
        .filter(|(_, rhythm)| is_poll(rhythm))
        .collect();
    let polling: FxHashSet<u32> = polls.iter().map(|(ends, _)| ends.client_id).collect();
    let given = never_connected_of(scene, |client| polling.contains(&client));
    let messages = Messages::new(scene, roles, |client| polling.contains(&client));
    let usual = usual_of_resolvers(scene, roles, &polls);
    polls
        .into_iter()
        .filter_map(|(ends, rhythm)| {
            let poll = Poll {
                period: regular(&rhythm),
                others: (others(scene, roles, ends), clients),
                connects: given[ends.id as usize].is_some_and(|given| given.connected > 0),
                free: free(ends.channel),
                fresh: is_fresh(ends.channel),
                alarming: is_alarming(scene, ends) && !messages.in_step(ends),
                behind: roles.is_resolver(ends.client_id),
                usual: usual.contains(&ends.client_id),
            };
            judge(scene, ends, rhythm, poll, given[ends.id as usize])
        })
        .collect()
}

/// Resolvers of which one domain in [`SERVICE`] or more is polled for free bytes.
fn usual_of_resolvers(
    scene: &Scene<'_>,
    roles: &Roles<'_>,
    polls: &[(&Ends<'_, DnsChannel>, Rhythm)],
) -> FxHashSet<u32> {
    let mut polled: FxHashMap<u32, usize> = FxHashMap::default();
    for (ends, _) in polls
        .iter()
        .filter(|(ends, _)| roles.is_resolver(ends.client_id))
    {
        *polled.entry(ends.client_id).or_default() += 1;
    }
    let mut domains: FxHashMap<u32, usize> = FxHashMap::default();
    if !polled.is_empty() {
        for ends in &scene.dns {
            *domains.entry(ends.client_id).or_default() += 1;
        }
    }
    let is_usual = |&(host, polled): &(&u32, &usize)| polled * SERVICE > domains[host];
    polled
        .iter()
        .filter(is_usual)
        .map(|(&host, _)| host)
        .collect()
}

/// Other clients that ask for a channel's domain: resolvers that ask for it do so for the client.
fn others(scene: &Scene<'_>, roles: &Roles<'_>, ends: &Ends<'_, DnsChannel>) -> u32 {
    // No resolvers make it few.
    let many = roles.clients() as usize / SERVICE + roles.resolvers();
    if ends.other_clients == 0 || ends.other_clients as usize > many {
        return ends.other_clients;
    }
    let others = roles.channels_of(ends.other).iter().filter(|&&id| {
        let client = scene.dns[id as usize].client_id;
        client != ends.client_id && !roles.is_resolver(client)
    });
    others.count() as u32
}

/// Share of rows that ask for free bytes.
fn free(channel: &DnsChannel) -> f64 {
    let asked: u64 = channel.qtypes.iter().map(|&(_, count)| count).sum();
    free_types(channel) as f64 / asked.max(1) as f64
}

/// Whether it has rows and hours enough for an alert, and is no service's.
fn is_alarming(scene: &Scene<'_>, ends: &Ends<'_, DnsChannel>) -> bool {
    let channel = ends.channel;
    channel.records >= ALERT_BEATS
        && channel.interval.lasted() >= ALERT_LASTS
        && !scene
            .names(ends.id)
            .iter()
            .any(|asked| is_service(asked.name))
}

/// A rhythm without a beat, with what it keeps instead where that is steady: a score of its own.
fn steadied(mut rhythm: Rhythm, trace: &Trace) -> Rhythm {
    add_steady(&mut rhythm, trace, PERIOD);
    rhythm
}

/// *period*, or what a steady channel counts as.
fn regular(rhythm: &Rhythm) -> f64 {
    rhythm_score(rhythm, "period").max(AS_STEADY * rhythm_score(rhythm, STEADY))
}

/// Whether a rhythm is worth a line.
fn is_poll(rhythm: &Rhythm) -> bool {
    regular(rhythm) >= PERIOD && rhythm.interval.is_some_and(|every| every >= LEAST)
}

fn is_candidate(
    scene: &Scene<'_>,
    roles: &Roles<'_>,
    ends: &Ends<'_, DnsChannel>,
    clients: usize,
) -> bool {
    if !is_enough(ends.channel.records, ends.channel.interval) {
        return false;
    }
    let others = others(scene, roles, ends) as usize;
    let wanted = if roles.is_resolver(ends.client_id) {
        // Where the machine that asked is seen, it is told of.
        others == 0
            && (free(ends.channel) >= FREE || is_fresh(ends.channel))
            && is_alarming(scene, ends)
    } else {
        others == 0 || (others + 1) * SERVICE < clients
    };
    wanted
        && !ends.other.ends_with(b".arpa")
        && wakeful_suffixes::suffix(ends.other).is_some_and(|suffix| suffix.kind.is_some())
}

/// Whether hardly any name came twice: what many machines ask for in turn is no clock, and what one asks for again
/// is a service's.
fn is_fresh(channel: &DnsChannel) -> bool {
    // A name's A and AAAA are one.
    let records = channel.records / kinds_of_address(channel) as u64;
    records >= FRESH_BEATS && channel.distinct_names() as f64 >= FRESH * records as f64
}

/// What a poll is judged by.
#[derive(Debug, Clone, Copy)]
struct Poll {
    /// The rhythm's *period*.
    period: f64,
    /// Other clients that ask for the domain, and all clients.
    others: (u32, usize),
    /// The client connects to what it is given.
    connects: bool,
    /// Share of rows that ask for free bytes.
    free: f64,
    /// Hardly any name came twice.
    fresh: bool,
    /// It has rows and hours enough for an alert, and is neither a service's nor a mail server's for its messages.
    alarming: bool,
    /// The client is a resolver: who asked is not known.
    behind: bool,
    /// The client is one for which such polls are usual.
    usual: bool,
}

impl Poll {
    fn is_rare(self) -> bool {
        self.others.0 == 0 && self.others.1 >= MIN_CLIENTS
    }

    fn score(self) -> f64 {
        let for_data = self.free >= FREE || self.fresh;
        let alert = self.alarming && for_data && self.period >= ALERT_PERIOD;
        match between(self.period, &[(PERIOD, 0.2), (0.9, 0.4), (1.0, 0.59)]) {
            score if self.usual || self.connects => score.min(INFO_MOST),
            score if self.behind => score,
            score if !self.is_rare() => score.min(INFO_MOST),
            _ if alert => between(self.period, &[(ALERT_PERIOD, 0.6), (1.0, 0.7)]),
            score => score,
        }
    }

    fn reasons(self, score: f64, told: &str, given: Option<Connected>) -> Vec<Reason> {
        let mut reasons = vec![
            reason("period", self.period, 0.0, score * 0.6, told.to_owned()),
            reason(
                "other_clients",
                f64::from(self.others.0),
                3.0,
                if self.is_rare() { score * 0.2 } else { 0.0 },
                format!(
                    "{} asked for the domain, of {} in these logs.",
                    counted(u64::from(self.others.0), "other client"),
                    self.others.1.saturating_sub(1)
                ),
            ),
            reason(
                "free_types",
                self.free,
                0.0,
                if score >= rule::ALERT && self.free >= FREE {
                    score * 0.2
                } else {
                    0.0
                },
                format!(
                    "{:.0} % of the queries ask for a record of free bytes (TXT, NULL, KEY, private).",
                    self.free * 100.0
                ),
            ),
        ];
        if self.fresh {
            let push = if score >= rule::ALERT {
                score * 0.2
            } else {
                0.0
            };
            let text = "Nearly every query asks for a name that it never asked for before: no cache could answer.";
            reasons.push(reason("unique_ratio", 1.0, 0.5, push, text.to_owned()));
        }
        reasons.extend(given.map(|given| {
            let (push, text) = if self.connects {
                (-0.2, "The client connects to addresses that it was given: the rhythm is that of its connections.")
            } else {
                (score * 0.1, "The client never connects to what it was given: it asks for the answer's own sake.")
            };
            reason("never_connected", given.never(), 0.0, push, text.to_owned())
        }));
        reasons
    }

    /// The score once more, if one thing were otherwise.
    fn counterfactuals(self) -> Vec<Counterfactual> {
        let shared = Self {
            others: (1, self.others.1),
            ..self
        };
        let addresses = Self { free: 0.0, ..self };
        let again = Self {
            fresh: false,
            ..self
        };
        [
            rule::otherwise(
                "other_clients",
                (0.0, 1.0),
                shared.score(),
                "another client asked for the domain, too",
            ),
            rule::otherwise(
                "free_types",
                (self.free, 0.0),
                addresses.score(),
                "it asked for addresses and not for text",
            ),
            rule::otherwise(
                "unique_ratio",
                (1.0, 0.5),
                again.score(),
                "it asked for names again that it had asked for",
            ),
        ]
        .into_iter()
        .flatten()
        .collect()
    }
}

fn judge(
    scene: &Scene<'_>,
    ends: &Ends<'_, DnsChannel>,
    rhythm: Rhythm,
    poll: Poll,
    given: Option<Connected>,
) -> Option<Detection> {
    let score = poll.score();
    let text = sentence(scene, ends, &rhythm, poll);
    let reasons = poll.reasons(score, &text, given);
    let what = Found::of_channel(KIND, ends, &["T1071.004", "T1029"]);
    let mut detection = found(&what, score, text, reasons)?;
    if score >= rule::ALERT {
        detection.finding.counterfactuals = poll.counterfactuals();
    }
    detection.finding.rhythm = Some(rhythm);
    Some(detection)
}

/// Whether a label begins with `_`, as those of services and of keys do (RFC 8552).
fn is_service(name: &[u8]) -> bool {
    name.split(|&byte| byte == b'.')
        .any(|label| label.starts_with(b"_"))
}

fn sentence(scene: &Scene<'_>, ends: &Ends<'_, DnsChannel>, rhythm: &Rhythm, poll: Poll) -> String {
    let names = scene.names(ends.id);
    let mut what: Vec<String> = names
        .iter()
        .take(NAMED)
        .map(|asked| shown(asked.name))
        .collect();
    let more = ends.channel.distinct_names().saturating_sub(NAMED as u64);
    if more > 0 {
        what.push(counted(more, "more name"));
    }
    let others = match poll.others.0 {
        _ if poll.behind => "it is a resolver, and who asked it is not known".to_owned(),
        clients => who_else(clients),
    };
    format!(
        "{} asks for {} {}; {others}.",
        shown(ends.client),
        what.join(", "),
        every(rhythm, ends.channel.records),
    )
}

#[cfg(test)]
mod tests {
    use super::super::testing::Logs;
    use super::*;
    use crate::report::Severity;

    const TXT: u16 = 16;

    /// Ten clients; the first asks for a name every `gap` seconds, `others` of the rest too.
    fn logs(name: &str, qtype: u16, count: i64, gap: i64, others: usize) -> Logs {
        let mut logs = Logs::default();
        for n in 0..10 {
            logs.ask(n, &format!("10.0.0.{n}"), "10.0.1.1", "www.example.com", 1);
        }
        for client in 0..=others {
            for n in 0..count {
                let jitter = n * 7 % 5 - 2;
                let second = n * gap + jitter;
                logs.ask(second, &format!("10.0.0.{client}"), "10.0.1.1", name, qtype);
            }
        }
        logs
    }

    fn severities(logs: &Logs) -> Vec<Severity> {
        let scene = Scene::new(&logs.analysis);
        let found = detect(&scene, &Roles::new(&scene));
        found
            .iter()
            .map(|detection| detection.finding.severity)
            .collect()
    }

    #[test]
    fn a_poll_for_text_is_an_alert_and_one_for_an_address_is_low() {
        let name = "a3f09c1b.example.net";
        assert_eq!(severities(&logs(name, TXT, 300, 60, 0)), [Severity::Medium]);
        assert_eq!(severities(&logs(name, 1, 300, 60, 0)), [Severity::Low]);
        // An hour is no day, and a service's name no implant's.
        assert_eq!(severities(&logs(name, TXT, 60, 60, 0)), [Severity::Low]);
        let service = "_dmarc.example.net";
        assert_eq!(severities(&logs(service, TXT, 300, 60, 0)), [Severity::Low]);
    }

    #[test]
    fn eight_queries_over_six_hours_are_enough() {
        let name = "a3f09c1b.example.net";
        assert_eq!(severities(&logs(name, 1, 9, 3000, 0)), [Severity::Low]);
        assert_eq!(severities(&logs(name, 1, 9, 300, 0)), []);
    }

    #[test]
    fn what_others_ask_for_and_what_has_no_suffix_is_none() {
        assert_eq!(severities(&logs("a.example.net", TXT, 300, 60, 1)), []);
        assert_eq!(severities(&logs("a.office.lan", TXT, 300, 60, 0)), []);
        let reversed = "9.2.0.192.in-addr.arpa";
        assert_eq!(severities(&logs(reversed, 12, 300, 60, 0)), []);
    }

    #[test]
    fn a_look_up_before_each_connection_is_no_beacon_in_dns() {
        let beacon = |peer: &str| {
            let mut logs = logs("www.example.com", 1, 1, 1, 0);
            for n in 0..300 {
                let (second, name) = (n * 60 + 10, "a3f09c1b.example.net");
                logs.asked(second, "10.0.0.0", "10.0.1.1", name, 1, 0, "203.0.113.9");
            }
            for n in -1..=300_i64 {
                logs.flow(&wakeful_logs::ConnRecord {
                    ts: Some(super::super::testing::NOON + n * 60_000_000),
                    orig_host: Some(b"10.0.0.0"),
                    resp_host: Some(peer.as_bytes()),
                    resp_port: Some(443),
                    ..Default::default()
                });
            }
            severities(&logs)
        };
        assert_eq!(beacon("203.0.113.9"), [Severity::Info]);
        assert_eq!(beacon("203.0.113.10"), [Severity::Low]);
    }

    #[test]
    fn one_client_alone_in_its_log_is_told_of_and_no_more() {
        let mut logs = Logs::default();
        for n in 0..300 {
            logs.ask(n * 60, "10.0.0.5", "10.0.1.1", "a.example.net", TXT);
        }
        assert_eq!(severities(&logs), [Severity::Info]);
    }

    #[test]
    fn a_resolver_that_asks_for_a_client_is_no_other_client() {
        let name = "a3f09c1b.example.net";
        let mut logs = logs(name, TXT, 300, 60, 0);
        for n in 0..30 {
            let (server, other) = (format!("198.51.100.{n}"), format!("www.site{n}.com"));
            logs.ask(n, "10.0.1.1", &server, &other, 1);
        }
        for n in 0..300 {
            logs.ask(n * 60 + n * 7 % 5, "10.0.1.1", "198.51.100.1", name, TXT);
        }
        assert_eq!(severities(&logs), [Severity::Medium]);
    }

    #[test]
    fn behind_a_resolver_a_poll_for_text_is_low_and_one_for_an_address_is_its_cache_expiring() {
        let behind = |qtype, domains: i64| {
            let mut logs = Logs::default();
            for n in 0..30 {
                let (server, other) = (format!("198.51.100.{n}"), format!("www.site{n}.com"));
                logs.ask(n, "10.0.1.1", &server, &other, 1);
            }
            for n in 0..300 {
                for domain in 0..domains {
                    let name = format!("a3f09c1b.poll{domain}.net");
                    logs.ask(n * 60 + n * 7 % 5, "10.0.1.1", "198.51.100.1", &name, qtype);
                }
            }
            severities(&logs)
        };
        assert_eq!(behind(TXT, 1), [Severity::Low]);
        assert_eq!(behind(1, 1), []);
        // Two of 32 domains: it is usual there.
        assert_eq!(behind(TXT, 2), [Severity::Info; 2]);
    }

    #[test]
    fn what_goes_on_for_half_a_day_without_a_pause_is_steady_also_without_a_beat() {
        // Gaps from half to one and a half of 240 s.
        let steady = |count: i64, names: i64| {
            let mut logs = logs("www.example.com", 1, 1, 1, 0);
            let mut second = 0;
            for n in 0..count {
                second += 120 + (n * 7919 + n * n * 31) % 241;
                logs.ask(
                    second,
                    "10.0.0.0",
                    "10.0.1.1",
                    &format!("h{}.example.net", n % names),
                    1,
                );
            }
            severities(&logs)
        };
        assert_eq!(steady(300, 200), [Severity::Low]);
        assert_eq!(steady(300, 300), [Severity::Medium], "each name is new");
        assert_eq!(steady(90, 90), []);
    }
}
