//! The evaluation that training wrote, and the questions that the page puts to it.
//!
//! In: `docs/evaluation.json`, compiled in. Out: an [`Evaluation`]; what of it belongs together.
//! Must not know: how a study is run, how an answer is drawn.

use std::sync::LazyLock;
use wakeful_engine::order;

use wakeful_engine::evaluation::{Curve, EVALUATION_VERSION, Evaluation, OriginRow, Spread, Trial};

/// As `build.rs` writes it: with numbers of seven digits.
static TEXT: &str = include_str!(concat!(env!("OUT_DIR"), "/evaluation.json"));

/// The estimators, in the order of the columns.
pub const ESTIMATORS: [&str; 3] = ["boosting", "forest", "logistic"];

/// The evaluation of this build's models; read when it is first asked for.
///
/// # Errors
/// A sentence where it is damaged or of another version: a fault of the build.
pub fn embedded() -> Result<&'static Evaluation, &'static str> {
    static READ: LazyLock<Result<Evaluation, String>> = LazyLock::new(|| read(TEXT));
    READ.as_ref().map_err(String::as_str)
}

fn read(text: &str) -> Result<Evaluation, String> {
    let evaluation: Evaluation = serde_json::from_str(text).map_err(|error| {
        format!(
            "The evaluation in this build cannot be read ({error}). Write it anew with \
             `cargo xtask train`."
        )
    })?;
    if evaluation.version != EVALUATION_VERSION {
        return Err(format!(
            "The evaluation in this build is of version {}, and this page reads version \
             {EVALUATION_VERSION}. Write it anew with `cargo xtask train`.",
            evaluation.version
        ));
    }
    Ok(evaluation)
}

/// How a number of the channels of a log (`dns`, `flow`) is spread over the training data; `None` of a
/// number that training did not know.
#[must_use]
pub fn spread(log: &str, feature: &str) -> Option<&'static Spread> {
    let spreads = &embedded().ok()?.spreads;
    spreads
        .iter()
        .find(|spread| spread.log == log && spread.feature == feature)
}

/// The trials whose models are the ones in use: those of whole verdicts first, DNS before flows, then those of
/// a verdict's parts.
#[must_use]
pub fn shipped(evaluation: &Evaluation) -> Vec<&Trial> {
    let mut shipped: Vec<&Trial> = evaluation
        .trials
        .iter()
        .filter(|trial| trial.shipped)
        .collect();
    order::by_key(&mut shipped, |trial| {
        (trial.unit.contains(", "), trial.log != "dns")
    });
    shipped
}

/// AUC on a tool, by estimator, of the trials on a log and a unit. Where several trials fit, the
/// shipped one counts, then the one with the best mean.
#[must_use]
pub fn now(evaluation: &Evaluation, origin: &OriginRow, unit: &str) -> [Option<f64>; 3] {
    ESTIMATORS.map(|estimator| {
        let trial = evaluation
            .trials
            .iter()
            .filter(|trial| {
                is_log(&trial.log, &origin.log)
                    && trial.unit == unit
                    && trial.estimator == estimator
            })
            .max_by(|a, b| {
                (a.shipped.cmp(&b.shipped)).then_with(|| a.mean_auc.total_cmp(&b.mean_auc))
            })?;
        trial
            .tools
            .iter()
            .find(|score| score.tool.eq_ignore_ascii_case(&origin.tool))
            .map(|score| score.auc)
    })
}

/// The study of 2018 names the log (`conn`), ours what is in it (`flow`).
fn is_log(ours: &str, theirs: &str) -> bool {
    ours == theirs || (ours == "flow" && theirs == "conn")
}

/// The curves by what they vary: rate first, encoding second, others behind.
#[must_use]
pub fn curves(evaluation: &Evaluation) -> Vec<(&str, Vec<&Curve>)> {
    let mut groups: Vec<(&str, Vec<&Curve>)> = vec![("rate", vec![]), ("encoding", vec![])];
    for curve in &evaluation.curves {
        match groups.iter_mut().find(|(along, _)| *along == curve.along) {
            Some((_, curves)) => curves.push(curve),
            None => groups.push((&curve.along, vec![curve])),
        }
    }
    groups.retain(|(_, curves)| !curves.is_empty());
    groups
}

/// What the labels of all of a curve's points begin with, before their first comma: `hex` of
/// `hex, 6 bytes a name` and `hex, 12 bytes a name`. `None` where they differ or there is one.
#[must_use]
pub fn common_head(curve: &Curve) -> Option<&str> {
    let mut heads = curve
        .points
        .iter()
        .map(|point| Some(point.label.split_once(", ")?.0));
    let first = heads.next()??;
    let mut rest = heads.peekable();
    rest.peek()?;
    rest.all(|head| head == Some(first)).then_some(first)
}

/// A detector's name.
#[must_use]
pub fn detector(trial: &Trial) -> &str {
    match trial.log.as_str() {
        "dns" => "Tunnels in DNS queries",
        "flow" => "Tunnels in DNS flows",
        other => other,
    }
}

/// An estimator's name.
#[must_use]
pub fn estimator(name: &str) -> &str {
    match name {
        "boosting" => "Gradient boosting",
        "forest" => "Random forest",
        "logistic" => "Logistic regression",
        other => other,
    }
}

