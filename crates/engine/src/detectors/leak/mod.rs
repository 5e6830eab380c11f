//! # Leak meter
//!
//! **Sees** how many bytes could have left at most, each day (UTC), from one client through the
//! look-ups of one registered domain: whatever the names say, and whatever they are written in.
//!
//! **Matters** because a sender can make names look like anything, and cannot send more than a
//! lossless coder needs to write down what was asked. A bound below a kilobyte a day clears a channel
//! without a look at its names. ATT&CK T1048, T1071.004.
//!
//! **Formula** Paxson et al., "Practical comprehensive bounds on surreptitious communication over
//! DNS", USENIX Security 2013: the sum of three code lengths.
//! - *Names*: the distinct names of the day on which each was first asked for, in that order, without
//!   the registered domain, which is constant. The least of: a byte a byte; an adaptive arithmetic
//!   code of order 0 (Krichevsky-Trofimov estimator over the symbols that occur, which are announced
//!   first), of order 1 and of order 2 (each interpolated with the one below, MacKay and Peto
//!   1995; where they save less than 2 % of the first 32 kB, as of enciphered data, they are left out);
//!   and front coding of the sorted names with log2(n!) bits for their order.
//! - *Record types*: an enumerative code, log2 of the multinomial coefficient, and the counts.
//! - *Timing*: gaps between rows, whole seconds: an adaptive code of each gap's number
//!   of binary digits and the digits themselves, or of the gaps as symbols, whichever is less; measured
//!   on the rows that are kept ([`crate::channels::trace::Trace`]), scaled to all.
//!
//! Types and timing are given to days by their rows; of a channel with more than a million
//! names, where a sample is kept, the names' bound is scaled (2 to the power of its level).
//!
//! **Raises** an alert where the names of one day could have carried 4,096 bytes or more and at most
//! two other clients ask under the domain: whatever the names look like, so much seldom leaves
//! for a domain that nobody else knows. Reversed addresses under a block list's name are left out:
//! what they ask for is somebody's address. Of a public domain under which nothing was ever answered, whose names look drawn at random and
//! that at most two other clients ask for, 512 bytes are the most: who asks on does not ask for an answer.
//!
//! **Set off falsely** by services that write much into names and mean no harm: block lists, antivirus
//! look-ups of hashes, telemetry. The bound says what could have left, not that it did. It does not count
//! the choice of a name among those already asked for, nor times finer than a second.
//!
//! **Example** 10,000 names of 120 hexadecimal digits on one day: about 600 kB by names. A client that asks
//! for `www` and `mail` of a domain all day: a few bytes by names, and what its timing could say.

mod code;

use super::{Scene, shown};
use crate::analysis::{AskedName, Ends, Seen};
use crate::channels::dns::DnsChannel;
use crate::channels::trace::Trace;
use crate::features::encoding::RANDOM;
use crate::models::BANDS;
use crate::names::registered_start;
use crate::order;
use crate::report::{Leak, LeakBudget, LeakDay, LeakOf, Proof};
pub(super) use code::Coder;
use code::{enumerative_bits, gap_bits, gap_bits_at_most};
use std::cmp::Reverse;
use std::collections::BinaryHeap;
use wakeful_logs::Micros;

/// Times are taken to whole seconds: finer ones are lost on the way to a server that is far.
pub const RESOLUTION: Micros = 1_000_000;

const DAY: Micros = 86_400_000_000;

/// The kind of its page; it raises what [`super::dns_tunnel`] finds.
pub(super) const KIND: &str = RULE;
/// Its title: that of its page.
pub(super) const TITLE: &str = "Leak meter";

/// Why it cannot run, where it cannot.
#[must_use]
pub fn missing(seen: &Seen) -> Option<String> {
    super::dns_tunnel::missing(seen)
}

/// What it has to do without.
#[must_use]
pub fn without(seen: &Seen) -> Option<String> {
    let what = match seen {
        seen if seen.dns_ts == 0 => {
            "The log has no times (ts): all counts as one day, and timing is not measured."
        }
        seen if seen.qtypes == 0 => {
            "The log has no record types (qtype): what their sequence could carry is not counted."
        }
        _ => return None,
    };
    Some(what.to_owned())
}

