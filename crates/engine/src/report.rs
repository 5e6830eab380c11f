//! The report: what a scan found, as plain data.
//!
//! In: nothing. Out: the types that cross every border (command line, worker, files).
//! Must not know: how a score came about, where a report is shown.
//!
//! The JSON form is a contract with a version ([`REPORT_VERSION`]): fields may be added,
//! none is renamed or removed within a version. Times are seconds since 1970 (UTC),
//! `null` where something does not apply.

use serde::{Deserialize, Serialize};

/// The version of the JSON form.
pub const REPORT_VERSION: u32 = 1;

/// Everything a scan has to say.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Report {
    /// [`REPORT_VERSION`] of the writer.
    pub report_version: u32,
    /// The version of Wakeful that wrote it.
    pub wakeful: String,
    /// What was read, sorted by name.
    pub inputs: Vec<Input>,
    /// The earliest and the latest record of all inputs.
    pub span: Span,
    /// Most suspicious first.
    pub findings: Vec<Finding>,
    /// How many findings there are of each severity.
    pub counts: Counts,
    /// How much there was of what.
    #[serde(default)]
    pub census: Census,
    /// Every detector: whether it ran, and why not.
    #[serde(default)]
    pub detectors: Vec<DetectorState>,
    /// What a reader of this report should know of the logs themselves.
    #[serde(default)]
    pub notes: Vec<Note>,
    /// Records over time.
    #[serde(default)]
    pub timeline: Timeline,
    /// What every channel could have carried out a day.
    #[serde(default)]
    pub leaks: LeakBudget,
    /// Registered domains that few ask for, and that nobody asked for before.
    #[serde(default)]
    pub new_domains: NewDomains,
}

/// Registered domains that few clients ask for and that nobody asked for in the earlier part of these logs: a list
/// to look through.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct NewDomains {
    /// Why there is no list, or what to keep in mind with it: the logs are short. One sentence or two.
    pub why: Option<String>,
    /// From when on a domain is new, seconds since 1970; `null` where none can be told.
    pub since: Option<f64>,
    /// How many there are in all.
    pub count: u64,
    /// The first 100, those with most to look at first.
    pub domains: Vec<NewDomain>,
}

/// One of [`NewDomains`].
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct NewDomain {
    /// The registered domain.
    pub domain: String,
    /// How much there is to look at, 0 to 1: `docs/detections/new-domains.md` has the formula.
    pub rank: f64,
    /// When it was first asked for, seconds since 1970.
    pub first: f64,
    /// Clients that asked for it.
    pub clients: u64,
    /// Who asked first, at most ten, in the order of asking.
    pub who: Vec<String>,
    /// Queries for its names.
    pub queries: u64,
    /// Distinct names (each client's counted).
    pub names: u64,
    /// Queries that were answered NXDOMAIN.
    pub missing: u64,
    /// The finding that is about it: the one with the highest score.
    pub finding: Option<String>,
}

/// How much there was of what, over all inputs.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Census {
    /// Addresses that asked for a name or opened a connection.
    pub clients: u64,
    /// Registered domains asked for.
    pub domains: u64,
    /// Distinct names asked for.
    pub names: u64,
    /// Channels: a client and a registered domain.
    pub dns_channels: u64,
    /// A client and a peer.
    pub flow_channels: u64,
}

/// Whether a detector could run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DetectorState {
    /// Its name, which is also that of its page in `docs/detections/`: `dns-tunnel`, `leak`, …
    pub name: String,
    /// In a word or two, for people.
    pub title: String,
    /// Whether it had what it needs.
    pub ran: bool,
    /// Why it did not run, or what it had to do without: one sentence.
    pub why: Option<String>,
}

/// A remark on the logs: a gap in the clock, a sensor that sees only a resolver.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Note {
    /// `clock-gap`, `resolver-only`, `one-client`, …
    pub kind: String,
    /// One sentence, with what it means for the findings.
    pub text: String,
}

/// Records over time, in equal steps.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Timeline {
    /// Where the first step begins, seconds since 1970.
    pub start: f64,
    /// Length of a step, seconds; 0 without records.
    pub step: f64,
    /// Records of `dns.log` in each step.
    pub dns: Vec<u64>,
    /// Records of `conn.log` in each step.
    pub conn: Vec<u64>,
}

/// What all channels of this log could have carried out: for the question "how many alerts a day
/// would a bound of N kilobytes a day raise here?"
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct LeakBudget {
    /// Days that the records cover; at least 1.
    pub days: f64,
    /// Upper bound in bytes of each channel and day, largest first, at most 1,000 of them.
    pub bounds: Vec<u64>,
    /// Whose the first of these are, at most 100.
    #[serde(default)]
    pub largest: Vec<LeakOf>,
    /// How many channel-days there are in all.
    pub channel_days: u64,
}

/// One of [`LeakBudget`].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LeakOf {
    /// The upper bound, bytes.
    pub bytes: u64,
    /// When the day (UTC) begins, seconds since 1970.
    pub day: f64,
    /// Who asked.
    pub client: String,
    /// The registered domain.
    pub domain: String,
}

