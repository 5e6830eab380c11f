//! Rows from one who reads to one who sums up, on two threads or in two workers without shared memory.
//!
//! In: records ([`Writer`] is a [`Sink`]). Out: bytes, of which [`Session::relayed`] makes the rows again, in
//! the same order: the report is that of one who does both. Must not know: how the bytes travel.
//!
//! Whoever reads also does what follows from a row alone: sizes and hashes of its answers, the hash of its
//! `uid`. A row is a head of a fixed length, then what is kept of its answers, then its texts, of which those that came
//! before are a number each. Numbers are little-endian.
//!
//! [`Session::relayed`]: crate::Session::relayed

mod answers;
mod texts;

use crate::analysis::{Answers, ConnTexts, DnsRow, Element, Text};
use answers::Repeats;
use texts::{Received, Sent};
use wakeful_logs::{At, ConnRecord, DnsRecord, ListStats, Proto, Sink};

/// Bytes that are not what a [`Writer`] wrote.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Damaged;

impl std::fmt::Display for Damaged {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Rows were damaged between reading and counting. Read the log again.")
    }
}

impl std::error::Error for Damaged {}

/// Who takes rows, each with where it stands; its line's number is not handed on.
pub(crate) trait Taker {
    fn dns(&mut self, row: &DnsRow<'_>, at: At);
    fn conn(&mut self, record: &ConnRecord<'_>, texts: ConnTexts<'_>, at: At);
}

/// The first byte of a row.
const DNS: u8 = 0;
const CONN: u8 = 1;

// Whole words: what is copied a few words at a time needs no call, and in wasm a call for a few bytes takes
// longer than the copy.
const WORD: usize = 8;
const DNS_HEAD: usize = 9 * WORD;
const CONN_HEAD: usize = 12 * WORD;

/// What each side keeps of texts that came before. No row has two texts of a kind, so that none takes the
/// place of another of its row.
#[derive(Debug)]
struct Kinds<T> {
    names: T,
    clients: T,
    /// Servers, and the other ends of connections.
    peers: T,
    histories: T,
}

impl<T> Kinds<T> {
    fn of(slots: impl Fn(usize) -> T) -> Self {
        Self {
            names: slots(2048),
            clients: slots(1024),
            peers: slots(1024),
            histories: slots(256),
        }
    }
}

/// Writes the rows of an input.
#[derive(Debug)]
pub struct Writer {
    bytes: Vec<u8>,
    repeats: Repeats,
    sent: Kinds<Sent>,
}

impl Default for Writer {
    fn default() -> Self {
        Self {
            bytes: Vec::new(),
            repeats: Repeats::default(),
            sent: Kinds::of(Sent::of),
        }
    }
}

impl Writer {
    /// Nothing written so far.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// How many bytes are written.
    #[must_use]
    pub fn len(&self) -> usize {
        self.bytes.len()
    }

    /// Whether nothing is written.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.bytes.is_empty()
    }

    /// What is written: whole rows.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Begins anew, in the same memory.
    pub fn clear(&mut self) {
        self.bytes.clear();
    }

    /// Hands over what is written; goes on in the memory of `next`.
    #[must_use]
    pub fn swap(&mut self, mut next: Vec<u8>) -> Vec<u8> {
        next.clear();
        std::mem::replace(&mut self.bytes, next)
    }
}

