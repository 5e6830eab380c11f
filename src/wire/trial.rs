//! What crosses about a tunnel that is put into the user's own log to see whether it is found.

use serde::{Deserialize, Serialize};

/// The tunnel, and where it runs.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Plan {
    /// The tool's word in `wakeful_lab`.
    pub tool: String,
    /// Questions (or packets) a second while there is data.
    pub rate: f64,
    /// How long it lasts, seconds; cut where the log ends before.
    pub duration: f64,
    /// How names are written; `None`: as the tool does.
    pub encoding: Option<String>,
    /// The client, by address; `None`: one of the log's, drawn by the seed.
    pub client: Option<String>,
    /// Draws client, moment, names and bytes.
    pub seed: u64,
    /// Rates for the curve, beside [`Plan::rate`].
    pub rates: Vec<f64>,
    /// Tunnels a rate of the curve.
    pub runs: u32,
}

/// What came of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Outcome {
    /// The client that it was put on.
    pub client: String,
    /// The made-up domain, or the peer's address.
    pub target: String,
    /// Its first row, seconds since 1970.
    pub first: f64,
    /// Its last.
    pub last: f64,
    /// Its rows.
    pub records: u64,
    /// Where it is ranked; `None` where it was not found at all.
    pub found: Option<Found>,
    /// Findings of the log with it.
    pub findings: u64,
    /// Findings without.
    pub findings_before: u64,
    /// After how many of its rows it was first an alert, and how many seconds after the first;
    /// `None` where it never was.
    pub alert_after: Option<(u64, f64)>,
    /// Scores after the first rows: rows and score, for a curve.
    pub course: Vec<(u64, f64)>,
    /// Sentences about what could not be done as asked.
    pub notes: Vec<String>,
}

/// A tunnel that was found.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Found {
    /// From 1.
    pub rank: u64,
    /// The severity's name.
    pub severity: String,
    /// From 0 to 1.
    pub score: f64,
    /// The kind of the finding.
    pub kind: String,
    /// The strongest reasons, a sentence each.
    pub reasons: Vec<String>,
}

/// Recall at one rate.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RatePoint {
    /// Questions a second.
    pub rate: f64,
    /// Tunnels put in.
    pub tunnels: u32,
    /// Of those, how many became an alert.
    pub alerts: u32,
    /// How many rows they had, on average.
    pub records: f64,
    /// The median of their scores; 0 for one that was not found.
    pub score: f64,
}

/// What the worker says about a trial.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum TrialEvent {
    /// What it is doing, and how far: a share from 0 to 1.
    Progress(String, f64),
    /// The tunnel was put in and the log judged again.
    Outcome(Box<Outcome>),
    /// One rate of the curve.
    Rate(RatePoint),
    /// All is done; milliseconds that it took.
    Done(f64),
    /// It could not be done; a sentence with the next step.
    Failed(String),
}
