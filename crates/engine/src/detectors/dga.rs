//! # Generated domains
//!
//! **Sees** a client that asks for many registered domains that do not exist: whose names look drawn at random,
//! or so many within an hour that nobody can have meant them, whatever they look like.
//!
//! **Matters** because malware that draws its domains by the day tries them until one answers; the misses show
//! it. ATT&CK T1568.002.
//!
//! **Formula** Over a client's registered domains that answered nothing but NXDOMAIN and have a suffix on the
//! public list; two scores, of which the greater counts.
//! - *Random*: of those with a label of six letters or more, a label is random where its surprise under the chain of
//!   host names ([`crate::features::ngram`]) is above 6 bits a character; about one in ten labels of popular domains is,
//!   and of families that draw letters two in three to all. Half of the labels random: low from ten of them,
//!   medium from twenty of which ten fell in one hour, high towards 500. Fewer: info from a hundred domains.
//! - *Storm*: the most domains within an hour that were asked for by themselves, without a host in front, and are
//!   missing, where they are at least half of all that the client first asked for so in that hour: low from
//!   twenty, medium from fifty, no more. It does not look at the letters, and so sees
//!   families that put words or syllables together. *Defence: nobody mistypes fifty different domains
//!   in an hour.* What a filter answers with NXDOMAIN, advertising for the most part, has a host in front;
//!   a domain that a tenth of the clients and more than four ask for does not count.
//!
//! A mail server, which looks up what spammers write, stays at low, and of a resolver, which asks on behalf of
//! many, only the look counts. A name under an existing domain (a search suffix
//! at work, a browser's probe) is under one domain however many there are, and so counts once.
//!
//! **Set off falsely** by crawlers of old lists, by hosts that check mail or logs without looking like
//! a mail server, by programs that probe for answers to random names, by whoever looks for domains that are still free.
//! Not seen: a family that asks for a few domains an hour, of names without a random look.
//!
//! **Example** 212 domains such as `qxwjzkfvbd.com` in an hour, none of which exists; or 70 such as
//! `gardenwindow.com`.

use super::roles::Roles;
use super::rule::{ALERT, counted, dns_missing, found, otherwise, ramp, reason};
use super::{About, Detection, Found, Scene, shown};
use crate::analysis::{Ends, Seen};
use crate::channels::dns::DnsChannel;
use crate::channels::{Interval, Places};
use crate::features::ngram;
use crate::order;
use crate::report::{Counterfactual, Proof, Reason};

/// The kind of its findings.
pub const KIND: &str = "dga";
/// Its title: that of its page.
pub(super) const TITLE: &str = "Generated domains";

/// Bytes of a label, below which its surprise says little.
const LABEL: usize = 6;
/// Microbits a character of a random label.
const RANDOM: u64 = 6_000_000;
/// Share of the labels that are random.
const SHARE: f64 = 0.5;
/// Random domains at low.
const LOW: u64 = 10;
/// At medium and at high.
const MEDIUM: (f64, f64) = (20.0, 0.6);
const HIGH: (f64, f64) = (500.0, 0.82);
/// Of these within an hour.
const BURST: usize = 10;
/// Missing domains at info, whatever they look like.
const MANY: u64 = 100;
/// Missing domains of a storm at low.
pub const STORM_LOW: usize = 20;
/// At medium.
pub const STORM_MEDIUM: usize = 50;
/// What a storm reaches, however large.
const STORM_MOST: (f64, f64) = (1000.0, 0.72);
/// A domain that so many clients ask for is filtered, not drawn: one in ten, and more than four.
const KNOWN: (u64, u64) = (10, 4);
const HOUR: i64 = 3_600_000_000;
/// Domains that are named as evidence.
const NAMED: usize = 8;
const MILD: f64 = 0.4;
const INFO: f64 = 0.2;

/// Why it cannot run, where it cannot.
#[must_use]
pub fn missing(seen: &Seen) -> Option<String> {
    dns_missing(seen)
        .or_else(|| (seen.rcodes == 0).then(|| "No row of dns.log has an rcode.".to_owned()))
}

