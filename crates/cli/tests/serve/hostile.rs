//! Servers that answer worse than documented: a gigabyte, nothing, half an answer. The relay's time
//! and memory stay bounded, and no name shows in what it prints.

use crate::stand::{RDAP, Serve, StandIn, option, problem, send};
use std::io::{Read, Write};
use std::net::TcpStream;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;

const GIGABYTE: u64 = 1 << 30;
/// What the system's buffers take of an answer that nobody reads on, at most.
const TAKEN: u64 = 32 << 20;
/// The most memory that the relay may hold, all floods together.
const MEMORY: u64 = 64 << 20;

/// Sends up to a gigabyte and counts what was taken.
fn pour(stream: &mut TcpStream, chunk: &[u8], taken: &AtomicU64) {
    let mut sent = 0;
    while sent < GIGABYTE && stream.write_all(chunk).is_ok() {
        sent += chunk.len() as u64;
    }
    taken.fetch_max(sent, Ordering::Relaxed);
}

/// A server that floods every question, in the way that the path or the name asks for.
fn flood(taken: &Arc<AtomicU64>) -> StandIn {
    let taken = Arc::clone(taken);
    StandIn::new(move |head, stream| {
        let plain = vec![b' '; 1 << 16];
        let (start, chunk): (&str, Vec<u8>) = if !head.contains("HTTP/") {
            ("% hello\r\n", plain)
        } else if head.contains("chunked") {
            let chunk = [b"10000\r\n", plain.as_slice(), b"\r\n"].concat();
            (
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
                chunk,
            )
        } else if head.contains("endless") {
            ("HTTP/1.1 200 OK\r\n\r\n", plain)
        } else if head.contains("head") {
            ("HTTP/1.1 200 OK\r\nX: ", vec![b'x'; 1 << 16])
        } else if head.contains("many") {
            ("HTTP/1.1 200 OK\r\n", b"X: y\r\n".repeat(1 << 12))
        } else {
            (
                "HTTP/1.1 200 OK\r\nContent-Length: 1073741824\r\n\r\n",
                plain,
            )
        };
        if stream.write_all(start.as_bytes()).is_ok() {
            pour(stream, &chunk, &taken);
        }
    })
}

#[test]
fn a_gigabyte_is_cut_off_whoever_sends_it_and_memory_stays_bounded() {
    let taken = Arc::new(AtomicU64::new(0));
    let flood = flood(&taken);
    let mut options = option("--virustotal", &flood.url()).to_vec();
    options.extend(option("--rdap", &format!("com={}", flood.url())));
    options.extend(option("--whois", &format!("jp={}", flood.address)));
    options.extend(option("--iana", &format!("{}list", flood.url())));
    let mut serve = Serve::start(Some("k"), &options);
    let said = serve.says();
    assert!(
        said.contains("cut off at 1024 kB") && said.contains("kept"),
        "{said}"
    );
    let before = serve.peak();
    for (service, subject, expected) in [
        ("reputation", "flood.com", &["too-large"][..]),
        ("reputation", "chunked.com", &["too-large"]),
        ("registration", "flood.com", &["too-large"]),
        ("registration", "chunked.com", &["too-large"]),
        ("registration", "endless.com", &["too-large"]),
        ("registration", "flood.jp", &["too-large"]),
        // A head without an end is no answer at all.
        ("registration", "head.com", &["unreachable", "broken"]),
        ("registration", "many.com", &["unreachable", "broken"]),
    ] {
        let told = problem(&serve.ask(service, subject));
        assert!(
            expected.contains(&told.as_str()),
            "{service} {subject}: {told}"
        );
    }
    // Eight at once, which is all that the relay has under way.
    thread::scope(|scope| {
        for n in 0..8 {
            let serve = &serve;
            scope.spawn(move || {
                let told = problem(&serve.ask("registration", &format!("flood{n}.com")));
                assert_eq!(told, "too-large");
            });
        }
    });
    let (most, after) = (taken.load(Ordering::Relaxed), serve.peak());
    println!("taken of a gigabyte: {most} B; memory: {before:?} B before, {after:?} B at most");
    assert!(most < TAKEN, "{most} B were taken");
    if let Some(after) = after {
        assert!(after < MEMORY, "{after} B");
    }
}

