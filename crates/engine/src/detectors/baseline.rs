//! # Resolvers and mail servers
//!
//! **Sees** what is usual for a host that is no one's own machine: a resolver asks on behalf of many, a mail
//! server asks about everybody who writes. Each is compared with its own usual values, not with a workstation's.
//!
//! **Matters** because a tunnel behind a resolver, or run from a mail server, hides in what such hosts do anyway;
//! and what they do anyway looks like a tunnel beside a workstation's look-ups. ATT&CK T1071.004.
//!
//! **Formula** *Role*: a resolver is asked on port 53 by three clients, or asks twenty servers (eight, if anybody asks it), or is the one client of a log and asks under 200 domains as often as three machines; a
//! mail server speaks on port 25 with three peers, or asks for exchangers, policies or keys (`_dmarc`, `_domainkey`, `_openpgpkey`, `_25._tcp` and the like) of five domains, or
//! block lists about five addresses.
//! *Usual values*: of each feature of `features::dns`, the median over the host's own domains with five rows and four names;
//! with fewer than 20 such domains, over those of all hosts of its role in these logs; with fewer than 20 of these, everybody's.
//! A median holds until half of the domains are tunnels.
//! The model of [`super::dns_tunnel`] judges differences from the usual: where everybody's usual value is u, and the host's own is
//! r, its value x counts as x − r + u (on the feature's scale); what lies between u and r counts as usual, and what is more
//! harmless than both as no more so than for everybody. So verdict, reasons and counterfactuals are against the host's own.
//! *Leak meter*: its limit is one machine's. A resolver is let pass that times the machines that its other questions of that day
//! amount to. A machine asks as often as nine in ten of the machines do that these logs show by themselves (20 machines and
//! days at least, and 200 times at least); 2,000 times where they show fewer. Few ask so often, so machines are counted too low
//! rather than too high.
//! *In step*: a mail server asks its reputation services at the moment in which a message comes: for the sender's exchanger, policy or keys, or
//! block lists about its address. A domain of which nine of ten rows are within 2 s of those (half a second, an eighth, of a
//! busier server: the widest that covers no more than half of the time), and which answers nothing, or addresses in 127.0.0.0/8, is such a service: no alert by names or bytes.
//! A mail server's poll for text ([`super::dns_beacon`]) is an alert where it is not in step.
//!
//! **Set off falsely** by nothing: it makes no finding by itself. A mail server without an idle eighth of a second is never in
//! step, and its services are then judged by their names.
//!
//! **Example** A mail server's 85 domains ask for TXT in a third of their rows: a TXT record is not what gives its tunnel away,
//! the 2,000 names of one domain are, where seven are usual.

use super::roles::{Roles, asks_of_sender};
use super::{Scene, dns_tunnel, leak, reversed};
use crate::analysis::{Ends, Seen};
use crate::channels::dns::DnsChannel;
use crate::channels::trace::Trace;
use crate::features::dns::{COUNT, vector};
use crate::models::Model;
use crate::quantiles::quantile;
use crate::report::Reason;
use rustc_hash::FxHashMap;
use std::cell::OnceCell;
use std::collections::BTreeMap;
use wakeful_logs::Micros;

/// The name of its page.
pub(super) const KIND: &str = "baseline";
/// Its title: that of its page.
pub(super) const TITLE: &str = "Resolvers and mail servers";

/// Domains that a usual value is taken from, at least.
pub const ENOUGH: usize = 20;
/// Questions of one machine on a day, where the logs do not show it: more than most ask.
pub const ROWS_A_DAY: f64 = 2000.0;
/// Machines and days that show it, the share of them that ask less, and the fewest questions.
const MACHINE_DAYS: usize = 20;
const MOST_MACHINES: f64 = 0.9;
const LEAST_ROWS_A_DAY: f64 = 200.0;
/// How far from a message's look-ups others are at the same moment: the widest that leaves enough of the time.
const MOMENTS: [Micros; 3] = [2_000_000, 500_000, 125_000];
/// Share of rows in step.
const IN_STEP: f64 = 0.9;
/// Share of the time that messages may cover.
const COVERED: f64 = 0.5;
/// Rows that say whether a domain is in step.
const ROWS: usize = 8;
const MX: u16 = 15;

