//! VirusTotal's answers (API v3), and where it is asked.
//!
//! In: status, headers that matter, body. Out: a [`Reputation`] or a [`Problem`].
//! Must not know: keys, other than that there are some.

use crate::{Problem, Subject, date};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Where the API answers.
pub const BASE: &str = "https://www.virustotal.com/api/v3/";

/// Questions a minute on a free key.
pub const A_MINUTE: u32 = 4;

/// Questions a day (UTC) on a free key.
pub const A_DAY: u32 = 500;

/// What VirusTotal holds of a domain or an address.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Reputation {
    /// Engines that call it malicious.
    pub malicious: u32,
    /// Engines that call it suspicious.
    pub suspicious: u32,
    /// Engines that call it harmless.
    pub harmless: u32,
    /// Engines without an opinion.
    pub undetected: u32,
    /// VirusTotal's own vote of its users; below zero is bad.
    pub reputation: i64,
    /// Categories as vendors give them, sorted, each once.
    pub categories: Vec<String>,
    /// When the domain was made, seconds since 1970.
    pub created: Option<f64>,
    /// The registrar.
    pub registrar: Option<String>,
    /// When it was last analysed, seconds since 1970.
    pub analysed: Option<f64>,
}

impl Reputation {
    /// Engines that detect something: malicious or suspicious.
    #[must_use]
    pub fn positives(&self) -> u32 {
        self.malicious.saturating_add(self.suspicious)
    }

    /// Engines that gave an answer (time-outs are none).
    #[must_use]
    pub fn total(&self) -> u32 {
        self.positives()
            .saturating_add(self.harmless)
            .saturating_add(self.undetected)
    }

    /// Positives over total, the seed's score; 0 where no engine answered.
    #[must_use]
    pub fn share(&self) -> f64 {
        match self.total() {
            0 => 0.0,
            total => f64::from(self.positives()) / f64::from(total),
        }
    }

    /// Days since the domain was made at a moment; `None` without a date.
    #[must_use]
    pub fn age(&self, now: f64) -> Option<f64> {
        date::age(self.created, now)
    }
}

/// The address below [`BASE`] that answers for a subject. No key stands in it.
#[must_use]
pub fn path(subject: &Subject) -> String {
    match subject {
        Subject::Domain(name) => format!("domains/{name}"),
        Subject::Address(address) => format!("ip_addresses/{address}"),
    }
}

/// What an answer says. `again_in` is the header `Retry-After` in seconds, where there is one.
///
/// # Errors
/// Every status but 200, and a body that is not of the documented form.
pub fn read(status: u16, again_in: Option<u32>, body: &[u8]) -> Result<Reputation, Problem> {
    if status != 200 {
        return Err(failure(status, again_in, body));
    }
    let answer: Value = serde_json::from_slice(body).map_err(|_| Problem::Broken)?;
    let attributes = &answer["data"]["attributes"];
    let stats = attributes["last_analysis_stats"]
        .as_object()
        .ok_or(Problem::Broken)?;
    let count = |key: &str| {
        let number = stats.get(key).and_then(Value::as_u64).unwrap_or(0);
        u32::try_from(number.min(10_000)).unwrap_or(0)
    };
    let mut categories: Vec<String> = attributes["categories"]
        .as_object()
        .into_iter()
        .flat_map(|by_vendor| by_vendor.values())
        .filter_map(Value::as_str)
        .map(|category| cut(category, 80))
        .collect();
    categories.sort();
    categories.dedup();
    categories.truncate(12);
    Ok(Reputation {
        malicious: count("malicious"),
        suspicious: count("suspicious"),
        harmless: count("harmless"),
        undetected: count("undetected"),
        reputation: attributes["reputation"].as_i64().unwrap_or(0),
        categories,
        created: moment(&attributes["creation_date"]),
        registrar: attributes["registrar"].as_str().map(|name| cut(name, 120)),
        analysed: moment(&attributes["last_analysis_date"]),
    })
}

/// An error by its status and the code in its body.
fn failure(status: u16, again_in: Option<u32>, body: &[u8]) -> Problem {
    let answer: Value = serde_json::from_slice(body).unwrap_or_default();
    let code = answer["error"]["code"].as_str().unwrap_or_default();
    match (status, code) {
        (_, "QuotaExceededError") => Problem::Quota {
            again_in,
            day: true,
        },
        (429, _) | (_, "TooManyRequestsError") => Problem::Quota {
            again_in,
            day: false,
        },
        (404, _) => Problem::Unknown,
        (401, _) | (_, "WrongCredentialsError" | "UserNotActiveError") => Problem::BadKey,
        (500.., _) => Problem::Outage { status },
        (400.., _) => Problem::Refused { status },
        (300.., _) => Problem::Elsewhere,
        _ => Problem::Broken,
    }
}

/// Seconds since 1970, as a number or a text.
fn moment(value: &Value) -> Option<f64> {
    value
        .as_f64()
        .filter(|seconds| *seconds > 0.0)
        .or_else(|| date::parse(value.as_str()?))
}

/// The first characters: what others write is shown, and must not fill the screen.
pub(crate) fn cut(text: &str, most: usize) -> String {
    text.chars()
        .filter(|c| !c.is_control())
        .take(most)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const ANSWER: &str = r#"{"data":{"id":"evil.com","type":"domain","attributes":{
        "last_analysis_stats":{"harmless":60,"malicious":9,"suspicious":1,"undetected":20,"timeout":3},
        "reputation":-12,"categories":{"A":"malware","B":"malware","C":"c2"},
        "creation_date":1700000000,"registrar":"Some \u0007Registrar","last_analysis_date":1760000000}}}"#;

    #[test]
    fn the_seeds_score_is_positives_over_total_and_time_outs_are_no_answers() {
        let reputation = read(200, None, ANSWER.as_bytes()).unwrap();
        assert_eq!((reputation.positives(), reputation.total()), (10, 90));
        assert!((reputation.share() - 10.0 / 90.0).abs() < 1e-12);
        assert_eq!(reputation.categories, ["c2", "malware"]);
        assert_eq!(reputation.registrar.as_deref(), Some("Some Registrar"));
        assert!(Reputation::default().share() == 0.0);
    }

    #[test]
    fn every_error_of_the_api_is_told_apart() {
        let error = |code: &str| format!(r#"{{"error":{{"code":"{code}","message":"m"}}}}"#);
        for (status, code, name) in [
            (429, "TooManyRequestsError", "quota"),
            (429, "QuotaExceededError", "quota"),
            (404, "NotFoundError", "unknown"),
            (401, "WrongCredentialsError", "bad-key"),
            (401, "AuthenticationRequiredError", "bad-key"),
            (403, "ForbiddenError", "refused"),
            (503, "TransientError", "outage"),
            (302, "", "elsewhere"),
        ] {
            let problem = read(status, Some(7), error(code).as_bytes()).unwrap_err();
            assert_eq!(problem.name(), name, "{status} {code}");
        }
        let day = read(429, None, error("QuotaExceededError").as_bytes()).unwrap_err();
        assert!(day.stops_the_queue());
    }

    #[test]
    fn broken_answers_are_a_problem_and_never_a_clean_bill() {
        for body in [
            "",
            "<html>",
            "{}",
            "[]",
            r#"{"data":{"attributes":{}}}"#,
            r#"{"data":1}"#,
        ] {
            assert_eq!(
                read(200, None, body.as_bytes()),
                Err(Problem::Broken),
                "{body}"
            );
        }
        let odd = ANSWER.replace("9", "-9").replace("1700000000", "\"x\"");
        assert!(read(200, None, odd.as_bytes()).is_ok());
    }
}
