//! Requests: the one place in the page's program that connects.
//!
//! In: a step of the plan that was agreed to, the key. Out: what came of it.
//! Must not know: why it is asked. Nothing is logged, and an error's own text, which may hold an
//! address, is not passed on.

use std::cell::Cell;
use std::rc::Rc;

use js_sys::{Promise, Reflect, Uint8Array};
use wakeful_lookup::bootstrap::{IANA, Registries, host};
use wakeful_lookup::plan::Step;
use wakeful_lookup::wire::{Ask, Told};
use wakeful_lookup::{ANSWER_BYTES, PATIENCE, Problem, Record, Service, rdap, virustotal};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{AbortController, Headers, ReadableStreamDefaultReader, RequestInit, Response};

use crate::browser::time::after;

/// The relay asks RDAP and then whois, each with its own patience.
const RELAY_PATIENCE: u32 = 2 * PATIENCE + 10;

/// A request that can be given up.
#[derive(Clone)]
pub struct Call {
    abort: AbortController,
    late: Rc<Cell<bool>>,
}

/// An answer, not yet understood.
struct Answer {
    status: u16,
    again_in: Option<u32>,
    body: Vec<u8>,
}

impl Call {
    /// `None` where the browser cannot give up requests: then none is made.
    pub fn new() -> Option<Self> {
        Some(Self {
            abort: AbortController::new().ok()?,
            late: Rc::default(),
        })
    }

    /// Gives it up.
    pub fn give_up(&self) {
        self.abort.abort();
    }

    /// Asks what a step says. Gives the host that answered, and what came of it.
    pub async fn ask(&self, step: &Step, key: &str) -> (String, Result<Record, Problem>) {
        let asked = host(&step.address).unwrap_or_default().to_owned();
        if step.by_relay {
            return match self.relay(step).await {
                Ok(told) if told.host.is_empty() => (asked, told.outcome),
                Ok(told) => (told.host, told.outcome),
                Err(problem) => (asked, Err(problem)),
            };
        }
        let outcome = match step.service {
            Service::Reputation => self.reputation(step, key).await,
            Service::Registration => self.registration(step).await,
        };
        (asked, outcome)
    }

    async fn reputation(&self, step: &Step, key: &str) -> Result<Record, Problem> {
        if key.is_empty() {
            return Err(Problem::NoKey);
        }
        let headers = Headers::new().map_err(|_| Problem::Broken)?;
        // A key with a line end or a character of no header is no key.
        headers.set("x-apikey", key).map_err(|_| Problem::BadKey)?;
        let init = init("GET", web_sys::RequestRedirect::Error);
        init.set_headers(&headers);
        let answer = self.send(&step.address, &init, PATIENCE).await?;
        virustotal::read(answer.status, answer.again_in, &answer.body).map(Record::Reputation)
    }

    async fn registration(&self, step: &Step) -> Result<Record, Problem> {
        // A redirect leads no further than the tab's policy, which holds the agreed hosts alone.
        let init = init("GET", web_sys::RequestRedirect::Follow);
        let answer = self.send(&step.address, &init, PATIENCE).await?;
        rdap::read(answer.status, answer.again_in, &answer.body).map(Record::Registration)
    }

    async fn relay(&self, step: &Step) -> Result<Told, Problem> {
        let ask = Ask {
            service: step.service,
            subject: step.subject.clone(),
        };
        let body = serde_json::to_string(&ask).map_err(|_| Problem::Broken)?;
        let headers = Headers::new().map_err(|_| Problem::Broken)?;
        headers
            .set("content-type", "application/json")
            .map_err(|_| Problem::Broken)?;
        let init = init("POST", web_sys::RequestRedirect::Error);
        init.set_headers(&headers);
        init.set_body(&JsValue::from_str(&body));
        let away = |why: &str| Problem::Relay {
            why: why.to_owned(),
        };
        let answer = match self.send(&step.address, &init, RELAY_PATIENCE).await {
            Err(Problem::Unreachable { .. }) => {
                return Err(away(
                    "it could not be reached. Start `wakeful serve`, check its address (a page \
                     that is hosted elsewhere needs --allow-origin), and resume.",
                ));
            }
            other => other?,
        };
        match answer.status {
            200 => serde_json::from_slice(&answer.body).map_err(|_| Problem::Broken),
            503 => Err(Problem::Outage { status: 503 }),
            404 | 405 | 501 => Err(away(
                "no relay answers there. Start `wakeful serve` and enter its address.",
            )),
            _ => {
                let why = String::from_utf8_lossy(&answer.body);
                let why: String = why.trim().chars().take(300).collect();
                Err(away(&why))
            }
        }
    }

