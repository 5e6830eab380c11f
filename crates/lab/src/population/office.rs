//! In: the hours a machine is on. Out: what it does by itself: log-in, telemetry,
//! virus scanner, clocks, pings, multicast.
//!
//! Must not know: caches, rows.

use std::net::IpAddr;

use super::{Agenda, Ask, HOUR, Shift, Then};
use crate::names::Host;
use crate::rng::{Rng, hash};
use crate::row::{Answer, QType, public_v4, server_address};

/// Multicast questions, and how often each is the one asked.
const MULTICAST: [(&str, QType); 6] = [
    ("_googlecast._tcp.local", QType::PTR),
    ("_airplay._tcp.local", QType::PTR),
    ("_ipp._tcp.local", QType::PTR),
    ("_ipps._tcp.local", QType::PTR),
    ("_companion-link._tcp.local", QType::PTR),
    ("_spotify-connect._tcp.local", QType::PTR),
];

/// The machine is switched on or woken: domain controllers, proxy discovery, printers.
pub(super) fn arrive(agenda: &mut Agenda<'_>, client: usize, shift: Shift, rng: &mut Rng) {
    let home = agenda.names.home.clone();
    let ts = shift.from;
    for (order, service) in ["_ldap._tcp.dc._msdcs", "_kerberos._tcp.site-a._sites"]
        .iter()
        .enumerate()
    {
        let target = Answer::name(format!("dc-0{}.{home}", order + 1), 600, 6);
        agenda.record(
            (ts + rng.uniform(0.0, 3.0), client),
            format!("{service}.{home}"),
            QType::SRV,
            vec![target],
            600.0,
        );
    }
    agenda.missing(
        ts + rng.uniform(1.0, 4.0),
        client,
        format!("wpad.{home}"),
        QType::A,
    );
    for server in ["files-01", "intranet", "print-02"] {
        if rng.chance(0.7) {
            let local = Answer::address(server_address(20 + server.len() as u8), 1200);
            let at = ts + rng.uniform(2.0, 900.0);
            agenda.record(
                (at, client),
                format!("{server}.{home}"),
                QType::A,
                vec![local],
                1200.0,
            );
        }
    }
    if rng.chance(0.3) {
        // A name without a domain: asked bare, then with the suffix (see the network).
        agenda.missing(ts + rng.uniform(5.0, 4000.0), client, "oldfiles", QType::A);
    }
}

/// What runs on a machine while it is on.
pub(super) fn background(agenda: &mut Agenda<'_>, client: usize, on: Shift, rng: &mut Rng) {
    // The programs of a machine do not change from day to day.
    let mut fixed = rng.fork("programs");
    let names = agenda.names;
    for _ in 0..fixed.between(2, 4) {
        let site = &names.telemetry[fixed.below(names.telemetry.len())];
        let period = [600.0, 900.0, 1800.0, 3600.0, 7200.0][fixed.below(5)];
        let identified = fixed.chance(0.15);
        let id = fixed.hex(24);
        let mut ts = on.from + rng.uniform(0.0, period);
        while ts < on.to {
            for host in &site.hosts {
                if identified {
                    // The same identifier every time: many questions, one name.
                    let own = Host {
                        name: format!("{id}.{}", host.name),
                        ..host.clone()
                    };
                    agenda.host(ts, client, &own, Then::Web(1_100.0, 500.0));
                } else {
                    agenda.host(ts, client, host, Then::Web(2_400.0, 900.0));
                }
            }
            ts += rng.jitter(period, 0.08);
        }
    }
    scanner(agenda, client, on, rng);
    clock_and_pings(agenda, client, on, rng);
    multicast(agenda, client, on, 1_400.0, rng);
}

/// How a reputation service is asked: what it puts into names depends on whose it is.
#[derive(Clone, Copy)]
enum Reputation {
    /// A hash in base 32, a version and a number.
    Hash32,
    /// A hash of 16 bytes in hexadecimal digits.
    Hash16,
    /// The name of a site, under the filter's own.
    Site,
}

impl Reputation {
    fn of(domain: &str) -> Self {
        match hash(domain) % 3 {
            0 => Self::Hash16,
            1 => Self::Site,
            _ => Self::Hash32,
        }
    }