/// Why it cannot run, where it cannot.
#[must_use]
pub fn missing(seen: &Seen) -> Option<String> {
    super::dns_tunnel::missing(seen)
}

/// What it has to do without.
#[must_use]
pub fn without(seen: &Seen) -> Option<String> {
    (seen.dns_ts == 0).then(|| {
        "The log has no times (ts): what a mail server asks at the same moment is not known."
            .to_owned()
    })
}

/// What is usual for one host.
#[derive(Debug, Clone)]
pub struct Baseline {
    /// `resolver` or `mail server`.
    pub role: &'static str,
    /// The usual value of each feature, in the order of [`crate::features::dns::LIST`].
    pub usual: [f64; COUNT],
    /// Domains that it was taken from.
    pub domains: usize,
    /// Whether all of them are the host's own.
    pub own: bool,
    /// The verdict's model, of differences from these values.
    pub model: Model,
}

impl Baseline {
    /// What reasons are compared with, in a sentence.
    #[must_use]
    pub fn note(&self) -> String {
        let whose = if self.own {
            format!("its own {} domains", self.domains)
        } else {
            format!("{} domains of hosts like it", self.domains)
        };
        format!(
            "The client is a {}: it is compared with {whose}, not with a workstation.",
            self.role
        )
    }

    /// Says in each reason whose usual value it names.
    pub(super) fn name(&self, reasons: &mut [Reason]) {
        for reason in reasons {
            reason.text = self.named(&reason.text);
        }
    }

    /// A sentence that ends with what is usual, with for whom.
    pub(super) fn named(&self, text: &str) -> String {
        match text.strip_suffix("usual.") {
            Some(text) => format!("{text}usual for this {}.", self.role),
            None => text.to_owned(),
        }
    }
}

/// What is usual for every host that has a role and enough domains.
pub struct Baselines<'s, 'a> {
    scene: &'s Scene<'a>,
    roles: &'s Roles<'a>,
    hosts: FxHashMap<u32, Baseline>,
    /// Rows of each resolver by day. Added up when they are first asked for, as what follows is: few channels need
    /// them.
    rows: OnceCell<Questions>,
    /// When messages came.
    messages: OnceCell<Messages>,
}

impl<'s, 'a> Baselines<'s, 'a> {
    /// Of the hosts of a log; `model` is the verdict's.
    #[must_use]
    pub fn new(scene: &'s Scene<'a>, roles: &'s Roles<'a>, model: &Model) -> Self {
        let candidates = scene
            .dns
            .iter()
            .filter(|ends| dns_tunnel::is_candidate(ends.channel));
        let vectors = candidates.map(|ends| (ends, vector(ends.channel, ends.other_clients)));
        Self::of_vectors(scene, roles, model, vectors)
    }

    /// The same by vectors that are at hand, of channels that are judged.
    pub(super) fn of_vectors(
        scene: &'s Scene<'a>,
        roles: &'s Roles<'a>,
        model: &Model,
        vectors: impl Iterator<Item = (&'s Ends<'a, DnsChannel>, [f64; COUNT])>,
    ) -> Self {
        let mut by_role: BTreeMap<&'static str, BTreeMap<u32, Vec<[f64; COUNT]>>> = BTreeMap::new();
        for (ends, vector) in vectors {
            if let Some(role) = roles.role(ends.client_id) {
                let hosts = by_role.entry(role).or_default();
                hosts.entry(ends.client_id).or_default().push(vector);
            }
        }
        let mut usual = FxHashMap::default();
        for (role, hosts) in by_role {
            let few = hosts.values().any(|own| own.len() < ENOUGH);
            let all = hosts.values().flatten().copied();
            let pooled: Vec<[f64; COUNT]> = if few { all.collect() } else { Vec::new() };
            for (host, own) in hosts {
                let is_own = own.len() >= ENOUGH;
                let of = if is_own { &own } else { &pooled };
                usual.extend(baseline(role, is_own, of, model).map(|of| (host, of)));
            }
        }
        Self {
            scene,
            roles,
            hosts: usual,
            rows: OnceCell::new(),
            messages: OnceCell::new(),
        }
    }

