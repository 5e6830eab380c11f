//! Who may ask the relay: pages of this server, and pages that the command line names.
//!
//! In: a request's `Host`, `Origin` and method. Out: yes, or a sentence.
//! Must not know: what is asked.
//!
//! A page of another site can send requests to this machine, and by DNS rebinding even under a name
//! of its own. The first names its own `Origin`, the second its own `Host`; both are refused. A
//! request without an `Origin` is no page's `POST`, and is refused as well.

use axum::http::{HeaderMap, HeaderValue, header};

/// What may come in.
#[derive(Debug, Clone)]
pub struct Guard {
    hosts: Vec<String>,
    origins: Vec<String>,
}

impl Guard {
    /// Of a server on this port of the loopback; `allowed` are further origins of pages.
    pub fn new(port: u16, allowed: Vec<String>) -> Self {
        let hosts = ["127.0.0.1", "localhost", "[::1]"].map(|host| format!("{host}:{port}"));
        let mut origins: Vec<String> = hosts.iter().map(|host| format!("http://{host}")).collect();
        origins.extend(allowed);
        Self {
            hosts: hosts.to_vec(),
            origins,
        }
    }

    /// The origin to allow in the answer.
    ///
    /// # Errors
    /// A sentence that says what was wrong and what to do.
    pub fn check(&self, headers: &HeaderMap) -> Result<HeaderValue, &'static str> {
        let host = one(headers, header::HOST.as_str());
        if !host.is_some_and(|host| self.hosts.iter().any(|known| known == host)) {
            return Err(
                "The relay answers only under 127.0.0.1, localhost or [::1] and its own port. \
                        Open the page under one of these.",
            );
        }
        let origin = one(headers, header::ORIGIN.as_str());
        match origin {
            Some(origin) if self.origins.iter().any(|known| known == origin) => {
                HeaderValue::from_str(origin).map_err(|_| "The request's Origin cannot be read.")
            }
            Some(_) => Err(
                "The relay does not know the page that asks. If it is your own, start the \
                            relay with --allow-origin and the page's address.",
            ),
            None => Err("The relay answers pages only: the request names no Origin."),
        }
    }
}

/// A header that stands there exactly once, as text.
fn one<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let mut values = headers.get_all(name).iter();
    let value = values.next()?.to_str().ok()?;
    values.next().is_none().then_some(value)
}

/// An origin as browsers write it, from the command line.
pub fn origin(text: &str) -> Result<String, String> {
    let plain = text.trim_end_matches('/');
    match wakeful_lookup::bootstrap::origin(plain) {
        Some(origin) if origin == plain && plain.starts_with("http") => {
            Ok(plain.to_ascii_lowercase())
        }
        _ => Err(format!(
            "{text} is not an origin: write it as https://tools.example, without a path"
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(pairs: &[(&'static str, &'static str)]) -> Result<HeaderValue, &'static str> {
        let mut headers = HeaderMap::new();
        for (name, value) in pairs {
            headers.append(*name, HeaderValue::from_static(value));
        }
        Guard::new(8080, vec!["https://tools.example".into()]).check(&headers)
    }

    #[test]
    fn own_pages_and_named_ones_may_ask() {
        assert!(
            check(&[
                ("host", "127.0.0.1:8080"),
                ("origin", "http://127.0.0.1:8080")
            ])
            .is_ok()
        );
        assert!(
            check(&[
                ("host", "localhost:8080"),
                ("origin", "https://tools.example")
            ])
            .is_ok()
        );
    }

    #[test]
    fn rebinding_other_sites_and_odd_headers_are_refused() {
        for pairs in [
            &[
                ("host", "evil.example:8080"),
                ("origin", "http://127.0.0.1:8080"),
            ][..],
            &[
                ("host", "evil.example:8080"),
                ("origin", "http://evil.example:8080"),
            ],
            &[
                ("host", "127.0.0.1:8080"),
                ("origin", "http://evil.example"),
            ],
            &[("host", "127.0.0.1:8080"), ("origin", "null")],
            &[("host", "127.0.0.1:8080")],
            &[("host", "127.0.0.1"), ("origin", "http://127.0.0.1:8080")],
            &[
                ("host", "127.0.0.1:9999"),
                ("origin", "http://127.0.0.1:8080"),
            ],
            &[("origin", "http://127.0.0.1:8080")],
            &[
                ("host", "127.0.0.1:8080"),
                ("host", "evil"),
                ("origin", "http://127.0.0.1:8080"),
            ],
            &[
                ("host", "127.0.0.1:8080"),
                ("origin", "http://127.0.0.1:8080.evil.example"),
            ],
        ] {
            assert!(check(pairs).is_err(), "{pairs:?}");
        }
    }

    #[test]
    fn an_origin_has_no_path() {
        assert!(origin("https://tools.example/").is_ok());
        for text in [
            "*",
            "null",
            "https://tools.example/x",
            "tools.example",
            "file:///",
        ] {
            assert!(origin(text).is_err(), "{text}");
        }
    }
}
