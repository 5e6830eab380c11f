//! In: names, a span, a number of clients. Out: benign rows in the book.
//!
//! Must not know: tunnels, file formats.
//!
//! Everything that happens is first drawn as an [`Event`], client by client,
//! then played in the order of time: the caches of the clients and of the
//! resolvers see it as the network would, so that a repeated name is asked
//! again only after its time to live.

mod browse;
mod flows;
mod office;
mod servers;

use std::collections::BTreeMap;
use std::net::IpAddr;

use crate::book::{Book, Reply, Socket};
use crate::names::{Host, Names};
use crate::rng::Rng;
use crate::row::{Answer, QType, client_address, public_v4, public_v6, resolver_address};

/// Seconds of a day.
pub(crate) const DAY: f64 = 86_400.0;
/// Seconds of an hour.
pub(crate) const HOUR: f64 = 3_600.0;

/// What a client's machine is: it decides which types are asked, and how.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum System {
    /// A socket a question; A and AAAA.
    Desk,
    /// A socket a question; A, AAAA and HTTPS.
    Laptop,
    /// A and AAAA through one socket.
    Unix,
    /// A only, never switched off, no browser.
    Device,
}

/// One machine that asks.
struct Client {
    address: IpAddr,
    resolver: IpAddr,
    system: System,
    rng: Rng,
    next_port: u16,
}

impl Client {
    fn port(&mut self) -> u16 {
        if self.rng.chance(0.3) {
            self.next_port = self.rng.port();
        }
        self.next_port = if self.next_port == u16::MAX {
            49_152
        } else {
            self.next_port + 1
        };
        self.next_port
    }
}

/// What follows a look-up.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Then {
    Nothing,
    /// A page or a program's request over TLS or QUIC: median payload bytes up and down.
    Web(f64, f64),
    /// A message over SMTP.
    Mail,
    /// A clock request.
    Clock,
    /// A few pings.
    Ping,
}

/// A name is asked for.
enum Ask {
    /// The addresses of a host, by the types that the system asks.
    Host(Host, Then),
    /// One question with its answer: code, records, seconds that it may be cached.
    Record {
        name: String,
        qtype: QType,
        rcode: u16,
        answers: Vec<Answer>,
        keep: f64,
    },
    /// A multicast question, which has no answer in the log.
    Multicast(&'static str, QType),
    /// A flow without a look-up: pings of the gateway, clocks by address.
    Flow(Then, IpAddr),
}

/// Something that client `client` does at `ts`.
struct Event {
    ts: f64,
    client: usize,
    ask: Ask,
}

/// When a client is at work on one day, seconds since 1970.
#[derive(Debug, Clone, Copy)]
struct Shift {
    from: f64,
    to: f64,
}

/// Events while they are drawn.
struct Agenda<'a> {
    names: &'a Names,
    start: f64,
    end: f64,
    chapter: u32,
    events: Vec<Event>,
}

impl Agenda<'_> {
    fn add(&mut self, ts: f64, client: usize, ask: Ask) {
        if ts >= self.start && ts < self.end {
            self.events.push(Event { ts, client, ask });
        }
    }

    fn host(&mut self, ts: f64, client: usize, host: &Host, then: Then) {
        self.add(ts, client, Ask::Host(host.clone(), then));
    }

    fn record(
        &mut self,
        (ts, client): (f64, usize),
        name: impl Into<String>,
        qtype: QType,
        answers: Vec<Answer>,
        keep: f64,
    ) {
        let ask = Ask::Record {
            name: name.into(),
            qtype,
            rcode: 0,
            answers,
            keep,
        };
        self.add(ts, client, ask);
    }

    fn missing(&mut self, ts: f64, client: usize, name: impl Into<String>, qtype: QType) {
        let ask = Ask::Record {
            name: name.into(),
            qtype,
            rcode: 3,
            answers: Vec::new(),
            keep: 300.0,
        };
        self.add(ts, client, ask);
    }

    /// The midnights (UTC) whose days touch the span.
    fn days(&self) -> Vec<f64> {
        let first = (self.start / DAY).floor();
        let last = (self.end / DAY).ceil();
        (0..(last - first).max(0.0) as usize)
            .map(|day| (first + day as f64) * DAY)
            .collect()
    }
}

/// Is the day that begins at `midnight` a Saturday or a Sunday?
fn is_weekend(midnight: f64) -> bool {
    // 1970-01-01 was a Thursday.
    let weekday = ((midnight / DAY) as i64 + 4).rem_euclid(7);
    weekday == 0 || weekday == 6
}

