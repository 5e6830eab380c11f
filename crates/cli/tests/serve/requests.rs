//! Requests that no page of ours sends: each is refused in a sentence, and nothing is passed on.

use crate::stand::{RDAP, Serve, StandIn, option, send};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::Command;
use wakeful_lab::rng::Rng;

#[test]
fn requests_that_no_page_of_ours_sends_are_refused_in_sentences() {
    let upstream = StandIn::new(|_, stream| send(stream, "200 OK", "", RDAP));
    let mut options = option("--rdap", &format!("com={}", upstream.url())).to_vec();
    options.extend(option("--allow-origin", "https://tools.example"));
    let serve = Serve::start(None, &options);
    let (host, good) = (
        serve.host.clone(),
        r#"{"service":"registration","subject":"evil.com"}"#,
    );
    let json = "Content-Type: application/json\r\n";
    let port = host.split(':').nth(1).unwrap();
    let own = serve.own();
    let refused = [
        (
            "rebinding",
            format!("Host: evil.example:{port}\r\nOrigin: http://evil.example:{port}\r\n{json}"),
            good.to_owned(),
            403,
        ),
        (
            "another site",
            format!("Host: {host}\r\nOrigin: https://evil.example\r\n{json}"),
            good.to_owned(),
            403,
        ),
        (
            "a sandboxed frame",
            format!("Host: {host}\r\nOrigin: null\r\n{json}"),
            good.to_owned(),
            403,
        ),
        (
            "no page",
            format!("Host: {host}\r\n{json}"),
            good.to_owned(),
            403,
        ),
        (
            "two hosts",
            format!("Host: {host}\r\nHost: x\r\nOrigin: http://{host}\r\n{json}"),
            good.to_owned(),
            400,
        ),
        (
            "a form",
            format!("Host: {host}\r\nOrigin: http://{host}\r\nContent-Type: text/plain\r\n"),
            good.to_owned(),
            415,
        ),
        ("a large body", own.clone(), "x".repeat(1 << 20), 413),
        ("no JSON", own.clone(), "}{".to_owned(), 400),
        (
            "a full name",
            own.clone(),
            good.replace("evil.com", "secret.evil.com"),
            400,
        ),
        (
            "a private address",
            own.clone(),
            good.replace("evil.com", "10.0.0.1"),
            400,
        ),
        (
            "a path",
            own.clone(),
            good.replace("evil.com", "evil.com/../../x"),
            400,
        ),
        (
            "another upstream",
            own.clone(),
            good.replace('}', r#","host":"http://evil.example"}"#),
            400,
        ),
        (
            "another service",
            own.clone(),
            good.replace("registration", "fetch"),
            400,
        ),
    ];
    for (what, headers, body, status) in refused {
        let answer = serve.post(&headers, &body);
        let got: u16 = answer.split(' ').nth(1).unwrap_or("0").parse().unwrap_or(0);
        // A server may also answer two hosts by its own check of the syntax.
        let fits = got == status || (what == "two hosts" && got == 403);
        assert!(fits, "{what}: {answer}");
        assert!(
            !answer
                .to_lowercase()
                .contains("access-control-allow-origin: https://evil"),
            "{what}"
        );
        let sentence = answer
            .split_once("\r\n\r\n")
            .map_or("", |(_, body)| body)
            .trim();
        assert!(
            what == "two hosts" || sentence.ends_with('.'),
            "{what}: a sentence: {answer}"
        );
    }
    for line in [
        "GET /relay/v1/lookup HTTP/1.1",
        "PUT /relay/v1/lookup HTTP/1.1",
        "POST /relay/v1/lookup/http://evil.example/ HTTP/1.1",
        "POST /relay/v2/lookup HTTP/1.1",
        "GET /relay HTTP/1.1",
        "GET /relay/../../etc/passwd HTTP/1.1",
        "GET /%2e%2e/%2e%2e/etc/passwd HTTP/1.1",
        "GET http://evil.example/ HTTP/1.1",
        "CONNECT evil.example:443 HTTP/1.1",
        "\u{0}\u{1}\u{2}",
    ] {
        let answer = serve.raw(format!("{line}\r\n{own}Connection: close\r\n\r\n").as_bytes());
        let status = answer.split(' ').nth(1).unwrap_or("400");
        assert!(!answer.contains("root:"), "{line}");
        assert!(
            status.starts_with('4') || answer.contains("the page"),
            "{line}: {answer}"
        );
    }
    assert_eq!(
        upstream.asked(),
        Vec::<String>::new(),
        "nothing of this was passed on"
    );
    let named = format!("Host: {host}\r\nOrigin: https://tools.example\r\n{json}");
    let answer = serve.post(&named, good);
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    assert!(
        answer
            .to_lowercase()
            .contains("access-control-allow-origin: https://tools.example")
    );
    assert_eq!(upstream.asked().len(), 1);
}

/// Two times in three the first, which is the good one.
fn mostly_good<'a, T>(rng: &mut Rng, all: &'a [T]) -> (&'a T, bool) {
    let at = if rng.below(3) < 2 {
        0
    } else {
        rng.below(all.len())
    };
    (&all[at], at == 0)
}

