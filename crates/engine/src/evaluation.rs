//! What a study of the models found: plain data, written by training, shown by the page.
//!
//! In: nothing. Out: the types of `docs/evaluation.json`. Must not know: how a study is run, how
//! it is shown.
//!
//! Every figure is out of fold: a tunnel is scored by a model that was fitted without its tool, a
//! benign record by one that was fitted without its network.

use serde::{Deserialize, Serialize};

/// The version of the JSON form.
pub const EVALUATION_VERSION: u32 = 3;

/// A whole study.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Evaluation {
    /// [`EVALUATION_VERSION`] of the writer.
    pub version: u32,
    /// The version of Wakeful that wrote it.
    pub wakeful: String,
    /// The day it was run, `YYYY-MM-DD`; `null` where none was given.
    pub date: Option<String>,
    /// A hash of the data, 16 hexadecimal digits.
    pub data_hash: String,
    /// What the models were fitted and judged on.
    pub corpora: Vec<Corpus>,
    /// The results of the study of 2018 that Wakeful began with.
    pub origin: Vec<OriginRow>,
    /// Each estimator on each kind of example.
    pub trials: Vec<Trial>,
    /// How recall falls with the rate and with the encoding.
    pub curves: Vec<Curve>,
    /// What else was tried, and what became of it.
    pub tried: Vec<Tried>,
    /// What the shipped models miss, one sentence each.
    pub misses: Vec<String>,
    /// Days of many made-up clients, and what they raise.
    pub crowds: Vec<Crowd>,
    /// How the numbers of a channel are spread over the training data of the shipped models.
    pub spreads: Vec<Spread>,
}

/// The shares of [`Quantiles`].
pub const SHARES: [f64; 5] = [0.05, 0.25, 0.5, 0.75, 0.95];

/// The values below which each of [`SHARES`] lies, in the feature's unit; ascending.
pub type Quantiles = [f64; SHARES.len()];

/// How one number of a channel is spread over the training data.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Spread {
    /// `dns` or `flow`.
    pub log: String,
    /// The feature's name in its list; `pcr` (producer-consumer ratio); or `score`, out of fold.
    pub feature: String,
    /// Over the benign channels (of flows: windows of them).
    pub benign: Quantiles,
    /// Over the windows of tunnels.
    pub tunnels: Quantiles,
}

/// A day of many made-up clients without a tunnel: how many registered domains would be alerts.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Crowd {
    /// Offices, each with logs of its own.
    pub offices: u64,
    /// Clients that asked anything.
    pub clients: u64,
    /// Rows of `dns.log`.
    pub rows: u64,
    /// DNS channels: clients by registered domain.
    pub channels: u64,
    /// Registered domains.
    pub domains: u64,
    /// Registered domains with a channel that reaches medium or worse, by the shipped model, which knows
    /// other days of the lab.
    pub false_domains: u64,
    /// The same by the model that saw nothing of the lab's benign traffic.
    pub false_domains_unseen: u64,
    /// Registered domains that the policy of the leak meter raises.
    pub leaking_domains: u64,
}

/// A part of the data.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Corpus {
    /// Its name.
    pub name: String,
    /// What it is, in a sentence.
    pub about: String,
    /// Its licence, as far as its source states one.
    pub licence: String,
    /// Rows of `dns.log`.
    pub dns_rows: u64,
    /// Rows of `conn.log`.
    pub flow_rows: u64,
}

/// A row of the table of 2018: AUC by estimator.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct OriginRow {
    /// `dns` or `conn`.
    pub log: String,
    /// The tunnel's tool.
    pub tool: String,
    /// Gradient boosting.
    pub boosting: f64,
    /// Random forest.
    pub forest: f64,
    /// Logistic regression.
    pub logistic: f64,
}