/// What it has to do without.
#[must_use]
pub fn without(seen: &Seen) -> Option<String> {
    (seen.dns_ts == 0).then(|| {
        "The log has no times (ts): how many domains fall within an hour is unknown.".to_owned()
    })
}

/// All findings, in no order.
#[must_use]
pub fn detect(scene: &Scene<'_>, roles: &Roles<'_>) -> Vec<Detection> {
    let mut clients: Vec<Vec<Asked<'_, '_>>> = Vec::new();
    for asked in scene.dns.iter().filter_map(Asked::of) {
        let client = asked.ends.client_id as usize;
        if clients.len() <= client {
            clients.resize_with(client + 1, Vec::new);
        }
        clients[client].push(asked);
    }
    let judged = clients.iter_mut();
    judged.filter_map(|asked| judge(asked, roles)).collect()
}

/// A domain that is missing, or was asked for by itself.
#[derive(Clone, Copy)]
struct Asked<'s, 'a> {
    ends: &'s Ends<'a, DnsChannel>,
    /// It could exist and does not.
    missed: bool,
    /// Without a host in front.
    bare: bool,
}

impl<'s, 'a> Asked<'s, 'a> {
    fn of(ends: &'s Ends<'a, DnsChannel>) -> Option<Self> {
        let channel = ends.channel;
        let bare = channel.names.count == 1 && channel.names.below == 0;
        let missed = channel.nxdomain > 0
            && channel.nxdomain == channel.answered
            && wakeful_suffixes::suffix(ends.other).is_some_and(|suffix| suffix.kind.is_some());
        (bare || missed).then_some(Self { ends, missed, bare })
    }

    /// Whether its label is long enough to look random or not.
    fn is_judged(&self) -> bool {
        self.missed && label(self.ends.other).len() >= LABEL
    }
}

/// The first label of a registered domain.
fn label(domain: &[u8]) -> &[u8] {
    domain
        .split(|&byte| byte == b'.')
        .next()
        .unwrap_or_default()
}

/// Surprise of a domain's first label, microbits a character.
fn surprise(domain: &[u8]) -> u64 {
    let label = label(domain);
    ngram::table().label(label) / (label.len() as u64 + 1)
}

/// The most times that count within an hour in which they are at least one in `share` of all.
fn burst(mut times: Vec<(i64, bool)>, share: usize) -> usize {
    times.sort_unstable();
    let (mut from, mut counted, mut most) = (0, 0, 0);
    for (at, &(time, counts)) in times.iter().enumerate() {
        counted += usize::from(counts);
        while times[from].0 <= time - HOUR {
            counted -= usize::from(times[from].1);
            from += 1;
        }
        if counted * share > at - from {
            most = most.max(counted);
        }
    }
    most
}

/// The missing domains of a client, and what they come to.
struct Missed<'s, 'a> {
    all: Vec<&'s Ends<'a, DnsChannel>>,
    random: Vec<&'s Ends<'a, DnsChannel>>,
    /// Random ones by all that can look so.
    share: f64,
    /// Random ones within an hour.
    burst: usize,
    /// Missing ones within an hour that were asked for by themselves.
    storm: usize,
}