/// Write the benign rows of `clients` machines and their network's servers. Another `chapter` has the same
/// machines, people and programs, and another course of events.
pub(crate) fn run(book: &mut Book, names: &Names, clients: usize, root: &Rng, chapter: u32) {
    let root = root.fork("population");
    let mut stream = root.fork("book");
    stream.leap(chapter);
    book.use_stream(stream);
    let mut machines = machines(clients, &root);
    let mut agenda = Agenda {
        names,
        start: book.start,
        end: book.end,
        chapter,
        events: Vec::new(),
    };
    for (index, machine) in machines.iter().enumerate() {
        let mut rng = root.fork(&format!("client {index}"));
        match machine.system {
            System::Device => {
                rng.leap(chapter);
                office::device(&mut agenda, index, &mut rng);
            }
            _ => worker(&mut agenda, index, machine.system, &mut rng),
        }
    }
    // The servers come after the clients in the list of machines.
    if clients > 0 {
        let (mail, watch, resolver) = servers::add(&mut machines, &root);
        let mut rng = root.fork("servers");
        rng.leap(chapter);
        servers::mail(&mut agenda, mail, clients, &mut rng);
        servers::watch(&mut agenda, watch, clients, &mut rng);
        servers::validate(&mut agenda, resolver, &mut rng);
    }
    for machine in &mut machines {
        machine.rng.leap(chapter);
    }
    let mut events = agenda.events;
    // A stable sort: events of one instant stay in the order they were drawn in.
    events.sort_by(|a, b| a.ts.total_cmp(&b.ts).then(a.client.cmp(&b.client)));
    let mut network = Network {
        book,
        names,
        known: BTreeMap::new(),
        resolved: BTreeMap::new(),
        multicast: BTreeMap::new(),
    };
    for event in events {
        network.play(&mut machines[event.client], event);
    }
}

fn machines(clients: usize, root: &Rng) -> Vec<Client> {
    (0..clients)
        .map(|index| {
            let mut rng = root.fork(&format!("machine {index}"));
            let system = match rng.below(20) {
                0..=8 => System::Desk,
                9..=13 => System::Laptop,
                14..=16 => System::Unix,
                _ => System::Device,
            };
            Client {
                address: client_address(index),
                resolver: resolver_address(index),
                system,
                next_port: rng.port(),
                rng,
            }
        })
        .collect()
}

/// A machine with a person at it.
fn worker(agenda: &mut Agenda<'_>, client: usize, system: System, rng: &mut Rng) {
    let stays_on = rng.chance(0.2);
    let favourites: Vec<usize> = (0..6)
        .map(|_| agenda.names.popularity.sample(rng))
        .collect();
    rng.leap(agenda.chapter);
    for midnight in agenda.days() {
        if !rng.chance(if is_weekend(midnight) { 0.08 } else { 0.93 }) {
            if stays_on {
                office::background(
                    agenda,
                    client,
                    Shift {
                        from: midnight,
                        to: midnight + DAY,
                    },
                    rng,
                );
            }
            continue;
        }
        let shift = Shift {
            from: midnight + 8.5 * HOUR + 0.6 * HOUR * rng.normal(),
            to: midnight + 17.4 * HOUR + 0.9 * HOUR * rng.normal(),
        };
        let on = if stays_on {
            Shift {
                from: midnight,
                to: midnight + DAY,
            }
        } else {
            shift
        };
        office::arrive(agenda, client, shift, rng);
        office::background(agenda, client, on, rng);
        browse::day(
            agenda,
            client,
            system == System::Laptop,
            shift,
            &favourites,
            rng,
        );
    }
}

/// Caches and the two logs, while the events are played.
struct Network<'a> {
    book: &'a mut Book,
    names: &'a Names,
    /// Until when a client knows a name: by client, name and type.
    known: BTreeMap<(IpAddr, String, QType), f64>,
    /// Until when a resolver knows it.
    resolved: BTreeMap<(IpAddr, String, QType), f64>,
    /// The multicast socket of a client.
    multicast: BTreeMap<IpAddr, Socket>,
}

