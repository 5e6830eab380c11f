//! What the servers outside are documented to answer.

use crate::stand::{RDAP, Serve, StandIn, option, problem, send};
use std::io::Write;

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
fn whois_answers_where_rdap_does_not() {
    let whois = StandIn::new(|question, stream| {
        let text = match question.trim() {
            "-T dn evil.de" => "Domain: evil.de\nNserver: ns1.evil.de\nStatus: connect\n",
            "-T dn free.de" => "Domain: free.de\nStatus: free\n",
            "down.com" => "Creation Date: 2026-10-01T00:00:00Z\n",
            _ => "Query rate limit exceeded.\n",
        };
        let _ = stream.write_all(text.as_bytes());
    });
    let down = StandIn::new(|_, stream| send(stream, "503 Service Unavailable", "", ""));
    let mut options = Vec::new();
    options.extend(option("--whois", &format!("de={}", whois.address)));
    options.extend(option("--whois", &format!("com={}", whois.address)));
    options.extend(option("--rdap", &format!("com={}", down.url())));
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
        problem(&serve.ask("registration", "evil.aq")),
        "not-supported"
    );
}

/// A list of IANA's form with so many registries.
fn list(count: usize) -> String {
    let services: Vec<String> = (0..count)
        .map(|n| format!(r#"[["t{n}"],["https://rdap{n}.example/"]]"#))
        .collect();
    format!(
        r#"{{"publication":"2026-11-20T00:00:00Z","services":[{}]}}"#,
        services.join(",")
    )
}

#[test]
fn ianas_list_is_taken_on_request_and_a_wrong_answer_leaves_the_one_that_ships() {
    let registry = StandIn::new(|_, stream| send(stream, "200 OK", "", RDAP));
    let stranger = StandIn::new(|_, stream| send(stream, "200 OK", "", &list(150)));
    let elsewhere = format!("Location: {}\r\n", stranger.url());
    let iana = StandIn::new(move |head, stream| match head.split(' ').nth(1).unwrap() {
        "/good" => send(stream, "200 OK", "", &list(150)),
        "/short" => send(stream, "200 OK", "", &list(3)),
        "/broken" => send(stream, "200 OK", "", "{\"services\":"),
        "/busy" => send(stream, "429 Too Many Requests", "", ""),
        "/down" => send(stream, "503 Service Unavailable", "", ""),
        _ => send(stream, "302 Found", &elsewhere, ""),
    });
    let start = |path: &str| {
        let mut options = option("--iana", &format!("{}{path}", iana.url())).to_vec();
        options.extend(option("--rdap", &format!("t7={}", registry.url())));
        Serve::start(None, &options)
    };
    let mut serve = start("good");
    assert_eq!(
        serve.says().trim(),
        "IANA's list of 2026-11-20T00:00:00Z is in use: 150 top-level domains."
    );
    // The list that ships knows .org; this one does not. The command line comes before either.
    assert_eq!(
        problem(&serve.ask("registration", "evil.org")),
        "not-supported"
    );
    for (path, said) in [
        ("short", "fewer than 100"),
        ("broken", "not a list of registries"),
        ("busy", "status 429"),
        ("down", "status 503"),
        ("moved", "not on the list"),
    ] {
        let line = start(path).says();
        assert!(
            line.contains(said) && line.contains("kept"),
            "{path}: {line}"
        );
    }
    assert_eq!(iana.asked().len(), 6);
    assert_eq!(stranger.asked(), Vec::<String>::new(), "never asked");
    for head in iana.asked() {
        assert!(!head.contains("evil"), "no name is sent: {head}");
    }
}
