//! # Behaviour
//!
//! **Sees** in which sequence a channel's records come: what is asked for after what, how long it
//! is, whether it is answered, and how soon the next one follows; of connections, which packets follow
//! which.
//!
//! **Matters** because a protocol inside another keeps its own steps: a tunnel polls, waits and sends
//! in an order that look-ups for people do not have. ATT&CK T1071.
//!
//! **Formula** A first-order Markov chain (as Slips and BOTection use) of at most sixteen states
//! (of a query its type, length, answer and pause; of a connection the letters of its history). Against the *other* channels of the same log (of more than 4,096 that ask for names,
//! as many by chance: those whose first record's time has the least hashes), each counted as at
//! most 64 steps and add-½ smoothed: bits = (log2 P(sequence | own chain) − log2 P(sequence |
//! theirs)) / steps. P of the own chain is the Krichevsky-Trofimov mixture over all chains, which pays
//! for what it must learn: a short or an ordinary sequence is below 0. The steps that weigh most are those
//! with the greatest n · log2(p / q), p the channel's own share and q theirs.
//!
//! The letters, of the first 200 records, are built like those of Slips (García 2014): a character says what came and how
//! alike the last two gaps are, the next one how long the gap before it was.
//! - One of nine in a row: names below 32 bytes, below 64, longer; of each three by the answer: none, below 128 bytes, longer.
//!   Of connections: up to 250 bytes up, to 1,100, more; of each three by what they lasted: an eighth of a second, 8 s, longer.
//! - The row: `1`–`9` too early to say, `a`–`i` gaps alike within 5 %, `A`–`I` within 30 %, `r`–`z` within five times, `R`–`Z` beyond.
//! - The gap: `.` up to 5 s, `,` a minute, `+` five minutes, `*` an hour; in front a `0` for each whole hour.
//!
//! **Set off falsely** by any service that is used otherwise than the rest of the log: it says
//! "different", not "bad", and nothing with fewer than ten other channels to
//! compare with.
//!
//! **Example** Long TXT look-ups each within a second of the last, among clients that ask for addresses:
//! more than a bit a step.

use super::Scene;
use crate::Analysis;
use crate::analysis::Seen;
use crate::channels::dns::{self, DnsChannel, Reply};
use crate::channels::flow::{self, FlowChannel, FlowClass};
use crate::channels::trace::{Beat, Trace};
use crate::hash::mixed;
use crate::order;
use crate::report::{Behaviour, Transition};
use wakeful_logs::Micros;

/// Steps that a channel counts for at most in a [`Chain`].
pub const CAP: u64 = 64;

/// So many of a log's DNS channels are learnt, about, where it has more: what all do in common shows in them.
const SAMPLE: usize = 4096;

/// With fewer other channels there is nothing to compare with.
pub const MIN_CHANNELS: u64 = 10;

/// Unit of a chain's counts: a channel's steps are scaled to [`CAP`] in thousandths.
const UNIT: u64 = 1000;

const SECOND: Micros = 1_000_000;
const MOST_LETTERS: usize = 200;
const MOST_SURPRISING: usize = 6;

/// States of a DNS channel: bit 0 for a record type other than addresses, bit 1 for 32 bytes and more
/// below the domain, bit 2 for no positive answer, bit 3 for a second and more after the record before.
pub const DNS_STATES: [&str; 16] = [
    "address, short, answered, at once",
    "other type, short, answered, at once",
    "address, long, answered, at once",
    "other type, long, answered, at once",
    "address, short, not answered, at once",
    "other type, short, not answered, at once",
    "address, long, not answered, at once",
    "other type, long, not answered, at once",
    "address, short, answered, later",
    "other type, short, answered, later",
    "address, long, answered, later",
    "other type, long, answered, later",
    "address, short, not answered, later",
    "other type, short, not answered, later",
    "address, long, not answered, later",
    "other type, long, not answered, later",
];

/// States of a connection's history: its letters (capital: from the client), with begin and end.
pub const FLOW_STATES: [&str; 14] = [
    "begin",
    "client opens",
    "peer opens",
    "peer accepts",
    "client acknowledges",
    "peer acknowledges",
    "client sends",
    "peer sends",
    "client closes",
    "peer closes",
    "client resets",
    "peer resets",
    "anything else",
    "end",
];