impl Sink for Writer {
    fn dns(&mut self, record: &DnsRecord<'_>, at: At) {
        let row = DnsRow::of(record);
        let Self {
            bytes,
            repeats,
            sent,
        } = self;
        let start = bytes.len();
        extend(bytes, &[0; DNS_HEAD]);
        let (stats, ttl) = repeats.read(record, bytes);
        let elements = (bytes.len() - start - DNS_HEAD) / size_of::<Element>();
        let mut flags = Flags::default();
        let mut mark = |kept: &mut Sent, text: Option<Text<'_>>| {
            let text = flags.some(text);
            text.map_or(0, |text| kept.mark(text.bytes, bytes))
        };
        let marks = [
            mark(&mut sent.names, row.query),
            mark(&mut sent.clients, row.client),
            mark(&mut sent.peers, row.server),
        ];
        // It was put there above.
        let Some(head) = bytes[start..].first_chunk_mut::<DNS_HEAD>() else {
            return;
        };
        let mut head = Put::new(DNS, head);
        head.u64(flags.some(row.ts).unwrap_or(0) as u64);
        head.u64(flags.some(row.uid).unwrap_or(0));
        head.u16(flags.some(row.qtype).unwrap_or(0));
        head.u16(flags.some(row.rcode).unwrap_or(0));
        head.u32(flags.some(ttl).unwrap_or(0));
        flags.is(row.on_link);
        flags.is(row.answered);
        marks.into_iter().for_each(|mark| head.u32(mark));
        head.u32(stats.count);
        head.u32(stats.bytes);
        head.u32(stats.longest);
        head.u32(elements as u32);
        head.place(at);
        head.flags(&flags);
    }

    fn conn(&mut self, record: &ConnRecord<'_>, at: At) {
        let Self { bytes, sent, .. } = self;
        let start = bytes.len();
        extend(bytes, &[0; CONN_HEAD]);
        let mut flags = Flags::default();
        let plain = [record.uid, record.service, record.conn_state].map(|text| {
            let text = flags.some(text).unwrap_or_default();
            extend(bytes, text);
            text.len() as u32
        });
        let mut mark = |kept: &mut Sent, text| {
            let text: Option<&[u8]> = flags.some(text);
            text.map_or(0, |text| kept.mark(text, bytes))
        };
        let marks = [
            mark(&mut sent.clients, record.orig_host),
            mark(&mut sent.peers, record.resp_host),
            mark(&mut sent.histories, record.history),
        ];
        // It was put there above.
        let Some(head) = bytes[start..].first_chunk_mut::<CONN_HEAD>() else {
            return;
        };
        let mut head = Put::new(CONN, head);
        plain.into_iter().for_each(|length| head.u32(length));
        marks.into_iter().for_each(|mark| head.u32(mark));
        head.u64(flags.some(record.ts).unwrap_or(0) as u64);
        head.u16(flags.some(record.resp_port).unwrap_or(0));
        head.u64(flags.some(record.duration).unwrap_or(0.0).to_bits());
        for count in [
            record.orig_bytes,
            record.resp_bytes,
            record.orig_pkts,
            record.resp_pkts,
        ] {
            head.u64(flags.some(count).unwrap_or(0));
        }
        flags.is(record.local_resp == Some(true));
        head.u8(match record.proto {
            Proto::Other => 0,
            Proto::Tcp => 1,
            Proto::Udp => 2,
            Proto::Icmp => 3,
        });
        head.place(at);
        head.flags(&flags);
    }
}

/// Adds a short text, a word at a time.
fn extend(bytes: &mut Vec<u8>, text: &[u8]) {
    let start = bytes.len();
    let (words, rest) = text.as_chunks::<WORD>();
    for word in words {
        bytes.extend_from_slice(word);
    }
    match text.last_chunk::<WORD>() {
        _ if rest.is_empty() => {}
        // Some of its bytes are there already.
        Some(last) => {
            bytes.truncate(start + text.len() - WORD);
            bytes.extend_from_slice(last);
        }
        None => rest.iter().for_each(|&byte| bytes.push(byte)),
    }
}

/// Reads the rows of an input, as its [`Writer`] wrote them.
#[derive(Debug)]
pub(crate) struct Rows {
    received: Kinds<Received>,
}

impl Default for Rows {
    fn default() -> Self {
        Self {
            received: Kinds::of(Received::of),
        }
    }
}

impl Rows {
    /// Hands out each of the next rows, in order.
    pub(crate) fn each(&mut self, mut bytes: &[u8], taker: &mut impl Taker) -> Result<(), Damaged> {
        while let Some(&kind) = bytes.first() {
            bytes = match kind {
                DNS => self.dns(bytes, taker)?,
                CONN => self.conn(bytes, taker)?,
                _ => return Err(Damaged),
            };
        }
        Ok(())
    }

