//! In: packets in the order of time. Out: rows of dns.log and conn.log as Zeek would write them.
//!
//! Must not know: capture files, who is a tunnel. What of Zeek is imitated: a flow is the five values
//! of its sockets; whoever speaks first from no DNS port is its opener; UDP ends after 60 s of silence,
//! but DNS over UDP at the first multiple of ten seconds of its age that finds it silent for ten, TCP
//! after five minutes; questions and answers are matched by their number, in order; a question that is
//! never answered is written when its flow ends. What is not: ICMP, reassembly of fragments and of TCP
//! out of order, NetBIOS names.

use std::collections::{BTreeMap, VecDeque};
use std::net::IpAddr;

use wakeful_lab::row::{ConnRow, DnsRow, Proto, QType};

use crate::message::{Message, parse};
use crate::packets::{Flags, Packet};

/// Ports at which Zeek expects DNS.
const DNS_PORTS: [u16; 3] = [53, 5353, 5355];
/// Zeek's timer of DNS over UDP, microseconds.
const DNS_TIMER: i64 = 10_000_000;
const UDP_TIMEOUT: i64 = 60_000_000;
const TCP_TIMEOUT: i64 = 300_000_000;

/// Rows of both logs, in the order of time.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Logs {
    /// Rows of dns.log.
    pub dns: Vec<DnsRow>,
    /// Rows of conn.log.
    pub conn: Vec<ConnRow>,
}

type Socket = (IpAddr, u16);

/// One of the two ends of a flow.
#[derive(Default)]
struct End {
    packets: u64,
    bytes: u64,
    ip_bytes: u64,
    flags: Flags,
    /// Bytes of TCP that are no whole message yet.
    buffer: Vec<u8>,
}

struct Flow {
    proto: Proto,
    opener: Socket,
    other: Socket,
    uid: String,
    first: i64,
    last: i64,
    ends: [End; 2],
    history: String,
    dns: bool,
    waiting: BTreeMap<u16, VecDeque<DnsRow>>,
}

/// The logs of a capture's packets.
#[must_use]
pub fn logs(packets: &[Packet]) -> Logs {
    let mut open: BTreeMap<(Proto, Socket, Socket), Flow> = BTreeMap::new();
    let mut out = Logs::default();
    for packet in packets {
        let (low, high) = if packet.source < packet.target {
            (packet.source, packet.target)
        } else {
            (packet.target, packet.source)
        };
        let key = (packet.proto, low, high);
        if open.get(&key).is_some_and(|flow| flow.over(packet.micros))
            && let Some(flow) = open.remove(&key)
        {
            flow.close(&mut out);
        }
        open.entry(key)
            .or_insert_with(|| Flow::open(packet))
            .add(packet, &mut out.dns);
    }
    for flow in open.into_values() {
        flow.close(&mut out);
    }
    out.dns.sort_by(|a, b| a.ts.total_cmp(&b.ts));
    out.conn
        .sort_by(|a, b| a.ts.total_cmp(&b.ts).then_with(|| a.uid.cmp(&b.uid)));
    out
}

fn seconds(micros: i64) -> f64 {
    micros as f64 / 1e6
}

/// A name for the flow that says nothing and is the same each time.
fn uid(packet: &Packet) -> String {
    const LETTERS: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    let text = format!("{:?} {:?}", packet.source, packet.target);
    let mut hash = text.bytes().chain(packet.micros.to_le_bytes()).fold(
        0xcbf2_9ce4_8422_2325_u128,
        |hash, byte| {
            (hash ^ u128::from(byte)).wrapping_mul(0x0000_0000_0100_0000_0000_0000_0000_013b)
        },
    );
    let mut uid = String::from("C");
    for _ in 0..17 {
        uid.push(char::from(LETTERS[(hash % 62) as usize]));
        hash /= 62;
    }
    uid
}

