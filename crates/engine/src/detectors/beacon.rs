//! # Beacon
//!
//! **Sees** connections that come at an interval or without a pause: a program's, not a person's.
//!
//! **Matters** because a program that waits for orders from outside keeps in touch. ATT&CK T1071,
//! T1029, T1571.
//!
//! **Formula** On a client and a peer outside the site, two scores, and those of `long_connection` and `upload`; the greatest counts, and names the finding.
//! - *Rhythm*: *period* of [`super::rhythm`] on at least 24 rows, or eight rows over six hours
//!   (low and slow): from 0.7 on info, from 0.9 on low. What is *steady* without a beat counts as 0.95.
//! - *Strobe*: 86,400 connections a day, low.
//!
//! A peer that one client in twenty or more talks to is a service and is passed over; one that any other
//! client talks to is info at most, and so is every peer in a log of fewer than five clients:
//! rarity among clients is what tells a program of nobody's from one of everybody's.
//! So it is with an address that was given for a domain which one client in twenty or more asks for (a service has many
//! addresses): info, and low where it would be an alert. Clients that keep such a rhythm with addresses of one domain are one entry.
//!
//! *Rotation*: three peers or more of one network (24 bits of IPv4), four rows each, are judged as one peer as well: an alert, or nothing.
//!
//! To a port of time, name, mail, push, telephone or management services a rhythm is info at most (to that of time, where a packet has
//! no more than 300 bytes). A rhythm alone is an
//! alert (medium) only where all of this holds: the peer is asked by one client, of at least
//! five in the log; period of 0.95 and more on at least 48 rows over four hours; sizes score of
//! 0.9 and more; at most 4 kB to the peer in nine of ten connections; they last less than half of the time; and no such port. *Defence: one machine among
//! many speaks to an address that nobody else knows, like a clock, all day, and says the same each time.*
//! *Fixed address*: where certainly no answer in `dns.log` gave it the address, and four in five of the client's other outside peers were given, a period of 0.8 is
//! enough, and 20 rows over twelve hours; a shell and an upload to it are alerts, too. In a log of fewer clients these are low.
//! More than three alerts of one client, or more than ten others, are one entry: a machine that watches others keeps many such clocks.
//!
//! **Set off falsely** by telemetry, updates, mail and chat, monitoring: most beacons mean no harm, which is
//! why they stay below an alert.
//!
//! **Example** 1,440 connections from one client to an address of its own, 60 s apart with 5 % of
//! jitter, of 312 bytes each, in a log of ten clients: medium.

use super::rhythm::{PERIOD, STEADY, add_steady, measure_in, score as rhythm_score};
use super::{
    Detection, Found, Scene, long_connection, rotation, rule, severity, shown, unconnected, upload,
};
use crate::Analysis;
use crate::analysis::{Ends, Seen};
use crate::channels::Interval;
use crate::channels::flow::{FlowChannel, FlowClass};
use crate::order;
use crate::quantiles::quantile;
use crate::report::{Counterfactual, Finding, Part, Reason, Rhythm};
use rustc_hash::FxHashSet;

/// The kind of its findings.
pub const KIND: &str = "beacon";
/// The kinds of what is found here: a channel is called by what stands out most.
const KINDS: [&str; 3] = [KIND, long_connection::KIND, upload::KIND];

/// Whether a finding is one of these.
pub(super) fn is_one(finding: &Finding) -> bool {
    KINDS.contains(&finding.kind.as_str())
}

/// Its title: that of its page.
pub(super) const TITLE: &str = "Beacon";

/// Rows that a rhythm needs.
pub const MIN_BEATS: u64 = 24;

/// Clients that a log needs for "nobody else" to say something.
pub const MIN_CLIENTS: usize = 5;

/// A peer of one in so many clients is a service.
pub(super) const SERVICE: usize = 20;
/// What is low at most is below an alert.
pub(super) const LOW_MOST: f64 = rule::ALERT - 0.01;
/// What is info at most is below low.
pub(super) const INFO_MOST: f64 = 0.39;

