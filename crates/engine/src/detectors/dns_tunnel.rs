//! # DNS tunnel
//!
//! **Sees** a client and a registered domain (by the public suffix list) whose queries look as if
//! they carried data: many different, long, evenly spread names, record types with room in the
//! answer.
//!
//! **Matters** because DNS leaves almost every network: tunnels (iodine, dnscat2, dns2tcp), command
//! and control, and exfiltration use it when nothing else gets out. ATT&CK T1071.004 and T1572.
//!
//! **Formula** A logistic regression over the list `dns-channel/2` ([`crate::features::dns`]):
//! p = σ(a · (Σ wᵢ · clip((xᵢ − μᵢ) / σᵢ) + b) + c), Platt-calibrated on tools and networks that
//! were left out of the fit. The cuts of the severities are quantiles of benign channels, with a
//! least probability each (see the model's card).
//! - *Few queries*: below eight no alert, below five nothing, unless a rule proves a tool.
//! - *No alert* where names are addresses turned round, or every answer is in 127.0.0.0/8 (block lists, RFC 5782); where a
//!   resolver asks as many machines do that know nothing of each other (half an hour and more; by the local variation of its pauses
//!   neither a clock nor sessions), up to four times what the meters let pass. Whatever the meters say: where hosts' names have their
//!   addresses in them, telephone numbers are asked for (RFC 6116), hosts of a site's own (no
//!   public suffix, asked of a server inside that others ask too) have an inside address each, names are the client's others with a search list's domain behind
//!   them and do not exist, or the client connects to the addresses that it is given, once for two names or more often.
//! - *Medium at most* where names differ in numbers that only grow (counters and times, against caches), where they are words that
//!   come by the second and hardly exist, where other hosts have inside addresses, where fewer than eight queries
//!   carry more in four names than the longest digest, and where ten clients or more, a third of all, do alike: a service, and no tool.
//! - *Alerts of others*: by the leak meter, the answer meter, and names whose addresses nobody connects to (see their pages); by
//!   addresses in answers that no host can have: medium from three different beginnings on, high from six.
//! - *Hidden*: twenty names or more that carry bytes are judged by themselves where they are asked for once each among hosts that are asked
//!   for again and again; so are all names where each is asked for once for A and once for AAAA.
//! - *Together*: several clients with too little to be judged, each with names of its own, medium at most; IPv6 addresses that one machine
//!   has in turn, as the one client that they are.
//!
//! Of four clients or more that are alerts under one domain the strongest is shown for all.
//!
//! **Set off falsely** by look-ups that are tunnels in form: antivirus and block-list services that
//! write hashes into names, telemetry with identifiers, some content networks.
//!
//! **Example** 4,774 names such as `5d2301…409a.2040…77d.tunnel.example` from one client, type
//! CNAME: critical.

use super::baseline::{Baseline, Baselines};
use super::counterfactual::counterfactuals;
use super::explain::reasons;
use super::fingerprints::no_hosts;
use super::parts::parts;
use super::roles::Roles;
use super::unconnected::{self, Meetings, Unmet};
use super::{
    Detection, Found, Scene, answer_meter, embedded, fingerprints, harmless, hidden, leak,
    reversed, rule, severity, shown, together,
};
use crate::analysis::{Ends, Seen};
use crate::channels::dns::DnsChannel;
use crate::features::Unit;
use crate::features::dns::{COUNT, LIST, vector};
use crate::models::{BANDS, Model};
use crate::report::{Counterfactual, Leak, Proof, Rhythm, Severity};
use rustc_hash::FxHashMap;
use std::sync::LazyLock;

/// The kind of its findings.
pub const KIND: &str = "dns-tunnel";
/// Its title: that of its page.
pub(super) const TITLE: &str = "DNS tunnel";

/// Fewer rows, or fewer distinct names, say too little.
const MIN_RECORDS: u64 = 5;
const MIN_NAMES: u64 = 4;