/// How many requests are made with some bytes wrong.
const MUTATED: usize = 400;
/// How many are put together of good and bad parts.
const COMPOSED: usize = 4000;

/// A good request with bytes changed, left out and put in: the server stays up, and nothing but a
/// question is passed on.
#[test]
fn the_relay_survives_requests_with_wrong_bytes() {
    let upstream = StandIn::new(|_, stream| send(stream, "200 OK", "", RDAP));
    let serve = Serve::start(None, &option("--rdap", &format!("com={}", upstream.url())));
    let body = r#"{"service":"registration","subject":"a.evil.com"}"#;
    let good = format!(
        "POST /relay/v1/lookup HTTP/1.1\r\n{}Content-Length: {}\r\nConnection: close\r\n\r\n{body}",
        serve.own(),
        body.len()
    );
    let mut rng = Rng::new(1);
    for _ in 0..MUTATED {
        let mut bytes = good.clone().into_bytes();
        for _ in 0..=rng.below(6) {
            let at = rng.below(bytes.len());
            match rng.below(4) {
                0 => bytes[at] = rng.byte(),
                1 if bytes.len() > 1 => drop(bytes.remove(at)),
                2 => bytes.insert(at, rng.byte()),
                _ => bytes.truncate(at.max(8)),
            }
        }
        let mut stream = TcpStream::connect(&serve.host).unwrap();
        let _ = stream.write_all(&bytes);
        // The end of what is sent, so that the server does not wait for more.
        let _ = stream.shutdown(std::net::Shutdown::Write);
        let _ = stream.read_to_end(&mut Vec::new());
    }
    for head in upstream.asked() {
        assert!(
            head.starts_with("GET /domain/evil.com "),
            "only what is a question: {head}"
        );
    }
    still_there(&serve);
}

fn still_there(serve: &Serve) {
    let host = &serve.host;
    let request = format!("GET / HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n");
    assert!(serve.raw(request.as_bytes()).contains("the page"));
}

