//! Scores to findings: one detector a file, its documentation at its top.
//!
//! In: an [`Analysis`]. Out: findings with their reasons, ranked. Must not know: files, pages.

pub mod answer_meter;
pub mod baseline;
pub mod beacon;
pub mod behaviour;
pub mod context;
mod counterfactual;
pub mod dga;
pub mod dns_beacon;
pub mod dns_tunnel;
pub mod encrypted_dns;
mod explain;
pub mod fast_flux;
pub mod fingerprints;
pub mod flow_tunnel;
mod fold;
pub mod foreign_resolver;
pub mod harmless;
pub mod heavy_dns;
mod hidden;
pub mod icmp_tunnel;
mod incident;
pub mod leak;
pub mod log_notes;
pub mod long_connection;
pub mod many_domains;
pub mod new_domains;
pub mod not_dns;
mod pages;
mod parts;
mod reversed;
pub mod rhythm;
pub mod roles;
mod rotation;
mod rule;
pub mod scene;
mod services;
mod surroundings;
#[cfg(test)]
mod testing;
mod together;
pub mod unconnected;
pub mod upload;

use crate::Analysis;
use crate::Place;
use crate::analysis::{Ends, Seen};
use crate::channels::dns::DnsChannel;
use crate::channels::flow::{FlowChannel, FlowClass};
use crate::channels::{Interval, Places};
use crate::features::FeatureList;
use crate::models::{BANDS, Model};
use crate::order;
use crate::report::{Finding, LeakBudget, NewDomains, Note, Severity};
pub(crate) use leak::{Texts, bits_of_bytes, measure_bytes};
pub use pages::{Page, pages};
use roles::Roles;
pub use scene::Scene;
use surroundings::Surroundings;

/// A finding and where its records lie.
#[derive(Debug, Clone, PartialEq)]
pub struct Detection {
    /// For the report.
    pub finding: Finding,
    /// The first of its records.
    pub places: Vec<Place>,
    /// What it is about.
    pub about: About,
    /// Of a beacon, the domain that it is kept with, where that is known.
    pub service: Option<String>,
}

/// What of an analysis a finding is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum About {
    /// A DNS channel, by its number.
    Channel(u32),
    /// A flow channel, by its class and number.
    Flows(FlowClass, u32),
    /// More than one channel: a client, or a client and a server.
    Client,
}

/// What all detectors say of an analysis.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Detected {
    /// Ranked: by score, then by name, so that the order does not depend on that of the inputs.
    pub detections: Vec<Detection>,
    /// What a reader should know of the logs themselves.
    pub notes: Vec<Note>,
    /// What all channels could have carried out.
    pub leaks: LeakBudget,
    /// Domains that are new and rare.
    pub new_domains: NewDomains,
}

/// Runs every detector, folds what belongs together, and ranks what remains.
#[must_use]
pub fn detect(analysis: &Analysis) -> Detected {
    Detecting::new(analysis).prepared().finish()
}

/// [`detect`] in steps: to code names takes a third of it, and another can do that ([`Texts`]) meanwhile.
pub(crate) struct Detecting<'a> {
    scene: Scene<'a>,
    roles: Roles<'a>,
}

/// All that rests on no code lengths.
pub(crate) struct Prepared<'a> {
    scene: Scene<'a>,
    roles: Roles<'a>,
    looked: dns_tunnel::Looked,
    /// What those found that do not ask for the leak meter.
    others: Vec<Detection>,
}

impl<'a> Detecting<'a> {
    pub(crate) fn new(analysis: &'a Analysis) -> Self {
        let scene = Scene::new(analysis);
        let roles = Roles::new(&scene);
        Self { scene, roles }
    }

    /// What another can measure.
    pub(crate) fn texts(&self) -> Texts<'a> {
        Texts::new(&self.scene)
    }

    /// Looks at all channels.
    pub(crate) fn prepared(self) -> Prepared<'a> {
        let (scene, roles, analysis) = (&self.scene, &self.roles, self.scene.analysis);
        let looked = dns_tunnel::Looked::at(scene, roles, dns_tunnel::model());
        let mut others = Vec::new();
        others.extend(flow_tunnel::detect(analysis, flow_tunnel::model()));
        others.extend(not_dns::detect(scene));
        others.extend(icmp_tunnel::detect(scene));
        others.extend(heavy_dns::detect(scene, roles));
        others.extend(foreign_resolver::detect(scene, roles));
        others.extend(encrypted_dns::detect(scene, roles));
        others.extend(fast_flux::detect(scene));
        others.extend(dga::detect(scene, roles));
        others.extend(many_domains::detect(scene, roles));
        others.extend(beacon::detect(scene));
        others.extend(dns_beacon::detect(scene, roles));
        Prepared {
            scene: self.scene,
            roles: self.roles,
            looked,
            others,
        }
    }
}