impl<'s, 'a> Missed<'s, 'a> {
    fn of(asked: &[Asked<'s, 'a>], roles: &Roles<'_>) -> Self {
        let ends = |keep: fn(&Asked<'s, 'a>) -> bool| -> Vec<&'s Ends<'a, DnsChannel>> {
            let kept = asked.iter().filter(|asked| keep(asked));
            kept.map(|asked| asked.ends).collect()
        };
        let judged = ends(Asked::is_judged);
        let is_random = |ends: &&&Ends<'_, DnsChannel>| surprise(ends.other) > RANDOM;
        let random: Vec<_> = judged.iter().filter(is_random).copied().collect();
        let first = |ends: &Ends<'_, DnsChannel>| ends.channel.interval.first;
        let times = random.iter().filter_map(|ends| Some((first(ends)?, true)));
        let is_known = |ends: &Ends<'_, DnsChannel>| {
            let clients = u64::from(ends.other_clients) + 1;
            clients > KNOWN.1 && clients * KNOWN.0 >= roles.clients()
        };
        let bare = asked.iter().filter(|asked| asked.bare);
        let bare: Vec<(i64, bool)> = bare
            .filter_map(|asked| {
                let counts = asked.missed && !is_known(asked.ends);
                Some((first(asked.ends)?, counts))
            })
            .collect();
        Self {
            share: random.len() as f64 / judged.len().max(1) as f64,
            burst: burst(times.collect(), 1),
            storm: burst(bare, 2),
            all: ends(|asked| asked.missed),
            random,
        }
    }

    /// By the look of the names, of which so many were drawn at random.
    fn by_look(&self, drawn: usize) -> f64 {
        match () {
            () if self.share < SHARE && self.all.len() as u64 >= MANY => INFO,
            () if self.share < SHARE || (drawn as u64) < LOW => 0.0,
            () if (drawn as f64) < MEDIUM.0 || self.burst < BURST => MILD,
            () => ramp(drawn as f64, MEDIUM, HIGH),
        }
    }

    /// By their number within an hour.
    fn by_storm(storm: usize) -> f64 {
        match storm {
            few if few < STORM_LOW => 0.0,
            some if some < STORM_MEDIUM => MILD,
            many => ramp(many as f64, (STORM_MEDIUM as f64, MEDIUM.1), STORM_MOST),
        }
    }

    /// The score once more, with fewer names of a random look, fewer within an hour, or both.
    fn counterfactuals(&self) -> Vec<Counterfactual> {
        let (drawn, storm) = (self.random.len(), self.storm);
        let (few_drawn, few_storm) = (MEDIUM.0 as usize - 1, STORM_MEDIUM - 1);
        let score = |drawn, storm| self.by_look(drawn).max(Self::by_storm(storm));
        let drawn_to = (drawn as f64, few_drawn as f64);
        let storm_to = (storm as f64, few_storm as f64);
        let fewer_drawn = format!("{few_drawn} of the names looked drawn at random");
        let fewer_at_once = format!("{few_storm} of them fell within an hour");
        let both = format!("{fewer_drawn} and {fewer_at_once}");
        let alone = [
            (few_drawn < drawn).then(|| {
                let score = score(few_drawn, storm);
                otherwise("random_missed", drawn_to, score, &fewer_drawn)
            }),
            (few_storm < storm).then(|| {
                let score = score(drawn, few_storm);
                otherwise("storm", storm_to, score, &fewer_at_once)
            }),
        ];
        let alone: Vec<Counterfactual> = alone.into_iter().flatten().flatten().collect();
        if alone.is_empty() {
            let score = score(few_drawn, few_storm);
            return otherwise("random_missed", drawn_to, score, &both)
                .into_iter()
                .collect();
        }
        alone
    }

    fn reasons(&self, score: f64, by_look: f64, by_storm: f64) -> Vec<Reason> {
        let drawn = self.random.len() as u64;
        // What decides pushes; what is only so besides does not.
        let of_look = if by_look > 0.0 && by_look >= by_storm {
            score
        } else {
            0.0
        };
        let of_storm = score - of_look;
        vec![
            reason(
                "random_missed",
                drawn as f64,
                0.0,
                of_look * 0.5,
                format!(
                    "{} that do not exist have random names.",
                    counted(drawn, "domain")
                ),
            ),
            reason(
                "random_share",
                self.share,
                0.1,
                of_look * 0.3 * (self.share - 0.1).max(0.0),
                format!(
                    "That is {:.0} % of the missing domains; of popular domains 10 % look so.",
                    self.share * 100.0
                ),
            ),
            reason(
                "burst",
                self.burst as f64,
                0.0,
                of_look * 0.2,
                format!("{} of them fell within an hour.", self.burst),
            ),
            reason(
                "storm",
                self.storm as f64,
                0.0,
                of_storm * 0.7,
                format!(
                    "{} that do not exist were asked for within an hour without a host in front.",
                    counted(self.storm as u64, "domain")
                ),
            ),
            reason(
                "missed",
                self.all.len() as f64,
                3.0,
                of_storm * 0.3,
                format!(
                    "{} that do not exist were asked for in all.",
                    counted(self.all.len() as u64, "domain")
                ),
            ),
        ]
    }

    fn proof(&self, score: f64, by_look: bool) -> Proof {
        let (text, named, matched) = if by_look {
            let matched = self.random.len() as u64;
            ("Missing domains with random names.", &self.random, matched)
        } else {
            (
                "Missing domains, asked for in a storm.",
                &self.all,
                self.storm as u64,
            )
        };
        Proof {
            rule: KIND.to_owned(),
            at_least: score,
            text: text.to_owned(),
            evidence: named
                .iter()
                .take(NAMED)
                .map(|ends| shown(ends.other))
                .collect(),
            matched,
            of: self.all.len() as u64,
        }
    }
}

