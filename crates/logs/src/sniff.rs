//! What an input is, from its first bytes.
//!
//! In: the first bytes. Out: how to read on, or a sentence that says what this is instead.
//! Must not know: an input's name. A renamed file reads the same.

/// What the first bytes say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Sniffed {
    /// Lines of text; this many bytes (a byte order mark) to leave out.
    Text(usize),
    /// Gzip.
    Gzip,
    /// Something that is not read; the sentence for the user.
    Refused(&'static str),
}

/// As many bytes as [`sniff`] wants to see, if the input has them.
pub(crate) const SNIFF_BYTES: usize = 512;

const REFUSED: &[(&[u8], &str)] = &[
    (b"\xd4\xc3\xb2\xa1", PCAP),
    (b"\xa1\xb2\xc3\xd4", PCAP),
    (b"\x4d\x3c\xb2\xa1", PCAP),
    (b"\xa1\xb2\x3c\x4d", PCAP),
    (b"\x0a\x0d\x0d\x0a", PCAP),
    (
        b"PK\x03\x04",
        "This is a zip archive; unpack it and drop the logs in it.",
    ),
    (b"PK\x05\x06", "This is an empty zip archive."),
    (
        b"7z\xbc\xaf\x27\x1c",
        "This is a 7z archive; unpack it and drop the logs in it.",
    ),
    (
        b"\x28\xb5\x2f\xfd",
        "This is packed with zstd; unpack it (zstd -d) and drop the log.",
    ),
    (
        b"BZh",
        "This is packed with bzip2; unpack it (bunzip2) and drop the log.",
    ),
    (
        b"\xfd7zXZ",
        "This is packed with xz; unpack it (unxz) and drop the log.",
    ),
    (b"\xff\xfe", UTF16),
    (b"\xfe\xff", UTF16),
    (b"\x7fELF", BINARY),
    (b"\x89PNG", BINARY),
];
const PCAP: &str = "This is a packet capture, not a log; run Zeek over it (zeek -r FILE) and drop the dns.log and conn.log that it writes.";
const UTF16: &str = "This text is UTF-16, as PowerShell's > writes it; save it as UTF-8 (Out-File -Encoding utf8) and drop it again.";
const BINARY: &str =
    "This is a binary file, not a log; drop a dns.log or conn.log that Zeek wrote.";

/// Where a tar archive has its magic.
const TAR_MAGIC: std::ops::Range<usize> = 257..262;
const TAR: &str = "This is a tar archive; unpack it (tar -xf) and drop the logs in it.";

/// Looks at no more than [`SNIFF_BYTES`]: what an input is does not depend on how it is cut.
pub(crate) fn sniff(start: &[u8]) -> Sniffed {
    let start = &start[..start.len().min(SNIFF_BYTES)];
    if start.starts_with(b"\x1f\x8b") {
        return Sniffed::Gzip;
    }
    if let Some((_, what)) = REFUSED.iter().find(|(magic, _)| start.starts_with(magic)) {
        return Sniffed::Refused(what);
    }
    let mark = if start.starts_with(b"\xef\xbb\xbf") {
        3
    } else {
        0
    };
    match &start[mark..] {
        // "#" or "{" in UTF-16 without a byte order mark.
        [b'#' | b'{', 0, ..] | [0, b'#' | b'{', ..] => Sniffed::Refused(UTF16),
        // A header or a JSON row: zeros behind it, as a crash leaves them, cost a row.
        [b'#' | b'{', ..] => Sniffed::Text(mark),
        text if memchr::memchr(0, text).is_some() => {
            Sniffed::Refused(if start.get(TAR_MAGIC) == Some(b"ustar") {
                TAR
            } else {
                BINARY
            })
        }
        _ => Sniffed::Text(mark),
    }
}