impl Prepared<'_> {
    /// Takes what another measured.
    pub(crate) fn take(&self, texts: &Texts<'_>, bits: &[f64]) {
        texts.give(&self.scene, bits);
    }

    /// The rest, and all put together.
    pub(crate) fn finish(self) -> Detected {
        let (scene, roles) = (self.scene, self.roles);
        let model = dns_tunnel::model();
        let mut detections = dns_tunnel::verdicts(&scene, &roles, model, self.looked);
        detections.extend(self.others);
        services::explain(&scene, &roles, &mut detections);
        let detections = services::gather(fold::fold(&scene, detections));
        let mut detections = incident::gather(&roles, detections);
        let mut surroundings = Surroundings::new(&scene, &roles, &detections);
        for detection in &mut detections {
            surroundings.tell(detection);
        }
        order::by(&mut detections, |a, b| {
            let (a, b) = (&a.finding, &b.finding);
            b.score.total_cmp(&a.score).then_with(|| {
                (&a.kind, &a.client, &a.domain, &a.peer)
                    .cmp(&(&b.kind, &b.client, &b.domain, &b.peer))
            })
        });
        Detected {
            new_domains: new_domains::list(&scene, &roles, &detections),
            detections,
            notes: log_notes::notes(&scene, &roles),
            leaks: leak::budget(&scene),
        }
    }
}

/// Whether a detector can run on logs that have certain columns.
pub(crate) struct Readiness {
    /// Its name.
    pub(crate) name: &'static str,
    /// Its title.
    pub(crate) title: &'static str,
    /// Why it cannot run.
    pub(crate) missing: Option<String>,
    /// What it has to do without.
    pub(crate) without: Option<String>,
}

/// Every detector that has a page: those that make findings, and those that only say something of them.
pub(crate) fn readiness(seen: &Seen) -> Vec<Readiness> {
    let of = |name, title, missing, without| Readiness {
        name,
        title,
        missing,
        without,
    };
    macro_rules! of {
        ($detector:ident) => {
            of(
                $detector::KIND,
                $detector::TITLE,
                $detector::missing(seen),
                None,
            )
        };
        ($detector:ident, without) => {
            of(
                $detector::KIND,
                $detector::TITLE,
                $detector::missing(seen),
                $detector::without(seen),
            )
        };
    }
    vec![
        of!(dns_tunnel, without),
        of!(fingerprints),
        of!(flow_tunnel, without),
        of!(not_dns),
        of!(icmp_tunnel),
        of!(heavy_dns, without),
        of!(foreign_resolver, without),
        of!(encrypted_dns),
        of!(fast_flux),
        of!(dga, without),
        of!(many_domains),
        of!(beacon, without),
        of!(long_connection),
        of!(upload),
        of!(dns_beacon, without),
        of!(leak, without),
        of!(answer_meter, without),
        of!(baseline, without),
        of!(new_domains),
        of!(rhythm, without),
        of!(behaviour, without),
        of!(unconnected, without),
    ]
}

/// The severity of a score; `None` below what is worth a line.
#[must_use]
pub fn severity(score: f64) -> Option<Severity> {
    Severity::WORST_FIRST
        .into_iter()
        .zip(BANDS.iter().rev())
        .find(|(_, band)| score >= **band)
        .map(|(severity, _)| severity)
}

/// Reads an embedded model.
///
/// # Panics
/// Where the file in the source tree does not fit the source: a fault of the build, which a test
/// of this crate finds, and not of any input.
#[allow(clippy::panic)]
fn embedded(name: &str, bytes: &[u8], list: &FeatureList) -> Model {
    Model::parse(bytes, list).unwrap_or_else(|error| panic!("models/{name}.model: {error}"))
}

/// What a detector says of a channel that it found.
struct Found<'a> {
    kind: &'static str,
    client: &'a [u8],
    domain: Option<&'a [u8]>,
    peer: Option<&'a [u8]>,
    records: u64,
    interval: Interval,
    places: &'a Places,
    attack: &'static [&'static str],
    about: About,
}

impl<'a> Found<'a> {
    /// Of a DNS channel.
    fn of_channel(
        kind: &'static str,
        ends: &Ends<'a, DnsChannel>,
        attack: &'static [&'static str],
    ) -> Self {
        Self {
            kind,
            client: ends.client,
            domain: Some(ends.other),
            peer: None,
            records: ends.channel.records,
            interval: ends.channel.interval,
            places: &ends.channel.places,
            attack,
            about: About::Channel(ends.id),
        }
    }

    /// Of a flow channel of a class.
    fn of_flows(
        kind: &'static str,
        class: FlowClass,
        ends: &Ends<'a, FlowChannel>,
        attack: &'static [&'static str],
    ) -> Self {
        Self {
            kind,
            client: ends.client,
            domain: None,
            peer: Some(ends.other),
            records: ends.channel.records,
            interval: ends.channel.interval,
            places: &ends.channel.places,
            attack,
            about: About::Flows(class, ends.id),
        }
    }

    fn detection(
        &self,
        severity: Severity,
        score: f64,
        reasons: Vec<crate::report::Reason>,
    ) -> Detection {
        let seconds = |time: Option<i64>| time.map(|micros| micros as f64 / 1e6);
        let other = self.domain.or(self.peer).unwrap_or_default();
        Detection {
            finding: Finding {
                id: id(&[self.kind.as_bytes(), self.client, other]),
                kind: self.kind.to_owned(),
                severity,
                score,
                client: shown(self.client),
                domain: self.domain.map(shown),
                peer: self.peer.map(shown),
                first: seconds(self.interval.first),
                last: seconds(self.interval.last),
                records: self.records,
                attack: self
                    .attack
                    .iter()
                    .map(|&technique| technique.to_owned())
                    .collect(),
                reasons,
                ..Finding::default()
            },
            places: self.places.all(),
            about: self.about,
            service: None,
        }
    }
}