/// The most that a score can be that is no alert.
pub(super) const NO_ALERT: f64 = BANDS[2] - 0.01;

/// The embedded model's file.
pub static MODEL: &[u8] = include_bytes!("../../models/dns-tunnel.model");

/// The embedded model.
///
/// # Panics
/// As [`embedded`] does: never with the files of the source tree.
#[must_use]
pub fn model() -> &'static Model {
    static PARSED: LazyLock<Model> = LazyLock::new(|| embedded("dns-tunnel", MODEL, &LIST));
    &PARSED
}

/// Why it cannot run, where it cannot.
#[must_use]
pub fn missing(seen: &Seen) -> Option<String> {
    rule::dns_missing(seen).or_else(|| {
        (seen.queries == 0)
            .then(|| "No row of dns.log has both a client (id.orig_h) and a query.".to_owned())
    })
}

/// What it has to do without.
#[must_use]
pub fn without(seen: &Seen) -> Option<String> {
    let what = match seen {
        seen if seen.qtypes == 0 => {
            "The log has no record types (qtype): what they would show is missing."
        }
        seen if seen.answers == 0 => "The log has no answers: only what was asked is judged.",
        seen if seen.dns_ts == 0 => "The log has no times (ts): rates and rhythm are unknown.",
        _ => return None,
    };
    Some(what.to_owned())
}

/// Whether a channel has enough rows and names to be judged.
#[must_use]
pub fn is_candidate(channel: &DnsChannel) -> bool {
    channel.records >= MIN_RECORDS && channel.names.count >= MIN_NAMES
}

/// Whether a rule proves a tool in fewer rows than the model needs: what a rule asks for is names.
fn is_proved_early(scene: &Scene<'_>, ends: &Ends<'_, DnsChannel>) -> bool {
    ends.channel.records < MIN_RECORDS
        && !fingerprints::proofs(ends.channel, scene.names(ends.id)).is_empty()
}

/// Channels that may be worth a line, and what is told of them without the leak meter.
pub(super) struct Looked {
    candidates: Vec<u32>,
    vectors: Vec<[f64; COUNT]>,
    /// By the model.
    scores: Vec<f64>,
    proofs: Vec<Vec<Proof>>,
}

impl Looked {
    /// At all channels.
    pub(super) fn at(scene: &Scene<'_>, roles: &Roles<'_>, model: &Model) -> Self {
        let candidates: Vec<&Ends<'_, DnsChannel>> = scene
            .dns
            .iter()
            .filter(|ends| {
                is_candidate(ends.channel)
                    || answer_meter::is_candidate(scene, roles, ends)
                    || unconnected::gives_data(ends)
                    || is_proved_early(scene, ends)
            })
            .collect();
        let vectors: Vec<[f64; COUNT]> = candidates
            .iter()
            .map(|ends| vector(ends.channel, ends.other_clients))
            .collect();
        let proofs = candidates
            .iter()
            .map(|ends| fingerprints::proofs(ends.channel, scene.names(ends.id)));
        Self {
            proofs: proofs.collect(),
            candidates: candidates.iter().map(|ends| ends.id).collect(),
            scores: model.scores(&vectors),
            vectors,
        }
    }
}

/// All findings, in no order: every channel that the model or a rule finds worth a line.
#[must_use]
pub fn detect(scene: &Scene<'_>, roles: &Roles<'_>, model: &Model) -> Vec<Detection> {
    verdicts(scene, roles, model, Looked::at(scene, roles, model))
}

