//! Stand-ins for the servers outside, and the relay under test.
//!
//! In: what a stand-in answers, options of `wakeful serve`. Out: what was asked, what came back.

use serde_json::{Value, json};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::PathBuf;
use std::process::{Child, ChildStdout, Command, Stdio};
use std::sync::{Arc, Mutex, OnceLock};
use std::thread;
use std::time::Duration;

/// A server on this machine: `answer` gets the request's head (or the whois question) and the
/// stream. What was asked is kept.
pub struct StandIn {
    pub address: String,
    asked: Arc<Mutex<Vec<String>>>,
}

impl StandIn {
    pub fn new(answer: impl Fn(&str, &mut TcpStream) + Send + Sync + 'static) -> Self {
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

    pub fn url(&self) -> String {
        format!("http://{}/", self.address)
    }

    pub fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap().clone()
    }
}

/// All lines up to an empty one; a whois question has one line.
pub fn head(stream: &TcpStream) -> String {
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

pub fn send(stream: &mut TcpStream, status: &str, headers: &str, body: &str) {
    let _ = write!(
        stream,
        "HTTP/1.1 {status}\r\nContent-Type: application/json\r\n{headers}Content-Length: {}\r\nConnection: close\r\n\r\n{body}",
        body.len()
    );
}

/// `wakeful serve` on a free port, ended with its owner.
pub struct Serve {
    child: Child,
    out: BufReader<ChildStdout>,
    pub host: String,
}

impl Drop for Serve {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Serve {
    pub fn start(key: Option<&str>, options: &[String]) -> Self {
        let page = page();
        let mut command = Command::new(env!("CARGO_BIN_EXE_wakeful"));
        command
            .args(["serve", "--port", "0", "--page"])
            .arg(&page)
            .args(options);
        command
            .env_remove("WAKEFUL_VT_KEY")
            // A proxy of this machine would not reach the stand-ins; a log that is asked for has no names.
            .env("NO_PROXY", "*")
            .env("RUST_LOG", "trace")
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        if let Some(key) = key {
            command.env("WAKEFUL_VT_KEY", key);
        }
        let mut child = command.spawn().unwrap();
        let mut first = String::new();
        let mut out = BufReader::new(child.stdout.take().unwrap());
        out.read_line(&mut first).unwrap();
        let host = first
            .split("http://")
            .nth(1)
            .expect("an address")
            .split(' ')
            .next()
            .unwrap()
            .to_owned();
        Self { child, out, host }
    }

    /// The next line that it prints.
    pub fn says(&mut self) -> String {
        let mut line = String::new();
        self.out.read_line(&mut line).unwrap();
        line
    }

    /// Ends it: all that it printed since.
    pub fn end(mut self) -> String {
        self.child.kill().unwrap();
        let mut text = String::new();
        self.out.read_to_string(&mut text).unwrap();
        let mut err = self.child.stderr.take().unwrap();
        err.read_to_string(&mut text).unwrap();
        text
    }

    /// The most memory that it has held so far, bytes, where the system tells.
    pub fn peak(&self) -> Option<u64> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).ok()?;
        let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
        let kilobytes: u64 = line.split_whitespace().nth(1)?.parse().ok()?;
        Some(kilobytes * 1024)
    }

    /// A request as it stands, and the whole answer.
    pub fn raw(&self, request: &[u8]) -> String {
        let mut stream = TcpStream::connect(&self.host).unwrap();
        stream
            .set_read_timeout(Some(Duration::from_secs(60)))
            .unwrap();
        let _ = stream.write_all(request);
        let mut answer = Vec::new();
        let _ = stream.read_to_end(&mut answer);
        String::from_utf8_lossy(&answer).into_owned()
    }

    pub fn post(&self, headers: &str, body: &str) -> String {
        self.raw(
            format!(
                "POST /relay/v1/lookup HTTP/1.1\r\n{headers}Content-Length: {}\r\nConnection: close\r\n\r\n{body}",
                body.len()
            )
            .as_bytes(),
        )
    }

    pub fn own(&self) -> String {
        let host = &self.host;
        format!("Host: {host}\r\nOrigin: http://{host}\r\nContent-Type: application/json\r\n")
    }

    /// Asks as the page does; the `Told` as JSON.
    pub fn ask(&self, service: &str, subject: &str) -> Value {
        let answer = self.post(
            &self.own(),
            &json!({"service": service, "subject": subject}).to_string(),
        );
        assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
        let body = answer.split_once("\r\n\r\n").unwrap().1;
        serde_json::from_str(body).unwrap()
    }
}

/// A folder with a page. Tests run side by side, so it is written once.
fn page() -> PathBuf {
    static PAGE: OnceLock<PathBuf> = OnceLock::new();
    PAGE.get_or_init(|| {
        let page = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("serve-page");
        std::fs::create_dir_all(&page).unwrap();
        std::fs::write(page.join("index.html"), "<p>the page").unwrap();
        page
    })
    .clone()
}

pub fn option(name: &str, value: &str) -> [String; 2] {
    [name.to_owned(), value.to_owned()]
}

/// What a registry answers.
pub const RDAP: &str = r#"{"objectClassName":"domain","events":[{"eventAction":"registration","eventDate":"2026-10-01T00:00:00Z"}]}"#;

/// The name of the problem that was told.
pub fn problem(told: &Value) -> String {
    match &told["outcome"]["Err"] {
        Value::String(name) => name.clone(),
        other => other.as_object().unwrap().keys().next().unwrap().clone(),
    }
}