impl Network<'_> {
    fn play(&mut self, client: &mut Client, event: Event) {
        let ts = event.ts;
        match event.ask {
            Ask::Host(host, then) => self.host(client, ts, &host, then),
            Ask::Record {
                name,
                qtype,
                rcode,
                answers,
                keep,
            } => {
                let mut reply = Reply::ok(0.0, answers);
                reply.rcode = rcode;
                let mut socket = None;
                self.question(client, &mut socket, ts, (&name, qtype), reply, keep);
            }
            Ask::Multicast(name, qtype) => {
                let group = IpAddr::from([224, 0, 0, 251]);
                let socket = self
                    .multicast
                    .entry(client.address)
                    .or_insert_with(|| Socket::new(client.address, 5353, group, 5353));
                self.book
                    .ask(socket, ts, name.as_bytes(), qtype, Reply::lost());
            }
            Ask::Flow(then, server) => flows::follow(self.book, client, ts, server, then),
        }
    }

    /// Ask for a host's addresses, unless they are known, then use the first.
    fn host(&mut self, client: &mut Client, ts: f64, host: &Host, then: Then) {
        let web = matches!(then, Then::Web(..));
        let types: &[QType] = match client.system {
            System::Device => &[QType::A],
            System::Laptop if web => &[QType::HTTPS, QType::A, QType::AAAA],
            _ => &[QType::A, QType::AAAA],
        };
        let mut socket = None;
        let mut last = ts;
        for (order, &qtype) in types.iter().enumerate() {
            let at = ts + order as f64 * client.rng.uniform(0.000_05, 0.001_2);
            let mut answers: Vec<Answer> = host
                .chain
                .iter()
                .map(|name| Answer::name(name.as_str(), host.ttl.max(300), 0))
                .collect();
            match qtype {
                QType::A => answers.extend((0..host.v4).map(|index| {
                    Answer::address(IpAddr::V4(public_v4(host.address_hash(index))), host.ttl)
                })),
                QType::AAAA if host.v6 => answers.push(Answer::address(
                    IpAddr::V6(public_v6(host.address_hash(0))),
                    host.ttl,
                )),
                _ => {}
            }
            let keep = f64::from(host.ttl);
            let reply = Reply::ok(0.0, answers);
            let asked = (host.name.as_str(), qtype);
            last = last.max(self.question(client, &mut socket, at, asked, reply, keep));
        }
        // A name that is still known was used just now: its connection often is still open.
        let reused = last == ts && web && client.rng.chance(0.6);
        if then != Then::Nothing && !reused {
            let server = IpAddr::V4(public_v4(host.address_hash(0)));
            let delay = client.rng.uniform(0.000_5, 0.02);
            flows::follow(self.book, client, last + delay, server, then);
        }
    }

    /// Ask one question unless its answer is known; the time at which the answer is there.
    fn question(
        &mut self,
        client: &mut Client,
        socket: &mut Option<Socket>,
        ts: f64,
        (name, qtype): (&str, QType),
        mut reply: Reply,
        keep: f64,
    ) -> f64 {
        let key = (client.address, name.to_owned(), qtype);
        if self.known.get(&key).is_some_and(|&until| until > ts) {
            return ts;
        }
        let upstream = (client.resolver, name.to_owned(), qtype);
        let until = self.resolved.get(&upstream).copied().unwrap_or(0.0);
        let (rtt, left) = if until > ts + 1.0 {
            (client.rng.log_normal(0.000_5, 0.5), (until - ts).floor())
        } else {
            self.resolved.insert(upstream, ts + keep);
            (client.rng.log_normal(0.022, 0.8), keep)
        };
        // What the resolver has in its cache it gives with the rest of its time.
        for answer in &mut reply.answers {
            answer.ttl = (answer.ttl - (keep - left)).max(1.0);
        }
        reply.rtt = Some(rtt);
        let answered = reply.rcode;
        let fate = client.rng.unit();
        if fate < 0.004 {
            reply = Reply::lost();
        } else if fate < 0.007 {
            reply = Reply::error(rtt, 2);
        }
        let failed = fate < 0.007;
        if !failed {
            // A client does not keep everything that it may.
            self.known
                .insert(key, ts + left * client.rng.uniform(0.5, 1.0));
        }
        let port = client.port();
        let fresh = Socket::new(client.address, port, client.resolver, 53);
        let shared = client.system == System::Unix;
        let mut own = if shared {
            socket.take().unwrap_or(fresh)
        } else {
            fresh
        };
        self.book.ask(&mut own, ts, name.as_bytes(), qtype, reply);
        if shared {
            *socket = Some(own);
        }
        // A name that does not exist is tried once more under the network's own domain.
        let plain = qtype == QType::A && !name.ends_with(&self.names.home);
        if answered == 3
            && !failed
            && plain
            && client.system != System::Unix
            && client.rng.chance(0.6)
        {
            let repeated = format!("{name}.{}", self.names.home);
            let port = client.port();
            let mut second = Socket::new(client.address, port, client.resolver, 53);
            let rtt_again = client.rng.log_normal(0.000_6, 0.4);
            self.book.ask(
                &mut second,
                ts + rtt + 0.001,
                repeated.as_bytes(),
                QType::A,
                Reply::error(rtt_again, 3),
            );
        }
        ts + rtt
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_week_has_two_days_off() {
        let tuesday = 1_710_201_600.0;
        let off: Vec<bool> = (0..7)
            .map(|day| is_weekend(tuesday + f64::from(day) * DAY))
            .collect();
        assert_eq!(off, [false, false, false, false, true, true, false]);
    }
}