/// Letters of Zeek's histories, in the order of [`FLOW_STATES`] from its second on.
const LETTERS: &[u8; 11] = b"SshAaDdFfRr";

/// The name of its page.
pub(super) const KIND: &str = "behaviour";
/// Its title: that of its page.
pub(super) const TITLE: &str = "Behaviour";

/// Why it cannot run, where it cannot.
#[must_use]
pub fn missing(seen: &Seen) -> Option<String> {
    (seen.dns_ts == 0 && seen.histories == 0).then(|| {
        "No row of dns.log has a time (ts), and none of conn.log a history: there is no sequence."
            .to_owned()
    })
}

/// What it has to do without.
#[must_use]
pub fn without(seen: &Seen) -> Option<String> {
    let what = match seen {
        seen if seen.dns > 0 && seen.dns_ts == 0 => {
            "No row of dns.log has a time (ts): the sequence of queries is unknown."
        }
        seen if seen.conn > 0 && seen.histories == 0 => {
            "No row of conn.log has a history: the sequence of packets is unknown."
        }
        _ => return None,
    };
    Some(what.to_owned())
}

/// Steps from state to state, of one channel or of many.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chain {
    states: usize,
    counts: Vec<u64>,
    channels: u64,
    /// Of a log's channels those are learnt whose first record's time has no greater hash: a sample that does not
    /// depend on the order of reading.
    most: u64,
}

impl Chain {
    /// Without a step.
    #[must_use]
    pub fn new(states: usize) -> Self {
        Self {
            states,
            counts: vec![0; states * states],
            channels: 0,
            most: u64::MAX,
        }
    }

    fn step(&mut self, from: usize, to: usize, count: u64) {
        self.counts[from * self.states + to] += count;
    }

    fn row(&self, from: usize) -> &[u64] {
        &self.counts[from * self.states..(from + 1) * self.states]
    }

    /// Steps in all.
    #[must_use]
    pub fn steps(&self) -> u64 {
        self.counts.iter().sum()
    }

    /// A channel's counts as they enter a chain of many: thousandths, [`CAP`] steps at most.
    fn capped(&self) -> impl Iterator<Item = u64> + '_ {
        let steps = self.steps();
        self.counts.iter().map(move |&count| {
            if steps <= CAP {
                count * UNIT
            } else {
                (u128::from(count) * u128::from(CAP * UNIT) / u128::from(steps)) as u64
            }
        })
    }

    /// Adds a channel's own chain to one of many.
    pub fn learn(&mut self, channel: &Self) {
        if channel.steps() == 0 {
            return;
        }
        self.channels += 1;
        for (sum, count) in self.counts.iter_mut().zip(channel.capped()) {
            *sum += count;
        }
    }

    /// Adds a DNS channel's own chain, as [`Chain::learn`] does. One of [`CAP`] steps or fewer is added step by
    /// step; a longer one by `own`, a table for that.
    fn learn_trace(&mut self, own: &mut Self, trace: &Trace) {
        let mut walk = Walk::default();
        if trace.held() as u64 > CAP {
            own.counts.fill(0);
            trace.each_sorted(|beat| {
                if let Some((from, to)) = walk.step(beat) {
                    own.step(from, to, 1);
                }
            });
            self.learn(own);
        } else {
            trace.each_sorted(|beat| {
                if let Some((from, to)) = walk.step(beat) {
                    self.step(from, to, UNIT);
                }
            });
            self.channels += u64::from(trace.held() > 1);
        }
    }

    /// Adds a chain of many to another.
    pub fn merge(&mut self, other: &Self) {
        self.channels += other.channels;
        for (sum, count) in self.counts.iter_mut().zip(&other.counts) {
            *sum += count;
        }
    }

    /// Whether a channel of the log is learnt.
    fn has(&self, channel: &DnsChannel) -> bool {
        let first = channel.interval.first.unwrap_or_default();
        mixed(&first.to_le_bytes()) <= self.most
    }

    /// Without a channel that was learnt.
    fn without(&self, channel: &Self) -> Self {
        let mut rest = self.clone();
        if channel.steps() > 0 {
            rest.channels = rest.channels.saturating_sub(1);
            for (sum, count) in rest.counts.iter_mut().zip(channel.capped()) {
                *sum = sum.saturating_sub(count);
            }
        }
        rest
    }

    /// How likely a step is by a chain of many, add-½ smoothed.
    fn probability(&self, from: usize, to: usize) -> f64 {
        let row = self.row(from);
        let total: u64 = row.iter().sum();
        let half = UNIT as f64 / 2.0;
        (row[to] as f64 + half) / (total as f64 + half * self.states as f64)
    }
}

