//! In: a seed, a span, a number of clients, injections. Out: both logs and the truth.
//!
//! Must not know: file formats. The benign rows depend on the seed, the span and
//! the number of clients alone: an injection adds rows and changes none.

use std::net::{IpAddr, Ipv4Addr};

use crate::book::Book;
use crate::names::Names;
use crate::population;
use crate::rng::Rng;
use crate::row::{ConnRow, DnsRow, QType, client_address, resolver_address};
use crate::tunnels::channel::{Channel, Ends};
use crate::tunnels::encode::{ENCODINGS, Encoding};
use crate::tunnels::{Params, Payload, TOOLS, Tool};

/// A tool that runs in a scenario.
#[derive(Debug, Clone, PartialEq)]
pub struct Injection {
    /// The tool.
    pub tool: Tool,
    /// How it is run.
    pub params: Params,
    /// The index of the client on which it runs; none: drawn.
    pub client: Option<usize>,
}

/// What is to be generated.
#[derive(Debug, Clone, PartialEq)]
pub struct Scenario {
    /// Same seed and parameters, same rows.
    pub seed: u64,
    /// Length of the span, days.
    pub days: f64,
    /// Machines of the office; 0: nothing but the injections.
    pub clients: u32,
    /// First moment, seconds since 1970 (UTC).
    pub start: f64,
    /// The tunnels.
    pub injections: Vec<Injection>,
}

/// What an injection left, and where.
#[derive(Debug, Clone, PartialEq)]
pub struct Truth {
    /// The tool.
    pub tool: Tool,
    /// The machine on which it ran.
    pub client: IpAddr,
    /// The domain of its names, or the address of its peer.
    pub target: Target,
    /// Time of its first row, seconds since 1970.
    pub first: f64,
    /// Time of its last row.
    pub last: f64,
    /// Its rows: of dns.log for a domain, of conn.log for a peer.
    pub records: u64,
}

/// Where a tunnel leads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    /// A registered domain; the tunnel's names lie under it.
    Domain(String),
    /// An address; the tunnel's flows go to it.
    Peer(IpAddr),
}

/// What was generated, rows in the order of time.
#[derive(Debug, Clone, PartialEq)]
pub struct Logs {
    /// Rows of dns.log.
    pub dns: Vec<DnsRow>,
    /// Rows of conn.log.
    pub conn: Vec<ConnRow>,
    /// One a injection that left rows, in their order.
    pub truth: Vec<Truth>,
}

impl Injection {
    /// The tool as it comes, on a client that is drawn.
    #[must_use]
    pub fn new(tool: Tool) -> Self {
        Self {
            tool,
            params: tool.defaults(),
            client: None,
        }
    }

    /// Read `tool` or `tool:key=value,key=value`.
    ///
    /// Keys: `rate` (questions a second), `idle`, `start`, `duration` (seconds,
    /// or with `s`, `m`, `h`, `d`), `duty`, `jitter`, `up` (0 to 1), `chunk`,
    /// `answer` (bytes), `encoding` (of names), `answers` (encoding of answers),
    /// `type` (a record type, or `mix`), `payload` (`random`, `compressed`,
    /// `text`), `client` (an index).
    ///
    /// # Errors
    ///
    /// A sentence that names what is unknown or out of range, and what there is.
    pub fn parse(text: &str) -> Result<Self, String> {
        let (name, rest) = text.split_once(':').unwrap_or((text, ""));
        let tool = Tool::from_name(name.trim()).ok_or_else(|| {
            let known: Vec<&str> = TOOLS.iter().map(|(name, _)| *name).collect();
            format!(
                "There is no tool “{}”; there are {}.",
                name.trim(),
                known.join(", ")
            )
        })?;
        let mut injection = Self::new(tool);
        for part in rest.split(',').map(str::trim).filter(|p| !p.is_empty()) {
            let (key, value) = part
                .split_once('=')
                .ok_or_else(|| format!("“{part}” is no key=value."))?;
            injection.set(key.trim(), value.trim())?;
        }
        Ok(injection)
    }

    fn set(&mut self, key: &str, value: &str) -> Result<(), String> {
        let params = &mut self.params;
        match key {
            "rate" => params.rate = number(key, value, 1e-5, 1_000.0)?,
            "duty" => params.duty = number(key, value, 0.0, 1.0)?,
            "jitter" => params.jitter = number(key, value, 0.0, 1.0)?,
            "up" => params.up = number(key, value, 0.0, 1.0)?,
            "idle" => params.idle = seconds(key, value)?,
            "start" => params.start = Some(seconds(key, value)?),
            "duration" => params.duration = seconds(key, value)?,
            "chunk" => params.chunk = number(key, value, 0.0, 1_400.0)? as usize,
            "answer" => params.answer = number(key, value, 0.0, 4_000.0)? as usize,
            "client" => self.client = Some(number(key, value, 0.0, 14_399.0)? as usize),
            "type" if value == "mix" => params.qtype = None,
            "type" => {
                let unknown = || format!("There is no record type “{value}”.");
                params.qtype = Some(QType::from_name(value).ok_or_else(unknown)?);
            }
            "encoding" => params.encoding = encoding(value)?,
            "answers" => params.answers = Some(encoding(value)?),
            "payload" => {
                params.payload = match value {
                    "random" => Payload::Random,
                    "compressed" => Payload::Compressed,
                    "text" => Payload::Text,
                    _ => {
                        return Err(format!(
                            "There is no payload “{value}”; there are random, compressed, text."
                        ));
                    }
                }
            }
            _ => {
                return Err(format!(
                    "There is no parameter “{key}”; there are rate, idle, duty, jitter, up, chunk, \
                     answer, encoding, answers, type, payload, start, duration, client."
                ));
            }
        }
        Ok(())
    }
}