/// Of a client: the domains stand in the order of their channels, and are put in that of their names.
fn judge(asked: &mut [Asked<'_, '_>], roles: &Roles<'_>) -> Option<Detection> {
    let client = asked.first()?.ends;
    // Most clients end here.
    let least = LOW.min(STORM_LOW as u64) as usize;
    if asked.iter().filter(|asked| asked.missed).count() < least {
        return None;
    }
    order::by_key(asked, |asked| asked.ends.other);
    let mut missed = Missed::of(asked, roles);
    if roles.is_resolver(client.client_id) {
        // How many its clients miss together says nothing; how they look does.
        missed.storm = 0;
        if missed.share < SHARE {
            return None;
        }
    }
    let most = if roles.is_mail(client.client_id) {
        MILD
    } else {
        1.0
    };
    let by_look = missed.by_look(missed.random.len()).min(most);
    let by_storm = Missed::by_storm(missed.storm).min(most);
    let score = by_look.max(by_storm);
    let (mut interval, mut places) = (Interval::default(), Places::default());
    for ends in &missed.all {
        interval.merge(ends.channel.interval);
        places.merge(&ends.channel.places);
    }
    let by_look_first = by_look >= by_storm;
    let how = if by_look_first {
        format!("{} of the names look drawn at random", missed.random.len())
    } else {
        format!("{} of them within an hour", missed.storm)
    };
    let sentence = format!(
        "{} asked for {} that do not exist; {how}.",
        shown(client.client),
        counted(missed.all.len() as u64, "domain")
    );
    let what = Found {
        kind: KIND,
        client: client.client,
        domain: None,
        peer: None,
        records: missed.all.iter().map(|ends| ends.channel.nxdomain).sum(),
        interval,
        places: &places,
        attack: &["T1568.002"],
        about: About::Client,
    };
    let reasons = missed.reasons(score, by_look, by_storm);
    let mut detection = found(&what, score, sentence, reasons)?;
    let finding = &mut detection.finding;
    finding.proofs.push(missed.proof(score, by_look_first));
    if score >= ALERT {
        finding.counterfactuals = missed.counterfactuals();
    }
    Some(detection)
}

#[cfg(test)]
mod tests {
    use super::super::testing::Logs;
    use super::*;
    use crate::report::Severity;

    const NXDOMAIN: u16 = 3;

    fn drawn(n: u64) -> String {
        let mut state = n.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ 77;
        let name: String = (0..14)
            .map(|_| {
                state = state
                    .wrapping_mul(6_364_136_223_846_793_005)
                    .wrapping_add(1_442_695_040_888_963_407);
                char::from(b'a' + (state >> 40) as u8 % 26)
            })
            .collect();
        format!("{name}.com")
    }

    fn words(n: u64) -> String {
        let words = [
            "garden", "silver", "market", "window", "travel", "winter", "family",
        ];
        format!("{}{}.com", words[n as usize % 7], words[n as usize / 7 % 7])
    }