impl Flow {
    fn open(packet: &Packet) -> Self {
        let (from, to) = (packet.source, packet.target);
        // An answer whose question was not captured tells who has asked.
        let answers = match packet.proto {
            Proto::Udp => DNS_PORTS.contains(&from.1) && !DNS_PORTS.contains(&to.1),
            _ => packet.flags.syn && packet.flags.ack,
        };
        let (opener, other) = if answers { (to, from) } else { (from, to) };
        Self {
            proto: packet.proto,
            opener,
            other,
            uid: uid(packet),
            first: packet.micros,
            last: packet.micros,
            ends: [End::default(), End::default()],
            history: String::new(),
            dns: false,
            waiting: BTreeMap::new(),
        }
    }

    /// Has it ended by `now`?
    fn over(&self, now: i64) -> bool {
        match self.proto {
            Proto::Udp if self.dns => {
                let ticks = (self.last + DNS_TIMER - self.first + DNS_TIMER - 1) / DNS_TIMER;
                self.first + ticks * DNS_TIMER <= now
            }
            Proto::Udp => now - self.last > UDP_TIMEOUT,
            _ => now - self.last > TCP_TIMEOUT,
        }
    }

    fn add(&mut self, packet: &Packet, dns: &mut Vec<DnsRow>) {
        let side = usize::from(packet.source != self.opener);
        self.last = packet.micros;
        let end = &mut self.ends[side];
        end.packets += 1;
        end.bytes += packet.bytes;
        end.ip_bytes += packet.ip_bytes;
        let flags = packet.flags;
        end.flags.syn |= flags.syn;
        end.flags.fin |= flags.fin;
        end.flags.rst |= flags.rst;
        let mut messages: Vec<Vec<u8>> = Vec::new();
        let ports = [self.opener.1, self.other.1];
        if packet.proto == Proto::Udp {
            self.note('D', side);
            if ports.iter().any(|port| DNS_PORTS.contains(port)) {
                messages.push(packet.payload.clone());
            }
        } else {
            for (set, letter) in [
                (flags.syn, if flags.ack { 'H' } else { 'S' }),
                (
                    flags.ack && !flags.syn && packet.bytes == 0 && !flags.fin && !flags.rst,
                    'A',
                ),
                (packet.bytes > 0, 'D'),
                (flags.fin, 'F'),
                (flags.rst, 'R'),
            ] {
                if set {
                    self.note(letter, side);
                }
            }
            if ports.contains(&53) {
                let buffer = &mut self.ends[side].buffer;
                buffer.extend_from_slice(&packet.payload);
                messages = whole_messages(buffer);
            }
        }
        for bytes in messages {
            if let Some(message) = parse(&bytes)
                && message.opcode == 0
            {
                self.message(packet.micros, message, dns);
            }
        }
    }

    /// Each letter is noted once: the opener's in upper case, the other's in lower.
    fn note(&mut self, letter: char, side: usize) {
        let letter = if side == 0 {
            letter
        } else {
            letter.to_ascii_lowercase()
        };
        if !self.history.contains(letter) {
            self.history.push(letter);
        }
    }

    fn message(&mut self, micros: i64, message: Message, dns: &mut Vec<DnsRow>) {
        if message.question.is_none() && message.answers.is_empty() {
            return;
        }
        self.dns = true;
        if !message.reply {
            let row = self.row(micros, &message);
            self.waiting.entry(message.id).or_default().push_back(row);
            return;
        }
        let asked = self
            .waiting
            .get_mut(&message.id)
            .and_then(VecDeque::pop_front);
        let waited = asked.is_some();
        let mut row = asked.unwrap_or_else(|| self.row(micros, &message));
        // Zeek gives no time to an error without any answer.
        row.rtt = (waited && (message.rcode == 0 || !message.answers.is_empty()))
            .then(|| ((seconds(micros) - row.ts) * 1e6).round() / 1e6);
        row.rcode = Some(message.rcode);
        row.authoritative = message.authoritative;
        row.truncated = message.truncated;
        row.recursion |= message.recursion;
        row.recursion_available = message.recursion_available;
        row.rejected = message.rcode != 0 && message.records == 0;
        row.answers = message.answers;
        dns.push(row);
    }