/// [`detect`], of what was looked at.
pub(super) fn verdicts(
    scene: &Scene<'_>,
    roles: &Roles<'_>,
    model: &Model,
    looked: Looked,
) -> Vec<Detection> {
    let Looked {
        candidates,
        mut vectors,
        mut scores,
        proofs,
    } = looked;
    let ends = |channel: &u32| &scene.dns[*channel as usize];
    let candidates: Vec<&Ends<'_, DnsChannel>> = candidates.iter().map(ends).collect();
    let judged = candidates.iter().copied().zip(vectors.iter().copied());
    let baselines = Baselines::of_vectors(scene, roles, model, judged);
    for ((ends, vector), score) in candidates.iter().zip(&vectors).zip(&mut scores) {
        if let Some(own) = baselines.of(ends.client_id) {
            *score = own.model.score(vector);
        }
    }
    let mut hidden = FxHashMap::default();
    for ((ends, vector), score) in candidates.iter().zip(&mut vectors).zip(&mut scores) {
        if *score > NO_ALERT || roles.role(ends.client_id).is_some() {
            continue;
        }
        if let Some((alone, names)) = hidden::vector(scene, ends) {
            let by_itself = model.score(&alone);
            if by_itself > NO_ALERT {
                (*vector, *score) = (alone, by_itself);
                hidden.insert(ends.id, names);
            }
        }
    }
    let meetings = Meetings::new(scene);
    let unmet = Unmet::new(
        scene,
        roles,
        candidates
            .iter()
            .copied()
            .filter(|ends| !roles.is_resolver(ends.client_id)),
    );
    let mut detections: Vec<Detection> = candidates
        .iter()
        .zip(vectors.iter().zip(scores).zip(proofs))
        .filter_map(|(ends, ((vector, score), proofs))| {
            let judged = Judged {
                scene,
                ends,
                vector,
                score,
                hidden: hidden.get(&ends.id).copied(),
                baselines: &baselines,
                roles,
                meetings: &meetings,
            };
            verdict(&judged, proofs, &unmet, model)
        })
        .collect();
    together::add((scene, roles, &meetings), model, &mut detections);
    detections
}

/// A channel with what its verdict rests on.
struct Judged<'s, 'a> {
    scene: &'s Scene<'a>,
    ends: &'s Ends<'a, DnsChannel>,
    vector: &'s [f64],
    /// The model's score of it.
    score: f64,
    /// So many names alone, which others hide.
    hidden: Option<u64>,
    /// What is usual for whom.
    baselines: &'s Baselines<'s, 'a>,
    roles: &'s Roles<'a>,
    meetings: &'s Meetings<'s, 'a>,
}

/// The verdict on a channel: the model's score, bounded from below by what a rule proves, with the
/// parts, what could have left, when it came, and what would have made it no alert. `proofs` are those of tools.
fn verdict(
    judged: &Judged<'_, '_>,
    proofs: Vec<Proof>,
    unmet: &Unmet,
    model: &Model,
) -> Option<Detection> {
    let weighed = judged.weighed(proofs, unmet);
    let severity = severity(weighed.score())?;
    Some(judged.told(weighed, severity, model))
}

/// What a channel's score rests on.
struct Weighed {
    /// The model's score, as far as nothing harmless explains it.
    by_model: f64,
    proofs: Vec<Proof>,
    /// Why it is no alert by the model, or less of one.
    mild: Option<&'static str>,
    /// What the leak meter lets pass, bytes a day.
    limit: f64,
    /// The same of the answer meter.
    let_pass: f64,
}

impl Weighed {
    fn score(&self) -> f64 {
        let proved = self.proofs.iter().map(|proof| proof.at_least);
        proved.fold(self.by_model, f64::max)
    }
}

