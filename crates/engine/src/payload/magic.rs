//! What bytes are, by how they begin.
//!
//! In: bytes. Out: a format's name and where it begins. Must not know: names, alphabets.

/// How far from the first byte a beginning of four bytes and more is looked for: what is left of a header.
const OFFSETS: usize = 24;

/// Beginnings (public signatures of the formats) and names, the longer before the shorter of the same kind.
const MAGIC: [(&[u8], &str); 38] = [
    (b"-----BEGIN OPENSSH PRIVATE KEY", "OpenSSH private key"),
    (b"openssh-key-v1\0", "OpenSSH private key"),
    (b"-----BEGIN", "PEM key or certificate"),
    (b"SQLite format 3\0", "SQLite database"),
    (b"\x89PNG\r\n\x1a\n", "PNG image"),
    (
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
        "Microsoft Office document (OLE)",
    ),
    (b"Rar!\x1a\x07", "RAR archive"),
    (b"7z\xbc\xaf\x27\x1c", "7-Zip archive"),
    (b"\xfd7zXZ\0", "xz"),
    (b"GIF87a", "GIF image"),
    (b"GIF89a", "GIF image"),
    (b"{\\rtf1", "RTF document"),
    (b"!<arch>\n", "ar archive"),
    (b"!BDN", "Outlook mailbox (PST)"),
    (b"%PDF-", "PDF document"),
    (b"<?xml", "XML"),
    (b"SSH-2.0", "SSH greeting"),
    (b"PK\x03\x04", "ZIP archive"),
    (b"PK\x05\x06", "ZIP archive (empty)"),
    (b"\x7fELF", "ELF program"),
    (b"\x28\xb5\x2f\xfd", "Zstandard"),
    (b"\x04\x22\x4d\x18", "LZ4"),
    (b"\x1f\x8b\x08", "gzip"),
    (b"BZh", "bzip2"),
    (b"\xff\xd8\xff", "JPEG image"),
    (b"\xca\xfe\xba\xbe", "Java class or Mach-O program"),
    (b"\xcf\xfa\xed\xfe", "Mach-O program"),
    (b"OggS", "Ogg media"),
    (b"fLaC", "FLAC audio"),
    (b"RIFF", "RIFF media"),
    (b"MSCF", "Windows cabinet"),
    (b"\xd4\xc3\xb2\xa1", "packet capture"),
    (b"\x0a\x0d\x0d\x0a", "packet capture (pcapng)"),
    (b"regf", "Windows registry hive"),
    (b"KDMV", "VMware disk"),
    (b"\x03\xd9\xa2\x9a", "KeePass database"),
    (b"MDMP", "Windows memory dump"),
    (b"\xef\xbb\xbf", "UTF-8 text"),
];

/// The format of bytes, and the offset at which it begins.
#[must_use]
pub fn format(bytes: &[u8]) -> Option<(&'static str, usize)> {
    let at = |offset: usize, least: usize| {
        MAGIC
            .iter()
            .find(|(magic, _)| {
                magic.len() >= least
                    && bytes
                        .get(offset..)
                        .is_some_and(|rest| rest.starts_with(magic))
            })
            .map(|&(_, name)| (name, offset))
    };
    // By chance a beginning of three bytes is found once in 2^24, and at one of many offsets too
    // often.
    at(0, 3)
        .or_else(|| checked(bytes).map(|name| (name, 0)))
        .or_else(|| (1..OFFSETS).find_map(|offset| at(offset, 4)))
}

/// Formats whose beginning is too short to be believed without a second look.
fn checked(bytes: &[u8]) -> Option<&'static str> {
    if bytes.get(257..262) == Some(b"ustar") {
        return Some("tar archive");
    }
    if bytes.starts_with(b"MZ") {
        let at = bytes.get(60..64).and_then(|at| at.try_into().ok());
        let at = at.map_or(usize::MAX, |at| u32::from_le_bytes(at) as usize);
        if at < 4096 && bytes.get(at..at + 4) == Some(b"PE\0\0") {
            return Some("Windows program (PE)");
        }
    }
    // CMF and FLG of RFC 1950: deflate, a window of 32 kB, and a multiple of 31 together.
    if let [0x78, level @ (0x01 | 0x5e | 0x9c | 0xda), third, ..] = bytes
        && bytes.len() >= 16
        && third & 6 != 6
        && (0x7800 + u32::from(*level)) % 31 == 0
    {
        return Some("zlib");
    }
    utf16(bytes)
}

fn utf16(bytes: &[u8]) -> Option<&'static str> {
    let pairs = bytes.len() / 2;
    if pairs < 8 {
        return None;
    }
    let zeros = |odd: usize| {
        bytes
            .chunks_exact(2)
            .filter(|pair| pair[odd] == 0 && (0x09..0x7f).contains(&pair[1 - odd]))
            .count()
    };
    (10 * zeros(0).max(zeros(1)) >= 9 * pairs).then_some("UTF-16 text")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn beginnings_are_known_where_they_stand() {
        for (magic, name) in MAGIC {
            assert_eq!(format(magic), Some((name, 0)), "{name}");
            let mut after = vec![0x55; 7];
            after.extend_from_slice(magic);
            let expected = (magic.len() >= 4).then_some((name, 7));
            assert_eq!(format(&after), expected, "{name}");
        }
    }

    #[test]
    fn short_beginnings_are_looked_at_twice() {
        let mut program = vec![0; 200];
        program[..2].copy_from_slice(b"MZ");
        assert_eq!(format(&program), None);
        program[60] = 128;
        program[128..132].copy_from_slice(b"PE\0\0");
        assert_eq!(format(&program), Some(("Windows program (PE)", 0)));
        let text: Vec<u8> = b"attack at dawn".iter().flat_map(|&b| [b, 0]).collect();
        assert_eq!(format(&text), Some(("UTF-16 text", 0)));
        assert_eq!(format(b""), None);
        assert_eq!(format(b"M"), None);
    }
}
