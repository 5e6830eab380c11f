//! Asking the servers outside: VirusTotal, RDAP servers, whois on port 43.
//!
//! In: a question, the fixed list of addresses. Out: a `Told`. Every answer has a time, a size and a
//! number of redirects, and a redirect leads only to hosts of the list.
//! Must not know: who asked.

use futures_util::StreamExt;
use reqwest::{Client, StatusCode, Url, header};
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use wakeful_lookup::bootstrap::{Registries, host};
use wakeful_lookup::wire::{Ask, Told};
use wakeful_lookup::{ANSWER_BYTES, PATIENCE, Problem, REDIRECTS, Record, Service, Subject};
use wakeful_lookup::{rdap, virustotal, whois};

/// Whois's port.
const PORT: u16 = 43;

/// Whom to ask, and the key.
pub struct Upstreams {
    virustotal: String,
    registries: Registries,
    whois: BTreeMap<String, String>,
    /// Registries of the command line: they come before IANA's.
    added: Vec<(String, String)>,
    key: Option<header::HeaderValue>,
    patience: Duration,
    client: Option<Client>,
}

/// One answer, not yet understood.
struct Answer {
    status: u16,
    again_in: Option<u32>,
    body: Vec<u8>,
}

impl Upstreams {
    /// The real ones.
    pub fn new(key: Option<String>) -> Self {
        let key = key.filter(|key| !key.trim().is_empty()).and_then(|key| {
            let mut value = header::HeaderValue::from_str(key.trim()).ok()?;
            value.set_sensitive(true);
            Some(value)
        });
        Self {
            virustotal: virustotal::BASE.to_owned(),
            registries: Registries::shipped(),
            whois: BTreeMap::new(),
            added: Vec::new(),
            key,
            patience: Duration::from_secs(u64::from(PATIENCE)),
            client: None,
        }
    }

    /// Another address for VirusTotal's API.
    pub fn set_virustotal(&mut self, base: &str) {
        self.virustotal = format!("{}/", base.trim_end_matches('/'));
    }

    /// Another registry for a top-level domain.
    pub fn put_rdap(&mut self, tld: &str, base: &str) -> Result<(), String> {
        let before = self.registries.clone();
        self.registries.put(tld, base);
        if self.registries == before {
            return Err(format!(
                "--rdap {tld}={base}: the address must begin with https://"
            ));
        }
        self.added.push((tld.to_owned(), base.to_owned()));
        Ok(())
    }

    /// Another time for answers.
    pub fn set_patience(&mut self, patience: Duration) {
        self.patience = patience;
    }

    /// A whois server for a top-level domain, with or without a port.
    pub fn put_whois(&mut self, tld: &str, server: &str) {
        self.whois.insert(tld.to_owned(), server.to_owned());
    }

    /// Whether VirusTotal can be asked.
    pub fn has_key(&self) -> bool {
        self.key.is_some()
    }

    /// Makes the client.
    pub fn open(&mut self) -> Result<(), String> {
        let client = Client::builder()
            .user_agent(concat!("wakeful/", env!("CARGO_PKG_VERSION")))
            .redirect(reqwest::redirect::Policy::none())
            // Questions are seconds apart: a line kept open is often closed by the server just when
            // the next one is sent, which would look like a server that cannot be reached.
            .pool_max_idle_per_host(0)
            .timeout(self.patience)
            .connect_timeout(self.patience.min(Duration::from_secs(8)))
            .build()
            .map_err(|error| format!("the relay could not start: {error}"))?;
        self.client = Some(client);
        Ok(())
    }

    /// Asks IANA for its current list of registries and goes by it from now on; no name is sent.
    /// Says so in a sentence, or why the list that was there is kept.
    pub async fn update(&mut self, iana: &str) -> String {
        let kept = "The list that was there is kept.";
        let answer = match self.get(iana, header::HeaderMap::new()).await {
            Ok((answer, None)) => answer,
            Ok((_, Some(_))) => return format!("{} {kept}", Problem::Elsewhere),
            Err(problem) => return format!("{problem} {kept}"),
        };
        if answer.status != 200 {
            return format!("IANA answered with status {}. {kept}", answer.status);
        }
        match Registries::parse(&answer.body) {
            Ok(mut list) => {
                for (tld, base) in &self.added {
                    list.put(tld, base);
                }
                self.registries = list;
                format!(
                    "IANA's list of {} is in use: {} top-level domains.",
                    self.registries.published,
                    self.registries.len()
                )
            }
            Err(why) => why,
        }
    }