impl Judged<'_, '_> {
    /// Holds the model's score against what rules and meters prove, and both against what is known to be harmless.
    fn weighed(&self, mut proofs: Vec<Proof>, unmet: &Unmet) -> Weighed {
        let Judged {
            scene,
            ends,
            score,
            baselines,
            roles,
            meetings,
            ..
        } = *self;
        let channel = ends.channel;
        let names = scene.names(ends.id);
        let mut limit = leak::limit(scene, ends);
        let mut above = leak::proof(scene, ends);
        if above.is_some() && roles.role(ends.client_id).is_some() {
            limit = baselines.limit(ends);
            above = leak::proof_above(limit, scene, ends);
        }
        // Asked of few channels: of those that would be alerts.
        let of_messages = (above.is_some() || score > NO_ALERT)
            && says_nothing(channel)
            && baselines.in_step(ends);
        above = above.filter(|_| !of_messages);
        let mut given = answer_meter::proof(scene, roles, baselines, meetings, ends);
        let looks_like_data = score > NO_ALERT || above.is_some() || given.is_some();
        let harmless = looks_like_data.then(|| {
            harmless::of_names(ends, names)
                .or_else(|| harmless::of_scene(scene, roles, ends, meetings))
                .or_else(|| harmless::of_many(roles, ends))
                .or_else(|| harmless::of_sums(scene, roles, ends))
                .or_else(|| harmless::of_numbers(score, names))
        });
        let harmless = harmless.flatten();
        let times = harmless.map_or(1.0, |sign| sign.times);
        limit *= times;
        if times > 1.0 {
            above = above.and_then(|_| leak::proof_above(limit, scene, ends));
            given = given.filter(|given| answer_meter::measure(channel) >= given.1 * times);
        }
        proofs.extend(above);
        let let_pass = given.as_ref().map_or(0.0, |given| given.1 * times);
        proofs.extend(given.map(|given| given.0));
        let wanted = |_: &Proof| !reversed::are_reversed(names) && !harmless::are_verdicts(channel);
        proofs.extend(unmet.proof(scene, ends).filter(wanted));
        let mild = harmless.map(|sign| sign.text);
        let mild = mild.or(of_messages.then_some(IN_STEP));
        let most = harmless.map_or(NO_ALERT, |sign| sign.most);
        let explains = score > most || times > 1.0;
        let mild = mild.filter(|_| explains);
        let by_model = if mild.is_some() {
            score.min(most)
        } else {
            score
        };
        Weighed {
            by_model,
            proofs,
            mild,
            limit,
            let_pass,
        }
    }

    /// The finding.
    fn told(&self, weighed: Weighed, severity: Severity, model: &Model) -> Detection {
        let Judged {
            scene,
            ends,
            vector,
            hidden,
            ..
        } = *self;
        let Weighed {
            by_model,
            ref proofs,
            mild,
            limit,
            let_pass,
        } = weighed;
        let baseline = self.baselines.of(ends.client_id);
        let model = baseline.map_or(model, |own| &own.model);
        let leak = scene.leak(ends.id);
        let explained = model.explain(vector);
        let found = Found::of_channel(KIND, ends, &["T1071.004", "T1572"]);
        let mut reasons = reasons(model, &LIST, vector, &explained);
        if let Some(own) = baseline {
            own.name(&mut reasons);
        }
        let mut detection = found.detection(severity, weighed.score(), reasons);
        let finding = &mut detection.finding;
        finding.sentence = sentence(ends, &leak, proofs);
        finding.context.notes.extend(mild.map(str::to_owned));
        finding.context.notes.extend(baseline.map(Baseline::note));
        finding.context.notes.extend(sampled(ends.channel));
        finding.context.notes.extend(hidden.map(|names| {
            format!("It is judged by {names} names that carry bytes, as if each had been asked for once: its other questions, or the same for another kind of address, would hide them.")
        }));
        finding.parts = parts(vector, baseline);
        let policies = Policies::of(proofs, (limit, &leak), (let_pass, ends.channel));
        // What proves a tool stays proved, whatever the features are.
        if policies.rest < BANDS[2] {
            let features = if mild.is_some() && by_model <= NO_ALERT {
                Vec::new()
            } else {
                counterfactuals(model, &LIST, vector, &explained)
            };
            finding.counterfactuals = policies.otherwise(features, by_model);
        }
        finding.proofs = weighed.proofs;
        finding.leak = Some(Leak::clone(&leak));
        finding.rhythm = Some(Rhythm::clone(&scene.rhythm(ends.id)));
        detection
    }
}

