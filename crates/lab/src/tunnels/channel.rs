//! In: a tool's parameters, a client, a zone. Out: the tool's questions in the book, counted.
//!
//! Must not know: which tool runs; the benign population.

use std::net::IpAddr;

use super::Params;
use super::encode::{Encoding, dotted, undotted};
use crate::book::{Book, Flow, Reply, Socket};
use crate::names::WORDS;
use crate::rng::Rng;
use crate::row::{Answer, QType};

/// What the tunnel carries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Payload {
    /// Encrypted: every byte as likely as another.
    Random,
    /// Compressed: files of eight kilobytes with a gzip header, otherwise as random.
    Compressed,
    /// Plain words, lines and digits.
    Text,
}

/// A stream of payload bytes.
struct Stream {
    kind: Payload,
    rng: Rng,
    ready: Vec<u8>,
}

impl Stream {
    fn take(&mut self, count: usize) -> Vec<u8> {
        while self.ready.len() < count {
            match self.kind {
                Payload::Random => {
                    let more = self.rng.bytes(256);
                    self.ready.extend(more);
                }
                Payload::Compressed => {
                    let time = self.rng.bytes(4);
                    let data = self.rng.bytes(8_182);
                    self.ready.extend([0x1f, 0x8b, 8, 0]);
                    self.ready.extend(time);
                    self.ready.extend([0, 3]);
                    self.ready.extend(data);
                }
                Payload::Text => {
                    let number = self.rng.below(10_000);
                    let word = self.rng.pick(&WORDS);
                    let other = self.rng.pick(&WORDS);
                    let line = format!("{word}={number};{other} {word}\n");
                    self.ready.extend(line.into_bytes());
                }
            }
        }
        let rest = self.ready.split_off(count);
        std::mem::replace(&mut self.ready, rest)
    }
}

/// One moment at which the tool may send.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Tick {
    pub ts: f64,
    /// There is data to carry; otherwise the line is only kept open.
    pub loaded: bool,
}

/// What a tool writes through.
pub(crate) struct Channel<'a> {
    book: &'a mut Book,
    pub rng: Rng,
    pub client: IpAddr,
    resolver: IpAddr,
    /// The attacker's machine, for tools that talk to it directly.
    pub peer: IpAddr,
    /// The delegated zone, without a dot at its front.
    pub zone: String,
    pub params: Params,
    /// First and last moment of the channel, seconds since 1970.
    pub from: f64,
    pub to: f64,
    up: Stream,
    down: Stream,
    socket: Option<Socket>,
    /// Rows of dns.log, and of conn.log without DNS, written so far; first and last time.
    pub records: u64,
    pub flows: u64,
    pub seen: Option<(f64, f64)>,
}

/// Who talks to whom.
pub(crate) struct Ends {
    pub client: IpAddr,
    pub resolver: IpAddr,
    pub peer: IpAddr,
    pub zone: String,
}

impl<'a> Channel<'a> {
    pub fn new(book: &'a mut Book, rng: &Rng, ends: Ends, params: Params, from: f64) -> Self {
        let stream = |label: &str| Stream {
            kind: params.payload,
            rng: rng.fork(label),
            ready: Vec::new(),
        };
        let (up, down) = (stream("up"), stream("down"));
        let to = (from + params.duration).min(book.end);
        Self {
            book,
            rng: rng.fork("channel"),
            client: ends.client,
            resolver: ends.resolver,
            peer: ends.peer,
            zone: ends.zone,
            params,
            from,
            to,
            up,
            down,
            socket: None,
            records: 0,
            flows: 0,
            seen: None,
        }
    }

    /// Bytes that a name has for labels in front of the zone, their dots included.
    pub fn room(&self) -> usize {
        253_usize.saturating_sub(self.zone.len() + 1)
    }

    /// Payload bytes for one question whose name has `fixed` bytes of its own:
    /// the chunk size, or what fits.
    pub fn chunk(&self, fixed: usize, width: usize) -> usize {
        let room = undotted(self.room().saturating_sub(fixed), width);
        let fits = self.params.encoding.capacity(room);
        match self.params.chunk {
            0 => fits,
            chunk => chunk.min(fits),
        }
    }

    /// Payload bytes for one question whose `header` bytes are encoded with them.
    pub fn chunk_after(&self, header: usize, width: usize) -> usize {
        let fits = self.params.encoding.capacity(undotted(self.room(), width));
        let left = fits.saturating_sub(header);
        match self.params.chunk {
            0 => left,
            chunk => chunk.min(left),
        }
    }

    /// Up to `count` payload bytes, encoded in labels of at most `width` characters.
    pub fn upload(&mut self, count: usize, width: usize) -> Vec<u8> {
        let bytes = self.up.take(count);
        dotted(&self.params.encoding.encode(&bytes), width)
    }

    /// `count` payload bytes of the direction to the server.
    pub fn bytes_up(&mut self, count: usize) -> Vec<u8> {
        self.up.take(count)
    }

    /// `count` payload bytes of the direction to the client.
    pub fn bytes_down(&mut self, count: usize) -> Vec<u8> {
        self.down.take(count)
    }

    /// The type that the parameters ask for, or one of the tool's own.
    pub fn qtype(&mut self, own: &[QType]) -> QType {
        let drawn = own.get(self.rng.below(own.len())).copied();
        self.params.qtype.or(drawn).unwrap_or(QType::TXT)
    }