    /// What is asked for below the service's domain.
    fn label(self, agenda: &Agenda<'_>, rng: &mut Rng) -> String {
        const LETTERS: &[u8] = b"abcdefghijklmnopqrstuvwxyz234567";
        const DIGITS: &[u8] = b"0123456789abcdef";
        match self {
            Self::Hash32 => format!(
                "{}.{}.{}.avqs",
                rng.text(LETTERS, 26),
                rng.text(LETTERS, 8),
                rng.below(4)
            ),
            Self::Hash16 => format!("{}.hash", rng.text(DIGITS, 32)),
            Self::Site => {
                let sites = &agenda.names.sites;
                let site = &sites[rng.below(sites.len())];
                format!("www.{}.{}.cat", site.domain, rng.below(3))
            }
        }
    }
}

/// Look-ups of what is opened or visited, under one domain: mostly another name each time, answers in
/// 127.0.0.0/8.
fn scanner(agenda: &mut Agenda<'_>, client: usize, on: Shift, rng: &mut Rng) {
    if !client.is_multiple_of(3) {
        return;
    }
    let domain = &agenda.names.reputation[client / 3 % agenda.names.reputation.len()];
    let reputation = Reputation::of(domain);
    let mut ts = on.from + rng.exponential(1200.0);
    while ts < on.to {
        // A folder is opened: a few at once.
        let burst = rng.between(1, 5);
        for _ in 0..burst {
            let name = format!("{}.{domain}", reputation.label(agenda, rng));
            let verdict = IpAddr::from([127, 0, 0, [1, 2, 4, 128][rng.below(4)]]);
            let answers = vec![Answer::address(verdict, 3600)];
            agenda.record((ts, client), name, QType::A, answers, 3600.0);
            ts += rng.exponential(0.4);
        }
        ts += rng.exponential(3_000.0);
    }
}

fn clock_and_pings(agenda: &mut Agenda<'_>, client: usize, on: Shift, rng: &mut Rng) {
    let names = agenda.names;
    let domain = &names.telemetry[client % 2].domain;
    let host = Host {
        name: format!("{}.time.{domain}", client % 4),
        chain: Vec::new(),
        v4: 4,
        v6: true,
        ttl: 130,
    };
    let mut ts = on.from + rng.uniform(0.0, 300.0);
    while ts < on.to {
        agenda.host(ts, client, &host, Then::Clock);
        ts += rng.jitter(2048.0, 0.02);
    }
    if rng.chance(0.2) {
        let target = if rng.chance(0.5) {
            server_address(1)
        } else {
            IpAddr::V4(public_v4(hash(domain)))
        };
        let at = rng.uniform(on.from, on.to);
        agenda.add(at, client, Ask::Flow(Then::Ping, target));
    }
}

fn multicast(agenda: &mut Agenda<'_>, client: usize, on: Shift, gap: f64, rng: &mut Rng) {
    if client % 3 != 1 {
        return;
    }
    let mut ts = on.from + rng.exponential(gap);
    while ts < on.to {
        let (name, qtype) = MULTICAST[rng.below(MULTICAST.len())];
        // A question is repeated after one and after three seconds.
        for delay in [0.0, 1.0, 3.0] {
            agenda.add(ts + delay, client, Ask::Multicast(name, qtype));
        }
        ts += rng.exponential(gap);
    }
}

/// A machine without a person: a camera, a printer, a door. The same few names day and night.
pub(super) fn device(agenda: &mut Agenda<'_>, client: usize, rng: &mut Rng) {
    let names = agenda.names;
    let site = &names.telemetry[rng.below(names.telemetry.len())];
    let period = [300.0, 600.0, 900.0][rng.below(3)];
    let always = Shift {
        from: agenda.start,
        to: agenda.end,
    };
    let mut ts = always.from + rng.uniform(0.0, period);
    while ts < always.to {
        for host in &site.hosts {
            agenda.host(ts, client, host, Then::Web(700.0, 400.0));
        }
        ts += rng.jitter(period, 0.03);
    }
    clock_and_pings(agenda, client, always, rng);
    multicast(agenda, client, always, 2.0 * HOUR, rng);
}