/// Whether a proof is of a tool, and not of a policy that could be otherwise.
#[must_use]
pub fn names_a_tool(proof: &Proof) -> bool {
    let of_data = [
        leak::RULE,
        answer_meter::KIND,
        unconnected::KIND,
        fingerprints::no_hosts::RULE,
    ];
    !of_data.contains(&proof.rule.as_str())
}

/// Rules that prove no tool: what they ask for could be otherwise.
struct Policies {
    /// Of each that holds, the feature, its value, the value needed, and the condition in words.
    held: Vec<(&'static str, f64, f64, String)>,
    /// The score that the other proofs bound.
    rest: f64,
}

impl Policies {
    /// Of the two meters what they let pass, and what they measured.
    fn of(
        proofs: &[Proof],
        (limit, leak): (f64, &Leak),
        (given, channel): (f64, &DnsChannel),
    ) -> Self {
        let (mut held, mut rest) = (Vec::new(), 0.0_f64);
        for proof in proofs {
            match proof.rule.as_str() {
                leak::RULE => {
                    let most = leak.days.iter().map(|day| day.names).fold(0.0, f64::max);
                    let text = format!(
                        "its names of one day could carry less than {}",
                        Unit::Bytes.show(limit)
                    );
                    held.push((leak::RULE, most, limit - 1.0, text));
                }
                answer_meter::KIND => {
                    let text = format!(
                        "it had been given less than {} of different answers on each day",
                        Unit::Bytes.show(given)
                    );
                    let bytes = answer_meter::measure(channel);
                    held.push((answer_meter::KIND, bytes, given - 1.0, text));
                }
                unconnected::KIND => {
                    let text = "the client had connected to one of the addresses".to_owned();
                    held.push(("connected", 0.0, 1.0, text));
                }
                _ => rest = rest.max(proof.at_least),
            }
        }
        Self { held, rest }
    }

    /// What would make it no alert: what would by the model, and none of these.
    fn otherwise(&self, mut features: Vec<Counterfactual>, by_model: f64) -> Vec<Counterfactual> {
        const ELSE: &str = ", all else being as it is.";
        let Some(&(feature, value, needed, _)) = self.held.first() else {
            return features;
        };
        let conditions: Vec<&str> = self.held.iter().map(|held| held.3.as_str()).collect();
        let conditions = conditions.join(" and if ");
        let score = by_model.max(self.rest);
        if score < BANDS[2] {
            return vec![Counterfactual {
                feature: feature.to_owned(),
                value,
                needed,
                score,
                text: format!("It would be no alert if {conditions}{ELSE}"),
            }];
        }
        for of in &mut features {
            let end = if of.text.ends_with(ELSE) { ELSE } else { "." };
            let text = of.text.strip_suffix(end).unwrap_or(&of.text);
            of.text = format!("{text} and if {conditions}{end}");
            of.score = of.score.max(self.rest);
        }
        features
    }
}

/// Why what a mail server asks for in step with messages is no alert.
const IN_STEP: &str = "Its names alone make it no alert: a mail server asks for them when messages come, and is answered nothing or addresses in 127.0.0.0/8, as reputation services do.";

/// Whether it was answered nothing, or verdicts alone.
fn says_nothing(channel: &DnsChannel) -> bool {
    channel.with_answers == 0 || harmless::are_verdicts(channel)
}

/// What is said of a channel whose number of names is an estimate.
fn sampled(channel: &DnsChannel) -> Option<String> {
    (channel.level > 0).then(|| {
        // The sample and its error: `analysis/asked.rs`.
        format!(
            "It has more than a million names: one in {} is kept, and their number is an estimate with a standard error below 0.14 %.",
            1_u64 << channel.level.min(63)
        )
    })
}

/// What is found, in one plain sentence.
fn sentence(ends: &Ends<'_, DnsChannel>, leak: &Leak, proofs: &[Proof]) -> String {
    let channel = ends.channel;
    // The strongest stands first.
    let mut tools = proofs
        .iter()
        .filter(|proof| proof.at_least >= BANDS[1])
        .filter_map(|proof| fingerprints::tool(&proof.rule));
    let written = tools.next().map_or(String::new(), |tool| {
        format!(", written as {tool} writes them")
    });
    let under = match ends.other {
        b"." => "without any registered domain".to_owned(),
        domain => format!("under {}", shown(domain)),
    };
    let (given, them) = match proofs.iter().any(|proof| proof.rule == no_hosts::RULE) {
        true => (", and was given data written as addresses", "the names"),
        false => ("", "them"),
    };
    format!(
        "{} asked for {} different names {under}{written}{given}: up to {} a day could have left in {them}.",
        shown(ends.client),
        Unit::Count.show(channel.distinct_names() as f64),
        Unit::Bytes.show(leak.bytes_a_day)
    )
}

#[cfg(test)]
mod tests {
    use super::super::testing::Logs;
    use super::*;

