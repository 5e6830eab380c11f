//! Partial results with bytes changed, left out and put in: each is refused with a sentence, or is one
//! whose report is as sound as any; none panics.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::collections::BTreeMap;
use wakeful_engine::partial::{MAGIC, PartialError};
use wakeful_engine::{Piece, Session};
use wakeful_lab::rng::Rng;
use wakeful_logs::piece::Start;

const CASES: usize = 20_000;
/// Before the state: magic, version of the form, Wakeful's version with its length, checksum.
const HEAD: usize = MAGIC.len() + 4 + 1 + env!("CARGO_PKG_VERSION").len() + 8;

/// A small scan that has something of everything: both logs, a piece, problems, a tunnel.
fn partial() -> Vec<u8> {
    let mut session = Session::new();
    let mut dns = String::from(
        "#path\tdns\n#fields\tts\tuid\tid.orig_h\tid.resp_h\tquery\tqtype\trcode\tanswers\tTTLs\n",
    );
    for n in 0..60 {
        dns.push_str(&format!(
            "{}.5\tC{n}\t10.0.0.{}\t10.0.0.53\t{:016x}{n:04x}.t.example.com\t16\t0\tTXT 12 abcdefghijkl\t60.0\n",
            1_767_225_600 + n * 20,
            n % 2,
            (n as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15)
        ));
        dns.push_str(&format!(
            "{}.5\tD{n}\t10.0.0.7\t10.0.0.53\twww{}.example.org\t1\t0\t192.0.2.{n}\t60.0\n",
            1_767_225_600 + n * 60,
            n % 5
        ));
    }
    dns.push_str("no row\n");
    session
        .open_piece("dns.log", Piece { number: 1, of: 1 }, Start::default())
        .unwrap();
    session.feed(dns.as_bytes());
    session.open("conn.log");
    for n in 0..40 {
        session.feed(format!("{{\"ts\":{}.25,\"uid\":\"C{n}\",\"id.orig_h\":\"10.0.0.{}\",\"id.resp_h\":\"10.0.0.53\",\"id.resp_p\":53,\"proto\":\"udp\",\"service\":\"dns\",\"duration\":0.5,\"orig_bytes\":{},\"resp_bytes\":900,\"conn_state\":\"SF\",\"history\":\"Dd\",\"orig_pkts\":3,\"resp_pkts\":3}}\n", 1_767_225_600 + n * 20, n % 2, 100 + n).as_bytes());
    }
    session.to_partial().unwrap()
}

/// The same hash as in the head, so that what is changed is read at all.
fn signed(mut bytes: Vec<u8>) -> Vec<u8> {
    if bytes.len() >= HEAD {
        let sum = wakeful_engine::partial::checksum(&bytes[HEAD..]).to_le_bytes();
        bytes[HEAD - 8..HEAD].copy_from_slice(&sum);
    }
    bytes
}

fn mutated(rng: &mut Rng, bytes: &[u8]) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    for _ in 0..=rng.below(4) {
        let at = HEAD + rng.below((bytes.len() - HEAD).max(1));
        if at >= bytes.len() {
            break;
        }
        match rng.below(7) {
            0 => bytes[at] = rng.byte(),
            1 => bytes[at] ^= 1 << rng.below(8),
            2 => drop(bytes.remove(at)),
            3 => bytes.insert(at, rng.byte()),
            // A number as large as one can be, where another stood.
            4 => {
                let huge = [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01];
                let length = 1 + rng.below(10);
                let mut huge = huge[10 - length..].to_vec();
                huge[length - 1] = 1;
                bytes.splice(at..=at, huge);
            }
            5 => {
                let from = HEAD + rng.below(at - HEAD + 1);
                let piece = bytes[from..at].to_vec();
                bytes.splice(at..at, piece.into_iter().take(40));
            }
            _ if rng.below(8) == 0 => bytes.truncate(at),
            _ => bytes[at] = bytes[at].wrapping_add(1),
        }
    }
    bytes
}

#[test]
fn a_partial_with_any_byte_changed_or_cut_short_is_refused() {
    let bytes = partial();
    assert!(Session::from_partial(&bytes).is_ok());
    for at in 0..bytes.len() {
        let mut changed = bytes.clone();
        changed[at] ^= 1 << (at % 8);
        assert!(Session::from_partial(&changed).is_err(), "{at}");
        assert!(Session::from_partial(&bytes[..at]).is_err(), "{at}");
    }
    let longer = [bytes, vec![0]].concat();
    assert_eq!(
        Session::from_partial(&longer).err(),
        Some(PartialError::Damaged)
    );
}

#[test]
fn what_is_no_partial_and_what_is_of_another_version_is_said() {
    let bytes = partial();
    for (other, says) in [
        (b"#fields\tts\n".to_vec(), "no partial result"),
        (Vec::new(), "no partial result"),
        (bytes[..MAGIC.len() + 2].to_vec(), "cut short"),
        (
            [
                &bytes[..MAGIC.len()],
                &[9, 0, 0, 0],
                &bytes[MAGIC.len() + 4..],
            ]
            .concat(),
            "(form 9)",
        ),
        (
            [
                &bytes[..MAGIC.len() + 4],
                b"\x059.9.9",
                &bytes[MAGIC.len() + 10..],
            ]
            .concat(),
            "of Wakeful 9.9.9",
        ),
    ] {
        let error = Session::from_partial(&other).err().unwrap().to_string();
        assert!(error.contains(says), "{error}");
    }
}

#[test]
fn a_partial_that_was_made_up_is_refused_or_gives_a_report_and_merges() {
    let bytes = partial();
    let mut good = Session::from_partial(&bytes).unwrap();
    assert!(!good.report().findings.is_empty());
    let mut rng = Rng::new(11);
    let mut refused: BTreeMap<String, usize> = BTreeMap::new();
    let mut read = 0;
    for case in 0..CASES {
        match Session::from_partial(&signed(mutated(&mut rng, &bytes))) {
            Err(error) => *refused.entry(error.to_string()).or_default() += 1,
            Ok(mut session) => {
                read += 1;
                // Each is looked at in full; merging and reporting take longer and are done for some.
                if read % 4 == 0 {
                    let report = session.report();
                    for finding in &report.findings {
                        assert!(finding.score.is_finite(), "{case}");
                        for place in session.places(&finding.id) {
                            drop(session.fields(&place, b"a\tb"));
                        }
                        drop(session.payload(&finding.id));
                    }
                    let mut merged = Session::from_partial(&bytes).unwrap();
                    merged.merge(session);
                    merged.report();
                    Session::from_partial(&merged.to_partial().unwrap()).unwrap();
                }
            }
        }
    }
    // Both happen, and the state is held against more than its form.
    assert!(read > CASES / 50, "{read}");
    assert!(refused.len() > 10, "{refused:#?}");
}
