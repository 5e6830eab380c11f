//! Fits, calibrates, evaluates and writes the models that the engine embeds. Native only.
//!
//! In: the labelled corpora ([`corpus`]) and the lab's logs. Out: model files and their cards.
//! Must not know: the page. The same data and seed give the same bytes.
//!
//! 1. [`corpus`] reads logs into labelled channels. Tunnels are cut into windows and put under
//!    made-up domains, so that no model can learn a suffix, a client, or how long a lab ran.
//! 2. [`fit`] fits an estimator with smartcore and converts it to the engine's own form.
//! 3. [`evaluate`] leaves out one tool, and one benign network, at a time; what is reported and
//!    what is calibrated on are only scores of models that had not seen that tool or network.
//! 4. [`card`] writes what came out.

pub mod card;
pub mod corpus;
pub mod evaluate;
pub mod fit;
pub mod tunnels;

/// One channel with its label.
#[derive(Debug, Clone, PartialEq)]
pub struct Example {
    /// Where it comes from: a tunnel's tool, or nothing for benign traffic.
    pub tool: Option<String>,
    /// The network that it was captured in.
    pub network: String,
    /// For reading only, never for fitting.
    pub name: String,
    /// In the order of the feature list.
    pub vector: Vec<f64>,
}
