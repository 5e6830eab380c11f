//! In: the bytes of one DNS message. Out: its header, its first question, and its answers as Zeek
//! writes them.
//!
//! Must not know: packets, flows. A message whose answers break off keeps its question alone, as real
//! ones do that were cut by the capture.

use std::net::{Ipv4Addr, Ipv6Addr};

use wakeful_lab::row::{Answer, QType};

/// One DNS message.
#[derive(Debug, Clone, PartialEq)]
pub struct Message {
    /// Its number.
    pub id: u16,
    /// It answers.
    pub reply: bool,
    /// What is wanted; 0 is a question.
    pub opcode: u8,
    /// From an authority.
    pub authoritative: bool,
    /// Cut short by its sender.
    pub truncated: bool,
    /// Recursion is wanted.
    pub recursion: bool,
    /// Recursion is to be had.
    pub recursion_available: bool,
    /// How it went.
    pub rcode: u16,
    /// The first question: name in lower case, type, class.
    pub question: Option<(Vec<u8>, QType, u16)>,
    /// The answers.
    pub answers: Vec<Answer>,
    /// Records of every section behind the questions.
    pub records: u32,
}

/// A place in the message.
struct Cursor<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Cursor<'a> {
    fn take(&mut self, count: usize) -> Option<&'a [u8]> {
        let part = self.bytes.get(self.at..self.at.checked_add(count)?)?;
        self.at += count;
        Some(part)
    }

    fn u8(&mut self) -> Option<u8> {
        self.take(1).map(|part| part[0])
    }

    fn u16(&mut self) -> Option<u16> {
        self.take(2)
            .map(|part| u16::from_be_bytes([part[0], part[1]]))
    }

    fn u32(&mut self) -> Option<u32> {
        Some(u32::from(self.u16()?) << 16 | u32::from(self.u16()?))
    }

    /// A name in lower case, without a dot at its end; pointers are followed.
    fn name(&mut self) -> Option<Vec<u8>> {
        let mut name = Vec::new();
        let (mut at, mut after, mut jumps) = (self.at, None, 0);
        loop {
            let length = *self.bytes.get(at)?;
            match length {
                0 => {
                    self.at = after.unwrap_or(at + 1);
                    return Some(name);
                }
                1..=63 => {
                    let label = self.bytes.get(at + 1..at + 1 + usize::from(length))?;
                    if !name.is_empty() {
                        name.push(b'.');
                    }
                    name.extend(label.to_ascii_lowercase());
                    at += 1 + usize::from(length);
                }
                192..=255 => {
                    jumps += 1;
                    after.get_or_insert(at + 2);
                    at = usize::from(length & 63) << 8 | usize::from(*self.bytes.get(at + 1)?);
                }
                _ => return None,
            }
            if jumps > 20 || name.len() > 300 {
                return None;
            }
        }
    }
}

/// The message of `bytes`; none when they are no message.
#[must_use]
pub fn parse(bytes: &[u8]) -> Option<Message> {
    let mut cursor = Cursor { bytes, at: 0 };
    let (id, flags) = (cursor.u16()?, cursor.u16()?);
    let (questions, answers) = (cursor.u16()?, cursor.u16()?);
    let (authorities, additional) = (cursor.u16()?, cursor.u16()?);
    // More than any resolver sends: it is something else that looks like DNS.
    if questions > 20 || answers > 200 {
        return None;
    }
    let mut message = Message {
        id,
        reply: flags & 0x8000 != 0,
        opcode: (flags >> 11 & 15) as u8,
        authoritative: flags & 0x400 != 0,
        truncated: flags & 0x200 != 0,
        recursion: flags & 0x100 != 0,
        recursion_available: flags & 0x80 != 0,
        rcode: flags & 15,
        question: None,
        answers: Vec::new(),
        records: u32::from(answers) + u32::from(authorities) + u32::from(additional),
    };
    for _ in 0..questions {
        let question = (|| Some((cursor.name()?, QType(cursor.u16()?), cursor.u16()?)))();
        if message.question.is_none() {
            message.question = Some(question?);
        }
    }
    message.answers = read_answers(&mut cursor, answers);
    Some(message)
}