/// The bound of a channel with its distinct names in the order of first asking
/// ([`super::Scene::names`]). Names without a time count on the channel's first day; without any time,
/// all is one day that begins at 0.
#[must_use]
pub fn measure(channel: &DnsChannel, names: &[AskedName<'_>]) -> Leak {
    let cut = names.first().map_or(0, |asked| domain_bytes(asked.name));
    measure_by(&mut Coder::default(), channel, cut, names)
}

/// The same, by a coder that is kept, of names under a registered domain of `cut` bytes.
fn measure_by(
    coder: &mut Coder,
    channel: &DnsChannel,
    cut: usize,
    names: &[AskedName<'_>],
) -> Leak {
    let rows: u64 = channel.days.iter().map(|&(_, rows)| rows).sum();
    let types = type_bits(channel) / 8.0;
    let timing = timing_bits(channel, rows) / 8.0;
    let days: Vec<LeakDay> = by_day(channel, cut, names)
        .map(|(day, of_day, text)| {
            let share = of_day as f64 / rows.max(1) as f64;
            LeakDay {
                start: f64::from(day) * 86_400.0,
                names: name_bytes(channel, coder.name_bits(&text)),
                types: (types * share).ceil(),
                timing: (timing * share).ceil(),
            }
        })
        .collect();
    Leak {
        bytes_a_day: days
            .iter()
            .map(|day| day.names + day.types + day.timing)
            .fold(0.0, f64::max),
        days,
    }
}

/// Each day of a channel, with its rows and the names that were first asked for on it, below a registered domain of
/// `cut` bytes.
fn by_day<'s>(
    channel: &DnsChannel,
    cut: usize,
    names: &'s [AskedName<'s>],
) -> impl Iterator<Item = (i32, u64, Vec<&'s [u8]>)> {
    let first_day = channel.days.first().map_or(0, |&(day, _)| day);
    // By time, those without one last: a day's names stand side by side.
    let (timed, untimed) = names.split_at(names.partition_point(|name| name.first.is_some()));
    let before = move |day: i32| {
        timed.partition_point(|name| {
            name.first
                .is_some_and(|time| time.div_euclid(DAY) < i64::from(day))
        })
    };
    let days = match channel.days.is_empty() {
        true => smallvec::smallvec![(first_day, 1)],
        false => channel.days.clone(),
    };
    days.into_iter().map(move |(day, rows)| {
        let without: &[AskedName<'_>] = if day == first_day { untimed } else { &[] };
        let text = timed[before(day)..before(day + 1)]
            .iter()
            .chain(without)
            .map(|asked| below(asked.name, cut))
            .collect();
        (day, rows, text)
    })
}

/// Bytes of a day's names that were coded in so many bits.
fn name_bytes(channel: &DnsChannel, bits: f64) -> f64 {
    (bits / 8.0 * f64::from(channel.level).exp2()).ceil()
}

/// The bound of a channel of a log; [`Scene::leak`] keeps it, and the coder.
pub(super) fn of(coder: &mut Coder, scene: &Scene<'_>, channel: u32) -> Leak {
    let ends = &scene.dns[channel as usize];
    measure_by(
        coder,
        ends.channel,
        domain(ends).len(),
        scene.names(channel),
    )
}

/// Bounds that are listed, at most: a policy that raises more is none.
const BOUNDS: usize = 1000;
/// Of so many is said whose they are.
const NAMED: usize = 100;

/// The largest bounds of channels and days of a log: what a policy of so many bytes a day would raise.
#[must_use]
pub fn budget(scene: &Scene<'_>) -> LeakBudget {
    let channel_days = scene.dns.iter().map(|ends| ends.channel.days.len().max(1));
    let interval = scene.analysis.interval();
    let days = match (interval.first, interval.last) {
        (Some(first), Some(last)) => last.saturating_sub(first) as f64 / DAY as f64,
        _ => 0.0,
    };
    let (bounds, measured) = largest(scene, BOUNDS);
    LeakBudget {
        days: days.max(1.0),
        channel_days: channel_days.sum::<usize>() as u64,
        largest: named(scene, &bounds, &measured),
        bounds,
    }
}

/// The largest bounds of a channel and day, the largest first, `most` of them. Channels are measured in the
/// order of a bound that costs little ([`day_at_most`]), and no further than that could still be among them: hardly any
/// of a log's channels. That bound is taken in the order of one that costs nothing ([`roughly_at_most`]). And the channels
/// that were measured.
fn largest(scene: &Scene<'_>, most: usize) -> (Vec<u64>, Vec<u32>) {
    let rough = |ends: &Ends<'_, DnsChannel>| (roughly_at_most(ends) as u64, ends.id);
    let mut rough: BinaryHeap<(u64, u32)> = scene.dns.iter().map(rough).collect();
    let mut close: BinaryHeap<(u64, u32)> = BinaryHeap::new();
    let mut bounds: BinaryHeap<Reverse<u64>> = BinaryHeap::with_capacity(most + 1);
    let mut measured = Vec::new();
    loop {
        // None that waits is above the first of `close`.
        while let Some(&(roughly, channel)) = rough.peek()
            && close.peek().is_none_or(|&(at_most, _)| at_most < roughly)
        {
            rough.pop();
            let ends = &scene.dns[channel as usize];
            let at_most = day_at_most(ends, scene.names(channel)) as u64;
            close.push((at_most, channel));
        }
        let Some((at_most, channel)) = close.pop() else {
            break;
        };
        let full = bounds.len() >= most;
        if full && bounds.peek().is_none_or(|least| at_most <= least.0) {
            break;
        }
        measured.push(channel);
        for day in &scene.leak(channel).days {
            bounds.push(Reverse(bytes_of(day)));
            if bounds.len() > most {
                bounds.pop();
            }
        }
    }
    let bounds = bounds.into_sorted_vec().into_iter().map(|of| of.0);
    (bounds.collect(), measured)
}

fn bytes_of(day: &LeakDay) -> u64 {
    (day.names + day.types + day.timing) as u64
}

/// Whose they are, the first of them. Of those that are as large as the last, which ones are among them is chance.
fn named(scene: &Scene<'_>, bounds: &[u64], measured: &[u32]) -> Vec<LeakOf> {
    let least = match bounds {
        [.., last] if bounds.len() == BOUNDS => *last,
        _ => 0,
    };
    let mut named: Vec<LeakOf> = Vec::new();
    for &channel in measured {
        let ends = &scene.dns[channel as usize];
        for day in &scene.leak(channel).days {
            let bytes = bytes_of(day);
            if bytes > least {
                named.push(LeakOf {
                    bytes,
                    day: day.start,
                    client: shown(ends.client),
                    domain: shown(ends.other),
                });
            }
        }
    }
    order::by(&mut named, |a, b| {
        let whose = (&a.client, &a.domain).cmp(&(&b.client, &b.domain));
        let day = a.day.total_cmp(&b.day);
        b.bytes.cmp(&a.bytes).then(whose).then(day)
    });
    named.truncate(NAMED);
    named
}

/// [`day_at_most`] is never above it: all names on one day, each with a dot at its end, and for each logarithm the
/// digits of its number.
fn roughly_at_most(ends: &Ends<'_, DnsChannel>) -> f64 {
    let channel = ends.channel;
    let digits = |number: u64| f64::from(u64::BITS - number.leading_zeros());
    // One more for those without a type.
    let types = channel.qtypes.len() as u64 + 1;
    let of_types = channel.records as f64 * digits(types)
        + types as f64 * (digits(channel.records + 1) + 16.0);
    let seconds = (channel.interval.lasted() / RESOLUTION + 1) as u64;
    let classes = digits(2 * Trace::KEPT as u64 + 65);
    let of_times = channel.records as f64 * (classes + digits(seconds));
    let dots = channel.distinct_names() as f64;
    bound_of_name_bytes(channel) + dots + (of_types + of_times) / 8.0 + 3.0
}

/// No day of [`measure`] is above it: names a byte a byte, all gaps alike, as if on the busiest day.
fn day_at_most(ends: &Ends<'_, DnsChannel>, names: &[AskedName<'_>]) -> f64 {
    let channel = ends.channel;
    let rows: u64 = channel.days.iter().map(|&(_, rows)| rows).sum();
    let share = channel.busiest_share();
    let gaps = channel.trace.held().saturating_sub(1).min(Trace::KEPT) as f64;
    let timing = if gaps > 0.0 {
        let seconds = channel.interval.lasted() / RESOLUTION + 1;
        gap_bits_at_most(gaps, seconds as f64) * rows.saturating_sub(1).max(1) as f64 / gaps
    } else {
        0.0
    };
    // Each of the three is rounded up.
    names_at_most(ends, names) + (type_bits(channel) + timing) / 8.0 * share + 3.0
}