/// The chain of all DNS channels of a log, or of a sample of them.
#[must_use]
pub fn dns_population(scene: &Scene<'_>) -> Chain {
    let mut chain = Chain::new(DNS_STATES.len());
    let mut own = Chain::new(DNS_STATES.len());
    if scene.dns.len() > SAMPLE {
        chain.most = u64::MAX / scene.dns.len() as u64 * SAMPLE as u64;
    }
    for ends in &scene.dns {
        if chain.has(ends.channel) {
            chain.learn_trace(&mut own, &ends.channel.trace);
        }
    }
    chain
}

/// The chain of all flow channels of a class.
#[must_use]
pub fn flow_population(analysis: &Analysis, class: FlowClass) -> Chain {
    let mut chain = Chain::new(FLOW_STATES.len());
    for ends in analysis.flow_channels(class) {
        chain.learn(&flow_chain(analysis, ends.channel));
    }
    chain
}

/// A DNS channel against the chain of its log ([`dns_population`], which it is part of).
#[must_use]
pub fn measure_dns(channel: &DnsChannel, population: &Chain) -> Behaviour {
    let beats = channel.trace.sorted();
    let (own, learnt) = (dns_chain(&beats), population.has(channel));
    let mut behaviour = compared(&own, learnt, population, &DNS_STATES);
    behaviour.letters = letters(&beats, |beat| {
        let parts = dns::parts(beat.symbol);
        (class(parts.length, 1, 3), class(parts.size, 0, 4))
    });
    behaviour
}

/// A flow channel against the chain of its class ([`flow_population`], which it is part of).
#[must_use]
pub fn measure_flow(analysis: &Analysis, channel: &FlowChannel, population: &Chain) -> Behaviour {
    let own = flow_chain(analysis, channel);
    let mut behaviour = compared(&own, true, population, &FLOW_STATES);
    behaviour.letters = letters(&channel.trace.sorted(), |beat| {
        // An eighth of a second and eight seconds: the nearest to Slips' 0.1 s and 10 s that are kept.
        let duration = flow::parts(beat.symbol).duration_digits;
        (class(beat.size, 250, 1100), class(duration, 7, 13))
    });
    behaviour
}

/// 0, 1 or 2: up to the first bound, up to the second, beyond.
fn class<T: PartialOrd + Copy>(x: T, low: T, high: T) -> usize {
    usize::from(x > low) + usize::from(x > high)
}

fn dns_state(beat: &Beat, before: Option<Micros>) -> usize {
    let parts = dns::parts(beat.symbol);
    let other_type = !matches!(parts.qtype, 1..=3);
    let later = before.is_none_or(|before| beat.time - before >= SECOND);
    usize::from(other_type)
        | usize::from(parts.length >= 2) << 1
        | usize::from(parts.reply != Reply::NoError) << 2
        | usize::from(later) << 3
}

/// From record to record of a DNS channel.
#[derive(Default)]
struct Walk {
    before: Option<(Micros, usize)>,
}

impl Walk {
    /// The step to the next record; none to the first.
    #[inline]
    fn step(&mut self, beat: Beat) -> Option<(usize, usize)> {
        let state = dns_state(&beat, self.before.map(|(time, _)| time));
        let (_, from) = self.before.replace((beat.time, state))?;
        Some((from, state))
    }
}

/// The chain of a DNS channel's first records.
fn dns_chain(beats: &[Beat]) -> Chain {
    let mut chain = Chain::new(DNS_STATES.len());
    let mut walk = Walk::default();
    for (from, to) in beats.iter().filter_map(|&beat| walk.step(beat)) {
        chain.step(from, to, 1);
    }
    chain
}