fn read_answers(cursor: &mut Cursor<'_>, count: u16) -> Vec<Answer> {
    let mut answers = Vec::new();
    for _ in 0..count {
        let begin = cursor.at;
        let head = (|| {
            cursor.name()?;
            let (qtype, _class) = (QType(cursor.u16()?), cursor.u16()?);
            Some((qtype, cursor.u32()?, usize::from(cursor.u16()?)))
        })();
        let Some((qtype, ttl, length)) = head else {
            break;
        };
        let data = cursor.at;
        if cursor.take(length).is_none() {
            break;
        }
        if let Some(text) = answer_text(cursor.bytes, data, length, qtype) {
            answers.push(Answer {
                text,
                ttl: f64::from(ttl),
                wire: (cursor.at - begin) as u64,
            });
        }
    }
    answers
}

/// What Zeek writes of a record's data; none when it cannot be read.
fn answer_text(bytes: &[u8], at: usize, length: usize, qtype: QType) -> Option<Vec<u8>> {
    let data = bytes.get(at..at + length)?;
    let name_at = |skip: usize| {
        Cursor {
            bytes,
            at: at + skip,
        }
        .name()
    };
    match qtype {
        QType::A => {
            let octets: [u8; 4] = data.try_into().ok()?;
            Some(Ipv4Addr::from(octets).to_string().into_bytes())
        }
        QType::AAAA => {
            let octets: [u8; 16] = data.try_into().ok()?;
            Some(Ipv6Addr::from(octets).to_string().into_bytes())
        }
        QType::NS | QType::CNAME | QType::PTR | QType::SOA => name_at(0),
        QType::MX => name_at(2),
        QType::SRV => name_at(6),
        QType::TXT => {
            let mut text = Vec::with_capacity(length + 8);
            let mut cursor = Cursor { bytes: data, at: 0 };
            while let Some(size) = cursor.u8() {
                if !text.is_empty() {
                    text.push(b' ');
                }
                text.extend_from_slice(format!("TXT {size} ").as_bytes());
                text.extend_from_slice(cursor.take(usize::from(size))?);
            }
            Some(text)
        }
        // EDNS is no answer.
        QType(41) => None,
        other => Some(format!("<unknown type={}>", other.0).into_bytes()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A reply to `Ab.example.net` of `qtype` with one answer whose owner is a pointer.
    fn reply(qtype: u16, data: &[u8]) -> Vec<u8> {
        let mut bytes = vec![0x12, 0x34, 0x85, 0x80, 0, 1, 0, 1, 0, 0, 0, 0];
        bytes.extend(b"\x02Ab\x07example\x03net\x00");
        bytes.extend(qtype.to_be_bytes());
        bytes.extend([0, 1, 0xc0, 12]);
        bytes.extend(qtype.to_be_bytes());
        bytes.extend([0, 1, 0, 0, 0, 60]);
        bytes.extend((data.len() as u16).to_be_bytes());
        bytes.extend(data);
        bytes
    }

    #[test]
    fn answers_are_written_as_zeek_writes_them() {
        for (qtype, data, text) in [
            (1, &[10, 1, 2, 3][..], &b"10.1.2.3"[..]),
            (5, b"\x03Xyz\xc0\x0f", b"xyz.example.net"),
            (15, b"\x00\x0a\x03Xyz\xc0\x0f", b"xyz.example.net"),
            (33, b"\0\x0a\0\0\x13\x88\x01s\xc0\x0f", b"s.example.net"),
            (16, b"\x03abC\x01d", b"TXT 3 abC TXT 1 d"),
            (10, b"\x00\xff", b"<unknown type=10>"),
        ] {
            let message = parse(&reply(qtype, data)).unwrap();
            assert!(message.reply && message.authoritative && message.recursion_available);
            let (name, asked, class) = message.question.unwrap();
            assert_eq!(
                (name.as_slice(), asked.0, class),
                (&b"ab.example.net"[..], qtype, 1)
            );
            assert_eq!(message.answers.len(), 1);
            assert_eq!(message.answers[0].text, text, "type {qtype}");
            assert_eq!(message.answers[0].wire, 12 + data.len() as u64);
        }
    }

    #[test]
    fn nothing_is_read_beyond_the_end_and_no_pointer_turns_for_ever() {
        let whole = reply(16, b"\x03abc");
        for end in 0..whole.len() {
            if let Some(message) = parse(&whole[..end]) {
                assert!(message.answers.is_empty());
            }
        }
        let mut turning = vec![0; 12];
        turning[5] = 1;
        turning.extend([0xc0, 12, 0, 1, 0, 1]);
        assert_eq!(parse(&turning), None);
    }
}
