//! Answers with bytes changed, left out and put in: none panics, and what is read stays small.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use wakeful_lab::rng::Rng;
use wakeful_lookup::bootstrap::Registries;
use wakeful_lookup::wire::{Ask, Message, Told, decode, encode};
use wakeful_lookup::{Subject, date, rdap, virustotal, whois};

const VIRUSTOTAL: &str = r#"{"data":{"id":"evil.com","type":"domain","attributes":{
    "last_analysis_stats":{"harmless":60,"malicious":9,"suspicious":1,"undetected":20,"timeout":3},
    "reputation":-12,"categories":{"A":"malware","B":"c2"},"creation_date":1700000000,
    "registrar":"Some Registrar","last_analysis_date":1760000000}}}"#;
const RDAP: &str = r#"{"objectClassName":"domain","ldhName":"EVIL.COM",
    "events":[{"eventAction":"registration","eventDate":"2026-02-01T00:00:00+02:00"}],
    "entities":[{"roles":["registrar"],"vcardArray":["vcard",[["fn",{},"text","Some Registrar"]]]}],
    "status":["client transfer prohibited"],"nameservers":[{"ldhName":"NS1.EVIL.COM"}]}"#;
const WHOIS: &str = "% by TCI\ndomain: EVIL.RU\nnserver: ns1.evil.ru. 192.0.2.1\nstate: REGISTERED\n\
    created: 29 February 2000\n[登録年月日] 2026/02/01\npaid-till: 2027-02-01T00:00:00Z\nStatus: free\n";
const DATE: &str = "2000-02-29T02:00:00.25+02:00";
const ASK: &str = r#"{"service":"registration","subject":"evil.com"}"#;
const CASES: usize = 20_000;

/// A text with some bytes changed, gone, put in, or repeated elsewhere.
fn mutated(rng: &mut Rng, text: &str) -> Vec<u8> {
    let mut bytes = text.as_bytes().to_vec();
    for _ in 0..=rng.below(8) {
        let at = rng.below(bytes.len().max(1)).min(bytes.len());
        match rng.below(5) {
            0 if at < bytes.len() => bytes[at] = rng.byte(),
            1 if at < bytes.len() => drop(bytes.remove(at)),
            2 => bytes.insert(at, rng.byte()),
            3 => bytes.truncate(at),
            // A piece of it once more, somewhere else.
            _ => {
                let from = rng.below(at + 1);
                let piece = bytes[from..at].to_vec();
                let to = rng.below(bytes.len() + 1);
                bytes.splice(to..to, piece);
            }
        }
    }
    bytes
}

#[test]
fn answers_with_wrong_bytes_are_read_or_are_a_problem() {
    let mut rng = Rng::new(3);
    let list = format!(
        r#"{{"publication":"2026-11-01T00:00:00Z","services":[{}]}}"#,
        (0..120)
            .map(|n| format!(r#"[["t{n}"],["https://r{n}.example/rdap"]]"#))
            .collect::<Vec<_>>()
            .join(",")
    );
    let mut read = 0;
    for case in 0..CASES {
        let status = [200, 200, 200, 404, 429, 500, 302, 0][rng.below(8)];
        if let Ok(found) = virustotal::read(status, None, &mutated(&mut rng, VIRUSTOTAL)) {
            assert!((0.0..=1.0).contains(&found.share()));
            assert!(found.categories.len() <= 12);
            read += 1;
        }
        for found in [
            rdap::read(status, None, &mutated(&mut rng, RDAP)),
            whois::read(&mutated(&mut rng, WHOIS)),
        ]
        .into_iter()
        .flatten()
        {
            assert!(found.status.len() <= 20 && found.name_servers.len() <= 20);
            assert!(found.age(1.7e9).is_none_or(|age| age >= 0.0));
            read += 1;
        }
        let text = String::from_utf8_lossy(&mutated(&mut rng, DATE)).into_owned();
        assert!(date::parse(&text).is_none_or(f64::is_finite), "{text}");
        if case % 20 == 0 {
            let _ = Registries::parse(&mutated(&mut rng, &list));
        }
    }
    assert!(read > CASES / 10, "only {read} of them were still answers");
}

#[test]
fn messages_with_wrong_bytes_name_no_more_than_a_subject() {
    let mut rng = Rng::new(4);
    let message = encode(&Message::List {
        subjects: vec![Subject::domain("evil.com").unwrap()],
        chosen: vec![Subject::address("8.8.8.8").unwrap()],
        known: Vec::new(),
    });
    for _ in 0..CASES {
        let text = String::from_utf8_lossy(&mutated(&mut rng, &message)).into_owned();
        if let Some(Message::List {
            subjects, chosen, ..
        }) = decode(&text)
        {
            for subject in subjects.into_iter().chain(chosen) {
                assert_eq!(Subject::of(&subject.to_string()), Some(subject));
            }
        }
        if let Ok(ask) = serde_json::from_slice::<Ask>(&mutated(&mut rng, ASK)) {
            assert_eq!(Subject::of(&ask.subject.to_string()), Some(ask.subject));
        }
        let _ = serde_json::from_slice::<Told>(&mutated(&mut rng, ASK));
    }
}