/// One file, or standard input, or a paste.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Input {
    /// As the user knows it: a path, a file's name, `-`.
    pub name: String,
    /// `zeek-tsv`, `zeek-json`, either with `+gzip`; `unknown` where nothing was recognised.
    pub format: String,
    /// `dns`, `conn`, or `other` (another log, or nothing that could be read).
    pub kind: String,
    /// Bytes as they came, before unpacking.
    pub bytes: u64,
    /// DNS and connection records read.
    pub records: u64,
    /// Records of other logs, named and set aside.
    pub set_aside: Vec<SetAside>,
    /// All problems, also those beyond the ones listed.
    pub problem_count: u64,
    /// The first problems.
    pub problems: Vec<InputProblem>,
}

/// Records of a log that Wakeful knows of and does not analyse.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SetAside {
    /// Zeek's name of the log: `http`, `ssl`, …
    pub log: String,
    /// How many records it had.
    pub records: u64,
}

/// What was wrong, where.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct InputProblem {
    /// Counted from 1; `null` for a problem of the whole file.
    pub line: Option<u64>,
    /// One sentence, with the next step.
    pub what: String,
}

/// The time that the records cover.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub struct Span {
    /// Seconds since 1970, `null` without records.
    pub first: Option<f64>,
    /// Seconds since 1970, `null` without records.
    pub last: Option<f64>,
}

/// How bad a finding is.
#[derive(
    Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Unusual, and no alert.
    #[default]
    Info,
    /// Worth a look when time allows.
    Low,
    /// An alert.
    Medium,
    /// An alert: look today.
    High,
    /// An alert: look now.
    Critical,
}

impl Severity {
    /// All severities, the worst first.
    pub const WORST_FIRST: [Self; 5] = [
        Self::Critical,
        Self::High,
        Self::Medium,
        Self::Low,
        Self::Info,
    ];

    /// The word used in reports and attributes.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Info => "info",
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
            Self::Critical => "critical",
        }
    }

    /// Whether it counts as an alert (medium and up).
    #[must_use]
    pub fn is_alert(self) -> bool {
        self >= Self::Medium
    }
}

/// Findings of each severity.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counts {
    /// How many are critical.
    pub critical: u64,
    /// How many are high.
    pub high: u64,
    /// How many are medium.
    pub medium: u64,
    /// How many are low.
    pub low: u64,
    /// How many are info.
    pub info: u64,
}

impl Counts {
    /// The number for one severity.
    #[must_use]
    pub fn of(&self, severity: Severity) -> u64 {
        match severity {
            Severity::Info => self.info,
            Severity::Low => self.low,
            Severity::Medium => self.medium,
            Severity::High => self.high,
            Severity::Critical => self.critical,
        }
    }

    /// Counts the findings of a list.
    #[must_use]
    pub fn count(findings: &[Finding]) -> Self {
        let mut counts = Self::default();
        for finding in findings {
            match finding.severity {
                Severity::Info => counts.info += 1,
                Severity::Low => counts.low += 1,
                Severity::Medium => counts.medium += 1,
                Severity::High => counts.high += 1,
                Severity::Critical => counts.critical += 1,
            }
        }
        counts
    }
}

/// One channel that looks covert.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Finding {
    /// Stable: the same channel in the same kind of finding has the same id in every run.
    pub id: String,
    /// The kind: `dns-tunnel`, `flow-tunnel`, `icmp-tunnel`, `beacon`, `dga`, … (a page each in
    /// `docs/detections/`).
    pub kind: String,
    /// How bad.
    pub severity: Severity,
    /// 0 (as benign traffic) to 1 (certain).
    pub score: f64,
    /// The address that asked, or opened the connections.
    pub client: String,
    /// The registered domain (DNS findings).
    pub domain: Option<String>,
    /// The address on the other side (flow findings).
    pub peer: Option<String>,
    /// The channel's first record, seconds since 1970.
    pub first: Option<f64>,
    /// The channel's last record, seconds since 1970.
    pub last: Option<f64>,
    /// How many records the channel has.
    pub records: u64,
    /// MITRE ATT&CK techniques.
    pub attack: Vec<String>,
    /// The strongest push first.
    pub reasons: Vec<Reason>,
    /// What it says, in one plain sentence.
    #[serde(default)]
    pub sentence: String,
    /// The separate scores that the verdict is made of.
    #[serde(default)]
    pub parts: Vec<Part>,
    /// Rules that matched: what a tool is known to write.
    #[serde(default)]
    pub proofs: Vec<Proof>,
    /// What could have left.
    #[serde(default)]
    pub leak: Option<Leak>,
    /// When.
    #[serde(default)]
    pub rhythm: Option<Rhythm>,
    /// In which sequence.
    #[serde(default)]
    pub behaviour: Option<Behaviour>,
    /// Who else, and what the two ends are.
    #[serde(default)]
    pub context: Context,
    /// What would bring it below an alert.
    #[serde(default)]
    pub counterfactuals: Vec<Counterfactual>,
    /// Findings of the same matter that were folded into this one.
    #[serde(default)]
    pub related: Vec<Related>,
}

