//! Gzip, pushed: packed bytes in, unpacked bytes out, any number of members.
//!
//! Must not know: what the bytes are. Memory stays the same whatever the ratio: what is unpacked
//! is handed out by [`PIECE`]. All that was unpacked before a damage is handed out, and the same
//! bytes however the input is cut.

use flate2::{Crc, Decompress, FlushDecompress, Status};
use serde::{Deserialize, Serialize};

/// Unpacked bytes a step.
const PIECE: usize = 64 * 1024;

const MAGIC: [u8; 3] = [0x1f, 0x8b, 8];
const HEADER: usize = 10;
const TRAILER: usize = 8;

/// What is wrong with a gzip stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Broken {
    /// The bytes ended within a member.
    Truncated,
    /// The bytes are no gzip from somewhere on.
    Corrupt,
    /// All was unpacked, and it is not what was packed.
    Checksum,
    /// Something else follows the last member.
    Trailing,
}

pub(crate) struct Inflate {
    step: Step,
    /// The start of a part of fixed length whose end has not come.
    held: Vec<u8>,
    /// Of the header at hand: which optional parts are still to come.
    flags: u8,
    members: u64,
    deflate: Decompress,
    crc: Crc,
    piece: Box<[u8]>,
    broken: Option<Broken>,
}

/// The part of a member that is to come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Step {
    Header,
    ExtraLength,
    Skip(usize),
    /// A file name or a comment, up to a zero.
    Text,
    Deflate,
    Trailer,
    /// Zeros behind the last member, as a tape or a block device leaves them.
    Padding,
    Over,
}

impl Inflate {
    pub(crate) fn new() -> Self {
        Self {
            step: Step::Header,
            held: Vec::new(),
            flags: 0,
            members: 0,
            deflate: Decompress::new(false),
            crc: Crc::new(),
            piece: vec![0; PIECE].into_boxed_slice(),
            broken: None,
        }
    }

    /// Unpacks `packed` and hands out what comes, in pieces.
    pub(crate) fn feed(&mut self, mut packed: &[u8], mut out: impl FnMut(&[u8])) {
        while !packed.is_empty() {
            match self.step {
                Step::Header => self.header(&mut packed),
                Step::ExtraLength => {
                    if let Some([low, high]) = self.part(&mut packed) {
                        self.step = Step::Skip(usize::from(u16::from_le_bytes([low, high])));
                    }
                }
                Step::Skip(left) => {
                    let skipped = left.min(packed.len());
                    packed = &packed[skipped..];
                    self.step = match left - skipped {
                        0 => self.next_part(),
                        left => Step::Skip(left),
                    };
                }
                Step::Text => match memchr::memchr(0, packed) {
                    Some(end) => {
                        packed = &packed[end + 1..];
                        self.step = self.next_part();
                    }
                    None => return,
                },
                Step::Deflate => self.deflate(&mut packed, &mut out),
                Step::Trailer => self.trailer(&mut packed),
                Step::Padding => {
                    if packed.iter().any(|&byte| byte != 0) {
                        self.stop(Broken::Trailing);
                    }
                    return;
                }
                Step::Over => return,
            }
        }
    }

    /// Whether the stream was whole.
    pub(crate) fn finish(self) -> Result<(), Broken> {
        let between = self.step == Step::Header && self.held.is_empty() && self.members > 0;
        match self.broken {
            Some(broken) => Err(broken),
            None if between || self.step == Step::Padding => Ok(()),
            None => Err(Broken::Truncated),
        }
    }

    fn header(&mut self, packed: &mut &[u8]) {
        if self.held.is_empty() && packed[0] == 0 && self.members > 0 {
            self.step = Step::Padding;
            return;
        }
        let part = self.part::<HEADER>(packed);
        let start = part.as_ref().map_or(self.held.as_slice(), |part| part);
        let shown = start.len().min(MAGIC.len());
        if start[..shown] != MAGIC[..shown] {
            self.stop(if self.members > 0 {
                Broken::Trailing
            } else {
                Broken::Corrupt
            });
        } else if let Some(part) = part {
            self.flags = part[3];
            self.step = self.next_part();
        }
    }

    /// What follows in the header, or the data.
    fn next_part(&mut self) -> Step {
        const EXTRA: u8 = 4;
        const NAME: u8 = 8;
        const COMMENT: u8 = 16;
        const HEADER_CRC: u8 = 2;
        for (flag, step) in [
            (EXTRA, Step::ExtraLength),
            (NAME, Step::Text),
            (COMMENT, Step::Text),
            (HEADER_CRC, Step::Skip(2)),
        ] {
            if self.flags & flag != 0 {
                self.flags &= !flag;
                return step;
            }
        }
        self.deflate.reset(false);
        self.crc.reset();
        Step::Deflate
    }

    fn deflate(&mut self, packed: &mut &[u8], out: &mut impl FnMut(&[u8])) {
        loop {
            let (read, written) = (self.deflate.total_in(), self.deflate.total_out());
            let status = self
                .deflate
                .decompress(packed, &mut self.piece, FlushDecompress::None);
            let read = (self.deflate.total_in() - read) as usize;
            let written = (self.deflate.total_out() - written) as usize;
            *packed = &packed[read..];
            if written > 0 {
                self.crc.update(&self.piece[..written]);
                out(&self.piece[..written]);
            }
            match status {
                Ok(Status::StreamEnd) => {
                    self.step = Step::Trailer;
                    return;
                }
                Err(_) => return self.stop(Broken::Corrupt),
                // More may be waiting where the piece came out full.
                Ok(_) if written == PIECE => {}
                Ok(_) if packed.is_empty() => return,
                Ok(_) if read == 0 && written == 0 => return self.stop(Broken::Corrupt),
                Ok(_) => {}
            }
        }
    }

