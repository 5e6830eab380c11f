//! Files go through encoders and come back.

use super::*;
use crate::Analysis;
use wakeful_lab::tunnels::encode::{Encoding, dotted};
use wakeful_logs::DnsRecord;

fn put_together(names: &[Vec<u8>]) -> Option<Payload> {
    let mut analysis = Analysis::new();
    for (at, name) in names.iter().enumerate() {
        let record = DnsRecord {
            ts: Some(at as i64 * 1_000_000),
            client: Some(b"10.0.0.1"),
            query: Some(name),
            ..DnsRecord::default()
        };
        analysis.dns(&record, None);
    }
    reconstruct(&analysis.asked_names())
}

struct Draw(u64);

impl Draw {
    fn byte(&mut self) -> u8 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 40) as u8
    }

    fn bytes(&mut self, length: usize) -> Vec<u8> {
        (0..length).map(|_| self.byte()).collect()
    }
}

fn file(start: &[u8], length: usize) -> Vec<u8> {
    let mut file = start.to_vec();
    file.extend(Draw(9).bytes(length));
    file
}

/// Pieces of a file in names.
fn pieces(
    file: &[u8],
    size: usize,
    encoding: Encoding,
    name: impl Fn(usize, &str) -> String,
) -> Vec<Vec<u8>> {
    file.chunks(size)
        .enumerate()
        .map(|(at, piece)| {
            let text = dotted(&encoding.encode(piece), 60);
            name(at, &String::from_utf8(text).unwrap()).into_bytes()
        })
        .collect()
}

#[test]
fn files_come_back_from_each_alphabet() {
    let files = [
        (file(b"PK\x03\x04", 3_000), Some("ZIP archive")),
        (file(b"\x1f\x8b\x08\0", 2_000), Some("gzip")),
        (
            (0..40)
                .flat_map(|line| {
                    format!(
                        "Line {line}, {}, of our clients, ",
                        "x".repeat(line * 5 % 17)
                    )
                    .into_bytes()
                })
                .collect(),
            Some("text"),
        ),
    ];
    for (file, format) in files {
        for (encoding, codec) in [
            (Encoding::Hex, "hex"),
            (Encoding::Base32, "base32"),
            (Encoding::Base32Iodine, "iodine's base32"),
            (Encoding::Base64Url, "base64"),
        ] {
            let names = pieces(&file, 60, encoding, |_, text| {
                format!("{text}.x.example.com")
            });
            let payload = put_together(&names).unwrap();
            assert_eq!(payload.codec, codec, "{}", payload.text);
            assert!(payload.bytes == file, "{codec}: {}", payload.text);
            assert_eq!(payload.format.as_deref(), format, "{codec}");
            assert_eq!(payload.names, names.len() as u64);
        }
    }
}

#[test]
fn numbered_pieces_come_back_in_the_order_of_their_numbers() {
    let file = file(b"%PDF-1.7", 4_000);
    let mut names = pieces(&file, 50, Encoding::Base32, |at, text| {
        format!("{at}.{text}.example.com")
    });
    names.reverse();
    names.insert(0, b"init.ojsxa33soqxhu2lqpqzta.example.com".to_vec());
    let payload = put_together(&names).unwrap();
    assert!(payload.bytes == file, "{}", payload.text);
    assert_eq!(payload.format.as_deref(), Some("PDF document"));
    assert!(payload.text.contains("order of their numbers"));
}

#[test]
fn sessions_and_directions_are_taken_off() {
    let file = file(b"SQLite format 3\0", 3_000);
    let mut names = pieces(&file, 60, Encoding::Base32, |at, text| {
        format!(
            "{text}.{}-{}.id-5512.up.sshdns.example.com",
            at * 7 % 31,
            at * 60
        )
    });
    for at in 0..40 {
        names.push(format!("{at}-0.id-5512.down.sshdns.example.com").into_bytes());
    }
    let payload = put_together(&names).unwrap();
    assert!(payload.bytes == file, "{}", payload.text);
    assert_eq!(payload.format.as_deref(), Some("SQLite database"));
}

#[test]
fn headers_that_repeat_or_count_are_taken_off() {
    let file = file(b"7z\xbc\xaf\x27\x1c", 4_000);
    let mut draw = Draw(4);
    let names: Vec<Vec<u8>> = file
        .chunks(40)
        .zip(0_u16..)
        .map(|(piece, at)| {
            // Packet number, type, session, counter.
            let mut bytes = draw.bytes(2);
            bytes.extend([1, 0xc0, 0xb0]);
            bytes.extend(at.to_be_bytes());
            bytes.extend_from_slice(piece);
            let mut name = dotted(&Encoding::Hex.encode(&bytes), 60);
            name.extend_from_slice(b".example.com");
            name
        })
        .collect();
    let payload = put_together(&names).unwrap();
    assert!(payload.bytes == file, "{}", payload.text);
    assert_eq!(payload.format.as_deref(), Some("7-Zip archive"));
    assert!(
        payload.text.contains("header of 7 bytes"),
        "{}",
        payload.text
    );
}

#[test]
fn base64_in_lower_case_is_said_to_be_lost() {
    let names: Vec<Vec<u8>> = pieces(
        &file(b"PK\x03\x04", 3_000),
        45,
        Encoding::Base64Url,
        |at, text| format!("{at}.{text}.example.com"),
    )
    .into_iter()
    .map(|name| name.to_ascii_lowercase())
    .collect();
    let payload = put_together(&names).unwrap();
    assert_eq!(payload.codec, "base64 in lower case");
    assert!(
        payload.text.contains("cannot be had back"),
        "{}",
        payload.text
    );
}

#[test]
fn words_stay_words_and_nothing_is_nothing() {
    assert_eq!(reconstruct(&[]), None);
    assert_eq!(put_together(&[b"example.com".to_vec()]), None);
    let words = [
        &b"mail.example.com"[..],
        b"www.example.com",
        b"old-www.example.com",
    ];
    let payload = put_together(&words.map(<[u8]>::to_vec)).unwrap();
    assert_eq!((payload.codec.as_str(), payload.format), ("none", None));
    assert_eq!(payload.bytes, b"mail\nwww\nold-www");
    let one = put_together(&[b"68656c6c6f20776f726c64.example.com".to_vec()]).unwrap();
    assert_eq!(one.bytes, b"hello world");
}

#[test]
fn any_bytes_are_put_together_within_bounds() {
    let mut draw = Draw(11);
    for round in 0..60 {
        let names: Vec<Vec<u8>> = (0..round * 3)
            .map(|_| {
                let length = usize::from(draw.byte());
                let mut name = draw.bytes(length);
                if draw.byte() < 128 {
                    name.iter_mut()
                        .for_each(|byte| *byte = b"0123abcdef.-"[usize::from(*byte) % 12]);
                }
                if draw.byte() < 192 {
                    name.extend_from_slice(b".example.com");
                }
                name
            })
            .collect();
        if let Some(payload) = put_together(&names) {
            assert!(payload.bytes.len() <= MOST_BYTES);
            assert!((0.0..=1.0).contains(&payload.printable));
            assert!((0.0..=8.0).contains(&payload.entropy));
        }
    }
    let many = pieces(&file(b"", 120_000), 50, Encoding::Hex, |_, text| {
        format!("{text}.example.com")
    });
    assert_eq!(put_together(&many).unwrap().bytes.len(), MOST_BYTES);
}