    /// Whether a question can be asked at all, before it counts against the rate.
    pub fn ready(&self, ask: &Ask) -> Result<(), Problem> {
        match (ask.service, &ask.subject) {
            (Service::Reputation, _) if !self.has_key() => Err(Problem::NoKey),
            (Service::Registration, Subject::Domain(_))
                if self.registries.address(&ask.subject).is_none()
                    && self.whois(&ask.subject).is_none() =>
            {
                Err(Problem::NotSupported {
                    tld: ask.subject.tld().unwrap_or_default().to_owned(),
                    by_relay: false,
                })
            }
            (Service::Registration, Subject::Address(_)) => Err(Problem::Relay {
                why: "registrations are of domains, not of addresses.".to_owned(),
            }),
            _ => Ok(()),
        }
    }

    /// Asks.
    pub async fn ask(&self, ask: &Ask) -> Told {
        let (host, outcome) = match ask.service {
            Service::Reputation => self.reputation(&ask.subject).await,
            Service::Registration => self.registration(&ask.subject).await,
        };
        Told { host, outcome }
    }

    async fn reputation(&self, subject: &Subject) -> (String, Result<Record, Problem>) {
        let address = format!("{}{}", self.virustotal, virustotal::path(subject));
        let mut headers = header::HeaderMap::new();
        if let Some(key) = &self.key {
            headers.insert("x-apikey", key.clone());
        }
        // No redirect is followed here: the key would travel with it.
        let outcome = self.get(&address, headers).await.and_then(|(answer, _)| {
            virustotal::read(answer.status, answer.again_in, &answer.body).map(Record::Reputation)
        });
        (host(&address).unwrap_or_default().to_owned(), outcome)
    }

    /// RDAP first; whois where the registry has no RDAP, or its RDAP server cannot be used.
    async fn registration(&self, subject: &Subject) -> (String, Result<Record, Problem>) {
        let mut last = None;
        if let Some(address) = self.registries.address(subject) {
            let asked = host(&address).unwrap_or_default().to_owned();
            let outcome = match tokio::time::timeout(self.patience, self.rdap(&address)).await {
                Ok(outcome) => outcome,
                Err(_) => Err(Problem::Slow),
            };
            match outcome {
                Err(
                    Problem::Unreachable { .. }
                    | Problem::Slow
                    | Problem::Outage { .. }
                    | Problem::Broken
                    | Problem::TooLarge
                    | Problem::Elsewhere
                    | Problem::Refused { .. },
                ) if self.whois(subject).is_some() => last = Some((asked, outcome)),
                outcome => return (asked, outcome.map(Record::Registration)),
            }
        }
        let (Some(server), Subject::Domain(name)) = (self.whois(subject), subject) else {
            let tld = subject.tld().unwrap_or_default().to_owned();
            return (
                String::new(),
                Err(Problem::NotSupported {
                    tld,
                    by_relay: false,
                }),
            );
        };
        let outcome = match tokio::time::timeout(self.patience, port_43(&server, name)).await {
            Ok(outcome) => outcome.and_then(|text| whois::read(&text)),
            Err(_) => Err(Problem::Slow),
        };
        match (outcome, last) {
            // Both failed: the first one's word is the better known.
            (Err(problem), Some((asked, Err(first)))) if !problem.is_an_answer() => {
                (asked, Err(first))
            }
            (outcome, _) => (server, outcome.map(Record::Registration)),
        }
    }

    fn whois(&self, subject: &Subject) -> Option<String> {
        let tld = subject.tld()?;
        self.whois
            .get(tld)
            .cloned()
            .or_else(|| whois::server(tld).map(str::to_owned))
    }

