//! What a channel's bound cannot be above, without coding a name.
//!
//! In: a channel, its names. Out: bytes. Must not know: what is done with them.

use super::code::gap_bits_at_most;
use super::{DAY, RESOLUTION, domain, type_bits};
use crate::analysis::{AskedName, Ends};
use crate::channels::dns::DnsChannel;
use crate::channels::trace::Trace;

/// [`day_at_most`] is never above it: all names on one day, each with a dot at its end, and for each logarithm the
/// digits of its number.
pub(super) fn roughly_at_most(ends: &Ends<'_, DnsChannel>) -> f64 {
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
pub(super) fn day_at_most(ends: &Ends<'_, DnsChannel>, names: &[AskedName<'_>]) -> f64 {
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
pub(super) fn names_at_most(ends: &Ends<'_, DnsChannel>, names: &[AskedName<'_>]) -> f64 {
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

/// A bound of the bytes by names over all days that costs nothing: a byte a byte. Never less than the
/// sum of [`measure`]'s days, but for a byte a day of rounding.
#[must_use]
pub fn bound_of_name_bytes(channel: &DnsChannel) -> f64 {
    // Each name has its characters, a dot between labels, and an end.
    let names = &channel.names;
    let bytes = names.below + u64::from(names.labels) + names.count;
    bytes as f64 * f64::from(channel.level).exp2()
}