    fn dns<'b>(&mut self, bytes: &'b [u8], taker: &mut impl Taker) -> Result<&'b [u8], Damaged> {
        let (head, mut rest) = bytes.split_first_chunk::<DNS_HEAD>().ok_or(Damaged)?;
        let (mut flags, mut head) = (Flags::of(head), Take::new(head));
        let [query, client, server] = [(); 3].map(|()| flags.next(()));
        let ts = flags.next(head.u64() as i64);
        let uid = flags.next(head.u64());
        let qtype = flags.next(head.u16());
        let rcode = flags.next(head.u16());
        let ttl = flags.next(head.u32());
        let (on_link, answered) = (flags.next(()).is_some(), flags.next(()).is_some());
        let marks = [head.u32(), head.u32(), head.u32()];
        let stats = ListStats {
            count: head.u32(),
            bytes: head.u32(),
            longest: head.u32(),
        };
        let elements = head.u32() as usize;
        let at = head.place();
        let elements = take(&mut rest, elements.saturating_mul(size_of::<Element>()))?;
        let (elements, _) = elements.as_chunks();
        let Kinds {
            names,
            clients,
            peers,
            ..
        } = &mut self.received;
        let row = DnsRow {
            query: text(names, query, marks[0], &mut rest)?,
            client: text(clients, client, marks[1], &mut rest)?,
            server: text(peers, server, marks[2], &mut rest)?,
            ts,
            uid,
            qtype,
            rcode,
            on_link,
            answered,
            answers: Answers::Read {
                stats,
                ttl,
                elements,
            },
        };
        taker.dns(&row, at);
        Ok(rest)
    }

    fn conn<'b>(&mut self, bytes: &'b [u8], taker: &mut impl Taker) -> Result<&'b [u8], Damaged> {
        let (head, mut rest) = bytes.split_first_chunk::<CONN_HEAD>().ok_or(Damaged)?;
        let (mut flags, mut head) = (Flags::of(head), Take::new(head));
        let [uid, service, conn_state] = [(); 3].map(|()| (flags.next(()), head.u32() as usize));
        let present = [(); 3].map(|()| flags.next(()));
        let marks = [head.u32(), head.u32(), head.u32()];
        let ts = flags.next(head.u64() as i64);
        let resp_port = flags.next(head.u16());
        let duration = flags.next(f64::from_bits(head.u64()));
        let [orig_bytes, resp_bytes, orig_pkts, resp_pkts] =
            [(); 4].map(|()| flags.next(head.u64()));
        let local_resp = flags.next(true);
        let proto = match head.u8() {
            1 => Proto::Tcp,
            2 => Proto::Udp,
            3 => Proto::Icmp,
            _ => Proto::Other,
        };
        let at = head.place();
        let mut plain = |(present, length): (Option<()>, usize)| {
            let text = take(&mut rest, length)?;
            Ok(present.map(|()| text))
        };
        let (uid, service, conn_state) = (plain(uid)?, plain(service)?, plain(conn_state)?);
        let Kinds {
            clients,
            peers,
            histories,
            ..
        } = &mut self.received;
        let texts = ConnTexts {
            client: text(clients, present[0], marks[0], &mut rest)?,
            peer: text(peers, present[1], marks[1], &mut rest)?,
            history: text(histories, present[2], marks[2], &mut rest)?,
        };
        let record = ConnRecord {
            ts,
            uid,
            orig_host: texts.client.map(|text| text.bytes),
            resp_host: texts.peer.map(|text| text.bytes),
            resp_port,
            proto,
            service,
            duration,
            orig_bytes,
            resp_bytes,
            conn_state,
            local_resp,
            history: texts.history.map(|text| text.bytes),
            orig_pkts,
            resp_pkts,
            ..ConnRecord::default()
        };
        taker.conn(&record, texts, at);
        Ok(rest)
    }
}

