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
//!   1995; where they save less than 2 % of the first 32 kB, as of enciphered data, they are left out, and
//!   behind the first 128 kB order 0 goes on);
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

mod cheap;
mod code;
mod largest;
mod policy;
mod texts;

use super::Scene;
use crate::analysis::{AskedName, Ends, Seen};
use crate::channels::dns::DnsChannel;
use crate::names::registered_start;
use crate::report::{Leak, LeakDay};
pub use cheap::bound_of_name_bytes;
pub(super) use code::Coder;
use code::{enumerative_bits, gap_bits};
pub use largest::budget;
pub use policy::{FEW_OTHERS, LIMIT, RULE, limit, proof, proof_above};
pub(crate) use texts::{Texts, bits_of_bytes, measure_bytes};
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
    let mut coder = Coder::default();
    measure_by(|_, text| coder.name_bits(text), channel, cut, names)
}

/// The same, with the bits that `coded` makes of a day and its names, under a registered domain of `cut` bytes.
fn measure_by(
    mut coded: impl FnMut(i32, &[&[u8]]) -> f64,
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
                names: name_bytes(channel, coded(day, &text)),
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
fn by_day<'s, 'a>(
    channel: &DnsChannel,
    cut: usize,
    names: &'s [AskedName<'a>],
) -> impl Iterator<Item = (i32, u64, Vec<&'a [u8]>)> + use<'s, 'a> {
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
        let without: &[AskedName<'a>] = if day == first_day { untimed } else { &[] };
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

/// The bound of a channel of a log, with the bits that `coded` makes of a day and its names; [`Scene::leak`] keeps it.
pub(super) fn of(coded: impl FnMut(i32, &[&[u8]]) -> f64, scene: &Scene<'_>, channel: u32) -> Leak {
    let ends = &scene.dns[channel as usize];
    measure_by(
        coded,
        ends.channel,
        domain(ends).len(),
        scene.names(channel),
    )
}

/// What all names of a channel end in.
fn domain<'a>(ends: &Ends<'a, DnsChannel>) -> &'a [u8] {
    match ends.other {
        b"." => b"",
        domain => domain,
    }
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
    channel.trace.each_sorted(|beat| {
        let second = beat.time.div_euclid(RESOLUTION);
        gaps.extend(before.map(|before| (second - before) as u64));
        before = Some(second);
    });
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
    pub(super) fn mixed_log() -> crate::Analysis {
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
}
