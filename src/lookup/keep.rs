//! What is kept of the user's choices, in this tab's session or, where asked for, for good.
//!
//! In and out: choices. Must not know: names that were looked up; none is ever stored.

use wakeful_lookup::Service;
use wakeful_lookup::plan::Ways;
use wakeful_lookup::queue::Spent;

/// How a service is switched.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Switch {
    /// Nothing is asked.
    Off,
    /// On until this tab is closed.
    Session,
    /// On in this browser until it is switched off.
    Good,
}

/// All choices.
#[derive(Debug, Clone, PartialEq)]
pub struct Choices {
    pub reputation: Switch,
    pub registration: Switch,
    pub ways: Ways,
    /// VirusTotal's key; empty without one.
    pub key: String,
    /// Whether the key is kept for good.
    pub keep_key: bool,
}

impl Choices {
    /// The switch of a service.
    pub fn switch(&self, service: Service) -> Switch {
        match service {
            Service::Reputation => self.reputation,
            Service::Registration => self.registration,
        }
    }

    /// The services that are on.
    pub fn services(&self) -> Vec<Service> {
        Service::ALL
            .into_iter()
            .filter(|service| self.switch(*service) != Switch::Off)
            .collect()
    }

    /// As they were kept; all off where nothing was.
    pub fn load() -> Self {
        let key = read("key");
        Self {
            reputation: switch_of(Service::Reputation),
            registration: switch_of(Service::Registration),
            ways: Ways {
                reputation_by_relay: read("reputation-straight").is_none(),
                registration_by_relay: read("registration-by-relay").is_some(),
                relay: read("relay").map_or_else(own_relay, |(relay, _)| relay),
            },
            keep_key: matches!(key, Some((_, Switch::Good))),
            key: key.map(|(key, _)| key).unwrap_or_default(),
        }
    }

    /// Keeps them.
    pub fn save(&self) {
        for service in Service::ALL {
            write(service.name(), "on", self.switch(service));
        }
        let on = |on: bool| if on { Switch::Good } else { Switch::Off };
        write(
            "reputation-straight",
            "on",
            on(!self.ways.reputation_by_relay),
        );
        write(
            "registration-by-relay",
            "on",
            on(self.ways.registration_by_relay),
        );
        write("relay", &self.ways.relay, Switch::Good);
        let key = match (self.key.is_empty(), self.keep_key) {
            (true, _) => Switch::Off,
            (false, true) => Switch::Good,
            (false, false) => Switch::Session,
        };
        write("key", &self.key, key);
    }
}

/// The server of this page, where it is on this machine: `wakeful serve` is page and relay in one.
fn own_relay() -> String {
    super::net::own_origin()
        .filter(|origin| wakeful_lookup::plan::is_relay(origin))
        .unwrap_or_default()
}

fn switch_of(service: Service) -> Switch {
    read(service.name()).map_or(Switch::Off, |(_, switch)| switch)
}

/// Keeps a text for this session or across sessions in this tab; used for the list of registries.
pub fn keep_for_session(name: &str, text: &str) {
    write(name, text, Switch::Session);
}

/// How many questions were asked, and when the last ones: the quota of a day and of a minute counts
/// them over a reload and in the next tab. Numbers alone, no name.
pub fn keep_spent(service: Service, spent: &Spent) {
    if let Ok(text) = serde_json::to_string(spent) {
        write(&format!("asked.{}", service.name()), &text, Switch::Good);
    }
}

/// What was kept by [`keep_spent`]; nothing where it cannot be read.
pub fn spent(service: Service) -> Spent {
    read(&format!("asked.{}", service.name()))
        .and_then(|(text, _)| serde_json::from_str(&text).ok())
        .unwrap_or_default()
}

/// What was kept under a name, and for how long.
pub fn read(name: &str) -> Option<(String, Switch)> {
    let name = format!("wakeful.lookup.{name}");
    let window = web_sys::window()?;
    let of = |storage: Option<web_sys::Storage>| storage?.get_item(&name).ok().flatten();
    of(window.session_storage().ok().flatten())
        .map(|text| (text, Switch::Session))
        .or_else(|| of(window.local_storage().ok().flatten()).map(|text| (text, Switch::Good)))
}

fn write(name: &str, text: &str, switch: Switch) {
    let name = format!("wakeful.lookup.{name}");
    let Some(window) = web_sys::window() else {
        return;
    };
    let session = window.session_storage().ok().flatten();
    let local = window.local_storage().ok().flatten();
    for (storage, here) in [(session, Switch::Session), (local, Switch::Good)] {
        let Some(storage) = storage else { continue };
        // Where storage is full or switched off, a choice lasts as long as the tab.
        let _ = if switch == here {
            storage.set_item(&name, text)
        } else {
            storage.remove_item(&name)
        };
    }
}
