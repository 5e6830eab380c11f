//! What would be sent: exactly which names to which hosts, how many, how long.
//!
//! In: subjects in order of importance, what is switched on, which way it goes, what is known.
//! Out: a [`Plan`], which is both what the user agrees to and all that is asked.
//! Must not know: whether the user agreed.

use crate::bootstrap::{Registries, host, origin};
use crate::memory::Memory;
use crate::queue::{self, Queue, Rate};
use crate::{Problem, Service, Subject, virustotal};
use serde::{Deserialize, Serialize};

/// The most subjects that one plan holds: a day of VirusTotal's public quota.
pub const MOST: usize = virustotal::A_DAY as usize;

/// Which way a question goes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ways {
    /// VirusTotal is asked by the relay, not from this browser.
    pub reputation_by_relay: bool,
    /// Registries are asked by the relay; else straight, and by the relay only where no RDAP is.
    pub registration_by_relay: bool,
    /// The relay's address, `http://127.0.0.1:8080`; empty where there is none.
    pub relay: String,
}

impl Default for Ways {
    fn default() -> Self {
        Self {
            reputation_by_relay: true,
            registration_by_relay: false,
            relay: String::new(),
        }
    }
}

/// One question of a plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Step {
    /// What is asked.
    pub service: Service,
    /// Of what.
    pub subject: Subject,
    /// The address that it is sent to.
    pub address: String,
    /// Whether that is the relay.
    pub by_relay: bool,
}

impl Step {
    /// Whom the relay asks in turn; `None` where no relay is in between. The relay goes by its own
    /// list, which is this one unless it was told otherwise.
    #[must_use]
    pub fn beyond(&self, registries: &Registries) -> Option<String> {
        if !self.by_relay {
            return None;
        }
        if self.service == Service::Reputation {
            return Some("www.virustotal.com".to_owned());
        }
        let rdap = registries.address(&self.subject);
        let rdap = rdap.as_deref().and_then(host);
        let whois = self.subject.tld().and_then(crate::whois::server);
        Some(match (rdap, whois) {
            (Some(rdap), None) => rdap.to_owned(),
            (Some(rdap), Some(whois)) => {
                format!("{rdap}, or where that fails to {whois} (whois, not encrypted)")
            }
            (None, Some(whois)) => format!("{whois} (whois, not encrypted)"),
            (None, None) => "its registry, if it knows one".to_owned(),
        })
    }
}

/// What would be sent.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Plan {
    /// In the order in which they are asked, of each service.
    pub steps: Vec<Step>,
    /// What cannot be asked, and why.
    pub without: Vec<(Service, Subject, Problem)>,
    /// How many are known already and not asked again.
    pub known: usize,
    /// How many were left out because a plan holds no more.
    pub beyond: usize,
}

/// The relay's address for look-ups.
#[must_use]
pub fn relay_address(relay: &str) -> String {
    format!("{}/relay/v1/lookup", relay.trim_end_matches('/'))
}

/// Whether an address can be a relay's: on this machine, and nothing behind the port.
#[must_use]
pub fn is_relay(address: &str) -> bool {
    let local = ["http://127.0.0.1:", "http://localhost:"];
    local.iter().any(|start| {
        address.strip_prefix(start).is_some_and(|port| {
            port.trim_end_matches('/')
                .parse::<u16>()
                .is_ok_and(|port| port > 0)
        })
    })
}

impl Plan {
    /// The plan for subjects, the most important first.
    #[must_use]
    pub fn new(
        subjects: &[Subject],
        services: &[Service],
        ways: &Ways,
        registries: &Registries,
        memory: &Memory,
        now: f64,
    ) -> Self {
        let mut plan = Self::default();
        for service in services {
            let mut asked = 0;
            for subject in subjects {
                if *service == Service::Registration && subject.tld().is_none() {
                    continue;
                }
                if memory.knows(*service, subject, now) {
                    plan.known += 1;
                    continue;
                }
                match route(*service, subject, ways, registries) {
                    Ok(_) if asked == MOST => plan.beyond += 1,
                    Ok((address, by_relay)) => {
                        asked += 1;
                        plan.steps.push(Step {
                            service: *service,
                            subject: subject.clone(),
                            address,
                            by_relay,
                        });
                    }
                    Err(problem) => plan.without.push((*service, subject.clone(), problem)),
                }
            }
        }
        plan
    }

    /// The steps of a service.
    pub fn of(&self, service: Service) -> impl Iterator<Item = &Step> {
        self.steps
            .iter()
            .filter(move |step| step.service == service)
    }

    /// Scheme, host and port of everything asked, sorted: all that may be connected to.
    #[must_use]
    pub fn origins(&self) -> Vec<String> {
        let mut origins: Vec<String> = self
            .steps
            .iter()
            .filter_map(|step| origin(&step.address))
            .map(str::to_owned)
            .collect();
        origins.sort();
        origins.dedup();
        origins
    }

    /// About how many seconds it takes: both services are asked side by side.
    #[must_use]
    pub fn seconds(&self) -> f64 {
        Service::ALL
            .into_iter()
            .map(|service| {
                let count = u32::try_from(self.of(service).count()).unwrap_or(u32::MAX);
                // A second for each answer, beside what the rate makes it wait.
                queue::duration(count, rate(service)).max(f64::from(count))
            })
            .fold(0.0, f64::max)
    }
}