/// One of the separate scores of a finding.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Part {
    /// `content`, `leak`, `rhythm`, `behaviour`; `size` for flows.
    pub name: String,
    /// On the scale of [`Finding::score`]; 0.6 and up would be an alert by itself.
    pub score: f64,
    /// One sentence: what this part saw.
    pub text: String,
}

/// A rule that matched.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Proof {
    /// `iodine`, `dnscat2`, `not-dns`, …
    pub rule: String,
    /// The score that it bounds from below.
    pub at_least: f64,
    /// One sentence: what matched.
    pub text: String,
    /// Names (or flows) that matched, at most eight.
    pub evidence: Vec<String>,
    /// How many matched.
    pub matched: u64,
    /// Of how many that were looked at.
    pub of: u64,
}

/// An upper bound of the bytes that could have left through a channel (Paxson 2013).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Leak {
    /// The largest day.
    pub bytes_a_day: f64,
    /// Each day (UTC) with records.
    pub days: Vec<LeakDay>,
}

/// One day of a [`Leak`], in bytes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LeakDay {
    /// When the day begins, seconds since 1970.
    pub start: f64,
    /// By the distinct names.
    pub names: f64,
    /// By the sequence of record types.
    pub types: f64,
    /// By the times.
    pub timing: f64,
}

/// When a channel's records came.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Rhythm {
    /// The interval that was found, seconds; `null` where there is none.
    pub interval: Option<f64>,
    /// Records that the scores were taken from: a channel's first ones.
    pub records: u64,
    /// Scores from 0 to 1 by name: `timestamps`, `sizes`, `histogram`, `duration`, …
    pub scores: Vec<(String, f64)>,
    /// Gaps by length: upper bound in seconds and count.
    pub gaps: Vec<(f64, u64)>,
    /// Records over the channel's own time, in equal steps.
    pub bins: Vec<u64>,
}

/// In which sequence a channel's records came.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Behaviour {
    /// A letter a record.
    pub letters: String,
    /// Mean log2-likelihood ratio against benign channels, bits a step: positive is unlike them.
    pub bits: f64,
    /// Names of the states.
    pub states: Vec<String>,
    /// Steps from a state (row) to the next (column).
    pub matrix: Vec<Vec<u64>>,
    /// The steps that weigh most, the strongest first.
    pub surprising: Vec<Transition>,
}

/// A step of a [`Behaviour`].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Transition {
    /// From.
    pub from: String,
    /// To.
    pub to: String,
    /// How often.
    pub count: u64,
    /// How often benign channels would have.
    pub usual: f64,
    /// What it adds to the ratio, bits.
    pub bits: f64,
}

/// Who else, and what the two ends are.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Context {
    /// Other clients in these logs with the same domain or peer.
    pub other_clients: u64,
    /// The first of them by address, at most ten.
    pub who: Vec<String>,
    /// What the client is, where the logs show it: `resolver`, `mail server`.
    pub client_role: Option<String>,
    /// What the other side is.
    pub other_role: Option<String>,
    /// The domain is a suffix under which many parties have names.
    pub shared_suffix: bool,
    /// Remarks, one sentence each.
    pub notes: Vec<String>,
}

/// What would bring a finding below an alert, found by scoring again.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Counterfactual {
    /// The feature that would have to differ.
    pub feature: String,
    /// What it is.
    pub value: f64,
    /// What it would have to be.
    pub needed: f64,
    /// The score then.
    pub score: f64,
    /// One sentence.
    pub text: String,
}

/// A finding that was folded into another.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Related {
    /// Its kind.
    pub kind: String,
    /// The registered domain.
    pub domain: Option<String>,
    /// The address on the other side.
    pub peer: Option<String>,
    /// Its own score.
    pub score: f64,
    /// One sentence: what joins the two.
    pub text: String,
}

/// What a channel's names carried, put together again.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Payload {
    /// The alphabet that fitted best: `hex`, `base32`, …
    pub codec: String,
    /// How the names were taken apart: one sentence.
    pub text: String,
    /// Share of bytes that are printable.
    pub printable: f64,
    /// Shannon entropy of the bytes, bits a byte.
    pub entropy: f64,
    /// What the bytes are, where they begin like a known format: `gzip`, `PNG image`.
    pub format: Option<String>,
    /// The first bytes, at most 64 kB.
    pub bytes: Vec<u8>,
    /// Distinct names that they come from.
    pub names: u64,
    /// Other alphabets that also fit, with the share of printable bytes.
    pub others: Vec<(String, f64)>,
}

/// One feature's part in a score.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Reason {
    /// The feature's name in its versioned list.
    pub feature: String,
    /// Its value for this channel.
    pub value: f64,
    /// Its median over benign channels.
    pub usual: f64,
    /// How far it moved the model's output from the usual: up (towards covert) is positive.
    pub push: f64,
    /// One sentence.
    pub text: String,
}