    #[test]
    fn data_in_addresses_is_said_in_the_sentence() {
        let mut logs = Logs::default();
        for (at, answer) in (0..).zip([
            "6e24::1", "a1b2::2", "c3d4::3", "e5f6::4", "7788::5", "9900::6",
        ]) {
            let name = format!("cloud-{at}.example.com");
            logs.asked(at, "10.0.0.1", "10.0.0.53", &name, 28, 0, answer);
        }
        let found = crate::detectors::detect(&logs.analysis).detections;
        let sentence = &found[0].finding.sentence;
        assert!(
            sentence.contains("under example.com, and was given data written as addresses: "),
            "{sentence}"
        );
    }

    #[test]
    fn what_a_policy_alone_raises_says_what_would_not_raise_it() {
        let proof = |rule: &str, at_least| Proof {
            rule: rule.to_owned(),
            at_least,
            text: String::new(),
            evidence: Vec::new(),
            matched: 1,
            of: 1,
        };
        let leak = Leak {
            bytes_a_day: 9000.0,
            days: vec![crate::report::LeakDay {
                start: 0.0,
                names: 9000.0,
                types: 0.0,
                timing: 0.0,
            }],
        };
        let none = DnsChannel::default();
        let of = |proofs: &[Proof]| Policies::of(proofs, (leak::LIMIT, &leak), (4096.0, &none));
        let one = of(&[proof(leak::RULE, 0.6)]).otherwise(Vec::new(), 0.3);
        assert_eq!((one.len(), one[0].value, one[0].score), (1, 9000.0, 0.3));
        assert!(
            one[0].needed < leak::LIMIT
                && one[0].text.contains("could carry less than 4,096 bytes")
        );
        let both = of(&[proof(leak::RULE, 0.6), proof(unconnected::KIND, 0.6)]);
        assert!(
            both.otherwise(Vec::new(), 0.3)[0]
                .text
                .contains("and if the client had connected")
        );
        let feature = Counterfactual {
            feature: "labels".to_owned(),
            value: 3.0,
            needed: 1.0,
            score: 0.5,
            text: "It would be no alert if “labels” were 1 instead of 3, all else being as it is."
                .to_owned(),
        };
        let told = both.otherwise(vec![feature.clone()], 0.7);
        assert!(
            told[0].text.starts_with(
                "It would be no alert if “labels” were 1 instead of 3 and if its names"
            )
        );
        assert_eq!(of(&[]).otherwise(vec![feature.clone()], 0.7), [feature]);
        assert!(of(&[proof("iodine", 0.9), proof(leak::RULE, 0.6)]).rest > 0.8);
    }

    #[test]
    fn an_estimate_says_that_it_is_one() {
        let mut channel = DnsChannel::default();
        assert_eq!(sampled(&channel), None);
        channel.level = 3;
        assert!(sampled(&channel).unwrap().contains("one in 8 is kept"));
    }
}