/// The chain of a flow channel's histories.
fn flow_chain(analysis: &Analysis, channel: &FlowChannel) -> Chain {
    let mut chain = Chain::new(FLOW_STATES.len());
    for &(history, rows) in channel.histories.all() {
        let mut state = 0;
        for letter in analysis.history(history) {
            let next = LETTERS
                .iter()
                .position(|known| known == letter)
                .map_or(FLOW_STATES.len() - 2, |at| at + 1);
            chain.step(state, next, rows);
            state = next;
        }
        chain.step(state, FLOW_STATES.len() - 1, rows);
    }
    chain
}

/// A channel's own chain against those of the others; the population has it, where it was learnt.
fn compared(own: &Chain, learnt: bool, population: &Chain, names: &[&str]) -> Behaviour {
    let others = match learnt {
        true => population.without(own),
        false => population.clone(),
    };
    let comparable = others.channels >= MIN_CHANNELS && own.steps() > 0;
    Behaviour {
        letters: String::new(),
        bits: if comparable { ratio(own, &others) } else { 0.0 },
        states: names.iter().map(|&name| name.to_owned()).collect(),
        matrix: (0..own.states).map(|from| own.row(from).to_vec()).collect(),
        surprising: if comparable {
            surprising(own, &others, names)
        } else {
            Vec::new()
        },
    }
}

/// Bits a step that the own chain says better than the others'.
fn ratio(own: &Chain, others: &Chain) -> f64 {
    let mut bits = 0.0;
    for from in 0..own.states {
        bits += mixture_bits(own.row(from));
        for (to, &count) in own.row(from).iter().enumerate() {
            bits -= count as f64 * others.probability(from, to).log2();
        }
    }
    bits / own.steps() as f64
}

/// log2 of the probability of a sequence with these counts, by the mixture of Krichevsky and Trofimov:
/// Γ(k/2) / Γ(N + k/2) · Π Γ(n + ½) / Γ(½).
fn mixture_bits(counts: &[u64]) -> f64 {
    let half = counts.len() as f64 / 2.0;
    let total: u64 = counts.iter().sum();
    let mut ln = ln_gamma(half) - ln_gamma(total as f64 + half);
    for &count in counts.iter().filter(|&&count| count > 0) {
        ln += ln_gamma(count as f64 + 0.5) - ln_gamma(0.5);
    }
    ln / std::f64::consts::LN_2
}

/// ln Γ(x) for x > 0: Stirling's series from 16 on, to which smaller ones are raised.
fn ln_gamma(mut x: f64) -> f64 {
    let mut raised = 1.0;
    while x < 16.0 {
        raised *= x;
        x += 1.0;
    }
    let half_ln_tau = 0.5 * std::f64::consts::TAU.ln();
    let series = 1.0 / (12.0 * x) - 1.0 / (360.0 * x.powi(3)) + 1.0 / (1260.0 * x.powi(5));
    (x - 0.5) * x.ln() - x + half_ln_tau + series - raised.ln()
}

fn surprising(own: &Chain, others: &Chain, names: &[&str]) -> Vec<Transition> {
    let mut all = Vec::new();
    for from in 0..own.states {
        let row = own.row(from);
        let total = row.iter().sum::<u64>() as f64;
        for (to, &count) in row.iter().enumerate().filter(|(_, count)| **count > 0) {
            let theirs = others.probability(from, to);
            let bits = count as f64 * (count as f64 / total / theirs).log2();
            if bits > 0.0 {
                all.push(Transition {
                    from: names[from].to_owned(),
                    to: names[to].to_owned(),
                    count,
                    usual: theirs * total,
                    bits,
                });
            }
        }
    }
    // Stable: equals stay in the order of the states.
    order::by(&mut all, |a, b| b.bits.total_cmp(&a.bits));
    all.truncate(MOST_SURPRISING);
    all
}

