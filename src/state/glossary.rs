//! The technical words of the view of the models and the features' names, each with a sentence.
//!
//! In: nothing. Out: [`Term`]s; what a feature is. The list below that view shows [`ALL`], so that a word explained
//! by hovering is explained in print too.
//! Must not know: where a word stands.

use wakeful_engine::features::{dns, flow};

/// A word and what it means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Term {
    /// As it stands in a heading.
    pub word: &'static str,
    /// In a sentence.
    pub meaning: &'static str,
}

/// What a feature of a channel is; `None` of a name that no list has.
#[must_use]
pub fn feature(name: &str) -> Option<&'static str> {
    [&dns::LIST, &flow::LIST]
        .into_iter()
        .flat_map(|list| list.features)
        .find(|feature| feature.name == name)
        .map(|feature| feature.doc)
}

pub(super) const fn term(word: &'static str, meaning: &'static str) -> Term {
    Term { word, meaning }
}

/// Area under the curve.
pub const AUC: Term = term(
    "AUC",
    "Area under the ROC curve: how often a tunnel gets a higher score than a benign example, both \
     picked at random. 1 is always, 0.5 is guessing.",
);
/// Recall.
pub const RECALL: Term = term("Recall", "The share of the tunnels that is found.");
/// Recall at one false alarm in a thousand.
pub const RECALL_1000: Term = term(
    "Recall at 1 in 1,000",
    "The share of the tunnels that is found when the line is drawn so that one benign example in \
     1,000 raises a false alarm.",
);
/// Recall at one false alarm in ten thousand.
pub const RECALL_10000: Term = term(
    "Recall at 1 in 10,000",
    "The same with one false alarm in 10,000 benign examples; a dash where there were too few \
     benign examples to tell.",
);
/// Row.
pub const ROW: Term = term("Row", "One line of a log, judged by itself.");
/// Channel.
pub const CHANNEL: Term = term(
    "Channel",
    "All lines of one client and one domain, or one client and one peer, judged together. This is \
     what Wakeful does.",
);
/// Estimator.
pub const ESTIMATOR: Term = term(
    "Estimator",
    "The kind of model: gradient boosting and random forest are many decision trees together, \
     logistic regression is a weighted sum.",
);
/// Shipped.
pub const SHIPPED: Term = term(
    "Shipped",
    "This model is the one built into Wakeful; the others were fitted to compare.",
);
/// Example.
pub const EXAMPLES: Term = term(
    "Examples",
    "How many rows or channels were judged: a capture of a tunnel is cut into several.",
);
/// Captured or imitated.
pub const JUDGED_ON: Term = term(
    "Judged on",
    "Captures: traffic of the real tool was recorded. Imitation: the project's own generator made \
     traffic after the tool's description.",
);
/// Alarm.
pub const ALARMS: Term = term(
    "Alarms",
    "Benign examples that reach medium or worse: false alarms.",
);
/// Alarms a day.
pub const ALARMS_A_DAY: Term = term(
    "Alarms a day",
    "False alarms a day in a network of 10,000 clients that behave like those in the log; a dash \
     where the log is too short to tell.",
);
/// Calibration.
pub const CALIBRATION: Term = term(
    "Calibration",
    "Whether a predicted probability means what it says: of the examples given 70 %, about 70 % \
     should be tunnels.",
);
/// Interval.
pub const INTERVAL: Term = term(
    "95 % interval",
    "Where the true share lies in 95 of 100 such measurements, given how few examples there were \
     (Wilson 1927).",
);
/// Cut.
pub const CUT: Term = term(
    "Cut",
    "The probability from which a finding has a severity.",
);
/// Importance.
pub const IMPORTANCE: Term = term(
    "Importance",
    "How much mean AUC is lost when the feature's values are shuffled; below zero, shuffling did \
     no harm.",
);

/// All of them, for the list.
pub const ALL: [Term; 16] = [
    AUC,
    RECALL,
    RECALL_1000,
    RECALL_10000,
    ROW,
    CHANNEL,
    ESTIMATOR,
    SHIPPED,
    EXAMPLES,
    JUDGED_ON,
    ALARMS,
    ALARMS_A_DAY,
    CALIBRATION,
    INTERVAL,
    CUT,
    IMPORTANCE,
];
