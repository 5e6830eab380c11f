//! The relay's door: one address, one kind of question.
//!
//! In: `POST /relay/v1/lookup` with an `Ask` as JSON. Out: a `Told` as JSON, or a refusal in a
//! sentence. No name is logged, here or anywhere below.
//! Must not know: how an upstream is asked.

use super::guard::Guard;
use super::upstream::Upstreams;
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::http::{HeaderValue, Method, Response, StatusCode, header};
use axum::routing::any;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{SystemTime, UNIX_EPOCH};
use tokio::sync::Semaphore;
use wakeful_lookup::queue::{Bucket, Gate};
use wakeful_lookup::wire::{Ask, Told};
use wakeful_lookup::{Problem, Service, plan};

/// Bytes of a question, at most: a name has 253.
const ASK_BYTES: usize = 1024;
/// Questions under way at once.
const AT_ONCE: usize = 8;

/// What all requests share.
pub struct Relay {
    guard: Guard,
    upstreams: Upstreams,
    buckets: Mutex<[(Service, Bucket); 2]>,
    places: Semaphore,
}

impl Relay {
    /// A relay that has asked nothing yet.
    pub fn new(guard: Guard, upstreams: Upstreams) -> Self {
        Self {
            guard,
            upstreams,
            buckets: Mutex::new(
                Service::ALL.map(|service| (service, Bucket::new(plan::rate(service)))),
            ),
            places: Semaphore::new(AT_ONCE),
        }
    }

    /// Counts a question, or says why it must wait. A page that does not keep to the limits, or
    /// several pages at once, do not get past them.
    fn admit(&self, service: Service) -> Result<(), Problem> {
        let now = now();
        let mut buckets = self.buckets.lock().unwrap_or_else(PoisonError::into_inner);
        let Some((_, bucket)) = buckets.iter_mut().find(|(known, _)| *known == service) else {
            return Ok(());
        };
        match bucket.gate(now) {
            Gate::Open => {
                bucket.asked(now);
                Ok(())
            }
            Gate::Wait(seconds) => Err(Problem::Quota {
                again_in: Some(seconds.ceil() as u32),
                day: false,
            }),
            Gate::Tomorrow(_) => Err(Problem::Quota {
                again_in: None,
                day: true,
            }),
        }
    }
}

/// The relay's only address; everything else below `/relay` is refused here and not looked for
/// among the page's files.
pub fn routes(relay: Arc<Relay>) -> Router {
    Router::new()
        .route("/relay/v1/lookup", any(lookup))
        .route("/relay", any(nothing))
        .route("/relay/{*rest}", any(nothing))
        .with_state(relay)
}

async fn nothing() -> Response<Body> {
    refuse(
        StatusCode::NOT_FOUND,
        "The relay has one address: POST /relay/v1/lookup.",
    )
}

async fn lookup(State(relay): State<Arc<Relay>>, request: Request) -> Response<Body> {
    let origin = match relay.guard.check(request.headers()) {
        Ok(origin) => origin,
        Err(why) => return refuse(StatusCode::FORBIDDEN, why),
    };
    let answer = match *request.method() {
        Method::OPTIONS => preflight(),
        Method::POST => answer(&relay, request).await,
        _ => refuse(StatusCode::METHOD_NOT_ALLOWED, "The relay takes POST only."),
    };
    allow(answer, origin)
}

async fn answer(relay: &Relay, request: Request) -> Response<Body> {
    let json = HeaderValue::from_static("application/json");
    if request.headers().get(header::CONTENT_TYPE) != Some(&json) {
        return refuse(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "The relay takes application/json only.",
        );
    }
    // A body that trickles in holds a connection, so it has a time as well as a size.
    let patience = std::time::Duration::from_secs(5);
    let body = match tokio::time::timeout(patience, to_bytes(request.into_body(), ASK_BYTES)).await
    {
        Ok(Ok(body)) => body,
        Ok(Err(_)) => {
            return refuse(
                StatusCode::PAYLOAD_TOO_LARGE,
                "A question has at most 1,024 bytes.",
            );
        }
        Err(_) => return refuse(StatusCode::REQUEST_TIMEOUT, "The question came too slowly."),
    };
    let Ok(ask) = serde_json::from_slice::<Ask>(&body) else {
        return refuse(
            StatusCode::BAD_REQUEST,
            "A question names a service (reputation or registration) and a registered domain or a \
             public address, and nothing else.",
        );
    };
    let Ok(_place) = relay.places.try_acquire() else {
        return refuse(
            StatusCode::SERVICE_UNAVAILABLE,
            "The relay is busy. Ask again in a moment.",
        );
    };
    let told = match relay
        .upstreams
        .ready(&ask)
        .and_then(|()| relay.admit(ask.service))
    {
        Ok(()) => relay.upstreams.ask(&ask).await,
        Err(problem) => Told {
            host: String::new(),
            outcome: Err(problem),
        },
    };
    match serde_json::to_vec(&told) {
        Ok(body) => respond(StatusCode::OK, "application/json", body),
        Err(_) => refuse(
            StatusCode::INTERNAL_SERVER_ERROR,
            "The answer could not be written.",
        ),
    }
}

fn preflight() -> Response<Body> {
    let mut response = respond(StatusCode::NO_CONTENT, "text/plain", Vec::new());
    let headers = response.headers_mut();
    headers.insert(
        header::ACCESS_CONTROL_ALLOW_METHODS,
        HeaderValue::from_static("POST"),
    );
    headers.insert(
        header::ACCESS_CONTROL_ALLOW_HEADERS,
        HeaderValue::from_static("content-type"),
    );
    // Browsers ask for this before a page of the Internet may reach this machine.
    headers.insert(
        "access-control-allow-private-network",
        HeaderValue::from_static("true"),
    );
    response
}

fn allow(mut response: Response<Body>, origin: HeaderValue) -> Response<Body> {
    let headers = response.headers_mut();
    headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin);
    headers.insert(header::VARY, HeaderValue::from_static("Origin"));
    response
}

fn refuse(status: StatusCode, why: &'static str) -> Response<Body> {
    respond(
        status,
        "text/plain; charset=utf-8",
        format!("{why}\n").into_bytes(),
    )
}

fn respond(status: StatusCode, kind: &'static str, body: Vec<u8>) -> Response<Body> {
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(
        header::X_CONTENT_TYPE_OPTIONS,
        HeaderValue::from_static("nosniff"),
    );
    response
}

fn now() -> f64 {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(0.0, |since| since.as_secs_f64())
}
