//! In: an address that was resolved and a purpose. Out: the row of the flow that follows.
//!
//! Must not know: names, caches.

use std::net::IpAddr;

use super::{Client, Then};
use crate::book::{Book, Flow};
use crate::row::{Proto, is_local};

/// State and history of TCP flows, with weights out of 100.
const TCP_ENDS: [(usize, &str, &str); 7] = [
    (62, "SF", "ShADadFf"),
    (14, "SF", "ShADadFfR"),
    (9, "RSTO", "ShADadR"),
    (5, "RSTR", "ShADadr"),
    (5, "S1", "ShADad"),
    (3, "S0", "S"),
    (2, "REJ", "Sr"),
];

/// Packets that `bytes` of payload take, at least `least`.
fn packets(bytes: u64, least: u64) -> u64 {
    bytes.div_ceil(1_400) + least
}

pub(super) fn follow(book: &mut Book, client: &mut Client, ts: f64, server: IpAddr, then: Then) {
    let ports = |client: &mut Client, port: u16| (client.port(), port);
    match then {
        Then::Nothing => {}
        Then::Web(up, down) => web(book, client, ts, server, (up, down)),
        Then::Mail => {
            let orig = client.rng.log_normal(18_000.0, 1.2) as u64 + 400;
            let resp = client.rng.uniform(600.0, 1_400.0) as u64;
            let ports = ports(client, 25);
            book.flow(&Flow {
                ts,
                client: client.address,
                server,
                ports,
                proto: Proto::Tcp,
                service: Some("smtp,ssl"),
                duration: Some(client.rng.log_normal(1.6, 0.7)),
                bytes: Some((orig, resp)),
                packets: (packets(orig, 9), packets(resp, 9)),
                state: "SF",
                history: "ShAdDaFf",
            });
        }
        Then::Clock => {
            let answered = client.rng.chance(0.98);
            let rtt = client.rng.log_normal(0.021, 0.5);
            let ports = ports(client, 123);
            book.flow(&Flow {
                ts,
                client: client.address,
                server,
                ports,
                proto: Proto::Udp,
                service: Some("ntp"),
                duration: answered.then_some(rtt),
                bytes: answered.then_some((48, 48)),
                packets: (1, u64::from(answered)),
                state: if answered { "SF" } else { "S0" },
                history: if answered { "Dd" } else { "D" },
            });
        }
        Then::Ping => {
            let count = client.rng.between(4, 12) as u64;
            let size = if client.rng.chance(0.7) { 32 } else { 56 };
            book.flow(&Flow {
                ts,
                client: client.address,
                server,
                ports: (8, 0),
                proto: Proto::Icmp,
                service: None,
                duration: Some((count - 1) as f64 + client.rng.uniform(0.001, 0.06)),
                bytes: Some((count * size, count * size)),
                packets: (count, count),
                state: "OTH",
                history: "",
            });
        }
    }
}

fn web(book: &mut Book, client: &mut Client, ts: f64, server: IpAddr, medians: (f64, f64)) {
    if is_local(server) {
        return;
    }
    let orig = client.rng.log_normal(medians.0, 0.8) as u64 + 300;
    let resp = client.rng.log_normal(medians.1, 1.3) as u64 + 200;
    let duration = client.rng.log_normal(4.0, 1.6).min(3_000.0);
    let port = client.port();
    let quic = client.rng.chance(0.18);
    if quic {
        book.flow(&Flow {
            ts,
            client: client.address,
            server,
            ports: (port, 443),
            proto: Proto::Udp,
            service: Some("quic"),
            duration: Some(duration),
            bytes: Some((orig + 1_200, resp + 2_400)),
            packets: (packets(orig, 4), packets(resp, 5)),
            state: "SF",
            history: "Dd",
        });
        return;
    }
    let mut drawn = client.rng.below(100);
    let mut end = ("SF", "ShADadFf");
    for (weight, state, history) in TCP_ENDS {
        if drawn < weight {
            end = (state, history);
            break;
        }
        drawn -= weight;
    }
    let plain = client.rng.chance(0.05);
    let opened = history_has_data(end.1);
    let service = match (opened, plain) {
        (false, _) => None,
        (true, true) => Some("http"),
        (true, false) => Some("ssl"),
    };
    let (duration, bytes, counts) = match end.0 {
        "S0" => (Some(3.0 + client.rng.unit()), Some((0, 0)), (3, 0)),
        "REJ" => (Some(client.rng.log_normal(0.02, 0.4)), Some((0, 0)), (1, 1)),
        _ => (
            Some(duration),
            Some((orig, resp)),
            (packets(orig, 6) + resp / 2_800, packets(resp, 5)),
        ),
    };
    book.flow(&Flow {
        ts,
        client: client.address,
        server,
        ports: (port, if plain { 80 } else { 443 }),
        proto: Proto::Tcp,
        service,
        duration,
        bytes,
        packets: counts,
        state: end.0,
        history: end.1,
    });
}

fn history_has_data(history: &str) -> bool {
    history.contains('D')
}