    /// A row of the question alone.
    fn row(&self, micros: i64, message: &Message) -> DnsRow {
        let (query, qtype) = message
            .question
            .as_ref()
            .map_or((Vec::new(), QType(0)), |(name, qtype, _)| {
                (name.clone(), *qtype)
            });
        DnsRow {
            ts: seconds(micros),
            uid: self.uid.clone(),
            client: self.opener.0,
            client_port: self.opener.1,
            server: self.other.0,
            server_port: self.other.1,
            proto: self.proto,
            trans_id: message.id,
            rtt: None,
            query,
            qtype,
            rcode: None,
            authoritative: false,
            truncated: false,
            recursion: message.recursion,
            recursion_available: false,
            answers: Vec::new(),
            rejected: false,
        }
    }

    fn close(self, out: &mut Logs) {
        out.dns.extend(self.waiting.into_values().flatten());
        let [orig, resp] = &self.ends;
        let several = orig.packets + resp.packets > 1;
        let state = match self.proto {
            Proto::Udp => match (orig.packets, resp.packets) {
                (0, _) => "SHR",
                (_, 0) => "S0",
                _ => "SF",
            },
            _ => tcp_state(orig.flags, resp.flags),
        };
        let service = match self.other.1 {
            _ if self.dns => Some("dns"),
            80 if orig.bytes > 0 && resp.bytes > 0 => Some("http"),
            443 if orig.bytes > 0 && resp.bytes > 0 => Some("ssl"),
            _ => None,
        };
        out.conn.push(ConnRow {
            ts: seconds(self.first),
            uid: self.uid,
            client: self.opener.0,
            client_port: self.opener.1,
            server: self.other.0,
            server_port: self.other.1,
            proto: self.proto,
            service,
            duration: several.then(|| seconds(self.last - self.first)),
            orig_bytes: several.then_some(orig.bytes),
            resp_bytes: several.then_some(resp.bytes),
            state,
            history: self.history.into(),
            orig_pkts: orig.packets,
            orig_ip_bytes: orig.ip_bytes,
            resp_pkts: resp.packets,
            resp_ip_bytes: resp.ip_bytes,
        });
    }
}

fn tcp_state(orig: Flags, resp: Flags) -> &'static str {
    match (orig.syn, resp.syn) {
        (true, true) if orig.rst => "RSTO",
        (true, true) if resp.rst => "RSTR",
        (true, true) if orig.fin && resp.fin => "SF",
        (true, true) => "S1",
        (true, false) if resp.rst => "REJ",
        (true, false) => "S0",
        _ => "OTH",
    }
}

/// Takes the whole messages out of a stream of TCP, each behind its length.
fn whole_messages(buffer: &mut Vec<u8>) -> Vec<Vec<u8>> {
    let mut messages = Vec::new();
    let mut at = 0;
    while let Some(&[high, low]) = buffer.get(at..at + 2)
        && let Some(message) =
            buffer.get(at + 2..at + 2 + usize::from(u16::from_be_bytes([high, low])))
    {
        messages.push(message.to_vec());
        at += 2 + message.len();
    }
    buffer.drain(..at);
    messages
}

#[cfg(test)]
mod tests {
    use super::*;

    const CLIENT: Socket = (IpAddr::V4(std::net::Ipv4Addr::new(10, 0, 0, 2)), 40_000);
    const SERVER: Socket = (IpAddr::V4(std::net::Ipv4Addr::new(10, 0, 0, 1)), 53);

    fn datagram(micros: i64, source: Socket, target: Socket, payload: &[u8]) -> Packet {
        Packet {
            micros,
            proto: Proto::Udp,
            source,
            target,
            ip_bytes: payload.len() as u64 + 28,
            bytes: payload.len() as u64,
            payload: payload.to_vec(),
            flags: Flags::default(),
        }
    }

