//! The largest bounds of a log, and whose they are: what a policy of so many bytes a day would raise.
//!
//! In: all channels. Out: [`LeakBudget`]. Must not know: what is an alert.

use super::cheap::{day_at_most, roughly_at_most};
use super::{DAY, Scene};
use crate::analysis::Ends;
use crate::channels::dns::DnsChannel;
use crate::detectors::shown;
use crate::order;
use crate::report::{LeakBudget, LeakDay, LeakOf};
use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// Bounds that are listed, at most: a policy that raises more is none.
pub(super) const BOUNDS: usize = 1000;
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

#[cfg(test)]
mod tests {
    use super::super::tests::mixed_log;
    use super::*;

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
}
