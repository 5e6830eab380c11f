//! The relay against stand-ins that answer as the real servers are documented to, and worse.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use serde_json::{Value, json};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

/// A server on this machine: `answer` gets the request's head (or the whois question) and the
/// stream. What was asked is kept.
struct StandIn {
    address: String,
    asked: Arc<Mutex<Vec<String>>>,
}

impl StandIn {
    fn new(answer: impl Fn(&str, &mut TcpStream) + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let asked: Arc<Mutex<Vec<String>>> = Arc::default();
        let (kept, answer) = (Arc::clone(&asked), Arc::new(answer));
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (kept, answer) = (Arc::clone(&kept), Arc::clone(&answer));
                thread::spawn(move || {
                    let mut stream = stream;
                    let head = head(&stream);
                    kept.lock().unwrap().push(head.clone());
                    answer(&head, &mut stream);
                });
            }
        });
        Self { address, asked }
    }

    fn url(&self) -> String {
        format!("http://{}/", self.address)
    }

    fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap().clone()
    }
}

/// All lines up to an empty one; a whois question has one line.
fn head(stream: &TcpStream) -> String {
    let mut reader = BufReader::new(stream.try_clone().unwrap());
    let mut head = String::new();
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line).unwrap_or(0) == 0 || line == "\r\n" {
            return head;
        }
        head.push_str(&line);
        if !head.contains("HTTP/") {
            return head;
        }
    }
}

fn send(stream: &mut TcpStream, status: &str, headers: &str, body: &str) {
    let _ = write!(
        stream,
        "HTTP/1.1 {status}\r\nContent-Type: application/json\r\n{headers}Content-Length: {}\r\nConnection: close\r\n\r\n{body}",
        body.len()
    );
}

/// `wakeful serve` on a free port, ended with its owner.
struct Serve {
    child: Child,
    host: String,
}

impl Drop for Serve {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Serve {
    fn start(key: Option<&str>, options: &[String]) -> Self {
        let page = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("serve-page");
        std::fs::create_dir_all(&page).unwrap();
        std::fs::write(page.join("index.html"), "<p>the page").unwrap();
        let mut command = Command::new(env!("CARGO_BIN_EXE_wakeful"));
        command
            .args(["serve", "--port", "0", "--page"])
            .arg(&page)
            .args(options);
        command
            .env_remove("WAKEFUL_VT_KEY")
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        if let Some(key) = key {
            command.env("WAKEFUL_VT_KEY", key);
        }
        let mut child = command.spawn().unwrap();
        let mut first = String::new();
        BufReader::new(child.stdout.as_mut().unwrap())
            .read_line(&mut first)
            .unwrap();
        let host = first
            .split("http://")
            .nth(1)
            .expect("an address")
            .split(' ')
            .next()
            .unwrap()
            .to_owned();
        Self { child, host }
    }

    /// A request as it stands, and the whole answer.
    fn raw(&self, request: &[u8]) -> String {
        let mut stream = TcpStream::connect(&self.host).unwrap();
        stream
            .set_read_timeout(Some(Duration::from_secs(60)))
            .unwrap();
        let _ = stream.write_all(request);
        let mut answer = Vec::new();
        let _ = stream.read_to_end(&mut answer);
        String::from_utf8_lossy(&answer).into_owned()
    }

    fn post(&self, headers: &str, body: &str) -> String {
        self.raw(
            format!(
                "POST /relay/v1/lookup HTTP/1.1\r\n{headers}Content-Length: {}\r\nConnection: close\r\n\r\n{body}",
                body.len()
            )
            .as_bytes(),
        )
    }

    fn own(&self) -> String {
        let host = &self.host;
        format!("Host: {host}\r\nOrigin: http://{host}\r\nContent-Type: application/json\r\n")
    }

