//! What can be copied of a finding.
//!
//! In: a finding. Out: labels and texts.
//! Must not know: the clipboard.

use wakeful_engine::report::Finding;

use super::text::defanged;
use super::verdict::target;

/// The entries of the copy row: a label, a text. The texts are exact, not escaped for display.
#[must_use]
pub fn choices(finding: &Finding) -> Vec<(&'static str, String)> {
    let value = if finding.domain.is_some() {
        "Domain"
    } else {
        "Peer"
    };
    let mut choices = vec![
        ("Client", finding.client.clone()),
        (value, target(finding).to_owned()),
        ("Defanged", defanged(target(finding))),
    ];
    if let Ok(json) = serde_json::to_string_pretty(finding) {
        choices.push(("JSON", json));
    }
    choices
}
