//! A static file server for `dist/`, on this machine alone.
//!
//! In: a folder and a port. Out: the folder's files over HTTP on 127.0.0.1, GET and HEAD only. No header
//! beyond type, length and `Cache-Control`: the page must protect itself on any static host, so a policy
//! sent from here would hide that it does not. This module must not know what the files are for.

use std::fs::{self, File};
use std::io::ErrorKind;
use std::net::{Ipv4Addr, TcpListener};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread;

use tiny_http::{Header, Method, Request, Response, Server};

use crate::command::{Failure, Result, fail, say};
use crate::page;
use crate::tools::Tools;

pub const DEFAULT_PORT: u16 = 8080;

/// Browsers open up to six connections to a host.
const WORKERS: usize = 6;

/// Builds the page and serves it until the task is stopped.
pub fn page(tools: &mut Tools, port: u16) -> Result<()> {
    // Before anything is installed or built: a busy port is said at once, not a quarter of an hour later.
    let listener = listen(port)?;
    page::build(tools)?;
    let server = Arc::new(start(listener)?);
    say(&format!(
        "\nWakeful is on {} (ctrl-C to stop)",
        address(&server)
    ));
    work(&server, &page::folder(tools));
    fail("The server stopped. Run `cargo xtask serve` again.")
}

/// Serves `folder` on a free port for as long as this process runs, and gives the address.
pub fn in_background(folder: PathBuf) -> Result<String> {
    let server = Arc::new(start(listen(0)?)?);
    let address = address(&server);
    thread::spawn(move || work(&server, &folder));
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

fn start(listener: TcpListener) -> Result<Server> {
    Server::from_listener(listener, None).map_err(|error| {
        Failure(format!(
            "The server could not start ({error}). Run the same task again."
        ))
    })
}

fn address(server: &Server) -> String {
    format!("http://{}", server.server_addr())
}

fn work(server: &Arc<Server>, folder: &Path) {
    thread::scope(|scope| {
        for _ in 0..WORKERS {
            scope.spawn(|| {
                while let Ok(request) = server.recv() {
                    // A browser that goes away in the middle is its own business.
                    let _gone = answer(request, folder);
                }
            });
        }
    });
}

fn answer(request: Request, folder: &Path) -> std::io::Result<()> {
    if !matches!(request.method(), Method::Get | Method::Head) {
        return request.respond(Response::from_string("GET and HEAD only\n").with_status_code(405));
    }
    let found =
        path_of(request.url(), folder).and_then(|path| Some((File::open(&path).ok()?, path)));
    let Some((file, path)) = found else {
        return request.respond(Response::from_string("Not found\n").with_status_code(404));
    };
    let mut response = Response::from_file(file).with_chunked_threshold(usize::MAX);
    for (name, value) in [("Content-Type", mime(&path)), ("Cache-Control", "no-cache")] {
        if let Ok(header) = Header::from_bytes(name, value) {
            response.add_header(header);
        }
    }
    request.respond(response)
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
    use super::{mime, path_of};
    use std::path::Path;

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