    /// A question for `a.test`, or its answer with `rcode`.
    fn dns(id: u16, reply: Option<u8>) -> Vec<u8> {
        let mut bytes = id.to_be_bytes().to_vec();
        bytes.extend([if reply.is_some() { 0x81 } else { 1 }, reply.unwrap_or(0)]);
        bytes.extend([0, 1, 0, 0, 0, 0, 0, 0]);
        bytes.extend(b"\x01A\x04test\x00\x00\x10\x00\x01");
        bytes
    }

    #[test]
    fn a_question_and_its_answer_are_a_row_and_a_flow() {
        let (ask, tell) = (dns(7, None), dns(7, Some(0)));
        let out = logs(&[
            datagram(1_000_000, CLIENT, SERVER, &ask),
            datagram(1_250_000, SERVER, CLIENT, &tell),
        ]);
        assert_eq!((out.dns.len(), out.conn.len()), (1, 1));
        let (row, flow) = (&out.dns[0], &out.conn[0]);
        assert_eq!(row.query, b"a.test");
        assert_eq!((row.rtt, row.rcode), (Some(0.25), Some(0)));
        assert_eq!((flow.state, flow.history.as_ref()), ("SF", "Dd"));
        assert_eq!(flow.orig_bytes, Some(ask.len() as u64));
        assert_eq!(flow.resp_ip_bytes, tell.len() as u64 + 28);
        assert_eq!(flow.uid, row.uid);
    }

    #[test]
    fn an_answer_alone_turns_the_flow_round_and_a_question_alone_is_kept() {
        let out = logs(&[
            datagram(1_000_000, SERVER, CLIENT, &dns(7, Some(3))),
            datagram(1_500_000, CLIENT, SERVER, &dns(8, None)),
        ]);
        assert_eq!(out.conn.len(), 1);
        assert_eq!(out.conn[0].client, CLIENT.0);
        assert_eq!(out.conn[0].history, "dD");
        assert_eq!(out.dns[0].rcode, Some(3));
        assert!(out.dns[0].rejected && out.dns[0].rtt.is_none());
        assert_eq!((out.dns[1].rcode, out.dns[1].rtt), (None, None));
    }

    #[test]
    fn silence_ends_a_flow_sooner_where_it_is_dns() {
        let at = |second: i64, bytes: &[u8]| datagram(second * 1_000_000, CLIENT, SERVER, bytes);
        let count = |packets: &[Packet]| logs(packets).conn.len();
        // Ten seconds of silence are noticed at ten, twenty, … seconds of the flow's age.
        let (ask, raw) = (dns(1, None), vec![0x10; 9]);
        assert_eq!(count(&[at(0, &ask), at(4, &ask), at(19, &ask)]), 1);
        assert_eq!(count(&[at(0, &ask), at(4, &ask), at(20, &ask)]), 2);
        assert_eq!(count(&[at(0, &raw), at(60, &raw)]), 1);
        assert_eq!(count(&[at(0, &raw), at(61, &raw)]), 2);
    }

    #[test]
    fn what_is_no_dns_at_port_53_has_no_service() {
        let payload = [0x10, 0xd1, 0x9e, 0x20, 1, 2, 3, 4, 5, 6, 7, 8, 9];
        let out = logs(&[
            datagram(0, CLIENT, SERVER, &payload),
            datagram(9, SERVER, CLIENT, &payload),
        ]);
        assert_eq!(out.dns, []);
        assert_eq!(out.conn[0].service, None);
    }

    #[test]
    fn messages_of_tcp_are_cut_by_their_lengths() {
        let mut buffer = b"\0\x02ab\0\x01c\0\x05de".to_vec();
        let expected = vec![b"ab".to_vec(), b"c".to_vec()];
        assert_eq!(whole_messages(&mut buffer), expected);
        assert_eq!(buffer, b"\0\x05de");
    }
}