const SLOW_BEATS: u64 = 8;
pub(super) const HOUR: i64 = 3_600_000_000;
const STROBE_A_DAY: u128 = 86_400;
/// The period of a clock, and what a steady channel counts as.
const CLOCK: f64 = 0.95;
/// Bytes up of nine in ten connections, at most.
const ALIKE: u32 = 4096;
/// Ports of services that keep time or keep in touch by design: DNS, DHCP, NTP, NetBIOS, SNMP, mail,
/// syslog, SSDP, STUN, IPsec, SIP, MQTT, push services, multicast DNS.
const KEEP_ALIVE: [u16; 26] = [
    25, 53, 67, 68, 110, 123, 137, 138, 143, 161, 162, 465, 514, 587, 853, 993, 995, 1883, 1900,
    3478, 4500, 5060, 5223, 5228, 5353, 8883,
];
/// The port of network time, and bytes of its packets at most: 48, and 228 where they are signed (RFC 8915).
const TIME: u16 = 123;
const TIME_BYTES: u128 = 300;

/// Why it cannot run, where it cannot.
#[must_use]
pub fn missing(seen: &Seen) -> Option<String> {
    rule::ends_missing(seen)
        .or_else(|| (seen.conn_ts == 0).then(|| "No row of conn.log has a time (ts).".to_owned()))
}

/// What it has to do without.
#[must_use]
pub fn without(seen: &Seen) -> Option<String> {
    (seen.bytes == 0).then(|| {
        "conn.log has no payload bytes (orig_bytes): like sizes cannot make a rhythm an alert."
            .to_owned()
    })
}

