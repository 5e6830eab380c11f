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
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
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
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Span {
    /// Seconds since 1970, `null` without records.
    pub first: Option<f64>,
    /// Seconds since 1970, `null` without records.
    pub last: Option<f64>,
}

/// How bad a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Unusual, and no alert.
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
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Finding {
    /// Stable: the same channel in the same kind of finding has the same id in every run.
    pub id: String,
    /// The detector: `dns-tunnel` or `flow-tunnel`.
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