/// FNV-1a over the parts (64 bits), as 16 hexadecimal digits.
fn id(parts: &[&[u8]]) -> String {
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    for part in parts {
        for &byte in part.iter().chain(b"\n") {
            hash = (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3);
        }
    }
    format!("{hash:016x}")
}

/// Text as Zeek writes it: a byte that is not printable ASCII as `\xHH`.
#[must_use]
pub fn shown(text: &[u8]) -> String {
    let mut out = String::with_capacity(text.len());
    for &byte in text {
        if (0x20..0x7f).contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("\\x{byte:02x}"));
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_detectors_title_is_that_of_its_page() {
        for of in readiness(&Seen::default()) {
            let page = pages().iter().find(|page| page.name == of.name);
            assert_eq!(page.map(Page::title), Some(of.title));
        }
    }

    #[test]
    fn every_page_has_a_detector_that_says_whether_it_could_run() {
        let all = readiness(&Seen::default());
        assert!(all.iter().all(|of| of.missing.is_some()));
        let mut names: Vec<&str> = all.iter().map(|of| of.name).collect();
        names.sort_unstable();
        let pages: Vec<&str> = pages().iter().map(|page| page.name).collect();
        assert_eq!(names, pages);
    }

    #[test]
    fn what_a_log_lacks_is_said_of_each_detector_that_needs_it() {
        let rows = Seen {
            dns: 9,
            dns_ts: 9,
            queries: 9,
            qtypes: 9,
            rcodes: 9,
            answers: 9,
            dns_uids: 9,
            conn: 9,
            conn_ts: 9,
            ends: 9,
            bytes: 9,
            packets: 9,
            histories: 9,
            services: 9,
            conn_uids: 9,
        };
        let silent = |seen: Seen| -> Vec<&str> {
            let all = readiness(&seen).into_iter();
            all.filter(|of| of.missing.is_some())
                .map(|of| of.name)
                .collect()
        };
        let lesser = |seen: Seen| -> Vec<&str> {
            let all = readiness(&seen).into_iter();
            all.filter(|of| of.missing.is_none() && of.without.is_some())
                .map(|of| of.name)
                .collect()
        };
        assert!(silent(rows).is_empty() && lesser(rows).is_empty());
        let dns_alone = Seen {
            conn: 0,
            conn_ts: 0,
            ends: 0,
            bytes: 0,
            packets: 0,
            histories: 0,
            services: 0,
            conn_uids: 0,
            ..rows
        };
        assert!(lesser(dns_alone).is_empty());
        assert_eq!(
            silent(dns_alone),
            [
                "flow-tunnel",
                "not-dns",
                "icmp-tunnel",
                "heavy-dns",
                "encrypted-dns",
                "beacon",
                "long-connection",
                "upload",
                "unconnected"
            ]
        );
        let conn_alone = Seen {
            dns: 0,
            dns_ts: 0,
            queries: 0,
            qtypes: 0,
            rcodes: 0,
            answers: 0,
            dns_uids: 0,
            ..rows
        };
        assert_eq!(
            silent(conn_alone),
            [
                "dns-tunnel",
                "fingerprints",
                "fast-flux",
                "dga",
                "many-domains",
                "dns-beacon",
                "leak",
                "answer-meter",
                "baseline",
                "new-domains",
                "unconnected"
            ]
        );
        assert_eq!(lesser(conn_alone), ["heavy-dns", "foreign-resolver"]);
        let timeless = Seen {
            dns_ts: 0,
            conn_ts: 0,
            ..rows
        };
        assert_eq!(
            silent(timeless),
            [
                "beacon",
                "long-connection",
                "upload",
                "dns-beacon",
                "new-domains",
                "rhythm"
            ]
        );
        assert_eq!(
            lesser(timeless),
            [
                "dns-tunnel",
                "heavy-dns",
                "dga",
                "leak",
                "answer-meter",
                "baseline",
                "behaviour",
                "unconnected"
            ]
        );
    }
}