/// All findings, in no order.
#[must_use]
pub fn detect(scene: &Scene<'_>) -> Vec<Detection> {
    let channels = || {
        [FlowClass::Other, FlowClass::Dns]
            .into_iter()
            .flat_map(|class| scene.flows(class).iter().map(move |ends| (class, ends)))
    };
    let mut clients: Vec<u32> = channels().map(|(_, ends)| ends.client_id).collect();
    clients.sort_unstable();
    clients.dedup();
    let log = Log {
        interval: scene.analysis.interval(),
        clients: clients.len(),
    };
    let outside: Vec<(FlowClass, &Ends<'_, FlowChannel>)> = channels()
        .filter(|(_, ends)| {
            ends.channel.local < ends.channel.records
                && rule::is_outside(ends.other).unwrap_or(true)
        })
        .collect();
    let judged: Vec<(FlowClass, &Ends<'_, FlowChannel>, Detection)> = outside
        .iter()
        .filter_map(|&(class, ends)| Some((class, ends, judge(class, ends, log, false)?)))
        .collect();
    let turns = rotation::found(&outside, log);
    let is_told = |ends: &Ends<'_, FlowChannel>| {
        rotation::network(ends.other)
            .is_some_and(|of| turns.iter().any(|(told, _)| *told == (ends.client_id, of)))
    };
    let fixed = fixed(scene, &judged);
    let mut all: Vec<Detection> = judged
        .into_iter()
        .filter(|(_, ends, detection)| detection.finding.severity.is_alert() || !is_told(ends))
        .map(|(class, ends, detection)| {
            let is_fixed = fixed.contains(&(ends.client_id, Analysis::address_hash(ends.other)));
            let again = is_fixed.then(|| judge(class, ends, log, true));
            again.flatten().unwrap_or(detection)
        })
        .collect();
    all.extend(turns.into_iter().map(|(_, detection)| detection));
    all
}

/// Of what was found, the clients' numbers and peers that no answer gave.
fn fixed(
    scene: &Scene<'_>,
    judged: &[(FlowClass, &Ends<'_, FlowChannel>, Detection)],
) -> FxHashSet<(u32, u64)> {
    let alone: Vec<(u32, &[u8], Interval)> = judged
        .iter()
        .filter(|(_, ends, _)| ends.other_clients == 0)
        .map(|(_, ends, _)| (ends.client_id, ends.other, ends.channel.interval))
        .collect();
    unconnected::in_no_answer(scene, &alone)
}

/// What is known of the whole log.
#[derive(Clone, Copy)]
pub(super) struct Log {
    interval: Interval,
    clients: usize,
}

/// Whether there are rows enough for a rhythm: many, or some over hours.
pub(super) fn is_enough(records: u64, interval: Interval) -> bool {
    records >= MIN_BEATS || records >= SLOW_BEATS && interval.lasted() >= 6 * HOUR
}

/// What is told of a client and a peer; `fixed`: no answer gave the client that address.
pub(super) fn judge(
    class: FlowClass,
    ends: &Ends<'_, FlowChannel>,
    log: Log,
    fixed: bool,
) -> Option<Detection> {
    let channel = ends.channel;
    let clients = log.clients;
    let sharing = ends.other_clients as usize + 1;
    if sharing > 1 && sharing * SERVICE >= clients {
        return None;
    }
    let enough = is_enough(channel.records, channel.interval);
    let rhythm = enough.then(|| {
        let mut rhythm = measure_in(&channel.trace, Some(log.interval));
        add_steady(&mut rhythm, &channel.trace, CLOCK);
        rhythm
    });
    let [beat, long, strobe, upload] = scores(ends, rhythm.as_ref(), clients, fixed);
    let score = beat.max(long).max(strobe).max(upload);
    let severity = severity(score)?;
    let parts: Vec<Part> = [
        (
            "rhythm",
            beat,
            rhythm.as_ref().map(|rhythm| beat_text(ends, rhythm)),
        ),
        ("long", long, Some(long_connection::text(ends, fixed))),
        ("strobe", strobe, Some(strobe_text(channel))),
        ("upload", upload, Some(upload::text(ends))),
    ]
    .into_iter()
    .filter(|(_, score, _)| *score > 0.0)
    .filter_map(|(name, score, text)| {
        Some(Part {
            name: name.to_owned(),
            score,
            text: text?,
        })
    })
    .collect();
    let best = parts.iter().max_by(|a, b| a.score.total_cmp(&b.score))?;
    let (kind, attack): (_, &[_]) = match best.name.as_str() {
        "long" => (long_connection::KIND, &["T1095", "T1572"]),
        "upload" => (upload::KIND, &["T1048", "T1567"]),
        _ => (KIND, &["T1071", "T1029"]),
    };
    let found = Found::of_flows(kind, class, ends, attack);
    let mut detection = found.detection(severity, score, reasons(&parts));
    detection.finding.sentence.clone_from(&best.text);
    detection.finding.parts = parts;
    if score >= rule::ALERT {
        detection.finding.counterfactuals = known_to_another(ends, rhythm.as_ref(), clients, fixed);
    }
    if fixed {
        detection.finding.context.notes.push(FIXED.to_owned());
    }
    detection.finding.rhythm = rhythm;
    Some(detection)
}

/// What is said of a fixed address.
const FIXED: &str = "No answer in these logs gave the client this address; it asked for most others that it connects to.";

/// The scores of the four parts.
fn scores(
    ends: &Ends<'_, FlowChannel>,
    rhythm: Option<&Rhythm>,
    clients: usize,
    fixed: bool,
) -> [f64; 4] {
    let channel = ends.channel;
    let beat = rhythm.map_or(0.0, |rhythm| rhythm_part(channel, rhythm, fixed));
    let most = match (ends.other_clients, clients >= MIN_CLIENTS) {
        (0, true) => 1.0,
        (0, false) if fixed => LOW_MOST,
        _ => INFO_MOST,
    };
    [
        beat,
        long_connection::score(channel, fixed),
        strobe_part(channel),
        upload::score(channel, fixed),
    ]
    .map(|score: f64| score.min(most))
}

/// The scores once more, if another client spoke to the peer.
fn known_to_another(
    ends: &Ends<'_, FlowChannel>,
    rhythm: Option<&Rhythm>,
    clients: usize,
    fixed: bool,
) -> Vec<Counterfactual> {
    let shared = Ends {
        other_clients: 1,
        ..*ends
    };
    let score = scores(&shared, rhythm, clients, fixed)
        .into_iter()
        .fold(0.0, f64::max);
    let condition = "another client connected to the peer, too";
    rule::otherwise("other_clients", (0.0, 1.0), score, condition)
        .into_iter()
        .collect()
}

/// Each part as a reason, the strongest first; the usual channel has none of them.
fn reasons(parts: &[Part]) -> Vec<Reason> {
    let mut reasons: Vec<Reason> = parts
        .iter()
        .map(|part| Reason {
            feature: format!("beacon.{}", part.name),
            value: part.score,
            usual: 0.0,
            push: part.score,
            text: part.text.clone(),
        })
        .collect();
    order::by(&mut reasons, |a, b| b.push.total_cmp(&a.push));
    reasons
}

pub(super) fn is_keep_alive(channel: &FlowChannel) -> bool {
    channel
        .ports
        .is_none_or(|(low, high)| KEEP_ALIVE.contains(&low) || KEEP_ALIVE.contains(&high))
        && (channel.ports != Some((TIME, TIME))
            || channel.orig_packets == 0
            || channel.orig_bytes <= TIME_BYTES * channel.orig_packets)
}

fn rhythm_part(channel: &FlowChannel, rhythm: &Rhythm, fixed: bool) -> f64 {
    let mut period = rhythm_score(rhythm, "period");
    if rhythm_score(rhythm, STEADY) > 0.0 {
        period = CLOCK;
    }
    let score = between(period, &[(0.7, 0.2), (0.9, 0.4), (1.0, 0.59)]);
    if is_keep_alive(channel) {
        return score.min(INFO_MOST);
    }
    let lasted = channel.interval.lasted();
    let (least, enough) = match (channel.records, lasted / HOUR) {
        (20.., 12..) if fixed => (0.8, true),
        (records, hours) => (
            if fixed { 0.8 } else { CLOCK },
            records >= 2 * MIN_BEATS && hours >= 4,
        ),
    };
    let alert = enough
        && period >= least
        && rhythm_score(rhythm, "sizes") >= 0.9
        && usual_most(channel) <= ALIKE
        // What is held open has the rhythm of who lets go.
        && 2 * channel.duration < lasted.unsigned_abs().into();
    if alert {
        0.6 + 0.1 * (period - least) / (1.0 - least)
    } else {
        score
    }
}

/// Bytes up that nine in ten connections do not exceed.
fn usual_most(channel: &FlowChannel) -> u32 {
    let mut sizes: Vec<u32> = channel
        .trace
        .sorted()
        .iter()
        .map(|beat| beat.size)
        .collect();
    sizes.sort_unstable();
    quantile(&sizes, 0.9).unwrap_or(u32::MAX)
}

fn strobe_part(channel: &FlowChannel) -> f64 {
    // In a log of less than a day, as many as a day would need.
    let micros = channel.interval.lasted().max(24 * HOUR) as u128;
    let a_day = u128::from(channel.records) * 24 * HOUR as u128 / micros;
    if a_day >= STROBE_A_DAY { 0.45 } else { 0.0 }
}

/// Linear between points that rise; 0 below the first, the last's beyond it.
pub(super) fn between(x: f64, points: &[(f64, f64)]) -> f64 {
    let mut score = 0.0;
    for (at, &(from, low)) in points.iter().enumerate() {
        if x >= from {
            score = match points.get(at + 1) {
                Some(&(to, high)) => low + (high - low) * ((x - from) / (to - from)).min(1.0),
                None => low,
            };
        }
    }
    score
}

fn beat_text(ends: &Ends<'_, FlowChannel>, rhythm: &Rhythm) -> String {
    format!(
        "It connects to {} {}; {}.",
        shown(ends.other),
        every(rhythm, ends.channel.records),
        who_else(ends.other_clients),
    )
}

/// How often records come, how many do, and how well they keep it: those that it was taken from are a channel's first.
pub(super) fn every(rhythm: &Rhythm, records: u64) -> String {
    let taken = match rhythm.records {
        taken if taken < records => format!("the first {taken} of "),
        _ => String::new(),
    };
    let interval = duration(rhythm.interval.unwrap_or(0.0));
    match rhythm_score(rhythm, "period") {
        period if period >= PERIOD || rhythm_score(rhythm, STEADY) == 0.0 => {
            format!("every {interval} ({taken}{records} times, period {period:.2})")
        }
        _ => format!("about every {interval} ({taken}{records} times, without a long pause)"),
    }
}

/// How many others do the same.
pub(super) fn who_else(clients: u32) -> String {
    match clients {
        0 => "no other client does".to_owned(),
        1 => "one other client does too".to_owned(),
        n => format!("{n} other clients do too"),
    }
}

fn strobe_text(channel: &FlowChannel) -> String {
    format!(
        "It connects without a pause: {} times in {}.",
        channel.records,
        duration(channel.interval.lasted() as f64 / 1e6)
    )
}

/// Seconds in the unit that fits.
pub(super) fn duration(seconds: f64) -> String {
    match seconds {
        s if s < 120.0 => format!("{s:.1} s"),
        s if s < 7200.0 => format!("{:.1} min", s / 60.0),
        s => format!("{:.1} h", s / 3600.0),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Analysis;
    use crate::report::Severity;
    use wakeful_logs::ConnRecord;

    struct Row<'a> {
        client: &'a str,
        peer: &'a str,
        port: u16,
        second: f64,
        bytes: u64,
        duration: f64,
    }

    fn add(analysis: &mut Analysis, row: &Row<'_>) {
        let record = ConnRecord {
            ts: Some((row.second * 1e6) as i64),
            orig_host: Some(row.client.as_bytes()),
            resp_host: Some(row.peer.as_bytes()),
            resp_port: Some(row.port),
            orig_bytes: Some(row.bytes),
            resp_bytes: Some(120),
            duration: Some(row.duration),
            ..ConnRecord::default()
        };
        analysis.conn(&record, None);
    }

    /// A number from 0 to 1, without a rule that shows.
    fn chance(n: u64) -> f64 {
        let mixed = (n + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        ((mixed ^ mixed >> 31).wrapping_mul(0xbf58_476d_1ce4_e5b9) >> 40) as f64
            / f64::from(1 << 24)
    }

    /// Eight clients that visit pages for a day.
    fn office() -> Analysis {
        let mut analysis = Analysis::new();
        for n in 0..4000_u64 {
            add(
                &mut analysis,
                &Row {
                    client: &format!("10.0.0.{}", n % 8 + 1),
                    peer: &format!("198.51.100.{}", n * 7 % 97),
                    port: 443,
                    second: 86_400.0 * chance(n),
                    bytes: 500 + n * 31 % 3000,
                    duration: 2.0,
                },
            );
        }
        analysis
    }

    fn clock(analysis: &mut Analysis, client: &str, peer: &str, port: u16) {
        for n in 0..1440_u64 {
            add(
                analysis,
                &Row {
                    client,
                    peer,
                    port,
                    second: 60.0 * (n as f64 + 0.05 * chance(n)),
                    bytes: 312,
                    duration: 0.2,
                },
            );
        }
    }

    fn found(analysis: &Analysis) -> Vec<Detection> {
        detect(&Scene::new(analysis))
    }

    #[test]
    fn people_have_no_rhythm() {
        assert_eq!(found(&office()).len(), 0);
    }

    #[test]
    fn a_clock_to_an_address_of_its_own_is_an_alert_and_says_its_interval() {
        let mut analysis = office();
        clock(&mut analysis, "10.0.0.3", "203.0.113.9", 8443);
        let found = found(&analysis);
        assert_eq!(found.len(), 1);
        let finding = &found[0].finding;
        assert_eq!(finding.severity, Severity::Medium);
        assert!(
            finding.sentence.contains("every 60"),
            "{}",
            finding.sentence
        );
        assert!(!finding.reasons.is_empty() && finding.rhythm.is_some());
    }

    #[test]
    fn what_others_do_too_what_keeps_time_and_what_is_alone_in_its_log_is_no_alert() {
        let mut analysis = office();
        clock(&mut analysis, "10.0.0.3", "203.0.113.9", 8443);
        clock(&mut analysis, "10.0.0.4", "203.0.113.9", 8443);
        clock(&mut analysis, "10.0.0.5", "203.0.113.10", 123);
        clock(&mut analysis, "10.0.0.5", "10.0.0.1", 8443);
        let found = found(&analysis);
        // A peer that two of ten clients know is a service, one inside the site is no peer; the clock of
        // network time is left, below low.
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].finding.peer.as_deref(), Some("203.0.113.10"));
        assert_eq!(found[0].finding.severity, Severity::Info);
        let mut alone = Analysis::new();
        clock(&mut alone, "10.0.0.3", "203.0.113.9", 8443);
        assert_eq!(
            super::detect(&Scene::new(&alone))[0].finding.severity,
            Severity::Info
        );
    }

    #[test]
    fn what_keeps_no_beat_is_said_to_come_about_so_often() {
        let mut analysis = office();
        let mut second = 0.0;
        for n in 0..140 {
            second += 600.0 * (0.5 + chance(n));
            add(
                &mut analysis,
                &Row {
                    client: "10.0.0.3",
                    peer: "203.0.113.9",
                    port: 8443,
                    second,
                    bytes: 312,
                    duration: 0.2,
                },
            );
        }
        let found = found(&analysis);
        let sentence = &found[0].finding.sentence;
        assert!(sentence.contains(" about every "), "{sentence}");
        assert!(
            sentence.contains("(140 times, without a long pause)"),
            "{sentence}"
        );
        let minutes = found[0].finding.rhythm.as_ref().unwrap().interval.unwrap() / 60.0;
        assert!((8.5..=11.5).contains(&minutes), "{minutes}");
    }

    #[test]
    fn long_connections_and_slow_beats_are_low() {
        let mut analysis = office();
        let mut row = Row {
            client: "10.0.0.2",
            peer: "203.0.113.20",
            port: 443,
            second: 10.0,
            bytes: 9000,
            duration: 5.0 * 3600.0,
        };
        add(&mut analysis, &row);
        for n in 0..20 {
            row = Row {
                peer: "203.0.113.21",
                second: 3.0 * 3600.0 * f64::from(n),
                duration: 1.0,
                ..row
            };
            add(&mut analysis, &row);
        }
        let mut found = found(&analysis);
        found.sort_by(|a, b| a.finding.peer.cmp(&b.finding.peer));
        assert_eq!(found.len(), 2);
        assert_eq!(
            found[0].finding.sentence,
            "One connection to 203.0.113.20 lasted 5.0 h; 9.0 kB went up and 120 bytes came down."
        );
        assert!(found[1].finding.sentence.contains("every 3.0 h"));
        assert!(
            found
                .iter()
                .all(|one| one.finding.severity == Severity::Low)
        );
    }

    #[test]
    fn scores_rise_between_their_points() {
        let points = [(1.0, 0.2), (4.0, 0.4)];
        for (x, score) in [(0.5, 0.0), (1.0, 0.2), (2.5, 0.3), (4.0, 0.4), (99.0, 0.4)] {
            assert!((between(x, &points) - score).abs() < 1e-12, "{x}");
        }
    }
}
