//! Fits, calibrates, evaluates and writes the models that the engine embeds. Native only.
//!
//! In: the labelled corpora ([`corpus`]) and the lab's logs. Out: model files, their cards, and the
//! evaluation. Must not know: the page. The same data and seed give the same bytes.
//!
//! 0. [`ngram`] learns how ordinary hosts are named, from a public list.
//! 1. [`corpus`] reads logs into labelled examples: rows and channels, of DNS and of flows. Tunnels
//!    are cut into windows and put under made-up domains ([`tunnels`]), so that no model can learn
//!    a suffix, a client, or how long a lab ran.
//! 2. [`select`] picks features: what raises the recall at a fixed false-alarm rate.
//! 3. [`fit`] fits an estimator by its library and converts it to the engine's own form.
//! 4. [`folds`] leaves out one tool, and one benign network, at a time. What is reported
//!    ([`evaluate`]) and what is calibrated on are only scores of models that had not seen it.
//! 5. [`curves`] makes tunnels of the lab ever slower and in every encoding; [`crowd`] counts the
//!    false alarms of a day of many clients; [`tried`] measures what else could be done.
//! 6. [`spread`] says how the numbers of the training's channels are spread.
//! 7. [`card`] and [`report`] write what came out.
//!
//! Apart from that, [`coverage`] asks the engine as it ships which detector finds which capture.

pub mod card;
pub mod corpus;
pub mod coverage;
pub mod crowd;
pub mod curves;
pub mod evaluate;
pub mod fit;
pub mod folds;
pub mod ngram;
pub mod report;
pub mod select;
pub mod spread;
pub mod tried;
pub mod tunnels;

use wakeful_engine::features::FeatureList;

/// One row or channel with its label.
#[derive(Debug, Clone, PartialEq)]
pub struct Example {
    /// A tunnel's tool, or nothing for benign traffic.
    pub tool: Option<String>,
    /// Whether the real tool was captured, or the lab imitates it.
    pub captured: bool,
    /// The network that it was seen in.
    pub network: String,
    /// For reading only, never for fitting.
    pub name: String,
    /// In the order of the feature list.
    pub vector: Vec<f64>,
    /// Of a DNS channel: its producer-consumer ratio, which is no feature of its list. For [`spread`]
    /// only, never for fitting.
    pub pcr: Option<f64>,
    /// Of a row: the name's part below its domain, or the connection's history, for what is tried
    /// beyond the list.
    pub text: Vec<u8>,
}

/// Examples of one kind.
#[derive(Debug, Clone)]
pub struct Dataset {
    /// `dns` or `flow`.
    pub log: &'static str,
    /// `row` or `channel`.
    pub unit: &'static str,
    /// What the vectors hold.
    pub list: &'static FeatureList,
    /// The examples.
    pub examples: Vec<Example>,
}

impl Dataset {
    /// No examples so far.
    #[must_use]
    pub fn new(log: &'static str, unit: &'static str, list: &'static FeatureList) -> Self {
        Self {
            log,
            unit,
            list,
            examples: Vec::new(),
        }
    }

    /// All columns of the list.
    #[must_use]
    pub fn all_columns(&self) -> Vec<usize> {
        (0..self.list.features.len()).collect()
    }
}
