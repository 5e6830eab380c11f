//! In: questions with their answers, and flows. Out: rows of both logs that share uids.
//!
//! Must not know: names, clients, tunnels. Rows outside of the span are not written.

use std::net::IpAddr;

use crate::rng::Rng;
use crate::row::{Answer, ConnRow, DnsRow, Proto, QType};

/// Seconds of silence after which Zeek takes a UDP flow for ended.
const UDP_TIMEOUT: f64 = 60.0;

/// What came back to a question.
#[derive(Debug, Clone)]
pub(crate) struct Reply {
    /// Seconds to the answer; none: it never came.
    pub rtt: Option<f64>,
    pub rcode: u16,
    pub answers: Vec<Answer>,
}

impl Reply {
    pub fn ok(rtt: f64, answers: Vec<Answer>) -> Self {
        Self {
            rtt: Some(rtt),
            rcode: 0,
            answers,
        }
    }

    pub fn error(rtt: f64, rcode: u16) -> Self {
        Self {
            rtt: Some(rtt),
            rcode,
            answers: Vec::new(),
        }
    }

    pub fn lost() -> Self {
        Self {
            rtt: None,
            rcode: 0,
            answers: Vec::new(),
        }
    }
}

/// A UDP socket: questions asked through it share a port, and a flow while it is not silent.
#[derive(Debug, Clone)]
pub(crate) struct Socket {
    pub client: IpAddr,
    pub port: u16,
    pub server: IpAddr,
    pub server_port: u16,
    flow: Option<usize>,
    last: f64,
}

impl Socket {
    pub fn new(client: IpAddr, port: u16, server: IpAddr, server_port: u16) -> Self {
        Self {
            client,
            port,
            server,
            server_port,
            flow: None,
            last: 0.0,
        }
    }
}

/// A flow that is no DNS, as its maker sees it; the book fills in the rest.
pub(crate) struct Flow {
    pub ts: f64,
    pub client: IpAddr,
    pub server: IpAddr,
    pub ports: (u16, u16),
    pub proto: Proto,
    pub service: Option<&'static str>,
    pub duration: Option<f64>,
    pub bytes: Option<(u64, u64)>,
    pub packets: (u64, u64),
    pub state: &'static str,
    pub history: &'static str,
}

/// The two logs while they are written.
pub(crate) struct Book {
    pub start: f64,
    pub end: f64,
    rng: Rng,
    pub dns: Vec<DnsRow>,
    pub conn: Vec<ConnRow>,
}

/// Zeek writes microseconds; so do the rows.
fn micros(seconds: f64) -> f64 {
    (seconds * 1e6).round() / 1e6
}

impl Book {
    pub fn new(start: f64, end: f64, rng: Rng) -> Self {
        Self {
            start,
            end,
            rng,
            dns: Vec::new(),
            conn: Vec::new(),
        }
    }

    /// Take uids and message numbers from `rng` from now on: what one part
    /// writes does not move another part's numbers.
    pub fn use_stream(&mut self, rng: Rng) {
        self.rng = rng;
    }

    pub fn covers(&self, ts: f64) -> bool {
        ts >= self.start && ts < self.end - 1e-6
    }

    fn uid(&mut self) -> String {
        const LETTERS: &[u8] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
        let length = 16 + self.rng.below(2);
        format!("C{}", self.rng.text(LETTERS, length))
    }

    /// Ask through `socket` at `ts`. The name is lower-cased, as Zeek does.
    /// True when a row was written.
    pub fn ask(
        &mut self,
        socket: &mut Socket,
        ts: f64,
        query: &[u8],
        qtype: QType,
        reply: Reply,
    ) -> bool {
        if !self.covers(ts) {
            return false;
        }
        let ts = micros(ts);
        let multicast = socket.server_port == 5353;
        let edns = if multicast { 0 } else { 11 };
        let asked = (12 + query.len() + 2 + 4 + edns) as u64;
        let answered = asked + reply.answers.iter().map(|a| a.wire).sum::<u64>();
        let open = socket.flow.filter(|_| ts - socket.last < UDP_TIMEOUT);
        let flow = open.unwrap_or_else(|| {
            let row = ConnRow {
                ts,
                uid: self.uid(),
                client: socket.client,
                client_port: socket.port,
                server: socket.server,
                server_port: socket.server_port,
                proto: Proto::Udp,
                service: Some("dns"),
                duration: None,
                orig_bytes: None,
                resp_bytes: None,
                state: "S0",
                history: "D".into(),
                orig_pkts: 0,
                orig_ip_bytes: 0,
                resp_pkts: 0,
                resp_ip_bytes: 0,
            };
            self.conn.push(row);
            self.conn.len() - 1
        });
        let rtt = reply.rtt.map(|seconds| micros(seconds.max(1e-5)));
        socket.flow = Some(flow);
        socket.last = socket.last.max(ts + rtt.unwrap_or(0.0));
        let row = &mut self.conn[flow];
        row.orig_pkts += 1;
        row.orig_ip_bytes += asked + 28;
        if rtt.is_some() {
            row.resp_pkts += 1;
            row.resp_ip_bytes += answered + 28;
            (row.state, row.history) = ("SF", "Dd".into());
        }
        // Of one packet without an answer Zeek knows neither duration nor bytes.
        if row.orig_pkts + row.resp_pkts > 1 {
            row.duration = Some(micros(socket.last - row.ts));
            row.orig_bytes = Some(row.orig_ip_bytes - 28 * row.orig_pkts);
            row.resp_bytes = Some(row.resp_ip_bytes - 28 * row.resp_pkts);
        }
        let uid = row.uid.clone();
        let trans_id = if multicast { 0 } else { self.rng.bits() as u16 };
        self.dns.push(DnsRow {
            ts,
            uid,
            client: socket.client,
            client_port: socket.port,
            server: socket.server,
            server_port: socket.server_port,
            proto: Proto::Udp,
            trans_id,
            rtt,
            query: query.to_ascii_lowercase(),
            qtype,
            rcode: rtt.map(|_| reply.rcode),
            authoritative: false,
            truncated: false,
            recursion: !multicast,
            recursion_available: !multicast && rtt.is_some(),
            answers: reply.answers,
            // Zeek's word for a reply without any record, as of a resolver that fails.
            rejected: matches!(reply.rcode, 2 | 5),
        });
        true
    }

    /// Write a flow that is no DNS. True when a row was written.
    pub fn flow(&mut self, flow: &Flow) -> bool {
        if !self.covers(flow.ts) {
            return false;
        }
        let uid = self.uid();
        let header = match flow.proto {
            Proto::Tcp => 52,
            Proto::Udp | Proto::Icmp => 28,
        };
        let (orig, resp) = flow.bytes.unwrap_or((0, 0));
        self.conn.push(ConnRow {
            ts: micros(flow.ts),
            uid,
            client: flow.client,
            client_port: flow.ports.0,
            server: flow.server,
            server_port: flow.ports.1,
            proto: flow.proto,
            service: flow.service,
            duration: flow.duration.map(micros),
            orig_bytes: flow.bytes.map(|b| b.0),
            resp_bytes: flow.bytes.map(|b| b.1),
            state: flow.state,
            history: flow.history.into(),
            orig_pkts: flow.packets.0,
            orig_ip_bytes: orig + header * flow.packets.0,
            resp_pkts: flow.packets.1,
            resp_ip_bytes: resp + header * flow.packets.1,
        });
        true
    }
}