    fn trailer(&mut self, packed: &mut &[u8]) {
        let Some([a, b, c, d, e, f, g, h]) = self.part::<TRAILER>(packed) else {
            return;
        };
        if (
            u32::from_le_bytes([a, b, c, d]),
            u32::from_le_bytes([e, f, g, h]),
        ) != (self.crc.sum(), self.crc.amount())
        {
            // The members that follow may be whole.
            self.broken = Some(Broken::Checksum);
        }
        self.members += 1;
        self.step = Step::Header;
    }

    /// Takes a part of `N` bytes off the input, once all of them have come.
    fn part<const N: usize>(&mut self, packed: &mut &[u8]) -> Option<[u8; N]> {
        let taken = packed.len().min(N - self.held.len());
        self.held.extend_from_slice(&packed[..taken]);
        *packed = &packed[taken..];
        let part = self.held.as_slice().try_into().ok()?;
        self.held.clear();
        Some(part)
    }

    fn stop(&mut self, broken: Broken) {
        self.broken = Some(broken);
        self.step = Step::Over;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use flate2::{Compression, GzBuilder, write::GzEncoder};
    use std::io::Write;

    const TEXT: &[u8] = b"a line of text, and a line of text, and another line of text\n";

    fn packed(text: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
        encoder.write_all(text).unwrap();
        encoder.finish().unwrap()
    }

    fn unpack(packed: &[u8], chunk: usize) -> (Vec<u8>, Result<(), Broken>) {
        let mut inflate = Inflate::new();
        let mut out = Vec::new();
        for piece in packed.chunks(chunk) {
            inflate.feed(piece, |unpacked| out.extend_from_slice(unpacked));
        }
        (out, inflate.finish())
    }

    /// However the input is cut.
    fn check(packed: &[u8], text: &[u8], ended: Result<(), Broken>) {
        for chunk in [1, 2, 7, 4096, packed.len().max(1)] {
            let (out, end) = unpack(packed, chunk);
            assert_eq!(
                out.escape_ascii().to_string(),
                text.escape_ascii().to_string()
            );
            assert_eq!(end, ended, "chunks of {chunk}");
        }
    }

    #[test]
    fn several_members_are_one_text() {
        let members = [packed(TEXT), packed(b""), packed(TEXT)].concat();
        check(&members, &[TEXT, TEXT].concat(), Ok(()));
    }

    #[test]
    fn every_optional_part_of_a_header_is_skipped() {
        let mut encoder = GzBuilder::new()
            .filename("dns.log")
            .comment("rotated")
            .extra(vec![7; 300])
            .write(Vec::new(), Compression::default());
        encoder.write_all(TEXT).unwrap();
        let mut member = encoder.finish().unwrap();
        check(&member, TEXT, Ok(()));
        // A checksum of the header, two bytes before the data.
        let plain = packed(TEXT);
        let data = member.len() - (plain.len() - HEADER);
        member[3] |= 2;
        member.splice(data..data, [1, 2]);
        check(&member, TEXT, Ok(()));
    }

    #[test]
    fn a_cut_at_any_byte_is_named_and_gives_the_start_of_the_text() {
        let whole = [packed(TEXT), packed(TEXT)].concat();
        let border = packed(TEXT).len();
        for end in 0..whole.len() {
            let (out, ended) = unpack(&whole[..end], whole.len());
            let expected = if end == border {
                Ok(())
            } else {
                Err(Broken::Truncated)
            };
            assert_eq!(ended, expected, "cut at {end}");
            assert!([TEXT, TEXT].concat().starts_with(&out), "cut at {end}");
            check(&whole[..end], &out, ended);
        }
    }

    #[test]
    fn a_wrong_checksum_is_named_and_the_next_member_read() {
        let mut members = [packed(TEXT), packed(TEXT)].concat();
        let trailer = packed(TEXT).len() - TRAILER;
        members[trailer] ^= 1;
        check(&members, &[TEXT, TEXT].concat(), Err(Broken::Checksum));
    }

    #[test]
    fn what_follows_the_last_member_is_named_unless_it_is_padding() {
        let zeros = [packed(TEXT), vec![0; 1000]].concat();
        check(&zeros, TEXT, Ok(()));
        for junk in [&b"x"[..], b"\x1fx", b"\x1f\x8bx", b"\0\0x", b"plain text\n"] {
            check(&[&packed(TEXT), junk].concat(), TEXT, Err(Broken::Trailing));
        }
        check(b"\x1f\x8b\x07 not deflate", b"", Err(Broken::Corrupt));
    }

    #[test]
    fn all_that_comes_before_a_damage_is_given_and_the_same_however_it_is_cut() {
        let mut text = Vec::new();
        for number in 0..5000_u32 {
            text.extend_from_slice(format!("{} ", number.wrapping_mul(2_654_435_761)).as_bytes());
        }
        let whole = packed(&text);
        for at in (HEADER..whole.len() - TRAILER).step_by(997) {
            let mut damaged = whole.clone();
            for byte in damaged.iter_mut().skip(at).take(40) {
                *byte = 0xff;
            }
            let (out, ended) = unpack(&damaged, damaged.len());
            assert!(ended.is_err(), "damaged at {at}");
            let same = out.iter().zip(&text).take_while(|(a, b)| a == b).count();
            // Deflate's ratio of digits is about two: most of what was before comes out.
            assert!(at < 4000 || same > at, "damaged at {at}: {same} bytes");
            for chunk in [1, 7, 4096] {
                assert_eq!(
                    unpack(&damaged, chunk),
                    (out.clone(), ended),
                    "damaged at {at}"
                );
            }
        }
    }
}
