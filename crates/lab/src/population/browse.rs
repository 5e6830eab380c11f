//! In: a shift of a person. Out: the look-ups of pages and what they load.
//!
//! Must not know: caches, rows.

use super::{Agenda, HOUR, Shift, Then};
use crate::names::syllables;
use crate::rng::Rng;
use crate::row::QType;

/// One working day in front of a browser: sessions, in them pages, in them hosts.
pub(super) fn day(
    agenda: &mut Agenda<'_>,
    client: usize,
    modern: bool,
    shift: Shift,
    favourites: &[usize],
    rng: &mut Rng,
) {
    let sessions = rng.poisson(5.5);
    for _ in 0..sessions {
        let mut ts = rng.uniform(shift.from, shift.to);
        let noon = ((ts / super::DAY).floor() * super::DAY) + 12.5 * HOUR;
        if (ts - noon).abs() < 0.4 * HOUR && rng.chance(0.6) {
            // Lunch.
            continue;
        }
        if !modern && rng.chance(0.2) {
            probes(agenda, client, ts, rng);
        }
        loop {
            page(agenda, client, ts, favourites, rng);
            ts += rng.log_normal(38.0, 1.1).min(900.0);
            if rng.chance(0.17) || ts > shift.to {
                break;
            }
        }
        if rng.chance(0.25) {
            typo(agenda, client, ts, rng);
        }
    }
}

fn page(agenda: &mut Agenda<'_>, client: usize, ts: f64, favourites: &[usize], rng: &mut Rng) {
    let names = agenda.names;
    let index = if rng.chance(0.35) && !favourites.is_empty() {
        favourites[rng.below(favourites.len())]
    } else {
        names.popularity.sample(rng)
    };
    let site = &names.sites[index];
    let mut at = ts;
    for (order, host) in site.hosts.iter().enumerate() {
        if order > 0 && rng.chance(0.55) {
            continue;
        }
        agenda.host(at, client, host, Then::Web(1_800.0, 22_000.0));
        at += rng.exponential(0.12);
    }
    for &shared in &site.loads {
        let hosts = &names.shared[shared].hosts;
        if rng.chance(0.75) && !hosts.is_empty() {
            let host = &hosts[rng.below(hosts.len())];
            agenda.host(at, client, host, Then::Web(1_300.0, 6_000.0));
            at += rng.exponential(0.09);
        }
    }
    if rng.chance(0.22) {
        let host = names.hashed_host(rng);
        agenda.host(at, client, &host, Then::Web(1_500.0, 90_000.0));
    }
    if rng.chance(0.04) {
        // A measuring host with the visit's number in front of it.
        let site = &names.shared[rng.below(names.shared.len())];
        let name = format!("{}.{}", rng.hex(16), site.domain);
        let host = names.host(rng, name, true);
        agenda.host(at + 0.3, client, &host, Then::Web(900.0, 700.0));
    }
}

/// Three random single labels, as browsers ask to find out whether names are forged.
fn probes(agenda: &mut Agenda<'_>, client: usize, ts: f64, rng: &mut Rng) {
    for _ in 0..3 {
        let length = rng.between(7, 15);
        let name = rng.text(b"abcdefghijklmnopqrstuvwxyz", length);
        agenda.missing(ts + rng.uniform(0.0, 0.2), client, name, QType::A);
    }
}

/// A name with a letter too many, too few or changed.
fn typo(agenda: &mut Agenda<'_>, client: usize, ts: f64, rng: &mut Rng) {
    let names = agenda.names;
    let site = &names.sites[names.popularity.sample(rng)];
    let (stem, ending) = site.domain.split_once('.').unwrap_or((&site.domain, "com"));
    let place = rng.below(stem.len());
    let wrong = match rng.below(3) {
        0 => format!("{}{}", &stem[..place], &stem[place + 1..]),
        1 => format!("{}{}", &stem[..=place], &stem[place..]),
        _ => format!("{stem}{}", syllables(rng, 1)),
    };
    let name = format!(
        "www.{}.{ending}",
        if wrong.is_empty() { "w" } else { &wrong }
    );
    agenda.missing(ts, client, name.clone(), QType::A);
    agenda.missing(ts + 0.000_8, client, name, QType::AAAA);
}