    /// What is usual for a host.
    #[must_use]
    pub fn of(&self, host: u32) -> Option<&Baseline> {
        self.hosts.get(&host)
    }

    /// What the leak meter lets pass of a channel on one day, in bytes.
    #[must_use]
    pub fn limit(&self, ends: &Ends<'_, DnsChannel>) -> f64 {
        leak::LIMIT * self.machines(ends)
    }

    /// How many machines a channel's client asks for, at least: one, or what a resolver's other questions amount to.
    #[must_use]
    pub fn machines(&self, ends: &Ends<'_, DnsChannel>) -> f64 {
        let Questions { rows, a_machine } = self
            .rows
            .get_or_init(|| Questions::of(self.scene, self.roles));
        // What the channel asks itself does not count.
        let machines = ends.channel.days.iter().map(|&(day, own)| {
            let all = rows.get(&(ends.client_id, day)).copied().unwrap_or(0);
            all.saturating_sub(own) as f64 / a_machine
        });
        machines.fold(1.0, f64::max)
    }

    /// Whether a mail server asks for a domain when messages come, and at no other time.
    #[must_use]
    pub fn in_step(&self, ends: &Ends<'_, DnsChannel>) -> bool {
        let messages = || Messages::new(self.scene, self.roles, |_| true);
        self.messages.get_or_init(messages).in_step(ends)
    }
}

/// How much is asked on a day.
struct Questions {
    /// Rows of each resolver by day.
    rows: FxHashMap<(u32, i32), u64>,
    /// Rows of one machine.
    a_machine: f64,
}

impl Questions {
    fn of(scene: &Scene<'_>, roles: &Roles<'_>) -> Self {
        let (mut rows, mut own): (FxHashMap<_, u64>, FxHashMap<_, u64>) = Default::default();
        for ends in &scene.dns {
            let of = match roles.role(ends.client_id) {
                _ if roles.is_resolver(ends.client_id) => &mut rows,
                None => &mut own,
                Some(_) => continue,
            };
            for &(day, count) in &ends.channel.days {
                *of.entry((ends.client_id, day)).or_default() += count;
            }
        }
        let mut own: Vec<u64> = own.into_values().collect();
        own.sort_unstable();
        let seen = quantile(&own, MOST_MACHINES).filter(|_| own.len() >= MACHINE_DAYS);
        Self {
            rows,
            a_machine: seen.map_or(ROWS_A_DAY, |seen| (seen as f64).max(LEAST_ROWS_A_DAY)),
        }
    }
}

/// When messages came to each mail server.
#[derive(Debug, Clone, Default)]
pub(super) struct Messages(FxHashMap<u32, Moments>);

impl Messages {
    /// Of those mail servers that are wanted, by their numbers.
    pub(super) fn new(scene: &Scene<'_>, roles: &Roles<'_>, wanted: impl Fn(u32) -> bool) -> Self {
        let mut all: FxHashMap<u32, Moments> = FxHashMap::default();
        for ends in &scene.dns {
            // A resolver asks at any time for somebody's mail.
            let is_mail = roles.is_mail(ends.client_id) && !roles.is_resolver(ends.client_id);
            if is_mail && wanted(ends.client_id) {
                all.entry(ends.client_id).or_default().add(scene, ends);
            }
        }
        let ended = all
            .into_iter()
            .map(|(host, moments)| (host, moments.ended()));
        Self(ended.collect())
    }

    /// Whether a channel is asked when messages come, and at no other time.
    pub(super) fn in_step(&self, ends: &Ends<'_, DnsChannel>) -> bool {
        let moments = self.0.get(&ends.client_id);
        moments.is_some_and(|moments| moments.has(ends.id, &ends.channel.trace))
    }
}

