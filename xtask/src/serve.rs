//! A static file server for `dist/`, on this machine alone.
//!
//! In: a folder and a port. Out: the folder's files over HTTP on 127.0.0.1, GET and HEAD only. No header
//! beyond type, length and `Cache-Control`: the page must protect itself on any static host, so a policy
//! sent from here would hide that it does not. This module must not know what the files are for.
//!
//! A thread a connection, a request a connection. (tiny_http was here before: its pool can leave a
//! connection waiting behind idle ones that a browser keeps open, and the page hung now and then.)

use std::fs;
use std::io::{ErrorKind, Read, Write};
use std::net::{Ipv4Addr, Shutdown, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use crate::command::{Failure, Result, fail, say};
use crate::page;
use crate::tools::Tools;

pub const DEFAULT_PORT: u16 = 8080;

/// Bytes of a request's head, at most.
const HEAD: usize = 16 << 10;
/// How long a connection may be silent: browsers open some ahead of need.
const SILENCE: Duration = Duration::from_secs(20);

/// Builds the page and serves it until the task is stopped.
pub fn page(tools: &mut Tools, port: u16) -> Result<()> {
    // Before anything is installed or built: a busy port is said at once, not a quarter of an hour later.
    let listener = listen(port)?;
    page::build(tools)?;
    say(&format!(
        "\nWakeful is on {} (ctrl-C to stop)",
        address(&listener)?
    ));
    work(&listener, page::folder(tools));
    fail("The server stopped. Run `cargo xtask serve` again.")
}

/// Serves `folder` on a free port for as long as this process runs, and gives the address.
pub fn in_background(folder: PathBuf) -> Result<String> {
    let listener = listen(0)?;
    let address = address(&listener)?;
    thread::spawn(move || work(&listener, folder));
    Ok(address)
}

fn listen(port: u16) -> Result<TcpListener> {
    TcpListener::bind((Ipv4Addr::LOCALHOST, port)).map_err(|error| {
        Failure(match error.kind() {
            ErrorKind::AddrInUse => format!(
                "Port {port} is busy: another program, maybe another `cargo xtask serve`, listens there. Stop \
                 it, or choose another port with `cargo xtask serve --port {}`.",
                port.checked_add(1).unwrap_or(DEFAULT_PORT)
            ),
            ErrorKind::PermissionDenied => format!(
                "Port {port} is kept for the system. Choose one above 1023, for example `cargo xtask serve \
                 --port {DEFAULT_PORT}`."
            ),
            _ => format!(
                "Port {port} could not be opened ({error}). Choose another with `cargo xtask serve --port \
                 {DEFAULT_PORT}`."
            ),
        })
    })
}

fn address(listener: &TcpListener) -> Result<String> {
    match listener.local_addr() {
        Ok(address) => Ok(format!("http://{address}")),
        Err(error) => fail(format!(
            "The server could not start ({error}). Run the same task again."
        )),
    }
}

fn work(listener: &TcpListener, folder: PathBuf) {
    let folder = Arc::new(folder);
    for stream in listener.incoming().flatten() {
        let folder = Arc::clone(&folder);
        thread::spawn(move || {
            // A browser that goes away in the middle is its own business.
            let _gone = answer(stream, &folder);
        });
    }
}

/// Reads one request, answers it, and closes the connection once the browser has all of it.
fn answer(mut stream: TcpStream, folder: &Path) -> std::io::Result<()> {
    stream.set_read_timeout(Some(SILENCE))?;
    stream.set_nodelay(true)?;
    let Some(head) = head(&mut stream)? else {
        return Ok(());
    };
    let mut words = head.split(' ');
    let (method, url) = (
        words.next().unwrap_or_default(),
        words.next().unwrap_or_default(),
    );
    let file = path_of(url, folder).and_then(|path| Some((fs::read(&path).ok()?, mime(&path))));
    let text = "text/plain; charset=utf-8";
    let (status, body, kind) = match file {
        _ if !matches!(method, "GET" | "HEAD") => (
            "405 Method Not Allowed",
            b"GET and HEAD only\n".to_vec(),
            text,
        ),
        Some((body, kind)) => ("200 OK", body, kind),
        None => ("404 Not Found", b"Not found\n".to_vec(), text),
    };
    let length = body.len();
    write!(
        stream,
        "HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {length}\r\nCache-Control: no-cache\r\nConnection: close\r\n\r\n"
    )?;
    if method != "HEAD" {
        stream.write_all(&body)?;
    }
    // What the browser still sends is read to its end: closing on unread bytes would take the
    // answer back.
    stream.shutdown(Shutdown::Write)?;
    let mut rest = [0; 4096];
    while stream.read(&mut rest)? > 0 {}
    Ok(())
}

/// The head of a request; nothing where the connection ends before one came.
fn head(stream: &mut TcpStream) -> std::io::Result<Option<String>> {
    let mut head = Vec::new();
    let mut chunk = [0; 2048];
    while !head.windows(4).any(|end| end == b"\r\n\r\n") {
        let count = stream.read(&mut chunk)?;
        if count == 0 || head.len() > HEAD {
            return Ok(None);
        }
        head.extend_from_slice(&chunk[..count]);
    }
    Ok(Some(String::from_utf8_lossy(&head).into_owned()))
}

/// The file that a request means; `None` when it is missing, hidden or outside the folder.
fn path_of(url: &str, folder: &Path) -> Option<PathBuf> {
    let path = url.split(['?', '#']).next()?.strip_prefix('/')?;
    let path = percent_decoded(path)?;
    let mut file = folder.to_owned();
    for part in path.split('/').filter(|part| !part.is_empty()) {
        // A leading dot covers `..` and the stamp; the rest would mean something else to Windows.
        if part.starts_with('.') || part.contains(['\\', ':', '\0']) {
            return None;
        }
        file.push(part);
    }
    if file.is_dir() {
        file.push("index.html");
    }
    fs::metadata(&file).ok()?.is_file().then_some(file)
}

fn percent_decoded(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        if byte == b'%' {
            let mut digit = || char::from(rest.next()?).to_digit(16);
            let value = digit()? * 16 + digit()?;
            bytes.push(u8::try_from(value).ok()?);
        } else {
            bytes.push(byte);
        }
    }
    String::from_utf8(bytes).ok()
}