    /// Seconds to the attacker's server and back, through the resolver.
    pub fn rtt(&mut self) -> f64 {
        self.rng.log_normal(0.055, 0.35)
    }

    /// The moments of the channel: loaded stretches at the tool's rate,
    /// idle ones at its keep-alive gap, alternating as `duty` says.
    pub fn ticks(&mut self, from: f64) -> Vec<Tick> {
        self.ticks_by(from, false)
    }

    /// The same for a tool whose keep-alive follows on an answer: the gap is
    /// the tool's timer and the way there and back, and hardly strays.
    pub fn ticks_after_answers(&mut self, from: f64) -> Vec<Tick> {
        self.ticks_by(from, true)
    }

    fn ticks_by(&mut self, from: f64, after_answers: bool) -> Vec<Tick> {
        let params = self.params.clone();
        let mut ticks = Vec::new();
        let mut ts = from;
        let duty = params.duty.clamp(0.0, 1.0);
        let mut loaded = self.rng.chance(duty);
        // A loaded stretch carries about two hundred questions.
        let stretch = 200.0 / params.rate.max(1e-6);
        let mut until = ts;
        let mut first = true;
        while ts < self.to {
            if ts >= until {
                if !first {
                    loaded = !loaded;
                }
                first = false;
                if duty >= 1.0 || duty <= 0.0 {
                    loaded = duty >= 1.0;
                    until = self.to;
                } else if loaded {
                    until = ts + self.rng.log_normal(stretch, 0.6);
                } else {
                    let quiet = stretch * (1.0 - duty) / duty;
                    until = ts + self.rng.log_normal(quiet, 0.6);
                }
            }
            if !loaded && params.idle <= 0.0 {
                // Nothing is sent while there is nothing to say.
                ts = until;
                continue;
            }
            ticks.push(Tick { ts, loaded });
            let gap = if loaded {
                1.0 / params.rate
            } else {
                params.idle
            };
            ts += if !loaded && after_answers {
                gap + self.rtt()
            } else {
                self.rng.jitter(gap, params.jitter).max(1e-4)
            };
        }
        ticks
    }

    /// Ask for `labels` in front of the zone. `kept` says that the tool asks
    /// everything through one socket; otherwise every question has its own.
    /// One question in a hundred is lost and asked again after two seconds.
    pub fn ask(&mut self, ts: f64, labels: &[u8], qtype: QType, reply: Reply, kept: bool) {
        let mut name = labels.to_vec();
        if !name.is_empty() {
            name.push(b'.');
        }
        name.extend_from_slice(self.zone.as_bytes());
        if self.rng.chance(0.01) {
            self.put(ts, &name, qtype, Reply::lost(), kept);
            self.put(ts + 2.0, &name, qtype, reply, kept);
        } else {
            self.put(ts, &name, qtype, reply, kept);
        }
    }

    fn put(&mut self, ts: f64, name: &[u8], qtype: QType, reply: Reply, kept: bool) {
        let mut socket = self
            .socket
            .take()
            .filter(|_| kept)
            .unwrap_or_else(|| Socket::new(self.client, self.rng.port(), self.resolver, 53));
        if self.book.ask(&mut socket, ts, name, qtype, reply) {
            self.records += 1;
            self.note(ts);
        }
        self.socket = Some(socket);
    }

    /// Write a flow that is no DNS.
    pub fn flow(&mut self, flow: &Flow) {
        if self.book.flow(flow) {
            self.flows += 1;
            self.note(flow.ts);
        }
    }

    fn note(&mut self, ts: f64) {
        let ts = (ts * 1e6).round() / 1e6;
        let (first, last) = self.seen.unwrap_or((ts, ts));
        self.seen = Some((first.min(ts), last.max(ts)));
    }

    /// An answer of `qtype` that carries `bytes`, encoded for that type: text in
    /// TXT, a name under the zone in CNAME, MX, SRV and the like, addresses in A
    /// and AAAA, raw bytes in NULL, KEY and private.
    pub fn answer(
        &mut self,
        qtype: QType,
        bytes: &[u8],
        encoding: Encoding,
        ttl: u32,
    ) -> Vec<Answer> {
        match qtype {
            QType::TXT => vec![Answer::txt(&encoding.encode(bytes), ttl)],
            QType::A => bytes
                .chunks(4)
                .take(12)
                .map(|part| {
                    let mut octets = [0; 4];
                    octets[..part.len()].copy_from_slice(part);
                    Answer::address(IpAddr::from(octets), ttl)
                })
                .collect(),
            QType::AAAA => bytes
                .chunks(16)
                .take(8)
                .map(|part| {
                    let mut octets = [0; 16];
                    octets[..part.len()].copy_from_slice(part);
                    Answer::address(IpAddr::from(octets), ttl)
                })
                .collect(),
            QType::NULL | QType::KEY | QType::PRIVATE => {
                vec![Answer::unknown(qtype, ttl, bytes.len())]
            }
            _ => {
                let fits = encoding.capacity(undotted(self.room(), 57));
                let text = encoding.encode(&bytes[..bytes.len().min(fits)]);
                let mut name = dotted(&text, 57);
                if !name.is_empty() {
                    name.push(b'.');
                }
                name.extend_from_slice(self.zone.as_bytes());
                let extra = match qtype {
                    QType::MX => 2,
                    QType::SRV => 6,
                    _ => 0,
                };
                vec![Answer::name(name, ttl, extra)]
            }
        }
    }
}