/// No day's names take more bytes: each has its characters and an end. Of a single day, what all of them take.
fn names_at_most(ends: &Ends<'_, DnsChannel>, names: &[AskedName<'_>]) -> f64 {
    if ends.channel.days.len() <= 1 {
        return bound_of_name_bytes(ends.channel);
    }
    let cut = domain(ends).len();
    let (mut most, mut of_day, mut untimed, mut today) = (0, 0, 0, None);
    for asked in names {
        // The end, or the dot before the domain.
        let bytes = (asked.name.len() + 1).saturating_sub(cut);
        let Some(time) = asked.first else {
            // Which of the days they count to does not matter here.
            untimed += bytes;
            continue;
        };
        let day = Some(time.div_euclid(DAY));
        if day != today {
            (most, of_day, today) = (most.max(of_day), 0, day);
        }
        of_day += bytes;
    }
    (most.max(of_day) + untimed) as f64 * f64::from(ends.channel.level).exp2()
}

/// What all names of a channel end in.
fn domain<'a>(ends: &Ends<'a, DnsChannel>) -> &'a [u8] {
    match ends.other {
        b"." => b"",
        domain => domain,
    }
}

/// Bytes that a day's names could have carried, from which on it is an alert: Paxson's policy.
pub const LIMIT: f64 = 4096.0;