    /// Asks as the page does; the `Told` as JSON.
    fn ask(&self, service: &str, subject: &str) -> Value {
        let answer = self.post(
            &self.own(),
            &json!({"service": service, "subject": subject}).to_string(),
        );
        assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
        let body = answer.split_once("\r\n\r\n").unwrap().1;
        serde_json::from_str(body).unwrap()
    }
}

fn option(name: &str, value: &str) -> [String; 2] {
    [name.to_owned(), value.to_owned()]
}

const RDAP: &str = r#"{"objectClassName":"domain","events":[{"eventAction":"registration","eventDate":"2026-10-01T00:00:00Z"}]}"#;

fn problem(told: &Value) -> String {
    match &told["outcome"]["Err"] {
        Value::String(name) => name.clone(),
        other => other.as_object().unwrap().keys().next().unwrap().clone(),
    }
}

#[test]
fn virustotal_is_asked_with_the_key_in_a_header_and_answers_are_told_apart() {
    let virustotal = StandIn::new(|head, stream| match head.split(' ').nth(1).unwrap() {
        "/domains/good.com" => send(
            stream,
            "200 OK",
            "",
            r#"{"data":{"attributes":{"last_analysis_stats":{"malicious":3,"harmless":60}}}}"#,
        ),
        "/domains/fast.com" => send(
            stream,
            "429 Too Many Requests",
            "Retry-After: 17\r\n",
            r#"{"error":{"code":"TooManyRequestsError"}}"#,
        ),
        "/ip_addresses/8.8.8.8" => send(stream, "503 Service Unavailable", "", ""),
        _ => send(
            stream,
            "302 Found",
            "Location: http://127.0.0.1:1/leak\r\n",
            "",
        ),
    });
    let serve = Serve::start(
        Some("topsecret"),
        &option("--virustotal", &virustotal.url()),
    );
    let told = serve.ask("reputation", "good.com");
    assert_eq!(told["outcome"]["Ok"]["reputation"]["malicious"], 3);
    assert_eq!(
        serve.ask("reputation", "fast.com")["outcome"]["Err"]["quota"]["again_in"],
        17
    );
    assert_eq!(problem(&serve.ask("reputation", "8.8.8.8")), "outage");
    assert_eq!(problem(&serve.ask("reputation", "moved.com")), "elsewhere");
    // The fifth within a minute is held here and never sent.
    assert_eq!(problem(&serve.ask("reputation", "fifth.com")), "quota");
    let asked = virustotal.asked();
    assert_eq!(asked.len(), 4);
    for head in &asked {
        assert!(head.contains("x-apikey: topsecret"), "{head}");
        assert!(!head.lines().next().unwrap().contains("topsecret"));
    }
}

#[test]
fn without_a_key_nothing_is_asked() {
    let virustotal = StandIn::new(|_, stream| send(stream, "200 OK", "", "{}"));
    let serve = Serve::start(None, &option("--virustotal", &virustotal.url()));
    assert_eq!(problem(&serve.ask("reputation", "good.com")), "no-key");
    assert_eq!(virustotal.asked(), Vec::<String>::new());
}

#[test]
fn rdap_is_followed_within_the_list_and_nowhere_else() {
    let second = StandIn::new(|_, stream| send(stream, "200 OK", "", RDAP));
    let stranger = StandIn::new(|_, stream| send(stream, "200 OK", "", RDAP));
    let (to_second, to_stranger) = (second.url(), stranger.url());
    let first = StandIn::new(move |head, stream| {
        let to = |address: &str| format!("Location: {address}domain/x\r\n");
        match head.split(' ').nth(1).unwrap() {
            "/domain/known.com" => send(stream, "302 Found", &to(&to_second), ""),
            "/domain/stranger.com" => send(stream, "302 Found", &to(&to_stranger), ""),
            "/domain/circle.com" => {
                send(stream, "302 Found", "Location: /domain/circle.com\r\n", "")
            }
            "/domain/broken.com" => send(stream, "200 OK", "", "{\"objectClassName\":"),
            "/domain/refused.com" => send(stream, "403 Forbidden", "", ""),
            "/domain/busy.com" => send(stream, "429 Too Many Requests", "", ""),
            _ => send(stream, "404 Not Found", "", "{}"),
        }
    });
    let mut options = Vec::new();
    options.extend(option("--rdap", &format!("com={}", first.url())));
    options.extend(option("--rdap", &format!("net={}", second.url())));
    let serve = Serve::start(None, &options);
    let told = serve.ask("registration", "known.com");
    assert_eq!(
        told["outcome"]["Ok"]["registration"]["by"], "rdap",
        "{told}"
    );
    for (name, expected) in [
        ("stranger.com", "elsewhere"),
        ("circle.com", "elsewhere"),
        ("broken.com", "broken"),
        ("refused.com", "refused"),
        ("busy.com", "quota"),
        ("free.com", "not-registered"),
    ] {
        assert_eq!(
            problem(&serve.ask("registration", name)),
            expected,
            "{name}"
        );
    }
    assert_eq!(stranger.asked(), Vec::<String>::new(), "never asked");
}

#[test]
fn whois_answers_where_rdap_does_not_and_a_gigabyte_is_cut_off() {
    let whois = StandIn::new(|question, stream| {
        let text = match question.trim() {
            "-T dn evil.de" => "Domain: evil.de\nNserver: ns1.evil.de\nStatus: connect\n",
            "-T dn free.de" => "Domain: free.de\nStatus: free\n",
            "down.com" => "Creation Date: 2026-10-01T00:00:00Z\n",
            _ => "Query rate limit exceeded.\n",
        };
        let _ = stream.write_all(text.as_bytes());
    });
    let flood = StandIn::new(|head, stream| {
        if head.contains("HTTP/") {
            let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 1073741824\r\n\r\n");
        }
        let chunk = vec![b'x'; 1 << 16];
        for _ in 0..(1 << 14) {
            if stream.write_all(&chunk).is_err() {
                return;
            }
        }
        panic!("a whole gigabyte was taken");
    });
    let down = StandIn::new(|_, stream| send(stream, "503 Service Unavailable", "", ""));
    let mut options = Vec::new();
    options.extend(option("--whois", &format!("de={}", whois.address)));
    options.extend(option("--whois", &format!("com={}", whois.address)));
    options.extend(option("--rdap", &format!("com={}", down.url())));
    options.extend(option("--rdap", &format!("net={}", flood.url())));
    options.extend(option("--whois", &format!("jp={}", flood.address)));
    let serve = Serve::start(None, &options);
    let told = serve.ask("registration", "evil.de");
    assert_eq!(
        told["outcome"]["Ok"]["registration"]["name_servers"][0], "ns1.evil.de",
        "{told}"
    );
    assert_eq!(
        problem(&serve.ask("registration", "free.de")),
        "not-registered"
    );
    assert_eq!(problem(&serve.ask("registration", "other.de")), "quota");
    let told = serve.ask("registration", "down.com");
    assert_eq!(
        told["outcome"]["Ok"]["registration"]["by"], "whois",
        "RDAP first, then whois: {told}"
    );
    assert_eq!(down.asked().len(), 1);
    assert_eq!(
        problem(&serve.ask("registration", "flood.net")),
        "too-large"
    );
    assert_eq!(problem(&serve.ask("registration", "flood.jp")), "too-large");
    assert_eq!(
        problem(&serve.ask("registration", "evil.aq")),
        "not-supported"
    );
}

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

/// Bytes at random from a fixed seed, and mutations of a good request: the server stays up, and
/// nothing is passed on.
#[test]
fn the_relay_survives_nonsense() {
    let upstream = StandIn::new(|_, stream| send(stream, "200 OK", "", RDAP));
    let serve = Serve::start(None, &option("--rdap", &format!("com={}", upstream.url())));
    let host = &serve.host;
    let body = r#"{"service":"registration","subject":"a.evil.com"}"#;
    let good = format!(
        "POST /relay/v1/lookup HTTP/1.1\r\n{}Content-Length: {}\r\nConnection: close\r\n\r\n{body}",
        serve.own(),
        body.len()
    );
    let mut seed = 0x9e37_79b9_7f4a_7c15_u64;
    let mut random = || {
        seed ^= seed << 13;
        seed ^= seed >> 7;
        seed ^= seed << 17;
        seed
    };
    for _ in 0..300 {
        let mut bytes = good.clone().into_bytes();
        for _ in 0..(1 + random() % 6) {
            let at = (random() % bytes.len() as u64) as usize;
            match random() % 3 {
                0 => bytes[at] = random() as u8,
                1 => drop(bytes.remove(at)),
                _ => bytes.insert(at, random() as u8),
            }
        }
        let mut stream = TcpStream::connect(host).unwrap();
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
    assert!(
        serve
            .raw(format!("GET / HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n").as_bytes())
            .contains("the page")
    );
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