/// A letter a record: of two classes from 0 to 2 (what: 1–9, a–i, A–I, r–z, R–Z: too early to say,
/// strongly regular, weakly regular, weakly irregular, irregular), before it a 0 for each silent hour,
/// after it the gap to the record before: up to 5 s `.`, a minute `,`, five minutes `+`, an hour `*`.
fn letters(beats: &[Beat], classes: impl Fn(&Beat) -> (usize, usize)) -> String {
    const FIRSTS: [u8; 5] = *b"1aArR";
    let mut out = String::new();
    let gap = |at: usize| {
        at.checked_sub(1)
            .map(|last| beats[at].time - beats[last].time)
    };
    for (at, beat) in beats.iter().enumerate().take(MOST_LETTERS) {
        let (high, low) = classes(beat);
        let (this, last) = (gap(at), at.checked_sub(1).and_then(gap));
        let regular = match (this, last) {
            (Some(this), Some(last)) => regularity(this, last),
            _ => 0,
        };
        if let Some(gap) = this {
            let hours = (gap / (3600 * SECOND)).min(24) as usize;
            out.extend(std::iter::repeat_n('0', hours));
        }
        out.push(char::from(FIRSTS[regular] + (3 * high + low) as u8));
        match this.map(|gap| gap / SECOND) {
            Some(..=5) => out.push('.'),
            Some(..=60) => out.push(','),
            Some(..=300) => out.push('+'),
            Some(..=3600) => out.push('*'),
            _ => {}
        }
    }
    out
}