/// A service is asked for by many clients: beyond so many others, the bound is only told.
pub const FEW_OTHERS: u32 = 2;

/// The same of a domain that few clients ask for, under which nothing that this one asks is ever answered, and its names look drawn at
/// random: a hundred names of five bytes. Whoever asks on has not asked for an answer.
pub const UNANSWERED: f64 = 512.0;

/// What one machine is let pass of a domain.
#[must_use]
pub fn limit(scene: &Scene<'_>, ends: &Ends<'_, DnsChannel>) -> f64 {
    let (channel, names) = (ends.channel, &ends.channel.names);
    // A log without answers says so only where they are refused.
    let is_seen = scene.analysis.seen().answers > 0
        || channel.nxdomain > 0 && channel.nxdomain == channel.answered;
    let is_unanswered = ends.other_clients <= FEW_OTHERS
        && channel.with_answers == 0
        && names.surprise >= names.count * u64::from(RANDOM)
        && is_seen
        && wakeful_suffixes::suffix(ends.other).is_some_and(|suffix| suffix.kind.is_some());
    if is_unanswered { UNANSWERED } else { LIMIT }
}

/// Whether the names of one day could have carried more than the policy allows one machine, of a domain that few
/// clients ask for.
#[must_use]
pub fn proof(scene: &Scene<'_>, ends: &Ends<'_, DnsChannel>) -> Option<Proof> {
    proof_above(limit(scene, ends), scene, ends)
}