/// A text, if there is one.
fn text<'a, 'b: 'a>(
    received: &'a mut Received,
    present: Option<()>,
    mark: u32,
    rest: &mut &'b [u8],
) -> Result<Option<Text<'a>>, Damaged> {
    present.map(|()| received.text(mark, rest)).transpose()
}

fn take<'a>(rest: &mut &'a [u8], length: usize) -> Result<&'a [u8], Damaged> {
    let (taken, behind) = rest.split_at_checked(length).ok_or(Damaged)?;
    *rest = behind;
    Ok(taken)
}

/// Which of a row's parts there are, a bit each: written and read in the same order.
#[derive(Default)]
struct Flags {
    bits: u16,
    at: u32,
}

impl Flags {
    fn is(&mut self, is: bool) {
        self.bits |= u16::from(is) << self.at;
        self.at += 1;
    }

    fn some<T>(&mut self, part: Option<T>) -> Option<T> {
        self.is(part.is_some());
        part
    }

    /// The next part, if there is one.
    fn next<T>(&mut self, part: T) -> Option<T> {
        let is = self.bits >> self.at & 1 == 1;
        self.at += 1;
        is.then_some(part)
    }

    /// Those at the end of a head.
    fn of<const N: usize>(head: &[u8; N]) -> Self {
        Self {
            bits: u16::from_le_bytes([head[N - 2], head[N - 1]]),
            at: 0,
        }
    }
}

/// Writes a head, number by number.
struct Put<'a, const N: usize> {
    bytes: &'a mut [u8; N],
    at: usize,
}

/// Reads a head, number by number.
struct Take<'a, const N: usize> {
    bytes: &'a [u8; N],
    at: usize,
}

macro_rules! numbers {
    ($($number:ident),*) => {
        impl<const N: usize> Put<'_, N> {
            $(#[inline]
            fn $number(&mut self, number: $number) {
                const SIZE: usize = size_of::<$number>();
                self.bytes[self.at..self.at + SIZE].copy_from_slice(&number.to_le_bytes());
                self.at += SIZE;
            })*
        }

        impl<const N: usize> Take<'_, N> {
            $(#[inline]
            fn $number(&mut self) -> $number {
                const SIZE: usize = size_of::<$number>();
                let mut bytes = [0; SIZE];
                bytes.copy_from_slice(&self.bytes[self.at..self.at + SIZE]);
                self.at += SIZE;
                $number::from_le_bytes(bytes)
            })*
        }
    };
}

numbers!(u8, u16, u32, u64);

impl<'a, const N: usize> Put<'a, N> {
    fn new(kind: u8, bytes: &'a mut [u8; N]) -> Self {
        let mut head = Self { bytes, at: 0 };
        head.u8(kind);
        head
    }

    fn place(&mut self, at: At) {
        self.u64(at.offset);
        self.u32(at.len);
        self.u32(at.header.map_or(0, |header| header + 1));
    }

    /// At the end of the head.
    fn flags(&mut self, flags: &Flags) {
        self.bytes[N - 2..].copy_from_slice(&flags.bits.to_le_bytes());
    }
}

impl<'a, const N: usize> Take<'a, N> {
    /// Behind the kind.
    fn new(bytes: &'a [u8; N]) -> Self {
        Self { bytes, at: 1 }
    }