/// What is usual where these vectors are; nothing where they are too few.
fn baseline(
    role: &'static str,
    own: bool,
    vectors: &[[f64; COUNT]],
    model: &Model,
) -> Option<Baseline> {
    if vectors.len() < ENOUGH {
        return None;
    }
    let usual = medians(vectors)?;
    Some(Baseline {
        role,
        usual,
        domains: vectors.len(),
        own,
        model: model.moved(&usual)?,
    })
}

/// The upper median of each feature.
fn medians(vectors: &[[f64; COUNT]]) -> Option<[f64; COUNT]> {
    let mut medians = [0.0; COUNT];
    for (at, median) in medians.iter_mut().enumerate() {
        let mut values: Vec<f64> = vectors.iter().map(|vector| vector[at]).collect();
        values.sort_unstable_by(f64::total_cmp);
        *median = quantile(&values, 0.5)?;
    }
    Some(medians)
}

/// When a mail server asked about a message: its sender's exchanger, policy or keys, or block lists.
#[derive(Debug, Clone, Default)]
struct Moments {
    /// Time and the channel that was asked; sorted at the end.
    all: Vec<(Micros, u32)>,
    /// Until when all of them are known; none where all are.
    until: Option<Micros>,
    /// How far from one of them is the same moment; none where they cover too much of the time.
    moment: Option<Micros>,
}

impl Moments {
    fn add(&mut self, scene: &Scene<'_>, ends: &Ends<'_, DnsChannel>) {
        let of_messages = ends.channel.asked_for(&[MX]) > 0
            || asks_of_sender(scene, ends)
            || reversed::are_reversed(scene.names(ends.id));
        if !of_messages {
            return;
        }
        let times = ends.channel.trace.times();
        let cut = ends.channel.records > times.len() as u64;
        if let Some(&last) = times.last().filter(|_| cut) {
            self.until = Some(self.until.map_or(last, |until| until.min(last)));
        }
        self.all
            .extend(times.into_iter().map(|time| (time, ends.id)));
    }

    fn is_known(&self, time: Micros) -> bool {
        self.until.is_none_or(|until| time <= until)
    }

    fn ended(mut self) -> Self {
        let mut all = std::mem::take(&mut self.all);
        all.retain(|&(time, _)| self.is_known(time));
        all.sort_unstable();
        if let (Some((first, _)), Some((last, _))) = (all.first(), all.last()) {
            let leaves_enough = |moment: &Micros| {
                let around = 2 * moment;
                let gaps = all
                    .windows(2)
                    .map(|pair| (pair[1].0 - pair[0].0).min(around));
                let covered = gaps.sum::<Micros>() + around;
                covered as f64 <= COVERED * (last - first + around) as f64
            };
            self.moment = MOMENTS.into_iter().find(leaves_enough);
        }
        self.all = all;
        self
    }