/// One estimator on one kind of example.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Trial {
    /// `dns` or `flow`.
    pub log: String,
    /// `row` or `channel`.
    pub unit: String,
    /// `boosting`, `forest` or `logistic`.
    pub estimator: String,
    /// Its settings, in words.
    pub settings: String,
    /// Whether its model is the one that the detector uses.
    pub shipped: bool,
    /// The features that sequential selection kept, the most important first.
    pub features: Vec<Importance>,
    /// By tool, each left out of its own training.
    pub tools: Vec<ToolScore>,
    /// By benign network, each left out of its own training.
    pub networks: Vec<NetworkScore>,
    /// Mean of the tools' AUC.
    pub mean_auc: f64,
    /// The worst tool's.
    pub worst_auc: f64,
    /// Mean of the tools' recall at one false alarm in 1,000 benign examples.
    pub recall_1_in_1000: f64,
    /// How well the probabilities are calibrated; empty where nothing was shipped.
    pub calibration: Vec<CalibrationBin>,
    /// Confusion at the cut of each severity; empty where nothing was shipped.
    pub confusion: Vec<Confusion>,
}

/// A feature's part in a model.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Importance {
    /// The feature.
    pub name: String,
    /// Loss of mean AUC, out of fold, when its values are shuffled.
    pub importance: f64,
}

/// A tool that was left out.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ToolScore {
    /// The tool.
    pub tool: String,
    /// Whether captures of the real tool were judged, or the lab's imitation of it.
    pub captured: bool,
    /// Its examples.
    pub examples: u64,
    /// Area under the ROC curve against all benign examples.
    pub auc: f64,
    /// Recall at one false alarm in 1,000 benign examples.
    pub recall_1_in_1000: f64,
    /// Recall at one in 10,000; `null` with too few benign examples to tell.
    pub recall_1_in_10000: Option<f64>,
}

/// A benign network that was left out.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct NetworkScore {
    /// The network.
    pub network: String,
    /// Its examples.
    pub examples: u64,
    /// How many reach medium or worse.
    pub alarms: u64,
    /// Registered domains (or peers, of flows) that were asked for.
    pub domains: u64,
    /// Those with a channel that reaches medium or worse.
    pub false_domains: u64,
    /// Alarms a day for 10,000 clients; `null` where the log is too short to tell.
    pub alarms_a_day: Option<f64>,
}

/// Predicted against observed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CalibrationBin {
    /// Mean probability of the bin.
    pub predicted: f64,
    /// Share of tunnels in it, both classes weighted alike.
    pub observed: f64,
    /// Lower end of the 95 % interval (Wilson 1927).
    pub low: f64,
    /// Upper end.
    pub high: f64,
    /// Examples in it.
    pub examples: u64,
}

/// Right and wrong at a cut.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Confusion {
    /// The severity whose cut it is.
    pub severity: String,
    /// Tunnels at or above.
    pub true_positives: u64,
    /// Tunnels below.
    pub false_negatives: u64,
    /// Benign at or above.
    pub false_positives: u64,
    /// Benign below.
    pub true_negatives: u64,
}

/// Recall along one property of a tunnel.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Curve {
    /// The tool.
    pub tool: String,
    /// What is varied: `rate`, `rate, all day` or `encoding`.
    pub along: String,
    /// In order.
    pub points: Vec<CurvePoint>,
}

/// One point of a curve.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CurvePoint {
    /// What is shown on the axis: `0.5 queries/s`, `base32`.
    pub label: String,
    /// Bytes a second that left, on average.
    pub bytes_a_second: f64,
    /// Tunnels made.
    pub tunnels: u64,
    /// Tunnels found by the model (medium or worse).
    pub found: u64,
    /// Tunnels found by the model, or by the policy of the leak meter.
    pub found_with_leak: u64,
    /// Found by made.
    pub recall: f64,
    /// Lower end of the 95 % interval (Wilson 1927).
    pub low: f64,
    /// Upper end.
    pub high: f64,
}

/// Something that was tried.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Tried {
    /// What.
    pub what: String,
    /// What it was measured by, and what came out, in a sentence.
    pub result: String,
    /// Whether it is in the shipped models.
    pub kept: bool,
}