/// A log's file.
#[must_use]
pub fn log(name: &str) -> &str {
    match name {
        "dns" => "dns.log",
        "flow" | "conn" => "conn.log",
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use wakeful_engine::features::{FeatureList, dns, flow};

    fn trial(log: &str, unit: &str, estimator: &str, auc: f64, shipped: bool) -> Trial {
        let text = format!(
            r#"{{"log":"{log}","unit":"{unit}","estimator":"{estimator}","settings":"",
            "shipped":{shipped},"features":[],"networks":[],"mean_auc":{auc},"worst_auc":{auc},
            "recall_1_in_1000":0,"calibration":[],"confusion":[],"tools":[{{"tool":"Iodine",
            "captured":true,"examples":1,"auc":{auc},"recall_1_in_1000":0,
            "recall_1_in_10000":null}}]}}"#
        );
        serde_json::from_str(&text).unwrap()
    }

    fn evaluation(trials: Vec<Trial>, along: &[&str]) -> Evaluation {
        Evaluation {
            version: EVALUATION_VERSION,
            wakeful: String::new(),
            date: None,
            data_hash: String::new(),
            corpora: vec![],
            origin: vec![],
            trials,
            curves: along
                .iter()
                .map(|along| Curve {
                    tool: "x".into(),
                    along: (*along).into(),
                    points: vec![],
                })
                .collect(),
            tried: vec![],
            misses: vec![],
            crowds: vec![],
            spreads: Vec::new(),
        }
    }

    #[test]
    fn the_embedded_evaluation_is_read() {
        assert!(embedded().is_ok(), "{:?}", embedded());
    }

    #[test]
    fn every_number_of_a_channel_has_a_spread() {
        let list = |list: &FeatureList| list.features.iter().map(|feature| feature.name);
        let dns = list(&dns::LIST)
            .chain(["score", "pcr"])
            .map(|name| ("dns", name));
        let flow = list(&flow::LIST)
            .chain(["score"])
            .map(|name| ("flow", name));
        for (log, name) in dns.chain(flow) {
            let spread = spread(log, name).unwrap();
            for numbers in [spread.benign, spread.tunnels] {
                assert!(numbers.is_sorted(), "{log} {name}");
            }
        }
        assert_eq!(spread("dns", "no such feature"), None);
    }

    #[test]
    fn another_version_and_damage_are_sentences() {
        assert!(read("{}").unwrap_err().contains("cannot be read"));
        let mut other = evaluation(vec![], &[]);
        other.version = 9;
        let text = serde_json::to_string(&other).unwrap();
        assert!(read(&text).unwrap_err().contains("version 9"));
    }

    #[test]
    fn what_stands_beside_2018_is_of_the_same_log_and_tool() {
        let evaluation = evaluation(
            vec![
                trial("flow", "row", "forest", 0.9, false),
                trial("flow", "row", "boosting", 0.8, true),
                trial("flow", "row", "boosting", 0.95, false),
                trial("dns", "row", "logistic", 0.7, false),
            ],
            &[],
        );
        let origin = OriginRow {
            log: "conn".into(),
            tool: "iodine".into(),
            boosting: 0.0,
            forest: 0.0,
            logistic: 0.0,
        };
        assert_eq!(
            now(&evaluation, &origin, "row"),
            [Some(0.8), Some(0.9), None]
        );
        assert_eq!(now(&evaluation, &origin, "channel"), [None; 3]);
    }

    #[test]
    fn what_all_labels_begin_with_is_their_head() {
        let head = |labels: &[&str]| {
            let points: Vec<String> = labels
                .iter()
                .map(|label| {
                    format!(
                        r#"{{"label":"{label}","bytes_a_second":1,"tunnels":1,"found":1,"found_with_leak":1,
                        "recall":1,"low":0,"high":1}}"#
                    )
                })
                .collect();
            let text = format!(
                r#"{{"tool":"x","along":"encoding","points":[{}]}}"#,
                points.join(",")
            );
            let curve: Curve = serde_json::from_str(&text).unwrap();
            common_head(&curve).map(str::to_owned)
        };
        assert_eq!(head(&["hex, 6", "hex, 12"]).as_deref(), Some("hex"));
        for labels in [
            &["hex, 6", "base32, 6"][..],
            &["hex", "hex"],
            &["hex, 6"],
            &[],
        ] {
            assert_eq!(head(labels), None, "{labels:?}");
        }
    }

    #[test]
    fn curves_come_by_what_they_vary_and_detectors_dns_first() {
        let evaluation = evaluation(
            vec![
                trial("flow", "channel", "forest", 0.9, true),
                trial("dns", "channel", "forest", 0.9, true),
                trial("dns", "row", "forest", 0.9, false),
            ],
            &["encoding", "hour", "rate", "encoding"],
        );
        let groups: Vec<_> = curves(&evaluation)
            .into_iter()
            .map(|(along, curves)| (along, curves.len()))
            .collect();
        assert_eq!(groups, [("rate", 1), ("encoding", 2), ("hour", 1)]);
        let logs: Vec<_> = shipped(&evaluation).iter().map(|t| &t.log[..]).collect();
        assert_eq!(logs, ["dns", "flow"]);
    }
}