/// 1 to 4 by the ratio of two gaps: up to 1.05, 1.3, 5, beyond.
fn regularity(a: Micros, b: Micros) -> usize {
    let (low, high) = (i128::from(a.min(b)), i128::from(a.max(b)));
    let within = |hundredths: i128| high * 100 <= low * hundredths;
    match () {
        () if within(105) => 1,
        () if within(130) => 2,
        () if within(500) => 3,
        () => 4,
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::Logs;
    use super::*;
    use crate::channels::dns::{RowFacts, symbol};

    fn channel(rows: impl IntoIterator<Item = (i64, u16, u16)>) -> DnsChannel {
        let mut channel = DnsChannel::default();
        for (time, qtype, below) in rows {
            let row = RowFacts {
                below,
                ..RowFacts::default()
            };
            channel.trace.add(Beat {
                time: time * SECOND,
                size: u32::from(below),
                symbol: symbol(Some(qtype), Some(0), row),
            });
        }
        channel
    }

    fn browsing(seed: i64) -> DnsChannel {
        channel((0..20).map(|n| (n * n * (seed + 3) + n, if n % 2 == 0 { 1 } else { 28 }, 3)))
    }

    fn tunnel() -> DnsChannel {
        channel((0..200).map(|n| (n / 4, 16, 120)))
    }

    fn chain(channel: &DnsChannel) -> Chain {
        dns_chain(&channel.trace.sorted())
    }

    fn population() -> Chain {
        let mut all = Chain::new(DNS_STATES.len());
        (0..20).for_each(|seed| all.learn(&chain(&browsing(seed))));
        all.learn(&chain(&tunnel()));
        all
    }

    #[test]
    fn a_tunnel_is_unlike_the_others_and_they_are_like_each_other() {
        let population = population();
        let found = measure_dns(&tunnel(), &population);
        assert!(found.bits > 1.0, "{}", found.bits);
        assert_eq!(
            found.surprising[0].from,
            "other type, long, answered, at once"
        );
        assert!(found.surprising[0].usual < found.surprising[0].count as f64);
        let ordinary = measure_dns(&browsing(5), &population);
        assert!(ordinary.bits < 0.0, "{}", ordinary.bits);
        let steps: u64 = found.matrix.iter().flatten().sum();
        assert_eq!(steps, 199);
    }

    #[test]
    fn without_others_nothing_is_said() {
        let mut alone = Chain::new(DNS_STATES.len());
        alone.learn(&chain(&tunnel()));
        let found = measure_dns(&tunnel(), &alone);
        assert_eq!((found.bits, found.surprising.len()), (0.0, 0));
        assert_eq!(measure_dns(&DnsChannel::default(), &population()).bits, 0.0);
    }

    #[test]
    fn chains_merge_to_that_of_all_and_lose_what_was_learnt() {
        let (mut first, mut second) = (Chain::new(16), Chain::new(16));
        (0..10).for_each(|seed| first.learn(&chain(&browsing(seed))));
        (10..20).for_each(|seed| second.learn(&chain(&browsing(seed))));
        first.merge(&second);
        assert_eq!(first, population().without(&chain(&tunnel())));
    }

    #[test]
    fn a_channel_is_learnt_record_by_record_as_by_its_chain() {
        let (mut by_chain, mut by_step, mut own) = (Chain::new(16), Chain::new(16), Chain::new(16));
        for rows in [0, 1, 2, 20, CAP as i64, CAP as i64 + 1, 300, 3000] {
            for turned in [1, -1] {
                let rows = (0..rows).map(|n| (turned * n * n, 1 + n as u16 % 16, n as u16));
                let channel = channel(rows);
                by_chain.learn(&chain(&channel));
                by_step.learn_trace(&mut own, &channel.trace);
            }
        }
        assert_eq!(by_chain, by_step);
    }

    #[test]
    fn of_many_channels_a_sample_is_learnt_that_no_order_changes() {
        const CHANNELS: i64 = 9000;
        let asked = |turned: bool| {
            let mut logs = Logs::default();
            for n in 0..2 * CHANNELS {
                let n = if turned { 2 * CHANNELS - 1 - n } else { n };
                let name = format!("www.example{}.com", n % CHANNELS);
                logs.ask(n, "10.0.0.1", "9.9.9.9", &name, 1);
            }
            logs
        };
        let (logs, turned) = (asked(false), asked(true));
        let scene = Scene::new(&logs.analysis);
        let all = dns_population(&scene);
        assert_eq!(all, dns_population(&Scene::new(&turned.analysis)));
        assert!((3900..4300).contains(&all.channels), "{}", all.channels);
        let learnt = scene.dns.iter().filter(|ends| all.has(ends.channel));
        assert_eq!(learnt.count() as u64, all.channels);
        // Each is like all, learnt or not, and all others are compared with.
        let of = |learnt| {
            scene
                .dns
                .iter()
                .find(|ends| all.has(ends.channel) == learnt)
        };
        for ends in [of(true), of(false)].map(Option::unwrap) {
            assert!(measure_dns(ends.channel, &all).bits < 0.0);
        }
    }

    #[test]
    fn the_mixture_is_the_product_of_its_steps() {
        let sequence = [0, 0, 2, 1, 0, 0, 0, 2, 2, 0, 1, 0, 0, 0, 0, 0, 0, 0, 2, 0];
        let mut counts = [0_u64; 4];
        let mut bits = 0.0;
        for symbol in sequence {
            let total: u64 = counts.iter().sum();
            bits += ((counts[symbol] as f64 + 0.5) / (total as f64 + 2.0)).log2();
            counts[symbol] += 1;
        }
        assert!((mixture_bits(&counts) - bits).abs() < 1e-9);
    }

    #[test]
    fn letters_say_size_regularity_and_gap() {
        let beats = |seconds: &[i64]| -> Vec<Beat> {
            seconds
                .iter()
                .map(|second| Beat {
                    time: second * SECOND,
                    size: 300,
                    symbol: 0,
                })
                .collect()
        };
        let said =
            |seconds: &[i64]| letters(&beats(seconds), |beat| (class(beat.size, 250, 1100), 0));
        assert_eq!(said(&[0, 60, 120, 180]), "44,d,d,");
        assert_eq!(said(&[0, 1, 400, 8000]), "44.U*00U");
        assert_eq!(said(&[]), "");
    }

    #[test]
    fn a_history_is_walked_from_begin_to_end() {
        let line = |history: &str| wakeful_logs::ConnRecord {
            orig_host: Some(b"10.0.0.1"),
            resp_host: Some(b"192.0.2.1"),
            history: Some(history.as_bytes().to_vec().leak()),
            ..wakeful_logs::ConnRecord::default()
        };
        let mut analysis = Analysis::new();
        analysis.conn(&line("ShAD"), None);
        analysis.conn(&line("S"), None);
        let population = flow_population(&analysis, FlowClass::Other);
        let ends: Vec<_> = analysis.flow_channels(FlowClass::Other).collect();
        let found = measure_flow(&analysis, ends[0].channel, &population);
        let step = |from: &str, to: &str| {
            let at = |name: &str| FLOW_STATES.iter().position(|&known| known == name).unwrap();
            found.matrix[at(from)][at(to)]
        };
        assert_eq!(step("begin", "client opens"), 2);
        assert_eq!(step("client opens", "peer accepts"), 1);
        assert_eq!(step("client opens", "end"), 1);
        assert_eq!(step("client sends", "end"), 1);
    }
}
