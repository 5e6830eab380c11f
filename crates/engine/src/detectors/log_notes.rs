//! What a reader should know of the logs themselves before reading the findings.
//!
//! In: a [`Scene`] and its [`Roles`]. Out: notes. Must not know: findings.
//!
//! - `resolver-only`: nearly all questions come from one host that asks many servers: the sensor stands
//!   behind a resolver, and every finding names the resolver instead of the machine that asked.
//! - `one-client`: all questions come from one host, which may be a resolver.
//! - `memory`: less was kept of the records than detectors and the page would use.
//! - `clock-gap`: the log is otherwise without pauses and has none of its records for an hour or more.

use super::roles::Roles;
use super::{Scene, rule, shown};
use crate::order;
use crate::report::Note;

/// Fewer questions say nothing of who asks.
const QUESTIONS: u64 = 100;
/// Share of the questions that come from the one host.
const NEARLY_ALL: f64 = 0.95;
/// Servers that a resolver asks at least.
const SERVERS: usize = 8;
/// The shortest gap that is named, seconds.
const GAP: f64 = 3600.0;
/// Steps that a log must have for a gap to stand out.
const STEPS: usize = 60;

/// All notes, in a fixed order.
#[must_use]
pub fn notes(scene: &Scene<'_>, roles: &Roles<'_>) -> Vec<Note> {
    let memory = scene.analysis.left_out();
    let mut notes: Vec<Note> = memory
        .map(|text| note("memory", text))
        .into_iter()
        .collect();
    notes.extend(one_asker(scene, roles));
    let (step, steps) = scene.analysis.over_time();
    notes.extend(clock_gap(step, &steps));
    notes
}

fn note(kind: &str, text: String) -> Note {
    Note {
        kind: kind.to_owned(),
        text,
    }
}

fn one_asker(scene: &Scene<'_>, roles: &Roles<'_>) -> Option<Note> {
    let asking = roles.asking();
    let all: u64 = asking.iter().map(|asking| asking.rows).sum();
    let rows = |client: u32| -> u64 {
        let servers = roles.servers_of(client).iter();
        servers.map(|asking| asking.rows).sum()
    };
    let most = asking
        .chunk_by(|a, b| a.client == b.client)
        .map(|servers| servers[0].client)
        .max_by_key(|&client| (rows(client), std::cmp::Reverse(client)))?;
    let share = rows(most) as f64 / all as f64;
    if all < QUESTIONS || share < NEARLY_ALL {
        return None;
    }
    let who = shown(scene.analysis.host(most));
    let servers = roles.servers_of(most).len();
    if roles.is_resolver(most) || servers >= SERVERS {
        return Some(note(
            "resolver-only",
            format!(
                "{:.0} % of the questions come from {who}, which asks {servers} servers as a resolver does: the sensor sees what the resolver asks and not who asked it; findings name the resolver, and its own log tells the machine.",
                (share * 100.0).floor()
            ),
        ));
    }
    (roles.clients() == 1).then(|| {
        note(
            "one-client",
            format!(
                "All questions come from {who}; if it asks on behalf of others, its own log tells the machine behind a finding."
            ),
        )
    })
}

/// A note on the longest pauses of a log that otherwise has records in step after step.
fn clock_gap(step: f64, steps: &[(f64, [u64; 2])]) -> Option<Note> {
    let mut pauses: Vec<(f64, f64)> = steps
        .windows(2)
        .map(|pair| (pair[1].0 - pair[0].0 - step, pair[0].0 + step))
        .collect();
    let gaps = |pauses: &[(f64, f64)], least: f64| {
        pauses.iter().filter(|(length, _)| *length >= least).count()
    };
    // Half of the steps and more follow each other, and hardly any pause is long: else it is quiet.
    let quiet = gaps(&pauses, step * 0.5) * 2 > pauses.len();
    let long = gaps(&pauses, GAP);
    if steps.len() < STEPS || quiet || long == 0 || long * 20 > pauses.len() {
        return None;
    }
    order::by(&mut pauses, |a, b| {
        b.0.total_cmp(&a.0).then_with(|| a.1.total_cmp(&b.1))
    });
    let (length, from) = pauses[0];
    let more = match long {
        1 => String::new(),
        long => format!(", and {} more of an hour or longer", long - 1),
    };
    Some(note(
        "clock-gap",
        format!(
            "There is no record of either log for {} from {} on{more}: either nothing was sent, or the sensor was down or a file is missing; what went on then is in no finding.",
            rule::time(length),
            utc(from)
        ),
    ))
}