    /// Whether a channel's rows stand at such moments, its own apart.
    fn has(&self, channel: u32, trace: &Trace) -> bool {
        let Some(moment) = self.moment else {
            return false;
        };
        let near = |time: Micros| {
            let from = self
                .all
                .partition_point(|&(other, _)| other < time - moment);
            let at_once = self.all[from..].iter();
            let mut at_once = at_once.take_while(|&&(other, _)| other <= time + moment);
            at_once.any(|&(_, of)| of != channel)
        };
        let mut times = trace.times();
        times.retain(|&time| self.is_known(time));
        let in_step = times.iter().filter(|&&time| near(time)).count();
        times.len() >= ROWS && in_step as f64 >= IN_STEP * times.len() as f64
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{Logs, host};
    use super::*;

    /// A resolver that asks thirty servers for `domains` domains, so many rows each.
    fn resolver(domains: usize, rows: i64) -> Logs {
        let mut logs = Logs::default();
        for domain in 0..domains {
            for n in 0..rows {
                let server = format!("203.0.113.{}", domain % 30);
                let name = format!("h{}.site{domain}.com", n % 5);
                logs.ask(n * 60, "10.0.0.1", &server, &name, 1);
            }
        }
        logs
    }

    #[test]
    fn a_resolver_is_let_pass_what_its_other_questions_would_let_pass_of_machines() {
        let limit = |rows| {
            let logs = resolver(50, rows);
            let scene = Scene::new(&logs.analysis);
            let roles = Roles::new(&scene);
            let baselines = Baselines::new(&scene, &roles, dns_tunnel::model());
            baselines.limit(&scene.dns[0]) / leak::LIMIT
        };
        assert_eq!(limit(10), 1.0);
        assert!((limit(400) - 49.0 * 400.0 / ROWS_A_DAY).abs() < 1e-9);
    }

    #[test]
    fn a_machine_asks_as_often_as_nine_in_ten_do_that_the_logs_show() {
        let limit = |machines: usize, rows: i64| {
            let mut logs = resolver(50, 400);
            for machine in 0..machines {
                for n in 0..rows {
                    let name = format!("h{}.example.com", n % 5);
                    logs.ask(n * 60, &format!("10.1.0.{machine}"), "10.0.0.9", &name, 1);
                }
            }
            let scene = Scene::new(&logs.analysis);
            let roles = Roles::new(&scene);
            let baselines = Baselines::new(&scene, &roles, dns_tunnel::model());
            baselines.machines(&scene.dns[0])
        };
        let rows = 49.0 * 400.0;
        assert_eq!(limit(MACHINE_DAYS - 1, 500), rows / ROWS_A_DAY);
        assert_eq!(limit(MACHINE_DAYS, 500), rows / 500.0);
        assert_eq!(limit(MACHINE_DAYS, 20), rows / LEAST_ROWS_A_DAY);
    }

    #[test]
    fn of_a_busier_mail_server_the_same_moment_is_shorter() {
        let moment = |gap: Micros| {
            let all = (0..200).map(|n| (n * gap, 0)).collect();
            let ended = Moments {
                all,
                ..Moments::default()
            };
            ended.ended().moment
        };
        assert_eq!(moment(10_000_000), Some(2_000_000));
        assert_eq!(moment(3_000_000), Some(500_000));
        assert_eq!(moment(600_000), Some(125_000));
        assert_eq!(moment(300_000), None);
        assert_eq!(Moments::default().ended().moment, None);
    }

    #[test]
    fn nobodys_own_machine_has_no_baseline_and_few_domains_make_none() {
        let of = |logs: &Logs, address| {
            let scene = Scene::new(&logs.analysis);
            let roles = Roles::new(&scene);
            let all = Baselines::new(&scene, &roles, dns_tunnel::model());
            all.of(host(&scene, address))
                .map(|of| (of.role, of.domains, of.own))
        };
        let mut logs = resolver(30, 10);
        for n in 0..50 {
            logs.ask(n, "10.0.0.5", "10.0.0.1", &format!("h{n}.example.com"), 1);
        }
        assert_eq!(of(&logs, "10.0.0.1"), Some(("resolver", 30, true)));
        assert_eq!(of(&logs, "10.0.0.5"), None);
        // Rows enough, and names too few to be judged by.
        assert_eq!(of(&resolver(30, 3), "10.0.0.1"), None);
    }

    #[test]
    fn usual_values_are_medians_and_a_few_tunnels_do_not_move_them() {
        let mut logs = resolver(30, 10);
        let usual = |logs: &Logs| {
            let scene = Scene::new(&logs.analysis);
            let roles = Roles::new(&scene);
            let all = Baselines::new(&scene, &roles, dns_tunnel::model());
            all.of(host(&scene, "10.0.0.1")).map(|of| of.usual)
        };
        let before = usual(&logs).unwrap();
        for domain in 0..10 {
            for n in 0..300 {
                let name = format!("{:032x}.t.evil{domain}.net", n * 7919);
                logs.ask(n, "10.0.0.1", "203.0.113.9", &name, 16);
            }
        }
        assert_eq!(usual(&logs).unwrap(), before);
    }
}