/// Requests of good and bad parts, each part with its label: the relay must take those of good parts
/// alone, and no other may reach a server outside. The labels are the naive twin of its checks.
#[test]
fn of_requests_put_together_by_chance_only_the_good_ones_pass() {
    let upstream = StandIn::new(|_, stream| send(stream, "200 OK", "", RDAP));
    let mut options = option("--rdap", &format!("com={}", upstream.url())).to_vec();
    options.extend(option("--allow-origin", "https://tools.example"));
    let serve = Serve::start(None, &options);
    let host = serve.host.clone();
    let port = host.split(':').nth(1).unwrap();
    // The first of each is good.
    let methods = ["POST", "GET", "PUT", "DELETE", "PATCH", "NONSENSE"];
    let paths = [
        "/relay/v1/lookup",
        "/relay/v1/lookup/",
        "/relay/v1//lookup",
        "/relay/v1/lookup/x",
        "/relay/v2/lookup",
        "/RELAY/v1/lookup",
        "/relay/v1/%6cookup%00",
    ];
    let hosts = [
        host.clone(),
        format!("evil.example:{port}"),
        "127.0.0.1".to_owned(),
        format!("127.0.0.1.evil.example:{port}"),
        format!("127.0.0.2:{port}"),
        String::new(),
        format!("{host}@evil.example"),
    ];
    let origins = [
        format!("http://{host}"),
        "null".to_owned(),
        format!("https://{host}"),
        format!("http://{host}.evil.example"),
        format!("http://{host}/"),
        "https://tools.example.evil.example".to_owned(),
        "http://tools.example".to_owned(),
        String::new(),
    ];
    let kinds = [
        "application/json",
        "text/plain",
        "",
        "application/json, text/plain",
    ];
    let bodies = [
        r#"{"service":"registration","subject":"evil.com"}"#.to_owned(),
        r#"{"service":"registration","subject":"secret.evil.com"}"#.to_owned(),
        r#"{"service":"registration","subject":"evil.com."}"#.to_owned(),
        r#"{"service":"registration","subject":"EVIL.com"}"#.to_owned(),
        r#"{"service":"registration","subject":"evil.com","to":"x"}"#.to_owned(),
        r#"{"service":"registration","service":"reputation","subject":"evil.com"}"#.to_owned(),
        r#"{"service":"registration","subject":["evil.com"]}"#.to_owned(),
        r#"{"service":"registration","subject":"evil.com\u0000"}"#.to_owned(),
        r#"{"service":"registration","subject":"127.0.0.1"}"#.to_owned(),
        r#"{"service":"registration","subject":"169.254.169.254"}"#.to_owned(),
        r#"{"service":"registration","subject":"localhost"}"#.to_owned(),
        r#"{"service":"registration","subject":"http://evil.com"}"#.to_owned(),
        r#"{"service":"registration","subject":1e999}"#.to_owned(),
        r#"{"service":"","subject":"evil.com"}"#.to_owned(),
        r#"{"subject":"evil.com"}"#.to_owned(),
        "[".repeat(1000),
        "{\"a\":".repeat(170),
        String::new(),
        "\u{0}".to_owned(),
        format!(
            "{{\"service\":\"registration\",\"subject\":\"{}.com\"}}",
            "a".repeat(64)
        ),
        "x".repeat(1025),
    ];
    let mut rng = Rng::new(2);
    let mut line = None;
    let (mut good, mut refused) = (0, 0);
    for _ in 0..COMPOSED {
        let (method, a) = mostly_good(&mut rng, &methods);
        let (path, b) = mostly_good(&mut rng, &paths);
        let (host, c) = mostly_good(&mut rng, &hosts);
        let (origin, d) = mostly_good(&mut rng, &origins);
        let (kind, e) = mostly_good(&mut rng, &kinds);
        let (body, f) = mostly_good(&mut rng, &bodies);
        let noise = rng.pick(&["", "Cookie: a=b\r\n", "X-Forwarded-Host: evil.example\r\n"]);
        let request = format!(
            "{method} {path} HTTP/1.1\r\nHost: {host}\r\nOrigin: {origin}\r\nContent-Type: {kind}\r\n{noise}Content-Length: {}\r\n\r\n{body}",
            body.len()
        );
        let (status, answer) = one(&serve.host, &mut line, &request);
        if a && b && c && d && e && f {
            good += 1;
            assert_eq!(status, 200, "{request}\n{answer}");
            assert!(answer.starts_with(r#"{"host":""#), "{answer}");
        } else {
            refused += 1;
            // A path that is not the relay's is a file of the page that is not there.
            assert!(
                (400..500).contains(&status),
                "{status} to {request}\n{answer}"
            );
        }
    }
    assert!(
        good > 100 && refused > 1000,
        "{good} good, {refused} refused"
    );
    // The rate lets 30 of the good ones through; the others were told to wait.
    let asked = upstream.asked();
    assert_eq!(asked.len(), 30);
    assert!(
        asked
            .iter()
            .all(|head| head.starts_with("GET /domain/evil.com "))
    );
    println!(
        "{COMPOSED} requests: {good} good, {refused} refused; {MUTATED} more with wrong bytes"
    );
    still_there(&serve);
}

/// A request over a line that is kept open as long as the server keeps it; status and body.
fn one(host: &str, line: &mut Option<BufReader<TcpStream>>, request: &str) -> (u16, String) {
    for _ in 0..2 {
        let open = line.get_or_insert_with(|| BufReader::new(TcpStream::connect(host).unwrap()));
        let _ = open.get_mut().write_all(request.as_bytes());
        match answer(open) {
            Some((status, body, true)) => return (status, body),
            Some((status, body, false)) => {
                *line = None;
                return (status, body);
            }
            // Closed while it was idle: once more over a new one.
            None => *line = None,
        }
    }
    panic!("no answer to {request}");
}

/// Status, body, whether the line stays open; `None` where it was closed before.
fn answer(open: &mut BufReader<TcpStream>) -> Option<(u16, String, bool)> {
    let (mut status, mut length, mut stays) = (0, 0, true);
    loop {
        let mut line = String::new();
        if open.read_line(&mut line).ok()? == 0 {
            return None;
        }
        let line = line.trim_end().to_ascii_lowercase();
        if line.is_empty() {
            break;
        }
        if let Some(rest) = line.strip_prefix("http/1.1 ") {
            status = rest.get(..3)?.parse().ok()?;
        } else if let Some(value) = line.strip_prefix("content-length: ") {
            length = value.parse().ok()?;
        } else if line == "connection: close" {
            stays = false;
        }
    }
    let mut body = vec![0; length];
    open.read_exact(&mut body).ok()?;
    Some((status, String::from_utf8_lossy(&body).into_owned(), stays))
}

#[test]
fn away_from_the_loopback_there_is_a_page_and_no_relay() {
    let serve = Serve::start(Some("k"), &option("--host", "0.0.0.0"));
    let port = serve.host.split(':').nth(1).unwrap().to_owned();
    let mut here = TcpStream::connect(format!("127.0.0.1:{port}")).unwrap();
    let own = format!(
        "Host: 127.0.0.1:{port}\r\nOrigin: http://127.0.0.1:{port}\r\nContent-Type: application/json\r\n"
    );
    write!(
        here,
        "POST /relay/v1/lookup HTTP/1.1\r\n{own}Content-Length: 2\r\nConnection: close\r\n\r\n{{}}"
    )
    .unwrap();
    let mut answer = String::new();
    here.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 4"), "{answer}");
}

#[test]
fn wrong_options_are_answered_in_a_sentence() {
    for options in [
        &["--page", "/nonexistent"][..],
        &["--rdap", "com"],
        &["--rdap", "com=http://evil.example/"],
        &["--allow-origin", "*"],
        &["--port", "99999"],
    ] {
        let output = Command::new(env!("CARGO_BIN_EXE_wakeful"))
            .arg("serve")
            .args(options)
            .output()
            .unwrap();
        assert_eq!(output.status.code(), Some(2), "{options:?}");
        assert!(
            String::from_utf8_lossy(&output.stderr).starts_with("wakeful: "),
            "{options:?}"
        );
    }
}