fn mime(path: &Path) -> &'static str {
    match path.extension().and_then(|extension| extension.to_str()) {
        Some("html") => "text/html; charset=utf-8",
        Some("js" | "mjs") => "text/javascript; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("wasm") => "application/wasm",
        Some("json") => "application/json",
        Some("webmanifest") => "application/manifest+json",
        Some("svg") => "image/svg+xml",
        Some("png") => "image/png",
        Some("ico") => "image/x-icon",
        Some("woff2") => "font/woff2",
        Some("txt" | "md" | "log" | "tsv" | "csv") => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::{in_background, mime, path_of};
    use std::io::{Read, Write};
    use std::net::TcpStream;
    use std::path::Path;

    fn ask(address: &str, request: &str) -> String {
        let mut stream = TcpStream::connect(address.trim_start_matches("http://")).unwrap();
        stream.write_all(request.as_bytes()).unwrap();
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).unwrap();
        String::from_utf8_lossy(&answer).into_owned()
    }

    #[test]
    fn idle_connections_keep_no_request_waiting() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
        let address = in_background(folder).unwrap();
        let socket = address.trim_start_matches("http://");
        let _idle: Vec<TcpStream> = (0..40)
            .map(|_| TcpStream::connect(socket).unwrap())
            .collect();
        for _ in 0..40 {
            let answer = ask(&address, "GET /main.rs HTTP/1.1\r\nHost: x\r\n\r\n");
            assert!(answer.starts_with("HTTP/1.1 200 OK\r\n"), "{answer}");
            assert!(answer.ends_with(include_str!("main.rs")));
        }
    }

    #[test]
    fn only_files_and_only_get_and_head() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
        let address = in_background(folder).unwrap();
        let status = |request: &str| ask(&address, request).split(' ').nth(1).map(str::to_owned);
        assert_eq!(status("GET /none HTTP/1.1\r\n\r\n").as_deref(), Some("404"));
        let post = "POST /main.rs HTTP/1.1\r\nContent-Length: 3\r\n\r\nabc";
        assert_eq!(status(post).as_deref(), Some("405"));
        let head = ask(&address, "HEAD /main.rs HTTP/1.1\r\n\r\n");
        assert!(head.contains("Content-Length: ") && head.ends_with("\r\n\r\n"));
    }

    #[test]
    fn nothing_outside_the_folder_is_served() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
        assert_eq!(
            path_of("/main.rs?v=1", &folder),
            Some(folder.join("main.rs"))
        );
        assert_eq!(path_of("/ma%69n.rs", &folder), Some(folder.join("main.rs")));
        for url in [
            "/../Cargo.toml",
            "/%2e%2e/Cargo.toml",
            "/..%2fCargo.toml",
            "/..\\Cargo.toml",
            "//etc/passwd",
            "/",
            "/missing",
            "/%zz",
            "/%ff",
            "main.rs",
            "http://host/main.rs",
        ] {
            assert_eq!(path_of(url, &folder), None, "{url}");
        }
    }

    #[test]
    fn wasm_and_modules_have_the_types_that_browsers_insist_on() {
        assert_eq!(mime(Path::new("a_bg.wasm")), "application/wasm");
        assert!(mime(Path::new("a.js")).starts_with("text/javascript"));
        assert_eq!(mime(Path::new("index.html")), "text/html; charset=utf-8");
    }
}