    async fn rdap(&self, address: &str) -> Result<rdap::Registration, Problem> {
        let hosts: BTreeSet<String> = self.registries.hosts();
        let mut address = address.to_owned();
        for _ in 0..=REDIRECTS {
            let mut headers = header::HeaderMap::new();
            let accepted = "application/rdap+json, application/json;q=0.5";
            headers.insert(header::ACCEPT, header::HeaderValue::from_static(accepted));
            let (answer, next) = self.get(&address, headers).await?;
            let Some(next) = next else {
                return rdap::read(answer.status, answer.again_in, &answer.body);
            };
            let secure = next.scheme() == "https" || address.starts_with("http://");
            let known = host(next.as_str()).is_some_and(|host| hosts.contains(host));
            if !secure || !known {
                return Err(Problem::Elsewhere);
            }
            address = next.into();
        }
        Err(Problem::Elsewhere)
    }

    /// One request: the answer, and where it points if it points elsewhere.
    async fn get(
        &self,
        address: &str,
        headers: header::HeaderMap,
    ) -> Result<(Answer, Option<Url>), Problem> {
        let client = self.client.as_ref().ok_or(Problem::Unreachable {
            from_browser: false,
        })?;
        let response = client
            .get(address)
            .headers(headers)
            .send()
            .await
            .map_err(trouble)?;
        let status = response.status();
        let header = |name| {
            response
                .headers()
                .get(name)
                .and_then(|value| value.to_str().ok())
        };
        let again_in = header(header::RETRY_AFTER).and_then(|seconds| seconds.parse().ok());
        let next = match (status, header(header::LOCATION)) {
            (
                StatusCode::MOVED_PERMANENTLY
                | StatusCode::FOUND
                | StatusCode::SEE_OTHER
                | StatusCode::TEMPORARY_REDIRECT
                | StatusCode::PERMANENT_REDIRECT,
                Some(location),
            ) => Some(
                response
                    .url()
                    .join(location)
                    .map_err(|_| Problem::Elsewhere)?,
            ),
            _ => None,
        };
        let mut body = Vec::new();
        let mut parts = response.bytes_stream();
        while next.is_none()
            && let Some(part) = parts.next().await
        {
            let part = part.map_err(trouble)?;
            if body.len() + part.len() > ANSWER_BYTES {
                return Err(Problem::TooLarge);
            }
            body.extend_from_slice(&part);
        }
        Ok((
            Answer {
                status: status.as_u16(),
                again_in,
                body,
            },
            next,
        ))
    }
}

/// A failed request. The error's own text names the address, so it is not passed on.
#[allow(clippy::needless_pass_by_value)] // It is the end of a `map_err`.
fn trouble(error: reqwest::Error) -> Problem {
    if error.is_timeout() {
        Problem::Slow
    } else if error.is_decode() || error.is_body() {
        Problem::Broken
    } else {
        Problem::Unreachable {
            from_browser: false,
        }
    }
}

/// A question on port 43: the name and a line end; the answer ends with the connection.
async fn port_43(server: &str, name: &str) -> Result<Vec<u8>, Problem> {
    let unreachable = |_| Problem::Unreachable {
        from_browser: false,
    };
    let address = if server.contains(':') {
        server.to_owned()
    } else {
        format!("{server}:{PORT}")
    };
    let mut stream = tokio::net::TcpStream::connect(address)
        .await
        .map_err(unreachable)?;
    // DENIC answers in full only to this form.
    let question = match name.ends_with(".de") {
        true => format!("-T dn {name}\r\n"),
        false => format!("{name}\r\n"),
    };
    stream
        .write_all(question.as_bytes())
        .await
        .map_err(unreachable)?;
    let mut text = Vec::new();
    let most = ANSWER_BYTES as u64 + 1;
    stream
        .take(most)
        .read_to_end(&mut text)
        .await
        .map_err(unreachable)?;
    if text.len() > ANSWER_BYTES {
        Err(Problem::TooLarge)
    } else {
        Ok(text)
    }
}