    async fn send(
        &self,
        address: &str,
        init: &RequestInit,
        patience: u32,
    ) -> Result<Answer, Problem> {
        init.set_signal(Some(&self.abort.signal()));
        let (late, abort) = (Rc::clone(&self.late), self.abort.clone());
        let done = Rc::new(Cell::new(false));
        let waits = Rc::clone(&done);
        after(
            i32::try_from(patience * 1000).unwrap_or(i32::MAX),
            move || {
                if !waits.get() {
                    late.set(true);
                    abort.abort();
                }
            },
        );
        let answer = self.receive(address, init).await;
        done.set(true);
        match answer {
            Err(Problem::Unreachable { .. }) if self.late.get() => Err(Problem::Slow),
            answer => answer,
        }
    }

    async fn receive(&self, address: &str, init: &RequestInit) -> Result<Answer, Problem> {
        let away = |_| Problem::Unreachable { from_browser: true };
        let window = web_sys::window().ok_or(Problem::Broken)?;
        let response: Response = JsFuture::from(window.fetch_with_str_and_init(address, init))
            .await
            .map_err(away)?
            .unchecked_into();
        let again_in = response
            .headers()
            .get("retry-after")
            .ok()
            .flatten()
            .and_then(|seconds| seconds.parse().ok());
        let mut body = Vec::new();
        if let Some(stream) = response.body() {
            let reader: ReadableStreamDefaultReader = stream.get_reader().unchecked_into();
            loop {
                let read = JsFuture::from(reader.read()).await.map_err(away)?;
                let part = Reflect::get(&read, &JsValue::from_str("value")).map_err(away)?;
                let Ok(part) = part.dyn_into::<Uint8Array>() else {
                    break;
                };
                if body.len() + part.length() as usize > ANSWER_BYTES {
                    self.abort.abort();
                    return Err(Problem::TooLarge);
                }
                body.extend(part.to_vec());
            }
        }
        Ok(Answer {
            status: response.status(),
            again_in,
            body,
        })
    }
}

/// Asks IANA for the current list of registries. No name is part of it.
///
/// # Errors
/// One sentence.
pub async fn registries() -> Result<Registries, String> {
    let call = Call::new().ok_or("This browser cannot give up requests, so none is made.")?;
    let init = init("GET", web_sys::RequestRedirect::Error);
    match call.send(IANA, &init, PATIENCE).await {
        Ok(answer) if answer.status == 200 => Registries::parse(&answer.body),
        Ok(answer) => Err(format!(
            "IANA answered with status {}. The list that was there is kept; try again later.",
            answer.status
        )),
        Err(problem) => Err(format!("{problem} The list that was there is kept.")),
    }
}

fn init(method: &str, redirect: web_sys::RequestRedirect) -> RequestInit {
    let init = RequestInit::new();
    init.set_method(method);
    init.set_mode(web_sys::RequestMode::Cors);
    init.set_credentials(web_sys::RequestCredentials::Omit);
    init.set_cache(web_sys::RequestCache::NoStore);
    init.set_referrer_policy(web_sys::ReferrerPolicy::NoReferrer);
    init.set_redirect(redirect);
    init
}

/// Waits.
pub async fn sleep(milliseconds: i32) {
    let promise = Promise::new(&mut |resolve, _| {
        after(milliseconds, move || {
            let _ = resolve.call0(&JsValue::UNDEFINED);
        });
    });
    // A promise of ours that is never rejected.
    let _ = JsFuture::from(promise).await;
}

/// Adds a policy to this tab that lets it reach these origins and no other. Policies only add up:
/// it holds until the tab is closed or loaded anew.
///
/// # Errors
/// Where the document does not take it; then nothing may be sent.
pub fn narrow(origins: &[String]) -> Result<(), JsValue> {
    let document = web_sys::window()
        .and_then(|window| window.document())
        .ok_or(JsValue::UNDEFINED)?;
    let meta = document.create_element("meta")?;
    meta.set_attribute("http-equiv", "Content-Security-Policy")?;
    meta.set_attribute("content", &format!("connect-src {}", origins.join(" ")))?;
    document
        .head()
        .ok_or(JsValue::UNDEFINED)?
        .append_child(&meta)?;
    Ok(())
}

/// Where this document comes from.
pub fn own_origin() -> Option<String> {
    web_sys::window()?.location().origin().ok()
}

/// Loads the tab anew: with the policy that it had at first.
pub fn reload() {
    if let Some(window) = web_sys::window() {
        let _ = window.location().reload();
    }
}

/// Calls back when the tab is closed or led away.
pub fn on_leave(callback: impl FnMut() + 'static) {
    if let Some(window) = web_sys::window() {
        let callback = wasm_bindgen::closure::Closure::<dyn FnMut()>::new(callback);
        let function = callback.as_ref().unchecked_ref();
        let _ = window.add_event_listener_with_callback("pagehide", function);
        // It lives as long as the tab.
        callback.forget();
    }
}