/// A time as `2024-03-12 12:00 UTC`, by the civil calendar counted from 1 March of the year 0: then a
/// leap day ends a year, an era of 400 years has 146,097 days, and month m begins on day
/// (153·m + 2) / 5.
fn utc(seconds: f64) -> String {
    let minutes = (seconds / 60.0).floor() as i64;
    let (days, minute) = (minutes.div_euclid(1440), minutes.rem_euclid(1440));
    let days = days + 719_468;
    let (era, day) = (days.div_euclid(146_097), days.rem_euclid(146_097));
    let year = (day - day / 1460 + day / 36_524 - day / 146_096) / 365;
    let day = day - (365 * year + year / 4 - year / 100);
    let month = (5 * day + 2) / 153;
    let day = day - (153 * month + 2) / 5 + 1;
    let (month, next) = if month < 10 {
        (month + 3, 0)
    } else {
        (month - 9, 1)
    };
    format!(
        "{:04}-{month:02}-{day:02} {:02}:{:02} UTC",
        era * 400 + year + next,
        minute / 60,
        minute % 60
    )
}

#[cfg(test)]
mod tests {
    use super::super::testing::Logs;
    use super::*;

    fn kinds(logs: &Logs) -> Vec<String> {
        let scene = Scene::new(&logs.analysis);
        let notes = notes(&scene, &Roles::new(&scene));
        notes.into_iter().map(|note| note.kind).collect()
    }

    #[test]
    fn a_sensor_behind_the_resolver_is_told() {
        let mut logs = Logs::default();
        for n in 0..200 {
            let server = format!("198.51.100.{}", n % 12);
            logs.ask(n, "10.0.0.1", &server, &format!("www.site{n}.com"), 1);
        }
        assert_eq!(kinds(&logs), ["resolver-only"]);
        for n in 0..200 {
            let client = format!("10.0.0.{}", 10 + n % 20);
            logs.ask(n, &client, "10.0.0.1", &format!("www.site{n}.com"), 1);
        }
        assert!(kinds(&logs).is_empty());
    }

    #[test]
    fn one_client_alone_is_told_once_it_asked_enough() {
        let mut logs = Logs::default();
        logs.ask(0, "10.0.0.5", "10.0.0.1", "www.example.com", 1);
        assert!(kinds(&logs).is_empty());
        for n in 0..100 {
            logs.ask(n, "10.0.0.5", "10.0.0.1", "www.example.com", 1);
        }
        assert_eq!(kinds(&logs), ["one-client"]);
    }

    #[test]
    fn a_gap_stands_out_of_a_busy_log_alone() {
        let minute = |n: i64| ((n * 60) as f64, [1, 0]);
        let busy: Vec<_> = (0..100).chain(300..400).map(minute).collect();
        let gap = clock_gap(60.0, &busy).unwrap();
        assert_eq!(gap.kind, "clock-gap");
        assert!(
            gap.text.contains("3.3 hours from 1970-01-01 01:40 UTC on:"),
            "{}",
            gap.text
        );
        let whole: Vec<_> = (0..400).map(minute).collect();
        let quiet: Vec<_> = (0..400).map(|n| minute(n * 90)).collect();
        assert!(clock_gap(60.0, &whole).is_none() && clock_gap(60.0, &quiet).is_none());
        assert!(clock_gap(60.0, &[]).is_none());
    }

    #[test]
    fn dates_follow_the_calendar() {
        for (seconds, text) in [
            (0.0, "1970-01-01 00:00 UTC"),
            (-60.0, "1969-12-31 23:59 UTC"),
            (951_782_400.0, "2000-02-29 00:00 UTC"),
            (1_710_244_800.0, "2024-03-12 12:00 UTC"),
            (4_107_542_400.0, "2100-03-01 00:00 UTC"),
        ] {
            assert_eq!(utc(seconds), text);
        }
    }
}