    fn place(&mut self) -> At {
        At {
            line: 0,
            offset: self.u64(),
            len: self.u32(),
            header: self.u32().checked_sub(1),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::{network, read, written};
    use wakeful_logs::Reader;

    const LOG: &[u8] = b"#separator \\x09\n#path\tdns\n#fields\tts\tuid\tid.orig_h\tid.resp_h\tid.resp_p\tquery\tqtype\trcode\tanswers\tTTLs\n\
        1.5\tC1\t10.0.0.1\t10.0.0.53\t53\ta.example\t1\t0\t192.0.2.1,b.example,2001:db8::1\t60.0,5.0,7.0\n\
        -\t-\t-\t-\t5353\t-\t-\t-\t-\t-\n\
        2.5\tC2\t10.0.0.1\t10.0.0.53\t53\t(empty)\t16\t3\tTXT 4 abcd\t1.0\n\
        #path\tconn\n#fields\tts\tuid\tid.orig_h\tid.resp_h\tid.resp_p\tproto\tservice\tduration\torig_bytes\tresp_bytes\tconn_state\tlocal_resp\thistory\torig_pkts\tresp_pkts\n\
        3.5\tC3\t10.0.0.1\t10.0.0.53\t53\tudp\tdns\t0.25\t1\t2\tSF\tT\tDd\t3\t4\n\
        -\t-\t-\t-\t-\t-\t-\t-\t-\t-\t-\t-\t-\t-\t-\n";

    fn rows() -> Vec<u8> {
        let (mut reader, mut writer) = (Reader::new(), Writer::new());
        reader.feed(LOG, &mut writer);
        assert_eq!(reader.finish(&mut writer).records(), 5);
        writer.swap(Vec::new())
    }

    /// What rows say, for people.
    #[derive(Default)]
    struct Said(Vec<String>);

    impl Taker for Said {
        fn dns(&mut self, row: &DnsRow<'_>, at: At) {
            self.0.push(format!("{row:?} {at:?}"));
        }

        fn conn(&mut self, record: &ConnRecord<'_>, texts: ConnTexts<'_>, at: At) {
            self.0.push(format!("{record:?} {texts:?} {at:?}"));
        }
    }

    /// Records as they come from the log, with what is not handed on left out.
    #[derive(Default)]
    struct Direct(Said);

    impl Sink for Direct {
        fn dns(&mut self, record: &DnsRecord<'_>, at: At) {
            let mut elements = Vec::new();
            let (stats, ttl) = read(record, |is, hash, element| {
                elements.extend(written(is, hash, element, || network(element)));
            });
            let row = DnsRow {
                answers: Answers::Read {
                    stats,
                    ttl,
                    elements: &elements,
                },
                ..DnsRow::of(record)
            };
            self.0.dns(&row, At { line: 0, ..at });
        }

        fn conn(&mut self, record: &ConnRecord<'_>, at: At) {
            let record = ConnRecord {
                local_resp: record.local_resp.filter(|&is| is),
                ..*record
            };
            let (texts, at) = (ConnTexts::of(&record), At { line: 0, ..at });
            self.0.conn(&record, texts, at);
        }
    }

    #[test]
    fn rows_are_what_was_read() {
        let mut direct = Direct::default();
        let mut reader = Reader::new();
        reader.feed(LOG, &mut direct);
        reader.finish(&mut direct);
        let mut relayed = Said::default();
        Rows::default().each(&rows(), &mut relayed).unwrap();
        assert_eq!(relayed.0, direct.0.0);
    }

    #[test]
    fn a_text_of_any_length_is_added_whole() {
        let text: Vec<u8> = (0..50).collect();
        for start in 0..9 {
            for len in 0..text.len() {
                let (mut added, mut naive) = (vec![7; start], vec![7; start]);
                extend(&mut added, &text[..len]);
                naive.extend_from_slice(&text[..len]);
                assert_eq!(added, naive, "{start} {len}");
            }
        }
    }

    #[test]
    fn rows_that_are_cut_or_of_no_kind_are_damaged() {
        let read = |bytes: &[u8]| Rows::default().each(bytes, &mut Said::default());
        let rows = rows();
        let mut ends = vec![0];
        for end in 1..=rows.len() {
            if read(&rows[..end]).is_ok() {
                ends.push(end);
            }
        }
        assert_eq!(ends.len(), 6, "whole rows alone are sound: {ends:?}");
        assert_eq!(read(&[7]), Err(Damaged));
        let mut long = rows;
        long[30..].fill(0xff);
        assert_eq!(read(&long), Err(Damaged));
    }
}