    fn severity(
        name: impl Fn(u64) -> String,
        count: u64,
        gap: i64,
        rcode: u16,
    ) -> Option<Severity> {
        let mut logs = Logs::default();
        for n in 0..count {
            logs.asked(
                n as i64 * gap,
                "10.0.0.5",
                "10.0.0.1",
                &name(n),
                1,
                rcode,
                "",
            );
        }
        let scene = Scene::new(&logs.analysis);
        detect(&scene, &Roles::new(&scene))
            .first()
            .map(|detection| detection.finding.severity)
    }

    #[test]
    fn random_names_that_do_not_exist_are_an_alert() {
        assert_eq!(severity(drawn, 60, 2, NXDOMAIN), Some(Severity::Medium));
        assert_eq!(severity(drawn, 500, 2, NXDOMAIN), Some(Severity::High));
        assert_eq!(
            severity(drawn, 60, 3000, NXDOMAIN),
            Some(Severity::Low),
            "no burst"
        );
        assert_eq!(severity(drawn, 12, 2, NXDOMAIN), Some(Severity::Low));
    }

    #[test]
    fn typos_existing_domains_and_search_suffixes_are_none() {
        assert_eq!(severity(words, 19, 2, NXDOMAIN), None);
        assert_eq!(severity(drawn, 500, 2, 0), None);
        let local = |n: u64| drawn(n).replace(".com", ".lan");
        assert_eq!(severity(local, 500, 2, NXDOMAIN), None);
        let suffixed = |n: u64| format!("{}.example.com", drawn(n));
        assert_eq!(severity(suffixed, 500, 2, NXDOMAIN), None);
    }

    #[test]
    fn a_storm_is_told_whatever_the_names_look_like() {
        let pairs = |n: u64| {
            let halves = ["garden", "silver", "market", "window", "travel", "winter"];
            let half = |n: u64| halves[n as usize % 6];
            format!("{}{}{}.com", half(n), half(n / 6), half(n / 36))
        };
        assert_eq!(severity(pairs, 70, 2, NXDOMAIN), Some(Severity::Medium));
        assert_eq!(severity(pairs, 30, 2, NXDOMAIN), Some(Severity::Low));
        assert_eq!(severity(pairs, 70, 300, NXDOMAIN), None, "over six hours");
        let hosts = |n: u64| format!("ads.{}", pairs(n));
        assert_eq!(severity(hosts, 70, 2, NXDOMAIN), None, "a filter's");
        assert_eq!(severity(pairs, 70, 2, 0), None);
    }

    #[test]
    fn what_many_ask_for_and_what_a_resolver_asks_for_is_no_storm() {
        let mut logs = Logs::default();
        for client in 0..8 {
            for n in 0..70 {
                let (client, name) = (format!("10.0.0.{client}"), words(n));
                logs.asked(n as i64, &client, "10.0.0.1", &name, 1, NXDOMAIN, "");
            }
        }
        for n in 0..30 {
            let server = format!("198.51.100.{n}");
            for (second, end) in ["street.org", "school.org", "bridge.org"]
                .iter()
                .enumerate()
            {
                let name = words(n).replace(".com", end);
                logs.asked(second as i64, "10.0.0.1", &server, &name, 1, NXDOMAIN, "");
            }
        }
        let scene = Scene::new(&logs.analysis);
        let found = detect(&scene, &Roles::new(&scene));
        let said: Vec<&str> = found
            .iter()
            .map(|of| of.finding.sentence.as_str())
            .collect();
        assert_eq!(said, [""; 0]);
    }

    #[test]
    fn a_burst_agrees_with_its_definition() {
        let times: Vec<(i64, bool)> = (0..300)
            .map(|n: i64| (n * n % 97 * 200_000_000 + n, n % 7 < 4))
            .collect();
        for share in [1, 2] {
            let naive = times.iter().map(|&(end, _)| {
                let within = times
                    .iter()
                    .filter(|&&(time, _)| time <= end && time > end - HOUR);
                let all = within.clone().count();
                let counted = within.filter(|&&(_, counts)| counts).count();
                if counted * share >= all { counted } else { 0 }
            });
            assert_eq!(Some(burst(times.clone(), share)), naive.max(), "{share}");
        }
        assert_eq!(burst(Vec::new(), 2), 0);
    }
}