/// The same, of a client that is let pass `limit` bytes: [`super::baseline`] gives a resolver that of many machines.
#[must_use]
pub fn proof_above(limit: f64, scene: &Scene<'_>, ends: &Ends<'_, DnsChannel>) -> Option<Proof> {
    // Most channels end here, without a look at their names.
    if ends.other_clients > FEW_OTHERS || bound_of_name_bytes(ends.channel) < limit - 1.0 {
        return None;
    }
    let names = scene.names(ends.id);
    if names_at_most(ends, names) < limit - 1.0 || are_reversed(names) {
        return None;
    }
    // The coder by counts alone costs a tenth of all of them, and bounds them.
    let could_be_above = by_day(ends.channel, domain(ends).len(), names)
        .any(|(_, _, text)| name_bytes(ends.channel, code::bits_at_most(&text)) >= limit);
    if !could_be_above {
        return None;
    }
    let leak = scene.leak(ends.id);
    let days = leak.days.iter();
    let day = days
        .max_by(|a, b| a.names.total_cmp(&b.names))
        .filter(|day| day.names >= limit)?;
    Some(Proof {
        rule: RULE.to_owned(),
        at_least: BANDS[2],
        text: format!(
            "The names of one day could have carried {:.1} kB, whatever they are written in; {:.1} kB is the most that is let pass where {}.",
            day.names / 1e3,
            limit / 1e3,
            format_args!(
                "{}{FEW_OTHERS} other clients or fewer ask for the domain",
                if limit < LIMIT {
                    "nothing is answered and "
                } else {
                    ""
                }
            )
        ),
        evidence: Vec::new(),
        matched: names.len() as u64,
        of: names.len() as u64,
    })
}

/// The name of the rule in a [`Proof`].
pub const RULE: &str = "leak";

/// Block lists under one domain, at most: `bl`, `zen`, and the like.
const LISTS: usize = 8;

