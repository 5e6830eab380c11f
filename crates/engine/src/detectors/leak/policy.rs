//! What may leave by the names of a day, and whether a channel is above that.
//!
//! In: a channel of a scene. Out: a [`Proof`]. Must not know: what the client is.

use super::cheap::{bound_of_name_bytes, names_at_most};
use super::{Scene, by_day, code, domain, name_bytes};
use crate::analysis::Ends;
use crate::channels::dns::DnsChannel;
use crate::detectors::reversed::are_reversed;
use crate::features::encoding::RANDOM;
use crate::models::BANDS;
use crate::report::Proof;

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

#[cfg(test)]
mod tests {
    use super::super::tests::mixed_log;
    use super::*;

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
