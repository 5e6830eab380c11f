//! RDAP's answers (RFC 9083) about a domain.
//!
//! In: status and body. Out: a [`Registration`] or a [`Problem`].
//! Must not know: which server was asked, how redirects are followed.

use crate::virustotal::cut;
use crate::{Problem, date};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// When and through whom a domain was registered. No person stands in it: contacts are not read.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Registration {
    /// First registered, seconds since 1970.
    pub registered: Option<f64>,
    /// Last changed.
    pub changed: Option<f64>,
    /// Runs out.
    pub expires: Option<f64>,
    /// The registrar.
    pub registrar: Option<String>,
    /// States as the registry names them: `active`, `client hold`, …
    pub status: Vec<String>,
    /// Name servers, in lower case.
    pub name_servers: Vec<String>,
    /// Where it comes from: `rdap` or `whois`.
    pub by: String,
}

impl Registration {
    /// Days since the registration at a moment; `None` without a date.
    #[must_use]
    pub fn age(&self, now: f64) -> Option<f64> {
        date::age(self.registered, now)
    }
}

/// What an answer says.
///
/// # Errors
/// Every status but 200, and a body that is no domain object.
pub fn read(status: u16, again_in: Option<u32>, body: &[u8]) -> Result<Registration, Problem> {
    match status {
        200 => {}
        // Only the registry's own 404 says this; whoever asks must have asked the registry.
        404 => return Err(Problem::NotRegistered),
        429 => {
            return Err(Problem::Quota {
                again_in,
                day: false,
            });
        }
        501 => return Err(Problem::Refused { status }),
        500.. => return Err(Problem::Outage { status }),
        400..500 => return Err(Problem::Refused { status }),
        300..400 => return Err(Problem::Elsewhere),
        _ => return Err(Problem::Broken),
    }
    let answer: Value = serde_json::from_slice(body).map_err(|_| Problem::Broken)?;
    if answer["objectClassName"].as_str() != Some("domain") {
        return Err(Problem::Broken);
    }
    let event = |action: &str| {
        list(&answer["events"])
            .find(|event| event["eventAction"].as_str() == Some(action))
            .and_then(|event| date::parse(event["eventDate"].as_str()?))
    };
    Ok(Registration {
        registered: event("registration"),
        changed: event("last changed"),
        expires: event("expiration"),
        registrar: list(&answer["entities"]).find_map(registrar),
        status: texts(list(&answer["status"])),
        name_servers: texts(list(&answer["nameservers"]).map(|server| &server["ldhName"]))
            .into_iter()
            .map(|name| name.to_ascii_lowercase())
            .collect(),
        by: "rdap".to_owned(),
    })
}

fn list(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

/// At most twenty texts, each cut.
fn texts<'a>(values: impl Iterator<Item = &'a Value>) -> Vec<String> {
    values
        .filter_map(Value::as_str)
        .take(20)
        .map(|text| cut(text, 120))
        .collect()
}

/// The name of an entity with the role of registrar: `fn` of its vCard (RFC 7095), or its number.
fn registrar(entity: &Value) -> Option<String> {
    if !list(&entity["roles"]).any(|role| role.as_str() == Some("registrar")) {
        return None;
    }
    let name = list(&entity["vcardArray"][1])
        .find(|property| property[0].as_str() == Some("fn"))
        .and_then(|property| property[3].as_str())
        .or_else(|| entity["handle"].as_str())?;
    Some(cut(name, 120))
}

#[cfg(test)]
mod tests {
    use super::*;

    const ANSWER: &str = r#"{"objectClassName":"domain","ldhName":"EVIL.COM",
        "events":[{"eventAction":"registration","eventDate":"2026-02-01T00:00:00Z"},
                  {"eventAction":"expiration","eventDate":"2027-02-01T00:00:00Z"},
                  {"eventAction":"last update of RDAP database","eventDate":"x"}],
        "entities":[{"roles":["abuse"]},{"roles":["registrar"],"handle":"292",
          "vcardArray":["vcard",[["version",{},"text","4.0"],["fn",{},"text","Some Registrar Inc."]]]}],
        "status":["client transfer prohibited"],"nameservers":[{"ldhName":"NS1.EVIL.COM"}]}"#;

    #[test]
    fn dates_registrar_status_and_name_servers_are_read() {
        let found = read(200, None, ANSWER.as_bytes()).unwrap();
        assert_eq!(found.registered, date::parse("2026-02-01"));
        assert_eq!(found.registrar.as_deref(), Some("Some Registrar Inc."));
        assert_eq!(found.status, ["client transfer prohibited"]);
        assert_eq!(found.name_servers, ["ns1.evil.com"]);
        let now = date::parse("2026-02-11").unwrap();
        assert_eq!(found.age(now), Some(10.0));
        assert_eq!(
            found.age(0.0),
            Some(0.0),
            "a clock that is wrong gives no negative age"
        );
    }

    #[test]
    fn not_found_refused_and_broken_are_three_things() {
        for (status, body, name) in [
            (404, "", "not-registered"),
            (403, "", "refused"),
            (400, "", "refused"),
            (501, "", "refused"),
            (429, "", "quota"),
            (503, "", "outage"),
            (302, "", "elsewhere"),
            (200, "<html>", "broken"),
            (200, "{}", "broken"),
            (200, r#"{"objectClassName":"nameserver"}"#, "broken"),
            (204, "", "broken"),
        ] {
            let problem = read(status, None, body.as_bytes()).unwrap_err();
            assert_eq!(problem.name(), name, "{status} {body}");
        }
    }

    #[test]
    fn fields_of_the_wrong_form_cost_only_themselves() {
        let odd = r#"{"objectClassName":"domain","events":7,"entities":[1,{"roles":["registrar"]}],
            "status":"active","nameservers":[{"ldhName":3},null]}"#;
        let found = read(200, None, odd.as_bytes()).unwrap();
        assert_eq!(
            found,
            Registration {
                by: "rdap".into(),
                ..Registration::default()
            }
        );
    }
}