#[test]
fn servers_that_say_nothing_or_half_are_given_up() {
    // It reads until the relay hangs up: there is no clock in it.
    let silent = |stream: &mut TcpStream| drop(stream.read(&mut [0; 64]));
    let slow = StandIn::new(move |head, stream| {
        if head.contains("half") {
            let start = match head.contains("HTTP/") {
                true => "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{",
                false => "Domain: ",
            };
            let _ = stream.write_all(start.as_bytes());
        }
        silent(stream);
    });
    let fast = StandIn::new(|_, stream| {
        let _ = stream.write_all(b"Creation Date: 2026-10-01T00:00:00Z\n");
    });
    let mut options = option("--patience", "1").to_vec();
    options.extend(option("--virustotal", &slow.url()));
    options.extend(option("--rdap", &format!("com={}", slow.url())));
    options.extend(option("--rdap", &format!("org={}", slow.url())));
    options.extend(option("--whois", &format!("jp={}", slow.address)));
    options.extend(option("--whois", &format!("org={}", fast.address)));
    options.extend(option("--iana", &format!("{}list", slow.url())));
    let mut serve = Serve::start(Some("k"), &options);
    let said = serve.says();
    assert!(
        said.contains("did not answer") && said.contains("kept"),
        "{said}"
    );
    thread::scope(|scope| {
        for (service, subject) in [
            ("reputation", "silent.com"),
            ("reputation", "half.com"),
            ("registration", "silent.com"),
            ("registration", "half.com"),
            ("registration", "silent.jp"),
            ("registration", "half.jp"),
        ] {
            let serve = &serve;
            scope.spawn(move || {
                assert_eq!(
                    problem(&serve.ask(service, subject)),
                    "slow",
                    "{service} {subject}"
                );
            });
        }
    });
    let told = serve.ask("registration", "silent.org");
    assert_eq!(
        told["outcome"]["Ok"]["registration"]["by"], "whois",
        "whois answers where RDAP is silent: {told}"
    );
}

#[test]
fn broken_answers_are_no_clean_bill_and_nothing_is_printed_of_any_name() {
    let broken = StandIn::new(|head, stream| {
        if head.contains("good") {
            return send(stream, "200 OK", "", RDAP);
        }
        let body: &[u8] = b"{\"data\":{\"attributes\":\xff\x00";
        if head.contains("HTTP/") {
            let start = format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n", body.len());
            let _ = stream.write_all(start.as_bytes());
        }
        let _ = stream.write_all(body);
    });
    let cut = StandIn::new(|_, stream| {
        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{}");
    });
    let nonsense = StandIn::new(|_, stream| drop(stream.write_all(b"SSH-2.0-x\r\n")));
    let mut options = option("--virustotal", &broken.url()).to_vec();
    options.extend(option("--rdap", &format!("com={}", broken.url())));
    options.extend(option("--rdap", &format!("net={}", cut.url())));
    options.extend(option("--rdap", &format!("org={}", nonsense.url())));
    options.extend(option("--rdap", "info=http://127.0.0.1:1/"));
    options.extend(option("--whois", &format!("jp={}", broken.address)));
    let serve = Serve::start(Some("topsecret"), &options);
    for (service, subject, expected) in [
        ("reputation", "loggednot.com", "broken"),
        ("registration", "loggednot.com", "broken"),
        ("registration", "loggednot.net", "broken"),
        ("registration", "loggednot.org", "unreachable"),
        ("registration", "loggednot.info", "unreachable"),
        ("registration", "loggednot.jp", "broken"),
        ("registration", "loggednot.aq", "not-supported"),
    ] {
        let told = serve.ask(service, subject);
        assert_eq!(problem(&told), expected, "{service} {subject}");
    }
    let told = serve.ask("registration", "goodloggednot.com");
    assert_eq!(told["outcome"]["Ok"]["registration"]["by"], "rdap");
    let printed = serve.end();
    assert!(printed.contains("It relays look-ups"), "{printed}");
    for word in ["loggednot", "topsecret"] {
        assert!(!printed.contains(word), "{printed}");
    }
}