/// Whether nine names in ten are addresses turned round under a list's name: four octets, and then what all
/// of them have in common ([`LISTS`] at most). What stands there instead of a list's name could carry
/// anything.
pub(super) fn are_reversed(names: &[AskedName<'_>]) -> bool {
    let mut lists: Vec<&[u8]> = Vec::new();
    let (mut reversed, mut others) = (0, 0);
    for asked in names {
        let Some(list) = list_asked(asked.name) else {
            // Where one name in ten is something else, the rest needs no look.
            others += 1;
            if others * 10 > names.len() {
                return false;
            }
            continue;
        };
        reversed += 1;
        if !lists.contains(&list) {
            lists.push(list);
        }
        if lists.len() > LISTS {
            return false;
        }
    }
    reversed > 0 && reversed * 10 >= names.len() * 9
}

/// What follows the four octets that a name begins with, as a block list is asked (RFC 5782, section 2.1).
fn list_asked(name: &[u8]) -> Option<&[u8]> {
    let mut rest = name;
    for _ in 0..4 {
        let dot = rest.iter().position(|&byte| byte == b'.')?;
        let octet = std::str::from_utf8(&rest[..dot]).ok()?;
        if octet.len() > 3 || octet.parse::<u8>().is_err() {
            return None;
        }
        rest = &rest[dot + 1..];
    }
    Some(rest)
}

/// A bound of the bytes by names over all days that costs nothing: a byte a byte. Never less than the
/// sum of [`measure`]'s days, but for a byte a day of rounding.
#[must_use]
pub fn bound_of_name_bytes(channel: &DnsChannel) -> f64 {
    // Each name has its characters, a dot between labels, and an end.
    let names = &channel.names;
    let bytes = names.below + u64::from(names.labels) + names.count;
    bytes as f64 * f64::from(channel.level).exp2()
}

/// Bytes of a name's registered domain.
fn domain_bytes(name: &[u8]) -> usize {
    let name = name.strip_suffix(b".").unwrap_or(name);
    name.len() - registered_start(name)
}

/// A name without its registered domain of so many bytes and the dot before it.
fn below(name: &[u8], domain: usize) -> &[u8] {
    let name = name.strip_suffix(b".").unwrap_or(name);
    if domain == 0 {
        return name;
    }
    &name[..name.len().saturating_sub(domain + 1)]
}

/// Bits of the order of a channel's record types: which of all orders with these counts, and the counts.
fn type_bits(channel: &DnsChannel) -> f64 {
    let mut counts: Vec<u64> = channel.qtypes.iter().map(|&(_, count)| count).collect();
    let typed: u64 = counts.iter().sum();
    if typed < channel.records {
        counts.push(channel.records - typed);
    }
    enumerative_bits(&counts)
}

/// Bits of the times of so many rows, by the gaps of those that are kept.
fn timing_bits(channel: &DnsChannel, rows: u64) -> f64 {
    let mut gaps: Vec<u64> = Vec::with_capacity(channel.trace.held());
    let mut before = None;
    for beat in channel.trace.sorted() {
        let second = beat.time.div_euclid(RESOLUTION);
        gaps.extend(before.map(|before| (second - before) as u64));
        before = Some(second);
    }
    if gaps.is_empty() {
        return 0.0;
    }
    let count = gaps.len() as f64;
    gap_bits(gaps) * rows.saturating_sub(1).max(1) as f64 / count
}

#[cfg(test)]
mod tests {
    use super::code::tests::sample;
    use super::*;
    use crate::channels::dns::{RowFacts, symbol};
    use crate::channels::trace::Beat;
    use crate::names::{NameFacts, facts};

    fn channel(names: &[Vec<u8>], gap: Micros) -> (DnsChannel, Vec<(Micros, Vec<u8>, NameFacts)>) {
        let mut channel = DnsChannel::default();
        let mut asked = Vec::new();
        for (n, below) in names.iter().enumerate() {
            let name = [below, &b".example.com"[..]].concat();
            let time = n as Micros * gap;
            let said = facts(&name).1;
            channel.names.add(&said);
            channel.records += 1;
            channel.qtypes = smallvec::smallvec![(16, channel.records)];
            let day = time.div_euclid(DAY) as i32;
            match channel.days.last_mut() {
                Some(last) if last.0 == day => last.1 += 1,
                _ => channel.days.push((day, 1)),
            }
            channel.interval.add(Some(time));
            channel.trace.add(Beat {
                time,
                size: below.len() as u32,
                symbol: symbol(Some(16), Some(0), RowFacts::default()),
            });
            asked.push((time, name, said));
        }
        (channel, asked)
    }

    fn leak(names: &[Vec<u8>], gap: Micros) -> (DnsChannel, Leak) {
        let (channel, asked) = channel(names, gap);
        let asked: Vec<AskedName<'_>> = asked
            .iter()
            .map(|(time, name, facts)| AskedName {
                channel: 0,
                first: Some(*time),
                name,
                facts,
            })
            .collect();
        let leak = measure(&channel, &asked);
        (channel, leak)
    }

    #[test]
    fn random_hexadecimal_digits_carry_half_a_byte_each() {
        let mut state = 1_u64;
        let names: Vec<Vec<u8>> = (0..2000)
            .map(|_| {
                let mut name = String::new();
                for _ in 0..4 {
                    state = state
                        .wrapping_mul(6_364_136_223_846_793_005)
                        .wrapping_add(1);
                    name.push_str(&format!("{:08x}", state >> 32));
                }
                name.into_bytes()
            })
            .collect();
        let (channel, leak) = leak(&names, 1_000_000);
        assert_eq!(leak.days.len(), 1);
        // 32 digits are 16 bytes; the bound may be a little above, never below.
        let bytes = leak.days[0].names;
        assert!((32_000.0..34_000.0).contains(&bytes), "{bytes}");
        assert!(bound_of_name_bytes(&channel) >= bytes);
        assert!(leak.days[0].timing < 20.0 && leak.days[0].types < 10.0);
        assert_eq!(
            leak.bytes_a_day,
            bytes + leak.days[0].timing + leak.days[0].types
        );
    }

    #[test]
    fn a_counter_carries_little_and_days_are_apart() {
        let names: Vec<Vec<u8>> = (0..2000)
            .map(|n| {
                format!("part-{n:06}-of-the-long-constant-text-that-says-nothing").into_bytes()
            })
            .collect();
        let (channel, counted) = leak(&names, 100_000_000);
        assert_eq!(counted.days.len(), 3);
        let bytes: f64 = counted.days.iter().map(|day| day.names).sum();
        assert!(bytes < bound_of_name_bytes(&channel) / 10.0, "{bytes}");
        assert_eq!(counted.days[1].start, 86_400.0);
    }

    #[test]
    fn nothing_is_nothing_and_a_sample_is_scaled() {
        let empty = measure(&DnsChannel::default(), &[]);
        assert_eq!(empty.bytes_a_day, empty.days[0].types);
        let (mut channel, asked) = channel(&sample(), 1_000_000);
        let asked: Vec<AskedName<'_>> = asked
            .iter()
            .map(|(_, name, facts)| AskedName {
                channel: 0,
                first: None,
                name,
                facts,
            })
            .collect();
        let once = measure(&channel, &asked).days[0].names;
        channel.level = 3;
        let scaled = measure(&channel, &asked).days[0].names;
        assert!((scaled - 8.0 * once).abs() <= 8.0);
    }

    /// Rows of clients that ask for names of all lengths, in bursts and slowly, on one day and on many.
    fn mixed_log() -> crate::Analysis {
        let mut analysis = crate::Analysis::new();
        let mut reader = wakeful_logs::Reader::new();
        let mut state = 3_u64;
        let mut random = |below: u64| {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1);
            (state >> 33) % below
        };
        for channel in 0..300 {
            let (rows, gap, len) = (1 + random(60), 1 << random(18), 1 + random(50));
            let mut time = 1_700_000_000 + random(200_000);
            for _ in 0..rows {
                time += random(2 * gap);
                let name: String = (0..len)
                    .map(|_| char::from(b'a' + random(4 + len / 3) as u8))
                    .collect();
                let (qtype, client) = ([1, 16, 28][random(3) as usize], channel % 7);
                let row = format!(
                    "{{\"ts\":{time}.25,\"id.orig_h\":\"10.0.0.{client}\",\"query\":\"{name}.d{channel}.example\",\"qtype\":{qtype}}}\n"
                );
                reader.feed(row.as_bytes(), &mut analysis);
            }
        }
        reader.finish(&mut analysis);
        analysis
    }

    #[test]
    fn the_largest_bounds_are_those_of_measuring_every_channel() {
        let analysis = mixed_log();
        let scene = Scene::new(&analysis);
        let mut all = Vec::new();
        for ends in &scene.dns {
            let at_most = day_at_most(ends, scene.names(ends.id));
            assert!(at_most <= roughly_at_most(ends));
            for day in &scene.leak(ends.id).days {
                let bytes = day.names + day.types + day.timing;
                assert!(bytes <= at_most, "{bytes} {at_most}");
                all.push(bytes as u64);
            }
        }
        all.sort_unstable_by(|a, b| b.cmp(a));
        assert!(all.len() > 500);
        for most in [1, 20, 100, all.len(), 10_000] {
            let expected = &all[..most.min(all.len())];
            assert_eq!(largest(&Scene::new(&analysis), most).0, expected);
        }
        let (lazy, of_all) = (Scene::new(&analysis), scene.dns.len());
        let _ = largest(&lazy, 20);
        assert!(
            lazy.measured() < of_all / 2,
            "{} of {of_all}",
            lazy.measured()
        );
    }

    #[test]
    fn the_largest_bounds_have_names() {
        let analysis = mixed_log();
        let scene = Scene::new(&analysis);
        let leaks = budget(&scene);
        assert_eq!(leaks.largest.len(), NAMED);
        for (named, bytes) in leaks.largest.iter().zip(&leaks.bounds) {
            assert_eq!(named.bytes, *bytes);
            let is_it = |ends: &&Ends<'_, DnsChannel>| {
                (ends.client, ends.other) == (named.client.as_bytes(), named.domain.as_bytes())
            };
            let ends = scene.dns.iter().find(is_it).unwrap();
            let days = &scene.leak(ends.id).days;
            let day = days.iter().find(|day| day.start == named.day).unwrap();
            assert_eq!((day.names + day.types + day.timing) as u64, named.bytes);
        }
    }

    #[test]
    fn a_channel_is_above_the_policy_whether_or_not_it_is_measured_first() {
        let analysis = mixed_log();
        let scene = Scene::new(&analysis);
        for ends in &scene.dns {
            let leak = scene.leak(ends.id);
            let most = leak.days.iter().map(|day| day.names).fold(0.0, f64::max);
            assert_eq!(
                proof(&Scene::new(&analysis), ends).is_some(),
                most >= LIMIT && ends.other_clients <= FEW_OTHERS
            );
        }
    }
}