/// An empty queue for a service.
#[must_use]
pub fn queue(service: Service) -> Queue {
    match service {
        // One server: when it is down, the next question meets the same.
        Service::Reputation => Queue::new(rate(service)).of_one_server(),
        Service::Registration => Queue::new(rate(service)),
    }
}

/// The rate of a service.
#[must_use]
pub fn rate(service: Service) -> Rate {
    match service {
        Service::Reputation => queue::VIRUSTOTAL,
        Service::Registration => queue::REGISTRIES,
    }
}

fn route(
    service: Service,
    subject: &Subject,
    ways: &Ways,
    registries: &Registries,
) -> Result<(String, bool), Problem> {
    let relay = || (relay_address(&ways.relay), true);
    let has_relay = is_relay(&ways.relay);
    match service {
        Service::Reputation if !ways.reputation_by_relay => Ok((
            format!("{}{}", virustotal::BASE, virustotal::path(subject)),
            false,
        )),
        Service::Reputation if has_relay => Ok(relay()),
        Service::Reputation => Err(Problem::Relay {
            why: "no relay is set. Start `wakeful serve` and enter its address.".to_owned(),
        }),
        Service::Registration if ways.registration_by_relay && has_relay => Ok(relay()),
        Service::Registration => match registries.address(subject) {
            Some(address) => Ok((address, false)),
            None if has_relay => Ok(relay()),
            None => Err(Problem::NotSupported {
                tld: subject.tld().unwrap_or_default().to_owned(),
                by_relay: crate::whois::server(subject.tld().unwrap_or_default()).is_some(),
            }),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn subjects() -> Vec<Subject> {
        ["evil.com", "evil.de", "8.8.8.8"]
            .iter()
            .filter_map(|text| Subject::of(text))
            .collect()
    }

    fn plan(services: &[Service], ways: &Ways) -> Plan {
        Plan::new(
            &subjects(),
            services,
            ways,
            &Registries::shipped(),
            &Memory::default(),
            0.0,
        )
    }

    #[test]
    fn nothing_switched_on_is_nothing_sent() {
        assert_eq!(plan(&[], &Ways::default()), Plan::default());
    }

    #[test]
    fn each_service_goes_its_own_way() {
        let ways = Ways {
            relay: "http://127.0.0.1:8080".into(),
            ..Ways::default()
        };
        let plan = plan(&Service::ALL, &ways);
        let sent: Vec<(String, &str)> = plan
            .steps
            .iter()
            .map(|step| (step.subject.to_string(), step.address.as_str()))
            .collect();
        let relay = "http://127.0.0.1:8080/relay/v1/lookup";
        assert_eq!(
            sent,
            [
                ("evil.com".into(), relay),
                ("evil.de".into(), relay),
                ("8.8.8.8".into(), relay),
                (
                    "evil.com".into(),
                    "https://rdap.verisign.com/com/v1/domain/evil.com"
                ),
                ("evil.de".into(), relay),
            ]
        );
        assert_eq!(
            plan.origins(),
            ["http://127.0.0.1:8080", "https://rdap.verisign.com"]
        );
    }

    #[test]
    fn whom_a_relay_asks_in_turn_is_named() {
        let ways = Ways {
            relay: "http://127.0.0.1:8080".into(),
            registration_by_relay: true,
            ..Ways::default()
        };
        let plan = plan(&Service::ALL, &ways);
        let list = Registries::shipped();
        let beyond: Vec<Option<String>> =
            plan.steps.iter().map(|step| step.beyond(&list)).collect();
        assert_eq!(beyond[0].as_deref(), Some("www.virustotal.com"));
        assert_eq!(beyond[3].as_deref(), Some("rdap.verisign.com"));
        assert_eq!(
            beyond[4].as_deref(),
            Some("whois.denic.de (whois, not encrypted)")
        );
        let straight = Step {
            by_relay: false,
            ..plan.steps[0].clone()
        };
        assert_eq!(straight.beyond(&list), None);
    }

    #[test]
    fn without_a_relay_what_needs_one_is_named_and_not_sent() {
        let plan = plan(&Service::ALL, &Ways::default());
        assert_eq!(plan.steps.len(), 1);
        assert_eq!(plan.without.len(), 4);
        assert!(plan.without.iter().any(|(_, subject, problem)| {
            subject.to_string() == "evil.de"
                && *problem
                    == Problem::NotSupported {
                        tld: "de".into(),
                        by_relay: true,
                    }
        }));
    }

    #[test]
    fn a_relay_is_on_this_machine() {
        assert!(is_relay("http://127.0.0.1:8080") && is_relay("http://localhost:9/"));
        for address in [
            "",
            "http://127.0.0.1",
            "http://127.0.0.1:8080/x",
            "http://relay.example:80",
            "http://127.0.0.1:8080@evil.com",
            "https://127.0.0.1:1",
            "http://127.0.0.1:0",
        ] {
            assert!(!is_relay(address), "{address}");
        }
    }

    #[test]
    fn forty_names_at_virustotal_take_nine_minutes() {
        let subjects: Vec<Subject> = (0..40)
            .filter_map(|n| Subject::domain(&format!("d{n}.com")))
            .collect();
        let ways = Ways {
            reputation_by_relay: false,
            ..Ways::default()
        };
        let list = Registries::shipped();
        let plan = Plan::new(
            &subjects,
            &[Service::Reputation],
            &ways,
            &list,
            &Memory::default(),
            0.0,
        );
        assert!((plan.seconds() - 540.0).abs() < 1.0);
    }
}