fn encoding(value: &str) -> Result<Encoding, String> {
    let found = ENCODINGS.iter().find(|(name, _)| *name == value);
    let known: Vec<&str> = ENCODINGS.iter().map(|(name, _)| *name).collect();
    let unknown = || {
        format!(
            "There is no encoding “{value}”; there are {}.",
            known.join(", ")
        )
    };
    Ok(found.ok_or_else(unknown)?.1)
}

fn number(key: &str, value: &str, low: f64, high: f64) -> Result<f64, String> {
    let number =
        wakeful_logs::float(value).ok_or_else(|| format!("“{value}” is no number for {key}."))?;
    if (low..=high).contains(&number) {
        Ok(number)
    } else {
        Err(format!(
            "{key} is {value}, but must lie between {low} and {high}."
        ))
    }
}

/// Seconds, or a number with `s`, `m`, `h` or `d` behind it; up to a year.
fn seconds(key: &str, value: &str) -> Result<f64, String> {
    let (digits, unit) = match value.chars().last() {
        Some('s') => (&value[..value.len() - 1], 1.0),
        Some('m') => (&value[..value.len() - 1], 60.0),
        Some('h') => (&value[..value.len() - 1], 3_600.0),
        Some('d') => (&value[..value.len() - 1], 86_400.0),
        _ => (value, 1.0),
    };
    Ok(unit * number(key, digits, 0.0, 31_536_000.0 / unit)?)
}

impl Scenario {
    /// The last moment of the span, seconds since 1970; it is not part of it.
    #[must_use]
    pub fn end(&self) -> f64 {
        self.start + self.days.max(0.0) * population::DAY
    }

    /// Generate the logs.
    #[must_use]
    pub fn run(&self) -> Logs {
        self.chapter(0)
    }

    /// Generate what happens `number` spans later: the same network, machines and habits, other events. So
    /// a log of any length can be written with the memory that one span takes. A tool that is injected runs
    /// in each chapter that is asked for, under the same domain; chapter 0 is [`Self::run`].
    #[must_use]
    pub fn chapter(&self, number: u32) -> Logs {
        let root = Rng::new(self.seed);
        let mut names = Names::new(&root);
        let clients = self.clients as usize;
        let later = f64::from(number) * (self.end() - self.start);
        let (start, end) = (self.start + later, self.end() + later);
        let mut book = Book::new(start, end, root.fork("book"));
        population::run(&mut book, &names, clients, &root, number);
        let mut truth = Vec::new();
        for (index, injection) in self.injections.iter().enumerate() {
            let stream = root.fork(&format!("injection {index} {}", injection.tool.name()));
            truth.extend(self.inject(&mut book, &mut names, injection, &stream));
        }
        let (mut dns, mut conn) = (book.dns, book.conn);
        dns.sort_by(|a, b| a.ts.total_cmp(&b.ts).then_with(|| a.uid.cmp(&b.uid)));
        conn.sort_by(|a, b| a.ts.total_cmp(&b.ts).then_with(|| a.uid.cmp(&b.uid)));
        Logs { dns, conn, truth }
    }

    fn inject(
        &self,
        book: &mut Book,
        names: &mut Names,
        injection: &Injection,
        stream: &Rng,
    ) -> Option<Truth> {
        let mut rng = stream.fork("place");
        book.use_stream(stream.fork("book"));
        let drawn = rng.below(self.clients.max(1) as usize);
        let index = injection.client.unwrap_or(drawn);
        let domain = names.fresh_domain(&mut rng, &["com", "net", "xyz", "info", "top"]);
        // Some delegate a label of the domain to the tunnel's server, some the whole.
        let zone = match rng.below(4) {
            0 => format!("t.{domain}"),
            1 => format!("ns1.{domain}"),
            _ => domain.clone(),
        };
        let peer = IpAddr::V4(Ipv4Addr::new(203, 0, 113, 1 + rng.below(250) as u8));
        let span = book.end - book.start;
        let begin = injection.params.start.unwrap_or_else(|| {
            // In the morning of the first day, or early in a shorter span.
            let morning = rng.uniform(9.0, 13.0) * population::HOUR;
            morning.min(span * 0.25)
        });
        let ends = Ends {
            client: client_address(index),
            resolver: resolver_address(index),
            peer,
            zone,
        };
        let from = book.start + begin;
        let mut channel = Channel::new(book, stream, ends, injection.params.clone(), from);
        injection.tool.run(&mut channel);
        let dns = injection.tool.speaks_dns();
        let (first, last) = channel.seen?;
        Some(Truth {
            tool: injection.tool,
            client: channel.client,
            target: if dns {
                Target::Domain(domain)
            } else {
                Target::Peer(peer)
            },
            first,
            last,
            records: if dns { channel.records } else { channel.flows },
        })
    }
}
